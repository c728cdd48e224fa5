from dataclasses import fields

import pytest

from sponde_server.datasets.files.by_hand import Hand
from sponde_server.datasets.files.dialect import layout_of
from sponde_server.datasets.files.header import clean_names
from sponde_server.datasets.files.looks import is_header
from sponde_server.datasets.files.pieces import pieces
from sponde_server.datasets.problems.records import Writing


def lines(text):
    return text.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("text", "delimiter", "names"),
    [
        ("a,b,c\n1,2,3\n", ",", ["a", "b", "c"]),
        ("a;b;c\n1,5;2,5;x\n1,0;2,7;y\n", ";", ["a", "b", "c"]),
        ("a\tb\n1\tx, y\n2\tz, w\n", "\t", ["a", "b"]),
        ("a|b\nx y|1\nz|2\n", "|", ["a", "b"]),
        ("name\nAnna\nOla\n", ",", ["name"]),
        ('name,said\nAnna,"one; two; three"\nOla,"four; five; six"\n', ",", ["name", "said"]),
        ("name,town\nAnna,Oslo\n", ",", ["name", "town"]),
        ("when,n\n2024-01-01 10:00,1\n2024-01-02 11:00,2\n", ",", ["when", "n"]),
    ],
)
def test_delimiter_and_names_are_found(text, delimiter, names):
    found = layout_of(lines(text))
    assert found.names == names
    assert found.delimiter == delimiter or len(names) == 1


def test_one_ragged_row_does_not_make_the_file_one_column():
    text = "a,b,c\n" + "1,2,3\n" * 50 + "4,5\n6,7,8,9\n" + "1,2,3\n" * 50
    assert layout_of(lines(text)).names == ["a", "b", "c"]


def test_titles_above_the_table_are_not_its_names():
    text = (
        "Water of the north\nmade 2024\n\nday,city,litres\n2024-01-02,Oslo,1\n2024-01-03,Bodø,2\n"
    )
    found = layout_of(lines(text))
    assert found.names == ["day", "city", "litres"]
    assert [line for line, _ in found.preamble] == [1, 2]
    assert found.skip_lines == 4


@pytest.mark.parametrize(
    ("first", "rest", "answer"),
    [
        (["a", "b"], [["1", "2"]], True),
        (["1", "2"], [["3", "4"]], False),
        (["Oslo", "2024-01-02"], [["Bodø", "2024-01-03"]], False),
        (["country", "1990", "1991"], [["Norway", "3", "4"]], True),
        (["red", "blue"], [["red", "green"], ["blue", "blue"]], False),
        (["", ""], [["1", "2"]], False),
        (["only", "names"], [], True),
    ],
)
def test_a_header_is_told_from_values(first, rest, answer):
    assert is_header(first, rest) is answer


def test_names_become_different_from_each_other_without_regard_to_case():
    names, warnings = clean_names(["Name", "name", "", "  two  words "], 5)
    assert names == ["Name", "name_2", "column_3", "two words", "column_5"]
    assert len(warnings) == 2


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest():
    text = 'a,b\n1,"2\n' + "3,4\n" * 500
    found = list(pieces(lines(text), ",", '"', '"', 2))
    assert len(found) == 502
    assert found[1].quote_broken
    assert found[1].fields == ["1", '"2']


def test_a_quoted_field_may_have_several_lines():
    found = list(pieces(lines('a,b\n1,"x\ny ""z"""\n2,w\n'), ",", '"', '"', 2))
    assert [piece.fields for piece in found] == [["a", "b"], ["1", 'x\ny "z"'], ["2", "w"]]
    assert [piece.line for piece in found] == [1, 2, 4]


def test_titles_that_a_spreadsheet_filled_up_are_told_from_the_table():
    found = layout_of(
        [
            "Invoices over £250 paid in June,,,,\n",
            ",,,,\n",
            "Directorate,Area,Group,Supplier,Amount\n",
            *[f"Adults,Care,Payments,Home {i},{i}.50\n" for i in range(30)],
        ]
    )
    assert found.names == ["Directorate", "Area", "Group", "Supplier", "Amount"]
    assert [line for line, _ in found.preamble] == [1]
    assert found.skip_lines == 3


