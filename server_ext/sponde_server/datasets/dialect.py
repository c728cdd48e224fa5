"""How a text table is written: delimiter, quotes, header, titles above it.

A detector of our own in front of DuckDB: its own sniffer turns a file with one short row into
a single column, silently. Plain Python over a sample of lines. Does not read values (DuckDB does)
and does not repair (mend.py does).
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .scan import LONGEST_LINE

SAMPLE_RECORDS = 400
LONGEST_RECORD_LINES = 200
MOST_TITLES = 20
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
    """Whether a space stands between delimiter and quote."""
    has_header: bool = True
    skip_records: int = 0
    """Records above the first row of values: the preamble and the header."""
    skip_lines: int = 0
    """The same in lines."""
    comment: str = ""
    """What lines begin with that are comments."""
    preamble: list[tuple[int, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """The names as they stand in the file."""
    warnings: list[str] = field(default_factory=list)


@dataclass
class Piece:
    """One record of the file: its fields, where it begins, and what it looks like."""

    line: int
    text: str
    fields: list[str]
    quote_broken: bool = False
    quote_odd: bool = False
    is_comment: bool = False


def layout_of(lines: list[str]) -> Layout:
    """Find delimiter, quote, header and preamble on a sample of lines."""
    best, best_score = Layout(delimiter=","), 0.0
    text = "".join(lines[:SAMPLE_RECORDS])
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        for quoting in _quotings(text, delimiter):
            score = _score(lines, delimiter, *quoting) * WEIGHTS.get(delimiter, 1.0)
            if score > best_score + 1e-9:
                best, best_score = Layout(delimiter, *quoting), score
    if best_score < 0.18:
        # Not a table of several columns: every line is a value.
        best = Layout(",", '"' if _wrapped(lines) else "", '"')
        return _head(best, lines, is_single=True)
    return _head(best, lines, is_single=False)


def _wrapped(lines: list[str]) -> bool:
    shown = [line.strip() for line in lines[:50] if line.strip()]
    return all(len(line) > 1 and line[0] == line[-1] == '"' for line in shown)


def _quotings(text: str, delimiter: str) -> Iterator[tuple[str, str, bool]]:
    edge = re.escape(delimiter)
    yield '"', '"', False
    if '\\"' in text:
        yield '"', "\\", False
    if delimiter != " " and re.search(rf'{edge} +"', text):
        yield '"', '"', True
    if len(re.findall(rf"(?:^|{edge})'[^'\n]*'(?={edge}|\r?$)", text, re.MULTILINE)) > 2:
        yield "'", "'", False


def _score(lines: list[str], delimiter: str, quote: str, escape: str, spaced: bool) -> float:
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
    """Split lines into records; a record has several lines where a quoted field does.

    A quote that is never closed (or whose closing makes a record of another width than `width`
    while its own line alone fits) does not swallow the rest: its line is read without quoting.
    A blank line is a piece without fields, and so is one that begins as comments do.
    """
    options = {"delimiter": delimiter, "strict": False, "skipinitialspace": spaced}
    if quote:
        options |= {"quotechar": quote, "doublequote": escape == quote}
        if escape != quote:
            options["escapechar"] = escape
    else:
        options["quoting"] = csv.QUOTE_NONE
    bare = {"delimiter": delimiter, "quoting": csv.QUOTE_NONE}
    waiting: list[tuple[int, str]] = []
    source = enumerate(lines, 1)
    escaped = escape + quote if quote and escape != quote else ""

    def is_open(text: str) -> bool:
        if not quote or quote not in text:
            return False
        return bool((text.count(quote) - (text.count(escaped) if escaped else 0)) % 2)

    while True:
        number, line = waiting.pop() if waiting else next(source, (0, ""))
        if not line:
            return
        if comment and line.startswith(comment):
            yield Piece(number, line, [], is_comment=True)
            continue
        if not is_open(line):
            yield Piece(number, line, _fields(line, options))
            continue
        more: list[tuple[int, str]] = []
        closed = False
        while len(more) < LONGEST_RECORD_LINES:
            following = waiting.pop() if waiting else next(source, None)
            if following is None:
                break
            more.append(following)
            if is_open(following[1]):
                closed = True
                break
        alone = _fields(line, bare)
        if closed:
            whole = line + "".join(text for _, text in more)
            joined = _fields(whole, options)
            if not width or len(joined) == width or len(alone) != width:
                yield Piece(number, whole, joined)
                continue
        waiting.extend(reversed(more))
        yield Piece(number, line, alone, quote_broken=True)


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


def _head(found: Layout, lines: list[str], *, is_single: bool) -> Layout:
    records = pieces(lines, found.delimiter, found.quote, found.escape, spaced=found.spaced)
    sample = list(take(records, SAMPLE_RECORDS))
    if is_single:
        for piece in sample:
            piece.fields = [piece.text.rstrip("\r\n")] if not found.quote else piece.fields[:1]
    if not sample:
        return found
    width = Counter(len(piece.fields) for piece in sample[1:] or sample).most_common(1)[0][0]
    start = 0
    if not is_single:
        start = _titles(sample, width) or _filled_up_titles(sample) or _wide_title(sample, width)
    found.preamble = [(piece.line, piece.text.rstrip("\r\n")) for piece in sample[:start]]
    first = sample[start]
    rest = [piece.fields for piece in sample[start + 1 :]]
    found.has_header = is_header(first.fields, rest)
    names: list[str] = []
    body = start
    if found.has_header:
        names = first.fields
        body = start + 1
        if rest and _goes_on(names, rest[0], rest[1:]):
            names = _joined(names, rest[0])
            found.warnings.append("The names stand in two lines and were joined.")
            body, rest = body + 1, rest[1:]
        while len(names) > width and not names[-1].strip():
            names = names[:-1]
        if len(names) == width - 1 and rest:
            # R writes no name for the row names.
            names = ["", *names]
    found.skip_records = body
    found.skip_lines = sample[body].line - 1 if body < len(sample) else sum(1 for _ in lines)
    found.given = names
    found.names, warnings = clean_names(names, max(width, len(names)))
    found.warnings += warnings
    return found


def _titles(sample: list[Piece], width: int) -> int:
    """Count the titles above the table: short records before the first that has its width."""
    start = 0
    while (
        start < min(MOST_TITLES, len(sample) - 1)
        and _filled(sample[start]) <= max(1, width // 3)
        and len(sample[start].fields) != width
    ):
        start += 1
    return 0 if len(sample[start].fields) < width - 1 else start


def _filled_up_titles(sample: list[Piece]) -> int:
    """Count the titles that a spreadsheet filled up to the table's width with empty fields.

    The names must stand right below them: without such a record a sparse table is meant.
    """
    usual = sorted(map(_filled, sample))[len(sample) // 2]
    for start, piece in enumerate(sample[: MOST_TITLES + 1]):
        names = _filled(piece)
        if names > 2 and start:
            below = [later.fields for later in sample[start + 1 :]]
            return start if 3 * names >= 2 * usual and is_header(piece.fields, below) else 0
        if names > max(1, usual // 3):
            return 0
    return 0


def _wide_title(sample: list[Piece], width: int) -> int:
    """Count a title with delimiters in its words, right above the names of a table of numbers."""
    if len(sample) < 3 or len(sample[0].fields) == width or len(sample[1].fields) != width:
        return 0
    below = [piece.fields for piece in sample[2:]]
    names = sample[1].fields
    are_names = is_header(names, below) and all(cell.strip() for cell in names)
    return 1 if are_names and len(list(_of_values(width, below))) == width else 0


def _of_values(width: int, rows: list[list[str]]) -> Iterator[int]:
    """Yield the places whose cells are numbers or moments, nearly all."""
    for place in range(width):
        cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        if cells and sum(map(_is_value, cells)) > len(cells) * 0.8:
            yield place


def _goes_on(upper: list[str], lower: list[str], below: list[list[str]]) -> bool:
    """Say whether a second record of names goes on with the first, where that has gaps."""
    if len(lower) != len(upper) or any(_is_value(cell) for cell in lower):
        return False
    gaps = {place for place, cell in enumerate(upper) if not cell.strip() and lower[place].strip()}
    values = list(_of_values(len(upper), below))
    return (
        len(values) > 1
        and bool(gaps.intersection(values))
        and all(lower[place].strip() or upper[place].strip() for place in values)
    )


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Join names of two records; an upper one stands above those at its right, up to the next."""
    names, above = [], ""
    for over, under in zip(upper, lower, strict=True):
        above = over.strip() or (above if under.strip() else "")
        names.append(f"{above} {under.strip()}".strip())
    return names


