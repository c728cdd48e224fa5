"""Knows the tools and what people allow of them, and carries out those of the server.

Does not know conversations' messages: the chat asks it what a call may do, and keeps what came of
it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.streams import Feed

from .records import Tool, ToolResult


@dataclass(frozen=True)
class Asker:
    """For whom a tool is called, and who reads what it gives back."""

    person: str
    """Who asked the question."""
    conversation_id: str
    """Where."""
    is_local: bool
    """Whether the model that reads the result runs on this machine."""
    reader: str = ""
    """What people call the provider that reads it."""


Run = Callable[[dict[str, Any], Asker], Awaitable[ToolResult]]
"""Carries a tool out, given its arguments."""


class SpondeTools(LoggingConfigurable):
    """What models may ask for, and what people allow of it."""

    def __init__(self, *, database: Database, feed: Feed, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._own: dict[str, tuple[Tool, Run | None]] = {}

    def add(self, tool: Tool, run: Run | None = None) -> None:
        """Offer a tool; one that a tab carries out has no `run`."""
        self._own[tool.name] = (tool, run)
