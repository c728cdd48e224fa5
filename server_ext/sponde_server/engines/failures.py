"""Why an engine failed: its log and how it ended, said in words with the way out.

The words are data (rules.py), and so are the smaller settings (mends.py).
"""

import re
from dataclasses import replace

from .mends import mended
from .records import EngineFailure, Plan
from .rules import ENDINGS, RULES, Rule

READY = "Application startup complete"
"""What vLLM's log says once it answers."""
# (EngineCore pid=104) ERROR 05-05 12:36:59 [core.py:390] the message
_PREFIX = re.compile(
    r"^(?:\([\w ]+(?:pid|rank)=[^)]*\)\s*)*"
    r"(?:(?:INFO|WARNING|ERROR|DEBUG|CRITICAL):?\s+\d\d-\d\d \d\d:\d\d:\d\d \[[^\]]+\]\s?)?",
    re.MULTILINE,
)
_LAST_WORDS = re.compile(r"^[\w.]{0,120}(?:Error|Exception|Interrupt|Exit): ?(.*)$", re.MULTILINE)
_SAYS_NOTHING = re.compile(r"Engine core initialization failed|EngineCore encountered an issue")
_PATTERNS = [(rule, re.compile(rule.pattern, re.DOTALL)) for rule in RULES]
_LONG_LINE = re.compile(r"^(.{2000}).+$", re.MULTILINE)
LONGEST_LOG = 400_000
LONGEST_WORDS = 300


def explain(log_tail: str, exit_code: int | None, plan: Plan | None = None) -> EngineFailure:
    """Say why an engine ended, from the end of its log and how its process ended.

    `exit_code` as subprocess gives it: negative for a signal, None while it runs.
    """
    log = _PREFIX.sub("", _LONG_LINE.sub(r"\1", log_tail[-LONGEST_LOG:]))
    was_ready = READY in log
    for rule, pattern in _PATTERNS:
        if rule.only_after_ready is not None and rule.only_after_ready != was_ready:
            continue
        found = pattern.search(log)
        if found:
            said = {name: value or "" for name, value in found.groupdict().items()}
            return _failure(rule, said, plan)
    for codes, rule in ENDINGS:
        if exit_code in codes:
            return _failure(rule, {}, plan)
    return _unknown(log, exit_code)


def gave_up(times: int, last: EngineFailure) -> EngineFailure:
    """Say that an engine is not started again, because it crashed that often in a row."""
    return replace(
        last,
        kind="crash_loop",
        message=f"It crashed {times} times in a row and is not started again by itself. "
        f"The last time: {last.message}",
    )


def _failure(rule: Rule, said: dict[str, str], plan: Plan | None) -> EngineFailure:
    return EngineFailure(
        kind=rule.kind,
        message=rule.message.format(**said),
        hint=rule.hint.format(**said),
        try_settings=mended(rule.mend, plan, said) if plan else None,
    )


def _unknown(log: str, exit_code: int | None) -> EngineFailure:
    """Give the last words that say anything, where no rule knows them."""
    words = [
        found[0]
        for found in _LAST_WORDS.finditer(log)
        if found[1].strip() and not _SAYS_NOTHING.search(found[0])
    ]
    ended = "" if exit_code is None else f" with code {exit_code}"
    if not words:
        return EngineFailure(
            kind="unknown",
            message=f"vLLM ended{ended} and did not say why.",
            hint="Look at its log; starting it again may help.",
        )
    last = " ".join(words[-1].split())
    if len(last) > LONGEST_WORDS:
        last = last[: LONGEST_WORDS - 1] + "…"
    return EngineFailure(
        kind="unknown",
        message=f"vLLM ended{ended}: {last}",
        hint="Its log says more. Other settings or another model may help.",
    )
