"""A real file that was damaged: its problems by line, its reading changed, its rows mended."""

import pytest
from playwright.sync_api import expect
from real_files import real_file

from browser.lab import command, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def damaged() -> bytes:
    """Give the airports as they arrive when many hands and programs had them before."""
    text = real_file("airports.csv").read_text()
    for plain, right in (("Canon", "Cañon"), ("Espanola", "Española"), ("Munoz", "Muñoz"),
                         ("Hernandez", "Hernández"), ("Mayaguez", "Mayagüez")):  # fmt: skip
        text = text.replace(plain, right)
    lines = text.encode().splitlines(keepends=True)
    lines[99] = lines[99].rsplit(b",", 4)[0] + b"\n"
    lines[199] = lines[199].rstrip() + b",checked by hand\n"
    lines[299] = lines[299].replace(b",", b',"', 1)
    lines[499] = lines[499].replace(b",", b",\0", 1)
    lines[599] = lines[599].replace(b",", b",S\xe3o ", 1)
    lines[2999] = lines[2999].rsplit(b",", 2)[0] + b",north of town,-98.5\n"
    return b"".join(lines)


def european() -> bytes:
    """Give days of weather as a German spreadsheet writes them; which number is the day?"""
    names, *days = real_file("seattle-weather.csv").read_text().splitlines()
    words = {"drizzle": "Nieselregen", "snow": "Schnee"}
    rows = ["Wetter in Seattle, täglich", "Datum;Niederschlag;Höchste;Tiefste;Wind;Wetter"]
    for day in days:
        when, *numbers, word = day.replace(".", "|").split(",")
        year, month, of_month = when.split("/")
        if int(of_month) <= 12:
            values = ";".join(numbers).replace("|", ",")
            rows.append(f"{of_month}/{month}/{year};{values};{words.get(word, word)}")
    assert names.startswith("date,precipitation,temp_max,temp_min,wind,weather")
    return "\n".join(rows).encode("cp1252")


def the_output(page):
    """Run the cell that was put into the notebook, and give what it shows."""
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    command(page, "notebook:run-cell")
    return page.locator(".jp-NotebookPanel .jp-Cell.jp-mod-active .jp-OutputArea-output")


