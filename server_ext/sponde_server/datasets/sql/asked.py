"""What the sandbox's child does for people's SQL: keep, write, words."""

import json
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import TooLarge

from . import keep
from .ask import KNOWN, REFUSED, check

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

HIDDEN = (*REFUSED, "pg_", "has_", "inet_", "duckdb_", "pragma_", "in_search_path", "__internal")


def answer(con: "Connection", asked: dict[str, Any]) -> str:
    """Do one of the three, and give its answer as JSON."""
    import duckdb

    work = asked["work"]
    if work == "words":
        return json.dumps(words(con))
    try:
        if work == "keep":
            return keep.keep(con, asked)
        from .writing import write

        return json.dumps(write(con, {**asked, "select": _select(con, asked)}))
    except (duckdb.IOException, OSError) as error:
        if "too large" in str(error).lower():
            raise _too_large(int(asked["largest"])) from error
        raise


def _select(con: "Connection", asked: dict[str, Any]) -> str:
    """Give the SELECT to write: our own as it is, a person's where it only reads."""
    if "sql" in asked:
        return check(con, str(asked["sql"]))
    if "kept" in asked:
        return keep.kept(asked["kept"], asked["columns"], asked["types"])
    return str(asked["select"])


def _too_large(largest: int) -> TooLarge:
    return TooLarge(
        f"This makes a file of more than the {largest // 1_000_000:,} MB that are allowed.",
        "Ask for fewer rows or columns.",
    )


def words(con: "Connection") -> dict[str, Any]:
    """List the keywords and functions of this DuckDB that a SELECT over datasets may use."""
    keywords = con.execute("SELECT keyword_name FROM duckdb_keywords() ORDER BY 1").fetchall()
    found = con.execute(
        """
        SELECT function_name,
            arg_max(parameters, length(coalesce(description, ''))),
            arg_max(return_type, length(coalesce(description, ''))),
            max(coalesce(description, ''))
        FROM duckdb_functions()
        WHERE regexp_full_match(function_name, '[a-z][a-z0-9_]*')
            AND (function_type IN ('scalar', 'aggregate', 'macro')
                OR list_contains(?, function_name))
        GROUP BY 1 ORDER BY 1
        """,
        [sorted(KNOWN)],
    ).fetchall()
    functions = [
        {
            "name": name,
            "signature": f"{name}({', '.join(map(_plain, taken or ()))})"
            + (f" → {gives}" if gives else ""),
            "description": " ".join(told.split())[:300],
        }
        for name, taken, gives, told in found
        if not name.startswith(HIDDEN)
    ]
    return {"keywords": [name for (name,) in keywords], "functions": functions}


def _plain(parameter: Any) -> str:
    return str(parameter).strip('"')
