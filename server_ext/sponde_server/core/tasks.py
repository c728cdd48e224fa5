"""Work that goes on in the background and ends with its owner."""

import asyncio
from collections.abc import Coroutine
from logging import Logger
from typing import Any


class Tasks:
    """The tasks of one service: kept from being collected, logged when they fail, ended at last."""

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin some work; a failure is logged, and ends nothing else."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel what runs and wait until it has ended."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until everything that was started has ended by itself."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("Something in the background failed.", exc_info=error)
