"""Trials: a block run once in a process of its own, on a sample, within limits."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class TrialStatus(StrEnum):
    """Where a trial stands. Stopped: it reached a limit, or its process was killed."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


@record
class TrialInput:
    """What stands for one name that a block needs."""

    name: str
    """The variable, or in SQL the table."""
    dataset: str = ""
    """The dataset whose sample it is."""
    is_file: bool = False
    """Whether it is the path of the sample as a file, not a frame."""
    value: str = ""
    """A Python literal, where no dataset is given, such as 10 or 'north'."""


@record
class NewBlockTrial:
    """A trial to begin."""

    block_id: str
    """Which block."""
    inputs: tuple[TrialInput, ...] | None = None
    """What stands for the names that it needs; None: what fits best."""


@record
class TrialOutput:
    """A piece of what a trial showed."""

    data: dict[str, str]
    """By MIME type."""


@record
class BlockTrial:
    """A block that is tried."""

    block_id: str
    """Which block."""
    name: str
    """The block's name."""
    inputs: tuple[TrialInput, ...] = ()
    """What stands for the names that it needs."""
    status: TrialStatus = TrialStatus.QUEUED
    """Where it stands."""
    ahead: int = 0
    """How many trials are before it, while it is queued."""
    step: str = ""
    """What it does now, in words."""
    outputs: tuple[TrialOutput, ...] = ()
    """What it showed."""
    error_name: str = ""
    """The error's class, where it failed."""
    error_message: str = ""
    """What the error said, or which limit ended it."""
    hint: str = ""
    """The way out."""
    traceback: str = ""
    """Where it failed, with ANSI colours."""
    note: str = ""
    """On what it ran, and with or without a network."""
    seconds: float | None = None
    """How long the block ran."""
    peak_bytes: int | None = None
    """Most resident memory beyond what its process held when the block began, in bytes."""
    packages: dict[str, str] = field(default_factory=dict)
    """The packages that it imports, each with its version."""
    use_id: str = ""
    """The run that it was noted as."""
    id: str = field(default_factory=new_id)
    """The trial's id."""
    created_at: datetime = field(default_factory=now)
    """When it was asked for."""


@record
class TrialChanged:
    """A trial moved on."""

    trial: BlockTrial
    """The trial as it is now, without its outputs."""


@record
class TrialPrinted:
    """A trial showed something."""

    trial_id: str
    """Which one."""
    at: int
    """Which of its outputs is the first of these; later ones from there on are replaced."""
    outputs: tuple[TrialOutput, ...]
    """What it showed."""


@record
class DataFit:
    """A dataset that could stand for a name that a block needs."""

    dataset: str
    """The dataset's name."""
    rows: int | None
    """How many rows it has."""
    score: float
    """Which part of the columns that the block touches it has, from 0 to 1."""
    missing: tuple[str, ...] = ()
    """The columns that it lacks."""


@record
class TrialNeed:
    """A name that must be there before a block runs."""

    name: str
    """The variable, or in SQL the table."""
    is_table: bool
    """Whether it looks like a table of data."""
    fits: tuple[DataFit, ...]
    """The datasets, best first."""


@record
class TrialOffer:
    """What trying a block would mean."""

    block_id: str
    """The block."""
    needs: tuple[TrialNeed, ...]
    """What must stand in for the names that it needs."""
    limits: str
    """The limits, in a sentence."""
    first_rows: int
    """How many rows from a dataset's beginning a sample has."""
    random_rows: int
    """How many rows from the rest it has."""
    refusal: str = ""
    """Why it cannot be tried here; empty where it can."""
