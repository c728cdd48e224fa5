"""Every route of Sponde goes through here: login, permission, decoding, the answer, the error.

A slice's routes are plain functions in a table. Their parameters say what they need:
a service (by its class), a part of the path (by its name), `body` (a record, decoded from JSON),
`person` (a `Person`), `reader` (a `Reader`), and query parameters (everything else, with a
default).
The answer is a record or a list of records (JSON), None (204), a `Download` or `Events`.
A function that returns an `Intake[record]` takes the request's body as it comes (core/intake.py).
"""

import asyncio
import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import quote

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError

from .errors import Forbidden, Invalid, SpondeError, TooLarge
from .intake import Intake
from .record import new_id
from .wire import convert, decode, encode

T = TypeVar("T")
PREFIX = "/sponde/api"
_PIECE_BYTES = 262_144
# A refused body up to this size is read to its end: who still sends would not see the answer.
_MOST_UNREAD_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Person:
    """Who asks, as Jupyter's identity provider knows them."""

    name: str
    owner: str = ""
    """Whose the things are that they make; empty where a token or a password is all that Jupyter
    knows: whoever has it is the same person, under a new name each time."""


class ReaderLeft(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True)
class Reader:
    """Whoever waits for the answer."""

    gone: asyncio.Event

    async def waits_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Give what comes of the work; it is cancelled when the reader leaves."""
        working = asyncio.ensure_future(work)
        leaving = asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not working.done():
                working.cancel()
        if self.gone.is_set():
            await asyncio.wait((working,))
            raise ReaderLeft
        return await working


@dataclass(frozen=True)
class Download:
    """A file as the answer."""

    filename: str
    media_type: str
    content: bytes | Path
    """The bytes, or a file that holds them: it is sent a piece at a time."""
    is_deleted: bool = False
    """Whether the file is deleted when it was sent, or nobody waits for it any more."""


@dataclass(frozen=True)
class Events:
    """A stream of server-sent events as the answer; it ends when the reader leaves."""

    pieces: AsyncIterator[bytes]


def send_at_once(request: HTTPServerRequest) -> None:
    """Let the system send each piece of an answer when it is written (TCP_NODELAY).

    It would hold a small piece back until the one before is acknowledged, and a reader that has
    nothing to say acknowledges 40 ms late. Tornado sets it back when the answer ends.
    """
    if isinstance(request.connection, HTTP1Connection):
        request.connection.stream.set_nodelay(True)


@dataclass(frozen=True)
class Endpoint:
    """One route: what it answers to, and the function that answers."""

    slice: str
    method: str
    path: str
    action: str
    answer: Callable[..., Awaitable[Any]]
    hints: dict[str, Any]
    parameters: dict[str, inspect.Parameter]
    has_intake: bool = False

    @property
    def path_names(self) -> list[str]:
        """The names between braces, in order."""
        return [piece.partition("}")[0] for piece in self.path.split("{")[1:]]


@dataclass
class Routes:
    """The routes of one slice, and the events that it tells the feed.

    Permission is asked for `sponde:<slice>`.
    """

    slice: str
    events: tuple[type[Any], ...] = ()
    endpoints: list[Endpoint] = field(default_factory=list)

    def __call__(
        self, method: str, path: str, action: str = ""
    ) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[Any]]]:
        """Add the decorated function; `action` is read for GET, write for the rest."""

        def add(answer: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
            hints = get_type_hints(answer)
            parameters = dict(inspect.signature(answer).parameters)
            asked = action or ("read" if method == "GET" else "write")
            has_intake = get_origin(hints.get("return")) is Intake
            if has_intake:
                (hints["return"],) = get_args(hints["return"])
            self.endpoints.append(
                Endpoint(self.slice, method, path, asked, answer, hints, parameters, has_intake)
            )
            return answer

        return add


class RouteHandler(APIHandler):
    """The one handler: takes a request to its endpoint and its answer back."""

    endpoints: dict[str, Endpoint]
    services: dict[type[Any], Any]
    _gone: asyncio.Event

    def initialize(self, endpoints: dict[str, Endpoint], services: dict[type[Any], Any]) -> None:
        """Take the endpoints of this address, by method, and the services they may ask for."""
        self.endpoints = endpoints
        self.services = services
        self._gone = asyncio.Event()

    @web.authenticated
    async def get(self, **path: str) -> None:
        """Answer a GET."""
        await self._answer("GET", path)

    @web.authenticated
    async def post(self, **path: str) -> None:
        """Answer a POST."""
        await self._answer("POST", path)

    @web.authenticated
    async def put(self, **path: str) -> None:
        """Answer a PUT."""
        await self._answer("PUT", path)

    @web.authenticated
    async def patch(self, **path: str) -> None:
        """Answer a PATCH."""
        await self._answer("PATCH", path)

    @web.authenticated
    async def delete(self, **path: str) -> None:
        """Answer a DELETE."""
        await self._answer("DELETE", path)

    def on_connection_close(self) -> None:
        """End the work of a request whose reader left."""
        super().on_connection_close()
        self._gone.set()

    async def _answer(self, method: str, path: dict[str, str]) -> None:
        try:
            endpoint = self.endpoints.get(method)
            if endpoint is None:
                allowed = ", ".join(self.endpoints)
                self.set_header("Allow", allowed)
                self.set_status(405)
                self._write_json(
                    {
                        "message": f"This address does not answer to {method}.",
                        "code": "invalid",
                        "hint": f"It answers to {allowed}.",
                    }
                )
                return
            answer = await self._answer_of(endpoint, path)
            await self._send(answer, endpoint.hints.get("return"))
        except SpondeError as error:
            self.log.info("%s %s: %s", method, self.request.path, error)
            self.set_status(error.status)
            self._write_json(error.body())
        except (web.HTTPError, asyncio.CancelledError, StreamClosedError):
            raise
        except ReaderLeft:
            return
        except Exception:
            name = new_id()[-8:]
            self.log.exception("%s %s failed (%s)", method, self.request.path, name)
            self.set_status(500)
            self._write_json(
                {
                    "message": f"Something in Sponde broke ({name}).",
                    "code": "internal",
                    "hint": f"The server's log says more under {name}.",
                }
            )

    async def _answer_of(self, endpoint: Endpoint, path: dict[str, str]) -> Any:
        await self._permit(endpoint)
        return await endpoint.answer(**self._arguments(endpoint, path))

    async def _permit(self, endpoint: Endpoint) -> None:
        # Asked here and not through @authorized, which remembers the first subclass's resource.
        resource = f"sponde:{endpoint.slice}"
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, endpoint.action, resource)
        )
        if not allowed:
            raise Forbidden(
                f"You may not {endpoint.action} {resource}.",
                "Ask the person who runs this server.",
            )

    def _arguments(self, endpoint: Endpoint, path: dict[str, str]) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for name, parameter in endpoint.parameters.items():
            kind = endpoint.hints[name]
            if kind in self.services:
                arguments[name] = self.services[kind]
            elif kind is Person:
                arguments[name] = _person(self.current_user)
            elif kind is Reader:
                arguments[name] = Reader(self._gone)
            elif name == "body":
                arguments[name] = decode(kind, self.request.body)
            elif name in path:
                arguments[name] = convert(kind, path[name])
            else:
                given = self.get_query_argument(name, None)
                if given is not None:
                    arguments[name] = convert(kind, given)
                elif parameter.default is inspect.Parameter.empty:
                    raise Invalid(
                        f"The query parameter '{name}' is missing.",
                        f"Add ?{name}=… to the address.",
                    )
        return arguments

    async def _send(self, answer: Any, kind: Any) -> None:
        if answer is None:
            self.set_status(204)
            self.finish()
        elif isinstance(answer, Download):
            self.set_header("Content-Type", answer.media_type)
            self.set_header(
                "Content-Disposition",
                f"attachment; filename*=UTF-8''{_quoted(answer.filename)}",
            )
            if isinstance(answer.content, bytes):
                self.finish(answer.content, set_content_type=answer.media_type)
            else:
                try:
                    await self._send_file(answer.content)
                finally:
                    if answer.is_deleted:
                        answer.content.unlink(missing_ok=True)
        elif isinstance(answer, Events):
            await self._send_events(answer.pieces)
        else:
            self.set_header("Content-Type", "application/json")
            self.finish(encode(answer, kind))

    async def _send_file(self, path: Path) -> None:
        size = (await asyncio.to_thread(path.stat)).st_size
        self.set_header("Content-Length", str(size))
        self.set_header("Content-Encoding", "identity")  # or tornado gzips every piece
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                self.write(piece)
                await self.flush()
        web.RequestHandler.finish(self)

    async def _send_events(self, pieces: AsyncIterator[bytes]) -> None:
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Accel-Buffering", "no")
        self.set_header("Content-Encoding", "identity")  # or tornado gzips every piece
        send_at_once(self.request)
        writing = asyncio.ensure_future(self._write_pieces(pieces))
        leaving = asyncio.ensure_future(self._gone.wait())
        # A silent source would not notice a reader that left: whichever ends first, ends both.
        await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not writing.done():
            writing.cancel()
        try:
            await writing
        except (asyncio.CancelledError, StreamClosedError):
            return
        self.finish()

    async def _write_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        async for piece in pieces:
            self.write(piece)
            await self.flush()

    def _write_json(self, body: Any) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))


@web.stream_request_body
class IntakeHandler(RouteHandler):
    """Hands a body to its endpoint's intake as it comes; refuses before it is read."""

    _intake: Intake[Any] | None = None
    _refusal: Exception | None = None
    _leaving: "asyncio.Task[None] | None" = None

    async def prepare(self) -> None:  # type: ignore[override]
        """Ask the endpoint, once it is known who asks."""
        await super().prepare()
        if self._finished:
            return
        if self.current_user is None:
            raise web.HTTPError(403)
        endpoint = self.endpoints.get(self.request.method or "")
        if endpoint is None:
            return
        told = self.request.headers.get("Content-Length", "")
        length = int(told) if told.isdecimal() else 0
        try:
            await self._permit(endpoint)
            intake: Intake[Any] = await endpoint.answer(
                **self._arguments(endpoint, self.path_kwargs)
            )
            self._intake = intake
            if length > intake.most:
                await self._refuse(
                    TooLarge(
                        f"{length:,} bytes are too many: {intake.most:,} were still to come.",
                        "Send what follows the offset, and no more than the file's size.",
                    )
                )
            self.request.connection.set_max_body_size(  # type: ignore[union-attr]
                max(intake.most, _MOST_UNREAD_BYTES)
            )
        except SpondeError as error:
            self._refusal = error
        if self._refusal is not None and length > _MOST_UNREAD_BYTES:
            await self._answer(endpoint.method, self.path_kwargs)

    async def data_received(self, piece: bytes) -> None:
        """Hand some bytes on; after a refusal they are dropped."""
        if self._intake is None or self._refusal is not None:
            return
        try:
            await self._intake.take(piece)
        except SpondeError as error:
            await self._refuse(error)

    def on_connection_close(self) -> None:
        """Tell the intake that nothing follows."""
        super().on_connection_close()
        if self._intake is not None and self._refusal is None:
            self._leaving = asyncio.ensure_future(self._intake.leave())

    async def _refuse(self, error: SpondeError) -> None:
        self._refusal = error
        if self._intake is not None:
            await self._intake.leave()

    async def _answer_of(self, endpoint: Endpoint, path: dict[str, str]) -> Any:
        if self._refusal is not None:
            raise self._refusal
        assert self._intake is not None
        return await self._intake.end()


