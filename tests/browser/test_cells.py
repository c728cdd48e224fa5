"""Asking about cells: the error, what goes along, the change that is accepted, completion."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab import PATIENCE, TOKEN, command, set_theme, shoot
from browser.test_chat import call
from browser.test_library import open_notebook

PRICES = """import pandas as pd
prices = pd.DataFrame({"fruit": ["fig", "plum", "fig"], "price": [1.5, 2.25, 0.75]})"""
CHEAPEST = "cheapest = {}\nfor row in prices.itertuples():\n    cheapest[row.fruit] = row.price"
CELLS = ["right = 41", "# mend\ntotal = wrong + 1\n\nprint('the total')\ntotal * 1"]


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def write_cells(page: Page, *codes: str) -> None:
    """Put these cells, and no others, into the notebook; the last one is active."""
    page.evaluate(
        """codes => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const shared = notebook.model.sharedModel;
            shared.deleteCellRange(0, shared.cells.length);
            shared.insertCells(0, codes.map(source => ({cell_type: 'code', source})));
            notebook.activeCellIndex = codes.length - 1;
        }""",
        list(codes),
    )


def run_all(page: Page) -> None:
    """Run every cell, whatever fails, and wait."""
    page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            for (const cell of panel.content.widgets) {
                panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
                await window.jupyterapp.commands.execute('notebook:run-cell');
            }
        }"""
    )


