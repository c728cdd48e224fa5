"""Proof by clicking: a block is run in a cell and tried; its mark opens its runs."""

import pytest
from playwright.sync_api import expect

from browser.lab import call, command, set_theme, shoot

NOTEBOOK = "/lab/tree/sponde-welcome/welcome.ipynb?reset"
PANEL = "#sponde-library"
TABLE = """\
# A small table of squares
import pandas as pd

df["square"] = df["n"] ** 2
df"""
PLOT = """\
# Plot some squares
import matplotlib.pyplot as plt

plt.plot([n * n for n in range(20)])
plt.title("squares");"""

STALE = {
    "slow": "import time\n\nimport packaging\n\n# Slow\ntime.sleep(600)",
    "broken": "import packaging\n\n# Not there any more\npackaging.no_longer_here",
    "steady": "import packaging\n\n# Steady\nsteady = packaging.__name__",
}


@pytest.fixture(scope="module")
def lab(make_lab):
    made = make_lab()
    (made.root / "numbers.csv").write_text("n\n" + "\n".join(map(str, range(100))) + "\n")
    return made


def prove_once(lab, name, code, packages):
    """Keep a block that ran once, with these versions."""
    block = call(lab, "POST", "/code-blocks", {"code": code, "name": name})
    path = f"/code-blocks/{block['id']}/uses"
    use = call(lab, "POST", path, {"notebook": "old.ipynb"})
    ran = {"outcome": "ok", "packages": packages, "code": code}
    call(lab, "PATCH", f"{path}/{use['id']}", ran)


def test_a_block_is_proven_in_a_cell_and_tried_on_a_sample(lab, open_page):
    dataset = call(lab, "POST", "/datasets", {"path": "numbers.csv"})
    call(lab, "GET", f"/datasets/{dataset['id']}/profile")
    call(lab, "POST", "/code-blocks", {"code": TABLE, "name": "squares"})
    call(lab, "POST", "/code-blocks", {"code": PLOT, "name": "plot_squares"})
    page = open_page(lab, NOTEBOOK)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    command(page, "sponde:library:open")
    panel = page.locator(PANEL)
    plot = panel.get_by_role("listitem").filter(has_text="plot_squares")
    expect(plot.locator(".sp-ProofMark.sp-mod-never")).to_be_visible()

    # In a cell: the picture is on the card, and the kernel tells memory and versions.
    plot.hover()
    plot.get_by_label("Insert and run").click()
    expect(plot.locator(".sp-ProofMark.sp-mod-ok")).to_contain_text("ran once", timeout=60_000)
    expect(plot.locator(".sp-LastOutput img")).to_be_visible(timeout=60_000)
    plot.locator(".sp-ProofMark").click()
    run = panel.locator(".sp-Run").first
    expect(run).to_contain_text("in welcome.ipynb", timeout=60_000)
    run.locator("summary").click()
    expect(run).to_contain_text("matplotlib")
    expect(run).to_contain_text("MB")
    run.get_by_text("Open the cell").click()
    shoot(page, "proof-runs")
    panel.get_by_text("All blocks").click()

    # Tried: on a sample of the dataset that fits.
    table = panel.get_by_role("listitem").filter(has_text="squares").filter(has_not_text="plot_")
    table.locator(".sp-Card-inside").click()
    panel.get_by_role("button", name="Try it").click()
    expect(panel.get_by_label("df is")).to_have_value("data:numbers")
    panel.get_by_role("button", name="Start").click()
    expect(panel.locator(".sp-Trial-end")).to_contain_text("It ran through", timeout=60_000)
    expect(panel.locator(".sp-Trial table")).to_be_visible()
    expect(panel.locator(".sp-Trial")).to_contain_text("rows of numbers")
    shoot(page, "proof-tried")
    set_theme(page, "JupyterLab Dark")
    panel.get_by_text("All blocks").click()
    expect(panel.locator(".sp-LastOutput")).to_have_count(2)
    shoot(page, "proof-cards-dark")
    command(page, "sponde:library:stale")
    expect(panel.get_by_text("Nothing is stale")).to_be_visible(timeout=60_000)
    shoot(page, "proof-stale")

    # Packages moved on: one is run again, then all the others, and the last one is cancelled.
    for name, code in STALE.items():
        prove_once(lab, name, code, packages={"packaging": "19.0", "left-pad": "1.0"})
    panel.get_by_text("All blocks").click()
    command(page, "sponde:library:stale")
    stale = panel.get_by_role("region", name="Blocks whose packages moved on")
    rows = stale.get_by_role("list", name="Blocks to run again").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("packaging 19.0")
    stale.get_by_label("Run every block again").uncheck()
    expect(stale.get_by_role("button", name="Run again", exact=True)).to_be_disabled()
    stale.get_by_label("Run steady again").check()
    stale.get_by_role("button", name="Run 1 block again").click()
    steady = rows.filter(has_text="steady")
    expect(steady).to_contain_text("It ran through", timeout=60_000)
    stale.get_by_label("Run every block again").check()
    stale.get_by_label("Run steady again").uncheck()
    stale.get_by_role("button", name="Run 2 blocks again").click()
    broken = rows.filter(has_text="broken")
    expect(broken).to_contain_text("AttributeError", timeout=60_000)
    expect(stale).to_contain_text("1 of 2 done")
    expect(rows.filter(has_text="slow")).to_contain_text("Running…")
    shoot(page, "proof-stale-runs-dark")
    stale.get_by_role("button", name="Cancel").click()
    expect(rows.filter(has_text="slow")).to_contain_text("cancelled", timeout=60_000)
    set_theme(page, "JupyterLab Light")
    page.set_viewport_size({"width": 700, "height": 850})
    shoot(page, "proof-stale-narrow")
    # The one that ran is proven anew; a broken one is opened from its row.
    panel.get_by_text("All blocks").click()
    command(page, "sponde:library:stale")
    expect(rows).to_have_count(2)
    broken.get_by_role("button", name="broken").click()
    expect(panel.locator(".sp-ProofMark.sp-mod-failed").first).to_be_visible()
