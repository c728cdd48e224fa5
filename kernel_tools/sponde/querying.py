"""`sql("SELECT …")`: SQL in this kernel over the datasets that it names.

Nothing of the server's is imported, and pandas and duckdb only when they are used.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .client import SpondeError, call
from .data import connect, reading_of

if TYPE_CHECKING:
    import duckdb
    import pandas

ABSENT = re.compile(r'Table with name "?(\w+)"? does not exist')


def sql(query: str) -> "pandas.DataFrame":
    """Run SQL in this kernel; the datasets that it names are tables by their names."""
    return frame(query)


def frame(query: str, names: Iterable[str] = ()) -> "pandas.DataFrame":
    """Give the rows of SQL over the datasets that it names, and those of `names`."""
    con = run(query, names)
    from .frames import rows_of

    return rows_of(con)


def run(
    query: str, names: Iterable[str] = (), frames: Mapping[str, Any] | None = None
) -> "duckdb.DuckDBPyConnection":
    """Run SQL over the datasets that it names, and over frames where no dataset has the name.

    Without a server it runs over frames alone, and says so where a name is none of theirs.
    """
    if not query.strip():
        raise SpondeError("There is no SQL here. Write a SELECT, such as: SELECT 1")
    con = connect()
    import duckdb

    words = {word.lower() for word in re.findall(r"\w+", query)} | {one.lower() for one in names}
    datasets, refusal = _datasets()
    if names and refusal is not None:
        raise refusal
    for found in datasets:
        if found["name"].lower() in words:
            name = found["name"].replace('"', '""')
            con.execute(f'CREATE VIEW "{name}" AS {reading_of(found["id"])["sql"]}')
    taken = {found["name"].lower() for found in datasets}
    here = {name: value for name, value in (frames or {}).items() if name.lower() not in taken}
    for name, value in here.items():
        if name.lower() in words:
            con.register(name, value)
    try:
        return con.execute(query)
    except duckdb.Error as error:
        told = sentence(error, query)
        absent = ABSENT.match(told)
        if absent is None:
            raise SpondeError(told) from None
        known = [*(found["name"] for found in datasets), *here]
        raise SpondeError(_nearest(absent[1], known, refusal)) from None


def _datasets() -> tuple[list[dict[str, Any]], SpondeError | None]:
    try:
        return list(call("GET", "/datasets")), None
    except SpondeError as error:
        return [], error


def _nearest(name: str, known: list[str], refusal: SpondeError | None) -> str:
    """Say that a name is no table's, and which may be meant."""
    near = difflib.get_close_matches(name.lower(), [one.lower() for one in known], 3, 0.5)
    told = f"There is no dataset and no data frame called '{name}'."
    if near:
        spelled = {one.lower(): one for one in known}
        told += f" Did you mean {' or '.join(spelled[one] for one in near)}?"
    elif known:
        told += f" There is {', '.join(sorted(known)[:10])}{', …' if len(known) > 10 else ''}."
    return f"{told} {refusal}" if refusal is not None else told


def sentence(error: Exception, query: str) -> str:
    """Say what DuckDB says in a sentence, with the line of the SQL that it points to."""
    text, _, rest = str(error).partition("\n\nLINE ")
    kind, _, told = text.partition(": ")
    words = " ".join((told if kind.endswith("Error") else text).split())
    line = re.match(r"(\d+): ", rest)
    if line and "\n" in query.strip():
        words = f"{words.rstrip('.!')} (line {line[1]})"
    return words if words.endswith((".", "!", "?")) else f"{words}."
