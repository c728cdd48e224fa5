"""The rows of what is looked at: pages of views, and a column's values. Runs in the child only.

Where the rows are a DuckDB table, whose rowid is the row's number, a page of a sorted or filtered
view is gathered by number in milliseconds; what is small is made such a table when it is opened.
"""

import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import TooLarge
from sponde_server.datasets.files.forms import identifier
from sponde_server.datasets.sql.ask import ANSWER_BYTES, PLAIN, cell
from sponde_server.datasets.sql.keep import AS_TEXT

from .orders import Asking, Left, Order, Orders
from .working_child import NUMBER, select_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

FIRST_ROWS = 400
"""Pages up to here are found without working out the whole order."""
FEW_ROWS = 200_000
"""So many rows are put in order at once."""
STEPS = (122_880, 983_040)
"""Rows that are looked through before it is told how many fit: at first, and at most."""
LARGEST_LOADED = 20_000_000
"""Cells of what is made a table in memory."""
MOST_BYTES = 40_000_000
VALUES = 200


class Rows:
    """The rows of one dataset or result: the view `shown`, `written` as they stand in the file."""

    def __init__(self, con: "Connection", opening: dict[str, Any]) -> None:
        self._con = con
        self._table: str = opening["table"]
        self._is_numbered: bool = opening["is_numbered"]
        self._names: list[str] = opening["names"]
        self._total: int = opening["total"]
        self._loads: str = opening["loads"]
        self._loading = threading.Lock()
        self._orders = Orders(con)

    def answer(self, asked: dict[str, Any], asking: Asking) -> Any:
        """Do what is asked."""
        asking.con = self._con.cursor()
        try:
            if asking.is_left:
                raise Left
            self._load(asked)
            return (self._values if asked["work"] == "values" else self._page)(asked, asking)
        finally:
            asking.con.close()

    def notice(self) -> None:
        """Look again at who still waits."""
        self._orders.notice()

    def _load(self, asked: dict[str, Any]) -> None:
        """Make what is small a table, `first` with the first question or when it is `sorted`."""
        if not self._loads or len(self._names) * self._total > LARGEST_LOADED:
            return
        is_plain = not asked["where"] and not asked.get("order")
        if self._loads == "sorted" and is_plain and asked["work"] == "page":
            return
        with self._loading:
            if not self._loads:
                return
            con = self._con.cursor()
            kept = ", ".join(f"{identifier(name)} AS v{n}" for n, name in enumerate(self._names))
            con.execute(f"CREATE TABLE loaded AS SELECT {kept} FROM shown")
            con.execute(
                f"CREATE OR REPLACE VIEW shown AS {select_of('loaded', self._names, NUMBER)}"
            )
            con.close()
            self._table, self._is_numbered, self._loads = "loaded", True, ""

    # -- values -----------------------------------------------------------------------------------

    def _values(self, asked: dict[str, Any], asking: Asking) -> list[list[Any]]:
        """Give a column's values that fit, the most frequent first."""
        assert asking.con is not None
        with ExitStack() as stack:
            source, given = f"shown {_where(asked)}", asked["given"]
            if asked["where"] and self._orders.is_known(_key(asked, "")):
                found = stack.enter_context(self._found(asked, asking))
                source, given = self._among(found), []
            return [
                [None if value is None else str(value), int(number)]
                for value, number in asking.con.execute(
                    f"SELECT {asked['text']} AS v, count(*) AS n FROM {source} GROUP BY v "
                    f"ORDER BY n DESC, v LIMIT {VALUES}",
                    given,
                ).fetchall()
            ]

    # -- pages ------------------------------------------------------------------------------------

    def _page(self, asked: dict[str, Any], asking: Asking) -> dict[str, Any]:
        """Give some rows, how many there are, and whether those are all, in their final order."""
        first, last = asked["offset"], asked["offset"] + asked["limit"]
        if not asked["where"] and not asked["order"]:
            return _told(self._plain(asked, asking), self._total, True)
        is_early = asked["when"] == "early" and not asked["written"]
        if is_early and not self._is_numbered and last <= FIRST_ROWS and self._is_new(asked):
            return self._unnumbered(asked, asking)
        with ExitStack() as stack:
            found: Order | None = None
            if asked["where"]:
                enough = last if is_early and not asked["order"] else None
                found = stack.enter_context(self._found(asked, asking, enough))
            rows, is_whole = (found.rows, found.is_whole) if found else (self._total, True)
            order = found
            if asked["order"]:
                if self._is_soon(asked, rows):
                    return _told(self._top(asked, asking, found), rows, False)
                order = stack.enter_context(self._sorted(asked, asking, found))
            assert order is not None
            numbers = f"SELECT rowid, _sponde_n FROM {order.name} "
            numbers += f"WHERE rowid >= {first} AND rowid < {min(last, rows)}"
            return _told(self._gathered(asked, asking, numbers), rows, is_whole)

    def _is_new(self, asked: dict[str, Any]) -> bool:
        return not self._orders.is_known(_key(asked, asked["order"]))

    def _is_soon(self, asked: dict[str, Any], rows: int) -> bool:
        """Say whether the page is there sooner than the order of all rows."""
        last = asked["offset"] + asked["limit"]
        is_first = last <= FIRST_ROWS and rows > FEW_ROWS and asked["when"] != "whole"
        return is_first and not asked["written"] and self._is_new(asked)

    def _plain(self, asked: dict[str, Any], asking: Asking) -> list[list[Any]]:
        offset, most = asked["offset"], asked["limit"]
        between = f">= {offset} AND {{0}} < {offset + most} ORDER BY {{0}}"
        if asked["written"]:
            source = f"written LIMIT {most} OFFSET {offset}"
        elif self._table:
            source = f"{self._table} WHERE rowid {between.format('rowid')}"
        elif self._is_numbered:
            source = f"shown WHERE _sponde_row {between.format('_sponde_row')}"
        else:
            source = f"shown LIMIT {most} OFFSET {offset}"
        return fetched(asking, f"SELECT {self._columns(asked)} FROM {source}")

    def _unnumbered(self, asked: dict[str, Any], asking: Asking) -> dict[str, Any]:
        """Give the first rows from a file that has no copy yet; how many fit is not known."""
        first = asked["offset"]
        rows = fetched(
            asking,
            f"SELECT {self._columns(asked)} FROM shown {_where(asked)} {_order(asked)} "
            f"LIMIT {asked['limit']} OFFSET {first}",
            asked["given"],
        )
        total = first + len(rows) if asked["where"] else self._total
        return _told(rows, total, False)

    def _top(self, asked: dict[str, Any], asking: Asking, found: Order | None) -> list[list[Any]]:
        """Give the first rows of a sorted view before all are in order."""
        first, last = asked["offset"], asked["offset"] + asked["limit"]
        source = self._among(found) if found else "shown"
        assert asking.con is not None
        numbers = asking.con.execute(
            f"SELECT _sponde_row FROM {source} {_order(asked)} LIMIT {last}"
        ).fetchall()[first:]
        wanted = ", ".join(f"({place}, {int(n)})" for place, (n,) in enumerate(numbers))
        return self._gathered(asked, asking, f"VALUES {wanted}") if wanted else []

    def _gathered(self, asked: dict[str, Any], asking: Asking, numbers: str) -> list[list[Any]]:
        """Give rows by their numbers, in that order."""
        source, number = "shown", "_sponde_row"
        if asked["written"]:
            source = "(SELECT *, row_number() OVER () - 1 AS _sponde_row FROM written)"
        elif self._table:
            source, number = self._table, "rowid"
        return fetched(
            asking,
            f"SELECT {self._columns(asked)} FROM {source} AS r JOIN ({numbers}) "
            f"AS w(_sponde_place, _sponde_n) ON r.{number} = CAST(w._sponde_n AS BIGINT) "
            "ORDER BY w._sponde_place",
        )

    def _columns(self, asked: dict[str, Any]) -> str:
        is_table = self._table and not asked["written"]
        return ", ".join(
            _shown(
                f"v{place}" if is_table else identifier(self._names[place]),
                "VARCHAR" if asked["written"] else type_,
                asked["longest"],
                asked["exact"],
            )
            for place, type_ in asked["columns"]
        )

    # -- orders -----------------------------------------------------------------------------------

    def _found(self, asked: dict[str, Any], asking: Asking, enough: int | None = None) -> Any:
        """Give the rows that fit, as in the file."""
        steps = _steps(self._total) if self._is_numbered else [(-1, -1)]

        def make(con: "Connection", order: Order) -> Iterator[int]:
            con.execute(f"CREATE TABLE {order.name} (_sponde_n UINTEGER)")
            rows = 0
            for step, end in steps:
                part = f"_sponde_row >= {step} AND _sponde_row < {end} AND "
                made = con.execute(
                    f"INSERT INTO {order.name} SELECT _sponde_row FROM shown "
                    f"WHERE {part if step >= 0 else ''}({asked['where']})",
                    asked["given"],
                ).fetchone()
                rows += int(made[0]) if made else 0
                yield rows

        return self._orders.using(_key(asked, ""), make, asking, enough)

    def _sorted(self, asked: dict[str, Any], asking: Asking, found: Order | None) -> Any:
        """Give all rows in their order; what is equal stays as in the file."""
        source = self._among(found) if found else "shown"

        def make(con: "Connection", order: Order) -> Iterator[int]:
            con.execute(
                f"CREATE TABLE {order.name} AS SELECT CAST(_sponde_row AS UINTEGER) AS _sponde_n "
                f"FROM {source} {_order(asked)}"
            )
            yield found.rows if found else self._total

        return self._orders.using(_key(asked, asked["order"]), make, asking)

    @staticmethod
    def _among(found: Order) -> str:
        return f"shown SEMI JOIN {found.name} ON _sponde_row = _sponde_n"


