"""Rows of fields: which blocks are twins, what was changed, and the values filled in last."""

import json
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one

from .records import FieldChange

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_CHANGE = columns(FieldChange)
_MOST_TWINS = 50


def list_same_shape(con: "Connection", block_id: str, shape: int) -> list[str]:
    """List the blocks that differ from this one in nothing but values."""
    rows = con.execute(
        f"SELECT block_id FROM block_near WHERE shape = ? AND block_id <> ? LIMIT {_MOST_TWINS}",
        [shape, block_id],
    ).fetchall()
    return [row[0] for row in rows]


def add_change(con: "Connection", change: FieldChange) -> None:
    """Note what was changed."""
    insert(con, "field_change", change)


def find_change(con: "Connection", change_id: str) -> FieldChange | None:
    """Find a change that was not undone."""
    return one(con, FieldChange, f"SELECT {_CHANGE} FROM field_change WHERE id = ?", [change_id])


def list_changes(con: "Connection", block_id: str) -> list[FieldChange]:
    """List the changes of a block's fields, latest first."""
    return many(
        con,
        FieldChange,
        f"SELECT {_CHANGE} FROM field_change WHERE block_id = ? ORDER BY id DESC",
        [block_id],
    )


def remove_change(con: "Connection", change: FieldChange) -> None:
    """Forget a change that was undone, and the revisions that it made."""
    con.execute("DELETE FROM field_change WHERE id = ?", [change.id])
    if change.revision_ids:
        marks = ", ".join("?" * len(change.revision_ids))
        con.execute(f"DELETE FROM revision WHERE id IN ({marks})", list(change.revision_ids))


def put_values(con: "Connection", block_id: str, values: dict[str, str]) -> None:
    """Note what was filled in."""
    con.execute(
        'INSERT OR REPLACE INTO field_values (block_id, "values") VALUES (?, ?)',
        [block_id, json.dumps(values)],
    )


def find_values(con: "Connection", block_id: str) -> dict[str, str]:
    """Give what was filled in last."""
    row = con.execute('SELECT "values" FROM field_values WHERE block_id = ?', [block_id]).fetchone()
    return dict(json.loads(row[0])) if row else {}
