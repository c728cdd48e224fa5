"""From single answers to figures: percentiles, rates, tables. Only arithmetic."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from .records import Bench, BenchPoint


@dataclass(frozen=True)
class Answer:
    """What was seen of one request; times in seconds from when it was sent."""

    first: float | None = None
    """When the first token came."""
    last: float = 0.0
    """When the last one came."""
    tokens: int = 0
    prompt_tokens: int = 0
    is_counted: bool = False
    error: str = ""


def point(context: int, streams: int, answers: Sequence[Answer], seconds: float) -> BenchPoint:
    """Sum up the answers for one context and number of streams."""
    whole = [one for one in answers if not one.error]
    firsts = [1000 * one.first for one in whole if one.first is not None]
    # The first token is what is waited for; the pace is that of those after it.
    paces = [
        (one.tokens - 1) / (one.last - one.first)
        for one in whole
        if one.first is not None and one.tokens > 1 and one.last > one.first
    ]
    tokens = sum(one.tokens for one in whole)
    count = len(whole) or 1
    return BenchPoint(
        context=context,
        streams=streams,
        requests=len(whole),
        failed=len(answers) - len(whole),
        seconds=seconds,
        first_p50_ms=percentile(firsts, 50),
        first_p95_ms=percentile(firsts, 95),
        stream_tokens_per_second=percentile(paces, 50),
        tokens_per_second=tokens / seconds if seconds > 0 else 0.0,
        prompt_tokens=sum(one.prompt_tokens for one in whole) / count,
        answer_tokens=tokens / count,
        is_counted=all(one.is_counted for one in whole),
        errors=tuple(dict.fromkeys(one.error for one in answers if one.error))[:5],
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Give a percentile, between the two values nearest to it; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    at = (len(ordered) - 1) * share / 100
    low, high = math.floor(at), math.ceil(at)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


COLUMNS = (
    *("model", "version", "engine", "machine", "tool", "measured_at"),
    *("context", "streams", "requests", "failed", "seconds", "first_p50_ms", "first_p95_ms"),
    *("stream_tokens_per_second", "tokens_per_second", "prompt_tokens", "answer_tokens"),
    "is_counted",
)


def as_csv(bench: Bench) -> str:
    """Give a benchmark's figures as a table with a line for each."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    about = (
        *(bench.model, bench.version, bench.engine, bench.machine, bench.tool.value),
        bench.created_at.isoformat(timespec="seconds"),
    )
    for one in bench.points:
        figures = (getattr(one, name) for name in COLUMNS[len(about) :])
        table.writerow([*about, *(_cell(value) for value in figures)])
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return round(value, 3) if isinstance(value, float) else value
