"""Starts a run's own process, follows its log, finds it again after a restart, and ends it.

The process stands in a session of its own and outlives the server. Its folder holds: `began` (who
executes the run, made once), `log.jsonl` (an event a line), `bell` (a pipe that rings at each
line, so that nobody has to look again and again), `output.txt` (whatever it printed).
Does not know the history: the service writes what is heard here.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sponde_server.core.processes import birth, is_alive, signal_group

STOP_SECONDS = 6.0
LOOK_SECONDS = 0.2
TAIL_BYTES = 20_000

Event = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """What the run's process is told on its standard input."""

    folder: str
    notebook: str
    result: str
    cwd: str
    kernel: str
    language: str
    parameters: dict[str, Any]
    dates: list[str]
    time_limit: float | None
    startup_limit: float


@dataclass
class Process:
    """A run's process, as far as it is known."""

    folder: Path
    pid: int
    birth: str
    handle: "subprocess.Popen[bytes] | None" = None
    kernel: tuple[int, str] | None = None
    sockets: str = ""


def start(work: Work) -> Process:
    """Start a run's process in a session of its own. Blocks for some milliseconds."""
    folder = Path(work.folder)
    folder.mkdir(parents=True, mode=0o700)
    os.mkfifo(folder / "bell", 0o600)
    with (folder / "output.txt").open("wb") as output:
        handle = subprocess.Popen(
            # -P: a file of the user's in some folder must not pass for one of our modules.
            [sys.executable, "-P", "-m", "sponde_server.jobs.child"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=folder,
            start_new_session=True,
        )
    born = birth(handle.pid) or ""
    assert handle.stdin is not None
    with suppress(BrokenPipeError), handle.stdin as pipe:
        pipe.write(json.dumps(asdict(work)).encode())
    return Process(folder, handle.pid, born, handle)


def find(folder: Path) -> Process | None:
    """Find the process that began a run, dead or alive; None where none did and none will."""
    if not folder.is_dir() or _withdraw(folder):
        return None
    entry = json.loads((folder / "began").read_text())
    if not entry["pid"]:
        return None
    return Process(folder, int(entry["pid"]), str(entry["birth"]))


def _withdraw(folder: Path) -> bool:
    """Take a run back that no process has begun; the one that may still come finds it taken."""
    draft = folder / "began.server"
    draft.write_text(json.dumps({"pid": 0, "birth": ""}))
    try:
        os.link(draft, folder / "began")
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


async def follow(process: Process, hear: Callable[[Event], None]) -> None:
    """Hand on every event of the log, from its beginning, until the process is gone."""
    news = asyncio.Event()
    with _bell(process.folder, news), _end(process, news) as has_ended:
        offset = 0
        while True:
            news.clear()
            gone = has_ended()
            fresh: list[Event] = []
            offset = await asyncio.to_thread(_read, process, offset, fresh)
            for event in fresh:
                hear(event)
            if gone:
                break
            await _wait(news, process)
    await asyncio.to_thread(_clean, process)


async def stop(process: Process) -> None:
    """Ask a run's process to end; after some seconds end it and its kernel by force."""
    signal_group(process.pid, process.birth, signal.SIGTERM)
    await asyncio.sleep(STOP_SECONDS)
    signal_group(process.pid, process.birth, signal.SIGKILL)


def kill(process: Process) -> None:
    """End a run's process and its kernel at once."""
    signal_group(process.pid, process.birth, signal.SIGKILL)
    _clean(process)


def tail(folder: Path) -> str:
    """Give the end of what the process printed."""
    try:
        with (folder / "output.txt").open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            return file.read().decode(errors="replace").strip()
    except FileNotFoundError:
        return ""


def events(folder: Path) -> list[Event]:
    """Read a run's whole log."""
    found: list[Event] = []
    _read(Process(folder, 0, ""), 0, found)
    return found


# -- following --------------------------------------------------------------------------------


def _read(process: Process, offset: int, found: list[Event]) -> int:
    """Read the whole lines after `offset`; give where the next ones begin."""
    try:
        with (process.folder / "log.jsonl").open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return offset
    whole = data[: data.rfind(b"\n") + 1]
    for line in whole.splitlines():
        event = json.loads(line)
        if event["kind"] == "kernel":
            process.kernel = (event["pid"], event["birth"] or "")
            process.sockets = event["sockets"]
        found.append(event)
    return offset + len(whole)


async def _wait(news: asyncio.Event, process: Process) -> None:
    if _has_handles():
        await news.wait()
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), LOOK_SECONDS)


def _has_handles() -> bool:
    return hasattr(os, "pidfd_open")


@contextmanager
def _bell(folder: Path, news: asyncio.Event) -> Iterator[None]:
    """Hear the bell that the process rings at each line of its log."""
    path = folder / "bell"
    if not path.exists():
        os.mkfifo(path, 0o600)
    # Open for writing too, or the pipe would end with each ring.
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    loop = asyncio.get_running_loop()

    def heard() -> None:
        with suppress(BlockingIOError):
            os.read(pipe, 65536)
        news.set()

    loop.add_reader(pipe, heard)
    try:
        yield
    finally:
        loop.remove_reader(pipe)
        os.close(pipe)


@contextmanager
def _end(process: Process, news: asyncio.Event) -> Iterator[Callable[[], bool]]:
    """Learn at once when the process ends, also one that another server started."""
    handle: int | None = None
    if _has_handles():
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(process.pid)
    # Asked after the handle is open: from then on the number cannot pass to another process.
    if not is_alive(process.pid, process.birth):
        if handle is not None:
            os.close(handle)
            handle = None
        yield lambda: True
        return
    if handle is None:
        yield lambda: not is_alive(process.pid, process.birth)
        return
    loop = asyncio.get_running_loop()
    ended = False

    def heard() -> None:
        nonlocal ended
        ended = True
        loop.remove_reader(handle)
        news.set()

    loop.add_reader(handle, heard)
    try:
        yield lambda: ended
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def _clean(process: Process) -> None:
    """Take away what a process may leave behind: itself as a zombie, its kernel, its sockets."""
    if process.handle is not None:
        with suppress(subprocess.TimeoutExpired):
            process.handle.wait(5)
    if process.kernel is not None:
        signal_group(*process.kernel, signal.SIGKILL)
    place = Path(process.sockets)
    if process.sockets and place.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(place, ignore_errors=True)
