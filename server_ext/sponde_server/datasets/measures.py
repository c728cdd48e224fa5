"""Statistics of columns: gaps, bounds, means, quantiles, how values are spread, the most frequent.

The columns lie in tables under names of our own (c0, c1, …): a file's names cannot break SQL.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

BINS = 20
TOP = 8
TOGETHER = 40
"""Columns whose statistics are asked for in one statement."""
COUNTED = 2_000_000
"""Up to so many rows different values are counted, beyond that estimated."""
DRAWN = 1000
"""So many columns get quantiles, histograms and frequent values."""

Made = dict[str, Any]


def measure(con: "Connection", columns: list[Made], tables: Sequence[str], rows: int) -> None:
    """Write each column's statistics into it; `tables` says where each lies."""
    for table in dict.fromkeys(tables):
        places = [place for place, where in enumerate(tables) if where == table]
        for start in range(0, len(places), TOGETHER):
            _summaries(con, table, columns, places[start : start + TOGETHER], rows)
    for place, (column, table) in enumerate(zip(columns, tables, strict=True)):
        quantiles = column.pop("_all", [])
        if not rows or column["nulls"] == rows or place >= DRAWN:
            continue
        name = f"c{place}"
        if column["kind"] in ("number", "date", "time"):
            _spread(con, table, name, column, quantiles)
        few = column["distinct"] <= 100_000
        if column["kind"] != "other" and (few or rows <= COUNTED) and _repeats(column, rows):
            _frequent(con, table, name, column)


def _repeats(column: Made, rows: int) -> bool:
    there = rows - int(column["nulls"])
    # Where almost every value is its own, the most frequent ones say nothing.
    return int(column["distinct"]) < max(1000, there * 0.6)


def _summaries(
    con: "Connection", table: str, columns: list[Made], places: list[int], rows: int
) -> None:
    asked: list[str] = []
    for place in places:
        name, kind = f"c{place}", columns[place]["kind"]
        asked += [f"count({name})", f"approx_count_distinct({name})"]
        if kind == "number":
            asked += [
                f"CAST(min({name}) AS VARCHAR)",
                f"CAST(max({name}) AS VARCHAR)",
                f"avg({name})",
            ]
            asked += _shape(name) if place < DRAWN else ["NULL", "NULL"]
        elif kind in ("date", "time"):
            asked += [f"CAST(min({name}) AS VARCHAR)", f"CAST(max({name}) AS VARCHAR)"]
    answer = iter(con.execute(f"SELECT {', '.join(asked)} FROM {table}").fetchone() or ())
    for place in places:
        column = columns[place]
        there = next(answer)
        column["nulls"] = rows - there
        # The estimate cannot be larger than what is there.
        column["distinct"] = min(int(next(answer)), there)
        column["distinct_is_exact"] = False
        if column["kind"] == "number":
            column["minimum"], column["maximum"] = next(answer), next(answer)
            column["mean"], column["deviation"] = _finite(next(answer)), _finite(next(answer))
            quantiles = [_finite(value) for value in next(answer) or ()]
            column["_all"] = quantiles
            column["quantiles"] = quantiles[1:6] if None not in quantiles else []
        elif column["kind"] in ("date", "time"):
            column["minimum"], column["maximum"] = next(answer), next(answer)


def _shape(name: str) -> list[str]:
    value = f"CAST({name} AS DOUBLE)"
    return [
        f"stddev_samp({value})",
        f"quantile_cont({value}, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])",
    ]


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _spread(
    con: "Connection", table: str, name: str, column: Made, quantiles: Sequence[float | None]
) -> None:
    value = f"CAST({name} AS DOUBLE)" if column["kind"] == "number" else f"epoch({name})"
    whole = column["kind"] == "number" and "INT" in column["type"]
    low, high = con.execute(
        f"SELECT min({value}), max({value}) FROM {table} WHERE isfinite({value})"
    ).fetchone() or (None, None)
    if low is None or high is None:
        return
    edges = _edges(low, high, quantiles, whole, int(column["distinct"]))
    inner = edges[1:-1]
    if not inner:
        counts = [_count(con, table, name)]
    else:
        start, step = inner[0], inner[1] - inner[0] if len(inner) > 1 else 1.0
        bin_ = f"floor(({value} - {start!r}) / {step!r})"
        place = f"CAST(greatest(least({bin_}, {len(inner) - 1}), -1) AS INTEGER)"
        found = dict(
            con.execute(
                f"SELECT {place} + 1, count(*) FROM {table} WHERE isfinite({value}) GROUP BY 1"
            ).fetchall()
        )
        counts = [int(found.get(number, 0)) for number in range(len(edges) - 1)]
    column["histogram"] = {"edges": edges, "counts": counts}


def _count(con: "Connection", table: str, name: str) -> int:
    row = con.execute(f"SELECT count({name}) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _edges(
    low: float, high: float, quantiles: Sequence[float | None], whole: bool, distinct: int
) -> list[float]:
    """Choose bins of one width; where a few values lie far out, the end bins take those."""
    if high <= low:
        return [low, high]
    if whole and high - low < BINS:
        return [low + step for step in range(int(high - low) + 2)]
    start, end = low, high
    if len(quantiles) == 7 and None not in quantiles and distinct > BINS:
        first, last = float(quantiles[0] or 0), float(quantiles[-1] or 0)
        if last > first and (last - first) < 0.4 * (high - low):
            start, end = max(low, first), min(high, last)
    width = (end - start) / BINS
    if not width or start + width == start:
        return [low, high]
    edges = [start + width * step for step in range(BINS)] + [end]
    if start > low:
        edges.insert(0, low)
    if end < high:
        edges.append(high)
    return edges


def _frequent(con: "Connection", table: str, name: str, column: Made) -> None:
    found = con.execute(
        f"SELECT CAST({name} AS VARCHAR), n, total FROM (SELECT {name}, count(*) AS n, "
        f"count(*) OVER () AS total FROM {table} WHERE {name} IS NOT NULL GROUP BY {name}) "
        f"ORDER BY n DESC, 1 LIMIT {TOP}"
    ).fetchall()
    column["top"] = [{"value": row[0][:200], "count": row[1]} for row in found]
    if found:
        column["distinct"], column["distinct_is_exact"] = int(found[0][2]), True
