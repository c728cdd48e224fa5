"""Where a code block is used, and how often over time."""

from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import record
from sponde_server.library.records import Outcome


class UsedIn(StrEnum):
    """What kind of place a block is used in."""

    NOTEBOOK = "notebook"
    RUN = "run"
    KERNEL = "kernel"
    JOB = "job"
    CONVERSATION = "conversation"
    COLLECTION = "collection"


@record
class UsedPlace:
    """A place where a block is used."""

    kind: UsedIn
    """What kind of place."""
    label: str
    """What it is called: the job's name, the conversation's title; empty where its path says it."""
    path: str = ""
    """The notebook, from the folder that JupyterLab serves; of runs the latest result."""
    cell_id: str = ""
    """The cell in it."""
    cell: int = 0
    """Which of its cells that is, counted from 1; 0 where nobody knows."""
    subject_id: str = ""
    """The job's, conversation's or collection's id."""
    message_id: str = ""
    """The message that names the block."""
    ok: int = 0
    """How often it ran there without an error."""
    failed: int = 0
    """How often it failed there."""
    last_outcome: Outcome | None = None
    """How it went there last; None where it was not run."""
    last_at: datetime | None = None
    """When that was, or when it was put there."""
    is_there: bool = True
    """Whether it is still there; where not, only a note of its use tells of it."""


@record
class WhereUsed:
    """The places where a block is used."""

    block_id: str
    """The block."""
    places: tuple[UsedPlace, ...] = ()
    """Notebooks first, the one that was used last first; then jobs, conversations, collections."""
    is_cut: bool = False
    """Whether there are more notebooks in the folder than were looked through."""


@record
class UsageWeek:
    """The uses of a block in one week."""

    begins_at: datetime
    """Monday, 0:00 UTC."""
    ok: int
    """Runs without an error."""
    failed: int
    """Runs that failed."""
    waiting: int
    """Times that it was put somewhere and not run."""


@record
class UsageWeeks:
    """The uses of a block over time."""

    block_id: str
    """The block."""
    weeks: tuple[UsageWeek, ...]
    """Every week up to this one, also those without a use."""
