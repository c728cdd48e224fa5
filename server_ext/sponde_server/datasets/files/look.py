"""A file's first rows as they would be read with what a person says about how it is written.

Reads the beginning of the file the way a profile reads all of it, so that both show the same.
Runs in the sandbox's child; keeps nothing.
"""

import codecs
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import Invalid
from sponde_server.datasets.profile.profile import profile

from .by_hand import Hand, layout_by
from .dialect import Layout
from .forms import MISSING, identifier
from .reading import raw_select, typed
from .scan import sample_lines, scan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

HEAD_BYTES = 1_000_000
ROWS = 100
COLUMNS = 200
LINES = 40
LONGEST_LINE = 500
LONGEST_CELL = 500

Made = dict[str, Any]


def look(con: "Connection", asked: Made) -> Made:
    """Give the first rows, how they were read, and how that is detected."""
    path, scratch = Path(asked["path"]), Path(asked["scratch"])
    head, copy = scratch / "head.csv", scratch / "mended.csv"
    hand = Hand.of(asked["wishes"])
    known = hand.encoding or asked.get("encoding") or ""
    is_whole = _cut(path, head, known)
    seen = scan(head)
    detected_encoding = asked.get("encoding") or seen.encoding
    read_by = replace(hand, encoding=known or seen.encoding)
    lines = sample_lines(head, str(read_by.encoding))
    detected = layout_by(
        lines if not hand.encoding else sample_lines(head, detected_encoding), Hand()
    )
    made = profile(
        con, head, copy, {**asked["wishes"], "encoding": read_by.encoding}, is_kept=False
    )
    used = layout_by(lines, hand)
    columns: list[Made] = made["columns"][:COLUMNS]
    source = copy if made["dialect"]["mended"] else head
    raw = raw_select(str(source), made["dialect"], made["columns"])
    names = [identifier(column["name"]) for column in columns]
    shown = ", ".join(names)
    values = ", ".join(
        f"CAST({typed(name, column)} AS VARCHAR)"
        for name, column in zip(names, columns, strict=True)
    )
    return {
        "detected": _told(detected, detected_encoding, None, Hand()),
        "used": _told(used, str(read_by.encoding), made["columns"], hand),
        "columns": [column["name"] for column in columns],
        "types": [column["type"] for column in columns],
        "forms": [column["form"] for column in columns],
        "rows": _cells(con, f"SELECT {shown} FROM ({raw}) LIMIT {ROWS}"),
        "values": _cells(con, f"SELECT {values} FROM ({raw}) LIMIT {ROWS}"),
        "lines": [line.rstrip("\r\n")[:LONGEST_LINE] for line in lines[:LINES]],
        "problems": made["problems"],
        "problem_count": made["problem_count"],
        "warnings": made["warnings"],
        "lines_read": max(seen.lines, len(lines) if not seen.lines else 0),
        "is_whole": is_whole,
    }


def _cut(path: Path, head: Path, encoding: str) -> bool:
    """Write the file's beginning, whole lines only; say whether that is all of it."""
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
        is_whole = not file.read(1)
    if not start:
        raise Invalid(f"The file '{path.name}' is empty.", "Add a file with at least one line.")
    if not is_whole:
        wide = "utf-16" in encoding or "utf-32" in encoding or b"\0" in start[:4]
        if wide:
            start = start[: len(start) // 4 * 4]
        else:
            end = start.rfind(b"\n") + 1
            start = start[:end] if end > 1 else start
    head.write_bytes(start)
    return is_whole


def _cells(con: "Connection", sql: str) -> list[list[str | None]]:
    return [
        [None if cell is None else str(cell)[:LONGEST_CELL] for cell in row]
        for row in con.execute(sql).fetchall()
    ]


def _told(layout: Layout, encoding: str, columns: list[Made] | None, hand: Hand) -> Made:
    """Say how a file is written, every part of it."""
    above = layout.preamble[-1][0] if layout.preamble else 0
    headers = layout.skip_records - len(layout.preamble) if layout.has_header else 0
    return {
        "delimiter": layout.delimiter,
        "quote": layout.quote,
        "escape": layout.escape if layout.quote else "",
        "header_rows": max(0, headers),
        "skip_lines": above if hand.skip_lines is None else hand.skip_lines,
        "comment": layout.comment,
        "encoding": _name_of(encoding),
        "decimal_comma": hand.decimal_comma if columns is None else _comma(columns, hand),
        "day_first": hand.day_first if columns is None else _day_first(columns, hand),
        "missing": MISSING if hand.missing is None else hand.missing,
        "text_columns": hand.text_columns,
        "whole_columns": hand.whole_columns,
        "left_out": hand.left_out,
    }


def _comma(columns: list[Made], hand: Hand) -> bool | None:
    if hand.decimal_comma is not None:
        return hand.decimal_comma
    forms = {column["form"] for column in columns if column["type"] == "DOUBLE"}
    return True if "decimal comma" in forms else False if forms else None


def _day_first(columns: list[Made], hand: Hand) -> bool | None:
    if hand.day_first is not None:
        return hand.day_first
    forms = [column["form"] for column in columns if column["kind"] == "date"]
    if any(form.startswith(("%d/%m", "%d-%m", "%d.%m")) for form in forms):
        return True
    return False if any(form.startswith(("%m/%d", "%m-%d")) for form in forms) else None


def _name_of(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    return {"utf-8-sig": "utf-8"}.get(name, name)
