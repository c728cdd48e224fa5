"""From block to cell: fitted to the notebook's names, remembered, updated both ways, dragged."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.lab import PATIENCE, command, set_theme, shoot

PANEL = "#sponde-library"
PLOT = "monthly = df.groupby('month')['amount'].sum()\nmonthly.max()"
FITTED = "monthly = sales.groupby('month')['Amt'].sum()\nmonthly.max()"
MAKE = """\
import pandas as pd
clients = pd.DataFrame({'id': [1], 'city': ['x']})
sales = pd.DataFrame({'month': [1, 1, 2], 'Amt': [10, 20, 5]})"""


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def cells(page: Page) -> list[dict]:
    return page.evaluate(
        """() => [...window.jupyterapp.shell.widgets('main')]
            .find(panel => panel.content?.model?.cells).content.model.sharedModel.cells
            .map(cell => cell.toJSON())"""
    )


def sources(page: Page) -> list[str]:
    return [cell["source"] for cell in cells(page)]


def wait_for_sources(page: Page, wanted: list[str]) -> None:
    page.wait_for_function(
        """wanted => JSON.stringify([...window.jupyterapp.shell.widgets('main')]
            .find(panel => panel.content?.model?.cells).content.model.sharedModel.cells
            .map(cell => cell.getSource())) === JSON.stringify(wanted)""",
        arg=wanted,
        timeout=PATIENCE,
    )


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(300)
    raise AssertionError("It never became so.")


def is_idle(page: Page) -> None:
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=PATIENCE,
    )


def new_notebook(page: Page) -> None:
    page.evaluate(
        """async () => {
            const { commands } = window.jupyterapp;
            const panel = await commands.execute(
                'notebook:create-new', {kernelName: 'python3'});
            await panel.context.ready;
            await panel.sessionContext.ready;
        }"""
    )
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    is_idle(page)


def run(page: Page, code: str) -> None:
    """Write code into the active cell and run it, as a person does; the next one is active then."""
    page.evaluate(
        """code => {
            const { content } = window.jupyterapp.shell.currentWidget;
            content.activeCell.model.sharedModel.setSource(code);
        }""",
        code,
    )
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
    is_idle(page)


def drag(page: Page, card, x: float, y: float, *, shoots: str = "", key: str = "") -> None:
    card.hover()
    page.mouse.down()
    page.mouse.move(x, y - 5, steps=10)
    if key:
        page.keyboard.down(key)
    page.mouse.move(x, y, steps=3)
    if shoots:
        shoot(page, shoots)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def copy_of_notebook(page: Page) -> str:
    """Save the open notebook, and open a copy of it in a narrow window; give its path."""
    page.set_viewport_size({"width": 700, "height": 900})
    path: str = page.evaluate(
        """async () => {
            const { serviceManager, shell, commands } = window.jupyterapp;
            const { context } = shell.currentWidget;
            await context.save();
            const copy = await serviceManager.contents.copy(context.path, '');
            const panel = await commands.execute('docmanager:open', {path: copy.path});
            await panel.context.ready;
            await panel.sessionContext.ready;
            shell.activateById(panel.id);
            return copy.path;
        }"""
    )
    return path


def test_a_block_is_fitted_remembered_updated_dragged_and_let_go(lab, open_page, api):
    block = api("POST", "/code-blocks", {"code": PLOT, "name": "best_month"})
    page = open_page(lab)
    new_notebook(page)
    run(page, MAKE)

    # From the search to a cell by keyboard: the names that differ are asked about.
    command(page, "sponde:library:open")
    panel = page.locator(PANEL)
    expect(panel.get_by_label("Search code, names, tags")).to_be_focused()
    page.keyboard.type("best_month")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("df")).to_have_value("sales")
    expect(dialog.get_by_label("amount")).to_have_value("Amt")
    expect(dialog.get_by_label("df")).to_be_focused()
    shoot(page, "use-fit")
    page.keyboard.press("Enter")
    wait_for_sources(page, [MAKE, FITTED])
    line = page.get_by_role("group", name="From the library: best_month")
    expect(line).to_be_visible()
    mark = cells(page)[1]["metadata"]["sponde"]
    assert mark["renames"] == {"names": {"df": "sales"}, "columns": {"amount": "Amt"}}

    # It runs under the notebook's names, and that speaks for the block.
    expect(page.locator(".jp-Notebook:focus-within")).to_be_visible()
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text("30")
    wait_until(page, lambda: api("GET", f"/code-blocks/{block['id']}")["last_outcome"] == "ok")

    # Changed here: the block takes it over, under its own names.
    page.evaluate(
        """() => {
            const { content } = window.jupyterapp.shell.currentWidget;
            content.activeCellIndex = 1;
            const shared = content.activeCell.model.sharedModel;
            shared.setSource(shared.getSource().replace('max', 'min'));
        }"""
    )
    expect(line).to_contain_text("changed here")
    shoot(page, "use-changed")
    line.get_by_role("button", name="Update the block").click()
    expect(line).not_to_contain_text("changed here")
    now = api("GET", f"/code-blocks/{block['id']}")
    assert now["code"] == PLOT.replace("max", "min")
    assert len(api("GET", f"/code-blocks/{block['id']}/revisions")) == 1

    # The block is changed elsewhere: the cell shows what would become of it, and takes it.
    api("PATCH", f"/code-blocks/{block['id']}", {"code": PLOT + " * 2"})
    expect(line).to_contain_text("the block has a newer revision")
    line.get_by_role("button", name="Update the cell").click()
    proposal = page.get_by_role("region", name="Update the cell from")
    expect(proposal).to_contain_text("monthly.max() * 2")
    shoot(page, "use-update-cell")
    proposal.get_by_role("button", name="Accept").click()
    expect(proposal).to_be_hidden()
    assert sources(page)[1] == FITTED + " * 2"
    expect(line).not_to_contain_text("newer")
    page.keyboard.press("Control+z")
    expect(line).to_contain_text("newer revision")
    assert sources(page)[1] == FITTED.replace("max", "min")

    # %use under the notebook's names: that cell remembers too.
    page.evaluate(
        """() => {
            const { content } = window.jupyterapp.shell.currentWidget;
            content.activeCellIndex = content.widgets.length - 1;
        }"""
    )
    run(page, "%load_ext sponde")
    run(page, "%use best_month df=sales amount=Amt")
    expect(line).to_have_count(2)
    assert FITTED + " * 2" in sources(page)

    # Dragged before a cell, and with Shift into a cell's place; undone by the notebook's undo.
    command(page, "sponde:library:open")
    api("POST", "/code-blocks", {"code": "dropped = True", "name": "dropped"})
    panel.get_by_label("Search code, names, tags").fill("dropped")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    card = panel.get_by_role("listitem")
    before = sources(page)
    box = page.locator(".jp-Notebook .jp-Cell").first.bounding_box()
    assert box
    drag(page, card, box["x"] + 200, box["y"] + 20, shoots="use-drag")
    wait_for_sources(page, ["dropped = True", *before])
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:undo-cell-action')")
    wait_for_sources(page, before)
    drag(page, card, box["x"] + 200, box["y"] + 20, shoots="use-drag-replace", key="Shift")
    wait_for_sources(page, ["dropped = True", *before[1:]])
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:undo-cell-action')")
    wait_for_sources(page, before)

    # Saved and opened again the cells still know; a deleted block says so, and is let go.
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    expect(line).to_have_count(2)
    set_theme(page, "JupyterLab Dark")
    shoot(page, "use-dark")
    api("DELETE", f"/code-blocks/{block['id']}")
    expect(line.first).to_contain_text("was deleted from the library")
    line.first.get_by_role("button", name="Detach").click()
    expect(line).to_have_count(1)
    assert sum("sponde" in cell["metadata"] for cell in cells(page)) == 1


def test_what_cannot_be_put_there_is_told_in_a_sentence(lab, open_page, api):
    page = open_page(lab)
    kept = api("POST", "/code-blocks", {"code": "import not_there_1\nx = 1", "name": "lacks"})
    in_r = api("POST", "/code-blocks", {"code": "x <- 1", "name": "in_r", "language": "r"})
    new_notebook(page)
    command(page, "sponde:library:insert", {"block_id": in_r["id"]})
    expect(
        page.get_by_text("This code is R, and this notebook’s kernel runs Python")
    ).to_be_visible()
    assert sources(page) == [""]

    # Missing packages are told before anything runs.
    command(page, "sponde:library:insert", {"block_id": kept["id"], "run": True})
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("does not find the package not_there_1")
    shoot(page, "use-missing")
    page.keyboard.press("Enter")
    wait_for_sources(page, ["%pip install not_there_1", "import not_there_1\nx = 1"])
    assert all(cell["execution_count"] is None for cell in cells(page))

    # A copy of the notebook knows its cell, too; below a Markdown cell a block is code.
    plain = api("POST", "/code-blocks", {"code": "y = 2", "name": "plain"})
    copy_of_notebook(page)
    marks = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_role("group")
    expect(marks.filter(has_text="lacks")).to_have_count(1)
    page.evaluate(
        """async () => {
            const { shell, commands } = window.jupyterapp;
            shell.currentWidget.content.activeCellIndex = 0;
            await commands.execute('notebook:insert-cell-below');
            await commands.execute('notebook:change-cell-to-markdown');
            shell.currentWidget.content.activeCell.model.sharedModel.setSource('# Why');
        }"""
    )
    command(page, "sponde:library:insert", {"block_id": plain["id"]})
    expect(marks.filter(has_text="plain")).to_have_count(1)
    shoot(page, "use-copied-narrow")
    kinds = page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
            .map(cell => [cell.cell_type, cell.getSource()])"""
    )
    assert kinds[1:3] == [["markdown", "# Why"], ["code", "y = 2"]]

    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.model.readOnly = true; }")
    command(page, "sponde:library:insert", {"block_id": kept["id"]})
    expect(page.get_by_text("is read-only: save a copy of it")).to_be_visible()
