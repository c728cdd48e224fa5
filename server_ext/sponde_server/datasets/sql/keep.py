"""A SELECT's rows kept in a Parquet file, page by page afterwards. Runs in the sandbox's child.

Parquet has no place for some of DuckDB's types: those are kept as text and made what they were
when they are read.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import TooLarge
from sponde_server.datasets.files.forms import identifier, literal

from .ask import ANSWER_BYTES, PLAIN, body_of, cell, check, plan_of
from .places import failure

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

AS_TEXT = re.compile(
    r'HUGEINT|BIGNUM|INTERVAL|\bBIT\b|UNION|VARIANT|MAP|ENUM|GEOMETRY|JSON|"NULL"|TIME_NS|_S\b'
    r"|(?<!STAMP) WITH TIME ZONE"
)
BACK = re.compile(r"U?HUGEINT|BIGNUM|INTERVAL|BIT|TIME WITH TIME ZONE|TIME_NS|TIMESTAMP_S|ENUM.*")
GROUP_ROWS = 20_480
"""Small groups: a page out of the middle reads little of the file."""
LONGEST = 20_000
"""Characters of one cell that a page shows; a download has them all."""


def keep(con: "Connection", asked: dict[str, Any]) -> str:
    """Run one SELECT, keep its rows, and give what they are with the first page, as JSON."""
    import duckdb

    sql = str(asked["sql"])
    ran = sql
    try:
        con.extract_statements(sql)
        ran = plan_of(body_of(sql))
        own = check(con, sql)
        ran = f"DESCRIBE SELECT * FROM (\n{own}\n)"
        described = con.execute(ran).fetchall()
        columns = different([str(row[0]) for row in described])
        types = [str(row[1]) for row in described]
        most = int(asked["most"])
        ran = _copy(own, types, str(asked["target"]), most)
        made = con.execute(ran).fetchone()
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        return json.dumps({"failure": failure(str(error), ran, sql)})
    found = int(made[0]) if made else 0
    rows = min(found, most)
    first = page(con, asked["target"], types, 0, min(rows, int(asked["limit"])))
    return json.dumps(
        {"columns": columns, "types": types, "rows": rows, "is_cut": found > most, "first": first}
    )


def page(
    con: "Connection", path: str, types: list[str], offset: int, limit: int
) -> list[list[Any]]:
    """Give some of the kept rows, as many of them as an answer can carry."""
    shown = ", ".join(_shown(f"v{n}", type_) for n, type_ in enumerate(types))
    cursor = con.execute(
        f"SELECT {shown} FROM read_parquet({literal(path)}, file_row_number=true) "
        f"WHERE file_row_number >= {offset} AND file_row_number < {offset + limit} "
        "ORDER BY file_row_number"
    )
    rows: list[list[Any]] = []
    size = 0
    while found := cursor.fetchmany(200):
        for row in found:
            cells = [cell(value) for value in row]
            size += sum(len(one) if isinstance(one, str) else 8 for one in cells)
            if size > ANSWER_BYTES:
                if not rows:
                    raise TooLarge(
                        f"One row of the result is larger than {ANSWER_BYTES // 1_000_000} MB.",
                        "Ask for fewer columns, or download the result.",
                    )
                return rows
            rows.append(cells)
    return rows


def is_exact(types: Iterable[str]) -> bool:
    """Whether kept rows of these types are read again as what they were."""
    return not any(AS_TEXT.search(type_) and not BACK.fullmatch(type_) for type_ in types)


def type_kept(type_: str) -> str:
    """Give the type that kept values of this type have."""
    return "VARCHAR" if AS_TEXT.search(type_) and not BACK.fullmatch(type_) else type_


def kept(path: str, columns: Sequence[str], types: Sequence[str], more: str = "") -> str:
    """Write the SELECT that gives kept rows with their names and types."""
    shown = ", ".join(
        f"{_back(f'v{n}', type_)} AS {identifier(name)}"
        for n, (name, type_) in enumerate(zip(different(columns), types, strict=True))
    )
    return f"SELECT {shown}{more} FROM read_parquet({literal(path)})"


def different(names: Sequence[str]) -> list[str]:
    """Give names that no two columns share, in whatever case: a file needs them so."""
    taken: set[str] = set()
    made: list[str] = []
    for name in names:
        one, number = name, 2
        while one.lower() in taken:
            one, number = f"{name}_{number}", number + 1
        taken.add(one.lower())
        made.append(one)
    return made


def _copy(own: str, types: list[str], target: str, most: int) -> str:
    names = ", ".join(f"v{n}" for n in range(len(types)))
    stored = ", ".join(
        f"CAST(v{n} AS VARCHAR) AS v{n}" if AS_TEXT.search(type_) else f"v{n}"
        for n, type_ in enumerate(types)
    )
    return (
        f"COPY (SELECT {stored} FROM (\n{own}\n) AS asked({names}) LIMIT {most + 1}) "
        f"TO {literal(target)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {GROUP_ROWS})"
    )


def _back(name: str, type_: str) -> str:
    return f"CAST({name} AS {type_})" if BACK.fullmatch(type_) else name


def _shown(name: str, type_: str) -> str:
    """Write a column as JSON can carry it: decimals, dates and times as text, nothing endless."""
    if PLAIN.fullmatch(type_) and type_ != "VARCHAR" and not AS_TEXT.search(type_):
        return name
    text = name if type_ == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    return (
        f"CASE WHEN length({text}) > {LONGEST} THEN left({text}, {LONGEST}) || '…' ELSE {text} END"
    )
