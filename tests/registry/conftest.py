"""A hub to download from, and the registry over a history of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from registry.hub import Hub

from sponde_server.core.database import Database
from sponde_server.core.keys import Keys
from sponde_server.core.streams import Feed
from sponde_server.registry.service import SpondeRegistry

Make = Callable[..., SpondeRegistry]


class HeardFeed(Feed):
    """A feed that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def tell(self, event: Any) -> None:
        """Keep it."""
        self.heard.append(event)
        super().tell(event)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give an empty hub."""
    made = Hub()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def feed() -> HeardFeed:
    """Give a feed that remembers."""
    return HeardFeed()


@pytest.fixture
def make_registry(
    database: Database,
    tmp_path: Path,
    hub: Hub,
    feed: HeardFeed,
    run: Callable[[Awaitable[Any]], Any],
) -> Iterator[Make]:
    """Make registries that share a history and a folder, each with settings of its own."""
    made: list[SpondeRegistry] = []

    def make(**settings: Any) -> SpondeRegistry:
        settings.setdefault("hub_url", hub.url)
        made.append(
            SpondeRegistry(
                database=database,
                feed=feed,
                keys=Keys(tmp_path / "keys.json"),
                folder=tmp_path / "models",
                root=tmp_path,
                **settings,
            )
        )
        return made[-1]

    yield make
    for registry in made:
        run(registry.stop())


@pytest.fixture
def registry(make_registry: Make) -> SpondeRegistry:
    """Give a registry as it is without any settings."""
    return make_registry()


@pytest.fixture
def until(registry: SpondeRegistry) -> Callable[..., Awaitable[Any]]:
    """Wait until a version has a status; gives the version."""

    async def wait(
        name: str, *statuses: str, number: int = 1, of: SpondeRegistry | None = None
    ) -> Any:
        async with asyncio.timeout(50):
            while True:
                model = await (of or registry).get(name)
                version = next(one for one in model.versions if one.number == number)
                if version.status in statuses:
                    return version
                assert version.status == "downloading", version
                await asyncio.sleep(0.02)

    return wait
