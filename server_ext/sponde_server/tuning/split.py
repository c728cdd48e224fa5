"""Splits rows into those to train on and those to measure with, so that nothing leaks.

Pure. Rows of one conversation stay together, and rows that ask the same question too: a model
that is measured with what it was trained on looks better than it is.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from .likeness import question
from .records import SetPart, TrainingRow


def split(rows: Sequence[TrainingRow], share: float, seed: int) -> list[TrainingRow]:
    """Give the rows with their parts; about `share` of them are kept back to measure with."""
    groups = _groups(rows)
    wanted = round(share * len(rows))
    if share > 0 and len(groups) > 1:
        wanted = max(1, wanted)
    kept_back: set[int] = set()
    for group in sorted(groups, key=lambda group: _draw(rows[group[0]], seed)):
        # The larger part is trained on, and at least one group of it.
        if len(kept_back) >= wanted:
            break
        if len(kept_back) + len(group) <= max(wanted, len(rows) // 2):
            kept_back |= set(group)
    return [
        replace(row, part=SetPart.VALIDATION if number in kept_back else SetPart.TRAIN)
        for number, row in enumerate(rows)
    ]


def _groups(rows: Sequence[TrainingRow]) -> list[list[int]]:
    """Join rows by conversation and by question."""
    leader = list(range(len(rows)))

    def top(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows):
        for key in (("conversation", row.conversation_id), ("question", question(row))):
            leader[top(number)] = top(first.setdefault(key, number))
    found: dict[int, list[int]] = defaultdict(list)
    for number in range(len(rows)):
        found[top(number)].append(number)
    return list(found.values())


def _draw(row: TrainingRow, seed: int) -> str:
    """Give a row's place in a shuffled order that does not change when other rows come."""
    return hashlib.sha256(f"{seed}\n{row.conversation_id}\n{question(row)}".encode()).hexdigest()
