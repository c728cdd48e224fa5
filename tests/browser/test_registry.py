"""Models on this machine by clicking: download, pause, import, aliases, versions, delete, undo."""

import re

import pytest
from registry.hub import Hub, write_adapter, write_model

from browser.lab import command, set_theme, shoot

ID = "Qwen/Qwen2.5-0.5B-Instruct"
NAME = "Qwen2.5-0.5B-Instruct"


@pytest.fixture(scope="module")
def hub():
    made = Hub()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def lab(make_lab, hub, tmp_path):
    """Start a lab without any model, with a hub that offers two versions of one."""
    hub.bytes_per_second = 0
    hub.models.clear()
    folder = write_model(tmp_path / "theirs", size=6_000_000)
    (folder / "pytorch_model.bin").write_bytes(b"x" * 9000)
    hub.add(ID, folder)
    lab = make_lab(f"--SpondeRegistry.hub_url={hub.url}", welcome=False)
    write_model(lab.root / "my-model", size=2_000_000)
    write_adapter(lab.root / "my-adapter", "my-model")
    yield lab
    lab.stop()


def section(page):
    command(page, "sponde:models:show", {"section": "local"})
    found = page.locator(".sp-Registry")
    found.get_by_role("heading", name="On this machine").wait_for()
    return found


def row(page, name):
    return page.get_by_role("region", name=name, exact=True)


def undo(page, words):
    notice = page.locator(".Toastify__toast", has_text=words)
    notice.get_by_text("Undo", exact=True).click()
    notice.wait_for(state="detached")


def wait_for_status(row, words):
    row.locator(".sp-Busy-label", has_text=re.compile(words)).wait_for()


def test_a_model_is_downloaded_paused_resumed_named_and_deleted(lab, hub, open_page, tmp_path):
    page = open_page(lab)
    models = section(page)
    models.get_by_text("No model is here yet").wait_for()
    models.get_by_text("Small models to begin with").wait_for()
    shoot(page, "registry-empty")

    models.get_by_role("button", name=re.compile(NAME)).click()
    found = models.get_by_role("form", name=ID)
    found.get_by_text("apache-2.0").wait_for()
    found.get_by_text("Some files are left out").click()
    found.get_by_text("pytorch_model.bin: pickled weights").wait_for()
    shoot(page, "registry-found")
    hub.bytes_per_second = 60_000
    found.get_by_role("button", name=re.compile("Download 6.0 MB")).click()

    small = row(page, NAME)
    wait_for_status(small, r"\d kB/s, ")
    shoot(page, "registry-downloading")
    small.get_by_role("button", name="Pause").click()
    wait_for_status(small, "^paused, .* of 6.0 MB$")
    shoot(page, "registry-paused")
    page.reload()
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored", timeout=60_000)
    page.evaluate("window.jupyterapp.restored.then(() => true)")
    models = section(page)
    wait_for_status(small, "^paused, .* of 6.0 MB$")
    hub.bytes_per_second = 0
    small.get_by_role("button", name="Resume").click()
    small.get_by_text("version 1").wait_for()
    assert len([one for one in hub.asked_for("/model.safetensors") if one]) >= 1

    # Its details: notes, an alias, a second version, and back.
    small.get_by_role("button", name=NAME, exact=True).click()
    small.get_by_label(f"Notes about {NAME}").fill("good at SQL, weak at dates")
    small.get_by_label(f"New alias for {NAME}").fill("fast")
    small.get_by_label(f"New alias for {NAME}").press("Enter")
    small.locator(".sp-RegisteredModel-chips").get_by_text("fast").wait_for()

    hub.add(ID, write_model(tmp_path / "newer", size=6_100_000))
    models.get_by_role("button", name="Add a model…").click()
    models.get_by_label("Model", exact=True).fill(f"{hub.url}/{ID}")
    models.get_by_label("Model", exact=True).press("Enter")
    models.get_by_role("button", name=re.compile("^Download 6.1 MB")).click()
    small.get_by_text("version 2").wait_for()
    small.get_by_role("button", name="Back to 1").wait_for()
    shoot(page, "registry-versions")
    small.get_by_role("button", name="Back to 1").click()
    small.locator(".sp-RegisteredModel-facts", has_text="version 1").wait_for()
    small.get_by_role("button", name="Verify the files").click()
    small.get_by_role("button", name="Verify the files").and_(
        page.locator(":not([disabled])")
    ).wait_for()

    small.get_by_role("button", name=re.compile("Delete version 2 .frees 6.1 MB.")).click()
    undo(page, "Version 2 of")
    small.get_by_role("button", name=re.compile("Delete version 2")).wait_for()
    small.get_by_role("button", name=re.compile("Delete .frees 12 MB.")).click()
    models.get_by_text("No model is here yet").wait_for()
    models.get_by_text("The alias 'fast' stands for").wait_for()
    shoot(page, "registry-deleted")
    undo(page, "was deleted")
    small.locator(".sp-RegisteredModel-chips").get_by_text("fast").wait_for()
    models.get_by_text("The alias 'fast' stands for").wait_for(state="detached")


