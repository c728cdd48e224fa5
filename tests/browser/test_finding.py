"""The search over the notebook by keyboard, from Ctrl+Shift+K to a cell that has run; the box."""

import re

import pytest
from meaning.tiny_encoder import make
from playwright.sync_api import expect

from browser.lab import set_theme, shoot
from browser.test_library import PANEL, cells, open_library, open_notebook, save


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def test_a_block_is_found_by_its_words_and_run_in_the_cell_without_the_mouse(lab, open_page):
    page = open_notebook(open_page, lab, width=1400, height=900)
    kept = [
        (
            "import pandas as pd\n\n\ndef read_sales(path):\n    return pd.read_csv(path)",
            "sales",
            {},
        ),
        ("total = 40 + 2\nprint('the total', total)", "total_of_all", {"tags": ["report"]}),
        ("select region, sum(amount)\nfrom sales\ngroup by region", "by_region", {}),
        ("# Tidy the dates\nout = df.merge(right, how='left')", "join_dates", {}),
    ]
    for code, name, given in kept:
        save(page, code, name=name, **given)

    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+Shift+K")
    dialog = page.get_by_role("dialog", name="Search the code library")
    box = dialog.get_by_label("Search code, names, tags")
    hits = dialog.get_by_role("listbox", name="Code blocks").get_by_role("option")
    expect(box).to_be_focused()
    expect(hits).to_have_count(4)
    page.keyboard.type("readCsv")
    expect(hits).to_have_count(1)
    expect(dialog.locator(".sp-Palette-preview mark")).to_have_text("read_csv")
    expect(hits.first).to_contain_text("code")
    shoot(page, "palette-found")

    page.keyboard.press("Control+A")
    page.keyboard.type("imp")
    expect(dialog.get_by_role("option", name="imports:")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("pan")
    expect(dialog.get_by_role("option", name="imports:pandas")).to_contain_text("1 block")
    shoot(page, "palette-offers")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("group", name="Filters")).to_contain_text("imports:pandas")
    page.keyboard.type("region colour:red")
    expect(dialog.get_by_text("There is no filter “colour:”")).to_be_visible()
    expect(dialog.get_by_text("Without imports:pandas, one block does.")).to_be_visible()
    shoot(page, "palette-nothing")
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    expect(hits).to_have_count(4)
    set_theme(page, "JupyterLab Dark")
    page.set_viewport_size({"width": 700, "height": 800})
    box.focus()
    page.keyboard.type("tot")
    expect(hits.first).to_contain_text("name begins so")
    shoot(page, "palette-narrow-dark")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".jp-OutputArea-output").get_by_text("the total 42")).to_be_visible()
    expect(page.locator(".jp-Notebook:focus-within")).to_be_visible()
    assert "total = 40 + 2\nprint('the total', total)" in [cell["source"] for cell in cells(page)]

    page.set_viewport_size({"width": 1400, "height": 900})
    panel = open_library(page)
    panel.get_by_label("Search code, names, tags").fill("ran:ok tot")
    expect(panel.get_by_role("group", name="Filters")).to_contain_text("ran:ok")
    card = panel.get_by_role("listitem")
    expect(card).to_have_count(1)
    expect(card.locator(".sp-Card-reason")).to_have_text(re.compile("name begins so · proven"))
    expect(card.locator("mark").first).to_have_text("tot")
    shoot(page, "library-found-why")
    panel.get_by_role("button", name="Remove ran:ok").click()
    expect(page.locator(f"{PANEL} .sp-Search-chips")).to_have_count(0)

    panel.get_by_label("Search code, names, tags").fill("typical")
    expect(panel.get_by_role("listitem")).to_have_count(0)
    switch = panel.get_by_role("button", name="By meaning")
    expect(switch).to_have_attribute("aria-disabled", "true")
    switch.press("Enter")
    expect(panel.get_by_text("Nothing is downloaded by itself")).to_be_visible()
    shoot(page, "library-meaning-absent")
    long = "middle = sum(ages) / len(ages)  # " + "the ages of all who were there, " * 6
    save(page, long, name="of_ages", description="The average")
    make(lab.base / "data_dir" / "sponde" / "meaning")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(card).to_have_count(1, timeout=60_000)
    expect(card.locator(".sp-Card-reason")).to_have_text("near in meaning")
    shoot(page, "library-meaning")

    page.set_viewport_size({"width": 700, "height": 800})
    card.click()
    editor = panel.locator(".sp-CodeField")
    editor.locator(".cm-scroller").evaluate("node => { node.scrollLeft = 300 }")
    numbers = editor.locator(".cm-gutters")
    assert numbers.evaluate("node => getComputedStyle(node).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert numbers.bounding_box()["x"] <= editor.bounding_box()["x"] + 2  # it has not gone along
    shoot(page, "library-editor-scrolled-dark")
    set_theme(page, "JupyterLab Light")
    shoot(page, "library-editor-scrolled")
