"""The library by clicking: save a cell, find it, edit it, bring it back, run it, delete it."""

import pytest
from playwright.sync_api import Page, expect

from browser.lab import command, set_theme, shoot

NOTEBOOK = "/lab/tree/sponde-welcome/welcome.ipynb?reset"
PANEL = "#sponde-library"
LOAD = """\
# Load the bird strikes
import pandas as pd

strikes = pd.read_csv('bird_strikes.csv')
len(strikes)"""


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def open_notebook(open_page, lab, **size) -> Page:
    page = open_page(lab, NOTEBOOK, **size)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    return page


def add_cell(page: Page, code: str) -> None:
    """Write a new cell at the notebook's end, as active cell."""
    page.evaluate(
        """code => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const at = notebook.model.cells.length;
            notebook.model.sharedModel.insertCell(at, {cell_type: 'code', source: code});
            notebook.activeCellIndex = at;
        }""",
        code,
    )


def cells(page: Page) -> list[dict]:
    return page.evaluate(
        """() => [...window.jupyterapp.shell.widgets('main')]
            .find(panel => panel.content?.model?.cells).content.model.sharedModel.cells
            .map(cell => cell.toJSON())"""
    )


def open_library(page: Page):
    command(page, "sponde:library:open")
    panel = page.locator(PANEL)
    expect(panel.get_by_label("Search code, names, tags")).to_be_focused()
    return panel


def test_a_cell_is_saved_found_edited_restored_run_deleted_and_brought_back(lab, open_page):
    page = open_notebook(open_page, lab)
    panel = open_library(page)
    expect(panel.get_by_text("Keep code that works")).to_be_visible()
    shoot(page, "library-empty")

    add_cell(page, LOAD)
    command(page, "sponde:library:save-cell")
    expect(page.get_by_text("Saved to the library as “load_the_bird_strikes”.")).to_be_visible()
    add_cell(page, "select count(*) from strikes")
    command(page, "sponde:library:save-cell")
    card = panel.get_by_role("listitem").filter(has_text="load_the_bird_strikes")
    expect(card).to_be_visible()
    expect(card.locator(".sp-Outcome")).to_have_text("never run")
    expect(panel.get_by_role("listitem")).to_have_count(2)

    search = panel.get_by_label("Search code, names, tags")
    search.fill("read_csv bird")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    search.fill("no such words")
    expect(panel.get_by_text("Nothing holds no such words")).to_be_visible()
    panel.get_by_role("button", name="Show all blocks").click()
    expect(panel.get_by_role("listitem")).to_have_count(2)

    card.get_by_role("button", name="load_the_bird_strikes").click()
    panel.get_by_label("Description").fill("Bird strikes, all rows")
    panel.get_by_label("Tags", exact=True).fill("birds, loading")
    editor = panel.locator(".sp-CodeField .cm-content")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" + 1")
    panel.get_by_role("button", name="Save", exact=True).click()
    revisions = panel.get_by_label("Revisions")
    expect(revisions.get_by_role("listitem")).to_have_count(1)
    revisions.get_by_role("button", name="code +1").click()
    expect(revisions.get_by_role("table")).to_contain_text("len(strikes) + 1")
    shoot(page, "library-detail")
    revisions.get_by_role("button", name="Restore").click()
    expect(revisions.get_by_role("listitem")).to_have_count(2)
    expect(editor).not_to_contain_text("+ 1")

    panel.get_by_role("button", name="Insert and run").click()
    expect(panel.locator(".sp-Proof .sp-Outcome")).to_contain_text("ran once")
    expect(panel.get_by_text("Used once")).to_be_visible()
    last = cells(page)[-1]
    assert last["source"] == LOAD
    assert last["outputs"][-1]["data"]["text/plain"] == "10000"
    assert last["metadata"]["sponde"].keys() >= {"block_id", "use_id"}

    panel.get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("listitem")).to_have_count(1)
    toast = page.locator(".Toastify__toast").filter(has_text="was deleted from the library")
    toast.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(card.locator(".sp-Outcome")).to_contain_text("✓ ran")
    shoot(page, "library-list")


