"""Datasets whose files are gone: what was known of them, where the files may be, pointed there.

A file that comes back to its place is noticed by `versions/watching.py`.
"""

import asyncio
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, NotFound
from sponde_server.core.paths import relative
from sponde_server.core.streams import Feed
from sponde_server.datasets import store
from sponde_server.datasets.labels.folders import TooManyFiles, data_files
from sponde_server.datasets.records import Dataset, DatasetChanged, Profile
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.datasets.versions.records import DatasetVersion
from sponde_server.datasets.versions.service import digest_of
from sponde_server.datasets.versions.store import find_latest

from .records import Found, Whereabout, Whereabouts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

MOST_FOUND = 5
MOST_LOOKED_AT = 50_000
MOST_READ = 3
"""So many files of the right size are read to see whether they hold what the dataset held."""


class VanishedDatasets:
    """What is left of datasets whose files are gone."""

    def __init__(
        self, *, database: Database, feed: Feed, datasets: SpondeDatasets, root: Path
    ) -> None:
        self._database = database
        self._feed = feed
        self._datasets = datasets
        self._root = root
        self._pointing = asyncio.Lock()

    async def last_profile(self, dataset_id: str) -> Profile:
        """Give what was last known of a dataset's contents."""
        dataset = await self._datasets.get(dataset_id)
        profile = await self._database.read(store.find_profile, dataset.id)
        if profile is None:
            raise NotFound(
                f"'{dataset.name}' was never read to its end.", "Put its file back to read it."
            )
        return profile

    async def find(self, dataset_id: str) -> Whereabouts:
        """Look where the file of a dataset may be: of the same contents, or of the same name."""
        dataset = await self._datasets.get(dataset_id)
        if not dataset.is_gone:
            return Whereabouts(dataset_id=dataset.id, found=())
        taken = {(one.path, one.part) for one in await self._datasets.list_all()}
        latest = await self._database.read(find_latest, dataset.id)
        found, is_cut = await asyncio.to_thread(self._look, dataset, latest, taken)
        return Whereabouts(dataset_id=dataset.id, found=tuple(found), is_cut=is_cut)

    async def point(self, dataset_id: str, path: str) -> Found:
        """Point a dataset at where its file is now; others that moved along with it follow."""
        async with self._pointing:
            dataset = await self._datasets.get(dataset_id)
            if not dataset.is_gone:
                raise Conflict(
                    f"The file of '{dataset.name}' is where it was: '{dataset.path}'.",
                    "Add the other file as a dataset of its own.",
                )
            full = await asyncio.to_thread(self._datasets.profiles.existing, path)
            where = await asyncio.to_thread(relative, self._root, full)
            here = await self._datasets.list_all()
            for one in here:
                if (one.path, one.part) == (where, dataset.part):
                    raise Conflict(
                        f"'{where}' is the dataset '{one.name}' already.",
                        f"Use that one, and remove '{dataset.name}' from the list.",
                    )
            moved = [replace(dataset, path=where), *self._along(dataset, where, here)]
            for one in moved:
                await self._database.write(_set_path, one)
        for one in moved:
            self._feed.tell(DatasetChanged(dataset=one))
            await self._datasets.profiles.look_again(one)
        return Found(names=tuple(one.name for one in moved))

    def _along(self, dataset: Dataset, where: str, here: list[Dataset]) -> list[Dataset]:
        """Give the other datasets that are gone and lie beside it again, as they were."""
        old, new = list(PurePosixPath(dataset.path).parts), list(PurePosixPath(where).parts)
        while old and new and old[-1] == new[-1]:
            old.pop()
            new.pop()
        found: list[Dataset] = []
        taken = {(one.path, one.part) for one in here}
        for one in here:
            parts = list(PurePosixPath(one.path).parts)
            if not one.is_gone or one.id == dataset.id or parts[: len(old)] != old:
                continue
            there = "/".join([*new, *parts[len(old) :]])
            full = self._root / there
            if (there, one.part) in taken or not full.is_file():
                continue
            if full.stat().st_size == one.bytes:
                found.append(replace(one, path=there))
        return found

    def _look(
        self, dataset: Dataset, latest: DatasetVersion | None, taken: set[tuple[str, str]]
    ) -> tuple[list[Whereabout], bool]:
        name = PurePosixPath(dataset.path).name.lower()
        likely: list[tuple[bool, bool, str, Path, int]] = []
        is_cut = False
        try:
            for where, full in data_files(self._root.resolve(), self._root, MOST_LOOKED_AT):
                facts = full.stat()
                alike = facts.st_size == dataset.bytes and dataset.bytes > 0
                named = full.name.lower() == name
                if (alike or named) and (where, dataset.part) not in taken:
                    # A file that was moved keeps its time.
                    is_moved = alike and abs(facts.st_mtime - dataset.modified) < 1
                    rank = (not (alike and named), not is_moved)
                    likely.append((*rank, where, full, facts.st_size))
        except TooManyFiles:
            is_cut = True
        found: list[Whereabout] = []
        read = 0
        for *_, where, full, size in sorted(likely, key=lambda one: one[:3]):
            is_same = False
            if size == dataset.bytes and latest is not None and read < MOST_READ:
                read += 1
                is_same = _digest(full) == latest.digest
            if is_same or full.name.lower() == name:
                found.append(Whereabout(path=where, bytes=size, is_same=is_same))
        found.sort(key=lambda one: not one.is_same)
        return found[:MOST_FOUND], is_cut


def _digest(full: Path) -> str:
    try:
        return digest_of(full)
    except OSError:
        return ""


def _set_path(con: "Connection", dataset: Dataset) -> None:
    """Write where a dataset's file lies, and nothing else of it."""
    con.execute("UPDATE dataset SET path = ? WHERE id = ?", [dataset.path, dataset.id])