def _steps(total: int) -> list[tuple[int, int]]:
    """Give stretches of rows, each twice as long as what was before it."""
    ends = [0]
    while ends[-1] < total:
        ends.append(ends[-1] + max(STEPS[0], min(STEPS[1], ends[-1])))
    return list(itertools.pairwise(ends))


def fetched(asking: Asking, sql: str, given: list[Any] | None = None) -> list[list[Any]]:
    """Give the rows of a SELECT, as many of them as an answer can carry."""
    if asking.is_left or asking.con is None:
        raise Left
    cursor = asking.con.execute(sql, given or [])
    rows: list[list[Any]] = []
    size = 0
    while found := cursor.fetchmany(200):
        for row in found:
            cells = [cell(value) for value in row]
            size += sum(len(one) if isinstance(one, str) else 8 for one in cells)
            if size > ANSWER_BYTES:
                if not rows and size > MOST_BYTES:
                    raise TooLarge(
                        f"One row is larger than {MOST_BYTES // 1_000_000} MB.",
                        "Ask for fewer columns, or for a part of the text: left(column, 1000).",
                    )
                return rows or [cells]
            rows.append(cells)
    return rows


def _told(rows: list[list[Any]], total: int, is_whole: bool) -> dict[str, Any]:
    return {"rows": rows, "total": total, "is_whole": is_whole}


def _where(asked: dict[str, Any]) -> str:
    return f"WHERE {asked['where']}" if asked["where"] else ""


def _order(asked: dict[str, Any]) -> str:
    """Write the order; what is equal stays as in the file."""
    return f"ORDER BY {asked['order']}, _sponde_row" if asked["order"] else ""


def _key(asked: dict[str, Any], order: str) -> str:
    return json.dumps([asked["where"], asked["given"], order])


def _shown(name: str, type_: str, longest: int, exact: bool) -> str:
    """Write a column as JSON can carry it; long texts are cut where a length is given."""
    is_plain = PLAIN.fullmatch(type_) and not (exact and AS_TEXT.search(type_))
    if is_plain and type_ != "VARCHAR":
        return name
    decimal = re.fullmatch(r"DECIMAL\((\d+),\s*\d+\)", type_)
    if decimal and int(decimal[1]) <= 15 and not exact:
        return f"CAST({name} AS DOUBLE)"
    text = f"CAST({name} AS VARCHAR)"
    if not longest:
        return text
    return (
        f"CASE WHEN length({text}) > {longest} THEN left({text}, {longest}) || '…' ELSE {text} END"
    )
