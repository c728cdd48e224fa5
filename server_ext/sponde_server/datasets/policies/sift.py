"""What a model may read of a query's result: all of it here, elsewhere what policies let through.

Pure. A result's bounds and means are not let through as statistics: a query can choose the rows
that they are of, so that they would be those rows' values.
"""

import re
from collections.abc import Collection, Sequence

from sponde_server.datasets.records import Dataset, Policy, Table

from .describe import allows, line, strictest, type_of

MOST_ROWS = 200
MOST_CHARACTERS = 20_000
_MEASURES = (
    "sum|avg|mean|median|min|max|count|count_star|stddev|stddev_samp|var_samp|variance|mode|"
    "any_value|first|last|approx_count_distinct"
)
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|(?<![\w.])\d[\d.,]*\d|(?<![\w.])\d")
_MEASURE = re.compile(rf"(?:{_MEASURES})\((?:DISTINCT )?(.*)\)", re.IGNORECASE)


def sift(
    table: Table, datasets: Sequence[Dataset], known: Collection[str], *, is_local: bool
) -> str:
    """Write what may be read of a table that was made from `datasets` with the columns `known`."""
    policy = Policy.EVERYTHING if is_local else strictest([one.policy for one in datasets])
    if allows(policy, Policy.ROWS):
        most = MOST_ROWS
        if policy is Policy.ROWS:
            most = min([one.policy_rows for one in datasets if one.policy is Policy.ROWS] + [most])
        return _rows(table, most)
    names = _names(table.columns, known)
    if policy is Policy.SCHEMA:
        lines = ["The query gave a table."]
        lines += [f"- {name}: {type_of(kind)}" for name, kind in _paired(names, table)]
    else:
        count = len(table.rows)
        lines = [f"The query gave {'more than ' if table.truncated else ''}{count} rows."]
        for place, (name, kind) in enumerate(_paired(names, table)):
            cells = [row[place] for row in table.rows]
            there = [cell for cell in cells if cell is not None]
            lines.append(
                f"- {name}: {type_of(kind)}; {len(cells) - len(there)} empty, "
                f"{len(set(map(str, there)))} different"
            )
    strict = [one.name for one in datasets if one.policy is policy]
    shown = f" of {', '.join(strict)}" if strict else ""
    lines.append(
        f"The values stay with the person, who sees them: the policy{shown} lets a model elsewhere "
        f"read {'names and types' if policy is Policy.SCHEMA else 'no rows'}."
    )
    return "\n".join(lines)


def masked(message: str, known: str) -> str:
    """Take out of an error's message what may be a value: quoted words and numbers not known."""
    return _QUOTED.sub(lambda found: found[0] if found[0].strip("'\"") in known else "'…'", message)


def _paired(names: Sequence[str], table: Table) -> list[tuple[str, str]]:
    return list(zip(names, table.types, strict=True))


def _rows(table: Table, most: int) -> str:
    lines = [line(table.columns)]
    size = len(lines[0])
    for row in table.rows[:most]:
        written = line(row)
        size += len(written) + 1
        if size > MOST_CHARACTERS:
            break
        lines.append(written)
    shown, there = len(lines) - 1, len(table.rows)
    if shown < there or table.truncated:
        more = f"{there:,} or more" if table.truncated else f"{there:,}"
        lines.append(f"({shown:,} of {more} rows are shown.)")
    return "\n".join(lines)


def _names(columns: Sequence[str], known: Collection[str]) -> list[str]:
    """Name a result's columns: a PIVOT makes names of values, so that only known ones are told."""
    lowered = {name.casefold() for name in known}

    def is_known(name: str) -> bool:
        found = _MEASURE.fullmatch(name)
        inner = (found[1] if found else name).strip('"').casefold()
        return inner in lowered or (found is not None and inner in ("", "*"))

    return [f'"{name}"' if is_known(name) else f"column {place}"
            for place, name in enumerate(columns, 1)]  # fmt: skip
