"""Rows of benchmarks."""

from typing import TYPE_CHECKING

from sponde_server.core.record import now
from sponde_server.core.rows import columns, insert, many, one, replace, stamp

from .records import Bench

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

MOST = 500
_SELECT = f"SELECT {columns(Bench)} FROM bench "


def add(con: "Connection", bench: Bench) -> None:
    """Add a benchmark."""
    insert(con, "bench", bench)


def update(con: "Connection", bench: Bench) -> None:
    """Write a benchmark over its row; one that was removed stays so."""
    replace(con, "bench", bench)


def find(con: "Connection", bench_id: str) -> Bench | None:
    """Find a benchmark by its id."""
    return one(con, Bench, _SELECT + "WHERE id = ?", [bench_id])


def list_all(con: "Connection") -> list[Bench]:
    """Give the benchmarks, newest first."""
    return many(con, Bench, _SELECT + "ORDER BY id DESC LIMIT ?", [MOST])


def remove(con: "Connection", bench_id: str) -> None:
    """Delete a benchmark."""
    con.execute("DELETE FROM bench WHERE id = ?", [bench_id])


def interrupt(con: "Connection", going: list[str], failure: str, hint: str) -> None:
    """Mark as interrupted what another process's end left going."""
    con.execute(
        "UPDATE bench SET status = 'interrupted', doing = '', ended_at = ?, failure = ?, hint = ? "
        "WHERE status IN ('queued', 'running') AND NOT list_contains(?::VARCHAR[], id)",
        [stamp(now()), failure, hint, going],
    )
