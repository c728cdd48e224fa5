"""Tables and columns of SQL, read by DuckDB's own parser: parsed only, never run.

The connection is in memory, has no access to files, and is asked one thing: what a text says.
Other dialects, which that parser refuses, are read by the words FROM, JOIN, INTO and UPDATE.
"""

import atexit
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LONGEST = 100_000
HOLE = "hole__"
"""Stands for a value that a program puts into the text; never told as a table or column."""

_QUERY = re.compile(r"\b(?:select|with|from|values)\b", re.IGNORECASE)
_WRITTEN = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from|copy|merge\s+into)\s+([\w.\"]+)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:from|join|into|update)\s+([\w.\"`\[\]]+)", re.IGNORECASE)
_NO_TABLE = {"select", "lateral", "unnest", "values", "set", "only", HOLE}
_FILES = ("read_", "scan_", "parquet_scan", "sniff_")


@dataclass(frozen=True)
class Said:
    """What a text of SQL names."""

    tables: tuple[str, ...] = ()
    """The tables that it takes rows from or changes; a file by its path."""
    columns: tuple[str, ...] = ()
    """The columns that it takes."""
    makes: tuple[str, ...] = ()
    """The columns that it names itself, by AS."""
    is_sql: bool = False
    """Whether the parser understood it."""


def read_sql(text: str) -> Said:
    """Read one or several statements; nothing where it is no SQL."""
    if len(text) > LONGEST:
        return Said()
    tree = _serialized(text)
    if tree is not None and not tree.get("error"):
        return _said([tree])
    if tree is not None and tree.get("error_type") == "not implemented":
        return _statements(text)
    tables = tuple(dict.fromkeys(_bare(found) for found in _NAMED.findall(text)))
    return Said(tables=tuple(t for t in tables if t.lower() not in _NO_TABLE))


def is_query(text: str) -> bool:
    """Whether the parser understands a text as statements that read."""
    tree = _serialized(text) if len(text) <= LONGEST else None
    return tree is not None and not tree.get("error") and bool(tree.get("statements"))


def stem_of(table: str) -> str:
    """Name the file that a table's name is the path of, without its endings; else the name."""
    if "/" in table or "." in table:
        return PurePosixPath(table.rstrip("*/")).name.split(".")[0]
    return table


def _statements(text: str) -> Said:
    """Read statements of which some write: the query inside each, and what is written to."""
    import duckdb

    trees: list[dict[str, Any]] = []
    tables: list[str] = []
    try:
        with _one:
            parts = [part.query for part in _connection().extract_statements(text)]
    except duckdb.Error:
        parts = [text]
    for part in parts:
        tables += [_bare(name) for name in _WRITTEN.findall(part)]
        for found in _QUERY.finditer(part):
            tree = _serialized(_balanced(part[found.start() :]))
            if tree is not None and not tree.get("error"):
                trees.append(tree)
                break
    said = _said(trees)
    return Said(
        tables=tuple(dict.fromkeys([*tables, *said.tables])),
        columns=said.columns,
        makes=said.makes,
        is_sql=True,
    )


def _balanced(text: str) -> str:
    """Cut a text at the bracket that closes what was opened before it."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return text[:at]
    return text.rstrip().rstrip(";")


def _said(trees: list[dict[str, Any]]) -> Said:
    tables: dict[str, None] = {}
    columns: dict[str, None] = {}
    aliases: dict[str, None] = {}
    own: set[str] = set()
    chosen_names: set[str] = set()
    for node in _nodes(trees):
        kind = node.get("type")
        if "cte_map" in node:
            own |= {entry["key"].lower() for entry in (node["cte_map"] or {}).get("map", ())}
        for chosen in node.get("select_list") or ():
            chosen_names |= {n["column_names"][-1] for n in _nodes(chosen) if n.get("column_names")}
            if chosen.get("alias"):
                aliases[chosen["alias"]] = None
        if kind == "BASE_TABLE":
            if node.get("schema_name") not in ("information_schema", "pg_catalog"):
                tables[node.get("table_name", "")] = None
        elif kind == "TABLE_FUNCTION":
            tables |= dict.fromkeys(_files(node.get("function") or {}))
        elif kind == "COLUMN_REF" and node.get("column_names"):
            columns[node["column_names"][-1]] = None
    return Said(
        tables=tuple(t for t in tables if t and t != HOLE and t.lower() not in own),
        # ORDER BY total, where total is a name that the query gave, is no column of a table.
        columns=tuple(
            name
            for name in columns
            if name != HOLE and (name not in aliases or name in chosen_names)
        ),
        makes=tuple(a for a in aliases if a != HOLE),
        is_sql=True,
    )


def _files(function: dict[str, Any]) -> Iterator[str]:
    """Name the files that `read_csv('sales.csv')` reads."""
    if not str(function.get("function_name", "")).startswith(_FILES):
        return
    for node in _nodes(function.get("arguments", [])):
        value = node.get("literal") or node.get("value")
        if node.get("class") == "CONSTANT" and isinstance(value, dict):
            told = value.get("text", value.get("value"))
            if isinstance(told, str) and "." in told:
                yield told


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Walk the mappings of a tree, in the order of its text."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += reversed(list(node.values()))
        elif isinstance(node, list):
            waiting += reversed(node)


def _bare(name: str) -> str:
    return name.strip('"`[]').split(".")[-1].strip('"`[]')


_one = threading.Lock()


def _serialized(text: str) -> dict[str, Any] | None:
    import duckdb

    try:
        with _one:
            row = (
                _connection()
                .execute("SELECT json_serialize_sql(?::VARCHAR)", [text.replace("\0", "")])
                .fetchone()
            )
        tree = json.loads(row[0]) if row else None
    except (duckdb.Error, UnicodeEncodeError, ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


@cache
def _connection() -> "Connection":
    import duckdb

    atexit.register(_connection.cache_clear)  # or DuckDB complains when Python ends
    return duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": "64MB",
            "enable_external_access": False,
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
        },
    )
