"""Rows of what is done to many code blocks at once, and of deleted blocks."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, insert_many, many, one, replace, stamp
from sponde_server.library.records import CodeBlock, Revision

from .records import BulkChange

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_BLOCK = columns(CodeBlock)
PAST = (
    "revision", "use", "use_output", "block_source", "block_near", "block_vector", "field_change",
    "field_values",
)  # fmt: skip
"""The tables that say something of a block."""
_NEXT = "nextval('code_block_change')"


def find_many(con: "Connection", ids: Sequence[str]) -> list[CodeBlock]:
    """Find the blocks of these ids that are not deleted."""
    return many(
        con,
        CodeBlock,
        f"SELECT {_BLOCK} FROM code_block "
        "WHERE id IN (SELECT unnest(?)) AND removed_at IS NULL ORDER BY id",
        [list(ids)],
    )


def find_gone(con: "Connection", ids: Sequence[str]) -> list[CodeBlock]:
    """Find the blocks of these ids that are deleted."""
    return many(
        con,
        CodeBlock,
        f"SELECT {_BLOCK} FROM code_block "
        "WHERE id IN (SELECT unnest(?)) AND removed_at IS NOT NULL ORDER BY id",
        [list(ids)],
    )


def find_deleted(con: "Connection", ids: Sequence[str]) -> dict[str, datetime]:
    """Say which of these blocks are deleted, and when that was."""
    rows = con.execute(
        "SELECT id, removed_at FROM code_block "
        "WHERE id IN (SELECT unnest(?)) AND removed_at IS NOT NULL ORDER BY id",
        [list(ids)],
    ).fetchall()
    return dict(rows)


def list_held(con: "Connection", ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """Say of deleted blocks whose code another block holds now: id, name, the other's name."""
    return con.execute(
        "SELECT gone.id, gone.name, there.name FROM code_block AS gone "
        "JOIN code_block AS there USING (code_hash) "
        "WHERE gone.id IN (SELECT unnest(?)) AND there.removed_at IS NULL ORDER BY gone.id",
        [list(ids)],
    ).fetchall()


def list_name_doubles(con: "Connection", ids: Sequence[str]) -> list[str]:
    """Say which of these blocks have a name that another present block has too (- and _ alike)."""
    rows = con.execute(
        "WITH named AS (SELECT id, replace(lower_name, '-', '_') AS plain FROM code_block "
        "WHERE removed_at IS NULL), "
        "ours AS (SELECT * FROM named WHERE id IN (SELECT unnest(?))) "
        "SELECT DISTINCT ours.id FROM ours JOIN named USING (plain) "
        "WHERE named.id <> ours.id ORDER BY ours.id",
        [list(ids)],
    ).fetchall()
    return [row[0] for row in rows]


def mark_removed(con: "Connection", ids: Sequence[str], moment: datetime | None) -> None:
    """Delete blocks, or with None bring them back."""
    con.execute(
        f"UPDATE code_block SET removed_at = ?, change = {_NEXT} WHERE id IN (SELECT unnest(?))",
        [stamp(moment) if moment else None, list(ids)],
    )


def mark_removed_again(con: "Connection", moments: dict[str, datetime]) -> None:
    """Delete blocks as of the moment at which each had been deleted before."""
    con.execute(
        f"UPDATE code_block SET removed_at = given.moment, change = {_NEXT} "
        "FROM (SELECT unnest(?) AS id, unnest(?) AS moment) AS given "
        "WHERE code_block.id = given.id",
        [list(moments), [stamp(moment) for moment in moments.values()]],
    )


def list_deleted(
    con: "Connection", words: Sequence[str], limit: int, offset: int
) -> tuple[list[tuple[CodeBlock, datetime]], int]:
    """List the deleted blocks that hold all the words, latest first, and count them."""
    wanted = " AND ".join(["removed_at IS NOT NULL", *["contains(lower_text, ?)"] * len(words)])
    values = [word.lower() for word in words]
    rows = con.execute(
        f"SELECT id, removed_at, count(*) OVER () FROM code_block WHERE {wanted} "
        "ORDER BY removed_at DESC, id DESC LIMIT ? OFFSET ?",
        [*values, limit, offset],
    ).fetchall()
    ids = [row[0] for row in rows]
    found = {
        block.id: block
        for block in many(
            con,
            CodeBlock,
            f"SELECT {_BLOCK} FROM code_block WHERE id IN (SELECT unnest(?))",
            [ids],
        )
    }
    return [(found[row[0]], row[1]) for row in rows], rows[0][2] if rows else 0


def forget_deleted(con: "Connection", before: datetime) -> None:
    """Delete for good what was deleted before a moment, with its past."""
    rows = con.execute("SELECT id FROM code_block WHERE removed_at < ?", [stamp(before)]).fetchall()
    if rows:
        ids = [row[0] for row in rows]
        for table in PAST:
            con.execute(f"DELETE FROM {table} WHERE block_id IN (SELECT unnest(?))", [ids])
        con.execute("DELETE FROM code_block WHERE id IN (SELECT unnest(?))", [ids])
    con.execute("DELETE FROM bulk_change WHERE made_at < ?", [stamp(before)])


def add_revisions(con: "Connection", revisions: Sequence[Revision]) -> None:
    """Keep what many blocks were."""
    insert_many(con, "revision", revisions)


def remove_revisions(con: "Connection", ids: Sequence[str]) -> None:
    """Forget revisions."""
    con.execute("DELETE FROM revision WHERE id IN (SELECT unnest(?))", [list(ids)])


def add_change(con: "Connection", change: BulkChange) -> None:
    """Keep what an undo goes by."""
    insert(con, "bulk_change", change)


def update_change(con: "Connection", change: BulkChange) -> None:
    """Write a change over the one with its id."""
    replace(con, "bulk_change", change)


def find_change(con: "Connection", change_id: str) -> BulkChange | None:
    """Find what was done to many blocks."""
    return one(
        con,
        BulkChange,
        f"SELECT {columns(BulkChange)} FROM bulk_change WHERE id = ?",
        [change_id],
    )
