"""Benchmarks of models and their figures."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class BenchStatus(StrEnum):
    """Where a benchmark is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The server ended meanwhile."""


class BenchTool(StrEnum):
    """Who asks and takes the time."""

    OURS = "ours"
    """Sponde's own client, through the same way as every question."""
    VLLM = "vllm"
    """vLLM's `bench serve`, at the engine itself."""


@record
class NewBench:
    """A benchmark as a person asks for it."""

    model_id: str
    """Which model."""
    contexts: tuple[int, ...] = (256,)
    """Tokens that each request is to read, about; each is measured with every number of streams."""
    streams: tuple[int, ...] = (1, 2, 4)
    """How many requests go on at the same time."""
    requests: int = 8
    """Requests for each figure; at least as many as go on at the same time are made."""
    answer_tokens: int = 64
    """Tokens that each answer is to have; some servers end sooner."""
    tool: BenchTool | None = None
    """Who measures; None: vLLM's own where it is installed and the engine is ours, else ours."""


@record
class BenchPoint:
    """The figures for one context and one number of streams."""

    context: int
    """Tokens that were asked to be read."""
    streams: int
    """Requests at the same time."""
    requests: int
    """Answers that came whole."""
    failed: int
    """Answers that did not."""
    seconds: float
    """How long it took altogether."""
    first_p50_ms: float | None = None
    """Milliseconds to the first token, the median."""
    first_p95_ms: float | None = None
    """The same, for the slowest of twenty."""
    stream_tokens_per_second: float | None = None
    """Tokens a second of one answer once it has begun, the median."""
    tokens_per_second: float = 0.0
    """Tokens a second of all answers together."""
    prompt_tokens: float = 0.0
    """Tokens that a request read, on average."""
    answer_tokens: float = 0.0
    """Tokens that an answer had, on average."""
    is_counted: bool = True
    """Whether the server counted tokens; false: pieces of the answers were counted."""
    errors: tuple[str, ...] = ()
    """What went wrong, each once."""


@record
class Bench:
    """A benchmark of one model, with what it found."""

    model_id: str
    """Which model."""
    model: str
    """The name that people know it by."""
    contexts: tuple[int, ...]
    """Tokens to read."""
    streams: tuple[int, ...]
    """Requests at the same time."""
    requests: int
    """Requests for each figure."""
    answer_tokens: int
    """Tokens that each answer is to have."""
    tool: BenchTool
    """Who measures."""
    version: int = 0
    """The registered model's version; 0 for a provider's."""
    engine: str = ""
    """What answers, such as vLLM 0.32.0, or the provider's name."""
    machine: str = ""
    """What it computes on, in words; empty where that is elsewhere."""
    settings: str = ""
    """How the engine was started, in words."""
    workload: str = ""
    """What the requests are, in words."""
    note: str = ""
    """What is to be known of the figures, in a sentence."""
    status: BenchStatus = BenchStatus.QUEUED
    """Where it is."""
    doing: str = ""
    """What it does now."""
    progress: float = 0.0
    """How far it is (0-1)."""
    points: tuple[BenchPoint, ...] = ()
    """The figures, in the order that they were taken."""
    failure: str = ""
    """Why it failed, in a sentence."""
    hint: str = ""
    """The way out."""
    id: str = field(default_factory=new_id)
    """The benchmark's id."""
    created_at: datetime = field(default_factory=now)
    """When it was asked for."""
    ended_at: datetime | None = None
    """When it ended."""


@record
class BenchChanged:
    """A benchmark began, got on or ended."""

    bench: Bench
    """The benchmark as it is now."""


@record
class BenchRemoved:
    """A benchmark was deleted."""

    bench_id: str
    """Which one."""
