"""Real tables in every kind of file come in by the picker; sheets are added by hand."""

import bz2
import csv
import gzip
import io
import json
import lzma
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect
from real_files import real_file

from browser.lab import command, set_theme, shoot

ROWS = {"airports": 3376, "weather": 1461, "penguins": 344, "riots": 63, "jobs": 120, "cars": 406}


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def workbook(path: Path) -> None:
    """Write two real tables and one that is hidden as sheets."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    for sheet, name in (("Power", "iowa-electricity.csv"), ("Riots", "la-riots.csv"),
                        ("Prices", "stocks.csv")):  # fmt: skip
        page = book.add_worksheet(sheet)
        for number, row in enumerate(csv.reader(real_file(name).open(encoding="utf-8"))):
            page.write_row(number, 0, row)
        if sheet == "Prices":
            page.hide()
    book.close()


def files_of_every_kind(folder: Path) -> list[Path]:
    """Write real tables in every kind of file that is read: their names say what is inside."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv
    from pyarrow import feather, ipc, parquet

    airports, weather, raw, cars = (
        real_file(name).read_bytes()
        for name in ("airports.csv", "seattle-weather.csv", "penguins-raw.csv", "cars.json")
    )
    penguins = raw.decode()
    islands = "\n".join(real_file("penguins.csv").read_text().splitlines()) + "\n"
    islands = islands.replace("Adelie", "Adélie").replace("Torgersen", "Torgersenøya")
    table = arrow_csv.read_csv(io.BytesIO(airports))
    records = "".join(json.dumps(one) + "\n" for one in json.loads(cars))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.write(real_file("la-riots.csv"), "data/riots.csv")
        made.write(real_file("us-employment.csv"), "data/jobs.csv")
        made.writestr("readme.md", "Two tables.")
    made_files = {
        "weather_gzip.csv.gz": gzip.compress(weather),
        "weather_bzip2.csv.bz2": bz2.compress(weather),
        "weather_xz.csv.xz": lzma.compress(weather),
        "weather_zstd.csv.zst": pa.compress(weather, codec="zstd", asbytes=True),
        "riots.zip": archive.getvalue(),
        "penguins_utf16.csv": penguins.encode("utf-16"),
        "penguins_utf16_no_mark.csv": penguins.encode("utf-16-le"),
        "penguins_latin1.csv": islands.encode("latin-1"),
        "penguins_windows.csv": islands.replace("male", "“male”").encode("cp1252"),
        "cars.json": cars,
        "cars_lines.ndjson": records.encode(),
        "weather_tabs.tsv": weather.replace(b",", b"\t"),
    }
    with pa.output_stream(str(folder / "weather_lz4.csv.lz4"), compression="lz4") as packed:
        packed.write(weather)
    for name, content in made_files.items():
        (folder / name).write_bytes(content)
    parquet.write_table(table, folder / "airports_parquet.parquet")
    feather.write_feather(table, str(folder / "airports_feather.feather"))
    with ipc.new_file(str(folder / "airports_arrow.arrow"), table.schema) as writer:
        writer.write_table(table)
    workbook(folder / "report.xlsx")
    return sorted(folder.iterdir())


def test_real_tables_in_every_kind_of_file_become_datasets(lab, api, open_page, tmp_path):
    made = files_of_every_kind(tmp_path)
    page = open_page(lab)
    command(page, "sponde:datasets:open")
    panel = page.locator("#sponde-datasets")
    picker = panel.get_by_label("Data files")
    expect(picker).to_have_attribute("accept", re.compile(r"\.xlsx.*\.ods.*\.zip"))
    picker.set_input_files(made)

    def row(name):
        return panel.locator(f"[data-dataset='{name}']")

    for path in made:
        name = path.name.partition(".")[0]
        if name != "report":
            expect(row(name)).to_contain_text(f"{ROWS[name.partition('_')[0]]:,} rows")
    # Files in an archive, and sheets, are datasets each; a hidden sheet is offered.
    expect(row("riots_jobs")).to_contain_text("120 rows · 24 columns")
    expect(row("report")).to_contain_text("Power · 51 rows · 3 columns")
    expect(row("report_riots")).to_contain_text("Riots · 63 rows · 11 columns")
    expect(panel.locator("[data-dataset='report_prices']")).to_have_count(0)
    shoot(page, "readers-list")

    # Letters are right in each encoding.
    known = {one["name"]: one["id"] for one in api("GET", "/datasets")}
    encodings = {}
    for name in ("utf16", "utf16_no_mark", "latin1", "windows"):
        profile = api("GET", f"/datasets/{known[f'penguins_{name}']}/profile")
        encodings[name] = profile["dialect"]["encoding"]
        island = next(one for one in profile["columns"] if one["name"].lower() == "island")
        values = {one["value"] for one in island["top"]}
        assert values == {"Biscoe", "Dream", "Torgersen" if "utf" in name else "Torgersenøya"}
    assert encodings == {
        "utf16": "utf-16", "utf16_no_mark": "utf-16-le", "latin1": "cp1252", "windows": "cp1252",
    }  # fmt: skip

    toggle = row("report").locator(".sp-Dataset-toggle")
    sheet = row("report").get_by_text("Sheet Power of 3")
    if not sheet.is_visible():
        toggle.click()
    sheet.click()
    expect(row("report").get_by_role("list", name="Sheets")).to_contain_text("@report_riots")
    row("report").scroll_into_view_if_needed()
    shoot(page, "datasets-sheets")
    row("report").get_by_role("button", name="Make Prices a dataset").click()
    expect(row("report_prices")).to_contain_text("Prices · 560 rows · 3 columns")
    set_theme(page, "JupyterLab Dark")
    command(page, "sponde:datasets:open-page", {"name": "penguins_windows"})
    shoot(page, "datasets-sheets-dark")
