"""The library to look at and to keep in order: cards, lines, many at once, an editor, revisions."""

from playwright.sync_api import Page, expect

from browser.lab import command, layout_is_kept, set_theme, shoot

PANEL = "#sponde-library"
MOST = 150
SAVE = """async blocks => {
    const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? '';
    const { baseUrl } = window.jupyterapp.serviceManager.serverSettings;
    for (let at = 0; at < blocks.length; at += 25) {
        await Promise.all(blocks.slice(at, at + 25).map(block =>
            fetch(baseUrl + 'sponde/api/code-blocks', {
                method: 'POST', body: JSON.stringify(block), headers: {'X-XSRFToken': token}
            })));
    }
}"""
MONTHS = """import pandas as pd


def by_month(frame, amount):
    months = frame['day'].dt.to_period('M')
    return frame.groupby(months)[amount].sum()
"""
NAMED = [
    {
        "name": "sum_by_month",
        "code": MONTHS,
        "description": "Sums an amount for each month of a table of days",
        "tags": ["dates", "sales"],
    },
    {
        "name": "strikes_by_species",
        "code": "select species, count(*) as n\nfrom bird_strikes\ngroup by species",
        "tags": ["birds"],
    },
    {"name": "drop_empty", "code": "def drop_empty(frame):\n    return frame.dropna(how='all')\n"},
]


def filled(page: Page) -> None:
    """Fill the library: many small blocks, then a few that a person would keep."""
    many = [{"name": f"set_{n}", "code": f"value_{n} = {n}"} for n in range(MOST)]
    page.evaluate(SAVE, many)
    for block in reversed(NAMED):
        page.evaluate(SAVE, [block])


def side_width(page: Page, width: int) -> None:
    """Pull the side bar to a width, by its handle."""
    handle = page.locator("#jp-main-split-panel > .lm-SplitPanel-handle:visible").first
    box = handle.bounding_box()
    side = page.locator("#jp-left-stack").bounding_box()
    assert box
    assert side
    page.mouse.move(box["x"] + box["width"] / 2, 300)
    page.mouse.down()
    page.mouse.move(side["x"] + width, 300, steps=4)
    page.mouse.up()


def in_both_themes(page: Page, name: str) -> None:
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        set_theme(page, theme)
        shoot(page, f"{name}-{theme.split()[-1].lower()}")


