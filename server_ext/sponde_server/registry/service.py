"""Keeps models by name, brings their files, and hands them to engines."""

from pathlib import Path
from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import NotFound
from sponde_server.core.keys import Keys
from sponde_server.core.streams import Feed

from .records import RegisteredModel, VersionSource


class SpondeRegistry(LoggingConfigurable):
    """The registered models."""

    def __init__(
        self, *, database: Database, feed: Feed, keys: Keys, folder: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)

    async def start(self) -> None:
        """Mark downloads that a dead server left as paused."""

    async def list_models(self) -> list[RegisteredModel]:
        """Give every registered model with its versions, by name."""
        return []

    async def get(self, name: str) -> RegisteredModel:
        """Give one registered model."""
        raise NotFound(f"No model is registered as '{name}'.", "")

    async def register_folder(
        self,
        folder: Path,
        *,
        name: str,
        source: VersionSource = VersionSource.FOLDER,
        reference: str = "",
        base: str = "",
        notes: str = "",
    ) -> RegisteredModel:
        """Register a folder as a new version of a name (an adapter where `base` is given)."""
        raise NotFound("", "")

    async def stop(self) -> None:
        """Pause the downloads."""
