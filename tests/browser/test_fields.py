"""Twins become one block with fields, filled in on insert; blocks that fit a dataset, inserted."""

import pytest
from playwright.sync_api import Page, expect

from browser.lab import PATIENCE, command, set_theme, shoot

PANEL = "#sponde-library"
TOP = """\
top = df[df["amount"] > 100].groupby("region")["amount"].sum().nlargest(10)
print(f"Best {len(top)} regions by amount")
top.plot(kind="bar", figsize=(10, 4))"""
TWIN = (
    TOP.replace('"amount"', '"price"')
    .replace("100", "250")
    .replace("by amount", "by price")
    .replace('"bar"', '"barh"')
)
LOAD = 'import sponde\n\nsales = sponde.dataset("sales").df()'


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def wait_for_sources(page: Page, wanted: list[str]) -> None:
    page.wait_for_function(
        """wanted => JSON.stringify([...window.jupyterapp.shell.widgets('main')]
            .find(panel => panel.content?.model?.cells).content.model.sharedModel.cells
            .map(cell => cell.getSource())) === JSON.stringify(wanted)""",
        arg=wanted,
        timeout=PATIENCE,
    )


def new_notebook(page: Page) -> None:
    page.evaluate(
        """async () => {
            const { commands } = window.jupyterapp;
            const panel = await commands.execute('notebook:create-new', {kernelName: 'python3'});
            await panel.context.ready;
            await panel.sessionContext.ready;
        }"""
    )
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=PATIENCE,
    )


def test_twins_get_fields_and_a_dataset_gets_the_blocks_that_fit(lab, open_page, api):
    (lab.root / "sales.csv").write_text(
        "Amt,region,order_date\n" + "".join(f"{n}.5,r{n % 3},2026-01-0{n}\n" for n in range(1, 9))
    )
    api("POST", "/datasets", {"path": "sales.csv"})
    own = api("POST", "/code-blocks", {"code": TOP, "name": "top_amount"})
    twin = api("POST", "/code-blocks", {"code": TWIN, "name": "top_price"})
    assert twin["near"]["differs_in_values"]
    page = open_page(lab)
    new_notebook(page)

    # The twin is offered on the block's page; what differs is named and accepted by keyboard.
    command(page, "sponde:library:open", {"block_id": own["id"]})
    panel = page.locator(PANEL)
    fields = panel.get_by_role("region", name="Fields")
    expect(fields).to_contain_text("One block differs from this one in nothing but values")
    fields.get_by_role("button", name="Make one block with fields…").click()
    first = fields.get_by_label('Name of the field for "amount"')
    expect(first).to_be_focused()
    expect(first).to_have_value("column")
    expect(fields.get_by_label("Name of the field for 100")).to_have_value("min_amount")
    shoot(page, "fields-offers")
    page.keyboard.type("measure")
    page.keyboard.press("Enter")
    expect(fields.get_by_role("listitem").first).to_contain_text("measure = amount")
    expect(page.locator(".Toastify__toast").last).to_contain_text("one block with fields")
    shoot(page, "fields-made")
    assert [one["name"] for one in api("GET", "/code-blocks")] == ["top_amount"]

    # Undone the twin is back; then it is done again.
    page.get_by_role("button", name="Undo").click()
    expect(fields.get_by_role("button", name="Make one block with fields…")).to_be_visible()
    assert len(api("GET", "/code-blocks")) == 2
    fields.get_by_role("button", name="Make one block with fields…").click()
    fields.get_by_role("button", name="Make one block of 2").click()
    expect(fields.get_by_role("listitem").first).to_contain_text("column = amount")

    # From the search to a cell without the mouse: the form asks, refuses what cannot be, inserts.
    command(page, "sponde:library:open")
    expect(panel.get_by_label("Search code, names, tags")).to_be_focused()
    page.keyboard.type("top_am")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("column", exact=True)).to_be_focused()
    page.keyboard.type("price")
    page.keyboard.press("Tab")
    page.keyboard.type("1,5")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Write the number with a point: 1.5.")
    expect(dialog.get_by_label("min_amount")).to_be_focused()
    shoot(page, "fields-form")
    page.keyboard.press("Control+a")
    page.keyboard.type("1.5")
    page.keyboard.press("Enter")
    filled = TOP.replace('"amount"', '"price"').replace("100", "1.5")
    wait_for_sources(page, [filled])

    # The next time it offers these values, and those of the twin at one click.
    command(page, "sponde:library:insert", {"block_id": own["id"]})
    expect(dialog.get_by_label("min_amount")).to_have_value("1.5")
    dialog.get_by_role("button", name="top_price").click()
    expect(dialog.get_by_label("min_amount")).to_have_value("250")
    expect(dialog.get_by_label("kind")).to_have_value("barh")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "fields-form-dark")
    page.keyboard.press("Enter")
    wait_for_sources(page, [filled, TWIN])
    set_theme(page, "JupyterLab Light")

    # What fits the file is shown where the file is, and goes in with its renames at one click.
    api("POST", "/code-blocks", {"code": 'total = df["amount"].sum()\ntotal', "name": "sum_up"})
    api("POST", "/code-blocks", {"code": "data.describe()", "name": "describe_it"})
    command(page, "sponde:datasets:open")
    data = page.locator("[data-dataset=sales]")
    data.locator(".sp-Dataset-toggle").click()
    fits = data.get_by_role("button", name="blocks fit this file")
    expect(fits).to_have_text("2 blocks fit this file")
    fits.click()
    row = data.locator(".sp-Fit-block", has_text="sum_up")
    expect(row).to_contain_text("needs amount, yours is Amt")
    fitting = data.get_by_role("list", name="Blocks that fit sales")
    expect(fitting.get_by_role("listitem")).to_have_count(2)
    other = data.get_by_role("list", name="1 more works on any table")
    expect(other).to_contain_text("describe_it")
    shoot(page, "fits-data")
    row.get_by_role("button", name="Insert with rename").click()
    summed = 'total = sales["Amt"].sum()\ntotal'
    wait_for_sources(page, [filled, TWIN, LOAD, summed])

    # And in the library, by a filter.
    data.get_by_role("button", name="Show them in the library").click()
    expect(panel.get_by_role("listitem")).to_have_count(3)
    expect(panel).to_contain_text("needs amount, yours is Amt")
    page.set_viewport_size({"width": 700, "height": 900})
    shoot(page, "fits-library-narrow")
