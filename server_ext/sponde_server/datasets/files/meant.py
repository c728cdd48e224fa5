"""Columns that hardly repeat, written as what they mean, where a large file's first rows say that.

Every value is checked on its way by the very test of settle.py. A column with one that does not
fit is written as words instead, and goes the longer way.
"""

from collections import Counter
from collections.abc import Mapping

from . import fitting
from .forms import Form, likely
from .reading import typed
from .settle import EXAMPLES, narrowest
from .words import Words

MOST = 60
"""So many columns are written as what they mean: a bit for each tells where one does not fit."""
BITS = ((7, "TINYINT"), (15, "SMALLINT"), (31, "INTEGER"), (MOST, "BIGINT"))
NUMBERS = 20
"""So many numbers lie side by side, to be compared row by row."""


def keep_meant(words: Words, source: str) -> None:
    """Write the columns that are kept: as what they mean where all values do, else as words."""
    meant, words.beside = _told(words)
    odd = _write(words, source, meant)
    if odd:
        meant = {
            place: form for bit, (place, form) in enumerate(meant.items()) if not odd >> bit & 1
        }
        _write(words, source, meant)
    words.meant = meant


def _told(words: Words) -> tuple[dict[int, Form], dict[int, Form]]:
    """Give the forms by the first rows: of columns that are kept, and of numbers among others."""
    shown = ", ".join(f"c{place}[:{fitting.LONGEST}]" for place in range(words.width))
    first = words.con.execute(
        f"SELECT {shown} FROM {words.first(0)} LIMIT {fitting.SAMPLE // 3}"
    ).fetchall()
    said: dict[int, list[Form]] = {}
    for place, column in enumerate(zip(*first, strict=True)):
        values = Counter(value for value in column if value)
        # With fewer the rest of the file is asked for examples, which are words.
        if place in words.counted or len({value[:100] for value in values}) >= EXAMPLES:
            said[place] = likely(values)
    forms = narrowest(said)
    whole = fitting.plain(words, forms, words.first(0))
    kept = [place for place in whole if place in words.kept][:MOST]
    numbers = [place for place in whole if forms[place].kind == "number"][:NUMBERS]
    beside = [place for place in numbers if place in words.counted]
    return {at: forms[at] for at in kept}, {at: forms[at] for at in beside}


def _write(words: Words, source: str, meant: Mapping[int, Form]) -> int:
    """Write the columns; give, a bit for each, which have values that are not as was thought."""
    texts = [f"c{place}" for place in words.kept if place not in meant]
    read = {place: _read(place, form) for place, form in {**meant, **words.beside}.items()}
    odd = " + ".join(
        f"CASE {_fits(place, form)} WHEN c{place} IS NULL THEN 0 ELSE {1 << bit} END"
        for bit, (place, form) in enumerate(meant.items())
    )
    shown = [*texts, *(f"c{place}" for place in meant)]
    shown += [f"{sql} AS t{place}" for place, sql in read.items()]
    written = [*texts, *(f"t{place} AS c{place}" for place in read)]
    bits = next(type_ for many, type_ in BITS if len(meant) <= many)
    words.con.execute("DROP TABLE IF EXISTS kept_0")
    words.con.execute(
        f"CREATE TABLE kept_0 AS SELECT {', '.join(written)}, ({odd or '0'})::{bits} AS odd "
        f"FROM (SELECT {', '.join(shown)} FROM {source})"
    )
    return words.number("SELECT bit_or(odd) FROM kept_0") if meant else 0


def _fits(place: int, form: Form) -> str:
    """Write when a value has its form: first by what is asked soonest, then by the form itself."""
    text = f"c{place}"
    asked = (fitting.surely(text, form, f"t{place}"), fitting.fits(text, form))
    return " ".join(f"WHEN {one} THEN 0" for one in asked if one)


def _read(place: int, form: Form) -> str:
    return typed(f"c{place}", {"type": form.type, "form": form.name, "missing": []})
