"""A file that DuckDB cannot read as it is, written again as plain CSV in UTF-8.

Every record of the file is either in the copy or in the list of problems, with its line: short
records are filled up, too long ones are left out, a quote that is never closed is taken as text.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .dialect import Layout, Piece, pieces

KEPT_PROBLEMS = 100
SHOWN_TEXT = 200


@dataclass
class Mended:
    """What came of it."""

    rows: int = 0
    left_out: int = 0
    mended: int = 0
    blank: int = 0
    count: int = 0
    longest: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, line: int, message: str, text: str) -> None:
        """Count a problem; the first hundred are kept in words."""
        self.count += 1
        if len(self.problems) < KEPT_PROBLEMS:
            shown = " ".join(text.replace("\0", "\u2400").split())[:SHOWN_TEXT]
            self.problems.append({"kind": kind, "line": line, "message": message, "text": shown})


def mend(source: Path, encoding: str, layout: Layout, target: Path) -> Mended:
    """Write the records of `source` to `target`, without header, and say what was wrong."""
    found = Mended()
    width = len(layout.names)
    is_single = width == 1 and not layout.quote
    with target.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.writer(copy, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for line, text in layout.preamble:
            found.note("preamble", line, "This line stands above the table and is left out.", text)
        records = pieces(
            _lines(source, encoding, found),
            layout.delimiter,
            layout.quote,
            layout.escape,
            width,
            spaced=layout.spaced,
        )
        behind = _behind_quote(layout)
        seen = 0
        for piece in records:
            if not piece.fields:
                found.blank += 1
                continue
            seen += 1
            if seen <= layout.skip_records:
                continue
            if is_single:
                piece.fields = [piece.text.rstrip("\r\n")]
            if behind and layout.quote in piece.text and not piece.quote_broken:
                piece.quote_odd = behind.search(piece.text) is not None
            fields = _fit(piece, width, found)
            if fields is None:
                found.left_out += 1
                continue
            writer.writerow(fields)
            found.rows += 1
            found.longest = max(found.longest, sum(map(len, fields)) * 4 + len(fields) * 3)
    return found


def _fit(piece: Piece, width: int, found: Mended) -> list[str] | None:
    fields, given = piece.fields, len(piece.fields)
    if piece.quote_broken:
        found.note(
            "quote",
            piece.line,
            "A quote on this line is never closed; it is read as text.",
            piece.text,
        )
    elif piece.quote_odd:
        found.note(
            "quote",
            piece.line,
            "Text stands behind a closing quote; it is read as part of the value.",
            piece.text,
        )
    odd = piece.quote_broken or piece.quote_odd
    found.mended += odd
    if given == width:
        return fields
    if given < width:
        found.note(
            "short",
            piece.line,
            f"This row has {given} of {width} fields; the missing ones are empty.",
            piece.text,
        )
        found.mended += not odd
        return fields + [""] * (width - given)
    if not any(cell.strip() for cell in fields[width:]):
        found.note(
            "long",
            piece.line,
            f"This row has {given - width} empty fields too many at its end; they are dropped.",
            piece.text,
        )
        found.mended += not odd
        return fields[:width]
    found.note(
        "long",
        piece.line,
        f"This row has {given} fields instead of {width} and is left out.",
        piece.text,
    )
    found.mended -= odd
    return None


def _behind_quote(layout: Layout) -> re.Pattern[str] | None:
    """Find text behind a closing quote, where quotes are doubled inside of quoted text."""
    if not layout.quote or layout.escape != layout.quote:
        return None
    quote, edge = re.escape(layout.quote), re.escape(layout.delimiter)
    space = " *" if layout.spaced else ""
    return re.compile(
        rf"(?:^|{edge}){space}{quote}(?:[^{quote}]|{quote}{quote})*+{quote}(?!{quote}|{edge}|\r|\n|$)"
    )


def _lines(source: Path, encoding: str, found: Mended) -> Iterator[str]:
    is_utf8 = encoding.startswith("utf-8")
    errors = "surrogateescape" if is_utf8 else "replace"
    name = "utf-8-sig" if is_utf8 else encoding
    with source.open(encoding=name, errors=errors, newline="") as file:
        clean = _from_elsewhere if is_utf8 else _replaced
        for number, line in enumerate(file, 1):
            text = clean(line, number, found.note)
            if "\0" in text:
                found.note("encoding", number, "NUL characters are taken out of this line.", text)
                text = text.replace("\0", "")
            # pieces() takes an empty line for the end.
            yield text or "\n"


Note = Callable[[str, int, str, str], None]


def _from_elsewhere(line: str, number: int, note: Note) -> str:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        text = line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        note("encoding", number, "This line is not UTF-8; it is read as Windows-1252.", text)
        return text
    return line


def _replaced(line: str, number: int, note: Note) -> str:
    if "\ufffd" in line:
        note(
            "encoding", number, "A character of this line cannot be read; it shows as \ufffd.", line
        )
    return line