def post(page: Page, route: str, body: dict) -> None:
    """Call a route of the workbench from the page, with its own cookie."""
    page.evaluate(
        """async ([route, body]) => {
            const { serverSettings } = window.jupyterapp.serviceManager;
            const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? '';
            const answer = await fetch(serverSettings.baseUrl + 'sponde/api/' + route, {
                method: 'POST', body: JSON.stringify(body), headers: {'X-XSRFToken': token}
            });
            if (!answer.ok) throw new Error(await answer.text());
        }""",
        [route, body],
    )


def save(page: Page, code: str, **given: object) -> None:
    """Keep code through the server's own door, as the chat does."""
    post(page, "code-blocks", {"code": code, **given})


def test_from_the_search_to_a_run_cell_without_the_mouse(make_lab, open_page):
    page = open_notebook(open_page, make_lab())
    save(page, "answer = 42\nprint('the answer', answer)", name="answer")
    save(page, "1 / 0", name="breaks")
    page.locator(".jp-Notebook").click()
    page.keyboard.press("Control+Alt+K")
    panel = page.locator(PANEL)
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.get_by_label("Search code, names, tags")).to_be_focused()

    page.keyboard.type("answ")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    card = panel.get_by_role("listitem").filter(has_text="answer")
    expect(card.locator(".sp-Outcome")).to_contain_text("✓ ran")
    expect(page.locator(".jp-OutputArea-output").get_by_text("the answer 42")).to_be_visible()
    expect(page.locator(".jp-Notebook:focus-within")).to_be_visible()

    page.keyboard.press("Control+Alt+K")
    expect(panel.get_by_label("Search code, names, tags")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".jp-Notebook:focus-within")).to_be_visible()
    assert [cell["source"] for cell in cells(page)].count("1 / 0") == 1
    failing = panel.get_by_role("listitem").filter(has_text="breaks")
    expect(failing.locator(".sp-Outcome")).to_have_text("never run")
    page.keyboard.press("Shift+Enter")
    expect(failing.locator(".sp-Outcome")).to_contain_text("✕ failed")
    failing.get_by_role("button", name="breaks", exact=True).click()
    expect(panel.get_by_text("ZeroDivisionError: division by zero")).to_be_visible()
    shoot(page, "library-failed")


def test_a_cell_that_was_edited_does_not_speak_for_the_block(make_lab, open_page):
    page = open_notebook(open_page, make_lab())
    save(page, "x = 1", name="one")
    panel = open_library(page)
    card = panel.get_by_role("listitem").filter(has_text="one")
    card.hover()
    card.get_by_role("button", name="Insert into cell").click()
    expect(card.get_by_text("used once")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type(" / 0")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_text("ZeroDivisionError").first).to_be_visible()
    # Once the cell has run and the server has answered, what was told of it would be known.
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    page.evaluate("fetch('/sponde/api/code-blocks').then(answer => answer.text())")
    expect(card.locator(".sp-Outcome")).to_have_text("never run")


def test_without_a_notebook_a_new_one_is_offered(make_lab, open_page):
    page = open_page(make_lab())
    save(page, "print(6 * 7)", name="product")
    panel = open_library(page)
    expect(panel.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No notebook is open")).to_be_visible()
    shoot(page, "library-no-notebook")
    page.get_by_role("button", name="Open a new notebook").click()
    expect(panel.locator(".sp-Outcome")).to_contain_text("✓ ran")
    expect(page.locator(".jp-OutputArea-output").get_by_text("42")).to_be_visible()
    assert [cell["source"] for cell in cells(page)] == ["print(6 * 7)"]


def test_a_card_is_dragged_onto_the_notebook(make_lab, open_page):
    page = open_notebook(open_page, make_lab())
    save(page, "dragged = True", name="dragged")
    panel = open_library(page)
    before = len(cells(page))
    panel.locator(".sp-Card").hover()
    page.mouse.down()
    box = page.locator(".jp-Notebook .jp-Cell").nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 40, steps=12)
    shoot(page, "library-drag")
    page.mouse.up()
    expect(page.locator(".jp-Notebook").get_by_text("dragged =")).to_be_visible()
    now = cells(page)
    assert len(now) == before + 1
    (cell,) = [cell for cell in now if cell["source"] == "dragged = True"]
    assert cell["metadata"]["sponde"]["block_id"]
    expect(panel.get_by_label("Search code, names, tags")).to_be_visible()


