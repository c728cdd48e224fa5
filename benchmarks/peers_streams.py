"""Many answers at once from the server alone: Sponde, jupyter-ai and notebook-intelligence.

Each in a fresh JupyterLab with the same upstream (benchmarks/prebuilt.py), spoken to as its own
panel does: Sponde over its routes and its one stream, jupyter-ai over a websocket for each chat,
notebook-intelligence over one websocket for all. The environments of the others are made by
`make peers`; without them only Sponde is measured.

First token: from sending a question until the first piece of its answer is read, all questions
being asked at once. Gap: between two pieces of one answer; at once: how many answers grew at the
same time (who lets the others wait has short gaps). Pause: of all the time that answers were
waited for, from asking to their end, 95 % was in pauses no longer than this; the wait for the first
piece is one. Other: `GET /api/status` of the same
server, asked every 50 ms meanwhile. Whole: how many answers came to their end within LONGEST
seconds. CPU is that of the server's process.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.chat import GREW, Line, cpu
from benchmarks.peers import Peer, peers, resident
from benchmarks.report import percentile, report, waits
from browser.lab import TOKEN

STREAMS = tuple(int(n) for n in os.environ.get("STREAMS", "1,50,200").split(","))
COUNT, PACE = 200, 40
LONGEST = 60.0
ASSISTANT = "jupyter-ai-personas::jupyter_ai_jupyternaut::JupyternautPersona"


class Seen:
    """What came of every answer, and when."""

    def __init__(self) -> None:
        self.asked: dict[str, float] = {}
        self.began: dict[str, float] = {}
        self.firsts: list[float] = []
        self.gaps: list[float] = []
        self.tokens: dict[str, int] = {}
        self._last: dict[str, float] = {}

    def ask(self, name: str) -> None:
        """Note that a question leaves."""
        self.asked[name] = time.perf_counter()

    def see(self, name: str, tokens: int) -> None:
        """Note how many tokens of an answer are there now."""
        now = time.perf_counter()
        if name not in self.asked or tokens <= self.tokens.get(name, 0):
            return
        if name in self._last:
            self.gaps.append(now - self._last[name])
        else:
            self.firsts.append(now - self.asked[name])
            self.began[name] = now
        self._last[name] = now
        self.tokens[name] = tokens

    @property
    def pauses(self) -> list[float]:
        """The seconds between asking, the pieces of each answer and what is not there yet."""
        now = time.perf_counter()
        never = [now - asked for name, asked in self.asked.items() if name not in self.began]
        return [*self.firsts, *self.gaps, *never]

    @property
    def at_once(self) -> int:
        """How many answers grew at the same time, at most."""
        ends = [(moment, -1) for moment in self._last.values()]
        now = most = 0
        for _, change in sorted([(moment, 1) for moment in self.began.values()] + ends):
            now += change
            most = max(most, now)
        return most

    @property
    def whole(self) -> int:
        """How many answers are whole; one of them leaves out the last space."""
        return sum(tokens >= COUNT - 1 for tokens in self.tokens.values())


Asking = Callable[[str, int, str, Seen], Awaitable[None]]


async def ask_sponde(url: str, streams: int, text: str, seen: Seen) -> None:
    """Ask as our panel does."""
    feed = Line(url)
    await feed.send("GET", "/sponde/api/stream")
    await feed.until(b"event: Reset")
    lines = [Line(url) for _ in range(min(streams, 20))]
    await lines[0].json("GET", "/sponde/api/models")
    chats = [
        (await lines[0].json("POST", "/sponde/api/conversations", {}))["id"] for _ in range(streams)
    ]
    counted: dict[str, int] = {}

    async def ask(line: Line, some: list[str]) -> None:
        for chat in some:
            seen.ask(chat)
            await line.json("POST", f"/sponde/api/conversations/{chat}/messages", {"text": text})

    async def read() -> None:
        rest = b""
        async for piece in feed.pieces():
            *events, rest = (rest + piece).split(b"\n\n")
            for event in events:
                if GREW.search(event):
                    data = json.loads(event.partition(b"data: ")[2])
                    chat = data["conversation_id"]
                    counted[chat] = counted.get(chat, 0) + data["text"].count("token ")
                    seen.see(chat, counted[chat])

    reading = asyncio.ensure_future(read())
    try:
        await asyncio.gather(*[ask(one, chats[i :: len(lines)]) for i, one in enumerate(lines)])
        await until_whole(seen, streams)
    finally:
        reading.cancel()
        for line in (feed, *lines):
            line.close()


async def ask_jupyter_ai(url: str, streams: int, text: str, seen: Seen) -> None:
    """Ask its assistant in a chat file each; a message is sent whole each time that it grew."""
    names = [f"bench-{uuid.uuid4().hex[:8]}.chat" for _ in range(streams)]
    lines = [await connect(url, f"/api/chat/ws/{name}") for name in names]

    there = {name: asyncio.Event() for name in names}

    async def read(name: str, line: WebSocketClientConnection) -> None:
        while (frame := await line.read_message()) is not None:
            told = json.loads(frame)
            if ASSISTANT in told.get("users", {}):
                there[name].set()
            if told.get("action") == "message" and told["message"]["sender"] == ASSISTANT:
                seen.see(name, str(told["message"].get("body", "")).count("token "))

    reading = [asyncio.ensure_future(read(*pair)) for pair in zip(names, lines, strict=True)]
    try:
        for name in names:
            await there[name].wait()
        for name, line in zip(names, lines, strict=True):
            seen.ask(name)
            said: dict[str, Any] = {"type": "client", "action": "send", "body": text}
            said["id"] = str(uuid.uuid4())
            said["metadata"] = {"to_persona": ASSISTANT}
            await line.write_message(json.dumps(said))
        await until_whole(seen, streams)
    finally:
        for task in reading:
            task.cancel()
        for line in lines:
            line.close()


async def ask_nbi(url: str, streams: int, text: str, seen: Seen) -> None:
    """Ask in chats of one websocket."""
    line = await connect(url, "/notebook-intelligence/copilot")
    counted: dict[str, int] = {}

    async def read() -> None:
        while (frame := await line.read_message()) is not None:
            told = json.loads(frame)
            name = told.get("id", "")
            if told.get("type") == "stream-message":
                counted[name] = counted.get(name, 0) + str(told.get("data")).count("token ")
                seen.see(name, counted[name])

    reading = asyncio.ensure_future(read())
    try:
        for _ in range(streams):
            name = str(uuid.uuid4())
            seen.ask(name)
            data = {"chatId": str(uuid.uuid4()), "prompt": text, "language": "python"}
            data |= {"filename": "", "chatMode": "ask"}
            said = {"id": name, "type": "chat-request", "data": data}
            await line.write_message(json.dumps(said))
        await until_whole(seen, streams)
    finally:
        reading.cancel()
        line.close()


ASKING: dict[str, Asking] = {
    "Sponde": ask_sponde,
    "jupyter-ai": ask_jupyter_ai,
    "notebook-intelligence": ask_nbi,
}


async def connect(url: str, path: str) -> WebSocketClientConnection:
    """Open a websocket."""
    address = url.replace("http", "ws", 1) + path
    headers = {"Authorization": f"token {TOKEN}"}
    return await websocket_connect(HTTPRequest(address, headers=headers))


def by_time(pauses: list[float], share: float) -> float:
    """Give the pause that this share of all the waiting was spent in, or in shorter ones."""
    left = share * sum(pauses)
    for pause in sorted(pauses):
        left -= pause
        if left <= 0:
            return pause
    return 0.0


async def until_whole(seen: Seen, streams: int) -> None:
    """Wait until all answers are whole; but not for ever."""
    end = time.perf_counter() + LONGEST
    while seen.whole < streams and time.perf_counter() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def ask_others(url: str, took: list[float]) -> None:
    """Ask the server for something else every 50 ms, until cancelled."""
    line = Line(url)
    while True:
        began = time.perf_counter()
        try:
            await line.json("GET", "/api/status")
        finally:  # One that is still waited for at the end counts, too.
            took.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)


async def measure(peer: Peer, url: str, pid: int) -> list[dict[str, object]]:
    """Measure one server with more and more answers at once."""
    ask = ASKING[peer.name]
    warm = Seen()
    warming = asyncio.ensure_future(ask(url, 1, "5 tokens at 0/s", warm))
    while not warm.firsts and not warming.done():  # noqa: ASYNC110 - it is read
        await asyncio.sleep(0.05)
    warming.cancel()
    await asyncio.wait([warming])
    rows: list[dict[str, object]] = []
    for streams in STREAMS:
        seen, others = Seen(), list[float]()
        asking_others = asyncio.ensure_future(ask_others(url, others))
        used, began = cpu(pid), time.perf_counter()
        await ask(url, streams, f"{COUNT} tokens at {PACE}/s", seen)
        took = time.perf_counter() - began
        asking_others.cancel()
        await asyncio.wait([asking_others])  # one that still waits is counted at its end
        tokens = sum(seen.tokens.values())
        rows.append(
            {
                "server": peer.name,
                "streams": streams,
                "whole": seen.whole,
                "at once": seen.at_once,
                "tokens/s": tokens / took,
                "first token p50 ms": 1000 * percentile(seen.firsts or [0.0], 0.5),
                "first token p95 ms": 1000 * percentile(seen.firsts or [0.0], 0.95),
                "gap p95 ms": 1000 * percentile(seen.gaps or [0.0], 0.95),
                "pause p95 ms": 1000 * by_time(seen.pauses, 0.95),
                "other p95 ms": 1000 * percentile(waits(others or [took], 0.05), 0.95),
                "CPU µs a token": (cpu(pid) - used) / max(tokens, 1) * 1e6,
                "server MB": resident(pid),
            }
        )
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Measure one after another, and report."""
    upstream = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("prebuilt.py"))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert upstream.stdout is not None
    address = upstream.stdout.readline().strip()
    rows: list[Any] = []
    try:
        for peer in peers():
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                base = Path(folder)
                (base / "root").mkdir()
                with peer.lab(base, address) as (url, pid):
                    rows += asyncio.run(measure(peer, url, pid))
    finally:
        upstream.kill()
        upstream.wait(10)
    report("peers-server", rows)


if __name__ == "__main__":
    main()
