"""An engine's processes: started, noted in a file, found again by a later server, and ended.

Each engine has a folder (mode 0700) with: `lock` (held by the server that looks after it), `use`
(a lock shared by the servers that ask it), `state.json` (mode 0600: the process, its address, its
key), `halted` (another server stopped it), `log`, `log.1` and `exit` (keeper.py's), `socket`.
Does not decide when anything starts or ends: life.py does.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sponde_server.core.processes import birth, is_alive, kill_group

KEEPER = Path(__file__).with_name("keeper.py")
END_SECONDS = 1.5
LONGEST_SOCKET = 100
"""A unix socket's path may have about 107 bytes; Linux 107, macOS 103."""


@dataclass(frozen=True)
class Running:
    """A started engine, as it is noted."""

    engine_id: str
    model: str
    version: int
    path: str
    keeper: int
    """The first process of the group."""
    birth: str
    """When that was born."""
    pid: int
    """vLLM's first process."""
    address: str
    key: str
    command: list[str]
    can_sleep: bool = False
    vllm_version: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """The settings it runs with, everything chosen."""
    adapters: list[str] = field(default_factory=list)
    asleep: int = 0
    """How deep it sleeps."""


class Lock:
    """A file that one server at a time holds; the system lets go of it when the server is gone."""

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self._path = path
        self._kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether it is held here."""
        return self._file is not None

    def take(self) -> bool:
        """Take it if nobody else holds it."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, self._kind | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def leave(self) -> None:
        """Let go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Place:
    """The folder of one engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = Lock(folder / "lock")
        self.use = Lock(folder / "use", shared=True)
        self._handle: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    # -- what is noted ----------------------------------------------------------------------

    @property
    def _state(self) -> Path:
        return self.folder / "state.json"

    def read(self) -> Running | None:
        """Give what is noted of a process, alive or not."""
        try:
            return Running(**json.loads(self._state.read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def note(self, running: Running) -> None:
        """Write down what runs, for this person only."""
        fresh = self._state.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(running), file)
        fresh.replace(self._state)

    def forget(self) -> None:
        """Strike out what is noted: nothing runs."""
        self._state.unlink(missing_ok=True)

    def halt(self) -> None:
        """Let the server that looks after it know that its end is meant."""
        (self.folder / "halted").touch(0o600)

    def was_halted(self) -> bool:
        """Whether another server meant its end; told once."""
        try:
            (self.folder / "halted").unlink()
        except FileNotFoundError:
            return False
        return True

    def is_used_elsewhere(self) -> bool:
        """Whether another server asks it just now."""
        if self.use.is_held:
            return True
        probe = Lock(self.folder / "use")
        try:
            return not probe.take()
        finally:
            probe.leave()

    def exit_code(self) -> int | None:
        """How vLLM's process ended; None where nobody could note it."""
        try:
            return int((self.folder / "exit").read_text())
        except (FileNotFoundError, ValueError):
            return None

    # -- the process ------------------------------------------------------------------------

    def launch(
        self, command: list[str], environment: dict[str, str], log_bytes: int
    ) -> tuple[int, str, int]:
        """Start a command below a keeper; give the keeper, its birth and the command's process."""
        for name in ("exit", "log", "log.1", "halted"):
            (self.folder / name).unlink(missing_ok=True)
        work = self.folder / "work"
        work.mkdir(exist_ok=True, mode=0o700)
        handle = subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER), str(self.folder), str(log_bytes), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=work,
            env=environment,
            start_new_session=True,
        )
        self._handle = handle
        born = birth(handle.pid) or ""
        assert handle.stdout is not None
        with handle.stdout as pipe:
            said = pipe.readline().strip()
        return handle.pid, born, int(said) if said.isdigit() else 0

    def is_running(self, running: Running) -> bool:
        """Whether its keeper lives."""
        if self._handle is not None and self._handle.pid == running.keeper:
            return self._handle.poll() is None
        return is_alive(running.keeper, running.birth)

    def ask_to_end(self, running: Running) -> None:
        """Ask vLLM to end."""
        if self.is_running(running):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(running.keeper, signal.SIGTERM)

    def sweep(self, running: Running) -> None:
        """End whatever is left of its group."""
        now = birth(running.keeper)
        # Another process with the keeper's number means that nothing of its group is left.
        if now in (None, running.birth) and running.birth.split(":")[0] == _boot():
            kill_group(running.keeper)
            if self._handle is not None and self._handle.pid == running.keeper:
                self._handle.wait()
                self._handle = None
            _wait_for_group(running.keeper)
        if running.address.startswith("unix:"):
            _remove_socket(Path(running.address.removeprefix("unix:")), self.folder)


def _wait_for_group(group: int) -> None:
    """Wait until its memory is free again; nobody may ever ask how its processes ended."""
    deadline = time.monotonic() + END_SECONDS
    with suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.02)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # no /proc: births are dates there, and the first word is the weekday
        return (birth(os.getpid()) or "").split(":")[0]


# -- addresses ---------------------------------------------------------------------------------


def choose_address(folder: Path, *, uses_sockets: bool = True) -> str:
    """Give an address for a new engine that only this person can reach, or only this machine."""
    if uses_sockets:
        for place in _places(folder):
            path = place / "socket"
            if len(os.fsencode(path)) > LONGEST_SOCKET or not _can_bind(path):
                continue
            return f"unix:{path}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def _places(folder: Path) -> "list[Path]":
    if len(os.fsencode(folder / "socket")) <= LONGEST_SOCKET:
        return [folder]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    top = runtime if runtime and os.access(runtime, os.W_OK) else None
    return [Path(tempfile.mkdtemp(prefix="sponde-", dir=top))]


def _can_bind(path: Path) -> bool:
    path.unlink(missing_ok=True)
    try:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.bind(str(path))
    except (OSError, AttributeError):
        return False
    path.unlink(missing_ok=True)
    return True


def _remove_socket(path: Path, folder: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
    if path.parent != folder and path.parent.name.startswith("sponde-"):
        with suppress(OSError):
            path.parent.rmdir()


def new_key() -> str:
    """Make a key that only this engine takes."""
    return secrets.token_urlsafe(32)
