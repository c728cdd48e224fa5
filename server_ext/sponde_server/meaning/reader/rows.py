"""Vectors in a file that is mapped into memory: one row for each place, compared all at once.

Derived: whoever owns the truth counts its changes, and the file says up to which one it was told.
In full precision, for half of it takes ten times as long to compare: 100,000 rows of 384 numbers
are 154 MB of disk and 5 ms. What is mapped is given back when the process ends, or sooner.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

LEAST = 0.25
"""What is less alike is not near."""
_NUMBER = np.dtype("<f4")


class Rows:
    """A file of vectors, all of one encoder."""

    def __init__(self, path: Path, encoder: str, width: int) -> None:
        self._path = path
        self._about = path.with_suffix(".json")
        self._encoder = encoder
        self._width = width
        self._table: Any = None
        self.upto = self._read_upto()
        """Up to which change it was told."""
        if self.upto < 0:
            self.forget()

    def forget(self) -> None:
        """Throw the file away."""
        self._table = None
        self._about.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def put(self, places: Sequence[int], values: Sequence[Any], upto: int) -> None:
        """Write vectors at their places, and note that everything up to this change is here."""
        self._path.touch(0o600)
        with self._path.open("r+b") as file:
            for place, value in zip(places, values, strict=True):
                file.seek(place * self._width * _NUMBER.itemsize)
                file.write(value.astype(_NUMBER).tobytes())
        about = self._about.with_suffix(".new")
        about.write_text(
            json.dumps({"encoder": self._encoder, "width": self._width, "upto": upto}), "utf-8"
        )
        about.replace(self._about)
        self.upto = upto
        self._table = None

    def nearest(
        self, value: Any, among: Sequence[int] | None, limit: int
    ) -> list[tuple[int, float]]:
        """Name the nearest places, each with how alike it is; the nearest first."""
        table = self._mapped()
        if table is None:
            return []
        wanted = value.astype(_NUMBER)
        if among is None:
            places, alike = None, table @ wanted
        else:
            places = np.array([place for place in among if place < len(table)], np.int64)
            alike = table[places] @ wanted
        best = np.argpartition(-alike, limit)[:limit] if len(alike) > limit else range(len(alike))
        ordered = sorted(best, key=lambda at: -alike[at])
        return [
            (int(at if places is None else places[at]), round(float(alike[at]), 4))
            for at in ordered
            if alike[at] >= LEAST
        ]

    def _mapped(self) -> Any:
        if self._table is None and self._path.exists():
            rows = self._path.stat().st_size // (self._width * _NUMBER.itemsize)
            if rows:
                self._table = np.memmap(self._path, _NUMBER, "r", shape=(rows, self._width))
        return self._table

    def _read_upto(self) -> int:
        """Read how far it is told; -1 where the file is another encoder's, or not whole."""
        try:
            about = json.loads(self._about.read_text("utf-8"))
        except (OSError, ValueError):
            return -1
        is_ours = (about.get("encoder"), about.get("width")) == (self._encoder, self._width)
        return int(about["upto"]) if is_ours and self._path.exists() else -1
