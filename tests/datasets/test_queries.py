"""SQL that people run over datasets: its result is kept, paged, and its failures have a place."""

import asyncio
import os
import time

import pytest

from sponde_server.core.errors import NotFound
from sponde_server.datasets.grid.records import (
    DatasetView,
    FilterKind,
    NewPage,
    NewValues,
    ViewFilter,
    ViewSort,
)
from sponde_server.datasets.sql.records import NewDatasetQuery, QueryStatus
from sponde_server.datasets.sql.service import SpondeQueries


@pytest.fixture
def make_queries(database, root, tmp_path, datasets, run):
    """Make a service of queries over the datasets; several stand for restarts."""
    made = []

    def make(**settings):
        one = SpondeQueries(
            database=database,
            datasets=datasets,
            root=root,
            folder=tmp_path / "datasets",
            **settings,
        )
        made.append(one)
        return one

    yield make
    for one in made:
        run(one.stop())


@pytest.fixture
def queries(make_queries):
    return make_queries()


async def answered(queries, sql, person="ada"):
    """Run SQL to its end."""
    begun = await queries.begin(NewDatasetQuery(sql=sql), person)
    for _ in range(60):
        query = await queries.ended(begun.id, person, 20)
        if query.status is not QueryStatus.RUNNING:
            return query
    raise AssertionError(query)


@pytest.fixture
def known(run, take):
    return run(take("a,b\n1,x\n2,y\n3,\n"))


async def test_a_result_is_kept_with_its_names_and_types_and_given_page_by_page(known, queries):
    query = await answered(
        queries,
        "SELECT range AS n, b, sum(a) OVER () AS s, 1.50 AS d, DATE '2024-01-02' AS day "
        "FROM file, range(1000) ORDER BY n, a",
    )
    assert query.failure is None
    assert (query.status, query.rows, query.is_cut) == (QueryStatus.DONE, 3000, False)
    assert query.columns == ("n", "b", "s", "d", "day")
    assert query.types[2] == "HUGEINT"
    first = await queries.rows(query.id, "ada", 0, 2)
    assert first.rows == ((0, "x", "6000", "1.50", "2024-01-02"),
                          (0, "y", "6000", "1.50", "2024-01-02"))  # fmt: skip
    assert first.truncated
    later = await queries.rows(query.id, "ada", 2998, 10)
    assert [row[:2] for row in later.rows] == [(999, "y"), (999, None)]
    assert not later.truncated


async def test_a_result_of_more_rows_than_are_kept_says_so(make_queries):
    query = await answered(make_queries(max_result_rows=1000), "SELECT * FROM range(1000000000)")
    assert (query.rows, query.is_cut) == (1000, True)


async def test_every_type_comes_back_as_people_read_it(known, queries):
    query = await answered(
        queries,
        "SELECT 170141183460469231731687303715884105727 AS huge, INTERVAL 90 MINUTE AS span, "
        "{'a': 1, 'b': [1, 2]} AS nested, MAP {'k': 1} AS map, 'NaN'::DOUBLE AS nan, "
        "TIMESTAMPTZ '2024-01-01 00:00:00+00' AS zoned, '\\x01\\xFF'::BLOB AS bytes, true AS yes, "
        "'1'::BIT AS bit, NULL AS nothing, [1]::INTEGER[] AS list, 1 AS huge",
    )
    assert query.failure is None
    (row,) = (await queries.rows(query.id, "ada", 0, 1)).rows
    assert row == (
        "170141183460469231731687303715884105727", "01:30:00", "{'a': 1, 'b': [1, 2]}", "{k=1}",
        "nan", "2024-01-01 00:00:00+00", "\\x01\\xFF", True, "1", None, "[1]", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "part", "message"),
    [
        ("SELECT a,\n  nope\nFROM file", "nope", "not found"),
        ("SELECT 'Bodø Tromsø', nope FROM file", "nope", "not found"),
        ("SELEC a FROM file", "SELEC", "syntax error"),
        ("SELECT fooo(a) FROM file", "fooo(a)", "does not exist"),
        ("SELECT * FROM no_such_dataset", "no_such_dataset", "no dataset called"),
        ("-- a remark; with a semicolon\nSELECT [b] + 1 FROM file;", None, "function"),
        ("SELECT CAST(b AS INTEGER) FROM file", None, 'Could not convert string "x"'),
    ],
)
async def test_what_is_wrong_is_shown_at_its_place_in_the_text(known, queries, sql, part, message):
    query = await answered(queries, sql)
    assert query.status is QueryStatus.FAILED
    assert message in query.failure.message
    assert query.failure.message.endswith((".", "!", "?"))
    if part is not None:
        place, length = query.failure.place, query.failure.length
        assert sql[place : place + length] == part


