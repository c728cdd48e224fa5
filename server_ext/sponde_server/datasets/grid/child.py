"""The sandbox's child that stays: answers pages of one dataset, a line of JSON for each.

The first line says which files it may see, as for `child.py`, whose limits and locks hold here
too. The order of a sorted or filtered view is worked out once and kept, so that every page of it
is a look-up. Knows no server.
"""

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.datasets.files.forms import identifier
from sponde_server.datasets.sandbox.child import limit, open_locked, sentence, too_much
from sponde_server.datasets.sql.ask import ANSWER_BYTES, PLAIN, cell

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LONGEST = 500
"""Characters of one cell that a page shows; the whole value is asked for by itself."""
FIRST_ROWS = 400
"""Pages up to here are found without working out the whole order."""
KEPT_ORDERS = 4
VALUES = 200


def main() -> None:
    """Open the files, then answer until nobody asks any more."""
    opening = json.loads(sys.stdin.buffer.readline())
    limit(int(opening["memory"]), 0)
    rows: Rows | None = None
    for line in sys.stdin.buffer:
        rows = _answer(rows, json.loads(line), opening)


def _answer(rows: "Rows | None", asked: dict[str, Any], opening: dict[str, Any]) -> "Rows | None":
    import duckdb

    told: dict[str, Any]
    try:
        rows = rows or Rows(open_locked(opening), bool(opening["has_copy"]))
        told = {"answer": rows.answer(asked)}
    except SpondeError as error:
        told = {"error": error.body()}
    except (duckdb.OutOfMemoryException, MemoryError):
        told = {"error": too_much(opening).body()}
    except duckdb.Error as error:
        refusal = Invalid(sentence(str(error)), "Change the filter, or clear it.")
        told = {"error": refusal.body()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    return rows


class Rows:
    """The rows of one dataset: the view `shown`, and `written` as they stand in the file."""

    def __init__(self, con: "Connection", has_copy: bool) -> None:
        self._con = con
        self._has_copy = has_copy
        self._totals: dict[str, int] = {}
        self._orders: dict[str, str] = {}
        self._made = 0

    def answer(self, asked: dict[str, Any]) -> Any:
        """Do what is asked."""
        return self.values(asked) if asked["work"] == "values" else self.page(asked)

    def page(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Give some rows, and how many there are in all."""
        total = asked["total"] if not asked["where"] else self._total(asked)
        rows = self._written(asked, total) if asked["written"] else self._typed(asked, total)
        return {"rows": rows, "total": total}

    def values(self, asked: dict[str, Any]) -> list[list[Any]]:
        """Give a column's values that fit, the most frequent first."""
        having = f"WHERE {asked['where']}" if asked["where"] else ""
        return [
            [None if value is None else str(value), int(number)]
            for value, number in self._con.execute(
                f"SELECT {asked['text']} AS v, count(*) AS n FROM shown {having} GROUP BY v "
                f"ORDER BY n DESC, v LIMIT {VALUES}",
                asked["given"],
            ).fetchall()
        ]

    def _typed(self, asked: dict[str, Any], total: int) -> list[list[Any]]:
        columns = _columns(asked)
        offset, most = asked["offset"], asked["limit"]
        if not asked["where"] and not asked["order"]:
            if self._has_copy:
                return self._fetch(
                    f"SELECT {columns} FROM shown WHERE _sponde_row >= {offset} "
                    f"AND _sponde_row < {offset + most} ORDER BY _sponde_row"
                )
            return self._fetch(f"SELECT {columns} FROM shown LIMIT {most} OFFSET {offset}")
        if self._is_known(asked) or (self._has_copy and offset + most > FIRST_ROWS):
            return self._by_numbers("shown", columns, self._numbers(asked, total))
        return self._fetch(
            f"SELECT {columns} FROM shown {_where(asked)} {_order(asked)} "
            f"LIMIT {most} OFFSET {offset}",
            asked["given"],
        )

    def _written(self, asked: dict[str, Any], total: int) -> list[list[Any]]:
        columns = _columns(asked)
        if not asked["where"] and not asked["order"]:
            return self._fetch(
                f"SELECT {columns} FROM written LIMIT {asked['limit']} OFFSET {asked['offset']}"
            )
        numbered = "(SELECT *, row_number() OVER () - 1 AS _sponde_row FROM written)"
        return self._by_numbers(numbered, columns, self._numbers(asked, total))

    def _by_numbers(self, source: str, columns: str, numbers: list[int]) -> list[list[Any]]:
        if not numbers:
            return []
        self._con.execute("CREATE OR REPLACE TEMP TABLE wanted (n BIGINT)")
        self._con.execute("INSERT INTO wanted SELECT unnest(?)", [numbers])
        found = self._fetch(
            f"SELECT _sponde_row, {columns} FROM {source} "
            "WHERE _sponde_row IN (SELECT n FROM wanted)"
        )
        by_number = {row[0]: row[1:] for row in found}
        return [by_number[number] for number in numbers if number in by_number]

    def _numbers(self, asked: dict[str, Any], total: int) -> list[int]:
        """Give which rows of the file stand on the page, from the order that is kept."""
        key = _key(asked)
        if key not in self._orders:
            while len(self._orders) >= KEPT_ORDERS:
                self._con.execute(f"DROP TABLE {self._orders.pop(next(iter(self._orders)))}")
            self._made += 1
            name = f"order_{self._made}"
            self._con.execute(
                f"CREATE TEMP TABLE {name} AS SELECT _sponde_row AS n FROM shown "
                f"{_where(asked)} {_order(asked)}",
                asked["given"],
            )
            self._orders[key] = name
        first = asked["offset"]
        last = min(first + asked["limit"], total) - 1
        found = self._con.execute(
            f"SELECT n FROM {self._orders[key]} WHERE rowid BETWEEN {first} AND {last} "
            "ORDER BY rowid"
        ).fetchall()
        return [int(row[0]) for row in found]

    def _is_known(self, asked: dict[str, Any]) -> bool:
        return _key(asked) in self._orders

    def _total(self, asked: dict[str, Any]) -> int:
        key = json.dumps([asked["where"], asked["given"]])
        if key not in self._totals:
            row = self._con.execute(
                f"SELECT count(*) FROM shown {_where(asked)}", asked["given"]
            ).fetchone()
            self._totals[key] = int(row[0]) if row else 0
        return self._totals[key]

    def _fetch(self, sql: str, given: list[Any] | None = None) -> list[list[Any]]:
        cursor = self._con.execute(sql, given or [])
        rows: list[list[Any]] = []
        size = 0
        while found := cursor.fetchmany(200):
            for row in found:
                cells = [cell(value) for value in row]
                size += sum(len(one) if isinstance(one, str) else 8 for one in cells)
                if size > ANSWER_BYTES:
                    return rows or [cells]
                rows.append(cells)
        return rows


def _where(asked: dict[str, Any]) -> str:
    return f"WHERE {asked['where']}" if asked["where"] else ""


def _order(asked: dict[str, Any]) -> str:
    """Write the order; what is equal stays as in the file."""
    return f"ORDER BY {asked['order']}, _sponde_row" if asked["order"] else ""


def _key(asked: dict[str, Any]) -> str:
    return json.dumps([asked["where"], asked["given"], asked["order"]])


def _columns(asked: dict[str, Any]) -> str:
    longest = 0 if asked["whole"] else LONGEST
    return ", ".join(
        f"{_shown(identifier(name), 'VARCHAR' if asked['written'] else type_, longest)} AS v{n}"
        for n, (name, type_) in enumerate(asked["columns"])
    )


def _shown(name: str, type_: str, longest: int) -> str:
    """Write a column as JSON can carry it; long texts are cut where a length is given."""
    if PLAIN.fullmatch(type_) and type_ != "VARCHAR":
        return name
    decimal = re.fullmatch(r"DECIMAL\((\d+),\s*\d+\)", type_)
    if decimal and int(decimal[1]) <= 15:
        return f"CAST({name} AS DOUBLE)"
    text = f"CAST({name} AS VARCHAR)"
    if not longest:
        return text
    return (
        f"CASE WHEN length({text}) > {longest} THEN left({text}, {longest}) || '…' ELSE {text} END"
    )


if __name__ == "__main__":
    main()
