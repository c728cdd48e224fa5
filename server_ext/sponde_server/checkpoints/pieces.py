"""Pieces of files, kept by what they hold: the same piece once, whole or not at all.

A piece is written beside its place, made durable and then moved there, so that a server that dies
leaves none half. Does not know what the pieces make up.
"""

import hashlib
import os
import zlib
from collections.abc import Collection
from pathlib import Path

_SUFFIX = ".writing"


class Pieces:
    """A folder of pieces, named by their digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep a piece; give its digest."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, zlib.compress(data, 1))
        return digest

    def get(self, digest: str) -> bytes:
        """Give a piece."""
        return zlib.decompress(self._path(digest).read_bytes())

    def size(self, digest: str) -> int:
        """Say how many bytes a piece takes on the disk."""
        return self._path(digest).stat().st_size

    def sweep(self, kept: Collection[str]) -> int:
        """Remove every piece that is not to be kept, and what a dead server left; count them."""
        gone = 0
        for path in self._folder.glob("??/*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that at every moment the old or the new one is there, whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}{_SUFFIX}")
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    try:
        with beside.open("wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
