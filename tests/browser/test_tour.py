"""The tour of the README, clicked through on the welcome notebook as it stands."""

import re

import pytest
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab(
        "--SpondeDatasets.starters=sponde-welcome/bird_strikes.csv",
        "--LabApp.default_url=/lab/tree/sponde-welcome/welcome.ipynb",
    )


def open_welcome(page):
    command(page, "docmanager:open", {"path": "sponde-welcome/welcome.ipynb"})
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")
    page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| Idle")).wait_for()


def tool(page, name):
    """Find a button of the open notebook's toolbar."""
    toolbar = page.locator(".jp-NotebookPanel-toolbar:visible")
    return toolbar.get_by_role("button", name=re.compile(name, re.IGNORECASE))


def test_ask_keep_run_compare_and_publish_on_the_welcome_notebook(lab, open_page):
    page = open_page(lab)
    open_welcome(page)

    # Data: the sample is there.
    command(page, "sponde:datasets:open")
    data = page.locator("#sponde-datasets")
    expect(data.get_by_text("10,000 rows")).to_be_visible()

    # Ask: a command, completed while it is typed.
    command(page, "sponde:chat:open")
    chat = page.locator("#sponde-chat")
    box = chat.get_by_label("Question", exact=True)
    box.press_sequentially("/pl")
    box.press("Tab")
    box.press_sequentially("@bird")
    box.press("Tab")
    box.press_sequentially("Wildlife S")
    expect(chat.get_by_role("option").first).to_contain_text("Wildlife Size")
    box.press("Tab")
    box.press("Enter")
    answer = chat.locator(".sp-Answer").last
    expect(answer.locator(".sp-mod-plot canvas, .sp-mod-plot svg").first).to_be_visible()

    # Insert and run, then keep.
    code = answer.locator(".sp-Code").first
    code.get_by_role("button", name="Insert and run").click()
    picture = page.locator(".jp-Notebook .jp-OutputArea-output img")
    expect(picture.first).to_be_visible()
    code.get_by_role("button", name="Save").click()
    expect(code.get_by_role("button", name="Saved as")).to_be_visible()
    data.get_by_text("bird_strikes").first.click()
    shoot(page, "tour-workbench")
    command(page, "sponde:library:open")
    expect(page.locator("#sponde-library").get_by_role("listitem")).to_contain_text("✓ ran")
    shoot(page, "tour-library")

    # Run with parameters.
    tool(page, "Run with parameters").click()
    form = page.locator(".sp-RunForm")
    form.get_by_label("explained_by").select_option("Wildlife Size")
    form.get_by_role("button", name="Run now").click()
    run = page.locator(".sp-Run").first
    expect(run.locator(".sp-Chip").first).to_have_text("Succeeded")
    expect(run.locator(".sp-Run-metric")).to_contain_text("rmse")
    shoot(page, "tour-jobs")
    run.get_by_role("button", name="Open result").click()
    executed = page.locator(".jp-NotebookPanel:visible")
    expect(executed.get_by_text("explained_by = ").last).to_be_visible()

    # Compare.
    command(page, "sponde:experiments:compare", {"notebook": "sponde-welcome/welcome.ipynb"})
    form = page.locator(".sp-Experiment-form")
    form.get_by_label("explained_by of version B").select_option("Wildlife Size")
    expect(form.get_by_label("Metric")).to_have_value("rmse")
    form.get_by_label("Runs of each version").fill("3")
    form.get_by_role("button", name="Run 6 times and compare").click()
    verdict = page.locator(".sp-Verdict")
    verdict.wait_for(timeout=240_000)
    expect(verdict).to_contain_text("A is better: its rmse is lower by")
    shoot(page, "tour-compare")

    # Publish.
    open_welcome(page)
    tool(page, "Publish as dashboard").click()
    notice = page.locator(".Toastify__toast", has_text="is published as a dashboard")
    with page.context.expect_page() as opened:
        notice.get_by_text("Open", exact=True).click()
    dashboard = opened.value
    expect(dashboard.get_by_text("When birds meet aircraft")).to_be_visible()
    expect(dashboard.get_by_text("mean speed in knots")).to_be_visible()
    assert "train_test" not in dashboard.content()
    assert "random_state" not in dashboard.content()
    shoot(dashboard, "tour-dashboard")
    dashboard.close()

    # Export: a notebook that runs.
    command(page, "sponde:chat:open")
    chat.get_by_label("More").click()
    page.get_by_role("menuitem", name=re.compile("notebook", re.I)).click()
    exported = page.locator(".jp-NotebookPanel:visible")
    expect(exported.locator("p", has_text="How often each")).to_be_visible()
    page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| Idle")).wait_for()
    command(page, "notebook:run-all-cells")
    expect(exported.locator(".jp-OutputArea-output img").first).to_be_visible()
    assert open_page.problems == []


def test_the_workbench_in_the_dark(lab, open_page):
    page = open_page(lab)
    open_welcome(page)
    command(page, "sponde:datasets:open")
    command(page, "sponde:chat:open")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "tour-workbench-dark")
    set_theme(page, "JupyterLab Light")
