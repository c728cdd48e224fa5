"""Rows of registered models, and of the files that belong to their versions."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import FilePlan, RegisteredModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def list_models(con: "Connection") -> list[RegisteredModel]:
    """Give every model that was ever registered, by name."""
    sql = f"SELECT {columns(RegisteredModel)} FROM registered_model ORDER BY lower(name)"
    return many(con, RegisteredModel, sql)


def put(con: "Connection", model: RegisteredModel) -> None:
    """Add a model, or write it over the one with its id."""
    if con.execute("SELECT 1 FROM registered_model WHERE id = ?", [model.id]).fetchall():
        replace(con, "registered_model", model)
    else:
        insert(con, "registered_model", model)


def put_plan(con: "Connection", plan: FilePlan) -> None:
    """Keep which files belong to a version."""
    con.execute("DELETE FROM file_plan WHERE id = ?", [plan.id])
    insert(con, "file_plan", plan)


def find_plan(con: "Connection", version_id: str) -> FilePlan | None:
    """Give the files of a version; None where they are not known."""
    return one(
        con, FilePlan, f"SELECT {columns(FilePlan)} FROM file_plan WHERE id = ?", [version_id]
    )
