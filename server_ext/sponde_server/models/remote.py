"""The way to a server of models over HTTP, whichever protocol it speaks.

One question is one request: it is waited for within limits, asked again while nothing of its answer
has come and asking again may help, and ended when the asker leaves. What is written into a request
and what an answer's events mean is the dialect's (openai_api.py, anthropic_api.py).
`httpx2` is heavy: it is imported when a server is first connected, on a worker thread.
"""

import asyncio
import contextlib
import json
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
)
from contextlib import aclosing, asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from sponde_server.core.errors import SpondeError, UpstreamFailed
from sponde_server.core.streams import rest

from . import contexts
from .addresses import is_socket, is_this_machine
from .failures import (
    DROPPED,
    NOT_LISTED,
    Broken,
    Refused,
    Sentences,
    Silence,
    is_cut,
    is_passing,
    looks,
)
from .patience import Patience, wanted_pause
from .records import Completion, Delta, Piece, Provider, ProviderSource, Remark, Waiting
from .sse import EventLines

if TYPE_CHECKING:
    import httpx2

LARGEST_LIST_BYTES = 5_000_000
LARGEST_REFUSAL_BYTES = 200_000
LARGEST_ANSWER_BYTES = 60_000_000
LIST_SECONDS = 20.0
READ_OUT_SECONDS = 0.2


class Reader(Protocol):
    """Reads one answer; raises `Broken` where the server says that it failed."""

    is_done: bool
    """Whether nothing follows."""
    chunks: int
    """How many events belonged to an answer."""
    reason: str | None
    """Why it ended; None: it has not, or was cut."""

    def read(self, data: bytes) -> list[Piece]:
        """Take the data of one event."""

    def read_whole(self, body: bytes) -> list[Piece] | None:
        """Take an answer that was not streamed; None where it is none."""

    def end(self) -> list[Piece]:
        """Give what the end says; nothing where the answer was cut."""


class Dialect(Protocol):
    """What a protocol writes and reads. Remembers what a server turned out not to know."""

    complete_path: str
    """Where questions go."""

    def headers(self, key: str) -> dict[str, str]:
        """Say who asks."""

    def body(self, model: str, asked: Completion) -> dict[str, Any]:
        """Write a question."""

    def reader(self, asked: Completion) -> Reader:
        """Begin to read its answer."""

    def names(self, body: bytes) -> tuple[str, ...] | None:
        """Read a list of models; None where it is none."""

    def adapt(self, refused: Refused, model: str, asked: Completion) -> str | None:
        """Leave out next time what was refused.

        Gives a sentence for the person, or ''; None: nothing to leave out.
        """


