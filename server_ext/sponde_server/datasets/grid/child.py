"""The sandbox's child that stays: answers pages of one dataset or result, a line of JSON for each.

The first line says which files it may see, as for `child.py`, whose limits and locks hold here
too. Each question has a number and is worked on in a thread of its own, so that a page need not
wait for somebody's sorting; `cancel` ends what nobody waits for any more. Knows no server.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sponde_server.core.errors import Invalid, SpondeError
from sponde_server.datasets.sandbox.child import limit, open_locked, sentence, too_much

from .orders import Asking, Left
from .rows import Rows

AT_ONCE = 16


def main() -> None:
    """Open the files, then answer until nobody asks any more."""
    opening = json.loads(sys.stdin.buffer.readline())
    limit(int(opening["memory"]), 0)
    desk = Desk(opening)
    for line in sys.stdin.buffer:
        desk.take(json.loads(line))
    os._exit(0)  # who asked is gone: what is still worked on is for nobody


class Desk:
    """Takes the questions, and tells the answers as they come."""

    def __init__(self, opening: dict[str, Any]) -> None:
        self._opening = opening
        self._rows: Rows | None = None
        self._open = threading.Lock()
        self._out = threading.Lock()
        self._asked: dict[int, Asking] = {}
        self._workers = ThreadPoolExecutor(AT_ONCE)

    def take(self, asked: dict[str, Any]) -> None:
        """Begin to work on a question, or end the work on it."""
        if asked["work"] != "cancel":
            asking = self._asked[asked["id"]] = Asking()
            self._workers.submit(self._work, asked, asking)
        elif left := self._asked.get(asked["id"]):
            left.leave()
            if self._rows is not None:
                self._rows.notice()

    def _work(self, asked: dict[str, Any], asking: Asking) -> None:
        import duckdb

        told: dict[str, Any]
        try:
            told = {"answer": self._opened().answer(asked, asking)}
        except SpondeError as error:
            told = {"error": error.body()}
        except (duckdb.OutOfMemoryException, MemoryError):
            told = {"error": too_much(self._opening).body()}
        except (Left, duckdb.InterruptException):
            told = {"error": Invalid("Nobody waited for this any more.", "Ask again.").body()}
        except duckdb.Error as error:
            refusal = Invalid(sentence(str(error)), "Change the filter, or clear it.")
            told = {"error": refusal.body()}
        finally:
            self._asked.pop(asked["id"], None)
        with self._out:
            sys.stdout.write(json.dumps({"id": asked["id"], **told}) + "\n")
            sys.stdout.flush()

    def _opened(self) -> Rows:
        with self._open:
            if self._rows is None:
                self._rows = Rows(open_locked(self._opening), self._opening)
            return self._rows


if __name__ == "__main__":
    main()
