"""A view as SQL: what its rows must fit, and in which order they come. Values are parameters.

Pure. Names are quoted, and must be those of the dataset's columns.
"""

import re
from collections.abc import Callable, Sequence

from sponde_server.core.errors import Invalid
from sponde_server.datasets.files.forms import identifier, literal
from sponde_server.datasets.files.reading import written_name
from sponde_server.datasets.records import Column, ColumnKind

from .records import DatasetView, FilterKind, ViewFilter, ViewSort

MOST_FILTERS = 100
MOST_VALUES = 1000
LONGEST_TEXT = 10_000


def named(columns: Sequence[Column], name: str) -> Column:
    """Give the column of this name."""
    found = next((one for one in columns if one.name == name), None)
    if found is None:
        raise Invalid(
            f"There is no column '{name}'.", "The file may have changed: open the page again."
        )
    return found


Put = Callable[[str], str]
"""Takes a value, and gives what stands for it in the SQL."""


def where(view: DatasetView, columns: Sequence[Column]) -> tuple[str, list[str]]:
    """Write the condition, and its parameters; empty where every row fits."""
    given: list[str] = []

    def put(value: str) -> str:
        given.append(value)
        return "?"

    return condition(view, columns, put), given


def condition(view: DatasetView, columns: Sequence[Column], put: Put) -> str:
    """Write the condition, its values as `put` writes them."""
    if len(view.filters) > MOST_FILTERS:
        raise Invalid(
            f"A view has at most {MOST_FILTERS} filters, and this has {len(view.filters)}.",
            "Remove some.",
        )
    parts = [_condition(one, named(columns, one.column), put) for one in view.filters]
    text = view.search.strip()
    if text:
        found = [
            contains(column, put(_checked(text))) for column in columns if _may_hold(column, text)
        ]
        parts.append(f"({' OR '.join(found) or 'false'})")
    return " AND ".join(parts)


def select(view: DatasetView, columns: Sequence[Column], source: str, *, is_written: bool) -> str:
    """Write the SELECT of a view's rows: typed, or as they are written where `source` has both."""
    names = [column.name for column in columns]
    places = [names.index(named(columns, name).name) for name in view.columns or names]
    shown = ", ".join(
        f"{written_name(place) if is_written else identifier(names[place])} "
        f"AS {identifier(names[place])}"
        for place in places
    )
    having = condition(view, columns, literal)
    where = f" WHERE {having}" if having else ""
    if not view.sorts:
        return f"SELECT {shown} FROM ({source}){where}"
    # What is equal stays as in the file.
    numbered = f"SELECT *, row_number() OVER () AS _sponde_row FROM ({source})"
    return f"SELECT {shown} FROM ({numbered}){where} ORDER BY {order(view, columns)}, _sponde_row"


_LETTERS = {
    ColumnKind.NUMBER: set("0123456789+-.einfa"),
    ColumnKind.DATE: set("0123456789+-.: infty()bc"),
    ColumnKind.TIME: set("0123456789+-.:"),
    ColumnKind.BOOLEAN: set("truefals"),
}


def _may_hold(column: Column, text: str) -> bool:
    """Say whether a text can occur in values of this type: words need not be sought in numbers."""
    letters = None if column.type == "VARCHAR" else _LETTERS.get(column.kind)
    return letters is None or letters.issuperset(text.lower())


def contains(column: Column, text: str) -> str:
    """Write that a text occurs in a column's values, in whatever case."""
    return f"contains(lower({text_of(column)}), lower({text}))"


def order(view: DatasetView, columns: Sequence[Column]) -> str:
    """Write what the rows are sorted by; empty values last, either way."""
    return ", ".join(_sorted(one, named(columns, one.column)) for one in view.sorts)


def _sorted(one: ViewSort, column: Column) -> str:
    return f"{identifier(column.name)} {'DESC' if one.descending else 'ASC'} NULLS LAST"


def text_of(column: Column) -> str:
    """Write a column as text."""
    name = identifier(column.name)
    return name if column.type == "VARCHAR" else f"CAST({name} AS VARCHAR)"


def _condition(one: ViewFilter, column: Column, put: Put) -> str:
    name = identifier(column.name)
    if one.kind is FilterKind.EMPTY:
        return f"{name} IS {'NOT ' if one.negated else ''}NULL"
    if one.kind is FilterKind.CONTAINS:
        part = contains(column, put(_checked(one.values[0] if one.values else "")))
    elif one.kind is FilterKind.AMONG:
        part = _among(one, column, put)
    else:
        part = _between(one, column, put)
    # What does not fit includes what is empty: together the two are all rows.
    return f"({name} IS NULL OR NOT ({part}))" if one.negated else part


def _among(one: ViewFilter, column: Column, put: Put) -> str:
    if not 0 < len(one.values) <= MOST_VALUES:
        raise Invalid(
            f"{len(one.values)} values cannot be chosen in '{column.name}'.",
            f"Choose 1 to {MOST_VALUES}.",
        )
    if column.type == "VARCHAR" or column.kind is ColumnKind.OTHER:
        places = ", ".join(put(_checked(value)) for value in one.values)
        return f"{text_of(column)} IN ({places})"
    for value in one.values:
        _fits(value, column)
    places = ", ".join(f"CAST({put(value)} AS {compared(column)})" for value in one.values)
    return f"{identifier(column.name)} IN ({places})"


def _between(one: ViewFilter, column: Column, put: Put) -> str:
    name, type_ = identifier(column.name), compared(column)
    if "INT" in type_ and _is_broken(one):
        type_ = "DOUBLE"
    parts = []
    if one.low is not None:
        _fits(one.low, column)
        parts.append(f"{name} >= CAST({put(one.low)} AS {type_})")
    if one.high is not None:
        _fits(one.high, column)
        parts.append(f"{name} {'<' if one.below else '<='} CAST({put(one.high)} AS {type_})")
    if not parts:
        raise Invalid(
            f"The range of '{column.name}' has no bounds.", "Give a smallest or largest value."
        )
    return f"({' AND '.join(parts)})"


def _is_broken(one: ViewFilter) -> bool:
    return any(bound and not re.fullmatch(r"-?\d{1,18}", bound) for bound in (one.low, one.high))


def compared(column: Column) -> str:
    """Give the type that a value is compared as: days as moments, so that hours may be given."""
    return "TIMESTAMP" if column.type == "DATE" else column.type


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
DATE = re.compile(
    r"-?\d{1,6}-\d{1,2}-\d{1,2}([T ]\d{1,2}(:\d{2}){0,2}(\.\d+)?)?([+-]\d{2}(:?\d{2})?|Z)?"
)
TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d{2}(:?\d{2})?)?")
_FORMS = {
    ColumnKind.NUMBER: (NUMBER, "a number, such as 12.5"),
    ColumnKind.DATE: (DATE, "a date, such as 2024-03-31"),
    ColumnKind.TIME: (TIME, "a time, such as 14:30"),
    ColumnKind.BOOLEAN: (re.compile("true|false", re.IGNORECASE), "true or false"),
}


def _fits(value: str, column: Column) -> None:
    pattern, words = _FORMS.get(column.kind, (None, ""))
    if pattern and not pattern.fullmatch(value.strip()):
        raise Invalid(f"'{value[:100]}' does not fit '{column.name}'.", f"Give {words}.")


def _checked(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            f"The text to look for has {len(text)} characters.",
            f"Give at most {LONGEST_TEXT}.",
        )
    return text
