"""Where columns lie when they are measured: as counts of words, in tables, or in a file.

Each column is called c and its place there: a file's names cannot break SQL.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sponde_server.datasets.files.reading import typed
from sponde_server.datasets.files.settle import is_made
from sponde_server.datasets.files.words import Words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

Made = dict[str, Any]


class Lying:
    """A table's columns, and where each is read alone and together with others."""

    def __init__(
        self,
        con: "Connection",
        columns: list[Made],
        rows: int,
        tables: Sequence[str],
        words: Words | None = None,
    ) -> None:
        self.con = con
        self.columns = columns
        self.rows = rows
        self.alone = tables
        """Where each column is read alone, unless its words are counted."""
        self.words = words
        self.tables: Sequence[str] = tables
        """Where each is read together with others."""
        self.row = ""
        """What numbers the rows there; '' where nothing does."""

    def is_counted(self, place: int) -> bool:
        """Say whether a column's words are counted."""
        return self.words is not None and place in self.words.counted

    def name(self, place: int) -> str:
        """Name a column among others."""
        return f"{self.tables[place]}.c{place}"

    def source(self, places: Sequence[int]) -> str:
        """Name the relations of some columns, side by side."""
        return " POSITIONAL JOIN ".join(dict.fromkeys(self.tables[place] for place in places))

    def values(self, place: int) -> str:
        """Name a relation with each value of a column, some more than once."""
        if self.words is None or not self.is_counted(place):
            return self.alone[place]
        meant = typed("v", self.columns[place])
        return f"(SELECT {meant} AS c{place} FROM {self.words.values(place)})"

    def beside(self, places: Sequence[int]) -> tuple[str, str]:
        """Name a relation with columns of one table side by side, and what numbers its rows."""
        words = self.words
        if words is not None and all(self._lies_beside(words, place) for place in places):
            return "kept_0", "rowid"
        return self.tables[places[0]], self.row

    def _lies_beside(self, words: Words, place: int) -> bool:
        if place in words.meant:
            return True
        column, form = self.columns[place], words.beside.get(place)
        if form is None or column["missing"]:
            return False
        return (form.name, form.type) == (column["form"], column["type"])

    def ascends(self, place: int, limit: int = 0) -> bool:
        """Say whether each value of a kept column is larger than the one before: no two are one."""
        name, most = f"c{place}", f" LIMIT {limit}" if limit else ""
        values = f"SELECT {name}, lag({name}) OVER () AS before FROM {self.alone[place]}{most}"
        return not self.number(f"SELECT count(*) FROM ({values}) WHERE {name} <= before")

    def number(self, sql: str) -> int:
        """Ask for one number."""
        row = self.con.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def different(self, places: Sequence[int], limit: int = 0) -> int:
        """Count the different rows of some columns, by a fingerprint of 64 bits each."""
        source = self.source(places)
        names = {place: self.name(place) for place in places}
        is_kept = not any(map(self.is_counted, places))
        if is_kept and len({self.alone[place] for place in places}) == 1:
            # All are in one table, where they are read sooner.
            source = self.alone[places[0]]
            names = {place: f"c{place}" for place in places}
        inner = ", ".join(names.values())
        if limit:
            shown = ", ".join(f"{names[at]} AS k{at}" for at in places)
            source = f"(SELECT {shown} FROM {source} LIMIT {limit})"
            inner = ", ".join(f"k{at}" for at in places)
        return self.number(f"SELECT count(*) FROM (SELECT DISTINCT hash({inner}) FROM {source})")


def of_types(con: "Connection", columns: list[Made], rows: int) -> Lying:
    """Tell of a file with types of its own, which is the relation `typed`."""
    return Lying(con, columns, rows, ["typed"] * len(columns))


def of_words(words: Words, columns: list[Made]) -> Lying:
    """Tell of a text table whose columns' forms are known."""
    alone = ["" for _ in columns]
    together = ["" for _ in columns]
    for group in words.groups():
        start = group.start
        # What is counted needs no table; of the rest, what has become something else is written.
        texts = [place for place in words.kept if place in group and place not in words.meant]
        made = [place for place in texts if is_made(columns[place])]
        if made:
            shown = ", ".join(f"{typed(f'c{at}', columns[at])} AS c{at}" for at in made)
            words.con.execute(
                f"CREATE OR REPLACE TABLE typed_{start} AS "
                f"SELECT {shown} FROM {words.near(made[0])}"
            )
        whole = ", ".join(f"{typed(f'c{at}', columns[at])} AS c{at}" for at in group)
        words.con.execute(
            f"CREATE OR REPLACE VIEW whole_{start} AS "
            f"SELECT {whole}, {words.row} AS row FROM {words.of(start)}"
        )
        for place in group:
            alone[place] = f"typed_{start}" if place in made else words.near(place)
            together[place] = f"whole_{start}"
    lying = Lying(words.con, columns, words.rows, alone, words)
    lying.tables, lying.row = together, "row"
    return lying
