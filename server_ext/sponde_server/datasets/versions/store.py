"""Rows of the contents that datasets have had."""

from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, stamp
from sponde_server.core.wire import decode, encode
from sponde_server.datasets import store
from sponde_server.datasets.records import Dataset, Profile

from .records import DatasetVersion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

FIELDS = columns(DatasetVersion)
LONGEST_PROFILE = 2_000_000
"""So many bytes an earlier version's profile may take: thousands of columns are not kept twice."""


def find_read(con: "Connection", dataset_id: str) -> tuple[Dataset | None, Profile | None]:
    """Give a dataset and what is known of it now."""
    return store.find(con, dataset_id), store.find_profile(con, dataset_id)


def find_latest(con: "Connection", dataset_id: str) -> DatasetVersion | None:
    """Give what a dataset had last."""
    return one(
        con,
        DatasetVersion,
        f"SELECT {FIELDS} FROM dataset_version WHERE dataset_id = ? ORDER BY number DESC LIMIT 1",
        [dataset_id],
    )


def find_known(con: "Connection", version_id: str) -> Profile | None:
    """Give what was known of a version."""
    row = con.execute("SELECT profile FROM dataset_version WHERE id = ?", [version_id]).fetchone()
    return decode(Profile, row[0]) if row and row[0] else None


def list_of(con: "Connection", dataset_id: str) -> list[DatasetVersion]:
    """List a dataset's versions, the latest first."""
    return many(
        con,
        DatasetVersion,
        f"SELECT {FIELDS} FROM dataset_version WHERE dataset_id = ? ORDER BY number DESC",
        [dataset_id],
    )


def list_kept(con: "Connection") -> list[DatasetVersion]:
    """List the versions whose files are kept, of all datasets, the oldest first."""
    return many(
        con, DatasetVersion, f"SELECT {FIELDS} FROM dataset_version WHERE is_kept ORDER BY noted_at"
    )


def list_known(con: "Connection", dataset_id: str) -> list[str]:
    """List the ids of a dataset's versions whose profile is known."""
    rows = con.execute(
        "SELECT id FROM dataset_version WHERE dataset_id = ? AND profile IS NOT NULL "
        "ORDER BY number DESC",
        [dataset_id],
    ).fetchall()
    return [row[0] for row in rows]


def add(
    con: "Connection", version: DatasetVersion, profile: Profile, *, most: int, most_known: int
) -> None:
    """Add a version; no more than so many are listed, the profiles of the latest are known."""
    con.execute(
        "UPDATE dataset_version SET profile = NULL WHERE dataset_id = ? AND profile IS NOT NULL "
        "AND (number <= ? OR strlen(profile) > ?)",
        [version.dataset_id, version.number - most_known, LONGEST_PROFILE],
    )
    insert(con, "dataset_version", version)
    con.execute(
        "UPDATE dataset_version SET profile = ? WHERE id = ?",
        [encode(profile).decode(), version.id],
    )
    con.execute(
        "DELETE FROM dataset_version WHERE dataset_id = ? AND number <= ? AND NOT is_kept",
        [version.dataset_id, version.number - most],
    )


def touch(con: "Connection", version: DatasetVersion, profile: Profile) -> None:
    """Write the same contents' newer time, and what is known of them now."""
    con.execute(
        "UPDATE dataset_version SET modified = ?, gone_at = NULL, profile = ? WHERE id = ?",
        [version.modified, encode(profile).decode(), version.id],
    )


def set_gone(con: "Connection", version_id: str, moment: datetime) -> None:
    """Note when a version's file was found to be gone; what was noted first stays."""
    con.execute(
        "UPDATE dataset_version SET gone_at = ? WHERE id = ? AND gone_at IS NULL",
        [stamp(moment), version_id],
    )


def set_kept(con: "Connection", version_id: str, is_kept: bool) -> None:
    """Note whether a version's file is kept."""
    con.execute("UPDATE dataset_version SET is_kept = ? WHERE id = ?", [is_kept, version_id])
