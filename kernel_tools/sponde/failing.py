"""What went wrong last in this kernel, and what belongs to it: for `%ask` on the last error.

Standard library only. Reads what IPython kept; runs nothing.
"""

import linecache
import sys
import traceback
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from . import client

LONGEST_TRACE = 5000
LONGEST_CELL = 20_000
MOST_CELLS = 300
MOST_VARIABLES = 20
_OURS = ("IPython", "ipykernel", "kernel_tools")


@dataclass(frozen=True)
class Failed:
    """A cell that ended in an error."""

    error: BaseException
    code: str
    number: int | None
    """The number that stands beside the cell; None where it is not known."""

    @property
    def name(self) -> str:
        """What to call the cell."""
        return f"cell [{self.number}]" if self.number else "the last cell"

    @property
    def short(self) -> str:
        """The error in one line."""
        lines = str(self.error).strip().splitlines() or [""]
        text = f"{type(self.error).__name__}: {lines[0]}".rstrip(": ")
        return text if len(text) <= 160 else text[:159] + "…"


def last_failed(shell: Any) -> Failed | None:
    """Find the last exception that a cell ended in, from before we watched."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if error is None or isinstance(error, KeyboardInterrupt | SystemExit | client.SpondeError):
        return None
    if type(error).__name__ == "UsageError":  # a magic that was mistyped, perhaps %ask itself
        return None
    code = _source(error.__traceback__)
    number = None
    for at, raw in reversed(list(enumerate(_inputs(shell)))):
        if code and raw.strip() == code.strip():
            number = at
            break
    return Failed(error, code, number)


def references(failed: Failed, shell: Any) -> list[dict[str, str]]:
    """Give the cell, its error, the cells that it depends on, and what its names hold."""
    inputs = _inputs(shell)
    at = failed.number or len(inputs)
    cells = [
        {"id": str(number), "code": raw[:LONGEST_CELL]}
        for number, raw in enumerate(inputs[:at])
        if raw.strip() and number > at - MOST_CELLS
    ]
    cells.append({"id": "failed", "code": failed.code[:LONGEST_CELL]})
    try:
        found = client.call("POST", "/cell-needs", {"cell_id": "failed", "cells": cells})
    except client.SpondeError:
        found = {"cells": [], "names": []}
    codes = {cell["id"]: cell["code"] for cell in cells}
    needed = [
        _cell(f"cell [{cell['id']}]", codes[cell["id"]], cell["id"]) for cell in found["cells"]
    ]
    names = found["names"][:MOST_VARIABLES]
    given = [*needed]
    if failed.code.strip():
        given.append(_cell(failed.name, failed.code[:LONGEST_CELL], str(failed.number or "")))
    given.append(
        {
            "kind": "selection",
            "name": f"error of {failed.name}",
            "id": "error",
            "text": trace_of(failed.error),
            "language": "text",
        }
    )
    given += [
        {"kind": "variable", "name": name, "id": name, "text": _kind(name, shell.user_ns[name])}
        for name in names
        if name in shell.user_ns
    ]
    return given


def trace_of(error: BaseException) -> str:
    """Write a traceback without IPython's own frames, shortened in its middle."""
    trace = error.__traceback__
    while trace is not None and _is_ours(trace) and trace.tb_next is not None:
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace)).strip()
    if len(text) <= LONGEST_TRACE:
        return text
    head, tail = LONGEST_TRACE // 3, 2 * LONGEST_TRACE // 3
    return f"{text[:head]}\n[… {len(text) - head - tail:,} characters left out …]\n{text[-tail:]}"


def _cell(name: str, code: str, number: str) -> dict[str, str]:
    return {"kind": "cell", "name": name, "id": number, "text": code, "language": "python"}


def _inputs(shell: Any) -> list[str]:
    """Give what was run, each at its number."""
    return list(shell.history_manager.input_hist_raw)


def _is_ours(trace: TracebackType) -> bool:
    package = trace.tb_frame.f_globals.get("__name__", "")
    return str(package).split(".")[0] in _OURS


def _source(trace: TracebackType | None) -> str:
    """Find the text of the cell that an exception came through first."""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if ("ipykernel" in name and "site-packages" not in name) or name.startswith(
            "<ipython-input"
        ):
            return "".join(linecache.getlines(name))
        trace = trace.tb_next
    return ""


def _kind(name: str, value: Any) -> str:
    """Say what a variable is, never what it holds."""
    size = getattr(value, "shape", None)
    if isinstance(size, tuple) and size:
        size = " × ".join(f"{one:,}" if isinstance(one, int) else str(one) for one in size)
    elif isinstance(value, str | bytes | list | tuple | dict | set):
        size = f"{len(value):,}"
    else:
        size = ""
    return f"{name}: {type(value).__name__}" + (f" ({size})" if size else "")
