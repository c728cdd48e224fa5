"""How many tokens a text has, about, until a provider has counted. Pure.

A text is cut as the usual tokenizers cut: words with the space before them, up to three digits,
signs, each line's end by itself. So the count of lines is the sum of their counts, whatever stands
around them. Each model's own tokenizer differs by a factor: it is learned from what its provider
counted (`learned`), and the estimate of the next question is multiplied by it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sponde_server.models.records import ToolOffer, Turn

TURN = 4
"""What a turn adds for who speaks."""
LOWEST, HIGHEST = 0.4, 3.0
NEW = 0.3
REMEMBERED = 20_000
_counted: dict[tuple[int, int], int] = {}
_offered: dict[str, tuple[ToolOffer, int]] = {}
_PIECE = re.compile(
    r"\n|[ \t]?[A-Za-z]{1,9}|[ \t]?[0-9]{1,3}|[ \t]?[^\sA-Za-z0-9\u0080-\U0010ffff]{1,2}"
    r"|[ \t]+|[\u0080-\u2fff]{1,2}|.",
    re.DOTALL,
)


@dataclass(frozen=True)
class Rate:
    """What a model's provider counted, by what we count."""

    rate: float = 1.0
    """Its tokens by our pieces."""
    answers: int = 0
    """From how many answers that is learned."""

    def tokens(self, pieces: int) -> int:
        """Say how many tokens so many pieces are, about."""
        return -int(-pieces * self.rate // 1)

    def learned(self, pieces: int, counted: int) -> "Rate":
        """Take what a provider counted for so many pieces; the latest count most."""
        if pieces <= 0 or counted <= 0:
            return self
        seen = min(max(counted / pieces, LOWEST), HIGHEST)
        rate = seen if not self.answers else (1 - NEW) * self.rate + NEW * seen
        return Rate(rate=rate, answers=self.answers + 1)


def pieces(text: str) -> int:
    """Count a text's pieces; one that was counted lately is known by its hash."""
    key = (hash(text), len(text))
    count = _counted.get(key)
    if count is None:
        if len(_counted) >= REMEMBERED:
            _counted.clear()
        count = _counted[key] = len(_PIECE.findall(text))
    return count


def of_turns(turns: Iterable[Turn]) -> int:
    """Count the pieces of turns, with what they call."""
    return sum(
        TURN
        + pieces(turn.content)
        + sum(pieces(call.name) + pieces(call.arguments) for call in turn.calls)
        for turn in turns
    )


def of_tools(tools: Iterable[ToolOffer]) -> int:
    """Count the pieces that offers of tools take; an offer is counted once."""
    return sum(_of_tool(tool) for tool in tools)


def _of_tool(tool: ToolOffer) -> int:
    known = _offered.get(tool.name)
    if known is None or known[0] is not tool:
        count = pieces(tool.name) + pieces(tool.description) + pieces(json.dumps(tool.parameters))
        known = _offered[tool.name] = tool, TURN + count
    return known[1]
