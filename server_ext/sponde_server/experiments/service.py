"""Runs two variants a number of times each, collects what they report, and decides once."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.jobs.records import NewRun, ParameterValues, Run, RunFinished, RunStatus
from sponde_server.jobs.service import SpondeJobs

from . import statistics, store
from .records import (
    Comparison,
    Experiment,
    ExperimentChanged,
    ExperimentDecided,
    ExperimentOverview,
    ExperimentReport,
    ExperimentStatus,
    KnownMetric,
    NewExperiment,
    Trial,
    Variant,
    Verdict,
)

SEED = "seed"
_ENDED_AS = {
    RunStatus.CANCELLED: "the run was cancelled",
    RunStatus.TIMED_OUT: "the run took too long",
    RunStatus.LOST: "the run was lost",
}


class SpondeExperiments(LoggingConfigurable):
    """Two variants of a notebook, compared by a metric that their runs report."""

    most_repeats = Integer(
        100, min=1, help="How often a variant may run at most in one experiment. At least 1."
    ).tag(config=True)
    at_once = Integer(
        2,
        min=1,
        help="How many runs of one experiment wait or go on at once, so that other runs get their "
        "turn. At least 1; with 1 the runs cannot slow each other down.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        jobs: SpondeJobs,
        root: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._jobs = jobs
        self._workspace = str(root)
        self._running: dict[str, str] = {}
        """The experiments of the runs that are under way."""
        self._turns: dict[str, asyncio.Lock] = {}
        self._tasks = Tasks(self.log)
        self._is_stopping = False
        bus.on(RunFinished, self.collect)

    async def begin(self) -> None:
        """Go on with the experiments that an earlier server has begun."""
        if not self._database.path.exists():
            return
        for experiment in await self._database.read(store.list_running, self._workspace):
            self._go_on(experiment.id)

    async def stop(self) -> None:
        """Leave experiments as they are; the next server goes on with them."""
        self._is_stopping = True
        await self._tasks.stop()

    # -- what people ask for ----------------------------------------------------------------

    async def start(self, new: NewExperiment) -> Experiment:
        """Begin an experiment, or refuse it for what is wrong with it."""
        self._check(new)
        seeds = [await self._takes_seed(variant) for variant in new.variants]
        first, second = new.variants
        experiment = Experiment(
            name=new.name.strip() or _name(first, second),
            workspace=self._workspace,
            variants=new.variants,
            goal=replace(new.goal, metric=new.goal.metric.strip()),
            repeats=new.repeats,
            is_paired=all(seeds),
        )
        await self._database.write(store.add, experiment, _plan(experiment))
        self._tell(experiment, 0)
        self._go_on(experiment.id)
        return experiment

    async def list_all(self, limit: int = 200) -> list[ExperimentOverview]:
        """Give the experiments of this workspace, newest first."""
        return await self._database.read(store.list_kept, self._workspace, max(1, min(limit, 1000)))

    async def get(self, experiment_id: str) -> ExperimentReport:
        """Give an experiment with all of its runs."""
        experiment = await self._known(experiment_id)
        trials = await self._database.read(store.list_trials, experiment_id)
        return ExperimentReport(experiment=experiment, trials=tuple(trials), done=_done(trials))

    async def cancel(self, experiment_id: str) -> Experiment:
        """End an experiment early: its runs are ended, and there is no verdict."""
        async with self._turn(experiment_id):
            experiment = await self._known(experiment_id)
            if experiment.status is not ExperimentStatus.RUNNING:
                raise Conflict(
                    f"This experiment has ended already ({experiment.status}).",
                    "Begin another one if you need it once more.",
                )
            ended = replace(experiment, status=ExperimentStatus.CANCELLED, ended_at=now())
            trials = await self._database.read(store.list_trials, experiment_id)
            waiting = [
                replace(trial, status=RunStatus.CANCELLED, problem=_ENDED_AS[RunStatus.CANCELLED])
                for trial in trials
                if not _is_done(trial)
            ]
            await self._database.write(store.finish, ended, waiting)
            self._tell(ended, len(trials))
        for trial in waiting:
            if trial.run_id is not None:
                await self._end_run(trial.run_id)
        return ended

    async def remove(self, experiment_id: str) -> None:
        """Delete an experiment; it can be restored. One that is under way is cancelled."""
        if (await self._known(experiment_id)).status is ExperimentStatus.RUNNING:
            await self.cancel(experiment_id)
        await self._edit(experiment_id, removed_at=now())

    async def restore(self, experiment_id: str) -> Experiment:
        """Bring a deleted experiment back."""
        return await self._edit(experiment_id, removed_at=None)

    async def known_metrics(self, notebook: str) -> list[KnownMetric]:
        """Give the metrics that earlier runs of a notebook have reported, the latest first."""
        found: dict[str, KnownMetric] = {}
        for run in await self._jobs.list_runs(limit=1000):
            if run.notebook == notebook.lstrip("/"):
                for metric in run.metrics:
                    known = KnownMetric(name=metric.name, value=metric.value)
                    found.setdefault(metric.name, known)
        return list(found.values())

    # -- runs -------------------------------------------------------------------------------

    def collect(self, event: RunFinished) -> None:
        """Hear that a run has ended; what is not an experiment's is nothing to us."""
        experiment_id = self._running.pop(event.run_id, None)
        if experiment_id is not None and not self._is_stopping:
            self._go_on(experiment_id)

    def _go_on(self, experiment_id: str) -> None:
        self._tasks.start(self._advance(experiment_id))

    async def _advance(self, experiment_id: str) -> None:
        """Take in what has ended, start what is next, and decide when everything is in."""
        async with self._turn(experiment_id):
            experiment = await self._known(experiment_id)
            if experiment.status is not ExperimentStatus.RUNNING:
                return
            trials = [
                await self._catch_up(trial)
                for trial in await self._database.read(store.list_trials, experiment_id)
            ]
            trials = await self._start_next(experiment, trials)
            self._tell(experiment, _done(trials))
            if _done(trials) == len(trials):
                await self._decide(experiment, trials)

    async def _catch_up(self, trial: Trial) -> Trial:
        """Ask what became of a trial's run."""
        if trial.run_id is None or _is_done(trial):
            return trial
        self._running[trial.run_id] = trial.experiment_id
        try:
            run = await self._jobs.get_run(trial.run_id)
        except NotFound:
            fresh = replace(trial, status=RunStatus.LOST, problem=_ENDED_AS[RunStatus.LOST])
        else:
            fresh = _taken_in(trial, run)
        if fresh != trial:
            await self._database.write(store.update_trial, fresh)
        if _is_done(fresh):
            self._running.pop(trial.run_id, None)
        return fresh

    async def _start_next(self, experiment: Experiment, trials: list[Trial]) -> list[Trial]:
        """Start as many of the next trials as there is room for."""
        under_way = sum(trial.run_id is not None and not _is_done(trial) for trial in trials)
        fresh = []
        for trial in trials:
            if trial.status is None and under_way < self.at_once:
                started = await self._start_trial(experiment, trial)
                under_way += not _is_done(started)
                fresh.append(started)
            else:
                fresh.append(trial)
        return fresh

    async def _start_trial(self, experiment: Experiment, trial: Trial) -> Trial:
        variant = experiment.variants[trial.variant]
        try:
            given = dict(variant.parameters)
            if await self._takes_seed(variant):
                given[SEED] = trial.number
            run = await self._jobs.start(
                NewRun(
                    notebook=variant.notebook,
                    parameters=given,
                    origin=f"experiment:{experiment.id}",
                )
            )
        except SpondeError as error:
            fresh = replace(trial, status=RunStatus.FAILED, problem=error.message)
        else:
            self._running[run.id] = experiment.id
            fresh = replace(trial, run_id=run.id, status=run.status)
        await self._database.write(store.update_trial, fresh)
        return await self._catch_up(fresh)

    async def _end_run(self, run_id: str) -> None:
        self._running.pop(run_id, None)
        try:
            await self._jobs.cancel(run_id)
        except (Conflict, NotFound):
            return  # it has ended by itself meanwhile

    # -- the verdict ------------------------------------------------------------------------

    async def _decide(self, experiment: Experiment, trials: list[Trial]) -> None:
        verdict = await asyncio.to_thread(judge, experiment, trials)
        decided = replace(
            experiment, status=ExperimentStatus.DECIDED, verdict=verdict, ended_at=now()
        )
        judged = [_judged(experiment.goal.metric, trial) for trial in trials]
        await self._database.write(store.finish, decided, judged)
        self._tell(decided, len(trials))
        self._bus.tell(ExperimentDecided(experiment_id=experiment.id, sentence=verdict.sentence))

    # -- small things -----------------------------------------------------------------------

    def _check(self, new: NewExperiment) -> None:
        if len(new.variants) != 2:
            raise Invalid(
                f"{len(new.variants)} variants were given.", "An experiment compares two."
            )
        first, second = new.variants
        if not new.goal.metric.strip():
            raise Invalid(
                "The metric to compare by is missing.",
                'Name one that the notebooks report with sponde.metric("rmse", value).',
            )
        if new.repeats < 1:
            raise Invalid(f"{new.repeats} runs of each variant are too few.", "Take 2 or more.")
        if new.repeats > self.most_repeats:
            raise TooLarge(
                f"{new.repeats} runs of each variant are more than {self.most_repeats}.",
                "Take fewer, or raise SpondeExperiments.most_repeats.",
            )
        if first.name.strip() == second.name.strip() or not (first.name and second.name):
            raise Invalid("The variants need two different names.", "Call them A and B, say.")
        if first.notebook == second.notebook and first.parameters == second.parameters:
            raise Invalid(
                f"{first.name} and {second.name} are the same notebook with the same values.",
                "Change a parameter of one of them, or choose another notebook.",
            )

    async def _takes_seed(self, variant: Variant) -> bool:
        """Check a variant's values, and say whether its notebook has a seed."""
        known = await self._jobs.read_parameters(variant.notebook)
        has_seed = any(parameter.name == SEED for parameter in known.parameters)
        values = {**variant.parameters, SEED: 1} if has_seed else dict(variant.parameters)
        given = ParameterValues(notebook=variant.notebook, parameters=values)
        for problem in await self._jobs.check_parameters(given):
            raise Invalid(
                f"{variant.name}: {problem.message}", f"Correct '{problem.name}' and try again."
            )
        return has_seed

    async def _known(self, experiment_id: str) -> Experiment:
        experiment = await self._database.read(store.find, experiment_id)
        if experiment is None:
            raise NotFound(
                f"There is no experiment {experiment_id}.",
                "Look for it in the list of experiments.",
            )
        return experiment

    async def _edit(self, experiment_id: str, **changes: Any) -> Experiment:
        async with self._turn(experiment_id):
            fresh = replace(await self._known(experiment_id), **changes)
            await self._database.write(store.update, fresh)
        self._tell(fresh, 0)
        return fresh

    def _turn(self, experiment_id: str) -> asyncio.Lock:
        return self._turns.setdefault(experiment_id, asyncio.Lock())

    def _tell(self, experiment: Experiment, done: int) -> None:
        self._feed.tell(ExperimentChanged(experiment_id=experiment.id, done=done))


