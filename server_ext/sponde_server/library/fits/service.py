"""Finds the blocks that fit a dataset: by their columns, with the renames that it takes.

What a block takes is kept beside it (wants.py). First the different names that any block asks for
are held against the dataset's columns, then one statement counts for every block what it finds.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import NotFound
from sponde_server.core.record import now
from sponde_server.library.code.column_names import grade, words
from sponde_server.library.code.wants import ANY, Wants, wants_of
from sponde_server.library.finding import store as search_store
from sponde_server.library.finding.query import parse
from sponde_server.library.finding.records import FilterOffer, FindBlocks, FoundBlock, FoundBlocks
from sponde_server.library.records import CodeBlock, Outcome
from sponde_server.library.trials.sampling import Data, Samples

from .records import BlockFit, BlockFits, FittedBlock, NewFitted
from .renames_records import ColumnFit

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_TOKEN = re.compile(r'(?:^|(?<=\s))fits:("[^"]*"?|\S*)', re.IGNORECASE)
_MOST = 2_000
_SHOWN = 4
_NEEDED = {"n": ("number", "boolean"), "d": ("date", "time"), "t": ("text",)}


@dataclass(frozen=True)
class _Place:
    """A block in the order of how well it fits."""

    id: str
    is_whole: bool
    is_any: bool


class Fits:
    """Which blocks fit what is here. One of each library."""

    def __init__(self, database: Database, samples: Callable[[], Samples]) -> None:
        self._database = database
        self._samples = samples

    async def of(self, name: str, limit: int, offset: int) -> BlockFits:
        """List the blocks that fit a dataset, best first."""
        data = await self._dataset(name)
        places = await self._database.read(_ranked, data)
        chosen = places[offset : offset + limit]
        blocks = await self._database.read(search_store.blocks, [one.id for one in chosen])
        fits = await asyncio.to_thread(lambda: [fit_of(block, data) for block in blocks])
        return BlockFits(
            dataset=data.name,
            count=sum(one.is_whole and not one.is_any for one in places),
            any_table=sum(one.is_whole and one.is_any for one in places),
            almost=sum(not one.is_whole for one in places),
            fits=tuple(fits),
            has_more=len(places) > offset + limit,
        )

    async def fitted(self, block: CodeBlock, asked: NewFitted) -> FittedBlock:
        """Give a block's code under a dataset's names."""
        data = await self._dataset(asked.dataset)
        return await asyncio.to_thread(_fitted, block, data, asked)

    async def offers(self, typed: str) -> list[FilterOffer]:
        """Complete `fits:` by the names of the datasets."""
        begun = typed.partition(":")[2].strip('"').lower()
        return [
            FilterOffer(text=f"fits:{one.name}", about="blocks that fit this dataset")
            for one in await self._samples().list_all()
            if one.name.lower().startswith(begun)
        ][:12]

    async def find(self, asked: FindBlocks) -> FoundBlocks:
        """Search with `fits:sales` in the query: those that fit, best first; the rest narrows."""
        names = [found[1].strip('"') for found in _TOKEN.finditer(asked.query)]
        rest = parse(_TOKEN.sub(" ", asked.query).strip(), now())
        try:
            data = await self._dataset(names[0])
        except NotFound as error:
            is_open = not names[0] or asked.query.rstrip().endswith(names[0])
            known = [one.name for one in await self._samples().list_all()]
            if is_open and any(one.lower().startswith(names[0].lower()) for one in known):
                return FoundBlocks(blocks=(), wrongs=())
            return FoundBlocks(blocks=(), wrongs=(f"{error.message} {error.hint}", *rest.wrongs))

        def found(con: "Connection") -> tuple[list[CodeBlock], bool]:
            ids = [one.id for one in _ranked(con, data)][:_MOST]
            if rest.terms or rest.filters:
                hits = search_store.among(con, rest, ids)
                at = {block_id: place for place, block_id in enumerate(ids)}
                order = [(hit.level if rest.terms else 0, at[hit.id], hit.id) for hit in hits]
                ids = [block_id for _, _, block_id in sorted(order)]
            page = ids[asked.offset : asked.offset + asked.limit]
            return search_store.blocks(con, page), len(ids) > asked.offset + asked.limit

        blocks, has_more = await self._database.read(found)
        fits = await asyncio.to_thread(lambda: [fit_of(block, data) for block in blocks])
        return FoundBlocks(
            blocks=tuple(FoundBlock(block=one.block, reason=one.reason) for one in fits),
            has_more=has_more,
            wrongs=rest.wrongs,
        )

    def are_asked(self, query: str) -> bool:
        """Whether a search asks for what fits a dataset."""
        return _TOKEN.search(query) is not None

    async def _dataset(self, name: str) -> Data:
        for one in await self._samples().list_all():
            if one.name.lower() == name.lower():
                return one
        raise NotFound(
            f"There is no dataset called '{name[:60]}'.", "Drop a file on the Data panel."
        )


# -- one statement for all blocks -------------------------------------------------------------


def _ranked(con: "Connection", data: Data) -> list[_Place]:
    """Order the blocks that fit: the surest names first, then those that take more columns."""
    begins = sorted({words(name)[0][0] for name in data.columns if words(name)})
    rows = con.execute(
        "SELECT DISTINCT want FROM (SELECT unnest(string_split(wants, chr(10))) AS want "
        "FROM block_near WHERE wants IS NOT NULL AND wants <> ?) "
        "WHERE list_contains(?, lower(regexp_extract(substr(want, 2), '[^\\W_]'))) ",
        [ANY, begins],
    ).fetchall()
    found: list[tuple[str, float]] = []
    for (want,) in rows:
        best = _best(want[0], want[1:], data)
        if best is not None:
            found.append((want, best[1]))
    ranked = con.execute(
        "WITH found AS (SELECT unnest(?::VARCHAR[]) AS want, unnest(?::DOUBLE[]) AS grade), "
        "asked AS (SELECT block_id, lacks, unnest(string_split(wants, chr(10))) AS want "
        "FROM block_near WHERE wants IS NOT NULL), "
        "held AS (SELECT block_id, any_value(lacks) AS lacks, count(*) AS wanted, "
        "avg(grade) AS sure, bool_and(want = ?) AS is_any FROM asked LEFT JOIN found USING (want) "
        "GROUP BY block_id HAVING count(grade) = count(*) OR bool_and(want = ?)) "
        "SELECT c.id, coalesce(held.lacks, 0) = 0, held.is_any FROM held "
        "JOIN code_block c ON c.id = held.block_id WHERE c.removed_at IS NULL "
        "ORDER BY held.is_any, coalesce(held.lacks, 0) > 0, "
        'contains(c."keys", ?) DESC, 10 * coalesce(sure, 0) + 0.5 * least(wanted, 8) DESC, '
        "c.quality DESC, c.id DESC",
        [
            [want for want, _ in found],
            [sure for _, sure in found],
            ANY,
            ANY,
            f"\ndataset:{data.name.lower()}\n",
        ],
    ).fetchall()
    return [_Place(*row) for row in ranked]


def _best(kind: str, name: str, data: Data, taken: Sequence[str] = ()) -> tuple[str, float] | None:
    """Find the column that is most surely the one that is wanted, and can be what it must be."""
    kinds = data.kinds or ("",) * len(data.columns)
    best: tuple[str, float] | None = None
    for there, is_kind in zip(data.columns, kinds, strict=True):
        sure = grade(name, there) if there not in taken else 0.0
        if sure and is_kind and is_kind not in _NEEDED.get(kind, (is_kind,)):
            continue
        if sure and (best is None or sure > best[1]):
            best = (there, sure)
    return best


# -- one block ----------------------------------------------------------------------------------


def fit_of(block: CodeBlock, data: Data) -> BlockFit:
    """Hold a block against a dataset: what it finds, under which names, and why it fits."""
    wants = wants_of(block)
    columns = _columns(wants, data)
    table = data.name if wants.name and wants.name != data.name else ""
    missing = [one.name for one in columns if not one.here]
    return BlockFit(
        block=block,
        reason=" · ".join(_reasons(block, wants, columns, data)),
        names={wants.name: table} if table else {},
        columns=columns,
        also=wants.also,
        is_whole=not missing and not wants.also,
        is_any=not columns,
    )


def _columns(wants: Wants, data: Data) -> tuple[ColumnFit, ...]:
    """Give each column the surest that is left: same names first."""
    pairs = []
    for at, (kind, name) in enumerate(zip(wants.kinds, wants.columns, strict=True)):
        for there in data.columns:
            only = replace(data, columns=(there,), kinds=_kind_of(data, there))
            best = _best(kind, name, only)
            if best:
                pairs.append((-best[1], at, there))
    here: dict[int, str] = {}
    for _, at, there in sorted(pairs):
        if at not in here and there not in here.values():
            here[at] = there
    return tuple(
        ColumnFit(name=name, here=here.get(at, "")) for at, name in enumerate(wants.columns)
    )


def _kind_of(data: Data, column: str) -> tuple[str, ...]:
    return (data.kinds[data.columns.index(column)],) if data.kinds else ()


def _reasons(
    block: CodeBlock, wants: Wants, columns: tuple[ColumnFit, ...], data: Data
) -> list[str]:
    parts = []
    other = [one for one in columns if one.here and one.here != one.name]
    missing = [one.name for one in columns if not one.here]
    if data.name.lower() in {name.lower() for name in block.facts.datasets}:
        parts.append(f"made for {data.name}")
    parts += [f"needs {one.name}, yours is {one.here}" for one in other[:_SHOWN]]
    if len(other) > _SHOWN:
        parts.append(f"{len(other) - _SHOWN} more renames")
    same = [one.name for one in columns if one.here == one.name]
    if columns and not other and not missing:
        said = ", ".join(same[:_SHOWN]) + ("…" if len(same) > _SHOWN else "")
        parts.append(f"has {said}" if len(same) == 1 else f"has all {len(same)}: {said}")
    elif same:
        parts.append(f"has {', '.join(same[:_SHOWN])}")
    if missing:
        parts.append(f"lacks {', '.join(missing[:_SHOWN])}")
    if not columns:
        parts.append("works on any table")
    if wants.also:
        parts.append(f"also needs {', '.join(wants.also[:_SHOWN])}")
    if block.last_outcome is Outcome.OK:
        parts.append(f"proven {block.ok_runs}×" if block.ok_runs > 1 else "proven")
    return parts


def _fitted(block: CodeBlock, data: Data, asked: NewFitted) -> FittedBlock:
    from .renames import renamed

    wants = wants_of(block)
    called = asked.variable or data.name
    columns = {
        one.name: one.here for one in _columns(wants, data) if one.here and one.here != one.name
    }
    if block.language == "sql":
        names = {wants.name: data.name} if wants.name and wants.name != data.name else {}
        return FittedBlock(
            code=sql_renamed(block.code, {**names, **columns}), names=names, columns=columns
        )
    if called in block.facts.defines or (called in block.facts.needs and called != wants.name):
        called = wants.name  # the name means something else in this code
    names = {wants.name: called} if wants.name and wants.name != called else {}
    code = renamed(block.code, names, columns, block.facts.needs)
    before = ""
    if asked.loads and wants.name:
        before = f'import sponde\n\n{called} = sponde.dataset("{data.name}").df()\n'
    return FittedBlock(code=code, names=names, columns=columns, before=before)


def sql_renamed(code: str, names: dict[str, str]) -> str:
    """Change tables and columns in SQL, at the places where the lexer finds names."""
    from sponde_server.library.code.literals import read
    from sponde_server.library.fields.records import SpotForm

    lower = {old.lower(): new for old, new in names.items()}
    for value in reversed(read(code, "sql").values):
        new = lower.get(value.text.lower()) if value.form is SpotForm.NAME else None
        if new is not None:
            plain = (
                new if re.fullmatch(r"[A-Za-z_]\w*", new) else '"' + new.replace('"', '""') + '"'
            )
            code = code[: value.start] + plain + code[value.end :]
    return code
