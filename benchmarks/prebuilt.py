"""A model's server that only streams: prebuilt bytes over raw sockets, one clock for all answers.

It speaks as much of the OpenAI protocol as a chat needs and costs a tenth of tests/upstream.py, so
that what is measured beside it on the same cores is not it. A question that says
`400 tokens at 40/s` is answered so (0/s: as fast as they go), any other with five tokens; every
token is a chunk of its own, written by itself. Run as a program it prints its address.
"""

import asyncio
import json
import re
from typing import Any

TICK = 0.005
BURST = 64
"""Tokens that are written at once where no pace is asked."""
_ASKED = re.compile(rb"(\d+) tokens at (\d+)/s")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(choice: dict[str, Any]) -> bytes:
    """Write one event of an answer as a chunk of HTTP."""
    said = {
        "id": "x",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, **choice}],
    }
    data = f"data: {json.dumps(said)}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


BEGIN = STREAM + chunk({"delta": {"role": "assistant", "content": ""}, "finish_reason": None})
TOKEN = chunk({"delta": {"content": "token "}, "finish_reason": None})
END = chunk({"delta": {}, "finish_reason": "stop"}) + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
MODELS = json.dumps({"object": "list", "data": [{"id": "scripted", "object": "model"}]}).encode()
WHOLE = json.dumps(
    {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Five tokens"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10},
    }
).encode()


class Clock:
    """Writes the tokens of every paced answer when they are due."""

    def __init__(self) -> None:
        self.growing: set[Answering] = set()

    def run(self) -> None:
        """Write what is due, and go on."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for answer in list(self.growing):
            answer.write_due(now)
        loop.call_later(TICK, self.run)


class Answering(asyncio.Protocol):
    """One connection: a question, its answer, the next question."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._read = b""
        self._left = 0
        self._due = 0.0
        self._every = 0.0
        self._is_paused = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Read a request; it is answered when it is whole."""
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or (length and len(body) < int(length[1])):
            return
        self._read = b""
        if head.startswith(b"GET"):
            self._send_json(MODELS)
        elif not re.search(rb'"stream": *true', body):
            self._send_json(WHOLE)
        else:
            asked = _ASKED.findall(body)
            self._begin(*(map(int, asked[-1]) if asked else (5, 0)))

    def _send_json(self, body: bytes) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        self._transport.write(f"{head}{len(body)}\r\n\r\n".encode() + body)

    def _begin(self, count: int, speed: int) -> None:
        self._left = count
        if not speed:
            self._transport.write(BEGIN)
            self._pour()
            return
        self._transport.write(BEGIN + TOKEN)
        self._left -= 1
        self._every = 1 / speed
        self._due = asyncio.get_running_loop().time() + self._every
        self._clock.growing.add(self)

    def write_due(self, now: float) -> None:
        """Write the tokens that are due, each by itself."""
        while self._left and self._due <= now:
            self._due += self._every
            self._left -= 1
            self._transport.write(TOKEN)
        if not self._left:
            self._clock.growing.discard(self)
            self._transport.write(END)

    def _pour(self) -> None:
        while self._left and not self._is_paused:
            some = min(self._left, BURST)
            self._left -= some
            self._transport.write(TOKEN * some + (b"" if self._left else END))

    def pause_writing(self) -> None:
        """Wait: the reader is behind."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Go on."""
        self._is_paused = False
        if not self._every:
            self._pour()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the answer."""
        self._clock.growing.discard(self)
        self._left = 0


async def main() -> None:
    """Serve until killed."""
    clock = Clock()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(clock), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    clock.run()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
