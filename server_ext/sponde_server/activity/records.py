"""What happened, as a person reads it."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class Level(StrEnum):
    """How much a line of activity matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@record
class Activity:
    """One line of what happened in the workbench."""

    kind: str
    """The event's name, such as RunFinished."""
    text: str
    """What happened, in a sentence."""
    subject: str = ""
    """The id of what it happened to."""
    level: Level = Level.INFO
    """How much it matters."""
    id: str = field(default_factory=new_id)
    """The line's id."""
    happened_at: datetime = field(default_factory=now)
    """When it happened."""


@record
class Notice:
    """Something a person should see now, wherever they are in JupyterLab."""

    activity: Activity
    """What it is about."""
