"""Starts, watches, puts to sleep and ends engines."""

from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Unavailable
from sponde_server.core.streams import Feed

from .records import Engine, Weights


class SpondeEngines(LoggingConfigurable):
    """The engines of this machine."""

    def __init__(self, *, database: Database, feed: Feed, folder: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    async def start(self) -> None:
        """Find the engines that an earlier server left."""

    async def ready(self, weights: Weights) -> Engine:
        """Give an engine that answers for these weights: started, woken or waited for."""
        raise Unavailable("vLLM is not installed.", "")

    def begin(self, engine_id: str) -> None:
        """Note that a request begins: the engine is not put to sleep or unloaded meanwhile."""

    def end(self, engine_id: str) -> None:
        """Note that a request ended."""

    def key(self, engine_id: str) -> str:
        """Give the key that an engine of ours wants; empty where it wants none."""
        return ""

    async def stop(self) -> None:
        """End what belongs to this server."""
