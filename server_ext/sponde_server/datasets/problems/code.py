"""Code that mends what does not fit: one step for one kind of problem, ready for a cell.

Writes Python; runs nothing. Every step says in a comment what it does to how many values.
"""

import re

from sponde_server.datasets.records import Dataset, Profile

from .records import Problem, ProblemKind, ProblemPage

MOST_ROWS = 1000
_EXPECTED = re.compile(r"is not (a number|a date|a time|true or false)(?: \((.*?)\))?(?:,|;)")
_OF_VALUES = (ProblemKind.TYPE, ProblemKind.DECIMAL, ProblemKind.DATE)
_LOOKED_AT = {
    ProblemKind.ENCODING: "with letters of another encoding, which were read as what they "
    "seem to be",
    ProblemKind.NUL: "with NUL characters, which were taken out",
}


def code_for(
    dataset: Dataset, profile: Profile, kind: ProblemKind, column: str, page: ProblemPage
) -> str:
    """Write the code for the problems of one kind, of one column where they are in one."""
    steps = _steps(profile, kind, column, page)
    text = "\n".join(steps)
    needs = ["import csv"] if "csv." in text else []
    needs += ["import pandas as pd"] if "pd." in text else []
    name = f'sponde.dataset("{dataset.name}")'
    opened = [f"data = {name}", "df = data.df()"] if "data." in text else [f"df = {name}.df()"]
    shown = [] if steps and steps[-1] == "df.loc[rows]" else ["df"]
    return "\n".join([*needs, "import sponde", "", *opened, *steps, *shown])


def _steps(profile: Profile, kind: ProblemKind, column: str, page: ProblemPage) -> list[str]:
    is_left_out = any("left out" in one.message for one in page.problems)
    if kind is ProblemKind.NAME:
        return _names(page)
    if kind is ProblemKind.PREAMBLE:
        lines = ", ".join(repr(one.text) for one in page.problems[:20])
        return [
            "# The lines above the table are kept with it.",
            f'df.attrs["above"] = [{lines}]',
        ]
    if kind is ProblemKind.BLANK:
        blank = _some(page.count, "row")
        return [f"# {blank} of delimiters alone: nothing is in them, and they are left out."]
    if is_left_out and kind is not ProblemKind.RECORD:
        return _taken_in(profile, kind, page)
    if kind in _OF_VALUES and column:
        return _values(kind, column, page, _type_of(profile, column))
    return _rows(profile, kind, page)


def _type_of(profile: Profile, column: str) -> str:
    return next((one.type for one in profile.columns if one.name == column), "VARCHAR")


