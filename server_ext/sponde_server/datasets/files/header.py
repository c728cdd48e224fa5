"""Where the names of a table stand, and what stands above them: titles, comments, nothing.

Judges the first records of a file by what stands below them. Every rule is one that a person who
looks at the file would agree with; where none fits, the first record is taken for what it is.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from .forms import MISSING
from .looks import LONGEST_NAME, is_header, is_value, of_values
from .pieces import Piece
from .titles import SAID, comments, facts, filled, filled_up_titles, titles, wide_title

MOST_NAME_LINES = 4
LEAST_TABLE = 5
"""So many records of another width in one run are a table of its own, for which there is room."""


@dataclass
class Head:
    """What stands above the first row of values."""

    start: int = 0
    """Records above the names."""
    body: int = 0
    """Records above the first row of values."""
    has_names: bool = False
    names: list[str] = field(default_factory=list)
    width: int = 0
    """How many fields a row has."""
    is_closed: bool = False
    """Whether every row ends with a delimiter, behind which there is nothing."""
    warnings: list[str] = field(default_factory=list)


def head_of(sample: list[Piece], *, is_single: bool) -> Head:
    """Find the names of a table in its first records."""
    if len(sample) > 1 and SAID.fullmatch(sample[0].text):
        found = head_of(sample[1:], is_single=is_single)
        found.start += 1
        found.body += 1
        return found
    widths = Counter(len(piece.fields) for piece in sample[1:] or sample)
    width = widths.most_common(1)[0][0]
    start = again = 0
    if not is_single:
        start = comments(sample, width) or titles(sample, width)
        if not start and (start := filled_up_titles(sample)):
            again = filled(sample[start]) // 2
        start = start or wide_title(sample, width) or facts(sample, width)
    found = Head(start, start, width=width)
    first, below = sample[start].fields, [piece.fields for piece in sample[start + 1 :]]
    found.has_names = is_header(first, below, again) or _is_above_words(first, below)
    if found.has_names:
        _name(found, sample, width)
    runs = [(size, len(list(run))) for size, run in groupby(map(_size, sample[found.body :]))]
    tables = [] if found.is_closed else [size for size, length in runs if length >= LEAST_TABLE]
    found.width = max([found.width, len(found.names), *tables])
    return found


def _size(piece: Piece) -> int:
    return len(piece.fields)


def _name(found: Head, sample: list[Piece], width: int) -> None:
    """Put the names together from the lines that they stand in."""
    block = [sample[found.start].fields]
    above = sample[found.start - 1].fields if found.start else []
    if _are_groups(above, block[0]):
        found.start -= 1
        block.insert(0, above)
    below = [piece.fields for piece in sample[found.body + 1 :]]
    more = 0 if width == 1 else _more_lines(block[-1], below)
    block += below[:more]
    found.body += 1 + more
    if not more and below and all(map(_SIZE.fullmatch, below[0])):
        found.body += 1
        below = below[1:]
    names = joined(block)
    if len(block) > 1:
        number = {2: "two", 3: "three", 4: "four", 5: "five"}[len(block)]
        found.warnings.append(f"The names stand in {number} lines and were joined.")
    while len(names) > width and not names[-1].strip():
        names = names[:-1]
    rows = below[more:]
    if len(names) == width - 1 and rows:
        ends = {row[-1] for row in rows if len(row) == width}
        if ends == {""}:
            found.width -= 1
            found.is_closed = True
            found.warnings.append("Every row ends with a delimiter; nothing stands behind it.")
        elif any(end.strip() for end in ends):
            # R writes no name for the row names.
            names = ["", *names]
    found.names = names


# -- names in several lines -------------------------------------------------------------------


_SIZE = re.compile(r"\d+[sdn]")
"""How RDB, in which gauges are published, says how wide the columns are: 15s below their names."""


def _is_above_words(first: list[str], below: list[list[str]]) -> bool:
    """Say whether words stand above numbers in every column, so that what is above is no row."""
    if len(below) < 3 or len(below[0]) < 2 or all(map(is_value, first)):
        return False
    words, width = below[0], len(below[0])
    return (
        all(cell.strip() and not is_value(cell) and cell not in MISSING for cell in words)
        and len(list(of_values(width, below[1:]))) == width
    )


def _are_groups(upper: list[str], names: list[str]) -> bool:
    """Say whether a record above the names says what several of them have in common."""
    filled = [place for place, cell in enumerate(upper) if cell.strip()]
    return (
        len(upper) == len(names)
        and len(filled) > 1
        and filled[0] > 0
        and all(names[place].strip() for place in filled)
    )


def _more_lines(names: list[str], below: list[list[str]]) -> int:
    """Count the records below the names that go on with them."""
    for number in range(1, min(MOST_NAME_LINES, len(below))):
        block = [names, *below[:number]]
        last = block[-1]
        if len(last) != len(names) or any(is_value(cell) or _SIZE.fullmatch(cell) for cell in last):
            return 0
        if _is_whole(block, below[number:]):
            return number
    return 0


def _is_whole(block: list[list[str]], rows: list[list[str]]) -> bool:
    """Say whether records of names together name all columns of values, and each is needed."""
    width = len(block[0])
    values = set(of_values(width, rows))
    if len(values) < 2:
        return False
    named = {place for place in range(width) if block[0][place].strip()}
    if block[0] == block[1]:
        return True
    for lower in block[1:]:
        more = {place for place in range(width) if lower[place].strip()}
        if not (more - named) & values and not _are_units(lower, values):
            return False
        named |= more
    return values <= named


def _are_units(lower: list[str], values: set[int]) -> bool:
    """Say whether a record has words over columns of values only, such as kg or m/s."""
    filled = {place for place, cell in enumerate(lower) if cell.strip()}
    words = {lower[place].strip() for place in filled}
    return filled <= values and 2 * len(filled) > len(values) and not words.intersection(MISSING)


def joined(block: list[list[str]]) -> list[str]:
    """Join names of several records.

    An upper one stands above those at its right, up to the next, where they have one below it.
    """
    parts: list[list[str]] = [[] for _ in block[0]]
    borders = {0}
    for level, cells in enumerate(block):
        above = ""
        for place, cell in enumerate(cells[: len(parts)]):
            is_under = any(len(low) > place and low[place].strip() for low in block[level + 1 :])
            if cell.strip():
                above = cell.strip()
                borders.add(place)
            elif place in borders or not is_under:
                above = ""
            if above and above not in parts[place]:
                parts[place].append(above)
    return [" ".join(part) for part in parts] if len(block) > 1 else block[0]


def clean_names(given: list[str], width: int) -> tuple[list[str], list[str]]:
    """Give every column a name of its own; say what had to be changed."""
    names: list[str] = []
    warnings: list[str] = []
    seen: set[str] = set()
    unnamed = 0
    doubled: list[str] = []
    for place in range(width):
        raw = given[place] if place < len(given) else ""
        name = " ".join(raw.replace("\0", "").split())[:LONGEST_NAME]
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
