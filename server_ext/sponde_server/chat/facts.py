"""A dataset's profile as a person reads it: what stands out, and a table of its columns. Pure.

What is written here goes into the conversation, which models read: statistics, never a row.
"""

from collections.abc import Sequence
from html import escape

from sponde_server.datasets.records import Column, ColumnKind, Dataset, Profile

from .columns import code

MOST_FACTS = 8
LONGEST_CELL = 60


def sentences(dataset: Dataset, profile: Profile) -> str:
    """Write what a dataset holds and what stands out, as Markdown."""
    columns = len(profile.columns)
    lines = [
        f"**{dataset.name}** has {_many(profile.rows, 'row')} and {_many(columns, 'column')} "
        f"({code(dataset.path)}, {_size(dataset.bytes)})."
    ]
    notable = facts(profile)
    if notable:
        lines += ["", *[f"- {fact}" for fact in notable[:MOST_FACTS]]]
    return "\n".join(lines)


def facts(profile: Profile) -> list[str]:
    """Give what one should know of a dataset, the most pressing first."""
    found: list[str] = []
    if profile.rows_left_out:
        found.append(f"{_many(profile.rows_left_out, 'row')} of the file could not be read.")
    if profile.rows_mended:
        found.append(f"{_many(profile.rows_mended, 'row')} had to be mended to be read.")
    found += profile.warnings
    for tell in (_dates, _gaps, _constants, _keys, _mostly, _far_out):
        found += tell(profile.columns, profile.rows)
    return found


def table(profile: Profile) -> str:
    """Write a profile's columns as an HTML table."""
    head = ("Column", "Type", "Missing", "Distinct", "Range, or most frequent")
    rows = [
        (
            column.name,
            column.type,
            f"{column.nulls:,} ({column.nulls / profile.rows:.0%})" if column.nulls else "",
            ("" if column.distinct_is_exact else "≈ ") + f"{column.distinct:,}",
            _range(column),
        )
        for column in profile.columns
    ]
    return html_table(head, rows)


def html_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write an HTML table, everything in it escaped."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return "<em>null</em>"
    text = str(value)
    if isinstance(value, bool):
        text = text.lower()
    elif isinstance(value, float):
        text = f"{value:.10g}"
    return escape(text if len(text) <= 300 else text[:299] + "…")


def _range(column: Column) -> str:
    if column.kind in (ColumnKind.TEXT, ColumnKind.BOOLEAN, ColumnKind.OTHER) or (
        column.minimum is None
    ):
        return ", ".join(f"{_short(top.value)} ({top.count:,})" for top in column.top[:3])
    text = f"{_short(column.minimum)} to {_short(column.maximum or '')}"
    if column.mean is not None:
        text += f", mean {column.mean:,.4g}"
    return text


def _dates(columns: Sequence[Column], rows: int) -> list[str]:
    return [
        f"{code(column.name)} runs from {column.minimum} to {column.maximum}."
        for column in columns
        if column.kind is ColumnKind.DATE and column.minimum and column.distinct > 1
    ][:2]


def _gaps(columns: Sequence[Column], rows: int) -> list[str]:
    gaps = sorted(
        (column for column in columns if rows and column.nulls > 0.05 * rows),
        key=lambda column: -column.nulls,
    )
    return [
        f"{code(column.name)} has no value in {column.nulls:,} rows ({column.nulls / rows:.0%})."
        for column in gaps[:3]
    ]


def _constants(columns: Sequence[Column], rows: int) -> list[str]:
    same = [column for column in columns if rows > 1 and column.distinct == 1 and not column.nulls]
    if not same:
        return []
    names = ", ".join(code(column.name) for column in same[:5])
    return [f"{names} {'has' if len(same) == 1 else 'have'} the same value in every row."]


def _keys(columns: Sequence[Column], rows: int) -> list[str]:
    return [
        f"{code(column.name)} is different in every row, as a key is."
        for column in columns
        if rows > 1 and column.distinct_is_exact and column.distinct == rows
    ][:2]


def _mostly(columns: Sequence[Column], rows: int) -> list[str]:
    found: list[str] = []
    for column in columns:
        there = rows - column.nulls
        if column.top and column.distinct > 1 and 0.9 * there < column.top[0].count < there:
            share = column.top[0].count / there
            value = code(_short(column.top[0].value))
            found.append(f"{code(column.name)} is {value} in {share:.1%} of its rows.")
    return found[:4]


def _far_out(columns: Sequence[Column], rows: int) -> list[str]:
    found: list[str] = []
    for column in columns:
        if column.kind is not ColumnKind.NUMBER or len(column.quantiles) != 5:
            continue
        low, high = column.quantiles[0], column.quantiles[-1]
        largest = float(column.maximum or "nan")
        if high > low and largest > high + 10 * (high - low):
            found.append(
                f"{code(column.name)} is at most {high:,.6g} in 95 % of its rows, yet reaches "
                f"{largest:,.10g}."
            )
    return found[:3]


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
