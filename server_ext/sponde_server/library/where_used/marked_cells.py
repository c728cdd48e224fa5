"""Looks through the notebooks of a folder for cells that remember a code block.

Does not know the history.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sponde_server.core.notebooks import NotebookFolder
from sponde_server.library.records import Outcome


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
        self._notebooks = NotebookFolder(root, _read)

    def find(self, block_id: str, most: int) -> tuple[list[MarkedCell], bool]:
        """Find the cells that hold a block; also whether some notebooks were not looked at."""
        notebooks, is_cut = self._notebooks.look(most)
        return [cell for _, _, cells in notebooks for cell in cells.get(block_id, ())], is_cut


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