async def test_a_name_that_is_no_dataset_s_any_more_is_told_with_the_way_out(
    known, queries, datasets
):
    failure = (await answered(queries, "SELECT * FROM fille")).failure
    assert (failure.message, failure.hint, failure.place) == (
        "There is no dataset called 'fille'.", "Did you mean file?", 14,
    )  # fmt: skip
    await datasets.remove((await datasets.get_by_name("file")).id)
    failure = (await answered(queries, "SELECT * FROM file")).failure
    assert failure.message == "The dataset 'file' was removed from the Data panel."
    assert failure.hint == "Add its file again to have it back: file.csv."


async def test_cancelling_kills_what_works_on_the_query(queries):
    begun = await queries.begin(
        NewDatasetQuery(
            sql="SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a = -b"
        ),
        "ada",
    )
    for _ in range(3000):
        await asyncio.sleep(0.01)
        if queries._sandbox._running:
            break
    pid = next(iter(queries._sandbox._running)).pid
    ended = await queries.cancel(begun.id, "ada")
    assert ended.status is QueryStatus.CANCELLED
    assert ended.seconds is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_query_and_its_rows_are_only_for_who_ran_it(known, queries):
    query = await answered(queries, "SELECT a FROM file")
    for attempt in (
        queries.get(query.id, "bob"),
        queries.rows(query.id, "bob", 0, 1),
        queries.cancel(query.id, "bob"),
        queries.forget(query.id, "bob"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await queries.list_some("bob", "", "", 50) == []
    await queries.clear("bob")
    assert len(await queries.list_some("ada", "", "", 50)) == 1


async def test_the_history_is_searched_by_words_and_forgets_the_oldest(make_queries):
    queries = make_queries(max_history=3)
    for number in (1, 2, 3, 4):
        await answered(queries, f"SELECT {number} AS Price")
    found = await queries.list_some("ada", "", "", 50)
    assert [one.sql[7] for one in found] == ["4", "3", "2"]
    assert [one.sql[7] for one in await queries.list_some("ada", "price 3", "", 50)] == ["3"]
    assert [one.sql[7] for one in await queries.list_some("ada", "", found[0].id, 1)] == ["3"]
    assert len(list(queries._results.glob("*.parquet"))) == 3
    await queries.forget(found[0].id, "ada")
    await queries.clear("ada")
    assert await queries.list_some("ada", "", "", 50) == []
    assert list(queries._results.iterdir()) == []


async def test_results_survive_a_restart_and_a_query_that_did_not_says_so(known, make_queries):
    first = make_queries()
    query = await answered(first, "SELECT a FROM file")
    lost = await first.begin(
        NewDatasetQuery(sql="SELECT count(*) FROM range(10000000000) a, range(99) b WHERE a = -b"),
        "ada",
    )
    second = make_queries()
    assert (await second.rows(query.id, "ada", 0, 9)).rows == ((1,), (2,), (3,))
    told = await second.get(lost.id, "ada")
    assert (told.status, told.failure.message) == (
        QueryStatus.FAILED, "The server stopped while this query ran.",
    )  # fmt: skip


async def test_old_results_make_room_and_their_queries_stay(make_queries):
    queries = make_queries(max_results_megabytes=1)
    first = await answered(queries, "SELECT hash(range) AS h FROM range(200000)")
    second = await answered(queries, "SELECT hash(range + 1) AS h FROM range(200000)")
    await answered(queries, "SELECT 1")
    with pytest.raises(NotFound, match="made room"):
        await queries.rows(first.id, "ada", 0, 1)
    assert (await queries.get(first.id, "ada")).rows == 200_000
    assert second.rows == 200_000


async def test_a_result_that_is_too_large_for_the_disk_it_may_use_is_refused(make_queries):
    queries = make_queries(max_result_megabytes=1)
    query = await answered(queries, "SELECT hash(range) AS h FROM range(900000)")
    assert "more than the 1 MB" in query.failure.message
    assert list(queries._results.iterdir()) == []


async def test_the_words_are_those_of_this_duckdb_and_tell_nothing_of_the_server(queries):
    words = await queries.words()
    by_name = {one.name: one for one in words.functions}
    assert "select" in words.keywords
    assert by_name["left"].signature == "left(string, count) → VARCHAR"
    assert by_name["regexp_replace"].description
    assert not {"current_setting", "read_csv", "getenv", "write_log"} & set(by_name)
    assert "generate_series" in by_name


async def test_a_page_is_given_quickly(known, queries):
    query = await answered(queries, "SELECT range AS n FROM range(500000)")
    began = time.process_time()
    rows = (await queries.rows(query.id, "ada", 400_000, 200)).rows
    assert (rows[0], len(rows)) == ((400_000,), 200)
    assert time.process_time() - began < 1  # in the server; the child's time is its own


async def test_a_result_is_sorted_filtered_and_searched_by_one_child_that_stays(queries):
    query = await answered(
        queries,
        "SELECT range AS n, 'row ' || (range % 10) AS t, range AS n, (range % 100)::HUGEINT AS h, "
        "MAP {'k': range} AS m, (range / 4)::DECIMAL(18,2) AS d FROM range(3000)",
    )
    assert query.columns == ("n", "t", "n_1", "h", "m", "d")

    async def page(**view):
        asked = NewPage(view=DatasetView(**view), limit=2, columns=(0, 1, 3, 4, 5))
        return await queries.page(query.id, "ada", asked)

    down = await page(
        sorts=(ViewSort(column="h", descending=True), ViewSort(column="n_1", descending=True))
    )
    assert down.rows == ((2999, "row 9", "99", "{k=2999}", "749.75"),
                         (2899, "row 9", "99", "{k=2899}", "724.75"))  # fmt: skip
    assert (down.total, down.is_whole) == (3000, True)
    few = ViewFilter(column="h", kind=FilterKind.BETWEEN, low="3", high="5", below=True)
    assert (await page(filters=(few,), search="ROW 4")).total == 30
    assert (await page(search="{k=12}")).rows[0][0] == 12
    found = await queries.values(
        query.id, "ada", NewValues(view=DatasetView(filters=(few,)), column="t")
    )
    assert [(one.value, one.count) for one in found] == [("row 3", 30), ("row 4", 30)]
    assert len(queries._readers._open) == 1
    with pytest.raises(NotFound):
        await queries.page(query.id, "eve", NewPage(view=DatasetView()))
    await queries.forget(query.id, "ada")
    assert not queries._readers._open


async def test_pages_of_a_result_need_no_new_process_each(queries):
    query = await answered(queries, "SELECT range AS n FROM range(100000)")
    for offset in (50_000, 700, 99_999):
        rows = (await queries.rows(query.id, "ada", offset, 1)).rows
        assert rows == ((offset,),)
    (reader,) = queries._readers._open.values()
    assert reader._last == 3
