"""Makes training files from conversations, and adapters from training files."""

from pathlib import Path
from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.jobs.service import SpondeJobs
from sponde_server.registry.service import SpondeRegistry


class SpondeTuning(LoggingConfigurable):
    """Training of adapters."""

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        jobs: SpondeJobs,
        registry: SpondeRegistry,
        root: Path,
        folder: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)

    async def stop(self) -> None:
        """End what runs."""
