"""Puts the blocks of a collection together: how they stand, a notebook, a module.

Imported when somebody opens a collection. Fetches datasets and other blocks through what it is
given; writes nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sponde_server.library.code.facts import clean_name
from sponde_server.library.code.parts import PartKind, read_parts
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.outside import Outside
from sponde_server.library.records import CodeBlock
from sponde_server.library.trials.records import DataFit
from sponde_server.library.trials.sampling import needs_of

from .as_module import in_order, module
from .as_notebook import notebook
from .gathering import gather
from .ordering import Open, standing
from .records import (
    Collection,
    CollectionFile,
    CollectionParameter,
    CollectionProblem,
    CollectionProblemKind,
    CollectionView,
)


class Assembled:
    """A collection's blocks, read together."""

    def __init__(
        self, collection: Collection, blocks: Sequence[CodeBlock], outside: Outside
    ) -> None:
        self._collection = collection
        self._blocks = blocks
        self._outside = outside
        self.parts = read_parts(blocks)
        self.gathered = gather(self.parts)
        above = {*self.gathered.bound, *(one.name for one in self.gathered.constants)}
        self.stands = standing(self.parts, above)

    async def view(self) -> CollectionView:
        """Give the collection with its blocks, and say how they stand to each other."""
        return CollectionView(
            collection=self._collection,
            blocks=tuple(self._blocks),
            problems=tuple(await self._problems()),
            parameters=await self._parameters(),
            sorted_ids=self.stands.sorted_ids,
            gone=len(self._collection.block_ids) - len(self._blocks),
        )

    async def as_notebook(self) -> CollectionFile:
        """Make the notebook."""
        parameters = await self._parameters()
        text = await asyncio.to_thread(
            notebook, self._collection, self.parts, self.gathered, parameters
        )
        names = {block.id: block.name for block in self._blocks}
        notes = tuple(_note(one, names) for one in await self._problems())
        return CollectionFile(name=f"{_file_name(self._collection)}.ipynb", text=text, notes=notes)

    async def as_module(self) -> CollectionFile:
        """Make the module."""
        text, notes = await asyncio.to_thread(module, self._collection, in_order(self.parts))
        return CollectionFile(name=f"{_file_name(self._collection)}.py", text=text, notes=notes)

    async def _parameters(self) -> tuple[CollectionParameter, ...]:
        blocks = {part.block.id: part.block for part in self.parts}
        found = []
        for one in self.stands.open:
            if one.is_called:
                continue
            found.append(await self._open(one, [blocks[block_id] for block_id in one.block_ids]))
        written = [
            CollectionParameter(name=one.name, value=one.value, block_ids=(one.block_id,))
            for one in self.gathered.constants
        ]
        return (*found, *written)

    async def _open(self, one: Open, users: Sequence[CodeBlock]) -> CollectionParameter:
        """Say what stands for a name that nothing makes: a dataset where it is a table."""
        wanted = list(dict.fromkeys(name for block in users for name in block.facts.columns))
        made = {name for block in users for name in block.facts.makes}
        is_table = False
        dataset = ""
        for block in users:
            facts = replace(
                block.facts, needs=(one.name,), columns=tuple(wanted), makes=tuple(made)
            )
            (need,) = await needs_of(
                replace(block, facts=facts, language="python"), self._outside.samples
            )
            is_table = is_table or need.is_table
            best = next((fit for fit in need.fits if not fit.missing), None)
            dataset = dataset or (best.dataset if best and (wanted or _is_named(best, one)) else "")
        return CollectionParameter(
            name=one.name,
            dataset=dataset if is_table else "",
            is_table=is_table,
            block_ids=one.block_ids,
        )

    async def _problems(self) -> list[CollectionProblem]:
        names = {part.block.id: part.block.name for part in self.parts}
        kinds = CollectionProblemKind
        late: dict[tuple[str, str], list[str]] = {}
        for one in self.stands.late:
            late.setdefault((one.block_id, one.maker_id), []).append(one.name)
        found = [
            CollectionProblem(
                kind=kinds.RING if pair[0] in self.stands.stuck_ids else kinds.LATE,
                block_id=pair[0],
                names=tuple(missing),
                other_id=pair[1],
                other_name=names[pair[1]],
            )
            for pair, missing in late.items()
        ]
        for opened in self.stands.open:
            if opened.is_called:
                other = await self._definer(opened.name, set(names))
                found.append(
                    CollectionProblem(
                        kind=kinds.OPEN,
                        block_id=opened.block_ids[0],
                        names=(opened.name,),
                        other_id=other.id if other else "",
                        other_name=other.name if other else "",
                    )
                )
        found += [
            CollectionProblem(
                kind=kinds.CLASH,
                block_id=one.block_id,
                names=(one.name,),
                other_id=one.other_id,
                other_name=names[one.other_id],
            )
            for one in self.gathered.clashes
        ]
        told = {PartKind.BROKEN: kinds.BROKEN, PartKind.FOREIGN: kinds.FOREIGN}
        found += [
            CollectionProblem(kind=told[part.kind], block_id=part.block.id)
            for part in self.parts
            if part.kind in told
        ]
        return found

    async def _definer(self, name: str, known: set[str]) -> CodeBlock | None:
        """Find a block of the library that defines a function."""
        for block in await self._outside.search(FindBlocks(query=f"defines:{name}", limit=5)):
            if name in block.facts.functions and block.id not in known:
                return block
        return None


def _is_named(fit: DataFit, one: Open) -> bool:
    return fit.dataset.lower() == one.name.lower()


def _note(problem: CollectionProblem, names: dict[str, str]) -> str:
    """Say a problem in a sentence, for who has only the file."""
    name = names.get(problem.block_id, "")
    what = " and ".join(f"'{one}'" for one in problem.names)
    kinds = CollectionProblemKind
    if problem.kind is kinds.LATE:
        return f"'{name}' needs {what}, which only '{problem.other_name}' makes, further down."
    if problem.kind is kinds.RING:
        return f"'{name}' and '{problem.other_name}' need each other: no order is right."
    if problem.kind is kinds.OPEN:
        return f"'{name}' calls {what}, which no block of the collection defines."
    if problem.kind is kinds.CLASH:
        return (
            f"{what} means another thing in '{name}' than in '{problem.other_name}': "
            "its import stays in its cell."
        )
    if problem.kind is kinds.BROKEN:
        return f"'{name}' is no Python that can be read; it stands there as it is."
    return f"No Python notebook runs '{name}'; it is there to be read."


def _file_name(collection: Collection) -> str:
    return clean_name(collection.name) or "collection"
