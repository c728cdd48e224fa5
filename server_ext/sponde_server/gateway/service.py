"""Lets programs ask models: who may, how much, and how names become models."""

from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.streams import Feed
from sponde_server.models.service import SpondeModels


class SpondeGateway(LoggingConfigurable):
    """The gateway for notebooks and other programs."""

    def __init__(
        self, *, database: Database, feed: Feed, models: SpondeModels, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)

    async def stop(self) -> None:
        """Write what waits."""
