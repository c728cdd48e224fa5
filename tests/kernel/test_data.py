"""`sponde.dataset(...)` in a real kernel, over a real server."""

import shutil
import subprocess
import sys

import pytest

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
    assert "<td style='text-align:left'>Flight Date</td>" in looks["text/html"]


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
