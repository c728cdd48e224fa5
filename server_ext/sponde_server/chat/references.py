"""The @names in a question, and the names that someone may have meant."""

import difflib
import re
from collections.abc import Iterable

from .records import Reference

ALIKE = 0.65
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*\s*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_NAME = re.compile(r"(?<![\w@./])@([A-Za-z_][\w-]*)")


def names(text: str) -> list[str]:
    """Give the @names of a text in their order, each once; code is not looked into."""
    prose = _INLINE.sub(" ", _FENCE.sub(" ", text))
    return list(dict.fromkeys(name.rstrip("-") for name in _NAME.findall(prose)))


def without(text: str, known: Iterable[Reference]) -> str:
    """Give a text without the @names that are known already: `@src/load.py` names no `src`."""
    written = sorted((f"@{one.name}" for one in known), key=len, reverse=True)
    for name in written:
        text = re.sub(rf"{re.escape(name)}(?!\w)", " ", text)
    return text


def near(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Give the known names that are like this one, the likest first."""
    folded = name.casefold()
    scores: dict[str, float] = {}
    for candidate in known:
        fold = candidate.casefold()
        # A name is also meant by its beginning, or by one of its words.
        parts = [fold, fold[: len(folded) + 1], *re.findall(r"[^\W_]+", fold)]
        score = max(difflib.SequenceMatcher(None, folded, part).ratio() for part in parts)
        if score >= ALIKE or (len(folded) > 2 and folded in fold):
            scores[candidate] = score
    return sorted(scores, key=lambda candidate: -scores[candidate])[:count]
