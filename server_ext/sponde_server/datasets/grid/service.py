"""Views of datasets: pages of rows, values to choose among, code; from the working copy if any."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.tasks import Tasks
from sponde_server.datasets.files.forms import literal
from sponde_server.datasets.files.reading import kind_read
from sponde_server.datasets.records import Dataset, DatasetStatus, Profile
from sponde_server.datasets.service import MEGABYTE, SpondeDatasets

from . import asked, views
from .readers import Readers
from .records import NewPage, NewValues, NewViewCode, ViewCode, ViewPage, ViewValue
from .working import WorkingCopies, attached, files_of, table_of
from .working_child import NUMBER, select_of

REMEMBERED = 8
SMALL = 20 * MEGABYTE
"""Bytes up to which a file without a copy is read into memory while one looks."""


class SpondeViews(LoggingConfigurable):
    """How people look at the rows of datasets."""

    copy_from_megabytes = Integer(
        5,
        min=0,
        help="From how many megabytes on a file that is looked at gets working copies, a table for "
        "the grid and Parquet, which are read much quicker. 0: never; rows then always come from "
        "the file itself.",
    ).tag(config=True)
    max_copies_megabytes = Integer(
        20_000,
        min=1,
        help="How many megabytes all working copies may have together. Those used longest ago are "
        "removed first; they are made again when they are needed.",
    ).tag(config=True)
    max_copy_seconds = Integer(
        600, min=1, help="How many seconds making one working copy may take before it is stopped."
    ).tag(config=True)

    def __init__(self, *, datasets: SpondeDatasets, folder: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._datasets = datasets
        self._copies = WorkingCopies(folder / "copies", folder / "scratch", self.log)
        self._readers = Readers(folder / "scratch")
        self._working = Tasks(self.log)
        self._has_tidied = False
        self._memory: dict[str, Known] = {}
        datasets.use_copies(self.find_copy)

    async def stop(self) -> None:
        """End the children, and copies that are being made."""
        await self._working.stop()
        await self._copies.stop()
        await self._readers.stop()

    def find_copy(self, dataset: Dataset, profile: Profile) -> Path | None:
        """Give a dataset's working copy where there is one."""
        return self._copies.find(dataset, profile)

    async def page(self, dataset_id: str, new: NewPage) -> ViewPage:
        """Give some rows of a view."""
        known = await self._known(dataset_id)
        profile = known.profile
        page = asked.page(new, profile.columns, self._datasets.max_rows)
        if not page["columns"]:
            return ViewPage(rows=(), total=profile.rows, has_copy=False)
        told, has_copy = await self._ask(known, page)
        return asked.given(told, has_copy=has_copy)

    async def values(self, dataset_id: str, new: NewValues) -> list[ViewValue]:
        """Give a column's values in a view, the most frequent first."""
        known = await self._known(dataset_id)
        told, _ = await self._ask(known, asked.values(new, known.profile.columns))
        return asked.given_values(told)

    async def code(self, dataset_id: str, new: NewViewCode) -> ViewCode:
        """Write a view, or a plot of it, as code."""
        from .code import write

        known = await self._known(dataset_id)
        dataset, profile = known.dataset, known.profile
        views.where(new.view, profile.columns)
        code = write(dataset.name, profile.columns, new.view, new.language, new.plot)
        return ViewCode(code=code, language=new.language)

    async def make_copy(self, dataset_id: str) -> bool:
        """Make the working copy now and wait for it; say whether it is there."""
        known = await self._known(dataset_id)
        task = await self._begin_copy(known)
        if task is not None:
            await asyncio.shield(task)
        return self._copies.touch(table_of(known.path)) is not None

    def forget(self, dataset_id: str) -> None:
        """Remove what was made of a dataset that is gone."""
        self._working.start(self._forget(dataset_id))

    async def _forget(self, dataset_id: str) -> None:
        await self._readers.close(dataset_id)
        await asyncio.to_thread(self._copies.forget, dataset_id)

    async def _known(self, dataset_id: str) -> "Known":
        """Give a dataset as it is now; what is known of a wide file is not read for each page."""
        datasets = self._datasets
        dataset = await datasets.profiles.look_again(await datasets.get(dataset_id))
        known = self._memory.get(dataset_id)
        is_reading = datasets.profiles.is_reading(dataset_id)
        is_steady = dataset.status is DatasetStatus.READY and not is_reading
        if known is not None and is_steady and known.dataset == dataset:
            return known
        profile = await datasets.profile(dataset_id)
        dataset = await datasets.get(dataset_id)
        self._memory.pop(dataset_id, None)
        self._memory[dataset_id] = Known(
            dataset=dataset,
            profile=profile,
            path=self._copies.path(dataset, profile),
            source=await datasets.source(dataset_id, copied=False),
            written=(await datasets.source(dataset_id, is_raw=True))[1],
        )
        while len(self._memory) > REMEMBERED:
            del self._memory[next(iter(self._memory))]
        return self._memory[dataset_id]

    async def _ask(self, known: "Known", question: dict[str, Any]) -> tuple[Any, bool]:
        dataset, profile = known.dataset, known.profile
        table = await asyncio.to_thread(self._copies.touch, table_of(known.path))
        task = None if table is not None else await self._begin_copy(known)
        source, select = known.source
        is_numbered, begin = True, []
        names = [column.name for column in profile.columns]
        if table is not None:
            begin = [attached(table)]
            shown = select_of("copied.rows", names, NUMBER)
        elif kind_read(asdict(profile.dialect)) == "parquet":
            file = literal(source)
            shown = f"SELECT *, file_row_number AS _sponde_row FROM read_parquet({file})"
        else:
            shown = f"SELECT *, row_number() OVER () - 1 AS _sponde_row FROM ({select})"
            is_numbered = False
        is_small = table is None and task is None and dataset.bytes < SMALL
        opening = {
            "work": "view",
            "memory": self._datasets.max_query_memory * MEGABYTE,
            "threads": 2,
            "files": [source, *(files_of(table) if table else [])],
            "views": [
                *begin,
                f"CREATE VIEW shown AS {shown}",
                f"CREATE VIEW written AS {known.written}",
            ],
            "table": "copied.rows" if table else "",
            "is_numbered": is_numbered,
            "loads": "first" if is_small else "",
            "names": names,
            "total": profile.rows,
        }
        key = f"{dataset.id} {dataset.modified} {dataset.bytes} {known.path.name} {bool(table)}"
        seconds = self._datasets.max_query_seconds
        return await self._readers.ask(key, opening, question, seconds=seconds), table is not None

    async def _begin_copy(self, known: "Known") -> "asyncio.Task[None] | None":
        dataset, profile = known.dataset, known.profile
        if not self._copies.pays(dataset, profile, self.copy_from_megabytes * MEGABYTE):
            return None
        if not self._has_tidied:
            self._has_tidied = True
            ids = [one.id for one in await self._datasets.policies.list_all()]
            await asyncio.to_thread(self._copies.tidy, ids)
        await asyncio.to_thread(self._copies.forget, dataset.id, known.path)
        return self._copies.make_soon(
            known.path,
            profile,
            known.source,
            memory=self._datasets.max_query_memory * MEGABYTE,
            seconds=self.max_copy_seconds,
            most=self.max_copies_megabytes * MEGABYTE,
        )


@dataclass(frozen=True)
class Known:
    """What is needed to read a dataset, as long as its file is as it is."""

    dataset: Dataset
    profile: Profile
    path: Path
    """Where its working copy lies, or would lie."""
    source: tuple[str, str]
    """The file that is read, and the SELECT of its rows."""
    written: str
    """The SELECT of its rows as they are written."""
