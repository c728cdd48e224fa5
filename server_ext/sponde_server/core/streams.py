"""A stream that outlives its reader: numbered events that a tab can leave and join again.

A browser allows six connections to a host, so each tab reads one stream that carries everything:
growing answers, runs, notices. `Feed` numbers the events and keeps the last of them; a tab that
comes back with the number it saw last misses none, and one that was away too long is told `Reset`
and fetches the truth again. `GrowingText` joins an answer's tokens, the longer the more answers
grow: one is told within a frame of the screen, each of a thousand twenty times a second.
Does not know what the events mean, nor HTTP.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from .record import new_id
from .wire import encode

KEPT_BYTES = 8_000_000
HEARTBEAT_SECONDS = 15.0
SHORTEST_JOIN_SECONDS = 0.01
LONGEST_JOIN_SECONDS = 0.05
JOIN_SECONDS_EACH = 0.001
"""How much longer tokens are joined for each answer that grows at the same time."""


class Feed:
    """The events that every tab of this person follows."""

    def __init__(self) -> None:
        # A number says nothing about another process's events: the boot is part of it.
        self.boot = new_id()[-12:]
        self._kept: deque[bytes] = deque()
        self._size = 0
        self._next = 1
        self._news = asyncio.Event()

    def tell(self, event: Any) -> None:
        """Number an event (a record; its class is its name) and hand it to every reader."""
        lines = (
            f"id: {self.boot}-{self._next}\nevent: {type(event).__name__}\ndata: ".encode()
            + encode(event)
            + b"\n\n"
        )
        self._next += 1
        self._kept.append(lines)
        self._size += len(lines)
        while self._size > KEPT_BYTES and len(self._kept) > 1:
            self._size -= len(self._kept.popleft())
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, after: str = "") -> AsyncIterator[bytes]:
        """Yield server-sent events that come after the one named, for ever."""
        position = self._position(after)
        if position is None:
            position = self._next
            yield self._reset()
        else:
            yield b": hello\n\n"
        while True:
            news = self._news
            oldest = self._next - len(self._kept)
            if position < oldest:
                position = self._next
                yield self._reset()
            elif position < self._next:
                pieces = [self._kept[i] for i in range(position - oldest, len(self._kept))]
                position = self._next
                yield b"".join(pieces)
            else:
                try:
                    await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"

    def _reset(self) -> bytes:
        return f"id: {self.boot}-{self._next - 1}\nevent: Reset\ndata: {{}}\n\n".encode()

    def _position(self, after: str) -> int | None:
        boot, _, number = after.partition("-")
        if boot != self.boot or not number.isdigit():
            return None
        position = int(number) + 1
        return position if self._next - len(self._kept) <= position <= self._next else None


class GrowingText:
    """A text that grows by tokens and is told in joined pieces, each with where it begins.

    The first piece is told at once, later ones after 10 ms, or up to 50 ms where many grow.
    Positions count UTF-16 code units, as the browser's strings do, so that a reader that fetched
    the text so far can tell what it has already.
    """

    _growing = 0
    """How many are between their first piece and their end, in this process."""

    def __init__(self, tell: Callable[[int, str], None], text: str = "") -> None:
        self.text = text
        self._tell = tell
        self._waiting: list[str] = []
        self._at = len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)
        self._timer: asyncio.TimerHandle | None = None
        self._is_growing = False

    def add(self, piece: str) -> None:
        """Append a piece."""
        self._waiting.append(piece)
        if self._timer is None:
            if not self._is_growing:
                self._is_growing = True
                GrowingText._growing += 1
            self.flush()
            self._begin_timer()

    @property
    def at(self) -> int:
        """Where the next piece will belong, in UTF-16 code units; after a `flush`."""
        return self._at

    def flush(self) -> None:
        """Tell what waits."""
        if self._waiting:
            piece = "".join(self._waiting)
            self._waiting.clear()
            at = self._at
            self.text += piece
            self._at += len(piece) + sum(1 for letter in piece if ord(letter) > 0xFFFF)
            self._tell(at, piece)

    def close(self) -> None:
        """Tell what waits and stop the clock."""
        self.flush()
        if self._is_growing:
            self._is_growing = False
            GrowingText._growing -= 1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin_timer(self) -> None:
        wait = min(
            LONGEST_JOIN_SECONDS,
            max(SHORTEST_JOIN_SECONDS, JOIN_SECONDS_EACH * GrowingText._growing),
        )
        self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._waiting:
            self.flush()
            self._begin_timer()
