"""Tools that a model may call, what people allow of them, and what came of each call."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record


class ToolPlace(StrEnum):
    """Who carries a tool out."""

    SERVER = "server"
    TAB = "tab"
    """The browser tab that asked: what touches open notebooks and their kernels."""


@record
class Tool:
    """Something that a model may ask for."""

    name: str
    """What the model calls it by; tools of MCP servers begin with `<server>__`."""
    label: str
    """What people call it."""
    description: str
    """What it does, for the model."""
    parameters: dict[str, Any]
    """Its arguments, as a JSON schema of an object."""
    place: ToolPlace = ToolPlace.SERVER
    """Who carries it out."""
    source: str = "sponde"
    """Who offers it: `sponde`, or the MCP server's name."""
    is_read_only: bool = False
    """Whether it changes nothing, as far as its source says."""


class Allowance(StrEnum):
    """What a person allows of a tool."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"


@record
class Permission:
    """What a person allows of a tool, in one conversation or in all."""

    tool: str
    """The tool's name."""
    allowance: Allowance
    """What is allowed."""
    conversation_id: str = ""
    """Where it holds; empty: everywhere."""
    id: str = field(default_factory=new_id)
    """The permission's id."""
    created_at: datetime = field(default_factory=now)
    """When it was given."""


class CallStatus(StrEnum):
    """How far a call has come. Everything after running is final."""

    WAITING = "waiting"
    """For the person's yes or no."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"


@record
class Output:
    """A table or a picture in an answer, as a notebook's output would carry it."""

    mime: str
    """Its MIME type, such as text/html or application/vnd.vegalite.v5+json."""
    data: Any
    """Text, or JSON for types that end in +json."""


@record
class ToolResult:
    """What a tool gives back."""

    text: str
    """What the model reads."""
    shown: str = ""
    """Markdown that only the person reads; where empty, the text is shown."""
    outputs: tuple[Output, ...] = ()
    """Tables and pictures, for the person only."""
    is_failure: bool = False
    """Whether it says what went wrong."""


@record
class ToolCall:
    """One call of a tool in an answer: what was asked, what was allowed, what came of it."""

    tool: str
    """The tool's name."""
    label: str
    """What people call it."""
    arguments: dict[str, Any]
    """What it was asked, exactly."""
    at: int = 0
    """Where in the answer's text it stands, in UTF-16 code units from the beginning."""
    place: ToolPlace = ToolPlace.SERVER
    """Who carries it out."""
    status: CallStatus = CallStatus.WAITING
    """How far it has come."""
    result: ToolResult | None = None
    """What it gave back."""
    call_id: str = ""
    """The call's id, as the model's provider named it."""
    id: str = field(default_factory=new_id)
    """Its own id."""
    began_at: datetime = field(default_factory=now)
    """When it was asked for."""
    duration_ms: float | None = None
    """How long it ran, in milliseconds."""
