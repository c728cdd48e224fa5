"""What people are told about budgets, in sentences."""

from .budgets import Counter
from .days import in_words
from .records import Budget, BudgetScope, BudgetUnit

ELSEWHERE = {
    BudgetScope.MODEL: "choose a model that it does not count",
    BudgetScope.CONVERSATION: "ask in another conversation",
}


def title(budget: Budget) -> str:
    """Name a budget: as people call it, or by what it counts."""
    if budget.name:
        return budget.name
    who = {
        BudgetScope.EVERYONE: "Everyone",
        BudgetScope.PERSON: budget.subject or "Whoever has no name",
        BudgetScope.TOKEN: f"Token …{budget.subject[-6:]}",
        BudgetScope.MODEL: f"Models {budget.subject}",
        BudgetScope.CONVERSATION: "One conversation",
    }[budget.scope]
    return f"{who}, a {budget.period.value}"


def amount(value: float, unit: BudgetUnit, currency: str) -> str:
    """Write how much."""
    if unit is BudgetUnit.COST:
        return (
            f"{currency} {value:,.2f}" if value >= 0.01 or not value else f"{currency} {value:.4f}"
        )
    return f"{value:,.0f} {unit.value}"


def share_of(counter: Counter, currency: str) -> str:
    """Write how much of a budget is used, such as "8,000 of 10,000 tokens"."""
    budget = counter.budget
    limit = amount(budget.limit, budget.unit, currency)
    used = amount(counter.used, budget.unit, currency)
    return f"{used.removesuffix(f' {budget.unit.value}')} of {limit}"


def reached(counter: Counter, currency: str) -> str:
    """Tell that a budget warns, or that it is used up."""
    budget = counter.budget
    until = in_words(budget.period, counter.begins)
    if counter.is_full:
        return (
            f"The budget '{title(budget)}' is used up: {share_of(counter, currency)}. "
            f"What it counts is refused until it begins again {until}."
        )
    return (
        f"{counter.used / budget.limit:.0%} of the budget '{title(budget)}' is used: "
        f"{share_of(counter, currency)}. At 100% requests are refused; it begins again {until}."
    )


def refusal(counter: Counter, currency: str) -> tuple[str, str]:
    """Say why a request is refused, and the way out."""
    budget = counter.budget
    raising = "raise it under Models, Usage"
    if not counter.is_full:
        return (
            f"The budget '{title(budget)}' has no room for another request now: "
            f"{share_of(counter, currency)} used, and requests that are being answered are "
            "expected to take the rest.",
            f"Ask again when one of them has ended, or {raising}.",
        )
    elsewhere = ELSEWHERE.get(budget.scope)
    return (
        f"The budget '{title(budget)}' is used up: {share_of(counter, currency)}.",
        f"It begins again {in_words(budget.period, counter.begins)}"
        + (f". Until then {elsewhere}, or {raising}." if elsewhere else f", or {raising}."),
    )
