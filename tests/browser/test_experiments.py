"""Comparing two versions by clicking: the form, the progress, the verdict, the list."""

import re

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot

PARAMETERS = "seed = 0\nrate = 0.1  # how fast it learns\nkind: str = 'plain'"
TRAIN = """
import random, sponde
random.seed(seed)
error = 0.5 + random.gauss(0, 0.05) - (rate - 0.1) * random.gauss(2, 0.4)
sponde.metric("rmse", error)
sponde.metric("rows", 10_000)
"""


def write(lab, name, *sources):
    cells = [v4.new_code_cell(text) for text in sources]
    cells[0].metadata["tags"] = ["parameters"]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), lab.root / name)


@pytest.fixture(scope="module")
def lab(make_lab):
    lab = make_lab()
    write(lab, "train.ipynb", PARAMETERS, TRAIN)
    write(lab, "shaky.ipynb", PARAMETERS, "if kind == 'shaky' and seed == 2:\n    1 / 0", TRAIN)
    return lab


def test_two_parameter_sets_are_compared(lab, open_page):
    page = open_page(lab)
    command(page, "sponde:experiments:open")
    page.get_by_text("No experiments yet").wait_for()
    shoot(page, "experiments-empty")
    command(page, "docmanager:open", {"path": "train.ipynb"})
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")
    page.locator(".lm-MenuBar-item", has_text="Sponde").click()
    page.locator(".lm-Menu-item", has_text="Compare Two Versions…").click()
    form = page.locator(".sp-Experiment-form")
    form.get_by_label("rate of version B").fill("0.2")
    form.get_by_text("Say by which metric to compare.").wait_for()
    shoot(page, "experiments-form")
    form.get_by_label("Metric").fill("rmse")
    form.get_by_label("Runs of each version").fill("4")
    form.get_by_role("button", name="Run 8 times and compare").click()
    page.get_by_text(re.compile("[1-7] of 8 runs done")).wait_for()
    shoot(page, "experiments-running")
    verdict = page.locator(".sp-Verdict")
    verdict.wait_for(timeout=240_000)
    assert re.match(
        r"B is better: its rmse is lower by 0\.\d+ "
        r"\(95 % interval [\d.]+ to [\d.]+, 4 pairs of runs\)\.",
        verdict.inner_text(),
    )
    assert page.locator(".sp-Effect circle").count() == 8
    shoot(page, "experiments-verdict")
    page.locator("table", has_text="Notebook").get_by_role("button", name="Open").first.click()
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_text("rmse = 0.").wait_for()

    command(page, "sponde:experiments:open")
    row = page.get_by_role("region", name="train: rate")
    row.get_by_text("B is better").wait_for()
    shoot(page, "experiments-list")
    row.get_by_role("button", name="Delete").click()
    page.get_by_text("No experiments yet").wait_for()
    page.locator(".Toastify__toast", has_text="Deleted").get_by_text("Undo").click()
    row.get_by_role("button", name="train: rate", exact=True).click()
    page.locator(".sp-Verdict").wait_for()
    # The next time the metric is known.
    command(page, "sponde:experiments:compare", {"notebook": "train.ipynb"})
    expect(page.locator(".sp-Experiment-form").get_by_label("Metric")).to_have_value("rmse")


def test_two_notebooks_one_of_which_fails_once_dark_and_narrow(lab, open_page):
    page = open_page(lab, width=760, height=900)
    set_theme(page, "JupyterLab Dark")
    page.locator(".jp-DirListing-item", has_text="train.ipynb").click(button="right")
    page.locator(".lm-Menu-item", has_text="Compare Two Versions…").click()
    form = page.locator(".sp-Experiment-form")
    form.get_by_label("Compare with another notebook").check()
    form.get_by_role("button", name="Change Notebook B").click()
    dialog = page.locator(".jp-Dialog")
    dialog.locator(".jp-DirListing-item", has_text="shaky.ipynb").click()
    dialog.get_by_role("button", name=re.compile("Select|Open")).click()
    form.get_by_text("shaky.ipynb").wait_for()
    form.get_by_label("kind of version B").fill("shaky")
    form.get_by_label("Metric").fill("rmse")
    form.get_by_label("Runs of each version").fill("3")
    page.locator(".jp-SideBar .lm-TabBar-tab.lm-mod-current").first.click()
    shoot(page, "experiments-form-dark")
    form.get_by_role("button", name="Run 6 times and compare").click()
    verdict = page.locator(".sp-Verdict")
    verdict.wait_for(timeout=240_000)
    assert "1 of B's 3 runs is left out" in verdict.inner_text()
    page.get_by_text("ZeroDivisionError").first.wait_for()
    shoot(page, "experiments-verdict-dark")
    page.locator(".sp-Experiments h2").last.scroll_into_view_if_needed()
    page.locator("#sponde-experiments .sp-Scroll").evaluate("node => node.scrollTo(0, 1e6)")
    shoot(page, "experiments-runs-dark")
    set_theme(page, "JupyterLab Light")


def test_a_notebook_that_cannot_be_read_is_named_and_an_experiment_can_be_cancelled(lab, open_page):
    page = open_page(lab)
    command(page, "sponde:experiments:compare", {"notebook": "nowhere.ipynb"})
    page.locator(".sp-ErrorNote", has_text="nowhere.ipynb").wait_for()
    open_page.problems.clear()  # the browser tells its console of every 404
    command(page, "sponde:experiments:compare", {"notebook": "train.ipynb"})
    form = page.locator(".sp-Experiment-form")
    form.get_by_label("rate of version B").fill("much")
    form.get_by_label("Metric").fill("rmse")
    form.get_by_role("button", name="Run 10 times and compare").click()
    page.locator(".sp-ErrorNote", has_text="much").wait_for()
    open_page.problems.clear()
    form.get_by_label("rate of version B").fill("0.3")
    form.get_by_role("button", name="Run 10 times and compare").click()
    progress = page.locator(".sp-Experiment-progress")
    progress.wait_for()
    progress.get_by_role("button", name="Cancel").click()
    page.get_by_text("This experiment was cancelled, so there is no verdict").wait_for()
    shoot(page, "experiments-cancelled")
