"""The MCP servers: who named them, whether they are on, how they are, and what they offer.

A process is started only for a server that the operator configured or a person turned on, when a
model is asked for the first time. A file of a project (`.sponde/mcp.json`) only proposes servers:
they are off until a person turns them on, and off again when the file says something else.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from logging import Logger
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.keys import Keys
from sponde_server.core.record import now

from . import offers, store
from .mcp_http import Address
from .mcp_process import Process
from .records import (
    NewToolServer,
    ServerSource,
    ServerStatus,
    Tool,
    ToolResult,
    ToolServer,
    ToolServerState,
)
from .session import Session

BEGIN_SECONDS = 30.0
AGAIN_SECONDS = 60.0
MOST_FILE_BYTES = 200_000
PROPOSED = Path(".sponde", "mcp.json")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")
FROM_ENVIRONMENT = "env:"
# Who offers the tools of the workbench: no stranger may say so of itself.
OURS = "sponde"


@dataclass
class _Held:
    """A server as it runs."""

    server: ToolServer
    secrets: Mapping[str, str]
    status: ServerStatus = ServerStatus.WAITING
    failure: str = ""
    session: Session | None = None
    tools: tuple[Tool, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    """What the server calls its tools, by our names."""
    beginning: "asyncio.Task[None] | None" = None
    watching: "asyncio.Task[None] | None" = None
    ended_at: float = -AGAIN_SECONDS
    log: tuple[str, ...] = ()


class Servers:
    """Every MCP server that there is."""

    def __init__(
        self,
        database: Database,
        keys: Keys | None,
        root: Path | None,
        log: Logger,
        configured: Callable[[], dict[str, Any]],
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._keys = keys
        self._root = root
        self._log = log
        self._configured = configured
        self._changed = changed
        self._held: dict[str, _Held] = {}
        self._is_loaded = False
        self._loading = asyncio.Lock()

    # -- for the answers ------------------------------------------------------------------------

    async def tools(self, seconds: float) -> list[Tool]:
        """Give what the servers offer; those that start now are waited for a moment."""
        await self._load()
        beginning = [
            self._begin(held)
            for held in self._held.values()
            if held.server.is_on and held.status is ServerStatus.WAITING
        ] + [held.beginning for held in self._held.values() if held.beginning]
        if beginning:
            await asyncio.wait(set(beginning), timeout=seconds)
        return self.known()

    def known(self) -> list[Tool]:
        """Give what the servers that run offer."""
        return [
            tool
            for held in self._held.values()
            if held.server.is_on and held.session is not None
            for tool in held.tools
        ]

    async def call(
        self, tool: str, arguments: dict[str, Any], progress: Callable[[str], None], seconds: float
    ) -> ToolResult:
        """Call a tool of the server that offers it."""
        for held in self._held.values():
            if tool in held.names and held.session is not None and held.server.is_on:
                said = await held.session.call(held.names[tool], arguments, seconds, progress)
                return offers.result(said)
        raise NotFound(
            f"The tool '{tool}' is not there any more.",
            "Its MCP server has ended or was turned off; see Models, Tools.",
        )

    # -- for people -----------------------------------------------------------------------------

    async def states(self) -> list[ToolServerState]:
        """Give the servers and how they are: the operator's, the project's, then people's."""
        await self._load()
        await self._load_proposed()
        order = [ServerSource.CONFIGURATION, ServerSource.PROJECT, ServerSource.PERSON]
        found = sorted(self._held.values(), key=lambda held: order.index(held.server.source))
        return [_state(held) for held in found]

    async def add(self, new: NewToolServer) -> ToolServerState:
        """Add a server and start it; it is kept whatever it says."""
        await self._load()
        server, secrets = self._checked(new)
        await self._keep_secrets(server.id, secrets)
        await self._database.write(store.put_server, server)
        self._held[server.id] = _Held(server, secrets)
        return await self.check(server.id)

    async def check(self, server_id: str) -> ToolServerState:
        """Start a server again and wait for what it offers."""
        held = await self._get(server_id)
        await self._end(held)
        if not held.server.is_on:
            raise Conflict(f"'{held.server.name}' is off.", "Turn it on first.")
        await asyncio.wait({self._begin(held)})
        return _state(held)

    async def switch(self, server_id: str, is_on: bool) -> ToolServerState:
        """Turn a server on or off; what a project proposes is kept as it was when turned on."""
        held = await self._get(server_id)
        held.server = replace(held.server, is_on=is_on)
        await self._database.write(store.put_server, held.server)
        await self._end(held)
        if is_on:
            await asyncio.wait({self._begin(held)})
        self._changed()
        return _state(held)

    async def remove(self, server_id: str) -> None:
        """Remove a server; it can be restored."""
        held = await self._get(server_id)
        if held.server.source is not ServerSource.PERSON:
            place = "jupyter_config.py (SpondeTools.mcp_servers)"
            if held.server.source is ServerSource.PROJECT:
                place = PROPOSED.as_posix()
            raise Conflict(
                f"'{held.server.name}' is set in {place}.",
                "Turn it off here, or take it out of that file.",
            )
        await self._database.write(store.set_server_removed, server_id, now())
        del self._held[server_id]
        await self._end(held)
        self._changed()

    async def restore(self, server_id: str) -> ToolServerState:
        """Bring a removed server back, as it was."""
        await self._load()
        if server_id not in self._held:
            server = await self._database.read(store.find_server, server_id)
            if server is None:
                raise _missing(server_id)
            await self._database.write(store.set_server_removed, server_id, None)
            self._held[server_id] = _Held(server, await self._secrets_of(server_id))
            self._changed()
        return _state(self._held[server_id])

    async def stop(self) -> None:
        """End every server."""
        await asyncio.gather(*[self._end(held) for held in self._held.values()])

    # -- one server -----------------------------------------------------------------------------

    def _begin(self, held: _Held) -> "asyncio.Task[None]":
        if held.beginning is None:
            held.status = ServerStatus.STARTING
            held.beginning = asyncio.get_running_loop().create_task(self._start(held))
        return held.beginning

    async def _start(self, held: _Held) -> None:
        server = held.server
        session = Session(server.name, self._wire(held), lambda: self._listed_again(held))
        self._changed()
        try:
            await session.begin(BEGIN_SECONDS)
            await self._list(held, session)
        except SpondeError as error:
            held.log = tuple(session.log)
            held.status = ServerStatus.FAILED
            held.failure = f"{error.message} {error.hint}".strip()
            await session.close()
        except asyncio.CancelledError:
            await session.close()
            raise
        else:
            held.session, held.status = session, ServerStatus.READY
            held.watching = asyncio.get_running_loop().create_task(self._watch(held, session))
        finally:
            held.beginning = None
        self._changed()

    def _wire(self, held: _Held) -> Process | Address:
        secrets = {name: _value(text) for name, text in held.secrets.items()}
        if held.server.command:
            return Process(held.server.command, secrets, self._root or Path.cwd())
        return Address(held.server.url, secrets)

    async def _list(self, held: _Held, session: Session) -> None:
        listed, remark = await session.tools(BEGIN_SECONDS)
        taken = {name for one in self._held.values() if one is not held for name in one.names}
        found, odd = offers.tools(held.server.name, listed, taken)
        held.tools = tuple(tool for tool, _ in found)
        held.names = {tool.name: name for tool, name in found}
        held.failure = " ".join(filter(None, [remark, odd]))

    def _listed_again(self, held: _Held) -> None:
        """The server says that its tools are others now."""
        session = held.session
        if session is None or (held.watching is not None and held.beginning is not None):
            return

        async def again() -> None:
            try:
                await self._list(held, session)
            except SpondeError as error:
                held.failure = error.message
            finally:
                held.beginning = None
            self._changed()

        held.beginning = asyncio.get_running_loop().create_task(again())

    async def _watch(self, held: _Held, session: Session) -> None:
        """Start a server again that ended by itself, once; after that it counts as failed."""
        await session.ended.wait()
        why = session.is_ended
        held.session, held.log = None, tuple(session.log)
        self._log.warning("The MCP server %s has ended. %s", held.server.name, why)
        await session.close()
        is_first = time.monotonic() - held.ended_at > AGAIN_SECONDS
        held.ended_at = time.monotonic()
        held.watching = None
        if not is_first:
            held.status = ServerStatus.FAILED
            held.failure = f"{why} It was started again once and ended again; see its log."
            self._changed()
            return
        await asyncio.wait({self._begin(held)})
        if held.status is ServerStatus.READY:
            held.failure = f"{why} It was started again."
            self._changed()

    async def _end(self, held: _Held) -> None:
        for task in (held.watching, held.beginning):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if held.session is not None:
            held.log = tuple(held.session.log)
            await held.session.close()
        held.session = held.watching = held.beginning = None
        held.tools, held.names, held.failure = (), {}, ""
        held.status = ServerStatus.WAITING if held.server.is_on else ServerStatus.OFF
        held.ended_at = -AGAIN_SECONDS

    async def _get(self, server_id: str) -> _Held:
        await self._load()
        await self._load_proposed()
        if server_id not in self._held:
            raise _missing(server_id)
        return self._held[server_id]

    # -- where they come from -------------------------------------------------------------------

    async def _load(self) -> None:
        async with self._loading:
            if self._is_loaded:
                return
            kept = {one.id: one for one in await self._database.read(store.list_servers)}
            for server, secrets in _read(
                self._configured(), ServerSource.CONFIGURATION, self._log.warning
            ):
                was = kept.pop(server.id, server)
                self._put(replace(server, is_on=was.is_on), secrets)
            for server in kept.values():
                if server.source is ServerSource.PERSON:
                    self._put(server, await self._secrets_of(server.id))
            self._is_loaded = True
            await self._read_proposed(kept)

    async def _load_proposed(self) -> None:
        """Read the project's file again: what it says may have changed."""
        async with self._loading:
            kept = {one.id: one for one in await self._database.read(store.list_servers)}
            await self._read_proposed(kept)

    async def _read_proposed(self, kept: dict[str, ToolServer]) -> None:
        proposed: dict[str, tuple[ToolServer, dict[str, str]]] = {}
        if self._root is not None:
            text = await asyncio.to_thread(_text_of, self._root / PROPOSED)
            said: Any = {}
            if text:
                try:
                    said = json.loads(text)
                except ValueError as error:
                    self._log.warning("%s is not JSON: %s", PROPOSED, error)
            for server, secrets in _read(said, ServerSource.PROJECT, self._log.warning):
                proposed[server.id] = (server, secrets)
        for server_id, held in list(self._held.items()):
            if held.server.source is ServerSource.PROJECT and server_id not in proposed:
                del self._held[server_id]
                await self._end(held)
        for server_id, (server, secrets) in proposed.items():
            if server_id not in self._held and self._is_taken(server.name):
                self._log.warning(
                    "The MCP server '%s' of %s is left out: another one has this name.",
                    server.name,
                    PROPOSED,
                )
            elif server_id not in self._held:
                is_on = server_id in kept and kept[server_id].is_on
                self._put(replace(server, is_on=is_on), secrets)

    def _is_taken(self, name: str) -> bool:
        return any(held.server.name.lower() == name.lower() for held in self._held.values())

    def _put(self, server: ToolServer, secrets: Mapping[str, str]) -> None:
        status = ServerStatus.WAITING if server.is_on else ServerStatus.OFF
        self._held[server.id] = _Held(server, secrets, status)

    def _checked(self, new: NewToolServer) -> tuple[ToolServer, dict[str, str]]:
        name = new.name.strip()
        if not _NAME.fullmatch(name):
            raise Invalid(
                f"'{name}' cannot be the name of a server.",
                "Use letters, digits, '-' and '_', at most 24, such as files.",
            )
        if name.lower() == OURS or self._is_taken(name):
            raise Conflict(f"There is a server called '{name}' already.", "Take another name.")
        command = tuple(part for part in new.command if part)
        url = new.url.strip()
        if bool(command) == bool(url):
            raise Invalid(
                "A server is either a program or an address.",
                "Enter the command that starts it, or the address where it answers.",
            )
        if url:
            _check_url(url)
        secrets = {key.strip(): value.strip() for key, value in new.secrets.items() if key.strip()}
        for key, value in secrets.items():
            if "\n" in key + value or "\0" in key + value or "=" in key:
                raise Invalid(f"'{key[:40]}' cannot be sent.", "Enter a name and one line of text.")
        server = ToolServer(name=name, command=command, url=url, secrets=tuple(secrets))
        return server, secrets

    async def _keep_secrets(self, server_id: str, secrets: dict[str, str]) -> None:
        if self._keys is not None and secrets:
            await asyncio.to_thread(self._keys.keep, f"mcp:{server_id}", json.dumps(secrets))

    async def _secrets_of(self, server_id: str) -> dict[str, str]:
        if self._keys is None:
            return {}
        found = await asyncio.to_thread(self._keys.find, f"mcp:{server_id}")
        return dict(json.loads(found)) if found else {}


