"""Collections by clicking: three blocks become a notebook that runs, a module and a job."""

import pytest
from playwright.sync_api import expect

from browser.lab import call, command, set_theme, shoot

NOTEBOOK = "/lab/tree/sponde-welcome/welcome.ipynb?reset"
PANEL = "#sponde-library"
BLOCKS = {
    "print_sum": "total = sum(numbers)\nprint('total is', total)",
    "load_numbers": "import math\n\nleast = 2\nnumbers = [math.floor(n) for n in range(6)]",
    "keep_large": "def keep(numbers, least):\n    return [n for n in numbers if n >= least]\n\n\n"
    "numbers = keep(numbers, least)",
}


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def names(lab):
    (found,) = call(lab, "GET", "/collections")
    view = call(lab, "GET", f"/collections/{found['id']}")
    return [block["name"] for block in view["blocks"]]


def test_three_blocks_become_a_notebook_a_module_and_a_job(lab, open_page):
    for name, code in BLOCKS.items():
        call(lab, "POST", "/code-blocks", {"code": code, "name": name})
    page = open_page(lab, NOTEBOOK)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    command(page, "sponde:library:open")
    panel = page.locator(PANEL)
    expect(panel.locator(".sp-Card")).to_have_count(3)
    for name in BLOCKS:
        panel.get_by_label(f"Choose {name}").check(force=True)
    panel.get_by_role("button", name="Put into a collection").click()

    # What stands wrong is told at its block, and put in order.
    page_of = panel.get_by_role("region", name="Collection")
    expect(page_of.locator(".sp-Collection-block")).to_have_count(3)
    blocks = names(lab)
    if blocks[0] != "print_sum":
        page_of.locator(".sp-Link", has_text="print_sum").focus()
        for _ in range(blocks.index("print_sum")):
            page.keyboard.press("Alt+ArrowUp")
        expect(page_of.locator(".sp-Collection-block").first).to_contain_text("print_sum")
    expect(page_of.locator(".sp-Collection-problem").first).to_contain_text(
        "Needs numbers, which load_numbers makes further down."
    )
    shoot(page, "collections-problems")
    page_of.get_by_role("button", name="Put in order").click()
    expect(page_of.locator(".sp-Collection-problem")).to_have_count(0)
    expect(page_of.locator(".sp-Collection-block").first).to_contain_text("load_numbers")

    # By dragging, and back by the key.
    lines = page_of.locator(".sp-Collection-block")
    lines.nth(2).locator(".sp-Collection-grip").drag_to(
        lines.nth(1), target_position={"x": 30, "y": 3}
    )
    name = page_of.get_by_label("Name of the collection")
    name.fill("Sum of numbers")
    name.press("Enter")
    expect(panel.get_by_role("region", name="Collection Sum of numbers")).to_be_visible()
    ordered = ["load_numbers", "keep_large", "print_sum"]
    if names(lab) != ordered:
        page_of.locator(".sp-Link", has_text="keep_large").focus()
        page.keyboard.press("Alt+ArrowUp" if names(lab)[2] == "keep_large" else "Alt+ArrowDown")
        expect(lines.nth(2)).to_contain_text("print_sum")
    expect(page_of).to_contain_text("least = 2")

    # The notebook: opened at once, and it runs.
    page_of.get_by_role("button", name="Notebook").click()
    made = page.locator(".jp-NotebookPanel:visible")
    expect(made.locator(".jp-Cell").first).to_contain_text("Sum of numbers", timeout=60_000)
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.context?.path?.endsWith('sum_of_numbers.ipynb')"
        " && window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status"
        " === 'idle'"
    )
    command(page, "notebook:run-all-cells")
    expect(made.locator(".jp-OutputArea-output").last).to_contain_text(
        "total is 14", timeout=60_000
    )
    shoot(page, "collections-notebook")

    # The module, told of beside its text; then the form of a job with its parameter.
    page_of.get_by_role("button", name="Module").click()
    expect(page.locator(".jp-FileEditor:visible")).to_contain_text("import math", timeout=60_000)
    expect(page_of.locator(".sp-Collection-made")).to_contain_text("sum_of_numbers.py")
    page_of.get_by_role("button", name="Job…").click()
    form = page.locator(".sp-RunForm:visible")
    expect(form.get_by_label("least")).to_have_value("2", timeout=60_000)
    form.get_by_label("least").fill("4")
    shoot(page, "collections-job")
    form.get_by_role("button", name="Run now").click()
    expect(page.locator(".sp-Panel:visible").filter(has_text="succeeded").first).to_be_visible(
        timeout=60_000
    )

    # Where a block of it is used, over time, and back to the collection.
    page_of.locator(".sp-Link", has_text="keep_large").click()
    used = panel.get_by_role("region", name="Where it is used")
    expect(used).to_contain_text("sum_of_numbers.ipynb", timeout=60_000)
    expect(used.get_by_role("img")).to_be_visible(timeout=60_000)
    used.scroll_into_view_if_needed()
    shoot(page, "collections-used")

    # Its cell in the notebook, and the result that the job left: each place is a way there.
    used.get_by_role("listitem").filter(has_text="cell").get_by_role("button").first.click()
    front = "window.jupyterapp.shell.currentWidget"
    page.wait_for_function(f"{front}?.context?.path?.endsWith('sum_of_numbers.ipynb')")
    made_at = page.evaluate(f"{front}.context.path")
    at = "return [n for n in numbers"
    expect(page.locator(".jp-Cell.jp-mod-active:visible")).to_contain_text(at)
    used.get_by_role("listitem").filter(has_text="run as a job").get_by_role("button").click()
    page.wait_for_function(
        f"path => {front}?.context?.path?.endsWith('.ipynb') && {front}.context.path !== path",
        arg=made_at,
    )
    expect(page.locator(".jp-Cell.jp-mod-active:visible")).to_contain_text(at)
    shoot(page, "collections-used-run")
    set_theme(page, "JupyterLab Dark")
    used.get_by_role("button", name="Sum of numbers").click()
    page.set_viewport_size({"width": 700, "height": 800})
    shoot(page, "collections-narrow-dark")
    page.set_viewport_size({"width": 1400, "height": 900})
    panel.get_by_role("button", name="Delete the collection").click()
    expect(panel.get_by_text("Blocks that belong together")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(panel.locator(".sp-Collections-row")).to_contain_text("Sum of numbers")
    shoot(page, "collections-list-dark")
