"""Looks through the notebooks of a folder for cells that remember a code block.

Reads files in a thread, each again only after it has changed; does not know the history.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sponde_server.library.records import Outcome

LARGEST = 30_000_000
_PASSED_OVER = {"node_modules", "__pycache__", "site-packages"}


@dataclass(frozen=True)
class MarkedCell:
    """A cell that holds a block."""

    path: str
    """The notebook, from the root folder, with slashes."""
    cell_id: str
    number: int
    """Counted from 1."""
    changed: float
    """When the file was last changed, in seconds since 1970."""
    is_result: bool = False
    """Whether the file is what a run of a notebook left; its cells have the ids of that one's."""
    outcome: Outcome | None = None
    """How the cell went in that run."""


class MarkedCells:
    """The cells of a folder's notebooks by block; made anew for files that changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, tuple[int, int, dict[str, list[MarkedCell]]]] = {}

    def find(self, block_id: str, most: int) -> tuple[list[MarkedCell], bool]:
        """Find the cells that hold a block; also whether some notebooks were not looked at."""
        seen: set[str] = set()
        found: list[MarkedCell] = []
        is_cut = False
        for path, status in self._notebooks():
            if len(seen) == most:
                is_cut = True
                break
            name = path.relative_to(self._root).as_posix()
            seen.add(name)
            known = self._known.get(name)
            if known is None or known[:2] != (status.st_mtime_ns, status.st_size):
                cells = _read(path, name, status.st_mtime)
                known = (status.st_mtime_ns, status.st_size, cells)
                self._known[name] = known
            found += known[2].get(block_id, [])
        for gone in [name for name in self._known if name not in seen]:
            del self._known[gone]
        return found, is_cut

    def _notebooks(self) -> Iterator[tuple[Path, os.stat_result]]:
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(
                name for name in folders if not name.startswith(".") and name not in _PASSED_OVER
            )
            for name in sorted(files):
                path = Path(folder, name)
                if name.endswith(".ipynb") and not name.startswith("."):
                    try:
                        status = path.stat()
                    except OSError:
                        continue  # gone, or a link to nothing
                    if status.st_size <= LARGEST:
                        yield path, status


def _read(path: Path, name: str, changed: float) -> dict[str, list[MarkedCell]]:
    try:
        data = path.read_bytes()
        if b'"block_id"' not in data:
            return {}
        content: Any = json.loads(data)
        cells = content["cells"]
        is_result = "start_time" in content.get("metadata", {}).get("papermill", {})
        found: dict[str, list[MarkedCell]] = {}
        for number, cell in enumerate(cells, 1):
            block_id = cell.get("metadata", {}).get("sponde", {}).get("block_id")
            if isinstance(block_id, str):
                outcome = _outcome(cell["metadata"].get("papermill", {})) if is_result else None
                cell_id = str(cell.get("id", ""))
                marked = MarkedCell(name, cell_id, number, changed, is_result, outcome)
                found.setdefault(block_id, []).append(marked)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # no notebook that can be read
    return found


def _outcome(ran: Any) -> Outcome | None:
    if ran.get("exception"):
        return Outcome.FAILED
    return Outcome.OK if ran.get("status") == "completed" and ran.get("end_time") else None
