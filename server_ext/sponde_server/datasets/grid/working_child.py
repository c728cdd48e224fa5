"""Writes a dataset's working copies, rows with their types, in the sandbox's child.

A table of DuckDB, whose rows are found by number in milliseconds, and Parquet, which others read.
"""

from typing import TYPE_CHECKING, Any

from sponde_server.datasets.files.forms import identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

GROUP_ROWS = 40_960
"""Small groups: a page out of the middle reads little of the file."""
MOST_CELLS = 4_000_000
"""Cells of one group: wide files have fewer rows in it."""
NUMBER = ", rowid AS _sponde_row"
"""A table's rowid as the number of its row: rows are written once, in their order."""


def copy(con: "Connection", asked: dict[str, Any]) -> dict[str, int]:
    """Write all rows of the view `shown`, in their order."""
    return {"rows": _table(con, asked) if asked["form"] == "table" else _parquet(con, asked)}


def _parquet(con: "Connection", asked: dict[str, Any]) -> int:
    rows = max(2048, min(GROUP_ROWS, MOST_CELLS // max(1, len(asked["names"]))))
    made = con.execute(
        f"COPY (SELECT * FROM shown) TO {literal(asked['target'])} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows})"
    ).fetchone()
    return int(made[0]) if made else 0


def _table(con: "Connection", asked: dict[str, Any]) -> int:
    """Write a table `rows` of the columns v0, v1, …: whatever the file's are called."""
    columns = ", ".join(f"{identifier(name)} AS v{n}" for n, name in enumerate(asked["names"]))
    con.execute(f"ATTACH {literal(asked['target'])} AS made")
    con.execute(f"CREATE TABLE made.rows AS SELECT {columns} FROM shown")
    found = con.execute("SELECT count(*), max(rowid) + 1 FROM made.rows").fetchone()
    con.execute("DETACH made")
    rows, numbered = found or (0, 0)
    return int(rows) if rows == (numbered or 0) else -1


def select_of(table: str, names: list[str], more: str = "") -> str:
    """Write the SELECT of such a table's columns by their names."""
    columns = ", ".join(f"v{n} AS {identifier(name)}" for n, name in enumerate(names))
    return f"SELECT {columns}{more} FROM {table}"
