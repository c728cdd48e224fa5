"""An MCP server that is a process of this machine: a message a line on its stdin and stdout.

It gets a clean environment: what it needs to run, and what was entered for it; no keys of ours.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Unavailable
from sponde_server.core.processes import kill_group

from .session import MOST_MESSAGE_BYTES, Session, parsed

PASSED = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY",
    "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip
END_SECONDS = 2.0
MOST_NOISE = 200


class Process:
    """The wire to a process."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._sending = asyncio.Lock()

    async def open(self, session: Session) -> None:
        """Start it."""
        environment = {name: os.environ[name] for name in PASSED if name in os.environ}
        environment |= self._environment
        program = self._command[0]
        found = shutil.which(program, path=environment.get("PATH"))
        if found is None:
            raise Unavailable(
                f"There is no program '{program}' here.",
                "Install it, or give its whole path.",
            )
        try:
            self._process = await asyncio.create_subprocess_exec(
                found,
                *self._command[1:],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                cwd=self._folder,
                limit=MOST_MESSAGE_BYTES,
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(
                f"'{program}' cannot be started: {error.strerror or error}.",
                "Check the command, and that the file may be executed.",
            ) from error
        loop = asyncio.get_running_loop()
        self._readers = [
            loop.create_task(self._read(session, self._process)),
            loop.create_task(self._read_log(session, self._process)),
        ]

    async def send(self, message: dict[str, Any]) -> None:
        """Write one line."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            raise Unavailable("The process has ended.", "Start it again under Models, Tools.")
        try:
            async with self._sending:
                process.stdin.write(json.dumps(message).encode() + b"\n")
                await process.stdin.drain()
        except (ConnectionError, RuntimeError) as error:
            raise Unavailable(
                "The process does not read any more.", "Start it again under Models, Tools."
            ) from error

    async def greeted(self, version: str) -> None:
        """Need nothing of it."""

    async def close(self) -> None:
        """Ask it to end by closing its input, then make it."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        ending = asyncio.ensure_future(process.wait())
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
            if (await asyncio.wait({ending}, timeout=END_SECONDS))[0]:
                break
        kill_group(process.pid)  # what it started itself
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _read(self, session: Session, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        noise = 0
        why = ""
        while not why:
            try:
                line = await process.stdout.readline()
            except ValueError:
                why = f"It wrote a line of more than {MOST_MESSAGE_BYTES // 1_000_000} MB."
                break
            if not line:
                break
            if not line.strip():
                continue
            message = parsed(line)
            if message is None:
                noise += 1
                session.note("(no JSON) " + line[:400].decode("utf-8", "replace"))
                if noise > MOST_NOISE:
                    why = "It writes lines that are not JSON to its standard output."
            else:
                session.heard(message)
        if why:
            kill_group(process.pid)
        code = await process.wait()
        session.end(why or f"Its process ended with code {code}.")

    async def _read_log(self, session: Session, process: asyncio.subprocess.Process) -> None:
        """Drain what it says aside, so that it never waits for us; the end of it is kept."""
        assert process.stderr is not None
        rest = b""
        while piece := await process.stderr.read(16_384):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines[-200:]:
                session.note(line[:2000].decode("utf-8", "replace"))
            rest = rest[-4000:]
        if rest.strip():
            session.note(rest.decode("utf-8", "replace"))
