"""In and out of the library by clicking: a bundle, its preview, an undo; files, git, a conflict."""

import json
import subprocess

import pytest
from playwright.sync_api import Page, expect

from browser.lab import command, set_theme, shoot

PANEL = "#sponde-library"
LOAD = """\
import pandas as pd


def load(path):
    frame = pd.read_csv(path, sep=";")
    frame = frame[frame["amount"] > 10]
    return frame.dropna()"""


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab(welcome=False)


def git(folder, *words):
    """Use git as a colleague does."""
    return subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=a@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout


def save(page: Page, code: str, **given: object) -> None:
    """Keep code through the server's own door."""
    page.evaluate(
        """async body => {
            const { serverSettings } = window.jupyterapp.serviceManager;
            const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? '';
            const answer = await fetch(serverSettings.baseUrl + 'sponde/api/code-blocks', {
                method: 'POST', body: JSON.stringify(body), headers: {'X-XSRFToken': token}
            });
            if (!answer.ok) throw new Error(await answer.text());
        }""",
        {"code": code, **given},
    )


def test_blocks_go_in_and_out_and_lie_in_a_git_folder(lab, open_page, tmp_path):
    page = open_page(lab, "/lab?reset", width=1400, height=900)
    save(page, LOAD, name="load", description="Load without gaps", tags=["io"])
    save(page, "select count(*) from sales", name="count_sales", language="sql")
    command(page, "sponde:library:open")
    panel = page.locator(PANEL)
    expect(panel.get_by_role("listitem")).to_have_count(2)

    # Out: the bundle is downloaded.
    panel.get_by_role("button", name="Import, export, files").click()
    export = panel.get_by_role("region", name="Export")
    with page.expect_download() as coming:
        export.get_by_role("button", name="Export").click()
    bundle = tmp_path / "code-blocks.blocks.json"
    coming.value.save_as(bundle)
    blocks = json.loads(bundle.read_text())["blocks"]
    assert [block["name"] for block in blocks] == ["load", "count_sales"]
    expect(export.get_by_text("2 blocks are in code-blocks.blocks.json.")).to_be_visible()

    # In: what is new, here, near and broken is told before anything is kept.
    near = {"code": LOAD.replace("> 10", "> 250"), "name": "load"}
    more = [*blocks, {"code": "total = sum(range(10))", "name": "total"}, near, {"code": 5}]
    bundle.write_text(json.dumps({"blocks": more}))
    part = panel.get_by_role("region", name="Import")
    part.get_by_label("File to import").set_input_files(bundle)
    rows = part.get_by_role("list", name="Blocks of the file")
    expect(rows.get_by_role("listitem")).to_have_count(5)
    for word in ("1 new", "1 nearly here", "2 here already", "1 broken"):
        expect(part.get_by_role("button", name=word)).to_be_visible()
    rows.get_by_role("button", name="Difference").click()
    expect(rows.get_by_role("table")).to_contain_text("250")
    shoot(page, "carry-preview")
    part.get_by_label("What becomes of load").select_option("revise")
    part.get_by_role("button", name="Import 4 blocks").click()
    expect(part.get_by_text("1 block added, 1 revised, 2 were here")).to_be_visible()
    part.get_by_role("button", name="Undo").click()
    expect(part.get_by_text("was undone")).to_be_visible()
    part.get_by_role("button", name="Import another file").click()

    # Files: set once, committed and pushed to a real repository.
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare.git")
    files = panel.get_by_role("region", name="Library as files")
    files.get_by_label("Folder").fill("code")
    files.get_by_role("button", name="Go on").click()
    expect(files.get_by_text("2 blocks are written.")).to_be_visible()
    files.get_by_role("button", name="Keep in step").click()
    expect(files.get_by_text("2 blocks are files there.")).to_be_visible()
    folder = lab.root / "code"
    assert "# name: load" in (folder / "load.py").read_text()
    files.get_by_role("button", name="Begin a git repository").click()
    files.get_by_label("Address to push to").fill(str(tmp_path / "bare.git"))
    files.get_by_role("button", name="Set", exact=True).click()
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    expect(files.get_by_label("Message of the commit")).to_have_value("Add count_sales, load")
    files.get_by_role("button", name="Commit").click()
    expect(files.get_by_text("2 files were committed.")).to_be_visible()
    files.get_by_role("button", name="Push").click()
    expect(files.get_by_text("Pushed to")).to_be_visible()

    # A colleague changes the same line: told in words, with both texts, and solved.
    git(tmp_path, "clone", "--quiet", "bare.git", "colleague")
    theirs = tmp_path / "colleague" / "load.py"
    theirs.write_text(theirs.read_text().replace("dropna()", "dropna(how='all')"))
    git(tmp_path / "colleague", "commit", "--quiet", "-am", "Theirs")
    git(tmp_path / "colleague", "push", "--quiet")
    mine = folder / "load.py"
    mine.write_text(mine.read_text().replace("dropna()", "dropna(axis=1)"))
    files.get_by_role("button", name="Look now").click()
    expect(files.get_by_label("Message of the commit")).to_have_value("Change load")
    files.get_by_role("button", name="Commit").click()
    expect(files.get_by_text("1 file was committed.")).to_be_visible()
    files.get_by_role("button", name="Pull").click()
    conflicts = files.get_by_role("list", name="Conflicts")
    expect(conflicts.get_by_text("'load' was changed here and there")).to_be_visible()
    expect(conflicts.get_by_role("table")).to_contain_text("how='all'")
    conflicts.scroll_into_view_if_needed()
    shoot(page, "carry-conflict")
    conflicts.get_by_role("button", name="Keep theirs").click()
    expect(conflicts).to_have_count(0)
    assert "how='all'" in mine.read_text()
    page.set_viewport_size({"width": 700, "height": 900})
    set_theme(page, "JupyterLab Dark")
    shoot(page, "carry-dark")
    panel.get_by_role("button", name="‹ All blocks").click()
    panel.get_by_role("button", name="load", exact=True).first.click()
    expect(panel.locator(".sp-CodeField")).to_contain_text("how='all'")
