"""Writes a dataset's working copy, rows with their types as Parquet, in the sandbox's child."""

from typing import TYPE_CHECKING, Any

from sponde_server.datasets.files.forms import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

GROUP_ROWS = 40_960
"""Small groups: a page out of the middle reads little of the file."""
MOST_CELLS = 4_000_000
"""Cells of one group: wide files have fewer rows in it."""


def copy(con: "Connection", asked: dict[str, Any]) -> dict[str, int]:
    """Write all rows of the view `shown`, in their order."""
    rows = max(2048, min(GROUP_ROWS, MOST_CELLS // max(1, int(asked["columns"]))))
    made = con.execute(
        f"COPY (SELECT * FROM shown) TO {literal(asked['target'])} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows})"
    ).fetchone()
    return {"rows": int(made[0]) if made else 0}
