"""Any table, written in any dialect, is read back as it was; and the cases of csv-spectrum."""

import shutil
import string
from dataclasses import dataclass

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from real_files import CASES, spectrum

from sponde_server.datasets.files.reading import raw_select, select
from sponde_server.datasets.profile.profile import profile


def read(path, wishes=None):
    """Read a file as a dropped one is read: its names as written, and its rows as written."""
    copy = path.with_suffix(".copy")
    with duckdb.connect() as con:
        made = profile(con, path, copy, wishes, is_kept=False)
        dialect = made["dialect"]
        source = copy if dialect["mended"] else path
        rows = con.execute(raw_select(str(source), dialect, made["columns"])).fetchall()
    names = [
        column["name"] if column["title"] is None else column["title"] for column in made["columns"]
    ]
    assert len(rows) == made["rows"]
    return names, [["" if cell is None else cell for cell in row] for row in rows]


@pytest.mark.parametrize("name", CASES)
def test_the_cases_of_csv_spectrum_are_read_exactly(tmp_path, name):
    path, records = spectrum(name)
    shutil.copy(path, tmp_path)
    names, rows = read(tmp_path / path.name)
    assert [dict(zip(names, row, strict=True)) for row in rows] == records


@pytest.mark.parametrize("of", ["{}", "{}.5", "2024-01-{:02}", "2024-01-{:02} 10:20:30", "True"])
def test_a_blank_among_values_with_a_type_is_no_value(tmp_path, monkeypatch, of):
    monkeypatch.setattr("sponde_server.datasets.files.words.IN_TABLES", 0)
    path = tmp_path / "blank.csv"
    rows = [f"{of.format(at)},{at / 4}\n" for at in range(10, 31)]
    path.write_text("".join(["a,b\n", *rows, ' ,1\n"  ",2\n']))
    with duckdb.connect() as con:
        made = profile(con, path, tmp_path / "copy.csv")
        asked = select(str(path), made["dialect"], made["columns"])
        read = con.execute(f"SELECT a FROM ({asked})").fetchall()
    assert made["columns"][0]["type"] != "VARCHAR"
    assert made["columns"][0]["nulls"] == 2
    assert [value is None for (value,) in read] == [False] * 21 + [True] * 2


