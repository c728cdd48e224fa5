"""`sql("SELECT …")`: SQL in this kernel over the datasets that it names.

Nothing of the server's is imported, and pandas and duckdb only when they are used.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .client import SpondeError, call
from .data import connect, reading_of

if TYPE_CHECKING:
    import duckdb
    import pandas


def sql(query: str) -> "pandas.DataFrame":
    """Run SQL in this kernel; the datasets that it names are tables by their names."""
    return frame(query)


def frame(query: str, names: Iterable[str] = ()) -> "pandas.DataFrame":
    """Give the rows of SQL over the datasets that it names, and those of `names`."""
    return run(query, names).df()


def run(
    query: str, names: Iterable[str] = (), frames: Mapping[str, Any] | None = None
) -> "duckdb.DuckDBPyConnection":
    """Run SQL over the datasets that it names, and over frames where no dataset has the name."""
    if not query.strip():
        raise SpondeError("There is no SQL here. Write a SELECT, such as: SELECT 1")
    con = connect()
    import duckdb

    words = {word.lower() for word in re.findall(r"\w+", query)} | {one.lower() for one in names}
    taken: set[str] = set()
    for found in call("GET", "/datasets"):
        if found["name"].lower() in words:
            name = found["name"].replace('"', '""')
            con.execute(f'CREATE VIEW "{name}" AS {reading_of(found["id"])["sql"]}')
            taken.add(found["name"].lower())
    for name, value in (frames or {}).items():
        if name.lower() in words - taken:
            con.register(name, value)
    try:
        return con.execute(query)
    except duckdb.Error as error:
        raise SpondeError(sentence(error, query)) from None


def sentence(error: Exception, query: str) -> str:
    """Say what DuckDB says in a sentence, with the line of the SQL that it points to."""
    text, _, rest = str(error).partition("\n\nLINE ")
    kind, _, told = text.partition(": ")
    words = " ".join((told if kind.endswith("Error") else text).split())
    line = re.match(r"(\d+): ", rest)
    if line and "\n" in query.strip():
        words = f"{words.rstrip('.!')} (line {line[1]})"
    return words if words.endswith((".", "!", "?")) else f"{words}."
