"""How a text table is written: delimiter, quotes, header, titles above it.

A detector of our own in front of DuckDB: its own sniffer turns a file with one short row into
a single column, silently. Plain Python over a sample of lines. Does not split
records (pieces.py), find names (header.py), read values (DuckDB) or repair (mend.py).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import dropwhile

from .header import clean_names, head_of
from .looks import of_values
from .pieces import Piece, pieces, take
from .titles import SAID

SAMPLE_RECORDS = 400
DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", " ")
# Unlikely delimiters must be much better than the likely ones to win.
WEIGHTS = {"^": 0.9, "~": 0.9, ":": 0.5, " ": 0.6}


@dataclass
class Layout:
    """How a text table is written, found on a sample."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    spaced: bool = False
    """Whether a space stands behind every delimiter, or between delimiter and quote."""
    has_header: bool = True
    skip_records: int = 0
    """Records above the first row of values: the preamble and the header."""
    skip_lines: int = 0
    """The same in lines."""
    names_line: int = 1
    """The line that the names begin on."""
    comment: str = ""
    """What lines begin with that are comments."""
    is_closed: bool = False
    """Whether every row ends with a delimiter, behind which there is nothing."""
    preamble: list[tuple[int, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """The names as they stand in the file."""
    warnings: list[str] = field(default_factory=list)

    @property
    def titles(self) -> list[str | None]:
        """Give each column's name as it stands in the file, where it is called otherwise."""
        if not self.has_header:
            return [None] * len(self.names)
        given = [title.strip() for title in self.given]
        given += [""] * (len(self.names) - len(given))
        return [
            None if title == name else title for title, name in zip(given, self.names, strict=False)
        ]


def layout_of(lines: list[str]) -> Layout:
    """Find delimiter, quote, header and preamble on a sample of lines."""
    said = SAID.fullmatch(lines[0]) if lines else None
    shown = lines[1:] if said else list(dropwhile(_is_above, lines)) or lines
    best, best_score = Layout(delimiter=","), 0.0
    text = "".join(shown[:SAMPLE_RECORDS])
    for delimiter in said[1] if said else DELIMITERS:
        if delimiter not in text or (delimiter in " :" and not _has_values(shown, delimiter)):
            continue
        for quoting in quotings(text, delimiter):
            score = score_of(shown, delimiter, *quoting) * WEIGHTS.get(delimiter, 1.0)
            if score > best_score + 1e-9:
                best, best_score = Layout(delimiter, *quoting), score
    if best_score < 0.18 and not said:
        # Not a table of several columns: every line is a value.
        best = Layout(",", '"' if _wrapped(lines) else "", '"')
        return with_head(best, lines, is_single=True)
    best.spaced = best.spaced or _is_spaced(text, best.delimiter)
    return with_head(best, lines, is_single=False)


def _has_values(lines: list[str], delimiter: str) -> bool:
    """Say whether there are numbers or moments between signs that also stand between words."""
    rows = [piece.fields for piece in take(pieces(lines, delimiter, '"', '"'), SAMPLE_RECORDS)]
    return any(of_values(max(map(len, rows), default=0), rows))


def _is_above(line: str) -> bool:
    """Say whether a line is blank or looks like a comment."""
    return line.startswith("#") or not line.strip()


def _wrapped(lines: list[str]) -> bool:
    shown = [line.strip() for line in lines[:50] if line.strip()]
    return all(len(line) > 1 and line[0] == line[-1] == '"' for line in shown)


def _is_spaced(text: str, delimiter: str) -> bool:
    """Say whether a space stands behind every delimiter, so that it belongs to none of the values.

    Those at the end of a line may have none.
    """
    edge = re.escape(delimiter)
    return not delimiter.isspace() and not re.search(rf"{edge}[^ \r\n]", text)


def quotings(text: str, delimiter: str) -> Iterator[tuple[str, str, bool]]:
    """Give the ways of quoting that a text may have: quote, escape, spaces between."""
    edge = re.escape(delimiter)
    # With doubled quotes nothing but a delimiter or the line's end follows a quote that closes.
    is_escaped = re.search(rf'\\"(?!"|{edge}|\r|\n|$)', text) is not None
    if is_escaped:
        yield '"', "\\", False
    yield '"', '"', False
    if '\\"' in text and not is_escaped:
        yield '"', "\\", False
    if delimiter != " " and re.search(rf'{edge} +"', text):
        yield '"', '"', True
    if len(re.findall(rf"(?:^|{edge})'[^'\n]*'(?={edge}|\r?$)", text, re.MULTILINE)) > 2:
        yield "'", "'", False


def score_of(lines: list[str], delimiter: str, quote: str, escape: str, spaced: bool) -> float:
    """Say how well a dialect fits: rows of one width, of cells that are one value each."""
    counts: Counter[int] = Counter()
    clean = cells = broken = 0
    for piece in take(pieces(lines, delimiter, quote, escape, spaced=spaced), SAMPLE_RECORDS):
        counts[len(piece.fields)] += 1
        broken += piece.quote_broken
        for cell in piece.fields[:50]:
            cells += 1
            clean += is_clean(cell)
    if not counts:
        return 0.0
    (width, often), total = counts.most_common(1)[0], sum(counts.values())
    return (often / total) * (1 - 1 / width) * (clean / max(cells, 1)) * (1 - broken / total)


_CELL = re.compile(
    r"""\s*(?:[+-]?[$€£]?\d[\d.,' ]*%?|[+-]?[\d.]+[eE][+-]?\d+
    |\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2}.*)?
    |[^;,\t|"'^~]*|[a-z]+://\S+|.*\w[,;] \w.*)\s*""",
    re.VERBOSE | re.DOTALL,
)


def is_clean(cell: str) -> bool:
    """Say whether a cell looks like one value, and not like several with something between."""
    return len(cell) > 500 or _CELL.fullmatch(cell) is not None


def with_head(found: Layout, lines: list[str], *, is_single: bool) -> Layout:
    """Add what stands above the first row of values."""
    sample = list(_sample(found, lines, is_single=is_single))
    if not sample:
        return found
    head = head_of(sample, is_single=is_single)
    if not is_single and not found.comment and _has_comments(sample[head.start + 1 :], head.width):
        found.comment = "#"
        return with_head(found, lines, is_single=is_single)
    found.preamble = [(piece.line, piece.text.rstrip("\r\n")) for piece in sample[: head.start]]
    found.has_header = head.has_names
    found.is_closed = head.is_closed
    found.skip_records = head.body
    found.names_line = sample[min(head.start, len(sample) - 1)].line
    found.skip_lines = (
        sample[head.body].line - 1 if head.body < len(sample) else sum(1 for _ in lines)
    )
    found.given = head.names
    found.names, warnings = clean_names(head.names, head.width)
    found.warnings += head.warnings + warnings
    return found


def _sample(found: Layout, lines: list[str], *, is_single: bool) -> Iterator[Piece]:
    records = pieces(
        lines,
        found.delimiter,
        found.quote,
        found.escape,
        1 if is_single else 0,
        found.spaced,
        found.comment,
    )
    for piece in take(records, SAMPLE_RECORDS):
        if is_single:
            piece.fields = piece.fields[:1] if found.quote else [piece.text.rstrip("\r\n")]
        yield piece


def _has_comments(below: list[Piece], width: int) -> bool:
    """Say whether a few lines among the rows begin with # and are no rows themselves."""
    marked = [piece for piece in below if piece.text.startswith("#")]
    return (
        0 < len(marked) * 5 <= len(below)
        and width > 1
        and all(len(piece.fields) != width for piece in marked)
    )
