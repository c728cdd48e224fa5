"""Children that stay: one for each dataset that is looked at, so that a page needs no new process.

Each has the limits of the sandbox; it ends when nobody has asked for a while, when a page takes too
long, or when others are looked at.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sponde_server.core.errors import SpondeError, TooLarge, Unavailable
from sponde_server.datasets.sandbox.sandbox import CODES, environment, kill

LONGEST_LINE = 64_000_000
KEPT = 3
IDLE_SECONDS = 120.0


class Readers:
    """The children of the datasets that are looked at now, the latest last."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._open: dict[str, Reader] = {}

    async def ask(
        self, key: str, opening: dict[str, Any], asked: dict[str, Any], *, seconds: float
    ) -> Any:
        """Ask the child of this key, which is started where there is none."""
        reader = self._open.pop(key, None)
        if reader is None or reader.is_over:
            reader = Reader(self._scratch, opening)
        self._open[key] = reader
        for other in list(self._open)[:-KEPT]:
            await self._open.pop(other).close()
        return await reader.ask(asked, seconds)

    async def close(self, beginning: str) -> None:
        """End the children whose keys begin so."""
        for key in [one for one in self._open if one.startswith(beginning)]:
            await self._open.pop(key).close()

    async def stop(self) -> None:
        """End all of them."""
        await self.close("")


class Reader:
    """One child and its line of questions."""

    def __init__(self, scratch: Path, opening: dict[str, Any]) -> None:
        self._scratch = scratch
        self._opening = opening
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._folder = ""
        self._idle: asyncio.TimerHandle | None = None
        self._asking: set[asyncio.Task[Any]] = set()
        self.is_over = False

    async def ask(self, asked: dict[str, Any], seconds: float) -> Any:
        """Ask, and wait for the answer; who leaves meanwhile does not break the line."""
        task = asyncio.get_running_loop().create_task(self._ask(asked, seconds))
        self._asking.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End the child."""
        self.is_over = True
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None:
            kill(self._process)
            await self._process.wait()
        for task in self._asking - {asyncio.current_task()}:
            with suppress(SpondeError, asyncio.CancelledError):
                await task
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()  # told to whoever asked, if they still wait

    async def _ask(self, asked: dict[str, Any], seconds: float) -> Any:
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            process = self._process or await self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(asked).encode() + b"\n")
                await process.stdin.drain()
                line = await asyncio.wait_for(process.stdout.readline(), seconds)
            except TimeoutError as error:
                self._give_up(process)
                raise TooLarge(
                    f"This took longer than the {seconds:g} seconds that are allowed and was "
                    "stopped.",
                    "Filter by fewer things, or raise SpondeDatasets.max_query_seconds.",
                ) from error
            except (ConnectionError, ValueError) as error:
                self._give_up(process)
                raise _broken() from error
            if not line:
                self._give_up(process)
                raise _broken()
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(IDLE_SECONDS, self._rest, loop)
        told = json.loads(line)
        if "error" in told:
            refusal = told["error"]
            raise CODES.get(refusal["code"], SpondeError)(refusal["message"], refusal["hint"])
        return told["answer"]

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
        return process

    def _give_up(self, process: asyncio.subprocess.Process) -> None:
        self.is_over = True
        kill(process)

    def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        self._asking.add(task := loop.create_task(self.close()))
        task.add_done_callback(self._ended)


def _broken() -> Unavailable:
    return Unavailable(
        "Reading the rows broke off.",
        "Try again; where it breaks again, the file may need more memory than "
        "SpondeDatasets.max_query_memory allows.",
    )
