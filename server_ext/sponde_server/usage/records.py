"""Requests to models: who asked what, what it took and cost; prices and budgets."""

from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class CallerKind(StrEnum):
    """Through which door a request comes."""

    CHAT = "chat"
    NOTEBOOK = "notebook"
    PROGRAM = "program"
    BENCHMARK = "benchmark"
    COMPLETION = "completion"
    """Code that is completed in cells while someone types."""


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


class RequestOutcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    """Whoever asked left before the end."""
    CUT = "cut"
    """The answer broke off in the middle."""
    FAILED = "failed"
    """No answer came."""
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
    outcome: RequestOutcome = RequestOutcome.ANSWERED
    """How it ended."""
    prompt_tokens: int = 0
    """Tokens read."""
    completion_tokens: int = 0
    """Tokens written."""
    is_counted: bool = True
    """Whether the provider counted; false: estimated from the characters."""
    cost: float = 0.0
    """What it cost, in the currency of the prices, at the prices of its time."""
    is_priced: bool = True
    """Whether a price was known; false: its cost counts as nothing for want of one."""
    first_token_ms: float | None = None
    """Milliseconds until the first piece of the answer; None where none came."""
    duration_ms: float = 0.0
    """Milliseconds until the end."""
    id: str = field(default_factory=new_id)
    """The request's id: the trace that logs and answers name (header X-Sponde-Request)."""
    at: datetime = field(default_factory=now)
    """When it was asked."""


class Grouping(StrEnum):
    """What usage is summed by."""

    MODEL = "model"
    PERSON = "person"
    KIND = "kind"
    TOKEN = "token"
    CONVERSATION = "conversation"
    DAY = "day"
    """Days as the server's clock on the wall counts them (SpondeUsage.time_zone)."""


@record
class Sums:
    """What requests took together."""

    requests: int = 0
    """How many there were, refused ones included."""
    answered: int = 0
    """How many were answered whole."""
    stopped: int = 0
    """How many were stopped by whoever asked."""
    failed: int = 0
    """How many failed or broke off."""
    refused: int = 0
    """How many a limit refused before they were sent."""
    prompt_tokens: int = 0
    """Tokens read."""
    completion_tokens: int = 0
    """Tokens written."""
    estimated_tokens: int = 0
    """How many of these tokens are estimates, because the provider did not count."""
    cost: float = 0.0
    """What they cost, in the currency of the prices."""
    unpriced: int = 0
    """Requests whose cost counts as nothing, because their model had no price."""
    first_token_p50_ms: float | None = None
    """Half of the answers began within this time; None where single requests are not kept."""
    first_token_p95_ms: float | None = None
    """19 of 20 answers began within this time."""
    duration_p50_ms: float | None = None
    """Half of the answers ended within this time."""
    duration_p95_ms: float | None = None
    """19 of 20 answers ended within this time."""


@record
class UsageGroup:
    """The requests that have one thing in common."""

    key: str
    """What: a model's id, a person, a day as 2026-11-21, …; empty where there is none."""
    sums: Sums
    """What they took."""


@record
class UsageReport:
    """What models were asked over some days."""

    since: date
    """The first day."""
    until: date
    """The last day, which belongs to it."""
    today: date
    """The day that it is for the server."""
    by: Grouping
    """What it is summed by."""
    currency: str
    """What costs are counted in."""
    time_zone: str
    """Where the days begin at midnight; empty: as the server's clock says."""
    total: Sums
    """Everything together."""
    groups: tuple[UsageGroup, ...]
    """Each group: days in order, everything else the costliest and busiest first."""


@record
class Price:
    """What models cost, from a moment on."""

    pattern: str
    """Which models: an id or a name, * for any letters; the longest that fits counts."""
    input_price: float
    """For a million tokens read."""
    output_price: float
    """For a million tokens written."""
    removed_at: datetime | None = None
    """When it was removed, if it was."""
    id: str = field(default_factory=new_id)
    """The price's id."""
    since: datetime = field(default_factory=now)
    """From when it counts: until the next one of the same pattern."""


@record
class NewPrice:
    """A price as a person enters it."""

    pattern: str
    """Which models: an id or a name, * for any letters."""
    input_price: float = 0.0
    """For a million tokens read."""
    output_price: float = 0.0
    """For a million tokens written."""


class BudgetScope(StrEnum):
    """Whose requests a budget counts."""

    EVERYONE = "everyone"
    PERSON = "person"
    TOKEN = "token"
    MODEL = "model"
    CONVERSATION = "conversation"


class BudgetUnit(StrEnum):
    """What a budget counts."""

    TOKENS = "tokens"
    COST = "cost"
    REQUESTS = "requests"


class BudgetPeriod(StrEnum):
    """How long a budget lasts before it begins again, at midnight."""

    DAY = "day"
    MONTH = "month"


@record
class Budget:
    """How much may be asked in a day or a month."""

    limit: float
    """At this much, requests are refused before they are sent."""
    unit: BudgetUnit = BudgetUnit.COST
    """What is counted."""
    period: BudgetPeriod = BudgetPeriod.MONTH
    """When it begins again."""
    scope: BudgetScope = BudgetScope.EVERYONE
    """Whose requests count."""
    subject: str = ""
    """The person, the token's id, the pattern of models or the conversation's id."""
    name: str = ""
    """What people call it; empty: named by what it counts."""
    warn_share: float = 0.8
    """A notice is shown once at this share of the limit; 0: none."""
    warned_at: datetime | None = None
    """When it warned last."""
    stopped_at: datetime | None = None
    """When it was used up last."""
    removed_at: datetime | None = None
    """When it was removed, if it was."""
    id: str = field(default_factory=new_id)
    """The budget's id."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""


@record
class NewBudget:
    """A budget as a person enters it."""

    limit: float
    """At this much, requests are refused."""
    unit: BudgetUnit = BudgetUnit.COST
    """What is counted."""
    period: BudgetPeriod = BudgetPeriod.MONTH
    """When it begins again."""
    scope: BudgetScope = BudgetScope.EVERYONE
    """Whose requests count."""
    subject: str = ""
    """The person, the token's id, the pattern of models or the conversation's id."""
    name: str = ""
    """What to call it."""
    warn_share: float = 0.8
    """A notice is shown at this share of the limit; 0: none."""


@record
class BudgetState:
    """A budget and how much of it is used."""

    budget: Budget
    """The budget."""
    title: str
    """Its name, or what it counts in words."""
    used: float
    """How much was used since it began, in its unit."""
    resets_at: datetime
    """When it begins again."""
    resets: str
    """The same in words, such as "tomorrow at 00:00"."""


@record
class BudgetReached:
    """A budget reached its warning or its limit, for the first time in its period."""

    budget_id: str
    """Which."""
    sentence: str
    """What to tell people."""
    is_stopped: bool
    """Whether it is used up; false: a warning."""


@record
class UsageChanged:
    """Requests were made, or prices or budgets changed; told at most every second."""
