"""Journey J2, clicked: files dropped on the Data panel become datasets that one can look into."""

import csv
import re
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.lab import REPOSITORY, command, set_theme, shoot

REAL = REPOSITORY / "notebooks" / "bird_strikes.csv"
BROKEN = 'day;city;litres\n2024-01-02;Oslo;1,5\n2024-01-03;Bergen\n2024-01-04;Narvik;2,5;9;extra\n2024-01-05;"Tromsø;3,5\n2024-01-06;Bodø;4,5\n'  # noqa: E501

DROP = """async ([selector, names]) => {
  const transfer = new DataTransfer();
  for (const name of names) {
    const file = window.spondeFiles[name];
    const kept = {type: 'text/csv', lastModified: file.lastModified};
    transfer.items.add(new File([file], name, kept));
  }
  const target = document.querySelector(selector);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(
      new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true})
    );
  }
}"""


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Give the real file, one of about 50 MB made of its rows with other dates, a broken one."""
    big = tmp_path / "strikes_all_years.csv"
    with REAL.open(newline="") as source:
        header, *rows = csv.reader(source)
    place = header.index("Flight Date")
    with big.open("w", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        years = 0
        while target.tell() < 50_000_000:
            later = timedelta(days=years)
            for row in rows:
                day = date.fromisoformat(row[place]) + later
                writer.writerow([*row[:place], day.isoformat(), *row[place + 1 :]])
            years += 1
    broken = tmp_path / "broken water.csv"
    broken.write_text(BROKEN, "utf-8")
    return {"bird_strikes.csv": REAL, big.name: big, broken.name: broken}


def drop(page: Page, given: dict[str, Path]) -> None:
    """Drop files on the panel, as a person's hand does: all of them in one go."""
    page.evaluate("() => { window.spondeFiles = {}; }")
    # Chromium reads the files from disk itself, through an input that is not the panel's.
    page.evaluate(
        """() => {
          const input = document.createElement('input');
          input.type = 'file'; input.multiple = true; input.id = 'test-files';
          document.body.append(input);
        }"""
    )
    page.set_input_files("#test-files", list(given.values()))
    page.evaluate(
        """() => {
          const input = document.getElementById('test-files');
          for (const file of input.files) { window.spondeFiles[file.name] = file; }
          input.remove();
        }"""
    )
    page.evaluate(DROP, ["#sponde-datasets .sp-Data", list(given)])


def look(page: Page, name: str, theme: str = "JupyterLab Light") -> None:
    """Keep a picture in a theme, once JupyterLab's splash is gone."""
    set_theme(page, theme)
    shoot(page, name)


def row(page: Page, name: str):
    return page.locator(f"#sponde-datasets [data-dataset='{name}']")


def open_data(page: Page) -> None:
    command(page, "sponde:datasets:open")
    expect(page.locator("#sponde-datasets")).to_be_visible()


