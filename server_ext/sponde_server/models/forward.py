"""Requests of the OpenAI protocol, passed on as they stand, and their answers on the way back.

An answer's bytes are looked at line by line and not parsed, but for the one line that counts
tokens: what is added to a token is some microseconds. Two things are changed: the model's name is
the one that the caller used, and a count that only we asked for is left out.
Does not know who asks, nor HTTP's other half.
"""

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sponde_server.core.errors import NotFound, UpstreamFailed

from .metering import CHARACTERS_A_TOKEN, Meter
from .provider import Answer, ModelServer
from .records import Usage
from .sse import LONGEST_LINE_BYTES, MARK

OPERATIONS = {
    "/chat/completions": "chat",
    "/completions": "completion",
    "/embeddings": "embedding",
}
"""The addresses that are passed on, and what a request to them is called; no others are."""
_MODEL = re.compile(rb'"model":\s*"(?:[^"\\]|\\.)*"')
_FINISHED = re.compile(rb'"finish_reason":\s*"')
_EMPTY = re.compile(rb'"content":\s*""')


@dataclass
class Forwarded:
    """An answer on its way to the caller."""

    status: int
    """HTTP's status; 400 and more: the bytes are an error in OpenAI's form."""
    media_type: str
    """What the bytes are."""
    pieces: AsyncIterator[bytes]
    """The bytes: of a stream as they come, else all at once."""
    retry_after: str = ""
    """When to ask again, as the server says it."""
    tally: "Tally | None" = None
    """What it took so far; None where nothing was answered."""

    @property
    def tokens(self) -> int:
        """Tokens read and written so far: as counted, or else estimated."""
        if self.tally is None:
            return 0
        usage = self.tally.usage
        if usage is None:
            return self.tally.read + self.tally.chunks
        return usage.prompt_tokens + usage.completion_tokens


@dataclass
class Tally:
    """What an answer took so far."""

    read: int
    """Tokens that the request had, about."""
    chunks: int = 0
    """Pieces that came, each about a token."""
    usage: Usage | None = None
    """What the server counted."""


def operation_of(path: str) -> str:
    """Say what a request to an address is; the others are refused."""
    if path not in OPERATIONS:
        raise NotFound(
            f"There is no '{path}' here.", f"There is {', '.join(OPERATIONS)} and /models."
        )
    return OPERATIONS[path]


def wants_count(body: dict[str, Any]) -> bool:
    """Tell whether the caller asked for the chunk that counts a stream's tokens."""
    options = body.get("stream_options")
    return isinstance(options, dict) and bool(options.get("include_usage"))


class StreamRelay:
    """Takes the bytes of a stream and gives the whole lines that go to the caller."""

    def __init__(
        self, asked: str, keeps_count: bool, meter: Meter, tally: Tally | None = None
    ) -> None:
        self._name = b'"model":' + json.dumps(asked).encode()
        self._keeps_count = keeps_count
        self._meter = meter
        self._rest = b""
        self._begins = True
        self._skips_blank = False
        self.tally = tally or Tally(read=0)
        self.is_finished = False
        self.is_broken = False

    def feed(self, piece: bytes) -> bytes:
        """Add bytes; give the lines that became whole, as the caller is to read them."""
        data = self._rest + piece if self._rest else piece
        if self._begins and data:
            self._begins = False
            data = data.removeprefix(MARK)
        cut = data.rfind(b"\n") + 1
        self._rest = data[cut:]
        if len(self._rest) > LONGEST_LINE_BYTES:
            raise UpstreamFailed(
                f"The model server sent a line of more than {LONGEST_LINE_BYTES:,} bytes.",
                "Check that the address is that of an OpenAI-compatible server.",
            )
        return b"".join([self._line(line) for line in data[:cut].splitlines(keepends=True)])

    def end(self) -> bytes:
        """Give what a last line without an end holds."""
        return self.feed(b"\n\n") if self._rest else b""

    def _line(self, line: bytes) -> bytes:
        if not line.startswith(b"data:"):
            if self._skips_blank and not line.strip():
                self._skips_blank = False
                return b""
            return line
        self._skips_blank = False
        if b"[DONE]" in line[:13]:
            self.is_finished = True
            return line
        if b'"usage"' in line and self._counts(line):
            self._skips_blank = True
            return b""
        if b'"error"' in line:
            self.is_broken = self.is_broken or "error" in _parsed(line[5:])
        if not self.is_finished and _FINISHED.search(line):
            self.is_finished = True
        self.tally.chunks += 1
        # The first chunk often says only who speaks: it is no token yet.
        if self.tally.chunks > 1 or not _EMPTY.search(line):
            self._meter.said(CHARACTERS_A_TOKEN)
        return _MODEL.sub(lambda _: self._name, line, count=1)

    def _counts(self, line: bytes) -> bool:
        """Read what a chunk counts; true where it does nothing else and nobody asked for it."""
        chunk = _parsed(line[5:])
        usage = usage_of(chunk.get("usage"))
        if usage is None:
            return False
        self.tally.usage = usage
        return not self._keeps_count and chunk.get("choices") == []


