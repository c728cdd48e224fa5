"""Says where a code block is used: from the notes of its uses, the cells that remember it, jobs,
conversations and collections.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.record import now
from sponde_server.library import store as blocks
from sponde_server.library.collections import store as collections_store
from sponde_server.library.outside import Outside
from sponde_server.library.records import Outcome

from . import store as where_used_store
from .records import UsageWeeks, UsedIn, UsedPlace, WhereUsed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

    from .marked_cells import MarkedCell, MarkedCells

MOST_WEEKS = 260
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SpondePlaces(LoggingConfigurable):
    """The places where blocks are used."""

    max_notebooks = Int(
        5_000,
        help="Most notebooks below the folder that JupyterLab serves that are looked through for "
        "cells that hold a block. Each is read once, and again when it has changed. 0: none.",
    ).tag(config=True)

    def __init__(self, *, database: Database, outside: Outside, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._outside = outside
        self._looking = asyncio.Lock()

    async def where(self, block_id: str) -> WhereUsed:
        """Find the places where a block is used."""
        noted, collections = await self._database.read(_read, block_id)
        cells, is_cut = await self._marked(block_id)
        places = sorted(_joined(noted, cells), key=lambda one: one.last_at or _LONG_AGO)
        places.reverse()
        notebooks = {one.path for one in places if one.kind is UsedIn.NOTEBOOK and one.is_there}
        jobs = [
            UsedPlace(
                kind=UsedIn.JOB,
                label=job.name,
                path=job.notebook,
                subject_id=job.id,
                last_at=job.last_at,
            )
            for job in await self._outside.find_jobs(notebooks)
        ]
        questions = [
            UsedPlace(
                kind=UsedIn.CONVERSATION,
                label=one.title,
                subject_id=one.conversation_id,
                message_id=one.message_id,
                last_at=one.asked_at,
            )
            for one in await self._outside.find_questions(block_id)
        ]
        return WhereUsed(
            block_id=block_id,
            places=(*places, *jobs, *questions, *collections),
            is_cut=is_cut,
        )

    async def weeks(self, block_id: str, weeks: int) -> UsageWeeks:
        """Count a block's uses in each of the last weeks."""
        if not 1 <= weeks <= MOST_WEEKS:
            raise Invalid(f"{weeks} weeks cannot be shown.", f"Ask for 1 to {MOST_WEEKS}.")
        return await self._database.read(_weeks, block_id, weeks, now())

    async def _marked(self, block_id: str) -> "tuple[list[MarkedCell], bool]":
        if self._outside.root is None or not self.max_notebooks:
            return [], False
        async with self._looking:  # the second one finds what the first one read
            return await asyncio.to_thread(self._cells.find, block_id, self.max_notebooks)

    @cached_property
    def _cells(self) -> "MarkedCells":
        from .marked_cells import MarkedCells

        assert self._outside.root is not None
        return MarkedCells(self._outside.root)


def _joined(noted: "list[UsedPlace]", cells: "list[MarkedCell]") -> "list[UsedPlace]":
    """Bring together what is noted of cells and the cells that are there."""
    there = {(cell.path, cell.cell_id): cell for cell in cells if not cell.is_result}
    results = _results(cells)
    found = []
    for place in noted:
        if place.kind is UsedIn.NOTEBOOK:
            cell = there.pop((place.path, place.cell_id), None)
            place = replace(place, is_there=cell is not None, cell=cell.number if cell else 0)
        found.append(place)
    found += [
        UsedPlace(
            kind=UsedIn.NOTEBOOK,
            label="",
            path=cell.path,
            cell_id=cell.cell_id,
            cell=cell.number,
            last_at=datetime.fromtimestamp(cell.changed, UTC),
        )
        for cell in there.values()
    ]
    return [*found, *results]


def _results(cells: "list[MarkedCell]") -> "list[UsedPlace]":
    """Add up the runs of notebooks that left a result, by the cell that ran."""
    homes = {cell.cell_id: cell.path for cell in cells if not cell.is_result}
    runs: dict[str, list[MarkedCell]] = {}
    for cell in cells:
        if cell.is_result:
            runs.setdefault(cell.cell_id, []).append(cell)
    found = []
    for cell_id, those in runs.items():
        last = max(those, key=lambda one: one.changed)
        outcomes = [one.outcome for one in those]
        found.append(
            UsedPlace(
                kind=UsedIn.RUN,
                label=(homes.get(cell_id) or last.path).split("/")[-1],
                path=last.path,
                cell_id=cell_id,
                cell=last.number,
                ok=outcomes.count(Outcome.OK),
                failed=outcomes.count(Outcome.FAILED),
                last_outcome=last.outcome,
                last_at=datetime.fromtimestamp(last.changed, UTC),
            )
        )
    return found


# -- what happens within one transaction ----------------------------------------------------


def _read(con: "Connection", block_id: str) -> tuple[list[UsedPlace], list[UsedPlace]]:
    _check(con, block_id)
    collections = [
        UsedPlace(
            kind=UsedIn.COLLECTION,
            label=one.name,
            subject_id=one.id,
            last_at=one.updated_at,
        )
        for one in collections_store.list_with(con, block_id)
    ]
    return where_used_store.list_places(con, block_id), collections


def _weeks(con: "Connection", block_id: str, weeks: int, moment: datetime) -> UsageWeeks:
    _check(con, block_id)
    found = where_used_store.list_weeks(con, block_id, weeks, moment)
    return UsageWeeks(block_id=block_id, weeks=tuple(found))


def _check(con: "Connection", block_id: str) -> None:
    if blocks.find(con, block_id) is None:
        raise NotFound(
            f"There is no code block {block_id}.", "It may have been deleted; look in the library."
        )
