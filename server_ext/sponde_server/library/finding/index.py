"""Two ways to search the blocks that give the same: a scan, and an index for many blocks.

DuckDB holds the truth. The index (tantivy, imported on use) lies beside the history, knows up to
which change it is made, and can be thrown away: whatever is newer is scanned until it is brought
up to date. It names candidates, the best first; checking.py decides on them. Where very many are
named, the best tiers are looked through before the rest.
"""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import checking
from . import store as search_store
from .index_query import Asking, Piece
from .index_rows import VERSION, document, schema, tokenizers
from .query import Query
from .store import Hit, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

BROKEN = (ValueError, OSError, RuntimeError, KeyError)
"""What tantivy raises where its files are not as they should be."""
_STATE = "made.json"
_FIRST_PAGE = 256
_LARGEST_PAGE = 8192
_MOST_READ = 500
"""Blocks newer than the index that are read and checked; more are scanned."""
_CHECKED_AT_ONCE = 32
_MATCHED_AT_ONCE = 128
_LONG = 0.02
_COUNTED_FOR = 60.0
"""Seconds after which values are counted again where that took long."""
_MEMORY = 64_000_000
_MANY = 20_000
"""Blocks; where a query may name more, tiers are looked through one after the other."""
_TIERS = (4_000, 32_000, 256_000)
"""Blocks in the best tiers; the rest is the last."""

Place = tuple[int, int]
"""Where the index keeps a block: the segment, and the place in it."""


@dataclass(frozen=True)
class Hits:
    """What a search has found."""

    hits: list[Hit]
    was_cut: bool = False
    """Whether time ran out before everything was looked at."""
    is_behind: bool = False
    """Whether the index lacks something."""


class Searching(Protocol):
    """A way to search."""

    def find(
        self, con: "Connection", query: Query, limit: int, offset: int, seconds: float
    ) -> Hits:
        """Give the blocks that are meant, best first."""

    def values(self, con: "Connection", beginning: str, limit: int) -> list[tuple[str, int]]:
        """List what filters could ask for that begin so, with how many blocks have it."""


class Scan:
    """Looks through every block: best where there are few. `is_behind`: an index is missing."""

    def __init__(self, *, is_behind: bool = False) -> None:
        self._is_behind = is_behind

    def find(
        self, con: "Connection", query: Query, limit: int, offset: int, seconds: float
    ) -> Hits:
        """Give the blocks that are meant, best first."""
        hits = search_store.scan(con, query, limit, offset)
        return Hits(hits, is_behind=self._is_behind)

    def values(self, con: "Connection", beginning: str, limit: int) -> list[tuple[str, int]]:
        """List what filters could ask for that begin so, with how many blocks have it."""
        return search_store.values(con, beginning, limit)


@contextmanager
def _panics() -> Iterator[None]:
    """Turn tantivy's panic, which is no `Exception`, into an error that can be handled."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise RuntimeError(f"tantivy: {error}") from error
        raise


@dataclass(frozen=True)
class _Tier:
    """Some of the blocks, by their place in the order."""

    occur: Any
    """Whether the query names them, or all others."""
    query: Any

    def of(self, query: Any) -> Any:
        """Name what is of this tier."""
        from tantivy import Occur
        from tantivy import Query as Asked

        return Asked.boolean_query([(Occur.Must, query), (self.occur, self.query)])


@dataclass(frozen=True)
class _Open:
    """One state of the index, for searching."""

    schema: Any
    searcher: Any
    tiers: list[_Tier]
    change: int


class _Walk:
    """One search's way through the index."""

    def __init__(self, con: "Connection", opened: _Open, query: Query, newer: set[str]) -> None:
        self.hits: list[Hit] = []
        self._searcher = opened.searcher
        self._checking = checking.Checking(con, query)
        self.at_once = _MATCHED_AT_ONCE if self._checking.has_patterns else _CHECKED_AT_ONCE
        self._known: dict[Place, Hit | None] = {}
        self._newer = newer

    def take(self, addresses: Sequence[Any], level: int) -> None:
        """Take those that are meant, and not of a later level, which has its own turn."""
        given = {(one.segment_ord, one.doc): one for one in addresses}
        self._check({key: one for key, one in given.items() if key not in self._known})
        for key in given:
            hit = self._known[key]
            if hit and hit.level <= level:
                self._known[key] = None
                self.hits.append(hit)

    def _check(self, given: dict[Place, Any]) -> None:
        read: list[tuple[tuple[Place, str], checking.Texts]] = []
        for key, address in given.items():
            self._known[key] = None
            document = self._searcher.doc(address)
            block_id = document["id"][0]
            if block_id not in self._newer:
                read.append(((key, block_id), checking.read(document["kept"])))
        meant = self._checking.among(read)
        qualities = self._searcher.fast_field_values(
            "quality", [given[key] for (key, _), _ in meant]
        )
        for ((key, block_id), level), quality in zip(meant, qualities, strict=True):
            self._known[key] = Hit(block_id, level, quality)


