"""A file gives one profile, whether it is kept whole, counted in the file, or read row by row."""

import random
from datetime import datetime, timedelta

import duckdb
import pytest

from sponde_server.datasets.files import as_table, words
from sponde_server.datasets.files.fitting import fits, surely
from sponde_server.datasets.files.forms import FORMS
from sponde_server.datasets.profile.profile import profile

FILES = {
    "numbers": "id,price,day,word,gap\n"
    + "".join(
        f"{at},{at * 7 % 13}.{at % 10}0,2024-0{1 + at % 9}-1{at % 10},w{at % 5},{at % 3 or ''}\n"
        for at in range(300)
    ),
    "repeated rows": "a,b\n" + "1,x\n1.0,x\n2,\n2,\n" * 40,
    "words for nothing": "a,b,c\n" + "NA,1,x\n3,NA,y\n,2,-\n" * 50,
    "a value that does not fit": "a,b\n" + "1,2024-01-31\n2,2024-02-01\n" * 60 + "x,2024-02-30\n",
    "two orders of dates": "d\n" + "13/01/2024\n01/14/2024\n02/15/2024\n" * 30,
    "quoted ends of lines": 'a,b\n"x\ny",1\n"z",2\n' * 1 + '"u\nv",3\n' * 50,
    "rows of nothing": "a,b,c\n" + "1,2,3\n,,\n" * 30,
    "short rows": "a,b,c\n" + "1,2,3\n1,2\n" * 30,
    "names alone": "a,b,c\n",
    "one column": "a\n" + "x\n\ny\n" * 20,
}


def told_of(path, folder, monkeypatch, in_tables, tried):
    """Profile a file, read in one of the ways."""
    monkeypatch.setattr(words, "IN_TABLES", in_tables)
    monkeypatch.setattr(words, "TRIED_SOON", tried)
    monkeypatch.setattr("sponde_server.datasets.files.as_table.LOOKED_AT_BESIDE", in_tables)
    with duckdb.connect() as con:
        made = profile(con, path, folder / "copy.csv")
    for column in made["columns"]:
        # The same to the last digits: a mean of counts adds up in another order.
        for name in ("mean", "deviation"):
            column[name] = column.get(name) and float(f"{column[name]:.12g}")
        # Which values were seen first and which by chance.
        del column["examples"][1:]
    del made["seconds"]
    return made


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_alike_in_whichever_way_it_is_read(tmp_path, monkeypatch, name):
    path = tmp_path / "file.csv"
    path.write_text(FILES[name])
    whole = told_of(path, tmp_path, monkeypatch, 10**9, 20_000)
    assert told_of(path, tmp_path, monkeypatch, 0, 20_000) == whole
    # By its first rows nothing repeats: everything is kept, row by row.
    assert told_of(path, tmp_path, monkeypatch, 0, 3) == whole


def rows_of_many_forms(last):
    """Write rows whose values hardly repeat, in many forms; `last` is the last row."""
    drawn = random.Random(3)
    rows = ["id,at,day,sum,place,german,when,word,few"]
    for at in range(600):
        moment = datetime(2024, 1, 1) + timedelta(seconds=at * 100_000)
        rows.append(
            f"{at},{moment},{moment:%Y-%m-%d},{drawn.random() * 100:.2f},{-drawn.random() or ''},"
            f"{moment:%d.%m.%Y},{moment:%Y-%m-%d %H:%M},w{drawn.random()},{at % 5}"
        )
    return "\n".join([*rows, last]) + "\n"


LASTS = {
    "nothing odd": "600,2024-03-01 00:00:00,2024-03-01,1.5,-0.5,01.03.2024,2024-03-01 00:00,x,1",
    "nothing": "600,,,,,,,,2",
    "a word": "x,x,x,x,x,x,x,x,x",
    "a blank": '600, ,"",1,1,01.03.2024,2024-03-01 00:00,x,1',
    "a word for nothing": "600,NA,-,NA,NULL,n/a,NA,NA,NA",
    "another form": "6.5,2024-03-01T00:00:00,2024-3-1,1_0,007,1.3.2024,2024-03-01 24:00,1,01",
    "what cannot be": "1e3,2024-02-30 00:00:00,2024-02-30,1e400,inf,31.02.2024,2024-02-30 1:00,,1",
    "fewer": "600,2024-03-01 00:00:00",
}


@pytest.mark.parametrize("name", LASTS)
def test_a_file_read_as_what_it_means_is_told_as_one_of_words(tmp_path, monkeypatch, name):
    path = tmp_path / "file.csv"
    path.write_text(rows_of_many_forms(LASTS[name]))
    whole = told_of(path, tmp_path, monkeypatch, 10**9, 20_000)
    assert told_of(path, tmp_path, monkeypatch, 0, 300) == whole
    monkeypatch.setattr(as_table, "keep_meant", words.keep_words)
    assert told_of(path, tmp_path, monkeypatch, 0, 300) == whole


def test_columns_are_read_as_what_they_mean_but_for_those_with_something_odd(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text(rows_of_many_forms("600,x,2024-03-01,x,-0.5,01.03.2024,2024-03-01 00:00,x,1"))
    monkeypatch.setattr(words, "IN_TABLES", 0)
    monkeypatch.setattr(words, "TRIED_SOON", 300)
    dialect = {"delimiter": ",", "quote": "", "escape": "", "skip": 1, "longest_line": 200}
    with duckdb.connect() as con:
        read = words.read(con, path, dialect, 9, as_table.keep_meant)
        assert read is not None
        types = dict(con.execute("SELECT name, type FROM pragma_table_info('kept_0')").fetchall())
    assert sorted(read.meant) == [0, 2, 4, 5, 6]
    assert types["c0"] == "BIGINT"
    assert types["c1"] == types["c3"] == types["c7"] == "VARCHAR"
    assert types["c4"] == "DOUBLE"
    assert sorted(read.beside) == [8]


def odd_texts():
    """Give what numbers and moments may look like, and nearly."""
    drawn = random.Random(1)
    letters = "0123456789" * 3 + "--++..eE__ \t\v\f\r\n\0,:TZ'xinfaN\u0661\u00a0"
    for _ in range(60_000):
        yield "".join(drawn.choices(letters, k=drawn.randint(1, 8)))
    for _ in range(60_000):
        text = drawn.choice(["2024-01-31 10:20:30", "2024-02-29", "-12.50", "0.5", "123456789012"])
        at = drawn.randrange(len(text) + 1)
        yield text[:at] + drawn.choice(letters) + text[at + drawn.randint(0, 2) :]


def test_what_is_surely_of_a_form_is_of_that_form():
    with duckdb.connect() as con:
        con.execute("CREATE TABLE texts AS SELECT unnest(?) AS v", [list(set(odd_texts()))])
        for form in FORMS:
            sure = surely("v", form, f"TRY_CAST(v AS {form.type})")
            if sure:
                odd = f"SELECT v FROM texts WHERE {sure} AND NOT coalesce({fits('v', form)}, false)"
                assert con.execute(odd).fetchall() == []
                assert con.execute(f"SELECT count(*) FROM texts WHERE {sure}").fetchone() > (10,)
