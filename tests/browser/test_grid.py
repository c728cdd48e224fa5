"""A dataset's page, clicked: its rows in a grid, sorted, filtered, searched, made into code."""

import shutil

import pytest
from playwright.sync_api import Page, expect

from browser.lab import REPOSITORY, command, layout_is_kept, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    made = make_lab()
    shutil.copy(REPOSITORY / "notebooks" / "bird_strikes.csv", made.root)
    return made


def foot(page: Page):
    return page.locator(".sp-TablePart-foot")


def test_a_datasets_rows_are_looked_through(lab, open_page, api):
    birds = api("POST", "/datasets", {"path": "bird_strikes.csv"})
    page = open_page(lab)
    command(page, "sponde:datasets:open-page", {"name": birds["name"], "id": birds["id"]})
    expect(foot(page)).to_contain_text("of 10,000")
    table = page.get_by_role("table", name="Rows of bird_strikes")
    expect(table).to_contain_text("BARKSDALE")
    shoot(page, "grid-light")
    view = page.locator(".lm-DataGrid-viewport")
    box = view.bounding_box()
    assert box is not None
    header, cell = (box["x"] + 150, box["y"] + 12), (box["x"] + 150, box["y"] + 100)

    # A click on a header sorts; the keys walk through the rows and say where one is.
    page.mouse.click(*header)
    expect(table).not_to_contain_text("BARKSDALE")
    page.mouse.click(*cell)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sp-Grid-said[aria-live]")).to_contain_text("row 3")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("row 3")
    shoot(page, "grid-cell")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    # A filter by the column's menu, as a chip; with the search beside it; cleared.
    view.focus()
    page.keyboard.press("Alt+ArrowDown")
    dialog.get_by_role("textbox", name="Text to look for").fill("laguardia")
    expect(dialog.get_by_role("checkbox").first).to_be_visible()
    shoot(page, "grid-menu")
    page.keyboard.press("Enter")
    chips = page.get_by_role("list", name="What the rows must fit")
    expect(chips).to_contain_text("contains “laguardia”")
    expect(foot(page)).not_to_contain_text("of 10,000")
    expect(foot(page)).to_contain_text("10,000 in the file")
    expect(table).to_contain_text("LAGUARDIA")
    page.get_by_role("searchbox", name="Search all columns").fill("gull")
    expect(chips).to_contain_text("any column contains “gull”")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "grid-filtered-dark")
    set_theme(page, "JupyterLab Light")

    # The view as code; then all rows again.
    page.get_by_role("button", name="Code", exact=True).click()
    expect(dialog).to_contain_text('rows = sponde.dataset("bird_strikes").df()')
    expect(dialog).to_contain_text('contains("laguardia"')
    shoot(page, "grid-code")
    dialog.get_by_role("tab", name="SQL").click()
    expect(dialog).to_contain_text("ORDER BY")
    page.keyboard.press("Escape")

    # It is the same after a reload.
    layout_is_kept(page, f"sponde-datasets:{birds['id']}")
    page.reload()
    expect(chips).to_contain_text("any column contains “gull”")
    chips.get_by_role("button", name="Clear", exact=True).click()
    expect(foot(page)).to_contain_text("of 10,000")

    # Columns away and back, in a narrow window.
    page.set_viewport_size({"width": 700, "height": 700})
    page.get_by_role("button", name="Columns", exact=True).click()
    dialog.get_by_role("searchbox", name="Search columns").fill("wildlife")
    dialog.get_by_role("button", name="Show only these").click()
    expect(table).not_to_contain_text("BARKSDALE")
    shoot(page, "grid-columns-narrow")


ODD = """id,amount,amount,,born,story
1,1234.50,7,x,2024-03-01,"one
line, and another"
2,0.25,8,y,2024-03-02,{long}
3,17.00,9,x,2024-03-05,=1+1
"""
NOTHING = "a,b\n"


