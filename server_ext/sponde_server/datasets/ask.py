"""One SELECT over the datasets, its rows as JSON. Runs in the sandbox's child only.

"It begins with SELECT" does not mean that it only reads: the statement is parsed, and every
function that makes a table must be one that we know.
"""

import json
import math
import re
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import Forbidden, Invalid, TooLarge

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

KNOWN = {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"}
REFUSED = {"write_log"}
PLAIN = re.compile(
    r"BOOLEAN|U?(?:TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|VARCHAR", re.IGNORECASE
)
ANSWER_BYTES = 16_000_000
SAFE = 2**53


def ask(con: "Connection", sql: str, limit: int) -> str:
    """Run one SELECT and give a Table as JSON, at most `limit` rows."""
    body = check(con, sql)
    described = con.execute(f"DESCRIBE SELECT * FROM (\n{body}\n)").fetchall()
    columns = [str(row[0]) for row in described]
    types = [str(row[1]) for row in described]
    shown = ", ".join(
        f"v{n}" if PLAIN.fullmatch(type_)
        else f"CAST(v{n} AS DOUBLE)" if type_.startswith("DECIMAL")
        else f"CAST(v{n} AS VARCHAR)"
        for n, type_ in enumerate(types)
    )  # fmt: skip
    names = ", ".join(f"v{n}" for n in range(len(types)))
    # Types that need a package to be read (a time with a zone) or that JSON has not become text.
    cursor = con.execute(f"SELECT {shown} FROM (\n{body}\n) AS asked({names}) LIMIT {limit + 1}")
    rows: list[list[Any]] = []
    size, truncated = 0, False
    while found := cursor.fetchmany(500):
        for row in found:
            cells = [_cell(value) for value in row]
            size += sum(len(cell) if isinstance(cell, str) else 8 for cell in cells)
            if len(rows) >= limit or size > ANSWER_BYTES:
                truncated = True
                break
            rows.append(cells)
        if truncated:
            break
    if truncated and not rows and limit:
        raise TooLarge(
            f"One row of the answer is larger than {ANSWER_BYTES // 1_000_000} MB.",
            "Ask for fewer columns, or for a part of the text: left(column, 1000).",
        )
    return json.dumps({"columns": columns, "types": types, "rows": rows, "truncated": truncated})


def check(con: "Connection", sql: str) -> str:
    """Refuse everything but one statement that reads; give it without what stands around it."""
    import duckdb

    try:
        statements = con.extract_statements(sql)
    except duckdb.ParserException as error:
        from .child import sentence

        raise Invalid(sentence(str(error)), "Correct the SQL and run it again.") from error
    if not statements:
        raise Invalid("There is no SQL here.", "Write a SELECT, such as: SELECT 1.")
    if len(statements) > 1:
        raise Invalid(f"These are {len(statements)} statements.", "Run one SELECT at a time.")
    word = statements[0].type.name
    if word != "SELECT":
        raise Forbidden(
            f"Only SELECT may run here, and this is {word}.",
            "Datasets are read, never changed. Write a SELECT, or use a notebook cell.",
        )
    body = _without_end(sql.strip().lstrip(";"))
    row = con.execute("SELECT json_serialize_sql(?)", [body]).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        raise Forbidden(
            "This statement cannot be checked before it runs.",
            "Write it as a plain SELECT, or use a notebook cell.",
        )
    _walk(tree)
    return body


def _without_end(sql: str) -> str:
    """Cut the statement at its semicolon, and not at one inside a text or a comment."""
    import duckdb

    for place, kind in duckdb.tokenize(sql):
        if kind == duckdb.token_type.operator and sql.encode()[place : place + 1] == b";":
            return sql.encode()[:place].decode().rstrip()
    return sql.rstrip()


def _walk(node: Any) -> None:
    if isinstance(node, list):
        for part in node:
            _walk(part)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind == "TABLE_FUNCTION":
            name = str((node.get("function") or {}).get("function_name", "")).lower()
            if name not in KNOWN:
                raise Forbidden(
                    f"The function {name}() may not be used here.",
                    "Queries read datasets by their name: SELECT * FROM a_dataset.",
                )
        elif str(node.get("function_name", "")).lower() in REFUSED:
            raise Forbidden(
                f"The function {node['function_name']}() may not be used here.",
                "Queries read datasets and change nothing.",
            )
        elif kind in ("INSERT_QUERY_NODE", "DELETE_QUERY_NODE", "UPDATE_QUERY_NODE"):
            raise Forbidden("Only SELECT may run here.", "Datasets are read, never changed.")
        for part in node.values():
            _walk(part)


def _cell(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, str) else str(value)
