"""Notebooks to run, and a jobs service over real processes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.jobs.records import Run, RunFinished
from sponde_server.jobs.service import SpondeJobs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder that a server would serve."""
    made = tmp_path / "root"
    made.mkdir()
    return made


class Jobs(SpondeJobs):
    """The service, with the ends of runs to wait for."""

    finished: "asyncio.Queue[RunFinished]"
    told: list[RunFinished]

    async def ended(self, run: Run) -> Run:
        """Wait for a run's end."""
        while True:
            found = await self.get_run(run.id)
            if found.status.is_final:
                return found
            self.told.append(await asyncio.wait_for(self.finished.get(), 240))

    async def has_finished_a_cell(self, run: Run) -> None:
        """Wait until a run has finished its first cell."""
        while (await self.get_run(run.id)).cell < 1:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    async def listed(self, count: int) -> list[Run]:
        """Wait until there are so many runs."""
        while len(runs := await self.list_runs()) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return runs


@pytest.fixture
def make_jobs(
    tmp_path: Path, root: Path, database: Database, run: Callable[[Awaitable[Any]], Any]
) -> Iterator[Callable[..., Jobs]]:
    """Make the jobs service; several stand for a server that is started again."""
    made: list[Jobs] = []

    def make(**settings: Any) -> Jobs:
        bus = Bus(logging.getLogger("test"))
        jobs = Jobs(
            database=database,
            bus=bus,
            feed=Feed(),
            root=root,
            folder=tmp_path / "runs",
            **settings,
        )
        jobs.finished, jobs.told = asyncio.Queue(), []
        bus.on(RunFinished, jobs.finished.put_nowait)
        made.append(jobs)
        return jobs

    yield make
    for jobs in made:
        run(jobs.stop())


@pytest.fixture
def jobs(make_jobs: Callable[..., Jobs]) -> Jobs:
    """Give the jobs service."""
    return make_jobs()
