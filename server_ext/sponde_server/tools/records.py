"""Tools that a model may call, what people allow of them, and what came of each call."""

from dataclasses import field, replace
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
    brief: str = ""
    """What it does and takes, in few words, for a model that reads it with every question; empty:
    it reads the description, and the schema whole."""
    place: ToolPlace = ToolPlace.SERVER
    """Who carries it out."""
    source: str = "sponde"
    """Who offers it: `sponde`, or the MCP server's name."""
    is_read_only: bool = False
    """Whether it changes nothing, as far as its source says."""
    code_argument: str = ""
    """The argument that is code, to be shown as such; empty: none is."""
    code_language: str = ""
    """The language of that code."""


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
    fingerprint: str = ""
    """What an MCP server said of the tool when it was given: one that changed is asked for anew."""
    id: str = field(default_factory=new_id)
    """The permission's id."""
    created_at: datetime = field(default_factory=now)
    """When it was given."""


@record
class NewPermission:
    """What a person allows of a tool from now on."""

    tool: str
    """The tool's name."""
    allowance: Allowance
    """What is allowed; ask takes an earlier permission back."""
    conversation_id: str = ""
    """Where it holds; empty: everywhere."""


@record
class ToolState:
    """A tool, and what is allowed of it."""

    tool: Tool
    """The tool."""
    allowance: Allowance
    """What is allowed of it everywhere."""
    always_in: int = 0
    """In how many conversations it runs without a question."""


class Decision(StrEnum):
    """What a person says to a call that waits."""

    ONCE = "once"
    ALWAYS = "always"
    """Here: this call, and those of the same tool in this conversation from now on."""
    REFUSE = "refuse"
    """This call only."""
    NEVER = "never"
    """This call, and the tool is not offered to models any more."""


@record
class NewDecision:
    """A decision as a person gives it."""

    decision: Decision
    """What they say."""


@record
class Claim:
    """A tab that carries a call out, so that no other does."""

    tab_id: str
    """The tab's own id, made when its page was opened."""


class CallStatus(StrEnum):
    """How far a call has come. Everything after running is final."""

    WAITING = "waiting"
    """For the person's yes or no."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"


FINAL = frozenset({CallStatus.SUCCEEDED, CallStatus.FAILED, CallStatus.REFUSED, CallStatus.STOPPED})


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
    message_id: str = ""
    """The answer that it stands in."""
    source: str = "sponde"
    """Who offers the tool: `sponde`, or the MCP server's name."""
    code_argument: str = ""
    """The argument that is code, to be shown as such; empty: none is."""
    code_language: str = ""
    """The language of that code."""
    notice: str = ""
    """What a person should know before they allow it."""
    can_always: bool = False
    """Whether it may be allowed for the whole conversation on its card."""
    allowed: Decision | None = None
    """What the person said; None where nobody was asked or nobody has answered."""
    progress: str = ""
    """How far it is while it runs, in its own words."""
    id: str = field(default_factory=new_id)
    """Its own id."""
    began_at: datetime = field(default_factory=now)
    """When it was asked for."""
    duration_ms: float | None = None
    """How long it ran, in milliseconds."""


def stopped(calls: tuple[ToolCall, ...], why: str) -> tuple[ToolCall, ...]:
    """Give calls with those that have not ended marked as stopped, with a sentence."""
    return tuple(
        call
        if call.status in FINAL
        else replace(
            call,
            status=CallStatus.STOPPED,
            result=ToolResult(text=why, is_failure=True),
            progress="",
        )
        for call in calls
    )


@record
class CallAllowed:
    """A call whose place is a tab may run: the tab that claims it carries it out."""

    conversation_id: str
    """Where it was asked for."""
    call: ToolCall
    """The call."""


@record
class CallEnded:
    """A call of a tab ended, there or because it was stopped."""

    call_id: str
    """The call's own id."""


@record
class ToolsChanged:
    """A tool came or went, or something else is allowed now."""


# -- MCP servers ----------------------------------------------------------------------------------


class ServerSource(StrEnum):
    """Who named an MCP server."""

    PERSON = "person"
    CONFIGURATION = "configuration"
    PROJECT = "project"
    """A file of the folder that JupyterLab serves: off until a person turns it on."""


class ServerStatus(StrEnum):
    """How an MCP server is."""

    OFF = "off"
    WAITING = "waiting"
    """On, and started when a model is asked for the first time."""
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


@record
class ToolServer:
    """An MCP server: a process of this machine, or an address, that offers tools."""

    name: str
    """What people call it; its tools begin with it."""
    command: tuple[str, ...] = ()
    """The program and its arguments (a process only)."""
    url: str = ""
    """Its address (an address only)."""
    secrets: tuple[str, ...] = ()
    """The names of its environment variables or headers, whose values are kept as keys are."""
    is_on: bool = True
    """Whether its tools are offered."""
    source: ServerSource = ServerSource.PERSON
    """Who named it."""
    id: str = field(default_factory=new_id)
    """The server's id."""
    created_at: datetime = field(default_factory=now)
    """When it was added."""


@record
class ToolServerState:
    """An MCP server, and how it is."""

    server: ToolServer
    """The server."""
    status: ServerStatus
    """How it is."""
    failure: str = ""
    """Why it failed or what is odd about it, and the way out."""
    title: str = ""
    """What it calls itself, with its version."""
    tools: tuple[Tool, ...] = ()
    """What it offers."""
    log: str = ""
    """The end of what it wrote beside its answers."""


@record
class NewToolServer:
    """An MCP server as a person enters it: a command or an address."""

    name: str
    """What to call it: letters, digits, - and _, at most 24."""
    command: tuple[str, ...] = ()
    """The program and its arguments."""
    url: str = ""
    """Its address."""
    secrets: dict[str, str] = field(default_factory=dict)
    """Environment variables (a process) or headers (an address)."""


@record
class ServerSwitch:
    """Turns an MCP server on or off."""

    is_on: bool
    """Whether its tools are offered."""