def test_a_library_is_looked_through_kept_in_order_and_edited(make_lab, open_page):
    page = open_page(make_lab())
    filled(page)
    command(page, "sponde:library:open")
    panel = page.locator(PANEL)
    items = panel.get_by_role("listitem")
    expect(items.filter(has_text="sum_by_month")).to_be_visible()
    side_width(page, 250)
    in_both_themes(page, "library-side-cards")
    assert panel.evaluate("node => node.scrollWidth <= node.clientWidth")

    # Only what can be seen is drawn, down to the end.
    panel.get_by_role("button", name="Show as a list").click()
    expect(items.first).to_have_css("height", "30px")
    assert items.count() < 80
    shoot(page, "library-side-list")

    # In the main area the open block stands beside the list.
    panel.get_by_role("button", name="Move to the main area").click()
    expect(page.locator(f"#jp-main-dock-panel {PANEL}")).to_be_visible()
    in_both_themes(page, "library-main-list")
    panel.get_by_label("Search code, names, tags").focus()
    page.keyboard.press("ArrowDown")
    panel.locator("[role=listitem][aria-current=true]").focus()
    last = items.filter(has_text="value_0 =")
    for _ in range(300):  # each time at the end the next page is fetched
        page.keyboard.press("End")
        if last.count():
            break
        page.wait_for_timeout(100)
    expect(last).to_be_visible()
    assert items.count() < 80
    page.keyboard.press("Home")
    expect(panel.locator("[role=listitem]:focus")).to_contain_text("sum_by_month")
    panel.get_by_role("button", name="Show as cards").click()
    in_both_themes(page, "library-main-cards")

    # Several at once, by the keyboard: tagged, untagged, deleted, brought back.
    items.filter(has_text="sum_by_month").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(panel.get_by_text("chosen")).to_be_visible()
    panel.get_by_role("button", name="Tags", exact=True).click()
    panel.get_by_label("Tags to add to the chosen blocks").fill("kept, tidy")
    page.keyboard.press("Enter")
    expect(items.filter(has_text="sum_by_month")).to_contain_text("tidy")
    shoot(page, "library-chosen")
    page.keyboard.press("Escape")  # the form
    items.filter(has_text="sum_by_month").focus()
    page.keyboard.press("Escape")  # nothing is chosen any more; what is typed then stays in the box
    box = panel.get_by_label("Search code, names, tags")
    box.focus()
    page.keyboard.type("value_1")
    expect(box).to_have_value("value_1")
    box.fill("")
    expect(items.filter(has_text="sum_by_month")).to_be_visible()
    # The search over all is there from the panel, too.
    page.keyboard.press("Control+Shift+K")
    expect(page.locator(".sp-Palette")).to_be_visible()
    page.keyboard.press("Escape")
    items.filter(has_text="sum_by_month").focus()
    page.keyboard.press("Control+z")
    expect(items.filter(has_text="sum_by_month")).not_to_contain_text("tidy")
    page.keyboard.press("Delete")
    expect(items.filter(has_text="sum_by_month")).to_have_count(0)
    panel.get_by_role("button", name="Deleted blocks").click()
    gone = panel.get_by_label("Deleted blocks", exact=True).get_by_role("listitem")
    expect(gone.filter(has_text="sum_by_month")).to_be_visible()
    shoot(page, "library-deleted")
    gone.filter(has_text="sum_by_month").get_by_role("button", name="Restore").click()
    expect(gone.filter(has_text="sum_by_month")).to_have_count(0)
    panel.get_by_role("button", name="All blocks").click()

    # The editor: completion, keeping for later, saving, comparing, restoring.
    panel.get_by_label("Search code, names, tags").fill("sum_by_month")
    expect(items).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    editor = panel.locator(".sp-CodeField .cm-content")
    expect(editor).to_be_visible()
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("by_mo")
    page.keyboard.press("Tab")
    expect(page.locator(".jp-Completer").filter(has_text="by_month")).to_be_visible()
    page.keyboard.press("Tab")
    expect(editor).to_contain_text("sum()by_month")
    page.keyboard.type("(sales, 'price')")
    page.keyboard.press("Escape")
    question = panel.get_by_role("alertdialog")
    expect(question).to_be_visible()
    shoot(page, "library-unsaved")
    question.get_by_role("button", name="Keep for later").click()
    expect(items.filter(has_text="unsaved")).to_have_count(1)
    page.keyboard.press("Shift+Enter")
    editor.click()
    page.keyboard.press("Control+s")
    revisions = panel.get_by_label("Revisions")
    compare = revisions.get_by_role("button", name="code +1")
    expect(compare).to_be_visible()
    compare.click()
    expect(revisions.get_by_role("table")).to_contain_text("by_month(sales, 'price')")
    compare.scroll_into_view_if_needed()
    in_both_themes(page, "library-difference")
    revisions.get_by_role("button", name="Restore").first.click()
    expect(editor).not_to_contain_text("price")
    toast = page.locator(".Toastify__toast").filter(has_text="is what it was")
    toast.get_by_role("button", name="Undo").click()
    expect(editor).to_contain_text("price")

    panel.get_by_label("Name", exact=True).fill("no name")
    expect(panel.get_by_role("alert")).to_contain_text("A name begins with a letter")
    page.set_viewport_size({"width": 700, "height": 800})
    in_both_themes(page, "library-narrow-detail")
    assert panel.locator(".sp-Detail-body").evaluate("node => node.scrollWidth <= node.clientWidth")

    # What was not saved, the place and the look outlive a reload.
    layout_is_kept(page, "sponde-library")
    page.set_viewport_size({"width": 1400, "height": 850})
    page.goto(page.url.split("?")[0])
    page.wait_for_function("window.jupyterapp?.restored")
    expect(page.locator(f"#jp-main-dock-panel {PANEL}")).to_be_visible()
    expect(items.filter(has_text="unsaved")).to_have_count(1)
    shoot(page, "library-reloaded")
