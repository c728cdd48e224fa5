"""Keeps one trial within its limits: `python -P keeper.py`, standard library only.

Stands between the server and the worker, in the interpreter of the person's kernel. Shuts the
worker off from the network and from other processes where the system lets it, watches the
memory, time and processes of all that it starts, and hands on its events as JSON lines. Ends
everything and removes the folder when the work is done, at a limit, and when the server is gone.
"""

import ctypes
import fcntl
import importlib.util
import json
import os
import select
import shutil
import signal
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

LOOK_SECONDS = 0.03
LONGEST_TEXT = 32_000
MOST_EVENT_BYTES = 6_000_000
NEW_USER, NEW_PROCESSES, NEW_NETWORK, NEW_IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
SET_DEATH_SIGNAL, SET_SUBREAPER = 1, 36
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Take the limits from standard input, start the worker, watch it to its end."""
    given = b""
    while b"\n" not in given:
        data = os.read(0, 65536)
        if not data:
            return
        given += data
    line, _, rest = given.partition(b"\n")
    keeper = Keeper(json.loads(line))
    try:
        keeper.start()
        keeper.watch(rest)
    finally:
        keeper.end()


class Keeper:
    """One worker and what it starts."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.folder = Path(asked["folder"])
        self.limits = asked["limits"]
        self.prepare = asked.get("prepare", [])
        self.pid = 0
        self.has_processes = False
        self.why = ""
        self.base: int | None = None
        self.peak = 0
        self.deadline: float | None = None
        self.events_left = MOST_EVENT_BYTES
        self.text_left = self.limits["output_bytes"]
        self.text_dropped = 0

    # -- starting ---------------------------------------------------------------------------

    def start(self) -> None:
        """Fork the worker, shut off as far as the system lets us."""
        libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
        network = self._shut_off(libc)
        if libc is not None:
            libc.prctl(SET_SUBREAPER, 1, 0, 0, 0)
        work_r, self.work = os.pipe()
        self.out, out_w = os.pipe()
        self.events, events_w = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            for descriptor in (self.work, self.out, self.events):
                os.close(descriptor)
            code = 1
            try:
                code = self._begin(libc, work_r, out_w, events_w)
            finally:
                os._exit(code)
        for descriptor in (work_r, out_w, events_w):
            os.close(descriptor)
        self._tell({"kind": "boxed", "network": network})

    def _shut_off(self, libc: Any) -> str:
        """Leave the network and the other processes behind; say whether the network is left."""
        if libc is None:
            return "open"
        user, group = os.getuid(), os.getgid()
        for flags in (
            NEW_USER | NEW_PROCESSES | NEW_NETWORK | NEW_IPC,
            NEW_PROCESSES | NEW_NETWORK | NEW_IPC,
            NEW_USER | NEW_NETWORK,
        ):
            if libc.unshare(flags) != 0:
                continue
            if flags & NEW_USER:
                try:
                    Path("/proc/self/setgroups").write_text("deny")
                    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
                    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
                except OSError:
                    pass  # known as nobody then, which only forbids more
            self.has_processes = bool(flags & NEW_PROCESSES)
            _raise_loopback()
            return "closed"
        return "open"

    def _begin(self, libc: Any, work: int, out: int, events: int) -> int:
        """In the child: be the first process there, which ends everything when it ends."""
        if libc is not None:
            libc.prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if not self.has_processes:
            return self._work(work, out, events)
        worker = os.fork()
        if worker == 0:
            code = 1
            try:
                code = self._work(work, out, events)
            finally:
                os._exit(code)
        for descriptor in (work, out, events):
            os.close(descriptor)
        while True:  # the first process of its kind: it buries the others
            pid, status = os.wait()
            if pid == worker:
                return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else (status >> 8)

    def _work(self, work: int, out: int, events: int) -> int:
        os.dup2(out, 1)
        os.dup2(out, 2)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.chdir(self.folder / "work")
        _limit(self.limits)
        path = Path(__file__).with_name("worker.py")
        spec = importlib.util.spec_from_file_location("_sponde_trial", path)
        assert spec is not None
        assert spec.loader is not None
        worker = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(worker)
        return int(worker.work(work, events, self.prepare, self.limits["output_bytes"]))

    # -- watching ---------------------------------------------------------------------------

    def watch(self, control: bytes) -> None:
        """Hand on what comes, until the worker has ended or must."""
        control = self._obey(control)
        rest = b""
        closed: set[int] = set()
        while not self.why:
            ready, _, _ = select.select(
                [one for one in (0, self.out, self.events) if one not in closed],
                [], [], LOOK_SECONDS,
            )  # fmt: skip
            if 0 in ready:
                data = os.read(0, 65536)
                if not data:
                    self.why = "server"
                    return
                control = self._obey(control + data)
            if self.out in ready:
                data = os.read(self.out, 65536)
                self._print(data) if data else closed.add(self.out)
            if self.events in ready:
                data = os.read(self.events, 262144)
                if not data:
                    closed.add(self.events)
                rest = self._hand_on(rest + data)
            self._look()
            if self.events in closed:
                self._drain(closed)
                self.why = self.why or "ended"

    def _obey(self, text: bytes) -> bytes:
        *lines, rest = text.split(b"\n")
        for line in lines:
            if line == b"cancel":
                self.why = "cancelled"
            elif line:
                self.deadline = time.monotonic() + self.limits["seconds"]
                os.write(self.work, line + b"\n") if len(line) < 60_000 else self._post(line)
        return rest

    def _post(self, line: bytes) -> None:
        """Long work goes by a file: a pipe takes no more than it has room for."""
        path = self.folder / "work.json"
        path.write_bytes(line)
        os.write(self.work, json.dumps({"file": str(path)}).encode() + b"\n")

    def _hand_on(self, text: bytes) -> bytes:
        *lines, rest = text.split(b"\n")
        for line in lines:
            if line.startswith(b'{"kind": "began"'):
                self.base = json.loads(line)["base"]
            self.events_left -= len(line)
            if self.events_left > 0 or line.startswith((b'{"kind": "done"', b'{"kind": "error"')):
                os.write(1, line + b"\n")
        if len(rest) > MOST_EVENT_BYTES:
            return b""
        return rest

    def _print(self, data: bytes) -> None:
        """Hand on what was printed past Python: by programs, and by code in C."""
        kept = data[: max(0, self.text_left)]
        self.text_left -= len(data)
        self.text_dropped += len(data) - len(kept)
        if kept:
            self._tell({"kind": "stream", "name": "stdout", "text": kept.decode(errors="replace")})

    def _drain(self, closed: set[int]) -> None:
        until = time.monotonic() + 0.3
        while self.out not in closed and time.monotonic() < until:
            if not select.select([self.out], [], [], 0.02)[0]:
                return
            data = os.read(self.out, 65536)
            self._print(data) if data else closed.add(self.out)

    def _look(self) -> None:
        """Compare what the processes use with what they may."""
        if self.deadline and time.monotonic() > self.deadline:
            self.why = "time"
            return
        processes = _family(self.pid)
        used = sum(one[1] for one in processes)
        self.peak = max(self.peak, used)
        if used > self.limits["memory_bytes"]:
            shared = sum(_proportional(one[0], one[1]) for one in processes)
            if shared > self.limits["memory_bytes"]:
                self.why = "memory"
        if sum(one[2] for one in processes) > self.limits["cpu_seconds"]:
            self.why = "cpu"
        if len(processes) > self.limits["processes"]:
            self.why = "processes"

    def _tell(self, event: dict[str, Any]) -> None:
        os.write(1, json.dumps(event).encode() + b"\n")

    # -- ending -----------------------------------------------------------------------------

    def end(self) -> None:
        """Kill whatever is left, say why it ended, remove the folder."""
        status = self._kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        base = self.base if self.base is not None else self.peak
        with suppress(OSError):  # nobody listens any more
            self._tell(
                {
                    "kind": "ended",
                    "why": self.why,
                    "status": status,
                    "peak": max(0, self.peak - base),
                    "dropped": self.text_dropped,
                }
            )

    def _kill(self) -> int | None:
        if not self.pid:
            return None
        status = self._reap(0.5) if self.why == "ended" else None
        # What it left running ends too; with a first process of its own, that one takes all along.
        until = time.monotonic() + 5
        while time.monotonic() < until:
            left = [one[0] for one in _family(os.getpid()) if one[0] != os.getpid()]
            if not left:
                break
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in left:
                    try:
                        os.kill(pid, number)
                    except OSError:
                        continue
            if status is None:
                status = self._reap(0)
            while True:
                try:
                    if os.waitpid(-1, os.WNOHANG)[0] == 0:
                        break
                except ChildProcessError:
                    break
            time.sleep(0.005)
        return status

    def _reap(self, seconds: float) -> int | None:
        until = time.monotonic() + seconds
        while True:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return None
            if pid:
                return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else status >> 8
            if time.monotonic() >= until:
                return None
            time.sleep(0.005)


