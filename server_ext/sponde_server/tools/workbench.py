"""The workbench's own tools: SQL over datasets, files, the library, and what a tab does.

What they give back is data, whoever wrote it: a model elsewhere reads of datasets what their
policies let through. Does not know conversations or cells: those of the tab are carried out there.
"""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import SpondeError

from . import files
from .confidential import is_confidential
from .records import Output, Tool, ToolPlace, ToolResult
from .service import Asker, SpondeTools

if TYPE_CHECKING:
    from sponde_server.datasets.records import Table
    from sponde_server.datasets.service import SpondeDatasets
    from sponde_server.library.service import SpondeLibrary

SHOWN_ROWS = 50
READ_ROWS = 500
FOUND_BLOCKS = 8
BLOCK_CHARACTERS = 4000


def _object(required: Sequence[str] = (), **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


LIST_DATASETS = Tool(
    name="list_datasets",
    label="List datasets",
    description="List the datasets that the person has, with their numbers of rows and columns.",
    brief="List the datasets.",
    parameters=_object(),
    is_read_only=True,
)
DESCRIBE_DATASET = Tool(
    name="describe_dataset",
    label="Describe a dataset",
    description="Give a dataset's columns, their types and what else its policy lets a model read.",
    brief="Columns and types of a dataset.",
    parameters=_object(["name"], name=_text("The dataset's name.")),
    is_read_only=True,
)
RUN_SQL = Tool(
    name="run_sql",
    label="Run SQL",
    description="Run one SELECT in DuckDB's dialect over the datasets; each is a table by its "
    "name. Nothing can be changed. The person sees the table; you read what the datasets' policies "
    "let through.",
    brief="One DuckDB SELECT; datasets are tables by name.",
    parameters=_object(["query"], query=_text("One SELECT statement.", maxLength=20_000)),
    is_read_only=True,
    code_argument="query",
    code_language="sql",
)
READ_FILE = Tool(
    name="read_file",
    label="Read a file",
    description="Read lines of a text file or the cells of a notebook in the person's folder.",
    brief="Read a text file or notebook, from first_line.",
    parameters=_object(
        ["path"],
        path=_text("The path from the root folder, with slashes.", maxLength=1000),
        first_line={"type": "integer", "minimum": 1, "description": "The first line; 1 if unset."},
        lines={"type": "integer", "minimum": 1, "maximum": 2000, "description": "400 if unset."},
    ),
    is_read_only=True,
)
LIST_FILES = Tool(
    name="list_files",
    label="List files",
    description="List the files and folders in a folder of the person's workspace.",
    brief="List a folder.",
    parameters=_object(folder=_text("The folder's path; the root folder if unset.")),
    is_read_only=True,
)
SEARCH_LIBRARY = Tool(
    name="search_library",
    label="Search the library",
    description="Find code blocks that the person has kept, by words, with their code.",
    brief="Find the person's saved code by words.",
    parameters=_object(
        ["words"],
        words=_text("Words that the block holds anywhere."),
        language=_text("Only blocks in this language, such as python."),
    ),
    is_read_only=True,
)
RUN_CELL = Tool(
    name="run_cell",
    label="Run a cell",
    description="Add a code cell to the notebook that the person used last, run it, and give its "
    "outputs as text.",
    brief="Run code as a new cell of the open notebook.",
    parameters=_object(["code"], code=_text("The cell's code.", maxLength=50_000)),
    place=ToolPlace.TAB,
    code_argument="code",
    code_language="python",
)
INSERT_CELL = Tool(
    name="insert_cell",
    label="Insert a cell",
    description="Add a cell to the notebook that the person used last, without running it.",
    brief="Add a cell to the open notebook, not run.",
    parameters=_object(
        ["text"],
        text=_text("The cell's text.", maxLength=50_000),
        kind={"type": "string", "enum": ["code", "markdown"], "description": "code if unset."},
    ),
    place=ToolPlace.TAB,
    code_argument="text",
    code_language="python",
)
LOOK_AT_VARIABLE = Tool(
    name="look_at_variable",
    label="Look at a variable",
    description="Show a variable of the kernel of the notebook that the person used last: its "
    "type, shape, columns and first rows. Without a name: list the variables.",
    brief="Show a kernel variable; no name: list them.",
    parameters=_object(
        name=_text("The variable's name.", maxLength=200),
        rows={"type": "integer", "minimum": 0, "maximum": 50, "description": "5 if unset."},
    ),
    place=ToolPlace.TAB,
    is_read_only=True,
)


def register(
    tools: SpondeTools,
    *,
    datasets: "SpondeDatasets",
    library: "SpondeLibrary",
    root: Path,
    private: Path,
) -> None:
    """Offer the workbench's own tools; `private` is a folder of ours that none of them reads."""
    own = _Own(datasets, library, root, private)
    tools.add(LIST_DATASETS, own.list_datasets)
    tools.add(DESCRIBE_DATASET, own.describe_dataset)
    tools.add(RUN_SQL, own.run_sql)
    tools.add(READ_FILE, own.read_file, _notice)
    tools.add(LIST_FILES, own.list_files)
    tools.add(SEARCH_LIBRARY, own.search_library)
    for tool in (LOOK_AT_VARIABLE, INSERT_CELL, RUN_CELL):
        tools.add(tool)


def _notice(arguments: dict[str, Any]) -> str:
    path = str(arguments.get("path", ""))
    if is_confidential(path):
        return f"The name of {path} looks as if the file held keys or passwords."
    return ""


class _Own:
    """Carries them out."""

    def __init__(
        self, datasets: "SpondeDatasets", library: "SpondeLibrary", root: Path, private: Path
    ) -> None:
        self._datasets = datasets
        self._library = library
        self._root = root
        self._private = private

    async def list_datasets(self, arguments: dict[str, Any], asker: Asker) -> ToolResult:
        known = await self._datasets.list_all()
        if not known:
            return ToolResult(text="There are no datasets yet. The person adds them as files.")
        lines = [
            f"- {one.name}: {one.status.value}"
            if one.rows is None
            else f"- {one.name}: {one.columns} columns"
            if one.policy == "schema"
            else f"- {one.name}: {one.rows:,} rows, {one.columns} columns"
            for one in known[:200]
        ]
        return ToolResult(text="\n".join(lines))

    async def describe_dataset(self, arguments: dict[str, Any], asker: Asker) -> ToolResult:
        dataset = await self._datasets.get_by_name(arguments["name"])
        return ToolResult(text=await self._datasets.policies.describe(dataset.id))

    async def run_sql(self, arguments: dict[str, Any], asker: Asker) -> ToolResult:
        sql = arguments["query"]
        words = {word.casefold() for word in re.findall(r"\w+", sql)}
        known = await self._datasets.list_all()
        names = [one.name for one in known if one.name.casefold() in words]
        try:
            table = await self._datasets.query(sql, names, limit=READ_ROWS)
        except SpondeError as error:
            if asker.is_local:
                raise
            told = await self._datasets.policies.sift_error(names, error, sql)
            return ToolResult(text=told, is_failure=True)
        count = len(table.rows)
        more = "More than " if table.truncated else ""
        shown = f"{more}{count:,} row{'' if count == 1 else 's'}"
        if count > SHOWN_ROWS:
            shown += f"; the first {SHOWN_ROWS} are shown"
        return ToolResult(
            text=await self._datasets.policies.sift(names, table, asker.is_local),
            shown=f"{shown}.",
            outputs=(Output(mime="text/html", data=_html(table)),),
        )

    async def read_file(self, arguments: dict[str, Any], asker: Asker) -> ToolResult:
        path = arguments["path"]
        found = await files.find(self._root, self._private, path)
        if not is_confidential(path) and is_confidential(found.path):
            # A link with a harmless name: what was allowed was something else.
            return ToolResult(
                text=f"'{path}' leads to {found.path}, which looks as if it held keys or "
                "passwords. Ask for it by that name, so that the person knows.",
                is_failure=True,
            )
        if not asker.is_local and (kept := await self._kept_back(found)):
            return ToolResult(text=kept)
        return ToolResult(
            text=await files.text(
                found, int(arguments.get("first_line", 1)), int(arguments.get("lines", 400))
            )
        )

    async def _kept_back(self, found: files.Found) -> str:
        """Give what a model elsewhere may read of a file of rows instead of them."""
        for dataset in await self._datasets.list_all():
            if dataset.path == found.path:
                try:
                    return await self._datasets.policies.describe(dataset.id)
                except SpondeError as error:
                    return f"This is the dataset {dataset.name}. {error.message} {error.hint}"
        if found.is_data:
            return (
                f"'{found.path}' holds rows of data, which do not leave this machine as text. The "
                "person can add it as a dataset, whose policy says what a model may read."
            )
        return ""

    async def list_files(self, arguments: dict[str, Any], asker: Asker) -> ToolResult:
        folder = arguments.get("folder", "")
        return ToolResult(text=await files.listing(self._root, self._private, folder))

    async def search_library(self, arguments: dict[str, Any], asker: Asker) -> ToolResult:
        language = arguments.get("language", "").strip().lower()
        narrowed = f'lang:"{language}" ' if language else ""
        found = await self._library.search(narrowed + arguments["words"] + " ", FOUND_BLOCKS)
        if not found:
            return ToolResult(text="No code block holds all of these words.")
        parts = []
        for block in found:
            code = block.code
            if len(code) > BLOCK_CHARACTERS:
                code = code[:BLOCK_CHARACTERS] + "\n[cut]"
            about = f" - {block.description}" if block.description else ""
            parts.append(f"{block.name} ({block.language}){about}\n{code}")
        return ToolResult(text="\n\n".join(parts))


def _html(table: "Table") -> str:
    """Write the first rows as a table for the person; every cell is text."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
        for row in table.rows[:SHOWN_ROWS]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    return html.escape(text if len(text) <= 300 else text[:299] + "…")
