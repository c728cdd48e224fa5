"""Looks through the notebooks of a folder for cells that read datasets, by name or by file.

Does not know the history.
"""

import json
import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sponde_server.core.notebooks import NotebookFolder

_NAMED = re.compile(r"""\bdataset\(\s*[fr]?(['"])([\w.-]{1,80})\1""")
_SQL_CELL = re.compile(r"\A\s*%%sql\b")
_TABLE = re.compile(r"""\b(?:from|join)\s+"?(\w{1,80})""", re.IGNORECASE)
_FILE = re.compile(r"""(['"])([^'"\n]{1,400}\.[A-Za-z0-9]{2,8})\1""")


@dataclass(frozen=True)
class NamingCells:
    """A notebook's cells that read a dataset."""

    path: str
    """The notebook, from the root folder, with slashes."""
    cell_id: str
    """The first of them."""
    number: int
    """Which of the notebook's cells that is, counted from 1."""
    count: int
    """How many there are."""
    changed: float
    """When the file was last changed, in seconds since 1970."""


Found = dict[str, list[tuple[str, int]]]


class NotebookNames:
    """What the cells of a folder's notebooks read; made anew for files that changed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._notebooks = NotebookFolder(self._root, self._read)

    def find(self, name: str, path: str, most: int) -> tuple[list[NamingCells], bool]:
        """Find what reads the dataset of this name and path; also whether some were left out."""
        found: list[NamingCells] = []
        notebooks, is_cut = self._notebooks.look(most)
        for where, changed, keys in notebooks:
            cells = {*keys.get(f"name:{name.lower()}", ()), *keys.get(f"file:{path}", ())}
            if cells:
                first = min(cells, key=lambda cell: cell[1])
                found.append(NamingCells(where, first[0], first[1], len(cells), changed))
        return found, is_cut

    def _read(self, file: Path, where: str, _: float) -> Found:
        found: Found = {}
        try:
            content: Any = json.loads(file.read_bytes())
            for number, cell in enumerate(content["cells"], 1):
                if cell.get("cell_type") == "code":
                    source = cell.get("source", "")
                    text = source if isinstance(source, str) else "".join(source)
                    for key in self._keys(text, where):
                        found.setdefault(key, []).append((str(cell.get("id", "")), number))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}  # no notebook that can be read
        return found

    def _keys(self, text: str, where: str) -> Collection[str]:
        """Say what a cell reads: datasets by their names, files by their paths."""
        keys = {f"name:{one[2].lower()}" for one in _NAMED.finditer(text)}
        if _SQL_CELL.match(text) or keys:
            keys |= {f"name:{one[1].lower()}" for one in _TABLE.finditer(text)}
        root = self._root.as_posix()
        for one in _FILE.finditer(text):
            given = one[2]
            if given.startswith(root + "/"):
                keys.add(f"file:{given[len(root) + 1 :]}")
            elif not given.startswith("/"):
                beside = posixpath.join(posixpath.dirname(where), given)
                keys |= {f"file:{posixpath.normpath(place)}" for place in (given, beside)}
        return keys
