"""What stands above the names of a table: titles, facts, comments.

Every rule is one that a person who looks at the file would agree with; each counts the records
above the names, none where it does not fit.
"""

import re

from .looks import is_header, of_values
from .pieces import Piece

MOST_TITLES = 20
SAID = re.compile(r'"?sep=([^\w\s"]|\t)"?\s*')
"""What spreadsheets write and read above a table to say its delimiter."""


def comments(sample: list[Piece], width: int) -> int:
    """Count the lines above the table that begin with #; the last may hold the names."""
    number = 0
    while number < len(sample) - 1 and sample[number].text.startswith("#"):
        number += 1
    if number and len(sample[number - 1].fields) == width > 1:
        below = [piece.fields for piece in sample[number:]]
        if is_header(sample[number - 1].fields, below):
            return number - 1
    return number


def titles(sample: list[Piece], width: int) -> int:
    """Count the titles above the table: short records before the first that has its width."""
    start = 0
    while (
        start < min(MOST_TITLES, len(sample) - 1)
        and filled(sample[start]) <= max(1, width // 3)
        and len(sample[start].fields) != width
    ):
        start += 1
    return 0 if len(sample[start].fields) < width - 1 else start


def filled_up_titles(sample: list[Piece]) -> int:
    """Count the titles that a spreadsheet filled up to the table's width with empty fields.

    The names must stand below them: without such a record a sparse table is meant. Names of two
    columns must be set apart by a blank line. Half of the names may come back below, as they do
    where several tables stand below each other.
    """
    usual = sorted(map(filled, sample))[len(sample) // 2]
    for start, piece in enumerate(sample[: MOST_TITLES + 1]):
        names = filled(piece)
        if start and names > 1:
            before = sample[start - 1]
            is_apart = piece.line > before.line + max(1, before.text.rstrip().count("\n") + 1)
            if names > 2 or (is_apart and names == len(piece.fields)):
                below = [later.fields for later in sample[start + 1 :]]
                are_names = is_header(piece.fields, below, names // 2)
                return start if 3 * names >= 2 * usual and are_names else 0
        if names > max(1, usual // 3):
            return 0
    return 0


def wide_title(sample: list[Piece], width: int) -> int:
    """Count a title with delimiters in its words, right above the names of a table of numbers."""
    if len(sample) < 3 or len(sample[0].fields) == width or len(sample[1].fields) != width:
        return 0
    below = [piece.fields for piece in sample[2:]]
    names = sample[1].fields
    are_names = is_header(names, below) and all(cell.strip() for cell in names)
    return 1 if are_names and len(list(of_values(width, below))) == width else 0


def facts(sample: list[Piece], width: int) -> int:
    """Count the facts about a table above it, each with its own few fields: Account;123;."""
    start = 0
    while start < min(MOST_TITLES, len(sample) - 1) and len(sample[start].fields) < width:
        start += 1
    below = [piece.fields for piece in sample[start + 1 :]]
    names = sample[start].fields
    are_names = all(cell.strip() for cell in names) and is_header(names, below)
    return start if are_names and any(of_values(width, below)) else 0


def filled(piece: Piece) -> int:
    """Count the fields of a record that hold something."""
    return sum(1 for cell in piece.fields if cell.strip())
