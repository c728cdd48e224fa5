"""A file that DuckDB cannot read as it is, written again as plain CSV in UTF-8.

Every record of the file is either in the copy or in the list of problems, with its line: short
records are filled up, too long ones are left out, a quote that is never closed is taken as text.
"""

import csv
import re
from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .dialect import Layout
from .noting import Made, Notes
from .pieces import Piece, pieces
from .scan import without_controls


@dataclass
class Mended:
    """What came of it."""

    notes: Notes = field(default_factory=Notes)
    rows: int = 0
    left_out: int = 0
    mended: int = 0
    blank: int = 0
    comments: int = 0
    longest: int = 0
    above: int = 0
    """Records above the first row: what stands above the table, and its names."""
    within: int = 0
    """Lines with which a record goes on."""
    total: int = 0
    """Lines of the file. Every one of them is in one of these counts, and in one alone."""
    waiting: list[Made] = field(default_factory=list)
    """What was noted of lines whose row is not known yet."""
    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    """The line that each row begins on."""
    odd_lines: dict[int, str] = field(default_factory=dict)
    """Lines whose rows are to be left out, and why."""


@dataclass(frozen=True)
class Misfit:
    """A row that is left out for one of its values."""

    column: str
    value: str
    message: str


def mend(
    source: Path,
    encoding: str,
    layout: Layout,
    target: Path,
    notes: Notes | None = None,
    left_out: Collection[str] = (),
    without: Mapping[int, Misfit] | None = None,
) -> Mended:
    """Write the records of `source` to `target`, without header, and say what was wrong.

    Rows with a problem of a kind in `left_out` are not mended but left out, and so are those
    whose place in a copy that was made before is in `without`.
    """
    found = Mended(notes if notes is not None else Notes())
    width = len(layout.names)
    is_single = width == 1 and not layout.quote
    without = without or {}
    place = 0
    with target.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.writer(copy, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        # The plain one does not quote what old line ends stand in.
        careful = csv.writer(copy, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for line, text in layout.preamble:
            found.notes.note(
                "preamble", line, "This line stands above the table and is left out.", text
            )
        records = pieces(
            _lines(source, encoding, found, left_out),
            layout.delimiter,
            layout.quote,
            layout.escape,
            width,
            spaced=layout.spaced,
            comment=layout.comment,
        )
        behind = _behind_quote(layout)
        seen = 0
        for piece in records:
            found.within += piece.lines - 1
            if not piece.fields:
                found.comments += piece.is_comment
                if piece.is_hollow and seen < layout.skip_records:
                    found.above += 1
                elif not piece.is_hollow:
                    found.blank += not piece.is_comment
                else:
                    found.notes.note(
                        "blank", piece.line, "This row holds nothing and is left out.", piece.text
                    )
                    found.notes.reject(piece.text)
                    found.left_out += 1
                continue
            seen += 1
            if seen <= layout.skip_records:
                found.above += 1
                continue
            if layout.is_closed and len(piece.fields) == width + 1 and not piece.fields[-1]:
                piece.fields.pop()
            if is_single:
                piece.fields = [piece.text.rstrip("\r\n")]
            if behind and layout.quote in piece.text and not piece.quote_broken:
                piece.quote_odd = behind.search(piece.text) is not None
            before = found.mended
            fields = _fit(piece, width, found, left_out)
            if fields is not None:
                misfit = without.get(place)
                place += 1
                if misfit is not None:
                    found.mended = before
                    found.notes.note(
                        "type", piece.line, misfit.message, misfit.value, column=misfit.column
                    )
                    fields = None
            if fields is None:
                found.left_out += 1
                found.notes.reject(piece.text)
                continue
            has_old_end = "\r" in piece.text.rstrip("\r\n")
            (careful if has_old_end else writer).writerow(fields)
            found.rows += 1
            if found.waiting:
                _say_row(found, piece)
            found.lines.append(piece.line)
            found.longest = max(found.longest, sum(map(len, fields)) * 4 + len(fields) * 3)
    return found


def _say_row(found: Mended, piece: Piece) -> None:
    """Say of which row the lines are that something was noted of."""
    last = piece.line + piece.lines - 1
    for noted in found.waiting:
        if piece.line <= noted["line"] <= last:
            noted["row"] = found.rows
    found.waiting = [noted for noted in found.waiting if noted["line"] > last]


def _fit(piece: Piece, width: int, found: Mended, left_out: Collection[str]) -> list[str] | None:
    """Give the row's fields, as many as there are columns; None where it is left out."""
    fields, given = piece.fields, len(piece.fields)
    row = found.rows + 1

    def note(kind: str, message: str, *, is_kept: bool = True) -> None:
        found.notes.note(kind, piece.line, message, piece.text, **({"row": row} if is_kept else {}))

    if found.odd_lines:
        last = piece.line + piece.text.rstrip("\r\n").count("\n")
        if any(line in found.odd_lines for line in range(piece.line, last + 1)):
            # Noted already, by its line.
            return None
    if (piece.quote_broken or piece.quote_odd) and "quote" in left_out:
        what = "is never closed" if piece.quote_broken else "closes too early"
        note("quote", f"A quote on this line {what}; the row is left out.", is_kept=False)
        return None
    if given < width and "short" in left_out:
        note("short", f"This row has {given} of {width} fields and is left out.", is_kept=False)
        return None
    empty_end = given > width and not any(cell.strip() for cell in fields[width:])
    if given > width and (not empty_end or "long" in left_out):
        message = f"This row has {given} fields instead of {width} and is left out."
        note("long", message, is_kept=False)
        return None
    if piece.quote_broken:
        note("quote", "A quote on this line is never closed; it is read as text.")
    elif piece.quote_odd:
        note("quote", "Text stands behind a closing quote; it is read as part of the value.")
    if given < width:
        note("short", f"This row has {given} of {width} fields; the missing ones are empty.")
    elif given > width:
        note(
            "long",
            f"This row has {given - width} empty fields too many at its end; they are dropped.",
        )
    found.mended += piece.quote_broken or piece.quote_odd or given != width
    return fields[:width] + [""] * (width - given)


def _behind_quote(layout: Layout) -> re.Pattern[str] | None:
    """Find text behind a closing quote, where quotes are doubled inside of quoted text."""
    if not layout.quote or layout.escape != layout.quote:
        return None
    quote, edge = re.escape(layout.quote), re.escape(layout.delimiter)
    space = " *" if layout.spaced else ""
    return re.compile(
        rf"(?:^|{edge}){space}{quote}(?:[^{quote}]|{quote}{quote})*+{quote}(?!{quote}|{edge}|\r|\n|$)"
    )


def _lines(source: Path, encoding: str, found: Mended, left_out: Collection[str]) -> Iterator[str]:
    is_utf8 = encoding.startswith("utf-8")
    errors = "surrogateescape" if is_utf8 else "replace"
    name = "utf-8-sig" if is_utf8 else encoding

    def note(kind: str, line: int, done: str, text: str) -> None:
        if kind in left_out:
            found.odd_lines[line] = kind
            done = "its row is left out"
        what = {
            "nul": "There are NUL characters on this line",
            "encoding": "This line is not UTF-8"
            if is_utf8
            else "A character of this line cannot be read",
            "controls": "Control characters stand where letters or signs are meant",
        }[kind]
        kind = "encoding" if kind == "controls" else kind
        noted = found.notes.note(kind, line, f"{what}; {done}.", text)
        if noted is not None:
            found.waiting.append(noted)

    with source.open(encoding=name, errors=errors, newline="") as file:
        for number, line in enumerate(file, 1):
            found.total = number
            text = line
            if is_utf8 and not line.isascii() and _is_from_elsewhere(line):
                text = line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
                note("encoding", number, "it is read as Windows-1252", text)
            elif not is_utf8 and "\ufffd" in line:
                note("encoding", number, "it shows as \ufffd", line)
            elif not line.isascii() and (text := without_controls(line)) != line:
                note("controls", number, "they are read as Windows-1252", text)
            if "\0" in text:
                note("nul", number, "they are taken out", text)
                text = text.replace("\0", "")
            # pieces() takes an empty line for the end.
            yield text or "\n"


def _is_from_elsewhere(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
