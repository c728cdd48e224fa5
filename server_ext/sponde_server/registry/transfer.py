"""Brings the files of a version into its folder: goes on where it stopped, and checks what came.

Works for a hub and for a folder alike. A file grows as `<name>.part` and gets its name only when
its size and hash are right; one that came damaged is fetched once more. Runs on the transfers'
own thread and loop, so that neither disk nor hashing holds the server up.
"""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from sponde_server.core.errors import SpondeError, Unavailable, UpstreamFailed

from .records import PlannedFile

PART = ".part"
HASH_BYTES = 4 * 1024 * 1024
COPY_BYTES = 1024 * 1024
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


class Cut(Exception):
    """A connection broke or was refused for now: going on later is right."""

    def __init__(self, why: str, wait_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.wait_seconds = wait_seconds


class Damaged(UpstreamFailed):
    """What came is not what the source says it has, twice."""


class DiskFull(Unavailable):
    """There is no room for the rest."""


@dataclass(frozen=True)
class Opened:
    """A file that is being read from its source."""

    begins_at: int
    """The position of the first piece; -1 where the source has nothing from the one asked for."""
    pieces: AsyncIterator[bytes]


class Source(Protocol):
    """Where files come from."""

    def open(self, file: PlannedFile, offset: int) -> AbstractAsyncContextManager[Opened]:
        """Open a file at an offset; raises Cut where going on later is right."""

    def where(self) -> str:
        """Name the source, for a sentence."""

    async def close(self) -> None:
        """Let go of it."""


class Transfer:
    """One version's files on their way. Its numbers are read by other threads."""

    def __init__(
        self,
        source: Source,
        files: tuple[PlannedFile, ...],
        folder: Path,
        *,
        at_once: int = 1,
        retries: int = 6,
    ) -> None:
        self.doing = ""
        self._source = source
        self._files = files
        self._folder = folder
        self._at_once = at_once
        self._retries = retries
        self._here = [0] * len(files)

    @property
    def done_bytes(self) -> int:
        """What is here, or was checked."""
        return sum(self._here)

    @property
    def size_bytes(self) -> int:
        """What there is altogether, as far as is known."""
        return sum(max(0, file.size_bytes) for file in self._files)

    async def run(self) -> None:
        """Bring every file; raises a SpondeError where that cannot be."""
        places = asyncio.Semaphore(self._at_once)
        try:
            _make(self._folder)
            async with asyncio.TaskGroup() as group:
                for number in range(len(self._files)):
                    group.create_task(self._in_turn(places, number))
        except* SpondeError as errors:
            raise _first(errors) from None
        except* OSError as errors:
            raise self._no_room(_first(errors)) from None
        finally:
            await self._source.close()

    async def check(self) -> list[str]:
        """Read every file and take away those that are not as the source says; name them."""
        wrong: list[str] = []
        for number, file in enumerate(self._files):
            self.doing = f"checking {file.path}"
            path = self._folder / file.path
            digest = Digest(file)
            if path.is_file():
                await self._hash(number, path, digest)
            if not path.is_file() or digest.wrong(path.stat().st_size):
                path.unlink(missing_ok=True)
                self._here[number] = 0
                wrong.append(file.path)
        return wrong

    async def _in_turn(self, places: asyncio.Semaphore, number: int) -> None:
        async with places:
            await self._fetch(number)

    async def _fetch(self, number: int) -> None:
        file = self._files[number]
        final = self._folder / file.path
        part = final.with_name(final.name + PART)
        _make(final.parent)
        if final.is_file() and file.size_bytes in (-1, final.stat().st_size):
            # It has its name, so it was checked.
            self._here[number] = final.stat().st_size
            return
        tries = damages = 0
        furthest = _size(part)
        while True:
            try:
                wrong = await self._bring(number, part)
            except Cut as cut:
                tries = 1 if _size(part) > furthest else tries + 1
                furthest = max(furthest, _size(part))
                await self._wait(cut, tries)
                continue
            if not wrong:
                _sync(part)
                part.replace(final)
                return
            part.unlink(missing_ok=True)
            self._here[number] = 0
            damages += 1
            if damages > 1:
                raise Damaged(
                    f"'{file.path}' came damaged twice: {wrong}.",
                    "Try again later; if it stays, tell the model's authors.",
                )

    async def _wait(self, cut: Cut, tries: int) -> None:
        if tries > self._retries:
            raise Unavailable(
                f"{self._source.where()} cannot be reached: {cut.why}.",
                "What has come is kept. Check the network, then resume.",
            ) from cut
        growing = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (tries - 1))
        self.doing = f"waiting to go on: {cut.why}"
        await asyncio.sleep(cut.wait_seconds or growing)

    async def _bring(self, number: int, part: Path) -> str:
        """Bring what is missing of a file; give what is wrong with it, '' where it is whole."""
        file = self._files[number]
        offset = _size(part)
        digest = Digest(file)
        if 0 <= file.size_bytes < offset:
            _forget(part)
            offset = 0
        if offset:
            self.doing = f"checking what is here of {file.path}"
            await self._hash(number, part, digest)
        if offset != file.size_bytes or not offset:
            self.doing = f"downloading {file.path}"
            async with self._source.open(file, offset) as opened:
                if opened.begins_at < 0:
                    # Nothing comes after what is here, though more was announced.
                    return digest.wrong(offset) or "its size is not the one that was announced"
                await self._append(number, part, digest, opened)
            if 0 <= _size(part) < file.size_bytes:
                raise Cut("the connection ended early")
        return digest.wrong(_size(part))

    async def _append(self, number: int, part: Path, digest: "Digest", opened: Opened) -> None:
        file = self._files[number]
        if opened.begins_at != _size(part):
            # It does not go on from there: begin anew.
            _forget(part)
            digest.begin()
            self._here[number] = 0
            if opened.begins_at != 0:
                raise Cut("it does not give files from the middle on")
        with part.open("ab") as kept:
            async for piece in opened.pieces:
                kept.write(piece)
                digest.update(piece)
                self._here[number] += len(piece)
                if 0 <= file.size_bytes < self._here[number]:
                    return

    async def _hash(self, number: int, path: Path, digest: "Digest") -> None:
        self._here[number] = 0
        with path.open("rb") as file:
            while piece := file.read(HASH_BYTES):
                digest.update(piece)
                self._here[number] += len(piece)
                await asyncio.sleep(0)

    def _no_room(self, error: BaseException) -> SpondeError:
        if getattr(error, "errno", None) not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return Unavailable(
                f"The files cannot be written: {error}.",
                "Check the folder's permissions, or set SpondeRegistry.models_folder.",
            )
        return DiskFull(
            f"The disk is full: {in_words(self.done_bytes)} of {in_words(self.size_bytes)} are "
            f"here, {in_words(max(0, self.size_bytes - self.done_bytes))} are still needed in "
            f"{self._folder.parent}.",
            "Free that much, or delete another model, then resume: what has come is kept.",
        )


