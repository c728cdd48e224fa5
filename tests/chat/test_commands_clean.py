"""/clean on files that are wrong in every way that it knows; its code is really run."""

import re

import pytest

MESSY = """id,city,price,when,score,note,empty,same,ok
1, Berlin,"€1,200.50",2024-01-05,1.5,N/A,,x,a
2,berlin,"$ 900.00",05.01.2024,2.5,fine,,x,b
3,BERLIN ,"1,000",2024-02-10,-999,fine,,x,c
4,Paris,12,10.02.2024,3.5,fine,,x,d
5,paris,"2,500.00",2024-03-01,-999,good,,x,e
6,Berlin,7,2024-03-02,4.5,good,,x,f
7,Berlin,9,2024-03-03,5.5,bad,,x,g
8,Rome,10,2024-03-04,6.5,bad,,x,h
9,Rome,11,2024-03-05,7.5,bad,,x,i
10,Rome,oops,never,8.5,bad,,x,j
11,   ,13,2024-03-07,9.5,bad,,x,k
12,Rome,14,2024-03-08,10.5,bad,,x,l
13,Rome,15,2024-03-09,11.5,bad,,x,m
14,Rome,16,2024-03-10,100000,bad,,x,n
14,Rome,16,2024-03-10,100000,bad,,x,n
"""


@pytest.fixture
def messy(api, run, jp_root_dir):
    """Register a file that is wrong in every way."""
    (jp_root_dir / "messy.csv").write_text(MESSY)
    return run(api("POST", "/datasets", {"path": "messy.csv"}))


def rows_of(answer):
    """Give the table of what would change, as lists of its cells."""
    (output,) = answer["outputs"]
    body = output["data"].partition("<tbody>")[2]
    return [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]


async def test_each_thing_that_is_wrong_is_found_with_its_count(talk, messy):
    answer = await talk.ask("/clean @messy")
    assert answer["status"] == "complete", answer["failure"]
    found = {(row[1], row[2]): row[3] for row in rows_of(answer)}
    assert found == {
        ("Spaces around text", "city"): "3 values, 1 of them blank",
        ("Spellings that differ in case", "city"): "3 values of 2 words",
        ("Numbers as text", "price"): "14 values; 1 other would be missing",
        ("Dates in several forms", "when"): "14 values in 2 forms; 1 other would be missing",
        ("A number for no value", "score"): "2 values",
        ("Words for no value", "note"): "1 value",
        ("Columns without a value", ""): "1 column",
        ("Columns of one value", ""): "1 column",
        ("Values far out: marked, not removed", "score"): "2 values",
        ("Rows that are there already", ""): "1 row",
    }
    assert "Nothing is changed" in answer["text"]


async def test_examples_are_shown_and_never_said_to_a_model(talk, messy):
    answer = await talk.ask("/clean @messy")
    table = answer["outputs"][0]["data"]
    assert "BERLIN·" in table
    assert "€1,200.50 → 1200.5" in table
    for value in ("BERLIN", "Paris", "1,200", "oops"):
        assert value not in answer["text"]


async def test_its_code_runs_and_changes_as_many_values_as_it_said(talk, messy, run_code):
    answer = await talk.ask("/clean @messy")
    printed, df = await run_code(answer["text"], variable="df")
    assert "Spaces around text, city: 3 values changed" in printed
    assert "Spellings that differ in case, city: 3 values changed" in printed
    assert "A number for no value, score: 2 values changed" in printed
    assert "Rows that are there already: 1" in printed
    assert "No numbers, now missing: ['oops']" in printed
    assert df["columns"] == [
        "id", "city", "price", "when", "score", "note", "ok", "score is far out",
    ]  # fmt: skip
    assert df["rows"] == 14
    assert df["first"]["price"] == 1200.5
    assert df["first"]["city"] == "Berlin"
    assert df["first"]["when"].startswith("2024-01-05")


async def test_one_column_alone(talk, messy):
    answer = await talk.ask("/clean @messy city")
    assert {row[2] for row in rows_of(answer)} == {"city"}
    assert "`city` of **messy**" in answer["text"]


async def test_a_clean_file_is_called_clean(talk, api, jp_root_dir, run_code):
    (jp_root_dir / "fine.csv").write_text("a,b\n1,x\n2,y\n3,z\n")
    await api("POST", "/datasets", {"path": "fine.csv"})
    answer = await talk.ask("/clean @fine")
    assert "looks clean" in answer["text"]
    assert answer["outputs"] == []
    await run_code(answer["text"], variable="df")


async def test_postcodes_versions_and_addresses_are_no_numbers(talk, api, jp_root_dir):
    rows = "\n".join(f"0{1000 + i},1.2.{i},192.168.0.{i},Region {i}" for i in range(30))
    (jp_root_dir / "codes.csv").write_text(f"zip,version,ip,region\n{rows}\n")
    await api("POST", "/datasets", {"path": "codes.csv"})
    assert "looks clean" in (await talk.ask("/clean @codes"))["text"]


async def test_a_decimal_comma_is_read_as_one(talk, api, jp_root_dir, run_code):
    (jp_root_dir / "preise.csv").write_text(
        "p;q\n1.200,50 €;a\n3,20 €;b\n12.000,00 €;c\n7,5 €;d\n1,25;e\n"
    )
    await api("POST", "/datasets", {"path": "preise.csv"})
    answer = await talk.ask("/clean @preise")
    _, df = await run_code(answer["text"], variable="df")
    assert df["first"]["p"] == 1200.5


async def test_a_day_that_may_be_a_month_is_said(talk, api, jp_root_dir, run_code):
    (jp_root_dir / "days.csv").write_text("d\n01/02/2024\n25/02/2024\n2024-02-27\n03/02/2024\n")
    await api("POST", "/datasets", {"path": "days.csv"})
    answer = await talk.ask("/clean @days")
    assert "the code reads `%d/%m/%Y`" in answer["text"]
    _, df = await run_code(answer["text"], variable="df")
    assert df["first"]["d"].startswith("2024-02-01")


async def test_the_real_sample_is_cleaned_by_code_that_runs(talk, birds, run_code):
    answer = await talk.ask("/clean @bird_strikes")
    assert answer["status"] == "complete", answer["failure"]
    printed, df = await run_code(answer["text"], variable="df")
    assert "10,000 rows" in printed
    assert df["rows"] > 9_000
