"""Usage as a table that spreadsheets open."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

HEAD = [
    "day",
    "model",
    "person",
    "program_kind",
    "token",
    "conversation",
    "requests",
    "answered",
    "stopped",
    "failed",
    "refused",
    "tokens_read",
    "tokens_written",
    "tokens_estimated",
    "cost",
    "requests_without_price",
]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(rows: Iterable[Sequence[Any]], currency: str) -> bytes:
    """Write the rows of a table, with a line of names above them."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow([f"cost_{currency}" if name == "cost" else name for name in HEAD])
    out.writerows([_safe(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _safe(value: Any) -> Any:
    """Keep a text from being read as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
