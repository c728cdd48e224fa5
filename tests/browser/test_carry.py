"""In and out of the library by clicking: a bundle, its preview, an undo; files, git, a conflict."""

import json
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


@pytest.fixture
def closed_door():
    """Serve a repository to nobody: whoever asks is to log in, and is refused."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="code"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ada/code.git"
        server.shutdown()
        thread.join()


def test_blocks_go_in_and_out_and_lie_in_a_git_folder(lab, open_page, tmp_path, closed_door):
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

    # A file dropped on the panel, and one of the file browser by its menu: read, not yet kept.
    held = page.evaluate_handle(
        """code => {
            const held = new DataTransfer();
            held.items.add(new File([code], 'dropped.py', {type: 'text/x-python'}));
            held.items.add(new File(['x'], 'second.py', {type: 'text/x-python'}));
            return held;
        }""",
        "def dropped(rows):\n    return rows[:7]\n",
    )
    panel.get_by_role("button", name="‹ All blocks").click()
    shelf = panel.locator(".sp-Library")
    shelf.dispatch_event("dragover", {"dataTransfer": held})
    expect(shelf).to_have_class(re.compile("sp-mod-dropping"))
    shoot(page, "carry-dropping")
    shelf.dispatch_event("drop", {"dataTransfer": held})
    expect(shelf).not_to_have_class(re.compile("sp-mod-dropping"))
    expect(page.get_by_text("one file is imported at a time")).to_be_visible()
    expect(rows.get_by_role("listitem")).to_have_count(1)
    expect(rows).to_contain_text("dropped")
    part.get_by_role("button", name="Cancel").click()
    expect(part.get_by_role("button", name="Choose a file")).to_be_visible()
    (lab.root / "others.md").write_text("# Doubled\n\n```python\nprint([1, 2] * 2)\n```\n")
    page.get_by_role("tab", name="File Browser").click()
    command(page, "filebrowser:refresh")
    browser = page.locator(".jp-FileBrowser:visible")
    browser.get_by_role("listitem", name=re.compile("others.md")).click(button="right")
    page.get_by_role("menuitem", name="Import into Library…").click()
    expect(rows).to_contain_text("Doubled")
    shoot(page, "carry-from-files")
    part.get_by_role("button", name="Import 1 block").click()
    expect(part.get_by_text("1 block added")).to_be_visible()
    part.get_by_role("button", name="Undo").click()
    expect(part.get_by_text("was undone")).to_be_visible()

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
    files.get_by_label("Address to push to").fill(closed_door)
    files.get_by_role("button", name="Set", exact=True).click()
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    expect(files.get_by_label("Message of the commit")).to_have_value("Add count_sales, load")
    files.get_by_role("button", name="Commit").click()
    expect(files.get_by_text("2 files were committed.")).to_be_visible()

    # A login that is refused is told with the way out, nothing waits for a password; then on.
    files.get_by_role("button", name="Push").click()
    refused = files.get_by_role("alert")
    expect(refused).to_contain_text("Git could not log in")
    expect(refused).to_contain_text("credential helper")
    shoot(page, "carry-no-login")
    (told,) = open_page.problems  # the browser's own line about the refusal
    assert "git/push" in told
    open_page.problems.clear()
    files.get_by_role("button", name="Change the address").click()
    files.get_by_label("Address to push to").fill(str(tmp_path / "bare.git"))
    files.get_by_role("button", name="Set", exact=True).click()
    expect(refused).to_have_count(0)
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
