"""Views of datasets: the same rows from the file, from the working copy, and from the code."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sponde_server.core.errors import Invalid, TooLarge
from sponde_server.datasets.grid.readers import Readers
from sponde_server.datasets.grid.records import (
    CodeLanguage,
    DatasetView,
    FilterKind,
    NewPage,
    NewValues,
    NewViewCode,
    ViewFilter,
    ViewSort,
)
from sponde_server.datasets.grid.service import SpondeViews
from sponde_server.datasets.records import Dataset
from sponde_server.datasets.service import SpondeDatasets

CITIES = ("Oslo", "Bergen", "Tromsø", "a 'quoted' one", "with, comma")
Run = Callable[[Awaitable[Any]], Any]


def sales() -> str:
    """Write a table with every kind of value, gaps, and numbers as Germans write them."""
    lines = ["id;day;at;city;amount;units;paid;hour;note"]
    for n in range(1200):
        gap = n % 13 == 0
        lines.append(
            ";".join(
                [
                    str(n),
                    f"2024-{1 + n % 12:02}-{1 + n % 28:02}",
                    f"2024-01-01 {n % 24:02}:{n % 60:02}:00",
                    "" if gap else CITIES[n % 5],
                    "" if n % 17 == 0 else f"{(n * 7919 % 10007) / 100:.2f}".replace(".", ","),
                    "" if n % 19 == 0 else str(n * 31 % 50),
                    "true" if n % 3 else "false",
                    f"{n % 24:02}:15:00",
                    f'"line {n}; ""said"" Ünïcode"',
                ]
            )
        )
    return "\n".join(lines) + "\n"


@pytest.fixture
def views(datasets: SpondeDatasets, tmp_path: Path, run: Run) -> Iterator[SpondeViews]:
    made = SpondeViews(datasets=datasets, folder=tmp_path / "datasets")
    yield made
    run(made.stop())


@pytest.fixture
def dataset(take: Callable[..., Awaitable[Any]], run: Run) -> Dataset:
    found, _ = run(take(sales(), "sales.csv"))
    return found  # type: ignore[no-any-return]


def one(column: str, kind: FilterKind, *values: str, **more: Any) -> ViewFilter:
    return ViewFilter(column=column, kind=kind, values=values, **more)


VIEWS = {
    "as it is": DatasetView(),
    "sorted by two": DatasetView(
        sorts=(ViewSort(column="city", descending=True), ViewSort(column="amount"))
    ),
    "contains": DatasetView(filters=(one("city", FilterKind.CONTAINS, "TROMSØ"),)),
    "among": DatasetView(
        filters=(one("city", FilterKind.AMONG, "a 'quoted' one", "with, comma"),),
        columns=("city", "id"),
    ),
    "not among": DatasetView(filters=(one("city", FilterKind.AMONG, "Oslo", negated=True),)),
    "empty": DatasetView(filters=(one("amount", FilterKind.EMPTY),)),
    "not empty": DatasetView(filters=(one("units", FilterKind.EMPTY, negated=True),)),
    "number range": DatasetView(
        filters=(one("amount", FilterKind.BETWEEN, low="10.5", high="20", below=True),),
        sorts=(ViewSort(column="amount", descending=True),),
    ),
    "whole numbers": DatasetView(filters=(one("units", FilterKind.AMONG, "7", "31"),)),
    "days": DatasetView(
        filters=(one("day", FilterKind.BETWEEN, low="2024-03-05", high="2024-04-02"),),
        sorts=(ViewSort(column="day"), ViewSort(column="id", descending=True)),
    ),
    "moments": DatasetView(
        filters=(one("at", FilterKind.BETWEEN, low="2024-01-01 06:30", high="2024-01-01 07:00"),)
    ),
    "hours": DatasetView(filters=(one("hour", FilterKind.BETWEEN, low="22:00"),)),
    "yes": DatasetView(filters=(one("paid", FilterKind.AMONG, "true"),)),
    "search": DatasetView(search="BERGEN", sorts=(ViewSort(column="units"),)),
    "search a number": DatasetView(search="11"),
}


def page(views: SpondeViews, run: Run, dataset: Dataset, view: DatasetView, **more: Any) -> Any:
    asked = NewPage(view=view, limit=more.pop("limit", 2000), **more)
    return run(views.page(dataset.id, asked))


@pytest.fixture
def copied(views: SpondeViews, dataset: Dataset, run: Run) -> SpondeViews:
    """Give views over a working copy."""
    views.copy_from_megabytes = 1
    views._copies.pays = lambda *_: True  # type: ignore[method-assign]
    assert run(views.make_copy(dataset.id))
    return views


def test_every_view_is_the_same_from_the_file_and_from_the_working_copy(views, dataset, run):
    from_file = {name: page(views, run, dataset, view) for name, view in VIEWS.items()}
    written = {name: page(views, run, dataset, view, written=True) for name, view in VIEWS.items()}
    assert not from_file["as it is"].has_copy
    views._copies.pays = lambda *_: True
    assert run(views.make_copy(dataset.id))
    for name, view in VIEWS.items():
        whole = page(views, run, dataset, view)
        assert whole.has_copy
        assert (whole.rows, whole.total) == (from_file[name].rows, from_file[name].total), name
        assert page(views, run, dataset, view, written=True).rows == written[name].rows, name
        # A page by itself is what stands there in the whole.
        for offset in (0, 90, 450, 1100):
            part = page(views, run, dataset, view, offset=offset, limit=25)
            assert part.rows == whole.rows[offset : offset + 25], (name, offset)
            assert part.total == whole.total
    assert from_file["as it is"].total == 1200
    assert 0 < from_file["number range"].total < 200
    assert from_file["among"].total + from_file["not among"].total > 0


def test_values_are_shown_as_written_on_demand(views, dataset, run):
    typed = page(views, run, dataset, DatasetView(), limit=3, columns=(4, 6, 8))
    written = page(views, run, dataset, DatasetView(), limit=3, columns=(4, 6, 8), written=True)
    assert typed.rows[1] == (79.19, True, 'line 1; "said" Ünïcode')
    assert written.rows[1] == ("79,19", "true", 'line 1; "said" Ünïcode')


def test_sql_gives_the_rows_of_the_view(copied, dataset, datasets, run):
    con = duckdb.connect()
    con.execute(f"CREATE VIEW sales AS {run(datasets.reading(dataset.id)).sql}")
    for name, view in (VIEWS | made_up()).items():
        code = run(copied.code(dataset.id, NewViewCode(view=view, language=CodeLanguage.SQL))).code
        ids = [row[0] for row in con.sql(f"SELECT id FROM ({code})").fetchall()]
        names = con.sql(code).columns
        assert len(names) == (len(view.columns) or 9)
        wanted = [row[0] for row in page(copied, run, dataset, view, columns=(0,)).rows]
        # What is equal in the order may stand in any: the rows are the same.
        assert sorted(ids) == sorted(wanted), name


RUN = """
import json, sys
import duckdb
import sponde

