"""What the workbench adds to an answer of a model.

First token: from sending the question until the first piece of the answer is read, asked of the
upstream directly and through the workbench (route, history, prompt, relay, feed), in turns.
Tokens: many answers at once, at 40 tokens/s each and as fast as they go; a token is a chunk of
the upstream; CPU is that of the server's process, all of it by all tokens. While all grow: from the
moment at which the last question was asked until the first answer ends. Gap: between two pieces of
one answer then, as a tab reads them. Other: `GET /api/status` of the same server, asked every 50 ms
then. The upstream is benchmarks/prebuilt.py; it, the server and this reader share the machine's
cores.
"""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.report import percentile, report, waits
from browser.lab import TOKEN, Lab, free_port

QUESTIONS = 100
STREAMS = (1, 50, 200, 500)
PACE = 40
SECONDS = 10
ASKERS = 20
"""How many tabs ask."""
ASKED_A_SECOND = 40
"""How many questions are asked in a second where their answers have a pace."""
GREW = re.compile(rb'event: MessageGrew\n[^\n]*"message_id":"([^"]+)"')


class Line:
    """One HTTP/1.1 connection, read as it comes: little enough of its own to measure others."""

    def __init__(self, url: str) -> None:
        self._at = urlsplit(url)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, method: str, path: str, body: Any = None) -> None:
        """Send a request."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                self._at.hostname, self._at.port, limit=1 << 24
            )
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._at.netloc}\r\n"
            f"Authorization: token {TOKEN}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)

    async def until(self, sign: bytes) -> bytes:
        """Read until a sign has come."""
        assert self._reader is not None
        return await self._reader.readuntil(sign)

    async def json(self, method: str, path: str, body: Any = None) -> Any:
        """Ask, and read a JSON answer whole."""
        await self.send(method, path, body)
        assert self._reader is not None
        head = (await self.until(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        return json.loads(await self._reader.readexactly(length))

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give what comes, for ever."""
        assert self._reader is not None
        while piece := await self._reader.read(1 << 20):
            yield piece

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def direct(line: Line, text: str) -> float:
    """Ask the upstream itself, over a kept connection; give seconds until its first token."""
    turns = [{"role": "user", "content": text}]
    began = time.perf_counter()
    await line.send(
        "POST",
        "/v1/chat/completions",
        {"model": "scripted", "stream": True, "messages": turns},
    )
    await line.until(b"token ")
    took = time.perf_counter() - began
    await line.until(b"0\r\n\r\n")
    return took


async def relayed(api: Line, feed: Line, conversation: str, text: str) -> float:
    """Ask through the workbench; give seconds until the feed tells the first piece."""
    began = time.perf_counter()
    body = {"text": text}
    asking = asyncio.ensure_future(
        api.json("POST", f"/sponde/api/conversations/{conversation}/messages", body)
    )
    await feed.until(b"event: MessageGrew")
    took = time.perf_counter() - began
    await asking
    await feed.until(b'"status":"complete"')
    return took


def cpu(pid: int) -> float:
    """Give the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def first_tokens(lab: Lab, upstream: str) -> list[dict[str, object]]:
    """Measure the time to the first token, directly and relayed."""
    api, feed, line = Line(lab.url), Line(lab.url), Line(upstream)
    await feed.send("GET", "/sponde/api/stream")
    await feed.until(b"event: Reset")
    conversation = (await api.json("POST", "/sponde/api/conversations", {}))["id"]
    times: dict[str, list[float]] = {"directly": [], "through Sponde": []}
    for number in range(QUESTIONS + 5):
        text = f"5 tokens at 0/s {number}"
        times["directly"].append(await direct(line, text))
        times["through Sponde"].append(await relayed(api, feed, conversation, text))
        # What follows an answer (its end is written, its conversation named) is none of the next.
        await asyncio.sleep(0.05)
    feed.close()
    line.close()
    rows: list[dict[str, object]] = []
    for way, took in times.items():
        warm = took[5:]
        rows.append(
            {
                "first token": way,
                "p50 ms": percentile(warm, 0.5) * 1000,
                "p95 ms": percentile(warm, 0.95) * 1000,
            }
        )
    added = [float(str(rows[1][key])) - float(str(rows[0][key])) for key in ("p50 ms", "p95 ms")]
    rows.append({"first token": "added", "p50 ms": added[0], "p95 ms": added[1]})
    return rows


class Gaps:
    """Times between two pieces of the same answer, as a reader of the feed sees them."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._last: dict[bytes, float] = {}

    def read(self, piece: bytes) -> None:
        """Note when which answers grew."""
        now = time.perf_counter()
        for name in set(GREW.findall(piece)):
            if name in self._last:
                self.seconds.append(now - self._last[name])
            self._last[name] = now


