"""How alike the names of two columns are: `amount`, `Amount (EUR)`, `amounts`, `amt`. Pure.

Case and marks do not matter, a unit at the end may be missing, a plural is its singular, and an
abbreviation stands for a word that begins with the same letter and has its letters in their order.
"""

import re
from functools import lru_cache

SAME, MARKS, WORDS, SHORT = 1.0, 0.95, 0.85, 0.7
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_UNITS = {
    "eur", "euro", "euros", "usd", "gbp", "chf", "jpy", "dollar", "dollars", "cents",
    "kg", "g", "mg", "lb", "lbs", "t", "km", "m", "cm", "mm", "mi", "ft", "m2", "sqm", "l", "ml",
    "s", "sec", "secs", "seconds", "ms", "min", "mins", "minutes", "h", "hrs", "hours", "days",
    "pct", "percent", "celsius", "fahrenheit", "c", "f", "k", "kwh", "wh", "kw", "w", "v", "hz",
    "kb", "mb", "gb", "bytes", "utc", "bpm", "ppm", "deg", "degrees",
}  # fmt: skip
_VOWELS = frozenset("aeiou")


def grade(wanted: str, there: str) -> float:
    """Say how surely a column is the one that is wanted, from 0 (not) to 1 (the same name)."""
    if wanted == there:
        return SAME
    one, other = words(wanted), words(there)
    if not one or not other or one[0][0] != other[0][0]:
        return 0.0
    if "".join(one) == "".join(other):
        return MARKS
    plain, plain_other = _without_unit(one), _without_unit(other)
    if plain != one and plain_other != other and one[-1] != other[-1]:
        return 0.0  # both say their unit, and it is not the same
    singular, singular_other = _singular(plain), _singular(plain_other)
    if "".join(singular) == "".join(singular_other):
        return WORDS
    if len(singular) == len(singular_other):
        pairs = zip(singular, singular_other, strict=True)
        return SHORT if all(a == b or is_short(*sorted((a, b), key=len)) for a, b in pairs) else 0.0
    few, many = sorted((singular, singular_other), key=len)
    if len(few) == 1:
        whole = few[0]
        if len(whole) >= 3 and whole == "".join(word[0] for word in many):
            return SHORT  # dob, date of birth
        if _is_joined(whole, many):
            return SHORT  # custid, customer id
    return 0.0


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Take a name apart: `unitPrice (EUR)` is unit, price, eur."""
    return tuple(word.lower() for word in _WORD.findall(name))


def is_short(short: str, long: str) -> bool:
    """Whether a word abbreviates another: its beginning, or its consonants in their order."""
    if len(short) < 2 or len(short) >= len(long) or short[0] != long[0] or long.isdigit():
        return False
    if len(short) >= 3 and long.startswith(short):
        return True
    if any(letter in _VOWELS for letter in short[1:]):
        return False
    letters = iter(long)
    is_within = all(letter in letters for letter in short)
    return is_within and (len(short) >= 3 or len(long) <= 6)


def _without_unit(name: tuple[str, ...]) -> tuple[str, ...]:
    return name[:-1] if len(name) > 1 and name[-1] in _UNITS else name


def _singular(name: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_one(word) for word in name)


def _one(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" else word


def _is_joined(whole: str, parts: tuple[str, ...]) -> bool:
    """Whether a word is the beginnings of several: custid, ordqty."""
    if not parts:
        return not whole
    first, rest = parts[0], parts[1:]
    return any(
        (whole[:length] == first or is_short(whole[:length], first))
        and _is_joined(whole[length:], rest)
        for length in range(2, min(len(whole), len(first)) + 1)
    )
