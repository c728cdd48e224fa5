"""Statistics of columns whose words are counted: each word stands for as many values as it occurs.

Everything here is exact, and costs as much as there are different words, not rows.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from sponde_server.datasets.files.reading import typed
from sponde_server.datasets.files.words import Words

from . import frequencies
from .frequencies import NUMERIC, number_of

AT_ONCE = 1_000_000
"""About so many different words are looked at together."""
DRAWN = 1000
"""So many columns get quantiles, histograms and frequent values."""

Made = dict[str, Any]


def measure_counted(words: Words, columns: list[Made]) -> None:
    """Write into each column that is counted what its words say."""
    for places in _batches(words):
        frequencies.begin(words.con)
        for alike in _alike(columns, places):
            _add(words, columns, alike)
        frequencies.read(words.con, columns, places, DRAWN)


def _batches(words: Words) -> Iterator[list[int]]:
    waiting: list[int] = []
    size = 0
    for place, (different, _) in words.counted.items():
        if waiting and size + different > AT_ONCE:
            yield waiting
            waiting, size = [], 0
        waiting.append(place)
        size += different
    if waiting:
        yield waiting


def _alike(columns: Sequence[Made], places: Sequence[int]) -> list[list[int]]:
    """Group columns whose words are read in the same way."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place in places:
        one = columns[place]
        key = (one["kind"], one["type"], one["form"], *one["missing"])
        found.setdefault(key, []).append(place)
    return list(found.values())


def _add(words: Words, columns: Sequence[Made], places: Sequence[int]) -> None:
    """Measure columns that are read in the same way, and add their values to `often`."""
    con, kind = words.con, columns[places[0]]["kind"]
    meant = typed("v", columns[places[0]])
    among = (
        f"place IN ({', '.join(map(str, places))})" if len(places) < words.width else "place >= 0"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE meant AS SELECT place, t, {number_of('t', kind)} AS x, "
        f"sum(n)::BIGINT AS n FROM (SELECT place, {meant} AS t, n FROM counted WHERE {among}) "
        "WHERE t IS NOT NULL GROUP BY place, t"
    )
    facts = {row[0]: row[1:] for row in con.execute(_facts_of(kind)).fetchall()}
    for place in places:
        column, (different, there) = columns[place], words.counted[place]
        many, values, *rest = facts.get(place, (0, 0, *[None] * 6))
        column["nulls"] = words.rows - many
        column["distinct"] = 0
        column["_as_written"] = values == different and many == there
        if kind in NUMERIC:
            column["minimum"], column["maximum"] = rest[:2]
        if kind == "number":
            column["mean"], column["deviation"] = finite(rest[2]), finite(rest[3])
            column["zeros"], column["negatives"] = rest[4] or 0, rest[5] or 0
    con.execute("INSERT INTO often SELECT place, CAST(t AS VARCHAR), x, n FROM meant")


def _facts_of(kind: str) -> str:
    """Write the SQL of what needs no order: how many, the smallest, the largest, the mean …."""
    asked = ["sum(n)::BIGINT", "count(*)"]
    if kind in NUMERIC:
        asked += ["CAST(min(t) AS VARCHAR)", "CAST(max(t) AS VARCHAR)"]
    if kind != "number":
        return f"SELECT place, {', '.join(asked)} FROM meant GROUP BY place"
    asked += [
        "fsum(x * n) / sum(n)",
        "sqrt(fsum((x - middle) ** 2 * n) FILTER (isfinite(x)) "
        "/ nullif(sum(n) FILTER (isfinite(x)) - 1, 0))",
        "(sum(n) FILTER (t = 0))::BIGINT",
        "(sum(n) FILTER (t < 0))::BIGINT",
    ]
    return (
        f"SELECT place, {', '.join(asked)} FROM meant JOIN (SELECT place, fsum(x * n) / sum(n) "
        "AS middle FROM meant WHERE isfinite(x) GROUP BY place) USING (place) GROUP BY place"
    )


def finite(value: Any) -> float | None:
    """Give a number that can be told; None for none and for infinity."""
    return float(value) if value is not None and math.isfinite(value) else None
