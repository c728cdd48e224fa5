"""Two variants of a notebook, run a number of times each, and what was found."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record
from sponde_server.jobs.records import Metric, RunStatus


class Direction(StrEnum):
    """Which values of a metric are better."""

    HIGHER = "higher"
    LOWER = "lower"


class ExperimentStatus(StrEnum):
    """How far an experiment has come. Everything but running is final."""

    RUNNING = "running"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Finding(StrEnum):
    """What a comparison has found."""

    WINNER = "winner"
    """One variant is better, beyond what chance explains."""
    UNDECIDED = "undecided"
    """Chance may explain the difference."""
    SAME = "same"
    """Both variants gave exactly the same values."""
    TOO_FEW = "too_few"
    """Too few values to say anything."""


@record
class Variant:
    """One of the two things that are compared."""

    name: str
    """What people call it, such as A."""
    notebook: str
    """The notebook's path from the root folder."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by name; names left out have the notebook's own values."""


@record
class Goal:
    """What decides."""

    metric: str
    """The name of the metric, as the notebooks report it."""
    direction: Direction = Direction.HIGHER
    """Which values are better."""


@record
class Estimate:
    """A number and how sure it is."""

    value: float
    """The number."""
    low: float | None = None
    """Where the 95 % interval begins; None where there is none."""
    high: float | None = None
    """Where the 95 % interval ends; None where there is none."""


@record
class Group:
    """One variant's values of a metric."""

    count: int
    """How many values there are."""
    mean: Estimate | None = None
    """Their mean; None where there are none."""
    is_constant: bool = False
    """Whether there are several and all are the same."""


@record
class Comparison:
    """What two variants' values of one metric say about each other."""

    metric: str
    """The name of the metric."""
    outcome: Finding
    """What was found."""
    groups: tuple[Group, ...]
    """The first variant's values, and the second's: two."""
    pairs: int = 0
    """How many pairs of runs that share their seed were compared; 0 where it was not in pairs."""
    difference: Estimate | None = None
    """The second variant's mean less the first's; None where one of them is missing."""


@record
class Verdict:
    """What an experiment has found."""

    outcome: Finding
    """What was found about the goal."""
    sentence: str
    """The same in plain words."""
    winner: int | None = None
    """The better variant, 0 or 1; None where neither is."""
    comparisons: tuple[Comparison, ...] = ()
    """The goal's comparison first, then those of other metrics and of the run time."""


@record
class Experiment:
    """Two variants of a notebook, compared by one metric over a fixed number of runs."""

    name: str
    """What people call it."""
    workspace: str
    """The root folder."""
    variants: tuple[Variant, ...]
    """What is compared: two."""
    goal: Goal
    """What decides."""
    repeats: int
    """How often each variant runs."""
    is_paired: bool = False
    """Whether each repeat of both variants shares a seed, so that they are compared in pairs."""
    status: ExperimentStatus = ExperimentStatus.RUNNING
    """How far it has come."""
    verdict: Verdict | None = None
    """What was found; None until every run is in."""
    removed_at: datetime | None = None
    """When it was deleted."""
    created_at: datetime = field(default_factory=now)
    """When it was begun."""
    ended_at: datetime | None = None
    """When it was decided or cancelled."""
    id: str = field(default_factory=new_id)
    """The experiment's id."""


@record
class Trial:
    """One planned run of an experiment."""

    experiment_id: str
    """Where it belongs."""
    variant: int
    """Which variant, 0 or 1."""
    number: int
    """Which repeat, from 1; also the value of the parameter `seed`, where the notebook has one."""
    position: int
    """When its turn is, from 0."""
    run_id: str | None = None
    """Its run; None until it is started."""
    status: RunStatus | None = None
    """How far the run has come; None until it is started."""
    metrics: tuple[Metric, ...] = ()
    """What the run reported."""
    seconds: float | None = None
    """How long the run took; None where it did not succeed."""
    problem: str = ""
    """Why its values cannot be used; empty where they can."""
    result: str | None = None
    """The executed notebook's path from the root folder."""
    id: str = field(default_factory=new_id)
    """The trial's id."""


@record
class ExperimentReport:
    """An experiment with all of its runs."""

    experiment: Experiment
    """The experiment."""
    trials: tuple[Trial, ...]
    """Its runs, in the order of their turns."""
    done: int
    """How many have ended."""


@record
class ExperimentOverview:
    """An experiment as the list shows it."""

    experiment: Experiment
    """The experiment."""
    done: int
    """How many of its runs have ended."""


@record
class NewExperiment:
    """An experiment to begin."""

    variants: tuple[Variant, ...]
    """What to compare: two."""
    goal: Goal
    """What decides."""
    repeats: int = 5
    """How often to run each variant."""
    name: str = ""
    """What to call it; empty: named after its notebooks."""


@record
class KnownMetric:
    """A metric that earlier runs of a notebook have reported."""

    name: str
    """Its name."""
    value: float
    """Its latest value."""


@record
class ExperimentChanged:
    """An experiment was begun, went on, was decided, cancelled, removed or restored."""

    experiment_id: str
    """Which experiment."""
    done: int
    """How many of its runs have ended."""


@record
class ExperimentDecided:
    """Every run of an experiment is in, and the verdict is known."""

    experiment_id: str
    """Which experiment."""
    sentence: str
    """The verdict in plain words."""
