"""A thread with a loop of its own, for work that waits on the network and keeps disks busy."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """Runs coroutines away from the server's loop; the thread begins with the first of them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine there; who stops waiting ends it, and is let go when it has ended."""
        home = asyncio.get_running_loop()
        loop = self._begin()
        ended: asyncio.Future[T] = home.create_future()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            begun.append(loop.create_task(work()))
            begun[0].add_done_callback(lambda task: home.call_soon_threadsafe(_end, ended, task))

        loop.call_soon_threadsafe(begin)
        try:
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            loop.call_soon_threadsafe(lambda: begun[0].cancel())
            await asyncio.wait([ended])
            raise

    def close(self) -> None:
        """End the thread; what runs there must have ended."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None

    def _begin(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name=self._name, daemon=True
            )
            self._thread.start()
        return self._loop


def _end(ended: "asyncio.Future[T]", task: "asyncio.Task[T]") -> None:
    """Hand over what became of a task."""
    if task.cancelled():
        ended.cancel()
    elif (error := task.exception()) is not None:
        ended.set_exception(error)
    else:
        ended.set_result(task.result())
