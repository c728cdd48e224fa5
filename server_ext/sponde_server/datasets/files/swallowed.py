"""Values in which whole rows seem to be: a quote too many takes in all that is before the next.

Such a file is read without a complaint, since a quoted value may have lines. What looks like rows
in it is told; nothing is changed.
"""

import re
from collections.abc import Iterator
from typing import Any

from .dialect import Layout
from .doubts import Doubt
from .forms import literal
from .words import Words

LEAST_LINES = 3
WIDEST = 200
NARROWEST = 3
"""In tables of fewer columns a line of prose looks like a row too easily."""


def swallowed(
    words: Words, columns: list[dict[str, Any]], layout: Layout, lines_within: int
) -> Iterator[Doubt]:
    """Find the columns with values whose lines are as wide as the table's rows."""
    width = len(columns)
    if not layout.quote or lines_within < LEAST_LINES or not NARROWEST <= width <= WIDEST:
        return
    mark = re.escape(layout.delimiter)
    field = rf"[^{mark}\n]*"
    row = rf"\n(?:{field}{mark}){{{width - 1}}}{field}"
    pattern = literal(rf"[^\n]*(?:{row}){{{LEAST_LINES},}}\n[^\n]*")
    for place, column in enumerate(columns):
        where = f"contains(%s, chr(10)) AND regexp_full_match(%s, {pattern})"
        source, text = (
            (words.values(place), "v") if place in words.counted else (words.of(place), f"c{place}")
        )
        if words.number(f"SELECT count(*) FROM {source} WHERE {where.replace('%s', text)}"):
            yield Doubt(
                "quote",
                place,
                where.replace("%s", f"c{place}"),
                f"A value in '{column['name']}' goes on over lines that look like rows of their "
                "own: the quote that it begins with may be one too many.",
            )
