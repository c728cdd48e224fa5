"""Lines to records: a record has several lines where a quoted field does.

Forgiving where the file is broken: a quote that is never closed swallows nothing. Does not judge
how a file is written (dialect.py does) and does not repair (mend.py does).
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .scan import LONGEST_LINE

LONGEST_RECORD_LINES = 200


@dataclass
class Piece:
    """One record of the file: its fields, where it begins, and what it looks like."""

    line: int
    text: str
    fields: list[str]
    quote_broken: bool = False
    quote_odd: bool = False
    is_comment: bool = False
    is_hollow: bool = False
    """Whether it has nothing but delimiters, as spreadsheets leave behind."""
    lines: int = 1
    """How many lines of the file it takes."""


def take(found: Iterator[Piece], number: int) -> Iterator[Piece]:
    """Give the first records that are not blank."""
    for piece in found:
        if number <= 0:
            return
        if piece.fields:
            number -= 1
            yield piece


def pieces(
    lines: Iterable[str],
    delimiter: str,
    quote: str,
    escape: str,
    width: int = 0,
    spaced: bool = False,
    comment: str = "",
) -> Iterator[Piece]:
    """Split lines into records.

    A quote that is never closed (or whose closing makes a record of another width than `width`
    while its own line alone fits) does not swallow the rest: its line is read without quoting.
    A blank line is a piece without fields, and so is one of delimiters alone and one that begins
    as comments do.
    """
    options = _options(delimiter, quote, escape, spaced)
    bare = {"delimiter": delimiter, "quoting": csv.QUOTE_NONE}
    waiting: list[tuple[int, str]] = []
    source = enumerate(lines, 1)
    escaped = escape + quote if quote and escape != quote else ""

    def is_odd(text: str) -> bool:
        if not quote or quote not in text:
            return False
        if escaped:
            text = text.replace(escape * 2, "").replace(escaped, "")
        return text.count(quote) % 2 == 1

    while True:
        number, line = waiting.pop() if waiting else next(source, (0, ""))
        if not line:
            return
        if comment and line.startswith(comment):
            yield Piece(number, line, [], is_comment=True)
            continue
        if width != 1 and line.startswith(delimiter) and not line.strip(f"{delimiter}\r\n"):
            yield Piece(number, line, [], is_hollow=True)
            continue
        if not (is_odd(line) and _goes_on(line, options)):
            yield Piece(number, line, _fields(line, options))
            continue
        more: list[tuple[int, str]] = []
        closed = False
        while len(more) < LONGEST_RECORD_LINES:
            following = waiting.pop() if waiting else next(source, None)
            if following is None:
                break
            more.append(following)
            if is_odd(following[1]):
                closed = True
                break
        alone = _fields(line, bare)
        if closed:
            whole = line + "".join(text for _, text in more)
            joined = _fields(whole, options)
            if not width or len(joined) == width or len(alone) != width:
                yield Piece(number, whole, joined, lines=len(more) + 1)
                continue
        waiting.extend(reversed(more))
        yield Piece(number, line, alone, quote_broken=True)


def _options(delimiter: str, quote: str, escape: str, spaced: bool) -> dict[str, object]:
    options: dict[str, object] = {
        "delimiter": delimiter,
        "strict": False,
        "skipinitialspace": spaced,
    }
    if not quote:
        return options | {"quoting": csv.QUOTE_NONE}
    options |= {"quotechar": quote, "doublequote": escape == quote}
    return options if escape == quote else options | {"escapechar": escape}


def _goes_on(line: str, options: dict[str, object]) -> bool:
    """Say whether a quoted field goes on behind the end of a line."""
    source = iter([line, "\n"])
    csv.field_size_limit(LONGEST_LINE * 2)
    try:
        next(csv.reader(source, **options), None)  # type: ignore[arg-type]
    except csv.Error:
        return True
    return next(source, None) is None


def _fields(text: str, options: dict[str, object]) -> list[str]:
    stripped = text.rstrip("\r\n")
    if not stripped.strip(" "):
        return []
    csv.field_size_limit(LONGEST_LINE * 2)
    try:
        rows = list(csv.reader([text], **options))  # type: ignore[arg-type]
    except csv.Error:
        return stripped.split(str(options["delimiter"]))
    # csv.reader takes an inner line end outside of quotes for the end of a row.
    return rows[0] if len(rows) == 1 else [cell for row in rows for cell in row]
