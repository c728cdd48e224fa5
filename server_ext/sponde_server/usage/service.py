"""Counts what is asked of models, prices it, and stops what is over its budget.

A request waits for nothing here: whether it is allowed is answered from memory, and its row is
written with others in the background. A crash loses at most the last second of them; what budgets
have used is added up from the rows again at the next start. Does not know HTTP, nor what a
conversation or a token is beyond its id.
"""

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from traitlets import Int, Unicode, validate
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound, TooMany
from sponde_server.core.events import Bus
from sponde_server.core.record import new_id, now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import store, table, words
from .budgets import Budgets, Counter, Line, renewed
from .days import Days, begins, in_words, next_begin
from .prices import Prices
from .records import (
    Budget,
    BudgetPeriod,
    BudgetReached,
    BudgetScope,
    BudgetState,
    Caller,
    Grouping,
    ModelRequest,
    NewBudget,
    NewPrice,
    Price,
    RequestOutcome,
    UsageChanged,
    UsageReport,
)

WRITE_SECONDS = 0.5
TELL_SECONDS = 1.0
MOST_WAITING = 50_000
"""Rows that wait while the history cannot be written; beyond it the oldest are lost."""
ANONYMOUS_LETTERS = 32
"""Jupyter names whoever has no login by a new hexadecimal number each time."""


