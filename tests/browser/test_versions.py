"""Data that changes under one's hands: seen, told, gone back from; the ways in besides files."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from browser.lab import command, set_theme, shoot

FIRST = "town,litres\n" + "".join(f"Oslo,{n % 20}\nBergen,{n % 20 + 2}\n" for n in range(100))
SECOND = "town,litres,day\n" + "".join(
    f"Oslo,{n % 20 + 15},2026-01-0{n % 9 + 1}\nTromsø,{n % 20 + 30},2026-02-01\n"
    for n in range(150)
)
READS = {
    "cells": [
        {"cell_type": "code", "id": f"above{n}", "metadata": {}, "outputs": [],
         "execution_count": None, "source": "1\n" * 10}
        for n in range(6)
    ] + [
        {
            "cell_type": "code", "id": "reads", "metadata": {}, "outputs": [],
            "execution_count": None, "source": 'sponde.dataset("sales").df()',
        }
    ],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
DROP_FOLDER = """([selector, text]) => {
  const file = new File([text], 'harbour.csv', {type: 'text/csv'});
  const entry = {isDirectory: false, isFile: true, name: 'harbour.csv',
    fullPath: '/coast/2026/harbour.csv', file: found => found(file)};
  const folder = {isDirectory: true, isFile: false, name: 'coast', fullPath: '/coast',
    createReader: () => {
      const some = [[entry], []];
      return {readEntries: found => found(some.shift())};
    }};
  const event = new DragEvent('drop', {bubbles: true, cancelable: true});
  const data = {types: ['Files'], items: [{webkitGetAsEntry: () => folder, getAsFile: () => null}]};
  Object.defineProperty(event, 'dataTransfer', {value: data});
  document.querySelector(selector).dispatchEvent(event);
}"""
# A file and a folder with a file in it, dropped at once.
DROP_BOTH = """([selector, text, name, folderName]) => {
  const made = (name, fullPath) => {
    const file = new File([text], name, {type: 'text/csv'});
    return [file, {isDirectory: false, isFile: true, name, fullPath, file: found => found(file)}];
  };
  const [file, entry] = made(`${name}.csv`, `/${name}.csv`);
  const [, inner] = made(`${folderName}_inside.csv`, `/${folderName}/${folderName}_inside.csv`);
  const folder = {isDirectory: true, isFile: false, name: folderName, fullPath: `/${folderName}`,
    createReader: () => {
      const some = [[inner], []];
      return {readEntries: found => found(some.shift() ?? [])};
    }};
  const event = new DragEvent('drop', {bubbles: true, cancelable: true});
  const data = {types: ['Files'], files: [file], items: [
    {kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => file},
    {kind: 'file', webkitGetAsEntry: () => folder, getAsFile: () => null}]};
  Object.defineProperty(event, 'dataTransfer', {value: data});
  document.querySelector(selector).dispatchEvent(event);
}"""


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        return

    def do_GET(self) -> None:
        data = FIRST.encode() if self.path == "/rain.csv" else b"<html></html>"
        self.send_response(200)
        self.send_header("content-type", "text/csv" if self.path == "/rain.csv" else "text/html")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def world():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def lab(make_lab):
    made = make_lab(
        "--SpondeAddresses.allows_http=True",
        "--SpondeAddresses.allows_private_addresses=True",
        "--SpondeWatch.seconds=0.5",
        welcome=False,
    )
    folder = made.root / "coast of 2025"
    (folder / "more").mkdir(parents=True)
    (folder / "sales.csv").write_text(FIRST)
    (folder / "more" / "towns.csv").write_text(FIRST)
    (folder / "notes.md").write_text("no data")
    (made.root / "reads.ipynb").write_text(json.dumps(READS))
    return made


def row(page: Page, name: str):
    return page.locator(f"#sponde-datasets [data-dataset='{name}']")


def answer(page: Page, button: str, text: str | None = None) -> None:
    dialog = page.locator(".jp-Dialog")
    if text is not None:
        dialog.locator("input").fill(text)
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def test_data_that_changes_is_seen_told_and_gone_back_from(lab, open_page, world, api):
    api("POST", "/publications", {"source": "reads.ipynb", "name": "Shown"})
    api("POST", "/job-definitions", {"notebook": "reads.ipynb", "name": "Nightly"})
    page = open_page(lab)

    # A folder that is there: its data files are listed with sizes, and chosen.
    page.get_by_role("listitem", name=re.compile("coast of 2025")).first.click()
    command(page, "sponde:datasets:use-file")
    chosen = page.locator(".jp-Dialog").get_by_role("list", name="Data files")
    expect(chosen.get_by_role("checkbox")).to_have_count(2)
    expect(chosen).to_contain_text("coast of 2025/more/towns.csv")
    shoot(page, "versions-folder")
    answer(page, "Add")
    expect(row(page, "sales")).to_contain_text("200 rows")
    expect(row(page, "towns")).to_contain_text("200 rows")

    # Its history: the first version, and the notebook that reads it; then the file changes.
    command(page, "sponde:datasets:open-page", {"name": "sales", "section": "history"})
    past = page.locator(".sp-Past")
    expect(past.get_by_role("region", name="Versions")).to_contain_text("Version 1")
    used = past.get_by_role("region", name="Used by")
    expect(used.get_by_role("button", name="reads.ipynb")).to_be_visible()
    (lab.root / "coast of 2025" / "sales.csv").write_text(SECOND)
    changes = past.get_by_role("list", name="What changed")
    expect(changes).to_contain_text("100 more rows (+50 %): 200 → 300.")
    expect(changes).to_contain_text("Column 'day' (DATE) is new.")
    expect(changes).to_contain_text("'litres': the median rose from")
    expect(changes).to_contain_text("'town': new: 'Tromsø' (50 %); not there any more: 'Bergen'")
    expect(changes.get_by_role("img")).to_have_count(2)
    shoot(page, "versions-history-light")
    set_theme(page, "JupyterLab Dark")
    page.set_viewport_size({"width": 700, "height": 850})
    shoot(page, "versions-history-dark-narrow")
    page.set_viewport_size({"width": 1400, "height": 850})
    set_theme(page, "JupyterLab Light")

    # A name of its own, and tags; the search finds them.
    past.get_by_role("button", name="Rename…").click()
    expect(page.locator(".jp-Dialog")).to_contain_text("Used under its old name by 1 notebook")
    answer(page, "Rename", "verkauf")
    past.get_by_role("button", name="Change tags…").click()
    answer(page, "Save", "coast, Raw")
    expect(row(page, "verkauf")).to_contain_text("#coast #raw")

    # From an address; a page is refused in a sentence.
    command(page, "sponde:datasets:fetch")
    answer(page, "Fetch", f"{world}/rain.csv")
    expect(row(page, "rain")).to_contain_text("200 rows")
    page.get_by_role("button", name="Add a file from an address…").click()
    answer(page, "Fetch", f"{world}/page")
    way = page.locator("#sponde-datasets").get_by_role("region", name="On their way")
    expect(way).to_contain_text("The address leads to a web page, not to a data file.")
    shoot(page, "versions-address")
    way.get_by_role("button", name="Dismiss").click()
    expect(way).to_have_count(0)

    # A whole folder dropped on the panel, and a file dropped on the file browser.
    page.evaluate(DROP_FOLDER, ["#sponde-datasets .sp-Data", FIRST])
    expect(page.locator(".jp-Dialog")).to_contain_text("coast/2026/harbour.csv")
    answer(page, "Add")
    expect(row(page, "harbour")).to_contain_text("200 rows")
    assert (lab.root / "coast" / "2026" / "harbour.csv").read_text() == FIRST
    command(page, "filebrowser:activate")
    page.evaluate(DROP_BOTH, [".jp-DirListing-content", FIRST, "dropped", "browsed"])
    expect(page.locator(".jp-Dialog")).to_contain_text("browsed/browsed_inside.csv")
    answer(page, "Add")
    expect(page.get_by_text("2 files are in the Data panel now.")).to_be_visible()

    # A file and a folder dropped on the chat: both hang on the question.
    command(page, "sponde:chat:open")
    chat = page.locator("#sponde-chat")
    page.evaluate(DROP_BOTH, ["#sponde-chat .sp-Composer-input", FIRST, "talked", "told"])
    expect(page.locator(".jp-Dialog")).to_contain_text("told/told_inside.csv")
    answer(page, "Add")
    expect(chat.locator(".sp-Composer")).to_contain_text("talked")
    expect(chat.locator(".sp-Composer")).to_contain_text("told_inside")
    shoot(page, "versions-chat-drop")
    command(page, "sponde:datasets:open")
    expect(row(page, "dropped")).to_contain_text("200 rows")
    expect(row(page, "browsed_inside")).to_contain_text("200 rows")

    # By folder, by tag; folded, found, walked through by the arrows.
    panel = page.locator("#sponde-datasets")
    groups = panel.locator(".sp-Datasets-group")
    expect(groups.first).to_contain_text("top folder")
    fold = groups.first.get_by_role("button", name="top folder")
    fold.click()
    expect(row(page, "dropped")).to_have_count(0)
    shoot(page, "versions-groups-light")
    panel.get_by_role("searchbox").fill("dropped")
    expect(row(page, "dropped")).to_have_count(1)
    panel.get_by_role("searchbox").fill("")
    fold.focus()
    page.keyboard.press("ArrowRight")
    expect(row(page, "dropped")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(groups.first.locator(".sp-Dataset-toggle").first).to_be_focused()
    panel.get_by_role("combobox", name="Group by").select_option("tag")
    expect(groups.first).to_contain_text("#coast")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "versions-groups-dark")
    set_theme(page, "JupyterLab Light")
    panel.get_by_role("combobox", name="Group by").select_option("folder")
    row(page, "verkauf").locator(".sp-Dataset-toggle").click(button="right")
    menu = page.get_by_role("menu").last
    expect(menu).to_contain_text("Change tags of verkauf…")
    shoot(page, "versions-menu")
    page.keyboard.press("Escape")

    # Gone from the disk: seen. What is used is told of before it goes off the list.
    (lab.root / "coast of 2025" / "more" / "towns.csv").unlink()
    towns = row(page, "towns")
    expect(towns).to_contain_text("its file is gone")
    expect(towns).to_contain_text("'coast of 2025/more/towns.csv' is not there (noticed just now)")
    towns.locator(".sp-Dataset-toggle").click()
    expect(towns.locator(".sp-Column")).to_have_count(2)
    shoot(page, "versions-gone")
    # Found again where it was moved to, and gone on with.
    (lab.root / "coast of 2025" / "kept").mkdir()
    (lab.root / "coast of 2025" / "kept" / "places.csv").write_text(FIRST)
    (lab.root / "coast of 2025" / "more" / "towns.csv").write_text(FIRST)
    expect(towns).not_to_contain_text("is gone")
    (lab.root / "coast of 2025" / "more" / "towns.csv").unlink()
    expect(towns).to_contain_text("The same contents are in 'coast of 2025/kept/places.csv'.")
    shoot(page, "versions-found")
    towns.get_by_role("button", name="Use it").click()
    expect(towns).not_to_contain_text("is gone")
    expect(towns.locator(".sp-Dataset-toggle")).to_have_attribute(
        "title", "coast of 2025/kept/places.csv"
    )

    # The cell that uses it is opened, not the notebook's top.
    command(page, "sponde:datasets:open-page", {"name": "verkauf", "section": "history"})
    past.get_by_text("Compare two versions").click()
    past.get_by_role("button", name="Compare", exact=True).click()
    expect(past.get_by_role("region", name="Comparison")).to_contain_text("Version 2")
    expect(past.get_by_role("list", name="What is different")).to_contain_text("100 more rows")
    shoot(page, "versions-compare-light")
    page.set_viewport_size({"width": 700, "height": 850})
    page.evaluate("window.jupyterapp.shell.collapseRight()")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "versions-compare-dark-narrow")
    set_theme(page, "JupyterLab Light")
    page.set_viewport_size({"width": 1400, "height": 850})
    row(page, "verkauf").locator(".sp-Dataset-toggle").focus()
    page.keyboard.press("F2")
    answer(page, "Rename", "sales")
    row(page, "sales").hover()
    row(page, "sales").get_by_role("button", name="Remove sales from the list").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("1 notebook")
    shoot(page, "versions-remove")
    answer(page, "Remove it from the list")
    expect(row(page, "sales")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "sales")).to_contain_text("300 rows")
    used.get_by_role("button", name="reads.ipynb").click()
    cell = page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(cell).to_contain_text('sponde.dataset("sales").df()')
    kernel = page.locator(".jp-Dialog")
    kernel.get_by_role("button", name="No Kernel").click()
    expect(kernel).to_have_count(0)
    shoot(page, "versions-cell")
    command(page, "sponde:datasets:open-page", {"name": "sales"})
    used.get_by_role("button", name="Nightly").click()
    expect(page.locator("#sponde-jobs")).to_contain_text("Nightly")
    command(page, "sponde:datasets:open-page", {"name": "sales"})
    used.get_by_role("button", name="Shown").click()
    expect(page.locator("#sponde-publish")).to_contain_text("Shown")
    shoot(page, "versions-used")