def test_what_does_not_fit_is_seen_and_something_is_done_about_it(lab, api, open_page):
    (lab.root / "airports.csv").write_bytes(damaged())
    api("POST", "/datasets", {"path": "airports.csv"})
    page = open_page(lab)
    command(page, "notebook:create-new", {"kernelName": "python3"})
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    command(page, "sponde:datasets:open")
    row = page.locator("#sponde-datasets [data-dataset='airports']")
    expect(row).to_contain_text("6 problems")
    row.locator(".sp-Dataset-toggle").click()
    row.get_by_role("button", name="6 problems: see them, and what can be done").click()
    part = page.locator(".sp-Problems")
    listed = part.get_by_role("region", name="Problems", exact=True)
    expect(listed.get_by_role("heading")).to_have_text("6 problems")
    expect(listed).to_contain_text(
        "3,377 lines in the file: 3,375 rows shown + 1 row left out + 1 above the first row."
    )
    for kind, line in (
        ("Too few fields", "Line 100"),
        ("Too many fields", "Line 200"),
        ("Bad quotes", "Line 300"),
        ("NUL characters", "Line 500"),
        ("Encoding", "Line 600"),
        ("Another type", "Line 3,000"),
    ):
        expect(listed.get_by_role("listitem").filter(has_text=kind)).to_contain_text(line)
    shoot(page, "problems-list")

    # The row that was left out comes back by code, which a person inserts and runs.
    listed.get_by_role("button", name="Too many fields 1").click()
    expect(listed.locator(".sp-Problem")).to_have_count(1)
    listed.get_by_role("button", name="Line 200").click()
    around = listed.get_by_role("list", name="Lines of the file around it")
    expect(around.locator("[aria-current]")).to_contain_text("checked by hand")
    shoot(page, "problems-line")
    listed.get_by_role("button", name="Insert code that mends it").click()
    expect(the_output(page)).to_contain_text("3376 rows × 7 columns")
    shoot(page, "problems-code")

    # Rows with another type go into the rejects when a person says so.
    command(page, "sponde:datasets:open-page", {"name": "airports", "section": "problems"})
    listed.get_by_role("button", name="Another type 1").click()
    expect(listed.locator(".sp-Problem")).to_have_count(1)
    listed.get_by_role("button", name="Line 3,000").click()
    listed.get_by_role("button", name="Leave such rows out, keep them in a file").click()
    download = listed.get_by_role("link", name="Download 2 rejected rows")
    expect(download).to_be_visible()
    with page.expect_download() as kept:
        download.click()
    rejects = kept.value.path().read_text("utf-8").splitlines()
    assert rejects[0] == "iata,name,city,state,country,latitude,longitude"
    assert [line.split(",")[-1] for line in rejects[1:]] == ["checked by hand", "-98.5"]
    expect(part).to_contain_text("The file is read like this now.")
    (known,) = [one for one in api("GET", "/datasets") if one["name"] == "airports"]
    profile = api("GET", f"/datasets/{known['id']}/profile")
    assert [one["type"] for one in profile["columns"][-2:]] == ["DOUBLE", "DOUBLE"]
    part.get_by_role("button", name="Undo").click()
    expect(listed.get_by_role("link", name="Download 1 rejected row")).to_be_visible()
    expect(listed).to_contain_text("the column is read as text")

    # Or the chat looks for what is wrong in that column.
    listed.get_by_role("button", name="Clean it in the chat").click()
    chat = page.locator("#sponde-chat")
    expect(chat).to_contain_text("/clean @airports latitude")
    expect(chat).to_contain_text("1 other would be missing")
    shoot(page, "problems-clean")

    # How a file is written, each part changed with the rows in view.
    (lab.root / "wetter.csv").write_bytes(european())
    api("POST", "/datasets", {"path": "wetter.csv"})
    expect(page.locator("#sponde-datasets [data-dataset='wetter']")).to_contain_text("2 problems")
    command(page, "sponde:datasets:open-page", {"name": "wetter", "section": "problems"})
    part = page.locator(".sp-Problems:visible")
    bar = part.locator(".sp-Writing-bar")
    listed = part.get_by_role("region", name="Problems", exact=True)
    expect(listed.get_by_role("heading")).to_have_text("2 problems")
    expect(part.locator("summary")).to_contain_text("semicolon ; · double quote")
    expect(part.locator("summary")).to_contain_text("cp1252 · 1 row of names")
    part.locator("summary").click()
    expect(part.get_by_label("Delimiter")).to_contain_text("as detected: semicolon")
    first = part.get_by_role("region", name="First rows as they would be read")
    expect(first.locator("thead")).to_contain_text("DOUBLE, decimal comma")
    expect(first.locator("tbody tr").first).to_contain_text("Nieselregen")

    # A wrong choice is seen at once, and leads back.
    part.get_by_label("Delimiter").select_option(label="comma  ,")
    expect(first.locator("thead")).to_contain_text("Wetter in Seattle")
    bar.get_by_role("button", name="Discard").click()
    expect(first.locator("thead th")).to_have_count(7)

    part.get_by_label("01/02/2024 is").select_option(label="1 February")
    expect(first.locator("thead")).to_contain_text("DATE, %d/%m/%Y")
    part.get_by_label("Words for missing").fill("Nieselregen")
    part.get_by_role("button", name="As understood").click()
    expect(first.locator("tbody tr").nth(1)).to_contain_text("2012-01-02")
    expect(first.locator("tbody tr").first.get_by_label("no value")).to_have_count(1)
    expect(bar).to_contain_text("Shown below, not kept yet.")
    shoot(page, "problems-reading-light")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "problems-reading-dark")
    set_theme(page, "JupyterLab Light")
    bar.get_by_role("button", name="Read the file like this").click()
    expect(bar).to_contain_text("The file is read like this now.")
    expect(listed.get_by_role("heading")).to_have_text("1 problem")
    (known,) = [one for one in api("GET", "/datasets") if one["name"] == "wetter"]
    columns = api("GET", f"/datasets/{known['id']}/profile")["columns"]
    assert [one["type"] for one in columns] == ["DATE", *["DOUBLE"] * 4, "VARCHAR"]
    assert columns[5]["nulls"] == 18
