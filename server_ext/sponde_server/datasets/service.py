"""Datasets: register files, know their columns, answer SQL over them, forget them.

Composes the list, the profiles, the policies and what asks for rows; each knows its own job.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import CaselessStrEnum, Integer, List, Unicode
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.paths import relative
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import naming, store
from .asking import Asking, FindCopy
from .listing import DatasetList
from .policies.service import MOST_ROWS, DatasetPolicies
from .profile.service import Profiles, facts
from .records import (
    Dataset,
    DatasetAdded,
    DatasetChanged,
    DatasetRemoved,
    DatasetStatus,
    Policy,
    Profile,
    Reading,
    Table,
)
from .sandbox.limits import Limits
from .sandbox.sandbox import Sandbox

MEGABYTE = 1_000_000
CHILDREN = 2


class SpondeDatasets(LoggingConfigurable):
    """The files that people talk about."""

    starters = List(
        Unicode(),
        help="Files (paths from the root folder) that are datasets from the start, where they "
        "exist and nobody has removed them.",
    ).tag(config=True)
    max_query_seconds = Integer(
        30, min=1, help="How many seconds one SQL query may take before it is stopped."
    ).tag(config=True)
    max_profile_seconds = Integer(
        600, min=1, help="How many seconds profiling one file may take before it is stopped."
    ).tag(config=True)
    max_query_memory = Integer(
        1000,
        min=100,
        help="How many megabytes of memory one query or profile may use; beyond that it works "
        "on disk where it can, and is stopped where it cannot.",
    ).tag(config=True)
    max_unpacked_bytes = Integer(
        20_000_000_000,
        min=1_000_000,
        help="How many bytes a packed file (gzip, ZIP, a workbook …) may unpack to, on disk.",
    ).tag(config=True)
    max_rows = Integer(
        10_000, min=1, help="At most so many rows are given in one answer, whatever was asked."
    ).tag(config=True)

    policy = CaselessStrEnum(
        [one.value for one in Policy],
        default_value=Policy.STATISTICS.value,
        help="What a language model may read of a dataset that is new: 'schema' (columns' names "
        "and types), 'statistics' (also gaps, bounds, means and frequent values), 'rows' (also "
        "its first policy_rows rows) or 'everything' (as many rows as fit). A person may set "
        "each dataset's own.",
    ).tag(config=True)
    policy_rows = Integer(
        20,
        min=1,
        max=MOST_ROWS,
        help="How many rows a language model may read of a new dataset whose policy is 'rows'.",
    ).tag(config=True)

    def __init__(
        self, *, database: Database, bus: Bus, feed: Feed, root: Path, folder: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._root = root
        self._workspace = str(root.resolve())
        self._sandbox = Sandbox(folder / "scratch", CHILDREN)
        self._known = DatasetList(database, self._workspace)
        limits = Limits(
            memory=self.max_query_memory * MEGABYTE,
            query_seconds=self.max_query_seconds,
            profile_seconds=self.max_profile_seconds,
            unpacked=self.max_unpacked_bytes,
            rows=self.max_rows,
        )
        self.profiles = Profiles(
            database=database,
            bus=bus,
            feed=feed,
            root=root,
            folder=folder,
            sandbox=self._sandbox,
            limits=limits,
            add_part=lambda path, part: self.add(path, part=part),
            log=self.log,
        )
        self._asking = Asking(
            known=self._known, profiles=self.profiles, sandbox=self._sandbox, limits=limits
        )
        self.policies = DatasetPolicies(
            database=database,
            feed=feed,
            known=self._known,
            profiles=self.profiles,
            give_rows=self._asking.rows,
        )
        self._adding = asyncio.Lock()
        self._working = Tasks(self.log)

    def use_copies(self, find_copy: FindCopy) -> None:
        """Read working copies, where `find_copy` knows one."""
        self._asking.find_copy = find_copy

    async def start(self) -> None:
        """Take up what a stopped server left, and register the starters; in the background."""
        self._spawn(self._resume())

    async def stop(self) -> None:
        """End profiling and queries."""
        await self._working.stop()
        await self.profiles.stop()
        await self._sandbox.stop()

    # -- the list -----------------------------------------------------------------------------

    async def list_all(self) -> list[Dataset]:
        """Give every dataset of this workspace, newest first."""
        return await self._known.all()

    async def find(self, name: str) -> Dataset | None:
        """Give the dataset of this name, in whatever case; None where there is none."""
        return await self._known.find(name)

    async def get(self, dataset_id: str) -> Dataset:
        """Give a dataset."""
        return await self._known.get(dataset_id)

    async def get_by_name(self, name: str) -> Dataset:
        """Give the dataset of this name, or say which names are near."""
        return await self._known.get_by_name(name)

    async def add(self, path: str, name: str = "", part: str = "") -> Dataset:
        """Register a file, or a sheet of it, and begin to profile it; what is registered stays."""
        full = await asyncio.to_thread(self.profiles.existing, path)
        where = await asyncio.to_thread(relative, self._root, full)
        async with self._adding:
            known = await self._database.read(store.find_by_path, self._workspace, where, part)
            if known is not None:
                dataset, is_removed = known
                if is_removed:
                    return await self._bring_back(dataset)
                is_failed = dataset.status is DatasetStatus.FAILED
                if is_failed and not self.profiles.is_reading(dataset.id):
                    self.profiles.begin(dataset)
                return await self.profiles.look_again(dataset)
            dataset = await self._new(full, where, name, part)
        self._feed.tell(DatasetChanged(dataset=dataset))
        self._bus.tell(DatasetAdded(dataset_id=dataset.id))
        self.profiles.begin(dataset)
        return dataset

    async def _new(self, full: Path, where: str, name: str, part: str) -> Dataset:
        size, modified = await asyncio.to_thread(facts, full)
        taken = [one.name for one in await self.list_all()]
        wish = naming.cleaned(name) if name else naming.made_from(where, part)
        dataset = Dataset(
            name=naming.unique(wish, taken),
            path=where,
            part=part,
            bytes=size,
            modified=modified,
            workspace=self._workspace,
            policy=Policy(self.policy),
            policy_rows=self.policy_rows,
        )
        await self._database.write(store.add, dataset)
        return dataset

    async def remove(self, dataset_id: str) -> None:
        """Take a dataset off the list; its file stays, and `restore` brings it back."""
        dataset = await self.get(dataset_id)
        self.profiles.end(dataset.id)
        await self._database.write(store.remove, dataset.id)
        await self.profiles.forget(dataset.id)
        self._feed.tell(DatasetRemoved(dataset_id=dataset.id))
        self._bus.tell(DatasetRemoved(dataset_id=dataset.id))

    async def restore(self, dataset_id: str) -> Dataset:
        """Bring a removed dataset back."""
        removed = await self._database.read(store.find_removed, dataset_id)
        if removed is None or removed.workspace != self._workspace:
            return await self.get(dataset_id)
        async with self._adding:
            return await self._bring_back(removed)

    async def _bring_back(self, removed: Dataset) -> Dataset:
        taken = [one.name for one in await self.list_all()]
        # It is read again: what was made of its file went with it.
        name = naming.unique(removed.name, taken)
        dataset = replace(removed, name=name, status=DatasetStatus.WAITING)
        await self._database.write(store.restore, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        self._bus.tell(DatasetAdded(dataset_id=dataset.id))
        return await self.profiles.look_again(dataset)

    # -- what is known of one, and its rows -------------------------------------------------------

    async def profile(self, dataset_id: str) -> Profile:
        """Give what is known of a dataset's contents; a file that changed is read again."""
        _, profile = await self.profiles.get(await self.get(dataset_id))
        return profile

    async def first_view(self, dataset_id: str) -> Profile | None:
        """Profile a large file's first rows while all of it is read; None: not large, or known."""
        await self.get(dataset_id)
        return await self.profiles.first_view(dataset_id)

    async def reading(self, dataset_id: str) -> Reading:
        """Say how another process on this machine reads the dataset."""
        return await self._asking.reading(dataset_id)

    async def rows(self, dataset_id: str, offset: int = 0, limit: int = 100) -> Table:
        """Give some rows as they are written in the file."""
        return await self._asking.rows(dataset_id, offset, limit)

    async def sample(
        self, dataset_id: str, *, first: int, rest: int, folder: Path, as_file: bool
    ) -> tuple[Path, int, int]:
        """Write its first rows and random ones of the rest to a file: path, rows there, rows here.

        The file is Parquet, or of the dataset's own kind with `as_file`.
        """
        return await self._asking.sample(
            dataset_id, first=first, rest=rest, folder=folder, as_file=as_file
        )

    async def query(self, sql: str, names: Iterable[str] = (), limit: int = 1000) -> Table:
        """Run one SELECT over datasets, each a view by its name, in a child with hard limits.

        Without `names` it may read the datasets that it names.
        """
        return await self._asking.query(sql, names, limit)

    async def views(self, sql: str, names: Iterable[str] = ()) -> tuple[list[str], list[str]]:
        """Give the files that SQL may read, and the views by which it names their datasets."""
        return await self._asking.views(sql, names)

    async def source(
        self, dataset_id: str, *, is_raw: bool = False, copied: bool = True
    ) -> tuple[str, str]:
        """Give the file that DuckDB reads, and the SELECT of its rows: typed, or as written."""
        return await self._asking.source(dataset_id, is_raw=is_raw, copied=copied)

    # -- after a start --------------------------------------------------------------------------

    async def _resume(self) -> None:
        await asyncio.to_thread(self._sandbox.sweep)
        for dataset in await self.list_all():
            if dataset.status in (DatasetStatus.WAITING, DatasetStatus.PROFILING):
                self.profiles.begin(dataset)
        for path in self.starters:
            try:
                full = await asyncio.to_thread(self.profiles.existing, path)
            except SpondeError as error:
                self.log.info("The starter dataset %s is left out: %s", path, error)
                continue
            where = await asyncio.to_thread(relative, self._root, full)
            known = await self._database.read(store.find_by_path, self._workspace, where)
            if known is None:
                await self.add(path)

    def _spawn(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except SpondeError as error:
                self.log.warning("Datasets could not be taken up: %s %s", error, error.hint)

        self._working.start(guarded())
