"""Children that stay: one for each dataset that is looked at, so that a page needs no new process.

Each has the limits of the sandbox; it ends when nobody has asked for a while, when it does not
let go of what took too long, or when others are looked at.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sponde_server.core.errors import SpondeError, TooLarge, Unavailable
from sponde_server.datasets.sandbox.sandbox import CODES, environment, kill

LONGEST_LINE = 64_000_000
KEPT = 3
IDLE_SECONDS = 120.0
LET_GO_SECONDS = 3.0


class Readers:
    """The children of the datasets that are looked at now, the latest last."""

    def __init__(self, scratch: Path, kept: int = KEPT) -> None:
        self._scratch = scratch
        self._kept = kept
        self._since = time.time()
        self._open: dict[str, Reader] = {}
        self._rested = asyncio.Event()
        self._has_swept = False

    async def ask(
        self, key: str, opening: dict[str, Any], asked: dict[str, Any], *, seconds: float
    ) -> Any:
        """Ask the child of this key, which is started where there is none."""
        if not self._has_swept:
            self._has_swept = True
            await asyncio.to_thread(self._sweep)
        reader = await self._reader(key, opening)
        return await reader.ask(asked, seconds)

    async def close(self, beginning: str) -> None:
        """End the children whose keys begin so."""
        for key in [one for one in self._open if one.startswith(beginning)]:
            if reader := self._open.pop(key, None):
                await reader.close()
        self._rested.set()

    async def stop(self) -> None:
        """End all of them."""
        await self.close("")

    async def _reader(self, key: str, opening: dict[str, Any]) -> "Reader":
        """Give the child of this key; a new one waits until there is room for it."""
        while True:
            reader = self._open.pop(key, None)
            if reader is None or reader.is_over:
                others = [one for one in self._open if self._open[one].is_over]
                idle = [one for one in self._open if not self._open[one].is_busy]
                if len(self._open) >= self._kept and (others or idle):
                    await self._open.pop((others or idle)[0]).close()
                    continue
                if len(self._open) >= self._kept:
                    self._rested.clear()
                    await self._rested.wait()
                    continue
                reader = Reader(self._scratch, opening, self._rested.set)
            self._open[key] = reader
            return reader

    def _sweep(self) -> None:
        """Take away what children left when the server itself was killed."""
        for folder in self._scratch.glob("view-*"):
            with suppress(OSError):
                if folder.stat().st_mtime < self._since:
                    shutil.rmtree(folder, ignore_errors=True)


class Reader:
    """One child, and what it was asked and has not answered yet."""

    def __init__(self, scratch: Path, opening: dict[str, Any], rested: Callable[[], None]) -> None:
        self._scratch = scratch
        self._opening = opening
        self._rested = rested
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._folder = ""
        self._idle: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last = 0
        self._busy = 0
        self.is_over = False

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for it."""
        return self._busy > 0

    async def ask(self, asked: dict[str, Any], seconds: float) -> Any:
        """Ask, and wait for the answer; when who asked leaves, the child lets go of it."""
        self._busy += 1
        if self._idle is not None:
            self._idle.cancel()
        try:
            told = await self._ask(asked, seconds)
        finally:
            self._busy -= 1
            if not self._busy and not self.is_over:
                loop = asyncio.get_running_loop()
                self._idle = loop.call_later(IDLE_SECONDS, self._rest, loop)
            self._rested()
        if "error" in told:
            refusal = told["error"]
            raise CODES.get(refusal["code"], SpondeError)(refusal["message"], refusal["hint"])
        return told["answer"]

    async def close(self) -> None:
        """End the child."""
        self.is_over = True
        if self._idle is not None:
            self._idle.cancel()
        async with self._starting:
            if self._process is not None:
                kill(self._process)
                await self._process.wait()
            if self._listening is not None:
                await self._listening
            if self._folder:
                await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _ask(self, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
        async with self._starting:
            if self.is_over:
                raise _broken()
            process = self._process or await self._start()
        self._last += 1
        number = self._last
        answer = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            await self._tell(process, {**asked, "id": number})
            return await asyncio.wait_for(asyncio.shield(answer), seconds)
        except asyncio.CancelledError:
            await self._let_go(process, number)
            raise
        except TimeoutError as error:
            await self._let_go(process, number)
            with suppress(TimeoutError, SpondeError):
                await asyncio.wait_for(asyncio.shield(answer), LET_GO_SECONDS)
            if not answer.done():
                self.is_over = True
                kill(process)
            raise TooLarge(
                f"This took longer than the {seconds:g} seconds that are allowed and was stopped.",
                "Filter by fewer things, or raise SpondeDatasets.max_query_seconds.",
            ) from error
        except ConnectionError as error:
            self.is_over = True
            kill(process)
            raise _broken() from error
        finally:
            answer.add_done_callback(_seen)

    async def _let_go(self, process: asyncio.subprocess.Process, number: int) -> None:
        with suppress(ConnectionError):
            await self._tell(process, {"work": "cancel", "id": number})

    @staticmethod
    async def _tell(process: asyncio.subprocess.Process, line: dict[str, Any]) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(line).encode() + b"\n")
        await process.stdin.drain()

    async def _start(self) -> asyncio.subprocess.Process:
        await asyncio.to_thread(self._scratch.mkdir, parents=True, exist_ok=True, mode=0o700)
        self._folder = await asyncio.to_thread(tempfile.mkdtemp, dir=self._scratch, prefix="view-")
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sponde_server.datasets.grid.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self._folder,
            env=environment(),
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps({**self._opening, "scratch": self._folder}).encode() + b"\n")
        self._listening = asyncio.get_running_loop().create_task(self._listen(process))
        return process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Give each answer to who waits for it; none comes when the child has ended."""
        assert process.stdout is not None
        with suppress(ValueError, ConnectionError):
            while line := await process.stdout.readline():
                told = json.loads(line)
                answer = self._asked.pop(told["id"], None)
                if answer is not None and not answer.done():
                    answer.set_result(told)
        self.is_over = True
        kill(process)
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(_broken())
        self._asked.clear()

    def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        self._closing = loop.create_task(self.close())


def _seen(answer: "asyncio.Future[dict[str, Any]]") -> None:
    if not answer.cancelled():
        answer.exception()  # told to whoever asked, if they still wait


def _broken() -> Unavailable:
    return Unavailable(
        "Reading the rows broke off.",
        "Try again; where it breaks again, the file may need more memory than "
        "SpondeDatasets.max_query_memory allows.",
    )
