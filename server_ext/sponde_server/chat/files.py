"""The text of a file or notebook that a question names. Reads inside the root folder only.

Does not know messages or models.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Forbidden, Invalid, NotFound, TooLarge
from sponde_server.core.paths import inside

from .blocks import fenced
from .records import FoundFile

DATA = {
    ".csv", ".tsv", ".tab", ".psv", ".parquet", ".jsonl", ".ndjson", ".feather", ".arrow", ".xlsx",
    ".xlsm", ".xlsb", ".xls", ".ods", ".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip",
}  # fmt: skip
"""Files of rows: what leaves of them is for their dataset's policy to say."""
LANGUAGES = {
    ".py": "python",
    ".r": "r",
    ".jl": "julia",
    ".sql": "sql",
    ".js": "javascript",
    ".ts": "typescript",
    ".tsx": "tsx",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".sh": "bash",
    ".html": "html",
    ".css": "css",
    ".md": "markdown",
    ".tex": "latex",
}
OUTPUT_CHARACTERS = 600
PASSED_OVER = {"node_modules", "__pycache__", "site-packages", "venv"}
MOST_SEEN = 20_000
LOOK_SECONDS = 0.5


def read(root: Path, path: str, longest: int) -> tuple[str, str]:
    """Give a file's text and its language; at most `longest` bytes are read."""
    full = _existing(root, path)
    size = full.stat().st_size
    if full.suffix.lower() in DATA:
        raise Invalid(
            f"'{path}' holds rows of data, which are not sent as text.",
            "Add it as a dataset and name that: its policy says what a model may read.",
        )
    if size > longest:
        raise TooLarge(
            f"'{path}' has {size:,} bytes; {longest:,} may be sent with a question "
            "(SpondeChat.longest_file).",
            "Select the part that matters in an editor and name it with @selection.",
        )
    try:
        text = full.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Invalid(
            f"'{path}' is not a text file, so a model cannot read it.",
            "Name a text file, a notebook or a dataset.",
        )
    if full.suffix.lower() == ".ipynb":
        return notebook(path, text), ""
    return text, LANGUAGES.get(full.suffix.lower(), "text")


def find(root: Path, typed: str, limit: int) -> list[FoundFile]:
    """Give the files whose path holds what was typed; stops looking after a moment."""
    low = typed.casefold()
    found: list[FoundFile] = []
    folders = [root]
    seen = 0
    until = time.monotonic() + LOOK_SECONDS
    while folders and len(found) < limit and seen < MOST_SEEN and time.monotonic() < until:
        folder = folders.pop(0)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name.casefold())
        except OSError:
            continue  # a folder that may not be read offers nothing
        for entry in entries:
            seen += 1
            if entry.name.startswith(".") or entry.name in PASSED_OVER:
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
                continue
            path = Path(entry.path).relative_to(root).as_posix()
            if low in path.casefold() and entry.is_file():
                found.append(FoundFile(path=path, bytes=entry.stat().st_size))
    return found[:limit]


def notebook(path: str, text: str) -> str:
    """Write a notebook's cells as Markdown, with the beginnings of their outputs."""
    try:
        found = json.loads(text)
        cells: list[dict[str, Any]] = found["cells"]
        metadata = found.get("metadata", {})
        language = str(metadata.get("language_info", {}).get("name", "python"))
        return "\n\n".join(_cell(number, cell, language) for number, cell in enumerate(cells, 1))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            f"'{path}' is not a notebook that can be read.",
            "Open it in JupyterLab to see what is wrong with it.",
        ) from error


def _cell(number: int, cell: dict[str, Any], language: str) -> str:
    source = _joined(cell.get("source", "")).strip()
    if cell.get("cell_type") != "code":
        return f"Cell {number} (text):\n\n{fenced(source, 'markdown')}"
    ran = cell.get("execution_count")
    parts = [f"Cell {number} (code, {f'ran as {ran}' if ran else 'not run'}):"]
    parts.append(fenced(source, language))
    said = "\n".join(filter(None, (_output(one) for one in cell.get("outputs", []))))
    if said:
        parts.append(f"Output:\n\n{fenced(_short(said), 'text')}")
    return "\n\n".join(parts)


def _output(output: dict[str, Any]) -> str:
    """Say in text what a cell gave; pictures and the like only by their kind."""
    kind = output.get("output_type")
    if kind == "stream":
        return _joined(output.get("text", "")).strip()
    if kind == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data", {})
    if any(name.startswith("image/") for name in data):
        return "[a picture]"
    return _joined(data.get("text/plain", "")).strip()


def _short(text: str) -> str:
    if len(text) <= OUTPUT_CHARACTERS:
        return text
    left = len(text) - OUTPUT_CHARACTERS
    return f"{text[:OUTPUT_CHARACTERS]}\n… {left:,} more characters"


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _existing(root: Path, path: str) -> Path:
    full = inside(root, path)
    asked = Path(path.lstrip("/"))
    if any(
        part.startswith(".") for part in (*asked.parts, *full.relative_to(root.resolve()).parts)
    ):
        raise Forbidden(
            f"'{path}' is hidden, so it is not sent to a model.",
            "Copy what you need from it into the question.",
        )
    if not full.is_file():
        raise NotFound(
            f"There is no file '{path}' any more.", "Name another one, or ask without it."
        )
    return full
