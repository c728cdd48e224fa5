"""An MCP server at an address: messages are posted, answers come as JSON or as events.

Redirects are not followed: what was entered is what is asked.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sponde_server.core.errors import Invalid, Unavailable, UpstreamFailed

from .session import MOST_MESSAGE_BYTES, Session, parsed

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 10.0
ACCEPT = "application/json, text/event-stream"
LISTEN_AGAIN_SECONDS = 5.0


class Address:
    """The wire to an address."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = dict(headers)
        self._more: dict[str, str] = {}
        self._client: httpx2.AsyncClient | None = None
        self._session: Session | None = None
        self._reading: set[asyncio.Task[None]] = set()

    async def open(self, session: Session) -> None:
        """Make the client; nothing is sent yet."""
        import httpx2

        host = urlsplit(self._url).hostname or ""
        self._session = session
        try:
            self._client = httpx2.AsyncClient(
                headers=self._headers,
                timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
                follow_redirects=False,
                # This machine is not reached through a proxy.
                trust_env=host not in ("localhost", "127.0.0.1", "::1"),
            )
        except (ValueError, UnicodeError) as error:
            raise Invalid(
                f"A header for '{session.name}' cannot be sent.", "Headers hold plain letters only."
            ) from error

    async def send(self, message: dict[str, Any]) -> None:
        """Post one message; the answer to a request is read on in the background."""
        import httpx2

        assert self._client is not None
        assert self._session is not None
        try:
            request = self._client.build_request(
                "POST",
                self._url,
                content=json.dumps(message).encode(),
                headers={"Content-Type": "application/json", "Accept": ACCEPT, **self._more},
            )
            answer = await self._client.send(request, stream=True)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Unavailable(
                f"'{self._session.name}' does not answer at {urlsplit(self._url).netloc}: "
                f"{error or type(error).__name__}.",
                "Check the address, and that the server runs.",
            ) from error
        if answer.status_code >= 300:
            await self._refused(answer)
        if found := answer.headers.get("mcp-session-id"):
            self._more["Mcp-Session-Id"] = found[:1000]
        if "id" in message and "method" in message:
            self._start(self._take(answer, message["id"]))
        else:
            await answer.aclose()

    async def greeted(self, version: str) -> None:
        """Say the version with every message, and listen for what the server says by itself."""
        self._more["MCP-Protocol-Version"] = version
        self._start(self._listen())

    async def close(self) -> None:
        """Say good-bye."""
        for task in list(self._reading):
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        if self._client is None:
            return
        import httpx2

        if "Mcp-Session-Id" in self._more:
            with contextlib.suppress(httpx2.HTTPError, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await self._client.delete(self._url, headers=self._more)
        await self._client.aclose()

    # -- inside ---------------------------------------------------------------------------------

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _refused(self, answer: "httpx2.Response") -> None:

        assert self._session is not None
        status, said = answer.status_code, b""
        with contextlib.suppress(Exception):
            async for piece in answer.aiter_bytes():
                said += piece
                if len(said) > 2000:
                    break
        await answer.aclose()
        self._session.note(f"HTTP {status}: {said[:400].decode('utf-8', 'replace')}")
        name = self._session.name
        if status in (401, 403):
            raise UpstreamFailed(
                f"'{name}' refuses without the right key (status {status}).",
                "Enter its header again, such as Authorization: Bearer and the key.",
            )
        if status == 404 and "Mcp-Session-Id" in self._more:
            self._session.end("It has forgotten this session.")
            raise UpstreamFailed(
                f"'{name}' has forgotten this session.", "Ask again: a new one is begun."
            )
        if status < 400:
            raise UpstreamFailed(
                f"'{name}' sends to another address (status {status}), which is not followed.",
                "Enter the address where it is now.",
            )
        raise UpstreamFailed(
            f"'{name}' answered with status {status}.",
            "Check that the address is that of an MCP server; it often ends in /mcp.",
        )

    async def _take(self, answer: "httpx2.Response", number: Any) -> None:
        """Read the answer to a request, with what comes before it."""
        import httpx2

        assert self._session is not None
        session, why = self._session, "its answer ended early"
        try:
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind == "text/event-stream":
                async for data in _events(answer):
                    message = parsed(data)
                    if message is None:
                        session.note("(no JSON) " + data[:400])
                    else:
                        session.heard(message)
            else:
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > MOST_MESSAGE_BYTES:
                        why = f"its answer has more than {MOST_MESSAGE_BYTES // 1_000_000} MB"
                        break
                message = parsed(body)
                if message is None or len(body) > MOST_MESSAGE_BYTES:
                    session.note(f"(no JSON, {kind}) " + body[:400].decode("utf-8", "replace"))
                    if len(body) <= MOST_MESSAGE_BYTES:
                        why = f"it answered with {kind or 'something'} that is no JSON"
                else:
                    session.heard(message)
        except (httpx2.HTTPError, OSError, ValueError) as error:
            why = str(error) or type(error).__name__
        finally:
            await answer.aclose()
        # Where the answer has come already nobody waits for this any more.
        session.lost(number, why)

    async def _listen(self) -> None:
        """Follow what the server says without being asked, where it offers that."""
        import httpx2

        assert self._client is not None
        assert self._session is not None
        while not self._session.is_ended:
            headers = {"Accept": "text/event-stream", **self._more}
            try:
                async with self._client.stream("GET", self._url, headers=headers) as answer:
                    kind = answer.headers.get("content-type", "")
                    if answer.status_code != 200 or "event-stream" not in kind:
                        return
                    async for data in _events(answer):
                        self._session.heard(parsed(data))
            except (httpx2.HTTPError, OSError, ValueError) as error:
                self._session.note(f"(the stream ended: {error})")
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)


async def _events(answer: "httpx2.Response") -> AsyncIterator[str]:
    """Yield the data of server-sent events; one that never ends is an error."""
    lines: list[str] = []
    rest, size = "", 0
    async for piece in answer.aiter_text():
        rest += piece.replace("\r\n", "\n").replace("\r", "\n")
        *whole, rest = rest.split("\n")
        size += len(piece)
        if size > MOST_MESSAGE_BYTES:
            raise ValueError(f"more than {MOST_MESSAGE_BYTES // 1_000_000} MB in one message")
        for line in whole:
            if not line:
                if lines:
                    yield "\n".join(lines)
                lines, size = [], 0
            elif line.startswith("data:"):
                lines.append(line[5:].removeprefix(" "))
