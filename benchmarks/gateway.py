"""What the gateway adds to asking a model's server directly.

First token: from sending the request until the first token is read, over kept connections, in
turns. Tokens: each token of the upstream (tests/upstream.py, on this machine) says when it was
sent, and the reader notes when it came: the delay directly and through the gateway, one stream and
50 at once, at 40 tokens/s each; CPU is that of the server's process. Last, as fast as they go.
On a machine that others use as well, the three processes are put before them where that is
allowed (Linux's autogroups), or one would measure the others.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.chat import Line, cpu
from benchmarks.report import percentile, report
from browser.lab import REPOSITORY, Lab, free_port

QUESTIONS = 200
STREAMS = (1, 50)
PACE = 40
SECONDS = 8
FAST = 20_000
WAYS = ("directly", "OpenAI's address", "Ollama's address")
PATHS = {
    WAYS[0]: "/v1/chat/completions",
    WAYS[1]: "/sponde/v1/chat/completions",
    WAYS[2]: "/sponde/api/chat",
}
_STAMP = re.compile(rb'"content": ?"(\d+\.\d{6}) ')


def end_of(way: str) -> bytes:
    """Say what a streamed answer ends with."""
    return b'"done": true' if way == WAYS[2] else b"data: [DONE]"


async def ask(line: Line, way: str, text: str) -> None:
    """Send a question."""
    turns = [{"role": "user", "content": text}]
    await line.send("POST", PATHS[way], {"model": "scripted", "stream": True, "messages": turns})


async def first_token(line: Line, way: str, number: int) -> float:
    """Give the seconds until the first token."""
    began = time.perf_counter()
    await ask(line, way, f"5 tokens at 0/s {number}")
    await line.until(b't0 "')
    took = time.perf_counter() - began
    await line.until(end_of(way))
    await line.until(b"0\r\n\r\n")
    return took


async def first_tokens(hosts: dict[str, str]) -> list[dict[str, object]]:
    """Measure the time to the first token each way."""
    lines = {way: Line(hosts[way]) for way in WAYS}
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(QUESTIONS + 10):
        for way in WAYS:
            times[way].append(await first_token(lines[way], way, number))
    for line in lines.values():
        line.close()
    direct = percentile(times[WAYS[0]][10:], 0.5)
    return [
        {
            "first token": way,
            "p50 ms": percentile(took[10:], 0.5) * 1000,
            "p95 ms": percentile(took[10:], 0.95) * 1000,
            "added at p50, ms": (percentile(took[10:], 0.5) - direct) * 1000,
        }
        for way, took in times.items()
    ]


async def delays(host: str, way: str, text: str) -> tuple[list[float], int]:
    """Ask once; give how late each token came, and how many did."""
    line, late, rest, count = Line(host), [], b"", 0
    await ask(line, way, text)
    async for piece in line.pieces():
        now = time.time()
        data = rest + piece
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        late += [now - float(stamp) for stamp in _STAMP.findall(data[:cut])]
        count += data[:cut].count(b'"content"')
        if end_of(way) in data:
            break
    line.close()
    return late, count


async def tokens(lab: Lab, hosts: dict[str, str]) -> list[dict[str, object]]:
    """Measure how late tokens come each way."""
    assert lab.process is not None
    rows: list[dict[str, object]] = []
    for streams in STREAMS:
        direct = 0.0
        for way in WAYS:
            used = cpu(lab.process.pid)
            text = f"stamps {PACE * SECONDS} tokens at {PACE}/s"
            found = await asyncio.gather(*[delays(hosts[way], way, text) for _ in range(streams)])
            late = [one for stream, _ in found for one in stream]
            assert len(late) == streams * PACE * SECONDS, len(late)
            used = cpu(lab.process.pid) - used
            p50 = percentile(late, 0.5)
            direct = direct or p50
            rows.append(
                {
                    "streams": streams,
                    "way": way,
                    "token's delay p50 ms": p50 * 1000,
                    "p95 ms": percentile(late, 0.95) * 1000,
                    "added at p50, ms": (p50 - direct) * 1000,
                    "CPU µs a token": used / len(late) * 1e6 if way != WAYS[0] else "",
                    "tokens/s": streams * PACE * 1.0,
                }
            )
    for way in WAYS:
        used, began = cpu(lab.process.pid), time.perf_counter()
        _, count = await delays(hosts[way], way, f"{FAST} tokens at 0/s")
        took, used = time.perf_counter() - began, cpu(lab.process.pid) - used
        rows.append(
            {
                "streams": 1,
                "way": f"{way}, as fast as they go",
                "token's delay p50 ms": "",
                "p95 ms": "",
                "added at p50, ms": "",
                "CPU µs a token": used / count * 1e6 if way != WAYS[0] else "",
                "tokens/s": count / took,
            }
        )
    return rows


def put_first(pid: int) -> None:
    """Put a process's session before others, where that is allowed."""
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text("-15")


async def measure(lab: Lab, upstream: str) -> None:
    """Connect the upstream, then measure and report."""
    api = Line(lab.url)
    await api.json("POST", "/sponde/api/providers", {"base_url": upstream, "api_key": "sk-bench"})
    await api.json("GET", "/sponde/api/models")
    api.close()
    hosts = dict.fromkeys(WAYS, lab.url) | {WAYS[0]: upstream}
    report("gateway-first-token", await first_tokens(hosts))
    report("gateway", await tokens(lab, hosts))


def main() -> None:
    """Start a server and an upstream, and measure."""
    script = REPOSITORY / "tests" / "upstream.py"
    process = subprocess.Popen(
        [sys.executable, str(script), "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    upstream = process.stdout.readline().strip()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "root").mkdir()
        lab = Lab(Path(folder), free_port(), [])
        lab.start()
        assert lab.process is not None
        put_first(os.getpid())
        put_first(lab.process.pid)
        try:
            asyncio.run(measure(lab, upstream))
        finally:
            lab.stop()
            process.kill()