class SpondeUsage(LoggingConfigurable):
    """The use of models, and its limits."""

    currency = Unicode(
        "USD",
        help="What prices and costs are counted in: a code of three letters, such as EUR. Changing "
        "it converts nothing.",
    ).tag(config=True)
    keep_days = Int(
        365,
        min=0,
        help="Days that single requests are kept; older ones become daily sums, which stay for "
        "ever. 0: single requests are kept for ever.",
    ).tag(config=True)
    time_zone = Unicode(
        help="Time zone whose midnights part days and months, such as Europe/Zurich. Empty: the "
        "server's own."
    ).tag(config=True)

    @validate("time_zone")
    def _check_time_zone(self, proposal: Any) -> str:
        try:
            if proposal["value"]:
                ZoneInfo(proposal["value"])
        except (ZoneInfoNotFoundError, ValueError):
            self.log.warning(
                "SpondeUsage.time_zone '%s' is no time zone; the server's own is used.",
                proposal["value"],
            )
            return ""
        return str(proposal["value"])

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        bus: Bus | None = None,
        clock: Callable[[], datetime] = now,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._bus = bus
        self._clock = clock
        self.heard: list[Callable[[ModelRequest], None]] = []
        """Who is told of every request at once, in this process."""
        self._days = Days(self.time_zone)
        self._budgets: Budgets | None = None
        self._loading: asyncio.Task[Budgets] | None = None
        self._early: list[ModelRequest] = []
        self._waiting: list[tuple[date, ModelRequest]] = []
        self._marked: dict[str, Budget] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = Tasks(self.log)
        self._pen = asyncio.Lock()
        self._telling: asyncio.TimerHandle | None = None
        self._folded_on: date | None = None

    # -- every request --------------------------------------------------------------------------

    async def allow(
        self,
        caller: Caller,
        model_id: str,
        prompt_tokens: int = 0,
        operation: str = "chat",
        request_id: str = "",
    ) -> None:
        """Refuse (TooMany) a request that a budget forbids; called before anything is sent.

        One that is allowed holds an estimate of what it will take until it is noted.
        """
        budgets = self._budgets or await self._load()
        who = _named(caller)
        budgets.turn(self._today())
        full = budgets.blocked(who, model_id)
        if full is not None:
            self.note(
                ModelRequest(
                    caller=who,
                    model_id=model_id,
                    operation=operation,
                    outcome=RequestOutcome.REFUSED,
                    id=request_id or new_id(),
                    at=self._clock(),
                )
            )
            raise TooMany(*words.refusal(full, self.currency), self._seconds_until_free(full))
        budgets.hold(who, model_id, prompt_tokens)

    def note(self, request: ModelRequest) -> None:
        """Keep what a request took; returns at once, the row is written in the background."""
        named = replace(request, caller=_named(request.caller))
        for listener in self.heard:
            listener(named)
        if self._budgets is None:
            self._early.append(named)
        else:
            self._count(self._budgets, named)
        self._write_soon()

    def cost(self, model_id: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Give what tokens cost by the prices of now; None where the model has no price."""
        prices = self._budgets.prices if self._budgets else Prices()
        return prices.cost(model_id, prompt_tokens, completion_tokens)

    def _count(self, budgets: Budgets, request: ModelRequest) -> None:
        """Price a request, let it count for its budgets, and put its row where rows wait."""
        tokens = request.prompt_tokens + request.completion_tokens
        who, model_id = request.caller, request.model_id
        day = self._days.of(request.at)
        if request.outcome is not RequestOutcome.REFUSED:
            cost = request.cost or budgets.prices.cost(
                model_id, request.prompt_tokens, request.completion_tokens
            )
            request = replace(request, cost=cost or 0.0, is_priced=cost is not None)
            budgets.release(who, model_id)
            budgets.turn(self._today())
            if request.outcome is RequestOutcome.ANSWERED:
                budgets.learn(model_id, request.completion_tokens)
            for counter in budgets.add(Line(day, model_id, who, 1, tokens, request.cost)):
                self._warn(budgets, counter)
        self._waiting.append((day, request))

    def _warn(self, budgets: Budgets, counter: Counter) -> None:
        """Tell, once in its period, that a budget is nearly or wholly used."""
        budget, at = counter.budget, self._clock()
        if counter.is_full and not self._has_told(counter, budget.stopped_at):
            budgets.mark(replace(budget, stopped_at=at, warned_at=budget.warned_at or at))
        elif (
            counter.is_near
            and not counter.is_full
            and not self._has_told(counter, budget.warned_at)
        ):
            budgets.mark(replace(budget, warned_at=at))
        else:
            return
        self._marked[budget.id] = counter.budget
        if self._bus is not None:
            sentence = words.reached(counter, self.currency)
            self._bus.tell(
                BudgetReached(budget_id=budget.id, sentence=sentence, is_stopped=counter.is_full)
            )

    def _has_told(self, counter: Counter, told_at: datetime | None) -> bool:
        return told_at is not None and self._days.of(told_at) >= counter.begins

    def _seconds_until_free(self, counter: Counter) -> float:
        """Give when asking again makes sense: soon, where what is being answered takes the rest."""
        if not counter.is_full:
            return 1.0
        end = self._days.midnight(next_begin(counter.budget.period, counter.begins))
        return max(1.0, (end - self._clock()).total_seconds())

    def _today(self) -> date:
        return self._days.of(self._clock())

    # -- what was used --------------------------------------------------------------------------

    async def report(self, which: store.Which, by: Grouping) -> UsageReport:
        """Sum the requests of some days."""
        await self._written()
        total, groups = await self._database.read(store.summed, which, by)
        return UsageReport(
            since=which.since,
            until=which.until,
            today=self._today(),
            by=by,
            currency=self.currency,
            time_zone=self.time_zone,
            total=total,
            groups=tuple(groups),
        )

    async def requests(
        self, which: store.Which, before: str = "", outcome: str = "", limit: int = 100
    ) -> list[ModelRequest]:
        """Give single requests, the newest first."""
        await self._written()
        limit = max(1, min(limit, 1000))
        return await self._database.read(store.list_requests, which, before, outcome, limit)

    async def get_request(self, request_id: str) -> ModelRequest:
        """Give one request."""
        await self._written()
        found = await self._database.read(store.find_request, request_id)
        if found is None:
            raise NotFound(
                f"There is no request {request_id}.",
                f"Single requests are kept for {self.keep_days} days; older ones are in the sums."
                if self.keep_days
                else "Look at the newest requests under Models, Usage.",
            )
        return found

    async def csv(self, which: store.Which) -> tuple[str, bytes]:
        """Give a file's name and a table of what each asker took from each model on each day."""
        await self._written()
        rows = await self._database.read(store.days, which)
        return f"usage-{which.since}-{which.until}.csv", table.write(rows, self.currency)

    def period(self, since: date | None, until: date | None, **equal: str) -> store.Which:
        """Name some days: this month, where nothing is said."""
        last = until or self._today()
        first = since or begins(BudgetPeriod.MONTH, last)
        if first > last:
            raise Invalid(
                f"The period ends on {last}, before it begins on {first}.",
                "Give the earlier day as 'since'.",
            )
        return store.Which(since=first, until=last, equal=equal)

    # -- prices ---------------------------------------------------------------------------------

    async def list_prices(self) -> list[Price]:
        """Give the prices of now, by their pattern."""
        return sorted(_in_force(await self.price_history()), key=lambda price: price.pattern)

    async def price_history(self) -> list[Price]:
        """Give every price there ever was, the newest first."""
        return await self._database.read(store.list_prices)

    async def set_price(self, new: NewPrice) -> Price:
        """Set what models cost from now on; what was asked before keeps its cost."""
        pattern = new.pattern.strip()
        if not pattern:
            raise Invalid(
                "The price does not say for which models.",
                "Give a model's id or name, or a pattern such as gpt-*.",
            )
        for value in (new.input_price, new.output_price):
            if not math.isfinite(value) or value < 0:
                raise Invalid(f"{value:g} is no price.", "Give zero or more, for a million tokens.")
        await self._load()
        price = Price(
            pattern=pattern,
            input_price=new.input_price,
            output_price=new.output_price,
            since=self._clock(),
        )
        await self._database.write(store.add_price, price)
        await self._take_prices()
        return price

    async def remove_price(self, price_id: str) -> None:
        """Remove a price so that it can be restored."""
        await self._set_price_removed(price_id, self._clock())

    async def restore_price(self, price_id: str) -> Price:
        """Bring a removed price back."""
        await self._set_price_removed(price_id, None)
        return next(price for price in await self.price_history() if price.id == price_id)

    async def _set_price_removed(self, price_id: str, removed_at: datetime | None) -> None:
        await self._load()
        if not await self._database.write(store.set_price_removed, price_id, removed_at):
            raise NotFound(f"There is no price {price_id}.", "Look at the prices again.")
        await self._take_prices()

    async def _take_prices(self) -> None:
        prices = _in_force(await self.price_history())
        (await self._load()).prices = Prices(prices)
        self._tell_soon()

    # -- budgets --------------------------------------------------------------------------------

    async def list_budgets(self) -> list[BudgetState]:
        """Give every budget and how much of it is used."""
        budgets = await self._load()
        budgets.turn(self._today())
        return [self._state(counter) for counter in budgets.counters]

    async def add_budget(self, new: NewBudget) -> BudgetState:
        """Begin to count for a budget; what was used since its period began counts."""
        budgets = await self._load()
        budget = Budget(**_checked(new), created_at=self._clock())
        await self._database.write(store.add_budget, budget)
        return self._put(budgets, budget)

    async def change_budget(self, budget_id: str, new: NewBudget) -> BudgetState:
        """Change a budget; it warns again where it is reached again."""
        budgets = await self._load()
        found = budgets.find(budget_id)
        if found is None:
            raise _no_budget(budget_id)
        budget = renewed(replace(found.budget, **_checked(new)))
        self._marked.pop(budget_id, None)
        await self._database.write(store.update_budgets, [budget])
        return self._put(budgets, budget)

    async def remove_budget(self, budget_id: str) -> None:
        """Stop counting for a budget so that it can be restored."""
        budgets = await self._load()
        found = budgets.find(budget_id)
        if found is None:
            raise _no_budget(budget_id)
        self._marked.pop(budget_id, None)
        removed = replace(found.budget, removed_at=self._clock())
        await self._database.write(store.update_budgets, [removed])
        budgets.remove(budget_id)
        self._tell_soon()

    async def restore_budget(self, budget_id: str) -> BudgetState:
        """Bring a removed budget back; what was used meanwhile counts."""
        budgets = await self._load()
        found = await self._database.read(store.find_budget, budget_id)
        if found is None:
            raise _no_budget(budget_id)
        budget = replace(found, removed_at=None)
        await self._database.write(store.update_budgets, [budget])
        return self._put(budgets, budget)

    def _put(self, budgets: Budgets, budget: Budget) -> BudgetState:
        budgets.turn(self._today())
        counter = budgets.put(budget)
        self._tell_soon()
        return self._state(counter)

    def _state(self, counter: Counter) -> BudgetState:
        period = counter.budget.period
        return BudgetState(
            budget=counter.budget,
            title=words.title(counter.budget),
            used=counter.used,
            resets_at=self._days.midnight(next_begin(period, counter.begins)),
            resets=in_words(period, counter.begins),
        )

    # -- the background -------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to read the budgets, so that the first request need not wait for them."""
        self._begin_loading()

    async def stop(self) -> None:
        """Write what waits."""
        await self._written()
        if self._telling is not None:
            self._telling.cancel()
        if self._timer is not None:
            self._timer.cancel()
        await self._tasks.settle()
        if self._loading is not None:
            await asyncio.wait([self._loading])

    async def _load(self) -> Budgets:
        """Give the budgets, read from the history the first time."""
        if self._budgets is not None:
            return self._budgets
        return await asyncio.shield(self._begin_loading())

    def _begin_loading(self) -> "asyncio.Task[Budgets]":
        if self._loading is None or (self._loading.done() and self._budgets is None):
            self._loading = asyncio.get_running_loop().create_task(self._read())
            self._loading.add_done_callback(_look_at)
        return self._loading

    async def _read(self) -> Budgets:
        today = self._today()
        first = begins(BudgetPeriod.MONTH, today)
        prices = _in_force(await self._database.read(store.list_prices))
        found = await self._database.read(store.list_budgets)
        lines = await self._database.read(store.lines, first)
        budgets = Budgets(today)
        budgets.prices = Prices(prices)
        for line in lines:
            budgets.add(line)
        for budget in found:
            budgets.put(budget)
        self._budgets = budgets
        early, self._early = self._early, []
        for request in early:
            self._count(budgets, request)
        return budgets

    def _write_soon(self, seconds: float = WRITE_SECONDS) -> None:
        """Write the rows of the next half second together."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self._begin_writing)

    def _begin_writing(self) -> None:
        self._timer = None
        self._tasks.start(self._write_or_wait())

    async def _write_or_wait(self) -> None:
        async with self._pen:
            is_written = not self._has_rows() or await self._write()
        if not is_written:
            self._write_soon(10 * WRITE_SECONDS)

    def _has_rows(self) -> bool:
        return bool(self._waiting or self._early or self._marked)

    async def _written(self) -> None:
        """Write what waits now, and wait for what is being written."""
        async with self._pen:
            if self._has_rows():
                await self._write()

    async def _write(self) -> bool:
        """Write what waits; it waits on where that fails, and False is given."""
        if self._budgets is None:
            loading = self._begin_loading()
            await asyncio.wait([loading])
            if self._budgets is None:
                return False
        rows, self._waiting = self._waiting, []
        marked, self._marked = self._marked, {}
        writing = asyncio.ensure_future(self._database.write(_keep, rows, marked.values()))
        await asyncio.wait([writing])
        error = writing.exception()
        if error is not None:
            self.log.warning("%d requests to models wait to be written: %s", len(rows), error)
            self._waiting = [*rows, *self._waiting][-MOST_WAITING:]
            self._marked = {**marked, **self._marked}
            return False
        self._tell_soon()
        await self._fold()
        return True

    async def _fold(self) -> None:
        """Turn old requests into sums, once a day."""
        today = self._today()
        if not self.keep_days or self._folded_on == today:
            return
        self._folded_on = today
        count = await self._database.write(store.fold, today - timedelta(days=self.keep_days))
        if count:
            self.log.info("%d old requests to models became daily sums.", count)

    def _tell_soon(self) -> None:
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(TELL_SECONDS, self._tell)

    def _tell(self) -> None:
        self._telling = None
        self._feed.tell(UsageChanged())


def _keep(con: Any, rows: list[tuple[date, ModelRequest]], budgets: Iterable[Budget]) -> None:
    store.add_requests(con, rows)
    store.update_budgets(con, budgets)


def _named(caller: Caller) -> Caller:
    """Take away the name of whoever has none: Jupyter makes a new one up each time."""
    name = caller.person
    if len(name) == ANONYMOUS_LETTERS and all(letter in "0123456789abcdef" for letter in name):
        return replace(caller, person="")
    return caller


def _in_force(prices: list[Price]) -> list[Price]:
    """Give the newest price of each pattern, where that is not removed; the newest come first."""
    newest: dict[str, Price] = {}
    for price in prices:
        newest.setdefault(price.pattern.casefold(), price)
    return [price for price in newest.values() if price.removed_at is None]


def _checked(new: NewBudget) -> dict[str, Any]:
    """Check a budget as it was entered; give its fields."""
    if not math.isfinite(new.limit) or new.limit <= 0:
        raise Invalid(f"The limit {new.limit:g} is not above zero.", "Give a larger number.")
    if not 0 <= new.warn_share < 1:
        raise Invalid(
            f"A warning at {new.warn_share:.0%} of the limit cannot be.",
            "Give a share below 100%; 0 for no warning.",
        )
    subject = new.subject.strip()
    if new.scope is BudgetScope.EVERYONE:
        subject = ""
    elif not subject and new.scope is not BudgetScope.PERSON:
        raise Invalid(
            f"The budget does not say which {new.scope.value} it is for.",
            "Name it, or choose everyone.",
        )
    return {
        "limit": new.limit,
        "unit": new.unit,
        "period": new.period,
        "scope": new.scope,
        "subject": subject,
        "name": " ".join(new.name.split()),
        "warn_share": new.warn_share,
    }


def _no_budget(budget_id: str) -> NotFound:
    return NotFound(f"There is no budget {budget_id}.", "It may have been removed; look again.")


def _look_at(task: "asyncio.Task[Budgets]") -> None:
    """Look at a task's end, so that asyncio does not complain: who needs it asks again."""
    if not task.cancelled():
        task.exception()
