"""Starts, watches and ends the one Voilà process that shows published notebooks.

It runs child.py in a process group of its own, from an empty folder (Voilà obeys a voila.py that
it finds where it starts), and listens on a unix socket in a folder of mode 0700: other users of
the machine cannot reach it at all, and this person's other programs need its token. It is told to
end by closing its stdin, which happens by itself when this server is killed; what is left all the
same is ended at the next start. Knows nothing of HTTP: proxy.py does.
"""

import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sponde_server.core.errors import SpondeError, Unavailable
from sponde_server.core.processes import birth, is_alive, kill_group
from sponde_server.core.tasks import Tasks

END_SECONDS = 5.0


@dataclass(frozen=True)
class Endpoint:
    """Where Voilà answers."""

    socket: str
    token: str


@dataclass(frozen=True)
class Traces:
    """What is noted about a process, so that a later server can end it."""

    server: int
    server_birth: str
    process: int
    process_birth: str
    place: str


class DashboardServer:
    """The Voilà process: started when a page is first asked for, ended when nobody looks."""

    def __init__(
        self,
        folder: Path,
        base_url: str,
        log: logging.Logger,
        *,
        most_pages: int,
        idle_seconds: int,
        start_seconds: int,
    ) -> None:
        self._folder = folder
        self._base_url = base_url
        self._log = log
        self._most_pages = most_pages
        self._idle_seconds = idle_seconds
        self._start_seconds = start_seconds
        self._endpoint: Endpoint | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._place: Path | None = None
        self._tasks = Tasks(log)
        self._starting = False
        self._failure: SpondeError | None = None
        self._used_at = time.monotonic()
        self.visitors = 0
        """How many requests and websockets are open."""

    def endpoint(self) -> Endpoint | None:
        """Say where Voilà answers; None while it starts, which this asks it to do.

        When it could not start, the reason is raised once, and the next call tries again.
        """
        self._used_at = time.monotonic()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if self._endpoint is None and not self._starting:
            self._starting = True
            self._tasks.start(self._start())
        return self._endpoint

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Stay awake: a page that takes long to be made is looked at all the while."""
        self.visitors += 1
        try:
            yield
        finally:
            self.visitors -= 1
            self._used_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The process's id, while it runs."""
        return self._process.pid if self._process is not None else None

    async def sweep(self) -> None:
        """End what a server that is gone has left."""
        await asyncio.to_thread(_sweep, self._folder)

    async def stop(self) -> None:
        """End Voilà and its kernels, and wait until they are gone."""
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), END_SECONDS)
            except TimeoutError:
                kill_group(process.pid)
        await (self._tasks.stop() if self._starting else self._tasks.settle())

    # -- the process ------------------------------------------------------------------------

    async def _start(self) -> None:
        try:
            await self._launch()
        except SpondeError as error:
            self._log.warning("The dashboards could not be started: %s", error)
            self._failure = error
        finally:
            self._starting = False
            if self._endpoint is None:  # it failed, or this server ends meanwhile
                if self._process is not None:
                    kill_group(self._process.pid)
                self._clear()

    async def _launch(self) -> None:
        self._place = place = Path(tempfile.mkdtemp(prefix="sponde-"))
        empty = place / "empty"
        empty.mkdir()
        endpoint = Endpoint(str(place / "socket"), secrets.token_urlsafe(32))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._log_path.open("wb") as log:
            self._process = process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "sponde_server.publish.child",
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=empty,
                start_new_session=True,
            )
        self._note(place, process.pid)
        assert process.stdin is not None
        orders = {
            "socket": endpoint.socket,
            "folder": str(self._folder),
            "base_url": self._base_url,
            "token": endpoint.token,
            "most_kernels": self._most_pages,
            "idle_seconds": self._idle_seconds,
        }
        process.stdin.write(json.dumps(orders).encode() + b"\n")
        await self._wait_for_socket(process, endpoint)
        self._endpoint = endpoint
        self._log.info("The dashboards are shown by Voilà, process %s.", process.pid)
        self._tasks.start(self._watch(process))

    async def _wait_for_socket(
        self, process: asyncio.subprocess.Process, endpoint: Endpoint
    ) -> None:
        deadline = time.monotonic() + self._start_seconds
        while time.monotonic() < deadline:
            if process.returncode is not None:
                raise Unavailable(
                    f"Voilà, which shows dashboards, ended while it started: {self._last_words()}",
                    f"Try again; {self._log_path} says more.",
                )
            try:
                _, writer = await asyncio.open_unix_connection(endpoint.socket)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
        kill_group(process.pid)
        raise Unavailable(
            f"Voilà, which shows dashboards, did not start within {self._start_seconds} s.",
            "Try again, or give it longer with SpondePublisher.start_seconds.",
        )

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Wait for its end, and bring the end about when nobody looks at a page any more."""
        while process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), self._idle_seconds / 5)
            except TimeoutError:
                quiet = time.monotonic() - self._used_at
                if not self.visitors and quiet > self._idle_seconds and process.stdin is not None:
                    self._endpoint = None
                    process.stdin.close()
        if process.returncode not in (0, -signal.SIGTERM):
            self._log.warning(
                "The dashboards' process ended with %s and is started again when one is opened.",
                process.returncode,
            )
        kill_group(process.pid)
        self._clear()

    def _clear(self) -> None:
        self._endpoint = None
        self._process = None
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)
            self._place = None
        self._traces_path.unlink(missing_ok=True)

    @property
    def _traces_path(self) -> Path:
        return self._folder / f"voila-{os.getpid()}.json"

    @property
    def _log_path(self) -> Path:
        return self._folder / "voila.log"

    def _note(self, place: Path, pid: int) -> None:
        traces = Traces(os.getpid(), birth(os.getpid()) or "", pid, birth(pid) or "", str(place))
        self._traces_path.write_text(json.dumps(asdict(traces)), "utf-8")

    def _last_words(self) -> str:
        lines = self._log_path.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _sweep(folder: Path) -> None:
    for path in folder.glob("voila-*.json"):
        try:
            traces = Traces(**json.loads(path.read_text("utf-8")))
        except (ValueError, TypeError):
            path.unlink(missing_ok=True)
            continue
        if is_alive(traces.server, traces.server_birth):
            continue  # another JupyterLab of this person, and its dashboards
        if is_alive(traces.process, traces.process_birth):
            kill_group(traces.process)
        shutil.rmtree(traces.place, ignore_errors=True)
        path.unlink(missing_ok=True)
