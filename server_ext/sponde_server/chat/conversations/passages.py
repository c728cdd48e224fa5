"""The passage around what was found in a text, with what was found marked. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from .records import Mark

BEFORE = 40
LENGTH = 200
NEAR = 300
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def passage(text: str, words: Sequence[str]) -> tuple[str, tuple[Mark, ...]]:
    """Cut the part of a text around the first word that was looked for, on one line."""
    pattern = _pattern(tuple(words))
    first = pattern.search(text) if pattern else None
    # Only what lies around it is put on one line: texts may be long.
    near = max(0, first.start() - NEAR) if first else 0
    flat = " ".join(text[near : near + 3 * NEAR].split())
    start = 0
    if first is not None:
        lead = text[near : first.start()]
        at = len(" ".join(lead.split())) + (not lead.isspace() and lead[-1:].isspace())
        if at > BEFORE:
            start = flat.rfind(" ", 0, at - BEFORE + 12) + 1
            if at - start > 2 * BEFORE:
                start = at - BEFORE  # one long word
    shown = flat[start : start + LENGTH]
    if start + LENGTH < len(flat) or near + 3 * NEAR < len(text):
        shown = shown.rstrip() + "…"
    if start or near:
        shown = "…" + shown
    marks = tuple(
        Mark(at=_units(shown[: found.start()]), to=_units(shown[: found.end()]))
        for found in (pattern.finditer(shown) if pattern else ())
    )
    return shown, marks


@lru_cache(8)
def _pattern(words: tuple[str, ...]) -> "re.Pattern[str] | None":
    """Find words as the index does: where a word begins, whatever its letters' case."""
    known = {part for word in words if (part := _part(word))}
    return re.compile("|".join(sorted(known, key=len, reverse=True)), re.I) if known else None


def _part(word: str) -> str:
    pieces = re.findall(r"[^\W_]+", word)
    if not pieces:
        return ""
    # Chinese and Japanese have no spaces: there, a word may begin anywhere.
    begins = "" if UNSPACED.match(pieces[0]) else r"(?<![^\W_])"
    return begins + r"[\W_]+".join(map(re.escape, pieces))


def _units(text: str) -> int:
    """Count as the browser counts."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)
