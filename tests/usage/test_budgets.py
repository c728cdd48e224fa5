"""Budgets: when they warn, when they stop, when they begin again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound, TooMany
from sponde_server.usage.budgets import Budgets, Line, covers
from sponde_server.usage.days import Days, begins, in_words, next_begin
from sponde_server.usage.records import (
    Budget,
    BudgetPeriod,
    BudgetScope,
    BudgetUnit,
    Caller,
    ModelRequest,
    NewBudget,
    NewPrice,
    RequestOutcome,
)
from sponde_server.usage.service import SpondeUsage

from .conftest import Clock, Make, Told

Run = Callable[[Awaitable[Any]], Any]
ADA = Caller(person="ada", token="t1", conversation_id="c1")


async def ask(
    usage: SpondeUsage,
    clock: Clock,
    tokens: int = 100,
    caller: Caller = ADA,
    model_id: str = "p/large",
    **more: Any,
) -> None:
    """Ask as the meter does: first whether it is allowed, then what it took."""
    await usage.allow(caller, model_id, tokens // 2)
    usage.note(
        ModelRequest(
            caller=caller,
            model_id=model_id,
            prompt_tokens=tokens // 2,
            completion_tokens=tokens - tokens // 2,
            at=clock(),
            **more,
        )
    )


def tokens_a_day(limit: float, **more: Any) -> NewBudget:
    """Make a budget of tokens a day."""
    return NewBudget(limit=limit, unit=BudgetUnit.TOKENS, period=BudgetPeriod.DAY, **more)


def test_a_budget_warns_once_then_stops_before_the_request_and_begins_again_at_midnight(
    usage: SpondeUsage, run: Run, clock: Clock, told: Told
) -> None:
    async def go() -> None:
        made = await usage.add_budget(tokens_a_day(1000, name="Tea money"))
        assert made.resets_at == datetime(2026, 11, 22, tzinfo=UTC)
        for _ in range(9):
            await ask(usage, clock)
        assert told.sentences == [
            "80% of the budget 'Tea money' is used: 800 of 1,000 tokens. At 100% requests are "
            "refused; it begins again tomorrow at 00:00."
        ]
        await ask(usage, clock)
        assert len(told.events) == 2
        assert told.events[1].is_stopped
        with pytest.raises(TooMany) as refusal:
            await ask(usage, clock)
        assert refusal.value.message == "The budget 'Tea money' is used up: 1,000 of 1,000 tokens."
        assert refusal.value.hint == (
            "It begins again tomorrow at 00:00, or raise it under Models, Usage."
        )
        assert refusal.value.retry_after == 12 * 3600
        report = await usage.report(usage.period(None, None), _by_model())
        assert (report.total.requests, report.total.refused) == (11, 1)
        clock.forward(hours=12)
        await ask(usage, clock)
        [state] = await usage.list_budgets()
        assert state.used == 100
        assert len(told.events) == 2

    run(go())


def _by_model() -> Any:
    from sponde_server.usage.records import Grouping

    return Grouping.MODEL


def test_a_month_begins_again_on_its_first_day(usage: SpondeUsage, run: Run, clock: Clock) -> None:
    async def go() -> None:
        await usage.add_budget(NewBudget(limit=2, unit=BudgetUnit.REQUESTS))
        await ask(usage, clock)
        clock.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
        await ask(usage, clock)
        with pytest.raises(TooMany, match="2 of 2 requests") as refusal:
            await ask(usage, clock)
        assert "on 1 December at 00:00" in refusal.value.hint
        clock.forward(minutes=1)
        await ask(usage, clock)
        [state] = await usage.list_budgets()
        assert (state.used, state.resets_at) == (1, datetime(2027, 1, 1, tzinfo=UTC))

    run(go())


def test_days_of_23_and_25_hours_begin_and_end_at_midnight(
    make_usage: Make, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        usage = make_usage(time_zone="Europe/Zurich")
        for first, last in [
            # In spring the clock leaps from 2 to 3, in autumn it falls back to 2.
            (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 21, 59, tzinfo=UTC)),
            (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 22, 59, tzinfo=UTC)),
        ]:
            clock.now = first
            made = await usage.add_budget(tokens_a_day(200))
            await ask(usage, clock)
            clock.now = last
            await ask(usage, clock)
            with pytest.raises(TooMany):
                await ask(usage, clock)
            assert made.resets_at == clock.forward(minutes=1)
            await ask(usage, clock)
            await usage.remove_budget(made.budget.id)

    run(go())


def test_a_request_that_lasts_over_midnight_counts_for_the_day_it_was_asked(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        await usage.add_budget(tokens_a_day(1000))
        clock.now = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
        asked_at = clock()
        await usage.allow(ADA, "p/large", 10)
        clock.forward(minutes=2)
        usage.note(ModelRequest(caller=ADA, model_id="p/large", prompt_tokens=900, at=asked_at))
        [state] = await usage.list_budgets()
        assert state.used == 0

    run(go())


def test_a_new_price_changes_nothing_of_what_was_used(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        await usage.set_price(NewPrice(pattern="large", input_price=10_000, output_price=10_000))
        await usage.add_budget(NewBudget(limit=10, period=BudgetPeriod.DAY))
        await ask(usage, clock)
        await usage.set_price(NewPrice(pattern="large", input_price=50_000, output_price=50_000))
        await ask(usage, clock)
        [state] = await usage.list_budgets()
        assert state.used == pytest.approx(1 + 5)
        await ask(usage, clock)
        with pytest.raises(TooMany, match=r"USD 11\.00 of USD 10\.00"):
            await ask(usage, clock)

    run(go())


def test_a_server_that_starts_again_knows_what_was_used_and_does_not_warn_again(
    make_usage: Make, run: Run, clock: Clock, told: Told
) -> None:
    async def go() -> None:
        first = make_usage()
        await first.add_budget(tokens_a_day(1000))
        for _ in range(8):
            await ask(first, clock)
        assert len(told.events) == 1
        await first.stop()
        clock.forward(hours=1)
        again = make_usage()
        await ask(again, clock)
        assert len(told.events) == 1
        await ask(again, clock)
        with pytest.raises(TooMany):
            await ask(again, clock)
        await again.stop()
        third = make_usage()
        with pytest.raises(TooMany):
            await ask(third, clock)
        assert [event.is_stopped for event in told.events] == [False, True]

    run(go())


def test_old_rows_that_became_sums_still_count(make_usage: Make, run: Run, clock: Clock) -> None:
    async def go() -> None:
        first = make_usage(keep_days=1)
        await first.add_budget(NewBudget(limit=5, unit=BudgetUnit.REQUESTS))
        clock.now = datetime(2026, 11, 2, tzinfo=UTC)
        for _ in range(4):
            await ask(first, clock)
        clock.now = datetime(2026, 11, 20, tzinfo=UTC)
        await ask(first, clock)
        await first.stop()
        again = make_usage(keep_days=1)
        assert len(await again.requests(again.period(None, None))) == 1
        with pytest.raises(TooMany):
            await ask(again, clock)

    run(go())


def test_requests_at_once_cannot_take_more_than_there_is(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        await usage.add_budget(
            NewBudget(limit=5, unit=BudgetUnit.REQUESTS, period=BudgetPeriod.DAY)
        )
        tries = await asyncio.gather(
            *(usage.allow(ADA, "p/large", 10) for _ in range(20)), return_exceptions=True
        )
        refused = [each for each in tries if each is not None]
        assert len(refused) == 15
        assert "are being answered" in str(refused[0])
        assert isinstance(refused[0], TooMany)
        assert refused[0].retry_after == 1
        for _ in range(5):
            usage.note(
                ModelRequest(
                    caller=ADA, model_id="p/large", outcome=RequestOutcome.FAILED, at=clock()
                )
            )
        with pytest.raises(TooMany, match="used up"):
            await usage.allow(ADA, "p/large")

    run(go())


def test_what_is_being_answered_holds_as_much_as_answers_usually_take(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        for _ in range(40):
            await ask(usage, clock, tokens=200)
        await usage.add_budget(tokens_a_day(8000 + 1000))
        # Each is expected to take about 200 of the 1,000 that are left.
        for _ in range(5):
            await usage.allow(ADA, "p/large", 100)
        with pytest.raises(TooMany, match="are being answered"):
            await usage.allow(ADA, "p/large", 100)

    run(go())


def test_a_refused_request_holds_and_takes_nothing(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        made = await usage.add_budget(
            NewBudget(limit=1, unit=BudgetUnit.REQUESTS, period=BudgetPeriod.DAY)
        )
        await usage.allow(ADA, "p/large")
        for _ in range(3):
            with pytest.raises(TooMany):
                await usage.allow(ADA, "p/large")
        await usage.change_budget(
            made.budget.id,
            NewBudget(limit=2, unit=BudgetUnit.REQUESTS, period=BudgetPeriod.DAY),
        )
        await usage.allow(ADA, "p/large")
        with pytest.raises(TooMany):
            await usage.allow(ADA, "p/large")

    run(go())


@pytest.mark.parametrize(
    ("scope", "subject", "counted", "not_counted", "way_out"),
    [
        ("everyone", "", ("ada", "t1", "c1", "p/large"), None, "raise it"),
        (
            "person",
            "ada",
            ("ada", "", "", "p/x"),
            ("grace", "t1", "c1", "p/large"),
            "raise it",
        ),
        ("token", "t1", ("grace", "t1", "", "p/x"), ("ada", "", "c1", "p/large"), "raise it"),
        (
            "conversation",
            "c1",
            ("grace", "", "c1", "p/x"),
            ("ada", "t1", "c2", "p/large"),
            "another conversation",
        ),
        (
            "model",
            "large*",
            ("grace", "", "", "q/Large-2"),
            ("ada", "t1", "c1", "p/small"),
            "choose a model that it does not count",
        ),
    ],
)
def test_a_budget_counts_only_what_it_is_for(
    usage: SpondeUsage,
    run: Run,
    clock: Clock,
    scope: str,
    subject: str,
    counted: tuple[str, ...],
    not_counted: tuple[str, ...] | None,
    way_out: str,
) -> None:
    async def one(who: tuple[str, ...]) -> None:
        person, token, conversation, model = who
        caller = Caller(person=person, token=token, conversation_id=conversation)
        await ask(usage, clock, caller=caller, model_id=model)

    async def go() -> None:
        await usage.add_budget(tokens_a_day(100, scope=BudgetScope(scope), subject=subject))
        if not_counted:
            for _ in range(3):
                await one(not_counted)
        await one(counted)
        with pytest.raises(TooMany) as refusal:
            await one(counted)
        assert way_out in refusal.value.hint
        if not_counted:
            await one(not_counted)

    run(go())


def test_what_was_used_before_a_budget_was_made_counts(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        await ask(usage, clock)
        made = await usage.add_budget(tokens_a_day(1000))
        assert made.used == 100

    run(go())


def test_a_budget_that_is_raised_goes_on_and_warns_again(
    usage: SpondeUsage, run: Run, clock: Clock, told: Told
) -> None:
    async def go() -> None:
        made = await usage.add_budget(tokens_a_day(100))
        await ask(usage, clock)
        with pytest.raises(TooMany):
            await ask(usage, clock)
        await usage.change_budget(made.budget.id, tokens_a_day(1000))
        for _ in range(8):
            await ask(usage, clock)
        assert [event.is_stopped for event in told.events] == [True, False]

    run(go())


def test_a_removed_budget_stops_nothing_and_comes_back_with_what_was_used_meanwhile(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        made = await usage.add_budget(tokens_a_day(100))
        await ask(usage, clock)
        await usage.remove_budget(made.budget.id)
        assert await usage.list_budgets() == []
        await ask(usage, clock)
        assert (await usage.restore_budget(made.budget.id)).used == 200
        with pytest.raises(TooMany):
            await ask(usage, clock)
        for gone in (usage.remove_budget("no"), usage.restore_budget("no")):
            with pytest.raises(NotFound):
                await gone

    run(go())


def test_no_warning_where_none_is_wanted(
    usage: SpondeUsage, run: Run, clock: Clock, told: Told
) -> None:
    async def go() -> None:
        await usage.add_budget(tokens_a_day(1000, warn_share=0))
        for _ in range(9):
            await ask(usage, clock)
        assert told.events == []

    run(go())


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": float("inf")},
        {"limit": 1, "warn_share": 1.0},
        {"limit": 1, "scope": BudgetScope.MODEL, "subject": " "},
    ],
)
def test_a_budget_that_cannot_be_is_refused(
    usage: SpondeUsage, run: Run, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refusal:
        run(usage.add_budget(NewBudget(**wrong)))
    assert refusal.value.hint


def test_a_history_that_cannot_be_read_refuses_and_is_tried_again(
    make_usage: Make, run: Run, clock: Clock, database: Database
) -> None:
    async def go() -> None:
        await database.write(lambda con: con.execute("ALTER TABLE budget RENAME TO gone"))
        usage = make_usage()
        with pytest.raises(Exception, match="budget"):
            await ask(usage, clock)
        await database.write(lambda con: con.execute("ALTER TABLE gone RENAME TO budget"))
        await ask(usage, clock)

    run(go())


# -- pure -------------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 11, 1), date(2026, 11, 30))
LINES = st.lists(
    st.builds(
        Line,
        day=DAYS,
        model_id=st.sampled_from(["local/a", "p/b"]),
        caller=st.builds(
            Caller,
            person=st.sampled_from(["ada", ""]),
            token=st.sampled_from(["", "t"]),
            conversation_id=st.sampled_from(["", "c"]),
        ),
        requests=st.just(1),
        tokens=st.integers(0, 1000),
        cost=st.integers(0, 1000).map(float),
    ),
    max_size=20,
)
BUDGETS = st.builds(
    Budget,
    limit=st.just(1.0),
    unit=st.sampled_from(BudgetUnit),
    period=st.sampled_from(BudgetPeriod),
    scope=st.sampled_from(BudgetScope),
    subject=st.sampled_from(["ada", "t", "c", "*b", ""]),
)


@given(lines=LINES, budget=BUDGETS, today=DAYS)
def test_counting_as_requests_come_is_counting_them_all_at_once(
    lines: list[Line], budget: Budget, today: date
) -> None:
    counted = Budgets(today)
    counted.put(budget)
    later = Budgets(today)
    for line in lines:
        counted.add(line)
        later.add(line)
    later.put(budget)
    expected = sum(
        {"tokens": line.tokens, "cost": line.cost, "requests": 1}[budget.unit]
        for line in lines
        if covers(budget, line.caller, line.model_id) and line.day >= begins(budget.period, today)
    )
    assert counted.find(budget.id).used == later.find(budget.id).used == expected  # type: ignore[union-attr]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30), BUDGETS)
def test_what_is_held_is_given_back(steps: list[tuple[int, bool]], budget: Budget) -> None:
    budgets = Budgets(date(2026, 11, 21))
    counter = budgets.put(budget)
    held = []
    for number, is_new in steps:
        who = Caller(person="ada", conversation_id=str(number))
        if is_new:
            budgets.hold(who, "p/b", number)
            held.append(who)
        elif who in held:
            budgets.release(who, "p/b")
            held.remove(who)
    assert counter.held >= 0
    for who in held:
        budgets.release(who, "p/b")
    assert counter.held == 0


def test_periods_begin_and_end_as_calendars_say() -> None:
    leap = date(2028, 2, 29)
    assert begins(BudgetPeriod.MONTH, leap) == date(2028, 2, 1)
    assert next_begin(BudgetPeriod.MONTH, date(2026, 12, 31)) == date(2027, 1, 1)
    assert next_begin(BudgetPeriod.DAY, leap) == date(2028, 3, 1)
    assert in_words(BudgetPeriod.MONTH, leap) == "on 1 March at 00:00"
    assert Days().of(Days().midnight(leap)) == leap
