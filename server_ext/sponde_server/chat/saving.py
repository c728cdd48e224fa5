"""Keeps how far growing answers have come: all of them in one write, at one clock.

Every 250 ms, sooner where an answer grew much; where many grow, so seldom that saving takes a fifth
of the time. A write that fails is tried again with what came meanwhile; the last one, at an
answer's end, is the service's, and tells the person.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from sponde_server.core.database import Database

from . import store
from .records import Message

if TYPE_CHECKING:
    from .answering import Live

SAVE_SECONDS = 0.25
SHARE = 0.2
"""How much of the time saving takes at most."""


class Saving:
    """The answers that grow now, and what of them is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._saved: dict[Live, Message] = {}
        self._much = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def begin(self, live: "Live") -> None:
        """Keep an answer from now on."""
        live.many = self._much
        self._saved[live] = live.now()
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().create_task(self._run())

    def end(self, live: "Live") -> None:
        """Leave an answer to whoever writes its end; what is being written comes before that."""
        self._saved.pop(live, None)

    async def stop(self) -> None:
        """End, because the server does; the answers' ends are written already."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        took = 0.0
        while self._saved:
            await asyncio.sleep(took / SHARE - took)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._much.wait(), SAVE_SECONDS)
            self._much.clear()
            began = loop.time()
            await self._save()
            took = loop.time() - began

    async def _save(self) -> None:
        reached: list[store.Progress] = []
        lives: list[tuple[Live, Message]] = []
        for live, saved in self._saved.items():
            live.unsaved = 0
            message = live.now()
            if message == saved:
                continue
            is_text = message.receipt is saved.receipt and message.calls is saved.calls
            reached.append(store.Progress(message, live.unkept_receipt(), is_text))
            lives.append((live, message))
        if not reached:
            return
        writing = asyncio.ensure_future(self._database.write(store.save_progress, reached))
        await asyncio.wait([writing])
        if writing.exception() is not None:
            return
        for (live, message), progress in zip(lives, reached, strict=True):
            live.is_receipt_kept = live.is_receipt_kept or progress.receipt is not None
            if live in self._saved:
                self._saved[live] = message
