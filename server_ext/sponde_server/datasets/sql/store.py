"""Rows of queries that people ran over datasets."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import DatasetQuery

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

FIELDS = columns(DatasetQuery)
OWN = "workspace = ? AND person = ?"


def add(con: "Connection", query: DatasetQuery, most: int) -> list[str]:
    """Add a query; give the ids of a person's oldest ones that had to make room for it."""
    insert(con, "dataset_query", query)
    own = [query.workspace, query.person]
    old = con.execute(
        f"SELECT id FROM dataset_query WHERE {OWN} ORDER BY id DESC OFFSET ?", [*own, most]
    ).fetchall()
    for (query_id,) in old:
        remove(con, query_id)
    return [str(query_id) for (query_id,) in old]


def update(con: "Connection", query: DatasetQuery) -> None:
    """Write a query as it is now."""
    replace(con, "dataset_query", query)


def find(con: "Connection", query_id: str) -> DatasetQuery | None:
    """Give a query."""
    return one(con, DatasetQuery, f"SELECT {FIELDS} FROM dataset_query WHERE id = ?", [query_id])


def list_some(
    con: "Connection", workspace: str, person: str, words: list[str], before: str, limit: int
) -> list[DatasetQuery]:
    """Give a person's queries whose text has all the words, newest first."""
    wanted = "".join(" AND contains(lower(sql), ?)" for _ in words)
    earlier = " AND id < ?" if before else ""
    return many(
        con,
        DatasetQuery,
        f"SELECT {FIELDS} FROM dataset_query WHERE {OWN}{wanted}{earlier} ORDER BY id DESC LIMIT ?",
        [workspace, person, *words, *([before] if before else []), limit],
    )


def remove(con: "Connection", query_id: str) -> None:
    """Forget a query."""
    con.execute("DELETE FROM dataset_query WHERE id = ?", [query_id])


def clear(con: "Connection", workspace: str, person: str) -> list[str]:
    """Forget all of a person's queries that have ended; give their ids."""
    gone = con.execute(
        f"SELECT id FROM dataset_query WHERE {OWN} AND status != 'running'", [workspace, person]
    ).fetchall()
    con.execute(
        f"DELETE FROM dataset_query WHERE {OWN} AND status != 'running'", [workspace, person]
    )
    return [str(query_id) for (query_id,) in gone]
