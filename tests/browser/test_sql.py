"""SQL over datasets, clicked: completion, a mistake underlined, a result, its files, a stop."""

import csv
import io
import zipfile

import duckdb
import pytest
from made_workbook import workbook
from playwright.sync_api import Page, expect

from browser.lab import call, command, layout_is_kept, set_theme, shoot

JOINED = """\
SELECT size, count(*) AS n, max(w."mean weight") AS "mean weight", max(b.word) AS word
FROM bird_strikes s JOIN weights w ON w.size = s."Wildlife Size" JOIN book b USING (size)
GROUP BY ALL ORDER BY n DESC"""
ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a = -b"


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab(
        "--SpondeDatasets.starters=sponde-welcome/bird_strikes.csv",
    )


def add_files(lab):
    """Lay a file of each of two more kinds beside the CSV, and register them."""
    duckdb.sql(
        "SELECT * FROM (VALUES ('Small', 1.5e0), ('Medium', 20e0)) AS v(size, \"mean weight\")"
    ).write_parquet(str(lab.root / "weights.parquet"))
    sheets = {"Names": [["size", "word"], ["Small", "=1+1"], ["Medium", "-5"], ["Large", "x"]]}
    (lab.root / "book.xlsx").write_bytes(workbook(sheets))
    for path in ("weights.parquet", "book.xlsx"):
        call(lab, "POST", "/datasets", {"path": path})


