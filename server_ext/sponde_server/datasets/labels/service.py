"""What a person calls datasets: their names and tags."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid
from sponde_server.core.streams import Feed
from sponde_server.datasets import naming
from sponde_server.datasets.records import Dataset, DatasetChanged
from sponde_server.datasets.service import SpondeDatasets

from .records import DatasetColumns, NewLabel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LONGEST_TAG = 40


class SpondeLabels(LoggingConfigurable):
    """The names and tags of the datasets."""

    max_tags = Integer(20, min=0, help="How many tags a dataset may have.").tag(config=True)

    def __init__(
        self, *, database: Database, feed: Feed, datasets: SpondeDatasets, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._datasets = datasets
        self._writing = asyncio.Lock()

    async def change(self, dataset_id: str, new: NewLabel) -> Dataset:
        """Call a dataset otherwise, or give it other tags; the file keeps its own name."""
        async with self._writing:
            dataset = await self._datasets.get(dataset_id)
            if new.name is not None and new.name != dataset.name:
                dataset = replace(dataset, name=await self._free(new.name, dataset))
            if new.tags is not None:
                dataset = replace(dataset, tags=_tags(new.tags, self.max_tags))
            await self._database.write(_set_label, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        return dataset

    async def list_columns(self) -> list[DatasetColumns]:
        """Give the columns' names of every dataset that was read to its end."""
        here = {one.id for one in await self._datasets.list_all()}
        found = await self._database.read(_list_columns)
        return [
            DatasetColumns(dataset_id=dataset_id, names=tuple(names))
            for dataset_id, names in found
            if dataset_id in here
        ]

    async def _free(self, wish: str, dataset: Dataset) -> str:
        name = wish.strip()
        good = naming.cleaned(name)
        if not name or good.lower() != name.lower():
            raise Invalid(
                f"'{name}' cannot be a dataset's name: code and SQL must be able to write it.",
                f"Use letters, digits and underscores, such as {good}."
                if name
                else "Give it a name of letters, digits and underscores.",
            )
        there = await self._datasets.find(name)
        if there is not None and there.id != dataset.id:
            raise Conflict(
                f"Another dataset is called '{there.name}'.",
                f"Choose another name; '{there.name}' is {there.path}.",
            )
        return name


def _tags(given: tuple[str, ...], most: int) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(" ".join(tag.lower().split()) for tag in given))
    tags = tuple(tag for tag in tags if tag)
    if len(tags) > most:
        raise Invalid(f"{len(tags)} tags are too many.", f"Give up to {most}.")
    for tag in tags:
        if len(tag) > LONGEST_TAG or "," in tag:
            raise Invalid(
                f"'{tag[:60]}' cannot be a tag.",
                f"A tag has up to {LONGEST_TAG} characters and no comma.",
            )
    return tags


def _list_columns(con: "Connection") -> list[tuple[str, list[str]]]:
    """Give the columns' names of every profile, without reading the rest of it."""
    return con.execute(
        "SELECT id, json_extract_string(body, '$.columns[*].name') FROM profile"
    ).fetchall()


def _set_label(con: "Connection", dataset: Dataset) -> None:
    """Write a dataset's name and tags, and nothing else of it: it may be being profiled."""
    from sponde_server.core.wire import encode

    con.execute(
        "UPDATE dataset SET name = ?, tags = ? WHERE id = ?",
        [dataset.name, encode(dataset.tags).decode(), dataset.id],
    )