async def ask_others(lab: Lab, took: list[float]) -> None:
    """Ask the server for something else every 50 ms, until cancelled."""
    line = Line(lab.url)
    while True:
        began = time.perf_counter()
        await line.json("GET", "/api/status")
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)


async def at_once(lab: Lab, streams: int, text: str, every: float) -> dict[str, float]:
    """Ask many, one each so many seconds; give the seconds until all are whole, and the cost."""
    feed = Line(lab.url)
    await feed.send("GET", "/sponde/api/stream")
    await feed.until(b"event: Reset")
    assert lab.process is not None
    pid = lab.process.pid
    lines = [Line(lab.url) for _ in range(min(streams, ASKERS))]
    conversations = [
        (await lines[0].json("POST", "/sponde/api/conversations", {}))["id"] for _ in range(streams)
    ]

    async def ask(line: Line, first: int) -> None:
        for index in range(first, streams, ASKERS):
            await asyncio.sleep(began + index * every - time.perf_counter())
            conversation = conversations[index]
            path = f"/sponde/api/conversations/{conversation}/messages"
            await line.json("POST", path, {"text": text})

    gaps, others = Gaps(), list[float]()
    asking_others = asyncio.ensure_future(ask_others(lab, others))
    used, began, done, rest = cpu(pid), time.perf_counter(), 0, b""
    asking = asyncio.gather(*[ask(line, first) for first, line in enumerate(lines)])
    grow = Growing(pid)
    asking.add_done_callback(lambda _: grow.begin(gaps, others))
    async for piece in feed.pieces():
        # A question tells `complete` once too, and so does its answer when it is whole.
        done += (rest + piece).count(b'"status":"complete"')
        rest = piece[-18:]
        gaps.read(piece)
        grow.tokens += piece.count(b"token ")
        if done > streams and not grow.is_over:
            grow.end(gaps, others)
        if done >= 2 * streams:
            break
    took = time.perf_counter() - began
    asking_others.cancel()
    await asking
    for line in (feed, *lines):
        line.close()
    return {
        "seconds": took,
        "cpu": cpu(pid) - used,
        "gap": percentile(grow.gaps or gaps.seconds or [0.0], 0.95),
        "other": percentile(waits(grow.others or others or [took], 0.05), 0.95),
        "growing": grow.cost,
    }


class Growing:
    """What is measured while all answers grow, none being asked and none having ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._used = 0.0
        self.tokens = 0
        self.cost = 0.0
        """Seconds of CPU for a token."""
        self.gaps: list[float] = []
        self.others: list[float] = []
        self.is_over = False

    def begin(self, gaps: Gaps, others: list[float]) -> None:
        """All are asked."""
        self._used, self.tokens = cpu(self._pid), 0
        if not self.is_over:
            gaps.seconds.clear()
            others.clear()

    def end(self, gaps: Gaps, others: list[float]) -> None:
        """The first has ended."""
        self.is_over = True
        self.gaps, self.others = list(gaps.seconds), list(others)
        self.cost = (cpu(self._pid) - self._used) / self.tokens if self._used else 0.0


async def throughput(lab: Lab) -> list[dict[str, object]]:
    """Measure tokens relayed with many answers at once."""
    rows: list[dict[str, object]] = []
    for streams in STREAMS:
        for pace in (PACE, 0):
            every = 1 / ASKED_A_SECOND if pace else 0.0
            count = PACE * int(SECONDS + streams * every) if pace else 20_000 // streams
            found = await at_once(lab, streams, f"{count} tokens at {pace}/s", every)
            took, used = found["seconds"], found["cpu"]
            tokens = streams * count
            rows.append(
                {
                    "streams": streams,
                    "asked": f"{pace}/s each" if pace else "as fast as they go",
                    "tokens/s": tokens / took,
                    "CPU µs a token": used / tokens * 1e6,
                    "while all grow": found["growing"] * 1e6,
                    "server's core": f"{used / took:.0%}",
                    "gap p95 ms": 1000 * found["gap"],
                    "other p95 ms": 1000 * found["other"],
                }
            )
    return rows


async def measure(lab: Lab, upstream: str) -> None:
    """Connect the upstream, then measure and report."""
    api = Line(lab.url)
    await api.json("POST", "/sponde/api/providers", {"base_url": upstream, "api_key": "sk-bench"})
    await api.json("GET", "/sponde/api/models")
    report("chat-first-token", await first_tokens(lab, upstream))
    report("chat-tokens", await throughput(lab))


def main() -> None:
    """Start a server and an upstream, and measure."""
    script = Path(__file__).with_name("prebuilt.py")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "root").mkdir()
        lab = Lab(base, free_port(), [])
        lab.start()
        process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            asyncio.run(measure(lab, process.stdout.readline().strip()))
        finally:
            process.kill()
            process.wait(10)
            lab.stop()


if __name__ == "__main__":
    main()
