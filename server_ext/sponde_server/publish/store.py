"""Rows of publications."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import Publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_SELECT = f"SELECT {columns(Publication)} FROM publication "


def add(con: "Connection", publication: Publication) -> None:
    """Add a publication."""
    insert(con, "publication", publication)


def update(con: "Connection", publication: Publication) -> None:
    """Write a publication over its row."""
    replace(con, "publication", publication)


def find(con: "Connection", publication_id: str) -> Publication | None:
    """Find a publication by its id."""
    return one(con, Publication, _SELECT + "WHERE id = ?", [publication_id])


def find_source(con: "Connection", workspace: str, source: str) -> Publication | None:
    """Find what is shown of a notebook."""
    return one(
        con,
        Publication,
        _SELECT + "WHERE workspace = ? AND source = ? AND withdrawn_at IS NULL",
        [workspace, source],
    )


def list_shown(con: "Connection", workspace: str) -> list[Publication]:
    """Give the publications of a workspace, newest first."""
    return many(
        con,
        Publication,
        _SELECT + "WHERE workspace = ? AND withdrawn_at IS NULL ORDER BY updated_at DESC, id DESC",
        [workspace],
    )