def sources(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...window.jupyterapp.shell.widgets('main')]
            .find(panel => panel.content?.model?.cells).content.model.sharedModel.cells
            .map(cell => cell.getSource())"""
    )


def connect(page: Page, upstream) -> None:
    if not call(page, "GET", "/models"):
        call(page, "POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
    page.wait_for_function(
        "() => window.jupyterapp.commands.label('sponde:cells:who').includes('scripted')"
    )


def strip_of(page: Page) -> Locator:
    return page.locator(".sp-CellStrip-body")


def test_an_error_is_mended_by_a_change_that_is_accepted_and_undone(lab, open_page, upstream):
    page = open_notebook(open_page, lab)
    connect(page, upstream)
    write_cells(page, *CELLS)
    run_all(page)
    fix = page.get_by_role("button", name="Fix this error")
    expect(fix).to_have_count(1)
    shoot(page, "cells-error")
    command(page, "sponde:cells:menu")
    expect(page.get_by_role("menuitem", name="Explain Cell")).to_be_visible()
    expect(
        page.locator(".lm-Menu").get_by_text("scripted answers, on this machine")
    ).to_be_visible()
    shoot(page, "cells-menu")
    page.keyboard.press("Escape")

    fix.click()
    strip = strip_of(page)
    expect(strip).to_contain_text("Proposed: 1 change")
    assert sources(page) == CELLS
    said = json.dumps(upstream.requests()[-1]["body"])
    assert "right = 41" not in said  # nothing of it is needed
    assert "total = wrong + 1" in said
    assert "NameError: name 'wrong' is not defined" in said
    assert "\\u001b" not in said
    expect(strip.locator(".sp-mod-removed")).to_contain_text("total = wrong + 1")
    expect(strip.locator(".sp-mod-added")).to_contain_text("total = right + 1")
    shoot(page, "cells-diff")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "cells-diff-dark")
    set_theme(page, "JupyterLab Light")

    strip.get_by_role("button", name="Accept", exact=True).click()
    expect(strip).to_have_count(0)
    assert sources(page)[1] == CELLS[1].replace("wrong", "right")
    expect(
        page.locator(".jp-RenderedText[data-mime-type*=error], .jp-OutputArea-output")
    ).not_to_have_count(0)
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "code => window.jupyterapp.shell.currentWidget.content.activeCell"
        ".model.sharedModel.getSource() === code",
        arg=CELLS[1],
    )

    # By the keys alone, with the cells that it depends on.
    write_cells(page, "right = 41", "wrong_name = 'mend'", "# mend\nprint(right, wrong)")
    run_all(page)
    page.locator(".jp-Notebook .jp-Cell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Alt+F")
    expect(strip).to_contain_text("Proposed: 1 change")
    said = upstream.requests()[-1]["body"]["messages"]
    assert "right = 41" in json.dumps(said)
    assert "wrong_name" not in json.dumps(said)
    page.keyboard.press("Control+Alt+Enter")
    expect(strip).to_have_count(0)
    assert sources(page)[-1] == "# mend\nprint(right, right)"

    # The answer says what came of it in the notebook, and one click goes back.
    command(page, "sponde:chat:open")
    turn = page.locator(".sp-Turn").last
    turn.get_by_role("button", name="Go back").click()
    expect(turn.get_by_role("button", name="Undo going back")).to_be_visible()
    assert sources(page)[-1] == "# mend\nprint(right, wrong)"
    shoot(page, "cells-went-back")
    turn.get_by_role("button", name="Undo going back").click()
    expect(turn.get_by_role("button", name="Go back")).to_be_visible()
    assert sources(page)[-1] == "# mend\nprint(right, right)"
    run_all(page)
    expect(page.get_by_role("button", name="Fix this error")).to_have_count(0)
    explained_and_converted(page, upstream)


def explained_and_converted(page: Page, upstream) -> None:
    """Ask what a cell does, and have it written in SQL, in polars and in pandas."""
    write_cells(page, PRICES, CHEAPEST)
    run_all(page)
    cell = page.locator(".jp-Notebook .jp-Cell").last
    command(page, "sponde:cells:explain")
    answer = page.locator("#sponde-chat .sp-Answer").last
    expect(answer).to_contain_text("You asked: Explain cell [")
    expect(answer).to_have_attribute("data-status", "complete")
    said = json.dumps(upstream.requests()[-1]["body"])
    assert "cheapest[row.fruit] = row.price" in said
    assert "prices = pd.DataFrame" in said  # it is made of that
    chip = page.locator("#sponde-chat .sp-Question").last.locator(".sp-RefChip").first
    expect(chip).to_contain_text("cell [")
    shoot(page, "cells-explained")
    assert sources(page) == [PRICES, CHEAPEST]  # nothing is proposed: it is read
    expect(strip_of(page)).to_have_count(0)

    cell.locator(".cm-content").click()
    for name, code in (("SQL", "duckdb.sql"), ("polars", "pl.from_pandas"), ("pandas", "groupby")):
        command(page, "sponde:cells:menu")
        menu = page.locator(".lm-Menu-itemLabel")
        menu.get_by_text("Convert", exact=True).click()
        menu.get_by_text(f"Convert Cell to {name}").click()
        strip = strip_of(page)
        expect(strip).to_contain_text("Proposed: ")
        expect(strip.locator(".sp-mod-added").first).to_be_visible()
        shoot(page, f"cells-convert-{name}")
        if name == "polars":  # which not everyone has
            strip.get_by_role("button", name="Reject", exact=True).first.click()
            expect(strip).to_have_count(0)
            assert "duckdb.sql" in sources(page)[-1]
            continue
        strip.get_by_role("button", name="Accept").first.click()
        expect(strip).to_have_count(0)
        assert code in sources(page)[-1]
        page.evaluate(
            """() => { const {content} = window.jupyterapp.shell.currentWidget;
                const {sharedModel} = content.activeCell.model;
                sharedModel.setSource(sharedModel.getSource() + '\\ncheapest'); }"""
        )
        run_all(page)
        expect(cell.locator(".jp-OutputArea-output table")).to_contain_text("0.75")


def test_cells_are_proposed_below_and_changes_wait_for_a_cell_that_moved(lab, open_page, upstream):
    page = open_notebook(open_page, lab, width=760, height=800)
    connect(page, upstream)
    write_cells(page, "x = 1  # mend wrong\ny = 2\nz = 3\na = 4\nb = 5  # wrong", "print(x)")
    page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    strip = strip_of(page)
    command(page, "sponde:cells:document")
    expect(strip).to_contain_text("Proposed: 2 changes")
    page.evaluate("window.jupyterapp.shell.collapseRight()")
    shoot(page, "cells-diff-narrow")
    strip.get_by_role("button", name="Accept", exact=True).first.click()
    expect(strip).to_contain_text("Proposed: 1 change")
    assert sources(page)[0] == "x = 1  # mend right\ny = 2\nz = 3\na = 4\nb = 5  # wrong"

    # Moved, it comes along; typed in, it says so; gone, it is offered elsewhere.
    command(page, "notebook:move-cell-down")
    expect(strip).to_have_count(1)
    expect(page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".sp-CellStrip")).to_have_count(1)
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.activeCell
            .model.sharedModel.setSource('typed = True')"""
    )
    expect(strip).to_contain_text("The cell was changed since")
    shoot(page, "cells-stale")
    strip.get_by_role("button", name="Compare with it as it is").click()
    expect(strip).to_contain_text("Proposed: 1 change")
    command(page, "notebook:delete-cell")
    expect(strip).to_have_count(0)
    page.get_by_role("button", name="Insert as a new cell").click()
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)
    assert sources(page)[1] == "x = 1  # mend right\ny = 2\nz = 3\na = 4\nb = 5  # right"

    # What the next cell should do, in words.
    page.locator(".jp-Notebook .jp-Cell").first.locator(".cm-content").click()
    page.keyboard.press("Control+Alt+G")
    wish = page.get_by_label("What should the next cell do?")
    expect(wish).to_be_focused()
    page.keyboard.press("Escape")
    expect(wish).to_have_count(0)
    page.keyboard.press("Control+Alt+G")
    expect(wish).to_be_focused()
    page.keyboard.type("Sum it up, with code")
    shoot(page, "cells-wish")
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("Proposed as a new cell")
    assert len(sources(page)) == 2
    page.evaluate("window.jupyterapp.shell.collapseRight()")
    shoot(page, "cells-new-cell")
    strip.get_by_role("button", name="Insert below").click()
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell")).to_have_count(3)
    assert sources(page)[1].startswith("import sponde")

    # An answer without code says so; one that is stopped, too.
    command(page, "sponde:cells:test")
    expect(strip).to_contain_text("holds no Python code that fits")
    shoot(page, "cells-none")
    strip.get_by_role("button", name="Close").click()
    page.locator(".jp-Notebook .jp-Cell").first.locator(".cm-content").click()
    page.keyboard.press("Control+Alt+G")
    expect(wish).to_be_focused()
    page.keyboard.type("hang on")
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("The answer grows in the chat")
    strip.get_by_role("button", name="Stop").click()
    expect(strip).to_contain_text("Stopped")
    for _ in range(300):
        if upstream.requests()[-1]["left"]:
            break
        page.wait_for_timeout(100)
    assert upstream.requests()[-1]["left"]


