"""Records to DuckDB rows and back, by field name: what every store is written with.

Times are kept as UTC TIMESTAMP without a zone (reading TIMESTAMPTZ needs an undeclared package);
enums as text; tuples, mappings and nested records as JSON text.
Does not open connections or decide transactions: core/database.py does.
"""

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from .wire import decode, encode

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

T = TypeVar("T")
_AT_ONCE = 1000
_SCALARS = (str, int, float, bool, bytes)


def insert(con: "Connection", table: str, *records: Any) -> None:
    """Add a few records of one kind to a table that has a column for each of their fields."""
    if records:
        names = ", ".join(f'"{field.name}"' for field in fields(records[0]))
        marks = f"({', '.join('?' * len(fields(records[0])))})"
        con.execute(
            f"INSERT INTO {table} ({names}) VALUES {', '.join([marks] * len(records))}",
            [cell for value in records for cell in to_row(value)],
        )


def insert_many(con: "Connection", table: str, records: Sequence[Any]) -> None:
    """Add many records of one kind at once: thousands a second, where `insert` adds hundreds."""
    for start in range(0, len(records), _AT_ONCE):
        part = records[start : start + _AT_ONCE]
        names = ", ".join(f'"{field.name}"' for field in fields(part[0]))
        marks = ", ".join("unnest(?)" for _ in fields(part[0]))
        cells = zip(*map(to_row, part), strict=True)
        con.execute(f"INSERT INTO {table} ({names}) SELECT {marks}", [list(cell) for cell in cells])


def replace(con: "Connection", table: str, value: Any) -> None:
    """Write every field of a record over the row with its id."""
    names = [field.name for field in fields(value) if field.name != "id"]
    sets = ", ".join(f'"{name}" = ?' for name in names)
    con.execute(
        f"UPDATE {table} SET {sets} WHERE id = ?",
        [_put(getattr(value, name), _hint(type(value), name)) for name in names] + [value.id],
    )


def one(con: "Connection", kind: type[T], sql: str, values: Sequence[Any] = ()) -> T | None:
    """Run a query and read its first row as a record; None where there is no row."""
    found = many(con, kind, sql, values)
    return found[0] if found else None


def many(con: "Connection", kind: type[T], sql: str, values: Sequence[Any] = ()) -> list[T]:
    """Run a query and read each row as a record; columns are matched by name."""
    cursor = con.execute(sql, list(values))
    names = [column[0] for column in cursor.description or []]
    readers = [_reader(kind, name) for name in names]
    return [
        kind(**{name: read(cell) for name, read, cell in zip(names, readers, row, strict=True)})
        for row in cursor.fetchall()
    ]


def columns(kind: type[Any], prefix: str = "") -> str:
    """Name a record's columns for a SELECT, quoted: a field may be named as SQL names a keyword."""
    return ", ".join(f'{prefix}"{field.name}"' for field in fields(kind))


def to_row(value: Any) -> list[Any]:
    """Give a record's fields in their order, as DuckDB takes them."""
    return [_put(getattr(value, f.name), _hint(type(value), f.name)) for f in fields(value)]


def stamp(moment: datetime) -> datetime:
    """Turn a moment into the naive UTC that is stored (for use as a query's value)."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _put(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, _SCALARS):
        return value if hint is not Any else encode(value).decode()
    return encode(value, hint).decode()


_hints: dict[Any, dict[str, Any]] = {}
_readers: dict[tuple[Any, str], Callable[[Any], Any]] = {}


def _hint(kind: Any, name: str) -> Any:
    if kind not in _hints:
        _hints[kind] = get_type_hints(kind)
    return _hints[kind][name]


def _reader(kind: Any, name: str) -> Callable[[Any], Any]:
    if (kind, name) not in _readers:
        _readers[kind, name] = _make_reader(kind, name)
    return _readers[kind, name]


def _make_reader(kind: Any, name: str) -> Callable[[Any], Any]:
    hint = _bare(_hint(kind, name))
    if hint is datetime:
        return lambda cell: None if cell is None else cell.replace(tzinfo=UTC)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda cell: None if cell is None else hint(cell)
    if hint in _SCALARS or (get_origin(hint) is types.UnionType and _all_scalars(hint)):
        return lambda cell: cell
    full = _hint(kind, name)
    return lambda cell: None if cell is None else decode(full, cell)


def _bare(hint: Any) -> Any:
    """Take the None out of an optional."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [part for part in get_args(hint) if part is not type(None)]
        return rest[0] if len(rest) == 1 else hint
    return hint


def _all_scalars(hint: Any) -> bool:
    members: Iterable[Any] = get_args(hint)
    return all(part in _SCALARS or part is type(None) for part in members)
