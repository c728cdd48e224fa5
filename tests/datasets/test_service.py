import asyncio
import csv
import io
import shutil
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, Forbidden, Invalid, NotFound
from sponde_server.datasets import store
from sponde_server.datasets.records import DatasetStatus

REAL = Path(__file__).parents[2] / "notebooks" / "bird_strikes.csv"


def columns(profile):
    return {column.name: column for column in profile.columns}


async def rows_of(datasets, dataset):
    return [list(row) for row in (await datasets.rows(dataset.id, limit=10_000)).rows]


async def test_the_rows_are_those_of_python_s_own_reader(datasets, root):
    shutil.copy(REAL, root / "bird_strikes.csv")
    dataset = await datasets.add("bird_strikes.csv")
    shown = await rows_of(datasets, dataset)
    with REAL.open(newline="", encoding="utf-8") as file:
        expected = [[cell or None for cell in row] for row in list(csv.reader(file))[1:]]
    assert shown == expected


async def test_short_and_long_rows_are_shown_or_reported_none_is_lost(take, datasets):
    dataset, profile = await take("a,b,c\n1,2,3\n4,5\n6,7,8,9\n\n1,2,3,\n7,8,9\n")
    assert await rows_of(datasets, dataset) == [
        ["1", "2", "3"], ["4", "5", None], ["1", "2", "3"], ["7", "8", "9"],
    ]  # fmt: skip
    assert profile.rows + profile.rows_left_out == 5
    assert [(one.line, one.kind.value) for one in profile.problems] == [
        (3, "short"), (4, "long"), (6, "long"),
    ]  # fmt: skip
    assert profile.problems[1].text == "6,7,8,9"
    assert [column.type for column in profile.columns] == ["BIGINT"] * 3
    assert dataset.problems == 3


async def test_many_broken_rows_are_counted_and_the_first_hundred_listed(take):
    text = "a,b\n" + "1,2\n1,2\n3\n4,5,6\n" * 400
    _, profile = await take(text)
    assert (profile.rows, profile.rows_left_out, profile.rows_mended) == (1200, 400, 400)
    assert profile.problem_count == 800
    assert len(profile.problems) == 100


@pytest.mark.parametrize(
    ("encoding", "warned"),
    [("utf-16", False), ("utf-8-sig", False), ("cp1252", True), ("utf-16-be", True)],
)
async def test_other_encodings_are_read_and_said(take, datasets, encoding, warned):
    text = 'navn,by,beløp\nKåre,Bodø,"1,5"\nÅse,Tromsø,2\n'
    dataset, profile = await take(text.encode(encoding))
    assert await rows_of(datasets, dataset) == [["Kåre", "Bodø", "1,5"], ["Åse", "Tromsø", "2"]]
    assert [column.name for column in profile.columns] == ["navn", "by", "beløp"]
    assert any("encoding" in warning for warning in profile.warnings) == warned


async def test_a_line_from_elsewhere_in_a_utf_8_file_is_mended_and_reported(take, datasets):
    content = b"name,town\n" + "Kåre,Bodø\n".encode() * 20 + "Åse,Hjørring\n".encode("cp1252")
    dataset, profile = await take(content)
    assert (await rows_of(datasets, dataset))[-1] == ["Åse", "Hjørring"]
    assert [(one.line, one.kind.value) for one in profile.problems] == [(22, "encoding")]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "mixed"])
async def test_every_kind_of_line_end_is_read(take, datasets, ends):
    lines = ["a,b", "1,x", "2,y", "3,z"]
    text = "a,b\r\n1,x\n2,y\r\n3,z" if ends == "mixed" else ends.join(lines)
    dataset, _ = await take(text)
    assert await rows_of(datasets, dataset) == [["1", "x"], ["2", "y"], ["3", "z"]]


async def test_a_quote_that_is_never_closed_costs_its_own_row_only(take, datasets):
    dataset, profile = await take('a,b\n1,"x\n' + "2,y\n" * 300)
    assert profile.rows == 301
    assert (await rows_of(datasets, dataset))[0] == ["1", '"x']
    assert profile.problems[0].kind.value == "quote"


