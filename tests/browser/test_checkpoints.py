"""Going back to before an answer changed cells and files, by clicking."""

import json

import pytest
from playwright.sync_api import expect

from browser.lab import TOKEN, command, set_theme, shoot

BEFORE = [
    "import pandas as pd",
    "sales = pd.read_csv('sales.csv')\nsales.head()",
    "sales.describe()",
]


@pytest.fixture(scope="module")
def lab(make_lab):
    lab = make_lab(welcome=False)
    cells = [
        {"id": f"c{number}", "cell_type": "code", "source": source, "metadata": {}, "outputs": [],
         "execution_count": None}
        for number, source in enumerate(BEFORE)
    ]  # fmt: skip
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    book = {"metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5, "cells": cells}
    (lab.root / "work.ipynb").write_text(json.dumps(book))
    (lab.root / "notes.txt").write_text("first line\nsecond line\n")
    return lab


# What tools and accepted changes do, through the same token.
TURN = """async ([messageId, token]) => {
    const app = window.jupyterapp;
    const services = [...app.pluginRegistry._services.keys()];
    const wanted = services.find(one => one.name === 'sponde-lab:ICheckpoints');
    const checkpoints = await app.pluginRegistry.resolveRequiredService(wanted);
    const done = await checkpoints.before(messageId, ['work.ipynb', 'notes.txt', 'summary.csv']);
    const shared = app.shell.currentWidget.content.model.sharedModel;
    shared.cells[1].setSource(
        "sales = pd.read_csv('sales.csv', parse_dates=['day'])\\nsales.head()");
    shared.insertCell(3, {cell_type: 'code', source: "sales.groupby('day').sum()"});
    const base = JSON.parse(document.getElementById('jupyter-config-data').textContent).baseUrl;
    for (const [name, content] of [
        ['notes.txt', 'first line\\nanother second line\\n'], ['summary.csv', 'day,total\\n']]) {
        await fetch(base + 'api/contents/' + name, {
            method: 'PUT', headers: {Authorization: 'token ' + token},
            body: JSON.stringify({type: 'file', format: 'text', content})});
    }
    await done();
}"""
SOURCES = """() => [...document.querySelectorAll('.jp-NotebookPanel')].length &&
    window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map(c => c.getSource())"""
EDIT = """([at, source]) => window.jupyterapp.shell.currentWidget.content.model.sharedModel
    .cells[at].setSource(source)"""


def sources(page):
    return page.evaluate(SOURCES)


def cells_are(page, wanted):
    page.wait_for_function(
        "([wanted, sources]) => JSON.stringify(eval(sources)()) === JSON.stringify(wanted)",
        arg=[wanted, SOURCES],
    )


def test_an_answer_that_changed_cells_and_files_is_gone_back_from_and_that_is_undone(
    lab, open_page
):
    page = open_page(lab)
    command(page, "docmanager:open", {"path": "work.ipynb"})
    page.locator(".jp-Notebook .jp-Cell").nth(2).wait_for()
    command(page, "sponde:chat:new")
    chat = page.locator("#sponde-chat")
    chat.get_by_label("Question", exact=True).fill("/help")
    chat.get_by_role("button", name="Send").click()
    answer = chat.locator(".sp-Answer")
    expect(answer).to_have_attribute("data-status", "complete")
    message = page.evaluate("() => document.querySelector('[data-id]:has(.sp-Answer)').dataset.id")
    page.evaluate(TURN, [message, TOKEN])
    made = [
        BEFORE[0],
        "sales = pd.read_csv('sales.csv', parse_dates=['day'])\nsales.head()",
        BEFORE[2],
        "sales.groupby('day').sum()",
    ]
    cells_are(page, made)

    turn = chat.get_by_role("region", name="What this answer changed")
    expect(turn).to_contain_text("work.ipynb: 1 cell inserted, 1 cell changed")
    expect(turn).to_contain_text("notes.txt: written")
    expect(turn).to_contain_text("summary.csv: made")
    turn.scroll_into_view_if_needed()
    shoot(page, "checkpoint-line")
    turn.get_by_role("button", name="Show changes").click()
    expect(turn.locator(".sp-mod-new").first).to_contain_text("parse_dates")
    turn.scroll_into_view_if_needed()
    shoot(page, "checkpoint-changes")

    # What the person did elsewhere stays, saved or not.
    page.evaluate(EDIT, [0, "import pandas as pd  # mine"])
    turn.get_by_role("button", name="Go back").click()
    back = ["import pandas as pd  # mine", BEFORE[1], BEFORE[2]]
    cells_are(page, back)
    expect(turn).to_contain_text("Went back")
    expect(turn).to_contain_text("Variables in the kernel stay as they are.")
    assert (lab.root / "notes.txt").read_text() == "first line\nsecond line\n"
    assert not (lab.root / "summary.csv").exists()
    turn.scroll_into_view_if_needed()
    shoot(page, "checkpoint-back")

    turn.get_by_role("button", name="Undo going back").click()
    cells_are(page, ["import pandas as pd  # mine", *made[1:]])
    assert (lab.root / "summary.csv").read_text() == "day,total\n"
    assert "another" in (lab.root / "notes.txt").read_text()

    # Where the person changed the same, they choose.
    page.evaluate(EDIT, [1, "sales = mine()"])
    turn.get_by_role("button", name="Go back").click()
    asked = turn.get_by_role("alert")
    expect(asked).to_contain_text("You have changed 1 of these since this answer.")
    set_theme(page, "JupyterLab Dark")
    asked.scroll_into_view_if_needed()
    shoot(page, "checkpoint-choice-dark")
    set_theme(page, "JupyterLab Light")
    asked.get_by_role("button", name="Keep my changes").click()
    cells_are(page, ["import pandas as pd  # mine", "sales = mine()", BEFORE[2]])
    turn.get_by_role("button", name="Undo going back").click()
    cells_are(page, ["import pandas as pd  # mine", "sales = mine()", *made[2:]])
    turn.get_by_role("button", name="Go back").click()
    asked.get_by_role("button", name="Everything as it was").click()
    cells_are(page, BEFORE)

    # The cell's own undo knows of it, and a reload of the page forgets nothing.
    page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-InputPrompt").click()
    command(page, "notebook:undo")
    cells_are(page, [BEFORE[0], "sales = mine()", BEFORE[2]])
    command(page, "docmanager:save")
    page.reload()
    turn = page.locator("#sponde-chat").get_by_role("region", name="What this answer changed")
    expect(turn).to_contain_text("Went back")
    page.set_viewport_size({"width": 700, "height": 800})
    turn.scroll_into_view_if_needed()
    shoot(page, "checkpoint-narrow")
