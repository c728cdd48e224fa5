"""Work on files in a child process with hard limits, so that the server stays small and alive.

DuckDB's own time limit is soft and its memory limit is not the process's: the child has a limit
on its address space and is killed, with all that it started, when its time is up.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sponde_server.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SpondeError,
    TooLarge,
    Unavailable,
)

CODES: Mapping[str, type[SpondeError]] = {
    kind.code: kind for kind in (Invalid, Forbidden, NotFound, Conflict, TooLarge, Unavailable)
}
BROKEN = (signal.SIGSEGV, getattr(signal, "SIGBUS", 7), signal.SIGFPE, signal.SIGILL)
PACKAGES = Path(__file__).parents[3]


class Sandbox:
    """Starts children, a few at once, and ends them."""

    def __init__(self, scratch: Path, at_once: int) -> None:
        self._scratch = scratch
        self._since = time.time()
        self._room = asyncio.Semaphore(at_once)
        self._running: set[asyncio.subprocess.Process] = set()

    async def work(self, asked: dict[str, Any], *, seconds: float, setting: str) -> Any:
        """Give one piece of work to a child; `setting` names the limit when its time is up."""
        async with self._room:
            await asyncio.to_thread(self._scratch.mkdir, parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=self._scratch, prefix="work-") as folder:
                return await self._run({**asked, "scratch": folder}, seconds, setting)

    def sweep(self) -> None:
        """Take away what children left when the server itself was killed."""
        for folder in self._scratch.glob("work-*"):
            with suppress(OSError):
                if folder.stat().st_mtime < self._since:
                    shutil.rmtree(folder, ignore_errors=True)

    async def stop(self) -> None:
        """End every child."""
        for process in list(self._running):
            kill(process)
            await process.wait()

    async def _run(self, asked: dict[str, Any], seconds: float, setting: str) -> Any:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sponde_server.datasets.sandbox.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=asked["scratch"],
            env=environment(),
            start_new_session=True,
        )
        self._running.add(process)
        try:
            out, problems = await asyncio.wait_for(
                process.communicate(json.dumps(asked).encode()), seconds
            )
        except TimeoutError as error:
            raise TooLarge(
                f"This took longer than the {seconds:g} seconds that are allowed and was stopped.",
                f"Ask for less, or raise {setting}.",
            ) from error
        finally:
            # Also when who asked has left: nothing works on for nobody.
            kill(process)
            await process.wait()
            self._running.discard(process)
        return _answer(process.returncode, out, problems, asked)


def environment() -> dict[str, str]:
    """Give the child what Python needs, and none of the server's secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    # Readers of other packages are found where the server finds them.
    paths = [str(PACKAGES), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**kept, "TZ": "UTC", "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONIOENCODING": "utf-8", "MALLOC_ARENA_MAX": "2"}  # fmt: skip


def kill(process: asyncio.subprocess.Process) -> None:
    """End a child and all that it started."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _answer(code: int | None, out: bytes, problems: bytes, asked: dict[str, Any]) -> Any:
    try:
        told = json.loads(out)
    except ValueError:
        last = problems.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        if code is not None and -code in BROKEN and "sql" in asked:
            raise Invalid(
                "This SQL ended the program that ran it.", "Write what it asks in another way."
            ) from None
        if code is not None and -code in BROKEN:
            raise Invalid(
                "The file is damaged in a way that ended the program that read it.",
                "Make the file again.",
            ) from None
        if (code is not None and code < 0) or "MemoryError" in last[0] or "bad_alloc" in last[0]:
            raise TooLarge(
                f"This needs more memory than the {int(asked['memory']) // 1_000_000} MB that are "
                "allowed, and was stopped.",
                "Ask for less at once, or raise SpondeDatasets.max_query_memory.",
            ) from None
        raise SpondeError(
            f"Reading the file broke off: {last[0][:300]}",
            "Try again; if it happens again, report it together with the file's first lines.",
        ) from None
    if "error" in told:
        error = told["error"]
        raise CODES.get(error["code"], SpondeError)(error["message"], error["hint"])
    return told["answer"]
