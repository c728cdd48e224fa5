"""Formats a cell by Ruff or Black, where this kernel's environment has one of them.

Standard library only. The formatter runs as a process of its own: nothing is imported here, and
nothing of the person's is touched. What only a notebook understands (%magics, !commands, help?)
stays as it is.
"""

import importlib.util
import json
import re
import subprocess
import sys

SECONDS = 20.0
_TOOLS = {"ruff": ["format", "-q", "--stdin-filename", "cell.py", "-"], "black": ["-q", "-"]}
_NOTEBOOK = re.compile(r"^(\s*)((?:[%!?].*|[\w.\[\]]+\?{1,2})\s*)$")
_VALUE = re.compile(r"^(\s*[\w.,\s\[\]'\"]+=\s*)([%!](?!=).*)$")
_NAME = "_sponde_line_{}_"


class Tidied:
    """What came of it; its `repr` is JSON, so that the page that asked can read it."""

    def __init__(self, **said: str) -> None:
        self.said = said

    def __repr__(self) -> str:
        return json.dumps(self.said)


def tidied(code: str) -> Tidied:
    """Format a cell's code; says which tool did it, or why none could."""
    tool = next((name for name in _TOOLS if importlib.util.find_spec(name)), "")
    if not tool:
        return Tidied(tool="")
    if code.lstrip().startswith("%%"):
        head, _, body = code.lstrip().partition("\n")
        if not re.match(r"%%(time|timeit|capture|prun)\b", head):
            return Tidied(tool=tool, error=f"{head.split()[0]} cells are not Python.")
        inner = tidied(body)
        if "code" in inner.said:
            inner.said["code"] = f"{head}\n{inner.said['code']}"
        return inner
    plain, kept = _hidden(code)
    ran = subprocess.run(
        [sys.executable, "-m", tool, *_TOOLS[tool]],
        input=plain,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    if ran.returncode:
        lines = [line for line in ran.stderr.strip().splitlines() if line.strip()]
        return Tidied(tool=tool, error=(lines or ["it failed"])[0][:300])
    made = ran.stdout.rstrip("\n")
    for name, text in kept.items():
        made = made.replace(name, text)
    if code.rstrip().endswith(";") and not made.endswith(";"):
        made += ";"  # which hides a cell's last value
    return Tidied(tool=tool, code=made)


def _hidden(code: str) -> tuple[str, dict[str, str]]:
    """Put names in the place of what is not Python, and say what they stand for."""
    kept: dict[str, str] = {}
    lines = []
    for line in code.split("\n"):
        found = _NOTEBOOK.match(line) or _VALUE.match(line)
        if found:
            name = _NAME.format(len(kept))
            kept[name] = found[2].rstrip()
            line = found[1] + name
        lines.append(line)
    return "\n".join(lines), kept
