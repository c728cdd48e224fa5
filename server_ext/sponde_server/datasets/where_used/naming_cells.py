"""Looks through the notebooks of a folder for cells that read datasets, by name or by file.

Reads files in a thread, each again only after it has changed; does not know the history.
"""

import json
import os
import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST_BYTES = 30_000_000
_PASSED_OVER = {"node_modules", "__pycache__", "site-packages"}
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
        self._known: dict[str, tuple[int, int, Found]] = {}

    def find(self, name: str, path: str, most: int) -> tuple[list[NamingCells], bool]:
        """Find what reads the dataset of this name and path; also whether some were left out."""
        found: list[NamingCells] = []
        seen: set[str] = set()
        is_cut = False
        for file, status in self._notebooks():
            if len(seen) == most:
                is_cut = True
                break
            where = file.relative_to(self._root).as_posix()
            seen.add(where)
            known = self._known.get(where)
            if known is None or known[:2] != (status.st_mtime_ns, status.st_size):
                known = (status.st_mtime_ns, status.st_size, self._read(file, where))
                self._known[where] = known
            cells = {*known[2].get(f"name:{name.lower()}", ()), *known[2].get(f"file:{path}", ())}
            if cells:
                first = min(cells, key=lambda cell: cell[1])
                found.append(NamingCells(where, first[0], first[1], len(cells), status.st_mtime))
        for gone in [where for where in self._known if where not in seen]:
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
                    if status.st_size <= LARGEST_BYTES:
                        yield path, status

    def _read(self, file: Path, where: str) -> Found:
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
