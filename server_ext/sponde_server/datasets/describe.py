"""A dataset in words, for a language model: names, types, statistics. Pure.

Never a row. Frequent values are statistics, but of a text column where every value is its own
(names, addresses, keys) there are none.
"""

from .records import Column, ColumnKind, Dataset, Profile

MOST_COLUMNS = 200
MOST_VALUES = 6
LONGEST_VALUE = 60


def describe(dataset: Dataset, profile: Profile) -> str:
    """Write what a model may know of a dataset."""
    lines = [
        f"Dataset {dataset.name} (file {dataset.path}): {profile.rows} rows, "
        f"{len(profile.columns)} columns.",
        f'In Python: sponde.dataset("{dataset.name}").df(). In SQL: FROM {dataset.name}.',
        "Columns (name: type; statistics):",
    ]
    lines += [_line(column, profile.rows) for column in profile.columns[:MOST_COLUMNS]]
    left = len(profile.columns) - MOST_COLUMNS
    if left > 0:
        lines.append(f"… and {left} more columns.")
    lines += [f"Note: {warning}" for warning in profile.warnings[:10]]
    if profile.rows_left_out:
        lines.append(f"Note: {profile.rows_left_out} broken rows of the file are left out.")
    return "\n".join(lines)


def _line(column: Column, rows: int) -> str:
    facts = []
    if column.nulls:
        facts.append(f"{column.nulls} of {rows} empty")
    if column.kind is not ColumnKind.OTHER and rows:
        facts.append(f"{'' if column.distinct_is_exact else 'about '}{column.distinct} different")
    if column.minimum is not None:
        facts.append(f"from {column.minimum} to {column.maximum}")
    if column.mean is not None:
        facts.append(f"mean {column.mean:.6g}")
    if len(column.quantiles) == 5:
        facts.append(f"median {column.quantiles[2]:.6g}")
    if column.kind in (ColumnKind.TEXT, ColumnKind.BOOLEAN) and column.top:
        shown = ", ".join(f"{_short(top.value)!r} {top.count}×" for top in column.top[:MOST_VALUES])
        if column.top[0].count > 1:
            facts.append(f"most frequent {shown}")
    name = f'"{column.name}"'
    return f"- {name}: {column.type}" + (f"; {', '.join(facts)}" if facts else "")


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
