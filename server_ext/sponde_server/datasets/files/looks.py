"""Whether a record of a table looks like names or like values, judged by what stands below it."""

import re
from collections.abc import Iterator

LONGEST_NAME = 200

_NUMBER = re.compile(r"\s*[+-]?[$€£]?\d[\d.,]*%?\s*|\s*[+-]?\d*\.?\d+[eE][+-]?\d+\s*")
_MOMENT = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\s*\d{1,2}:\d{2}.*")


def is_value(cell: str) -> bool:
    """Say whether a cell is a number or a moment."""
    return bool(_NUMBER.fullmatch(cell) or _MOMENT.fullmatch(cell))


def of_values(width: int, rows: list[list[str]]) -> Iterator[int]:
    """Yield the places whose cells are numbers or moments, nearly all."""
    for place in range(width):
        cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        if cells and sum(map(is_value, cells)) > len(cells) * 0.8:
            yield place


def is_header(first: list[str], rest: list[list[str]], again: int = 0) -> bool:
    """Say whether the first record holds names and not values.

    So many of them as `again` says may come back below in their own column.
    """
    cells = [cell.strip() for cell in first]
    filled = [cell for cell in cells if cell]
    if not filled:
        return False
    years = [int(cell) for cell in filled if re.fullmatch(r"(1[89]|20|21)\d\d", cell)]
    if len(years) > 1 and years == list(range(years[0], years[0] + len(years))):
        return len(years) < len(filled) or not rest
    if any(is_value(cell) for cell in filled):
        return False
    if not rest:
        return True
    if any(cells[place] for place in of_values(len(cells), rest)):
        return True
    # All text: names are different from each other and do not come back below.
    if len(set(filled)) < len(filled) or max(map(len, filled)) > LONGEST_NAME:
        return False
    back = sum(
        any(len(row) > place and row[place].strip() == cell for row in rest[:200])
        for place, cell in enumerate(cells)
        if cell
    )
    return back <= again
