"""A stream that outlives its reader: numbered events that a tab can leave and join again.

A browser allows six connections to a host, so each tab reads one stream that carries everything:
growing answers, runs, notices. `Feed` numbers the events and keeps the last of them; a tab that
comes back with the number it saw last misses none, and one that was away too long is told `Reset`
and fetches the truth again. `GrowingText` joins an answer's tokens, the longer the more answers
grow: one is told within a frame of the screen, each of five hundred ten times a second. `rest`
says how long whoever reads such an answer may leave it, so that one look finds several tokens.
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
LONGEST_JOIN_SECONDS = 0.1
JOIN_SECONDS_EACH = 0.0002
"""How much longer tokens are joined for each answer that grows at the same time."""
FEW = 8
"""So many answers are read as their tokens come."""
LOOK_SECONDS = 0.02
"""How long at most a tab's next piece is gathered where many answers grow."""


class Feed:
    """The events that every tab of this person follows."""

    def __init__(self) -> None:
        # A number says nothing about another process's events: the boot is part of it.
        self.boot = new_id()[-12:]
        self._kept: deque[bytes] = deque()
        self._size = 0
        self._next = 1
        self._waiting: list[asyncio.Future[None]] = []

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
        waiting, self._waiting = self._waiting, []
        for reader in waiting:
            if not reader.done():
                reader.set_result(None)

    async def follow(self, after: str = "") -> AsyncIterator[bytes]:
        """Yield server-sent events that come after the one named, for ever."""
        position = self._position(after)
        if position is None:
            position = self._next
            yield self._reset()
        else:
            yield b": hello\n\n"
        while True:
            oldest = self._next - len(self._kept)
            if position < oldest:
                position = self._next
                yield self._reset()
            elif position < self._next:
                pieces = [self._kept[i] for i in range(position - oldest, len(self._kept))]
                position = self._next
                yield b"".join(pieces)
                if pause := rest():
                    await asyncio.sleep(min(pause, LOOK_SECONDS))
            else:
                loop = asyncio.get_running_loop()
                news = loop.create_future()
                self._waiting.append(news)
                beat = loop.call_later(HEARTBEAT_SECONDS, _wake, news)
                try:
                    await news
                finally:
                    beat.cancel()
                    if news in self._waiting:
                        self._waiting.remove(news)
                if position == self._next:
                    yield b": still here\n\n"

    def _reset(self) -> bytes:
        return f"id: {self.boot}-{self._next - 1}\nevent: Reset\ndata: {{}}\n\n".encode()

    def _position(self, after: str) -> int | None:
        boot, _, number = after.partition("-")
        if boot != self.boot or not number.isdigit():
            return None
        position = int(number) + 1
        return position if self._next - len(self._kept) <= position <= self._next else None


def rest() -> float:
    """Say for how many seconds a growing answer may be left; 0 where only few grow."""
    growing = GrowingText.growing
    return 0.0 if growing <= FEW else _join_seconds()


def _join_seconds() -> float:
    wait = JOIN_SECONDS_EACH * GrowingText.growing
    return min(LONGEST_JOIN_SECONDS, max(SHORTEST_JOIN_SECONDS, wait))


def _wake(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


class GrowingText:
    """A text that grows by tokens and is told in joined pieces, each with where it begins.

    The first piece is told at once, later ones after 10 ms, or up to 100 ms where many grow.
    Positions count UTF-16 code units, as the browser's strings do, so that a reader that fetched
    the text so far can tell what it has already.
    """

    growing = 0
    """How many are between their first piece and their end, in this process."""

    def __init__(self, tell: Callable[[int, str], None], text: str = "") -> None:
        self.text = text
        self._tell = tell
        self._waiting: list[str] = []
        self._at = _units(text)
        self._timer: asyncio.Handle | None = None
        self._told = 0.0
        self._is_growing = False

    def add(self, piece: str) -> None:
        """Append a piece."""
        self._waiting.append(piece)
        if self._timer is not None:
            return
        if not self._is_growing:
            self._is_growing = True
            GrowingText.growing += 1
            self.flush()
            return
        loop = asyncio.get_running_loop()
        # A little less than whoever reads rests: what comes after a rest is told at once, with
        # what else is read then.
        left = self._told + 0.8 * _join_seconds() - loop.time()
        self._timer = loop.call_later(left, self.flush) if left > 0 else loop.call_soon(self.flush)

    @property
    def at(self) -> int:
        """Where the next piece will belong, in UTF-16 code units; after a `flush`."""
        return self._at

    def flush(self) -> None:
        """Tell what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            piece = self._waiting[0] if len(self._waiting) == 1 else "".join(self._waiting)
            self._waiting.clear()
            at = self._at
            self.text += piece
            self._at += _units(piece)
            self._told = asyncio.get_running_loop().time()
            self._tell(at, piece)

    def close(self) -> None:
        """Tell what waits and stop the clock."""
        self.flush()
        if self._is_growing:
            self._is_growing = False
            GrowingText.growing -= 1


def _units(text: str) -> int:
    """Count UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)
