"""Real public files for tests: what others measured and wrote down, from packages that carry it.

`real_file("airports.csv")` gives the path of one; it is only read. To have it in the folder that a
JupyterLab serves: `shutil.copy(real_file("airports.csv"), lab.root)`.

| name | rows × columns | what is in it |
|---|---|---|
| airports.csv | 3,376 × 7 | airports of the United States: code, name, city, place on the earth |
| seattle-weather.csv | 1,461 × 6 | days from 2012 to 2015: rain, temperatures, wind, a word |
| seattle-temps.csv, sf-temps.csv | 8,759 × 2 | temperature by the hour |
| stocks.csv | 560 × 3 | prices of five shares by month; dates such as Jan 1 2000 |
| us-employment.csv | 120 × 24 | people at work by industry and month |
| la-riots.csv | 63 × 11 | who died, where and when; values with commas, missing ones |
| iowa-electricity.csv | 51 × 3 | power by source and year |
| penguins.csv, penguins-raw.csv | 344 × 8, × 17 | measured penguins; NA, remarks in quotes |
| Stocks.csv | 524 × 11 | indices by month below a line of comment; empty cells |
| msft.csv | 65 × 7 | one share by day; dates such as 19-Sep-03 |
| bird_strikes.csv | 10,000 × 14 | birds that hit aeroplanes; the largest, 1.2 MB |
| cars.json, crimea.json, barley.json | 406 × 9, 24 × 4, 120 × 4 | records |

The packages are vega_datasets, palmerpenguins (both of the extra `test`) and matplotlib; the birds
are our own example. None is imported: only their files are looked up.
"""

import importlib.util
import json
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
INSIDE = {
    "vega_datasets": "_data",
    "palmerpenguins": "data",
    "matplotlib": "mpl-data/sample_data",
}
SPECTRUM = REPOSITORY / "extension" / "node_modules" / "csv-spectrum"
"""The cases of max-mapper/csv-spectrum; npm has them as a package."""
CASES = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
    "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip


def real_file(name: str) -> Path:
    """Give the path of a real public file by its name."""
    for folder in (REPOSITORY / "notebooks", *map(_inside, INSIDE)):
        # Stocks.csv and stocks.csv are two files, whatever the disk thinks of capitals.
        if folder.is_dir() and name in {path.name for path in folder.iterdir()}:
            return folder / name
    raise FileNotFoundError(f"There is no real file '{name}' in {', '.join(INSIDE)}.")


def _inside(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"{package} is missing: make install")
    return Path(found.origin).parent / INSIDE[package]


def spectrum(name: str) -> tuple[Path, list[dict[str, Any]]]:
    """Give a case of csv-spectrum: its file, and the records that are to be read from it."""
    if not SPECTRUM.is_dir():
        raise FileNotFoundError("csv-spectrum is missing: make install")
    records = json.loads((SPECTRUM / "json" / f"{name}.json").read_text("utf-8"))
    if name == "location_coordinates":
        # What is published expects another number than stands in the file, and one record alone.
        records = [records | {"Contact Phone Number": "2095257564"}]
    return SPECTRUM / "csvs" / f"{name}.csv", records
