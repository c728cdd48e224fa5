"""Runs one engine's program, keeps what it writes in files of bounded size, and ends its group.

A program of its own, standard library only: `python -I -S keeper.py FOLDER BYTES command…`. It is
the first process of the engine's group and outlives the server that started it, so that an engine
never loses its reader: a flood of output only slows the engine down, and a later server still
learns how it ended. In FOLDER: `log` and `log.1` (half of BYTES each, at most), `exit` (the code).
The number of the program's process goes to standard output.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PIECE_BYTES = 65_536
LOOK_SECONDS = 0.2
LAST_PIECES = 64
CANNOT_START = 127


class Kept:
    """The end of an endless text, in two files that take turns."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._path = folder / "log"
        self._before = folder / "log.1"
        self._half = max(most_bytes // 2, 1)
        self._size = 0
        self._file = self._open()

    def _open(self) -> int:
        self._size = 0
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def write(self, piece: bytes) -> None:
        """Keep a piece; on a full disk it is lost, and the engine goes on."""
        with suppress(OSError):
            if self._size + len(piece) > self._half:
                os.close(self._file)
                os.replace(self._path, self._before)
                self._file = self._open()
            os.write(self._file, piece)
            self._size += len(piece)


def main(words: list[str]) -> int:
    """Run the command until it ends; give its code."""
    folder, most_bytes, command = Path(words[0]), int(words[1]), words[2:]
    kept = Kept(folder, most_bytes)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        kept.write(f"{command[0]} cannot be started: {error}\n".encode())
        return _note(folder, CANNOT_START)
    signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGTERM))
    _say(child.pid)
    assert child.stdout is not None
    _copy(child, child.stdout.fileno(), kept)
    return _note(folder, child.returncode)


def _say(pid: int) -> None:
    """Tell who started this the process's number, then let go of the pipe."""
    with suppress(OSError):
        os.write(1, f"{pid}\n".encode())
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _copy(child: "subprocess.Popen[bytes]", pipe: int, kept: Kept) -> None:
    """Keep what the program and its children write, until the program has ended."""
    is_open = True
    while child.poll() is None:
        if not is_open:
            with suppress(subprocess.TimeoutExpired):
                child.wait(LOOK_SECONDS)
        elif select.select([pipe], [], [], LOOK_SECONDS)[0]:
            is_open = _take(pipe, kept)
    # Its children may hold the pipe open for ever: only what is there now.
    for _ in range(LAST_PIECES):
        if not is_open or not select.select([pipe], [], [], 0)[0]:
            return
        is_open = _take(pipe, kept)


def _take(pipe: int, kept: Kept) -> bool:
    piece = os.read(pipe, PIECE_BYTES)
    kept.write(piece)
    return bool(piece)


def _note(folder: Path, code: int) -> int:
    with suppress(OSError):
        fresh = folder / "exit.new"
        fresh.write_text(str(code))
        fresh.replace(folder / "exit")
    return code


if __name__ == "__main__":
    main(sys.argv[1:])
    if os.getpgrp() == os.getpid():
        # Whatever the program has left behind holds memory: the whole group ends, this included.
        os.killpg(0, signal.SIGKILL)