def test_a_folder_is_imported_and_an_alias_goes_from_model_to_model_and_back(lab, open_page):
    page = open_page(lab)
    models = section(page)
    models.get_by_role("tab", name="From a folder").click()
    folder = models.get_by_label("Folder", exact=True)
    folder.fill("nowhere")
    folder.press("Enter")
    models.get_by_text("There is no folder").wait_for()
    # The browser writes a refused request into its console.
    open_page.problems[:] = [one for one in open_page.problems if "404" not in one]
    for name in ("my-model", "my-adapter"):
        folder.fill(name)
        folder.press("Enter")
        models.get_by_role("form", name=re.compile(f"{name}$")).wait_for()
        shoot(page, f"registry-import-{name}")
        models.get_by_role("button", name="Register", exact=True).click()
        row(page, name).wait_for()
        if name == "my-model":
            models.get_by_role("button", name="Add a model…").click()
            models.get_by_role("tab", name="From a folder").click()
    row(page, "my-adapter").get_by_text("adapter of my-model").wait_for()

    def name_it(model, alias):
        part = row(page, model)
        if not part.get_by_label(f"New alias for {model}").count():
            part.get_by_role("button", name=model, exact=True).click()
        part.get_by_label(f"New alias for {model}").fill(alias)
        part.get_by_label(f"New alias for {model}").press("Enter")
        part.locator(".sp-RegisteredModel-chips").get_by_text(alias).wait_for()

    name_it("my-model", "fast")
    name_it("my-adapter", "fast")
    row(page, "my-adapter").get_by_role("button", name="back to my-model").click()
    row(page, "my-model").locator(".sp-RegisteredModel-chips").get_by_text("fast").wait_for()
    name_it("my-adapter", "vision")
    shoot(page, "registry-aliases")
    page.get_by_role("button", name="Connected").click()
    page.locator(".sp-Provider", has_text="This machine").get_by_text("vision").wait_for()
    shoot(page, "registry-connected")


def test_a_download_waits_out_a_killed_server_and_looks_right_in_the_dark_and_narrow(
    lab, hub, open_page
):
    page = open_page(lab, width=700, height=760)
    models = section(page)
    shoot(page, "registry-empty-narrow")
    models.get_by_role("button", name=re.compile(NAME)).click()
    hub.bytes_per_second = 60_000
    models.get_by_role("button", name=re.compile("^Download")).click()
    small = row(page, NAME)
    wait_for_status(small, r"\d kB/s, ")
    # JupyterLab says so too, in a dialog of its own, when it happens to ask in that moment.
    page.add_locator_handler(
        page.locator(".jp-Dialog"),
        lambda dialog: dialog.get_by_role("button", name="Close").click(),
    )
    lab.kill()
    hub.bytes_per_second = 0
    lab.start()
    small.get_by_text("The server ended while it came").wait_for(timeout=60_000)
    shoot(page, "registry-killed-narrow")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "registry-killed-dark")
    small.get_by_role("button", name="Resume").click()
    small.get_by_text("version 1").wait_for()
    small.get_by_role("button", name=NAME, exact=True).click()
    small.get_by_role("button", name="Verify the files").wait_for()
    shoot(page, "registry-details-dark")
    page.set_viewport_size({"width": 1400, "height": 850})
    models.get_by_role("button", name="Add a model…").click()
    shoot(page, "registry-wide-dark")
    set_theme(page, "JupyterLab Light")