def judge(experiment: Experiment, trials: Sequence[Trial]) -> Verdict:
    """Compare what the runs of both variants have reported."""
    goal = experiment.goal
    paired = experiment.is_paired
    named = {metric.name for trial in trials for metric in trial.metrics}
    others = sorted(named - {goal.metric})
    comparisons: list[Comparison] = []
    for name in [goal.metric, *others, statistics.RUN_TIME]:
        values = [_values(trials, index, name) for index in (0, 1)]
        # Run times have nothing to do with seeds.
        is_paired = paired and name != statistics.RUN_TIME
        comparisons.append(statistics.compare(name, *values, is_paired=is_paired))
    judged = [_judged(goal.metric, trial) for trial in trials]
    first, second = (
        tuple(trial.problem for trial in judged if trial.variant == index and trial.problem)
        for index in (0, 1)
    )
    names = (experiment.variants[0].name, experiment.variants[1].name)
    return statistics.decide(
        goal, names, tuple(comparisons), (first, second), experiment.repeats, is_paired=paired
    )


def _values(trials: Sequence[Trial], variant: int, name: str) -> list[float | None]:
    ours = sorted((t for t in trials if t.variant == variant), key=lambda trial: trial.number)
    return [trial.seconds if name == statistics.RUN_TIME else _value(trial, name) for trial in ours]