def _filled(piece: Piece) -> int:
    return sum(1 for cell in piece.fields if cell.strip())


_NUMBER = re.compile(r"\s*[+-]?[$€£]?\d[\d.,]*%?\s*|\s*[+-]?\d*\.?\d+[eE][+-]?\d+\s*")
_MOMENT = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\s*\d{1,2}:\d{2}.*")


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _MOMENT.fullmatch(cell))


def is_header(first: list[str], rest: list[list[str]]) -> bool:
    """Say whether the first record holds names and not values."""
    cells = [cell.strip() for cell in first]
    filled = [cell for cell in cells if cell]
    if not filled:
        return False
    years = [int(cell) for cell in filled if re.fullmatch(r"(1[89]|20|21)\d\d", cell)]
    if len(years) > 1 and years == list(range(years[0], years[0] + len(years))):
        return len(years) < len(filled) or not rest
    if any(_is_value(cell) for cell in filled):
        return False
    if not rest:
        return True
    if any(cells[place] for place in _of_values(len(cells), rest)):
        return True
    # All text: names are different from each other and do not come back below.
    if len(set(filled)) < len(filled):
        return False
    again = sum(
        any(len(row) > place and row[place].strip() == cell for row in rest[:200])
        for place, cell in enumerate(cells)
        if cell
    )
    return again == 0


def clean_names(given: list[str], width: int) -> tuple[list[str], list[str]]:
    """Give every column a name of its own; say what had to be changed."""
    names: list[str] = []
    warnings: list[str] = []
    seen: set[str] = set()
    unnamed = 0
    doubled: list[str] = []
    for place in range(width):
        raw = given[place] if place < len(given) else ""
        name = " ".join(raw.replace("\0", "").split())[:200]
        if not name:
            name = f"column_{place + 1}"
            unnamed += 1
        base, number = name, 1
        # DuckDB does not tell names apart by case.
        while name.lower() in seen:
            number += 1
            name = f"{base}_{number}"
        if number > 1:
            doubled.append(base)
        seen.add(name.lower())
        names.append(name)
    if given and unnamed:
        warnings.append(
            f"{unnamed} {'columns have' if unnamed > 1 else 'column has'} no name in the file; "
            "it is called by its place, such as column_1."
        )
    if doubled:
        shown = ", ".join(f"'{name}'" for name in dict.fromkeys(doubled[:3]))
        warnings.append(
            f"The name {shown} occurs more than once; the later ones have a number at the end."
        )
    return names, warnings
