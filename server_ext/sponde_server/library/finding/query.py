"""The words of a search: `read_csv "pd.merge(" /how=.*left/ lang:python used:>3`. Pure.

Taken apart into terms, which a block must hold all of, and filters. What is not understood is told
in a sentence, and the rest is searched all the same. Does not know where blocks are kept.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SHORT = 3
"""Shorter words are looked for where words begin, not inside them."""


class Kind(StrEnum):
    """How a term is compared."""

    WORD = "word"
    """Anywhere, whatever the case, and `_` left out on both sides: read_csv, readCsv, readcsv."""
    BEGIN = "begin"
    """One or two letters with which a word begins."""
    EXACT = "exact"
    """These very characters; the case counts where there is a capital."""
    PATTERN = "pattern"
    """A regular expression; the case counts where there is a capital."""


@dataclass(frozen=True)
class Term:
    """Something that a block must hold."""

    kind: Kind
    text: str
    """As it is compared: in lower case, unless the case counts."""
    is_cased: bool = False


@dataclass(frozen=True)
class Filter:
    """A condition on what is known of a block, such as `imports:pandas`."""

    key: str
    value: str
    """In lower case."""
    text: str
    """As it was typed."""
    is_not: bool = False
    is_open: bool = False
    """Whether it is still being typed, or ends in `*`: values that begin so are meant."""


@dataclass(frozen=True)
class Query:
    """A search, taken apart."""

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    wrongs: tuple[str, ...] = ()
    """What was not understood, a sentence each."""

    @property
    def whole(self) -> str:
        """What a name is compared with: all plain words as one."""
        if any(term.kind not in (Kind.WORD, Kind.BEGIN) for term in self.terms):
            return ""
        return "".join(term.text for term in self.terms).replace("-", "")


KEYS = {
    "lang": "the language, such as lang:python",
    "imports": "a package that it imports, such as imports:pandas",
    "defines": "a function, class or name that it brings, such as defines:read_sales",
    "needs": "a name that must be there first, such as needs:df",
    "dataset": "a dataset that it touches, such as dataset:sales",
    "fits": "a dataset that has what it needs, such as fits:sales",
    "column": "a column that it touches, such as column:amount",
    "tag": "a tag, such as tag:clean",
    "ran": "how it went when it last ran: ran:ok, ran:failed or ran:never",
    "from": "where it comes from: from:answer, from:cell or from:file",
    "after": "changed since then, such as after:2026-10",
    "before": "changed before then, such as before:2026-10-15",
    "used": "how often it was used, such as used:>3",
}
"""The filters there are, each with what it asks."""

SAME = {
    "language": "lang", "import": "imports", "package": "imports", "packages": "imports",
    "define": "defines", "need": "needs", "datasets": "dataset", "columns": "column",
    "tags": "tag", "since": "after", "until": "before", "uses": "used",
}  # fmt: skip
ALTERNATIVES = ("lang", "ran", "from")
"""A block has one value of these: several filters mean one or the other."""
_CHOICES = {"ran": ("ok", "failed", "never")}
_USED = re.compile(r"(>=|<=|>|<|=)?(\d{1,9})")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_PIECE = re.compile(
    r'(?P<minus>-)?(?P<key>[A-Za-z]{2,20}):(?P<value>"[^"]*"?|(?!//)[^\s"]\S*)'
    r'|"(?P<quoted>(?:\\"|[^"])+)(?:"|$)'
    r"|/(?P<pattern>(?:\\.|[^/\\\n])+)/(?=\s|$)"
    r"|(?P<plain>\S+)"
)
# `__init__`, `_private`, `df._`: there the underscores are meant.
_MEANT = re.compile(r"(?:^|[^a-z0-9])_|_(?:$|[^a-z0-9])")


def parse(text: str, moment: datetime) -> Query:
    """Take a search apart; `moment` is now, for dates such as `after:7d`."""
    terms: list[Term] = []
    filters: list[Filter] = []
    wrongs: list[str] = []
    for piece in _PIECE.finditer(text):
        if piece["quoted"]:
            terms.append(_exact(piece["quoted"].replace('\\"', '"')))
        elif piece["pattern"]:
            terms.append(_pattern(piece["pattern"]))
        elif piece["key"]:
            made = _filter(piece, piece.end() == len(text), moment)
            if isinstance(made, str):
                wrongs.append(made)
            else:
                filters.append(made)
        elif (term := _word(piece["plain"])) is not None:
            terms.append(term)
    return Query(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(filters)), tuple(wrongs))


def squeeze(lower: str) -> str:
    """Leave the underscores out, so that read_csv and readCsv are one."""
    return lower.replace("_", "")


def literals(pattern: str) -> list[str]:
    """Name texts that whatever matches a regular expression must hold, in lower case.

    Only plain runs outside of groups, sets and alternatives count: too few are found, never too
    many.
    """
    runs, run, depth, at = [], "", 0, 0
    while at < len(pattern):
        char = pattern[at]
        step, plain = 1, ""
        if char == "\\":
            step = 2
            following = pattern[at + 1 : at + 2]
            plain = "" if following.isalnum() else following
        elif char == "[":
            closing = pattern.find("]", at + 2)
            step = (closing if closing > 0 else len(pattern)) - at + 1
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            return []
        elif char == "{":
            closing = pattern.find("}", at)
            step = (closing if closing > 0 else at) - at + 1
        elif char not in ".^$*+?|":
            plain = char
        after = pattern[at + step : at + step + 1]
        if plain and depth == 0 and after not in ("*", "?", "{"):
            run += plain
        if not plain or depth or after in ("*", "?", "{", "+"):
            runs.append(run)
            run = ""
        at += step
    return [part.lower() for part in (*runs, run) if part]


def _word(typed: str) -> Term | None:
    lower = typed.lower()
    if _MEANT.search(lower):
        return Term(Kind.EXACT, lower)
    short = squeeze(lower)
    if not short:
        return None
    if len(short) < SHORT:
        return Term(Kind.BEGIN, short) if short.isalnum() else Term(Kind.EXACT, lower)
    return Term(Kind.WORD, short)


def _exact(typed: str) -> Term:
    is_cased = typed != typed.lower()
    return Term(Kind.EXACT, typed if is_cased else typed.lower(), is_cased)


def _pattern(typed: str) -> Term:
    is_cased = any(char.isupper() for char in re.sub(r"\\.", "", typed))
    return Term(Kind.PATTERN, typed, is_cased)


def _filter(piece: re.Match[str], is_last: bool, moment: datetime) -> Filter | str:
    typed = piece[0]
    key = piece["key"].lower()
    key = SAME.get(key, key)
    value = piece["value"].strip('"').lower()
    is_open = (is_last and not piece["value"].endswith('"')) or value.endswith("*")
    value = value.rstrip("*")
    if key not in KEYS:
        return (
            f"There is no filter “{piece['key']}:”; there are {', '.join(KEYS)}. "
            f'To look for the text, write "{typed}" in quotes.'
        )
    if key in ("after", "before"):
        begins = _moment(value, moment)
        if begins is None:
            return (
                f"“{value}” is no date: write {key}:2026, {key}:2026-10, {key}:2026-10-31, "
                f"{key}:today or {key}:7d."
            )
        value = begins.isoformat()
    if key == "used" and not _USED.fullmatch(value):
        return f"“{value}” is no number of uses: write used:3, used:>3 or used:<3."
    chosen = _CHOICES.get(key)
    if chosen and value not in chosen and not (is_open and _begins(value, chosen)):
        return f"“{value}” is not known after {key}: — there are {', '.join(chosen)}."
    return Filter(key, value, typed, bool(piece["minus"]), is_open)


def _begins(value: str, chosen: tuple[str, ...]) -> bool:
    return any(one.startswith(value) for one in chosen)


def bounds(used: str) -> tuple[int, int]:
    """Turn `>3` into the least and the most number of uses."""
    found = _USED.fullmatch(used)
    assert found, used
    number, most = int(found[2]), 2**31 - 1
    return {
        ">": (number + 1, most),
        ">=": (number, most),
        "<": (0, number - 1),
        "<=": (0, number),
    }.get(found[1], (number, number))


def _moment(value: str, moment: datetime) -> datetime | None:
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if value in ("today", "yesterday"):
        return today - timedelta(days=value == "yesterday")
    if ago := _AGO.fullmatch(value):
        return today - timedelta(days=int(ago[1]) * _DAYS[ago[2]])
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
