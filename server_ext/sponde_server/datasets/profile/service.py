"""Profiles of datasets, each kept true to its file: read in the background, and read again.

Does not know the list of datasets: whoever asks hands in the dataset.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from logging import Logger
from pathlib import Path
from typing import Any

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.wire import convert
from sponde_server.datasets import store
from sponde_server.datasets.files.kind_records import DatasetKinds
from sponde_server.datasets.files.noting import beside
from sponde_server.datasets.files.opening import EXTENSIONS, Opened, Opener
from sponde_server.datasets.problems.records import said_of
from sponde_server.datasets.records import (
    Dataset,
    DatasetChanged,
    DatasetRead,
    DatasetStatus,
    Profile,
    Trouble,
)
from sponde_server.datasets.sandbox.limits import Limits
from sponde_server.datasets.sandbox.sandbox import Sandbox

from .first_view import FirstViews

MOST_PARTS = 10
"""So many sheets of a workbook, or files of an archive, become datasets by themselves."""

AddPart = Callable[[str, str], Awaitable[object]]


class Profiles:
    """Reads files, each once at a time, and knows who is being read."""

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        root: Path,
        folder: Path,
        sandbox: Sandbox,
        limits: Limits,
        add_part: AddPart,
        log: Logger,
    ) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed
        self._root = root
        self._copies = folder / "copies"
        self._sandbox = sandbox
        self._limits = limits
        self._add_part = add_part
        self._log = log
        self._opener = Opener(sandbox, self._copies)
        self._first_views = FirstViews(sandbox)
        self._running: dict[str, asyncio.Task[Dataset]] = {}

    async def stop(self) -> None:
        """End what is being read."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    # -- what is known ----------------------------------------------------------------------------

    async def get(self, dataset: Dataset) -> tuple[Dataset, Profile]:
        """Give a dataset with a profile that fits the file as it is now, or say why not."""
        dataset = await self.look_again(dataset, wait=True)
        if dataset.status is DatasetStatus.FAILED:
            trouble = dataset.failure or Trouble(message="It cannot be read.", hint="Remove it.")
            raise Conflict(f"'{dataset.name}' cannot be read. {trouble.message}", trouble.hint)
        profile = await self._database.read(store.find_profile, dataset.id)
        if profile is None:
            raise Conflict(f"'{dataset.name}' is not profiled yet.", "Try again in a moment.")
        return dataset, profile

    async def first_view(self, dataset_id: str) -> Profile | None:
        """Profile a large file's first rows while all of it is read; None: not large, or known."""
        return await self._first_views.get(dataset_id)

    def is_reading(self, dataset_id: str) -> bool:
        """Say whether the file is being read just now."""
        return dataset_id in self._running

    async def kinds(self) -> DatasetKinds:
        """Say which files become datasets."""
        bounds = {"memory": self._limits.memory}
        others = await self._opener.kinds(bounds, self._limits.query_seconds)
        more = [extension for one in others for extension in one.extensions]
        return DatasetKinds(extensions=(*EXTENSIONS, *more), readers=others)

    # -- where it lies ----------------------------------------------------------------------------

    def existing(self, path: str) -> Path:
        """Give the full path of a file that can be a dataset, or say why it cannot."""
        full = inside(self._root, path)
        if not full.exists():
            raise NotFound(
                f"The file '{path}' is not there.",
                "Put it back, say where it is now, or remove the dataset from the list.",
            )
        if full.is_dir():
            raise Invalid(f"'{path}' is a folder.", "Add the files in it one by one.")
        if full.suffix.lower() == ".ipynb":
            raise Invalid(
                f"'{path}' is a notebook, not a table.",
                "Open it, or choose a file of data, such as a CSV.",
            )
        return full

    def path_of(self, dataset: Dataset) -> str:
        """Give the file itself."""
        return str(self._root.resolve() / dataset.path)

    def readable(self, dataset: Dataset, profile: Profile) -> str:
        """Give the path that DuckDB can read: the file itself, or what was made of it."""
        if profile.dialect.mended:
            return str(self.copy_of(dataset.id))
        if profile.dialect.read_as and (made := self._opener.readable(dataset.id)):
            return made
        return self.path_of(dataset)

    def copy_of(self, dataset_id: str) -> Path:
        """Give the place of a dataset's mended copy; what belongs to it lies beside it."""
        return self._copies / f"{dataset_id}.csv"

    async def opened(self, dataset: Dataset) -> Opened:
        """Give the file as its text is read: itself, or what is made of it in a child."""
        full = await asyncio.to_thread(self.existing, dataset.path)
        bounds = {"memory": self._limits.memory, "most": self._limits.unpacked}
        return await self._opener.open(
            dataset, full, bounds=bounds, seconds=self._limits.profile_seconds
        )

    # -- reading ----------------------------------------------------------------------------------

    async def look_again(self, dataset: Dataset, *, wait: bool = False) -> Dataset:
        """Read a file again where it has changed, has vanished or was never read to the end."""
        running = self._running.get(dataset.id)
        if running is None:
            if not await asyncio.to_thread(self._has_changed, dataset):
                return dataset
            running = self.begin(dataset)
        if not wait:
            return dataset
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not running.cancelled():
                raise
            if self._running.get(dataset.id, running) is not running:
                # It is being read in another way, as a person said meanwhile.
                return await self.look_again(dataset, wait=True)
            raise NotFound(
                f"'{dataset.name}' was removed while it was being read.", "Restore it to go on."
            ) from None

    async def read_again(self, dataset: Dataset) -> Dataset:
        """Begin to read a file anew, whatever is known of it."""
        dataset = await self._write(replace(dataset, status=DatasetStatus.WAITING))
        running = self._running.get(dataset.id)
        self.begin(dataset)
        if running is not None:
            running.cancel()
        return dataset

    def begin(self, dataset: Dataset) -> "asyncio.Task[Dataset]":
        """Begin to read a file."""
        self._first_views.announce(dataset.id)
        task = asyncio.get_running_loop().create_task(self._read(dataset))
        self._running[dataset.id] = task

        def done(ended: asyncio.Task[Dataset]) -> None:
            if self._running.get(dataset.id) is ended:
                del self._running[dataset.id]
                self._first_views.forget(dataset.id)
            if not ended.cancelled() and ended.exception() is not None:
                self._log.error("Profiling %s broke.", dataset.path, exc_info=ended.exception())

        task.add_done_callback(done)
        return task

    def end(self, dataset_id: str) -> None:
        """Stop reading a file."""
        running = self._running.get(dataset_id)
        if running is not None:
            running.cancel()

    async def forget(self, dataset_id: str) -> None:
        """Take away what was made of a file."""
        for made in (self.copy_of(dataset_id), *beside(self.copy_of(dataset_id))):
            await asyncio.to_thread(made.unlink, missing_ok=True)
        await asyncio.to_thread(self._opener.forget, dataset_id)

    def _has_changed(self, dataset: Dataset) -> bool:
        try:
            size, modified = facts(inside(self._root, dataset.path))
        except (OSError, SpondeError):
            # Gone: profiling says so in a sentence, once.
            return not dataset.is_gone
        if dataset.is_gone:
            return True
        if dataset.status in (DatasetStatus.WAITING, DatasetStatus.PROFILING):
            return True
        return (size, modified) != (dataset.bytes, dataset.modified)

    async def _read(self, dataset: Dataset) -> Dataset:
        dataset = replace(dataset, status=DatasetStatus.PROFILING, failure=None)
        dataset = await self._write(dataset)
        try:
            full = await asyncio.to_thread(self.existing, dataset.path)
            size, modified = await asyncio.to_thread(facts, full)
            dataset = replace(dataset, bytes=size, modified=modified)
            opened = await self.opened(dataset)
            profile = opened.of(await self._profile(dataset, opened))
        except SpondeError as error:
            return await self._fail(dataset, error)
        others = () if dataset.part else opened.others[: MOST_PARTS - 1]
        dataset = replace(
            dataset,
            part=dataset.part or opened.part,
            status=DatasetStatus.READY,
            is_gone=False,
            gone_at=None,
            rows=profile.rows,
            columns=len(profile.columns),
            problems=profile.problem_count,
            warnings=len(profile.warnings),
        )
        dataset = await self._database.write(store.keep_profile, dataset, profile)
        self._feed.tell(DatasetChanged(dataset=dataset))
        self._bus.tell(DatasetRead(dataset_id=dataset.id))
        for part in others:
            await self._add_part(dataset.path, part)
        return dataset

    async def _fail(self, dataset: Dataset, error: SpondeError) -> Dataset:
        await asyncio.to_thread(self._opener.forget, dataset.id)
        failure = Trouble(message=error.message, hint=error.hint)
        dataset = replace(dataset, status=DatasetStatus.FAILED, failure=failure)
        if await asyncio.to_thread(self._is_missing, dataset):
            # What was known of it stays to be seen.
            dataset = replace(dataset, is_gone=True, gone_at=dataset.gone_at or now())
        else:
            nothing: dict[str, Any] = {"rows": None, "columns": None, "problems": 0, "warnings": 0}
            dataset = replace(dataset, is_gone=False, gone_at=None, **nothing)
        dataset = await self._write(dataset)
        self._bus.tell(DatasetRead(dataset_id=dataset.id))
        return dataset

    def _is_missing(self, dataset: Dataset) -> bool:
        try:
            return not inside(self._root, dataset.path).exists()
        except (OSError, SpondeError):
            return True

    async def _profile(self, dataset: Dataset, opened: Opened) -> Profile:
        copy = self.copy_of(dataset.id)
        await asyncio.to_thread(copy.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        asked = {
            "work": "profile",
            "path": str(opened.path),
            "copy": str(copy),
            "files": [str(opened.path), str(copy)],
            "wishes": said_of(dataset.wishes, opened.writing),
            "memory": self._limits.memory,
            "threads": 2,
        }
        self._first_views.begin(dataset.id, asked)
        try:
            answer = await self._sandbox.work(
                asked,
                seconds=self._limits.profile_seconds,
                setting="SpondeDatasets.max_profile_seconds",
            )
        finally:
            await self._first_views.end(dataset.id)
        return await asyncio.to_thread(convert, Profile, answer)

    async def _write(self, dataset: Dataset) -> Dataset:
        dataset = await self._database.write(store.update, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        return dataset


def facts(full: Path) -> tuple[int, float]:
    """Give a file's size and when it was changed."""
    found = full.stat()
    return found.st_size, found.st_mtime
