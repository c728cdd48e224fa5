"""How long a server of models is waited for, and when it is asked again. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sponde_server.core.outbound import CONNECT_SECONDS, READ_SECONDS

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""Statuses that may be gone in a moment."""


@dataclass(frozen=True)
class Patience:
    """Limits of waiting, in seconds; 0: for ever."""

    connect: float = CONNECT_SECONDS
    """Until a connection stands."""
    first: float = READ_SECONDS
    """From the question to the first piece of the answer."""
    between: float = READ_SECONDS
    """From one piece to the next."""
    tries: int = 3
    """How often a question is asked at most, before anything of its answer has come."""
    pause: float = 1.0
    """Before the second try; before each further one twice as long."""
    longest_pause: float = 30.0
    """A server that wants a longer one is not asked again."""

    def pause_after(self, tried: int, wanted: float | None) -> float | None:
        """Say how long to wait after so many tries; None: do not ask again.

        `wanted` is what the server said. Waits differ by chance, so that many who were refused at
        once do not come back at once.
        """
        if tried >= self.tries:
            return None
        own: float = self.pause * 2.0 ** (tried - 1) * random.uniform(0.75, 1.25)
        if wanted is None:
            return min(own, self.longest_pause)
        if wanted > self.longest_pause:
            return None
        return max(wanted, own) if wanted else own


def wanted_pause(headers: Mapping[str, str]) -> float | None:
    """Read the seconds after which a server wants to be asked again; None where it says nothing."""
    try:
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    except (KeyError, ValueError):
        pass
    said = headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        try:
            moment = parsedate_to_datetime(said)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    # What is no number (nan) is not smaller than anything.
    return max(0.0, seconds) if seconds < float("inf") else None
