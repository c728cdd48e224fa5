"""The words of a text table while it is profiled: how often each occurs, and where the rows are.

What repeats is counted in one reading, straight from a large file, which is not written a second
time; only columns whose values hardly repeat are kept there, as words or as `meant.py` has them.
Small files are kept whole. Runs in the sandbox's child; does not know what words mean.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .reading import csv_source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

    from .forms import Form

IN_TABLES = 4_000_000
"""Files of so many bytes are kept whole, and so are wide ones."""
NARROW = 200
GROUP = 2500
"""Columns in one table: DuckDB's memory for a table grows with its columns, not its rows alone."""
TRIED = 200_000
"""So many rows tell whether a large file's column repeats its values."""
TRIED_SOON = 20_000
"""So many of one that is not large."""
LARGE = 200_000_000
AT_ONCE = 1_000_000
"""So many values are counted whether they repeat or not."""
SETS = 50
"""Columns counted in one reading."""
SHORT = 20_000
"""A table of so many rows and WIDE columns is counted in one long column."""
WIDE = 30
MANY = 500
ALL, ROWS = -1, -2
"""Places in the table of counts for how many rows there are, and how many different ones."""


class Words:
    """A text table that was read once: counts of what repeats, and relations with its rows."""

    def __init__(self, con: "Connection", width: int, *, is_in_file: bool) -> None:
        self.con = con
        self.width = width
        self.is_in_file = is_in_file
        self.rows = 0
        self.different_rows: int | None = None
        """How many rows are written differently, by fingerprints of 64 bits; None: not counted."""
        self.counted: dict[int, tuple[int, int]] = {}
        """Of columns that are counted: how many different words, in how many rows."""
        self.kept: list[int] = []
        """The columns that are not."""
        self.meant: dict[int, Form] = {}
        """Of those that are kept, the ones that are written as what they mean, not as words."""
        self.beside: dict[int, Form] = {}
        """Of those that are counted, numbers that lie beside them, by forms not checked."""

    @property
    def row(self) -> str:
        """Name the number of a row, from 0, in the relations of `of`."""
        return "row" if self.is_in_file else "rowid"

    def of(self, place: int) -> str:
        """Name the relation that has a column's words, row by row."""
        return "filed_0" if self.is_in_file else f"words_{place // GROUP}"

    def near(self, place: int) -> str:
        """Name the same where it is read soonest; it has no words of what is `meant`."""
        return "kept_0" if self.is_in_file and place in self.kept else self.of(place)

    def first(self, place: int) -> str:
        """Name a relation of the first rows."""
        return "head" if self.is_in_file else self.of(place)

    def values(self, place: int) -> str:
        """Write the rows (v, n) of a column that is counted."""
        return f"(SELECT v, n FROM counted WHERE place = {place})"

    def groups(self) -> Iterator[range]:
        """Give the columns that share a relation."""
        for start in range(0, self.width, GROUP):
            yield range(start, min(start + GROUP, self.width))

    def hollow_rows(self) -> bool:
        """Say whether there are rows of delimiters alone, which are no rows."""
        if self.width < 2 or any(there == self.rows for _, there in self.counted.values()):
            return False
        return all(
            self.number(
                f"SELECT count(*) FROM {self.of(group.start)} "
                f"WHERE {' AND '.join(f'c{place} IS NULL' for place in group)}"
            )
            for group in self.groups()
        )

    def number(self, sql: str) -> int:
        """Ask for one number."""
        row = self.con.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


def keep_words(words: Words, source: str) -> None:
    """Write the columns that are kept as they stand."""
    shown = ", ".join(f"c{place}" for place in words.kept)
    words.con.execute(f"CREATE OR REPLACE TABLE kept_0 AS SELECT {shown} FROM {source}")


