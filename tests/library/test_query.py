import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sponde_server.library.finding.query import KEYS, Kind, bounds, literals, parse

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
REPOSITORY = Path(__file__).parents[2]


def terms(text):
    return [(term.kind, term.text) for term in parse(text, NOW).terms]


def filters(text):
    return [(one.key, one.value) for one in parse(text, NOW).filters]


def test_identifiers_are_one_however_they_are_written():
    for text in ("read_csv", "readCsv", "READ_CSV", "readcsv"):
        assert terms(text) == [(Kind.WORD, "readcsv")]
    assert terms("read csv") == [(Kind.WORD, "read"), (Kind.WORD, "csv")]
    assert terms("df.merge") == [(Kind.WORD, "df.merge")]


def test_underscores_that_are_meant_stay():
    assert terms("__init__") == [(Kind.EXACT, "__init__")]
    assert terms("_cs") == [(Kind.EXACT, "_cs")]


def test_one_or_two_letters_are_where_words_begin():
    assert terms("re a") == [(Kind.BEGIN, "re"), (Kind.BEGIN, "a")]


def test_what_stands_in_quotes_is_taken_as_it_is_and_a_capital_counts():
    (term,) = parse('"pd.to_datetime("', NOW).terms
    assert (term.kind, term.text, term.is_cased) == (Kind.EXACT, "pd.to_datetime(", False)
    (term,) = parse('"Raises Value', NOW).terms
    assert (term.text, term.is_cased) == ("Raises Value", True)


def test_an_expression_stands_between_slashes_and_a_path_does_not():
    assert terms(r"/merge\(.*how=/ left") == [(Kind.PATTERN, r"merge\(.*how="), (Kind.WORD, "left")]
    assert terms("data/raw/sales.csv") == [(Kind.WORD, "data/raw/sales.csv")]
    assert terms("/merge") == [(Kind.WORD, "/merge")]


def test_filters_are_taken_out_with_other_names_for_them_and_values_in_quotes():
    assert filters('lang:python import:pandas tag:"machine learning" -ran:failed x') == [
        ("lang", "python"),
        ("imports", "pandas"),
        ("tag", "machine learning"),
        ("ran", "failed"),
    ]
    assert [one.is_not for one in parse("-ran:failed x", NOW).filters] == [True]


def test_the_filter_that_is_being_typed_is_taken_as_a_beginning():
    assert [one.is_open for one in parse("lang:python imports:pan", NOW).filters] == [False, True]
    assert [one.is_open for one in parse("imports:pan ", NOW).filters] == [False]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026", "2026-01-01"),
        ("2026-10", "2026-10-01"),
        ("2026-10-15", "2026-10-15"),
        ("today", "2026-11-21"),
        ("yesterday", "2026-11-20"),
        ("7d", "2026-11-14"),
    ],
)
def test_dates_are_years_months_days_and_so_long_ago(typed, moment):
    assert filters(f"after:{typed} ") == [("after", f"{moment}T00:00:00+00:00")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour:red", "There is no filter “colour:”"),
        ("after:2026-13", "“2026-13” is no date"),
        ("ran:well ", "“well” is not known after ran:"),
        ("used:often", "“often” is no number of uses"),
    ],
)
def test_what_is_not_understood_is_told_and_the_rest_is_searched(text, said):
    query = parse(f"plot {text}", NOW)
    assert query.wrongs[0].startswith(said)
    assert [term.text for term in query.terms] == ["plot"]
    assert query.filters == ()


def test_addresses_and_slices_are_no_filters():
    assert parse("https://example.org x[1:2]", NOW).wrongs == ()


def test_uses_have_bounds():
    assert bounds(">3")[0] == 4
    assert bounds("<3") == (0, 2)
    assert bounds("3") == (3, 3)


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        (r"merge\(.*how=", ["merge(", "how="]),
        (r"colou?r", ["colo", "r"]),
        (r"read_(csv|json)\(path", ["read_", "(path"]),
        (r"plot|bar", []),
        (r"[abc]def\d+x{2}y", ["def", "y"]),
        (r"a+b", ["a", "b"]),
    ],
)
def test_plain_runs_of_an_expression_are_found(pattern, runs):
    assert literals(pattern) == runs


def test_the_browser_knows_the_same_filters():
    text = (REPOSITORY / "extension/src/library/finding/filters.ts").read_text()
    listed = re.search(r"FILTER_KEYS = \[(.*?)\]", text, re.DOTALL)
    assert listed
    assert re.findall(r"'(\w+)'", listed[1]) == list(KEYS)
