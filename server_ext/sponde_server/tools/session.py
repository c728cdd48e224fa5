"""One conversation with an MCP server, in JSON-RPC: its greeting, its tools, its calls.

Written for protocol 2025-06-18; what a server says is data from a stranger: counted, bounded and
never trusted to come. Does not know how the messages travel (mcp_process.py, mcp_http.py).
"""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from sponde_server.core.errors import SpondeError, UpstreamFailed

VERSION = "2025-06-18"
VERSIONS = ("2025-11-25", VERSION, "2025-03-26", "2024-11-05")
MOST_PAGES = 20
MOST_TOOLS = 128
MOST_MESSAGE_BYTES = 8_000_000
LOG_LINES = 200
LOG_LINE_CHARACTERS = 500


class Wire(Protocol):
    """Carries messages to a server; those from it go to the session's `heard`."""

    async def open(self, session: "Session") -> None:
        """Begin; an error is raised in a sentence."""

    async def send(self, message: dict[str, Any]) -> None:
        """Send one message."""

    async def greeted(self, version: str) -> None:
        """Learn which version both sides speak."""

    async def close(self) -> None:
        """End it, and whatever it started."""


class Session:
    """What is said with one server while it runs."""

    def __init__(self, name: str, wire: Wire, on_tools: Callable[[], None]) -> None:
        self.name = name
        self.title = ""
        self.is_ended = ""
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self._wire = wire
        self._on_tools = on_tools
        self._numbers = itertools.count(1)
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._progress: dict[int, Callable[[str], None]] = {}
        self._replies: set[asyncio.Task[None]] = set()
        self.ended = asyncio.Event()

    async def begin(self, seconds: float) -> None:
        """Greet the server."""
        await self._wire.open(self)
        said = await self.ask(
            "initialize",
            {
                "protocolVersion": VERSION,
                "capabilities": {},
                "clientInfo": {"name": "sponde", "title": "Sponde", "version": "0.1.0"},
            },
            seconds,
        )
        version = said.get("protocolVersion")
        if version not in VERSIONS:
            raise UpstreamFailed(
                f"'{self.name}' speaks version {_short(version)} of the protocol, which is unknown "
                "here.",
                f"Use a version of it that speaks {VERSION}.",
            )
        info = said.get("serverInfo")
        info = info if isinstance(info, dict) else {}
        title = info.get("title") or info.get("name") or ""
        self.title = f"{_short(title)} {_short(info.get('version') or '')}".strip()[:100]
        await self._wire.greeted(str(version))
        await self._wire.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def tools(self, seconds: float) -> tuple[list[dict[str, Any]], str]:
        """List its tools, and say what was left out."""
        found: list[dict[str, Any]] = []
        cursor: Any = None
        for _ in range(MOST_PAGES):
            said = await self.ask("tools/list", {"cursor": cursor} if cursor else {}, seconds)
            page = said.get("tools")
            if not isinstance(page, list):
                raise UpstreamFailed(
                    f"'{self.name}' gave no list of tools.", "It may not be an MCP server."
                )
            found += [one for one in page if isinstance(one, dict)]
            if len(found) > MOST_TOOLS:
                break
            cursor = said.get("nextCursor")
            if not isinstance(cursor, str) or not cursor:
                return found, ""
        return (
            found[:MOST_TOOLS],
            f"It lists more than {MOST_TOOLS} tools; the first {min(len(found), MOST_TOOLS)} are "
            "offered.",
        )

    async def call(
        self,
        tool: str,
        arguments: dict[str, Any],
        seconds: float,
        progress: Callable[[str], None],
    ) -> dict[str, Any]:
        """Call a tool and give what it says."""
        return await self.ask(
            "tools/call", {"name": tool, "arguments": arguments}, seconds, progress
        )

    async def ask(
        self,
        method: str,
        params: dict[str, Any],
        seconds: float,
        progress: Callable[[str], None] | None = None,
    ) -> dict[str, Any]:
        """Send a request and wait for its answer; whoever leaves cancels it at the server too."""
        if self.is_ended:
            raise self._gone()
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        if progress is not None:
            self._progress[number] = progress
            params = {**params, "_meta": {"progressToken": number}}
        is_answered = False
        try:
            message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            async with asyncio.timeout(seconds):
                await self._wire.send(message)
                said = await answer
            is_answered = True
        except TimeoutError:
            raise UpstreamFailed(
                f"'{self.name}' did not answer to {method} within {seconds:g} seconds.",
                "Look at its log under Models, Tools; it may be overloaded or waiting for input.",
            ) from None
        finally:
            self._open.pop(number, None)
            self._progress.pop(number, None)
            is_open = answer.cancelled() or not answer.done()
            if not is_answered and is_open and not self.is_ended:
                self._cancel(number, method)
        if not isinstance(said, dict):
            raise UpstreamFailed(
                f"'{self.name}' answered to {method} with {_short(said)}.",
                "It does not keep to the protocol; look for a newer version of it.",
            )
        return said

    async def close(self) -> None:
        """End it."""
        self.end("It was turned off.")
        for task in self._replies:
            task.cancel()
        await self._wire.close()

    # -- from the other side --------------------------------------------------------------------

    def heard(self, message: Any) -> None:
        """Take one message from the server, whatever it is."""
        if isinstance(message, list):
            for one in message[:100]:
                self.heard(one)
            return
        if not isinstance(message, dict):
            self.note(f"(no message of the protocol: {_short(message)})")
            return
        number, method = message.get("id"), message.get("method")
        if isinstance(method, str):
            if "id" in message:
                self._reply(number, method)
            else:
                self._notified(method, message.get("params"))
            return
        answer = self._open.get(number) if isinstance(number, int) else None
        if answer is None or answer.done():
            self.note(f"(an answer to nothing: {_short(message)})")
            return
        error = message.get("error")
        if error is not None:
            text = error.get("message") if isinstance(error, dict) else error
            answer.set_exception(
                UpstreamFailed(
                    f"'{self.name}' refused: {_short(text, 1000)}",
                    "Correct what was asked, or look at its log under Models, Tools.",
                )
            )
        else:
            answer.set_result(message.get("result"))

    def lost(self, number: Any, why: str) -> None:
        """Note that the answer to a request will not come."""
        answer = self._open.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(
                UpstreamFailed(
                    f"'{self.name}' gave no answer: {_short(why, 300)}.",
                    "Try again; look at its log under Models, Tools.",
                )
            )

    def note(self, line: str) -> None:
        """Keep a line for the log view."""
        self.log.append(line.rstrip()[:LOG_LINE_CHARACTERS])

    def end(self, why: str) -> None:
        """Note that nothing more comes, and let nobody wait for it."""
        if self.is_ended:
            return
        self.is_ended = why
        for answer in self._open.values():
            if not answer.done():
                answer.set_exception(self._gone())
        self.ended.set()

    def _notified(self, method: str, params: Any) -> None:
        params = params if isinstance(params, dict) else {}
        if method == "notifications/tools/list_changed":
            self._on_tools()
        elif method == "notifications/progress":
            token = params.get("progressToken")
            tell = self._progress.get(token) if isinstance(token, int) else None
            if tell is not None:
                tell(_progress(params))
        elif method == "notifications/message":
            self.note(f"{_short(params.get('level'))}: {_short(params.get('data'), 400)}")

    def _reply(self, number: Any, method: str) -> None:
        """Answer what a server asks: that we live; for everything else, that we cannot."""
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": number}
        if method == "ping":
            answer["result"] = {}
        else:
            answer["error"] = {"code": -32601, "message": "Sponde does not do this."}
        if len(self._replies) < 20:
            self._soon(self._wire.send(answer))

    def _cancel(self, number: int, method: str) -> None:
        if method == "initialize":
            return
        params = {"requestId": number, "reason": "The person stopped it, or it took too long."}
        self._soon(
            self._wire.send(
                {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}
            )
        )

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        async def quietly() -> None:
            try:
                async with asyncio.timeout(5):
                    await work
            except (SpondeError, OSError, TimeoutError) as error:
                self.note(f"(not sent: {error})")

        task = asyncio.get_running_loop().create_task(quietly())
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    def _gone(self) -> UpstreamFailed:
        return UpstreamFailed(
            f"'{self.name}' has ended. {self.is_ended}",
            "Look at its log under Models, Tools, and start it again there.",
        )


def parsed(data: bytes | str) -> Any:
    """Read a message; None where it is no JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _progress(params: dict[str, Any]) -> str:
    done, total, text = params.get("progress"), params.get("total"), params.get("message")
    parts: list[str] = []
    if isinstance(done, int | float) and isinstance(total, int | float):
        parts.append(f"{done:g} of {total:g}")
    if isinstance(text, str):
        parts.append(_short(text, 120))
    return ": ".join(parts)


def _short(value: Any, most: int = 80) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
