"""Measures how a block ran in this kernel: time, memory, versions, and what it showed last.

Memory is the highest mark of resident memory beyond what the kernel held when the run began: the
system keeps that mark, and it is set back before the run where the system lets it (Linux).
Otherwise it is not told. Standard library only, but for the shell that it is given.
"""

import ast
import base64
import json
import os
import re
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from .client import SpondeError, root

MOST_TEXT = 200_000
MOST_PICTURE = 65_536
MOST_NOTED = 100
_SHOWN = ("image/png", "image/svg+xml", "text/html", "text/plain")
_LISTENING = "_sponde_noting"


class Watch:
    """One run, from its beginning to its end."""

    def __init__(self, shell: Any = None) -> None:
        self._shell = shell
        self._shown: dict[str, str] = {}
        self._undo: list[Callable[[], None]] = []
        self._began = 0.0
        self._base = 0
        self._is_exact = False

    def begin(self) -> "Watch":
        """Begin to measure."""
        if self._shell is not None:
            self._listen_to("display_pub", "publish")
            self._listen_to("displayhook", "write_format_data")
        self._is_exact = _set_back()
        self._base = _memory("VmRSS")
        self._began = time.perf_counter()
        return self

    def end(self, code: str) -> dict[str, Any]:
        """Give what was measured, as the library takes it."""
        seconds = time.perf_counter() - self._began
        peak = max(0, _memory("VmHWM") - self._base) if self._is_exact else None
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()
        return {
            "seconds": round(seconds, 4),
            "peak_bytes": peak,
            "measured": "peak" if self._is_exact else "",
            "packages": versions(code),
            "output": self._shown,
        }

    def _listen_to(self, part: str, name: str) -> None:
        """Hear what is shown; it goes on to where it went."""
        place = getattr(self._shell, part, None)
        shows = getattr(place, name, None)
        if place is None or shows is None:
            return

        def hears(data: Any, *rest: Any, **named: Any) -> Any:
            self.hear(data)
            return shows(data, *rest, **named)

        place.__dict__[name] = hears

        def undo() -> None:
            place.__dict__.pop(name, None)

        self._undo.append(undo)

    def show(self, value: Any) -> None:
        """Remember a value as what was shown last."""
        formatter = getattr(self._shell, "display_formatter", None)
        if formatter is not None and value is not None:
            self.hear(formatter.format(value)[0])

    def hear(self, data: Any) -> None:
        """Remember what was shown last; a picture or a table rather than a text."""
        if not isinstance(data, dict):
            return
        kept = _as_text(data)
        is_rich = any(mime != "text/plain" for mime in kept)
        if kept and (is_rich or set(self._shown) <= {"text/plain"}):
            self._shown = kept


def listen(shell: Any) -> None:
    """Measure every cell of this kernel from now on, for the tab that asks by `told`."""
    if shell is None or hasattr(shell, _LISTENING):
        return
    noted: dict[str, dict[str, Any]] = {}
    running: list[Watch] = []

    def begins(info: Any) -> None:
        running.append(Watch(shell).begin())

    def ends(result: Any) -> None:
        if running:
            measured = running.pop().end(str(getattr(result.info, "raw_cell", "") or ""))
            noted[cell_id(shell)] = measured
            while len(noted) > MOST_NOTED:
                del noted[next(iter(noted))]

    setattr(shell, _LISTENING, noted)
    shell.events.register("pre_run_cell", begins)
    shell.events.register("post_run_cell", ends)


def told(shell: Any, cell: str) -> str:
    """Give what was measured of a cell's last run as JSON; without what it showed."""
    noted = getattr(shell, _LISTENING, {})
    measured = dict(noted.pop(cell, {}))
    measured.pop("output", None)
    return base64.b64encode(json.dumps(measured).encode()).decode()


def cell_id(shell: Any) -> str:
    """Name the cell that runs; empty where there are none, as in a terminal."""
    try:
        return str(shell.get_parent().get("metadata", {}).get("cellId", ""))
    except AttributeError:
        return ""


def where(shell: Any) -> dict[str, str]:
    """Name the notebook and the cell that run, as the library keeps them."""
    path = os.environ.get("JPY_SESSION_NAME", "")
    try:
        notebook = Path(path).relative_to(root()).as_posix() if path else ""
    except (ValueError, SpondeError):  # from elsewhere, or a session that is no file
        notebook = ""
    return {"notebook": notebook, "cell_id": cell_id(shell) if shell is not None else ""}


def versions(code: str) -> dict[str, str]:
    """Name the packages that code imports, each with the version that is installed."""
    from importlib import metadata

    found: dict[str, str] = {}
    for name in sorted(_imported(code) - sys.stdlib_module_names):
        for package in _packages().get(name, [])[:1]:
            found[package] = metadata.version(package)
    return found


@lru_cache(maxsize=1)
def _packages() -> dict[str, list[str]]:
    from importlib import metadata

    return dict(metadata.packages_distributions())


def _imported(code: str) -> set[str]:
    lines = ["" if re.match(r"\s*[%!]", line) else line for line in code.splitlines()]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _as_text(data: dict[str, Any]) -> dict[str, str]:
    kept = {}
    for mime in _SHOWN:
        value = data.get(mime)
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode()
        if not isinstance(value, str):
            continue
        if mime == "image/png" and len(value) * 3 // 4 > MOST_PICTURE:
            value = _smaller(value)
        if value and len(value) <= MOST_TEXT:
            kept[mime] = value
    return kept


def _smaller(picture: str) -> str:
    """Shrink a PNG until it may be kept, where Pillow is there (matplotlib brings it)."""
    from io import BytesIO

    try:
        from PIL import Image
    except ImportError:
        return ""
    with Image.open(BytesIO(base64.b64decode(picture))) as image:
        wide = min(image.width, 900)
        while wide >= 200:
            size = (wide, max(1, round(image.height * wide / image.width)))
            made = image.convert("RGBA").resize(size)
            for kept in (made, made.quantize(128, method=2)):
                out = BytesIO()
                kept.save(out, "PNG", optimize=True)
                if out.tell() <= MOST_PICTURE:
                    return base64.b64encode(out.getvalue()).decode()
            wide = wide * 3 // 4
    return ""


def _set_back() -> bool:
    """Set the system's mark of the highest memory back; say whether it could be."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return False
    return True


def _memory(name: str) -> int:
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith(f"{name}:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
