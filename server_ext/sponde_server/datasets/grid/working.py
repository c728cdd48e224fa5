"""Working copies: a dataset's rows in Parquet, made in the background where that pays.

A copy is named by the file's identity and how it is read, so that one of an older file is never
taken for that of a newer; it appears when it is whole. Does not change or move the file itself.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from logging import Logger
from pathlib import Path

from sponde_server.core.errors import SpondeError
from sponde_server.datasets.files.reading import kind_read
from sponde_server.datasets.records import Dataset, Profile
from sponde_server.datasets.sandbox.sandbox import Sandbox
from sponde_server.datasets.sql.keep import is_exact

ENDING = ".working.parquet"
PART = ".part"


class WorkingCopies:
    """The copies in one folder."""

    def __init__(self, folder: Path, scratch: Path, log: Logger) -> None:
        self._folder = folder
        self._sandbox = Sandbox(scratch, 1)
        self._log = log
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._refused: set[Path] = set()
        self._is_tidied = False

    def path(self, dataset: Dataset, profile: Profile) -> Path:
        """Say where the copy of this file, read this way, lies or would lie."""
        how = [asdict(profile.dialect)] + [
            [column.name, column.type, column.form, column.missing] for column in profile.columns
        ]
        said = repr(dataset.wishes)  # which rows are left out stands nowhere else
        told = json.dumps([dataset.bytes, dataset.modified, dataset.part, said, how], default=str)
        key = hashlib.sha256(told.encode()).hexdigest()[:20]
        return self._folder / f"{dataset.id}-{key}{ENDING}"

    def find(self, dataset: Dataset, profile: Profile) -> Path | None:
        """Give the copy where it is there, and note that it was used."""
        return self.touch(self.path(dataset, profile))

    def touch(self, path: Path) -> Path | None:
        """Give the copy at this place where it is there, and note that it was used."""
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def pays(self, dataset: Dataset, profile: Profile, smallest: int) -> bool:
        """Say whether a copy would be read quicker than the file, and hold the same values."""
        if smallest == 0 or dataset.bytes < smallest:
            return False
        kind = kind_read(asdict(profile.dialect))
        return kind != "parquet" and is_exact_kind(profile)

    def make_soon(
        self,
        path: Path,
        profile: Profile,
        source: tuple[str, str],
        *,
        memory: int,
        seconds: float,
        most: int,
    ) -> "asyncio.Task[None] | None":
        """Begin to make the copy, unless it is there, under way, or could not be made before."""
        if path in self._refused or path.exists():
            return self._making.get(path)
        if path not in self._making:
            work = self._make(path, profile, source, memory, seconds, most)
            task = asyncio.get_running_loop().create_task(work)
            self._making[path] = task
            task.add_done_callback(lambda _: self._making.pop(path, None))
        return self._making[path]

    def forget(self, dataset_id: str, keep: Path | None = None) -> None:
        """Remove the copies of a dataset; those of its older files only, where one is kept."""
        for path, task in list(self._making.items()):
            if path.name.startswith(f"{dataset_id}-") and path != keep:
                task.cancel()
        for path in self._folder.glob(f"{dataset_id}-*{ENDING}*"):
            if keep is None or not path.name.startswith(keep.name):
                path.unlink(missing_ok=True)

    def tidy(self, known: Iterable[str]) -> None:
        """Remove what a killed server left half made, and copies of datasets that are gone."""
        known = set(known)
        for path in self._folder.glob(f"*{ENDING}*"):
            is_half = path.name.endswith(PART) and not self._is_tidied
            if is_half or path.name.rpartition("-")[0] not in known:
                path.unlink(missing_ok=True)
        self._is_tidied = True

    def trim(self, most: int, keep: Path | None = None) -> None:
        """Remove the copies used longest ago until the rest fits."""
        found = []
        for path in self._folder.glob(f"*{ENDING}"):
            try:
                facts = path.stat()
            except OSError:
                continue
            found.append((path == keep, facts.st_mtime, facts.st_size, path))
        size = sum(one[2] for one in found)
        for is_kept, _, bytes_, path in sorted(found, key=lambda one: one[:2]):
            if size <= most:
                return
            if not is_kept:
                path.unlink(missing_ok=True)
                size -= bytes_

    async def stop(self) -> None:
        """End what is being made."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sandbox.stop()

    async def _make(
        self,
        path: Path,
        profile: Profile,
        source: tuple[str, str],
        memory: int,
        seconds: float,
        most: int,
    ) -> None:
        file, select = source
        part = path.with_name(path.name + PART)
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        try:
            told = await self._sandbox.work(
                {
                    "work": "copy",
                    "files": [file, str(part)],
                    "views": [f"CREATE VIEW shown AS {select}"],
                    "target": str(part),
                    "columns": len(profile.columns),
                    "memory": memory,
                    "threads": 1,
                    "largest": most,
                },
                seconds=seconds,
                setting="SpondeViews.max_copy_seconds",
            )
            if told["rows"] == profile.rows:
                await asyncio.to_thread(part.replace, path)
                await asyncio.to_thread(self.trim, most, path)
            else:
                # The file changed while it was read: the next look finds it as it is now.
                self._refused.add(path)
        except SpondeError as error:
            self._refused.add(path)
            self._log.info("No working copy of %s: %s", file, error.message)
        finally:
            part.unlink(missing_ok=True)


def is_exact_kind(profile: Profile) -> bool:
    """Say whether Parquet gives back every type that the dataset has."""
    from sponde_server.datasets.sql.keep import AS_TEXT

    types = [column.type for column in profile.columns]
    return is_exact(types) and not any(AS_TEXT.search(type_) for type_ in types)
