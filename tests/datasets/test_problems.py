"""What does not fit in a file is listed whole, and something can be done about each."""

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.datasets.problems.records import ProblemKind, Writing
from sponde_server.datasets.problems.service import DatasetProblems

GOOD = "".join(f"2024-01-{day:02};Oslo;{day},5;x;y\n" for day in range(1, 29))
BROKEN = (
    "day;city;litres;;city\n"
    + GOOD
    + "2024-01-03;Bergen\n"
    + "2024-01-04;Narvik;2,5;9;z;extra\n"
    + '2024-01-05;"Tromsø;3,5;q;r\n'
    + "2024-01-06;Bodø;many;q;r\n"
)


@pytest.fixture
def problems(datasets, database, tmp_path, run):
    """Give the service of problems over the same folder."""
    made = DatasetProblems(database=database, datasets=datasets, folder=tmp_path / "datasets")
    yield made
    run(made.stop())


async def test_each_problem_is_listed_with_its_line_its_column_and_what_was_done(take, problems):
    dataset, profile = await take(BROKEN)
    page = await problems.page(dataset.id)
    found = [(one.kind.value, one.line, one.column, one.row) for one in page.problems]
    assert found == [
        ("name", 1, "column_4", None),
        ("name", 1, "city_2", None),
        ("short", 30, "", 29),
        ("long", 31, "", None),
        ("quote", 32, "", 30),
        ("type", 33, "litres", 31),
    ]
    assert page.problems[-1].text == "many"
    assert all(one.message.endswith(".") for one in page.problems)
    assert (page.count, page.rejects, dataset.problems) == (6, 1, 6)
    assert profile.rows + profile.rows_left_out == 32
    some = await problems.page(dataset.id, kind="name", offset=1, limit=1)
    assert ([one.column for one in some.problems], some.count) == (["city_2"], 2)
    with pytest.raises(Invalid, match="of the kind 'odd'"):
        await problems.page(dataset.id, kind="odd")


async def test_a_value_of_another_type_far_down_is_found_with_its_line(take, problems):
    text = "n,note\n" + "".join(f'{row},"a\nb"\n' for row in range(40_000)) + "\nx,end\n1,y\n"
    dataset, profile = await take(text)
    (problem,) = (await problems.page(dataset.id, kind="type")).problems
    assert (problem.line, problem.row, problem.text) == (80_003, 40_001, "x")
    around = await problems.around(dataset.id, problem.line, 1)
    assert (around.first, around.lines) == (80_002, ("", "x,end", "1,y"))
    assert profile.columns[0].type == "VARCHAR"


async def test_rows_that_do_not_fit_are_left_out_and_kept_in_a_file_when_a_person_says_so(
    take, problems, datasets
):
    dataset, _ = await take(BROKEN)
    said = Writing(whole_columns=("litres",), left_out=(ProblemKind.SHORT,))
    await problems.say(dataset.id, said)
    profile = await datasets.profile(dataset.id)
    assert (profile.rows, profile.rows_left_out) == (29, 3)
    assert profile.columns[2].type == "DOUBLE"
    name, path = await problems.rejects(dataset.id)
    assert name == "file_rejects.csv"
    assert path.read_text().splitlines() == [
        "day;city;litres;column_4;city_2",
        "2024-01-03;Bergen",
        "2024-01-04;Narvik;2,5;9;z;extra",
        "2024-01-06;Bodø;many;q;r",
    ]
    kinds = {one.kind.value: one.count for one in (await problems.page(dataset.id)).kinds}
    assert kinds == {"name": 2, "short": 1, "long": 1, "quote": 1, "type": 1}
    # Everyone reads the same.
    table = await datasets.query("SELECT count(*), sum(litres) FROM file", ["file"])
    assert table.rows[0][0] == 29
    assert "TRY_CAST" in (await datasets.reading(dataset.id)).sql
    await problems.say(dataset.id, Writing())
    assert (await datasets.profile(dataset.id)).rows == 31
    assert (await datasets.get(dataset.id)).wishes is None