async def test_text_behind_a_closing_quote_is_kept_and_reported(take, datasets):
    dataset, profile = await take('a,b\n1,"abc"def\n2,"x ""y"" z"\n')
    assert await rows_of(datasets, dataset) == [["1", "abcdef"], ["2", 'x "y" z']]
    assert [(one.line, one.kind.value) for one in profile.problems] == [(2, "quote")]


async def test_a_space_before_a_quote_does_not_break_the_field(take, datasets):
    dataset, profile = await take('name, said, n\nAnna, "yes, no", 1\nOla, "well", 2\n')
    assert await rows_of(datasets, dataset) == [["Anna", "yes, no", "1"], ["Ola", "well", "2"]]
    assert [column.type for column in profile.columns] == ["VARCHAR", "VARCHAR", "BIGINT"]
    assert not profile.problems


async def test_quoted_line_ends_and_delimiters_stay_in_their_fields(take, datasets):
    rows = [["a", "b"], ["1", 'he said "no",\nand left'], ["2", "x;y"]] * 1
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    dataset, profile = await take(made.getvalue())
    assert (await rows_of(datasets, dataset)) == rows[1:]
    assert not profile.problems


async def test_text_keeps_what_a_number_would_lose(take, datasets):
    dataset, profile = await take("code,price,id\n007,1.50,9007199254740993\n012,2.00,2\n")
    known = columns(profile)
    assert (known["code"].type, known["price"].type, known["id"].type) == (
        "VARCHAR", "DOUBLE", "BIGINT",
    )  # fmt: skip
    assert (await rows_of(datasets, dataset))[0] == ["007", "1.50", "9007199254740993"]
    table = await datasets.query("SELECT id FROM file", ["file"])
    assert table.rows[0] == ("9007199254740993",)


async def test_words_for_no_value_are_empty_in_numbers_and_words_in_text(take):
    _, profile = await take("n,t\n1,None\nN/A,some\n3,None\n-,any\n")
    known = columns(profile)
    assert (known["n"].type, known["n"].nulls, known["n"].missing) == ("BIGINT", 2, ("-", "N/A"))
    assert (known["t"].nulls, known["t"].distinct) == (0, 3)
    assert any("stand for no value" in warning for warning in profile.warnings)


async def test_one_wrong_value_leaves_the_column_text_and_says_which(take):
    _, profile = await take("n\n" + "\n".join(map(str, range(100))) + "\noops\n", "one.csv")
    assert columns(profile)["n"].type == "VARCHAR"
    assert any("'oops'" in warning for warning in profile.warnings)


async def test_a_date_that_may_be_read_two_ways_is_not_guessed(take):
    _, profile = await take("d,n\n01/02/2024,1\n03/04/2024,2\n")
    assert columns(profile)["d"].type == "VARCHAR"
    assert any("day first or month first" in warning for warning in profile.warnings)
    _, sure = await take("d,n\n01/02/2024,1\n13/04/2024,2\n", "sure.csv")
    assert columns(sure)["d"].minimum == "2024-02-01"


async def test_a_decimal_comma_is_a_number(take, datasets):
    _, profile = await take("by;pris\nOslo;1.234,50\nBodø;2,25\n", "priser.csv")
    assert columns(profile)["pris"].form == "decimal comma"
    table = await datasets.query("SELECT sum(pris) FROM priser")
    assert table.rows == ((1236.75,),)


async def test_titles_above_the_table_are_reported(take, datasets):
    dataset, profile = await take("Our numbers\n\na,b\n1,2\n3,4\n")
    assert await rows_of(datasets, dataset) == [["1", "2"], ["3", "4"]]
    assert [(one.line, one.kind.value) for one in profile.problems] == [(1, "preamble")]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\n\n\n", "blank"),
        (b"PK\x03\x04" + bytes(50), "archive is cut or damaged"),
        (bytes(range(256)) * 100, "not text"),
        (b"a,b\n1," + b"x" * 17_000_000, "17 MB long"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(datasets, root, content, word):
    (root / "bad.csv").write_bytes(content)
    added = await datasets.add("bad.csv")
    with pytest.raises(Conflict, match=word) as refused:
        await datasets.profile(added.id)
    assert refused.value.hint
    now = await datasets.get(added.id)
    assert now.status is DatasetStatus.FAILED
    assert word in now.failure.message


async def test_a_header_alone_is_a_dataset_without_rows(take, datasets):
    dataset, profile = await take("a,b,c\n")
    assert (profile.rows, len(profile.columns)) == (0, 3)
    assert any("no rows" in warning for warning in profile.warnings)
    assert await rows_of(datasets, dataset) == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.chaos)])
