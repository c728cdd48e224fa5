"""The usage over a history of its own, with a clock that the test moves."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.usage.records import BudgetReached
from sponde_server.usage.service import SpondeUsage

Make = Callable[..., SpondeUsage]


@dataclass
class Clock:
    """The time, as the test says it is."""

    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def forward(self, **by: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**by)
        return self.now


@dataclass
class Told:
    """What people were told of budgets."""

    events: list[BudgetReached] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """Give the sentences."""
        return [event.sentence for event in self.events]


@pytest.fixture
def clock() -> Clock:
    """Give a clock at noon in Greenwich."""
    return Clock()


@pytest.fixture
def told() -> Told:
    """Give what will have been told."""
    return Told()


@pytest.fixture
def make_usage(
    database: Database,
    clock: Clock,
    told: Told,
    run: Callable[[Awaitable[Any]], Any],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Make]:
    """Make services that share a history, each with settings of its own."""
    made: list[SpondeUsage] = []

    def make(**settings: Any) -> SpondeUsage:
        import logging

        bus = Bus(logging.getLogger("test"))
        bus.on(BudgetReached, told.events.append)
        settings.setdefault("time_zone", "UTC")
        settings.setdefault("clock", clock)
        made.append(SpondeUsage(database=database, feed=Feed(), bus=bus, **settings))
        return made[-1]

    yield make
    for usage in made:
        run(usage.stop())


@pytest.fixture
def usage(make_usage: Make) -> SpondeUsage:
    """Give the usage with the settings that it comes with, in Greenwich."""
    return make_usage()