async def test_no_rejects_are_said_in_a_sentence(take, problems):
    dataset, _ = await take("a,b\n1,2\n3,4\n")
    with pytest.raises(NotFound, match="No row of 'file' is left out"):
        await problems.rejects(dataset.id)
    assert (await problems.page(dataset.id)).problems == ()


async def test_two_date_orders_and_two_decimal_signs_are_problems(take, problems, datasets):
    rows = "".join(f"{day:02}/03/2024;{day},5;{day},000\n" for day in range(1, 13))
    mixed = (
        "".join(f"{day}/04/2024;1,5;1,000\n" for day in range(13, 20)) + "04/25/2024;2.5;2,000\n"
    )
    dataset, _ = await take("when;price;count\n" + rows + mixed)
    found = {one.column: one for one in (await problems.page(dataset.id)).problems}
    assert (found["when"].kind.value, found["when"].line) == ("date", 21)
    assert (found["price"].kind.value, found["price"].text) == ("decimal", "2.5")
    doubtful = "day,n\n" + "".join(f"0{day}/03/2024,{day}\n" for day in range(1, 10))
    dataset, profile = await take(doubtful, "doubtful.csv")
    (problem,) = (await problems.page(dataset.id)).problems
    assert (problem.kind.value, problem.line, profile.columns[0].type) == ("date", 2, "VARCHAR")
    await problems.say(dataset.id, Writing(day_first=True))
    profile = await datasets.profile(dataset.id)
    assert (profile.columns[0].type, profile.columns[0].maximum) == ("DATE", "2024-03-09")
    assert profile.problem_count == 0
    await problems.say(dataset.id, Writing(day_first=False))
    assert (await datasets.profile(dataset.id)).columns[0].maximum == "2024-09-03"


async def test_the_first_rows_show_what_a_change_does_and_nothing_of_it_is_kept(
    take, problems, datasets
):
    text = "# made by hand\nname|price|city\nA|1,50|none\n# a note\nB|2,50|Oslo\n"
    dataset, before = await take(text.encode("cp1252"))
    said = Writing(comment="#", decimal_comma=True, missing=("none",), text_columns=("name",))
    seen = await problems.preview(dataset.id, said)
    assert seen.columns == ("name", "price", "city")
    assert seen.rows == (("A", "1,50", "none"), ("B", "2,50", "Oslo"))
    assert seen.values == (("A", "1.5", None), ("B", "2.5", "Oslo"))
    assert (seen.detected.delimiter, seen.used.comment, seen.is_whole) == ("|", "#", True)
    assert seen.lines[1] == "name|price|city"
    none = await problems.preview(dataset.id, Writing(comment="", delimiter="|"))
    assert none.used.comment == ""
    wrong = await problems.preview(dataset.id, Writing(delimiter=",", header_rows=0))
    assert wrong.columns[0] == "column_1"
    assert (await datasets.get(dataset.id)).wishes is None
    assert (await datasets.profile(dataset.id)) == before


