"""The files of a folder that hold blocks: found, read, and written so that each is always whole.

Links are not followed, and nothing outside the folder is read or written. Knows no database.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sponde_server.library.records import CodeBlock

from . import front_matter
from .front_matter import LANGUAGES, Page
from .records import FolderFile

_MOST_FILES = 50_000
_MOST_BYTES = 1_000_000

Entry = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size."""


def code_files(folder: Path) -> dict[str, Entry]:
    """Find the files of code below a folder, by their path from there; hidden ones not."""
    found: dict[str, Entry] = {}
    waiting = [(folder, "")]
    while waiting:
        place, before = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__")) or entry.is_symlink():
                    continue
                path = f"{before}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), f"{path}/"))
                elif entry.name.rpartition(".")[2] in LANGUAGES and "." in entry.name:
                    told = entry.stat(follow_symlinks=False)
                    found[path] = (told.st_mtime_ns, told.st_size)
                if len(found) >= _MOST_FILES:
                    return found
    return found


def read_pages(folder: Path, found: dict[str, Entry]) -> dict[str, Page]:
    """Read files of code."""
    pages = {}
    for path, (_, size) in found.items():
        if size <= _MOST_BYTES:
            text = (folder / path).read_bytes().decode("utf-8", "replace")
            pages[path] = front_matter.read(text, path.rpartition(".")[2])
    return pages


def digest_of(text: str) -> str:
    """Name a text by its content, whatever its line ends."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8", "replace")).hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a file aside and rename it: at any moment it is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".sponde-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(aside).chmod(mode)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


@dataclass
class Found:
    """What lies in the folder, beside what was there when both were last in step."""

    folder: Path
    entries: dict[str, Entry]
    rows: dict[str, FolderFile]
    unmerged: set[str] = field(default_factory=set)
    others: int = 0
    _changed: "list[OnDisk]" = field(default_factory=list)

    def read_changed(self) -> None:
        """Read the files that are new, or whose time or size is another."""
        for path, entry in sorted(self.entries.items()):
            row = self.rows.get(path)
            if row and (row.mtime_ns, row.size) == entry:
                continue
            if entry[1] > _MOST_BYTES:
                self.others += 1
                continue
            try:
                disk = OnDisk.of(self, path)
            except FileNotFoundError:
                continue
            if row or disk.page.is_ours:
                self._changed.append(disk)
            else:
                self.others += 1

    def changed(self) -> "list[OnDisk]":
        """Give those files, but for those that git could not merge."""
        return [one for one in self._changed if one.path not in self.unmerged]

    def gone(self, rows: dict[str, FolderFile]) -> list[str]:
        """Name the blocks whose file is not there any more."""
        return [
            block_id
            for block_id, row in rows.items()
            if row.path not in self.entries and row.path not in self.unmerged
        ]

    def holds(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.entries

    def row_of(self, block_id: str) -> FolderFile | None:
        """Give the file of a block."""
        return next((row for row in self.rows.values() if row.block_id == block_id), None)

    def place_for(self, block: CodeBlock, row: FolderFile | None) -> tuple[str, str]:
        """Say where a block is written, and which file goes; a name that a person gave stays."""
        wanted = front_matter.filename(block)
        if row is None:
            return self._free(wanted), ""
        before, _, name = row.path.rpartition("/")
        try:
            page = OnDisk.of(self, row.path).page
        except FileNotFoundError:
            return row.path, ""
        was = CodeBlock(name=page.text("name"), language=page.text("language"), code="")
        if name == wanted or name != front_matter.filename(was):
            return row.path, ""
        return self._free(f"{before}/{wanted}" if before else wanted), row.path

    def write(self, path: str, text: str) -> dict[str, Any]:
        """Write a file; give what is noted of it."""
        full = self._inside(path)
        write_whole(full, text)
        told = full.stat()
        self.entries[path] = (told.st_mtime_ns, told.st_size)
        return {
            "path": path,
            "digest": digest_of(text),
            "mtime_ns": told.st_mtime_ns,
            "size": told.st_size,
        }

    def is_as_noted(self, row: FolderFile) -> bool:
        """Whether a file still holds what it held when both were in step."""
        try:
            return OnDisk.of(self, row.path).digest == row.digest
        except FileNotFoundError:
            return True

    def unlink(self, path: str, digest: str) -> None:
        """Delete a file if it still holds what it held when both were in step."""
        full = self._inside(path)
        if full.is_file() and digest_of(full.read_bytes().decode("utf-8", "replace")) == digest:
            full.unlink()
            self.entries.pop(path, None)

    def _free(self, wanted: str) -> str:
        path, number = wanted, 2
        stem, _, ending = wanted.rpartition(".")
        while path in self.entries or (self.folder / path).exists():
            path, number = f"{stem}_{number}.{ending}", number + 1
        return path

    def _inside(self, path: str) -> Path:
        full = self.folder / path
        if self.folder.resolve() not in full.parent.resolve().joinpath(full.name).parents:
            raise OSError(0, "it lies outside the folder", path)
        return full


@dataclass(frozen=True)
class OnDisk:
    """A file as it is now."""

    found: Found
    path: str
    text: str
    page: Page
    digest: str
    mtime_ns: int
    size: int

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition("/")[2]

    @classmethod
    def of(cls, found: Found, path: str) -> "OnDisk":
        """Read a file."""
        full = found.folder / path
        told = full.stat()
        text = full.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        page = front_matter.read(text, path.rpartition(".")[2])
        return cls(found, path, text, page, digest_of(text), told.st_mtime_ns, told.st_size)
