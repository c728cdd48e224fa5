"""Which working folders of runs may go: the old ones, and the oldest of too many.

A working folder holds a run's log and what its process printed. Results, which lie in the folder
that JupyterLab serves, and the history are never touched.
"""

import shutil
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Place:
    """A working folder."""

    path: Path
    run_id: str
    written_at: float
    """When something was last written in it, in seconds since 1970."""


def removable(
    places: Iterable[Place], unfinished: Collection[str], now: float, days: float, most: int
) -> list[Place]:
    """Choose the folders that may go; 0 days or 0 at most keep all of them."""
    done = [place for place in places if place.run_id not in unfinished]
    done.sort(key=lambda place: place.written_at, reverse=True)
    return [
        place
        for number, place in enumerate(done)
        if (days and now - place.written_at > days * DAY_SECONDS) or (most and number >= most)
    ]


def look(folder: Path) -> list[Place]:
    """Find the working folders."""
    if not folder.is_dir():
        return []
    return [
        Place(path, path.name.rpartition("-")[0], _written_at(path))
        for path in folder.iterdir()
        if path.is_dir() and path.name.rpartition("-")[2].isdigit()
    ]


def remove(places: Iterable[Place]) -> int:
    """Remove folders; give how many are gone. One that cannot be removed stays."""
    gone = 0
    for place in places:
        shutil.rmtree(place.path, ignore_errors=True)
        gone += not place.path.exists()
    return gone


def _written_at(path: Path) -> float:
    times = [path.stat().st_mtime]
    for entry in path.iterdir():
        found = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(found.st_mode):
            times.append(found.st_mtime)
    return max(times)
