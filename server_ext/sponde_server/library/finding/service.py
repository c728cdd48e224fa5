"""Finds blocks: chooses between scan and index, brings the index up to date, says why.

Few blocks are scanned. Above `least` an index is made in the background; the scan serves until it
is there, and whenever it breaks. Does not know HTTP.
"""

import asyncio
import time
from dataclasses import replace
from logging import Logger
from typing import TYPE_CHECKING, Any

from sponde_server.core.database import Database
from sponde_server.core.record import now
from sponde_server.core.tasks import Tasks

from . import reasons
from . import store as search_store
from .index import BROKEN, Hits, Index, Scan, Searching
from .query import KEYS, SAME, Kind, Query, parse
from .records import FilterOffer, FindBlocks, FoundBlock, FoundBlocks, WithoutFilter

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LEAST = 20_000
_PREPARED_AT_ONCE = 200
_INDEXED_AT_ONCE = 1_000
_REST = 0.01
GATHER = 2.0
"""Seconds for which writes are gathered before the index takes them."""
_MOST_SCANNED = 100_000
"""Blocks; where there are more, an index that is being made answers for what it has."""
_COMMIT_AFTER = 20.0
"""Seconds of indexing that a crash costs at most."""
_MOST_COUNTED = 100
_TYPING = 0.025
_PATIENT = 2.0
"""Seconds for which an index is looked through."""
_OFFERS = 12


