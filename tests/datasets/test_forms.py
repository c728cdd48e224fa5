from collections import Counter

import duckdb
import pytest

from sponde_server.datasets.files.forms import FORMS, expression, likely


def read(values):
    """Read text by the first form that fits all of it, as the profile would."""
    form = next(form for form in likely(Counter(values)) if all(map(form.matches, values)))
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    rows = con.execute(
        f"SELECT CAST({expression('c', [form])} AS VARCHAR) FROM (SELECT unnest(?) AS c)", [values]
    ).fetchall()
    return form.type, [row[0] for row in rows]


@pytest.mark.parametrize(
    ("values", "type_", "read_as"),
    [
        (["1", "-20", " 3 "], "BIGINT", ["1", "-20", "3"]),
        (["1.5", "2", ".5", "-1e3"], "DOUBLE", ["1.5", "2.0", "0.5", "-1000.0"]),
        (["1,234.5", "12", "1,234,567"], "DOUBLE", ["1234.5", "12.0", "1234567.0"]),
        (["1.234,5", "12", "0,25"], "DOUBLE", ["1234.5", "12.0", "0.25"]),
        (["true", "False"], "BOOLEAN", ["true", "false"]),
        (["2024-02-29", "1999-12-31"], "DATE", ["2024-02-29", "1999-12-31"]),
        (["2024-02-29 10:30:00"], "TIMESTAMP", ["2024-02-29 10:30:00"]),
        (["2024-02-29T10:30:00Z"], "TIMESTAMP", ["2024-02-29 10:30:00"]),
        (["2024-02-29T10:30:00+02:00"], "TIMESTAMP", ["2024-02-29 08:30:00"]),
        (["2024-02-29 10:30"], "TIMESTAMP", ["2024-02-29 10:30:00"]),
        (["31.12.2024", "1.2.2024"], "DATE", ["2024-12-31", "2024-02-01"]),
        (["31/12/2024", "01/02/2024"], "DATE", ["2024-12-31", "2024-02-01"]),
        (["12/31/2024", "02/01/2024"], "DATE", ["2024-12-31", "2024-02-01"]),
        (["31.12.2024 08:15"], "TIMESTAMP", ["2024-12-31 08:15:00"]),
        (["Dec 31, 2024"], "DATE", ["2024-12-31"]),
        (["31-Dec-2024"], "DATE", ["2024-12-31"]),
        (["08:15", "23:59:59"], "TIME", ["08:15:00", "23:59:59"]),
    ],
)
def test_text_is_read_in_its_form(values, type_, read_as):
    assert read(values) == (type_, read_as)


@pytest.mark.parametrize(
    "values",
    [
        ["007", "008"],
        ["12345678901234567890"],
        ["1.2.3"],
        ["abc"],
        ["nan"],
        ["inf"],
        ["1e400000"],
        ["2024-13-45"],
        ["+47 12 34 56"],
    ],
)
def test_what_would_lose_by_it_stays_text(values):
    assert not [form for form in likely(Counter(values)) if all(map(form.matches, values))]


def test_patterns_mean_the_same_in_python_and_in_duckdb():
    con = duckdb.connect()
    words = ["1", "01", "1,5", "1.234,5", "1,234.5", "2024-01-02", "31.12.2024", "3/4/2024", "1e5",
             "true", "10:20", "2024-01-02T10:20:30.123Z", "", " ", "x", "1 Jan 2024"]  # fmt: skip
    for form in FORMS:
        rows = con.execute(
            "SELECT c, regexp_full_match(c, ?) FROM (SELECT unnest(?) AS c)", [form.pattern, words]
        ).fetchall()
        assert rows == [(word, form.matches(word)) for word in words], form
