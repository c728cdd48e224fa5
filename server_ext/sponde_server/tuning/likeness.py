"""Finds rows that say the same, or nearly the same, and keeps the better one of them.

Pure. Nearly the same: of the runs of three words that two texts have, nine in ten are in both
(Jaccard). Only texts that share one of their rarest runs are compared, which misses none.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from .records import LeftOutReason, Liking, TrainingRow

NEAR = 0.9
_WORDS = re.compile(r"[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """Give a text's words, without case and punctuation."""
    return tuple(_WORDS.findall(text.casefold()))


def question(row: TrainingRow) -> str:
    """Give what a row's question says, without case and punctuation."""
    asked = row.messages[-2].content if len(row.messages) > 1 else ""
    return " ".join(words(asked)) or asked.strip()


def without_doubles(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """Mark what is there already: the liked one stays, else the later one."""
    order = sorted(
        (place for place, row in enumerate(rows) if row.reason is None),
        key=lambda place: (rows[place].rating is not Liking.LIKED, -rows[place].at.timestamp()),
    )
    reasons = _doubles([rows[place] for place in order])
    marked = list(rows)
    for place, reason in zip(order, reasons, strict=True):
        marked[place] = replace(rows[place], reason=reason)
    return marked


def _doubles(rows: Sequence[TrainingRow]) -> list[LeftOutReason | None]:
    """Say of each row whether an earlier one says the same."""
    texts = [tuple(message.content for message in row.messages[-2:]) for row in rows]
    sets = [_runs(" \n ".join(text)) for text in texts]
    frequency = Counter(run for runs in sets for run in runs)
    seen: set[tuple[str, ...]] = set()
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    reasons: list[LeftOutReason | None] = []
    for number, (text, runs) in enumerate(zip(texts, sets, strict=True)):
        plain = tuple(" ".join(part.split()) for part in text)
        if plain in seen:
            reasons.append(LeftOutReason.DUPLICATE)
            continue
        # Two sets that share nine tenths share one of the rarest tenth of each.
        rarest = sorted(runs, key=lambda run: (frequency[run], run))
        rarest = rarest[: len(runs) - math.ceil(NEAR * len(runs)) + 1]
        near = {other for run in rarest for other in holders[run]}
        if any(_alike(runs, sets[other]) for other in near):
            reasons.append(LeftOutReason.NEAR_DUPLICATE)
            continue
        seen.add(plain)
        reasons.append(None)
        for run in rarest:
            holders[run].append(number)
    return reasons


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    return frozenset(found[i : i + 3] for i in range(max(1, len(found) - 2)))


def _alike(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]]) -> bool:
    shared = len(first & second)
    return shared >= NEAR * (len(first) + len(second) - shared)
