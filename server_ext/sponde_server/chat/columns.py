"""Which columns a person meant: quoted or not, in any case, with spaces, nearly right. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Column

from .references import near

_BETWEEN = re.compile(r"\s+(?:by|over|vs\.?|against)\s+|\s*,\s*", re.IGNORECASE)
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "[": "]"}


@dataclass(frozen=True)
class Meant:
    """The columns that a person meant."""

    columns: tuple[Column, ...]
    """One or two."""
    guesses: tuple[str, ...] = ()
    """What was taken for what, in sentences, where it was not written exactly."""


def find(written: str, columns: Sequence[Column], dataset: str) -> Meant:
    """Find one column, or two with `by` between them (a column's name may hold a `by`)."""
    whole = _exact(written, columns)
    if whole is not None:
        return Meant((whole,))
    cuts = [(cut.start(), cut.end()) for cut in _BETWEEN.finditer(written)]
    pairs = [(written[:start], written[end:]) for start, end in cuts]
    for first, second in pairs:
        left, right = _exact(first, columns), _exact(second, columns)
        if left is not None and right is not None:
            return Meant((left, right))
    if not pairs:
        return _guessed([written], columns, dataset)
    for first, second in pairs:
        if _exact(first, columns) is not None or _exact(second, columns) is not None:
            return _guessed([first, second], columns, dataset)
    if _like(written, columns) is not None and all(
        _like(half, columns) is None for half in pairs[0]
    ):
        return _guessed([written], columns, dataset)
    return _guessed(pairs[0], columns, dataset)


def code(name: str) -> str:
    """Write a name as Markdown code, so that nothing in it is read as Markdown or maths."""
    ticks = "`"
    while ticks in name:
        ticks += "`"
    pad = " " if name.startswith("`") or name.endswith("`") else ""
    return f"{ticks}{pad}{' '.join(name.split())}{pad}{ticks}"


def _guessed(written: Sequence[str], columns: Sequence[Column], dataset: str) -> Meant:
    found: list[Column] = []
    guesses: list[str] = []
    for part in written:
        column = _exact(part, columns)
        if column is None:
            column = _like(part, columns)
            if column is None:
                raise _unknown(part, columns, dataset)
            guesses.append(f"I took “{_bare(part)}” as {code(column.name)}.")
        found.append(column)
    return Meant(tuple(found), tuple(guesses))


def _exact(written: str, columns: Sequence[Column]) -> Column | None:
    if any(column.name == written.strip() for column in columns):
        return next(column for column in columns if column.name == written.strip())
    bare = _bare(written)
    for fold in (str, str.casefold, _letters):
        wanted = fold(bare)
        for column in columns:
            if wanted and fold(column.name) == wanted:
                return column
    return None


def _like(written: str, columns: Sequence[Column]) -> Column | None:
    """Find the one column that is most like what was written."""
    bare = _letters(_bare(written))
    if not bare:
        return None
    by_letters = {_letters(column.name): column for column in reversed(columns)}
    words = set(bare.split())
    holding = [letters for letters in by_letters if words <= set(letters.split())]
    if holding:
        return by_letters[min(holding, key=len)]
    found = near(bare, by_letters, 1)
    return by_letters[found[0]] if found else None


def _unknown(written: str, columns: Sequence[Column], dataset: str) -> Invalid:
    names = [column.name for column in columns]
    close = near(_bare(written), names)
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return Invalid(
        f"@{dataset} has no column “{_bare(written)}”.",
        f"Did you mean {' or '.join(close)}?" if close else f"Its columns are {shown}.",
    )


def _bare(written: str) -> str:
    text = written.strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text


def _letters(name: str) -> str:
    """Fold case and leave only words: `Cost_Total $` and `cost total` are the same."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
