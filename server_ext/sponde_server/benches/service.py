"""Measures how fast models answer, and keeps the figures."""

from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.streams import Feed
from sponde_server.engines.service import SpondeEngines
from sponde_server.models.service import SpondeModels
from sponde_server.registry.service import SpondeRegistry


class SpondeBenches(LoggingConfigurable):
    """The benchmarks of models."""

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        models: SpondeModels,
        engines: SpondeEngines,
        registry: SpondeRegistry,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)

    async def stop(self) -> None:
        """End what runs."""
