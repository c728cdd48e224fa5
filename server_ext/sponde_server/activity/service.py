"""Keeps a line for each thing that happened and shows those that matter at once."""

from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import store
from .records import Activity, Level, Notice


class SpondeActivity(LoggingConfigurable):
    """What happened, newest first. Knows no slice: app.py says which events become lines."""

    def __init__(self, *, database: Database, feed: Feed, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._writing = Tasks(self.log)

    def note(
        self,
        kind: str,
        text: str,
        *,
        subject: str = "",
        level: Level = Level.INFO,
        notify: bool = False,
    ) -> None:
        """Keep a line from within an event's listener; with `notify` every open tab shows it."""
        line = Activity(kind=kind, text=text, subject=subject, level=level)
        if notify:
            self._feed.tell(Notice(activity=line))
        self._writing.start(self._database.write(store.add, line))

    async def latest(self, limit: int = 100) -> list[Activity]:
        """Give the latest lines."""
        return await self._database.read(store.list_latest, limit)

    async def stop(self) -> None:
        """Wait for the lines that are being written."""
        await self._writing.settle()
