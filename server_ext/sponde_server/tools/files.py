"""Files and folders as tools read them: inside the root folder, text only, in bounds."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Forbidden, Invalid, NotFound
from sponde_server.core.paths import inside, relative

LONGEST_BYTES = 20_000_000
LINE_CHARACTERS = 2000
MOST_ENTRIES = 500
OUTPUT_CHARACTERS = 600
DATA = {
    ".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".feather", ".arrow", ".xlsx", ".xls",
    ".xlsm", ".xlsb", ".ods", ".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip",
    ".duckdb", ".sqlite", ".db",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A file that may be read."""

    full: Path
    path: str
    """From the root folder, with links followed."""

    @property
    def is_data(self) -> bool:
        """Whether it holds rows: those are for a dataset's policy."""
        return self.full.suffix.lower() in DATA


async def find(root: Path, private: Path, path: str) -> Found:
    """Find a file inside the root folder; what is ours to keep is not given."""

    def look() -> Found:
        full = _inside(root, private, path)
        if full.is_dir():
            raise Invalid(f"'{path}' is a folder.", "List it with list_files.")
        if not full.is_file():
            raise NotFound(f"There is no file '{path}'.", "See what is there with list_files.")
        return Found(full, relative(root, full))

    return await asyncio.to_thread(look)


async def text(found: Found, first: int, count: int) -> str:
    """Give some lines of a file, or of a notebook written as text."""
    return await asyncio.to_thread(_text, found, first, count)


async def listing(root: Path, private: Path, folder: str) -> str:
    """List a folder."""
    return await asyncio.to_thread(_listing, root, private, folder)


def _text(found: Found, first: int, count: int) -> str:
    size = found.full.stat().st_size
    if size > LONGEST_BYTES:
        raise Invalid(
            f"'{found.path}' has {size:,} bytes; at most {LONGEST_BYTES:,} are read.",
            "Read it in a notebook cell.",
        )
    data = found.full.read_bytes()
    if b"\0" in data[:8192]:
        raise Invalid(f"'{found.path}' is not a text file.", "Read it in a notebook cell.")
    whole = data.decode("utf-8-sig", "replace")
    if found.full.suffix.lower() == ".ipynb":
        whole = _notebook(whole, found.path)
    lines = whole.splitlines()
    shown = [
        line if len(line) <= LINE_CHARACTERS else line[:LINE_CHARACTERS] + " [line cut]"
        for line in lines[first - 1 : first - 1 + count]
    ]
    if not lines:
        return "(The file is empty.)"
    if not shown:
        return f"The file has {len(lines):,} lines; there is none from {first:,} on."
    last = first + len(shown) - 1
    note = "" if len(shown) == len(lines) else f"\n[lines {first:,} to {last:,} of {len(lines):,}]"
    return "\n".join(shown) + note


def _notebook(written: str, path: str) -> str:
    try:
        cells = json.loads(written)["cells"]
        parts = [_cell(number, cell) for number, cell in enumerate(cells, 1)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(f"'{path}' is not a notebook that can be read.", "Open it first.") from error
    return "\n\n".join(parts)


def _cell(number: int, cell: dict[str, Any]) -> str:
    parts = [f"[{number}] {cell.get('cell_type', '')}", _joined(cell.get("source", ""))]
    for output in cell.get("outputs") or []:
        said = output.get("text") or (output.get("data") or {}).get("text/plain") or ""
        if output.get("output_type") == "error":
            said = f"{output.get('ename')}: {output.get('evalue')}"
        said = _joined(said)
        if len(said) > OUTPUT_CHARACTERS:
            said = said[:OUTPUT_CHARACTERS] + " [cut]"
        if said:
            parts.append(f"-> {said}")
    return "\n".join(parts)


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _listing(root: Path, private: Path, folder: str) -> str:
    full = _inside(root, private, folder)
    if not full.exists():
        raise NotFound(f"There is no folder '{folder}'.", "List the folder above it.")
    if not full.is_dir():
        raise Invalid(f"'{folder}' is a file.", "Read it with read_file.")
    entries = sorted(full.iterdir(), key=lambda one: (one.is_file(), one.name.lower()))
    lines = []
    for one in entries[:MOST_ENTRIES]:
        if one.resolve() == private.resolve():
            continue
        if one.is_dir():
            lines.append(f"{one.name}/")
        else:
            try:
                lines.append(f"{one.name} ({one.stat().st_size:,} bytes)")
            except OSError:
                lines.append(f"{one.name} (leads nowhere)")
    if len(entries) > MOST_ENTRIES:
        lines.append(f"[and {len(entries) - MOST_ENTRIES:,} more]")
    return "\n".join(lines) or "(The folder is empty.)"


def _inside(root: Path, private: Path, path: str) -> Path:
    full = inside(root, path)
    own = private.resolve()
    if full == own or own in full.parents:
        raise Forbidden(
            f"'{path}' is where Sponde keeps its history and keys.", "No tool reads there."
        )
    return full
