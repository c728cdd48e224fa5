"""Sleeps until the next due moment, wakes, and asks again. Does not know what is due."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

LONGEST_SLEEP = 60.0


class Clock:
    """Calls `ring` at each moment that the last call named.

    Sleeps in pieces of at most a minute, so that a laptop that slept or a clock that was set is
    noticed.
    """

    def __init__(
        self, ring: Callable[[], Awaitable[datetime | None]], now: Callable[[], datetime]
    ) -> None:
        self._ring = ring
        self._now = now
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Ask again now: what is due has changed."""
        self._changed.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            self._changed.clear()
            moment = await self._ring()
            await self._sleep(moment)

    async def _sleep(self, moment: datetime | None) -> None:
        while not self._changed.is_set():
            rest = LONGEST_SLEEP if moment is None else (moment - self._now()).total_seconds()
            if rest <= 0:
                return
            try:
                await asyncio.wait_for(self._changed.wait(), min(rest, LONGEST_SLEEP))
            except TimeoutError:
                continue
