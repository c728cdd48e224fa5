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
