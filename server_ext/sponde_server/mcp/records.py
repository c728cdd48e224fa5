"""Calls that programs made of our tools over MCP, and what people allow them."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class McpOutcome(StrEnum):
    """How a call went."""

    ANSWERED = "answered"
    FAILED = "failed"
    """The tool said what went wrong."""
    REFUSED = "refused"
    """It was not allowed, or over a limit."""
    CANCELLED = "cancelled"
    """The program called it off."""


@record
class McpCall:
    """One call that a program made: who, what, when, and how it went."""

    person: str
    """The person, as Jupyter knows them; empty for Jupyter's own token."""
    token: str
    """The id of the token that it came with; empty for Jupyter's own login."""
    token_name: str
    """What that token was called."""
    client: str
    """What the program calls itself, with its version."""
    method: str
    """What it asked: initialize, tools/call, resources/read or prompts/get."""
    name: str
    """The tool, the resource or the prompt."""
    given: str
    """The arguments, as JSON; cut where they are long."""
    outcome: McpOutcome
    """How it went."""
    said: str
    """The beginning of what the program got, or what went wrong."""
    duration_ms: float
    """How long it took, in milliseconds."""
    id: str = field(default_factory=new_id)
    """The call's id."""
    called_at: datetime = field(default_factory=now)
    """When it was asked."""


@record
class McpTool:
    """A tool as programs may call it."""

    name: str
    """What programs call it by."""
    label: str
    """What people call it."""
    description: str
    """What it does."""
    is_read_only: bool
    """Whether it changes nothing."""
    is_allowed: bool
    """Whether programs may call it."""
    is_fixed: bool
    """Whether a person cannot change that: it only reads, or the operator has decided."""


@record
class McpState:
    """What programs find at the MCP server."""

    is_open: bool
    """Whether the operator lets programs in."""
    tools: tuple[McpTool, ...]
    """Our own tools."""
    sessions: int
    """How many programs are connected."""


@record
class NewMcpAllowance:
    """Whether programs may call a tool that changes something."""

    is_allowed: bool
    """True: every program with the scope `tools` may call it."""


@record
class McpAllowance:
    """A tool that a person lets programs call."""

    tool: str
    """Its name."""
    person: str
    """Who allowed it."""
    allowed_at: datetime = field(default_factory=now)
    """When."""


@record
class McpChanged:
    """A program called something, connected or left, or what it may call changed."""