def test_sparse_first_rows_of_a_table_are_no_titles():
    found = layout_of(["3,,,,\n", ",,,,5\n", *[f"{i},{i},{i},{i},{i}\n" for i in range(30)]])
    assert not found.preamble
    assert not found.has_header


def test_a_title_above_a_sparse_table_is_no_name():
    below = ["RT Hon Swayne,Oct-14,Tearfund,Emergencies,,\n", *[",,World Vision,,,\n"] * 30]
    found = layout_of(["Meetings,,,,,\n", "Minister,Date,Name,Purpose,,\n", *below])
    assert found.names[:4] == ["Minister", "Date", "Name", "Purpose"]
    assert [line for line, _ in found.preamble] == [1]


def test_names_in_two_lines_are_joined():
    rows = [f"2024-01-{day:02},{day},{day}.5,{day},3\n" for day in range(1, 29)]
    found = layout_of(["Day,Oslo,,Bodø,\n", ",in,out,in,out\n", *rows])
    assert found.names == ["Day", "Oslo in", "Oslo out", "Bodø in", "Bodø out"]
    assert found.skip_lines == 2
    assert "The names stand in two lines and were joined." in found.warnings


def test_a_row_of_words_below_a_missing_name_is_a_row():
    rows = [f"Ann{n},word,{n}\n" for n in range(30)]
    found = layout_of(["name,,amount\n", "Bob,other,n/a\n", *rows])
    assert found.skip_lines == 1
    assert found.names[0] == "name"


def test_a_title_with_commas_in_its_words_stands_above_the_table():
    rows = [f"{4000 - n}.00,0.0{n}\n" for n in range(30)]
    found = layout_of(["New Dataset,by Analyst Wednesday, January 20\n", "cm-1,A\n", *rows])
    assert found.names == ["cm-1", "A"]
    assert [line for line, _ in found.preamble] == [1]


def test_names_of_two_columns_stand_below_a_title_and_a_blank_line():
    rows = [f"Hotel {n},{n}.50\n" for n in range(9)]
    found = layout_of(["Summary of travel,\n", ",\n", "Row Labels,Sum of Amount\n", *rows])
    assert found.names == ["Row Labels", "Sum of Amount"]
    assert found.skip_lines == 3


def test_the_names_of_tables_below_each_other_may_come_back():
    found = layout_of(
        [
            "Meetings,,,\n",
            "Minister,Date,Name,Purpose\n",
            *["Swayne,Oct-14,Tearfund,Emergencies\n", ",,World Vision,\n"] * 20,
            "Travel,,,\n",
            "Minister,Date,Destination,Cost\n",
            *["Swayne,Nov-14,Kenya,High\n"] * 5,
        ]
    )
    assert found.names == ["Minister", "Date", "Name", "Purpose"]


def test_names_in_three_lines_are_joined_each_below_what_stands_above_it():
    rows = [f"Office {n},{n},{n}.5,{n},{n}.5,{n}\n" for n in range(20)]
    above = ["Organisation,Payroll staff,,,,Total\n", ",AO,,EO,,\n"]
    found = layout_of([*above, ",Heads,Time,Heads,Time,\n", *rows])
    assert found.names == [
        "Organisation",
        "Payroll staff AO Heads",
        "Payroll staff AO Time",
        "Payroll staff EO Heads",
        "Payroll staff EO Time",
        "Total",
    ]
    assert found.skip_lines == 3


def test_what_several_names_have_in_common_stands_above_them():
    rows = [f"Office {n},{n},-,{n},5,{n},{n}\n" for n in range(20)]
    above = ["Staff,,,,,,\n", ",,,,,2013-14,2012-13\n"]
    found = layout_of([*above, "Segment,Own,Lent,Other,Ministers,Total,Total\n", *rows])
    assert found.names[5:] == ["2013-14 Total", "2012-13 Total"]
    assert [line for line, _ in found.preamble] == [1]


