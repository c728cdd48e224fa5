"""`dataset("sales")`: a dataset of the Data panel as a DataFrame, a relation, or SQL.

Read exactly as the panel shows it: the server says how, DuckDB in this kernel does it. Nothing of
the server's is imported, and pandas and duckdb only when they are used.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .client import SpondeError, call, text

if TYPE_CHECKING:
    import duckdb
    import pandas
    import pyarrow

PROFILING_SECONDS = 600


class Dataset:
    """One dataset. What it gives is read from the file each time."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    @property
    def name(self) -> str:
        """Its name, also in SQL."""
        return str(self._found["name"])

    @property
    def path(self) -> Path:
        """The file itself."""
        return Path(self._reading()["path"])

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return [str(name) for name in self._reading()["columns"]]

    def df(self) -> "pandas.DataFrame":
        """Give all rows as a pandas DataFrame."""
        return self.relation().df()  # type: ignore[no-any-return]

    def arrow(self) -> "pyarrow.Table":
        """Give all rows as an Arrow table."""
        return self.relation().to_arrow_table()

    def relation(self) -> "duckdb.DuckDBPyRelation":
        """Give a DuckDB relation: nothing is read until it is asked for rows."""
        return connect().sql(self._reading()["sql"])

    def rejects(self) -> list[str]:
        """Give the lines of the file that are left out, as they are written."""
        return list(StringIO(text(f"/datasets/{self._found['id']}/rejects"), newline=""))[1:]

    def typed(self, rows: Iterable[Sequence[str]]) -> "pandas.DataFrame":
        """Give rows of text the types of this dataset's columns, as its own rows have them."""
        import pandas

        reading = self._reading()
        frame = pandas.DataFrame(list(rows), columns=reading["columns"], dtype="str")
        if not reading["of_text"]:
            return frame
        con = connect()
        con.register("written", frame.mask(frame == ""))
        return con.execute(f"{reading['of_text']} FROM written").df()

    def sql(self, query: str) -> "pandas.DataFrame":
        """Run SQL in this kernel; this dataset, and others that it names, are tables by name."""
        from .querying import frame

        return frame(query, {self.name})

    def profile(self) -> "pandas.DataFrame":
        """Give what the Data panel knows of each column, one row a column."""
        from .frames import profile_frame

        return profile_frame(self._profile(), f"{self.name} ({self._found['path']})")

    def _profile(self) -> dict[str, Any]:
        path = f"/datasets/{self._found['id']}/profile"
        return dict(call("GET", path, timeout=PROFILING_SECONDS))

    def _reading(self) -> dict[str, Any]:
        return reading_of(self._found["id"])

    def __repr__(self) -> str:
        """Say which dataset it is, and how large."""
        found = self._found
        if found["rows"] is None:  # it was being read when it was asked for
            with suppress(SpondeError):
                found = self._found = call("GET", f"/datasets/{found['id']}")
        rows, columns = found["rows"], found["columns"]
        size = f"{rows:,} rows, {columns} columns" if rows is not None else found["status"]
        return f'dataset("{self.name}"): {size}, {found["path"]}'

    def _repr_html_(self) -> str:
        try:
            known = self._profile()
        except SpondeError as error:
            return f"<p>{escape(repr(self))}</p><p>{escape(str(error))}</p>"
        from .drawing import html_of

        return html_of(known, f"{self.name} ({self._found['path']})")


def dataset(name: str) -> Dataset:
    """Give the dataset that the Data panel shows under this name."""
    return Dataset(call("GET", f"/datasets-by-name/{quote(name, safe='')}"))


def reading_of(dataset_id: str) -> dict[str, Any]:
    """Ask how a dataset is read."""
    return dict(call("GET", f"/datasets/{dataset_id}/reading", timeout=PROFILING_SECONDS))


def connect() -> "duckdb.DuckDBPyConnection":
    """Open DuckDB in this kernel, or say how to get it."""
    try:
        import duckdb
    except ImportError:
        raise SpondeError(
            "Reading a dataset here needs duckdb, which this kernel's environment lacks. "
            "Install it with: %pip install duckdb"
        ) from None
    con = duckdb.connect()
    # Times with a zone are shown in UTC, as in the Data panel.
    con.execute("SET TimeZone = 'UTC'")
    return con
