"""Files to take away: what is in them, that they are harmless, and that they go afterwards."""

import csv
import io
import zipfile
from datetime import date

import duckdb
import pytest

from sponde_server.core.errors import Forbidden, Invalid, NotFound, TooLarge
from sponde_server.datasets.grid.records import DatasetView, FilterKind, ViewFilter, ViewSort
from sponde_server.datasets.sql.downloads import SpondeDownloads
from sponde_server.datasets.sql.records import DownloadFormat, NewDatasetDownload, NewDatasetQuery
from sponde_server.datasets.sql.service import SpondeQueries

CSV, SAFE = DownloadFormat.CSV, DownloadFormat.SPREADSHEET_CSV
PARQUET, EXCEL = DownloadFormat.PARQUET, DownloadFormat.EXCEL


@pytest.fixture
def queries(database, datasets, root, tmp_path, run):
    made = SpondeQueries(
        database=database, datasets=datasets, root=root, folder=tmp_path / "datasets",
        max_result_rows=1000,
    )  # fmt: skip
    yield made
    run(made.stop())


@pytest.fixture
def downloads(datasets, queries, tmp_path, run):
    made = SpondeDownloads(datasets=datasets, queries=queries, folder=tmp_path / "datasets")
    yield made
    run(made.stop())


async def fetched(downloads, format, **of):
    """Make a file and give its bytes, as a browser would."""
    made = await downloads.make(NewDatasetDownload(format=format, **of), "ada")
    about, _, path = await downloads.take(made.id, "ada")
    content = path.read_bytes()
    assert about.bytes == len(content)
    return about, content


async def test_an_exact_csv_has_every_value_as_it_is_written(take, downloads):
    dataset, _ = await take(
        'town;price;code;"a ""b"""\nBodø;1,50;007;=1\n"x\ny";-2,25;008;\n', "sales.csv"
    )
    about, content = await fetched(downloads, CSV, dataset_id=dataset.id)
    assert (about.filename, about.rows) == ("sales.csv", 2)
    assert list(csv.reader(io.StringIO(content.decode(), newline=""))) == [
        ["town", "price", "code", 'a "b"'],
        ["Bodø", "1,50", "007", "=1"],
        ["x\ny", "-2,25", "008", ""],
    ]


FORMULAS = [
    "=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1+A1",
    # Behind what nobody sees: spaces, one that does not break, none at all, a mark of byte order.
    "  =1", "\xa0=1", "\u200b=1", "\ufeff=1", "\x0b=1", "\tplain", "-12:30", "-1-1",
]  # fmt: skip
PLAIN = ["-5", "plain", "+1,5", "-3e5", "-", "--", " -1.234,5 ", "+5 %", "a=1", "", "–1"]


async def test_a_spreadsheet_csv_runs_no_formula_and_its_numbers_stay_numbers(downloads):
    values = ", ".join(
        f"({n}, '{text.replace(chr(39), chr(39) * 2)}')"
        for n, text in enumerate([*FORMULAS, *PLAIN, "+47 12"])
    )
    sql = f"""SELECT -n AS negative, t AS " =HYPERLINK(1)", 0.5 - n AS d, DATE '2024-01-02' AS day
              FROM (VALUES {values}) AS v(n, t) ORDER BY n"""
    _, content = await fetched(downloads, SAFE, sql=sql)
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    assert header == ["negative", "' =HYPERLINK(1)", "d", "day"]
    assert [row[1] for row in rows] == [
        *(f"'{text}" for text in FORMULAS), *PLAIN, "'+47 12",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:3]] == ["-1", "-2"]
    assert rows[2][2:] == ["-1.5", "2024-01-02"]


async def test_a_parquet_file_keeps_types_and_sums_stay_whole_numbers(take, downloads, tmp_path):
    await take("a,b\n1,2024-01-02\n2,2024-01-03\n")
    about, content = await fetched(
        downloads, PARQUET,
        sql="SELECT sum(a) AS s, max(b) AS day, 170141183460469231731687303715884105727 AS h, "
        "1 AS s FROM file",
        name="totals / 2024",
    )  # fmt: skip
    assert about.filename == "totals _ 2024.parquet"
    (tmp_path / "x.parquet").write_bytes(content)
    found = duckdb.connect().execute(f"SELECT * FROM '{tmp_path}/x.parquet'")
    assert [(c[0], str(c[1])) for c in found.description] == [
        ("s", "BIGINT"), ("day", "DATE"), ("h", "VARCHAR"), ("s_1", "INTEGER"),
    ]  # fmt: skip
    assert found.fetchone() == (3, date(2024, 1, 3), "170141183460469231731687303715884105727", 1)


