"""What columns say together: repeated rows, keys, correlations, missing together, gaps in dates.

Runs in the sandbox's child over the tables that were profiled (c0, c1, …). What would cost too
much on a very large file is left out and not guessed: `duplicate_rows` is None then.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any

from .lying import Lying

CELLS = 400_000_000
"""So many cells are compared to find repeated rows."""
NUMBERS = 20
CORRELATED = 100_000
"""On so many rows correlations are measured."""
STRONG = 0.3
LISTED = 30
GAPPED = 60
"""So many columns with gaps are compared."""
PAIRS = 10
HEAD = 5000
DATES = 10
DAYS = 200_000

Made = dict[str, Any]


def across(lying: Lying) -> Made:
    """Say what is known of the columns together."""
    columns = lying.columns
    keys = _single_keys(lying)
    made: Made = {
        "duplicate_rows": _duplicates(lying, bool(keys)),
        "missing_together": _missing_together(lying),
        "date_gaps": _date_gaps(lying),
        **_correlations(lying),
    }
    if not keys and made["duplicate_rows"] == 0:
        keys = _pairs(lying)
    names = [column["name"] for column in columns]
    made["keys"] = [{"columns": [names[place] for place in key]} for key in keys[:LISTED]]
    return made


# -- rows and keys ------------------------------------------------------------------------------


def _single_keys(lying: Lying) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    if lying.rows < 2:
        return found
    tried = 0
    for place, column in enumerate(lying.columns):
        if column["nulls"] or column["kind"] == "other" or column["distinct"] < lying.rows * 0.9:
            continue
        if not column["distinct_is_exact"]:
            tried += 1
            if tried > 2 or lying.different([place], HEAD) < min(HEAD, lying.rows):
                continue
            ascends = lying.ascends(place, HEAD) and lying.ascends(place)
            distinct = lying.rows if ascends else lying.different([place])
            column |= {"distinct": distinct, "distinct_is_exact": True}
        if column["distinct"] == lying.rows:
            found.append((place,))
    return found


def _duplicates(lying: Lying, has_key: bool) -> int | None:
    if has_key or lying.rows < 2:
        return 0
    words = lying.words
    are_alike = all(column.get("_as_written") for column in lying.columns)
    if words is not None and words.different_rows is not None and are_alike:
        # Each word has a meaning of its own: rows that are written alike are alike, no others.
        return lying.rows - words.different_rows
    if lying.rows * len(lying.columns) > CELLS:
        return None
    if len(set(lying.tables)) == 1:
        return lying.rows - lying.different(range(len(lying.columns)))
    # One fingerprint for each table, and one of those.
    parts = []
    for number, table in enumerate(dict.fromkeys(lying.tables)):
        places = [place for place, where in enumerate(lying.tables) if where == table]
        names = ", ".join(f"c{place}" for place in places)
        parts.append(f"(SELECT hash({names}) AS h{number} FROM {table})")
    names = ", ".join(f"h{number}" for number in range(len(parts)))
    joined = " POSITIONAL JOIN ".join(parts)
    return lying.rows - lying.number(
        f"SELECT count(*) FROM (SELECT DISTINCT hash({names}) FROM {joined})"
    )


def _pairs(lying: Lying) -> list[tuple[int, ...]]:
    rows = lying.rows
    likely = [
        (int(column["distinct"]), place)
        for place, column in enumerate(lying.columns)
        if not column["nulls"] and column["kind"] != "other" and column["distinct"] > 1
    ]
    likely = sorted(likely, key=lambda one: (-one[0], one[1]))[:8]
    pairs = [
        (min(first, second), max(first, second))
        for (many, first), (more, second) in combinations(likely, 2)
        if many * more >= rows
    ]
    head = min(HEAD, rows)
    found: list[tuple[int, ...]] = []
    asked = 0
    for pair in pairs[: 3 * PAIRS]:
        if lying.different(pair, head) < head:
            continue
        asked += 1
        if asked > (PAIRS if rows < 2_000_000 else 2):
            break
        if rows == head or lying.different(pair) == rows:
            found.append(pair)
    return found[:3]


# -- numbers ------------------------------------------------------------------------------------


def _correlations(lying: Lying) -> Made:
    import duckdb

    numbers = [
        place
        for place, column in enumerate(lying.columns)
        if column["kind"] == "number" and column["distinct"] > 2
    ]
    # Side by side in one table: a wide file's first ones.
    numbers = [at for at in numbers if lying.tables[at] == lying.tables[numbers[0]]][:NUMBERS]
    if len(numbers) < 2 or lying.rows < 3:
        return {"correlations": [], "correlated_rows": 0}
    shown = ", ".join(
        f"CASE WHEN isfinite(c{at}::DOUBLE) THEN c{at}::DOUBLE END AS c{at}" for at in numbers
    )
    step = -(-lying.rows // CORRELATED)
    where = f"WHERE hash(c{numbers[0]}, c{numbers[1]}, {step}) % {step} = 0" if step > 1 else ""
    table, row_number = lying.beside(numbers)
    if step > 1 and row_number:
        where = f"WHERE {row_number} % {step} = 0"
    pairs = list(combinations(numbers, 2))
    asked = ", ".join(f"corr(c{first}, c{second})" for first, second in pairs)
    try:
        row = lying.con.execute(
            f"SELECT count(*), {asked} FROM (SELECT {shown} FROM {table} {where})"
        ).fetchone()
    except duckdb.OutOfRangeException:
        row = None
    if row is None:
        return {"correlations": [], "correlated_rows": 0}
    found = [
        (float(strength), first, second)
        for (first, second), strength in zip(pairs, row[1:], strict=True)
        if strength is not None and abs(strength) >= STRONG
    ]
    found.sort(key=lambda one: -abs(one[0]))
    return {
        "correlations": [
            {
                "first": lying.columns[first]["name"],
                "second": lying.columns[second]["name"],
                "strength": round(max(-1.0, min(1.0, strength)), 4),
            }
            for strength, first, second in found[:LISTED]
        ],
        "correlated_rows": int(row[0]),
    }


# -- what is not there --------------------------------------------------------------------------


def _missing_together(lying: Lying) -> list[Made]:
    """Group columns whose gaps lie in the same rows, but for one in ten."""
    gapped = [
        place
        for place, column in enumerate(lying.columns)
        if 0 < column["nulls"] < lying.rows and column["kind"] != "other"
    ][:GAPPED]
    if len(gapped) < 2:
        return []
    bits = " + ".join(
        f"CASE WHEN {lying.name(place)} IS NULL THEN {1 << bit} ELSE 0 END::UBIGINT"
        for bit, place in enumerate(gapped)
    )
    patterns = lying.con.execute(
        f"SELECT {bits} AS pattern, count(*) FROM {lying.source(gapped)} GROUP BY 1 "
        "ORDER BY 2 DESC LIMIT 5000"
    ).fetchall()
    groups: list[list[int]] = []
    for bit in range(len(gapped)):
        for group in groups:
            first = group[0]
            both = sum(n for pattern, n in patterns if pattern >> first & 1 and pattern >> bit & 1)
            one = sum(n for pattern, n in patterns if pattern >> first & 1 or pattern >> bit & 1)
            if both >= 0.9 * one:
                group.append(bit)
                break
        else:
            groups.append([bit])
    together = []
    for group in groups:
        mask = sum(1 << bit for bit in group)
        rows = sum(n for pattern, n in patterns if pattern & mask == mask)
        if len(group) > 1 and rows:
            names = [lying.columns[gapped[bit]]["name"] for bit in group]
            together.append({"columns": names, "rows": rows})
    return together


def _date_gaps(lying: Lying) -> list[Made]:
    dates = [place for place, column in enumerate(lying.columns) if column["kind"] == "date"]
    found = []
    for place in dates[:DATES]:
        days = lying.con.execute(
            f"SELECT DISTINCT (CAST(c{place} AS DATE) - DATE '1970-01-01')::INTEGER AS day "
            f"FROM {lying.values(place)} WHERE isfinite(c{place}) "
            f"AND c{place} BETWEEN '0002-01-01' AND '9998-01-01' ORDER BY day LIMIT {DAYS}"
        ).fetchall()
        gaps = gaps_in([row[0] for row in days])
        if gaps is not None:
            found.append({"column": lying.columns[place]["name"], **gaps})
    return found


def gaps_in(days: Sequence[int]) -> Made | None:
    """Find the days left out where days follow in a regular step; None where they do not.

    Weekends are no gaps where (nearly) every weekend is left out.
    """
    steps = [after - before for before, after in pairwise(days)]
    if len(steps) < 9 or len(days) >= DAYS:
        return None
    step, times = Counter(steps).most_common(1)[0]
    weekends = [at for at, wide in enumerate(steps) if wide == 3 and _weekday(days[at]) == 4]
    works = step == 1 and len(weekends) >= 0.8 * ((days[-1] - days[0]) // 7)
    regular = times + (len(weekends) if works else 0)
    if regular < 0.6 * len(steps):
        return None
    leave = set(weekends) if works else set()
    gaps = [
        (wide - step, days[at], days[at + 1])
        for at, wide in enumerate(steps)
        if wide > 1.5 * step and at not in leave
    ]
    if step >= 28 and max((gap[0] for gap in gaps), default=0) <= 3:
        gaps = []  # months are of several lengths
    if not gaps:
        return None
    longest = sorted(sorted(gaps, reverse=True)[:5], key=lambda gap: gap[1])
    return {
        "step": step,
        "count": len(gaps),
        "days": sum(many for many, _, _ in gaps),
        "longest": [
            {"after": str(_day(after)), "before": str(_day(before)), "days": many}
            for many, after, before in longest
        ],
    }


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def _weekday(number: int) -> int:
    return (number + 3) % 7
