"""SQL over datasets, clicked: completion, a mistake underlined, a result, its files, a stop."""

import pytest
from playwright.sync_api import Page, expect

from browser.lab import command, layout_is_kept, set_theme, shoot

ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a = -b"


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab("--SpondeDatasets.starters=sponde-welcome/bird_strikes.csv")


def fill(page: Page, text: str) -> None:
    """Put text into the editor in the place of what stands there."""
    editor = page.locator(".sp-Sql .cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def test_a_question_in_sql_from_its_first_letter_to_its_file(lab, open_page, tmp_path):
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

    # Into a file, and into the library.
    sql.get_by_role("button", name="Download").click()
    shoot(page, "sql-download")
    with page.expect_download() as coming:
        page.get_by_role("menuitem", name="CSV, exact").click()
    coming.value.save_as(tmp_path / "sizes.csv")
    lines = (tmp_path / "sizes.csv").read_text().splitlines()
    assert (lines[0], len(lines)) == ("size,n,cost", 4)
    assert lines[1].startswith("Small,4910,")
    sql.get_by_role("button", name="Save as block").click()
    expect(sql.locator(".sp-Sql-said")).not_to_have_text("")

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
    expect(history.locator("li code")).to_have_count(4)
    history.get_by_role("searchbox").fill("cost wildlife")
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
    page.set_viewport_size({"width": 700, "height": 800})
    shoot(page, "sql-narrow")