def _limit(limits: dict[str, Any]) -> None:
    """Give this process hard limits; what the system has not, the keeper watches alone."""
    try:
        import resource
    except ImportError:
        return
    room = limits["memory_bytes"] + limits["address_room"]
    cpu = int(limits["cpu_seconds"]) + 2
    for name, value in (
        ("RLIMIT_AS", room),
        ("RLIMIT_CPU", cpu),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", limits["file_bytes"]),
    ):
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (AttributeError, OSError, ValueError):
            continue


def _raise_loopback() -> None:
    """Let programs talk to themselves: the loopback of the empty network is down at first."""
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            asked = struct.pack("16sh", b"lo", 0x1 | 0x40)
            fcntl.ioctl(any_socket, 0x8914, asked)
    except OSError:
        return


def _family(first: int) -> list[tuple[int, int, float]]:
    """List a process and its descendants: pid, resident bytes, seconds of the processor."""
    found, waiting = [], [first]
    while waiting:
        pid = waiting.pop()
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
            fields = text[text.rindex(")") + 2 :].split()
            if fields[0] not in "ZX":
                spent = (int(fields[11]) + int(fields[12])) / TICKS
                found.append((pid, int(fields[21]) * PAGE, spent))
            for thread in os.listdir(f"/proc/{pid}/task"):
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text()
                waiting += [int(child) for child in children.split()]
        except (OSError, ValueError):
            continue
    return found


def _proportional(pid: int, resident: int) -> int:
    """Give a process's memory with what it shares divided among those who share it."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return resident


if __name__ == "__main__":
    main()
