"""What our MCP server offers: the workbench's own tools, its datasets and its code blocks.

Who reads what goes out here is not known, so every dataset is described as to a model elsewhere:
as far as its policy lets through.
"""

from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from urllib.parse import quote

from sponde_server.datasets.service import SpondeDatasets
from sponde_server.library.records import CodeBlock
from sponde_server.library.service import SpondeLibrary
from sponde_server.tools.records import Tool
from sponde_server.tools.service import Asker, SpondeTools

from . import catalogue
from .catalogue import Json, text
from .exchange import Exchange

BLOCKS = 200
MARKDOWN = "text/markdown"
IsAllowed = Callable[[Tool], bool]
ListTemplates = Callable[[], Awaitable[Sequence[catalogue.Prompt]]]


class Offers:
    """The workbench, as programs find it."""

    name = "sponde"
    title = "Sponde, the analytics workbench"
    instructions = (
        "Datasets are files that a person registered; ask for their description before writing "
        "SQL over them, and name them in SQL as they are called here. What you read of a dataset "
        "is what its policy lets through. Code blocks are pieces of code that the person keeps."
    )

    def __init__(
        self,
        tools: SpondeTools,
        datasets: SpondeDatasets,
        library: SpondeLibrary,
        is_allowed: IsAllowed,
        list_templates: ListTemplates | None = None,
    ) -> None:
        self.version = version("sponde")
        self._tools = tools
        self._datasets = datasets
        self._library = library
        self._is_allowed = is_allowed
        self._list_templates = list_templates

    async def tools(self) -> Sequence[catalogue.Tool]:
        """Give the tools that programs may call."""
        return [self._tool(tool) for tool in await self._tools.ours() if self._is_allowed(tool)]

    def _tool(self, tool: Tool) -> catalogue.Tool:
        async def run(given: Json, exchange: Exchange) -> Json:
            steps = 0

            def progress(said: str) -> None:
                nonlocal steps
                steps += 1
                exchange.progress(steps, message=said)

            asker = Asker(
                person=exchange.person,
                conversation_id="",
                is_local=False,
                reader=exchange.session.client,
                progress=progress,
            )
            result = await self._tools.call_ours(tool.name, given, asker)
            return {"content": [text(result.text)], "isError": result.is_failure}

        return catalogue.Tool(
            name=tool.name,
            title=tool.label,
            description=tool.description,
            schema=tool.parameters,
            run=run,
            hints={"readOnlyHint": tool.is_read_only, "openWorldHint": False},
        )

    async def resources(self) -> Sequence[catalogue.Resource]:
        """Give the datasets and the code blocks."""
        datasets = await self._datasets.list_all()
        blocks = await self._library.search(limit=BLOCKS)
        return [
            *(
                catalogue.Resource(
                    uri=f"sponde://dataset/{quote(dataset.name)}",
                    name=dataset.name,
                    title=f"Dataset {dataset.name}",
                    description="Its columns, types and what else its policy lets through.",
                    mime=MARKDOWN,
                    read=lambda name=dataset.name: self._dataset({"name": name}),  # type: ignore[misc]
                )
                for dataset in datasets
            ),
            *(
                catalogue.Resource(
                    uri=f"sponde://block/{quote(block.name)}",
                    name=block.name,
                    title=f"Code block {block.name}",
                    description=block.description or f"A piece of {block.language} code.",
                    mime=_mime(block),
                    read=lambda name=block.name: self._block({"name": name}),  # type: ignore[misc]
                )
                for block in blocks
            ),
        ]

    async def templates(self) -> Sequence[catalogue.Template]:
        """Give the forms of their addresses."""
        return [
            catalogue.Template(
                uri="sponde://dataset/{name}",
                name="dataset",
                title="A dataset",
                description="What its policy lets through: columns, types, statistics, rows.",
                mime=MARKDOWN,
                read=self._dataset,
                complete=self._dataset_names,
            ),
            catalogue.Template(
                uri="sponde://block/{name}",
                name="code block",
                title="A code block",
                description="A piece of code that the person keeps.",
                mime="text/plain",
                read=self._block,
                complete=self._block_names,
            ),
        ]

    async def prompts(self) -> Sequence[catalogue.Prompt]:
        """Give the templates of questions that people keep, and one of our own."""
        own = catalogue.Prompt(
            name="about_dataset",
            title="Ask about a dataset",
            description="A question together with what may be read of a dataset.",
            arguments=(
                {"name": "dataset", "description": "The dataset's name.", "required": True},
                {"name": "question", "description": "What to find out.", "required": False},
            ),
            get=self._about_dataset,
            complete=self._about_names,
        )
        kept = await self._list_templates() if self._list_templates else ()
        return [own, *kept]

    async def _about_dataset(self, given: dict[str, str]) -> Sequence[Json]:
        name = given["dataset"]
        read = await self._dataset({"name": name})
        question = given.get("question") or "What is in this dataset, and what is worth a look?"
        uri = f"sponde://dataset/{quote(name)}"
        resource = {"uri": uri, "mimeType": MARKDOWN, **read}
        return [
            {"role": "user", "content": {"type": "resource", "resource": resource}},
            {"role": "user", "content": text(question)},
        ]

    async def _dataset(self, values: dict[str, str]) -> Json:
        dataset = await self._datasets.get_by_name(values["name"])
        return {"text": await self._datasets.policies.describe(dataset.id)}

    async def _block(self, values: dict[str, str]) -> Json:
        return {"text": (await self._library.get_by_name(values["name"])).code}

    async def _dataset_names(self, name: str, typed: str, others: dict[str, str]) -> Sequence[str]:
        return _near(typed, [dataset.name for dataset in await self._datasets.list_all()])

    async def _block_names(self, name: str, typed: str, others: dict[str, str]) -> Sequence[str]:
        return _near(typed, [block.name for block in await self._library.search(limit=BLOCKS)])

    async def _about_names(self, name: str, typed: str, others: dict[str, str]) -> Sequence[str]:
        return await self._dataset_names(name, typed, others) if name == "dataset" else ()


def _near(typed: str, names: Sequence[str]) -> list[str]:
    """Give the names that begin with what was typed, then those that hold it."""
    low = typed.casefold()
    found = [name for name in names if low in name.casefold()]
    return sorted(found, key=lambda name: (not name.casefold().startswith(low), name))


def _mime(block: CodeBlock) -> str:
    return {"python": "text/x-python", "sql": "application/sql", "markdown": MARKDOWN}.get(
        block.language, "text/plain"
    )