@dataclass(frozen=True)
class Way:
    """One way of writing a table."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    comment: str = ""
    has_names: bool = True
    encoding: str = "utf-8"
    end: str = "\n"
    quotes_all: bool = False
    ends_open: bool = False

    def field(self, value):
        """Write one value."""
        marks = (self.delimiter, self.quote, self.escape, "\n", "\r", self.comment or "\n")
        is_plain = value and value.strip(" ") == value and not any(mark in value for mark in marks)
        if is_plain and not self.quotes_all:
            return value
        inside = value
        if self.escape != self.quote:
            inside = inside.replace(self.escape, self.escape * 2)
        return self.quote + inside.replace(self.quote, self.escape + self.quote) + self.quote

    def written(self, names, rows):
        """Write a table."""
        records = [names, *rows] if self.has_names else rows
        lines = [self.delimiter.join(map(self.field, record)) for record in records]
        if self.comment:
            lines.insert(len(lines) // 2 + 1, f"{self.comment} not a row{self.delimiter}at all")
        return (self.end.join(lines) + ("" if self.ends_open else self.end)).encode(self.encoding)

    @property
    def wishes(self):
        """Say it as a person would."""
        return {
            "delimiter": self.delimiter,
            "quote": self.quote,
            "escape": self.escape,
            "comment": self.comment,
            "header_rows": int(self.has_names),
            "skip_lines": 0,
            "encoding": self.encoding.replace("utf-8-sig", "utf-8"),
        }


LETTERS = st.characters(codec="cp1252", exclude_characters="\0\x1a", exclude_categories=("Cc",))
TEXTS = st.text(LETTERS | st.sampled_from(" \n\r\"',;|\t\\#"), max_size=8)
WORDS = st.text(string.ascii_letters + "éøß", min_size=1, max_size=8)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
ENDS = ("\n", "\r\n", "\r")
FAST = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def tables(draw, values):
    """Draw names and rows; a row holds something."""
    width = draw(st.integers(2, 5))
    names = draw(st.lists(WORDS, min_size=width, max_size=width, unique_by=str.lower))
    row = st.lists(values, min_size=width, max_size=width).filter(any)
    return names, draw(st.lists(row, min_size=1, max_size=6))


@st.composite
def ways(draw):
    """Draw a way of writing."""
    quote = draw(st.sampled_from("\"'"))
    return Way(
        delimiter=draw(st.sampled_from(DELIMITERS)),
        quote=quote,
        escape=draw(st.sampled_from((quote, "\\"))),
        comment=draw(st.sampled_from(("", "#"))),
        has_names=draw(st.booleans()),
        encoding=draw(st.sampled_from(ENCODINGS)),
        end=draw(st.sampled_from(ENDS)),
        quotes_all=draw(st.booleans()),
        ends_open=draw(st.booleans()),
    )


@FAST
@given(table=tables(TEXTS), way=ways())
def test_any_table_is_read_back_in_the_dialect_that_is_said(tmp_path, table, way):
    names, rows = table
    path = tmp_path / "table.csv"
    path.write_bytes(way.written(names, rows))
    read_names, read_rows = read(path, way.wishes)
    assert read_rows == rows
    if way.has_names:
        assert read_names == names


WORD = st.sampled_from(["Oslo", "Bodø", "night", "green", "Ms Berg", "o'clock", "north-west"])
SENTENCE = st.lists(WORD, min_size=2, max_size=6).map(" ".join)
SPOKEN = st.tuples(WORD, WORD, WORD).map('{0[0]}, {0[1]}; "{0[2]}"'.format)
NOTE = st.one_of(WORD, SENTENCE, SPOKEN, st.just("two\nlines"), st.just(""))
COLUMNS = (
    ("when", st.dates().filter(lambda day: day.year > 1500).map(str)),
    ("amount", st.integers(-10_000, 10_000).map(str)),
    ("rate", st.decimals(0, 1000, places=2).map(str)),
    ("town", WORD),
    ("note", NOTE),
    ("who", SENTENCE),
)


@st.composite
def usual_tables(draw):
    """Draw a table as people have them: each column of a kind, one at least of values."""
    chosen = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True))
    columns = draw(st.permutations([draw(st.sampled_from(COLUMNS[:3])), *chosen]))
    names = [f"{name}_{place}" for place, (name, _) in enumerate(columns)]
    count = draw(st.integers(4, 9))
    return names, [[draw(values) for _, values in columns] for _ in range(count)]


@FAST
@given(
    table=usual_tables(),
    delimiter=st.sampled_from(DELIMITERS),
    escape=st.sampled_from('"\\'),
    has_names=st.booleans(),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
    end=st.sampled_from(ENDS),
    quotes_all=st.booleans(),
)
def test_a_usual_table_is_read_back_with_nothing_said(
    tmp_path, table, delimiter, escape, has_names, encoding, end, quotes_all
):
    names, rows = table
    way = Way(
        delimiter=delimiter,
        escape=escape,
        has_names=has_names,
        encoding=encoding,
        end=end,
        quotes_all=quotes_all,
    )
    path = tmp_path / "table.csv"
    path.write_bytes(way.written(names, rows))
    read_names, read_rows = read(path)
    assert read_rows == rows
    if has_names:
        assert read_names == names


def test_rows_that_end_with_a_delimiter_are_read_so_however_many_lines_of_names_are_said(tmp_path):
    path = tmp_path / "closed.csv"
    path.write_text("x,y\n1,2,\n3,4,\n5,6,\n")
    rows = [["1", "2"], ["3", "4"], ["5", "6"]]
    assert read(path) == (["x", "y"], rows)
    assert read(path, {"header_rows": 1}) == (["x", "y"], rows)
    assert read(path, {"header_rows": 0, "skip_lines": 1})[1] == rows


def test_rows_that_hold_nothing_are_left_out_and_told(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("x,y\n1,2\n,\n3,\n,\n,\n")
    assert read(path) == (["x", "y"], [["1", "2"], ["3", ""]])
    with duckdb.connect() as con:
        made = profile(con, path, path.with_suffix(".copy"), is_kept=False)
    assert made["rows"] + made["rows_left_out"] == 5
    assert [(one["kind"], one["line"]) for one in made["problems"]] == [
        ("blank", 3), ("blank", 5), ("blank", 6),
    ]  # fmt: skip


def test_dashes_that_became_control_characters_are_read_as_what_was_meant(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_bytes("when,what\n7 \x96 8 Feb,\x91Charter\x92\n9 Feb,Train\n".encode())
    _, rows = read(path)
    assert rows == [["7 – 8 Feb", "‘Charter’"], ["9 Feb", "Train"]]
