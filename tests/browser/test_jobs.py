import re

import pytest
from jobs.notebooks import write_notebook
from playwright.sync_api import Page, expect

from browser.lab import command, set_theme, shoot

PARAMETERS = """\
# parameters
from typing import Literal

dataset: str = "bird_strikes"
top_n = 5  # how many to show
threshold = 0.25  # share below which a row is left out
phase: Literal["Approach", "Climb", "Take-off run"] = "Approach"
since = "2001-01-01"  # first day that counts
only_damage = False
columns = ["State", "Species"]
label: str | None = None
"""


@pytest.fixture(scope="module")
def lab(make_lab):
    lab = make_lab()
    write_notebook(
        lab.root / "reports" / "strikes.ipynb",
        PARAMETERS,
        "import pandas as pd\nimport sponde\n\n"
        "table = pd.read_csv('../sponde-welcome/bird_strikes.csv')\nlen(table)",
        "import time\ntime.sleep(1.5)",
        "counts = table.iloc[:, 3].value_counts().head(top_n)\ncounts",
        "sponde.metric('rows', len(counts))\nsponde.metric('largest', float(counts.iloc[0]))",
    )
    write_notebook(
        lab.root / "reports" / "broken.ipynb",
        "# parameters\nyear = 1066",
        "if year < 1900:\n    raise ValueError(f'There are no records of the year {year}.')",
    )
    write_notebook(lab.root / "reports" / "plain.ipynb", "print('as it stands')")
    return lab


def open_form(page: Page, path: str) -> None:
    """Open the form of a notebook."""
    command(page, "sponde:jobs:run-notebook", {"path": path})
    expect(page.locator(".sp-RunForm h1")).to_be_visible()


def test_a_notebook_is_run_with_parameters_watched_and_its_result_opened(lab, open_page):
    page = open_page(lab)
    command(page, "docmanager:open", {"path": "reports/strikes.ipynb"})
    expect(page.locator(".jp-NotebookPanel .jp-CodeCell").first).to_be_visible()
    button = page.locator(".jp-NotebookPanel-toolbar").get_by_role(
        "button", name=re.compile("Run with param", re.IGNORECASE)
    )
    expect(button).to_be_visible()
    shoot(page, "jobs-notebook-toolbar")
    button.click()

    form = page.locator(".sp-RunForm")
    expect(form.get_by_label("top_n")).to_have_value("5")
    expect(form.get_by_text("how many to show")).to_be_visible()
    expect(form.get_by_label("phase")).to_have_value("Approach")
    expect(form.get_by_label("since")).to_have_value("2001-01-01")
    shoot(page, "jobs-form-light")

    form.get_by_label("top_n").fill("many")
    form.get_by_role("button", name="Run now").click()
    expect(
        form.get_by_text("top_n takes a whole number, such as 10; 'many' does not fit.")
    ).to_be_visible()
    shoot(page, "jobs-form-wrong")
    form.get_by_label("top_n").fill("3")
    form.get_by_role("button", name="Run now").click()

    run = page.locator(".sp-Run").first
    expect(run.get_by_text("top_n = 3")).to_be_visible()
    expect(run.get_by_text(re.compile(r"Cell \d of 6"))).to_be_visible()
    shoot(page, "jobs-running")
    expect(run.locator(".sp-Chip", has_text="Succeeded")).to_be_visible()
    expect(run.locator(".sp-Run-metric", has_text="rows")).to_have_text("rows 3")
    expect(page.get_by_text("'strikes.ipynb' ran to its end in")).to_be_visible()

    run.get_by_role("button", name="Log").click()
    expect(run.locator(".sp-Run-log")).to_contain_text("Ended: succeeded.")
    run.get_by_role("button", name="Log").click()
    run.get_by_role("button", name="Open result").click()
    result = page.locator(".jp-NotebookPanel:visible")
    expect(result.get_by_text("top_n = 3")).to_be_visible()
    assert len(list((lab.root / "sponde-runs").glob("strikes-*.ipynb"))) == 1


def test_a_failing_cell_is_named_and_a_notebook_without_the_cell_runs_as_it_stands(lab, open_page):
    page = open_page(lab)
    open_form(page, "reports/broken.ipynb")
    page.get_by_role("button", name="Run now").click()
    run = page.locator(".sp-Run").first
    expect(run.locator(".sp-Run-error")).to_have_text(
        "Cell [2] failed: ValueError: There are no records of the year 1066."
    )
    run.get_by_role("button", name="Open result").click()
    expect(
        page.locator(".jp-NotebookPanel:visible").get_by_text("ValueError").first
    ).to_be_visible()

    open_form(page, "reports/plain.ipynb")
    expect(page.locator(".sp-RunForm-note")).to_contain_text("no parameters cell")
    shoot(page, "jobs-form-no-parameters")
    page.get_by_role("button", name="Run now").click()
    expect(page.locator(".sp-Run").first.locator(".sp-Chip").first).to_have_text("Succeeded")


