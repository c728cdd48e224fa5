"""The bytes of one upload: a part file, what is written beside it, and whoever sends now.

One sends at a time. A piece with a checksum counts when it is whole and right; without one, what is
written counts.
"""

import asyncio
import contextlib
import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

from sponde_server.core.errors import Conflict, Invalid, SpondeError
from sponde_server.core.intake import Intake
from sponde_server.core.wire import decode, encode

from .placing import no_room
from .records import DatasetUpload, KeptUpload

WRITTEN_AT_ONCE = 1024 * 1024
# A sender that has been silent for so long gives way to another.
SILENCE_SECONDS = 5.0


class Part:
    """An upload that is not finished, or was a short while ago."""

    def __init__(self, folder: Path, upload: DatasetUpload, checked_to: int | None = 0) -> None:
        self.upload = upload
        self.file = folder / f"{upload.id}.part"
        self.note = folder / f"{upload.id}.json"
        self.ending = asyncio.Lock()
        self.writer: Arrival | None = None
        self._checked_to = checked_to
        self.touched = time.monotonic()
        self._noted: KeptUpload | None = None
        self._free = asyncio.Event()

    @classmethod
    def found(cls, note: Path) -> "Part | None":
        """Take up what a server left; None where it cannot go on."""
        try:
            kept = decode(KeptUpload, note.read_bytes())
        except (OSError, SpondeError):
            return None
        part = cls(note.parent, kept.upload, kept.checked_to)
        if kept.upload.path:
            return part
        try:
            there = part.file.stat().st_size
        except OSError:
            return None
        known = there if kept.checked_to is None else min(there, kept.checked_to)
        part.upload = replace(kept.upload, received=min(known, kept.upload.bytes))
        return part

    def save(self) -> None:
        """Write down how far it is."""
        kept = KeptUpload(upload=self.upload, checked_to=self._checked_to)
        if kept == self._noted:
            return
        draft = self.note.with_suffix(".new")
        draft.write_bytes(encode(kept))
        draft.replace(self.note)
        self._noted = kept

    async def turn(self, offset: int, sha256: str) -> "Arrival":
        """Let somebody send what follows `offset`; waits while another does, unless silent."""
        while self.writer is not None:
            if self.writer.is_silent():
                await self.writer.leave()
                continue
            self._free.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._free.wait(), 0.5)
        upload = self.upload
        if offset != upload.received:
            raise Conflict(
                f"'{upload.name}' goes on at byte {upload.received}, not at {offset}.",
                "Ask how far it is, and send what follows.",
            )
        self.writer = Arrival(self, offset, sha256)
        try:
            await asyncio.to_thread(self.writer.open)
        except OSError as error:
            self.writer = None
            raise no_room(error, upload.name, self.file.parent) from error
        return self.writer

    def counted(self, received: int, *, is_checked: bool) -> None:
        """So many bytes are here."""
        self.upload = replace(self.upload, received=received)
        self.touched = time.monotonic()
        self._checked_to = received if is_checked else None

    def released(self, writer: "Arrival") -> None:
        """Somebody else may send."""
        if self.writer is writer:
            self.writer = None
        self._free.set()

    def forget(self) -> None:
        """Take everything of it off the disk."""
        self.writer = None
        for path in (self.note, self.file, self.note.with_suffix(".new")):
            path.unlink(missing_ok=True)


class Arrival(Intake[DatasetUpload]):
    """One piece of an upload, as it comes."""

    def __init__(self, part: Part, offset: int, sha256: str) -> None:
        self.most = part.upload.bytes - offset
        self._part = part
        self._offset = offset
        self._at = offset
        self._wanted = sha256.lower()
        self._sum = hashlib.sha256()
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._heard = time.monotonic()
        self._busy = asyncio.Lock()

    def open(self) -> None:
        """Make the part file end where this piece begins."""
        self._part.counted(self._offset, is_checked=bool(self._wanted))
        self._part.save()
        self._file = self._part.file.open("r+b", buffering=0)
        if os.fstat(self._file.fileno()).st_size > self._offset:
            self._file.truncate(self._offset)
        self._file.seek(self._offset)

    def is_silent(self) -> bool:
        """Say whether nothing has come for a while."""
        return time.monotonic() - self._heard > SILENCE_SECONDS

    async def take(self, piece: bytes) -> None:
        """Write some bytes."""
        self._heard = time.monotonic()
        if self._at + len(self._held) + len(piece) > self._offset + self.most:
            raise Invalid(
                f"More bytes came than '{self._part.upload.name}' has.",
                "Begin the upload anew, with the file's size as it is now.",
            )
        self._held += piece
        if len(self._held) >= WRITTEN_AT_ONCE:
            async with self._busy:
                await self._flush()

    async def end(self) -> DatasetUpload:
        """Count the piece."""
        async with self._busy:
            try:
                await self._flush()
                if self._wanted and self._sum.hexdigest() != self._wanted:
                    raise Conflict(
                        f"A piece of '{self._part.upload.name}' was damaged on its way.",
                        "Send it again.",
                    )
                self._part.counted(self._at, is_checked=bool(self._wanted))
                await asyncio.to_thread(self._part.save)
                return self._part.upload
            finally:
                self._close()

    async def leave(self) -> None:
        """Count what is written where nothing says that it is wrong."""
        async with self._busy:
            if self._file is None:
                self._part.released(self)
                return
            try:
                if not self._wanted:
                    with contextlib.suppress(SpondeError):
                        await self._flush()
                    self._part.counted(self._at, is_checked=False)
                    with contextlib.suppress(OSError):
                        await asyncio.to_thread(self._part.save)
            finally:
                self._close()

    async def _flush(self) -> None:
        if self._file is None or self._part.writer is not self:
            raise Conflict(
                f"Somebody else sends '{self._part.upload.name}' now, or it was cancelled.",
                "Ask how far it is, and send what follows.",
            )
        if self._held:
            data, self._held = self._held, bytearray()
            try:
                await asyncio.to_thread(self._write, data)
            except OSError as error:
                name = self._part.upload.name
                raise no_room(error, name, self._part.file.parent) from error
            self._heard = time.monotonic()

    def _write(self, data: bytearray) -> None:
        assert self._file is not None
        if self._wanted:
            self._sum.update(data)
        rest = memoryview(data)
        while rest:
            written = self._file.write(rest)
            rest = rest[written:]
            self._at += written

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._part.released(self)
