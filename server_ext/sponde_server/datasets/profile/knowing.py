"""Everything a profile says of columns, alone and together: measured, named and put in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .across import across
from .kinds import meaning_of
from .measures import measure
from .remarks import remarks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

Made = dict[str, Any]


def know(
    con: "Connection", columns: list[Made], tables: Sequence[str], rows: int, warnings: list[str]
) -> Made:
    """Write what is known of each column into it, and give what is known of them together."""
    measure(con, columns, tables, rows)
    for column in columns:
        meaning = meaning_of(column, rows, column.get("_seen") or ())
        column["meaning"] = meaning.value if meaning else None
    together = across(con, columns, tables, rows)
    warnings += remarks(columns, together, rows)
    for column in columns:
        for name in [name for name in column if name.startswith("_")]:
            del column[name]
    return together
