"""What a column is about: an e-mail address, money, a latitude …, by rules that can be said.

Text is told by its values alone: nineteen of twenty different ones must fit. What numbers are
about they do not show: there the column's name must say it, and the values must not deny it.
Pure: reads no file.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .countries import CODES, NAMES
from .records import Meaning

FITTING = 0.95
FEW = 50
"""So many different values are a category where each occurs a few times."""
MANY = 1000
"""At most so many are one where each occurs a hundred times."""

Made = dict[str, Any]

_EMAIL = re.compile(r"[^@\s,;<>()]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_URL = re.compile(r"(?:(?:https?|ftp|sftp|s3|gs|file)://\S+|www\.[\w-]+\.\S+)", re.IGNORECASE)
_UUID = re.compile(r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_SIGNS = r"(?:US\$|[$€£¥₹₽₩]|USD|EUR|GBP|JPY|CHF|SEK|NOK|DKK|PLN|CAD|AUD|kr\.?|zł)"
_FIGURE = r"\d[\d.,'  ]*"
_MONEY = re.compile(rf"[-+(]?\s*(?:{_SIGNS}\s*[-+]?\s*{_FIGURE}|{_FIGURE}\s*{_SIGNS})\s*\)?")
_PERCENT = re.compile(r"[-+]?\d+(?:[.,]\d+)*\s*%")
_PHONE = re.compile(r"(?:\+|00|\()?[\d][\d\s().\-/]{5,22}(?:\s*(?:x|ext\.?)\s*\d{1,6})?")
_PHONE_PLAIN = re.compile(
    r"\+[\d\s().\-]{7,20}|\(\d{2,5}\)\s*[\d\s\-]{5,12}|\d{3}[-. ]\d{3}[-. ]\d{4}"
)
_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|~/|\.{1,2}/|/)[^\0<>|\"?*\n]*[\w)\]]/?")
_CODE = re.compile(r"(?=.*\d)[\w.:/-]{2,40}")
_WORDS = re.compile(r"[A-Z]?[a-zäöüåæøéèñ]+|[A-Z]+(?![a-z])|[%$€£]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MONEYED = _set(
    "price prices cost costs amount revenue salary wage wages fee fees budget profit "
    "payment paid tax income spend spending expense expenses usd eur gbp turnover "
    "fare charge $ € £ preis betrag kosten umsatz"
)
_PERCENTED = _set("% percent percentage pct prozent")
_SHARED = _set("share ratio rate fraction")
_PHONED = _set("phone tel telephone mobile fax cell telefon")
_LANDED = _set("country countries nation nationality land iso iso2 iso3")
_YEARED = _set("year yr jahr år año annee année")
_NAMED = _set("id ids uuid guid key")


def words_of(name: str) -> list[str]:
    """Split a column's name into words: customerId, customer_id and 'Customer ID' alike."""
    return [word.lower() for word in _WORDS.findall(name)]


def meaning_of(column: Made, rows: int, seen: Sequence[str] = ()) -> Meaning | None:
    """Say what a column is about, as its statistics, its name and some of its values show."""
    there = rows - int(column["nulls"])
    if not there:
        return None
    if rows > 1 and there == rows and column["distinct"] == 1 and column["kind"] != "other":
        return Meaning.CONSTANT
    words = frozenset(words_of(column["name"]))
    if column["kind"] == "number":
        return _of_numbers(column, words, there)
    if column["kind"] != "text":
        return None
    values = [value.strip() for value in seen if value.strip()]
    for meaning, told in _TOLD:
        if values and _mostly(values, partial(told, words=words)):
            return meaning
    if _is_id(column, words, there, values):
        return Meaning.ID
    distinct = int(column["distinct"])
    if (distinct <= FEW and there >= 3 * distinct) or (
        distinct <= MANY and there >= 100 * distinct
    ):
        return Meaning.CATEGORY
    return None


def _mostly(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    # The first ones tell most columns apart from it.
    if not any(fits(value) for value in values[:3]):
        return False
    return sum(map(fits, values)) >= FITTING * len(values)


def _of_numbers(column: Made, words: frozenset[str], there: int) -> Meaning | None:
    try:
        low, high = float(column["minimum"]), float(column["maximum"])
    except (TypeError, ValueError):
        return None
    whole = "INT" in column["type"]
    if words & {"lat", "latitude"} and low >= -90 and high <= 90:
        return Meaning.LATITUDE
    if words & {"lon", "lng", "long", "longitude"} and low >= -180 and high <= 180:
        return Meaning.LONGITUDE
    if words & _YEARED and whole and low >= 1000 and high <= 2999:
        return Meaning.YEAR
    if words & _PERCENTED or (words & _SHARED and low >= 0 and high <= 1 and not whole):
        return Meaning.PERCENTAGE
    if whole and words & _PHONED and low >= 10**6:
        return Meaning.PHONE
    if whole and low >= 0 and words & _NAMED:
        return Meaning.ID
    return Meaning.MONEY if words & _MONEYED else None


def _is_id(column: Made, words: frozenset[str], there: int, values: Sequence[str]) -> bool:
    if not values or not _mostly(values, lambda value: not re.search(r"\s", value)):
        return False
    if words & _NAMED:
        return True
    # Without a name that says so: each value once, one word with a digit, all of one length.
    lengths = column.get("lengths") or {}
    return (
        there >= 20
        and bool(column.get("distinct_is_exact"))
        and int(column["distinct"]) == there
        and lengths.get("shortest") == lengths.get("longest")
        and _mostly(values, lambda value: _CODE.fullmatch(value) is not None)
    )


def _is_ip(value: str) -> bool:
    if "." not in value and ":" not in value:
        return False
    try:
        ipaddress.ip_address(value.partition("/")[0])
    except ValueError:
        return False
    return True


def _is_json(value: str) -> bool:
    if value[:1] not in "{[":
        return False
    try:
        json.loads(value)
    except ValueError:
        # What is looked at may be cut.
        return len(value) >= 200 and re.match(r'\{\s*"|\[\s*[\[{"\d-]', value) is not None
    return True


def _is_phone(value: str, words: frozenset[str]) -> bool:
    digits = sum(letter.isdigit() for letter in value)
    if not 7 <= digits <= 15 or re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}", value):
        return False
    return (_PHONE if words & _PHONED else _PHONE_PLAIN).fullmatch(value) is not None


def _is_path(value: str) -> bool:
    return _PATH.fullmatch(value) is not None and len(re.findall(r"[\\/]", value)) >= 2


def _is_country(value: str, words: frozenset[str]) -> bool:
    return value.lower() in NAMES or (bool(words & _LANDED) and value.upper() in CODES)


_TOLD: tuple[tuple[Meaning, Callable[..., bool]], ...] = (
    (Meaning.EMAIL, lambda value, words: _EMAIL.fullmatch(value) is not None),
    (Meaning.URL, lambda value, words: _URL.fullmatch(value) is not None),
    (Meaning.UUID, lambda value, words: _UUID.fullmatch(value) is not None),
    (Meaning.IP, lambda value, words: _is_ip(value)),
    (Meaning.JSON, lambda value, words: _is_json(value)),
    (Meaning.PERCENTAGE, lambda value, words: _PERCENT.fullmatch(value) is not None),
    (Meaning.MONEY, lambda value, words: _MONEY.fullmatch(value) is not None),
    (Meaning.PHONE, _is_phone),
    (Meaning.PATH, lambda value, words: _is_path(value)),
    (Meaning.COUNTRY, _is_country),
)