def test_files_dropped_on_the_panel_show_what_is_in_them(lab, open_page, files):
    page = open_page(lab)
    open_data(page)
    expect(page.get_by_text("No data yet")).to_be_visible()
    shoot(page, "datasets-empty")
    began = time.monotonic()
    drop(page, files)
    expect(page.get_by_role("progressbar").first).to_be_visible()
    shoot(page, "datasets-uploading")
    expect(row(page, "bird_strikes")).to_contain_text("10,000 rows · 14 columns")
    expect(row(page, "strikes_all_years")).to_contain_text("000 rows · 14 columns")
    print(f"in and profiled after {time.monotonic() - began:.1f} s")
    expect(row(page, "broken_water")).to_contain_text("3 problems")

    # Closed, its problems are a link to the page's Problems.
    broken = row(page, "broken_water")
    broken.locator(".sp-Dataset-toggle").click()
    broken.get_by_role("button", name="3 problems", exact=True).click()
    expect(page.get_by_role("tab", name="Problems")).to_have_attribute("aria-selected", "true")
    command(page, "application:close")
    expect(page.locator(".sp-DatasetPage")).to_have_count(0)
    broken.locator(".sp-Dataset-toggle").click()
    expect(broken.get_by_role("list", name="Problems")).to_contain_text("Line 3")
    expect(broken.get_by_role("list", name="Problems")).to_contain_text("is left out")
    expect(broken.get_by_role("button", name="litres")).to_contain_text("123")
    shoot(page, "datasets-three-files")

    # Close those two; look into the real one.
    for name in ("broken_water", "strikes_all_years"):
        row(page, name).locator(".sp-Dataset-toggle").click()
    strikes = row(page, "bird_strikes")
    expect(strikes.locator(".sp-Column")).to_have_count(14)
    expect(strikes.locator(".sp-Column").nth(3)).to_contain_text("Flight Date")
    expect(strikes.locator(".sp-Column").nth(3)).to_contain_text("Date")
    expect(strikes.locator(".sp-Column .sp-Chart.sp-mod-spread")).to_have_count(5)
    speed = strikes.get_by_role("button", name="Speed IAS in knots")
    expect(speed).to_contain_text("28 % empty")
    speed.click()
    expect(strikes.locator(".sp-Column-details")).to_contain_text("0 – 350")
    strikes.get_by_role("button", name="Wildlife Size").click()
    expect(strikes.get_by_role("list", name="Most frequent values")).to_contain_text("Small")
    shoot(page, "datasets-open-light")
    look(page, "datasets-open-dark", "JupyterLab Dark")

    # The search finds columns too.
    page.get_by_role("searchbox", name="Search data and columns").fill("litres")
    expect(row(page, "bird_strikes")).to_have_count(0)
    expect(broken.locator(".sp-Column")).to_have_count(1)
    page.get_by_role("searchbox", name="Search data and columns").fill("no such thing")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("searchbox", name="Search data and columns").fill("")

    # A page of its own, with its rows.
    strikes.locator(".sp-Dataset-head").hover()
    page.get_by_role("button", name="Open bird_strikes").click()
    expect(page.locator(".sp-TablePart-foot")).to_contain_text("of 10,000")
    page.locator(".sp-DatasetPage").wait_for()
    look(page, "datasets-page-light")
    look(page, "datasets-page-dark", "JupyterLab Dark")

    # Off the list with an undo, by the keyboard.
    broken.locator(".sp-Dataset-toggle").focus()
    page.keyboard.press("Delete")
    expect(broken).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(broken).to_have_count(1)


def test_a_dataset_s_code_goes_into_the_notebook_and_runs(lab, open_page):
    page = open_page(lab, "/lab/tree/sponde-welcome/welcome.ipynb?reset")
    open_data(page)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    # JupyterLab selects the notebook that the address names, which is later than one may click.
    command(page, "filebrowser:activate")
    opened = page.locator(".jp-DirListing-item", has_text="welcome.ipynb")
    expect(opened).to_have_class(re.compile("jp-mod-selected"))
    opened.click(button="right")
    menu = page.locator(".lm-Menu-item")
    expect(menu.filter(has_text="Publish as Dashboard")).to_be_visible()
    expect(menu.filter(has_text="Use as a Dataset")).to_have_count(0)
    page.keyboard.press("Escape")
    # A file that is in JupyterLab's folder already, through the file browser's own menu.
    strikes = page.locator(".jp-DirListing-item", has_text="bird_strikes.csv")
    strikes.click(button="right")
    expect(strikes).to_have_class(re.compile("jp-mod-selected"))
    menu.filter(has_text="Use as a Dataset").click()
    there = page.locator("[title='sponde-welcome/bird_strikes.csv']")
    found = page.locator("#sponde-datasets li.sp-Dataset", has=there)
    expect(found).to_contain_text("10,000 rows")
    name = found.get_attribute("data-dataset")
    assert name.startswith("bird_strikes")
    found.locator(".sp-Dataset-head").hover()
    page.get_by_role("button", name=f"Insert code for {name}").click()
    cell = page.locator(".jp-Notebook .jp-CodeCell.jp-mod-active")
    expect(cell).to_contain_text(f'sponde.dataset("{name}").df()')
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")).to_be_visible()
    command(page, "notebook:run-cell")
    expect(cell.locator("table.dataframe")).to_contain_text("BARKSDALE")
    shoot(page, "datasets-code-ran")


