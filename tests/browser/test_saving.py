"""Into the library by clicking: a selection, a notebook, a file, pasted code, near-twins."""

import pytest
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot

NOTEBOOK = "/lab/tree/sponde-welcome/welcome.ipynb?reset"
PANEL = "#sponde-library"
TOTALS = """\
# Damage by airport
totals = strikes.groupby('Airport')['Damage'].sum().sort_values(ascending=False)
fig, ax = plt.subplots(figsize=(8, 4))
totals.head(10).plot.barh(ax=ax)
ax.set_xlabel('Damage in dollars')
plt.show()"""
MODULE = '"""Shops."""\nimport os\n\n\ndef here():\n    """Say where."""\n    return os.getcwd()\n'
MODULE += "\n\nclass Shop:\n    pass\n"


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def test_code_is_kept_from_everywhere_and_knows_where_it_came_from(lab, open_page):
    page = open_page(lab, NOTEBOOK)
    expect(page.get_by_role("heading", name="When birds meet aircraft")).to_be_visible()
    panel = page.locator(PANEL)
    dialog = page.locator(".jp-Dialog")

    # A cell with something selected in it: only that.
    page.evaluate(
        """code => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.model.sharedModel.insertCell(0, {cell_type: 'code', source: code});
            notebook.model.sharedModel.insertCell(1, {cell_type: 'code', source: 'strikes.head()'});
            notebook.activeCellIndex = 0;
            notebook.mode = 'edit';
        }""",
        TOTALS,
    )
    page.locator(".jp-Notebook .jp-Cell").first.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    command(page, "sponde:library:save-selection")
    expect(page.get_by_text("Saved to the library as “damage_by_airport”.")).to_be_visible()

    # The notebook: what is kept already cannot be chosen, a look at a value is not chosen at first.
    command(page, "sponde:library:save-notebook")
    rows = dialog.get_by_role("listitem")
    kept = rows.filter(has_text="in the library already").get_by_role("checkbox")
    expect(kept.first).to_be_disabled()
    expect(rows.filter(has_text="strikes.head()").get_by_role("checkbox").first).not_to_be_checked()
    shoot(page, "saving-notebook")
    dialog.get_by_role("button", name="Cancel").click()

    # A file's functions.
    page.evaluate(
        """async text => window.jupyterapp.serviceManager.contents.save(
            'shops.py', {type: 'file', format: 'text', content: text})""",
        MODULE,
    )
    command(page, "sponde:library:save-file", {"path": "shops.py"})
    expect(dialog.get_by_text("2 of 2 chosen")).to_be_visible()
    dialog.get_by_role("button", name="Save to the library").click()
    expect(page.get_by_text("2 blocks of shops.py were saved.")).to_be_visible()

    # Pasted code that is nearly the same: the difference, then a revision of the other.
    command(page, "sponde:library:open")
    panel.get_by_role("button", name="New block").click()
    dialog.locator(".cm-content").click()
    page.keyboard.insert_text(TOTALS.replace("plt.show()", "plt.tight_layout()\nplt.show()"))
    shoot(page, "saving-new")
    dialog.get_by_role("button", name="Save").click()
    note = page.locator(".Toastify__toast").filter(has_text="Nearly the same as")
    expect(note).to_contain_text("damage_by_airport")
    shoot(page, "saving-near")
    note.get_by_role("button", name="Show the difference").click()
    expect(dialog.get_by_text("plt.tight_layout()")).to_be_visible()
    shoot(page, "saving-difference")
    dialog.get_by_role("button", name="Make it a revision").click()
    told = page.get_by_text("It is the newest revision of “damage_by_airport” now.")
    expect(told).to_be_visible()

    # The block knows both places, and proposes tags.
    expect(panel.get_by_label("Name")).to_have_value("damage_by_airport")
    sources = panel.get_by_label("Where it came from")
    expect(sources.get_by_role("listitem")).to_have_count(2)
    tag = panel.get_by_label("Suggested tags").get_by_role("button", name="aggregate")
    tag.click()
    expect(panel.get_by_label("Tags", exact=True)).to_have_value("aggregate")
    expect(tag).to_have_count(0)
    sources.scroll_into_view_if_needed()
    shoot(page, "saving-sources")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "saving-sources-dark")
    sources.get_by_role("button", name="Selection in welcome.ipynb").click()
    expect(page.locator(".jp-Notebook .jp-Cell.jp-mod-active")).to_contain_text("Damage by airport")
