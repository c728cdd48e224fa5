"""Says where a dataset is used: notebooks that read it, jobs, dashboards, blocks, conversations."""

import asyncio
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.datasets.service import SpondeDatasets

from .around import Around
from .records import DatasetUse, DatasetUseKind, DatasetUses

if TYPE_CHECKING:
    from .naming_cells import NotebookNames

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SpondeDatasetUses(LoggingConfigurable):
    """The places where datasets are used."""

    max_notebooks = Int(
        5_000,
        help="Most notebooks below the folder that JupyterLab serves that are looked through for "
        "cells that read a dataset. Each is read once, and again when it has changed. 0: none.",
    ).tag(config=True)

    def __init__(
        self, *, datasets: SpondeDatasets, around: Around, root: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._datasets = datasets
        self._around = around
        self._root = root
        self._looking = asyncio.Lock()

    async def find(self, dataset_id: str) -> DatasetUses:
        """Find what uses a dataset."""
        dataset = await self._datasets.get(dataset_id)
        notebooks, is_cut = await self._notebooks(dataset.name, dataset.path)
        paths = {one.path for one in notebooks}
        jobs, dashboards, blocks, conversations = await asyncio.gather(
            self._around.find_jobs(paths, {dataset.name, dataset.path}),
            self._around.find_dashboards(paths),
            self._around.find_blocks(dataset.name),
            self._around.find_conversations(dataset.id),
        )
        groups = (notebooks, jobs, dashboards, blocks, conversations)
        return DatasetUses(
            dataset_id=dataset.id,
            uses=tuple(
                use
                for group in groups
                for use in sorted(group, key=lambda one: one.last_at or _LONG_AGO, reverse=True)
            ),
            is_cut=is_cut,
        )

    async def _notebooks(self, name: str, path: str) -> tuple[list[DatasetUse], bool]:
        if not self.max_notebooks:
            return [], False
        async with self._looking:  # the second one finds what the first one read
            found, is_cut = await asyncio.to_thread(
                self._names.find, name, path, self.max_notebooks
            )
        uses = [
            DatasetUse(
                kind=DatasetUseKind.NOTEBOOK,
                label=one.path.rpartition("/")[2],
                path=one.path,
                cell_id=one.cell_id,
                cell=one.number,
                cells=one.count,
                last_at=datetime.fromtimestamp(one.changed, UTC),
            )
            for one in found
        ]
        return uses, is_cut

    @cached_property
    def _names(self) -> "NotebookNames":
        from .naming_cells import NotebookNames

        return NotebookNames(self._root)
