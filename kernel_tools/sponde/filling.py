"""The fields of a block: the values of its code that are filled in. Standard library only."""

import re
from collections.abc import Mapping
from typing import Any

from .client import SpondeError, call


def fields_of(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give a block's fields by their names."""
    return {str(one["name"]): one for one in found.get("fields", ())}


def filled(found: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """Give a block's code with these values in its fields; a wrong one is told in a sentence."""
    if not values:
        return str(found["code"])
    address = f"/code-blocks/{found['id']}/filled"
    return str(call("POST", address, {"values": dict(values)})["code"])


def as_typed(name: str, value: Any) -> str:
    """Give a value of Python as a field takes it."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    item = getattr(value, "item", None)  # a number of numpy or pandas
    if callable(item) and not getattr(value, "shape", None):
        return as_typed(name, item())
    day = getattr(value, "isoformat", None)
    if callable(day):
        return str(day())
    raise SpondeError(
        f"The field {name} takes a text, a number or a date, not {type(value).__name__}."
    )


def pair(name: str, value: str) -> str:
    """Write a field and its value as `%use` reads them."""
    return f'{name}="{value}"' if re.search(r"[\s\"']", value) or not value else f"{name}={value}"


def sql_value(value: Any) -> str:
    """Write a value as SQL does, for a parameter in the text of a query."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """Write the name of a table or a column as SQL does."""
    return '"' + str(name).replace('"', '""') + '"'
