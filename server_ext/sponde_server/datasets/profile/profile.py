"""A file to its profile: how it is written, its columns, their statistics, what is wrong.

Runs in the sandbox's child process, never in the server. Gives plain JSON.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sponde_server.datasets.files.as_table import read_whole, see
from sponde_server.datasets.files.by_hand import Hand
from sponde_server.datasets.files.dialect import Layout
from sponde_server.datasets.files.doubts import (
    doubts,
    lines_of_rows,
    note_doubts,
    note_names,
    rows_to_leave_out,
)
from sponde_server.datasets.files.forms import identifier, literal
from sponde_server.datasets.files.mend import Mended, Misfit
from sponde_server.datasets.files.noting import Notes, line_of_names, listing_of, rejects_of
from sponde_server.datasets.files.reading import json_source
from sponde_server.datasets.files.scan import Scan, kind_of
from sponde_server.datasets.files.settle import EXAMPLES, settle
from sponde_server.datasets.files.swallowed import swallowed

from .by_value import DRAWN
from .knowing import know
from .lying import of_types, of_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

Made = dict[str, Any]


def profile(
    con: "Connection", path: Path, copy: Path, wishes: Made | None = None, *, is_kept: bool = True
) -> Made:
    """Profile a file; where it cannot be read as it is, `copy` becomes the mended one.

    With `is_kept` all problems and the rows that are left out are written beside the copy.
    """
    began = time.perf_counter()
    kind = kind_of(path)
    is_text = kind == "csv"
    made = (
        _profile_csv(con, path, copy, Hand.of(wishes), is_kept)
        if is_text
        else profile_typed(con, path, kind)
    )
    made["seconds"] = round(time.perf_counter() - began, 3)
    return made


# -- text tables ------------------------------------------------------------------------------


def _profile_csv(
    con: "Connection", path: Path, copy: Path, hand: Hand, is_kept: bool = False
) -> Made:
    looked = see(con, path, hand)
    seen, layout = looked.scan, looked.layout
    if not layout.names:
        return _empty(seen.encoding)
    warnings = list(layout.warnings)
    if seen.guessed:
        warnings.append(
            f"The file does not say its encoding; it is read as {_encoding_word(seen.encoding)}. "
            "If letters look wrong, choose another, or save it as UTF-8."
        )
    names = line_of_names(layout.names, layout.delimiter, layout.quote)
    rejects = rejects_of(copy) if is_kept else None
    notes = Notes(rejects_path=rejects, names=names)
    without: dict[int, Misfit] = {}
    while True:
        made, words, mended = read_whole(con, path, copy, looked, notes, hand, without)
        said: list[str] = []
        columns = settle(words, layout, said, hand)
        found = list(doubts(words, columns, hand))
        more = {} if without else rows_to_leave_out(words, found, columns, hand)
        if not more:
            break
        # The same again without the rows that a person wants left out.
        without = more
        notes.begin_again()
    warnings += said
    note_names(layout, notes)

    def line_of(asked: Sequence[int]) -> dict[int, int]:
        if made["mended"]:
            return {row: mended.lines[row] for row in asked}
        if looked.has_plain_lines:
            return {row: layout.skip_lines + row + 1 for row in asked}
        quote, escape = (made["quote"], made["escape"]) if seen.quotes else ("", "")
        return lines_of_rows(path, layout.skip_lines, quote, escape, asked)

    rows = words.rows
    lines = _lines(seen, layout, rows, mended)
    found += swallowed(words, columns, layout, lines["rest"])
    note_doubts(words, found, columns, notes, line_of)
    together = know(of_words(words, columns), warnings)
    if len(columns) > DRAWN:
        warnings.append(
            f"The file has {len(columns):,} columns; how values are spread is known of the "
            f"first {DRAWN:,}."
        )
    if rows == 0:
        warnings.append("The file has names and no rows.")
    if mended.blank and len(layout.names) == 1:
        warnings.append(f"{mended.blank} blank lines are not counted as rows.")
    if mended.comments:
        warnings.append(
            f"{mended.comments:,} {'lines begin' if mended.comments > 1 else 'line begins'} with "
            f"'{layout.comment}' and {'are' if mended.comments > 1 else 'is'} left out as comments."
        )
    if not layout.has_header and hand.header_rows is None:
        warnings.append(
            "The first line holds values and no names; columns are called by their place."
        )
    return {
        "dialect": made,
        "columns": columns,
        "rows": rows,
        "rows_left_out": mended.left_out,
        "rows_mended": mended.mended,
        "comment_lines": mended.comments,
        "lines": lines,
        "warnings": warnings,
        "across": together,
        **notes.told(listing_of(copy) if is_kept else None),
    }


def _lines(seen: Scan, layout: Layout, rows: int, mended: Mended) -> Made:
    """Say of every line of the file where it is."""
    total, above = (mended.total, mended.above) if mended.total else (seen.lines, layout.skip_lines)
    told = {
        "above": above,
        "rows": rows,
        "left_out": mended.left_out,
        "comments": mended.comments,
    }
    return {**told, "total": total, "rest": total - sum(told.values())}


def _encoding_word(encoding: str) -> str:
    return {"cp1252": "Windows-1252", "latin-1": "Latin-1"}.get(encoding, encoding.upper())


def _empty(encoding: str) -> Made:
    from sponde_server.core.errors import Invalid

    raise Invalid(
        f"The file holds blank lines only (read as {encoding}).", "Add a file with a table in it."
    )


def _number(con: "Connection", sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0


# -- files with types of their own --------------------------------------------------------------


def profile_typed(con: "Connection", path: Path, kind: str, most: int | None = None) -> Made:
    """Profile a file with types of its own, or its first rows."""
    import duckdb

    from sponde_server.core.errors import Invalid

    place = literal(str(path))
    try:
        source = (
            f"read_parquet({place})"
            if kind == "parquet"
            else f"read_json_auto({place}, sample_size={most or -1}, maximum_object_size=67108864)"
        )
        described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        columns = [
            {
                "name": row[0],
                "type": row[1],
                "kind": kind_of_type(row[1]),
                "form": "",
                "missing": [],
            }
            for row in described
        ]
        if kind == "json":
            source = json_source(str(path), columns)
        shown = ", ".join(
            f"{_flat(identifier(column['name']), column)} AS c{number}"
            for number, column in enumerate(columns)
        )
        # A Parquet file is read by column as it is; JSON would be parsed again each time.
        what = "VIEW" if kind == "parquet" and most is None else "TABLE"
        limit = f" LIMIT {most}" if most is not None else ""
        con.execute(f"CREATE {what} typed AS SELECT {shown} FROM {source}{limit}")
        rows = _number(con, "SELECT count(*) FROM typed")
        head = con.execute("SELECT * FROM typed LIMIT 50").fetchall()
        warnings = ["The file has no rows."] if rows == 0 else []
        together = know(of_types(con, columns, rows), warnings)
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        word = {"parquet": "Parquet", "json": "JSON"}[kind]
        raise Invalid(
            f"'{path.name}' cannot be read as {word}: {str(error).splitlines()[0][:200]}",
            "Check that the file is whole, and make it again if not.",
        ) from error
    for number, column in enumerate(columns):
        values = [_text(row[number])[:100] for row in head if row[number] is not None]
        column["examples"] = list(dict.fromkeys(values))[:EXAMPLES]
    return {
        "dialect": {"kind": kind},
        "columns": columns,
        "rows": rows,
        "warnings": warnings,
        "across": together,
    }


def kind_of_type(type_: str) -> str:
    """Say in one word what a DuckDB type holds."""
    name = type_.partition("(")[0].upper()
    if "[" in type_ or name in ("STRUCT", "MAP", "LIST", "UNION", "BLOB", "JSON", "BIT"):
        return "other"
    if name == "BOOLEAN":
        return "boolean"
    if name.endswith("INT") or name in (
        "INTEGER",
        "UINTEGER",
        "FLOAT",
        "DOUBLE",
        "DECIMAL",
        "REAL",
    ):
        return "number"
    if name.startswith(("DATE", "TIMESTAMP")):
        return "date"
    if name.startswith("TIME"):
        return "time"
    return "text" if name in ("VARCHAR", "UUID", "ENUM") else "other"


def _flat(name: str, column: Made) -> str:
    if column["kind"] == "other":
        return f"CAST({name} AS VARCHAR)"
    if "WITH TIME ZONE" in column["type"]:
        return f"CAST({name} AS TIMESTAMP)"
    if column["type"] == "VARCHAR" or column["kind"] != "text":
        return name
    return f"CAST({name} AS VARCHAR)"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