def read(
    con: "Connection",
    path: Path,
    dialect: dict[str, Any],
    width: int,
    keep: Callable[[Words, str], None] = keep_words,
) -> Words | None:
    """Read a text file; None where a row does not fit."""
    import duckdb

    size = path.stat().st_size
    words = Words(con, width, is_in_file=size > IN_TABLES and width < NARROW)
    # Names of our own: statistics must not stumble over what a file calls its columns.
    names = [f"c{place}" for place in range(width)]
    plain = csv_source(str(path), dialect, names)
    source = csv_source(str(path), dialect, names, rejects=True)
    for table in ("reject_errors", "reject_scans"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    try:
        if words.is_in_file:
            _lay_open(words, plain, TRIED if size > LARGE else TRIED_SOON)
        else:
            for group in words.groups():
                shown = ", ".join(names[group.start : group.stop])
                table = words.of(group.start)
                con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {shown} FROM {source}")
                if _has_rejects(words):
                    return None
        _count(words, source)
        if words.is_in_file and words.kept:
            keep(words, source)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    return None if words.is_in_file and _has_rejects(words) else words


def side_by_side(table: str, places: Sequence[int]) -> str:
    """Write the rows (place, v) of some columns of one type, one below the other."""
    values = ", ".join(f"c{place}" for place in places)
    return f"(SELECT unnest({list(places)}) AS place, unnest([{values}]) AS v FROM {table})"


def _has_rejects(words: Words) -> bool:
    return words.number("SELECT count(*) FROM reject_errors") > 0


def _lay_open(words: Words, plain: str, tried: int) -> None:
    """Let rows be read from the file itself, and keep its first ones."""
    con = words.con
    con.execute(
        f"CREATE OR REPLACE VIEW filed_0 AS SELECT *, row_number() OVER () - 1 AS row FROM {plain}"
    )
    con.execute(f"CREATE OR REPLACE TABLE head AS SELECT * FROM {plain} LIMIT {tried}")


def _repeating(words: Words) -> tuple[list[int], bool]:
    """Say which columns repeat their values, by the first rows, and whether one never does."""
    all_places = list(range(words.width))
    first = words.first(0)
    rows = words.number(f"SELECT count(*) FROM {first}")
    if not words.is_in_file and rows * words.width <= AT_ONCE:
        return all_places, False
    found: list[int] = []
    has_key = False
    for group in words.groups():
        asked = ", ".join(f"approx_count_distinct(c{place})" for place in group)
        names = ", ".join(f"c{place}" for place in group)
        table = words.first(group.start)
        answer = words.con.execute(
            f"SELECT {asked} FROM (SELECT {names} FROM {table} LIMIT {TRIED})"
        ).fetchone()
        many = dict(zip(group, answer or (), strict=True))
        tried = min(rows, TRIED)
        found += [place for place in group if many[place] < tried // 4]
        has_key = has_key or any(one > 0.9 * tried for one in many.values())
    return found, has_key


def _count(words: Words, source: str) -> None:
    """Count the words of columns that repeat them, all rows, and where it is cheap different ones.

    A row of `counted` is a word and how often it occurs: (place, v, n, d).
    """
    places, has_key = _repeating(words)
    words.con.execute(
        "CREATE OR REPLACE TABLE counted (place INTEGER, v VARCHAR, n BIGINT, d BIGINT)"
    )
    if words.is_in_file:
        _count_in_sets(words, source, places, with_rows=not has_key)
    else:
        words.rows = words.number("SELECT count(*) FROM words_0")
        for group in words.groups():
            some = [place for place in places if place in group]
            table = words.of(group.start)
            if len(some) >= WIDE and words.rows <= SHORT:
                for start in range(0, len(some), MANY):
                    words.con.execute(
                        "INSERT INTO counted SELECT place, v, count(*), 1 "
                        f"FROM {side_by_side(table, some[start : start + MANY])} GROUP BY place, v"
                    )
            else:
                _count_in_sets(words, table, some, with_rows=words.width <= GROUP and not has_key)
    words.kept = sorted(set(range(words.width)) - set(places))
    words.counted = dict.fromkeys(places, (0, 0))
    words.counted |= {
        place: (different, there)
        for place, different, there in words.con.execute(
            "SELECT place, count(v), coalesce(sum(n) FILTER (v IS NOT NULL), 0)::BIGINT "
            "FROM counted WHERE place >= 0 GROUP BY place"
        ).fetchall()
    }


def _count_in_sets(words: Words, source: str, places: Sequence[int], *, with_rows: bool) -> None:
    """Count several columns in one reading, each by itself."""
    for start in range(0, max(1, len(places)), SETS):
        keys = {f"c{place}": place for place in places[start : start + SETS]}
        inner, hashed = source, start == 0 and with_rows
        if hashed:
            every = ", ".join(f"c{place}" for place in range(words.width))
            inner = f"(SELECT *, hash({every}) AS h FROM {source})"
        names = [*keys, *(["h"] if hashed else [])]
        if not names:
            words.rows = words.number(f"SELECT count(*) FROM {source}")
            return
        none = (1 << len(names)) - 1
        ids = {none - (1 << bit): name for bit, name in enumerate(reversed(names))}
        found = ", ".join(f"({id_}, {keys.get(name, ROWS)})" for id_, name in ids.items())
        sets = ", ".join(f"({one})" for one in names)
        texts = ", ".join(keys) or "NULL::VARCHAR"
        words.con.execute(
            "INSERT INTO counted SELECT place, v, sum(n)::BIGINT, count(*) FROM ("
            f"SELECT grouping_id({', '.join(names)}) AS g, coalesce({texts}) AS v, count(*) AS n "
            f"FROM {inner} GROUP BY GROUPING SETS ((), {sets})) JOIN "
            f"(VALUES ({none}, {ALL}), {found}) AS named(g, place) USING (g) GROUP BY place, v"
        )
        if start == 0:
            words.rows = words.number(f"SELECT n FROM counted WHERE place = {ALL}")
        if hashed:
            row = words.con.execute(f"SELECT sum(d) FROM counted WHERE place = {ROWS}").fetchone()
            words.different_rows = int(row[0]) if row and row[0] is not None else 0