def _value(trial: Trial, name: str) -> float | None:
    if trial.status is not RunStatus.SUCCEEDED:
        return None
    for metric in trial.metrics:
        if metric.name == name and math.isfinite(metric.value):
            return metric.value
    return None


def _judged(metric: str, trial: Trial) -> Trial:
    """Say of a trial that succeeded without the goal's metric that it cannot be used."""
    if trial.problem or _value(trial, metric) is not None:
        return trial
    if any(known.name == metric for known in trial.metrics):
        return replace(trial, problem=f"its '{metric}' is not a finite number")
    names = ", ".join(f"'{known.name}'" for known in trial.metrics) or "none at all"
    return replace(trial, problem=f"it reported no '{metric}', but {names}")


def _taken_in(trial: Trial, run: Run) -> Trial:
    seconds = None
    problem = ""
    if run.status is RunStatus.SUCCEEDED and run.started_at and run.ended_at:
        seconds = (run.ended_at - run.started_at).total_seconds()
    elif run.status.is_final:
        problem = _ENDED_AS.get(run.status, "")
        if not problem and run.error is not None:
            where = f"cell [{run.error.cell}]: " if run.error.cell is not None else ""
            what = f"{run.error.name}: " if run.error.name else ""
            problem = f"{where}{what}{run.error.message}"
        problem = problem or f"the run ended as {run.status}"
    return replace(
        trial,
        status=run.status,
        metrics=run.metrics,
        seconds=seconds,
        problem=problem,
        result=run.result if run.status.is_final else None,
    )


def _plan(experiment: Experiment) -> list[Trial]:
    """Plan the runs so that neither variant always goes first: A B, B A, A B."""
    trials: list[Trial] = []
    for number in range(1, experiment.repeats + 1):
        for variant in (0, 1) if number % 2 else (1, 0):
            trials.append(
                Trial(
                    experiment_id=experiment.id,
                    variant=variant,
                    number=number,
                    position=len(trials),
                )
            )
    return trials


def _name(first: Variant, second: Variant) -> str:
    if first.notebook != second.notebook:
        return f"{Path(first.notebook).stem} or {Path(second.notebook).stem}"
    names = sorted({*first.parameters, *second.parameters})
    changed = [name for name in names if first.parameters.get(name) != second.parameters.get(name)]
    return f"{Path(first.notebook).stem}: {', '.join(changed)}"


def _is_done(trial: Trial) -> bool:
    return trial.status is not None and trial.status.is_final


def _done(trials: Sequence[Trial]) -> int:
    return sum(_is_done(trial) for trial in trials)
