"""The contents that a dataset has had: noted when they change, kept where they were replaced.

Of a file that others change on the disk only the facts are kept; a file that an upload replaces is
kept itself, where it is small enough, so that one can go back to it.
"""

import asyncio
import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, NotFound, SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.datasets.records import Dataset, DatasetRead, DatasetStatus, Profile
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.datasets.uploads.placing import no_room

from . import store as version_store
from .records import (
    DatasetHistory,
    DatasetHistoryChanged,
    DatasetVersion,
    VersionCause,
    VersionComparison,
)

WHOLE_BYTES = 64 * 1024 * 1024
PIECES = 64
PIECE_BYTES = 1024 * 1024


class SpondeVersions(LoggingConfigurable):
    """What the datasets have been."""

    max_version_bytes = Integer(
        500_000_000,
        min=0,
        help="How many bytes a file may have that is kept as an earlier version when an upload "
        "replaces it. 0: none is kept; an upload's own undo still works.",
    ).tag(config=True)
    kept_versions_bytes = Integer(
        5_000_000_000,
        min=0,
        help="How many bytes all kept files of earlier versions may take together; the oldest go "
        "first.",
    ).tag(config=True)
    max_versions = Integer(
        100,
        min=1,
        help="How many versions of a dataset are listed; of older ones only those stay whose file "
        "is kept.",
    ).tag(config=True)
    max_compared_versions = Integer(
        20,
        min=1,
        help="How many of a dataset's latest versions can be compared with each other: their "
        "profiles stay in the history. 1: each only with the one before, when it is noticed.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        datasets: SpondeDatasets,
        root: Path,
        folder: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._datasets = datasets
        self._root = root
        self._folder = folder / "versions"
        self._causes: dict[str, VersionCause] = {}
        self._noting: dict[str, asyncio.Lock] = {}
        self._working = Tasks(self.log)
        bus.on(DatasetRead, self._heard)

    async def stop(self) -> None:
        """End what is being noted."""
        await self._working.stop()

    async def settle(self) -> None:
        """Wait until what was read is noted."""
        await self._working.settle()

    async def history(self, dataset_id: str) -> DatasetHistory:
        """Give the contents that a dataset has had, the latest first."""
        await self._datasets.get(dataset_id)
        found = await self._database.read(version_store.list_of, dataset_id)
        known = await self._database.read(version_store.list_known, dataset_id)
        kept = sum(one.bytes for one in found if one.is_kept)
        return DatasetHistory(
            dataset_id=dataset_id, versions=tuple(found), kept_bytes=kept, known=tuple(known)
        )

    async def compare(self, dataset_id: str, before_id: str, after_id: str) -> VersionComparison:
        """Say what is different from one version to another, as far as both are known still."""
        found = {one.id: one for one in (await self.history(dataset_id)).versions}
        pair: list[tuple[DatasetVersion, Profile]] = []
        for version_id in (before_id, after_id):
            version = found.get(version_id)
            if version is None:
                raise NotFound(
                    f"The dataset has no version {version_id}.", "Its history lists those it has."
                )
            profile = await self._database.read(version_store.find_known, version_id)
            if profile is None:
                raise NotFound(
                    f"What was in version {version.number} is not known in detail any more.",
                    "The latest versions can be compared (SpondeVersions.max_compared_versions).",
                )
            pair.append((version, profile))
        (before, old), (after, new) = pair
        from .comparing import compare

        changes, count = await asyncio.to_thread(compare, old, new)
        return VersionComparison(before=before, after=after, changes=changes, change_count=count)

    async def go_back(self, dataset_id: str, version_id: str) -> Dataset:
        """Put an earlier version's file in its place; the one that lies there is kept."""
        dataset = await self._datasets.get(dataset_id)
        found = await self._database.read(version_store.list_of, dataset_id)
        wanted = next((one for one in found if one.id == version_id), None)
        if wanted is None or not wanted.is_kept or not self._file(wanted).exists():
            raise NotFound(
                "The file of this version is not kept.",
                "Files are kept when an upload replaces them, as long as there is room for them "
                "(SpondeVersions.kept_versions_bytes).",
            )
        if wanted.digest == found[0].digest and not dataset.is_gone:
            raise Conflict("These are the contents that it has.", "Choose an earlier version.")
        target = inside(self._root, dataset.path)
        if target.exists():
            await self.keep(dataset.path, target, VersionCause.PUT_BACK, whatever_size=True)
        self._causes[dataset.id] = VersionCause.PUT_BACK
        try:
            await asyncio.to_thread(_copied, self._file(wanted), target)
        except OSError as error:
            raise no_room(error, target.name, self._root) from error
        return await self._datasets.add(dataset.path)

    async def keep(
        self, path: str, file: Path, cause: VersionCause, *, whatever_size: bool = False
    ) -> None:
        """Keep the file of a dataset's present version, which is replaced or about to be."""
        dataset = next((one for one in await self._datasets.list_all() if one.path == path), None)
        if dataset is None:
            return
        kept = None
        async with self._noting.setdefault(dataset.id, asyncio.Lock()):
            known = await self._database.read(version_store.list_of, dataset.id)
            self._causes[dataset.id] = cause
            try:
                digest = await asyncio.to_thread(digest_of, file)
                # The new file may have been read already: these contents are among the last ones.
                kept = next((one for one in known[:3] if one.digest == digest), None)
                if kept is None and whatever_size:
                    raise Conflict(
                        f"'{path}' was changed a moment ago and would be lost.",
                        "Try again when it has been read.",
                    )
                if kept is None or self._file(kept).exists():
                    return
                if not whatever_size and kept.bytes > self.max_version_bytes:
                    return
                await asyncio.to_thread(self._keep, file, kept)
            except OSError as error:
                if whatever_size:
                    raise no_room(error, file.name, self._folder) from error
                self.log.warning("An earlier version of %s is not kept: %s", path, error)
                return
            await self._database.write(version_store.set_kept, kept.id, True)
        await self._trim(kept.id)

    # -- what happens when a file was read ------------------------------------------------------

    def _heard(self, event: DatasetRead) -> None:
        self._working.start(self._note(event.dataset_id))

    async def _note(self, dataset_id: str) -> None:
        async with self._noting.setdefault(dataset_id, asyncio.Lock()):
            dataset, profile = await self._database.read(version_store.find_read, dataset_id)
            latest = await self._database.read(version_store.find_latest, dataset_id)
            if dataset is None:
                return
            if dataset.is_gone:
                if latest is None or latest.gone_at is not None:
                    return
                await self._database.write(version_store.set_gone, latest.id, now())
            elif (
                dataset.status is not DatasetStatus.READY
                or profile is None
                or not await self._compared(dataset, profile, latest)
            ):
                return
        self._feed.tell(DatasetHistoryChanged(dataset_id=dataset_id))

    async def _compared(
        self, dataset: Dataset, profile: Profile, latest: DatasetVersion | None
    ) -> bool:
        """Add a version where the contents are others; say whether anything is different."""
        if latest is not None and _is_same(latest, dataset) and latest.gone_at is None:
            return False
        try:
            digest = await asyncio.to_thread(digest_of, inside(self._root, dataset.path))
        except (OSError, SpondeError):
            return False  # gone again: it will be noticed
        if latest is not None and latest.digest == digest:
            seen = replace(latest, modified=dataset.modified)
            await self._database.write(version_store.touch, seen, profile)
            return latest.gone_at is not None
        before: Profile | None = None
        if latest is not None:
            before = await self._database.read(version_store.find_known, latest.id)
        from .comparing import compare

        changes, count = await asyncio.to_thread(compare, before, profile) if before else ((), 0)
        cause = self._causes.pop(dataset.id, VersionCause.CHANGED)
        version = DatasetVersion(
            dataset_id=dataset.id,
            number=latest.number + 1 if latest else 1,
            cause=cause if latest else VersionCause.ADDED,
            bytes=dataset.bytes,
            modified=dataset.modified,
            digest=digest,
            rows=profile.rows,
            columns=len(profile.columns),
            changes=changes,
            change_count=count,
        )
        await self._database.write(
            version_store.add,
            version,
            profile,
            most=self.max_versions,
            most_known=self.max_compared_versions,
        )
        return True

    # -- kept files -----------------------------------------------------------------------------

    def _file(self, version: DatasetVersion) -> Path:
        return self._folder / version.dataset_id / version.id

    def _keep(self, file: Path, version: DatasetVersion) -> None:
        kept = self._file(version)
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copied(file, kept)

    async def _trim(self, newest: str) -> None:
        """Take the oldest kept files away until the rest has room; the one just kept stays."""
        kept = await self._database.read(version_store.list_kept)
        total = sum(one.bytes for one in kept)
        for one in kept:
            if total <= self.kept_versions_bytes:
                return
            if one.id == newest:
                continue
            await asyncio.to_thread(self._file(one).unlink, missing_ok=True)
            await self._database.write(version_store.set_kept, one.id, False)
            total -= one.bytes


def digest_of(path: Path) -> str:
    """Tell a file's contents from others: all of it, of a large one its size and 64 parts."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size <= WHOLE_BYTES:
            while piece := file.read(PIECE_BYTES):
                sha.update(piece)
            return sha.hexdigest()
        sha.update(size.to_bytes(8, "big"))
        for number in range(PIECES):
            file.seek((size - PIECE_BYTES) * number // (PIECES - 1))
            sha.update(file.read(PIECE_BYTES))
    return f"parts-{sha.hexdigest()}"


def _is_same(version: DatasetVersion, dataset: Dataset) -> bool:
    return (version.bytes, version.modified) == (dataset.bytes, dataset.modified)


def _copied(source: Path, target: Path) -> None:
    """Put a copy under a name in one step."""
    draft = target.with_name(f".sponde-{target.name}.part")
    draft.unlink(missing_ok=True)
    try:
        shutil.copyfile(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
