"""How much a token may ask: per minute, at the same time, per day. In memory; a clock is given."""

import math
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from sponde_server.core.errors import TooMany

from .records import GatewayToken

MINUTE = 60.0


class Limits:
    """What each token has asked lately."""

    def __init__(self, clock: Callable[[], float], today: Callable[[], datetime]) -> None:
        self._clock = clock
        self._today = today
        self._asked: dict[str, deque[float]] = {}
        self._running: dict[str, int] = {}

    def begin(self, token: GatewayToken) -> None:
        """Count a request of a token, or refuse it with when to come again."""
        asked = self._asked.setdefault(token.id, deque())
        now = self._clock()
        while asked and asked[0] <= now - MINUTE:
            asked.popleft()
        if token.tokens_per_day and self.used_today(token) >= token.tokens_per_day:
            raise TooMany(
                f"The token '{token.name}' has used its {token.tokens_per_day:,} tokens of today.",
                "It may ask again after midnight, or raise its limit under Models, Access.",
                retry_after=self._until_midnight(),
            )
        if token.requests_per_minute and len(asked) >= token.requests_per_minute:
            wait = max(1.0, math.ceil(asked[0] + MINUTE - now))
            raise TooMany(
                f"The token '{token.name}' may ask {token.requests_per_minute} times a minute.",
                f"Ask again in {wait:.0f} seconds.",
                retry_after=wait,
            )
        if token.parallel and self._running.get(token.id, 0) >= token.parallel:
            raise TooMany(
                f"The token '{token.name}' may ask {token.parallel} "
                f"{'question' if token.parallel == 1 else 'questions'} at the same time.",
                "Ask again when an answer has ended.",
                retry_after=1.0,
            )
        asked.append(now)
        self._running[token.id] = self._running.get(token.id, 0) + 1

    def end(self, token_id: str) -> None:
        """Note that a request of a token ended."""
        self._running[token_id] -= 1

    def used_today(self, token: GatewayToken) -> int:
        """Tokens that a token has used today."""
        return token.tokens_today if token.use_day == self.day() else 0

    def day(self) -> str:
        """Name today."""
        return self._today().date().isoformat()

    def _until_midnight(self) -> float:
        now = self._today()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return math.ceil((midnight - now).total_seconds())
