"""Looks at the registered files' size and time now and then: changes are seen by themselves.

One `stat` a file; nothing is read unless it changed. A file that still grows is read when it has
stood still from one look to the next.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from traitlets import Float
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import SpondeError
from sponde_server.core.tasks import Tasks
from sponde_server.datasets.records import Dataset, DatasetStatus
from sponde_server.datasets.service import SpondeDatasets

Seen = tuple[int, float] | None
# So many files are looked at in one go; the rest has its turn in the next ones.
AT_ONCE = 2000


class SpondeWatch(LoggingConfigurable):
    """What looks whether datasets have changed."""

    seconds = Float(
        5.0,
        min=0.0,
        help="How many seconds pass between two looks at the files of the datasets, for changes "
        "made on the disk. 0: none; they are then noticed when a dataset is opened or used.",
    ).tag(config=True)

    def __init__(self, *, datasets: SpondeDatasets, root: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._datasets = datasets
        self._root = root.resolve()
        self._seen: dict[str, Seen] = {}
        self._from = 0
        self._working = Tasks(self.log)

    async def start(self) -> None:
        """Look now and then; in the background."""
        if self.seconds:
            self._working.start(self._look_often())

    async def stop(self) -> None:
        """Look no more."""
        await self._working.stop()

    async def look(self) -> list[Dataset]:
        """Look once; give those that are read again."""
        here = sorted(await self._datasets.list_all(), key=lambda one: one.id)
        part = here[self._from : self._from + AT_ONCE]
        self._from = self._from + AT_ONCE if self._from + AT_ONCE < len(here) else 0
        found = await asyncio.to_thread(self._facts, part)
        changed = []
        for dataset, facts in zip(part, found, strict=True):
            before = self._seen.get(dataset.id, ())
            self._seen[dataset.id] = facts
            if _is_other(dataset, facts) and facts == before:
                changed.append(await self._datasets.profiles.look_again(dataset))
        return changed

    def _facts(self, datasets: list[Dataset]) -> list[Seen]:
        return [_seen(self._root / one.path) for one in datasets]

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(self.seconds)
            try:
                await self.look()
            except SpondeError as error:
                self.log.warning("The datasets' files could not be looked at: %s", error)


def _seen(path: Path) -> Seen:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime


def _is_other(dataset: Dataset, facts: Seen) -> bool:
    """Say whether a file is not as it was read; one that is being read has its turn later."""
    if dataset.status in (DatasetStatus.WAITING, DatasetStatus.PROFILING):
        return False
    if facts is None:
        return not dataset.is_gone
    return dataset.is_gone or facts != (dataset.bytes, dataset.modified)
