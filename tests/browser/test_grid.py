"""A dataset's page, clicked: its rows in a grid, sorted, filtered, searched, made into code."""

import shutil

import pytest
from playwright.sync_api import Page, expect

from browser.lab import REPOSITORY, command, set_theme, shoot


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
    set_theme(page, "JupyterLab Dark")
    shoot(page, "grid-dark")
    set_theme(page, "JupyterLab Light")
