"""A search in tantivy's words: for each level what names all blocks that may be of it. Pure.

A piece says how many blocks it names at most, so that pieces that name very many are looked
through by tiers. Does not decide on a block: checking.py does.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .index_rows import EVERY, HEADS, LONGEST_BEGINNING
from .query import ALTERNATIVES, SHORT, Filter, Kind, Query, Term, bounds, literals, squeeze
from .store import ELSEWHERE
from .words import LONGEST_WORD, milliseconds

_RUN = re.compile(r"[^\W_]+")
_MOST_GRAMS = 24
_RAREST = 8
"""Of a text's 3-grams, those that name the fewest blocks: more of them hardly name fewer."""


@dataclass(frozen=True)
class Piece:
    """A part of a query."""

    query: Any
    most: int
    """How many blocks it names, at most."""


class Asking:
    """Turns a search into tantivy's queries, over one state of the index."""

    def __init__(self, schema: Any, searcher: Any) -> None:
        self._schema = schema
        self._searcher = searcher

    def stages(self, query: Query) -> Iterator[tuple[int, Piece]]:
        """Ask for each level in turn, all blocks that may be of it or of an earlier one."""
        narrow = list(self._filters(query.filters))
        if not query.terms:
            yield 0, self.all(narrow)
            return
        if whole := query.whole:
            yield 0, self.all([*narrow, self._has("words", f"={whole}")])
            yield 1, self.all([*narrow, self._has("words", f"<{whole[:LONGEST_BEGINNING]}")])
        narrow += [self._has("words", word) for term in query.terms for word in _words_in(term)]
        named = 0
        for level in range(2, ELSEWHERE) if all(map(_can_stand_in_heads, query.terms)) else ():
            places = [self._in_heads(term, level) for term in query.terms]
            # A level of which nothing can be is the one before.
            total = sum(place.most for place in places)
            if total > named and all(place.most for place in places):
                named = total
                yield level, self.all([*narrow, *places])
        anywhere = [place for term in query.terms for place in self._anywhere(term)]
        yield ELSEWHERE, self.all([*narrow, *anywhere])

    def all(self, parts: Sequence[Piece]) -> Piece:
        """Name what all of these name."""
        from tantivy import Occur
        from tantivy import Query as Asked

        if not parts:
            return Piece(Asked.all_query(), self._searcher.num_docs)
        most = min(part.most for part in parts)
        if not most:
            return Piece(Asked.empty_query(), 0)
        if len(parts) == 1:
            return parts[0]
        return Piece(Asked.boolean_query([(Occur.Must, part.query) for part in parts]), most)

    def _in_heads(self, term: Term, level: int) -> Piece:
        choices = []
        for head in HEADS[: min(level - 1, len(HEADS))]:
            if term.kind is Kind.BEGIN:
                choices.append(self._has("words", f"{head}^{term.text}"))
            else:
                given = term.text.lower()
                grams = dict.fromkeys((*_grams(squeeze(given)), *_grams(given)))
                choices.append(self.all(self._rarest(head, grams)))
        if level > len(HEADS) + 1 and term.kind is not Kind.EXACT:
            choices.append(self._has("words", term.text))
        return self._any(choices)

    def _anywhere(self, term: Term) -> list[Piece]:
        if term.kind is Kind.BEGIN:
            return [self._has("words", f"^{term.text}")]
        texts = literals(term.text) if term.kind is Kind.PATTERN else [term.text.lower()]
        grams = dict.fromkeys(gram for text in texts for gram in _grams(squeeze(text)))
        return self._rarest(EVERY, grams)

    def _rarest(self, field: str, grams: Iterable[str]) -> list[Piece]:
        pieces = [self._has(field, gram) for gram in itertools.islice(grams, _MOST_GRAMS)]
        return sorted(pieces, key=lambda piece: piece.most)[:_RAREST]

    def _filters(self, filters: Sequence[Filter]) -> Iterator[Piece]:
        either: dict[str, list[Piece]] = {}
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

    def _filter(self, one: Filter) -> Piece:
        if one.key == "used":
            return self._between("uses", *bounds(one.value))
        if one.key in ("after", "before"):
            moment = max(0, milliseconds(datetime.fromisoformat(one.value)))
            if one.key == "after":
                return self._between("moment", moment, 2**41)
            return self._between("moment", 0, moment - 1)
        from tantivy import Query as Asked

        key = f"{one.key}:{one.value}"
        if one.is_open:
            pattern = _plain(key) + ".*"
            asked = Asked.regex_query(self._schema, "key", pattern)
            return Piece(asked, self._searcher.num_docs)
        return self._has("key", key)

    def _has(self, field: str, value: str) -> Piece:
        from tantivy import Query as Asked

        asked = Asked.term_query(self._schema, field, value, "basic")
        return Piece(asked, self._searcher.doc_freq(field, value))

    def _between(self, field: str, least: int, most: int) -> Piece:
        from tantivy import FieldType
        from tantivy import Query as Asked

        if most < least:
            return Piece(Asked.empty_query(), 0)
        asked = Asked.range_query(self._schema, field, FieldType.Unsigned, least, most)
        return Piece(asked, self._searcher.num_docs)

    def _any(self, parts: Sequence[Piece]) -> Piece:
        from tantivy import Occur
        from tantivy import Query as Asked

        there = [part for part in parts if part.most]
        if not there:
            return Piece(Asked.empty_query(), 0)
        if len(there) == 1:
            return there[0]
        asked = Asked.boolean_query([(Occur.Should, part.query) for part in there])
        return Piece(asked, sum(part.most for part in there))

    def _but(self, part: Piece) -> Piece:
        from tantivy import Occur
        from tantivy import Query as Asked

        asked = Asked.boolean_query([(Occur.Must, Asked.all_query()), (Occur.MustNot, part.query)])
        return Piece(asked, self._searcher.num_docs)


def _grams(text: str) -> list[str]:
    grams = (text[at : at + SHORT] for at in range(len(text) - SHORT + 1))
    return [*dict.fromkeys(grams)][:_MOST_GRAMS]


def _words_in(term: Term) -> list[str]:
    """Name words that whatever holds a text must have: `_csv(` gives csv, `_cs` gives ^cs."""
    if term.kind is Kind.PATTERN:
        return [
            run[0]
            for text in literals(term.text)
            for run in _RUN.finditer(text)
            if run.start() and run.end() < len(text) and len(run[0]) <= LONGEST_WORD
        ]
    text = term.text.lower() if term.kind is Kind.EXACT else ""
    return [
        run[0] if run.end() < len(text) else f"^{run[0][:2]}"
        for run in _RUN.finditer(text)
        if run.start() and len(run[0]) <= LONGEST_WORD
    ]


def _can_stand_in_heads(term: Term) -> bool:
    if term.kind is Kind.PATTERN:
        return False
    return term.kind is Kind.BEGIN or bool(_grams(squeeze(term.text)) or _grams(term.text))


def _plain(text: str) -> str:
    """Escape what means something in tantivy's regular expressions."""
    return "".join(char if char.isalnum() or char in ":_- " else f"\\{char}" for char in text)
