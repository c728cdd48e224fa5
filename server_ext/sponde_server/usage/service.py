"""Counts what is asked of models, prices it, and stops what is over its budget."""

from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.streams import Feed

from .records import Caller, ModelRequest


class SpondeUsage(LoggingConfigurable):
    """The use of models, and its limits."""

    def __init__(self, *, database: Database, feed: Feed, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    async def allow(self, caller: Caller, model_id: str) -> None:
        """Refuse (TooMany) a request that a budget forbids; called before anything is sent."""

    def note(self, request: ModelRequest) -> None:
        """Keep what a request took; returns at once, the row is written in the background."""

    async def stop(self) -> None:
        """Write what waits."""
