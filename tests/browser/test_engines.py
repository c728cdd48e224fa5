"""Engines in the rows of the Models page: started, watched, asleep, failed, adopted."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from browser.lab import PATIENCE, REPOSITORY, Lab, call, command, set_theme, shoot


def place_model(lab: Lab, name: str, source: str = "tiny-analyst", **more: str) -> None:
    """Register a copy of the project's small model."""
    folder = lab.base / "weights" / name
    shutil.copytree(REPOSITORY / "tests" / "model" / source, folder)
    call(lab, "POST", "/imports", {"path": str(folder), "name": name, **more})


@pytest.fixture(scope="module")
def lab(make_lab):
    lab = make_lab(welcome=False)
    place_model(lab, "tiny-analyst")
    place_model(lab, "tiny-analyst-sql", "tiny-analyst-sql", base="tiny-analyst")
    place_model(lab, "too-large")
    return lab


def open_models(page: Page, section: str = "local") -> None:
    """Open the Models page."""
    command(page, "sponde:models:show", {"section": section})
    expect(page.locator(".sp-ModelsPage")).to_be_visible(timeout=PATIENCE)


def strip(page: Page, name: str):
    """Find the engine's part of a model's row."""
    return page.get_by_role("region", name=f"Engine of {name}", exact=True)


def test_an_engine_is_started_with_settings_watched_put_to_sleep_and_stopped(lab, open_page):
    page = open_page(lab)
    open_models(page)
    engine = strip(page, "tiny-analyst")
    expect(engine.get_by_text("Stopped")).to_be_visible(timeout=PATIENCE)
    shoot(page, "engines-stopped")

    engine.get_by_role("button", name="Settings").click()
    form = engine.get_by_role("form", name="Settings of tiny-analyst")
    line = form.get_by_label("Command line", exact=True)
    expect(line).to_contain_text("--disable-fastapi-docs", timeout=PATIENCE)
    form.get_by_label("Context length").fill("1024")
    expect(line).to_contain_text("--max-model-len 1024", timeout=PATIENCE)
    form.get_by_label("Further options").fill("--seed 7")
    expect(line).to_contain_text("--seed 7", timeout=PATIENCE)
    shoot(page, "engines-settings-light")

    folder = lab.base / "weights" / "tiny-analyst"
    (folder / "step").write_text("1")
    form.get_by_role("button", name="Start with these").click()
    expect(form).to_be_hidden(timeout=PATIENCE)
    expect(engine.get_by_text("Starting", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(engine.get_by_text("Loading weights…")).to_be_visible(timeout=PATIENCE)
    shoot(page, "engines-starting")
    expect(engine.get_by_text("Ready", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(engine.get_by_text("1,024 tokens of context")).to_be_visible()
    (folder / "step").write_text("0.02")

    adapter = strip(page, "tiny-analyst-sql")
    adapter.get_by_role("button", name="Load").click()
    expect(adapter.get_by_text("Beside tiny-analyst")).to_be_visible(timeout=PATIENCE)
    engine.get_by_role("button", name="Log", exact=True).click()
    expect(engine.get_by_label("Log of tiny-analyst")).to_contain_text(
        "Application startup complete.", timeout=PATIENCE
    )
    engine.get_by_role("button", name="Pin", exact=True).click()
    expect(engine.get_by_role("button", name="Unpin")).to_be_visible(timeout=PATIENCE)
    shoot(page, "engines-ready-with-log")
    engine.get_by_role("button", name="Log", exact=True).click()

    engine.get_by_role("button", name="Sleep").click()
    expect(engine.get_by_text("Asleep")).to_be_visible(timeout=PATIENCE)
    shoot(page, "engines-asleep")
    engine.get_by_role("button", name="Wake").click()
    expect(engine.get_by_text("Ready", exact=True)).to_be_visible(timeout=PATIENCE)
    engine.get_by_role("button", name="Monitor").click()
    shoot(page, "engines-monitor")
    engine.get_by_role("button", name="Monitor").click()
    engine.get_by_role("button", name="Stop").click()
    expect(engine.get_by_text("Stopped")).to_be_visible(timeout=PATIENCE)


def test_a_failure_says_why_and_offers_what_fits(lab, open_page):
    folder = lab.base / "weights" / "too-large"
    (folder / "faults").write_text("out-of-memory")
    page = open_page(lab)
    set_theme(page, "JupyterLab Dark")
    open_models(page)
    engine = strip(page, "too-large")
    engine.get_by_role("button", name="Start", exact=True).click(timeout=PATIENCE)
    failure = engine.get_by_role("alert")
    expect(failure).to_contain_text("memory", timeout=PATIENCE)
    engine.get_by_role("button", name="Show its log").click()
    expect(engine.get_by_label("Log of too-large")).to_contain_text("OutOfMemoryError")
    shoot(page, "engines-failed-dark")
    engine.get_by_role("button", name="Settings").click()
    expect(engine.get_by_label("Command line", exact=True)).to_be_visible(timeout=PATIENCE)
    page.set_viewport_size({"width": 700, "height": 900})
    engine.get_by_role("button", name="Settings").scroll_into_view_if_needed()
    shoot(page, "engines-failed-dark-narrow")
    engine.get_by_role("button", name="Close").click()
    (folder / "faults").write_text("")
    failure.get_by_role("button", name=re.compile("^Start with")).click()
    expect(engine.get_by_text("Ready", exact=True)).to_be_visible(timeout=PATIENCE)
    engine.get_by_role("button", name="Stop").click()
    expect(engine.get_by_text("Stopped")).to_be_visible(timeout=PATIENCE)


def test_where_there_is_no_vllm_the_page_says_how_to_get_it(make_lab, open_page):
    bare = make_lab("--SpondeEngines.python=/nowhere/python", welcome=False)
    place_model(bare, "tiny-analyst")
    page = open_page(bare)
    open_models(page)
    engine = strip(page, "tiny-analyst")
    expect(engine.get_by_text("vLLM is not found")).to_be_visible(timeout=PATIENCE)
    expect(engine.get_by_role("button", name="Start")).to_be_disabled()
    shoot(page, "engines-missing")
    engine.get_by_role("button", name="How to get it").click()
    expect(page.get_by_text("has no vLLM")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Address", exact=True).fill("http://127.0.0.1:9")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("Nothing answers at http://127.0.0.1:9.")).to_be_visible(
        timeout=PATIENCE
    )
    shoot(page, "engines-section")
    # The browser tells its console of every refusal.
    open_page.problems[:] = [text for text in open_page.problems if "502" not in text]
