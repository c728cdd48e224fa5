"""Code that mends what does not fit: one step for one kind of problem, ready for a cell.

Writes Python; runs nothing. Every step says in a comment what it does to how many values.
"""

import csv
import io
import re
from collections.abc import Sequence

from sponde_server.datasets.records import Dataset, Profile

from .records import Problem, ProblemKind, ProblemPage

MOST_ROWS = 1000
MOST_REJECTS = 100
_EXPECTED = re.compile(r"is not (a number|a date|a time|true or false)(?: \((.*?)\))?, as the")


def code_for(
    dataset: Dataset,
    profile: Profile,
    kind: ProblemKind,
    column: str,
    page: ProblemPage,
    rejected: Sequence[str],
) -> str:
    """Write the code for the problems of one kind, of one column where they are in one."""
    if kind is ProblemKind.LONG and rejected:
        steps = _rejects(profile, rejected)
    elif kind in (ProblemKind.TYPE, ProblemKind.DECIMAL, ProblemKind.DATE) and column:
        steps = _values(kind, column, page)
    elif kind is ProblemKind.NAME:
        steps = _names(page)
    elif kind is ProblemKind.PREAMBLE:
        lines = ", ".join(repr(one.text) for one in page.problems[:20])
        steps = [
            "# The lines above the table are kept with it.",
            f'df.attrs["above"] = [{lines}]',
        ]
    else:
        steps = _rows(kind, page)
    needs = _needs(steps)
    return "\n".join(
        [*needs, "import sponde", "", f'df = sponde.dataset("{dataset.name}").df()', *steps, "df"]
    )


def _needs(steps: Sequence[str]) -> list[str]:
    text = "\n".join(steps)
    plain = [f"import {name}" for name in ("csv", "io") if f"{name}." in text]
    return [*plain, *(["import pandas as pd"] if "pd." in text else [])]


def _some(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"


def _values(kind: ProblemKind, column: str, page: ProblemPage) -> list[str]:
    name, first = repr(column), page.problems[0] if page.problems else None
    value = first.text if first else ""
    where = f", such as {value!r} on line {first.line:,}" if first else ""
    if kind is ProblemKind.DATE:
        mark = next((one for one in "/.-" if one in value), "/")
        return [
            f"# Dates of {name} with the day first; what cannot be that has the month first.",
            f"text = df[{name}].str.slice(0, 10).str.strip()",
            f'day = pd.to_datetime(text, format="%d{mark}%m{mark}%Y", errors="coerce")',
            f'month = pd.to_datetime(text, format="%m{mark}%d{mark}%Y", errors="coerce")',
            f"df[{name}] = day.fillna(month)  # the other way round: month.fillna(day)",
        ]
    if kind is ProblemKind.DECIMAL:
        return [
            f"# Numbers of {name} with a decimal comma and with a point: in each the last sign",
            "# is the decimal one, the others stand between thousands.",
            f"text = df[{name}].astype(str).str.strip()",
            'is_comma = text.str.rfind(",") > text.str.rfind(".")',
            'comma = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)',
            'point = text.str.replace(",", "", regex=False)',
            f'df[{name}] = pd.to_numeric(point.mask(is_comma, comma), errors="coerce")',
        ]
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


def _names(page: ProblemPage) -> list[str]:
    names = [f"    {one.column!r}: {one.column!r},  # {one.message}" for one in page.problems]
    return ["# Write a better name behind each colon.", "df = df.rename(columns={", *names, "})"]


def _numbers(problems: Sequence[Problem]) -> list[int]:
    return sorted({one.row - 1 for one in problems if one.row is not None})[:MOST_ROWS]


def _rows(kind: ProblemKind, page: ProblemPage) -> list[str]:
    rows = _numbers(page.problems)
    cut = page.count > len(page.problems)
    more = [f"# (the first {len(rows):,} of {page.count:,} are named here)"] if cut else []
    listed = f"rows = {rows!r}"
    if kind is ProblemKind.SHORT:
        return [
            f"# {_some(page.count, 'row')} with too few fields: without them.",
            *more,
            listed,
            "df = df.drop(index=rows).reset_index(drop=True)",
        ]
    if kind is ProblemKind.QUOTE:
        return [
            f"# {_some(page.count, 'row')} with a quote that is read as text: without the quotes.",
            *more,
            listed,
            'words = df.select_dtypes(include=["object", "string"]).columns',
            "df.loc[rows, words] = df.loc[rows, words].apply(",
            '    lambda column: column.str.replace(\'"\', "", regex=False)',
            ")",
        ]
    lines = ", ".join(map(str, sorted({one.line for one in page.problems})[:20]))
    return [
        f"# {_some(page.count, 'problem')} on the lines {lines}: look at them.",
        *([listed, "df.loc[rows]"] if rows else []),
    ]


def _rejects(profile: Profile, rejected: Sequence[str]) -> list[str]:
    """Write the step that takes the rows back in that are left out."""
    has_names = profile.dialect.has_header
    lines = list(rejected[1 if has_names else 0 :])[:MOST_REJECTS]
    cut = profile.rows_left_out > len(lines)
    head = rejected[0] if has_names else lines[0] if lines else ""
    mark = max(";,\t|", key=head.count)
    width = len(profile.columns)
    widest = max((len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)),
                 default=width)  # fmt: skip
    return [
        f"# {_some(profile.rows_left_out, 'row')} with up to {widest} fields instead of {width}"
        + (f"; the first {len(lines)} of them" if cut else "")
        + ":",
        f"# taken in again with their first {width} fields.",
        "rejected = [",
        *[f"    {line!r}," for line in lines],
        "]",
        f"rows = csv.reader(rejected, delimiter={mark!r})",
        f"more = pd.DataFrame([row[:{width}] for row in rows], columns=df.columns)",
        "df = pd.concat([df.astype(object), more], ignore_index=True).convert_dtypes()",
    ]
