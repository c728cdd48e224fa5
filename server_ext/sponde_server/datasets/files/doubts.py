"""Values that do not fit their column: each with its row and line, counted whole.

Looks into the tables that settle.py has filled, after it has found each column's form.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .by_hand import Hand
from .dialect import Layout
from .fitting import misfits
from .forms import Form, literal
from .mend import Misfit
from .noting import LISTED, Notes
from .words import Words

Made = dict[str, Any]
Locate = Callable[[Sequence[int]], dict[int, int]]
"""Gives the line of each row, where it is known."""

NUMBERLIKE = r"\s*[+-]?\d[\d.,]*\s*"
DAYLIKE = r"\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?:[ T].*)?\s*"
WITH_COMMA = r"\s*[+-]?[\d.]*\d,\d+\s*"
WITH_POINT = r"\s*[+-]?[\d,]*\d\.\d+\s*"
OVER_TWELVE = r"(?:1[3-9]|2\d|3[01])"
DAY_FIRST = rf"\s*{OVER_TWELVE}[-/.]\d{{1,2}}[-/.]\d{{4}}.*"
MONTH_FIRST = rf"\s*\d{{1,2}}[-/.]{OVER_TWELVE}[-/.]\d{{4}}.*"
WHAT = {"number": "a number", "date": "a date", "time": "a time", "boolean": "true or false"}
MOST_LEFT_OUT = 1_000_000
FEW = 500


@dataclass(frozen=True)
class Doubt:
    """One column with values that do not fit."""

    kind: str
    place: int
    where: str
    """Which rows, in SQL."""
    message: str
    """What is wrong with each value; %s is the value."""
    once: bool = False
    """Whether the first value stands for all of them."""


def doubts(words: Words, columns: list[Made], hand: Hand) -> Iterator[Doubt]:
    """Find the columns with values that do not fit."""
    for place, column in enumerate(columns):
        nearly: Form | None = column.pop("_nearly", None)
        doubt: tuple[str, Form] | None = column.pop("_doubt", None)
        text, name = f"c{place}", column["name"]
        if name in hand.text_columns:
            continue
        is_text = column["kind"] == "text" and doubt is None
        ways = list(_two_ways(words, place, name, column)) if is_text and words.rows else []
        if ways:
            yield from ways
        elif nearly is not None and column["kind"] == "text":
            what = WHAT[nearly.kind] + (f" ({nearly.name})" if nearly.name else "")
            yield Doubt(
                "type",
                place,
                misfits(text, nearly, hand.words),
                f"'%s' in '{name}' is not {what}, as the other values are; "
                "the column is read as text.",
            )
        elif doubt is not None:
            yield _open_question(place, name, column["kind"], *doubt)


def _open_question(place: int, name: str, kind: str, about: str, form: Form) -> Doubt:
    if about == "date":
        message = (
            f"'%s' in '{name}' may be day first or month first, and so may all its values; "
            "the column is read as text until you say which."
        )
    else:
        message = (
            f"'%s' in '{name}' may have its comma for decimals or for thousands, and so may all "
            "its values; say which if it is read wrong."
        )
    where = f"regexp_full_match(c{place}, {literal(form.pattern)})"
    if about == "decimal":
        where += f" AND contains(c{place}, ',')"
    return Doubt(about, place, where, message, once=True)


def _two_ways(words: Words, place: int, name: str, column: Made) -> Iterator[Doubt]:
    """Find a column of text whose numbers or dates are written in two ways."""
    examples = [text for text in column.get("examples", ()) if text.strip()]
    looks = [
        ("decimal", NUMBERLIKE, WITH_COMMA, WITH_POINT, "a decimal comma", "a decimal point"),
        ("date", DAYLIKE, DAY_FIRST, MONTH_FIRST, "the day first", "the month first"),
    ]
    text, many, source = f"c{place}", "count(*)", words.near(place)
    if place in words.counted:
        text, many, source = "v", "sum(n)", words.values(place)
    for kind, like, one, other, one_words, other_words in looks:
        if not examples or not all(re.fullmatch(like, value) for value in examples):
            continue
        asked = [
            f"{many} FILTER (NOT regexp_full_match({text}, {literal(like)}))",
            f"{many} FILTER (regexp_full_match({text}, {literal(one)}))",
            f"{many} FILTER (regexp_full_match({text}, {literal(other)}))",
            f"{many} FILTER ({text} IS NOT NULL)",
        ]
        row = words.con.execute(f"SELECT {', '.join(asked)} FROM {source}").fetchone()
        others, first, second, there = (int(one or 0) for one in row or (0, 0, 0, 0))
        if not first or not second or others > there * 0.05:
            continue
        rarer, rare, often = (
            (one, one_words, other_words) if first < second else (other, other_words, one_words)
        )
        yield Doubt(
            kind,
            place,
            f"regexp_full_match(c{place}, {literal(rarer)})",
            f"'%s' in '{name}' has {rare}, most others have {often}; the column is read as text.",
        )
        return


def note_doubts(
    words: Words, found: Sequence[Doubt], columns: list[Made], notes: Notes, locate: Locate
) -> None:
    """Count the values that do not fit, and list them with their lines."""
    listed: list[tuple[int, Doubt, str]] = []
    room: dict[str, int] = {}
    for doubt in found:
        kind = doubt.kind
        room.setdefault(kind, LISTED - notes.counts[kind])
        most = 1 if doubt.once else max(0, room[kind])
        values = _rows_of(words, doubt, most)
        room[kind] -= len(values)
        listed += [(row, doubt, value) for row, value in values]
        if not doubt.once and len(values) == most:
            notes.counts[kind] += _count_of(words, doubt) - len(values)
    lines = locate(sorted({row for row, _, _ in listed}))
    for row, doubt, value in listed:
        notes.note(
            doubt.kind,
            lines.get(row, 0),
            doubt.message.replace("%s", value[:40]),
            value,
            column=columns[doubt.place]["name"],
            row=row + 1,
        )


def _rows_of(words: Words, doubt: Doubt, most: int) -> list[tuple[int, str]]:
    """Give the first rows with a value that does not fit, and the value."""
    sql = (
        f"SELECT {words.row} AS row, c{doubt.place} FROM {words.of(doubt.place)} "
        f"WHERE {_where_soon(words, doubt)} ORDER BY row LIMIT {most}"
    )
    return [(int(row), value) for row, value in words.con.execute(sql).fetchall()]


def _count_of(words: Words, doubt: Doubt) -> int:
    """Count the values that do not fit."""
    if doubt.place in words.counted:
        return words.number(f"SELECT sum(n) FROM {_counts(words, doubt)} WHERE {doubt.where}")
    return words.number(f"SELECT count(*) FROM {words.near(doubt.place)} WHERE {doubt.where}")


def _where_soon(words: Words, doubt: Doubt) -> str:
    """Name the words that do not fit, where they are known and few: soon found among all rows."""
    if doubt.place not in words.counted:
        return doubt.where
    sql = f"SELECT c{doubt.place} FROM {_counts(words, doubt)} WHERE {doubt.where}"
    odd = words.con.execute(f"{sql} LIMIT {FEW + 1}").fetchall()
    if not 0 < len(odd) <= FEW:
        return doubt.where if odd else "false"
    return f"c{doubt.place} IN ({', '.join(literal(value) for (value,) in odd)})"


def _counts(words: Words, doubt: Doubt) -> str:
    return f"(SELECT v AS c{doubt.place}, n FROM {words.values(doubt.place)})"


def rows_to_leave_out(
    words: Words, found: Sequence[Doubt], columns: list[Made], hand: Hand
) -> dict[int, Misfit]:
    """Find the rows with a value that does not fit, in columns where every value is to fit."""
    out: dict[int, Misfit] = {}
    for doubt in found:
        name = columns[doubt.place]["name"]
        if doubt.once or name not in hand.whole_columns:
            continue
        for row, value in _rows_of(words, doubt, MOST_LEFT_OUT):
            said = doubt.message.replace("%s", value[:40]).partition("; ")[0]
            out.setdefault(row, Misfit(name, value, f"{said}; the row is left out."))
    return out


def note_names(layout: Layout, notes: Notes) -> None:
    """Note the names that are missing in the file, or there twice."""
    if not layout.has_header:
        return
    seen: set[str] = set()
    line, given = layout.names_line, layout.given
    for place, name in enumerate(layout.names):
        raw = " ".join(given[place].replace("\0", "").split())[:200] if place < len(given) else ""
        if not raw:
            notes.note(
                "name", line, f"Column {place + 1} has no name; it is called {name}.", "",
                column=name,
            )  # fmt: skip
        elif raw.lower() in seen:
            notes.note(
                "name", line,
                f"The name '{raw}' is there more than once; this column is called {name}.", raw,
                column=name,
            )  # fmt: skip
        seen.add(raw.lower())


def lines_of_rows(
    path: Path, skip: int, quote: str, escape: str, rows: Sequence[int]
) -> dict[int, int]:
    """Find the line that each row begins on, in a file that DuckDB reads as it is."""
    found: dict[int, int] = {}
    wanted = iter(rows)
    next_one = next(wanted, None)
    mark = quote.encode()
    escaped = (escape + quote).encode() if quote and escape != quote else b""
    row, is_open, begins = -1, False, 0
    if next_one is None:
        return found
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number <= skip:
                continue
            if not is_open:
                if not line.strip(b"\r\n"):
                    continue
                row, begins = row + 1, number
                if row == next_one:
                    found[row] = begins
                    next_one = next(wanted, None)
                    if next_one is None:
                        return found
            if mark and mark in line:
                marks = line.count(mark) - (line.count(escaped) if escaped else 0)
                is_open ^= bool(marks & 1)
    return found
