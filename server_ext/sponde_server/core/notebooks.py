"""The notebooks of a folder, each read again only after it has changed.

Reads files: call it in a thread. Does not know what is looked for in them; who asks reads them.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

LARGEST_BYTES = 30_000_000
_PASSED_OVER = {"node_modules", "__pycache__", "site-packages"}


class NotebookFolder(Generic[T]):
    """What one read from each notebook of a folder; hidden and installed ones are passed over.

    `read` takes the file, its path from the root with slashes, and when it was changed, in seconds
    since 1970.
    """

    def __init__(self, root: Path, read: Callable[[Path, str, float], T]) -> None:
        self._root = root
        self._read = read
        self._known: dict[str, tuple[int, int, T]] = {}

    def look(self, most: int) -> tuple[list[tuple[str, float, T]], bool]:
        """Give path, time of change and what was read of each; also whether some were left out."""
        found: dict[str, tuple[str, float, T]] = {}
        is_cut = False
        for file, status in self._notebooks():
            if len(found) == most:
                is_cut = True
                break
            path = file.relative_to(self._root).as_posix()
            known = self._known.get(path)
            if known is None or known[:2] != (status.st_mtime_ns, status.st_size):
                content = self._read(file, path, status.st_mtime)
                known = (status.st_mtime_ns, status.st_size, content)
                self._known[path] = known
            found[path] = (path, status.st_mtime, known[2])
        for gone in [path for path in self._known if path not in found]:
            del self._known[gone]
        return list(found.values()), is_cut

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
