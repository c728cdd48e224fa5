import logging

from sponde_server.core.events import Bus
from sponde_server.core.record import record


@record
class Happened:
    """A test's event."""

    n: int
    """Which."""


def test_listeners_hear_events_of_their_kind_in_order():
    heard = []
    bus = Bus(logging.getLogger("test"))
    bus.on(Happened, lambda event: heard.append(("first", event.n)))
    bus.on(Happened, lambda event: heard.append(("second", event.n)))
    bus.on(str, heard.append)
    bus.tell(Happened(n=1))
    assert heard == [("first", 1), ("second", 1)]


def test_a_listener_that_fails_is_logged_and_does_not_stop_the_others(caplog):
    heard = []
    bus = Bus(logging.getLogger("test"))
    bus.on(Happened, lambda event: 1 / 0)
    bus.on(Happened, heard.append)
    bus.tell(Happened(n=1))
    assert len(heard) == 1
    assert "Happened" in caplog.text
