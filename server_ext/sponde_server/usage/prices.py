"""Which price a model has, and what tokens cost by it.

Knows only the prices of now: what a request cost is kept with it, so that a new price changes
nothing that was. Models on this machine cost nothing unless a price names them.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from .records import Price

LOCAL = "local/"
A_MILLION = 1_000_000


class Prices:
    """The prices of now."""

    def __init__(self, prices: Iterable[Price] = ()) -> None:
        self._prices = sorted(prices, key=lambda price: (_letters(price.pattern), price.since))
        self._found: dict[str, Price | None] = {}

    def find(self, model_id: str) -> Price | None:
        """Give the price whose pattern says most about a model; None where none fits."""
        if model_id not in self._found:
            fitting = [price for price in self._prices if matches(price.pattern, model_id)]
            self._found[model_id] = fitting[-1] if fitting else None
        return self._found[model_id]

    def cost(self, model_id: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Give what tokens cost; None where nobody has said."""
        price = self.find(model_id)
        if price is None:
            return 0.0 if model_id.startswith(LOCAL) else None
        read = prompt_tokens * price.input_price
        return (read + completion_tokens * price.output_price) / A_MILLION


def matches(pattern: str, model_id: str) -> bool:
    """Tell whether a pattern names a model, by its id or by its name alone."""
    rule = _rule(pattern)
    name = model_id.partition("/")[2]
    return bool(rule.fullmatch(model_id) or (name and rule.fullmatch(name)))


@lru_cache(maxsize=512)
def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE | re.DOTALL)


def _letters(pattern: str) -> int:
    """Count what a pattern says: the more letters, the more particular."""
    return 2 * len(pattern.replace("*", "")) + ("*" not in pattern)
