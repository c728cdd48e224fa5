"""Lists the data files in a folder that JupyterLab serves, so that a person can choose some."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.paths import inside, relative
from sponde_server.datasets.records import Dataset
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.datasets.uploads.placing import no_room

from .records import DataFile, DataFolder

MOST_LOOKED_AT = 200_000
PACKED = (".gz", ".zst", ".bz2", ".xz")
ENDINGS = (
    ".csv", ".tsv", ".tab", ".psv", ".dat", ".txt", ".parquet", ".json", ".jsonl", ".ndjson",
    ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".arrow", ".feather", ".ipc", ".zip",
)  # fmt: skip
_PASSED_OVER = {"node_modules", "__pycache__", "site-packages"}
_NO_DATA = {"package.json", "package-lock.json", "tsconfig.json", "requirements.txt", "licence.txt",
            "license.txt", "readme.txt", "cmakelists.txt"}  # fmt: skip


class SpondeDataFolders(LoggingConfigurable):
    """The folders that hold data files."""

    max_files = Integer(
        2000, min=1, help="How many data files of a folder are listed at once, to be added."
    ).tag(config=True)

    def __init__(
        self, *, datasets: SpondeDatasets, root: Path, example: Path | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._datasets = datasets
        self._root = root
        self._example = example

    async def add_example(self) -> Dataset:
        """Put the example that comes with Sponde into the folder, and register it."""
        if self._example is None or not self._example.exists():
            raise NotFound("No example came with this installation.", "Add a file of your own.")
        target = self._root / self._example.name
        if not target.exists():
            await asyncio.to_thread(_copied, self._example, target)
        return await self._datasets.add(target.name)

    async def list_files(self, path: str) -> DataFolder:
        """List the data files in a folder and below it, hidden ones left out."""
        known = {one.path: one.id for one in await self._datasets.list_all()}
        return await asyncio.to_thread(self._list, path, known)

    def _list(self, path: str, known: dict[str, str]) -> DataFolder:
        top = inside(self._root, path)
        if not top.exists():
            raise NotFound(f"There is no folder '{path}'.", "Choose another one.")
        if not top.is_dir():
            raise Invalid(f"'{path}' is a file.", "Add it by itself, or choose a folder.")
        found: list[DataFile] = []
        is_cut = False
        try:
            for where, full in data_files(top, self._root):
                if len(found) >= self.max_files:
                    raise TooManyFiles
                found.append(
                    DataFile(path=where, bytes=full.stat().st_size, dataset_id=known.get(where, ""))
                )
        except TooManyFiles:
            is_cut = True
        where = relative(self._root, top)
        return DataFolder(path="" if where == "." else where, files=tuple(found), is_cut=is_cut)


def _copied(source: Path, target: Path) -> None:
    draft = target.with_name(f".sponde-{target.name}.part")
    try:
        shutil.copyfile(source, draft)
        draft.replace(target)
    except OSError as error:
        raise no_room(error, target.name, target.parent) from error
    finally:
        draft.unlink(missing_ok=True)


class TooManyFiles(Exception):
    """There are more files in a folder than are looked at."""


def data_files(top: Path, root: Path, most: int = MOST_LOOKED_AT) -> Iterator[tuple[str, Path]]:
    """Give the data files in a folder and below it, hidden ones left out, by their paths."""
    root = root.resolve()
    looked = 0
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _PASSED_OVER
        )
        for name in sorted(names):
            looked += 1
            if looked > most:
                raise TooManyFiles
            full = Path(folder, name)
            if is_data(name) and full.is_file() and not _leads_out(full, root):
                yield full.relative_to(root).as_posix(), full


def is_data(name: str) -> bool:
    """Say whether a file's name is one of a data file."""
    lowered = name.lower()
    if name.startswith(".") or lowered in _NO_DATA:
        return False
    for ending in PACKED:
        lowered = lowered.removesuffix(ending)
    return lowered.endswith(ENDINGS)


def _leads_out(full: Path, root: Path) -> bool:
    return full.is_symlink() and root not in full.resolve().parents
