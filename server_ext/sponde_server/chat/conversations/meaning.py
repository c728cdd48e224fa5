"""Conversations by what they mean: reads messages in the background, and finds the nearest."""

import asyncio
from pathlib import Path

from sponde_server.core.database import Database
from sponde_server.core.tasks import Tasks
from sponde_server.meaning.records import MeaningStatus
from sponde_server.meaning.service import SpondeMeaning

from . import store

AT_ONCE = 400
BATCH = 8
LONGEST = 4000


class MeantMessages:
    """Messages by what they mean."""

    def __init__(self, database: Database, tasks: Tasks, meaning: SpondeMeaning) -> None:
        self._database = database
        self._tasks = tasks
        self._meaning = meaning
        self._reading: asyncio.Task[None] | None = None
        self._left = 0

    async def status(self) -> MeaningStatus:
        """Say whether it can be had; where it can, begin to read."""
        if lacks := self._meaning.lacks():
            return MeaningStatus(is_there=False, note=lacks)
        self.read()
        left = f" {self._left:,} messages are still being read." if self._left else ""
        return MeaningStatus(is_there=True, note=f"Finds what is meant, not only the words.{left}")

    def read(self) -> None:
        """Read in the background what is not read yet."""
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.start(self._read_in())

    async def find(self, text: str, among: set[str], limit: int) -> dict[str, str]:
        """Give the conversations that mean nearly this, each with a message; nearest first."""
        found = await self._meaning.ask(
            "find", file=str(self._file), text=text, among=sorted(among), limit=limit
        )
        return dict(found)

    # -- inside -----------------------------------------------------------------------------------

    @property
    def _file(self) -> Path:
        return self._database.path.with_name("meaning.sqlite")

    async def _read_in(self) -> None:
        reached, file = "", str(self._file)
        self._left = await self._database.read(store.count_after, "")
        while rows := await self._database.read(store.after, reached, AT_ONCE):
            reached = rows[-1][0]
            ended = [message_id for message_id, is_streaming in rows if not is_streaming]
            wanted = await self._meaning.ask("unknown", for_person=False, file=file, ids=ended)
            for start in range(0, len(wanted), BATCH):
                await self._meaning.quiet()
                texts = await self._database.read(store.texts, wanted[start : start + BATCH])
                messages = [
                    {"id": row[0], "conversation_id": row[1], "text": row[3][:LONGEST]}
                    for row in texts
                ]
                await self._meaning.ask("add", for_person=False, file=file, messages=messages)
            self._left = max(0, self._left - len(rows))
        self._left = 0
