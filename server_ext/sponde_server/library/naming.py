"""Names and tags of code blocks: which are allowed, which are free, which are near."""

import re
from typing import TYPE_CHECKING

from sponde_server.core.errors import Invalid

from . import store
from .code.facts import clean_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_NAME = re.compile(r"[A-Za-z_][\w-]{0,63}")


def check_name(name: str) -> None:
    """Refuse what cannot be a block's name."""
    if not _NAME.fullmatch(name):
        example = clean_name(name) or "plot_by_month"
        raise Invalid(
            f"'{name[:80]}' cannot be a name: use letters, digits, - and _, "
            "with a letter first, at most 64.",
            f"For example '{example}'.",
        )


def free_name(con: "Connection", wanted: str) -> str:
    """Give the name, with a number where another block has it."""
    if not store.has_name(con, wanted):
        return wanted
    taken = {name.replace("-", "_") for name in store.list_names(con, wanted[:60])}
    name, number = wanted, 2
    while store.plain_name(name) in taken:
        name, number = f"{wanted[:60]}_{number}", number + 1
    return name


def clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tidy tags: without # and commas, each once."""
    clean = (" ".join(tag.split()).strip("#,") for tag in tags)
    return tuple(dict.fromkeys(tag[:40] for tag in clean if tag))


def near(name: str, names: list[str]) -> list[str]:
    """Name those that a name may have been meant for."""
    import difflib

    lower = name.lower()
    close = difflib.get_close_matches(lower, names, 3, 0.5)
    inside = sorted(other for other in names if lower in other)[:3]
    return list(dict.fromkeys([*close, *inside]))[:4]


def either(names: list[str]) -> str:
    """Write names as a choice."""
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
