"""A service of datasets over a folder of its own, and files to be read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.datasets.records import Dataset, Profile
from sponde_server.datasets.service import SpondeDatasets

Made = Callable[..., SpondeDatasets]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder that JupyterLab would serve."""
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def make(database: Database, root: Path, tmp_path: Path) -> Made:
    """Make a service; several over one history stand for restarts."""

    def made(**settings: object) -> SpondeDatasets:
        return SpondeDatasets(
            database=database,
            bus=Bus(logging.getLogger("test")),
            feed=Feed(),
            root=root,
            folder=tmp_path / "datasets",
            **settings,
        )

    return made


@pytest.fixture
def datasets(make: Made, run: Callable[[Awaitable[object]], object]) -> Iterator[SpondeDatasets]:
    """Give a service."""
    made = make()
    yield made
    run(made.stop())


@pytest.fixture
def take(datasets: SpondeDatasets, root: Path) -> Callable[..., Awaitable[tuple[Dataset, Profile]]]:
    """Write a file, register it, and give the dataset with its profile."""

    async def taken(
        content: str | bytes, name: str = "file.csv", seconds: float = 300
    ) -> tuple[Dataset, Profile]:
        path = root / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        added = await datasets.add(name)
        profile = await asyncio.wait_for(datasets.profile(added.id), seconds)
        return await datasets.get(added.id), profile

    return taken
