"""Views of datasets: pages of rows, values to choose among, code; from the working copy if any."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import Invalid
from sponde_server.core.tasks import Tasks
from sponde_server.datasets.files.forms import literal
from sponde_server.datasets.files.reading import kind_read
from sponde_server.datasets.records import Dataset, DatasetStatus, Profile
from sponde_server.datasets.service import MEGABYTE, SpondeDatasets

from . import views
from .readers import Readers
from .records import DatasetView, NewPage, NewValues, NewViewCode, ViewCode, ViewPage, ViewValue
from .working import WorkingCopies

REMEMBERED = 8


class SpondeViews(LoggingConfigurable):
    """How people look at the rows of datasets."""

    copy_from_megabytes = Integer(
        5,
        min=0,
        help="From how many megabytes on a file that is looked at gets a working copy in Parquet, "
        "which is read much quicker. 0: never; rows then always come from the file itself.",
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
        if new.offset < 0 or new.limit < 1:
            raise Invalid(
                f"{new.limit} rows after {new.offset} are no page.",
                "Ask for one row or more, after 0 or more.",
            )
        names = [
            [profile.columns[place].name, profile.columns[place].type]
            for place in new.columns or range(len(profile.columns))
            if 0 <= place < len(profile.columns)
        ]
        if not names:
            return ViewPage(rows=(), total=profile.rows, has_copy=False)
        where, given = views.where(new.view, profile.columns)
        asked = {
            "work": "page",
            "where": where,
            "given": given,
            "order": views.order(new.view, profile.columns),
            "columns": names,
            "offset": new.offset,
            "limit": min(new.limit, self._datasets.max_rows),
            "total": profile.rows,
            "written": new.written,
            "whole": new.whole,
        }
        told, has_copy = await self._ask(known, asked)
        return ViewPage(
            rows=tuple(tuple(row) for row in told["rows"]),
            total=told["total"],
            has_copy=has_copy,
        )

    async def values(self, dataset_id: str, new: NewValues) -> list[ViewValue]:
        """Give a column's values in a view, the most frequent first."""
        known = await self._known(dataset_id)
        profile = known.profile
        column = views.named(profile.columns, new.column)
        rest = DatasetView(
            filters=tuple(one for one in new.view.filters if one.column != new.column),
            search=new.view.search,
        )
        where, given = views.where(rest, profile.columns)
        text = views.text_of(column)
        if new.search:
            found = f"contains(lower({text}), lower(?))"
            where, given = (f"({where}) AND {found}" if where else found), [*given, new.search]
        asked = {"work": "values", "text": text, "where": where, "given": given}
        told, _ = await self._ask(known, asked)
        return [ViewValue(value=value, count=count) for value, count in told]

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
        return self._copies.touch(known.path) is not None

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

    async def _ask(self, known: "Known", asked: dict[str, Any]) -> tuple[Any, bool]:
        dataset, profile = known.dataset, known.profile
        copy = await asyncio.to_thread(self._copies.touch, known.path)
        if copy is None:
            await self._begin_copy(known)
        source, select = known.source
        numbered = copy or (source if kind_read(asdict(profile.dialect)) == "parquet" else None)
        if numbered is not None:
            file = literal(str(numbered))
            shown = f"SELECT *, file_row_number AS _sponde_row FROM read_parquet({file})"
        else:
            shown = f"SELECT *, row_number() OVER () - 1 AS _sponde_row FROM ({select})"
        opening = {
            "work": "view",
            "memory": self._datasets.max_query_memory * MEGABYTE,
            "threads": 2,
            "files": [source, *([str(copy)] if copy else [])],
            "views": [f"CREATE VIEW shown AS {shown}", f"CREATE VIEW written AS {known.written}"],
            "has_copy": numbered is not None,
        }
        key = f"{dataset.id} {dataset.modified} {dataset.bytes} {known.path.name} {bool(copy)}"
        seconds = self._datasets.max_query_seconds
        return await self._readers.ask(key, opening, asked, seconds=seconds), copy is not None

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