class Finder:
    """The search of the library."""

    def __init__(
        self, database: Database, log: Logger, least: int = LEAST, gather: float = GATHER
    ) -> None:
        self._database = database
        self._log = log
        self._least = least
        self._gather = gather
        self._scan = Scan()
        self._index = Index(database.path.with_name("library-index"), log)
        self._has_tantivy = True
        self._is_prepared = False
        self._tasks = Tasks(log)
        self._making: asyncio.Task[None] | None = None

    async def find(self, asked: FindBlocks) -> FoundBlocks:
        """Find blocks, the best first."""
        await self._prepare()
        query = parse(asked.query, now())
        # In a transaction of its own: what DuckDB cannot read ends it.
        if wrong := await self._database.read(search_store.wrong_pattern, query):
            rest = tuple(term for term in query.terms if term.kind is not Kind.PATTERN)
            told = f"The regular expression cannot be read: {wrong.replace('(?im)', '')}."
            query = replace(query, terms=rest, wrongs=(*query.wrongs, told))
        found, is_behind = await self._database.read(self._find, query, asked)
        if is_behind:
            self._bring_up()
        return found

    async def offers(self, typed: str) -> list[FilterOffer]:
        """Say what a word that is being typed into the search can become."""
        await self._prepare()
        minus, word = ("-", typed[1:]) if typed.startswith("-") else ("", typed)
        key, colon, value = word.partition(":")
        key = SAME.get(key.lower(), key.lower())
        if not colon:
            return [
                FilterOffer(text=f"{minus}{one}:", about=about)
                for one, about in KEYS.items()
                if one.startswith(key)
            ]
        if key in ("after", "before", "used"):
            examples = ("today", "7d", "30d") if key != "used" else (">0", ">3", ">10", "0")
            return [
                FilterOffer(text=f"{minus}{key}:{one}", about=KEYS[key])
                for one in examples
                if one.startswith(value)
            ]
        beginning = f"{key}:{value.lower().lstrip(chr(34))}"
        return [
            FilterOffer(text=f"{minus}{_quoted(text)}", blocks=blocks)
            for text, blocks in await self._database.read(self._values, beginning)
        ]

    def index_bytes(self) -> int:
        """Count the bytes of the index; 0 where there is none."""
        return self._index.size()

    def is_bringing_up(self) -> bool:
        """Whether the index is being made or brought up to date."""
        return self._making is not None and not self._making.done()

    async def settle(self) -> None:
        """Wait until the index is up to date."""
        await self._tasks.settle()

    async def stop(self) -> None:
        """End what goes on in the background."""
        await self._tasks.stop()

    # -- one search -------------------------------------------------------------------------------

    def _find(self, con: "Connection", query: Query, asked: FindBlocks) -> tuple[FoundBlocks, bool]:
        limit, offset = max(1, asked.limit), max(0, asked.offset)
        wrongs = list(query.wrongs)
        seconds = _TYPING if asked.typing else _PATIENT
        found = self._search(con, query, limit + 1, offset, seconds)
        if found.was_cut and not asked.typing:
            wrongs.append(
                "There was no time to look through everything: add a word of three letters or more."
            )
        if found.is_behind and self._is_partial(con):
            share = self._index.share(search_store.count(con))
            wrongs.append(f"The search index is being made; {share:.0%} of the blocks are in it.")
        shown = found.hits[:limit]
        is_empty = not shown and not offset and not found.was_cut
        without = self._without(con, query, seconds) if is_empty else ()
        return (
            FoundBlocks(
                blocks=_told(con, query, shown),
                has_more=len(found.hits) > limit,
                wrongs=tuple(wrongs),
                without=without,
                was_cut=found.was_cut,
            ),
            found.is_behind,
        )

    def _without(
        self, con: "Connection", query: Query, seconds: float
    ) -> tuple[WithoutFilter, ...]:
        counted = []
        for one in query.filters if len(query.filters) + len(query.terms) > 1 else ():
            rest = replace(query, filters=tuple(f for f in query.filters if f != one))
            blocks = len(self._search(con, rest, _MOST_COUNTED, 0, seconds).hits)
            if blocks:
                counted.append(WithoutFilter(filter=one.text, blocks=blocks))
        return tuple(counted)

    def _search(
        self, con: "Connection", query: Query, limit: int, offset: int, seconds: float
    ) -> Hits:
        way = self._way(con)
        try:
            return way.find(con, query, limit, offset, seconds)
        except BROKEN as error:
            if way is self._scan:
                raise
            self._log.warning("The search index is made anew: %s", error)
            self._index.throw_away()
            return replace(self._scan.find(con, query, limit, offset, seconds), is_behind=True)

    def _is_partial(self, con: "Connection") -> bool:
        return self._way(con) is self._index and self._index.change < 0

    def _values(self, con: "Connection", beginning: str) -> list[tuple[str, int]]:
        return self._way(con).values(con, beginning, _OFFERS)

    def _way(self, con: "Connection") -> Searching:
        if not self._has_tantivy:
            return self._scan
        try:
            # An index that is open stands for blocks enough.
            if self._index.change >= 0:
                return self._index
            blocks = search_store.count(con)
            if blocks < self._least:
                return self._scan
            if self._index.is_made(con):
                return self._index
            # A scan of very many takes seconds, in which others cannot read.
            is_partly = blocks > _MOST_SCANNED and self._index.share(blocks) > 0
            return self._index if is_partly else Scan(is_behind=True)
        except ImportError:
            self._has_tantivy = False
            self._log.warning("Searches are slow: the package tantivy is not installed.")
            return self._scan

    # -- what is made in the background -----------------------------------------------------------

    async def _prepare(self) -> None:
        """Make what searches look at for blocks that an earlier version has written."""
        while not self._is_prepared:
            ids = await self._database.read(search_store.unprepared, _PREPARED_AT_ONCE)
            if ids:
                await self._database.write(search_store.prepare, ids)
            self._is_prepared = not ids

    def _bring_up(self) -> None:
        if not self.is_bringing_up():
            self._making = self._tasks.start(self._make())

    async def _make(self) -> None:
        """Write into the index what it does not have, in batches; what is written stays.

        A server that ends in the middle of it, however it ends, goes on from the last commit.
        """
        await asyncio.sleep(self._gather)
        try:
            newest = await self._database.read(search_store.newest_change)
            writer = await asyncio.to_thread(self._index.begin, newest)
            await self._take_in(writer)
            await asyncio.to_thread(self._index.end, writer)
        except ImportError:
            return  # the next search says it
        except BROKEN as error:
            self._log.warning("The search index is made anew: %s", error)
            self._index.throw_away()

    async def _take_in(self, writer: Any) -> None:
        at, committed, last = self._index.taken, time.monotonic(), None
        if at < 0:
            committed = -_COMMIT_AFTER  # the first batch at once: searches need not scan any more
        while rows := await self._database.read(search_store.rows_after, at, _INDEXED_AT_ONCE):
            await asyncio.to_thread(self._index.add, rows, writer)
            last = rows[-1]
            at = last.change
            if time.monotonic() - committed > _COMMIT_AFTER:
                await asyncio.to_thread(self._index.commit, writer, last, is_whole=False)
                committed = time.monotonic()
            await asyncio.sleep(_REST)
        if last is not None:
            await asyncio.to_thread(self._index.commit, writer, last, is_whole=True)


def _told(con: "Connection", query: Query, hits: list[search_store.Hit]) -> tuple[FoundBlock, ...]:
    blocks = search_store.blocks(con, [hit.id for hit in hits])
    by_id = {hit.id: hit for hit in hits}
    matched = [
        search_store.first_matches(con, term, [*by_id])
        for term in query.terms
        if term.kind is Kind.PATTERN and by_id
    ]
    return tuple(
        FoundBlock(
            block=block,
            reason=reasons.reason(block, by_id[block.id], query),
            marks=reasons.marks(block, query, [texts.get(block.id, "") for texts in matched]),
        )
        for block in blocks
    )


def _quoted(text: str) -> str:
    key, _, value = text.partition(":")
    return f'{key}:"{value}"' if " " in value else text
