"""One SELECT over the datasets, its rows as JSON. Runs in the sandbox's child only.

"It begins with SELECT" does not mean that it only reads: the statement is parsed, every function
that makes a table must be one that we know, and the plan that DuckDB makes of it may only read.
"""

import json
import math
import re
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import Forbidden, Invalid, TooLarge

if TYPE_CHECKING:
    import duckdb
    from duckdb import DuckDBPyConnection as Connection

KNOWN = {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"}
REFUSED = {
    # They write, or tell of the server: its settings, its files, other queries.
    "write_log",
    "current_setting",
    "current_query",
    "getenv",
    "getvariable",
    "nextval",
    "currval",
    "setval",
    "pg_get_viewdef",
    # They bind SQL that stands in a text, which nobody has checked.
    "json_serialize_plan",
    "json_execute_serialized_sql",
}
# Where our views are: what is called by another schema is a part of the database, or a file.
OURS = {"memory", "main"}
# Operators of a plan that change something. `read_only` of a statement's type is not enough.
CHANGES = re.compile(
    r"INSERT|DELETE|UPDATE|MERGE|COPY|EXPORT|CREATE|DROP|ALTER|ATTACH|DETACH|^SET|RESET|PRAGMA|LOAD"
    r"|VACUUM|TRANSACTION|PREPARE|EXECUTE"
)
PLAIN = re.compile(
    r"BOOLEAN|U?(?:TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|FLOAT|DOUBLE|VARCHAR", re.IGNORECASE
)
# A table's name that DuckDB would take for a file or an address.
FILE = re.compile(r"[/\\:*?]|\.\w+$")
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
            cells = [cell(value) for value in row]
            size += sum(len(one) if isinstance(one, str) else 8 for one in cells)
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
        from sponde_server.datasets.sandbox.child import sentence

        raise Invalid(sentence(str(error)), "Correct the SQL and run it again.") from error
    if not statements:
        raise Invalid("There is no SQL here.", "Write a SELECT, such as: SELECT 1.")
    if len(statements) > 1:
        raise Invalid(f"These are {len(statements)} statements.", "Run one SELECT at a time.")
    word = _kind(statements[0])
    if word == "MULTI":
        raise Forbidden(
            "This statement becomes several, as PIVOT does where its values are not named.",
            "Name them, such as: PIVOT sales ON year IN (2024, 2025) USING sum(price).",
        )
    if word != "SELECT":
        raise Forbidden(
            f"Only SELECT may run here, and this is {word}.",
            "Datasets are read, never changed. Write a SELECT, or use a notebook cell.",
        )
    body = body_of(sql)
    if not body:
        raise Invalid("There is no SQL here.", "Write a SELECT, such as: SELECT 1.")
    row = con.execute("SELECT json_serialize_sql(?)", [body]).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        raise Forbidden(
            "This statement cannot be checked before it runs.",
            "Write it as a plain SELECT, or use a notebook cell.",
        )
    _walk(tree, _inner(con))
    _only_reads(con, body)
    return body


def _inner(con: "Connection") -> set[str]:
    """Name DuckDB's own views that are found without a schema: they tell of files and settings."""
    views = con.execute(
        "SELECT lower(view_name), internal FROM duckdb_views() "
        "WHERE schema_name IN ('main', 'pg_catalog')"
    ).fetchall()
    own = {name for name, internal in views if not internal}
    return {name for name, internal in views if internal} - own


def plan_of(body: str) -> str:
    """Write the SQL that tells a statement's plan."""
    return f"EXPLAIN (FORMAT json) SELECT * FROM (\n{body}\n)"


def _only_reads(con: "Connection", body: str) -> None:
    """Refuse what would change something, whatever it looks like: the plan says."""
    plan = con.execute(plan_of(body)).fetchall()
    waiting = json.loads(plan[0][1])
    while waiting:
        node = waiting.pop()
        if CHANGES.search(str(node["name"]).strip()):
            raise Forbidden("Only SELECT may run here.", "Datasets are read, never changed.")
        waiting += node.get("children", ())


def _kind(statement: "duckdb.Statement") -> str:
    try:
        return str(statement.type.name)
    except ValueError:  # a kind that DuckDB's Python has no name for, such as UPDATE EXTENSIONS
        return "something else"


def body_of(sql: str) -> str:
    """Give the first statement, cut at semicolons and not at those in a text or a comment."""
    import duckdb

    raw = sql.encode()
    begin: int | None = None
    for place, kind in duckdb.tokenize(sql):
        is_end = kind == duckdb.token_type.operator and raw[place : place + 1] == b";"
        if begin is None and not is_end and kind != duckdb.token_type.comment:
            begin = place
        elif begin is not None and is_end:
            return raw[begin:place].decode().rstrip()
    return raw[begin or 0 :].decode().rstrip()


def _walk(node: Any, inner: set[str]) -> None:
    if isinstance(node, list):
        for part in node:
            _walk(part, inner)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind == "TABLE_FUNCTION":
            name = str((node.get("function") or {}).get("function_name", "")).lower()
            if name not in KNOWN:
                raise Forbidden(
                    f"The function {name}() may not be used here.",
                    "Queries read datasets by their name: SELECT * FROM a_dataset.",
                )
        elif kind == "BASE_TABLE":
            _check_table(node, inner)
        elif kind == "SHOW_REF" and not node.get("query"):
            # A dataset's name is a query here; what is none is a setting, or a list of tables.
            raise Forbidden(
                "SHOW tells of the database itself and may not be used here.",
                "DESCRIBE and a dataset's name list its columns; the Data panel lists datasets.",
            )
        elif str(node.get("function_name", "")).lower() in REFUSED:
            raise Forbidden(
                f"The function {node['function_name']}() may not be used here.",
                "Queries read datasets and change nothing.",
            )
        elif kind in ("INSERT_QUERY_NODE", "DELETE_QUERY_NODE", "UPDATE_QUERY_NODE"):
            raise Forbidden("Only SELECT may run here.", "Datasets are read, never changed.")
        for part in node.values():
            _walk(part, inner)


def _check_table(node: dict[str, Any], inner: set[str]) -> None:
    """Refuse a table that is no dataset: a file, an address, or one of DuckDB's own."""
    *owners, name = [str(one).lower() for one in node["qualified_name"]["path"]]
    if any(FILE.search(one) for one in (*owners, name)):
        raise Forbidden(
            "This SQL reaches for a file or an address outside the datasets.",
            "Queries read datasets only, each by its name.",
        )
    if name in inner or not OURS.issuperset(owners):
        raise Forbidden(
            f"The table {'.'.join((*owners, name))} is none of the datasets.",
            "Queries read datasets, each by its name alone: SELECT * FROM a_dataset.",
        )


def cell(value: Any) -> Any:
    """Make a value what JSON can carry: whole numbers past 2^53 and odd floats become text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, str) else str(value)
