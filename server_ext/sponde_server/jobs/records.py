"""Notebooks run for us: what is to run and when, what ran, what came of it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record


class RunStatus(StrEnum):
    """How far a run has come. Queued, starting and running are not final."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    LOST = "lost"
    SKIPPED = "skipped"
    MISSED = "missed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self not in (RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING)


class ParameterType(StrEnum):
    """What a parameter takes. A date is given as text such as 2026-01-31."""

    INT = "int"
    FLOAT = "float"
    STR = "str"
    BOOL = "bool"
    DATE = "date"
    LIST = "list"
    DICT = "dict"
    ANY = "any"


class CatchUp(StrEnum):
    """What to do about due times that passed while no server ran."""

    RECORD = "record"
    RUN_ONCE = "run_once"


@record
class Parameter:
    """One name of a notebook's parameters cell."""

    name: str
    """The variable's name."""
    type: ParameterType
    """What it takes."""
    default: Any = None
    """Its value in the notebook, as JSON."""
    choices: tuple[Any, ...] | None = None
    """The only values that it takes, where the cell says so."""
    is_optional: bool = False
    """Whether None may be given."""
    is_required: bool = False
    """Whether the notebook itself gives it no value."""
    expression: str = ""
    """Its value as written, where that is not a plain one (such as `date.today()`)."""
    help: str = ""
    """The comment beside it."""


@record
class NotebookParameters:
    """What can be given to a notebook before it runs."""

    notebook: str
    """The notebook's path from the root folder."""
    kernel: str
    """The kernel that it asks for."""
    parameters: tuple[Parameter, ...]
    """The names of its parameters cell, in order."""
    note: str = ""
    """Why there are none and how to make some; empty where there are."""


@record
class ParameterValues:
    """Values to check before a run."""

    notebook: str
    """The notebook's path from the root folder."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by name; text is read as the parameter's type."""


@record
class FieldProblem:
    """What is wrong with one field of a form."""

    name: str
    """The parameter, or `cron` and `time_zone` for a schedule's fields."""
    message: str
    """What is wrong, in a sentence."""


@record
class Metric:
    """A number that a run reported by name."""

    name: str
    """Its name."""
    value: float
    """Its value."""


@record
class RunError:
    """The first thing that went wrong in a run."""

    message: str
    """What went wrong: an exception's text, or a sentence."""
    name: str = ""
    """The exception's name, such as ValueError; empty where it was no exception of a cell."""
    cell: int | None = None
    """Which code cell, by the number in its brackets; None where it was no cell."""


@record
class Run:
    """One execution of a notebook."""

    notebook: str
    """The notebook's path from the root folder."""
    workspace: str
    """The root folder."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """What was given, by name; names left out have the notebook's own values."""
    status: RunStatus = RunStatus.QUEUED
    """How far it has come."""
    origin: str = ""
    """What asked for it: empty for a person, `schedule`, or a word such as `experiment:ID`."""
    definition_id: str | None = None
    """The job definition that it belongs to."""
    time_limit: float | None = None
    """Seconds after which it is ended; None: never."""
    attempt: int = 0
    """How often it was started."""
    cell: int = 0
    """How many code cells are finished."""
    cells: int = 0
    """How many code cells there are; 0 until it is known."""
    metrics: tuple[Metric, ...] = ()
    """What it reported, the last value of each name."""
    error: RunError | None = None
    """Why it did not succeed."""
    result: str | None = None
    """The executed notebook's path from the root folder."""
    due_at: datetime | None = None
    """When its schedule wanted it."""
    created_at: datetime = field(default_factory=now)
    """When it was asked for."""
    started_at: datetime | None = None
    """When its process was started."""
    ended_at: datetime | None = None
    """When it came to its end."""
    id: str = field(default_factory=new_id)
    """The run's id."""


@record
class NewRun:
    """A run to start."""

    notebook: str
    """The notebook's path from the root folder."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by name; text is read as the parameter's type."""
    origin: str = ""
    """What asks for it."""
    definition_id: str | None = None
    """The job definition that it belongs to."""
    time_limit: float | None = None
    """Seconds after which it is ended; None: the setting SpondeJobs.time_limit."""


@record
class Schedule:
    """When a notebook runs by itself."""

    cron: str
    """Five fields: minute, hour, day of the month, month, day of the week."""
    time_zone: str = "UTC"
    """A name of the tz database, such as Europe/Vienna."""
    catch_up: CatchUp = CatchUp.RECORD
    """What to do about due times that passed while no server ran."""


@record
class ScheduleOutlook:
    """What a schedule means, or what is wrong with it."""

    words: str = ""
    """The cron line in words."""
    next: tuple[datetime, ...] = ()
    """The next three due times."""
    problems: tuple[FieldProblem, ...] = ()
    """What is wrong with its fields."""


@record
class JobDefinition:
    """A notebook with its parameters, and when to run it."""

    name: str
    """What people call it."""
    notebook: str
    """The notebook's path from the root folder."""
    workspace: str
    """The root folder."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by name."""
    schedule: Schedule | None = None
    """When it runs; None: only when somebody starts it."""
    is_enabled: bool = True
    """Whether its schedule counts."""
    time_limit: float | None = None
    """Seconds after which a run is ended; None: the setting SpondeJobs.time_limit."""
    next_at: datetime | None = None
    """When it is due next."""
    last_run_id: str | None = None
    """Its latest run."""
    removed_at: datetime | None = None
    """When it was deleted."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""
    updated_at: datetime = field(default_factory=now)
    """When it was last changed."""
    id: str = field(default_factory=new_id)
    """The definition's id."""


@record
class NewJobDefinition:
    """A job definition to make."""

    notebook: str
    """The notebook's path from the root folder."""
    name: str = ""
    """What people call it; empty: the notebook's name."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by name."""
    schedule: Schedule | None = None
    """When it runs."""
    time_limit: float | None = None
    """Seconds after which a run is ended; None: the setting SpondeJobs.time_limit."""


@record
class JobDefinitionChange:
    """What to change in a job definition; what is left out stays."""

    name: str | None = None
    """What people call it."""
    parameters: Mapping[str, Any] | None = None
    """Values by name."""
    schedule: Schedule | None = None
    """When it runs."""
    is_enabled: bool | None = None
    """Whether its schedule counts."""


@record
class RunLog:
    """What a run's process wrote, for a person to read."""

    text: str
    """Lines with their times."""


@record
class RunChanged:
    """A run was asked for, went on, or ended."""

    run: Run
    """The run as it is now."""


@record
class JobDefinitionChanged:
    """A job definition was made, changed, restored or removed."""

    definition: JobDefinition
    """The definition as it is now."""


@record
class RunFinished:
    """A run came to its end, good or bad; skipped and missed ones too."""

    run_id: str
    """Which run."""
    status: RunStatus
    """How it ended."""
    origin: str
    """What asked for it: empty for a person, `schedule`, or a slice's word."""
    text: str
    """How it ended, in a sentence with the notebook's name."""
