"""`%%sql` and `sponde.sql` in a real kernel, over a real server."""

import shutil

import pytest

from browser.lab import REPOSITORY

REAL = REPOSITORY / "notebooks" / "bird_strikes.csv"


@pytest.fixture
def cell(server, cell, api):
    """Give a kernel with the magics, beside a server that knows two datasets."""
    shutil.copy(REAL, server.root / "bird_strikes.csv")
    (server.root / "towns.csv").write_text("name,unit price\nBodø,1.5\nOslo,2.5\n", "utf-8")
    for path in ("bird_strikes.csv", "towns.csv"):
        added = api("POST", "/datasets", {"path": path})
        api("GET", f"/datasets/{added['id']}/profile")  # waits until it was read
    return cell


def test_a_cell_of_sql_shows_its_rows_and_keeps_them_under_a_name(cell):
    ran = cell('%%sql\nSELECT "Wildlife Size" AS size, count(*) AS n\nFROM bird_strikes GROUP BY 1')
    assert ran.status == "ok", ran
    assert "4910" in ran.results[-1]["text/html"]
    ran = cell('%%sql totals --quiet\nSELECT sum("unit price") AS s FROM towns')
    assert (ran.status, ran.results) == ("ok", [])
    assert cell("float(totals.s[0])").value == "4.0"
    ran = cell("%%sql more <<\nSELECT s * 2 AS twice FROM totals, towns LIMIT 1")
    assert "8.0" in ran.value
    assert cell("list(more.columns)").value == "['twice']"


def test_sql_in_python_reads_several_datasets(cell):
    ran = cell(
        "import sponde\nsponde.sql('SELECT count(*) AS n FROM towns, bird_strikes').n[0].item()"
    )
    assert ran.value == "20000"


def test_what_is_wrong_is_told_in_a_sentence(cell):
    (error,) = cell("%%sql\nSELECT nope\nFROM towns").errors
    assert error["traceback"][0].startswith('SpondeError: Referenced column "nope" not found')
    assert error["traceback"][0].endswith("(line 1).")
    assert "%%sql keeps its rows under one name" in cell("%%sql a b\nSELECT 1").text
    assert "cannot be a name" in cell("%%sql SELECT 1\nSELECT 2").text
    assert "has no option --nope" in cell("%%sql --nope\nSELECT 2").text
    (error,) = cell("%%sql\n\n").errors
    assert "There is no SQL here" in error["traceback"][0]
    (error,) = cell("%%sql\nSELECT * FROM town").errors
    assert error["traceback"] == [
        "SpondeError: There is no dataset and no data frame called 'town'. Did you mean towns?"
    ]


def test_many_rows_are_drawn_to_be_scrolled_and_kept_whole(cell):
    ran = cell("%%sql many\nSELECT range AS n, sum(range) OVER () AS s, NULL AS x FROM range(2000)")
    drawn = ran.results[-1]["text/html"]
    assert "overflow:auto" in drawn
    assert "2,000 rows × 3 columns; the first 500 rows are shown" in drawn
    assert drawn.count("<tr") == 501
    assert ">NULL</td>" in drawn
    # Sums of whole numbers stay whole numbers.
    assert cell("(type(many).__name__, len(many), str(many.s.dtype), many.s[0])").value == (
        "('DataFrame', 2000, 'int64', np.int64(1999000))"
    )


def test_without_a_server_frames_can_be_asked_and_datasets_say_why_not(start_kernel):
    run = start_kernel(SPONDE_SERVER="")
    assert (
        run("%load_ext sponde\nimport pandas\nmine = pandas.DataFrame({'a': [1, 2]})").status
        == "ok"
    )
    assert "3" in run("%%sql\nSELECT sum(a) AS s FROM mine").value
    (error,) = run("%%sql\nSELECT * FROM towns").errors
    assert error["traceback"][0].startswith(
        "SpondeError: There is no dataset and no data frame called 'towns'."
    )
    assert "No Sponde server was found." in error["traceback"][0]
    (error,) = run("import sponde\nsponde.dataset('towns')").errors
    assert error["traceback"][0].startswith("SpondeError: No Sponde server was found.")


def test_names_are_completed_in_cells_of_sql_only(cell):
    ask = (
        "from IPython.core.completer import provisionalcompleter\n"
        "def offered(text):\n"
        "    with provisionalcompleter():\n"
        "        ip = get_ipython()\n"
        "        return [one.text for one in ip.Completer.completions(text, len(text))]\n"
    )
    assert cell(ask).status == "ok"
    assert cell("offered('%%sql\\nSELECT * FROM bird')").value == "['bird_strikes']"
    assert cell("offered('%%sql\\nSELECT * FROM towns WHERE \"un')").value == "['\"unit price\"']"
    assert "'SELECT'" in cell("offered('%%sql\\nSEL')").value
    assert "bird_strikes" not in cell("offered('bird')").value


def test_another_extensions_sql_stays_and_that_is_said(start_kernel):
    run = start_kernel()
    run(
        "from IPython.core.magic import register_cell_magic\n"
        "@register_cell_magic\ndef sql(line, cell):\n    print('theirs')"
    )
    assert "%%sponde_sql" in run("%load_ext sponde").text
    assert run("%%sql\nSELECT 1").text == "theirs\n"
    assert run("%%sponde_sql\nSELECT 1 AS a").status == "ok"
