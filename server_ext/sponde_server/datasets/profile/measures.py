"""Statistics of columns: gaps, bounds, means, quantiles, how values are spread, the most frequent.

The columns lie in tables under names of our own (c0, c1, …): a file's names cannot break SQL.
What can be counted is counted, value by value (frequencies.py); a column of a very large file with
hundreds of thousands of different values is estimated, and says so.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import frequencies
from .by_value import DRAWN, finite, measure_counted
from .frequencies import NUMERIC, SEEN, SHARES, bin_of, binning, edges_of, number_of
from .lying import Lying

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

TOGETHER = 40
"""Columns whose statistics are asked for in one statement."""
COUNTED = 2_000_000
"""Up to so many rows all different values are counted, beyond that where they are not too many."""
TRIED = 200_000
"""So many rows tell whether a large file's column has too many."""
AT_ONCE = 1_000_000
"""About so many values are counted together."""

Made = dict[str, Any]


def measure(lying: Lying) -> None:
    """Write each column's statistics into it."""
    con, columns, rows = lying.con, lying.columns, lying.rows
    if lying.words is not None:
        measure_counted(lying.words, columns)
    counted: list[int] = []
    for table in dict.fromkeys(lying.alone):
        places = [
            place
            for place, where in enumerate(lying.alone)
            if where == table and not lying.is_counted(place)
        ]
        for start in range(0, len(places), TOGETHER):
            together = places[start : start + TOGETHER]
            few = _few(con, table, columns, together, rows)
            bounds(con, table, columns, together, rows)
            for place in together:
                if place in few:
                    counted.append(place)
                elif columns[place]["nulls"] < rows:
                    _estimate(con, table, columns[place], place, rows)
    waiting: list[int] = []
    size = 0
    for place in counted:
        there = rows - int(columns[place]["nulls"])
        if waiting and size + there > AT_ONCE:
            _count(con, columns, lying.alone, waiting)
            waiting, size = [], 0
        waiting.append(place)
        size += there
    _count(con, columns, lying.alone, waiting)


def _count(
    con: "Connection", columns: list[Made], tables: Sequence[str], places: Sequence[int]
) -> None:
    frequencies.begin(con)
    for place in places:
        frequencies.add(con, tables[place], place, columns[place]["kind"])
    frequencies.read(con, columns, places, DRAWN)


def _few(
    con: "Connection", table: str, columns: Sequence[Made], places: Sequence[int], rows: int
) -> set[int]:
    """Say which columns' values can be counted one by one."""
    known = {place for place in places if columns[place]["kind"] != "other"}
    if rows <= COUNTED or not known:
        return known
    ordered = sorted(known)
    asked = ", ".join(f"approx_count_distinct(c{place})" for place in ordered)
    names = ", ".join(f"c{place}" for place in ordered)
    answer = con.execute(f"SELECT {asked} FROM (SELECT {names} FROM {table} LIMIT {TRIED})")
    found = answer.fetchone() or ()
    return {at for at, many in zip(ordered, found, strict=True) if many < TRIED // 4}


def bounds(
    con: "Connection", table: str, columns: list[Made], places: Sequence[int], rows: int
) -> None:
    """Ask for what needs no counting: what is there, the smallest, the largest, the mean."""
    asked: list[str] = []
    for place in places:
        asked += facts_of(f"c{place}", columns[place]["kind"])
    answer = iter(con.execute(f"SELECT {', '.join(asked)} FROM {table}").fetchone() or ())
    for place in places:
        many = len(facts_of("", columns[place]["kind"]))
        take(columns[place], [next(answer) for _ in range(many)], rows)


def facts_of(name: str, kind: str) -> list[str]:
    """Write in SQL what `take` takes."""
    if kind == "number":
        value = f"CAST({name} AS DOUBLE)"
        return [
            f"count({name})",
            f"CAST(min({name}) AS VARCHAR)",
            f"CAST(max({name}) AS VARCHAR)",
            f"avg({name})",
            f"stddev_samp({value}) FILTER (isfinite({value}))",
            f"count(*) FILTER ({name} = 0)",
            f"count(*) FILTER ({name} < 0)",
        ]
    if kind in NUMERIC:
        return [f"count({name})", f"CAST(min({name}) AS VARCHAR)", f"CAST(max({name}) AS VARCHAR)"]
    return [f"count({name})", f"approx_count_distinct({name})"] if kind == "other" else [
        f"count({name})"
    ]  # fmt: skip


def take(column: Made, facts: Sequence[Any], rows: int) -> None:
    """Write what `facts_of` asked for into a column."""
    column["nulls"] = rows - facts[0]
    column.setdefault("distinct", 0)
    kind = column["kind"]
    if kind in NUMERIC:
        column["minimum"], column["maximum"] = facts[1:3]
    if kind == "number":
        column["mean"], column["deviation"] = finite(facts[3]), finite(facts[4])
        column["zeros"], column["negatives"] = facts[5:7]
    if kind == "other":
        # The estimate cannot be larger than what is there.
        column |= {"distinct": min(int(facts[1]), facts[0]), "distinct_is_exact": False}


# -- where values are too many to be counted ------------------------------------------------------


def _estimate(con: "Connection", table: str, column: Made, place: int, rows: int) -> None:
    name, kind = f"c{place}", column["kind"]
    there = rows - int(column["nulls"])
    if kind == "other":
        return
    if kind not in NUMERIC:
        facts = con.execute(
            f"SELECT approx_count_distinct({name}), min(length({name})), max(length({name})), "
            f"avg(length({name})) FROM {table}"
        ).fetchone() or (0, 0, 0, 0.0)
        seen = con.execute(
            f"SELECT {name}[:200] FROM {table} WHERE {name} IS NOT NULL AND hash({name}) % 64 = 0 "
            f"LIMIT {SEEN}"
        ).fetchall()
        column["lengths"] = dict(zip(("shortest", "longest", "mean"), facts[1:], strict=True))
        column |= {"distinct": min(facts[0], there), "distinct_is_exact": False}
        column["_seen"] = [row[0] for row in seen]
        return
    value = number_of(name, kind)
    many, quantiles, low, high = con.execute(
        f"SELECT approx_count_distinct({name}), approx_quantile({value}, {list(SHARES)}), "
        f"min({value}), max({value}) FROM {table} WHERE isfinite({value})"
    ).fetchone() or (0, None, None, None)
    column |= {"distinct": min(many, there), "distinct_is_exact": False}
    if low is None:
        return
    quantiles = [float(one) for one in quantiles]
    if kind == "number":
        column |= {"quantiles": quantiles[1:6], "quantiles_are_exact": False}
    whole = kind == "number" and "INT" in column["type"]
    edges = edges_of(low, high, quantiles, whole, column["distinct"])
    start, step_, last = binning(edges)
    found = con.execute(
        f"SELECT {bin_of(value)}, count(*) FROM {table}, "
        f"(SELECT {start!r}::DOUBLE AS start, {step_!r}::DOUBLE AS step, {last} AS last_bin) "
        f"WHERE isfinite({value}) GROUP BY 1"
    ).fetchall()
    counts = [0] * (len(edges) - 1)
    for bin_, many in found:
        counts[min(bin_, len(counts) - 1)] += many
    column["histogram"] = {"edges": edges, "counts": counts}
