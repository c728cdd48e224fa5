"""A broken file: its problems are seen by line, its reading is changed, its rejects are kept."""

import pytest
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot

BROKEN = (
    "day;city;litres;when\n"
    + "".join(f"2024-01-{n:02};Oslo;{n},5;0{n % 9 + 1}/02/2024\n" for n in range(1, 29))
    + "2024-01-29;Bergen\n"
    + "2024-01-30;Narvik;2,5;01/02/2024;extra\n"
    + "2024-01-31;Bodø;many;01/02/2024\n"
)


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def test_what_does_not_fit_is_seen_and_something_is_done_about_it(lab, api, open_page):
    (lab.root / "water.csv").write_text(BROKEN, "utf-8")
    api("POST", "/datasets", {"path": "water.csv"})
    page = open_page(lab)
    command(page, "sponde:datasets:open")
    row = page.locator("#sponde-datasets [data-dataset='water']")
    expect(row).to_contain_text("4 problems")
    row.locator(".sp-Dataset-toggle").click()
    row.get_by_role("button", name="4 problems: see them, and what can be done").click()
    part = page.locator(".sp-Problems")
    listed = part.get_by_role("region", name="Problems", exact=True)
    expect(listed.get_by_role("heading")).to_have_text("4 problems")
    shoot(page, "problems-list")
    expect(part.locator("summary")).to_contain_text("semicolon ; · double quote")
    part.locator("summary").click()
    expect(part.get_by_label("Delimiter")).to_contain_text("as detected: semicolon")
    first = part.get_by_role("region", name="First rows as they would be read")
    expect(first.locator("thead")).to_contain_text("litres")

    # The line in the file, and what can be done: rows with such a value go into the rejects.
    listed.get_by_role("button", name="Another type 1").click()
    listed.get_by_role("button", name="Line 32").click()
    around = listed.get_by_role("list", name="Lines of the file around it")
    expect(around.locator("[aria-current]")).to_have_text("2024-01-31;Bodø;many;01/02/2024")
    shoot(page, "problems-line")
    listed.get_by_role("button", name="Leave such rows out, keep them in a file").click()
    expect(listed.get_by_role("link", name="Download 2 rejected rows")).to_be_visible()
    with page.expect_download() as kept:
        listed.get_by_role("link", name="Download 2 rejected rows").click()
    assert kept.value.path().read_text("utf-8").splitlines()[1:] == [
        "2024-01-30;Narvik;2,5;01/02/2024;extra",
        "2024-01-31;Bodø;many;01/02/2024",
    ]
    expect(part).to_contain_text("The file is read like this now.")

    # Change a part: the first rows follow at once, and nothing is kept before a person says so.
    expect(first.locator("thead")).to_contain_text("DOUBLE, decimal comma")
    part.get_by_label("01/02/2024 is").select_option(label="1 February")
    expect(first.locator("thead")).to_contain_text("DATE, %d/%m/%Y")
    part.get_by_role("button", name="As understood").click()
    expect(first.locator("tbody tr").first).to_contain_text("2024-02-02")
    expect(part).to_contain_text("Shown below, not kept yet.")
    shoot(page, "problems-reading-light")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "problems-reading-dark")
    set_theme(page, "JupyterLab Light")
    part.get_by_role("button", name="Read the file like this").click()
    expect(listed.get_by_role("heading")).to_have_text("3 problems")
    (known,) = [one for one in api("GET", "/datasets") if one["name"] == "water"]
    profile = api("GET", f"/datasets/{known['id']}/profile")
    assert [one["type"] for one in profile["columns"]] == ["DATE", "VARCHAR", "DOUBLE", "DATE"]
    part.get_by_role("button", name="Undo").click()
    expect(listed.get_by_role("heading")).to_have_text("4 problems")
    part.get_by_role("button", name="Back to detected").click()
    expect(listed.get_by_role("link", name="Download 1 rejected row")).to_be_visible()
    expect(part).to_contain_text("The file is read like this now.")
    page.set_viewport_size({"width": 700, "height": 900})
    command(page, "application:toggle-left-area")
    shoot(page, "problems-narrow")
