"""Rows of runs and job definitions."""

from dataclasses import replace as replace_fields
from typing import TYPE_CHECKING, Any

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import JobDefinition, Run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def add_run(con: "Connection", run: Run) -> None:
    """Add a run."""
    insert(con, "run", run)


def update_run(con: "Connection", run: Run) -> None:
    """Write a run over its row."""
    replace(con, "run", run)


def find_run(con: "Connection", run_id: str) -> Run | None:
    """Find a run by its id."""
    return one(con, Run, f"SELECT {columns(Run)} FROM run WHERE id = ?", [run_id])


def list_runs(con: "Connection", workspace: str, definition_id: str, limit: int) -> list[Run]:
    """Give the latest runs of a workspace, newest first; of one definition where it is named."""
    where, values = "workspace = ?", [workspace]
    if definition_id:
        where, values = where + " AND definition_id = ?", [*values, definition_id]
    return many(
        con,
        Run,
        f"SELECT {columns(Run)} FROM run WHERE {where} ORDER BY id DESC LIMIT ?",
        [*values, limit],
    )


def list_unfinished(con: "Connection", workspace: str) -> list[Run]:
    """Give the runs that have not come to their end, oldest first."""
    return many(
        con,
        Run,
        f"SELECT {columns(Run)} FROM run WHERE workspace = ? "
        "AND status IN ('queued', 'starting', 'running') ORDER BY id",
        [workspace],
    )


def list_unfinished_ids(con: "Connection") -> list[str]:
    """Give the ids of the runs of any workspace that have not come to their end."""
    rows = con.execute(
        "SELECT id FROM run WHERE status IN ('queued', 'starting', 'running')"
    ).fetchall()
    return [row[0] for row in rows]


def add_definition(con: "Connection", definition: JobDefinition) -> None:
    """Add a job definition."""
    insert(con, "job_definition", definition)


def find_definition(con: "Connection", definition_id: str) -> JobDefinition | None:
    """Find a job definition by its id, removed or not."""
    return one(
        con,
        JobDefinition,
        f"SELECT {columns(JobDefinition)} FROM job_definition WHERE id = ?",
        [definition_id],
    )


def list_definitions(con: "Connection", workspace: str) -> list[JobDefinition]:
    """Give a workspace's job definitions that are not removed, by name."""
    return many(
        con,
        JobDefinition,
        f"SELECT {columns(JobDefinition)} FROM job_definition "
        "WHERE workspace = ? AND removed_at IS NULL ORDER BY lower(name), id",
        [workspace],
    )


def fire(con: "Connection", definition: JobDefinition, run: Run) -> bool:
    """Keep a due time's run and when its definition is due next: both or neither.

    Nothing is kept, and False given, where the definition was changed meanwhile.
    """
    current = find_definition(con, definition.id)
    if current is None or current.updated_at != definition.updated_at:
        return False
    insert(con, "run", run)
    replace(con, "job_definition", definition)
    return True


def edit_definition(
    con: "Connection", definition_id: str, changes: dict[str, Any]
) -> JobDefinition | None:
    """Change some fields of a definition as it is now; None where there is none."""
    found = find_definition(con, definition_id)
    if found is None:
        return None
    changed = replace_fields(found, **changes)
    replace(con, "job_definition", changed)
    return changed
