"""Told facts and their listeners: in process, in order, after the transaction.

An event is a past-tense record that carries ids; whoever needs more asks for it. Does not keep
events: a listener that comes later has missed them.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Bus:
    """Tells each event to those who asked for its kind."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._listeners: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)

    def on(self, kind: type[T], listener: Callable[[T], None]) -> None:
        """Call `listener` with every later event of this very kind."""
        self._listeners[kind].append(listener)

    def tell(self, event: object) -> None:
        """Tell an event; a listener that fails is logged and does not stop the others."""
        for listener in self._listeners[type(event)]:
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - one listener must not silence the rest
                self._log.exception("A listener of %s failed.", type(event).__name__)
