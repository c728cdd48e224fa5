"""Rows of proof: the runs of blocks, and what they showed."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one
from sponde_server.core.wire import decode
from sponde_server.library.records import Outcome, Use

from .records import UseOutput

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_RAN = "outcome <> 'waiting'"


def list_runs(con: "Connection", block_id: str, limit: int) -> list[Use]:
    """List the runs of a block, latest first."""
    return many(
        con,
        Use,
        f"SELECT {columns(Use)} FROM use WHERE block_id = ? AND {_RAN} "
        "ORDER BY ended_at DESC, id DESC LIMIT ?",
        [block_id, limit],
    )


def count_all(con: "Connection", block_id: str) -> int:
    """Count the runs of a block, also of its earlier texts."""
    row = con.execute(
        f"SELECT count(*) FROM use WHERE block_id = ? AND {_RAN}", [block_id]
    ).fetchone()
    return int(row[0]) if row else 0


def count_runs(con: "Connection", block_id: str, digest: str) -> tuple[int, int]:
    """Count the runs of this very code: those that went well, and those that failed."""
    row = con.execute(
        "SELECT count(*) FILTER (outcome = 'ok'), count(*) FILTER (outcome = 'failed') "
        "FROM use WHERE block_id = ? AND code_hash = ?",
        [block_id, digest],
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def find_last_ok(con: "Connection", block_id: str, digest: str) -> Use | None:
    """Find the last run of this very code that went well and knows its packages."""
    return one(
        con,
        Use,
        f"SELECT {columns(Use)} FROM use WHERE block_id = ? AND code_hash = ? AND outcome = ? "
        "ORDER BY packages = '{}', ended_at DESC, id DESC LIMIT 1",
        [block_id, digest, Outcome.OK.value],
    )


def find_output_id(con: "Connection", block_id: str, digest: str) -> str:
    """Find the last run of this very code whose output is kept; a good one goes first."""
    row = con.execute(
        "SELECT id FROM use WHERE block_id = ? AND code_hash = ? AND has_output "
        "ORDER BY outcome <> 'ok', ended_at DESC, id DESC LIMIT 1",
        [block_id, digest],
    ).fetchone()
    return str(row[0]) if row else ""


def list_proven(con: "Connection") -> list[tuple[str, dict[str, str]]]:
    """List the blocks that ran with known packages: ids and versions, latest run first."""
    rows = con.execute(
        "SELECT id, proven_with FROM code_block "
        "WHERE removed_at IS NULL AND ok_runs > 0 AND proven_with <> '{}' "
        "ORDER BY last_run_at DESC, id DESC"
    ).fetchall()
    return [(block_id, decode(dict[str, str], text)) for block_id, text in rows]


def find_output(con: "Connection", block_id: str, use_id: str) -> UseOutput | None:
    """Find what a run showed."""
    return one(
        con,
        UseOutput,
        f"SELECT {columns(UseOutput)} FROM use_output WHERE use_id = ? AND block_id = ?",
        [use_id, block_id],
    )


def put_output(con: "Connection", output: UseOutput) -> None:
    """Keep what a run showed, in place of what was kept of it."""
    con.execute("DELETE FROM use_output WHERE use_id = ?", [output.use_id])
    insert(con, "use_output", output)


def forget_outputs(con: "Connection", block_id: str, keep: int) -> None:
    """Forget what all but the latest runs of a block showed."""
    old = [
        row[0]
        for row in con.execute(
            "SELECT id FROM use WHERE block_id = ? AND has_output "
            "ORDER BY ended_at DESC, id DESC OFFSET ?",
            [block_id, keep],
        ).fetchall()
    ]
    for use_id in old:
        con.execute("DELETE FROM use_output WHERE use_id = ?", [use_id])
        con.execute("UPDATE use SET has_output = false WHERE id = ?", [use_id])
