"""Addresses of usage, prices and budgets."""

from datetime import date

from sponde_server.core.http import Download, Routes

from .records import (
    BudgetState,
    Grouping,
    ModelRequest,
    NewBudget,
    NewPrice,
    Price,
    RequestOutcome,
    UsageChanged,
    UsageReport,
)
from .service import SpondeUsage

routes = Routes("usage", events=(UsageChanged,))


@routes("GET", "/usage")
async def report(
    usage: SpondeUsage,
    since: date | None = None,
    until: date | None = None,
    by: Grouping = Grouping.MODEL,
    model_id: str = "",
    person: str = "",
    kind: str = "",
    token: str = "",
    conversation_id: str = "",
) -> UsageReport:
    """Sum what was asked of models over some days (this month), by one thing."""
    which = usage.period(
        since,
        until,
        model_id=model_id,
        person=person,
        kind=kind,
        token=token,
        conversation_id=conversation_id,
    )
    return await usage.report(which, by)


@routes("GET", "/usage/requests")
async def list_requests(
    usage: SpondeUsage,
    since: date | None = None,
    until: date | None = None,
    model_id: str = "",
    person: str = "",
    kind: str = "",
    token: str = "",
    conversation_id: str = "",
    outcome: RequestOutcome | None = None,
    before: str = "",
    limit: int = 100,
) -> list[ModelRequest]:
    """List single requests, the newest first; those before one, to read on."""
    which = usage.period(
        since,
        until,
        model_id=model_id,
        person=person,
        kind=kind,
        token=token,
        conversation_id=conversation_id,
    )
    return await usage.requests(which, before, outcome.value if outcome else "", limit)


@routes("GET", "/usage/requests/{request_id}")
async def get_request(usage: SpondeUsage, request_id: str) -> ModelRequest:
    """Give one request."""
    return await usage.get_request(request_id)


@routes("GET", "/usage.csv")
async def download(
    usage: SpondeUsage, since: date | None = None, until: date | None = None
) -> Download:
    """Give what each asker took from each model on each day, as a table."""
    name, content = await usage.csv(usage.period(since, until))
    return Download(name, "text/csv; charset=utf-8", content)


@routes("GET", "/prices")
async def list_prices(usage: SpondeUsage) -> list[Price]:
    """List what models cost now."""
    return await usage.list_prices()


@routes("PUT", "/prices")
async def set_price(usage: SpondeUsage, body: NewPrice) -> Price:
    """Set what models cost from now on."""
    return await usage.set_price(body)


@routes("GET", "/prices/history")
async def price_history(usage: SpondeUsage) -> list[Price]:
    """List what models ever cost, the newest first."""
    return await usage.price_history()


@routes("DELETE", "/prices/{price_id}")
async def remove_price(usage: SpondeUsage, price_id: str) -> None:
    """Remove a price; it can be restored."""
    await usage.remove_price(price_id)


@routes("POST", "/prices/{price_id}/restore")
async def restore_price(usage: SpondeUsage, price_id: str) -> Price:
    """Bring a removed price back."""
    return await usage.restore_price(price_id)


@routes("GET", "/budgets")
async def list_budgets(usage: SpondeUsage) -> list[BudgetState]:
    """List the budgets and how much of each is used."""
    return await usage.list_budgets()


@routes("POST", "/budgets")
async def add_budget(usage: SpondeUsage, body: NewBudget) -> BudgetState:
    """Limit what may be asked in a day or a month."""
    return await usage.add_budget(body)


@routes("PUT", "/budgets/{budget_id}")
async def change_budget(usage: SpondeUsage, budget_id: str, body: NewBudget) -> BudgetState:
    """Change a budget."""
    return await usage.change_budget(budget_id, body)


@routes("DELETE", "/budgets/{budget_id}")
async def remove_budget(usage: SpondeUsage, budget_id: str) -> None:
    """Remove a budget; it can be restored."""
    await usage.remove_budget(budget_id)


@routes("POST", "/budgets/{budget_id}/restore")
async def restore_budget(usage: SpondeUsage, budget_id: str) -> BudgetState:
    """Bring a removed budget back."""
    return await usage.restore_budget(budget_id)