class Index:
    """Looks words and 3-grams up in tantivy; only one at a time brings it up to date."""

    def __init__(self, folder: Path, log: Logger) -> None:
        self._folder = folder
        self._log = log
        self._index: Any = None
        self._now: _Open | None = None
        self._counted: dict[str, tuple[list[Any], float]] = {}
        self._once = -1
        self._is_whole = False
        self.taken = -1
        """Up to which change it is written; -1 where there is none."""

    @property
    def change(self) -> int:
        """Up to which change searches see it; -1 where they do not."""
        return self._now.change if self._now and self._is_whole else -1

    def share(self, blocks: int) -> float:
        """Say how much of so many blocks searches see, from 0 to 1, while it is made."""
        return min(1.0, self._now.searcher.num_docs / max(1, blocks)) if self._now else 0.0

    # -- searching ----------------------------------------------------------------------------

    @_panics()
    def find(
        self, con: "Connection", query: Query, limit: int, offset: int, seconds: float
    ) -> Hits:
        """Give the blocks that are meant, best first; while it is made, of those that it has."""
        opened = self._opened()
        wanted = limit + offset
        is_whole = self._is_whole
        newer, hits = self._newer(con, opened, query, wanted) if is_whole else (set(), [])
        walk = _Walk(con, opened, query, newer)
        found, was_cut = self._indexed(walk, opened, query, wanted, time.monotonic() + seconds)
        hits = sorted([*found, *hits], key=lambda hit: hit.place)
        return Hits(hits[offset:wanted], was_cut, bool(newer) or not is_whole)

    @_panics()
    def values(self, con: "Connection", beginning: str, limit: int) -> list[tuple[str, int]]:
        """List what filters could ask for that begin so, with how many blocks have it."""
        counted, until = self._counted.get(beginning, ([], 0.0))
        began = time.monotonic()
        if began > until:
            searcher = self._opened().searcher
            counted = searcher.terms_with_prefix("key", beginning, limit=limit)
            if time.monotonic() - began > _LONG:
                self._counted[beginning] = (counted, began + _COUNTED_FOR)
        return [(str(key), int(many)) for key, many in counted]

    def _newer(
        self, con: "Connection", opened: _Open, query: Query, wanted: int
    ) -> tuple[set[str], list[Hit]]:
        """Name what the index does not have, and find among it."""
        rows = search_store.list_newer(con, query, opened.change, _MOST_READ)
        if len(rows) == _MOST_READ:
            hits = search_store.scan(con, query, wanted, changed_after=opened.change)
            return search_store.ids_after(con, opened.change), hits
        given = [(row, checking.Texts(*row.texts)) for row in rows if row.is_there]
        found = checking.Checking(con, query).among(given)
        hits = [Hit(row.id, level, row.quality) for row, level in found]
        return {row.id for row in rows}, hits

    def _indexed(
        self, walk: _Walk, opened: _Open, query: Query, wanted: int, ends: float
    ) -> tuple[list[Hit], bool]:
        asking = Asking(opened.schema, opened.searcher)
        is_late = False
        for level, piece in asking.stages(query):
            for addresses in self._pages(opened, piece, wanted, walk.at_once):
                walk.take(addresses, level)
                is_late = time.monotonic() > ends
                if len(walk.hits) >= wanted or is_late:
                    break
            if len(walk.hits) >= wanted or is_late:
                break
        hits = sorted(walk.hits, key=lambda hit: hit.place)
        return hits[:wanted], len(hits) < wanted and is_late

    def _pages(self, opened: _Open, piece: Piece, wanted: int, at_once: int) -> Iterator[list[Any]]:
        """Give what a query names, the best first, a few at a time."""
        if not piece.most:
            return
        is_many = piece.most > _MANY
        for query in [tier.of(piece.query) for tier in opened.tiers] if is_many else [piece.query]:
            offset, size = 0, max(_FIRST_PAGE, wanted + 16)
            while True:
                found = self._search(opened.searcher, query, size, offset)
                for start in range(0, len(found), at_once):
                    yield found[start : start + at_once]
                if len(found) < size:
                    break
                offset, size = offset + size, min(size * 4, _LARGEST_PAGE)

    def _search(self, searcher: Any, query: Any, size: int, offset: int) -> list[Any]:
        from tantivy import Order

        found = searcher.search(
            query, size, count=False, order_by_field="quality", offset=offset, order=Order.Desc
        )
        return [address for _, address in found.hits]

    # -- the files ----------------------------------------------------------------------------

    @_panics()
    def is_made(self, con: "Connection") -> bool:
        """Whether there is an index of these very blocks; a broken or foreign one is removed."""
        if self._index is None:
            self._read_state(con)
        return self._now is not None and self._is_whole

    def throw_away(self) -> None:
        """Remove it; it is made again."""
        self._index, self._now = None, None
        self._once, self.taken, self._is_whole = -1, -1, False
        shutil.rmtree(self._folder, ignore_errors=True)

    @_panics()
    def begin(self, newest: int) -> Any:
        """Open it for writing, where it was left or anew; `newest` is the latest change."""
        if self._index is None:
            self.throw_away()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._index = self._open()
            # A block has one change, so that none up to here can come twice.
            self._once = newest
        return self._index.writer(_MEMORY, 1)

    @_panics()
    def add(self, rows: Sequence[Row], writer: Any) -> None:
        """Write some rows over what it has of these blocks."""
        for row in rows:
            if row.change > self._once:
                writer.delete_documents_by_term("id", row.id)
            if not row.is_removed:
                writer.add_document(document(row))

    @_panics()
    def commit(self, writer: Any, last: Row, *, is_whole: bool) -> None:
        """Make durable what was written, up to this row, so that it goes on from here."""
        writer.commit()
        self._is_whole = self._is_whole or is_whole
        self.taken = last.change
        state = {
            "version": VERSION, "change": last.change, "last": last.id, "is_whole": self._is_whole
        }  # fmt: skip
        path = self._folder / _STATE
        path.with_suffix(".new").write_text(json.dumps(state))
        path.with_suffix(".new").replace(path)
        self._show()

    @_panics()
    def end(self, writer: Any) -> None:
        """Let merges come to their end."""
        writer.wait_merging_threads()
        self._show()

    def size(self) -> int:
        """Count the bytes of its files."""
        return sum(path.stat().st_size for path in self._folder.glob("*") if path.is_file())

    def _show(self) -> None:
        """Let searches see what was written."""
        self._index.reload()
        fields, searcher = self._index.schema, self._index.searcher()
        self._now = _Open(fields, searcher, _tiers(fields, searcher), self.taken)

    def _opened(self) -> _Open:
        opened = self._now
        if opened is None:
            raise RuntimeError("it was thrown away in the middle of a search")
        return opened

    @_panics()
    def _read_state(self, con: "Connection") -> None:
        try:
            made = json.loads((self._folder / _STATE).read_text())
            if made["version"] != VERSION:
                raise ValueError(f"it is of version {made['version']}, not {VERSION}")
            change = search_store.change_of(con, made["last"])
            if change is None or change < made["change"]:
                raise ValueError("it was made of another history")
            self._index = self._open()
            self.taken, self._is_whole = made["change"], made["is_whole"]
            self._show()
        except FileNotFoundError:
            return
        except BROKEN as error:
            self._log.warning("The search index is made anew: %s.", error)
            self.throw_away()

    @_panics()
    def _open(self) -> Any:
        from tantivy import Index as Tantivy

        index = Tantivy(schema(), str(self._folder))
        tokenizers(index)
        return index


def _tiers(made: Any, searcher: Any) -> list["_Tier"]:
    """Name the best few thousand blocks, the next ones, and all others."""
    from tantivy import Occur
    from tantivy import Query as Asked

    counted = sorted(searcher.terms_with_prefix("tier", ""), reverse=True)
    tiers: list[_Tier] = []
    above: list[str] = []
    for size in _TIERS:
        names, blocks = [], 0
        while counted and blocks < size:
            name, many = counted.pop(0)
            names.append(name)
            blocks += many
        if names:
            tiers.append(_Tier(Occur.Must, Asked.term_set_query(made, "tier", names)))
            above += names
    if counted:
        tiers.append(_Tier(Occur.MustNot, Asked.term_set_query(made, "tier", above)))
    return tiers
