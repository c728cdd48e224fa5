"""Decides on a candidate of the index by the texts that the index keeps.

The same as what search_store.py says in SQL, for the few blocks that an index names: reading their
rows from DuckDB's columns takes ten times as long. A test compares the two. Regular expressions
are DuckDB's (RE2) in both.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from .query import Kind, Query, Term, literals, squeeze
from .store import ELSEWHERE, Row, matching
from .words import squeezed_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

T = TypeVar("T")
Check = Callable[["Texts"], bool]
Level = Callable[["Texts"], int]


@dataclass(frozen=True)
class Texts:
    """What of a block decides whether it is meant."""

    name: str
    description: str
    tags: str
    """As JSON."""
    code: str
    lower_name: str
    lower_defines: str
    lower_tags: str
    lower_description: str
    words: str

    @cached_property
    def lower(self) -> str:
        """Everything, in lower case."""
        tags = " ".join(json.loads(self.tags))
        return "\n".join((self.name, self.description, tags, self.code)).lower()

    @cached_property
    def squeezed(self) -> str:
        """Everything, in lower case, without underscores."""
        return squeeze(self.lower)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What the levels 2 to 5 look at."""
        return (self.lower_name, self.lower_defines, self.lower_tags, self.lower_description)


def kept(row: Row) -> list[bytes]:
    """Give what the index keeps of a block."""
    texts = (
        row.name, row.description, row.tags, row.code,
        row.lower_name, row.lower_defines, row.lower_tags, row.lower_description, row.words,
    )  # fmt: skip
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def read(values: Sequence[bytes]) -> Texts:
    """Read it again."""
    return Texts(*(value.decode("utf-8", "surrogatepass") for value in values))


class Checking:
    """One query's terms, for the blocks that it is given."""

    def __init__(self, con: "Connection", query: Query) -> None:
        self._con = con
        self._patterns = [term for term in query.terms if term.kind is Kind.PATTERN]
        self._checks = [_check(term) for term in query.terms]
        self._levels = [_level(term) for term in query.terms]
        self._whole = query.whole

    @property
    def has_patterns(self) -> bool:
        """Whether there are regular expressions."""
        return bool(self._patterns)

    def among(self, given: Sequence[tuple[T, Texts]]) -> list[tuple[T, int]]:
        """Give those that are meant, each with its level."""
        meant = [one for one in given if self._is_meant(one[1])]
        if self._patterns and meant:
            told = [(texts.code, texts.name, texts.description) for _, texts in meant]
            meant = [meant[at] for at in matching(self._con, self._patterns, told)]
        return [(one, self._level(texts)) for one, texts in meant]

    def _is_meant(self, texts: Texts) -> bool:
        """Whether a block holds every term; of expressions, what they say in plain letters."""
        return all(check(texts) for check in self._checks)

    def _level(self, texts: Texts) -> int:
        """Say where a block holds them, as `Hit.level` counts."""
        if self._whole:
            name = squeezed_name(texts.lower_name)
            if name == self._whole:
                return 0
            if name.startswith(self._whole):
                return 1
        return max((level(texts) for level in self._levels), default=0)


def _check(term: Term) -> Check:
    text = term.text
    if term.kind is Kind.WORD:
        return lambda texts: text in texts.squeezed
    if term.kind is Kind.BEGIN:
        return lambda texts: f" {text}" in texts.words
    if term.kind is Kind.PATTERN:
        runs = literals(text)
        return lambda texts: all(run in texts.lower for run in runs)
    if not term.is_cased:
        return lambda texts: text in texts.lower
    if text.isalnum():
        return lambda texts: (
            text in texts.code
            or text in texts.name
            or text in texts.description
            or text in texts.tags
        )
    return lambda texts: text in texts.code or text in texts.name or text in texts.description


def _level(term: Term) -> Level:
    text = term.text.lower()
    if term.kind is Kind.PATTERN:
        return lambda texts: ELSEWHERE
    if term.kind is Kind.EXACT:
        return lambda texts: _first(texts, lambda head: text in head) or ELSEWHERE
    word = f" {text} "
    if term.kind is Kind.BEGIN:
        begins = re.compile(rf"(?:^|[\W_]){re.escape(text)}").search
        in_head: Callable[[str], bool] = lambda head: begins(head) is not None  # noqa: E731
    else:
        in_head = lambda head: text in squeeze(head)  # noqa: E731
    return lambda texts: _first(texts, in_head) or (6 if word in texts.words else ELSEWHERE)


def _first(texts: Texts, in_head: Callable[[str], bool]) -> int:
    return next((at for at, head in enumerate(texts.heads, 2) if in_head(head)), 0)
