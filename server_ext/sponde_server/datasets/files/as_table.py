"""A text file as a table: looked at and read at once, and mended where it cannot be read so.

Every row of the file is in the words that this gives, or among the problems.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .by_hand import Hand, layout_by
from .dialect import Layout
from .meant import keep_meant
from .mend import Mended, Misfit, mend
from .noting import Notes
from .scan import LONG, Scan, count_blank, encoding_early, sample_lines, scan
from .words import Words, keep_words, read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LOOKED_AT_BESIDE = 4_000_000
"""Files of so many bytes are looked at while they are read."""

Made = dict[str, Any]


def written(seen: Scan, layout: Layout) -> Made:
    """Say how the file itself is written."""
    return {
        "kind": "csv",
        "encoding": seen.encoding,
        "delimiter": layout.delimiter,
        "quote": layout.quote,
        "escape": layout.escape,
        "has_header": layout.has_header,
        "skip": layout.skip_lines,
        "longest_line": seen.longest,
        "mended": False,
    }


def _written_again(written: Made, mended: Mended) -> Made:
    """Say how the mended copy is written."""
    return written | {
        "delimiter": ",", "quote": '"', "escape": '"', "skip": 0,
        "longest_line": mended.longest, "mended": True,
        "own_delimiter": written["delimiter"], "own_quote": written["quote"],
    }  # fmt: skip


@dataclass
class Seen:
    """What a look at all bytes shows, and the words as they stand."""

    scan: Scan
    layout: Layout
    words: Words | None
    """None where the file cannot be read as it is."""

    @property
    def written(self) -> Made:
        """Say how the file itself is written."""
        return written(self.scan, self.layout)

    @property
    def has_plain_lines(self) -> bool:
        """Say whether each line below the names is one row."""
        words = self.words
        lines = self.scan.lines - self.layout.skip_lines
        return words is not None and not self.scan.quotes and words.rows == lines


def see(con: "Connection", path: Path, hand: Hand) -> Seen:
    """Look at all bytes, and read all words as they stand, in a large file both at once."""
    import duckdb

    early = encoding_early(path) if path.stat().st_size >= LOOKED_AT_BESIDE else None
    if early is None or hand.encoding is not None:
        found = scan(path)
        if hand.encoding is not None:
            found.encoding, found.guessed = hand.encoding, False
        layout = layout_by(sample_lines(path, found.encoding), hand)
        return _read(con, path, found, layout, hand)
    with ThreadPoolExecutor(1) as beside:
        scanning = beside.submit(scan, path)
        seen = Seen(Scan(encoding=early), layout_by(sample_lines(path, early), hand), None)
        with suppress(duckdb.Error):
            seen = _read(con, path, seen.scan, seen.layout, hand)
        seen.scan = scanning.result()
    if seen.scan.encoding != early:
        return Seen(seen.scan, layout_by(sample_lines(path, seen.scan.encoding), hand), None)
    if not seen.scan.is_plain:
        seen.words = None
    elif seen.words is None and seen.scan.longest > LONG:
        # Lines so long are read with more room, once it is known how long they are.
        return _read(con, path, seen.scan, seen.layout, hand)
    return seen


def _read(con: "Connection", path: Path, found: Scan, layout: Layout, hand: Hand) -> Seen:
    odd = layout.preamble or layout.spaced or layout.comment or layout.is_closed
    if odd or not layout.names or not found.is_plain:
        return Seen(found, layout, None)
    return Seen(found, layout, _words(con, path, written(found, layout), layout, hand))


def _words(con: "Connection", path: Path, made: Made, layout: Layout, hand: Hand) -> Words | None:
    # Where a person has said what values mean, that is asked of the words themselves.
    keep = keep_words if hand.says_what_is_meant else keep_meant
    return read(con, path, made, len(layout.names), keep)


def read_whole(
    con: "Connection",
    path: Path,
    copy: Path,
    seen: Seen,
    notes: Notes,
    hand: Hand,
    without: Mapping[int, Misfit],
) -> tuple[Made, Words, Mended]:
    """Give how the table is read, all its words, and what was mended; the copy where it must be."""
    words, layout = seen.words, seen.layout
    if words is not None and not without and _is_whole(words, path, seen):
        copy.unlink(missing_ok=True)
        return seen.written, words, Mended(notes)
    mended = mend(path, seen.scan.encoding, layout, copy, notes, hand.left_out, without)
    made = _written_again(seen.written, mended)
    words = _words(con, copy, made, layout, hand)
    if words is None or words.rows != mended.rows:
        raise AssertionError(f"wrote {mended.rows} rows and read {words and words.rows}")
    return made, words, mended


def _is_whole(words: Words, path: Path, seen: Seen) -> bool:
    """Check rows against lines, where no quote can hide a line end; rows of nothing are no rows."""
    if not seen.scan.quotes and seen.layout.quote in ("", '"'):
        # Among several columns a blank line is no row: as many rows as lines, and none is blank.
        has_blank = not seen.has_plain_lines or words.width < 2
        lines = seen.scan.lines - seen.layout.skip_lines
        if has_blank and words.rows != lines - count_blank(path):
            return False
    return not words.hollow_rows()