def renamed(body: bytes, asked: str) -> bytes:
    """Give a whole answer the model's name that the caller used."""
    return _MODEL.sub(lambda _: b'"model":' + json.dumps(asked).encode(), body, count=1)


def count_of(body: bytes) -> Usage | None:
    """Find what a whole answer counts, without parsing what may be megabytes of numbers."""
    at = body.rfind(b'"usage"')
    begin = body.find(b"{", at) if at >= 0 else -1
    if begin < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(body[begin:].decode("utf-8", "replace"))
    except ValueError:
        return None
    return usage_of(found)


def usage_of(given: Any) -> Usage | None:
    """Read a count of tokens as servers write it; embeddings write none."""
    try:
        return Usage(
            prompt_tokens=int(given["prompt_tokens"]),
            completion_tokens=int(given.get("completion_tokens") or 0),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def characters_of(body: dict[str, Any]) -> int:
    """Count the characters that a request asks a model to read, about."""
    told = body.get("messages") or body.get("prompt") or body.get("input") or ""
    return _length(told)


def _length(given: Any) -> int:
    if isinstance(given, str):
        return len(given)
    if isinstance(given, list):
        return sum(_length(one) for one in given)
    if isinstance(given, dict):
        return _length(given.get("content") or given.get("text") or "")
    return 1


@asynccontextmanager
async def passed_on(
    server: ModelServer, path: str, body: dict[str, Any], asked: str, meter: Meter
) -> AsyncIterator[Forwarded]:
    """Send a request to a server, and give its answer as the caller is to read it."""
    streams = bool(body.get("stream"))
    keeps_count = wants_count(body)
    async with server.forward(path, body, streams and not keeps_count) as answer:
        forwarded = Forwarded(
            status=answer.status,
            media_type=answer.media_type,
            pieces=answer.pieces,
            retry_after=answer.retry_after,
        )
        if answer.status >= 400:
            yield forwarded
            return
        forwarded.tally = Tally(read=characters_of(body) // CHARACTERS_A_TOKEN)
        if "event-stream" in answer.media_type:
            relay = StreamRelay(asked, keeps_count, meter, forwarded.tally)
            pieces = _streamed(answer, relay, meter)
        else:
            pieces = _whole(answer, asked, meter, forwarded.tally)
        forwarded.pieces = pieces
        # Closed before the meter is read, also when the caller has left in the middle.
        async with aclosing(pieces):
            yield forwarded


async def _streamed(
    answer: Answer, relay: StreamRelay, meter: Meter
) -> AsyncGenerator[bytes, None]:
    try:
        async for piece in answer.pieces:
            lines = relay.feed(piece)
            if lines:
                yield lines
        tail = relay.end()
        if tail:
            yield tail
    finally:
        if relay.is_finished and not relay.is_broken:
            meter.ended(relay.tally.usage)
        else:
            meter.counted(relay.tally.usage)


async def _whole(
    answer: Answer, asked: str, meter: Meter, tally: Tally
) -> AsyncGenerator[bytes, None]:
    body = b"".join([piece async for piece in answer.pieces])
    tally.usage, tally.chunks = count_of(body), len(body) // CHARACTERS_A_TOKEN
    meter.said(len(body))
    meter.ended(tally.usage)
    yield renamed(body, asked)
