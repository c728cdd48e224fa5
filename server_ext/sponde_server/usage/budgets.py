"""How much of each budget is used: kept in memory, so that a request is allowed without waiting.

What was used is added up from the lines of this month, rebuilt from the history at the start.
A request that is being answered holds an estimate of what it will take, so that many at once
do not all pass the last place. Pure arithmetic: no clock, no database, no words.
"""

import time
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import date

from .days import begins
from .prices import Prices, matches
from .records import Budget, BudgetPeriod, BudgetScope, BudgetUnit, Caller, CallerKind

HELD_SECONDS = 3600.0
"""A request that nobody ended counts as being answered no longer than this."""
TYPICAL_TOKENS = 256.0
"""How long an answer is thought to be before a model has given any."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one asker took from one model on one day."""

    day: date
    model_id: str
    caller: Caller
    requests: int
    tokens: int
    cost: float


@dataclass(slots=True)
class Counter:
    """One budget and what is used of it in the period that began on a day."""

    budget: Budget
    begins: date
    used: float = 0.0
    held: float = 0.0

    @property
    def is_full(self) -> bool:
        """Whether nothing is left."""
        return self.used >= self.budget.limit

    @property
    def is_near(self) -> bool:
        """Whether the share is reached at which it warns."""
        share = self.budget.warn_share
        return 0 < share < 1 and self.used >= share * self.budget.limit


@dataclass(slots=True)
class _Hold:
    """What a request that is being answered will take, about."""

    model_id: str
    caller: Caller
    tokens: float
    cost: float
    at: float = field(default_factory=time.monotonic)


class Budgets:
    """The budgets, this month's lines, and what is being answered."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._lines: dict[tuple[date, str, Caller], list[float]] = {}
        self._counters: dict[str, Counter] = {}
        self._holds: dict[tuple[Caller, str], deque[_Hold]] = {}
        self._typical: dict[str, float] = {}
        self.prices = Prices()

    @property
    def today(self) -> date:
        """The day that counts now."""
        return self._today

    @property
    def counters(self) -> list[Counter]:
        """Every budget with what is used of it."""
        return list(self._counters.values())

    def turn(self, today: date) -> None:
        """Go on to a day: the budgets whose period it ends begin again."""
        if today == self._today:
            return
        self._today = today
        first = begins(BudgetPeriod.MONTH, today)
        self._lines = {key: line for key, line in self._lines.items() if key[0] >= first}
        self._forget_old()
        for counter in self._counters.values():
            self._put(counter.budget)

    def put(self, budget: Budget) -> Counter:
        """Add a budget, or change it; what was used since it began counts."""
        return self._put(budget)

    def mark(self, budget: Budget) -> None:
        """Replace a budget whose counting is the same."""
        self._counters[budget.id].budget = budget

    def remove(self, budget_id: str) -> None:
        """Take a budget away."""
        self._counters.pop(budget_id, None)

    def find(self, budget_id: str) -> Counter | None:
        """Find a budget."""
        return self._counters.get(budget_id)

    def add(self, line: Line) -> list[Counter]:
        """Count what a request took; give the budgets that it counts for."""
        if line.day < begins(BudgetPeriod.MONTH, self._today):
            return []
        sums = self._lines.setdefault((line.day, line.model_id, line.caller), [0, 0, 0.0])
        sums[0] += line.requests
        sums[1] += line.tokens
        sums[2] += line.cost
        touched = []
        for counter in self._counters.values():
            if line.day >= counter.begins and covers(counter.budget, line.caller, line.model_id):
                counter.used += _amount(counter.budget.unit, line.requests, line.tokens, line.cost)
                touched.append(counter)
        return touched

    def blocked(self, caller: Caller, model_id: str) -> Counter | None:
        """Give the budget that leaves no room for one more request; None where there is room."""
        for counter in self._counters.values():
            if counter.used + counter.held >= counter.budget.limit and covers(
                counter.budget, caller, model_id
            ):
                if not counter.is_full and self._forget_old():
                    return self.blocked(caller, model_id)
                return counter
        return None

    def hold(self, caller: Caller, model_id: str, prompt_tokens: int) -> None:
        """Keep room for a request that is about to be sent."""
        written = self._typical.get(model_id, TYPICAL_TOKENS)
        cost = self.prices.cost(model_id, prompt_tokens, round(written)) or 0.0
        hold = _Hold(model_id, caller, prompt_tokens + written, cost)
        self._holds.setdefault((caller, model_id), deque()).append(hold)
        self._weigh(hold, 1)

    def release(self, caller: Caller, model_id: str) -> None:
        """Give the room of a request that has ended back."""
        waiting = self._holds.get((caller, model_id))
        if waiting:
            hold = waiting.popleft()
            if not waiting:
                del self._holds[caller, model_id]
            self._weigh(hold, -1)

    def learn(self, model_id: str, completion_tokens: int) -> None:
        """Remember how long a model's answers are."""
        known = self._typical.get(model_id, TYPICAL_TOKENS)
        self._typical[model_id] = known + 0.2 * (completion_tokens - known)

    # -- smaller things -------------------------------------------------------------------------

    def _put(self, budget: Budget) -> Counter:
        counter = Counter(budget, begins(budget.period, self._today))
        for (day, model_id, caller), (requests, tokens, cost) in self._lines.items():
            if day >= counter.begins and covers(budget, caller, model_id):
                counter.used += _amount(budget.unit, requests, tokens, cost)
        self._counters[budget.id] = counter
        for hold in self._all_holds():
            if covers(budget, hold.caller, hold.model_id):
                counter.held += _amount(budget.unit, 1, hold.tokens, hold.cost)
        return counter

    def _weigh(self, hold: _Hold, sign: int) -> None:
        for counter in self._counters.values():
            if covers(counter.budget, hold.caller, hold.model_id):
                amount = _amount(counter.budget.unit, 1, hold.tokens, hold.cost)
                # Sums of floats do not come back to zero by themselves.
                counter.held = max(0.0, counter.held + sign * amount) if self._holds else 0.0

    def _all_holds(self) -> list[_Hold]:
        return [hold for waiting in self._holds.values() for hold in waiting]

    def _forget_old(self) -> bool:
        """Let go of requests whose end nobody told of; true where there were any."""
        oldest = time.monotonic() - HELD_SECONDS
        old = [hold for hold in self._all_holds() if hold.at < oldest]
        for hold in old:
            self.release(hold.caller, hold.model_id)
        return bool(old)


def covers(budget: Budget, caller: Caller, model_id: str) -> bool:
    """Tell whether a request counts for a budget."""
    match budget.scope:
        case BudgetScope.EVERYONE:
            return True
        case BudgetScope.PERSON:
            return caller.person == budget.subject
        case BudgetScope.TOKEN:
            return caller.token == budget.subject
        case BudgetScope.CONVERSATION:
            return caller.conversation_id == budget.subject
        case BudgetScope.MODEL:
            return matches(budget.subject, model_id)


def caller_of(person: str, kind: str, token: str, conversation_id: str) -> Caller:
    """Make a caller of what is kept of one."""
    return Caller(
        person=person, kind=CallerKind(kind), token=token, conversation_id=conversation_id
    )


def _amount(unit: BudgetUnit, requests: float, tokens: float, cost: float) -> float:
    match unit:
        case BudgetUnit.TOKENS:
            return tokens
        case BudgetUnit.COST:
            return cost
        case BudgetUnit.REQUESTS:
            return requests


def renewed(budget: Budget) -> Budget:
    """Let a budget warn again."""
    return replace(budget, warned_at=None, stopped_at=None)