def test_units_below_the_names_are_part_of_them_and_words_for_no_value_are_not():
    rows = [f"{n},{n}.5\n" for n in range(20)]
    assert layout_of(["time,speed\n", "s,m/s\n", *rows]).names == ["time s", "speed m/s"]
    assert layout_of(["time,speed\n", "NA,NA\n", *rows]).names == ["time", "speed"]


def test_names_behind_the_last_of_the_comments_above_are_found():
    rows = [f"{n},{n}.5,{n}\n" for n in range(20)]
    found = layout_of(["#FILE:,a.dat\n", "#DATE:,2016\n", "##Temp./C,Time/min,E\n", *rows])
    assert found.names == ["##Temp./C", "Time/min", "E"]
    assert len(found.preamble) == 2


def test_comments_between_the_rows_are_told_from_rows():
    rows = [f"{n},{n}.5,{n}\n" for n in range(40)]
    rows[20:20] = ["# calibrated again\n"]
    found = layout_of(["a,b,c\n", *rows])
    assert found.comment == "#"
    assert layout_of(["a,b,c\n", *rows[:20], "#1,2,3\n", *rows[21:]]).comment == ""


def test_names_keep_their_places_where_every_row_ends_with_a_delimiter():
    found = layout_of(["x,y\n", *[f"{n},{n}.5,\n" for n in range(20)]])
    assert found.names == ["x", "y"]
    assert found.is_closed


def test_r_writes_no_name_for_the_names_of_rows():
    found = layout_of(["x,y\n", *[f"row {n},{n},{n}.5\n" for n in range(20)]])
    assert found.names == ["column_1", "x", "y"]


def test_tables_of_several_widths_have_room_for_the_widest():
    narrow, wide = ["a,b,c\n", *["1,2,3\n"] * 30], ["d,e,f,g,h\n", *["1,2,3,4,5\n"] * 29]
    assert len(layout_of(narrow + wide).names) == 5
    assert len(layout_of([*narrow, "1,2,3,4,5\n"]).names) == 3


def test_the_names_as_written_are_kept_beside_those_of_their_own():
    found = layout_of(['"x ","x",,y\n', *["1,2,3,4\n"] * 9])
    assert found.names == ["x", "x_2", "column_3", "y"]
    assert found.titles == [None, "x", "", None]


def test_rows_of_delimiters_alone_hold_nothing():
    found = list(pieces(lines('a,b\n,\n1,\n"",\n'), ",", '"', '"', 2))
    assert [piece.fields for piece in found] == [["a", "b"], [], ["1", ""], ["", ""]]
    assert [piece.is_hollow for piece in found] == [False, True, False, False]


def test_a_space_behind_every_delimiter_belongs_to_no_value():
    found = layout_of(["a, b\n", *[f"{n}, {n}.5\n" for n in range(9)]])
    assert found.spaced
    assert found.names == ["a", "b"]
    assert not layout_of(["a,b\n", *[f"{n}, {n}.5\n" for n in range(9)]]).spaced


def test_a_quote_within_a_value_opens_nothing():
    text = 'name,size\nscreen 24" wide,2\npipe,"5"\n'
    found = list(pieces(lines(text), ",", '"', '"', 2))
    assert [piece.fields for piece in found[1:]] == [['screen 24" wide', "2"], ["pipe", "5"]]
    assert not any(piece.quote_broken for piece in found)


def test_words_with_spaces_between_them_are_one_value_where_there_are_no_numbers():
    assert layout_of(["who\n", *["Ada Berg\n", "Ola Dahl\n"] * 20]).names == ["who"]
    assert layout_of(["who n\n", *["Ada 1\n", "Ola 2\n"] * 20]).names == ["who", "n"]


def test_what_a_person_says_is_known_to_the_child_as_it_is_kept():
    def parts(kind):
        return {one.name: one.default for one in fields(kind)}

    assert parts(Hand) == parts(Writing)
