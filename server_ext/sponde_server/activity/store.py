"""Rows of activity."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many

from .records import Activity

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def add(con: "Connection", line: Activity) -> None:
    """Add a line."""
    insert(con, "activity", line)


def list_latest(con: "Connection", limit: int) -> list[Activity]:
    """Give the latest lines, newest first."""
    return many(
        con, Activity, f"SELECT {columns(Activity)} FROM activity ORDER BY id DESC LIMIT ?", [limit]
    )
