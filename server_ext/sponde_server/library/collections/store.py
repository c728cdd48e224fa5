"""Rows of collections."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace, stamp
from sponde_server.library.records import CodeBlock

from .records import Collection

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_COLLECTION = columns(Collection)


def add(con: "Connection", collection: Collection) -> None:
    """Add a collection."""
    insert(con, "collection", collection)


def update(con: "Connection", collection: Collection) -> None:
    """Write a collection over the one with its id."""
    replace(con, "collection", collection)


def find(con: "Connection", collection_id: str) -> Collection | None:
    """Find a collection that is not deleted."""
    return one(
        con,
        Collection,
        f"SELECT {_COLLECTION} FROM collection WHERE id = ? AND removed_at IS NULL",
        [collection_id],
    )


def find_removed(con: "Connection", collection_id: str) -> Collection | None:
    """Find a deleted collection."""
    return one(
        con,
        Collection,
        f"SELECT {_COLLECTION} FROM collection WHERE id = ? AND removed_at IS NOT NULL",
        [collection_id],
    )


def list_all(con: "Connection") -> list[Collection]:
    """List the collections, the one that was changed last first."""
    return many(
        con,
        Collection,
        f"SELECT {_COLLECTION} FROM collection WHERE removed_at IS NULL "
        "ORDER BY updated_at DESC, id DESC",
    )


def list_with(con: "Connection", block_id: str) -> list[Collection]:
    """List the collections that hold a block."""
    return many(
        con,
        Collection,
        f"SELECT {_COLLECTION} FROM collection WHERE removed_at IS NULL "
        "AND contains(block_ids, ?) ORDER BY updated_at DESC, id DESC",
        [f'"{block_id}"'],
    )


def mark_removed(con: "Connection", collection_id: str, moment: datetime | None) -> None:
    """Delete a collection, or with None bring it back."""
    con.execute(
        "UPDATE collection SET removed_at = ? WHERE id = ?",
        [stamp(moment) if moment else None, collection_id],
    )


def find_blocks(con: "Connection", ids: Sequence[str]) -> list[CodeBlock]:
    """Find the blocks of these ids that are not deleted, in this order."""
    found = many(
        con,
        CodeBlock,
        f"SELECT {columns(CodeBlock)} FROM code_block "
        "WHERE id IN (SELECT unnest(?)) AND removed_at IS NULL",
        [list(ids)],
    )
    known = {block.id: block for block in found}
    return [known[one] for one in ids if one in known]
