"""Finds the questions that name something by its id, such as a code block."""

from dataclasses import dataclass
from datetime import datetime

from sponde_server.core.database import Database

from . import store

MOST = 100


@dataclass(frozen=True)
class Naming:
    """A question that names something."""

    message_id: str
    conversation_id: str
    title: str
    """The conversation's."""
    asked_at: datetime


async def naming(database: Database, subject_id: str) -> list[Naming]:
    """Find the questions that name it, the latest first; of each conversation one."""
    rows = await database.read(store.list_naming, subject_id, MOST)
    return [Naming(*row) for row in rows]
