"""Addresses of experiments."""

from sponde_server.core.http import Routes

from .records import (
    Experiment,
    ExperimentChanged,
    ExperimentOverview,
    ExperimentReport,
    KnownMetric,
    NewExperiment,
)
from .service import SpondeExperiments

routes = Routes("experiments", events=(ExperimentChanged,))


@routes("GET", "/experiments")
async def list_experiments(
    experiments: SpondeExperiments, limit: int = 200
) -> list[ExperimentOverview]:
    """List experiments, newest first."""
    return await experiments.list_all(limit)


@routes("POST", "/experiments")
async def start_experiment(experiments: SpondeExperiments, body: NewExperiment) -> Experiment:
    """Begin an experiment."""
    return await experiments.start(body)


@routes("GET", "/experiments/metrics")
async def list_known_metrics(experiments: SpondeExperiments, notebook: str) -> list[KnownMetric]:
    """List the metrics that earlier runs of a notebook have reported."""
    return await experiments.known_metrics(notebook)


@routes("GET", "/experiments/{experiment_id}")
async def get_experiment(experiments: SpondeExperiments, experiment_id: str) -> ExperimentReport:
    """Give an experiment with all of its runs."""
    return await experiments.get(experiment_id)


@routes("POST", "/experiments/{experiment_id}/cancel")
async def cancel_experiment(experiments: SpondeExperiments, experiment_id: str) -> Experiment:
    """End an experiment early, without a verdict."""
    return await experiments.cancel(experiment_id)


@routes("DELETE", "/experiments/{experiment_id}")
async def remove_experiment(experiments: SpondeExperiments, experiment_id: str) -> None:
    """Delete an experiment."""
    await experiments.remove(experiment_id)


@routes("POST", "/experiments/{experiment_id}/restore")
async def restore_experiment(experiments: SpondeExperiments, experiment_id: str) -> Experiment:
    """Bring a deleted experiment back."""
    return await experiments.restore(experiment_id)
