"""Requests to models: who asked what, what it took and cost; prices and budgets."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class CallerKind(StrEnum):
    """Through which door a request comes."""

    CHAT = "chat"
    NOTEBOOK = "notebook"
    PROGRAM = "program"
    BENCHMARK = "benchmark"


@record
class Caller:
    """Who asks a model."""

    person: str = ""
    """The person, as Jupyter knows them."""
    kind: CallerKind = CallerKind.CHAT
    """Through which door."""
    token: str = ""
    """The id of the Sponde token that was used; empty for Jupyter's own."""
    conversation_id: str = ""
    """The conversation that it is for."""


class Outcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"
    REFUSED = "refused"
    """By a limit or a budget of ours, before it was sent."""


@record
class ModelRequest:
    """One request to a model, as it is kept."""

    caller: Caller
    """Who asked."""
    model_id: str
    """Which model."""
    operation: str = "chat"
    """chat, completion or embedding."""
    outcome: Outcome = Outcome.ANSWERED
    """How it ended."""
    prompt_tokens: int = 0
    """Tokens read."""
    completion_tokens: int = 0
    """Tokens written."""
    is_counted: bool = True
    """Whether the provider counted; false: estimated from the characters."""
    cost: float = 0.0
    """What it cost, in the currency of the prices."""
    first_token_ms: float | None = None
    """Milliseconds until the first piece of the answer; None where none came."""
    duration_ms: float = 0.0
    """Milliseconds until the end."""
    id: str = field(default_factory=new_id)
    """The request's id: the trace that logs and answers name (header X-Sponde-Request)."""
    at: datetime = field(default_factory=now)
    """When it was asked."""


@record
class UsageChanged:
    """Requests were made, or prices or budgets changed; told at most every second."""