def _person(user: Any) -> Person:
    made_up = re.fullmatch(r"[0-9a-f]{32}", user.username) and user.name.startswith("Anonymous ")
    return Person(user.username, "" if made_up else user.username)


def handlers(
    routes: Iterable[Routes], services: dict[type[Any], Any]
) -> list[tuple[str, type[RouteHandler], dict[str, Any]]]:
    """Make Jupyter's list of handlers from the slices' routes (it adds the server's base URL)."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for table in routes:
        for endpoint in table.endpoints:
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [
        (
            PREFIX + _pattern(path) + "$",
            IntakeHandler if any(e.has_intake for e in endpoints.values()) else RouteHandler,
            {"endpoints": endpoints, "services": services},
        )
        # Literal addresses before those with names in them: /runs/next before /runs/{run_id}.
        for path, endpoints in sorted(by_path.items(), key=lambda item: item[0].count("{"))
    ]


def _pattern(path: str) -> str:
    return "".join(
        f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else part for part in _split(path)
    )


def _split(path: str) -> list[str]:
    parts: list[str] = []
    for piece in path.replace("}", "}\0").split("\0"):
        plain, brace, name = piece.partition("{")
        parts += [plain, brace + name] if brace else [plain]
    return [part for part in parts if part]


def _quoted(name: str) -> str:
    return quote(name, safe="")
