"""Two ways to search the blocks that give the same: a scan, and an index for many blocks.

DuckDB holds the truth. The index (tantivy, imported on use) lies beside the history, knows up to
which change it is made, and can be thrown away: whatever is newer is scanned until it is brought
up to date. An index only names candidates; search_store.py decides on them.
"""

import json
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import search_store
from .query import ALTERNATIVES, SHORT, Filter, Kind, Query, Term, bounds, literals, squeeze
from .search_store import ELSEWHERE, Hit, Row
from .words import LONGEST_WORD, milliseconds, moment_of, squeezed_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

VERSION = 1
"""Of what is written into the index; another one is thrown away."""
BROKEN = (ValueError, OSError, RuntimeError, KeyError)
"""What tantivy raises where its files are not as they should be."""
_STATE = "made.json"
_RUN = re.compile(r"[^\W_]+")
_MOST_GRAMS = 16
_LONGEST_BEGINNING = 12
_FIRST_PAGE = 64
_LARGEST_PAGE = 400
_MEMORY = 48_000_000
_HEADS = "ndte"
"""Name, defines, tags, description: the fields n, d, t, e hold their 3-grams."""
_EVERY = "g"


@dataclass(frozen=True)
class Hits:
    """What a search has found."""

    hits: list[Hit]
    was_cut: bool = False
    """Whether time ran out before everything was looked at."""


class Searching(Protocol):
    """A way to search."""

    def find(self, con: "Connection", query: Query, limit: int, offset: int) -> Hits:
        """Give the blocks that are meant, best first."""

    def values(self, con: "Connection", beginning: str, limit: int) -> list[tuple[str, int]]:
        """List what filters could ask for that begin so, with how many blocks have it."""


class Scan:
    """Looks through every block: best where there are few."""

    def find(self, con: "Connection", query: Query, limit: int, offset: int) -> Hits:
        """Give the blocks that are meant, best first."""
        return Hits(search_store.scan(con, query, limit, offset))

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