def test_a_file_that_is_no_table_says_so_and_a_narrow_panel_stays_readable(
    make_lab, open_page, tmp_path
):
    lab = make_lab("--SpondeDatasets.starters=sponde-welcome/bird_strikes.csv")
    page = open_page(lab, width=900, height=700)
    open_data(page)
    # The starter is there from the start.
    expect(row(page, "bird_strikes")).to_contain_text("10,000 rows")
    picture = tmp_path / "holiday.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    drop(page, {"holiday.csv": picture, "bird_strikes.csv": REAL})
    failed = row(page, "holiday")
    expect(failed).to_contain_text("is a picture, not a table")
    expect(row(page, "bird_strikes_2")).to_contain_text("10,000 rows")
    row(page, "bird_strikes_2").locator(".sp-Dataset-toggle").click()
    shoot(page, "datasets-narrow")


def test_an_upload_that_breaks_goes_on_and_a_taken_name_or_too_large_a_file_is_told(
    make_lab, open_page, tmp_path
):
    lab = make_lab("--SpondeUploads.max_upload_bytes=6000000")
    page = open_page(lab, width=700, height=800)
    open_data(page)
    sales, huge = tmp_path / "sales.csv", tmp_path / "huge.csv"
    sales.write_text("town,litres\n" + "Oslo,1\n" * 700_000)
    huge.write_text("town,litres\n" + "Oslo,1\n" * 900_000)

    # Refused before a byte is sent; the connection breaks after the first piece.
    sent = []

    def breaks(route):
        sent.append(route.request.url)
        if len(sent) > 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    pieces = "**/dataset-uploads/*/bytes*"
    page.route(pieces, breaks)
    drop(page, {"sales.csv": sales, "huge.csv": huge})
    refused = page.locator("#sponde-datasets .sp-ErrorNote")
    expect(refused).to_contain_text("'huge.csv' has 6.3 MB; uploads may have 6.0 MB")
    broken = page.locator("#sponde-datasets .sp-Upload.sp-mod-broken")
    expect(broken).to_contain_text("it goes on by itself")
    shoot(page, "datasets-upload-broken-light")
    look(page, "datasets-upload-broken-dark", "JupyterLab Dark")
    refused.get_by_role("button", name="Dismiss").click()

    # That is told by the browser as well.
    open_page.problems[:] = [one for one in open_page.problems if "status of 413" not in one]

    # After a reload the same file goes on.
    page.reload()
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored")
    page.evaluate("window.jupyterapp.restored.then(() => true)")
    page.wait_for_function("window.jupyterapp.shell.currentWidget")
    open_data(page)
    left = page.get_by_role("group", name="sales.csv")
    expect(left).to_contain_text("Choose the same file again")
    look(page, "datasets-upload-left")
    page.unroute(pieces)
    drop(page, {"sales.csv": sales})
    expect(row(page, "sales")).to_contain_text("700,000 rows")
    expect(left).to_have_count(0)

    # A name that is taken: replaced, and put back.
    sales.write_text("town,litres\nBergen,2\n")
    drop(page, {"sales.csv": sales})
    taken = page.get_by_role("group", name="sales.csv")
    expect(taken).to_contain_text("is in this folder already")
    shoot(page, "datasets-upload-taken")
    taken.get_by_role("button", name="Replace").click()
    expect(row(page, "sales")).to_contain_text("1 row ")
    page.get_by_role("button", name="Put it back").click()
    expect(row(page, "sales")).to_contain_text("700,000 rows")

    # And forth again, from its history: the files that were replaced are kept.
    command(page, "sponde:datasets:open-page", {"name": "sales", "section": "history"})
    past = page.locator(".sp-Past")
    past.get_by_role("button", name="Go back to version 2").click()
    expect(row(page, "sales")).to_contain_text("1 row ")
    expect(past.get_by_role("listitem").first).to_contain_text("put back")
    look(page, "datasets-went-back")

    # The server dies in the middle of a file: it goes on by itself when there is one again.
    sent.clear()

    def dies(route):
        sent.append(route.request.url)
        if len(sent) == 2:
            lab.kill()
        route.continue_()

    page.route(pieces, dies)
    sales.write_text("town,litres\n" + "Narvik,3\n" * 500_000)
    rain = tmp_path / "rain.csv"
    sales.rename(rain)
    drop(page, {"rain.csv": rain})
    expect(broken).to_contain_text("it goes on by itself")
    assert not (lab.root / "rain.csv").exists()
    lab.start()
    expect(row(page, "rain")).to_contain_text("500,000 rows")
    assert (lab.root / "rain.csv").read_bytes() == rain.read_bytes()
    # That the server was away is told by the browser as well.
    open_page.problems.clear()
