"""A SELECT's rows as a file to download: CSV, Parquet or Excel. Runs in the sandbox's child."""

import re
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import TooLarge
from sponde_server.datasets.files.forms import identifier, literal

from .keep import different

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""What spreadsheets may run when a text begins with it (OWASP, CSV injection)."""
NUMBER = r"^[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?\s*%?$"
TEXT = re.compile(r"VARCHAR|JSON|ENUM.*|BLOB|.*[\[(].*", re.DOTALL)
NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*")
BIG = re.compile(r"U?HUGEINT")
SHEET_ROWS = 1_048_575
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
EXACT_DIGITS = 15


def write(con: "Connection", asked: dict[str, Any]) -> dict[str, int]:
    """Write the rows of a SELECT that was checked to the target; give how many there are."""
    select, target = str(asked["select"]), str(asked["target"])
    described = con.execute(f"DESCRIBE SELECT * FROM (\n{select}\n)").fetchall()
    columns, types = [str(row[0]) for row in described], [str(row[1]) for row in described]
    names = ", ".join(f"v{n}" for n in range(len(types)))
    source = f"(\n{select}\n) AS asked({names})"
    if asked["format"] == "xlsx":
        return {"rows": _excel(con, source, columns, types, target, asked["scratch"])}
    wanted, options = {
        "csv": _csv, "spreadsheet_csv": _spreadsheet_csv, "parquet": _parquet,
    }[asked["format"]](con, source, columns, types)  # fmt: skip
    made = con.execute(
        f"COPY (SELECT {wanted} FROM {source}) TO {literal(target)} ({options})"
    ).fetchone()
    return {"rows": int(made[0]) if made else 0}


Parts = tuple[str, str]


def _csv(con: "Connection", source: str, columns: list[str], types: list[str]) -> Parts:
    wanted = [f"v{n} AS {identifier(name)}" for n, name in enumerate(different(columns))]
    return ", ".join(wanted), "FORMAT csv, HEADER"


def _spreadsheet_csv(con: "Connection", source: str, columns: list[str], types: list[str]) -> Parts:
    names = different([_harmless(name) for name in columns])
    wanted, texts = [], []
    for n, (name, type_) in enumerate(zip(names, types, strict=True)):
        shown = f"v{n}"
        if TEXT.fullmatch(type_) and not NUMERIC.fullmatch(type_):
            text = f"CAST(v{n} AS VARCHAR)"
            shown = (
                f"CASE WHEN regexp_matches({text}, {literal(FORMULA)}) "
                f"AND NOT regexp_full_match({text}, {literal(NUMBER)}) "
                f"THEN '''' || {text} ELSE {text} END"
            )
            texts.append(identifier(name))
        wanted.append(f"{shown} AS {identifier(name)}")
    # Texts stand in quotes: a program that splits at semicolons must not find a new cell in them.
    quoted = f", FORCE_QUOTE ({', '.join(texts)})" if texts else ""
    return ", ".join(wanted), f"FORMAT csv, HEADER{quoted}"


def _harmless(text: str) -> str:
    return f"'{text}" if re.match(FORMULA, text) else text


def _parquet(con: "Connection", source: str, columns: list[str], types: list[str]) -> Parts:
    wide = [n for n, type_ in enumerate(types) if BIG.fullmatch(type_)]
    fits = dict.fromkeys(wide, "BIGINT")
    if wide:
        # Parquet would make a fraction of the widest integers.
        bounds = ", ".join(
            f"max(TRY_CAST(v{n} AS BIGINT) IS NULL AND v{n} IS NOT NULL), "
            f"max(TRY_CAST(v{n} AS DECIMAL(38, 0)) IS NULL AND v{n} IS NOT NULL)"
            for n in wide
        )
        found = con.execute(f"SELECT {bounds} FROM {source}").fetchone() or ()
        for place, n in enumerate(wide):
            if found[2 * place]:
                fits[n] = "VARCHAR" if found[2 * place + 1] else "DECIMAL(38, 0)"
    wanted = [
        f"{f'CAST(v{n} AS {fits[n]})' if n in fits else f'v{n}'} AS {identifier(name)}"
        for n, name in enumerate(different(columns))
    ]
    return ", ".join(wanted), "FORMAT parquet, COMPRESSION zstd"


def _excel(
    con: "Connection",
    source: str,
    columns: list[str],
    types: list[str],
    target: str,
    scratch: str,
) -> int:
    """Write a sheet row by row: the memory it needs does not grow with the rows."""
    import xlsxwriter  # type: ignore[import-untyped]

    if len(columns) > SHEET_COLUMNS:
        raise TooLarge(
            f"An Excel sheet holds {SHEET_COLUMNS:,} columns, and this has {len(columns):,}.",
            "Choose Parquet or CSV, or ask for fewer columns.",
        )
    _refuse_too_many(con, source)
    kinds = [_kind(type_) for type_ in types]
    read = ", ".join(
        f"v{n}" if kind != "text" else f"CAST(v{n} AS VARCHAR)" for n, kind in enumerate(kinds)
    )
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "tmpdir": scratch,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    sheet = book.add_worksheet("Data")
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    time = book.add_format({"num_format": "hh:mm:ss"})
    looks = [{"moment": moment, "time": time}.get(kind) for kind in kinds]
    sheet.freeze_panes(1, 0)
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


def _refuse_too_many(con: "Connection", source: str) -> None:
    counted = con.execute(f"SELECT count(*) FROM {source}").fetchone()
    rows = int(counted[0]) if counted else 0
    if rows > SHEET_ROWS:
        raise TooLarge(
            f"An Excel sheet holds {SHEET_ROWS:,} rows below its header, and this has {rows:,}.",
            "Choose CSV or Parquet, or ask for fewer rows.",
        )


def _kind(type_: str) -> str:
    if type_ in ("DATE", "BOOLEAN"):
        return type_.lower()
    if NUMERIC.fullmatch(type_):
        return "number"
    if re.fullmatch(r"TIMESTAMP(_S|_MS|_NS)?", type_):
        return "moment"
    return "time" if type_ == "TIME" else "text"


def _put(sheet: Any, row: int, place: int, value: Any, look: Any, name: str) -> None:
    """Write one value as what it is; what Excel cannot hold exactly is written as text."""
    import datetime
    import math

    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, datetime.datetime | datetime.date) and value.year < 1900:
        sheet.write_string(row, place, str(value))
    elif isinstance(value, datetime.datetime | datetime.date | datetime.time):
        sheet.write_datetime(row, place, value, look)
    elif isinstance(value, str):
        if len(value) > CELL_CHARACTERS:
            raise TooLarge(
                f"Row {row:,} of '{name}' has {len(value):,} characters, and an Excel cell holds "
                f"{CELL_CHARACTERS:,}.",
                "Choose CSV or Parquet, or ask for a part of the text: left(column, 32767).",
            )
        sheet.write_string(row, place, value)
    elif math.isfinite(value) and (isinstance(value, float) or _is_exact(value)):
        sheet.write_number(row, place, float(value))
    else:
        sheet.write_string(row, place, str(value))


def _is_exact(value: Any) -> bool:
    """Whether a whole number or a decimal has no more digits than Excel keeps."""
    return len(str(value).lstrip("-").replace(".", "").strip("0")) <= EXACT_DIGITS
