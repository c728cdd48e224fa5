"""A SELECT's rows as a file to download: CSV, Parquet or Excel. Runs in the sandbox's child."""

import csv
import io
import re
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sponde_server.datasets.files.forms import identifier, literal

from .keep import different

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

SIGNS = "=+@＝＋－＠﹦﹢﹣﹫-"
FORMULA = rf"^([\t\r\n]|[\pZ\pC]*[{SIGNS}])"
"""What spreadsheets may run when a text begins with it, also behind what nobody sees (OWASP)."""
NUMBER = r"^ *([+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?\s*%?|-+) *$"
"""Numbers, and the dashes that stand for none: they run nothing, and stay as they are."""
TEXT = re.compile(r"VARCHAR|JSON|ENUM.*|BLOB|.*[\[(].*", re.DOTALL)
NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*")
BIG = re.compile(r"U?HUGEINT")


def write(con: "Connection", asked: dict[str, Any]) -> dict[str, int]:
    """Write the rows of a SELECT that was checked to the target; give how many there are."""
    select, target = str(asked["select"]), str(asked["target"])
    described = con.execute(f"DESCRIBE SELECT * FROM (\n{select}\n)").fetchall()
    columns, types = [str(row[0]) for row in described], [str(row[1]) for row in described]
    names = ", ".join(f"v{n}" for n in range(len(types)))
    source = f"(\n{select}\n) AS asked({names})"
    if asked["format"] == "xlsx":
        from .workbook import excel

        return {"rows": excel(con, source, columns, types, asked)}
    if asked["format"] == "csv" and asked.get("titles"):
        titles = [str(asked["titles"].get(name, name)) for name in columns]
        return {"rows": _titled_csv(con, source, titles, target)}
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


def _titled_csv(con: "Connection", source: str, titles: list[str], target: str) -> int:
    """Write a CSV whose names need not differ: as they stand in the file, also empty ones."""
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(titles)
    made = con.execute(
        f"COPY (SELECT * FROM {source}) TO {literal(target)} "
        f"(FORMAT csv, HEADER false, PREFIX {literal(head.getvalue())}, SUFFIX '\n')"
    ).fetchone()
    rows = int(made[0]) if made else 0
    if not rows:
        # DuckDB would leave an empty line below.
        Path(target).write_text(head.getvalue(), "utf-8")
    return rows


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
    import unicodedata

    seen = "".join(dropwhile(lambda one: unicodedata.category(one)[0] in "ZC", text))
    runs = text[:1] in ("\t", "\r", "\n") or seen[:1] in tuple(SIGNS)
    return f"'{text}" if runs else text


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