async def test_thousands_of_columns_are_not_too_many(take, count):
    names = ",".join(f"c{number}" for number in range(count))
    row = ",".join(str(number) for number in range(count))
    _, profile = await take(f"{names}\n{row}\n{row}\n", seconds=280)
    assert len(profile.columns) == count
    assert profile.columns[-1].maximum == str(count - 1)


async def test_a_line_of_three_megabytes_is_read(take, datasets):
    _, profile = await take("a,b\n1," + "x" * 3_000_000 + "\n2,y\n")
    assert profile.rows == 2
    table = await datasets.query("SELECT length(b) AS n FROM file ORDER BY n DESC")
    assert table.rows[0] == (3_000_000,)


async def test_parquet_and_json_are_read_with_their_types(datasets, root):
    import duckdb

    con = duckdb.connect()
    con.execute(
        "CREATE TABLE t AS SELECT i, i / 3 AS x, 'n' || i % 5 AS s, DATE '2024-01-01' + i AS d, "
        "{'a': i} AS o FROM range(1000) r(i_), (SELECT CAST(0 AS INTEGER)) z(q), "
        "LATERAL (SELECT CAST(i_ AS INTEGER) AS i)"
    )
    con.execute(f"COPY t TO '{root / 'p.parquet'}'")
    con.execute(f"COPY t TO '{root / 'j.json'}'")
    for name, path in (("p", "p.parquet"), ("j", "j.json")):
        dataset = await datasets.add(path)
        profile = await datasets.profile(dataset.id)
        known = columns(profile)
        assert profile.rows == 1000
        assert known["d"].type == "DATE"
        assert (known["x"].kind.value, known["o"].kind.value) == ("number", "other")
        assert known["s"].distinct == 5
        table = await datasets.query(f"SELECT sum(i), max(d) FROM {name}")
        assert table.rows == ((499_500, "2026-09-26"),)


async def test_names_are_made_for_sql_and_python_and_never_twice(datasets, root):
    made = []
    for name in ("Sales 2024.csv", "sales-2024.csv", "2024.csv", "order.csv", "Åse.v2.csv"):
        (root / name).write_text("a,b\n1,2\n")
        made.append((await datasets.add(name)).name)
    assert made == ["sales_2024", "sales_2024_2", "data_2024", "order_data", "åse"]
    table = await datasets.query("SELECT * FROM order_data")
    assert table.rows == ((1, 2),)


async def test_the_same_file_is_one_dataset(datasets, root):
    (root / "a.csv").write_text("a,b\n1,2\n")
    first = await datasets.add("a.csv")
    assert (await datasets.add("/a.csv")).id == first.id
    assert len(await datasets.list_all()) == 1


async def test_a_notebook_is_refused_as_what_it_is(datasets, root):
    (root / "report.ipynb").write_text('{"cells": []}')
    with pytest.raises(Invalid, match="is a notebook, not a table"):
        await datasets.add("report.ipynb")
    assert await datasets.list_all() == []


async def test_a_file_outside_the_root_is_refused(datasets, root):
    (root / "link.csv").symlink_to("/etc/passwd")
    for path in ("../history.duckdb", "link.csv", "/../../etc/passwd"):
        with pytest.raises(Forbidden):
            await datasets.add(path)
    with pytest.raises(NotFound):
        await datasets.add("not_there.csv")


async def test_a_file_that_changed_is_profiled_again_when_asked_for(take, datasets, root):
    dataset, profile = await take("a,b\n1,2\n")
    (root / "file.csv").write_text("a,b,c\n1,2,3\n4,5,6\n")
    again = await datasets.profile(dataset.id)
    assert (profile.rows, again.rows, len(again.columns)) == (1, 2, 3)


