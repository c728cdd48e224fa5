"""A file that DuckDB cannot read as it is, made into one that it can: text or Parquet.

Runs in the sandbox's child, writes into a folder of the scratch, and moves it to its place at the
end: what breaks off, or is killed, leaves nothing. The file itself is only read.
"""

import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import Invalid

from . import archives, arrow_files, json_files, other_readers, workbooks
from .packing import HEAD, Bounds, is_tar, name_inside, packed_as, unpack

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

MOST_LAYERS = 3
KNOWN = (*archives.DATA, ".log", ".md", ".out", ".prn", ".ssv", ".sql", "")


@dataclass
class Opened:
    """What a file was made into, and what is to be told of that."""

    file: str = ""
    """The name of what was made, in the folder."""
    kind: str = ""
    """What the file is, inside of whatever packs it; '' for what the profile finds."""
    packed: str = ""
    reader: str = ""
    part: str = ""
    """The sheet or the file of an archive that was read; '' where there is only one."""
    parts: list[str] = field(default_factory=list)
    """All that could be, where there are several."""
    shown: list[str] = field(default_factory=list)
    """Those that are not hidden."""
    warnings: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    problem_count: int = 0
    left_out: int = 0


def open_file(con: "Connection", asked: dict[str, Any]) -> dict[str, Any]:
    """Open a file into the folder `target`."""
    source, scratch = Path(asked["path"]), Path(asked["scratch"])
    work = _Work(con, source, scratch, str(asked["part"]), int(asked["most"]))
    path = work.open()
    if path == source:
        return asdict(work.opened)
    target = Path(asked["target"])
    shutil.rmtree(target, ignore_errors=True)
    made = scratch / "made"
    made.mkdir()
    path.rename(made / path.name)
    made.rename(target)
    work.opened.file = path.name
    return asdict(work.opened)


class _Work:
    """One file on its way through its layers."""

    def __init__(
        self, con: "Connection", source: Path, scratch: Path, part: str, most: int
    ) -> None:
        self.opened = Opened()
        self._con = con
        self._source = source
        self._scratch = scratch
        self._part = part
        self._bounds = Bounds(source.name, source.stat().st_size, most)
        self._name = source.name
        """The name of what is open now."""
        self._layers = 0

    def open(self) -> Path:
        """Take layer after layer off, and give what is inside as text or Parquet."""
        path = self._source
        while True:
            head = _head(path)
            how = packed_as(head)
            if how:
                path = self._unpack(path, how)
            elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
                inner = self._of_zip(path)
                if inner is None:
                    return self._sheet(path)
                path = inner
            elif workbooks.is_old(head):
                return self._sheet(path)
            else:
                return self._table(path, head)

    def _next(self, path: Path, name: str) -> Path:
        """Say where the next layer is written; the one before goes when it is there."""
        self._layers += 1
        if self._layers > MOST_LAYERS:
            raise Invalid(
                f"'{self._source.name}' is packed more than {MOST_LAYERS} times over.",
                "Unpack it and add the file inside.",
            )
        self._name = PurePosixPath(name.replace("\\", "/")).name or "data"
        return self._scratch / f"layer-{self._layers}-{_safe(self._name)}"

    def _done(self, before: Path) -> None:
        if before != self._source:
            before.unlink()

    def _unpack(self, path: Path, how: str) -> Path:
        self.opened.packed = self.opened.packed or how
        target = self._next(path, name_inside(self._name))
        unpack(path, target, how, self._bounds)
        self._done(path)
        if is_tar(_head(target)):
            raise Invalid(
                f"'{self._source.name}' is a tar archive.",
                "Unpack it and add the files in it that are data.",
            )
        return target

    def _of_zip(self, path: Path) -> Path | None:
        """Take a file out of an archive; None where the archive is a workbook."""
        with archives.reading(path, self._name) as archive:
            what = archives.what_it_is(archive)
            if what == "document":
                raise Invalid(
                    f"'{self._name}' is a document, not a table.",
                    "Copy its table into a spreadsheet, or save it as CSV.",
                )
            if what == "workbook":
                workbooks.check_archive(archive, self._scratch, self._bounds)
                return None
            if self.opened.packed == "zip":
                raise Invalid(
                    f"'{self._source.name}' holds an archive in an archive ('{self._name}').",
                    "Unpack it and add the file inside.",
                )
            others = tuple(one for each in other_readers.list_all() for one in each["extensions"])
            parts = archives.files_of_data(archive, self._name, others)
            part = self._part or parts[0]
            if len(parts) > 1:
                self.opened.parts = self.opened.shown = parts
                self.opened.part = part
            elif part not in parts:
                part = parts[0]
            self.opened.packed = "zip"
            target = self._next(path, part)
            archives.take_out(archive, part, target, self._bounds, parts)
        self._done(path)
        return target

    def _sheet(self, path: Path) -> Path:
        # Behind a file of an archive no sheet is named: the first with values is read.
        in_archive = bool(self.opened.part)
        target = self._scratch / "sheet.csv"
        wanted = "" if in_archive else self._part
        found = workbooks.write_sheet(path, wanted, target, self._name)
        self._done(path)
        self.opened.kind = "excel"
        self.opened.warnings += found.warnings
        if in_archive and len(found.parts) > 1:
            rest = ", ".join(f"'{one}'" for one in found.parts if one != found.name)
            self.opened.warnings.append(
                f"The sheet '{found.name}' of '{self._name}' is read. Unpack the archive to read "
                f"the others: {rest}."
            )
        elif len(found.parts) > 1:
            self.opened.part = found.name
            self.opened.parts, self.opened.shown = found.parts, found.shown
        return target.rename(self._scratch / f"{_safe(found.name)}.csv")

    def _table(self, path: Path, head: bytes) -> Path:
        name, suffix = self._name, PurePosixPath(self._name).suffix.lower()
        target = self._scratch / f"{_safe(PurePosixPath(name).stem)}.parquet"
        if arrow_files.is_arrow(head):
            self.opened.kind = "arrow"
            self.opened.warnings += arrow_files.to_parquet(path, target, name)
        elif suffix in archives.JSON:
            self.opened.kind = "json"
            told = json_files.to_parquet(self._con, path, target, name)
            self.opened.warnings += told.warnings
            self.opened.problems += told.problems
            self.opened.problem_count, self.opened.left_out = told.count, told.left_out
        elif reader := self._reader(suffix):
            self.opened.kind, self.opened.reader = "other", reader
            other_readers.to_parquet(reader, path, target, name)
        elif path == self._source:
            # Nothing packs it and nothing knows it: it is read where it lies.
            return path
        else:
            return path.rename(self._scratch / _safe(name))
        self._done(path)
        return target

    def _reader(self, suffix: str) -> str:
        return "" if suffix in KNOWN else other_readers.find(suffix)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _safe(name: str) -> str:
    """Make a name that a folder can hold; people see it in messages."""
    cleaned = re.sub(r"[^\w.\- ]", "_", name).lstrip(".").strip()
    return cleaned[-100:] or "data"
