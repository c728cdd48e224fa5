"""A SELECT's rows as an Excel workbook, row by row. Runs in the sandbox's child.

What a cell cannot hold exactly is written as text: long numbers, days before March 1900, which
spreadsheets count differently, and days without an end.
"""

import re
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import TooLarge

from .writing import NUMERIC

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

SHEET_ROWS = 1_048_575
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
EXACT_DIGITS = 15
LOOKS = {
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "finer": "yyyy-mm-dd hh:mm:ss.000",
    "time": "hh:mm:ss",
}
WIDTHS = {"date": 11, "moment": 20, "finer": 24, "time": 9}


def excel(
    con: "Connection", source: str, columns: list[str], types: list[str], asked: dict[str, Any]
) -> int:
    """Write a sheet row by row: the memory it needs does not grow with the rows."""
    import xlsxwriter  # type: ignore[import-untyped]

    kinds = _kinds(con, source, columns, types)
    read = ", ".join(
        f"v{n}" if kind != "text" else f"CAST(v{n} AS VARCHAR)" for n, kind in enumerate(kinds)
    )
    book = xlsxwriter.Workbook(
        asked["target"],
        {
            "constant_memory": True,
            "tmpdir": asked["scratch"],
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(_sheet_name(str(asked.get("name", ""))))
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": look}) for kind, look in LOOKS.items()}
    looks = [formats.get(kind) for kind in kinds]
    sheet.freeze_panes(1, 0)
    for n, name in enumerate(columns):
        sheet.set_column(n, n, max(WIDTHS.get(kinds[n], 0), min(len(name) + 2, 40), 8.43))
    for n, name in enumerate(columns):
        sheet.write_string(0, n, name[:CELL_CHARACTERS], bold)
    cursor = con.execute(f"SELECT {read} FROM {source}")
    row = 0
    while found := cursor.fetchmany(1000):
        for values in found:
            row += 1
            for n, value in enumerate(values):
                if value is not None:
                    _put(sheet, row, n, value, looks[n], columns[n])
    book.close()
    return row


def _kinds(con: "Connection", source: str, columns: list[str], types: list[str]) -> list[str]:
    """Say how each column is written; what a sheet cannot hold is told before any work."""
    if len(columns) > SHEET_COLUMNS:
        raise TooLarge(
            f"An Excel sheet holds {SHEET_COLUMNS:,} columns, and this has {len(columns):,}.",
            "Choose Parquet or CSV, or ask for fewer columns.",
        )
    kinds = [_kind(type_) for type_ in types]
    asked = ", ".join(("count(*)", *(_measure(n, kind) for n, kind in enumerate(kinds))))
    rows, *measures = con.execute(f"SELECT {asked} FROM {source}").fetchone() or (0,)
    if rows > SHEET_ROWS:
        raise TooLarge(
            f"An Excel sheet holds {SHEET_ROWS:,} rows below its header, and this has {rows:,}.",
            "Choose CSV or Parquet, or ask for fewer rows.",
        )
    for n, found in enumerate(measures):
        if kinds[n] == "text" and found is not None and found > CELL_CHARACTERS:
            raise _too_long(columns[n], found)
        if kinds[n] in ("date", "moment") and found:
            kinds[n] = "text" if found == 2 else "finer"
    return kinds


def _measure(n: int, kind: str) -> str:
    """Ask what decides how a column is written: its longest text, days without end, fractions."""
    if kind == "text":
        return f"max(length(CAST(v{n} AS VARCHAR)))"
    if kind == "date":
        return f"max(CASE WHEN NOT isfinite(v{n}) THEN 2 ELSE 0 END)"
    if kind == "moment":
        fraction = f"date_part('microsecond', CAST(v{n} AS TIMESTAMP)) % 1000000"
        return f"max(CASE WHEN NOT isfinite(v{n}) THEN 2 WHEN {fraction} > 0 THEN 1 ELSE 0 END)"
    return "NULL"


def _kind(type_: str) -> str:
    if type_ in ("DATE", "BOOLEAN", "TIME"):
        return type_.lower()
    if NUMERIC.fullmatch(type_):
        return "number"
    return "moment" if re.fullmatch(r"TIMESTAMP(_S|_MS|_NS)?", type_) else "text"


def _put(sheet: Any, row: int, place: int, value: Any, look: Any, name: str) -> None:
    """Write one value as what it is; what Excel cannot hold exactly is written as text."""
    import datetime
    import math

    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, datetime.date) and (value.year, value.month) < (1900, 3):
        sheet.write_string(row, place, str(value))
    elif isinstance(value, datetime.date | datetime.time):
        sheet.write_datetime(row, place, value, look)
    elif isinstance(value, str):
        # Excel counts in units of UTF-16: a smiley is two.
        if len(value) * 2 > CELL_CHARACTERS and _units(value) > CELL_CHARACTERS:
            raise _too_long(name, _units(value))
        sheet.write_string(row, place, value)
    elif math.isfinite(value) and (isinstance(value, float) or _is_exact(value)):
        sheet.write_number(row, place, float(value))
    else:
        sheet.write_string(row, place, str(value))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _too_long(name: str, length: int) -> TooLarge:
    return TooLarge(
        f"A text of '{name}' has {length:,} characters, and an Excel cell holds "
        f"{CELL_CHARACTERS:,}.",
        "Choose CSV or Parquet, or ask for a part of the text: left(column, 32767).",
    )


def _is_exact(value: Any) -> bool:
    """Whether a whole number or a decimal has no more digits than Excel keeps."""
    return len(str(value).lstrip("-").replace(".", "").strip("0")) <= EXACT_DIGITS


def _sheet_name(name: str) -> str:
    """Make what Excel takes for a sheet's name: 31 characters, and none of its own signs."""
    words = re.sub(r"[\x00-\x1f\[\]:*?/\\]+", " ", name).split()
    plain = " ".join(words).strip("'")[:31].strip("' ")
    return plain if plain and plain.lower() != "history" else "Data"