def test_cells_are_clicked_copied_taken_away_and_made_into_a_notebook(lab, open_page, api):
    (lab.root / "odd.csv").write_text(ODD.replace("{long}", "word " * 300))
    (lab.root / "nothing.csv").write_text(NOTHING)
    odd, nothing = (
        api("POST", "/datasets", {"path": f"{name}.csv"}) for name in ("odd", "nothing")
    )
    page = open_page(lab)
    command(page, "notebook:create-new", {"kernelName": "python3"})
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    expect(cells).to_have_count(1)
    command(page, "sponde:datasets:open-page", {"name": odd["name"], "id": odd["id"]})
    table = page.get_by_role("table", name="Rows of odd")
    expect(table).to_contain_text("1234.5")
    expect(table).to_contain_text("2024-03-05")
    view = page.locator(".lm-DataGrid-viewport:visible")
    said = page.locator(".sp-Grid-said[aria-live]:visible")
    dialog = page.get_by_role("dialog")
    chips = page.get_by_role("list", name="What the rows must fit")
    box = view.bounding_box()
    assert box is not None

    # By keys alone through the cells; copied, they paste into a spreadsheet.
    view.focus()
    page.keyboard.press("Control+Home")
    expect(said).to_contain_text("id, row 1: 1")
    page.keyboard.press("End")
    expect(said).to_contain_text("story, row 1: one")
    page.keyboard.press("Control+End")
    expect(said).to_contain_text("story, row 3: =1+1")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+Shift+C")
    expect(said).to_contain_text("18 cells copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("id\tamount\tamount_2\tcolumn_4\tborn\tstory\n1\t1234.5\t7\tx\t2024-")
    assert '\t"one\nline, and another"\n' in copied

    # A cell whole, by a double click; its value as a filter.
    page.mouse.dblclick(box["x"] + 80, box["y"] + 64 + 36)
    expect(dialog).to_contain_text("id, row 2")
    shoot(page, "grid-odd")
    dialog.get_by_role("button", name="Without it").click()
    expect(chips).to_contain_text("id is not 2")
    expect(foot(page)).to_contain_text("of 2")

    # To a column by its name, and what the file calls it.
    view.focus()
    page.keyboard.press("Control+g")
    expect(dialog.get_by_role("searchbox", name="Search columns")).to_be_focused()
    page.keyboard.type("amount_2")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("amount_2, row")
    page.keyboard.press("Alt+ArrowDown")
    expect(dialog).to_contain_text("in the file “amount”")
    dialog.get_by_role("button", name="Freeze").click()
    expect(dialog).to_have_count(0)

    # All of it or the view, in a form that one chooses.
    page.get_by_role("button", name="Download", exact=True).click()
    expect(dialog).to_contain_text("2 rows, 6 columns, as they are shown")
    shoot(page, "grid-download")
    with page.expect_download() as view_taken:
        dialog.get_by_role("button", name="Download", exact=True).click()
    assert view_taken.value.suggested_filename == "odd-view.csv"
    assert (
        view_taken.value.path().read_text().startswith("amount,id,amount,,born,story\n7,1,1234.50")
    )
    expect(page.locator(".sp-Download-line")).to_contain_text("odd-view.csv is on its way: 2 rows")

    # The view as code runs in the notebook, in each language that is installed.
    for name in ("pandas", "SQL"):
        page.get_by_role("button", name="Code", exact=True).click()
        dialog.get_by_role("tab", name=name, exact=True).click()
        expect(dialog).to_contain_text("SELECT" if name == "SQL" else "view = rows[")
        dialog.get_by_role("button", name="Insert into the notebook").click()
        command(page, "sponde:datasets:open-page", {"name": odd["name"], "id": odd["id"]})
        expect(view).to_be_visible()
    page.locator(".lm-TabBar-tab", has_text="Untitled").first.click()
    expect(cells).to_have_count(2)
    command(page, "notebook:run-all-cells")
    for number in (0, 1):
        expect(cells.nth(number).locator(".jp-OutputArea")).to_contain_text("1234.5")
        expect(cells.nth(number).locator(".jp-OutputArea")).not_to_contain_text("word word")
    shoot(page, "grid-code-run")

    # What has no rows says so, and what to do.
    command(page, "sponde:datasets:open-page", {"name": nothing["name"], "id": nothing["id"]})
    expect(page.get_by_text("This file has no rows").and_(page.locator(":visible"))).to_be_visible()
    command(page, "sponde:datasets:open-page", {"name": odd["name"], "id": odd["id"]})
    page.get_by_role("searchbox", name="Search all columns").and_(page.locator(":visible")).fill(
        "qq"
    )
    shown = page.get_by_role("button", name="Clear the filters").and_(page.locator(":visible"))
    expect(shown).to_be_visible()
    shoot(page, "grid-no-row")
    shown.click()
    expect(foot(page).and_(page.locator(":visible"))).to_contain_text("of 3")
