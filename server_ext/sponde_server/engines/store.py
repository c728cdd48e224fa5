"""Rows of engines: what people set of them, and how they were last."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many

from .records import EngineFailure, EngineSettings, EngineSource

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


@dataclass(frozen=True)
class Row:
    """What is kept of an engine."""

    id: str
    model: str
    version: int
    path: str
    source: EngineSource
    settings: EngineSettings
    adapters: tuple[str, ...]
    address: str
    changed_at: datetime
    failure: EngineFailure | None = None
    asked_at: datetime | None = field(default=None)


def put(con: "Connection", row: Row) -> None:
    """Write an engine over its row, or add it."""
    remove(con, row.id)
    insert(con, "engine", row)


def list_all(con: "Connection") -> list[Row]:
    """Give every engine."""
    return many(con, Row, f"SELECT {columns(Row)} FROM engine ORDER BY model, version")


def remove(con: "Connection", engine_id: str) -> None:
    """Forget an engine."""
    con.execute("DELETE FROM engine WHERE id = ?", [engine_id])
