"""Finds blocks by what they mean, and joins them with what their words find.

A sentence encoder reads each block in the background (sponde_server/meaning); its vectors are kept
in DuckDB, and copied to a file that is searched at once. Does not know HTTP.
"""

import asyncio
import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import SpondeError
from sponde_server.core.record import now
from sponde_server.core.tasks import Tasks
from sponde_server.meaning.records import MeaningStatus
from sponde_server.meaning.service import SpondeMeaning

from . import meant_store, reasons
from . import store as search_store
from .meant_store import Read, Unread
from .query import Query, parse
from .records import FindBlocks, FoundBlock, FoundBlocks
from .store import ELSEWHERE, Hit

if TYPE_CHECKING:
    from logging import Logger

    from duckdb import DuckDBPyConnection as Connection

    from .service import Finder

NEAR = "near in meaning"
_MOST = 100
"""Of each way so many are joined; then come those that only words find."""
_NARROW = 5_000
"""Filters that leave so few blocks are asked first; others of what was found."""
_LOOKED_THROUGH = 1_000
_DAMPING = 60
_LONGEST = 1_500
_AT_ONCE = 200
_BATCH = 4
_COPIED_AT_ONCE = 2_000
GATHER = 2.0
_PIECE = re.compile(r'-?\w+:"[^"]*"?|"[^"]*"?|/(?:\\.|[^/\\\n])+/(?=\s|$)|\S+')


