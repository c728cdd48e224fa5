"""What an MCP server can offer: tools, resources, templates of resources, and prompts.

Knows neither the protocol's messages nor what is offered here: offers.py does.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

if TYPE_CHECKING:
    from .exchange import Exchange

Json = dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """A tool."""

    name: str
    title: str
    description: str
    schema: Json
    """Its arguments, as a JSON schema of an object."""
    run: "Callable[[Json, Exchange], Awaitable[Json]]"
    """Gives `content`, and `isError` where it failed."""
    hints: Json = field(default_factory=dict)
    """Whether it only reads, and so on."""

    def shown(self) -> Json:
        """Give it as a list shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": {"type": "object", **self.schema},
            "annotations": {"title": self.title, **self.hints},
        }


@dataclass(frozen=True)
class Resource:
    """Something to read."""

    uri: str
    name: str
    title: str
    description: str
    mime: str
    read: Callable[[], Awaitable[Json]]
    """Gives `text` or `blob`."""

    def shown(self) -> Json:
        """Give it as a list shows it."""
        return {
            "uri": self.uri,
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "mimeType": self.mime,
        }


Complete = Callable[[str, str, dict[str, str]], Awaitable[Sequence[str]]]
"""Gives what could be meant: the argument's name, what was typed, and the other arguments."""


async def nothing(name: str, typed: str, others: dict[str, str]) -> Sequence[str]:
    """Complete nothing."""
    return ()


@dataclass(frozen=True)
class Template:
    """A form of addresses with names in braces, each of them something to read."""

    uri: str
    name: str
    title: str
    description: str
    mime: str
    read: Callable[[dict[str, str]], Awaitable[Json]]
    complete: Complete = nothing

    def match(self, uri: str) -> dict[str, str] | None:
        """Give the names' values in an address; None where it has another form."""
        parts = re.split(r"\{(\w+)\}", self.uri)
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )
        found = re.fullmatch(pattern, uri)
        return {key: unquote(value) for key, value in found.groupdict().items()} if found else None

    def shown(self) -> Json:
        """Give it as a list shows it."""
        return {
            "uriTemplate": self.uri,
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "mimeType": self.mime,
        }


@dataclass(frozen=True)
class Prompt:
    """A question with places to fill in."""

    name: str
    title: str
    description: str
    get: Callable[[dict[str, str]], Awaitable[Sequence[Json]]]
    """Gives the messages, given the arguments."""
    arguments: tuple[Json, ...] = ()
    """Each with name, description and required."""
    complete: Complete = nothing

    def shown(self) -> Json:
        """Give it as a list shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "arguments": list(self.arguments),
        }


class Catalogue(Protocol):
    """Everything that a server offers to one program."""

    name: str
    """The server's name."""
    title: str
    """What people call it."""
    version: str
    """Its version."""
    instructions: str
    """What a model should know before it calls anything."""

    async def tools(self) -> Sequence[Tool]:
        """Give the tools."""

    async def resources(self) -> Sequence[Resource]:
        """Give the resources."""

    async def templates(self) -> Sequence[Template]:
        """Give the templates."""

    async def prompts(self) -> Sequence[Prompt]:
        """Give the prompts."""


def text(said: str) -> Json:
    """Make a piece of content of a text."""
    return {"type": "text", "text": said}
