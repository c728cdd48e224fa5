"""Owns the process that reads texts as vectors (reader/): starts it when asked, ends it after."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Unavailable

READER = Path(__file__).with_name("reader")
IDLE_SECONDS = 300.0
READ_SECONDS = 30.0
"""Where it was only read in the background, nobody may come: its memory is free sooner."""
START_SECONDS = 120.0
_LONGEST_LINE = 1 << 26


class Process:
    """One encoder, asked one after the other."""

    def __init__(self, folder: Path, python: str, name: Callable[[], Awaitable[str]]) -> None:
        self._folder = folder
        self._python = python
        self._process: asyncio.subprocess.Process | None = None
        self._name = name
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._ends_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def number(self) -> int:
        """The process's number; 0 where none runs."""
        return self._process.pid if self._process is not None else 0

    @property
    def is_waited_for(self) -> bool:
        """Whether a person waits for what it finds."""
        return self._waiting > 0

    async def ask(self, request: dict[str, Any]) -> Any:
        """Ask; whoever comes first is answered first."""
        for_person: bool = request["for_person"]
        self._waiting += for_person
        try:
            async with self._turn:
                process = await self._started()
                line = await self._told(process, request)
                if not line:
                    self._process = None
                    raise Unavailable(
                        "The search by meaning ended unexpectedly.",
                        "Search by words meanwhile; the server's log says why it ended.",
                    )
                self._rest_after(IDLE_SECONDS if for_person else READ_SECONDS)
                return json.loads(line)
        finally:
            self._waiting -= for_person

    async def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    # -- inside -----------------------------------------------------------------------------------

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                self._python,
                str(READER),
                str(self._folder),
                await self._name(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            assert self._process.stdout is not None
            ready = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
            if not ready:
                self._process = None
                raise Unavailable(
                    f"The sentence encoder in {self._folder} cannot be used.",
                    "The server's log says why; choose another one (SpondeMeaning.folder).",
                )
        return self._process

    async def _told(self, process: asyncio.subprocess.Process, request: dict[str, Any]) -> bytes:
        """Write a request and read its answer."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            return await process.stdout.readline()
        except ConnectionError:
            return b""
        except asyncio.CancelledError:
            await self.stop()  # its answer would be taken for the next one's
            raise

    def _rest_after(self, seconds: float) -> None:
        """End the process when nobody needs it for a while: its memory is free then."""
        loop = asyncio.get_running_loop()
        self._ends_at = max(self._ends_at, loop.time() + seconds)
        if self._timer is None:
            self._timer = loop.call_at(self._ends_at, self._rest)

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        if self._process is None or self._process.returncode is not None:
            return
        if self._turn.locked() or loop.time() < self._ends_at:
            self._timer = loop.call_at(max(self._ends_at, loop.time() + 1), self._rest)
        else:
            self._process.kill()
            self._process = None
