"""The models' service over a history of its own."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sponde_server.core.database import Database
from sponde_server.core.keys import Keys
from sponde_server.core.streams import Feed
from sponde_server.models.service import SpondeModels
from sponde_server.usage.service import SpondeUsage

Make = Callable[..., SpondeModels]


@pytest.fixture
def make_models(
    database: Database, tmp_path: Path, run: Callable[[Awaitable[Any]], Any]
) -> Iterator[Make]:
    """Make services that share a history, each with settings of its own."""
    made: list[SpondeModels] = []
    counting: list[SpondeUsage] = []

    def make(**settings: Any) -> SpondeModels:
        keys = Keys(tmp_path / "keys.json")
        settings.setdefault("usage", SpondeUsage(database=database, feed=Feed()))
        counting.append(settings["usage"])
        settings.setdefault("database", database)
        made.append(SpondeModels(feed=Feed(), keys=keys, **settings))
        return made[-1]

    yield make
    for models in made:
        run(models.stop())
    for usage in counting:
        run(usage.stop())


@pytest.fixture
def models(make_models: Make) -> SpondeModels:
    """Give a service as it is without any settings."""
    return make_models()
