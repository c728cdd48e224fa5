"""What is in a namespace, as far as a block that needs something asks: names, types, columns.

Standard library only. No repr, no property and no method of a person's own classes is called.
"""

import importlib.util
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from .client import call

_FRAMES = {"pandas": "columns", "polars": "columns", "pyarrow": "column_names"}
_MOST_NAMES = 1_000
_MOST_COLUMNS = 200
_OURS = {"In", "Out", "exit", "quit", "get_ipython", "open"}


def names_in(namespace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Describe the variables, newest first."""
    found: list[dict[str, Any]] = []
    for name, value in reversed(list(namespace.items())):
        if name.startswith("_") or name in _OURS or ModuleType in type(value).__mro__:
            continue
        found.append({"name": name, "type": _kind(value), "columns": _columns(value)})
        if len(found) == _MOST_NAMES:
            break
    return found


def not_found(imports: Iterable[str]) -> list[str]:
    """Say which packages cannot be found here; nothing is imported."""
    missing = []
    for name in imports:
        try:
            is_there = importlib.util.find_spec(name.split(".")[0]) is not None
        except (ImportError, ValueError):  # a module that was made by hand
            is_there = True
        if not is_there:
            missing.append(name)
    return missing


def fit(found: Mapping[str, Any], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the server which variables a block's needed names may mean, and what to install."""
    asked = {
        "names": names_in(namespace),
        "missing_imports": not_found(found["facts"]["imports"]),
    }
    return dict(call("POST", f"/code-blocks/{found['id']}/fit", asked))


def meant(fits: Mapping[str, Any], name: str) -> str:
    """Name the variable that may be meant by a needed name; empty where none is like it."""
    for need in fits["needs"]:
        if need["name"] == name:
            likely = [one for one in need["candidates"] if one["is_likely"] or one["name"] == name]
            return str(likely[0]["name"]) if likely else ""
    return ""


def listed(names: Iterable[str], word: str = "and") -> str:
    """Write names as a sentence does: `a, b and c`."""
    every = list(names)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} {word} {every[-1]}"


def _kind(value: Any) -> str:
    return "class" if type in type(value).__mro__ else type(value).__name__


def _columns(value: Any) -> list[str]:
    for base in type(value).__mro__:
        attribute = _FRAMES.get(str(base.__module__).partition(".")[0])
        if attribute and base.__name__ in ("DataFrame", "Table"):
            try:
                return [str(name) for name in getattr(value, attribute)][:_MOST_COLUMNS]
            except Exception:  # noqa: BLE001 - a person's own table may do anything when asked
                return []
    return []