class Digest:
    """What a file's bytes add up to, against what its source says."""

    def __init__(self, file: PlannedFile) -> None:
        self._file = file
        self.begin()

    def begin(self) -> None:
        """Begin at the file's begin."""
        self._sha256 = hashlib.sha256() if self._file.sha256 else None
        self._blob = None
        if self._file.blob and not self._file.sha256 and self._file.size_bytes >= 0:
            self._blob = hashlib.sha1(
                f"blob {self._file.size_bytes}\0".encode(), usedforsecurity=False
            )

    def update(self, piece: bytes) -> None:
        """Add a piece."""
        for digest in (self._sha256, self._blob):
            if digest is not None:
                digest.update(piece)

    def wrong(self, size: int) -> str:
        """Say what is wrong with a file of this size; '' where nothing is."""
        if self._file.size_bytes not in (-1, size):
            return f"it has {size:,} bytes instead of {self._file.size_bytes:,}"
        if self._sha256 is not None and self._sha256.hexdigest() != self._file.sha256:
            return "its SHA-256 is not the one that the hub names"
        if self._blob is not None and self._blob.hexdigest() != self._file.blob:
            return "its hash is not the one that the hub names"
        return ""


class FolderSource:
    """A folder on this machine, to copy from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def open(self, file: PlannedFile, offset: int) -> AsyncIterator[Opened]:
        """Open a file at an offset."""
        with (self._folder / file.path).open("rb") as opened:
            opened.seek(offset)
            yield Opened(begins_at=offset, pieces=_pieces(opened))

    def where(self) -> str:
        """Name the source, for a sentence."""
        return str(self._folder)

    async def close(self) -> None:
        """Let go of it: nothing is held."""


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := file.read(COPY_BYTES):
        yield piece
        # So that it can be stopped between two pieces.
        await asyncio.sleep(0)


def here_bytes(files: tuple[PlannedFile, ...], folder: Path) -> int:
    """Count what is here of a version's files, finished or not."""
    return sum(_size(folder / file.path) or _size(folder / (file.path + PART)) for file in files)


def in_words(size: int) -> str:
    """Write a number of bytes as people do, such as 3.1 GB."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} TB"


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = errors.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make sure that a file is on the disk before it gets its name."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
