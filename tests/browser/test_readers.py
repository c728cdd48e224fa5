"""A workbook, an archive and a packed table come in by the picker; sheets are added by hand."""

import gzip
import io
import re
import zipfile

import pytest
from made_workbook import DAY, workbook
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def test_sheets_and_packed_files_become_datasets(lab, open_page, tmp_path):
    sheets = {
        "Sales 2024": [["Sales of the north"], [], ["day", "town", "n"],
                       [(45000, DAY), "Bodø", 1], [(45001, DAY), "Ås", 2]],
        "Costs": [["what", "n"], ["rent", 10]],
        "Rates": [["k", "v"], ["EUR", 11.5]],
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("birds.tsv", "name\tn\nWren\t3\n")
    made = {
        "report.xlsx": workbook(sheets, hidden=("Rates",)),
        "birds.zip": packed.getvalue(),
        "weather.csv.gz": gzip.compress("tid;grader\n2024-01-02;1,5\n".encode("cp1252")),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    page = open_page(lab)
    command(page, "sponde:datasets:open")
    panel = page.locator("#sponde-datasets")
    expect(panel).to_contain_text("Excel, Parquet, JSON or Arrow")
    picker = panel.get_by_label("Data files")
    expect(picker).to_have_attribute("accept", re.compile(r"\.xlsx.*\.ods.*\.zip"))
    picker.set_input_files([tmp_path / name for name in made])

    def row(name):
        return panel.locator(f"[data-dataset='{name}']")

    expect(row("report")).to_contain_text("Sales 2024 · 2 rows · 3 columns")
    expect(row("report_costs")).to_contain_text("Costs · 1 row · 2 columns")
    expect(row("birds")).to_contain_text("1 row · 2 columns")
    expect(row("weather")).to_contain_text("1 row · 2 columns")
    expect(panel.locator("[data-dataset='report_rates']")).to_have_count(0)
    for name in ("birds", "weather", "report_costs"):
        toggle = row(name).get_by_role("button", expanded=True)
        if toggle.count():
            toggle.first.click()
    sheet = row("report").get_by_text("Sheet Sales 2024 of 3")
    if not sheet.is_visible():
        row("report").locator(".sp-Dataset-toggle").click()
    sheet.click()
    expect(row("report").get_by_role("list", name="Sheets")).to_contain_text("@report_costs")
    shoot(page, "datasets-sheets")
    row("report").get_by_role("button", name="Make Rates a dataset").click()
    expect(row("report_rates")).to_contain_text("Rates · 1 row · 2 columns")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "datasets-sheets-dark")
    page.set_viewport_size({"width": 700, "height": 900})
    shoot(page, "datasets-sheets-narrow")
