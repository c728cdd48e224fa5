"""Files of datasets, results and SQL to take away: written by a child, fetched once, deleted.

Does not read rows itself: the server's memory does not grow with them.
"""

import asyncio
import re
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.record import new_id
from sponde_server.datasets.files import reading
from sponde_server.datasets.grid import views
from sponde_server.datasets.sandbox.sandbox import Sandbox
from sponde_server.datasets.service import MEGABYTE, SpondeDatasets

from .records import DatasetDownload, DownloadFormat, NewDatasetDownload
from .service import SpondeQueries

AT_ONCE = 1
KEPT_SECONDS = 3600
ENDINGS = {
    DownloadFormat.CSV: (".csv", "text/csv; charset=utf-8"),
    DownloadFormat.SPREADSHEET_CSV: ("-spreadsheet.csv", "text/csv; charset=utf-8"),
    DownloadFormat.PARQUET: (".parquet", "application/vnd.apache.parquet"),
    DownloadFormat.EXCEL: (
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


class SpondeDownloads(LoggingConfigurable):
    """Files made of datasets for people to take away."""

    max_download_seconds = Integer(
        600, min=1, help="How many seconds making one file to download may take."
    ).tag(config=True)
    max_download_megabytes = Integer(
        20_000, min=1, help="How many megabytes one file to download may have."
    ).tag(config=True)

    def __init__(
        self, *, datasets: SpondeDatasets, queries: SpondeQueries, folder: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._datasets = datasets
        self._queries = queries
        self._folder = folder / "downloads"
        self._sandbox = Sandbox(folder / "scratch", AT_ONCE)
        self._made: dict[str, tuple[DatasetDownload, str, str, float]] = {}
        self._has_tidied = False

    async def stop(self) -> None:
        """End what is being made, and delete what nobody fetched."""
        await self._sandbox.stop()
        if self._made:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def make(self, new: NewDatasetDownload, person: str) -> DatasetDownload:
        """Make a file; whoever asks waits, and what is half made goes when they leave."""
        work, files, name = await self._wanted(new, person)
        await asyncio.to_thread(self._tidy)
        ending, media_type = ENDINGS[new.format]
        download_id = new_id()
        target = self._folder / download_id
        try:
            told = await self._sandbox.work(
                {
                    **work,
                    "work": "write",
                    "format": new.format.value,
                    "name": new.name or name,
                    "target": str(target),
                    "largest": self.max_download_megabytes * MEGABYTE,
                    "files": [*files, str(target)],
                    "memory": self._datasets.max_query_memory * MEGABYTE,
                    "threads": 2,
                },
                seconds=self.max_download_seconds,
                setting="SpondeDownloads.max_download_seconds",
            )
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        made = DatasetDownload(
            id=download_id,
            filename=f"{_filename(new.name or name)}{ending}",
            bytes=(await asyncio.to_thread(target.stat)).st_size,
            rows=told["rows"],
        )
        self._made[download_id] = (made, media_type, person, time.monotonic())
        return made

    async def take(self, download_id: str, person: str) -> tuple[DatasetDownload, str, Path]:
        """Give what was made for this person, once: about it, its media type, and the file."""
        found = self._made.get(download_id)
        if found is None or found[2] != person:
            raise NotFound(
                "This download was fetched already, or is too old.", "Make it once more."
            )
        del self._made[download_id]
        made, media_type, _, _ = found
        return made, media_type, self._folder / download_id

    async def _wanted(
        self, new: NewDatasetDownload, person: str
    ) -> tuple[dict[str, Any], list[str], str]:
        """Give what the child is to write, the files that it reads, and a name for the result."""
        given = [new.dataset_id, new.query_id, new.sql]
        if sum(one is not None for one in given) != 1:
            raise Invalid(
                "A download is made of one thing.", "Give a dataset_id, a query_id or sql."
            )
        if new.dataset_id is not None:
            return await self._of_dataset(new.dataset_id, new)
        if new.view is not None:
            raise Invalid("A view is one of a dataset.", "Give its dataset_id.")
        sql = new.sql or ""
        if new.query_id is not None:
            query = await self._queries.get(new.query_id, person)
            sql = query.sql
            kept = await self._queries.exact(query)
            if kept is not None:
                columns, types = list(query.columns), list(query.types)
                return {"kept": str(kept), "columns": columns, "types": types}, [str(kept)], "query"
        paths, views = await self._datasets.views(sql)
        return {"sql": sql, "views": views}, paths, "query"

    async def _of_dataset(
        self, dataset_id: str, new: NewDatasetDownload
    ) -> tuple[dict[str, Any], list[str], str]:
        # Exact is as written: 1.50 stays 1.50. Where values have types, they are read.
        is_raw = new.format is DownloadFormat.CSV
        path, select = await self._datasets.source(dataset_id, is_raw=is_raw)
        profile = await self._datasets.profile(dataset_id)
        if new.view is not None:
            if is_raw:
                made = asdict(profile)
                select = reading.both_select(path, made["dialect"], made["columns"])
            select = views.select(new.view, profile.columns, select, is_written=is_raw)
        titles = {one.name: one.title for one in profile.columns if one.title is not None}
        name = (await self._datasets.get(dataset_id)).name
        work = {"select": select, "views": [], "titles": titles if is_raw else {}}
        return work, [path], name

    def _tidy(self) -> None:
        """Delete what was not fetched within the hour, and what an earlier server left."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._has_tidied:
            self._has_tidied = True
            for path in self._folder.iterdir():
                path.unlink(missing_ok=True)
        for download_id, (*_, since) in list(self._made.items()):
            if time.monotonic() - since > KEPT_SECONDS:
                del self._made[download_id]
                (self._folder / download_id).unlink(missing_ok=True)


def _filename(name: str) -> str:
    """Make a name that every system takes for a file."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "_", name).strip(" .")[:120] or "data"
