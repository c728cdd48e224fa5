"""Files that must be opened before DuckDB can read them: what was made of each.

Decides on a file's first bytes; the work is done in the sandbox's child (open_file.py).
"""

import asyncio
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sponde_server.core.wire import convert
from sponde_server.datasets.problems.records import Problem
from sponde_server.datasets.records import Dataset, Dialect, FileKind, Profile
from sponde_server.datasets.sandbox.sandbox import Sandbox

from .kind_records import OtherReader

HEAD = 16
MAGIC = (
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"ARROW1", b"FEA1", b"\xff\xff\xff\xff",
)  # fmt: skip
JSON = (".json", ".jsonl", ".ndjson", ".geojson")
TEXT = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".data", ".asc", ".log", ".parquet", "")
EXTENSIONS = (
    ".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".parquet", ".pq", ".json", ".jsonl",
    ".ndjson", ".geojson", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".arrow", ".feather",
    ".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip",
)  # fmt: skip
"""What the file picker offers."""
KEPT_PROBLEMS = 100


@dataclass(frozen=True)
class Opened:
    """A file as it can be read: itself, or what was made of it."""

    path: Path
    """What is read."""
    told: dict[str, Any] | None = None
    """What open_file.py tells of it; None where the file itself is read."""

    @property
    def part(self) -> str:
        """Which sheet, or file of an archive, was read; '' where there is only one."""
        return str(self.told["part"]) if self.told else ""

    @property
    def others(self) -> tuple[str, ...]:
        """The other sheets, or files of the archive, that are not hidden."""
        return tuple(one for one in self.told["shown"] if one != self.part) if self.told else ()

    @property
    def writing(self) -> dict[str, Any]:
        """How the text was written that was made of a sheet: nothing to detect there."""
        if self.told is None or self.told["kind"] != "excel":
            return {}
        return {"delimiter": ",", "quote": '"', "escape": '"', "encoding": "utf-8"}

    def of(self, profile: Profile) -> Profile:
        """Add to a profile what opening the file has shown."""
        if self.told is None:
            return profile
        told = self.told
        inner = profile.dialect
        dialect: Dialect = replace(
            inner,
            kind=FileKind(told["kind"] or inner.kind),
            read_as=inner.kind,
            packed=told["packed"],
            reader=told["reader"],
        )
        problems = tuple(convert(Problem, one) for one in told["problems"])
        return replace(
            profile,
            dialect=dialect,
            parts=tuple(told["parts"]),
            warnings=(*told["warnings"], *profile.warnings),
            problems=(*problems, *profile.problems)[:KEPT_PROBLEMS],
            problem_count=profile.problem_count + int(told["problem_count"]),
            rows_left_out=profile.rows_left_out + int(told["left_out"]),
        )


class Opener:
    """Opens files, each once until it changes."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._has_readers: bool | None = None
        self._others: tuple[OtherReader, ...] | None = None

    async def open(
        self, dataset: Dataset, full: Path, *, bounds: dict[str, int], seconds: float
    ) -> Opened:
        """Give what can be read of a file; `bounds` are the child's memory and bytes written."""
        if not await asyncio.to_thread(self._must_open, full):
            await asyncio.to_thread(self.forget, dataset.id)
            return Opened(full)
        key = await asyncio.to_thread(_key, dataset, full)
        known = await asyncio.to_thread(self._known, dataset.id, key)
        if known is not None:
            return known
        target = self._target(dataset.id)
        await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        told = await self._sandbox.work(
            {
                "work": "open",
                "path": str(full),
                "part": dataset.part,
                "target": str(target),
                "files": [str(full)],
                "threads": 2,
                **bounds,
            },
            seconds=seconds,
            setting="SpondeDatasets.max_profile_seconds",
        )
        if not told["file"]:
            return Opened(full)
        await asyncio.to_thread(self._note(dataset.id).write_text, json.dumps([key, told]))
        return Opened(target / told["file"], told)

    async def kinds(self, bounds: dict[str, int], seconds: float) -> tuple[OtherReader, ...]:
        """Name the readers that other packages bring; they are imported in a child, once."""
        if not await asyncio.to_thread(self._readers):
            return ()
        if self._others is None:
            told = await self._sandbox.work(
                {"work": "readers", "files": [], "threads": 1, **bounds},
                seconds=seconds,
                setting="SpondeDatasets.max_profile_seconds",
            )
            self._others = tuple(convert(OtherReader, one) for one in told)
        return self._others

    def readable(self, dataset_id: str) -> str | None:
        """Give the path of what was made of a dataset's file; None where nothing was."""
        made = list(self._target(dataset_id).glob("*"))
        return str(made[0]) if made else None

    def forget(self, dataset_id: str) -> None:
        """Take away what was made of a dataset's file."""
        self._note(dataset_id).unlink(missing_ok=True)
        shutil.rmtree(self._target(dataset_id), ignore_errors=True)

    def _must_open(self, full: Path) -> bool:
        with full.open("rb") as file:
            head = file.read(HEAD)
        suffix = full.suffix.lower()
        if not head or head.startswith(b"PAR1"):
            return False
        if head.startswith(MAGIC) or suffix in JSON:
            return True
        return suffix not in TEXT and self._readers()

    def _readers(self) -> bool:
        from . import other_readers

        if self._has_readers is None:
            self._has_readers = other_readers.are_there()
        return self._has_readers

    def _known(self, dataset_id: str, key: list[Any]) -> Opened | None:
        try:
            kept, told = json.loads(self._note(dataset_id).read_text())
        except (OSError, ValueError):
            return None
        path = self._target(dataset_id) / told["file"]
        return Opened(path, told) if kept == key and path.is_file() else None

    def _target(self, dataset_id: str) -> Path:
        return self._folder / f"{dataset_id}.opened"

    def _note(self, dataset_id: str) -> Path:
        return self._folder / f"{dataset_id}.opened.json"


def _key(dataset: Dataset, full: Path) -> list[Any]:
    found = full.stat()
    return [str(full), found.st_size, found.st_mtime, dataset.part]
