"""`%%sql` in a notebook: SQL over the datasets of the Data panel and the frames of the notebook.

    %%sql                  shows the rows, the first 500 to be scrolled
    %%sql totals           keeps them as the DataFrame `totals`, and shows them
    %%sql totals --quiet   keeps them and shows nothing

Where another extension has `%%sql` already, as jupysql does, that one stays: ours is then
`%%sponde_sql`.
"""
# mypy: disable-error-code="untyped-decorator"
# (IPython's decorators have no types.)

import re
import time
from collections.abc import Mapping
from typing import Any

from IPython.core.completer import SimpleCompletion, context_matcher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class

from .client import SpondeError, call
from .data import reading_of
from .querying import run

_FRAMES = ("pandas", "polars", "pyarrow")
_KEPT_SECONDS = 20
_WORDS = (
    "SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT JOIN LEFT INNER FULL CROSS ON USING AS AND "
    "OR NOT IN IS NULL LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END DISTINCT WITH UNION ALL DESC "
    "ASC OVER PARTITION CAST TRY_CAST COUNT SUM AVG MIN MAX SUMMARIZE DESCRIBE PIVOT UNPIVOT "
    "QUALIFY"
)


@magics_class
class SqlMagics(Magics):  # type: ignore[misc]
    """SQL over datasets, by typing."""

    @cell_magic
    def sponde_sql(self, line: str, cell: str) -> Any:
        """Run SQL over the datasets that it names; a name behind it keeps the rows.

        `%%sql totals` keeps them as the DataFrame `totals`; `--quiet` shows nothing. DataFrames
        of this notebook are tables by their names where no dataset has the name.
        """
        __tracebackhide__ = True
        name, is_quiet = _options(line)
        found = run(cell, frames=frames_in(self.shell.user_ns))
        from .frames import Rows, rows_of

        frame = rows_of(found)
        if name:
            self.shell.user_ns[name] = frame
        return None if is_quiet else Rows(frame)


def register(shell: InteractiveShell) -> None:
    """Add the magic to a running IPython, and completion in its cells."""
    magics = SqlMagics(shell)
    shell.register_magics(magics)
    known = shell.magics_manager.magics["cell"].get("sql")
    owner = type(getattr(known, "__self__", None)).__module__ if known is not None else ""
    if known is None or owner == __name__:
        shell.register_magic_function(magics.sponde_sql, magic_kind="cell", magic_name="sql")
    else:
        print(
            f"%%sql stays what {owner.partition('.')[0]} made it; Sponde's, over the datasets of "
            "the Data panel, is %%sponde_sql."
        )
    completer = shell.Completer
    if completer is not None and matches not in completer.custom_matchers:
        completer.custom_matchers.append(matches)


def frames_in(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Give the tables that a notebook has by name: pandas, polars and Arrow."""
    return {
        name: value
        for name, value in namespace.items()
        if not name.startswith("_")
        and type(value).__name__ in ("DataFrame", "Table", "LazyFrame")
        and type(value).__module__.partition(".")[0] in _FRAMES
    }


def _options(line: str) -> tuple[str, bool]:
    words = line.replace("<<", " ").split()
    is_quiet = "--quiet" in words
    names = [word for word in words if word != "--quiet"]
    for word in names:
        if word.startswith("-"):
            raise UsageError(f"%%sql has no option {word}: it has --quiet.")
        if not word.isidentifier():
            raise UsageError(f"%%sql: '{word}' cannot be a name. SQL stands in the lines below.")
    if len(names) > 1:
        raise UsageError(f"%%sql keeps its rows under one name, not {len(names)}.")
    return (names[0] if names else ""), is_quiet


# -- completion -------------------------------------------------------------------------------

_kept: dict[str, tuple[float, Any]] = {}


@context_matcher()
def matches(context: Any) -> dict[str, Any]:
    """Complete datasets, their columns and SQL's words in a cell of %%sql; nothing elsewhere."""
    nothing: dict[str, Any] = {"completions": []}
    text = context.full_text
    if not re.match(r"%%(?:sponde_)?sql\b", text) or not context.cursor_line:
        return nothing
    begun = (re.search(r'"?[^\W\d]\w*$|"$', context.text_until_cursor) or [""])[0]
    try:
        names = _names(text)
    except SpondeError:
        names = []
    plain = begun.lstrip('"').lower()
    found = [name for name in names if name.lstrip('"').lower().startswith(plain)]
    if not begun.startswith('"'):
        found += [word for word in _WORDS.split() if word.lower().startswith(plain) and plain]
    return {
        "completions": [SimpleCompletion(text=name, type="sql") for name in dict.fromkeys(found)],
        "matched_fragment": begun,
        "suppress": True,
    }


def _names(text: str) -> list[str]:
    """Name the datasets, and the columns of those that the text names, as SQL takes them."""
    datasets = _remembered("", lambda: call("GET", "/datasets"))
    words = {word.lower() for word in re.findall(r"\w+", text)}
    columns: list[str] = []
    for one in datasets:
        if one["name"].lower() in words and one["status"] == "ready":
            columns += _remembered(one["id"], lambda found=one: reading_of(found["id"])["columns"])
    return [_quoted(name) for name in [*columns, *(one["name"] for one in datasets)]]


def _remembered(key: str, ask: Any) -> Any:
    """Ask the server again after a while only: completion asks with each letter."""
    since, value = _kept.get(key, (0.0, None))
    if time.monotonic() - since > _KEPT_SECONDS or value is None:
        value = ask()
        is_settled = key or all(one["status"] in ("ready", "failed") for one in value)
        if is_settled:
            _kept[key] = (time.monotonic(), value)
    return value


def _quoted(name: str) -> str:
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name, re.IGNORECASE)
    return name if plain else '"{}"'.format(name.replace('"', '""'))