class Index:
    """Looks words and 3-grams up in tantivy; only one at a time brings it up to date."""

    def __init__(self, folder: Path, log: Logger, seconds: float = 0.25) -> None:
        self._folder = folder
        self._log = log
        self._seconds = seconds
        self._index: Any = None
        self.change = -1
        """Up to which change it is made; -1 where there is none."""

    # -- searching ----------------------------------------------------------------------------

    @_panics()
    def find(self, con: "Connection", query: Query, limit: int, offset: int) -> Hits:
        """Give the blocks that are meant, best first."""
        # The change before the index, which may be newer by now: what is in both counts once.
        change = self.change
        searcher = self._opened().searcher()
        newer = search_store.ids_after(con, change)
        hits, was_cut = self._indexed(con, searcher, query, limit + offset, newer)
        if newer:
            hits += search_store.scan(con, query, limit + offset, changed_after=change)
            hits.sort(key=lambda hit: hit.place)
        return Hits(hits[offset : offset + limit], was_cut)

    @_panics()
    def values(self, con: "Connection", beginning: str, limit: int) -> list[tuple[str, int]]:
        """List what filters could ask for that begin so, with how many blocks have it."""
        found = self._opened().searcher().terms_with_prefix("key", beginning)
        counted = sorted(((str(key), int(many)) for key, many in found), key=lambda one: -one[1])
        return counted[:limit]

    def _indexed(
        self, con: "Connection", searcher: Any, query: Query, wanted: int, newer: set[str]
    ) -> tuple[list[Hit], bool]:
        ends = time.monotonic() + self._seconds
        hits: list[Hit] = []
        taken: set[str] = set()
        known: dict[str, Hit | None] = dict.fromkeys(newer)
        for level, asked in self._stages(query):
            for ids in self._pages(searcher, asked, wanted - len(hits)):
                fresh = [one for one in ids if one not in known]
                known.update(dict.fromkeys(fresh))
                known.update((hit.id, hit) for hit in search_store.among(con, query, fresh))
                for one in ids:
                    hit = known[one]
                    # Those of a later level have their own turn, in its order.
                    if hit and hit.level <= level and one not in taken:
                        taken.add(one)
                        hits.append(hit)
                if len(hits) >= wanted or time.monotonic() > ends:
                    break
            if len(hits) >= wanted or time.monotonic() > ends:
                break
        hits.sort(key=lambda hit: hit.place)
        return hits[:wanted], len(hits) < wanted and time.monotonic() > ends

    def _pages(self, searcher: Any, asked: Any, wanted: int) -> Iterator[list[str]]:
        from tantivy import Order

        offset, size = 0, max(_FIRST_PAGE, min(wanted + 16, _LARGEST_PAGE))
        while True:
            hits = searcher.search(
                asked, size, count=False, order_by_field="quality", offset=offset, order=Order.Desc
            ).hits
            if hits:
                yield [searcher.doc(address)["id"][0] for _, address in hits]
            if len(hits) < size:
                return
            offset, size = offset + size, min(size * 2, _LARGEST_PAGE)

    # -- a query for tantivy ------------------------------------------------------------------

    def _stages(self, query: Query) -> Iterator[tuple[int, Any]]:
        """Ask for each level in turn, all blocks that may be of it or of an earlier one."""
        narrow = list(self._filters(query.filters))
        if not query.terms:
            yield 0, self._all(narrow)
            return
        if whole := query.whole:
            yield 0, self._all([*narrow, self._has("words", f"={whole}")])
            yield 1, self._all([*narrow, self._has("words", f"<{whole[:_LONGEST_BEGINNING]}")])
        narrow += [self._has("words", word) for term in query.terms for word in _words_in(term)]
        has_head = all(_can_stand_in_heads(term) for term in query.terms)
        for level in range(2, ELSEWHERE) if has_head else ():
            heads = _HEADS[: min(level - 1, len(_HEADS))]
            places = [self._in_heads(term, heads, level == 6) for term in query.terms]
            yield level, self._all([*narrow, *places])
        anywhere = [place for term in query.terms for place in self._anywhere(term)]
        yield ELSEWHERE, self._all([*narrow, *anywhere])

    def _in_heads(self, term: Term, heads: str, as_word: bool) -> Any:
        choices = []
        for head in heads:
            if term.kind is Kind.BEGIN:
                choices.append(self._has("words", f"{head}^{term.text}"))
            else:
                choices.append(self._all([self._has(head, gram) for gram in _grams(term.text)]))
        if as_word and term.kind is not Kind.EXACT:
            choices.append(self._has("words", term.text))
        return self._any(choices)

    def _anywhere(self, term: Term) -> list[Any]:
        if term.kind is Kind.BEGIN:
            return [self._has("words", f"^{term.text}")]
        texts = literals(term.text) if term.kind is Kind.PATTERN else [term.text.lower()]
        grams = dict.fromkeys(gram for text in texts for gram in _grams(text))
        return [self._has(_EVERY, gram) for gram in [*grams][:_MOST_GRAMS]]

    def _filters(self, filters: Sequence[Filter]) -> Iterator[Any]:
        either: dict[str, list[Any]] = {}
        for one in filters:
            asked = self._filter(one)
            if one.is_not:
                yield self._but(asked)
            elif one.key in ALTERNATIVES:
                either.setdefault(one.key, []).append(asked)
            else:
                yield asked
        for choices in either.values():
            yield self._any(choices)

    def _filter(self, one: Filter) -> Any:
        if one.key == "used":
            return self._between("uses", *bounds(one.value))
        if one.key in ("after", "before"):
            from datetime import datetime

            moment = max(0, milliseconds(datetime.fromisoformat(one.value)))
            if one.key == "after":
                return self._between("moment", moment, 2**41)
            return self._between("moment", 0, moment - 1)
        from tantivy import Query as Asked

        key = f"{one.key}:{one.value}"
        if one.is_open:
            return Asked.regex_query(self._index.schema, "key", _plain(key) + ".*")
        return self._has("key", key)

    def _has(self, field: str, value: str) -> Any:
        from tantivy import Query as Asked

        return Asked.term_query(self._index.schema, field, value, "basic")

    def _between(self, field: str, least: int, most: int) -> Any:
        from tantivy import FieldType
        from tantivy import Query as Asked

        if most < least:
            return Asked.empty_query()
        return Asked.range_query(self._index.schema, field, FieldType.Unsigned, least, most)

    def _all(self, parts: list[Any]) -> Any:
        from tantivy import Occur
        from tantivy import Query as Asked

        if not parts:
            return Asked.all_query()
        if len(parts) == 1:
            return parts[0]
        return Asked.boolean_query([(Occur.Must, part) for part in parts])

    def _any(self, parts: list[Any]) -> Any:
        from tantivy import Occur
        from tantivy import Query as Asked

        if len(parts) == 1:
            return parts[0]
        return Asked.boolean_query([(Occur.Should, part) for part in parts])

    def _but(self, part: Any) -> Any:
        from tantivy import Occur
        from tantivy import Query as Asked

        return Asked.boolean_query([(Occur.Must, Asked.all_query()), (Occur.MustNot, part)])

    # -- the files ----------------------------------------------------------------------------

    @_panics()
    def is_made(self, con: "Connection") -> bool:
        """Whether there is an index of these very blocks; a broken or foreign one is removed."""
        if self.change >= 0:
            return True
        try:
            made = json.loads((self._folder / _STATE).read_text())
            if made["version"] != VERSION:
                raise ValueError(f"it is of version {made['version']}, not {VERSION}")
            change = search_store.change_of(con, made["last"])
            if change is None or change < made["change"]:
                raise ValueError("it was made of another history")
            self._index = self._open()
            self.change = made["change"]
        except FileNotFoundError:
            return False
        except BROKEN as error:
            self._log.warning("The search index is made anew: %s.", error)
            self.throw_away()
            return False
        return True

    def throw_away(self) -> None:
        """Remove it; it is made again."""
        self._index = None
        self.change = -1
        shutil.rmtree(self._folder, ignore_errors=True)

    @_panics()
    def add(self, rows: Sequence[Row], writer: Any) -> None:
        """Write some rows over what it has of these blocks."""
        from tantivy import Document

        for row in rows:
            if self.change >= 0:
                writer.delete_documents_by_term("id", row.id)
            if not row.is_removed:
                document = Document()
                _fill(document, row)
                writer.add_document(document)

    @_panics()
    def begin(self) -> Any:
        """Open it for writing; made where it is not there."""
        if self.change < 0:
            self.throw_away()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._index = self._open()
        return self._index.writer(_MEMORY, 1)

    @_panics()
    def end(self, writer: Any, last: Row) -> None:
        """Make durable what was written, up to this row."""
        writer.commit()
        state = {"version": VERSION, "change": last.change, "last": last.id}
        path = self._folder / _STATE
        path.with_suffix(".new").write_text(json.dumps(state))
        path.with_suffix(".new").replace(path)
        writer.wait_merging_threads()
        self._index.reload()
        self.change = last.change

    def size(self) -> int:
        """Count the bytes of its files."""
        return sum(path.stat().st_size for path in self._folder.glob("*") if path.is_file())

    def _opened(self) -> Any:
        assert self._index is not None
        return self._index

    @_panics()
    def _open(self) -> Any:
        from tantivy import Index as Tantivy
        from tantivy import SchemaBuilder, TextAnalyzerBuilder, Tokenizer

        schema = SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("key", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("words", tokenizer_name="spaced", index_option="basic")
        for field in (_EVERY, *_HEADS):
            schema.add_text_field(field, tokenizer_name="grams", index_option="basic")
        schema.add_unsigned_field("quality", fast=True)
        schema.add_unsigned_field("moment", fast=True, indexed=True)
        schema.add_unsigned_field("uses", fast=True, indexed=True)
        index = Tantivy(schema.build(), str(self._folder))
        index.register_tokenizer("spaced", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        index.register_tokenizer("grams", TextAnalyzerBuilder(Tokenizer.ngram(3, 3)).build())
        return index


def _fill(document: Any, row: Row) -> None:
    words = row.words.split()
    name = squeezed_name(row.name)
    heads = (row.name, row.lower_defines, row.lower_tags, row.lower_description)
    begins = {f"^{word[:length]}" for word in words for length in (1, 2)}
    for head, text in zip(_HEADS, heads, strict=True):
        begins.update(f"{head}{mark}" for mark in _beginnings(text))
        document.add_text(head, squeeze(text))
    named = [f"<{name[:length]}" for length in range(1, _LONGEST_BEGINNING + 1)]
    document.add_text("id", row.id)
    document.add_text("words", " ".join([*words, *begins, f"={name}", *named]))
    document.add_text(_EVERY, squeeze(row.lower_text))
    for key in row.keys.split("\n"):
        if key:
            document.add_text("key", key)
    document.add_unsigned("quality", row.quality)
    document.add_unsigned("moment", moment_of(row.quality))
    document.add_unsigned("uses", row.uses)


def _beginnings(text: str) -> Iterable[str]:
    """Name the one and two letters with which the words of a short text begin."""
    letters = "".join(char if char.isalnum() else " " for char in text)
    return {f"^{word[:length]}" for word in letters.split() for length in (1, 2)}


def _grams(text: str) -> list[str]:
    short = squeeze(text)
    grams = (short[at : at + SHORT] for at in range(len(short) - SHORT + 1))
    return [*dict.fromkeys(grams)][:_MOST_GRAMS]


def _words_in(term: Term) -> list[str]:
    """Name words that whatever holds a text must have: `_csv(` gives csv, `_cs` gives ^cs."""
    text = term.text.lower() if term.kind is Kind.EXACT else ""
    return [
        run[0] if run.end() < len(text) else f"^{run[0][:2]}"
        for run in _RUN.finditer(text)
        if run.start() and len(run[0]) <= LONGEST_WORD
    ]


def _can_stand_in_heads(term: Term) -> bool:
    if term.kind is Kind.PATTERN:
        return False
    return term.kind is Kind.BEGIN or bool(_grams(term.text))


def _plain(text: str) -> str:
    """Escape what means something in tantivy's regular expressions."""
    return "".join(char if char.isalnum() or char in ":_- " else f"\\{char}" for char in text)
