"""What an engine does now, from its own figures, beside what we see of it; and whom to blame.

vLLM counts at GET /metrics, in Prometheus' text form. Counters become rates by the difference of
two looks; the looks of the last minute are kept. Does not know HTTP or the page.
"""

import os
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from .records import EngineMonitor, Gpu

WINDOW_SECONDS = 60.0
SHORT_SECONDS = 1.5
"""Rates are over at least this; shorter looks jump about."""
LONG_SECONDS = 12.0
FULL_CACHE = 0.95
SLOW_FIRST_SECONDS = 1.0
OUR_SHARE_MS = 50.0
"""What we may add before we are blamed."""
HOT_DEGREES = 87.0
_LINE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})?\s+([^\s]+)", re.MULTILINE)
# Our word, and vLLM's names for it, newest first.
_GAUGES = {
    "running": ("vllm:num_requests_running",),
    "waiting": ("vllm:num_requests_waiting",),
    "cache": ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"),
}
_COUNTERS = {
    "prompt": ("vllm:prompt_tokens_total", "vllm:prompt_tokens"),
    "written": ("vllm:generation_tokens_total", "vllm:generation_tokens"),
    "preempted": ("vllm:num_preemptions_total", "vllm:num_preemptions"),
    "first_sum": ("vllm:time_to_first_token_seconds_sum",),
    "first_count": ("vllm:time_to_first_token_seconds_count",),
    "queue_sum": ("vllm:request_queue_time_seconds_sum",),
    "queue_count": ("vllm:request_queue_time_seconds_count",),
    "token_sum": (
        "vllm:inter_token_latency_seconds_sum",
        "vllm:time_per_output_token_seconds_sum",
    ),
    "token_count": (
        "vllm:inter_token_latency_seconds_count",
        "vllm:time_per_output_token_seconds_count",
    ),
}


def read(text: str) -> dict[str, float]:
    """Read Prometheus' text: the sum over labels of every figure, by its name."""
    sums: dict[str, float] = defaultdict(float)
    for name, value in _LINE.findall(text):
        try:
            sums[name] += float(value)
        except ValueError:
            continue
    return dict(sums)


@dataclass
class _Look:
    at: float
    counters: dict[str, float]


@dataclass
class _Answer:
    at: float
    first_ms: float


@dataclass
class Watched:
    """What is remembered of one engine."""

    looks: deque[_Look] = field(default_factory=deque)
    answers: deque[_Answer] = field(default_factory=lambda: deque(maxlen=500))


class Monitors:
    """The figures of every engine, as far as they were looked at."""

    def __init__(self) -> None:
        self._watched: dict[str, Watched] = {}

    def answered(self, name: str, first_ms: float, now: float | None = None) -> None:
        """Note how long a person waited for the first piece of an answer of this model."""
        at = time.monotonic() if now is None else now
        self._of(name).answers.append(_Answer(at, first_ms))

    def look(
        self,
        name: str,
        text: str,
        *,
        in_flight: int,
        gpus: tuple[Gpu, ...] = (),
        memory_bytes: int = 0,
        now: float | None = None,
    ) -> EngineMonitor:
        """Take an engine's figures in, and say what they mean."""
        at = time.monotonic() if now is None else now
        figures = read(text)
        watched = self._of(name)
        counters = {word: _first(figures, names) for word, names in _COUNTERS.items()}
        if watched.looks and any(
            counters[word] < watched.looks[-1].counters[word] for word in ("prompt", "written")
        ):
            watched.looks.clear()  # started anew: its counters began at nothing
        before = _before(watched.looks, at, SHORT_SECONDS, LONG_SECONDS)
        oldest = watched.looks[0] if watched.looks else None
        watched.looks.append(_Look(at, counters))
        while watched.looks and at - watched.looks[0].at > WINDOW_SECONDS:
            watched.looks.popleft()
        first = _mean(oldest, counters, "first")
        ours = [one.first_ms for one in watched.answers if at - one.at <= WINDOW_SECONDS]
        made = EngineMonitor(
            running=round(_first(figures, _GAUGES["running"])),
            waiting=round(_first(figures, _GAUGES["waiting"])),
            cache_use=_first(figures, _GAUGES["cache"]),
            prompt_tokens_per_second=_rate(before, counters, at, "prompt"),
            tokens_per_second=_rate(before, counters, at, "written"),
            first_token_seconds=first,
            queue_seconds=_mean(oldest, counters, "queue"),
            seconds_per_token=_mean(oldest, counters, "token"),
            preemptions=round(counters["preempted"] - oldest.counters["preempted"])
            if oldest
            else 0,
            in_flight=in_flight,
            first_token_seen_seconds=sum(ours) / len(ours) / 1000 if ours else None,
            added_ms=max(0.0, sum(ours) / len(ours) - 1000 * first) if ours and first else None,
            gpus=gpus,
            memory_bytes=memory_bytes,
            is_known=bool(figures),
            sentence="",
        )
        return _judged(made)

    def forget(self, name: str) -> None:
        """Forget an engine."""
        self._watched.pop(name, None)

    def _of(self, name: str) -> Watched:
        return self._watched.setdefault(name, Watched())