def complete_in_cells(page: Page) -> None:
    page.evaluate(
        """async token => {
            const base = JSON.parse(
                document.getElementById('jupyter-config-data').textContent).baseUrl;
            const raw = JSON.stringify({providers: {sponde: {
                enabled: true, debouncerDelay: 50, timeout: 60000, lines: 6, model: ''}}});
            await fetch(base + 'lab/api/settings/@jupyterlab/completer-extension:inline-completer',
                {method: 'PUT', body: JSON.stringify({raw}),
                 headers: {Authorization: 'token ' + token}});
        }""",
        TOKEN,
    )


def test_code_goes_on_while_one_types_and_is_given_up_when_one_types_on(
    make_lab, open_page, upstream
):
    lab = make_lab()
    page = open_notebook(open_page, lab)
    connect(page, upstream)
    write_cells(page, "import math", "")
    last = page.locator(".jp-Notebook .jp-Cell").last
    last.locator(".cm-content").click()
    page.keyboard.type("x = 1")
    page.wait_for_timeout(1500)
    assert upstream.requests() == []  # off until a person switches it on

    complete_in_cells(page)
    page.close()
    page = open_notebook(open_page, lab)
    connect(page, upstream)
    write_cells(page, "import math", "def add(left, right):  # fill\n    return")
    last = page.locator(".jp-Notebook .jp-Cell").last
    last.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" ")
    ghost = page.locator(".jp-GhostText")
    expect(ghost).to_contain_text("left + right")
    shoot(page, "cells-completion")
    said = json.dumps(upstream.requests()[-1]["body"])
    assert "import math" in said
    page.keyboard.press("Tab")
    expect(ghost).to_have_count(0)
    assert sources(page)[-1].endswith("return left + right\n    # whole")

    upstream.forget()
    write_cells(page, "# hang\nx =")
    page.locator(".jp-Notebook .jp-Cell").last.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" ")
    for _ in range(300):
        if upstream.requests():
            break
        page.wait_for_timeout(100)
    page.keyboard.type("1")
    for _ in range(300):
        if upstream.requests()[0]["left"]:
            break
        page.wait_for_timeout(100)
    assert upstream.requests()[0]["left"]


def test_without_a_model_it_says_so_and_tidies_by_what_the_kernel_has(make_lab, open_page):
    page = open_notebook(open_page, make_lab())
    write_cells(page, "%matplotlib inline\nx   =  [1,2 ];")
    command(page, "sponde:cells:explain")
    expect(
        page.get_by_text("No language model is connected, so nobody can answer.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Connect a model…")).to_be_visible()
    command(page, "sponde:cells:tidy")
    strip = strip_of(page)
    expect(strip).to_contain_text("By ruff in the kernel’s environment", timeout=PATIENCE)
    shoot(page, "cells-tidy")
    strip.get_by_role("button", name="Accept", exact=True).click()
    assert sources(page) == ["%matplotlib inline\nx = [1, 2];"]
