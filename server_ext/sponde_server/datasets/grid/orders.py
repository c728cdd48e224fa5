"""Row numbers of views, as tables in DuckDB: found or sorted once, looked up for every page.

Several may wait for the same; where nobody waits any more, the work is interrupted. Runs in the
reader's child only.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

KEPT = 6
AT_ONCE = 2


class Left(Exception):
    """Who asked does not wait any more."""


class Asking:
    """One question while it is worked on, with a connection of its own."""

    def __init__(self) -> None:
        self.con: Connection | None = None
        self.is_left = False

    def leave(self) -> None:
        """End what is done for it."""
        self.is_left = True
        if self.con is not None:
            self.con.interrupt()


class Order:
    """A table of row numbers, `_sponde_n` in the order of its rows; it may still grow."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = 0
        self.is_whole = False
        self.error: Exception | None = None
        self.users = 0
        self.is_stopped = False
        self.con: Connection | None = None


Make = Callable[["Connection", Order], Iterator[int]]
"""Fills an order's table; tells after each step how many rows there are."""


class Orders:
    """The orders that were worked out lately, and those that are being worked out."""

    def __init__(self, con: "Connection") -> None:
        self._con = con
        self._changed = threading.Condition()
        self._room = threading.Semaphore(AT_ONCE)
        self._known: dict[str, Order] = {}
        self._made = 0

    def is_known(self, key: str) -> bool:
        """Say whether this order is there, whole."""
        with self._changed:
            return key in self._known and self._known[key].is_whole

    @contextmanager
    def using(
        self, key: str, make: Make, asking: Asking, enough: int | None = None
    ) -> Iterator[Order]:
        """Give an order when it is whole, or has `enough` rows; it stays while it is used."""
        with self._changed:
            order = self._begun(key, make)
            order.users += 1
        try:
            self._wait(key, order, asking, enough)
            yield order
        finally:
            with self._changed:
                order.users -= 1

    def notice(self) -> None:
        """Look again at who still waits."""
        with self._changed:
            self._changed.notify_all()

    def _begun(self, key: str, make: Make) -> Order:
        order = self._known.pop(key, None)
        if order is None:
            for other in list(self._known):
                if not self._known[other].is_whole and not self._known[other].users:
                    self._stop(other)
            self._drop_oldest()
            self._made += 1
            order = Order(f"order_{self._made}")
            threading.Thread(target=self._make, args=(key, order, make), daemon=True).start()
        self._known[key] = order
        return order

    def _wait(self, key: str, order: Order, asking: Asking, enough: int | None) -> None:
        with self._changed:
            while not asking.is_left and not self._is_ready(order, enough):
                self._changed.wait()
            if asking.is_left and not order.is_whole and order.users == 1:
                self._stop(key)
        if asking.is_left:
            raise Left
        if order.error is not None:
            raise order.error

    @staticmethod
    def _is_ready(order: Order, enough: int | None) -> bool:
        is_enough = enough is not None and order.rows >= enough
        return order.is_whole or order.error is not None or is_enough

    def _stop(self, key: str) -> None:
        order = self._known.pop(key, None)
        if order is not None:
            order.is_stopped = True
            if order.con is not None:
                order.con.interrupt()

    def _drop_oldest(self) -> None:
        for key, order in list(self._known.items()):
            if len(self._known) < KEPT:
                return
            if order.is_whole and not order.users:
                del self._known[key]
                self._con.cursor().execute(f"DROP TABLE {order.name}")

    def _make(self, key: str, order: Order, make: Make) -> None:
        import duckdb

        with self._room:
            con = order.con = self._con.cursor()
            try:
                for rows in make(con, order):
                    if order.is_stopped:
                        break
                    with self._changed:
                        order.rows = rows
                        self._changed.notify_all()
                with self._changed:
                    order.is_whole = not order.is_stopped
            except (duckdb.Error, MemoryError) as error:
                with self._changed:
                    order.error = error
                    if self._known.get(key) is order:
                        del self._known[key]
            if not order.is_whole:
                con.execute(f"DROP TABLE IF EXISTS {order.name}")
            con.close()
            with self._changed:
                self._changed.notify_all()
