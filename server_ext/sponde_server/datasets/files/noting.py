"""What does not fit, as it is found: counted whole, listed up to a bound, rejected rows kept.

The list and the rejects are files beside the working copies, so that they are neither in the
server's memory nor in its answers before somebody asks.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

KEPT_PROBLEMS = 100
LISTED = 50_000
"""So many problems of each kind are listed; all are counted."""
SHOWN_TEXT = 200

Made = dict[str, Any]


def rejects_of(copy: Path) -> Path:
    """Give the file of the rows that are left out, beside the working copy."""
    return copy.with_suffix(".rejects.csv")


def listing_of(copy: Path) -> Path:
    """Give the file of all that is listed, beside the working copy."""
    return copy.with_suffix(".problems.jsonl")


def line_of_names(names: Sequence[str], delimiter: str, quote: str) -> str:
    """Write a line of names as the file's own lines are written."""
    if not quote:
        return delimiter.join(names)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator="").writerow(names)
    return out.getvalue()


def beside(copy: Path) -> tuple[Path, Path]:
    """Give all files that lie beside a working copy."""
    return rejects_of(copy), listing_of(copy)


@dataclass
class Notes:
    """The problems of one file."""

    counts: Counter[str] = field(default_factory=Counter)
    listed: list[Made] = field(default_factory=list)
    rejects: int = 0
    rejects_path: Path | None = None
    names: str = ""
    """The line of names that the file of rejects begins with."""
    _file: IO[str] | None = None

    @property
    def count(self) -> int:
        """How many problems there are."""
        return sum(self.counts.values())

    def note(self, kind: str, line: int, message: str, text: str, **more: Any) -> Made | None:
        """Count a problem, and list it where there is room: give what is listed."""
        self.counts[kind] += 1
        if self.counts[kind] > LISTED:
            return None
        shown = " ".join(text.replace("\0", "\u2400").split())[:SHOWN_TEXT]
        noted = {"kind": kind, "line": line, "message": message, "text": shown, **more}
        self.listed.append(noted)
        return noted

    def reject(self, text: str) -> None:
        """Keep a row that is left out, as it is written."""
        self.rejects += 1
        if self.rejects_path is None:
            return
        if self._file is None:
            self._file = self.rejects_path.open("w", encoding="utf-8", newline="")
            if self.names:
                self._file.write(self.names.rstrip("\r\n") + "\n")
        self._file.write(text.rstrip("\r\n") + "\n")

    def begin_again(self) -> None:
        """Forget all of it: the file is read once more."""
        self.close()
        self.counts.clear()
        self.listed.clear()
        self.rejects = 0

    def close(self) -> None:
        """Write what is open; a file of rejects from before goes where there are none now."""
        if self._file is not None:
            self._file.close()
            self._file = None
        elif self.rejects_path is not None and not self.rejects:
            self.rejects_path.unlink(missing_ok=True)

    def told(self, path: Path | None) -> Made:
        """Write the list to a file, sorted by line, and give what the profile says of it."""
        self.close()
        self.listed.sort(key=lambda problem: int(problem["line"]))
        if path is not None:
            if self.listed:
                with path.open("w", encoding="utf-8") as file:
                    file.writelines(json.dumps(problem) + "\n" for problem in self.listed)
            else:
                path.unlink(missing_ok=True)
        return {
            "problems": self.listed[:KEPT_PROBLEMS],
            "problem_count": self.count,
            "problem_kinds": [
                {"kind": kind, "count": count} for kind, count in self.counts.most_common()
            ],
        }
