"""Reads what an engine wrote: its end, and what is new. Does not write: keeper.py does."""

import os
import re
from pathlib import Path

LARGEST_NEWS = 256_000
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_UNSEEN = re.compile(r"[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\uffef\U00010000-\U0010ffff]+")


def clean(text: str) -> str:
    """Take colours and control characters out; of a line that was drawn again, keep the last."""
    plain = _COLOURS.sub("", text).replace("\r\n", "\n")
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n"))
    return _UNSEEN.sub("�", "\n".join(lines))


def tail(folder: Path, most_bytes: int) -> tuple[str, bool]:
    """Give the end of a log, and whether that is all of it."""
    text = _end(folder / "log", most_bytes)
    rest = most_bytes - len(text)
    if rest > 0:
        text = _end(folder / "log.1", rest) + text
    whole = _size(folder / "log") + _size(folder / "log.1") <= most_bytes
    words = text.decode("utf-8", "replace")
    if not whole:
        # The first line is cut, most likely.
        words = words.partition("\n")[2] or words
    return clean(words), whole


class News:
    """What is new in a log since it was asked last."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "log"
        self._file = 0
        self._position = 0

    def read(self) -> str:
        """Give the new text; of a flood only its end."""
        try:
            with self._path.open("rb") as file:
                state = os.fstat(file.fileno())
                if state.st_ino != self._file or state.st_size < self._position:
                    self._file, self._position = state.st_ino, 0
                begin = max(self._position, state.st_size - LARGEST_NEWS)
                file.seek(begin)
                text = file.read(LARGEST_NEWS)
                self._position = begin + len(text)
        except FileNotFoundError:
            return ""
        return text.decode("utf-8", "replace")


def _end(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most_bytes))
            return file.read(most_bytes)
    except FileNotFoundError:
        return b""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