def test_a_run_is_cancelled(lab, open_page):
    write_notebook(lab.root / "reports" / "long.ipynb", "import time\ntime.sleep(100)")
    page = open_page(lab)
    open_form(page, "reports/long.ipynb")
    page.get_by_role("button", name="Run now").click()
    run = page.locator(".sp-Run").first
    expect(run.get_by_text("Cell 1 of 1")).to_be_visible()
    run.get_by_role("button", name="Cancel").click()
    expect(run.locator(".sp-Chip").first).to_have_text("Cancelled")


def test_a_schedule_is_made_edited_paused_and_deleted_with_undo(lab, open_page):
    page = open_page(lab)
    open_form(page, "reports/strikes.ipynb")
    form = page.locator(".sp-RunForm:visible")
    form.get_by_label("top_n").fill("7")
    form.get_by_role("button", name="Schedule…").click()
    expect(form.get_by_role("status")).to_contain_text("At 08:00 every day")
    form.get_by_label("Runs").select_option("custom")
    form.get_by_label("Cron line").fill("0 25 * * *")
    expect(form.get_by_text("the field for the hour (0-23) does not fit")).to_be_visible()
    form.get_by_label("Cron line").fill("30 6 * * 1-5")
    expect(form.get_by_role("status")).to_contain_text("At 06:30 on Monday through Friday")
    form.get_by_label("Time zone").fill("Europe/Vienna")
    form.get_by_label("Name").fill("Morning strikes")
    expect(form.get_by_role("status")).to_contain_text("Europe/Vienna")
    shoot(page, "jobs-schedule-form")
    form.get_by_role("button", name="Save schedule").click()

    row = page.locator(".sp-Schedule", has_text="Morning strikes")
    expect(row.get_by_text("At 06:30 on Monday through Friday")).to_be_visible()
    expect(row.get_by_text("top_n = 7")).to_be_visible()
    expect(row.get_by_text(re.compile(r"Next .*06:30|Next .*6:30"))).to_be_visible()
    row.get_by_role("button", name="Edit").click()
    edited = page.locator(".sp-RunForm:visible")
    expect(edited.get_by_label("top_n")).to_have_value("7")
    expect(edited.get_by_label("Runs")).to_have_value("weekdays")
    edited.get_by_label("At", exact=True).fill("07:15")
    edited.get_by_role("button", name="Save changes").click()
    expect(row.get_by_text("At 07:15 on Monday through Friday")).to_be_visible()

    row.get_by_role("switch").click()
    expect(row.get_by_text("Off", exact=True)).to_be_visible()
    row.get_by_role("switch").click()
    expect(row.get_by_text(re.compile("Next "))).to_be_visible()
    shoot(page, "jobs-schedules-light")
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()


def test_a_schedule_a_minute_ahead_fires(lab, open_page):
    page = open_page(lab)
    open_form(page, "reports/plain.ipynb")
    form = page.locator(".sp-RunForm:visible")
    form.get_by_role("button", name="Schedule…").click()
    form.get_by_label("Runs").select_option("custom")
    form.get_by_label("Cron line").fill("* * * * *")
    expect(form.get_by_role("status")).to_contain_text("Every minute")
    form.get_by_role("button", name="Save schedule").click()
    row = page.locator(".sp-Schedule", has_text="plain")
    expect(row.locator(".sp-Chip", has_text="Succeeded")).to_be_visible(timeout=240_000)
    row.get_by_role("switch").click()
    page.get_by_role("tab", name="Runs").click()
    expect(page.locator(".sp-Run", has_text="by schedule").first).to_be_visible()


def test_it_looks_right_in_the_dark_and_narrow(lab, open_page):
    page = open_page(lab)
    command(page, "sponde:jobs:open")
    page.evaluate(
        """async () => {
            const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? '';
            const known = await (await fetch('/sponde/api/runs')).json();
            known.length || await fetch('/sponde/api/runs', {
                method: 'POST', headers: {'X-XSRFToken': token},
                body: JSON.stringify({notebook: 'reports/plain.ipynb'})});
        }"""
    )
    expect(page.locator(".sp-Run").first).to_be_visible()
    shoot(page, "jobs-light")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "jobs-dark")
    open_form(page, "reports/strikes.ipynb")
    page.get_by_role("button", name="Schedule…").click()
    expect(page.get_by_role("status")).to_contain_text("At 08:00")
    shoot(page, "jobs-form-dark")
    set_theme(page, "JupyterLab Light")
    narrow = open_page(lab, width=620, height=800)
    command(narrow, "sponde:jobs:open")
    expect(narrow.locator(".sp-Run").first).to_be_visible()
    shoot(narrow, "jobs-narrow")
    narrow.get_by_role("tab", name=re.compile("Schedules")).click()
    shoot(narrow, "jobs-schedules-narrow")
    open_form(narrow, "reports/strikes.ipynb")
    narrow.get_by_role("button", name="Schedule…").click()
    shoot(narrow, "jobs-form-narrow")


def test_empty_pages_say_how_to_begin(make_lab, open_page):
    page = open_page(make_lab())
    command(page, "sponde:jobs:open")
    expect(page.get_by_text("Nothing has run yet")).to_be_visible()
    shoot(page, "jobs-empty")
    page.get_by_role("tab", name="Schedules").click()
    expect(page.get_by_text("No schedules yet")).to_be_visible()