def fill(page: Page, text: str) -> None:
    """Put text into the editor in the place of what stands there."""
    editor = page.locator(".sp-Sql .cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def test_a_question_in_sql_from_its_first_letter_to_its_file(lab, open_page, tmp_path):
    add_files(lab)
    page = open_page(lab, width=1400, height=900)
    command(page, "sponde:datasets:open")
    expect(page.locator("[data-dataset='bird_strikes']")).to_contain_text("10,000 rows")
    command(page, "sponde:datasets:sql")
    sql = page.locator(".sp-Sql")
    editor = sql.locator(".cm-content")
    expect(editor).to_be_visible()

    # Names are offered as one types: datasets, and columns in quotes where they need them.
    editor.click()
    page.keyboard.type("SELECT * FROM bird")
    offered = page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item")
    expect(offered.first).to_contain_text("bird_strikes")
    shoot(page, "sql-completion")
    page.keyboard.press("Enter")
    expect(editor).to_have_text("SELECT * FROM bird_strikes")
    page.keyboard.press("ControlOrMeta+Enter")
    size = sql.locator(".sp-SqlResult-size")
    expect(size).to_contain_text("10,000 rows · 14 columns")
    shoot(page, "sql-result-light")

    # The result is searched and sorted as a dataset's rows are.
    search = sql.get_by_label("Search all columns")
    search.fill("owl")
    seen = sql.locator(".sp-TablePart-foot")
    expect(seen).to_contain_text("of 115")
    expect(seen).to_contain_text("10,000 in the result")
    rows = sql.get_by_role("application", name="Result")
    rows.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    expect(rows).to_be_focused()
    shoot(page, "sql-result-sorted")
    search.fill("")
    expect(seen).to_contain_text("of 10,000")

    # A mistake is underlined where it stands.
    fill(
        page,
        'SELECT "Wildlife Size" AS size,\n  count(*) AS n, nope\nFROM bird_strikes\nGROUP BY 1',
    )
    page.keyboard.press("ControlOrMeta+Enter")
    expect(sql.locator(".sp-Sql-failure")).to_contain_text('"nope" not found')
    expect(sql.locator(".sp-Sql-wrong")).to_have_text("nope")
    shoot(page, "sql-wrong-light")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "sql-wrong-dark")
    fill(
        page,
        'SELECT "Wildlife Size" AS size, count(*) AS n,\n  avg("Cost Total $") AS cost\n'
        "FROM bird_strikes\nGROUP BY 1\nORDER BY n DESC",
    )
    expect(sql.locator(".sp-Sql-wrong")).to_have_count(0)
    sql.get_by_role("button", name="Run").click()
    expect(size).to_contain_text("3 rows · 3 columns")
    shoot(page, "sql-result-dark")
    set_theme(page, "JupyterLab Light")

    # A CSV, a Parquet file and a sheet together; what is selected runs statement by statement.
    fill(page, "SELECT b.word FROM weights JOIN book b USING (size) WHERE weights.")
    page.keyboard.type("me")
    expect(offered.first).to_contain_text("mean weight")
    shoot(page, "sql-completion-quoted")
    page.keyboard.press("Enter")
    expect(editor).to_contain_text('WHERE weights."mean weight"')
    fill(page, f"SELECT 1; SELECT 2, 3;\n{JOINED}")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Shift+Enter")
    expect(size).to_contain_text("2 rows · 4 columns")
    sql.get_by_role("button", name="Rename this tab").click()
    page.keyboard.type("Words of sizes")
    page.keyboard.press("Enter")
    expect(page.locator(".lm-TabBar-tab.lm-mod-current", has_text="Words of sizes")).to_be_visible()
    shoot(page, "sql-joined")

    # Into files of four kinds, each as it says.
    def taken(choice, name):
        sql.get_by_role("button", name="Download").click()
        with page.expect_download() as coming:
            page.get_by_role("menuitem", name=choice).click()
        coming.value.save_as(tmp_path / name)
        return tmp_path / name

    rows = [["Small", "4910", "1.5", "=1+1"], ["Medium", "4346", "20.0", "-5"]]
    exact = list(csv.reader(io.StringIO(taken("CSV, exact", "a.csv").read_text())))
    assert exact == [["size", "n", "mean weight", "word"], *rows]
    safe = list(csv.reader(io.StringIO(taken("CSV, safe", "b.csv").read_text())))
    assert safe[1:] == [[*rows[0][:3], "'=1+1"], rows[1]]
    parquet = duckdb.sql(f"FROM '{taken('Parquet', 'c.parquet')}'")
    assert [str(one) for one in parquet.types] == ["VARCHAR", "BIGINT", "DOUBLE", "VARCHAR"]
    assert parquet.fetchall()[0] == ("Small", 4910, 1.5, "=1+1")
    with zipfile.ZipFile(taken("Excel", "d.xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>=1+1</t>" in sheet
    assert "<v>4910</v>" in sheet
    assert "<f>" not in sheet

    # Into the library, and into a question.
    sql.get_by_role("button", name="Save as block").click()
    expect(sql.locator(".sp-Sql-said")).to_contain_text("Saved as")
    saved = call(lab, "GET", "/code-blocks?limit=200")
    assert [one["language"] for one in saved if "JOIN book" in one["code"]] == ["sql"]
    sql.get_by_role("button", name="Ask about this result").click()
    asking = page.locator(".sp-Composer")
    expect(asking).to_contain_text("JOIN book")
    shoot(page, "sql-asked")

    # What takes too long is stopped, and the history has all of it.
    fill(page, ENDLESS)
    page.keyboard.press("ControlOrMeta+Enter")
    stop = sql.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    shoot(page, "sql-running")
    stop.click()
    expect(sql).to_contain_text("Stopped after")
    sql.get_by_role("button", name="History", exact=True).click()
    history = page.get_by_role("region", name="History of queries")
    expect(history.locator("li code")).to_have_count(7)
    history.get_by_role("searchbox").fill("cost wildlife desc")
    expect(history.locator("li code")).to_have_count(1)
    shoot(page, "sql-history")
    history.locator("li code").click()
    expect(editor).to_contain_text("avg(")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(size).to_contain_text("3 rows · 3 columns")

    # After a reload the tab has its text and its result.
    layout_is_kept(page, "sponde-sql")
    page.reload()
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored")
    expect(editor).to_contain_text("ORDER BY n DESC")
    expect(size).to_contain_text("3 rows · 3 columns")
    expect(page.locator(".lm-TabBar-tab", has_text="Words of sizes")).to_be_visible()
    page.set_viewport_size({"width": 700, "height": 800})
    shoot(page, "sql-narrow")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "sql-narrow-dark")
