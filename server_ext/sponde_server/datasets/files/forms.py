"""The forms in which text stands for numbers, dates and times, and the SQL that reads each.

A column has a form only where every value that is there fits it; the words that people write
for "no value" are the only exception, and they are listed. Pure text work: runs nothing.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

MISSING = (
    "NA", "N/A", "n/a", "na", "NULL", "null", "Null", "NaN", "nan", "None", "none", "-", "--",
    "?", "#N/A", "#NA", "NAN", "missing", ".", "\\N", "nil",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One way of writing a kind of value. `{}` in `sql` is the text."""

    name: str
    """Empty where the text says it all."""
    type: str
    kind: str
    pattern: str
    """What each value must match; RE2 and Python agree on it."""
    sql: str

    def matches(self, text: str) -> bool:
        """Say whether one value has this form."""
        return self._compiled.fullmatch(text) is not None

    @property
    def is_cast(self) -> bool:
        """Say whether the text is read by DuckDB's own cast and nothing else."""
        return self.sql == f"TRY_CAST({{}} AS {self.type})"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


INTEGER = r"\s*[+-]?(?:0|[1-9]\d{0,17})\s*"
POWER = r"(?:[1-9]\.?\d*|0?\.\d+)[eE][+-]?\d{1,3}"
DECIMAL = rf"\s*[+-]?(?:(?:0|[1-9]\d{{0,16}})(?:\.\d*)?|\.\d+|{POWER})\s*"
THOUSANDS = r"\s*[+-]?(?:(?:0|[1-9]\d{0,2})(?:,\d{3})*)(?:\.\d+)?\s*"
COMMA = r"\s*[+-]?(?:(?:0|[1-9]\d{0,2})(?:\.\d{3})*|0|[1-9]\d{0,16})(?:,\d+)?\s*"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
MONTH = r"(?:0?[1-9]|1[0-2])"
YEAR = r"(?:1[5-9]|2\d)\d\d"
ISO_DAY = rf"{YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
SECONDS = r"[ T]\d\d:\d\d:\d\d(?:[.]\d{1,9})?"
ZONE = r"(?:Z|[ ]?[+-]\d\d(?::?\d\d)?)"
WORD = r"[A-Za-z]{3,9}"
CLOCK = r"(?:[ T](?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)"


def _dated(name: str, pattern: str) -> tuple[Form, Form]:
    """Make the form of a date, and of the same with a time of day behind it."""
    clocks = ", ".join(
        f"'{name}{sep}{tail}'"
        for sep in (" ", "T")
        for tail in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
    )
    return (
        Form(
            name,
            "DATE",
            "date",
            rf"\s*{pattern}\s*",
            f"CAST(try_strptime(trim({{}}), '{name}') AS DATE)",
        ),
        Form(
            f"{name} %H:%M",
            "TIMESTAMP",
            "date",
            rf"\s*{pattern}{CLOCK}\s*",
            f"try_strptime(trim({{}}), [{clocks}])",
        ),
    )


FORMS: tuple[Form, ...] = (
    Form("", "BOOLEAN", "boolean", r"(?i:true|false)", "TRY_CAST({} AS BOOLEAN)"),
    Form("", "BIGINT", "number", INTEGER, "TRY_CAST({} AS BIGINT)"),
    Form("", "DOUBLE", "number", DECIMAL, "TRY_CAST({} AS DOUBLE)"),
    Form("thousands", "DOUBLE", "number", THOUSANDS, "TRY_CAST(replace({}, ',', '') AS DOUBLE)"),
    Form("decimal comma", "DOUBLE", "number", COMMA,
         "TRY_CAST(replace(replace({}, '.', ''), ',', '.') AS DOUBLE)"),
    Form("", "DATE", "date", rf"\s*{ISO_DAY}\s*", "TRY_CAST({} AS DATE)"),
    Form("", "TIMESTAMP", "date", rf"\s*{ISO_DAY}{SECONDS}\s*",
         "TRY_CAST({} AS TIMESTAMP)"),
    Form("UTC", "TIMESTAMP", "date", rf"\s*{ISO_DAY}{SECONDS}{ZONE}\s*",
         "TRY_CAST({} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"),
    Form("", "TIMESTAMP", "date", rf"\s*{ISO_DAY}[ T]\d\d:\d\d\s*",
         "try_strptime(replace(trim({}), 'T', ' '), '%Y-%m-%d %H:%M')"),
    *_dated("%d.%m.%Y", rf"{DAY}\.{MONTH}\.{YEAR}"),
    *_dated("%m/%d/%Y", rf"{MONTH}/{DAY}/{YEAR}"),
    *_dated("%d/%m/%Y", rf"{DAY}/{MONTH}/{YEAR}"),
    *_dated("%Y/%m/%d", rf"{YEAR}/{MONTH}/{DAY}"),
    *_dated("%d-%m-%Y", rf"{DAY}-{MONTH}-{YEAR}"),
    *_dated("%m-%d-%Y", rf"{MONTH}-{DAY}-{YEAR}"),
    *_dated("%d-%b-%Y", rf"{DAY}-[A-Za-z]{{3}}-{YEAR}"),
    *_dated("%d %b %Y", rf"{DAY} [A-Za-z]{{3}} {YEAR}"),
    *_dated("%d %B %Y", rf"{DAY} {WORD} {YEAR}"),
    *_dated("%b %d, %Y", rf"[A-Za-z]{{3}} {DAY}, {YEAR}"),
    *_dated("%B %d, %Y", rf"{WORD} {DAY}, {YEAR}"),
    Form("", "TIME", "time", r"\s*(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\s*",
         "TRY_CAST(CASE WHEN length(trim({0})) < 6 THEN trim({0}) || ':00' "
         "ELSE trim({0}) END AS TIME)"),
)  # fmt: skip

# Two forms that the same text may fit: nobody but a person can say which is meant.
RIVALS = {
    "%m/%d/%Y": "%d/%m/%Y",
    "%m/%d/%Y %H:%M": "%d/%m/%Y %H:%M",
    "%m-%d-%Y": "%d-%m-%Y",
    "%m-%d-%Y %H:%M": "%d-%m-%Y %H:%M",
}
SHARE_TO_TRY = 0.9


def likely(values: Mapping[str, int], missing: Collection[str] = MISSING) -> list[Form]:
    """Give the forms that (nearly) all of some values have, the narrowest first.

    Each value comes with how often it is there.
    """
    seen = {value: n for value, n in values.items() if value not in missing and value.strip()}
    if not seen:
        return []
    first = list(seen)[:: max(1, len(seen) // 5)]
    enough = sum(seen.values()) * SHARE_TO_TRY
    return [
        form
        for form in FORMS
        if any(map(form.matches, first))
        and sum(n for value, n in seen.items() if form.matches(value)) >= enough
    ]


def find(name: str, type_: str) -> list[Form]:
    """Give the forms of a column as kept: by name and type, in order."""
    return [form for form in FORMS if form.name == name and form.type == type_]


def expression(column: str, forms: list[Form], missing: tuple[str, ...] = ()) -> str:
    """Write the SQL that reads a text column in one of the forms."""
    text = column
    if missing:
        words = ", ".join(literal(word) for word in missing)
        text = f"CASE WHEN {column} IN ({words}) THEN NULL ELSE {column} END"
    read = [form.sql.replace("{0}", "{}").replace("{}", f"({text})") for form in forms]
    return read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"


def literal(text: str) -> str:
    """Quote a value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'
