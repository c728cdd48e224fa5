"""Files of every kind become datasets: packed ones, workbooks, JSON, Arrow, and others' kinds."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from pathlib import Path

import pytest
from made_workbook import DAY, MOMENT, workbook

from sponde_server.core.errors import Conflict, SpondeError

FILES = Path(__file__).with_name("files")
TEXT = "navn,by,beløp\nKåre,Bodø,1\nÅse,Tromsø,2\n"
ROWS = [["Kåre", "Bodø", "1"], ["Åse", "Tromsø", "2"]]


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def zstd(content):
    import pyarrow

    return pyarrow.compress(content, codec="zstd", asbytes=True)


PACKED = {
    "gzip": ("x.csv.gz", gzip.compress),
    "zstd": ("x.csv.zst", zstd),
    "bzip2": ("x.csv.bz2", bz2.compress),
    "xz": ("x.csv.xz", lzma.compress),
    "zip": ("x.zip", lambda content: zipped({"folder/x.csv": content})),
}


async def rows_of(datasets, dataset):
    return [list(row) for row in (await datasets.rows(dataset.id, limit=1000)).rows]


@pytest.mark.parametrize("how", PACKED)
async def test_a_packed_table_is_read_as_what_is_inside(take, datasets, root, how):
    name, pack = PACKED[how]
    content = pack(TEXT.encode())
    dataset, profile = await take(content, name)
    assert (profile.dialect.packed, profile.dialect.kind.value) == (how, "csv")
    assert await rows_of(datasets, dataset) == ROWS
    assert [one.name for one in profile.columns] == ["navn", "by", "beløp"]
    table = await datasets.query("SELECT sum(beløp) FROM x")
    assert table.rows[0][0] in (3, "3", 3.0)
    assert dataset.bytes == len(content)
    assert (root / name).read_bytes() == content


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig", "utf-16-be"])
async def test_every_encoding_is_read_inside_of_a_packed_file(take, datasets, encoding):
    dataset, profile = await take(gzip.compress(TEXT.encode(encoding)), "x.csv.gz")
    assert await rows_of(datasets, dataset) == ROWS
    assert [one.name for one in profile.columns] == ["navn", "by", "beløp"]


async def test_broken_rows_in_a_packed_file_are_reported_with_their_lines(take, datasets):
    dataset, profile = await take(gzip.compress(b"a,b\n1,2\n3\n4,5,6\n7,8\n"), "x.csv.gz")
    assert await rows_of(datasets, dataset) == [["1", "2"], ["3", None], ["7", "8"]]
    assert [one.line for one in profile.problems] == [3, 4]
    assert profile.rows + profile.rows_left_out == 4


async def test_what_was_made_of_a_file_is_made_anew_when_it_changes(take, datasets, root):
    dataset, _ = await take(gzip.compress(b"a,b\n1,2\n"), "x.csv.gz")
    (root / "x.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n3,4\n"))
    assert await rows_of(datasets, dataset) == [["1", "2"], ["3", "4"]]
    await datasets.remove(dataset.id)
    await datasets.restore(dataset.id)
    assert await rows_of(datasets, dataset) == [["1", "2"], ["3", "4"]]


async def test_each_file_of_an_archive_becomes_a_dataset(take, datasets):
    files = {
        "2024/sales.csv": "a,b\n1,2\n", "costs.tsv": "c\td\n3\t4\n", "notes.txt": "Read me.",
        "__MACOSX/._sales.csv": "x", "deep.json": '[{"a": 1}]',
        "more.csv.gz": gzip.compress(b"z\n9\n"),
    }  # fmt: skip
    dataset, profile = await take(zipped(files), "pack.zip")
    assert profile.parts == ("2024/sales.csv", "costs.tsv", "deep.json", "more.csv.gz")
    assert (dataset.name, dataset.part) == ("pack", "2024/sales.csv")
    known = {one.name: one for one in await datasets.list_all()}
    assert set(known) == {"pack", "pack_costs", "pack_deep", "pack_more"}
    assert await rows_of(datasets, known["pack_costs"]) == [["3", "4"]]
    assert await rows_of(datasets, known["pack_deep"]) == [[1]]
    again = await datasets.add("pack.zip", part="costs.tsv")
    assert again.id == known["pack_costs"].id


async def test_a_workbook_s_sheets_become_datasets_with_types(take, datasets, root):
    sheets = {
        "Empty": [],
        "Sales": [
            [], [None, "Sales of the north"], [],
            [None, "day", "when", "town", "n", "share", "ok"],
            [None, (45000, DAY), (45000.5, MOMENT), "Bodø", 1, 0.5, True],
            [None, (45001, DAY), (45001, MOMENT), "a, b", 2, 1, False],
        ],
        "Costs": [["what", "n"], ["x", 1], ["y", 2]],
        "Hidden": [["k"], [1]],
    }  # fmt: skip
    content = workbook(sheets, hidden=("Hidden",))
    dataset, profile = await take(content, "report.xlsx")
    assert profile.parts == ("Sales", "Costs", "Hidden")
    assert (dataset.part, profile.dialect.kind.value) == ("Sales", "excel")
    assert [(one.name, one.type) for one in profile.columns] == [
        ("day", "DATE"), ("when", "TIMESTAMP"), ("town", "VARCHAR"), ("n", "BIGINT"),
        ("share", "DOUBLE"), ("ok", "BOOLEAN"),
    ]  # fmt: skip
    assert [(one.line, one.kind.value) for one in profile.problems] == [(2, "preamble")]
    table = await datasets.query("SELECT day, town, share FROM report ORDER BY day")
    assert [list(row) for row in table.rows] == [
        ["2023-03-15", "Bodø", 0.5], ["2023-03-16", "a, b", 1.0],
    ]  # fmt: skip
    names = {one.name for one in await datasets.list_all()}
    assert names == {"report", "report_costs"}
    hidden = await datasets.add("report.xlsx", part="Hidden")
    assert (await datasets.profile(hidden.id)).rows == 1
    assert (root / "report.xlsx").read_bytes() == content


async def test_old_workbooks_are_read(take, datasets):
    dataset, profile = await take((FILES / "old.xls").read_bytes(), "old.xls")
    assert (profile.parts, dataset.part) == (("Birds", "More"), "Birds")
    assert [(one.name, one.type) for one in profile.columns] == [
        ("day", "DATE"), ("town", "VARCHAR"), ("n", "DOUBLE"),
    ]  # fmt: skip
    assert await rows_of(datasets, dataset) == [
        ["2024-01-02", "Bodø", "1"], ["2024-01-03", "Ås", "2.5"],
    ]  # fmt: skip


async def test_libreoffice_s_workbooks_are_read(take, datasets):
    names = "urn:oasis:names:tc:opendocument:xmlns"
    row = "<table:table-row>{}</table:table-row>".format
    text = (
        "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>".format
    )
    number = "<table:table-cell office:value-type='float' office:value='{}'/>".format
    day = "<table:table-cell office:value-type='date' office:date-value='{}'/>".format
    body = row(text("day") + text("n")) + row(day("2024-01-02") + number(1.5))
    content = (
        f"<office:document-content xmlns:office='{names}:office:1.0' "
        f"xmlns:table='{names}:table:1.0' xmlns:text='{names}:text:1.0'><office:body>"
        f"<office:spreadsheet><table:table table:name='One'>{body}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f"<manifest:manifest xmlns:manifest='{names}:manifest:1.0'/>"
    files = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": manifest,
    }
    _, profile = await take(zipped(files), "x.ods")
    assert [(one.name, one.kind.value) for one in profile.columns] == [
        ("day", "date"), ("n", "number"),
    ]  # fmt: skip
    assert profile.rows == 1


async def test_merged_cells_in_a_sheet_are_told(take, datasets):
    rows = [["Region", "n"], ["north", 1], [None, 2], ["south", 3]]
    _, profile = await take(workbook({"A": rows}, {"A": ["A2:A3"]}), "merged.xlsx")
    assert profile.parts == ()
    assert any("merged over several rows, the first in row 2" in one for one in profile.warnings)


async def test_names_in_two_rows_with_merged_ones_above_are_joined(take, datasets):
    rows = [
        ["town", "2023", None, "2024", None], [None, "plan", "real", "plan", "real"],
        ["a", 1, 2, 3, 4], ["b", 5, 6, 7, 8], ["c", 1, 2, 3, 4],
    ]  # fmt: skip
    _, profile = await take(workbook({"A": rows}, {"A": ["B1:C1", "D1:E1"]}), "two.xlsx")
    assert [one.name for one in profile.columns][1:] == [
        "2023 plan", "2023 real", "2024 plan", "2024 real",
    ]  # fmt: skip


async def test_a_sheet_of_one_column_keeps_its_commas_and_lines(take, datasets):
    rows = [["said"], ["a, b"], ['he said "no"'], ["one\ntwo"], ["x;y"]]
    dataset, _ = await take(workbook({"A": rows}), "one.xlsx")
    assert await rows_of(datasets, dataset) == rows[1:]


async def test_a_sheet_that_is_gone_is_said_and_which_there_are(take, datasets, root):
    await take(workbook({"A": [["x"], [1]], "B": [["y"], [2]]}), "b.xlsx")
    (root / "b.xlsx").write_bytes(workbook({"A": [["x"], [1]], "C": [["y"], [2]]}))
    other = await datasets.get_by_name("b_b")
    with pytest.raises(Conflict, match=r"no sheet 'B' in the workbook 'b.xlsx' any more") as said:
        await datasets.rows(other.id)
    assert "'C'" in said.value.hint


async def test_json_keeps_nested_values_and_tells_broken_records(take, datasets):
    lines = ['{"a": 1, "b": {"c": [1, 2]}}', '{"a": 2, "b": {"c": []}', '{"a": 3}', "[1]"]
    _, profile = await take("\n".join(lines), "x.ndjson")
    assert (profile.rows, profile.rows_left_out) == (2, 2)
    assert [(one.line, one.kind.value) for one in profile.problems] == [
        (2, "record"),
        (4, "record"),
    ]
    table = await datasets.query("SELECT a, b.c[2] FROM x ORDER BY a")
    assert [list(row) for row in table.rows] == [[1, 2], [3, None]]
    assert profile.dialect.kind.value == "json"


async def test_json_that_is_cut_gives_what_is_before_and_says_so(take, datasets):
    text = json.dumps([{"a": n, "b": "x" * 50} for n in range(1000)], indent=1)
    _, profile = await take(text[: len(text) // 2], "x.json")
    assert 400 < profile.rows < 600
    assert profile.problem_count == 1
    assert profile.problems[0].line > 1000
    assert "everything behind it" in profile.problems[0].message


async def test_records_inside_of_one_object_are_the_rows(take, datasets):
    text = json.dumps({"status": "ok", "data": [{"a": 1, "t": "2024-01-02"}, {"a": 2}]})
    _, profile = await take(text.encode("utf-16"), "x.json")
    assert [one.name for one in profile.columns] == ["a", "t"]
    assert profile.rows == 2
    assert any("records under 'data'" in one and "'status'" in one for one in profile.warnings)


async def test_json_with_nan_and_a_mark_in_front_is_read(take, datasets):
    dataset, _ = await take('\ufeff[{"a": NaN, "b": 1}, {"a": 2.5, "b": 2}]', "x.json")
    assert await rows_of(datasets, dataset) == [["nan", 1], [2.5, 2]]


@pytest.mark.filterwarnings("ignore:Feather V1")
@pytest.mark.parametrize("kind", ["feather", "file", "stream", "feather 1"])
async def test_arrow_is_read_with_its_types(take, datasets, kind):
    import pyarrow as pa
    from pyarrow import feather

    table = pa.table(
        {
            "n": pa.array([1, None, 3], pa.int32()),
            "t": pa.array(["a", "b", "a"]).dictionary_encode(),
        }
    )
    nested = {"l": pa.array([[1], [], None]), "d": pa.array([1, 2, 3], pa.duration("s"))}
    if kind != "feather 1":
        table = pa.table({**{name: table[name] for name in table.column_names}, **nested})
    sink = pa.BufferOutputStream()
    if kind == "feather":
        feather.write_feather(table, sink, compression="lz4")
    elif kind == "feather 1":
        feather.write_feather(table, sink, version=1)
    else:
        new = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with new(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
    _, profile = await take(sink.getvalue().to_pybytes(), "x.arrow")
    assert profile.dialect.kind.value == "arrow"
    assert [(one.name, one.type) for one in profile.columns][:2] == [
        ("n", "INTEGER"), ("t", "VARCHAR"),
    ]  # fmt: skip
    table = await datasets.query("SELECT n, t FROM x")
    assert [list(row) for row in table.rows] == [[1, "a"], [None, "b"], [3, "a"]]


async def test_parquet_in_a_zip_is_read_as_it_is(take, datasets):
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1, 2]}), sink)
    dataset, profile = await take(zipped({"x.parquet": sink.getvalue().to_pybytes()}), "x.zip")
    assert (profile.dialect.kind.value, profile.dialect.packed) == ("parquet", "zip")
    assert await rows_of(datasets, dataset) == [[1], [2]]


async def test_another_process_reads_the_same_rows(take, datasets):
    import duckdb

    dataset, _ = await take(workbook({"A": [["x", "y"], [1, "a"], [2, "b"]]}), "x.xlsx")
    reading = await datasets.reading(dataset.id)
    assert duckdb.connect().sql(reading.sql).fetchall() == [(1, "a"), (2, "b")]
    assert reading.path.endswith("x.xlsx")


async def test_a_sample_of_a_workbook_is_a_file_of_its_rows(take, datasets, tmp_path):
    dataset, _ = await take(workbook({"A": [["x"], [1], [2]]}), "x.xlsx")
    path, rows, total = await datasets.sample(
        dataset.id, first=1, rest=0, folder=tmp_path, as_file=True
    )
    assert (path.name, rows, total) == ("x.csv", 1, 2)
    assert path.read_text() == "x\n1\n"


async def test_text_that_begins_like_an_archive_is_text(take, datasets):
    dataset, _ = await take("PK,name\n1,a\n", "pk.csv")
    assert await rows_of(datasets, dataset) == [["1", "a"]]
    with pytest.raises(SpondeError):
        await take(b"PK\x05\x06" + bytes(18), "none.zip")
