"""`sponde.dataset(...)` in a real kernel, over a real server."""

import gzip
import shutil
import subprocess
import sys
import zipfile

import duckdb
import pytest
from made_workbook import workbook

from browser.lab import REPOSITORY

REAL = REPOSITORY / "notebooks" / "bird_strikes.csv"
ADD = 'import sponde\nfrom sponde.client import call\ncall("POST", "/datasets", {"path": %r});'


@pytest.fixture
def cell(server, start_kernel):
    """Start a kernel beside a server that knows a real dataset and a broken one."""
    shutil.copy(REAL, server.root / "bird_strikes.csv")
    (server.root / "priser.csv").write_bytes(
        "by;pris;kode\nBodø;1,5;007\nTromsø;2,25\nOslo;1;2;3\n".encode("cp1252")
    )
    run = start_kernel()
    for name in ("bird_strikes.csv", "priser.csv"):
        assert run(ADD % name).status == "ok"
    return run


def test_a_data_frame_has_the_rows_and_types_of_the_panel(cell):
    ran = cell(
        'df = sponde.dataset("bird_strikes").df()\n(df.shape, str(df["Flight Date"].dtype)[:8])'
    )
    assert ran.value == "((10000, 14), 'datetime')"
    ran = cell('(int(df["Cost Total $"].sum()), int(df["Speed IAS in knots"].isna().sum()))')
    assert ran.value == "(40545276, 2836)"


def test_a_broken_file_reads_as_the_panel_shows_it(cell):
    ran = cell('df = sponde.dataset("priser").df()\n(list(df.by), list(df.pris), df.kode[0])')
    assert ran.value == "(['Bodø', 'Tromsø'], [1.5, 2.25], '007')"
    assert cell("bool(df.kode.isna()[1])").value == "True"


def test_sql_joins_datasets_by_their_names(cell):
    ran = cell(
        'sponde.dataset("priser").sql("SELECT count(*) AS n, max(p.pris) AS most '
        'FROM priser AS p, bird_strikes AS b").iloc[0].to_dict()'
    )
    assert ran.value == "{'n': 20000.0, 'most': 2.25}"


def test_path_profile_relation_arrow_and_looks(cell):
    assert cell('str(sponde.dataset("bird_strikes").path)').value.endswith("bird_strikes.csv'")
    assert cell('sponde.dataset("priser").columns').value == "['by', 'pris', 'kode']"
    assert cell('sponde.dataset("bird_strikes").arrow().num_rows').value == "10000"
    assert (
        cell('sponde.dataset("bird_strikes").relation().limit(2).fetchall().__len__()').value == "2"
    )
    ran = cell('sponde.dataset("bird_strikes").profile().loc["Wildlife Size", "most frequent"]')
    assert ran.value == "'Small'"
    looks = cell('sponde.dataset("bird_strikes")').results[-1]
    assert "10,000 rows, 14 columns" in looks["text/plain"]
    assert ">Flight Date</td>" in looks["text/html"]
    assert ">Small 49 %, " in looks["text/html"]
    looks = cell('sponde.dataset("bird_strikes").profile()').results[-1]
    assert looks["text/plain"].startswith("bird_strikes (bird_strikes.csv): 10,000 rows, 14 col")
    (line,) = (line for line in looks["text/plain"].splitlines() if line.startswith("Flight Date"))
    assert "1990-01-" in line
    assert "█" in line
    assert "NaN" not in looks["text/plain"]
    assert ">Flight Date</td>" in looks["text/html"]
    # What is made of it is a frame as any other.
    ran = cell('type(sponde.dataset("bird_strikes").profile().head()).__name__')
    assert ran.value == "'DataFrame'"


def make_files(root):
    """Write one table in every kind of file that the panel takes."""
    rows = "id,town\n1,Bodø\n2,Oslo\n"
    (root / "ansi.csv").write_bytes(rows.encode("cp1252"))
    (root / "wide.csv").write_text(rows, "utf-16")
    (root / "lines.json").write_text('[{"id": 1, "town": "Bodø"}, {"id": 2, "town": "Oslo"}]')
    (root / "lines_2.ndjson").write_text('{"id": 1, "town": "Bodø"}\n{"id": 2, "town": "Oslo"}\n')
    (root / "packed.csv.gz").write_bytes(gzip.compress(rows.encode()))
    with zipfile.ZipFile(root / "in_zip.zip", "w") as packed:
        packed.writestr("town.csv", rows)
    sheets = {"Towns": [["id", "town"], [1, "Bodø"], [2, "Oslo"]], "Other 1": [["a"], ["x"]]}
    (root / "book.xlsx").write_bytes(workbook(sheets))
    duckdb.sql("SELECT 1 AS id, 'Bodø' AS town UNION ALL SELECT 2, 'Oslo'").write_parquet(
        str(root / "towns.parquet")
    )
    return ("ansi.csv", "wide.csv", "lines.json", "lines_2.ndjson", "packed.csv.gz", "in_zip.zip",
            "book.xlsx", "towns.parquet")  # fmt: skip


def test_every_kind_of_file_is_the_same_frame(server, start_kernel):
    run = start_kernel()
    assert run(f"names = {make_files(server.root)}").status == "ok"
    ran = run(
        "import sponde\nfrom sponde.client import call\n"
        'known = [call("POST", "/datasets", {"path": name})["name"] for name in names]\n'
        "def all_of(name):\n"
        "    data = sponde.dataset(name)\n"
        "    frame, table = data.df(), data.arrow()\n"
        '    counted = data.sql(f"SELECT sum(id) AS n FROM {name}").n\n'
        "    return (frame.to_dict('list'), table.to_pydict(), str(counted.dtype), counted[0],\n"
        "            data.path.exists(), data.profile().loc['town', 'different'])\n"
        "for name in known:\n"
        "    print(name, *all_of(name))"
    )
    assert ran.status == "ok", ran.errors
    rows = "{'id': [1, 2], 'town': ['Bodø', 'Oslo']}"
    lines = ran.text.splitlines()
    assert [line.split()[0] for line in lines] == [
        "ansi", "wide", "lines", "lines_2", "packed", "in_zip", "book", "towns"
    ]  # fmt: skip
    for line in lines:
        assert line.split(" ", 1)[1] == f"{rows} {rows} int64 3 True 2"
    # A book's other sheets are datasets of their own.
    assert run('list(sponde.dataset("book_other_1").df().a)').value == "['x']"


def test_an_unknown_name_is_answered_with_near_ones(cell):
    ran = cell('sponde.dataset("bird_strike")')
    assert ran.status == "error"
    said = "".join(str(error) for error in ran.errors)
    assert "Did you mean bird_strikes?" in said


def test_importing_sponde_pulls_in_neither_pandas_nor_the_server():
    code = (
        "import sys, sponde; "
        "print([n for n in ('pandas', 'duckdb', 'numpy', 'sponde_server', 'pydantic') "
        "if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(REPOSITORY / "kernel_tools")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
