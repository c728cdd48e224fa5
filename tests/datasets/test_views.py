"""Views of datasets: the same rows from the file, from the working copy, and from the code."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sponde_server.core.errors import Invalid
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
    for name, view in VIEWS.items():
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
    told[name] = [int(one) for one in view["id"]]
print(json.dumps(told))
"""


@pytest.mark.parametrize("language", [CodeLanguage.PANDAS, CodeLanguage.POLARS])
def test_the_code_gives_the_rows_of_the_view_where_it_runs(copied, dataset, run, language):
    pytest.importorskip(language.value)
    codes, wanted = {}, {}
    for name, view in VIEWS.items():
        code = run(copied.code(dataset.id, NewViewCode(view=view, language=language)))
        codes[name] = code.code
        rows = page(copied, run, dataset, view, columns=(0,)).rows
        wanted[name] = [row[0] for row in rows]
    reading = run(copied._datasets.reading(dataset.id))
    told = run(_ran(RUN.format(select=reading.sql, codes=codes)))
    for name, ids in wanted.items():
        assert told[name] == ids, name


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