def _some(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"


# -- values ---------------------------------------------------------------------------------------


def _values(kind: ProblemKind, column: str, page: ProblemPage, type_: str) -> list[str]:
    first = page.problems[0] if page.problems else None
    if kind is ProblemKind.DATE:
        return _dates(column, first)
    if kind is ProblemKind.DECIMAL:
        return _decimals(column, first, is_read=type_ != "VARCHAR")
    return _typed(column, page, first)


def _dates(column: str, first: Problem | None) -> list[str]:
    name, value = repr(column), first.text if first else ""
    mark = next((one for one in "/.-" if one in value), "/")
    return [
        f"# Dates of {name} with the day first; what cannot be that has the month first.",
        f'text = df[{name}].str.extract(r"(\\d+[-/.]\\d+[-/.]\\d+)", expand=False)',
        f'day = pd.to_datetime(text, format="%d{mark}%m{mark}%Y", errors="coerce")',
        f'month = pd.to_datetime(text, format="%m{mark}%d{mark}%Y", errors="coerce")',
        f"df[{name}] = day.fillna(month)  # the other way round: month.fillna(day)",
    ]


def _decimals(column: str, first: Problem | None, *, is_read: bool) -> list[str]:
    name = repr(column)
    if is_read:
        value = first.text if first else "1,234"
        meant = value.replace(",", ".")
        return [
            f"# {name} is read with commas between thousands: {value} is {value.replace(',', '')}.",
            f"# Where they stand before decimals ({meant}), what has one is a thousandth of it.",
            f"df[{name}] = df[{name}].mask(df[{name}].abs() >= 1000, df[{name}] / 1000)",
        ]
    return [
        f"# Numbers of {name} with a decimal comma and with a point: in each the last sign",
        "# is the decimal one, the others stand between thousands.",
        f"text = df[{name}].str.strip()",
        'is_comma = text.str.rfind(",") > text.str.rfind(".")',
        'comma = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)',
        'point = text.str.replace(",", "", regex=False)',
        f'df[{name}] = pd.to_numeric(point.mask(is_comma, comma), errors="coerce")',
    ]


def _typed(column: str, page: ProblemPage, first: Problem | None) -> list[str]:
    name = repr(column)
    where = f", such as {first.text!r} on line {first.line:,}" if first else ""
    found = _EXPECTED.search(first.message) if first else None
    what, form = found.groups() if found else ("a number", None)
    told = f"# {_some(page.count, 'value')} of {name} that {'is' if page.count == 1 else 'are'} not"
    head = f"{told} {what}{where}: missing from here on."
    text = f"df[{name}].str.strip()"
    if what == "a number" and form == "decimal comma":
        text += '.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)'
    elif what == "a number" and form == "thousands":
        text += '.str.replace(",", "", regex=False)'
    if what == "a number":
        return [head, f'df[{name}] = pd.to_numeric({text}, errors="coerce")']
    if what in ("a date", "a time"):
        said = f"format={form!r}" if form and form.startswith("%") else 'format="ISO8601"'
        if what == "a time":
            said = 'format="mixed"'
        return [head, f'df[{name}] = pd.to_datetime({text}, {said}, errors="coerce")']
    return [head, f'df[{name}] = {text}.str.lower().map({{"true": True, "false": False}})']


# -- names and rows -------------------------------------------------------------------------------


def _names(page: ProblemPage) -> list[str]:
    names = [f"    {one.column!r}: {one.column!r},  # {one.message}" for one in page.problems]
    return ["# Write a better name behind each colon.", "df = df.rename(columns={", *names, "})"]


def _rows(profile: Profile, kind: ProblemKind, page: ProblemPage) -> list[str]:
    rows = sorted({one.row - 1 for one in page.problems if one.row is not None})[:MOST_ROWS]
    cut = page.count > len(page.problems)
    more = [f"# (the first {len(rows):,} of {page.count:,} are named here)"] if cut else []
    listed = f"rows = {rows!r}"
    if kind is ProblemKind.SHORT and page.count >= profile.rows:
        return [
            "# Every row has too few fields: without the columns in which no row has a value.",
            'df = df.dropna(axis="columns", how="all")',
        ]
    if kind is ProblemKind.SHORT:
        return [
            f"# {_some(page.count, 'row')} with too few fields: without them.",
            *more,
            listed,
            "df = df.drop(index=rows).reset_index(drop=True)",
        ]
    if kind is ProblemKind.QUOTE:
        mark = profile.dialect.own_quote or '"'
        return [
            f"# {_some(page.count, 'row')} with a quote that is read as text: without the quotes.",
            *more,
            listed,
            'words = df.select_dtypes(include=["object", "string"]).columns',
            "df.loc[rows, words] = df.loc[rows, words].apply(",
            f"    lambda column: column.str.replace({mark!r}, '', regex=False)",
            ")",
        ]
    if rows and kind in _LOOKED_AT:
        return [
            f"# {_some(len(rows), 'row')} {_LOOKED_AT[kind]}: look at them.",
            *more,
            listed,
            "df.loc[rows]",
        ]
    lines = ", ".join(f"{line:,}" for line in sorted({one.line for one in page.problems})[:20])
    return [f"# {_some(page.count, 'problem')} on the lines {lines}: look at them."]


def _taken_in(profile: Profile, kind: ProblemKind, page: ProblemPage) -> list[str]:
    """Write the step that takes the rows back in that are left out, all of them."""
    width, dialect = len(profile.columns), profile.dialect
    mark, quote = dialect.own_delimiter or dialect.delimiter, dialect.own_quote
    quoted = f"quotechar={quote!r}" if quote else "quoting=csv.QUOTE_NONE"
    how, which = "what fits none of its column is missing", f"if any(row) and len(row) == {width}"
    row = "row"
    if kind is ProblemKind.LONG:
        how = f"with their first {width} fields"
        row, which = f"row[:{width}]", f"if len(row) > {width}"
    elif kind is ProblemKind.SHORT:
        how = "with the missing fields empty"
        row, which = f'row + [""] * ({width} - len(row))', f"if any(row) and len(row) < {width}"
    return [
        f"# {_some(page.count, 'row')} left out: taken in again, {how}.",
        f"rows = csv.reader(data.rejects(), delimiter={mark!r}, {quoted})",
        f"more = data.typed([{row} for row in rows {which}])",
        "df = pd.concat([df, more], ignore_index=True)",
    ]
