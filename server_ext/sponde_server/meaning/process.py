"""Search by meaning: owns the process that reads messages as vectors (encoder.py).

Off until a person puts a sentence encoder into a folder and installs what computes it; nothing is
downloaded. The process reads in the background, waits while an answer is being written, and ends
when nobody has looked for anything for a while.
"""

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from logging import Logger
from pathlib import Path
from typing import Any

from sponde_server.core.database import Database
from sponde_server.core.errors import Unavailable
from sponde_server.core.tasks import Tasks

from . import store
from .records import MeaningStatus

FILES = ("config.json", "tokenizer.json", "model.safetensors")
AT_ONCE = 400
BATCH = 8
IDLE_SECONDS = 300.0
BUSY_SECONDS = 0.5
MOST_WAITS = 600
START_SECONDS = 120.0


class Meaning:
    """Messages by what they mean."""

    def __init__(
        self, database: Database, tasks: Tasks, log: Logger, is_busy: Callable[[], bool]
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._log = log
        self._is_busy = is_busy
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._left = 0
        self._used = 0.0

    async def status(self, folder: Path, python: str) -> MeaningStatus:
        """Say whether it can be had; where it can, begin to read."""
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            return MeaningStatus(
                is_there=False,
                note="To search by meaning, put a sentence encoder such as all-MiniLM-L6-v2 "
                f"({', '.join(FILES)}) into {folder}. Nothing is downloaded by itself.",
            )
        if python == sys.executable and importlib.util.find_spec("numpy") is None:
            return MeaningStatus(
                is_there=False,
                note="To search by meaning, install what computes it: pip install numpy.",
            )
        self.read(folder, python)
        left = f" {self._left:,} messages are still being read." if self._left else ""
        return MeaningStatus(is_there=True, note=f"Finds what is meant, not only the words.{left}")

    def read(self, folder: Path, python: str) -> None:
        """Read in the background what is not read yet."""
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.start(self._read_in(folder, python))

    async def find(
        self, text: str, among: set[str], limit: int, folder: Path, python: str
    ) -> dict[str, str]:
        """Give the conversations that mean nearly this, each with a message; nearest first."""
        found = await self._ask(
            {"find": text, "among": sorted(among), "limit": limit}, folder, python
        )
        return dict(found)

    async def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    # -- inside -----------------------------------------------------------------------------------

    async def _read_in(self, folder: Path, python: str) -> None:
        reached = ""
        self._left = await self._database.read(store.count_after, "")
        while rows := await self._database.read(store.after, reached, AT_ONCE):
            reached = rows[-1][0]
            ended = [message_id for message_id, is_streaming in rows if not is_streaming]
            wanted = await self._ask({"known": ended}, folder, python)
            for start in range(0, len(wanted), BATCH):
                await self._quiet()
                texts = await self._database.read(store.texts, wanted[start : start + BATCH])
                messages = [
                    {"id": row[0], "conversation_id": row[1], "text": row[3][:4000]}
                    for row in texts
                ]
                await self._ask({"add": messages}, folder, python)
            self._left = max(0, self._left - len(rows))
        self._left = 0

    async def _quiet(self) -> None:
        """Wait until no answer is being written: whoever waits for one comes first."""
        for _ in range(MOST_WAITS):
            if not self._is_busy():
                return
            await asyncio.sleep(BUSY_SECONDS)

    async def _ask(self, request: dict[str, Any], folder: Path, python: str) -> Any:
        """Ask the process, one after the other; start it where it is not there."""
        async with self._turn:
            process = await self._started(folder, python)
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
            if not line:
                self._process = None
                raise Unavailable(
                    "The search by meaning ended unexpectedly.",
                    "Search by words meanwhile; the server's log says why it ended.",
                )
            self._rest_later()
            return json.loads(line)

    async def _started(self, folder: Path, python: str) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                python,
                str(Path(__file__).with_name("encoder.py")),
                str(folder),
                str(self._database.path.with_name("meaning.sqlite")),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 24,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            assert self._process.stdout is not None
            ready = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
            if not ready:
                self._process = None
                raise Unavailable(
                    f"The sentence encoder in {folder} cannot be used.",
                    "The server's log says why; choose another one "
                    "(SpondeConversations.meaning_folder).",
                )
        return self._process

    def _rest_later(self) -> None:
        """End the process when nobody needs it for a while: its memory is free then."""
        loop = asyncio.get_running_loop()
        self._used = loop.time()

        def rest() -> None:
            if loop.time() - self._used >= IDLE_SECONDS and not self._turn.locked():
                self._tasks.start(self.stop())

        loop.call_later(IDLE_SECONDS + 1, rest)
