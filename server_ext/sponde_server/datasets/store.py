"""Rows of datasets and their profiles."""

from dataclasses import replace as changed
from typing import TYPE_CHECKING

from sponde_server.core.record import now
from sponde_server.core.rows import columns, insert, many, one, replace, stamp
from sponde_server.core.wire import decode, encode

from .records import Dataset, Profile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

FIELDS = columns(Dataset)


def add(con: "Connection", dataset: Dataset) -> None:
    """Add a dataset."""
    insert(con, "dataset", dataset)


def update(con: "Connection", dataset: Dataset) -> Dataset:
    """Write a dataset as it is now, but for what a person may have set meanwhile."""
    now_there = find(con, dataset.id)
    if now_there is not None:
        dataset = changed(
            dataset,
            policy=now_there.policy,
            policy_rows=now_there.policy_rows,
            wishes=now_there.wishes,
            name=now_there.name,
            tags=now_there.tags,
        )
    replace(con, "dataset", dataset)
    return dataset


def keep_profile(con: "Connection", dataset: Dataset, profile: Profile) -> Dataset:
    """Write a dataset and its new profile."""
    dataset = update(con, dataset)
    con.execute("DELETE FROM profile WHERE id = ?", [dataset.id])
    con.execute(
        "INSERT INTO profile (id, made_at, body) VALUES (?, ?, ?)",
        [dataset.id, stamp(now()), encode(profile).decode()],
    )
    return dataset


def find(con: "Connection", dataset_id: str) -> Dataset | None:
    """Give a dataset that is not removed."""
    return one(
        con,
        Dataset,
        f"SELECT {FIELDS} FROM dataset WHERE id = ? AND removed_at IS NULL",
        [dataset_id],
    )


def find_removed(con: "Connection", dataset_id: str) -> Dataset | None:
    """Give a dataset that was removed."""
    return one(
        con,
        Dataset,
        f"SELECT {FIELDS} FROM dataset WHERE id = ? AND removed_at IS NOT NULL",
        [dataset_id],
    )


def find_by_path(
    con: "Connection", workspace: str, path: str, part: str = ""
) -> tuple[Dataset, bool] | None:
    """Give the dataset of a file or of a part of it, removed too, and whether it is removed."""
    found = one(
        con,
        Dataset,
        f"SELECT {FIELDS} FROM dataset WHERE workspace = ? AND path = ? "
        "AND (? = '' OR part = ?) ORDER BY removed_at IS NULL DESC, id LIMIT 1",
        [workspace, path, part, part],
    )
    if found is None:
        return None
    row = con.execute("SELECT removed_at IS NOT NULL FROM dataset WHERE id = ?", [found.id])
    return found, bool((row.fetchone() or (False,))[0])


def list_all(con: "Connection", workspace: str) -> list[Dataset]:
    """Give the datasets of a workspace, newest first."""
    return many(
        con,
        Dataset,
        f"SELECT {FIELDS} FROM dataset WHERE workspace = ? AND removed_at IS NULL ORDER BY id DESC",
        [workspace],
    )


def list_with_removed(con: "Connection", workspace: str) -> list[Dataset]:
    """Give the datasets of a workspace, removed ones too, the newest last."""
    return many(
        con,
        Dataset,
        f"SELECT {FIELDS} FROM dataset WHERE workspace = ? ORDER BY id",
        [workspace],
    )


def set_policy(con: "Connection", dataset: Dataset) -> None:
    """Write a dataset's policy, and nothing else of it: it may be being profiled."""
    con.execute(
        "UPDATE dataset SET policy = ?, policy_rows = ? WHERE id = ?",
        [dataset.policy.value, dataset.policy_rows, dataset.id],
    )


def set_wishes(con: "Connection", dataset: Dataset) -> None:
    """Write what a person said about how a dataset's file is written."""
    wishes = encode(dataset.wishes).decode() if dataset.wishes else None
    con.execute("UPDATE dataset SET wishes = ? WHERE id = ?", [wishes, dataset.id])


def find_profile(con: "Connection", dataset_id: str) -> Profile | None:
    """Give a dataset's profile."""
    row = con.execute("SELECT body FROM profile WHERE id = ?", [dataset_id]).fetchone()
    return decode(Profile, row[0]) if row else None


def remove(con: "Connection", dataset_id: str) -> None:
    """Mark a dataset as removed."""
    con.execute("UPDATE dataset SET removed_at = ? WHERE id = ?", [stamp(now()), dataset_id])


def restore(con: "Connection", dataset: Dataset) -> None:
    """Take the mark away, and write the dataset as it is now."""
    replace(con, "dataset", dataset)
    con.execute("UPDATE dataset SET removed_at = NULL WHERE id = ?", [dataset.id])
