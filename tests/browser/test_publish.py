"""Publishing by clicking: a dashboard whose widgets work, the list, undo, and exports."""

import re

import nbformat
import pytest
from nbformat import v4

from browser.lab import command, set_theme, shoot

SLIDER = """
import ipywidgets as widgets
slider = widgets.IntSlider(value=3, max=10, description="Birds")
label = widgets.Label("3 birds weigh 12 kg")
slider.observe(
    lambda change: setattr(label, "value", f"{change.new} birds weigh {4 * change.new} kg"), "value"
)
widgets.VBox([slider, label])
"""
PLOT = """
%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 4, 9]); plt.gcf().set_size_inches(5, 2)
"""
TABLE = "import pandas as pd\npd.DataFrame({'bird': ['gull', 'hawk'], 'strikes': [12, 3]})"


def write(lab, name, *sources):
    make = {True: v4.new_markdown_cell, False: v4.new_code_cell}
    cells = [make[text.startswith("# ")](text) for text in sources]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), lab.root / name)


@pytest.fixture(scope="module")
def lab(make_lab):
    lab = make_lab()
    write(lab, "birds.ipynb", "# Birds and planes $x^2$", SLIDER, PLOT, TABLE)
    write(lab, "failing.ipynb", "# Soon to fail", "print('so far')", "1 / 0")
    return lab


def listen(page):
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    return problems


def open_notebook(page, path):
    command(page, "docmanager:open", {"path": path})
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")


def test_a_notebook_is_published_opened_updated_and_withdrawn(lab, open_page):
    page = open_page(lab)
    open_notebook(page, "birds.ipynb")
    page.locator("[data-jp-item-name='sponde-publish'] button, jp-button").and_(
        page.get_by_title(re.compile("Publish as dashboard", re.I))
    ).first.click()
    notice = page.locator(".Toastify__toast", has_text="is published as a dashboard")
    notice.wait_for()
    shoot(page, "publish-notice")
    with page.context.expect_page() as opened:
        notice.get_by_text("Open", exact=True).click()
    dashboard = opened.value
    problems = listen(dashboard)
    dashboard.set_default_timeout(60_000)
    assert re.search(r"/sponde/dashboards/[\w-]{36}$", dashboard.url)
    dashboard.get_by_text("3 birds weigh 12 kg").wait_for()
    shoot(dashboard, "publish-dashboard-first")
    handle = dashboard.locator(".noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    dashboard.get_by_text("4 birds weigh 16 kg").wait_for()
    dashboard.get_by_text("hawk").wait_for()
    dashboard.locator("img[src^='data:image/png'], .jp-RenderedImage img").first.wait_for()
    assert "IntSlider" not in dashboard.content()
    shoot(dashboard, "publish-dashboard")
    assert problems == []
    dashboard.set_viewport_size({"width": 420, "height": 800})
    shoot(dashboard, "publish-dashboard-narrow")
    dashboard.close()

    command(page, "sponde:publish:open")
    row = page.get_by_role("region", name="birds")
    row.wait_for()
    write(lab, "birds.ipynb", "# Only text now")
    command(page, "sponde:publish:open")
    row.get_by_text("notebook changed since").wait_for()
    shoot(page, "publish-list")
    row.get_by_role("button", name="Update").click()
    row.get_by_text("notebook changed since").wait_for(state="detached")
    row.get_by_role("button", name="Copy the link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    with page.context.expect_page() as opened:
        row.get_by_role("link", name="birds").click()
    again = opened.value
    assert again.url == link
    again.get_by_text("Only text now").wait_for()
    again.close()
    row.get_by_role("button", name="Withdraw").click()
    page.get_by_text("Nothing is published yet").wait_for()
    shoot(page, "publish-empty")
    page.locator(".Toastify__toast", has_text="was withdrawn").get_by_text("Undo").click()
    row.wait_for()


def test_a_failing_notebook_shows_a_sentence(lab, open_page):
    page = open_page(lab)
    page.locator(".jp-DirListing-item", has_text="failing.ipynb").click(button="right")
    page.locator(".lm-Menu-item", has_text="Publish as Dashboard").click()
    notice = page.locator(".Toastify__toast", has_text="is published as a dashboard")
    with page.context.expect_page() as opened:
        notice.get_by_text("Open", exact=True).click()
    dashboard = opened.value
    dashboard.get_by_text("Cell 3 of 3 failed, so this page ends here.").wait_for()
    dashboard.get_by_text("so far").wait_for()
    assert "ZeroDivisionError" not in dashboard.content()
    shoot(dashboard, "publish-failing")


def test_the_list_looks_right_in_the_dark_and_when_narrow(lab, open_page):
    page = open_page(lab, width=700, height=700)
    name = "A dashboard with quite a long name.ipynb"
    write(lab, name, "# Long")
    command(page, "sponde:publish:dashboard", {"path": name})
    page.locator(".Toastify__toast", has_text="is published as a dashboard").wait_for()
    command(page, "sponde:publish:open")
    page.get_by_role("region", name="A dashboard with quite a long name").wait_for()
    shoot(page, "publish-list-narrow")
    set_theme(page, "JupyterLab Dark")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    shoot(page, "publish-list-dark")
    set_theme(page, "JupyterLab Light")


def test_a_conversation_is_exported_as_a_notebook_and_as_markdown(lab, open_page):
    page = open_page(lab)
    conversation = page.evaluate(
        """async () => {
            const [, xsrf] = document.cookie.match(/_xsrf=([^;]*)/);
            const post = (path, body) => fetch(`/sponde/api${path}`, {
                method: 'POST', headers: {'X-XSRFToken': xsrf}, body: JSON.stringify(body)
            }).then(answer => answer.json());
            const { id } = await post('/conversations', { title: 'How many birds?' });
            await post(`/conversations/${id}/messages`, { text: '/plot @nothing' });
            return id;
        }"""
    )
    for form, name in [("notebook", "How many birds.ipynb"), ("markdown", "How many birds.md")]:
        arguments = {"conversation_id": conversation, "format": form}
        command(page, "sponde:publish:export-conversation", arguments)
        page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=name).wait_for()
        assert "/plot @nothing" in (lab.root / name).read_text()
    page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=".ipynb").click()
    page.get_by_text("Question: /plot @nothing").first.wait_for()
    shoot(page, "publish-exported")


def test_without_login_the_link_leads_to_the_login_page(lab, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{lab.url}/sponde/dashboards/00000000-0000-7000-8000-000000000000")
    assert "/login" in page.url
    context.close()
