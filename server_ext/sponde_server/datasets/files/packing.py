"""Packed files, unpacked as streams within bounds: gzip, bzip2, xz, zstd, lz4.

Runs in the sandbox's child. Whatever a file unpacks to is counted while it is written: no bomb
fills the memory or the disk.
"""

import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from sponde_server.core.errors import Invalid, TooLarge

CHUNK = 1_000_000
HEAD = 4096
MOST_TIMES = 500
"""A table of text packs to a fiftieth, rarely to a hundredth: beyond this it is a trap."""
TIMES_COUNT_FROM = 200_000_000
LEFT_FREE = 500_000_000
"""So many bytes of the disk are left free."""
PACKED: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"\x1f\x8b", "gzip", (".gz", ".gzip")),
    (b"BZh", "bzip2", (".bz2",)),
    (b"\xfd7zXZ\x00", "xz", (".xz",)),
    (b"\x28\xb5\x2f\xfd", "zstd", (".zst", ".zstd")),
    (b"\x04\x22\x4d\x18", "lz4", (".lz4",)),
)


def packed_as(head: bytes) -> str:
    """Say how a file that begins like this is packed; empty where it is not."""
    if head.startswith(b"BZh") and head[4:10] != b"1AY&SY":
        return ""
    return next((name for magic, name, _ in PACKED if head.startswith(magic)), "")


def name_inside(name: str) -> str:
    """Give the name of the file inside: sales.csv.gz holds sales.csv."""
    for _, _, endings in PACKED:
        for ending in endings:
            if name.lower().endswith(ending) and len(name) > len(ending):
                return name[: -len(ending)]
    if name.lower().endswith(".tgz"):
        return f"{name[:-4]}.tar"
    return name


def is_tar(head: bytes) -> bool:
    """Say whether a file that begins like this is a tar archive."""
    return head[257:262] == b"ustar"


class Bounds:
    """How much a file may unpack to, in all its parts and layers."""

    def __init__(
        self,
        name: str,
        size: int,
        most: int,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self.name = name
        self._size = max(1, size)
        self._most = most
        self._free = free
        self._count = 0
        self._checked = -1

    def promise(self, size: int, folder: Path) -> None:
        """Refuse what says of itself that it is too large, before a byte is written."""
        self._judge(self._count + size)
        if self._free(folder) < size + LEFT_FREE:
            raise _no_room(self.name)

    def add(self, size: int, folder: Path) -> None:
        """Count what was unpacked."""
        self._count += size
        self._judge(self._count)
        if self._count // (64 * CHUNK) != self._checked:
            self._checked = self._count // (64 * CHUNK)
            if self._free(folder) < LEFT_FREE:
                raise _no_room(self.name)

    def _judge(self, count: int) -> None:
        if count > TIMES_COUNT_FROM and count > MOST_TIMES * self._size:
            raise TooLarge(
                f"'{self.name}' unpacks to more than {MOST_TIMES} times its size, "
                "which no honest table does.",
                "If you know where it comes from, unpack it yourself and add the file inside.",
            )
        if count > self._most:
            raise TooLarge(
                f"'{self.name}' unpacks to more than the {self._most / 1e9:g} GB that are allowed.",
                "Unpack it yourself and add the file inside, or raise "
                "SpondeDatasets.max_unpacked_bytes.",
            )


def _no_room(name: str) -> TooLarge:
    return TooLarge(
        f"The server's disk has no room for what is packed in '{name}'.",
        "Make some room there and try again.",
    )


def unpack(source: Path, target: Path, how: str, bounds: Bounds) -> None:
    """Write what a packed file holds to the target."""
    with source.open("rb") as file:
        copy(opened(file, how), target, how, bounds)


def copy(stream: IO[bytes], target: Path, how: str, bounds: Bounds) -> None:
    """Write a stream to the target, counting; say in a sentence where it breaks off."""
    import lzma

    written = 0
    try:
        with target.open("wb") as file:
            while chunk := stream.read(CHUNK):
                bounds.add(len(chunk), target.parent)
                file.write(chunk)
                written += len(chunk)
    except (EOFError, zlib.error, lzma.LZMAError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno in (28, 122):
            raise _no_room(bounds.name) from error
        raise broken(bounds.name, how, written) from error


def broken(name: str, how: str, written: int) -> Invalid:
    """Say that a packed file is cut or damaged, and after how much."""
    after = f" after {written:,} bytes" if written else " at its beginning"
    return Invalid(
        f"'{name}' cannot be unpacked: its {how} data is cut or damaged{after}.",
        "Fetch the file again, or make it again.",
    )


def opened(file: IO[bytes], how: str) -> IO[bytes]:
    """Open a packed stream for reading."""
    made: Any
    if how == "gzip":
        import gzip

        made = gzip.GzipFile(fileobj=file)
    elif how == "bzip2":
        import bz2

        made = bz2.BZ2File(file)
    elif how == "xz":
        import lzma

        made = lzma.LZMAFile(file)  # noqa: SIM115 - closed with the file under it
    else:
        import pyarrow

        made = pyarrow.CompressedInputStream(pyarrow.PythonFile(file, mode="r"), how)
    return made  # type: ignore[no-any-return]
