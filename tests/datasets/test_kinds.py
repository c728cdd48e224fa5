"""What columns are about, and what is odd about them: rules on right and on wrong columns."""

import pytest

from sponde_server.datasets.profile.kinds import meaning_of, words_of
from sponde_server.datasets.profile.remarks import remarks

ROWS = 100


def text(name, values, **more):
    """Make what is known of a column of text, with these different values."""
    known = {"name": name, "kind": "text", "type": "VARCHAR", "nulls": 0, "distinct": len(values)}
    return {**known, "distinct_is_exact": True, **more}, values


def number(name, low, high, type_="DOUBLE", **more):
    """Make what is known of a column of numbers."""
    known = {"name": name, "kind": "number", "type": type_, "nulls": 0, "distinct": 60}
    return {**known, "minimum": str(low), "maximum": str(high), "distinct_is_exact": True, **more}


@pytest.mark.parametrize(
    ("meaning", "right", "wrong"),
    [
        ("email", ["ada@example.org", "b.c+d@mail.co.uk"], ["ada@", "@ada", "a b@c.de", "a@b"]),
        ("url", ["https://a.b/c?d=1", "www.example.org/x"], ["example", "http//a", "see http://a.b"]),
        ("uuid", ["6f1c24aa-0b1e-4a52-9b7c-5f2f0f6c1b11", "{6F1C24AA-0B1E-4A52-9B7C-5F2F0F6C1B12}"],
         ["6f1c24aa-0b1e-4a52-9b7c-5f2f0f6c1b1"]),
        ("ip", ["10.0.0.1", "2001:db8::1", "192.168.0.0/24"], ["10.0.0.256", "1.2.3", "12:30:59"]),
        ("json", ['{"a": 1}', "[1, 2]"], ["{a}", "12", "[draft] text"]),
        ("money", ["$1,200.50", "€ 3", "12 kr", "EUR 4.50"], ["1,200.50", "12 km", "€"]),
        ("percentage", ["12 %", "3.5%"], ["12", "%", "a %"]),
        ("phone", ["+47 22 12 34 56", "(212) 555-0123", "212-555-0199"],
         ["2024-01-02", "12345678", "10.0.0.1", "1234-56"]),
        ("path", ["/var/log/syslog", "C:\\data\\x.csv", "../a/b.txt"], ["a/b", "/", "1/2/2024"]),
        ("country", ["Norway", "south korea", "United States"], ["NO", "Oslo", "Texas"]),
    ],
)  # fmt: skip
def test_text_is_told_by_its_values(meaning, right, wrong):
    column, seen = text("column", right)
    assert meaning_of(column, ROWS, seen) == meaning
    for value in wrong:
        column, seen = text("column", [value])
        column["distinct"] = 60
        assert meaning_of(column, ROWS, seen) != meaning, value
    # One of ten that does not fit is too many.
    column, seen = text("column", right * 9 + ["something else"] * len(right))
    assert meaning_of(column, ROWS, seen) != meaning


@pytest.mark.parametrize(
    ("column", "meaning"),
    [
        (number("lat", 57.9, 71.2), "latitude"),
        (number("Latitude", -95, 71.2), None),
        (number("flat", 1, 50), None),
        (number("geo_lon", -170, 170), "longitude"),
        (number("length", 1, 3), None),
        (number("year", 1990, 2024, "BIGINT"), "year"),
        (number("yearly", 1990, 2024, "BIGINT"), None),
        (number("years_worked", 0, 40, "BIGINT"), None),
        (number("Cost Total $", 0, 900, "BIGINT"), "money"),
        (number("costume", 0, 900), None),
        (number("humidity %", 0, 100), "percentage"),
        (number("share", 0, 1), "percentage"),
        (number("heart_rate", 50, 180), None),
        (number("customerId", 1, 9000, "BIGINT"), "id"),
        (number("width", 1, 9000, "BIGINT"), None),
        (number("phone", 21234567, 99999999, "BIGINT"), "phone"),
        (number("n", 3, 3, "BIGINT", distinct=1), "constant"),
    ],
)
def test_numbers_are_told_by_their_name_and_bounds(column, meaning):
    assert meaning_of(column, ROWS) == meaning


def test_codes_of_countries_need_a_name_that_says_so():
    codes = ["NO", "SE", "DK", "FIN"]
    assert meaning_of(*_rows(text("country", codes))) == "country"
    assert meaning_of(*_rows(text("state", codes))) == "category"


def _rows(made):
    column, seen = made
    return column, ROWS, seen


def test_an_id_is_one_word_each_and_a_category_repeats():
    codes = [f"A{number:03}" for number in range(ROWS)]
    same = {"lengths": {"shortest": 4, "longest": 4, "mean": 4}}
    assert meaning_of(*_rows(text("part", codes, **same))) == "id"
    assert meaning_of(*_rows(text("part", codes[:60]))) is None
    assert meaning_of(*_rows(text("part_id", codes[:60]))) == "id"
    assert meaning_of(*_rows(text("part_id", ["two words"] * 9))) != "id"
    assert meaning_of(*_rows(text("size", ["S", "M", "L"]))) == "category"
    assert meaning_of(*_rows(text("note", [f"note {n} here" for n in range(80)]))) is None
    empty, _ = text("nothing", [], nulls=ROWS)
    assert meaning_of(empty, ROWS) is None


def test_names_are_split_into_words_however_they_are_written():
    assert words_of("customerID") == words_of("Customer_Id") == words_of("customer id")


def test_what_is_odd_is_said_in_a_sentence_without_a_value():
    spread = {"quantiles": [20, 30, 40, 50, 60], "zeros": 0, "negatives": 9, "top": []}
    age = number("age", -999, 66, "BIGINT", **spread)
    age["top"] = [{"value": "-999", "count": 9}]
    cost = number("cost", 0, 10, **spread | {"zeros": 95})
    far = number("far", 0, 1e6, **spread)
    city, _ = text("city", ["Oslo", "oslo "], meaning="category", _spaced=3, _variants=1)
    gone, _ = text("gone", [], nulls=ROWS)
    same, _ = text("same", ["x"], meaning="constant")
    together = {
        "duplicate_rows": 7,
        "correlations": [{"first": "age", "second": "far", "strength": -0.99}],
        "date_gaps": [{"column": "day", "count": 2, "days": 5, "longest": [{"days": 4}]}],
    }
    said = remarks([age, cost, far, city, gone, same], together, ROWS)
    for start in (
        "7 of 100 rows (7 %) repeat an earlier row.",
        "'gone' has no value in any row.",
        "'same' holds one and the same value",
        "'age' is -999 in 9 rows: that may stand for no value.",
        "'cost' is 0 in 95 % of its values.",
        "'far' has a few values far from the others",
        "'city': 3 values begin or end with a space.",
        "'city' writes the same in several ways: 1 of its 2",
        "'age' and 'far' say nearly the same (correlation -0.99).",
        "'day' leaves out 5 days in 2 gaps, the longest of 4 days.",
    ):
        assert any(one.startswith(start) for one in said), start
    assert not any("Oslo" in one for one in said)
    assert remarks([age, gone], {}, 5) == []
