"""What columns say together, and each alone, on files whose numbers are known beforehand."""

import csv
import io
import statistics
from datetime import date, timedelta

from sponde_server.datasets.profile.across import gaps_in


def written(names, rows):
    """Write a table as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows([names, *rows])
    return file.getvalue()


def by_name(profile):
    """Give the columns by name."""
    return {column.name: column for column in profile.columns}


async def test_columns_are_known_alone_and_together(take):
    first = date(2024, 1, 1)
    days = [day for day in range(120) if not 40 <= day < 47]
    rows = [
        [
            number,
            f"u{number}@example.org",
            first + timedelta(days=days[number]),
            number % 7 * 1.5,
            number % 7 * 3 + 1,
            "" if number % 5 == 0 else number,
            "" if number % 5 == 0 else "yes",
            ["Oslo", "Bergen", "oslo"][number % 3],
        ]
        for number in range(len(days))
    ]
    names = ["n", "mail", "day", "x", "y", "a", "b", "city"]
    _, profile = await take(written(names, rows))
    known, together = by_name(profile), profile.across
    assert {name: known[name].meaning for name in ("mail", "city")} == {
        "mail": "email",
        "city": "category",
    }
    assert known["city"].distinct == 3
    assert known["mail"].lengths.shortest == len("u0@example.org")
    assert known["mail"].lengths.mean == statistics.mean(len(row[1]) for row in rows)
    values = [row[3] for row in rows]
    cut = statistics.quantiles(values, n=20, method="inclusive")
    assert known["x"].quantiles == tuple(cut[place] for place in (0, 4, 9, 14, 18))
    assert known["x"].zeros == values.count(0)
    assert sum(known["x"].histogram.counts) == len(rows)
    assert {key.columns for key in together.keys} == {("n",), ("mail",), ("day",)}
    assert together.duplicate_rows == 0
    strength = {(one.first, one.second): one.strength for one in together.correlations}
    assert strength["x", "y"] == 1.0
    assert ("n", "x") not in strength
    assert [(one.columns, one.rows) for one in together.missing_together] == [(("a", "b"), 23)]
    (gaps,) = together.date_gaps
    assert (gaps.column, gaps.count, gaps.days) == ("day", 1, 7)
    assert (gaps.longest[0].after, gaps.longest[0].before) == ("2024-02-09", "2024-02-17")
    assert any("'city' writes the same in several ways" in one for one in profile.warnings)


async def test_repeated_rows_are_counted_and_pairs_found_where_no_column_is_a_key(take):
    pairs = [[shop, week, 5] for shop in "abcdefgh" for week in range(10)]
    _, profile = await take(written(["shop", "week", "sold"], pairs))
    assert [key.columns for key in profile.across.keys] == [("shop", "week")]
    assert profile.across.duplicate_rows == 0
    _, profile = await take(written(["shop", "week", "sold"], pairs + pairs[:4]), "again.csv")
    assert (profile.across.keys, profile.across.duplicate_rows) == ((), 4)
    assert any("repeat an earlier row" in one for one in profile.warnings)


def test_gaps_are_what_leaves_the_regular_step():
    assert gaps_in(range(30)) is None
    workdays = [day for day in range(4, 200) if (day + 3) % 7 < 5]
    assert gaps_in(workdays) is None
    without = [day for day in workdays if not 60 <= day < 74]
    assert gaps_in(without)["count"] == 1
    weekly = [week * 7 for week in range(30) if week not in (7, 8, 20)]
    assert (gaps_in(weekly)["step"], gaps_in(weekly)["count"]) == (7, 2)
    assert gaps_in([1, 2, 5, 11, 30, 31, 60, 99, 140, 300, 301]) is None
