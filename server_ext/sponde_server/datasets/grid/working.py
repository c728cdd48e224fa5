"""Working copies: a dataset's rows as a table and in Parquet, made in the background where it pays.

The table is for the grid, whose pages are rows by number; Parquet is for all others. A copy is
named by the file's identity and how it is read, so that one of an older file is never taken for
that of a newer; it appears when it is whole. Does not change or move the file itself.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from logging import Logger
from pathlib import Path
from typing import Any

from sponde_server.core.errors import SpondeError
from sponde_server.datasets.files.forms import literal
from sponde_server.datasets.files.reading import kind_read
from sponde_server.datasets.records import Dataset, Profile
from sponde_server.datasets.sandbox.sandbox import Sandbox
from sponde_server.datasets.sql.keep import is_exact

from .working_child import select_of

ENDING = ".working"
PARQUET = f"{ENDING}.parquet"
TABLE = f"{ENDING}.duckdb"
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
        """Say where the copy in Parquet of this file, read this way, lies or would lie."""
        how = [asdict(profile.dialect)] + [
            [column.name, column.type, column.form, column.missing] for column in profile.columns
        ]
        said = repr(dataset.wishes)  # which rows are left out stands nowhere else
        told = json.dumps([dataset.bytes, dataset.modified, dataset.part, said, how], default=str)
        key = hashlib.sha256(told.encode()).hexdigest()[:20]
        return self._folder / f"{dataset.id}-{key}{PARQUET}"

    def find(self, dataset: Dataset, profile: Profile) -> Path | None:
        """Give the copy in Parquet where it is there, and note that it was used."""
        return self.touch(self.path(dataset, profile))

    def touch(self, path: Path) -> Path | None:
        """Give the copy at this place where it is there, and note that it was used."""
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def pays(self, dataset: Dataset, profile: Profile, smallest: int) -> bool:
        """Say whether a copy would be read quicker than the file."""
        return 0 < smallest <= dataset.bytes and bool(profile.columns)

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
        """Begin to make the copies, unless they are there, under way, or could not be made before.

        `path` is that of the copy in Parquet.
        """
        if path in self._making:
            return self._making[path]
        if table_of(path) in self._refused or table_of(path).exists():
            return None
        bounds = {"memory": memory, "threads": 1, "largest": most}
        work = self._make(path, profile, source, bounds, seconds)
        task = self._making[path] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda _: self._making.pop(path, None))
        return task

    def forget(self, dataset_id: str, keep: Path | None = None) -> None:
        """Remove the copies of a dataset; those of its older files only, where one is kept."""
        for path, task in list(self._making.items()):
            if path.name.startswith(f"{dataset_id}-") and path != keep:
                task.cancel()
        for path in self._folder.glob(f"{dataset_id}-*{ENDING}*"):
            if keep is None or not path.name.startswith(keep.name.removesuffix(PARQUET)):
                path.unlink(missing_ok=True)

    def tidy(self, known: Iterable[str]) -> None:
        """Remove what a killed server left half made, and copies of datasets that are gone."""
        known = set(known)
        for path in self._folder.glob(f"*{ENDING}*"):
            is_half = PART in path.suffixes and not self._is_tidied
            if is_half or path.name.rpartition("-")[0] not in known:
                path.unlink(missing_ok=True)
        self._is_tidied = True

    def trim(self, most: int, keep: Path | None = None) -> None:
        """Remove the copies used longest ago until the rest fits."""
        found = []
        for path in (*self._folder.glob(f"*{PARQUET}"), *self._folder.glob(f"*{TABLE}")):
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
        bounds: dict[str, int],
        seconds: float,
    ) -> None:
        file, select = source
        table = table_of(path)
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        names = [column.name for column in profile.columns]
        asked: dict[str, Any] = {"work": "copy", "names": names, **bounds}
        shown = {"files": [file], "views": [f"CREATE VIEW shown AS {select}"]}
        if not await self._write(table, profile, {**asked, **shown, "form": "table"}, seconds):
            return
        is_parquet = kind_read(asdict(profile.dialect)) == "parquet"
        if is_parquet or not is_exact_kind(profile) or self.touch(path):
            return
        shown = {
            "files": files_of(table),
            "views": [
                attached(table),
                f"CREATE VIEW shown AS {select_of('copied.rows', names)}",
            ],
        }
        await self._write(path, profile, {**asked, **shown, "form": "parquet"}, seconds)

    async def _write(
        self, path: Path, profile: Profile, asked: dict[str, Any], seconds: float
    ) -> bool:
        """Write one copy; say whether it is there."""
        part = path.with_name(path.name + PART)
        try:
            told = await self._sandbox.work(
                {**asked, "files": [*asked["files"], *files_of(part)], "target": str(part)},
                seconds=seconds,
                setting="SpondeViews.max_copy_seconds",
            )
            if told["rows"] != profile.rows:
                # The file changed while it was read: the next look finds it as it is now.
                self._refused.add(path)
                return False
            await asyncio.to_thread(part.replace, path)
            await asyncio.to_thread(self.trim, asked["largest"], path)
        except SpondeError as error:
            self._refused.add(path)
            self._log.info("No working copy %s: %s", path.name, error.message)
            return False
        finally:
            _clear(part)
        return True


def table_of(path: Path) -> Path:
    """Say where the table lies, or would lie, whose copy in Parquet is this."""
    return path.with_name(path.name.removesuffix(PARQUET) + TABLE)


def files_of(path: Path) -> list[str]:
    """Name the files that DuckDB looks at when it opens this one."""
    return [f"{path}{more}" for more in ("", ".wal", ".wal.checkpoint", ".wal.recovery")]


def attached(table: Path) -> str:
    """Write the SQL that opens a table to be read."""
    return f"ATTACH {literal(str(table))} AS copied (READ_ONLY)"


def _clear(part: Path) -> None:
    for left in files_of(part):
        Path(left).unlink(missing_ok=True)


def is_exact_kind(profile: Profile) -> bool:
    """Say whether Parquet gives back every type that the dataset has."""
    from sponde_server.datasets.sql.keep import AS_TEXT

    types = [column.type for column in profile.columns]
    return is_exact(types) and not any(AS_TEXT.search(type_) for type_ in types)
