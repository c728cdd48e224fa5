"""How often each value occurs, in one table for many columns, and what that table says.

`often` holds (place, v, x, n): the column's place, its value as text, as a number where it has one,
and how often. Filled column by column here, and by `by_value.py`. Runs in the sandbox's child.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

BINS = 20
TOP = 8
SEEN = 300
"""So many different values of a text column are looked at for what they mean."""
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
NUMERIC = ("number", "date", "time")

Made = dict[str, Any]
Facts = dict[int, tuple[Any, ...]]


def begin(con: "Connection") -> None:
    """Make the table, empty."""
    con.execute("CREATE OR REPLACE TEMP TABLE often (place INTEGER, v VARCHAR, x DOUBLE, n BIGINT)")


def number_of(name: str, kind: str) -> str:
    """Write a value as a number in SQL: dates as seconds since 1970; NULL for text."""
    if kind == "number":
        return f"CAST({name} AS DOUBLE)"
    return f"epoch({name})" if kind in ("date", "time") else "NULL"


def add(con: "Connection", table: str, place: int, kind: str) -> None:
    """Count the values of one column."""
    name = f"c{place}"
    con.execute(
        f"INSERT INTO often SELECT {place}, CAST({name} AS VARCHAR), {number_of(name, kind)}, n "
        f"FROM (SELECT {name}, count(*) AS n FROM {table} WHERE {name} IS NOT NULL "
        f"GROUP BY {name})"
    )


def read(con: "Connection", columns: Sequence[Made], places: Iterable[int], drawn: int) -> None:
    """Write into each of the columns what the table says of it."""
    counted = _by_place(con, "count(*), sum(n)::BIGINT")
    for place in places:
        distinct, there = counted.get(place, (0, 0))
        columns[place] |= {"distinct": distinct, "distinct_is_exact": True, "_there": there}
    shown = [place for place in places if place < drawn and place in counted]
    numbers = [at for at in shown if columns[at]["kind"] in NUMERIC]
    texts = [at for at in shown if columns[at]["kind"] == "text"]
    _top(con, columns, [at for at in shown if repeats(columns[at])])
    if numbers:
        _quantiles(con, columns, numbers)
        _histograms(con, columns, numbers)
    if texts:
        _texts(con, columns, texts)
    for place in places:
        del columns[place]["_there"]


def repeats(column: Made) -> bool:
    """Say whether frequent values say anything: not where almost every value is its own."""
    return int(column["distinct"]) < max(1000, int(column["_there"]) * 0.6)


def _by_place(con: "Connection", asked: str, where: str = "true") -> Facts:
    found = con.execute(f"SELECT place, {asked} FROM often WHERE {where} GROUP BY place").fetchall()
    return {row[0]: row[1:] for row in found}


def _in(places: Sequence[int]) -> str:
    return f"place IN ({', '.join(map(str, places))})"


def _top(con: "Connection", columns: Sequence[Made], places: Sequence[int]) -> None:
    if not places:
        return
    for place, (often,) in _by_place(con, f"min({{'n': -n, 'v': v}}, {TOP})", _in(places)).items():
        columns[place]["top"] = [{"value": one["v"][:200], "count": -one["n"]} for one in often]


def _quantiles(con: "Connection", columns: Sequence[Made], places: Sequence[int]) -> None:
    """Interpolate between the two values beside each share, as `quantile_cont` does."""
    parts = []
    for share in SHARES:
        at = f"{share}::DOUBLE * (many - 1)"
        parts += [f"min(x) FILTER (until > floor({at}))", f"min(x) FILTER (until > ceil({at}))",
                  f"any_value({at} - floor({at}))"]  # fmt: skip
    found = con.execute(
        f"SELECT place, {', '.join(parts)}, min(x), max(x) FROM (SELECT place, x, "
        "sum(n) OVER (PARTITION BY place ORDER BY x) AS until, "
        "(sum(n) OVER (PARTITION BY place))::BIGINT AS many "
        f"FROM often WHERE {_in(places)} AND isfinite(x)) GROUP BY place"
    ).fetchall()
    for place, *facts, low, high in found:
        column = columns[place]
        pairs = [facts[at : at + 3] for at in range(0, 3 * len(SHARES), 3)]
        column["_all"] = [below + (above - below) * part for below, above, part in pairs]
        column["_ends"] = (low, high)
        if column["kind"] == "number":
            column["quantiles"] = column["_all"][1:6]


def _histograms(con: "Connection", columns: Sequence[Made], places: Sequence[int]) -> None:
    drawn: dict[int, list[float]] = {}
    bins: list[str] = []
    for place in places:
        column = columns[place]
        low, high = column.pop("_ends", (None, None))
        quantiles = column.pop("_all", [])
        if low is None or high is None:
            continue
        whole = column["kind"] == "number" and "INT" in column["type"]
        drawn[place] = edges = edges_of(low, high, quantiles, whole, int(column["distinct"]))
        start, step, last = binning(edges)
        bins.append(f"({place}, {start!r}::DOUBLE, {step!r}::DOUBLE, {last})")
    if not bins:
        return
    counts = {place: [0] * (len(edges) - 1) for place, edges in drawn.items()}
    for place, bin_, many in con.execute(
        f"SELECT place, {bin_of('x')}, sum(n)::BIGINT FROM often "
        f"JOIN (VALUES {', '.join(bins)}) AS bins(place, start, step, last_bin) USING (place) "
        "WHERE isfinite(x) GROUP BY 1, 2"
    ).fetchall():
        counts[place][min(bin_, len(counts[place]) - 1)] += many
    for place, edges in drawn.items():
        columns[place]["histogram"] = {"edges": edges, "counts": counts[place]}


def binning(edges: Sequence[float]) -> tuple[float, float, int]:
    """Say where the second bin begins, how wide bins are, and which is the last."""
    inner = edges[1:-1]
    if not inner:
        return edges[0], 1.0, -1
    return inner[0], inner[1] - inner[0] if len(inner) > 1 else 1.0, len(inner) - 1


def bin_of(value: str) -> str:
    """Write the bin of a value in SQL."""
    place = f"greatest(least(floor(({value} - start) / step), last_bin), -1)"
    return f"CAST({place} AS INTEGER) + 1"


def edges_of(
    low: float, high: float, quantiles: Sequence[float | None], whole: bool, distinct: int
) -> list[float]:
    """Choose bins of one width; where a few values lie far out, the end bins take those."""
    if high <= low:
        return [low, high]
    if whole and high - low < BINS:
        return [low + step for step in range(int(high - low) + 2)]
    start, end = low, high
    if len(quantiles) == len(SHARES) and None not in quantiles and distinct > BINS:
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


def _texts(con: "Connection", columns: Sequence[Made], places: Sequence[int]) -> None:
    asked = (
        "min(length(v)), max(length(v)), (sum(length(v) * n) / sum(n))::DOUBLE, "
        "sum(n) FILTER (v <> trim(v))::BIGINT, "
        "count(*) - count(DISTINCT lower(trim(v))) FILTER (length(v) < 80), "
        f"arg_min(v[:200], hash(v), {SEEN})"
    )
    for place, (shortest, longest, mean, spaced, variants, seen) in _by_place(
        con, asked, _in(places)
    ).items():
        columns[place]["lengths"] = {"shortest": shortest, "longest": longest, "mean": mean}
        columns[place] |= {"_spaced": spaced or 0, "_variants": variants, "_seen": seen}
