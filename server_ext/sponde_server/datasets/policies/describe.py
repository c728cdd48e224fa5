"""A dataset in words, for a language model: what its policy lets through, and not a word more.

Pure. A `Description` is made of what the policy allows, so that whoever writes from it cannot say
more. Frequent values are statistics where they occur more than once; what is everyone's own
(names, addresses, keys) is none. Does not read rows: they are handed in, as the policy allows.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sponde_server.datasets.records import Column, ColumnKind, Dataset, Policy, Profile, Table

MOST_COLUMNS = 200
MOST_VALUES = 6
LONGEST_VALUE = 60
LONGEST_CELL = 200
RANKS = {policy: rank for rank, policy in enumerate(Policy)}
_SUCH_AS = re.compile(r", such as '.*'(?=\.$)", re.DOTALL)


@dataclass(frozen=True)
class Description:
    """What a language model may read of a dataset, in parts that can be left out."""

    dataset: Dataset
    """The dataset, with its policy."""
    schema: str
    """Names and types."""
    statistics: str = ""
    """The same with statistics; empty where the policy withholds them."""
    head: str = ""
    """The columns' names as a line of CSV, above the rows."""
    rows: tuple[str, ...] = ()
    """Rows as lines of CSV; none where the policy withholds them."""

    def text(self, rows: int | None = None, *, has_statistics: bool = True) -> str:
        """Write it with so many of its rows (None: all that it has)."""
        body = self.statistics if has_statistics and self.statistics else self.schema
        shown = self.rows if rows is None else self.rows[:rows]
        if not shown:
            return body
        count = f"The first {len(shown)} rows" if len(shown) > 1 else "The first row"
        lines = "\n".join((self.head, *shown))
        fence = "```"
        while fence in lines:
            fence += "`"
        return f"{body}\n{count}, as CSV:\n{fence}csv\n{lines}\n{fence}"


def allows(policy: Policy, content: Policy) -> bool:
    """Tell whether a policy lets through what needs another."""
    return RANKS[policy] >= RANKS[content]


def strictest(policies: Sequence[Policy]) -> Policy:
    """Give the policy that withholds most; everything where there is none."""
    return min(policies, key=RANKS.__getitem__, default=Policy.EVERYTHING)


def describe(dataset: Dataset, profile: Profile, rows: Table | None = None) -> Description:
    """Put together what the dataset's policy lets through."""
    has_statistics = allows(dataset.policy, Policy.STATISTICS)
    has_rows = allows(dataset.policy, Policy.ROWS) and rows is not None
    return Description(
        dataset=dataset,
        schema=_schema(dataset, profile),
        statistics=_statistics(dataset, profile) if has_statistics else "",
        head=line(rows.columns) if rows and has_rows else "",
        rows=tuple(line(row) for row in rows.rows) if rows and has_rows else (),
    )


def line(cells: Sequence[object]) -> str:
    """Write cells as one line of CSV; long ones are cut, and none ends the line."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(
        [_cut(" ".join(str(cell).split()), LONGEST_CELL) if cell is not None else ""
         for cell in cells]
    )  # fmt: skip
    return written.getvalue()


def type_of(column_type: str) -> str:
    """Give a type without the values that it lists."""
    return re.sub(r"ENUM\s*\(.*\)", "ENUM", column_type, flags=re.DOTALL)


def _schema(dataset: Dataset, profile: Profile) -> str:
    lines = [
        f"Dataset {dataset.name} (file {dataset.path}): {len(profile.columns)} columns.",
        _used(dataset),
        "Columns (name: type):",
    ]
    lines += [_named(column) for column in profile.columns[:MOST_COLUMNS]]
    return "\n".join(lines + _more(profile))


def _statistics(dataset: Dataset, profile: Profile) -> str:
    lines = [
        f"Dataset {dataset.name} (file {dataset.path}): {profile.rows} rows, "
        f"{len(profile.columns)} columns.",
        _used(dataset),
        "Columns (name: type; statistics):",
    ]
    lines += [_line(column, profile.rows) for column in profile.columns[:MOST_COLUMNS]]
    lines += _more(profile)
    lines += _together(profile)
    lines += [f"Note: {_SUCH_AS.sub('', warning)}" for warning in profile.warnings[:10]]
    if profile.rows_left_out:
        lines.append(f"Note: {profile.rows_left_out} broken rows of the file are left out.")
    return "\n".join(lines)


def _used(dataset: Dataset) -> str:
    return f'In Python: sponde.dataset("{dataset.name}").df(). In SQL: FROM {dataset.name}.'


def _more(profile: Profile) -> list[str]:
    left = len(profile.columns) - MOST_COLUMNS
    return [f"… and {left} more columns."] if left > 0 else []


def _named(column: Column) -> str:
    return f'- "{column.name}": {type_of(column.type)}'


def _line(column: Column, rows: int) -> str:
    facts = [column.meaning.value] if column.meaning else []
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
    if column.zeros:
        facts.append(f"{column.zeros} are 0")
    if column.lengths:
        facts.append(f"{column.lengths.shortest} to {column.lengths.longest} letters long")
    if column.kind in (ColumnKind.TEXT, ColumnKind.BOOLEAN):
        often = [top for top in column.top[:MOST_VALUES] if top.count > 1]
        shown = ", ".join(f"{_cut(top.value, LONGEST_VALUE)!r} {top.count}×" for top in often)
        facts += [f"most frequent {shown}"] if often else []
    return _named(column) + (f"; {', '.join(facts)}" if facts else "")


def _together(profile: Profile) -> list[str]:
    """Say what columns say together: names and counts, and no value."""
    across = profile.across
    lines: list[str] = []
    if across is None:
        return []
    if across.keys:
        keys = "; ".join(" and ".join(map(repr, key.columns)) for key in across.keys[:4])
        lines.append(f"Rows are told apart by: {keys}.")
    lines += [
        f"Correlation of '{one.first}' and '{one.second}': {one.strength:.2f}."
        for one in across.correlations[:6]
    ]
    for empty in across.missing_together[:4]:
        names = ", ".join(map(repr, empty.columns[:6]))
        lines.append(f"Empty in the same {empty.rows} rows: {names}.")
    return lines


def _cut(value: str, longest: int) -> str:
    return value if len(value) <= longest else value[: longest - 1] + "…"
