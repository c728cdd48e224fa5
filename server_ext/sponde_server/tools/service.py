"""Knows the tools and what people allow of them, and carries out those of the server.

Nothing runs because a text said so: a call waits for the person, unless they have allowed that
tool before. Does not know conversations' messages: the chat asks it what a call may do, and keeps
what came of it.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Dict, Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Forbidden, NotFound, SpondeError
from sponde_server.core.keys import Keys
from sponde_server.core.record import new_id, now
from sponde_server.core.streams import Feed
from sponde_server.models.records import Called

from . import store
from .records import (
    FINAL,
    Allowance,
    CallAllowed,
    CallEnded,
    CallStatus,
    Decision,
    NewPermission,
    NewToolServer,
    Permission,
    Tool,
    ToolCall,
    ToolPlace,
    ToolResult,
    ToolsChanged,
    ToolServerState,
    ToolState,
)

if TYPE_CHECKING:
    from .servers import Servers

REFUSED = "The person refused this call. Do not repeat it: go on without it, or ask them."
OFFERED = 128
GRACE_SECONDS = 3.0
PROGRESS_SECONDS = 0.25
LOOK_SECONDS = 5.0
# A hidden tab may say that it is there once a minute only.
SILENT_SECONDS = 150.0


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
    progress: Callable[[str], None] = lambda text: None
    """Takes a few words about how far a call is."""
    message_id: str = ""
    """The answer that calls it; empty: a program."""


Run = Callable[[dict[str, Any], Asker], Awaitable[ToolResult]]
"""Carries a tool out, given its arguments."""
Notice = Callable[[dict[str, Any]], str]
"""Says what a person must know before these arguments are allowed; then they are asked each time,
whatever they allowed before. Empty: nothing."""
Changed = Callable[[ToolCall], None]


@dataclass
class _Own:
    tool: Tool
    run: Run | None
    notice: Notice | None


@dataclass
class _Waiting:
    """A call that waits for the person."""

    call: ToolCall
    asker: Asker
    said: "asyncio.Future[Decision]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass
class _AtTab:
    """A call that a tab carries out."""

    call: ToolCall
    claimed: asyncio.Event = field(default_factory=asyncio.Event)
    tab_id: str = ""
    heard_at: float = 0.0
    """When the tab last said that it is there: it claims the call again and again."""
    result: "asyncio.Future[ToolResult]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class SpondeTools(LoggingConfigurable):
    """What models may ask for, and what people allow of it."""

    is_offered = Bool(
        True,
        help="Whether models are told of any tools. False: they only write text, and nothing waits "
        "for a permission.",
    ).tag(config=True)
    max_seconds = Integer(
        120, min=1, help="How many seconds a tool of the server may run before it is stopped."
    ).tag(config=True)
    max_tab_seconds = Integer(
        900,
        min=1,
        help="How many seconds a tool that runs in the browser (a cell of a notebook) may take "
        "before the answer goes on without it.",
    ).tag(config=True)
    claim_seconds = Integer(
        20,
        min=1,
        help="How many seconds a call waits for a browser tab that can carry it out.",
    ).tag(config=True)
    max_result_characters = Integer(
        20_000,
        min=200,
        help="How many characters of a tool's result a model reads at most; the rest is cut, and "
        "the cut is noted.",
    ).tag(config=True)
    mcp_servers = Dict(
        help="MCP servers whose tools everyone here may use, by name, in the common form: "
        '{"files": {"command": "a-program", "args": ["a"], "env": {"KEY": "env:KEY"}}, '
        '"far": {"url": "https://host/mcp", "headers": {"Authorization": "env:FAR_KEY"}}}. '
        "They are started when a model is asked for the first time.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        keys: Keys | None = None,
        root: Path | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._own: dict[str, _Own] = {}
        self._later: list[Callable[[], None]] = []
        self._permissions: list[Permission] | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._at_tabs: dict[str, _AtTab] = {}
        self._keys = keys
        self._root = root
        self._servers: Servers | None = None

    @property
    def servers(self) -> "Servers":
        """The MCP servers; made when they are first needed."""
        if self._servers is None:
            from .servers import Servers

            self._servers = Servers(
                self._database,
                self._keys,
                self._root,
                self.log,
                lambda: dict(self.mcp_servers),
                lambda: self._feed.tell(ToolsChanged()),
            )
        return self._servers

    def add(self, tool: Tool, run: Run | None = None, notice: Notice | None = None) -> None:
        """Offer a tool; one that a tab carries out has no `run`."""
        self._own[tool.name] = _Own(tool, run, notice)

    def add_later(self, register: Callable[[], None]) -> None:
        """Let tools be added when they are first needed, so that the start need not wait."""
        self._later.append(register)

    async def stop(self) -> None:
        """End what runs: the MCP servers, and the calls that wait."""
        for waiting in list(self._waiting.values()):
            waiting.said.cancel()
        if self._servers is not None:
            await self._servers.stop()

    # -- what there is --------------------------------------------------------------------------

    async def offered(
        self, conversation_id: str = "", only: Collection[str] | None = None
    ) -> list[Tool]:
        """Give the tools that a model is told of: all but those never allowed.

        `only` names tools or whole sources, as a persona does; None: no limit.
        """
        if not self.is_offered:
            return []
        await self._load()
        tools = [own.tool for own in self._own.values()] + await self.servers.tools(GRACE_SECONDS)
        found = [
            tool
            for tool in tools
            if (only is None or tool.name in only or tool.source in only)
            and self._allowance(tool, conversation_id) is not Allowance.NEVER
        ]
        return found[:OFFERED]

    async def list_all(self) -> list[ToolState]:
        """Give every tool that is there now, with what is allowed of it."""
        await self._load()
        return [self._state(tool) for tool in self._there()]

    async def permissions(self, conversation_id: str = "") -> list[Permission]:
        """Give what is allowed, everywhere or in one conversation only."""
        await self._load()
        return [
            one
            for one in self._permissions or []
            if not conversation_id or one.conversation_id == conversation_id
        ]

    async def permit(self, new: NewPermission) -> ToolState:
        """Keep what a person allows of a tool."""
        await self._load()
        tool = self._find(new.tool)
        if tool is None:
            raise NotFound(
                f"There is no tool '{new.tool}'.", "Its MCP server may be off; see Models, Tools."
            )
        await self._permit(tool, new.allowance, new.conversation_id)
        return self._state(tool)

    async def forget(self, tool_name: str) -> None:
        """Ask again for a tool, everywhere and in every conversation."""
        await self._load()
        await self._database.write(store.remove_permissions, tool_name)
        self._permissions = [one for one in self._permissions or [] if one.tool != tool_name]
        self._feed.tell(ToolsChanged())

    # -- one call -------------------------------------------------------------------------------

    def prepare(
        self, called: Called, offered: Mapping[str, Tool], message_id: str, at: int
    ) -> ToolCall:
        """Make a call of what a model wrote; one that cannot be carried out has failed already."""
        from . import arguments

        tool = offered.get(called.name)
        if tool is None:
            names = ", ".join(list(offered)[:40])
            call = ToolCall(
                tool=called.name[:64],
                label=called.name[:64] or "?",
                arguments={},
                at=at,
                call_id=called.id,
                message_id=message_id,
            )
            return _ended(call, _wrong(f"There is no tool '{called.name[:64]}'. There is {names}."))
        call = ToolCall(
            tool=tool.name,
            label=tool.label,
            arguments={},
            at=at,
            place=tool.place,
            call_id=called.id,
            message_id=message_id,
            source=tool.source,
            code_argument=tool.code_argument,
            code_language=tool.code_language,
            can_always=tool.is_read_only,
        )
        try:
            given = arguments.read(called.arguments, tool.parameters)
        except arguments.Unfit as error:
            return _ended(
                replace(call, arguments={"": called.arguments[:2000]}), _wrong(str(error))
            )
        own = self._own.get(tool.name)
        notice = own.notice(given) if own and own.notice else ""
        return replace(
            call, arguments=given, notice=notice, can_always=call.can_always and not notice
        )

    async def carry_out(
        self,
        call: ToolCall,
        asker: Asker,
        changed: Changed,
        in_turn: AbstractAsyncContextManager[Any],
    ) -> ToolCall:
        """Ask the person where that is needed, run the call, and give it with its result.

        `changed` hears of every step. `in_turn` is held while it runs: calls that change something
        go one after the other. Whoever cancels this stops the call.
        """
        if call.status in FINAL:
            return call
        await self._load()
        tool = self._find(call.tool)
        allowance = Allowance.ASK if tool is None else self._allowance(tool, asker.conversation_id)
        said = Decision.ALWAYS
        if allowance is Allowance.NEVER:
            said = Decision.NEVER
        elif allowance is Allowance.ASK or call.notice:
            changed(call)
            said = await self._ask(call, asker)
        call = replace(call, allowed=said)
        if said in (Decision.REFUSE, Decision.NEVER):
            call = replace(call, status=CallStatus.REFUSED, result=ToolResult(text=REFUSED))
            changed(call)
            return call
        async with in_turn:
            begun = time.perf_counter()
            call = replace(call, status=CallStatus.RUNNING, began_at=now())
            changed(call)
            running, told_at = call, 0.0

            def progress(text: str) -> None:
                nonlocal running, told_at
                running = replace(running, progress=text[:200])
                if time.monotonic() - told_at > PROGRESS_SECONDS:
                    told_at = time.monotonic()
                    changed(running)

            result = await self._result(
                call, replace(asker, progress=progress, message_id=call.message_id)
            )
            call = _ended(call, self._bounded(result), 1000 * (time.perf_counter() - begun))
        changed(call)
        return call

    async def decide(self, call_id: str, decision: Decision) -> ToolCall:
        """Take the person's yes or no; the first one counts, from whichever tab."""
        waiting = self._waiting.get(call_id)
        if waiting is None or waiting.said.done():
            raise Conflict(
                "This call does not wait any more.",
                "It was answered in another tab, stopped, or the server was started again.",
            )
        call, asker = waiting.call, waiting.asker
        if decision is Decision.ALWAYS and not call.can_always:
            raise Forbidden(
                f"'{call.label}' is asked about each time.",
                "Allow it once; what always runs by itself is set under Models, Tools.",
            )
        waiting.said.set_result(decision)
        if decision in (Decision.ALWAYS, Decision.NEVER) and (tool := self._find(call.tool)):
            is_here = decision is Decision.ALWAYS
            allowance = Allowance.ALWAYS if is_here else Allowance.NEVER
            await self._permit(tool, allowance, asker.conversation_id if is_here else "")
            for other in self._waiting.values():
                is_meant = other.call.tool == call.tool and (
                    not is_here
                    or (
                        other.asker.conversation_id == asker.conversation_id
                        and not other.call.notice
                    )
                )
                if is_meant and not other.said.done():
                    other.said.set_result(decision)
        return replace(call, allowed=decision)

    async def claim(self, call_id: str, tab_id: str) -> ToolCall:
        """Let one tab carry a call out; others are refused."""
        held = self._held(call_id)
        if held.tab_id not in ("", tab_id):
            raise Conflict("Another tab carries this call out.", "Nothing is to be done here.")
        held.tab_id = tab_id
        held.heard_at = time.monotonic()
        held.claimed.set()
        return held.call

    async def finish(self, call_id: str, tab_id: str, result: ToolResult) -> None:
        """Take the result from the tab that claimed a call."""
        held = self._held(call_id)
        if held.tab_id != tab_id:
            raise Conflict("Another tab carries this call out.", "Nothing is to be done here.")
        if not held.result.done():
            held.result.set_result(result)

    # -- for programs -----------------------------------------------------------------------------

    async def ours(self) -> list[Tool]:
        """Give the tools of this server itself, without those that are never allowed."""
        await self._load()
        return [
            own.tool
            for own in self._own.values()
            if own.run is not None and self._allowance(own.tool, "") is not Allowance.NEVER
        ]

    async def call_ours(self, name: str, given: dict[str, Any], asker: Asker) -> ToolResult:
        """Carry out one of ours for a program that a person let in; nobody is asked."""
        tool = next((tool for tool in await self.ours() if tool.name == name), None)
        if tool is None:
            raise NotFound(f"There is no tool '{name}'.", "Ask for the list of tools.")
        offered = {tool.name: tool}
        called = Called(id="", name=name, arguments=json.dumps(given))
        call = self.prepare(called, offered, "", 0)
        if call.notice:
            return _wrong(f"A person has to allow this each time, in the chat: {call.notice}")
        if call.status in FINAL:
            return call.result or _wrong("It cannot be called like this.")
        return self._bounded(await self._result(call, asker))

    # -- MCP servers ----------------------------------------------------------------------------

    async def list_servers(self) -> list[ToolServerState]:
        """Give the MCP servers and how they are."""
        return await self.servers.states()

    async def add_server(self, new: NewToolServer) -> ToolServerState:
        """Add an MCP server: it is started, or asked, at once, and kept whatever it says."""
        return await self.servers.add(new)

    async def check_server(self, server_id: str) -> ToolServerState:
        """Start an MCP server again and ask it what it offers."""
        return await self.servers.check(server_id)

    async def switch_server(self, server_id: str, is_on: bool) -> ToolServerState:
        """Turn an MCP server on or off."""
        return await self.servers.switch(server_id, is_on)

    async def remove_server(self, server_id: str) -> None:
        """Remove an MCP server; it can be restored."""
        await self.servers.remove(server_id)

    async def restore_server(self, server_id: str) -> ToolServerState:
        """Bring a removed MCP server back."""
        return await self.servers.restore(server_id)

    # -- inside ---------------------------------------------------------------------------------

    async def _ask(self, call: ToolCall, asker: Asker) -> Decision:
        waiting = self._waiting[call.id] = _Waiting(call, asker)
        try:
            return await waiting.said
        finally:
            del self._waiting[call.id]

    async def _result(self, call: ToolCall, asker: Asker) -> ToolResult:
        try:
            if call.place is ToolPlace.TAB:
                return await self._from_tab(call, asker)
            own = self._own.get(call.tool)
            work = (
                self.servers.call(call.tool, call.arguments, asker.progress, self.max_seconds)
                if own is None or own.run is None
                else own.run(call.arguments, asker)
            )
            return await asyncio.wait_for(work, self.max_seconds)
        except TimeoutError:
            return _wrong(
                f"'{call.label}' did not end within {self.max_seconds} seconds "
                "(SpondeTools.max_seconds) and was stopped. Ask for less at once."
            )
        except SpondeError as error:
            return _wrong(f"{error.message} {error.hint}".strip())
        except Exception:  # the edge of a tool: whatever broke, the person and the model are told
            name = new_id()[-8:]
            self.log.exception("The tool %s failed (%s).", call.tool, name)
            return _wrong(f"'{call.label}' broke; the server's log says more under {name}.")

    async def _from_tab(self, call: ToolCall, asker: Asker) -> ToolResult:
        held = self._at_tabs[call.id] = _AtTab(call)
        self._feed.tell(CallAllowed(conversation_id=asker.conversation_id, call=call))
        try:
            try:
                await asyncio.wait_for(held.claimed.wait(), self.claim_seconds)
            except TimeoutError:
                return _wrong(
                    "No browser tab could carry this out. The person has to open a notebook in "
                    "JupyterLab, and then ask again."
                )
            begun = time.monotonic()
            while time.monotonic() - begun < self.max_tab_seconds:
                left = begun + self.max_tab_seconds - time.monotonic()
                await asyncio.wait({held.result}, timeout=min(left, LOOK_SECONDS))
                if held.result.done():
                    return held.result.result()
                if time.monotonic() - held.heard_at > SILENT_SECONDS:
                    return _wrong(
                        "The browser tab that carried this out was closed or reloaded. What it "
                        "began may still be running in the notebook."
                    )
            return _wrong(
                f"'{call.label}' did not end within {self.max_tab_seconds} seconds "
                "(SpondeTools.max_tab_seconds). It may still be running in the notebook."
            )
        finally:
            del self._at_tabs[call.id]
            self._feed.tell(CallEnded(call_id=call.id))

    def _held(self, call_id: str) -> _AtTab:
        held = self._at_tabs.get(call_id)
        if held is None:
            raise Conflict("This call has ended.", "It was stopped, or took too long.")
        return held

    def _bounded(self, result: ToolResult) -> ToolResult:
        text, most = result.text, self.max_result_characters
        if len(text) <= most:
            return result
        note = f"\n[cut: {most:,} of {len(text):,} characters are shown; ask for less at once]"
        return replace(result, text=text[:most] + note)

    def _there(self) -> list[Tool]:
        return [own.tool for own in self._own.values()] + self.servers.known()

    def _find(self, name: str) -> Tool | None:
        return next((tool for tool in self._there() if tool.name == name), None)

    def _state(self, tool: Tool) -> ToolState:
        mark = _mark(tool)
        held = [one for one in self._permissions or [] if one.tool == tool.name]
        return ToolState(
            tool=tool,
            allowance=self._allowance(tool, ""),
            always_in=sum(
                bool(one.conversation_id)
                and one.fingerprint == mark
                and one.allowance is Allowance.ALWAYS
                for one in held
            ),
        )

    def _allowance(self, tool: Tool, conversation_id: str) -> Allowance:
        """Say what holds for a tool: never goes before everything, then what holds here."""
        mark = _mark(tool)
        found = {
            one.conversation_id: one.allowance
            for one in self._permissions or []
            if one.tool == tool.name
            # What was allowed of another tool with this name is not allowed of this one.
            and (one.fingerprint == mark or one.allowance is Allowance.NEVER)
        }
        everywhere = found.get("", Allowance.ASK)
        if everywhere is Allowance.NEVER:
            return everywhere
        return found.get(conversation_id, everywhere)

    async def _permit(self, tool: Tool, allowance: Allowance, conversation_id: str) -> None:
        permission = Permission(
            tool=tool.name,
            allowance=allowance,
            conversation_id=conversation_id,
            fingerprint=_mark(tool),
        )
        place = (tool.name, conversation_id)
        others = [
            one for one in self._permissions or [] if (one.tool, one.conversation_id) != place
        ]
        # In memory first: the next call of the same answer must find it.
        self._permissions = others + ([permission] if allowance is not Allowance.ASK else [])
        await self._database.write(store.put_permission, permission)
        self._feed.tell(ToolsChanged())

    async def _load(self) -> None:
        while self._later:
            self._later.pop(0)()
        if self._permissions is None:
            found = await self._database.read(store.list_permissions)
            if self._permissions is None:
                self._permissions = found


def _mark(tool: Tool) -> str:
    """Tell a stranger's tool from one that took its name: a permission holds for what was seen."""
    if tool.source == "sponde":
        return ""
    seen = [tool.source, tool.description, tool.parameters, tool.is_read_only]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:32]


def _wrong(text: str) -> ToolResult:
    return ToolResult(text=text, is_failure=True)


def _ended(call: ToolCall, result: ToolResult, duration_ms: float | None = None) -> ToolCall:
    status = CallStatus.FAILED if result.is_failure else CallStatus.SUCCEEDED
    return replace(call, status=status, result=result, duration_ms=duration_ms, progress="")