def test_what_cannot_be_saved_says_why_and_keeps_the_draft(make_lab, open_page):
    page = open_notebook(open_page, make_lab())
    save(page, "x = 1", name="one")
    save(page, "x = 2", name="two")
    panel = open_library(page)
    panel.get_by_role("button", name="two", exact=True).click()
    panel.get_by_label("Name").fill("one")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("Another code block is named 'one'.")
    expect(panel.get_by_label("Name")).to_have_value("one")
    panel.get_by_role("button", name="Discard changes").click()
    expect(panel.get_by_label("Name")).to_have_value("two")
    # Chromium itself writes every refusal into its console.
    assert all("409" in problem for problem in open_page.problems)
    open_page.problems.clear()


def test_it_fits_the_themes_and_a_narrow_window(make_lab, open_page):
    page = open_notebook(open_page, make_lab(), width=900, height=700)
    samples = [
        (LOAD, {"description": "Bird strikes, all rows", "tags": ["birds", "loading"]}),
        ("select species, count(*) as n\nfrom bird_strikes\ngroup by species", {}),
        ("def clean(frame):\n    return frame.dropna()\n", {"tags": ["cleaning"]}),
        ("!pip list | grep pandas", {"name": "a_very_long_name_for_a_block_that_does_not_fit"}),
    ]
    for code, given in samples:
        save(page, code, **given)
    panel = open_library(page)
    expect(panel.get_by_role("listitem")).to_have_count(4)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        set_theme(page, theme)
        shoot(page, f"library-narrow-{theme}")
        assert panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    page.keyboard.press("Shift+Enter")
    expect(panel.get_by_label("Description")).to_be_visible()
    shoot(page, "library-detail-dark")
    body = panel.locator(".sp-Detail-body")
    assert body.evaluate("node => node.scrollWidth <= node.clientWidth")
    page.keyboard.press("Escape")
    expect(panel.get_by_label("Search code, names, tags")).to_be_focused()


def test_an_answers_code_is_run_saved_and_known_again_after_a_reload(make_lab, open_page):
    page = open_notebook(open_page, make_lab())
    post(page, "datasets", {"path": "sponde-welcome/bird_strikes.csv"})
    command(page, "sponde:chat:new")
    chat = page.locator("#sponde-chat")
    chat.get_by_label("Question", exact=True).fill("/profile @bird_strikes")
    chat.get_by_role("button", name="Send").click()
    code = chat.locator(".sp-Answer .sp-Code").first
    code.hover()
    code.get_by_role("button", name="Insert and run").click()
    expect(code.get_by_role("status")).to_have_text("Ran")
    assert "sponde.dataset" in cells(page)[1]["source"]

    code.get_by_role("button", name="Save to the library").click()
    expect(code.get_by_role("status")).to_contain_text("Saved as")
    expect(code.get_by_role("button", name="Saved as")).to_be_visible()
    panel = open_library(page)
    card = panel.get_by_role("listitem")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("✓ ran")  # it ran before it was saved: that is not forgotten
    shoot(page, "library-from-chat")

    page.reload()
    saved = chat.locator(".sp-Answer .sp-Code").first.get_by_role("button", name="Saved as")
    expect(saved).to_be_visible()