def sheet(content):
    """Give the sheet's XML and the texts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode(), book.namelist()


async def test_a_workbook_holds_numbers_dates_and_texts_and_no_formula(downloads):
    about, content = await fetched(
        downloads, EXCEL,
        sql="SELECT '=1+1' AS text, 2.50 AS number, 12345678901234567890 AS long, true AS yes, "
        "DATE '2024-01-02' AS day, TIMESTAMP '2024-01-02 03:04:05' AS moment, DATE '1850-01-01' "
        "AS old, 'NaN'::DOUBLE AS nan, NULL AS nothing, 'https://x.org' AS link, "
        "TIMESTAMPTZ '2024-01-01 00:00:00+00' AS zoned, [1, 2] AS list",
    )  # fmt: skip
    xml, names = sheet(content)
    assert about.filename == "query.xlsx"
    assert "<f>" not in xml
    assert not any("rels" in name and "sheet" in name for name in names)  # no links
    for part in ("<t>=1+1</t>", "<v>2.5</v>", "<t>12345678901234567890</t>", 't="b"><v>1</v>',
                 "<v>45293</v>", "<t>1850-01-01</t>", "<t>nan</t>", "<t>[1, 2]</t>",
                 "<t>2024-01-01 00:00:00+00</t>"):  # fmt: skip
        assert part in xml, part


async def test_a_workbook_writes_as_text_what_spreadsheets_would_count_otherwise(downloads):
    _, content = await fetched(
        downloads, EXCEL, name="a/b: [2024] and a name that is far too long",
        sql="SELECT DATE '1900-02-28' AS early, DATE '1900-03-01' AS first, '0012' AS code, "
        "TIMESTAMP '1900-01-01 00:00:00' AS midnight, DATE 'infinity' AS never, "
        "9007199254740993 AS long, 123456789012345 AS fits, DATE '9999-12-31' AS last, "
        "TIMESTAMP '2024-01-02 03:04:05.678' AS finer",
    )  # fmt: skip
    xml, _ = sheet(content)
    for part in ("<t>1900-02-28</t>", "<v>61</v>", "<t>0012</t>", "<t>1900-01-01 00:00:00</t>",
                 "<t>infinity</t>", "<t>9007199254740993</t>", "<v>123456789012345</v>",
                 "<v>2958465</v>"):  # fmt: skip
        assert part in xml, part
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert "hh:mm:ss.000" in book.read("xl/styles.xml").decode()
        names = book.read("xl/workbook.xml").decode()
    assert 'name="a b 2024 and a name that is far"' in names


async def test_what_a_workbook_cannot_hold_is_told(downloads):
    with pytest.raises(TooLarge, match="holds 1,048,575 rows below its header, and this has 1,048"):
        await fetched(downloads, EXCEL, sql="SELECT * FROM range(1048576)")
    for text in ("x", "🙂"):  # Excel counts a smiley as two
        many = {"x": 40_000, "🙂": 20_000}[text]
        with pytest.raises(TooLarge, match="A text of 't' has 40,000 characters, and an Excel"):
            await fetched(downloads, EXCEL, sql=f"SELECT repeat('{text}', {many}) AS t")
    many = ", ".join(f"1 AS c{n}" for n in range(16_385))
    with pytest.raises(TooLarge, match="holds 16,384 columns"):
        await fetched(downloads, EXCEL, sql=f"SELECT {many}")


async def test_a_result_is_downloaded_whole_also_beyond_the_rows_kept(downloads, queries):
    async def ran(sql):
        begun = await queries.begin(NewDatasetQuery(sql=sql), "ada")
        return await queries.ended(begun.id, "ada", 60)

    small = await ran("SELECT sum(range) AS s, INTERVAL 1 DAY AS i FROM range(10)")
    assert (await fetched(downloads, CSV, query_id=small.id))[1] == b"s,i\n45,1 day\n"
    large = await ran("SELECT * FROM range(5000)")
    assert large.is_cut
    about, content = await fetched(downloads, CSV, query_id=large.id)
    assert (about.rows, content.count(b"\n")) == (5000, 5001)
    with pytest.raises(NotFound):
        await downloads.make(NewDatasetDownload(format=CSV, query_id=large.id), "bob")


async def test_a_file_is_given_once_to_who_made_it(downloads):
    made = await downloads.make(NewDatasetDownload(format=CSV, sql="SELECT 1 AS a"), "ada")
    with pytest.raises(NotFound):
        await downloads.take(made.id, "bob")
    await downloads.take(made.id, "ada")
    with pytest.raises(NotFound, match="fetched already"):
        await downloads.take(made.id, "ada")


async def test_sql_for_a_file_is_checked_as_any_other(take, downloads, root):
    await take("a\n1\n")
    for sql in (
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT 1) TO 'x.csv'; --",
        "DROP VIEW file",
    ):
        with pytest.raises((Forbidden, Invalid)):
            await downloads.make(NewDatasetDownload(format=CSV, sql=sql), "ada")
    with pytest.raises(Invalid, match="made of one thing"):
        await downloads.make(NewDatasetDownload(format=CSV), "ada")
    assert list(downloads._folder.iterdir()) == []


async def test_a_file_that_becomes_too_large_is_refused_and_leaves_nothing(
    datasets, queries, tmp_path
):
    downloads = SpondeDownloads(
        datasets=datasets, queries=queries, folder=tmp_path / "small", max_download_megabytes=1
    )
    for format in (CSV, PARQUET, EXCEL):
        with pytest.raises(TooLarge, match="more than the 1 MB"):
            await downloads.make(
                NewDatasetDownload(format=format, sql="SELECT hash(range) h FROM range(300000)"), ""
            )
        assert list((tmp_path / "small" / "downloads").iterdir()) == []
    await downloads.stop()


async def test_over_http_the_file_streams_and_is_deleted_when_it_was_sent(
    api, jp_fetch, jp_serverapp
):
    made = await api("POST", "/dataset-downloads", {"format": "csv", "sql": "SELECT 1 AS a"})
    answer = await jp_fetch("sponde", "api", "dataset-downloads", made["id"])
    assert answer.body == b"a\n1\n"
    assert "query.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    gone = await api("GET", f"/dataset-downloads/{made['id']}")
    assert "fetched already" in gone["message"]


VIEW = DatasetView(
    sorts=(ViewSort(column="price", descending=True),),
    filters=(ViewFilter(column="price", kind=FilterKind.BETWEEN, low="1"),),
    search="o",
    columns=("day", "price", "town"),
)


async def test_a_view_is_taken_away_as_written_or_with_its_types(take, downloads):
    dataset, _ = await take(
        "town;price;day\nOslo;1,50;01.02.2024\nBodø;1,5;02.02.2024\nRome;0,9;03.02.2024\n"
        "Bonn;;04.02.2024\nPécs;7,0;05.02.2024\nLyon;12,25;06.02.2024\n", "towns.csv"
    )  # fmt: skip
    made = await downloads.make(
        NewDatasetDownload(format=CSV, dataset_id=dataset.id, view=VIEW, name="towns-view"), "ada"
    )
    about, _, path = await downloads.take(made.id, "ada")
    assert (about.filename, about.rows) == ("towns-view.csv", 3)
    assert path.read_text() == (
        'day,price,town\n06.02.2024,"12,25",Lyon\n01.02.2024,"1,50",Oslo\n02.02.2024,"1,5",Bodø\n'
    )
    _, content = await fetched(downloads, SAFE, dataset_id=dataset.id, view=VIEW)
    assert content.decode().splitlines()[1:] == [
        '2024-02-06,12.25,"Lyon"', '2024-02-01,1.5,"Oslo"', '2024-02-02,1.5,"Bodø"',
    ]  # fmt: skip


async def test_a_view_that_is_none_of_a_dataset_is_refused(downloads, take):
    dataset, _ = await take("a,b\n1,2\n")
    with pytest.raises(Invalid, match="A view is one of a dataset"):
        await downloads.make(NewDatasetDownload(format=CSV, sql="SELECT 1", view=VIEW), "ada")
    with pytest.raises(Invalid, match="There is no column"):
        await downloads.make(
            NewDatasetDownload(format=CSV, dataset_id=dataset.id, view=VIEW), "ada"
        )


@pytest.mark.parametrize("rows", ["1,2,3,4\n5,6,7,8\n", ""])
async def test_an_exact_csv_names_its_columns_as_the_file_does(take, downloads, rows):
    content = f'a,a,,"x, ""y"""\n{rows}'
    dataset, profile = await take(content, "twice.csv")
    assert len({column.name for column in profile.columns}) == 4
    _, made = await fetched(downloads, CSV, dataset_id=dataset.id)
    assert made.decode() == content
    view = DatasetView(columns=(profile.columns[2].name, profile.columns[1].name))
    _, made = await fetched(downloads, CSV, dataset_id=dataset.id, view=view)
    assert made.decode() == (",a\n3,2\n7,6\n" if rows else ",a\n")
