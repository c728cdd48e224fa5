"""Hands datasets to the library: their states for its runs, and samples for its trials.

The library does not know the datasets; app.py joins the two here.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from .core.errors import SpondeError
from .datasets.records import Column, Dataset, DatasetStatus
from .datasets.service import SpondeDatasets
from .library.trials.sampling import Data, Sample

MOST_WITH_COLUMNS = 50


class DatasetSamples:
    """The datasets as the library's runs and trials see them."""

    def __init__(self, datasets: SpondeDatasets) -> None:
        self._datasets = datasets

    async def states(self, names: tuple[str, ...]) -> dict[str, str]:
        """Say in what state those of these datasets are that are here."""
        if not names:
            return {}
        known = {one.name.lower(): one for one in await self._datasets.list_all()}
        return {
            known[name.lower()].name: _state(known[name.lower()])
            for name in names
            if name.lower() in known
        }

    async def list_all(self) -> list[Data]:
        """Give the datasets that can be read, newest first, with their columns."""
        known = [
            one for one in await self._datasets.list_all() if one.status is DatasetStatus.READY
        ]
        columns = await asyncio.gather(*map(self._columns, known[:MOST_WITH_COLUMNS]))
        rest: list[tuple[Column, ...]] = [()] * (len(known) - len(columns))
        return [
            Data(
                name=one.name,
                rows=one.rows,
                columns=tuple(column.name for column in there),
                kinds=tuple(column.kind.value for column in there),
            )
            for one, there in zip(known, [*columns, *rest], strict=True)
        ]

    async def take(
        self, name: str, *, first: int, rest: int, folder: Path, as_file: bool
    ) -> Sample:
        """Write some rows of a dataset into a file."""
        dataset = await self._datasets.get_by_name(name)
        path, rows, total = await self._datasets.sample(
            dataset.id, first=first, rest=rest, folder=folder, as_file=as_file
        )
        words = (
            f"all {total:,} rows of {dataset.name}"
            if rows >= total
            else f"{rows:,} of {total:,} rows of {dataset.name}"
        )
        return Sample(path=path, words=words)

    async def _columns(self, dataset: Dataset) -> tuple[Column, ...]:
        try:
            profile = await self._datasets.profile(dataset.id)
        except SpondeError:  # gone or changed meanwhile: it only fits nothing
            return ()
        return profile.columns


def _state(dataset: Dataset) -> str:
    changed = datetime.fromtimestamp(dataset.modified, UTC).strftime("%Y-%m-%d %H:%M:%S")
    rows = "" if dataset.rows is None else f"{dataset.rows:,} rows, "
    return f"{rows}{dataset.bytes:,} bytes, changed {changed} UTC"
