"""Lets programs call the workbench's tools over MCP: who may call what, and what they called.

Tools that only read may be called; others where the operator or a person let them. Every call is
noted. Does not know HTTP: doors.py does.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

from traitlets import Bool, Int, List, Unicode
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Forbidden, NotFound
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.gateway.service import SpondeGateway, Visitor
from sponde_server.tools.records import Tool
from sponde_server.tools.service import SpondeTools

from . import rpc, store
from .catalogue import Catalogue, Prompt, Resource, Template
from .catalogue import Tool as OfferedTool
from .dispatch import STREAMED, Dispatcher
from .exchange import Exchange
from .records import (
    McpAllowance,
    McpCall,
    McpChanged,
    McpOutcome,
    McpState,
    McpTool,
    NewMcpAllowance,
)
from .sessions import NOBODY, Session, Sessions, Stream

NOTED = {"tools/call", "resources/read", "prompts/get"}
LONGEST_GIVEN = 2000
LONGEST_SAID = 200
LONGEST_CLIENT = 100
TELL_SECONDS = 1.0

MakeCatalogue = Callable[[Callable[[Tool], bool]], Catalogue]


class SpondeMcp(LoggingConfigurable):
    """The workbench's own tools for other programs, over the Model Context Protocol."""

    is_open = Bool(
        True, help="Whether programs that are logged in may use the MCP server at all."
    ).tag(config=True)
    allowed_tools = List(
        Unicode(),
        help="Names of tools that change something and that programs may call nevertheless. "
        "Tools that only read may be called anyway.",
    ).tag(config=True)
    people_may_allow = Bool(
        True,
        help="Whether people may let programs call tools that change something (Models, Access "
        "for programs). False: only allowed_tools says so.",
    ).tag(config=True)
    max_sessions = Int(
        100, min=1, help="How many programs may be connected; one more ends the oldest."
    ).tag(config=True)
    session_minutes = Int(
        120, min=1, help="Minutes after which a program that asked nothing has to connect again."
    ).tag(config=True)
    page_size = Int(
        100, min=1, help="How many tools, resources or prompts one page of a list has."
    ).tag(config=True)
    keep_calls = Int(5000, min=1, help="How many of the last calls are kept to look at.").tag(
        config=True
    )

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        gateway: SpondeGateway,
        tools: SpondeTools,
        make_catalogue: MakeCatalogue,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._gateway = gateway
        self._tools = tools
        self._make_catalogue = make_catalogue
        self._sessions = Sessions(clock)
        self._tasks = Tasks(self.log)
        self._allowed: set[str] | None = None
        self._is_telling = False
        self.more: list[Catalogue] = []
        """What is offered besides the workbench's own."""

    # -- what people see and say ----------------------------------------------------------------

    async def state(self) -> McpState:
        """Give our tools and which of them programs may call."""
        await self._load()
        return McpState(
            is_open=self.is_open,
            tools=tuple(self._shown(tool) for tool in await self._tools.ours()),
            sessions=len(self._sessions),
        )

    async def allow(self, name: str, new: NewMcpAllowance, person: str = "") -> McpTool:
        """Let programs call a tool that changes something, or no more."""
        tool = next((tool for tool in await self._tools.ours() if tool.name == name), None)
        if tool is None:
            raise NotFound(f"There is no tool '{name}' for programs.", "Choose one of the list.")
        if self._shown(tool).is_fixed:
            raise Forbidden(
                f"Whether programs may call '{tool.label}' is not for you to change.",
                "It only reads, or SpondeMcp.allowed_tools and people_may_allow have decided.",
            )
        await self._load()
        assert self._allowed is not None
        if new.is_allowed:
            self._allowed.add(name)
            await self._database.write(store.allow, McpAllowance(tool=name, person=person))
        else:
            self._allowed.discard(name)
            await self._database.write(store.forbid, name)
        self.changed("tools")
        return self._shown(tool)

    async def calls(self, limit: int = 100) -> list[McpCall]:
        """Give the last calls, newest first."""
        return await self._database.read(store.list_calls, max(1, min(limit, self.keep_calls)))

    def changed(self, what: str, uri: str = "") -> None:
        """Tell the programs that tools, resources or prompts are others now."""
        for session in self._sessions:
            session.notify(f"notifications/{what}/list_changed")
            if uri in session.subscribed:
                session.notify("notifications/resources/updated", {"uri": uri})
        self._tell_soon()

    def _shown(self, tool: Tool) -> McpTool:
        is_fixed = tool.is_read_only or tool.name in self.allowed_tools or not self.people_may_allow
        return McpTool(
            name=tool.name,
            label=tool.label,
            description=tool.description,
            is_read_only=tool.is_read_only,
            is_allowed=self._is_allowed(tool),
            is_fixed=is_fixed,
        )

    def _is_allowed(self, tool: Tool) -> bool:
        by_person = self.people_may_allow and tool.name in (self._allowed or ())
        return tool.is_read_only or tool.name in self.allowed_tools or by_person

    async def _load(self) -> None:
        if self._allowed is None:
            self._allowed = set(await self._database.read(store.allowed))

    # -- programs -------------------------------------------------------------------------------

    def check(self, visitor: Visitor) -> None:
        """Refuse who may not come in."""
        if not self.is_open:
            raise Forbidden(
                "The MCP server is closed here.", "The operator opens it with SpondeMcp.is_open."
            )
        self._gateway.check_tools(visitor)

    async def open(self, visitor: Visitor, params: rpc.Message) -> tuple[Session, rpc.Message]:
        """Let a program connect; give its session, and what it is told."""
        await self._load()
        known = params.get("clientInfo")
        said = known if isinstance(known, dict) else {}
        abilities = params.get("capabilities")
        client = f"{said.get('name') or 'a program'} {said.get('version') or ''}".strip()
        session = Session(
            owner=_key(visitor),
            version=rpc.chosen(params.get("protocolVersion")),
            client=client[:LONGEST_CLIENT],
            capabilities=abilities if isinstance(abilities, dict) else {},
        )
        self._sessions.add(session, self.max_sessions, 60.0 * self.session_minutes)
        await self._note(visitor, session, "initialize", {}, McpOutcome.ANSWERED, session.version)
        return session, self._dispatcher().greeting(session.version)

    def find(self, session_id: str, visitor: Visitor) -> Session | None:
        """Give a program's session."""
        return self._sessions.find(session_id, _key(visitor))

    def close(self, session: Session) -> None:
        """Let a program leave; what it waits for is ended."""
        self._sessions.remove(session)
        self._tell_soon()

    def hear(self, session: Session, message: rpc.Message) -> None:
        """Take a notice of a program, or its answer to a question of ours."""
        if "method" not in message:
            session.hear(message)
        elif message["method"] == "notifications/cancelled":
            running = session.running.get(message.get("params", {}).get("requestId"))
            if running is not None:
                running.cancel()

    async def begin(
        self, visitor: Visitor, session: Session, message: rpc.Message, streams: bool
    ) -> "asyncio.Task[rpc.Message | None] | Stream":
        """Begin to answer a request: as a stream where that may tell something, else whole.

        The answer goes on when the connection is lost. Raises where the token's limits do.
        """
        await self._load()
        counting = AsyncExitStack()
        if message["method"] in NOTED:
            try:
                await counting.enter_async_context(self._gateway.counted(visitor))
            except Exception as error:
                said = str(error)
                await self._note_call(visitor, session, message, McpOutcome.REFUSED, said, 0.0)
                raise
        stream = session.stream() if streams and message["method"] in STREAMED else None
        if stream is not None and session.version >= rpc.PRIMES:
            stream.add(None)
        work = self._answer(visitor, session, message, stream, counting)
        task = session.running[message["id"]] = self._tasks.start(work)
        return stream or task

    async def _answer(
        self,
        visitor: Visitor,
        session: Session,
        message: rpc.Message,
        stream: Stream | None,
        counting: AsyncExitStack,
    ) -> rpc.Message | None:
        begun = time.perf_counter()
        outcome, said = McpOutcome.CANCELLED, ""
        response: rpc.Message | None = None
        params = message.get("params", {})
        meta = params.get("_meta")
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        try:
            async with counting:
                exchange = Exchange(session, stream, visitor.person, token)
                value = await self._dispatcher().answer(message["method"], params, exchange)
            outcome = McpOutcome.FAILED if value.get("isError") else McpOutcome.ANSWERED
            said = _said(value)
            response = rpc.result(message["id"], value)
        except asyncio.CancelledError:
            # Called off by the program, or its session ended: nobody waits for an answer.
            said = "Called off."
        except rpc.RpcError as error:
            outcome, said = McpOutcome.FAILED, error.message
            response = rpc.failure(message["id"], error)
        except Exception:  # the edge of a program's call: it is told, and the log says more
            self.log.exception("An MCP program's %s failed.", message["method"])
            outcome, said = McpOutcome.FAILED, "Something in Sponde broke."
            response = rpc.failure(message["id"], rpc.RpcError(rpc.INTERNAL, said))
        finally:
            session.running.pop(message["id"], None)
            if stream is not None:
                if response is not None:
                    stream.add(response)
                stream.end()
            if message["method"] in NOTED:
                took = 1000 * (time.perf_counter() - begun)
                self._tasks.start(self._note_call(visitor, session, message, outcome, said, took))
        return response

    def _dispatcher(self) -> Dispatcher:
        own = self._make_catalogue(self._is_allowed)
        return Dispatcher(_Joined(own, self.more) if self.more else own, self.page_size)

    # -- what is noted --------------------------------------------------------------------------

    async def _note_call(
        self,
        visitor: Visitor,
        session: Session,
        message: rpc.Message,
        outcome: McpOutcome,
        said: str,
        took: float,
    ) -> None:
        params = message.get("params", {})
        await self._note(visitor, session, message["method"], params, outcome, said, took)

    async def _note(
        self,
        visitor: Visitor,
        session: Session,
        method: str,
        params: rpc.Message,
        outcome: McpOutcome,
        said: str,
        took: float = 0.0,
    ) -> None:
        token = visitor.token
        given = params.get("arguments")
        call = McpCall(
            person=visitor.person,
            token=token.id if token else "",
            token_name=token.name if token else "",
            client=session.client,
            method=method,
            name=str(params.get("name") or params.get("uri") or "")[:LONGEST_SAID],
            given=json.dumps(given, ensure_ascii=False)[:LONGEST_GIVEN] if given else "",
            outcome=outcome,
            said=said[:LONGEST_SAID],
            duration_ms=took,
        )
        await self._database.write(store.add, call, self.keep_calls)
        self._tell_soon()

    def _tell_soon(self) -> None:
        if not self._is_telling:
            self._is_telling = True
            self._tasks.start(self._tell_later())

    async def _tell_later(self) -> None:
        await asyncio.sleep(TELL_SECONDS)
        self._is_telling = False
        self._feed.tell(McpChanged())

    async def stop(self) -> None:
        """Let every program go."""
        for session in self._sessions:
            self._sessions.remove(session)
        await asyncio.sleep(0)
        await self._tasks.stop()


class _Joined:
    """Several catalogues as one."""

    def __init__(self, own: Catalogue, more: Sequence[Catalogue]) -> None:
        self.name, self.title, self.version = own.name, own.title, own.version
        self.instructions = own.instructions
        self._all = (own, *more)

    async def tools(self) -> list[OfferedTool]:
        return [tool for one in self._all for tool in await one.tools()]

    async def resources(self) -> list[Resource]:
        return [resource for one in self._all for resource in await one.resources()]

    async def templates(self) -> list[Template]:
        return [template for one in self._all for template in await one.templates()]

    async def prompts(self) -> list[Prompt]:
        return [prompt for one in self._all for prompt in await one.prompts()]


def _key(visitor: Visitor) -> str:
    return f"token:{visitor.token.id}" if visitor.token else f"{NOBODY}{visitor.person}"


def _said(value: rpc.Message) -> str:
    """Give the beginning of what a program got."""
    for part in (*value.get("content", ()), *value.get("contents", ())):
        if isinstance(part, dict) and part.get("text"):
            return str(part["text"])
    return ""