class RemoteServer:
    """A connected server."""

    list_path = "/models"
    context_lengths: Mapping[str, int] = MappingProxyType({})
    """How long its models' contexts are, where its list said so."""

    def __init__(self, provider: Provider, key: str, dialect: Dialect, patience: Patience) -> None:
        import httpx2

        self._provider = provider
        self._key = key
        self._dialect = dialect
        self._patience = patience
        self._sentences = Sentences(provider, key, patience)
        self._failures = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError)
        socket = is_socket(provider.base_url)
        self._base = "http://engine/v1" if socket else provider.base_url.rstrip("/")
        waits = {
            "connect": patience.connect or None,
            "write": 30.0,
            "pool": patience.connect or None,
        }
        # Requests that are passed on have no pieces that could be waited for: bytes are.
        self._passing_on = httpx2.Timeout(read=patience.between or None, **waits)
        limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=50)
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(read=None, **waits),
            follow_redirects=False,
            # A proxy from the environment is for other machines only.
            trust_env=not is_this_machine(provider.base_url),
            limits=limits,
            transport=httpx2.AsyncHTTPTransport(
                uds=provider.base_url.removeprefix("unix:"), limits=limits
            )
            if socket
            else None,
            headers={"user-agent": "Sponde", "accept-encoding": "identity"},
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    # -- the list of models ---------------------------------------------------------------------

    async def list_models(self) -> tuple[str, ...] | None:
        """Ask for the list of models; None where the server has none."""
        try:
            status, body = await self._get(self.list_path, self._dialect.headers(self._key))
        except self._failures as error:
            raise self._sentences.of(error) from error
        if status in NOT_LISTED:
            return None
        names = self._dialect.names(body)
        self.context_lengths = contexts.listed(body)
        if names is None:
            raise self._sentences.no_server(looks(body))
        return names

    async def _get(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Ask for something short; refusals other than 'there is no such thing' are raised."""
        request = self._http.build_request("GET", self._base + path, headers=headers)
        try:
            async with asyncio.timeout(LIST_SECONDS), self._sent(request) as response:
                body = await _read(response, LARGEST_LIST_BYTES)
        except TimeoutError as error:
            raise self._sentences.of(Silence(is_first=True)) from error
        if body is None:
            raise self._sentences.no_server("its list of models is longer than 5 MB")
        if response.status_code >= 300 and response.status_code not in NOT_LISTED:
            raise self._sentences.of(Refused(response.status_code, response.headers, body))
        return response.status_code, body

    async def _try(self, path: str, body: dict[str, Any]) -> Refused | None:
        """Send something short; give what it was refused with, None where it was not."""
        headers = {**self._dialect.headers(self._key), "content-type": "application/json"}
        request = self._http.build_request(
            "POST", self._base + path, content=encoded(body), headers=headers
        )
        try:
            async with asyncio.timeout(LIST_SECONDS), self._sent(request) as response:
                if response.status_code < 300:
                    return None
                raw = await _read(response, LARGEST_REFUSAL_BYTES)
                return Refused(response.status_code, response.headers, raw or b"")
        except TimeoutError as error:
            raise self._sentences.of(Silence(is_first=True)) from error
        except self._failures as error:
            raise self._sentences.of(error) from error

    # -- questions ------------------------------------------------------------------------------

    async def complete(self, model: str, asked: Completion) -> AsyncGenerator[Piece, None]:
        """Ask for an answer and give it as it comes."""
        tried, was_dropped = 0, False
        while True:
            has_begun = False
            try:
                async with aclosing(self._ask(model, asked)) as pieces:
                    async for piece in pieces:
                        has_begun = True
                        yield piece
                return
            except (Refused, Broken, Silence, *self._failures) as error:
                failure: Exception = error
            if has_begun:
                if is_cut(failure):
                    return
                raise self._sentences.of(failure, model) from failure
            if isinstance(failure, Refused):
                remark = self._dialect.adapt(failure, model, asked)
                if remark is not None:
                    if remark:
                        yield Remark(text=f"{self._provider.name} {remark}")
                    continue
            if type(failure).__name__ in DROPPED and not was_dropped:
                # A kept connection that was closed at the very moment that it was used again.
                was_dropped = True
                continue
            tried += 1
            pause = self._pause(tried, failure)
            if pause is None:
                if is_cut(failure):
                    return
                raise self._sentences.of(failure, model) from failure
            yield Waiting(seconds=pause, why=self._sentences.of(failure, model).message)
            await asyncio.sleep(pause)

    def _pause(self, tried: int, failure: Exception) -> float | None:
        # Who keeps our own engines knows better than we when one is there again.
        if self._provider.source is ProviderSource.ENGINE or not is_passing(failure):
            return None
        headers = failure.headers if isinstance(failure, Refused) else {}
        return self._patience.pause_after(tried, wanted_pause(headers))

    async def _ask(
        self, model: str, asked: Completion, settings: dict[str, Any] | None = None
    ) -> AsyncGenerator[Piece, None]:
        clock = _Clock(self._patience)
        content = encoded(self._dialect.body(model, asked) | (settings or {}))
        request = self._http.build_request(
            "POST",
            self._base + self._dialect.complete_path,
            content=content,
            headers={**self._dialect.headers(self._key), "content-type": "application/json"},
        )
        with clock.waiting():
            response = await self._http.send(request, stream=True)
        try:
            if response.status_code >= 300:
                with clock.waiting():
                    raw = await _read(response, LARGEST_REFUSAL_BYTES)
                raise Refused(response.status_code, response.headers, raw or b"")
            kind = response.headers.get("content-type", "")
            if kind.startswith("text/html"):
                raise self._sentences.no_server("it answered with a web page")
            reader = self._dialect.reader(asked)
            reading = self._whole if "/json" in kind else self._streamed
            async for piece in reading(response, reader, clock):
                yield piece
        finally:
            clock.close()
            await response.aclose()

    async def _streamed(
        self, response: "httpx2.Response", reader: Reader, clock: "_Clock"
    ) -> AsyncGenerator[Piece, None]:
        lines = EventLines()
        is_packed = "content-encoding" in response.headers
        chunks = aiter(response.aiter_bytes() if is_packed else response.stream)  # type: ignore[arg-type]
        network = response.extensions.get("network_stream")
        try:
            if network is not None:
                network.read = _resting(network.read, reader)
            while not reader.is_done:
                with clock.waiting():
                    chunk = await anext(chunks, None)
                events = lines.end() if chunk is None else lines.feed(chunk)
                pieces, failure = _read_events(reader, events)
                if pieces:
                    clock.tick()
                for piece in pieces:
                    yield piece
                if failure is not None:
                    raise failure
                if chunk is None:
                    break
            else:
                await _read_out(chunks)
        except self._failures as error:
            # Whole is what has a reason to have ended, whatever becomes of the connection then.
            if reader.reason is None or not is_cut(error):
                raise
        finally:
            if network is not None:
                del network.read  # the connection is used again, by whoever asks next
        if not reader.chunks:
            raise self._sentences.no_server("it streamed nothing that belongs to an answer")
        for piece in reader.end():
            yield piece

    async def _whole(
        self, response: "httpx2.Response", reader: Reader, clock: "_Clock"
    ) -> AsyncGenerator[Piece, None]:
        """Read the answer of a server that does not stream."""
        with clock.waiting():
            body = await _read(response, LARGEST_ANSWER_BYTES)
        if body is None:
            raise UpstreamFailed(
                f"{self._provider.name} sent an answer of more than 60 MB.", "Ask for less at once."
            )
        said = reader.read_whole(body)
        if said is None:
            raise self._sentences.no_server(looks(body))
        for piece in [*said, *reader.end()]:
            yield piece

    @asynccontextmanager
    async def _sent(self, request: "httpx2.Request") -> AsyncIterator["httpx2.Response"]:
        response = await self._http.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()


class _Clock:
    """Ends waiting that takes too long: until the first piece, then from each to the next.

    One timer an answer, set anew only when it rings too early: a piece costs no timer.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._has_begun = False
        self._is_over = False
        self._waiting: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._end = self._after(patience.first)

    def tick(self) -> None:
        """Note that a piece came."""
        self._has_begun = True
        self._end = self._after(self._patience.between)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait no longer than is allowed."""
        self._waiting = asyncio.current_task()
        if self._end is not None and (self._timer is None or self._timer.when() > self._end):
            self._set()
        try:
            yield
        except asyncio.CancelledError as error:
            if self._is_over and self._waiting is not None and not self._waiting.uncancel():
                raise Silence(is_first=not self._has_begun) from error
            raise
        finally:
            self._waiting = None

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._end is not None:
            self._timer = self._loop.call_at(self._end, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._end is None or self._waiting is None:
            return  # set again by whoever waits next
        if self._loop.time() < self._end:
            self._set()
            return
        self._is_over = True
        self._waiting.cancel()

    def _after(self, seconds: float) -> float | None:
        return self._loop.time() + seconds if seconds else None


def _resting(
    read: Callable[..., Awaitable[bytes]], reader: Reader
) -> Callable[..., Awaitable[bytes]]:
    """Leave a connection for a moment before it is read, where many answers grow.

    So one read finds several tokens; whatever it finds is taken before the next rest.
    """

    async def rested(most: int, timeout: float | None = None) -> bytes:
        if not reader.is_done and (pause := rest()):
            await asyncio.sleep(pause)
        return await read(most, timeout=timeout)

    return rested


def _read_events(
    reader: Reader, events: list[bytes]
) -> tuple[list[Piece], Broken | SpondeError | None]:
    """Give what events say, texts that follow each other as one; and what broke after that."""
    pieces: list[Piece] = []
    said: list[str] = []
    failure: Broken | SpondeError | None = None
    try:
        if len(events) == 1:
            return reader.read(events[0]), None
        for data in events:
            for piece in reader.read(data):
                if type(piece) is Delta:
                    said.append(piece.text)
                    continue
                if said:
                    pieces.append(Delta(text="".join(said)))
                    said.clear()
                pieces.append(piece)
    except (Broken, SpondeError) as error:
        failure = error
    if said:
        pieces.append(Delta(text="".join(said)))
    return pieces, failure


def encoded(body: dict[str, Any]) -> bytes:
    """Write a body, with halves of letters made whole."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


async def _read(response: "httpx2.Response", most: int) -> bytes | None:
    """Read a body; None where it is larger than `most`."""
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > most:
            return None
    return b"".join(pieces)


async def _read_out(pieces: AsyncIterator[bytes]) -> None:
    """Read what follows the end, so that the connection can be used for the next question."""
    with contextlib.suppress(TimeoutError, StopAsyncIteration):
        async with asyncio.timeout(READ_OUT_SECONDS):
            while True:
                await anext(pieces)
