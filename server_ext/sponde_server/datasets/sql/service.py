"""What people ask datasets in SQL: run in a child with hard limits, kept with its result.

A query belongs to who ran it: nobody else is told that there is one.
"""

import asyncio
import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound, SpondeError
from sponde_server.core.record import new_id
from sponde_server.core.tasks import Tasks
from sponde_server.core.wire import convert
from sponde_server.datasets.grid import asked
from sponde_server.datasets.grid.readers import Readers
from sponde_server.datasets.grid.records import (
    DatasetView,
    NewPage,
    NewValues,
    ViewPage,
    ViewValue,
)
from sponde_server.datasets.records import Column, ColumnKind, Table
from sponde_server.datasets.sandbox.sandbox import Sandbox
from sponde_server.datasets.service import MEGABYTE, SpondeDatasets

from . import store
from .records import DatasetQuery, NewDatasetQuery, QueryFailure, QueryStatus, SqlWords

AT_ONCE = 2
PAGE = 500
MOST_PAGE = 5000
MOST_CHARACTERS = 200_000
MOST_LISTED = 200
ABSENT = re.compile(r'Table with name "?(\w+)"? does not exist')


class SpondeQueries(LoggingConfigurable):
    """SQL over datasets, and its results."""

    max_result_rows = Integer(
        1_000_000,
        min=1,
        help="How many rows of a query's result are kept to be paged through; a download gives "
        "all of them, however many there are.",
    ).tag(config=True)
    max_result_megabytes = Integer(
        2000, min=1, help="How many megabytes one query's result may take on disk."
    ).tag(config=True)
    max_results_megabytes = Integer(
        10_000,
        min=1,
        help="How many megabytes all kept results together may take on disk; the oldest ones go "
        "first, and their queries can be run again.",
    ).tag(config=True)
    max_history = Integer(
        1000, min=1, help="How many queries of each person are remembered; the oldest go first."
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        datasets: SpondeDatasets,
        root: Path,
        folder: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._datasets = datasets
        self._workspace = str(root.resolve())
        self._results = folder / "results"
        self._sandbox = Sandbox(folder / "scratch", AT_ONCE)
        self._readers = Readers(folder / "scratch", AT_ONCE)
        self._running: dict[str, asyncio.Task[DatasetQuery]] = {}
        self._working = Tasks(self.log)

    async def stop(self) -> None:
        """End every query."""
        await self._working.stop()
        await self._sandbox.stop()
        await self._readers.stop()

    # -- running --------------------------------------------------------------------------------

    async def begin(self, new: NewDatasetQuery, person: str) -> DatasetQuery:
        """Begin to run SQL; `ended` waits for its end."""
        if len(new.sql) > MOST_CHARACTERS:
            raise Invalid(
                f"This SQL has {len(new.sql):,} characters; {MOST_CHARACTERS:,} are allowed.",
                "Shorten it, or put the values into a file and register that as a dataset.",
            )
        query = DatasetQuery(sql=new.sql, person=person, workspace=self._workspace, id=new_id())
        gone = await self._database.write(store.add, query, self.max_history)
        await asyncio.to_thread(self._drop, gone)
        self._running[query.id] = self._working.start(self._run(query))
        return query

    async def ended(self, query_id: str, person: str, seconds: float) -> DatasetQuery:
        """Give a query when it has ended, or as it is after so many seconds."""
        query = await self.get(query_id, person)
        running = self._running.get(query.id)
        if running is None:
            return query
        await asyncio.wait((running,), timeout=max(0.0, min(seconds, 60.0)))
        return await self.get(query_id, person)

    async def cancel(self, query_id: str, person: str) -> DatasetQuery:
        """Stop a query and kill what works on it."""
        query = await self.get(query_id, person)
        running = self._running.get(query.id)
        if running is not None:
            running.cancel()
            await asyncio.wait((running,))
        return await self.get(query_id, person)

    async def _run(self, query: DatasetQuery) -> DatasetQuery:
        began = time.monotonic()
        try:
            query = await self._answer(query)
        except SpondeError as error:
            failure = QueryFailure(message=error.message, hint=error.hint)
            query = replace(query, status=QueryStatus.FAILED, failure=failure)
        except asyncio.CancelledError:
            query = replace(query, status=QueryStatus.CANCELLED)
        finally:
            query = replace(query, seconds=round(time.monotonic() - began, 3))
            if query.status is not QueryStatus.DONE:
                self._drop([query.id])
            await self._database.write(store.update, query)
            del self._running[query.id]
        return query

    async def _answer(self, query: DatasetQuery) -> DatasetQuery:
        paths, views = await self._datasets.views(query.sql)
        await asyncio.to_thread(self._make_room)
        target = self._path(query.id)
        told = await self._sandbox.work(
            {
                "work": "keep",
                "sql": query.sql,
                "most": self.max_result_rows,
                "limit": PAGE,
                "target": str(target),
                "largest": self.max_result_megabytes * MEGABYTE,
                "files": [*paths, str(target)],
                "views": views,
                "tells_places": True,
                **self._limits(),
            },
            seconds=self._datasets.max_query_seconds,
            setting="SpondeDatasets.max_query_seconds",
        )
        if "failure" in told:
            failure = await self._named(convert(QueryFailure, told["failure"]))
            return replace(query, status=QueryStatus.FAILED, failure=failure)
        first = json.dumps(told["first"])
        await asyncio.to_thread(target.with_suffix(".json").write_text, first, "utf-8")
        return replace(
            query,
            status=QueryStatus.DONE,
            columns=tuple(told["columns"]),
            types=tuple(told["types"]),
            rows=told["rows"],
            is_cut=told["is_cut"],
        )

    async def _named(self, failure: QueryFailure) -> QueryFailure:
        """Say which datasets may be meant, where a table is none of them."""
        absent = ABSENT.match(failure.message)
        if absent is None:
            return failure
        try:
            await self._datasets.get_by_name(absent[1])
        except NotFound as error:
            return replace(failure, message=error.message, hint=error.hint)
        return failure

    def _limits(self) -> dict[str, int]:
        return {"memory": self._datasets.max_query_memory * MEGABYTE, "threads": 2}

    # -- what came of it --------------------------------------------------------------------------

    async def get(self, query_id: str, person: str) -> DatasetQuery:
        """Give a query of this person."""
        query = await self._database.read(store.find, query_id)
        if query is None or (query.workspace, query.person) != (self._workspace, person):
            raise NotFound(
                f"There is no query {query_id} of yours.", "Run its SQL again to have it."
            )
        if query.status is QueryStatus.RUNNING and query.id not in self._running:
            message = "The server stopped while this query ran."
            failure = QueryFailure(message=message, hint="Run it again.")
            query = replace(query, status=QueryStatus.FAILED, failure=failure)
        return query

    async def rows(self, query_id: str, person: str, offset: int, limit: int) -> Table:
        """Give some rows of a query's result."""
        query, path = await self._kept(query_id, person)
        if offset < 0 or limit < 1:
            raise Invalid(
                f"{limit} rows from {offset} on cannot be given.",
                "Ask for one row or more, from 0 on.",
            )
        end = min(offset + limit, query.rows or 0)
        rows = await self._first(path, offset, end)
        if rows is None:
            from .keep import LONGEST

            new = NewPage(view=DatasetView(), offset=offset, limit=min(limit, MOST_PAGE))
            question = asked.page(new, columns_of(query), MOST_PAGE, exact=True)
            rows = (await self._ask(query, {**question, "longest": LONGEST}))["rows"]
        return Table(
            columns=query.columns,
            types=query.types,
            rows=tuple(map(tuple, rows)),
            truncated=offset + len(rows) < (query.rows or 0),
        )

    async def page(self, query_id: str, person: str, new: NewPage) -> ViewPage:
        """Give some rows of a view of a query's result."""
        query, _ = await self._kept(query_id, person)
        question = asked.page(new, columns_of(query), MOST_PAGE, exact=True)
        return asked.given(await self._ask(query, question), has_copy=True)

    async def values(self, query_id: str, person: str, new: NewValues) -> list[ViewValue]:
        """Give a column's values in a view of a result, the most frequent first."""
        query, _ = await self._kept(query_id, person)
        return asked.given_values(await self._ask(query, asked.values(new, columns_of(query))))

    async def _kept(self, query_id: str, person: str) -> tuple[DatasetQuery, Path]:
        """Give a query that has a result, and where that lies."""
        query = await self.get(query_id, person)
        if query.status is not QueryStatus.DONE:
            raise NotFound("This query has no result.", "Run it again.")
        path = self._path(query.id)
        if not await asyncio.to_thread(path.exists):
            raise NotFound(
                "The result of this query made room for newer ones.", "Run the query again."
            )
        return query, path

    async def _ask(self, query: DatasetQuery, question: dict[str, Any]) -> Any:
        """Ask the child that stays with this result."""
        from .keep import kept

        path = str(self._path(query.id))
        select = kept(path, query.columns, query.types, ", file_row_number AS _sponde_row")
        opening = {
            "work": "view",
            "files": [path],
            "views": [f"CREATE VIEW shown AS {select}"],
            "table": "",
            "is_numbered": True,
            "loads": "sorted",
            "names": query.columns,
            "total": query.rows,
            **self._limits(),
        }
        seconds = self._datasets.max_query_seconds
        return await self._readers.ask(query.id, opening, question, seconds=seconds)

    async def _first(self, path: Path, offset: int, end: int) -> list[list[Any]] | None:
        """Give rows from the first page, which lies beside the result, where it has them all."""
        if end > PAGE:
            return None
        try:
            text = await asyncio.to_thread(path.with_suffix(".json").read_text, "utf-8")
        except FileNotFoundError:
            return None
        first: list[list[Any]] = json.loads(text)
        return first[offset:end] if len(first) >= end else None

    async def exact(self, query: DatasetQuery) -> Path | None:
        """Give the file that holds all rows of a result with their types, if there is one."""
        from .keep import is_exact

        path = self._path(query.id)
        if query.status is not QueryStatus.DONE or query.is_cut or not is_exact(query.types):
            return None
        return path if await asyncio.to_thread(path.exists) else None

    async def list_some(
        self, person: str, search: str, before: str, limit: int
    ) -> list[DatasetQuery]:
        """Give this person's queries, newest first: those whose text has all the words."""
        words = search.lower().split()
        most = max(1, min(limit, MOST_LISTED))
        found = await self._database.read(
            store.list_some, self._workspace, person, words, before, most
        )
        return [await self.get(one.id, person) if _runs(one) else one for one in found]

    async def forget(self, query_id: str, person: str) -> None:
        """Forget a query and its result."""
        query = await self.cancel(query_id, person)
        await self._readers.close(query.id)
        await self._database.write(store.remove, query.id)
        await asyncio.to_thread(self._drop, [query.id])

    async def clear(self, person: str) -> None:
        """Forget all queries of this person that have ended, and their results."""
        gone = await self._database.write(store.clear, self._workspace, person)
        for query_id in gone:
            await self._readers.close(query_id)
        await asyncio.to_thread(self._drop, gone)

    async def words(self) -> SqlWords:
        """Give what SQL is made of, as the DuckDB here knows it."""
        told = await self._sandbox.work(
            {"work": "words", "files": [], **self._limits()},
            seconds=self._datasets.max_query_seconds,
            setting="SpondeDatasets.max_query_seconds",
        )
        return convert(SqlWords, told)  # type: ignore[no-any-return]

    # -- files ------------------------------------------------------------------------------------

    def _path(self, query_id: str) -> Path:
        return self._results / f"{query_id}.parquet"

    def _drop(self, query_ids: list[str]) -> None:
        for query_id in query_ids:
            self._path(query_id).unlink(missing_ok=True)
            self._path(query_id).with_suffix(".json").unlink(missing_ok=True)

    def _make_room(self) -> None:
        """Let the oldest results go where all of them take more than they may."""
        self._results.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = sorted(self._results.glob("*.parquet"), reverse=True)
        left = self.max_results_megabytes * MEGABYTE
        for path in kept:
            left -= path.stat().st_size
            if left < 0 and path.stem not in self._running:
                self._drop([path.stem])


def columns_of(query: DatasetQuery) -> tuple[Column, ...]:
    """Give a result's columns, as views know columns."""
    from sponde_server.datasets.profile.profile import kind_of_type

    from .keep import type_kept

    types = [type_kept(type_) for type_ in query.types]
    return tuple(
        Column(name=name, type=type_, kind=ColumnKind(kind_of_type(type_)))
        for name, type_ in zip(query.columns, types, strict=True)
    )


def _runs(query: DatasetQuery) -> bool:
    return query.status is QueryStatus.RUNNING