class Stand:
    def __init__(self, name): self.name = name
    def _rel(self): return duckdb.sql(SELECT)
    def df(self): return self._rel().df()
    def arrow(self): return self._rel().to_arrow_table()

sponde.dataset = Stand
duckdb.sql("SET TimeZone = 'UTC'")
SELECT = {select!r}
told = {{}}
for name, code in {codes!r}.items():
    space = {{}}
    *body, last = code.splitlines()
    exec("\\n".join(body), space)
    view = eval(last, space)
    told[name] = [list(view.columns), [int(one) for one in view["id"]]]
print(json.dumps(told))
"""


def asked_of(chance: random.Random, column: str) -> ViewFilter:
    """Make up a filter that a person may click together for a column."""
    value, low, high = MADE_UP[column]
    kind = chance.choice(list(FilterKind))
    negated = chance.random() < 0.4
    if kind is FilterKind.EMPTY:
        return one(column, kind, negated=negated)
    if kind is FilterKind.CONTAINS:
        return one(column, kind, chance.choice(value)[1:4] or "1", negated=negated)
    if kind is FilterKind.AMONG or low is None:
        some = chance.sample(value, k=chance.randint(1, len(value)))
        return one(column, FilterKind.AMONG, *some, negated=negated)
    bounds = chance.choice([{"low": low}, {"high": high}, {"low": low, "high": high}])
    return one(column, kind, negated=negated, below=chance.random() < 0.5, **bounds)


MADE_UP: dict[str, tuple[list[str], str | None, str | None]] = {
    "id": (["7", "110", "1199"], "30", "900.5"),
    "day": (["2024-03-03", "2024-12-28", "2024-01-01"], "2024-03-05", "2024-09-02"),
    "at": (["2024-01-01 03:03:00", "2024-01-01 00:00:00"], "2024-01-01 06:30", "2024-01-01 20:00"),
    "city": ([*CITIES], None, None),
    "amount": (["79.19", "12.5", "0"], "10.5", "60"),
    "units": (["7", "31", "0"], "5", "40"),
    "paid": (["true", "false"], None, None),
    "hour": (["22:15:00", "00:15:00"], "04:00", "21:30"),
    "note": (['line 7; "said" Ünïcode', "nothing"], None, None),
}


def made_up() -> dict[str, DatasetView]:
    """Make up views of all kinds: one filter of each operator for each column, and mixtures."""
    chance = random.Random(20)
    made = {}
    for number in range(70):
        filters = tuple(
            asked_of(chance, column)
            for column in chance.sample(list(MADE_UP), k=1 if number < 50 else chance.randint(0, 3))
        )
        sorts = tuple(
            ViewSort(column=column, descending=chance.random() < 0.5)
            for column in chance.sample(list(MADE_UP), k=chance.randint(0, 2))
        )
        rest = chance.sample(list(MADE_UP)[1:], k=chance.randint(0, 5))
        made[f"{number}"] = DatasetView(
            filters=filters,
            sorts=sorts,
            search=chance.choice(["", "", "", "ÜN", "sl", "03", "true", ".5", "15:00"]),
            columns=("id", *rest) if rest else (),
        )
    return made


@pytest.mark.parametrize("views_of", [lambda: VIEWS, made_up], ids=["named", "made up"])
@pytest.mark.parametrize("language", [CodeLanguage.PANDAS, CodeLanguage.POLARS])
def test_the_code_gives_the_rows_of_the_view_where_it_runs(
    copied, dataset, run, language, views_of
):
    pytest.importorskip(language.value)
    codes, wanted = {}, {}
    for name, view in views_of().items():
        code = run(copied.code(dataset.id, NewViewCode(view=view, language=language)))
        codes[name] = code.code
        rows = page(copied, run, dataset, view, columns=(0,)).rows
        wanted[name] = [list(view.columns) or list(MADE_UP), [row[0] for row in rows]]
    reading = run(copied._datasets.reading(dataset.id))
    told = run(_ran(RUN.format(select=reading.sql, codes=codes)))
    assert any(rows for _, rows in wanted.values())
    for name, ids in wanted.items():
        assert told[name] == ids, codes[name]


def test_plots_are_drawn_by_their_code(copied, dataset, run):
    pytest.importorskip("matplotlib")
    wishes = [("amount",), ("day",), ("city",), ("amount", "units"), ("city", "amount"),
              ("amount", "day"), ("city", "paid")]  # fmt: skip
    codes = {}
    for plot in wishes:
        new = NewViewCode(view=VIEWS["not empty"], plot=plot)
        codes["/".join(plot)] = run(copied.code(dataset.id, new)).code
    reading = run(copied._datasets.reading(dataset.id))
    script = RUN.format(select=reading.sql, codes={}) + (
        "import matplotlib; matplotlib.use('agg')\n"
        f"for code in {codes!r}.values():\n"
        "    space = {}\n    exec(code, space)\n    assert space['axes'].get_figure()\n"
        "print(json.dumps('drawn'))\n"
    )
    assert run(_ran(script)) == "drawn"


async def _ran(script: str) -> Any:
    import sys

    tools = Path(__file__).parents[2] / "kernel_tools"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tools)!r})\n" + script,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, problems = await process.communicate()
    assert process.returncode == 0, problems.decode()[-3000:]
    return json.loads(out.decode().splitlines()[-1])


def test_the_values_to_choose_from_leave_out_the_columns_own_filter(views, dataset, run):
    view = DatasetView(
        filters=(
            one("city", FilterKind.AMONG, "Oslo"),
            one("paid", FilterKind.AMONG, "true"),
        )
    )
    found = run(views.values(dataset.id, NewValues(view=view, column="city")))
    assert {value.value for value in found} == {*CITIES, None}
    found = run(views.values(dataset.id, NewValues(view=view, column="city", search="RGE")))
    assert [value.value for value in found] == ["Bergen"]


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (DatasetView(sorts=(ViewSort(column="nothing"),)), "There is no column 'nothing'"),
        (
            DatasetView(filters=(one("amount", FilterKind.BETWEEN, low="much"),)),
            "'much' does not fit 'amount'",
        ),
        (DatasetView(filters=(one("day", FilterKind.AMONG, "soon"),)), "'soon' does not fit 'day'"),
        (DatasetView(filters=(one("day", FilterKind.BETWEEN),)), "has no bounds"),
        (DatasetView(filters=(one("city", FilterKind.AMONG),)), "0 values cannot be chosen"),
    ],
)
def test_what_no_view_can_be_is_refused_in_a_sentence(views, dataset, run, view, message):
    with pytest.raises(Invalid, match=message) as told:
        page(views, run, dataset, view)
    assert told.value.hint


def test_a_value_cannot_become_sql(copied, dataset, run):
    hostile = "') OR 1=1; COPY (SELECT 1) TO '/tmp/x'; --"
    view = DatasetView(
        filters=(one("city", FilterKind.AMONG, hostile), one("note", FilterKind.CONTAINS, hostile)),
        search=hostile,
    )
    assert page(copied, run, dataset, view).total == 0
    code = run(copied.code(dataset.id, NewViewCode(view=view, language=CodeLanguage.SQL))).code
    assert len(duckdb.extract_statements(code)) == 1


def test_a_copy_goes_with_its_file_and_with_its_dataset(copied, dataset, datasets, root, run):
    folder = copied._copies._folder
    (old,) = folder.glob("*.working.parquet")
    (root / "sales.csv").write_text(sales() + "5000;;;;;;;;\n")
    assert page(copied, run, dataset, DatasetView()).total == 1201
    assert run(copied.make_copy(dataset.id))
    (new,) = folder.glob("*.working.parquet")
    assert new != old
    run(datasets.remove(dataset.id))
    run(copied._forget(dataset.id))
    assert not list(folder.glob("*.working.parquet*"))


def test_copies_have_no_more_room_than_they_may_and_half_made_ones_are_cleared(copied, dataset):
    folder = copied._copies._folder
    (copy,) = folder.glob("*.working.parquet")
    half = folder / f"{dataset.id}-0.working.parquet.part"
    lost = folder / "01gone-0.working.parquet"
    half.write_bytes(b"PAR1")
    lost.write_bytes(b"PAR1")
    copied._copies._is_tidied = False
    copied._copies.tidy([dataset.id])
    assert sorted(folder.glob("*.working.parquet*")) == [copy]
    copied._copies.trim(10**9)
    assert copy.exists()
    copied._copies.trim(10)
    assert not copy.exists()


def test_a_long_text_is_cut_on_a_page_and_whole_on_demand(views, take, run):
    found, _ = run(take("a,b\n1," + "x" * 5000 + "\n", "long.csv"))
    assert len(page(views, run, found, DatasetView()).rows[0][1]) == 501
    assert len(page(views, run, found, DatasetView(), whole=True).rows[0][1]) == 5000


def test_a_wide_file_gives_the_columns_that_are_asked_for(views, take, run):
    names = [f"c{n}" for n in range(400)]
    text = ",".join(names) + "\n" + "\n".join(",".join(["7"] * 400) for _ in range(3))
    found, _ = run(take(text, "wide.csv"))
    part = page(views, run, found, DatasetView(), columns=(399, 5))
    assert part.rows == ((7, 7),) * 3


def shown(rows: int, **more: Any) -> dict[str, Any]:
    """Open a child over so many rows without a file: n, its text, and a number without order."""
    columns = "range AS n, 'row ' || range AS t, hash(range) AS h, range AS _sponde_row"
    return {
        "work": "view",
        "memory": 500_000_000,
        "threads": 2,
        "files": [],
        "views": [f"CREATE VIEW shown AS SELECT {columns} FROM range({rows})"],
        "table": "",
        "is_numbered": True,
        "loads": "",
        "names": ["n", "t", "h"],
        "total": rows,
        **more,
    }


def asks(when: str = "counted", **more: Any) -> dict[str, Any]:
    """Ask for the first rows of a view."""
    return {
        "work": "page",
        "where": "",
        "given": [],
        "order": "",
        "columns": [[0, "BIGINT"]],
        "offset": 0,
        "limit": 3,
        "written": False,
        "longest": 500,
        "exact": False,
        "when": when,
        **more,
    }


@pytest.fixture
def readers(tmp_path: Path, run: Run) -> Iterator[Readers]:
    made = Readers(tmp_path / "scratch", 2)
    yield made
    run(made.stop())
    assert not list((tmp_path / "scratch").glob("*"))


ENDLESS = "(SELECT count(*) FROM range(1000000000000) AS x(i) WHERE i * n = 3) = 1"


async def test_the_first_rows_of_a_search_come_before_all_are_looked_through(readers):
    # From two million on each row takes long: nobody waits for those.
    slow = "CASE WHEN n < 2000000 THEN true ELSE sha256(repeat(t, 8000)) <> '' END"
    asked = asks("early", where=f"n % 7 = 0 AND {slow}")
    opening = shown(3_000_000)
    told = await readers.ask("a", opening, asked, seconds=60)
    assert told["rows"] == [[0], [7], [14]]
    assert not told["is_whole"]
    assert 10_000 < told["total"] < 300_000
    waiting = asyncio.ensure_future(
        readers.ask("a", opening, {**asked, "when": "whole"}, seconds=60)
    )
    # Meanwhile others get theirs from the same child, which lets go when nobody waits.
    plain = await readers.ask("a", opening, asks(offset=1_999_998), seconds=60)
    assert plain["rows"] == [[1_999_998], [1_999_999], [2_000_000]]
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other = await readers.ask("a", opening, asks(where="n < 2"), seconds=60)
    assert (other["rows"], other["total"], other["is_whole"]) == ([[0], [1]], 2, True)
    again = await readers.ask("a", opening, asked, seconds=60)
    assert again["rows"] == told["rows"]


async def test_the_first_page_of_a_sorted_view_is_that_of_the_whole_order(readers):
    opening, order = shown(300_000), "h DESC NULLS LAST"
    first = await readers.ask("a", opening, asks("early", order=order), seconds=60)
    assert (first["total"], first["is_whole"]) == (300_000, False)
    whole = await readers.ask("a", opening, asks("whole", order=order), seconds=60)
    assert whole == {**first, "is_whole": True}
    some = asks("early", order=order, where="n % 2 = 0", offset=149_998, limit=100)
    last = await readers.ask("a", opening, some, seconds=60)
    assert (len(last["rows"]), last["total"], last["is_whole"]) == (2, 150_000, True)


async def test_what_takes_too_long_is_let_go_and_the_child_lives_on(readers):
    opening = shown(10)
    before = await readers.ask("a", opening, asks(), seconds=60)
    with pytest.raises(TooLarge, match="longer than the 1 seconds"):
        await readers.ask("a", opening, asks(where=ENDLESS), seconds=1)
    child = readers._open["a"]
    assert await readers.ask("a", opening, asks(), seconds=60) == before
    assert readers._open["a"] is child


async def test_no_more_children_than_are_allowed_stay_and_none_is_ended_at_work(readers):
    busy = [
        asyncio.ensure_future(readers.ask(key, shown(10), asks(where=ENDLESS), seconds=60))
        for key in "ab"
    ]

    async def both_work() -> None:
        # Its inside tells of no event.
        while len(readers._open) < 2 or not all(  # noqa: ASYNC110
            one._asked for one in readers._open.values()
        ):
            await asyncio.sleep(0.02)

    await asyncio.wait_for(both_work(), 60)
    third = asyncio.ensure_future(readers.ask("c", shown(10), asks(), seconds=60))
    await asyncio.sleep(0.1)
    assert set(readers._open) == {"a", "b"}
    busy[0].cancel()
    assert len((await third)["rows"]) == 3
    assert set(readers._open) == {"b", "c"}
    busy[1].cancel()
    await asyncio.gather(*busy, return_exceptions=True)


def test_columns_may_have_the_names_that_the_table_uses_itself(views, take, run):
    views._copies.pays = lambda *_: True
    dataset, _ = run(take("rowid,v1,v0,_place\n3,c,x,1\n1,a,y,2\n2,b,z,3\n", "odd.csv"))
    assert run(views.make_copy(dataset.id))
    view = DatasetView(sorts=(ViewSort(column="rowid"),))
    assert page(views, run, dataset, view).rows == (
        (1, "a", "y", 2),
        (2, "b", "z", 3),
        (3, "c", "x", 1),
    )
    view = DatasetView(filters=(one("v1", FilterKind.AMONG, "c"),))
    assert page(views, run, dataset, view, columns=(2, 0)).rows == (("x", 3),)