def memory_of(pid: int, proc: Path = Path("/proc")) -> int:
    """Add up the main memory of a process's whole group; 0 where it has ended.

    Pages that processes share count once for each.
    """
    try:
        group = os.getpgid(pid)
    except OSError:
        return 0
    total = 0
    for folder in proc.glob("[0-9]*"):
        try:
            # pid (name) state ppid pgrp …: the name may hold spaces and brackets.
            after = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after[2]) == group:
                total += int((folder / "statm").read_text().split()[1]) * 4096
        except (OSError, ValueError, IndexError):
            continue
    return total


def _first(figures: dict[str, float], names: tuple[str, ...]) -> float:
    return next((figures[name] for name in names if name in figures), 0.0)


def _before(looks: deque[_Look], at: float, least: float, most: float) -> _Look | None:
    """Give the newest look that is old enough to take a rate from."""
    for look in reversed(looks):
        if at - look.at > most:
            return None
        if at - look.at >= least:
            return look
    return None


def _rate(before: _Look | None, counters: dict[str, float], at: float, word: str) -> float | None:
    if before is None:
        return None
    return max(0.0, (counters[word] - before.counters[word]) / (at - before.at))


def _mean(before: _Look | None, counters: dict[str, float], word: str) -> float | None:
    """Give the mean of a histogram since a look; None where nothing was counted since."""
    if before is None:
        return None
    count = counters[f"{word}_count"] - before.counters[f"{word}_count"]
    if count <= 0:
        return None
    return (counters[f"{word}_sum"] - before.counters[f"{word}_sum"]) / count


def _judged(seen: EngineMonitor) -> EngineMonitor:
    """Say in one sentence who makes it slow, if it is slow."""
    blamed, sentence = _blame(seen)
    return replace(seen, blamed=blamed, sentence=sentence)


def _blame(seen: EngineMonitor) -> tuple[str, str]:
    if not seen.is_known:
        return "", "The engine gives no figures of its own."
    hot = [gpu for gpu in seen.gpus if (gpu.temperature or 0) >= HOT_DEGREES]
    waits = f"{seen.waiting} {'request waits' if seen.waiting == 1 else 'requests wait'}"
    if seen.cache_use >= FULL_CACHE:
        end = f", and {waits}" if seen.waiting else ""
        return (
            "engine",
            f"The engine's cache is {seen.cache_use:.0%} full{end}: shorter conversations, a "
            "shorter context or more memory help.",
        )
    if seen.waiting > 0:
        return (
            "engine",
            f"The engine is full: it answers {seen.running} at once, and {waits}. More requests "
            "at once, or a second engine, help.",
        )
    if seen.preemptions:
        return (
            "engine",
            f"The engine had to put {seen.preemptions} answers aside within the last minute, "
            "because its cache was full: a shorter context or more memory help.",
        )
    if hot:
        return (
            "engine",
            f"{hot[0].name} is {hot[0].temperature:.0f} °C hot and computes slower to cool down.",
        )
    added = seen.added_ms
    if added is not None and added > OUR_SHARE_MS and seen.first_token_seconds is not None:
        share = added / (added + 1000 * seen.first_token_seconds)
        if share > 0.5:
            return (
                "sponde",
                f"Answers begin {added:.0f} ms later here than in the engine: Sponde's server is "
                "busy, or the engine had to start.",
            )
    if seen.in_flight > seen.running + seen.waiting + 1:
        return (
            "sponde",
            f"{seen.in_flight} requests are on their way here, and the engine knows of "
            f"{seen.running + seen.waiting}: the rest have not reached it yet.",
        )
    if seen.first_token_seconds is not None and seen.first_token_seconds > SLOW_FIRST_SECONDS:
        return (
            "engine",
            f"The engine takes {seen.first_token_seconds:.1f} s to read what is sent before it "
            "begins: shorter conversations begin sooner.",
        )
    if seen.running:
        return "", f"Nothing holds it up: it answers {seen.running} now, and nobody waits."
    return "", "It is idle: nothing is asked of it."
