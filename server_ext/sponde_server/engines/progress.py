"""What a starting engine is doing, read from the lines that vLLM writes: a table.

The progress is the one that vLLM tells for that step; steps of which it tells none have none.
"""

import re
from dataclasses import dataclass

from .logfile import clean


@dataclass(frozen=True)
class Step:
    """A step of the start, and the line that tells of it."""

    line: "re.Pattern[str]"
    doing: str


@dataclass(frozen=True)
class Doing:
    """What an engine is doing, and how far that is (0-1) where it says so."""

    doing: str = "starting vLLM"
    progress: float | None = None


def _step(line: str, doing: str) -> Step:
    return Step(re.compile(line, re.IGNORECASE), doing)


STEPS = (
    _step(r"downloading|fetching \d+ files", "downloading"),
    _step(r"loading (safetensors|pt|bin) checkpoint shards", "loading weights"),
    _step(r"starting to load model|loading drafter", "loading weights"),
    _step(r"capturing (cuda )?graph|graph capturing", "capturing graphs"),
    _step(r"torch\.compile takes|dynamo bytecode|compiling a graph|start compiling", "compiling"),
    _step(r"warming up|warm-up", "warming up"),
    _step(
        r"kv cache (size|memory)|for kv cache|memory profiling|# (gpu|cpu) blocks",
        "making room for the cache",
    ),
    _step(r"resolved architecture|using max model len", "reading its configuration"),
    _step(r"initializing a v\d+ llm engine", "starting its workers"),
    _step(r"starting vllm (api )?server|application startup|started server", "opening its address"),
)
LONGEST_LINE = 300
_PERCENT = re.compile(r"(\d{1,3})%")


def read(text: str, before: Doing) -> Doing:
    """Say what an engine is doing after these new lines of its log."""
    now = before
    for line in re.split(r"[\r\n]+", text):
        for step in STEPS:
            if step.line.search(line[:LONGEST_LINE]):
                share = _PERCENT.search(clean(line))
                known = min(int(share[1]), 100) / 100 if share else None
                if now.doing != step.doing or known is not None:
                    now = Doing(step.doing, known)
                break
    return now
