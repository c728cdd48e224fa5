"""Rows of training sets, their versions, and the runs that train on them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import SetPart, Training, TrainingRow, TrainingSet, TrainingSetVersion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_SET = f"SELECT {columns(TrainingSet)} FROM training_set "
_ROW = f"SELECT {columns(TrainingRow)} FROM training_row "
_TRAINING = f"SELECT {columns(Training)} FROM training "


def add_set(con: "Connection", made: TrainingSet, rows: Sequence[TrainingRow]) -> None:
    """Add a set with its rows."""
    insert(con, "training_set", made)
    insert(con, "training_row", *rows)


def update_set(con: "Connection", made: TrainingSet) -> None:
    """Write a set over its row."""
    replace(con, "training_set", made)


def update_rows(con: "Connection", made: TrainingSet, rows: Sequence[TrainingRow]) -> None:
    """Write some rows of a set, and the set with its new card."""
    replace(con, "training_set", made)
    for row in rows:
        replace(con, "training_row", row)


def next_version(
    con: "Connection", before: TrainingSetVersion, made: TrainingSet, rows: Sequence[TrainingRow]
) -> None:
    """Keep a version as it was, and add the next one."""
    insert(con, "training_set_version", before)
    replace(con, "training_set", made)
    insert(con, "training_row", *rows)


def list_sets(con: "Connection") -> list[TrainingSet]:
    """Give the sets that are not deleted, the latest changed first."""
    return many(
        con, TrainingSet, _SET + "WHERE removed_at IS NULL ORDER BY updated_at DESC, id DESC"
    )


def find_set(con: "Connection", set_id: str) -> TrainingSet | None:
    """Give a set, deleted or not."""
    return one(con, TrainingSet, _SET + "WHERE id = ?", [set_id])


def list_versions(con: "Connection", set_id: str) -> list[TrainingSetVersion]:
    """Give the earlier versions of a set, newest first."""
    return many(
        con,
        TrainingSetVersion,
        f"SELECT {columns(TrainingSetVersion)} FROM training_set_version "
        "WHERE set_id = ? ORDER BY number DESC",
        [set_id],
    )


def list_rows(con: "Connection", set_id: str, version: int) -> list[TrainingRow]:
    """Give every row of a version, in its order."""
    return many(
        con,
        TrainingRow,
        _ROW + "WHERE set_id = ? AND version = ? ORDER BY position",
        [set_id, version],
    )


def page_rows(
    con: "Connection",
    set_id: str,
    version: int,
    part: SetPart | None,
    *,
    is_out: bool,
    offset: int,
    limit: int,
) -> tuple[list[TrainingRow], int]:
    """Give some rows of a version that are in it or left out, and how many there are."""
    where = "WHERE set_id = ? AND version = ? AND (reason IS NOT NULL) = ?"
    values: list[object] = [set_id, version, is_out]
    if part is not None:
        where, values = where + " AND part = ?", [*values, part.value]
    found = con.execute(f"SELECT count(*) FROM training_row {where}", values).fetchone()
    rows = many(
        con,
        TrainingRow,
        f"{_ROW} {where} ORDER BY position LIMIT ? OFFSET ?",
        [*values, limit, offset],
    )
    return rows, int(found[0]) if found else 0


def find_row(con: "Connection", row_id: str) -> TrainingRow | None:
    """Give one row."""
    return one(con, TrainingRow, _ROW + "WHERE id = ?", [row_id])


def add_training(con: "Connection", training: Training) -> None:
    """Add a training."""
    insert(con, "training", training)


def update_training(con: "Connection", training: Training) -> None:
    """Write a training over its row."""
    replace(con, "training", training)


def find_training(con: "Connection", training_id: str) -> Training | None:
    """Give one training."""
    return one(con, Training, _TRAINING + "WHERE id = ?", [training_id])


def list_trainings(con: "Connection", workspace: str, limit: int) -> list[Training]:
    """Give a workspace's latest trainings, newest first."""
    return many(
        con,
        Training,
        _TRAINING + "WHERE workspace = ? ORDER BY id DESC LIMIT ?",
        [workspace, limit],
    )
