"""A card in an answer: what would be done, and the button that does it. Never done by itself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sponde_server.tools.records import Output

MIME = "application/vnd.sponde.card+json"
"""Drawn by the chat alone, and only in answers of commands."""


@dataclass(frozen=True)
class Deed:
    """A button, and what it does."""

    label: str
    act: str
    """One of a few that the browser knows: schedule, experiment, download, file, save."""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """What would be done."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    deeds: tuple[Deed, ...] = ()

    def output(self) -> Output:
        """Give it as an answer carries it."""
        return Output(mime=MIME, data=asdict(self))
