"""Versions on their way: one transfer each, told of as it goes, paused and resumed."""

import asyncio
import shutil
import time
from collections import deque
from collections.abc import Callable, Coroutine
from logging import Logger
from pathlib import Path
from typing import Any, TypeVar

from sponde_server.core.errors import Conflict, SpondeError, Unavailable
from sponde_server.core.streams import Feed

from .records import DownloadProgressed, FilePlan, ModelVersion
from .transfer import Source, Transfer, in_words
from .worker import Worker

TELL_SECONDS = 0.25
SPEED_SECONDS = 5.0
SPARE_BYTES = 200_000_000
T = TypeVar("T")
Free = Callable[[Path], int]
Progress = Callable[[str, int, int], None]


def free_bytes(folder: Path) -> int:
    """Say how much room there is for a folder, which may not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


class Downloads:
    """What is being brought or checked now."""

    def __init__(self, feed: Feed, log: Logger, progress: Progress, free: Free) -> None:
        self._log = log
        self._feed = feed
        self._progress = progress
        self._free = free
        self._worker = Worker("sponde-models")
        self._going: dict[str, asyncio.Task[Any]] = {}
        self._missing: dict[str, int] = {}

    async def settle(self, version_id: str) -> None:
        """Wait until what is being done with a version has ended by itself."""
        task = self._going.get(version_id)
        if task is not None:
            await asyncio.wait([task])

    def start(
        self, version: ModelVersion, work: Callable[[], Coroutine[Any, Any, T]]
    ) -> "asyncio.Task[T]":
        """Begin with a version, unless something is being done with it already."""
        if version.id in self._going:
            raise Conflict(
                f"Something is being done with version {version.number} of '{version.model}'.",
                "Wait until it has ended, or pause it.",
            )
        task = asyncio.get_running_loop().create_task(work())
        self._going[version.id] = task
        task.add_done_callback(lambda ended: self._ended(version, ended))
        return task

    def _ended(self, version: ModelVersion, task: "asyncio.Task[Any]") -> None:
        self._going.pop(version.id, None)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, SpondeError):
            self._log.error("'%s' could not be brought.", version.model, exc_info=error)

    async def on_the_worker(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the transfers' thread."""
        return await self._worker.run(work)

    async def halt(self, version_id: str) -> None:
        """End what is being done with a version, and wait until it has ended."""
        task = self._going.get(version_id)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        """End everything; what has come stays."""
        await asyncio.gather(*(self.halt(version_id) for version_id in tuple(self._going)))
        await asyncio.to_thread(self._worker.close)

    # -- what a version's task does -------------------------------------------------------------

    async def bring(
        self,
        version: ModelVersion,
        plan: FilePlan,
        source: Source,
        folder: Path,
        at_once: int,
        retries: int,
    ) -> None:
        """Bring a version's files."""
        transfer = Transfer(source, plan.files, folder, at_once=at_once, retries=retries)
        telling = asyncio.ensure_future(self._tell(version, transfer, self._progress))
        try:
            await self._worker.run(transfer.run)
        finally:
            telling.cancel()
            self._missing.pop(version.id, None)
            self._progress(version.model, version.number, transfer.done_bytes)

    async def check(self, version: ModelVersion, plan: FilePlan, source: Source) -> list[str]:
        """Read a version's files again and take the damaged ones away; name them."""
        transfer = Transfer(source, plan.files, Path(version.path))
        telling = asyncio.ensure_future(self._tell(version, transfer))
        try:
            return await self._worker.run(transfer.check)
        finally:
            telling.cancel()

    async def room_for(self, needed: int, folder: Path, name: str) -> None:
        """Refuse what does not fit on the disk, beside what is on its way already."""
        free = await asyncio.to_thread(self._free, folder)
        promised = sum(self._missing.values())
        short = needed + promised + SPARE_BYTES - free
        if short > 0:
            beside = f" beside {in_words(promised)} that are on their way" if promised else ""
            raise Unavailable(
                f"'{name}' needs {in_words(needed)}{beside}, and {in_words(free)} are free in "
                f"{folder}.",
                f"Free {in_words(short)} there, delete another model, or set "
                "SpondeRegistry.models_folder to a larger disk.",
            )

    async def _tell(
        self, version: ModelVersion, transfer: Transfer, progress: Progress | None = None
    ) -> None:
        seen: deque[tuple[float, int]] = deque(maxlen=int(SPEED_SECONDS / TELL_SECONDS))
        last: tuple[int, str] | None = None
        while True:
            done, doing = transfer.done_bytes, transfer.doing
            seen.append((time.monotonic(), done))
            passed = seen[-1][0] - seen[0][0]
            speed = max(0.0, (done - seen[0][1]) / passed) if passed > 0 else 0.0
            if progress is not None:
                self._missing[version.id] = max(0, transfer.size_bytes - done)
            if (done, doing) != last:
                last = (done, doing)
                if progress is not None:
                    progress(version.model, version.number, done)
                self._feed.tell(
                    DownloadProgressed(
                        model=version.model,
                        number=version.number,
                        done_bytes=done,
                        size_bytes=transfer.size_bytes,
                        bytes_per_second=speed,
                        doing=doing,
                    )
                )
            await asyncio.sleep(TELL_SECONDS)
