"""Measuring models by clicking: a benchmark that is followed, compared, stopped and exported."""

import json
import urllib.request

import pytest

from browser.lab import TOKEN, command, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab, upstream_process):
    port = upstream_process.base_url.rsplit(":", 1)[1].removesuffix("/v1")
    return make_lab(
        "--SpondeEngines.looks_around=False",
        f"--SpondeEngines.addresses=http://127.0.0.1:{port}/v1",
    )


def connect(lab, address, *models):
    body = {"base_url": address, "models": models, "name": "Paced"}
    request = urllib.request.Request(
        f"{lab.url}/sponde/api/providers",
        json.dumps(body).encode(),
        {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=60).close()


def measure(page, **fields):
    form = page.get_by_role("form", name="Measure a model")
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if name == "model":
            field.select_option(label=value)
        else:
            field.fill(value)
    form.get_by_role("button", name="Measure").click()


def test_a_found_engine_is_connected_and_measured(lab, open_page, upstream_process):
    page = open_page(lab)
    command(page, "sponde:models:show", {"section": "benchmarks"})
    page.get_by_text("No model to measure").wait_for()
    shoot(page, "benches-empty")
    command(page, "sponde:models:show", {"section": "connected"})
    found = page.get_by_role("region", name="Found running")
    found.get_by_text("for everybody here").wait_for()
    shoot(page, "benches-found")
    found.get_by_role("button", name="Connect").click()
    found.wait_for(state="detached")
    names = ["40 tokens at 80/s", "40 tokens at 160/s", "2000 tokens at 5/s"]
    connect(lab, upstream_process.base_url, *names)

    command(page, "sponde:models:show", {"section": "benchmarks"})
    figures = page.get_by_role("region", name="Figures")
    form = page.get_by_role("form", name="Measure a model")
    form.locator("[name=streams]").fill("1, two")
    form.get_by_text("Whole numbers, commas between.").wait_for()
    measure(page, model=f"{names[0]} · Paced", streams="1, 2, 4", contexts="64, 256", requests="4")
    figures.get_by_text("Measuring", exact=True).wait_for()
    shoot(page, "benches-running")
    figures.get_by_text("Done", exact=True).wait_for()
    figures.locator("svg circle").first.wait_for()
    assert figures.locator("tbody tr").count() == 6
    figures.get_by_text("measured by Sponde’s client").wait_for()
    shoot(page, "benches-done")

    with page.expect_download() as download:
        figures.get_by_text("CSV").click()
    text = download.value.path().read_text()
    assert text.count("\n") == 7
    with page.expect_download() as download:
        figures.get_by_text("JSON").click()
    assert len(json.loads(download.value.path().read_text())["points"]) == 6

    measure(page, model=f"{names[1]} · Paced", streams="1, 2, 4", contexts="64, 256", requests="4")
    figures.get_by_text("Measuring", exact=True).wait_for()
    figures.get_by_text("Done", exact=True).wait_for()
    kept = page.get_by_role("region", name="What was measured")
    kept.get_by_role("button", name="Compare").click()
    figures.locator("strong", has_text="Second:").wait_for()
    assert figures.locator("tbody tr").count() == 6
    figures.locator("tbody td", has_text="→").first.wait_for()
    shoot(page, "benches-compared")
    set_theme(page, "JupyterLab Dark")
    page.set_viewport_size({"width": 700, "height": 850})
    figures.locator("svg[role=img]").first.scroll_into_view_if_needed()
    shoot(page, "benches-compared-dark-narrow")


def test_a_benchmark_is_stopped_and_deleted(lab, open_page):
    page = open_page(lab)
    command(page, "sponde:models:show", {"section": "benchmarks"})
    figures = page.get_by_role("region", name="Figures")
    measure(page, model="2000 tokens at 5/s · Paced", streams="1", contexts="64", requests="2")
    figures.get_by_role("button", name="Stop").click()
    figures.get_by_text("Stopped", exact=True).wait_for()
    shoot(page, "benches-stopped")
    kept = page.get_by_role("region", name="What was measured")
    before = kept.locator("li").count()
    kept.get_by_role("button", name="Delete the figures of 2000 tokens at 5/s").click()
    kept.locator("li").nth(before - 1).wait_for(state="detached")
