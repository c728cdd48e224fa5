"""Everything a profile says of columns, alone and together: measured, named and put in words."""

from typing import Any

from .across import across
from .kinds import meaning_of
from .lying import Lying
from .measures import measure
from .remarks import remarks

Made = dict[str, Any]


def know(lying: Lying, warnings: list[str]) -> Made:
    """Write what is known of each column into it, and give what is known of them together."""
    columns, rows = lying.columns, lying.rows
    measure(lying)
    for column in columns:
        meaning = meaning_of(column, rows, column.get("_seen") or ())
        column["meaning"] = meaning.value if meaning else None
    together = across(lying)
    warnings += remarks(columns, together, rows)
    for column in columns:
        for name in [name for name in column if name.startswith("_")]:
            del column[name]
    return together
