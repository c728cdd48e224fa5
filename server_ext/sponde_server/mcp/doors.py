"""MCP's streamable HTTP transport at /sponde/mcp: POST asks, GET hears notices, DELETE leaves.

Behind the gateway's doors: Jupyter's login or a Sponde token with the scope `tools`, never without.
A page of another origin is refused, whatever it carries. Knows tornado, as gateway/doors.py says.
"""

import asyncio
import json
from typing import Any
from urllib.parse import urlparse

from jupyter_server.auth.decorator import allow_unauthenticated

from sponde_server.core.errors import Forbidden, Invalid, NotFound, SpondeError
from sponde_server.gateway.doors import Door, Refused, sentences
from sponde_server.gateway.service import SpondeGateway

from . import rpc
from .service import SpondeMcp
from .sessions import Session, Stream

PATH = "/sponde/mcp"
EVENTS = "text/event-stream"
SESSION = "Mcp-Session-Id"
VERSION = "MCP-Protocol-Version"


class McpDoor(Door):
    """The one address of the MCP server."""

    resource = "sponde:mcp"
    mcp: SpondeMcp
    _asked_id: Any = None
    _code: int | None = None
    _data: Any = None

    def initialize(self, gateway: SpondeGateway, mcp: SpondeMcp | None = None) -> None:
        """Take the services."""
        super().initialize(gateway)
        assert mcp is not None
        self.mcp = mcp

    async def prepare(self) -> None:  # type: ignore[override]
        """Find out who comes, and from where."""
        self._check_origin()
        await super().prepare()
        try:
            self.mcp.check(self.visitor)
        except Forbidden as error:
            raise Refused(403, error) from error

    def _check_origin(self) -> None:
        # Asked for tokens too: Jupyter lets a request with its token come from any page.
        origin = self.request.headers.get("Origin", "")
        is_ours = not origin or urlparse(origin.lower()).netloc == self.request.host.lower()
        if not is_ours and self.allow_origin != "*" and self.allow_origin != origin:
            raise Refused(
                403, Forbidden("Another site's page may not ask here.", "Ask from a program.")
            )

    # -- POST -----------------------------------------------------------------------------------

    @allow_unauthenticated  # who comes is asked in prepare(), which lets nobody else through
    async def post(self) -> None:
        """Take a request, a notice, or an answer."""
        await self.answer(self._take())

    async def _take(self) -> None:
        try:
            message = json.loads(self.request.body)
        except ValueError as error:
            self._fail(400, rpc.RpcError(rpc.PARSE_ERROR, f"This is not JSON: {error}."))
            return
        try:
            if isinstance(message, list):
                await self._take_several(message)
                return
            rpc.checked(message)
            if rpc.is_request(message):
                self._asked_id = message["id"]
            if message.get("method") == "initialize":
                session, greeting = await self.mcp.open(self.visitor, message.get("params", {}))
                self.set_header(SESSION, session.id)
                self.send(rpc.result(message.get("id"), greeting))
                return
            session = self._session()
            if not rpc.is_request(message):
                self.mcp.hear(session, message)
                self.set_status(202)
                self.finish()
                return
            await self._answer(session, message)
        except rpc.RpcError as error:
            self._fail(400, error)

    async def _answer(self, session: Session, message: rpc.Message) -> None:
        begun = await self.mcp.begin(self.visitor, session, message, self._accepts(EVENTS))
        if isinstance(begun, Stream):
            await self._follow(begun, -1)
            return
        response = await asyncio.shield(begun)
        if response is None:
            self.set_status(202)
            self.finish()
        else:
            self.send(response)

    async def _take_several(self, messages: list[Any]) -> None:
        """Take a batch, as the first version of this transport has them."""
        session = self._session()
        if session.version != rpc.BATCHES or not messages:
            raise rpc.RpcError(
                rpc.INVALID_REQUEST, "This version of MCP takes one message at a time."
            )
        answers: list[rpc.Message] = []
        for message in messages:
            rpc.checked(message)
            if not rpc.is_request(message):
                self.mcp.hear(session, message)
                continue
            begun = await self.mcp.begin(self.visitor, session, message, False)
            assert not isinstance(begun, Stream)
            response = await asyncio.shield(begun)
            if response is not None:
                answers.append(response)
        if answers:
            self.send(answers)
        else:
            self.set_status(202)
            self.finish()

    # -- GET and DELETE -------------------------------------------------------------------------

    @allow_unauthenticated  # who comes is asked in prepare()
    async def get(self) -> None:
        """Hear the server's notices, or the rest of an answer whose stream was lost."""
        await self.answer(self._listen())

    async def _listen(self) -> None:
        if not self._accepts(EVENTS):
            self.refuse(406, Invalid(f"This address answers with {EVENTS} only.", "Accept it."))
            return
        session = self._session()
        last = self.request.headers.get("Last-Event-ID", "")
        if last:
            found = session.find(last)
            if found is None:
                self.refuse(
                    404, NotFound(f"The event '{last}' is not known any more.", "Ask again.")
                )
                return
            await self._follow(*found)
            return
        notices = session.notices
        notices.interrupt()
        after = notices.last()
        if session.version >= rpc.PRIMES:
            notices.add(None)
        await self._follow(notices, after)

    @allow_unauthenticated  # who comes is asked in prepare()
    async def delete(self) -> None:
        """End a session."""
        await self.answer(self._leave())

    async def _leave(self) -> None:
        self.mcp.close(self._session())
        self.set_status(204)
        self.finish()

    # -- what they have in common ---------------------------------------------------------------

    async def _follow(self, stream: Stream, after: int) -> None:
        self.begin_stream(EVENTS)
        await self.flush()
        living = asyncio.ensure_future(self.keep_alive(EVENTS))
        try:
            await self.stream(stream.follow(after))
        finally:
            living.cancel()
        self.finish()

    def _session(self) -> Session:
        version = self.request.headers.get(VERSION, "")
        if version and version not in rpc.VERSIONS:
            self._code = rpc.UNKNOWN_VERSION
            self._data = {"supported": list(rpc.VERSIONS), "requested": version}
            raise Invalid(
                f"The protocol version '{version}' is not spoken here.",
                f"Spoken are {', '.join(rpc.VERSIONS)}.",
            )
        name = self.request.headers.get(SESSION, "")
        if not name:
            self._code = rpc.INVALID_REQUEST
            raise Invalid(f"The header {SESSION} is missing.", "Send 'initialize' first.")
        session = self.mcp.find(name, self.visitor)
        if session is None:
            self._code = rpc.NO_SESSION
            raise NotFound("This session has ended.", "Send 'initialize' to begin another.")
        return session

    def _accepts(self, media_type: str) -> bool:
        accepted = self.request.headers.get("Accept", "*/*")
        return media_type in accepted or "*/*" in accepted

    def _fail(self, status: int, error: rpc.RpcError) -> None:
        self.set_status(status)
        self.send(rpc.failure(self._asked_id, error))

    def error_body(self, status: int, error: SpondeError) -> dict[str, Any]:
        """Give an error as MCP's clients read it."""
        if status == 401:
            self.set_header("WWW-Authenticate", 'Bearer realm="sponde"')
        told = rpc.RpcError(self._code or rpc.REFUSED, sentences(error), self._data)
        return rpc.failure(self._asked_id, told)

    def last_words(self, error: SpondeError) -> bytes:
        """Give an error as the last event of a stream."""
        body = json.dumps(self.error_body(error.status, error), ensure_ascii=False)
        return b"event: message\ndata: " + body.encode() + b"\n\n"

    def sign_of_life(self) -> bytes:
        """Give a comment."""
        return b": still here\n\n"


def handlers(gateway: SpondeGateway, mcp: SpondeMcp) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """Make Jupyter's list of handlers (it adds the server's base URL)."""
    return [(rf"{PATH}/?", McpDoor, {"gateway": gateway, "mcp": mcp})]