async def test_a_file_that_is_gone_says_so_and_comes_back(take, datasets, root):
    dataset, _ = await take("a,b\n1,2\n")
    (root / "file.csv").rename(root / "away.csv")
    for _ in range(2):
        with pytest.raises(Conflict, match="not there"):
            await datasets.profile(dataset.id)
    (root / "away.csv").rename(root / "file.csv")
    await datasets.add("file.csv")
    assert (await datasets.profile(dataset.id)).rows == 1


async def test_a_removed_dataset_comes_back_under_a_free_name(take, datasets, root):
    dataset, _ = await take("a,b\n1,2\n")
    await datasets.remove(dataset.id)
    assert await datasets.list_all() == []
    with pytest.raises(NotFound):
        await datasets.get(dataset.id)
    assert (root / "file.csv").exists()
    (root / "FILE.CSV").write_text("x,y\n1,2\n")
    other = await datasets.add("FILE.CSV")
    back = await datasets.restore(dataset.id)
    assert (other.name, back.name) == ("file", "file_2")
    assert (await datasets.profile(back.id)).rows == 1
    # Adding the file of a removed dataset brings that one back, too.
    await datasets.remove(back.id)
    assert (await datasets.add("file.csv")).id == back.id


async def test_a_profile_that_a_stopped_server_left_is_made_again(make, database, root):
    (root / "a.csv").write_text("a,b\n1,2\n")
    first = make()
    added = await first.add("a.csv")
    await first.stop()
    # As a kill -9 would leave it.
    from dataclasses import replace

    await database.write(store.update, replace(added, status=DatasetStatus.PROFILING))
    second = make()
    await second.start()
    for _ in range(3000):
        now = await second.get(added.id)
        if now.status is DatasetStatus.READY:
            break
        await asyncio.sleep(0.05)
    assert (now.status, now.rows) == (DatasetStatus.READY, 1)
    await second.stop()


async def test_starters_are_registered_once(make, root):
    (root / "a.csv").write_text("a,b\n1,2\n")
    for _ in range(2):
        service = make(starters=["a.csv", "missing.csv"])
        await service.start()
        for _ in range(3000):
            known = await service.list_all()
            if known:
                break
            await asyncio.sleep(0.05)
        assert [one.name for one in known] == ["a"]
        await service.profile(known[0].id)
        await service.stop()
    last = make(starters=["a.csv"])
    await last.remove(known[0].id)
    await last.start()
    await asyncio.sleep(0.3)
    assert await last.list_all() == []
    await last.stop()


async def test_a_description_for_a_model_holds_statistics_and_no_row(datasets, root):
    (root / "people.csv").write_text(
        "name,age\n" + "".join(f"Person Secret {n},{20 + n % 40}\n" for n in range(200))
    )
    dataset = await datasets.add("people.csv")
    text = await datasets.policies.describe(dataset.id)
    assert "200 rows" in text
    assert '"age": BIGINT; 40 different, from 20 to 59' in text
    assert "Secret" not in text


async def test_an_unknown_name_is_answered_with_near_ones(take, datasets):
    await take("a,b\n1,2\n", "bird_strikes.csv")
    with pytest.raises(NotFound) as refused:
        await datasets.get_by_name("birdstrikes")
    assert "Did you mean bird_strikes?" in refused.value.hint


async def test_fifty_megabytes_are_profiled_within_memory(datasets, root):
    header, _, body = REAL.read_text("utf-8").partition("\n")
    with (root / "big.csv").open("w") as file:
        file.write(header + "\n")
        for _ in range(42):
            file.write(body + "\n")
    assert len(header) + 42 * len(body) > 50_000_000
    added = await datasets.add("big.csv")
    profile = await asyncio.wait_for(datasets.profile(added.id), 300)
    assert profile.rows == 420_000


async def test_limits_of_rows_are_kept(make, root):
    (root / "a.csv").write_text("n\n" + "\n".join(map(str, range(100))) + "\n")
    service = make(max_rows=10)
    await service.add("a.csv")
    table = await service.query("SELECT * FROM a", limit=1_000_000)
    assert (len(table.rows), table.truncated) == (10, True)
    with pytest.raises(Invalid):
        await service.query("SELECT * FROM a", limit=0)
    await service.stop()
