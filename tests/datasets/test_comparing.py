"""What changed between two profiles, in words and pictures. No files, no DuckDB."""

from dataclasses import replace

from sponde_server.datasets.records import (
    Column,
    ColumnKind,
    Dialect,
    FileKind,
    Histogram,
    Profile,
    TopValue,
)
from sponde_server.datasets.versions.comparing import compare


def profile(*columns: Column, rows: int = 100) -> Profile:
    return Profile(dialect=Dialect(kind=FileKind.CSV), columns=columns, rows=rows)


def number(name: str = "price", low: float = 0, high: float = 10, **more: object) -> Column:
    width = (high - low) / 10
    return Column(
        name=name,
        type="DOUBLE",
        kind=ColumnKind.NUMBER,
        minimum=str(low),
        maximum=str(high),
        distinct=90,
        quantiles=tuple(low + (high - low) * part for part in (0.05, 0.25, 0.5, 0.75, 0.95)),
        histogram=Histogram(edges=tuple(low + width * n for n in range(11)), counts=(10,) * 10),
        **more,  # type: ignore[arg-type]
    )


def word(name: str = "town", **counts: int) -> Column:
    top = tuple(TopValue(value=value, count=count) for value, count in counts.items())
    return Column(
        name=name, type="VARCHAR", kind=ColumnKind.TEXT, distinct=len(top), top=top,
        examples=tuple(counts),
    )  # fmt: skip


def said(before: Profile, after: Profile) -> list[str]:
    return [change.sentence for change in compare(before, after)[0]]


def test_the_same_contents_have_no_differences():
    one = profile(number(), word(Oslo=60, Bergen=40))
    assert compare(one, one) == ((), 0)


def test_rows_and_columns_that_came_and_went_are_told_first():
    before = profile(number("a"), word("gone", x=100))
    after = profile(number("a"), Column(name="new", type="DATE", kind=ColumnKind.DATE), rows=150)
    assert said(before, after) == [
        "50 more rows (+50 %): 100 → 150.",
        "Column 'gone' (VARCHAR) is not there any more.",
        "Column 'new' (DATE) is new.",
    ]


def test_a_column_under_another_name_is_told_as_renamed_not_as_gone_and_new():
    before = profile(number("price"), word("town", Oslo=60, Bergen=40))
    after = profile(number("price"), word("city", Oslo=60, Bergen=40))
    assert said(before, after) == ["Column 'town' seems to be called 'city' now."]


def test_another_type_and_another_order_are_told():
    before = profile(number("a"), word("b", x=60, y=40))
    after = profile(word("b", x=60, y=40), replace(number("a"), type="BIGINT"))
    assert said(before, after) == [
        "'a' was DOUBLE and is BIGINT now.",
        "The columns stand in another order than before.",
    ]


def test_a_shift_is_told_by_the_median_and_drawn_over_both_ranges():
    before, after = profile(number(low=0, high=10)), profile(number(low=5, high=15))
    (change,), count = compare(before, after)
    assert (count, change.sentence) == (1, "'price': the median rose from 5 to 10 (+100 %).")
    assert change.spread is not None
    assert len(change.spread.labels) == len(change.spread.before) == 16
    assert abs(sum(change.spread.before) - 1) < 0.01 > abs(sum(change.spread.after) - 1)
    assert (change.spread.before[-1], change.spread.after[0]) == (0, 0)


def test_one_value_far_outside_is_told_though_the_rest_is_as_it_was():
    before = profile(number())
    after = profile(replace(number(), maximum="900"))
    assert said(before, after) == ["'price': up to 900 now, was 10."]


def test_values_that_came_and_went_are_named_with_their_shares():
    before = profile(word(Oslo=60, Bergen=40))
    after = profile(word(Oslo=55, Tromsø=45))
    (change,), _ = compare(before, after)
    assert change.sentence == ("'town': new: 'Tromsø' (45 %); not there any more: 'Bergen' (40 %).")
    assert change.spread is not None
    assert change.spread.labels == ("Oslo", "Tromsø", "Bergen")


def test_gaps_that_opened_are_told():
    before, after = profile(number()), profile(number(nulls=31))
    assert said(before, after) == ["'price' has gaps now: 31 % of the rows are empty."]


def test_thousands_of_differences_are_cut_and_counted():
    before = profile(*(number(f"c{place}") for place in range(3000)))
    after = profile(*(word(f"d{place}", x=place, y=1) for place in range(3000)))
    changes, count = compare(before, after)
    assert (len(changes), count) == (100, 6000)
