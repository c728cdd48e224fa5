"""`block("name")`: code kept in the library, from inside a notebook."""

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .client import call

if TYPE_CHECKING:
    from .running import Ran


class Block:
    """One code block of the library, as it is now."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    @property
    def id(self) -> str:
        """Its id."""
        return str(self._found["id"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._found["name"])

    @property
    def code(self) -> str:
        """Its code."""
        return str(self._found["code"])

    @property
    def language(self) -> str:
        """Its language, such as python."""
        return str(self._found["language"])

    @property
    def description(self) -> str:
        """What it does."""
        return str(self._found["description"])

    @property
    def needs(self) -> tuple[str, ...]:
        """The names that it must be given."""
        return tuple(self._found["facts"]["needs"])

    @property
    def fields(self) -> dict[str, str]:
        """Its fields, each with the value that its code has: `run(bins=20)` fills one in."""
        return {str(one["name"]): str(one["default"]) for one in self._found.get("fields", ())}

    @property
    def found(self) -> dict[str, Any]:
        """All that the library says of it."""
        return self._found

    def run(self, **given: Any) -> "Ran":
        """Run it among nothing but the names that it is given, as in `run(df=sales, bins=20)`.

        Gives an object whose attributes are what it defines; the value of its last line is shown.
        """
        __tracebackhide__ = True
        from .running import run

        caller = sys._getframe(1)
        return run(self._found, given, {**caller.f_globals, **caller.f_locals})

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        longest = max((len(run) for run in _runs_of_backticks(self.code)), default=0)
        bar = "`" * max(3, longest + 1)
        return f"{bar}{self.language}\n{self.code}\n{bar}"


def block(name: str) -> Block:
    """Give the code block of this name, as in `block("plot_by_month").code`."""
    return Block(call("GET", f"/code-blocks-by-name/{quote(name, safe='')}"))


def _runs_of_backticks(code: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in code).split(" ") if run]