class MeantBlocks:
    """The search of the library by meaning."""

    def __init__(self, database: Database, meaning: SpondeMeaning, log: "Logger") -> None:
        self._database = database
        self._meaning = meaning
        self._log = log
        self._tasks = Tasks(log)
        self._reading: asyncio.Task[None] | None = None
        self._has_more = False
        self._read_by = ""
        """The encoder that has read everything that was written; empty until one has."""
        self.gather = GATHER
        """Seconds for which writes are gathered before they are read."""
        self._copying = asyncio.Lock()

    async def status(self) -> MeaningStatus:
        """Say whether it can be had; where it can, begin to read."""
        if lacks := self._meaning.lacks():
            return MeaningStatus(is_there=False, note=lacks)
        left = await self._left()
        if left:
            self.read(0)
        told = f" {left:,} blocks are still being read." if left else ""
        return MeaningStatus(is_there=True, note=f"Finds what is meant, not only the words.{told}")

    async def find(self, asked: FindBlocks, finder: "Finder") -> FoundBlocks:
        """Find blocks by words and by meaning, the best first."""
        said, conditions = taken_apart(asked.query)
        if not said:
            return await finder.find(asked)
        if lacks := self._meaning.lacks():
            return await self._words_only(asked, finder, lacks)
        by_words, near = await asyncio.gather(
            finder.find(replace(asked, limit=_MOST, offset=0)), self._near(said, conditions)
        )
        if isinstance(near, SpondeError):
            self._log.warning("Blocks are not found by meaning: %s", near)
            return await self._words_only(asked, finder, str(near))
        joined = fused([one.block.id for one in by_words.blocks], near)
        page = joined[asked.offset : asked.offset + asked.limit]
        blocks = await self._told(page, by_words.blocks, set(near))
        wrongs = by_words.wrongs
        left = await self._left()
        if left:
            self.read(0)
            wrongs = (*wrongs, f"{left:,} blocks are still being read; they come later by meaning.")
        rest: FoundBlocks | None = None
        if len(page) < asked.limit and by_words.has_more:
            past = max(0, asked.offset - len(joined))
            rest = await finder.find(
                replace(asked, limit=asked.limit - len(page), offset=_MOST + past)
            )
            seen = set(joined)
            blocks += [one for one in rest.blocks if one.block.id not in seen]
        more = rest.has_more if rest else by_words.has_more
        return replace(
            by_words,
            blocks=tuple(blocks),
            has_more=asked.offset + asked.limit < len(joined) or more,
            wrongs=wrongs,
            is_reading=bool(left),
            without=() if joined else by_words.without,
        )

    def saved(self) -> None:
        """Note that a block was written: it is read soon, with those that come with it."""
        self._has_more = True
        self._read_by = ""
        self.read(self.gather)

    def read(self, wait: float) -> None:
        """Read in the background what is not read yet."""
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.start(self._read_in(wait))

    async def settle(self) -> None:
        """Wait until everything is read."""
        await self._tasks.settle()

    async def stop(self) -> None:
        """End what goes on in the background."""
        await self._tasks.stop()

    # -- one search -------------------------------------------------------------------------------

    async def _words_only(self, asked: FindBlocks, finder: "Finder", why: str) -> FoundBlocks:
        found = await finder.find(asked)
        return replace(found, wrongs=(*found.wrongs, why))

    async def _near(self, said: str, conditions: str) -> list[str] | SpondeError:
        """Name the blocks that mean nearly what was said, among what is asked; or say why not."""
        try:
            return await self._nearest(said, parse(conditions, now()))
        except SpondeError as error:
            return error

    async def _nearest(self, said: str, query: Query) -> list[str]:
        is_narrow = bool(query.filters or query.terms)
        among = await self._database.read(_few, query) if is_narrow else None
        if among == []:
            return []
        await self._copy()
        found = await self._meaning.ask(
            "nearest",
            file=self._file,
            text=said,
            among=among,
            limit=_LOOKED_THROUGH if is_narrow and among is None else _MOST * 2,
        )
        return await self._database.read(_meeting, query, [place for place, _ in found])

    async def _told(
        self, ids: Sequence[str], by_words: Sequence[FoundBlock], near: set[str]
    ) -> list[FoundBlock]:
        known = {one.block.id: one for one in by_words}
        lacking = [one for one in ids if one not in known]
        for block in await self._database.read(search_store.blocks, lacking):
            reason = reasons.reason(block, Hit(block.id, ELSEWHERE, 0), Query())
            known[block.id] = FoundBlock(block=block, reason=reason)
        return [
            replace(known[one], reason=" · ".join(filter(None, (known[one].reason, NEAR))))
            if one in near
            else known[one]
            for one in ids
            if one in known
        ]

    # -- reading ----------------------------------------------------------------------------------

    @property
    def _file(self) -> str:
        return str(self._database.path.with_name("library-meaning.f32"))

    async def _left(self) -> int:
        encoder = await self._meaning.encoder()
        if encoder == self._read_by:
            return 0
        return await self._database.read(meant_store.count_unread, encoder)

    async def _read_in(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._has_more = True
        while self._has_more:
            self._has_more = False
            try:
                encoder = await self._meaning.encoder()
                await self._read_all(encoder)
                self._read_by = "" if self._has_more else encoder
            except SpondeError as error:
                self._log.warning("Blocks are not read for the search by meaning: %s", error)

    async def _read_all(self, encoder: str) -> None:
        while blocks := await self._database.read(meant_store.list_unread, encoder, _AT_ONCE):
            texts = {block.id: _text(block) for block in blocks}
            same = [one for one in blocks if one.digest == _digest(texts[one.id])]
            await self._database.write(meant_store.put, encoder, [_read(one) for one in same])
            new = [one for one in blocks if one.digest != _digest(texts[one.id])]
            for at in range(0, len(new), _BATCH):
                await self._meaning.quiet()
                batch = new[at : at + _BATCH]
                values = await self._meaning.ask(
                    "encode", for_person=False, texts=[texts[one.id] for one in batch]
                )
                rows = [
                    Read(one.id, one.change, _digest(texts[one.id]), base64.b64decode(value))
                    for one, value in zip(batch, values, strict=True)
                ]
                await self._database.write(meant_store.put, encoder, rows)

    async def _copy(self) -> None:
        """Bring the file that is searched up to date."""
        async with self._copying:
            encoder = await self._meaning.encoder()
            newest = await self._database.read(meant_store.newest)
            upto = await self._meaning.ask("upto", file=self._file, newest=newest)
            while upto < newest:
                rows = await self._database.read(
                    meant_store.list_after, encoder, upto, _COPIED_AT_ONCE
                )
                if not rows:
                    return
                upto = rows[-1][2]
                values = [(place, base64.b64encode(value).decode()) for place, value, _ in rows]
                await self._meaning.ask("put", file=self._file, rows=values, upto=upto)


def fused(by_words: Sequence[str], near: Sequence[str]) -> list[str]:
    """Join two orders into one by the ranks in them; what both find comes first.

    Reciprocal rank fusion: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms
    Condorcet and individual Rank Learning Methods", SIGIR 2009, with their constant of 60.
    """
    scores: dict[str, float] = {}
    for order in (by_words, near[:_MOST]):
        for rank, one in enumerate(order, 1):
            scores[one] = scores.get(one, 0) + 1 / (_DAMPING + rank)
    return sorted(scores, key=lambda one: -scores[one])


def taken_apart(query: str) -> tuple[str, str]:
    """Give what is said in plain words, and the rest: filters, exact texts and expressions."""
    said: list[str] = []
    conditions: list[str] = []
    for piece in _PIECE.findall(query):
        read = parse(piece, now())
        is_plain = piece[0] not in '"/' and not read.filters and not read.wrongs
        (said if is_plain else conditions).append(piece)
    # The space says that the last filter is typed to its end.
    return " ".join(said), " ".join([*conditions, ""]) if conditions else ""


def _few(con: "Connection", query: Query) -> list[int] | None:
    """Give the places of the blocks that meet conditions; None where they are many."""
    hits = search_store.scan(con, query, _NARROW + 1)
    if len(hits) > _NARROW:
        return None
    return meant_store.places_of(con, [hit.id for hit in hits]) if hits else []


def _meeting(con: "Connection", query: Query, places: Sequence[int]) -> list[str]:
    """Name the blocks of these places that are there and meet conditions, in their order."""
    ids = meant_store.blocks_at(con, places) if places else []
    meant = {hit.id for hit in search_store.among(con, query, ids)}
    return [one for one in ids if one in meant]


def _text(block: Unread) -> str:
    """Give what is read of a block: what people say of it first."""
    return "\n".join([block.name, block.description, block.tags, block.code[:_LONGEST]])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _read(block: Unread) -> Read:
    return Read(block.id, block.change, block.digest, b"")
