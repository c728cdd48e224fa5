"""Rows of what blocks mean: a vector a block, with the encoder that has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_UNREAD = (
    "FROM code_block c LEFT JOIN block_vector v ON v.block_id = c.id WHERE c.removed_at IS NULL "
    "AND (v.block_id IS NULL OR v.encoder <> ? OR v.read_change < c.change)"
)


@dataclass(frozen=True)
class Unread:
    """A block that is new, or was written since it was read."""

    id: str
    change: int
    name: str
    description: str
    tags: str
    code: str
    digest: str
    """Of the text that was read last by this encoder; empty where none was."""


@dataclass(frozen=True)
class Read:
    """What an encoder has read in a block; its vector is empty where the text is the same."""

    id: str
    change: int
    digest: str
    value: bytes


def count_unread(con: "Connection", encoder: str) -> int:
    """Count the blocks that this encoder has to read."""
    return int(con.execute(f"SELECT count(*) {_UNREAD}", [encoder]).fetchall()[0][0])


def list_unread(con: "Connection", encoder: str, limit: int) -> list[Unread]:
    """List some of them, those that were written last first."""
    rows = con.execute(
        "SELECT c.id, c.change, c.name, c.description, c.tags, c.code, "
        f"CASE WHEN v.encoder = ? THEN v.digest ELSE '' END {_UNREAD} "
        "ORDER BY c.change DESC LIMIT ?",
        [encoder, encoder, limit],
    ).fetchall()
    return [Unread(*row) for row in rows]


def put(con: "Connection", encoder: str, rows: Sequence[Read]) -> None:
    """Note what was read; a block keeps its place."""
    for row in rows:
        if not row.value:
            con.execute(
                "UPDATE block_vector SET read_change = ? WHERE block_id = ?", [row.change, row.id]
            )
            continue
        con.execute(
            "INSERT INTO block_vector VALUES (?, nextval('block_vector_place'), ?, ?, ?, ?, "
            "nextval('block_vector_change')) ON CONFLICT (block_id) DO UPDATE SET "
            "encoder = excluded.encoder, digest = excluded.digest, value = excluded.value, "
            "read_change = excluded.read_change, change = excluded.change",
            [row.id, encoder, row.digest, row.value, row.change],
        )


def newest(con: "Connection") -> int:
    """Give the latest change; -1 where nothing was read."""
    return int(con.execute("SELECT coalesce(max(change), -1) FROM block_vector").fetchall()[0][0])


def list_after(
    con: "Connection", encoder: str, change: int, limit: int
) -> list[tuple[int, bytes, int]]:
    """List place, vector and change of what was read since, the oldest first."""
    return con.execute(
        "SELECT place, value, change FROM block_vector WHERE encoder = ? AND change > ? "
        "ORDER BY change LIMIT ?",
        [encoder, change, limit],
    ).fetchall()


def places_of(con: "Connection", ids: Sequence[str]) -> list[int]:
    """Give the places of blocks."""
    marks = ", ".join("?" * len(ids))
    rows = con.execute(
        f"SELECT place FROM block_vector WHERE block_id IN ({marks})", [*ids]
    ).fetchall()
    return [row[0] for row in rows]


def blocks_at(con: "Connection", places: Sequence[int]) -> list[str]:
    """Give the blocks of places, in their order."""
    marks = ", ".join("?" * len(places))
    rows = con.execute(
        f"SELECT place, block_id FROM block_vector WHERE place IN ({marks})", [*places]
    ).fetchall()
    by_place = dict(rows)
    return [by_place[place] for place in places if place in by_place]