def _read(
    said: Any, source: ServerSource, warn: Callable[..., None]
) -> list[tuple[ToolServer, dict[str, str]]]:
    """Read servers in the common form; an entry that cannot be one is left out with a warning."""
    said = said.get("mcpServers", said) if isinstance(said, dict) else {}
    found: list[tuple[ToolServer, dict[str, str]]] = []
    for name, one in list(said.items() if isinstance(said, dict) else [])[:50]:
        try:
            found.append(_one(str(name), one, source))
        except (Invalid, TypeError, ValueError, AttributeError) as error:
            warn("The MCP server %.40r of the %s is left out: %s", name, source.value, error)
    return found


def _one(name: str, one: Any, source: ServerSource) -> tuple[ToolServer, dict[str, str]]:
    if name.lower() == OURS:
        raise Invalid("its name is that of the workbench")
    if not _NAME.fullmatch(name):
        raise Invalid("its name holds more than letters, digits, - and _, or is too long")
    url = str(one.get("url") or "")
    program = one.get("command") or ""
    command = (program, *map(str, one.get("args") or [])) if program else ()
    if bool(command) == bool(url) or not all(isinstance(part, str) for part in command):
        raise Invalid("it has neither a command nor a url, or both")
    if url:
        _check_url(url)
    given = one.get("headers" if url else "env") or {}
    secrets = {str(key): str(value) for key, value in given.items()}
    mark = json.dumps([name, command, url, secrets], sort_keys=True)
    # The id holds all that it says: a file that was changed proposes another server.
    digest = hashlib.sha256(mark.encode()).hexdigest()[:24]
    is_ours = source is ServerSource.CONFIGURATION
    server = ToolServer(
        id=f"{source.value}-{name if is_ours else digest}",
        name=name,
        command=command,
        url=url,
        secrets=tuple(secrets),
        is_on=is_ours and not one.get("disabled", False),
        source=source,
    )
    return server, secrets


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(
            f"'{url[:80]}' is not the address of a server.",
            "Write it with its scheme, such as http://127.0.0.1:3000/mcp.",
        )
    if parts.username or parts.password:
        raise Invalid("The address holds a user name or password.", "Put the key into a header.")


def _value(text: str) -> str:
    """Read a value that is named rather than written: `env:NAME`."""
    if text.startswith(FROM_ENVIRONMENT):
        return os.environ.get(text.removeprefix(FROM_ENVIRONMENT), "")
    return text


def _text_of(path: Path) -> str:
    with contextlib.suppress(OSError):
        if path.is_file() and path.stat().st_size <= MOST_FILE_BYTES:
            return path.read_text("utf-8", "replace")
    return ""


def _state(held: _Held) -> ToolServerState:
    session = held.session
    return ToolServerState(
        server=held.server,
        status=held.status,
        failure=held.failure,
        title=session.title if session else "",
        tools=held.tools,
        log="\n".join(session.log if session else held.log),
    )


def _missing(server_id: str) -> NotFound:
    return NotFound(
        f"There is no MCP server {server_id}.", "It may have been removed; look at the list again."
    )
