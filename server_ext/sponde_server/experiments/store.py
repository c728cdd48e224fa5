"""Rows of experiments and of their trials."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import Experiment, ExperimentOverview, ExperimentStatus, Trial

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_SELECT = f"SELECT {columns(Experiment)} FROM experiment "
_TRIALS = f"SELECT {columns(Trial)} FROM trial "


def add(con: "Connection", experiment: Experiment, trials: list[Trial]) -> None:
    """Add an experiment with its planned runs."""
    insert(con, "experiment", experiment)
    insert(con, "trial", *trials)


def update(con: "Connection", experiment: Experiment) -> None:
    """Write an experiment over its row."""
    replace(con, "experiment", experiment)


def update_trial(con: "Connection", trial: Trial) -> None:
    """Write a trial over its row."""
    replace(con, "trial", trial)


def finish(con: "Connection", experiment: Experiment, trials: list[Trial]) -> None:
    """Write an experiment and those of its trials that end with it."""
    update(con, experiment)
    for trial in trials:
        update_trial(con, trial)


def find(con: "Connection", experiment_id: str) -> Experiment | None:
    """Find an experiment by its id."""
    return one(con, Experiment, _SELECT + "WHERE id = ?", [experiment_id])


def list_trials(con: "Connection", experiment_id: str) -> list[Trial]:
    """Give an experiment's trials in the order of their turns."""
    return many(con, Trial, _TRIALS + "WHERE experiment_id = ? ORDER BY position", [experiment_id])


def list_kept(con: "Connection", workspace: str, limit: int) -> list[ExperimentOverview]:
    """Give the experiments of a workspace that were not deleted, newest first."""
    found = many(
        con,
        Experiment,
        _SELECT + "WHERE workspace = ? AND removed_at IS NULL ORDER BY id DESC LIMIT ?",
        [workspace, limit],
    )
    waiting = ("queued", "starting", "running")
    done = dict(
        con.execute(
            "SELECT experiment_id, count(*) FROM trial "
            f"WHERE status IS NOT NULL AND status NOT IN {waiting} GROUP BY experiment_id"
        ).fetchall()
    )
    return [ExperimentOverview(experiment=one, done=done.get(one.id, 0)) for one in found]


def list_running(con: "Connection", workspace: str) -> list[Experiment]:
    """Give the experiments of a workspace that are under way."""
    return many(
        con,
        Experiment,
        _SELECT + "WHERE workspace = ? AND status = ? ORDER BY id",
        [workspace, ExperimentStatus.RUNNING.value],
    )