async def test_what_a_person_says_is_kept_and_obeyed_after_a_change_of_the_file(
    take, problems, datasets, root
):
    dataset, _ = await take("x;y\n1;2\n3;4\n", "said.csv")
    await problems.say(dataset.id, Writing(header_rows=0, skip_lines=1))
    assert (await datasets.profile(dataset.id)).columns[0].name == "column_1"
    (root / "said.csv").write_text("x;y\n5;6\n7;8\n9;10\n")
    profile = await datasets.profile(dataset.id)
    assert (profile.rows, profile.columns[0].name) == (3, "column_1")
    assert [one.kind.value for one in profile.problems] == ["preamble"]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (Writing(delimiter="||"), "delimiter"),
        (Writing(delimiter='"', quote='"'), "at once"),
        (Writing(encoding="klingon"), "no text encoding"),
        (Writing(skip_lines=-1), "skipped lines"),
        (Writing(skip_lines=200), "nothing behind"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(take, problems, datasets, said, word):
    dataset, before = await take("a,b\n1,2\n")
    with pytest.raises(Invalid, match=word) as refused:
        await problems.say(dataset.id, said)
    assert refused.value.hint
    assert (await datasets.get(dataset.id)).wishes is None
    assert (await datasets.profile(dataset.id)) == before


async def test_a_file_that_says_itself_how_it_is_written_has_nothing_to_choose(take, problems):
    dataset, _ = await take('[{"a": 1}]', "a.json")
    with pytest.raises(Conflict, match="says itself"):
        await problems.preview(dataset.id, Writing())


async def test_nuls_and_another_encoding_are_listed_each_by_its_line(take, problems):
    lines = [b"name,n\n", *[f"n\u00e9{n},{n}\n".encode() for n in range(30)]]
    lines[5], lines[9] = b"caf\xe9,5\n", b"nul\0l,9\n"
    dataset, profile = await take(b"".join(lines))
    found = [(one.kind.value, one.line) for one in (await problems.page(dataset.id)).problems]
    assert found == [("encoding", 6), ("nul", 10)]
    await problems.say(dataset.id, Writing(left_out=(ProblemKind.NUL,)))
    page = await problems.page(dataset.id)
    assert page.rejects == 1
    assert profile.rows == 30


@pytest.fixture
def ran(problems, datasets, monkeypatch):
    """Give what comes of the code for a kind of problems, with datasets as a kernel has them."""

    async def run_it(dataset, kind, column=""):
        reading = await datasets.reading(dataset.id)
        rejects = datasets.profiles.copy_of(dataset.id).with_suffix(".rejects.csv")

        class Data:
            def df(self):
                return duckdb.sql(reading.sql).df()

            def rejects(self):
                return rejects.read_text("utf-8").splitlines(keepends=True)[1:]

            def typed(self, rows):
                con = duckdb.connect()
                con.register("written", pd.DataFrame(rows, columns=reading.columns, dtype="str"))
                return con.sql(f"{reading.of_text} FROM written").df()

        monkeypatch.setattr("sponde.dataset", lambda name: {dataset.name: Data()}[name])
        code = await problems.code(dataset.id, ProblemKind(kind), column)
        space: dict[str, object] = {}
        exec(code.code, space)
        return space["df"]

    return run_it


async def test_what_a_person_says_is_kept_when_the_server_starts_again(
    take, make, problems, datasets
):
    dataset, _ = await take("x;y\n01/02/2024;2\n03/04/2024;4\n", "kept.csv")
    said = Writing(day_first=True, text_columns=("y",), missing=("4",))
    await problems.say(dataset.id, said)
    await datasets.profile(dataset.id)
    await datasets.stop()
    again = make()
    assert (await again.get(dataset.id)).wishes == said
    assert [one.type for one in (await again.profile(dataset.id)).columns] == ["DATE", "VARCHAR"]
    await again.stop()


async def test_every_kind_gives_code_that_runs_and_mends(take, problems, ran):
    dataset, _ = await take(BROKEN)
    long = await ran(dataset, "long")
    assert len(long) == 32
    assert (long.iloc[-1]["city"], long.iloc[-1]["litres"]) == ("Narvik", "2,5")
    assert len(await ran(dataset, "short")) == 30
    assert "Tromsø" in set((await ran(dataset, "quote"))["city"])
    assert list((await ran(dataset, "name")).columns)[-2:] == ["column_4", "city_2"]
    litres = (await ran(dataset, "type", "litres"))["litres"]
    assert litres.sum() == sum(day + 0.5 for day in range(1, 29)) + 3.5
    code = await problems.code(dataset.id, ProblemKind.TYPE, "litres")
    assert code.chat == "/clean @file litres"


async def test_rows_that_are_left_out_are_all_taken_in_again_with_their_types(take, problems, ran):
    rows = [
        row + (f"2024-02-01;Voss;{n},25;x;y;more{n}\n" if n < 120 else "")
        for n, row in enumerate((GOOD * 8).splitlines(keepends=True))
    ]
    dataset, profile = await take('day;"city; land";litres;x;y\n' + "".join(rows))
    assert (profile.rows, profile.rows_left_out) == (224, 120)
    whole = await ran(dataset, "long")
    assert len(whole) == 344
    assert whole["litres"].sum() == 8 * sum(n + 0.5 for n in range(1, 29)) + sum(range(120)) + 30
    dataset, _ = await take(BROKEN, "said.csv")
    said = Writing(whole_columns=("litres",), left_out=(ProblemKind.SHORT,))
    await problems.say(dataset.id, said)
    short = await ran(dataset, "short")
    assert short.iloc[-1]["city"] == "Bergen"
    assert short["litres"].isna().sum() == 1
    assert (await ran(dataset, "type", "litres")).iloc[-1]["city"] == "Bodø"


async def test_code_for_lines_of_another_encoding_shows_their_rows(take, problems, ran):
    lines = [b"name,n\n", *[f"n\u00e9{n},{n}\n".encode() for n in range(30)]]
    lines[5], lines[9], lines[11] = b'"caf\xe9\nau lait",5\n', b"nul\0l,9\n", b"too,long,row\n"
    dataset, _ = await take(b"".join(lines))
    found = {one.kind.value: one.row for one in (await problems.page(dataset.id)).problems}
    assert found == {"encoding": 5, "nul": 9, "long": None}
    code = await problems.code(dataset.id, ProblemKind.ENCODING, "")
    assert code.code.endswith("rows = [4]\ndf.loc[rows]")
    assert len(await ran(dataset, "encoding")) == len(await ran(dataset, "nul")) == 29


async def test_code_for_a_comma_of_two_meanings_says_both(take, ran):
    dataset, _ = await take("place;n\na;1,234\nb;12\nc;5,678\n")
    frame = await ran(dataset, "decimal", "n")
    assert list(frame["n"]) == [1.234, 12, 5.678]


async def test_code_for_rows_that_are_all_too_short_drops_empty_columns(take, ran):
    dataset, _ = await take("a,b,c,d\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n13,14,15\n")
    frame = await ran(dataset, "short")
    assert frame.shape == (5, 3)


async def test_rows_that_a_quote_has_swallowed_are_told_and_come_back_without_quotes(
    take, problems, datasets
):
    rows = "".join(f"{n},{n + 1},word\n" for n in range(900))
    text = 'a,b,c\n1,"2,word\n' + rows + '6,7",8\n' + rows
    text += '5,6,"a letter, in lines,\nwith commas, and more, and more\nof\nthem"\n'
    dataset, profile = await take(text)
    assert profile.rows == 902
    (problem,) = (await problems.page(dataset.id, kind="quote")).problems
    assert (problem.line, problem.row, problem.column) == (2, 1, "b")
    assert "look like rows of their own" in problem.message
    await problems.say(dataset.id, Writing(quote=""))
    profile = await datasets.profile(dataset.id)
    assert profile.rows + profile.rows_left_out == 1806


async def test_every_line_of_the_file_is_accounted_for(take, problems):
    text = 'made by hand\nname,n\n# no row\n"a\nb",1\n\nc,2,3\nd,"4\n,,\n'
    dataset, _ = await take(text)
    await problems.say(dataset.id, Writing(skip_lines=1, header_rows=1, comment="#"))
    lines = (await problems.page(dataset.id)).lines
    assert lines is not None
    assert (lines.total, lines.above, lines.rows, lines.left_out) == (9, 2, 2, 2)
    assert (lines.comments, lines.rest) == (1, 2)


async def test_the_whole_list_can_be_taken_away_as_a_file(take, problems):
    dataset, _ = await take(BROKEN)
    name, content = await problems.listing(dataset.id)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert name == "file_problems.csv"
    assert [row["kind"] for row in rows] == ["name", "name", "short", "long", "quote", "type"]


async def test_a_dataset_that_is_removed_leaves_no_list_and_no_rejects(take, problems, datasets):
    dataset, _ = await take(BROKEN)
    copy: Path = datasets.profiles.copy_of(dataset.id)
    assert list(copy.parent.glob(f"{dataset.id}*"))
    await datasets.remove(dataset.id)
    assert not list(copy.parent.glob(f"{dataset.id}*"))
