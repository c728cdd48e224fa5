"""What a person types to search conversations: words, phrases and filters. Pure.

`costs "bird strike" dataset:sales model:gpt has:code is:liked in:Reports after:2026-10`.
A filter that is not understood stays a word, and a note says so.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class State(StrEnum):
    """What `is:` can ask for."""

    LIKED = "liked"
    DISLIKED = "disliked"
    UNREAD = "unread"
    ARCHIVED = "archived"
    PINNED = "pinned"


@dataclass(frozen=True)
class Query:
    """A search, taken apart."""

    words: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    states: frozenset[State] = frozenset()
    has_code: bool = False
    is_anywhere: bool = False
    """Whether archived ones are looked through, too."""
    after: datetime | None = None
    before: datetime | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def asks_messages(self) -> bool:
        """Whether messages must be looked at, and not only what is known of conversations."""
        return bool(self.words or self.models or self.datasets or self.has_code)


_PIECE = re.compile(r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))')
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def parse(text: str) -> Query:
    """Take a search apart."""
    words: list[str] = []
    named: dict[str, list[str]] = {"model": [], "dataset": [], "in": []}
    states: set[State] = set()
    notes: list[str] = []
    moments: dict[str, datetime] = {}
    has_code = is_anywhere = False
    for piece in _PIECE.finditer(text):
        name = (piece["name"] or "").lower()
        quoted = piece["quoted"]
        value = (quoted if quoted is not None else piece["plain"]).strip()
        if not value:
            continue
        if name in named:
            named[name].append(value.lstrip("@") if name == "dataset" else value)
        elif name == "is" and value.lower() in set(State):
            states.add(State(value.lower()))
        elif name == "is" and value.lower() == "anywhere":
            is_anywhere = True
        elif name == "has" and value.lower() == "code":
            has_code = True
        elif name in ("after", "before") and (moment := _moment(value)) is not None:
            moments[name] = moment
        elif name in ("is", "has", "after", "before"):
            notes.append(_unknown(name, value))
        else:
            words.append(f"{piece['name']}:{value}" if name else value)
    return Query(
        words=tuple(words),
        models=tuple(named["model"]),
        datasets=tuple(named["dataset"]),
        folders=tuple(named["in"]),
        states=frozenset(states),
        has_code=has_code,
        is_anywhere=is_anywhere,
        after=moments.get("after"),
        before=moments.get("before"),
        notes=tuple(notes),
    )


def _moment(value: str) -> datetime | None:
    """Read a year, a month or a day as the moment in which it begins."""
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _unknown(name: str, value: str) -> str:
    if name in ("after", "before"):
        return f"“{name}:{value}” is no date; write it as 2026-10 or 2026-10-31."
    known = "code" if name == "has" else ", ".join(State) + ", anywhere"
    return f"“{name}:{value}” is not known; after “{name}:” can stand {known}."
