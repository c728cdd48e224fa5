import pytest
from playwright.sync_api import expect

from browser.lab import REPOSITORY

BUILD = REPOSITORY / "server_ext" / "sponde_server" / "labextension" / "build-inputs.sha256"
FETCHED = """() => performance.getEntriesByType('resource')
    .filter(entry => entry.name.includes('/lab/extensions/sponde-lab/static/'))
    .map(entry => entry.decodedBodySize)"""


def test_jupyterlab_opens_with_the_workbench_in_it(make_lab, open_page):
    lab = make_lab()
    page = open_page(lab)
    assert "sponde-lab:api" in page.evaluate("window.jupyterapp.listPlugins()")
    assert "token=" not in page.url


def test_the_first_panels_fetch_little_and_the_models_page_fetches_its_sections_when_shown(
    make_lab, open_page
):
    if not BUILD.exists():
        pytest.skip("the front end is built for development (make build); `make install` builds it")
    page = open_page(make_lab())
    for name in ("chat", "datasets", "library"):
        page.evaluate(f"window.jupyterapp.shell.activateById('sponde-{name}')")
        expect(page.locator(f"#sponde-{name}")).to_be_visible()
    at_start = page.evaluate(FETCHED)
    assert 100_000 < sum(at_start) < 400_000, at_start
    page.evaluate("void window.jupyterapp.commands.execute('sponde:models:show')")
    expect(page.locator("#sponde-models .sp-Page h1")).to_be_visible()
    assert sum(page.evaluate(FETCHED)) > sum(at_start)
