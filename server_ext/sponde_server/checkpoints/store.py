"""Rows of checkpoints, and of the pieces that each needs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace, stamp

from .records import Checkpoint

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_ALL = f"SELECT {columns(Checkpoint)} FROM checkpoint"


def put(con: "Connection", checkpoint: Checkpoint, sizes: Mapping[str, int]) -> None:
    """Add a checkpoint or write it over its row, with the pieces that it needs besides."""
    if con.execute("SELECT 1 FROM checkpoint WHERE id = ?", [checkpoint.id]).fetchone():
        replace(con, "checkpoint", checkpoint)
    else:
        insert(con, "checkpoint", checkpoint)
    for digest, size in sizes.items():
        con.execute("INSERT INTO checkpoint_piece VALUES (?, ?, ?)", [checkpoint.id, digest, size])


def find(con: "Connection", checkpoint_id: str) -> Checkpoint | None:
    """Give one checkpoint."""
    return one(con, Checkpoint, f"{_ALL} WHERE id = ?", [checkpoint_id])


def find_of(con: "Connection", message_id: str) -> Checkpoint | None:
    """Give the checkpoint that a turn goes on adding to."""
    return one(
        con,
        Checkpoint,
        f"{_ALL} WHERE message_id = ? AND undoes = '' AND went_back = '' ORDER BY id DESC LIMIT 1",
        [message_id],
    )


def list_turns(con: "Connection", limit: int) -> list[Checkpoint]:
    """Give the turns' own checkpoints, newest first."""
    return many(con, Checkpoint, f"{_ALL} WHERE undoes = '' ORDER BY id DESC LIMIT ?", [limit])


def list_restoring(con: "Connection") -> list[Checkpoint]:
    """Give those in the middle of whose going back a server died."""
    return many(con, Checkpoint, f"{_ALL} WHERE restoring <> '[]' ORDER BY id")


def remove_old(con: "Connection", before: datetime, most_bytes: int) -> int:
    """Remove those made before a moment, then the oldest until the rest is small enough."""
    rows = con.execute("SELECT id, created_at FROM checkpoint ORDER BY id DESC").fetchall()
    found = con.execute("SELECT checkpoint_id, digest, bytes FROM checkpoint_piece").fetchall()
    needed: dict[str, list[tuple[str, int]]] = {}
    for checkpoint_id, digest, size in found:
        needed.setdefault(checkpoint_id, []).append((digest, size))
    seen: set[str] = set()
    total = 0
    gone: list[str] = []
    for checkpoint_id, created_at in rows:
        fresh = {
            digest: size for digest, size in needed.get(checkpoint_id, []) if digest not in seen
        }
        total += sum(fresh.values())
        # Once one is too much all older ones are: what is kept has no holes.
        if gone or created_at < stamp(before) or (most_bytes and total > most_bytes):
            gone.append(checkpoint_id)
        else:
            seen |= set(fresh)
    _remove(con, gone)
    return len(gone)


def _remove(con: "Connection", checkpoint_ids: Iterable[str]) -> None:
    for checkpoint_id in checkpoint_ids:
        con.execute("DELETE FROM checkpoint WHERE id = ?", [checkpoint_id])
        con.execute("DELETE FROM checkpoint_piece WHERE checkpoint_id = ?", [checkpoint_id])


def needed(con: "Connection") -> set[str]:
    """Name every piece that a checkpoint needs."""
    return {d for (d,) in con.execute("SELECT DISTINCT digest FROM checkpoint_piece").fetchall()}
