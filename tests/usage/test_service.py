"""What is kept of requests, what it sums to, and what it costs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound
from sponde_server.usage.records import (
    Caller,
    CallerKind,
    Grouping,
    ModelRequest,
    NewPrice,
    RequestOutcome,
    Sums,
)
from sponde_server.usage.service import SpondeUsage

from .conftest import Clock, Make

Run = Callable[[Awaitable[Any]], Any]
ADDED = (
    *("requests", "answered", "stopped", "failed", "refused"),
    *("prompt_tokens", "completion_tokens", "estimated_tokens", "unpriced"),
)
REQUESTS = st.lists(
    st.builds(
        ModelRequest,
        caller=st.builds(
            Caller,
            person=st.sampled_from(["", "ada", "grace"]),
            kind=st.sampled_from(CallerKind),
            token=st.sampled_from(["", "t1"]),
            conversation_id=st.sampled_from(["", "c1", "c2"]),
        ),
        model_id=st.sampled_from(["local/small", "p/large", "p/other"]),
        outcome=st.sampled_from(RequestOutcome),
        prompt_tokens=st.integers(0, 100_000),
        completion_tokens=st.integers(0, 100_000),
        is_counted=st.booleans(),
        first_token_ms=st.none() | st.floats(0, 1e5),
        duration_ms=st.floats(0, 1e6),
        id=st.uuids(version=4).map(str),
        at=st.integers(0, 80).map(lambda days: Clock().now - timedelta(days=days)),
    ),
    max_size=25,
)


def request(clock: Clock, **what: Any) -> ModelRequest:
    """Make a request that was answered just now."""
    caller = what.pop("caller", Caller(person="ada", conversation_id="c1"))
    given: dict[str, Any] = {"model_id": "p/large", "prompt_tokens": 100, "completion_tokens": 20}
    return ModelRequest(caller=caller, at=clock(), **{**given, **what})


def since_ever(usage: SpondeUsage, **equal: str) -> Any:
    """Name all days."""
    return usage.period(date(2000, 1, 1), date(2100, 1, 1), **equal)


def test_a_request_is_kept_as_it_was(usage: SpondeUsage, run: Run, clock: Clock) -> None:
    async def go() -> None:
        given = request(
            clock,
            caller=Caller(person="ada", kind=CallerKind.PROGRAM, token="t1", conversation_id="c9"),
            operation="embedding",
            outcome=RequestOutcome.CUT,
            is_counted=False,
            first_token_ms=12.5,
            duration_ms=90.25,
            model_id="local/small",
        )
        usage.note(given)
        assert await usage.requests(since_ever(usage)) == [given]
        assert await usage.get_request(given.id) == given

    run(go())


def test_a_name_that_no_history_can_hold_does_not_keep_the_others_from_it(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        usage.note(request(clock, model_id="p/odd\ud800\0name"))
        usage.note(request(clock))
        found = await usage.requests(since_ever(usage))
        assert {each.model_id for each in found} == {"p/odd?name", "p/large"}

    run(go())


def test_rows_are_written_within_a_second_without_being_asked_for(
    usage: SpondeUsage, run: Run, clock: Clock, database: Database
) -> None:
    async def go() -> None:
        for _ in range(500):
            usage.note(request(clock))
        for _ in range(400):
            found = await database.read(
                lambda con: con.execute("SELECT count(*) FROM model_request").fetchone()
            )
            if found == (500,):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(found)

    run(go())


def test_rows_that_wait_are_written_on_stop(make_usage: Make, run: Run, clock: Clock) -> None:
    async def go() -> None:
        first = make_usage()
        first.note(request(clock))
        await first.stop()
        again = make_usage()
        assert (await again.report(since_ever(again), Grouping.MODEL)).total.requests == 1

    run(go())


def test_rows_wait_on_while_the_history_cannot_be_written(
    usage: SpondeUsage, run: Run, clock: Clock, database: Database
) -> None:
    async def go() -> None:
        await usage.list_budgets()
        await database.write(lambda con: con.execute("ALTER TABLE model_request RENAME TO gone"))
        usage.note(request(clock))
        assert not await usage._write()
        await database.write(lambda con: con.execute("ALTER TABLE gone RENAME TO model_request"))
        assert (await usage.report(since_ever(usage), Grouping.MODEL)).total.requests == 1

    run(go())


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(requests=REQUESTS, keep_days=st.sampled_from([0, 1, 40]))
def test_the_sum_over_any_grouping_is_the_total_also_when_old_rows_became_sums(
    make_usage: Make, run: Run, database: Database, requests: list[ModelRequest], keep_days: int
) -> None:
    async def go() -> None:
        for table in ("model_request", "usage_day", "price"):
            await database.write(lambda con, name=table: con.execute(f"DELETE FROM {name}"))
        usage = make_usage(keep_days=keep_days)
        await usage.set_price(NewPrice(pattern="large", input_price=3, output_price=15))
        for each in requests:
            usage.note(each)
        kept = [each for each in requests if each.outcome is not RequestOutcome.REFUSED]
        for by in Grouping:
            report = await usage.report(since_ever(usage), by)
            assert report.total.requests == len(requests)
            assert report.total.prompt_tokens == sum(each.prompt_tokens for each in requests)
            assert report.total.unpriced == sum(each.model_id == "p/other" for each in kept)
            for name in ADDED:
                parts = [getattr(group.sums, name) for group in report.groups]
                assert sum(parts) == getattr(report.total, name), (by, name)
            costs = sum(group.sums.cost for group in report.groups)
            assert costs == pytest.approx(report.total.cost)
        expected = sum(
            (3 * each.prompt_tokens + 15 * each.completion_tokens) / 1e6
            for each in kept
            if each.model_id == "p/large"
        )
        assert report.total.cost == pytest.approx(expected)
        oldest = Clock().now.date() - timedelta(days=keep_days or 1000)
        left = await usage.requests(since_ever(usage), limit=1000)
        assert len(left) == sum(each.at.date() >= oldest for each in requests)
        await usage.stop()

    run(go())


def test_the_days_of_a_period_both_belong_to_it(usage: SpondeUsage, run: Run, clock: Clock) -> None:
    async def go() -> None:
        for _ in range(4):
            usage.note(request(clock))
            clock.forward(days=-1)
        which = usage.period(date(2026, 11, 19), date(2026, 11, 20))
        report = await usage.report(which, Grouping.DAY)
        assert [group.key for group in report.groups] == ["2026-11-19", "2026-11-20"]
        with pytest.raises(Invalid, match="before it begins"):
            usage.period(date(2026, 11, 20), date(2026, 11, 19))

    run(go())


def test_days_part_at_midnight_where_the_server_is_also_when_clocks_change(
    make_usage: Make, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        usage = make_usage(time_zone="Europe/Zurich")
        # The day of 25 hours: 2026-10-25 is from 22:00 to 23:00 UTC a day later.
        moments = ["24T21:59", "24T22:00", "25T00:30", "25T01:30", "25T22:59", "25T23:00"]
        for moment in moments:
            clock.now = clock.now.fromisoformat(f"2026-10-{moment}:00+00:00")
            usage.note(request(clock))
        which = usage.period(date(2026, 10, 1), date(2026, 10, 31))
        groups = (await usage.report(which, Grouping.DAY)).groups
        assert [(group.key, group.sums.requests) for group in groups] == [
            ("2026-10-24", 1),
            ("2026-10-25", 4),
            ("2026-10-26", 1),
        ]

    run(go())


def test_a_time_zone_that_is_none_is_not_used(make_usage: Make) -> None:
    assert make_usage(time_zone="Europe/Atlantis").time_zone == ""


def test_percentiles_and_estimates_are_those_of_the_group(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        for took in range(1, 101):
            usage.note(request(clock, first_token_ms=float(took), duration_ms=10.0 * took))
        usage.note(request(clock, model_id="p/other", is_counted=False))
        report = await usage.report(since_ever(usage), Grouping.MODEL)
        large = next(group.sums for group in report.groups if group.key == "p/large")
        assert large.first_token_p50_ms == pytest.approx(50.5)
        assert large.first_token_p95_ms == pytest.approx(95.05)
        assert large.duration_p50_ms == pytest.approx(505)
        assert large.estimated_tokens == 0
        assert report.total.estimated_tokens == 120

    run(go())


def test_a_report_of_nothing_is_all_zero(usage: SpondeUsage, run: Run) -> None:
    report = run(usage.report(since_ever(usage), Grouping.DAY))
    assert report.total == Sums()
    assert report.groups == ()


def test_requests_are_paged_and_filtered(usage: SpondeUsage, run: Run, clock: Clock) -> None:
    async def go() -> None:
        for number in range(5):
            usage.note(request(clock, prompt_tokens=number))
        usage.note(request(clock, model_id="p/other", outcome=RequestOutcome.FAILED))
        which = since_ever(usage, model_id="p/large")
        first = await usage.requests(which, limit=2)
        rest = await usage.requests(which, before=first[-1].id, limit=10)
        assert [each.prompt_tokens for each in [*first, *rest]] == [4, 3, 2, 1, 0]
        failed = await usage.requests(since_ever(usage), outcome="failed")
        assert [each.model_id for each in failed] == ["p/other"]

    run(go())


def test_a_request_that_is_not_kept_is_refused_in_a_sentence(usage: SpondeUsage, run: Run) -> None:
    with pytest.raises(NotFound, match="There is no request nothing") as refusal:
        run(usage.get_request("nothing"))
    assert "365 days" in refusal.value.hint


def test_whoever_jupyter_made_a_name_up_for_has_none(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        for name in ("0" * 31 + "a", "f" * 32, "grace"):
            usage.note(request(clock, caller=Caller(person=name)))
        report = await usage.report(since_ever(usage), Grouping.PERSON)
        assert {group.key: group.sums.requests for group in report.groups} == {"": 2, "grace": 1}

    run(go())


# -- prices -----------------------------------------------------------------------------------


def test_the_price_that_says_most_about_a_model_counts(usage: SpondeUsage, run: Run) -> None:
    async def go() -> None:
        assert usage.cost("p/gpt-large", 1_000_000, 0) is None
        assert usage.cost("local/anything", 1_000_000, 0) == 0
        for number, pattern in enumerate(["*", "gpt-*", "GPT-large", "p/gpt-large-2"], start=1):
            await usage.set_price(NewPrice(pattern=pattern, input_price=number))
        names = ["x/y", "p/gpt-small", "p/gpt-large", "q/gpt-large-2", "p/gpt-large-2", "local/z"]
        costs = [usage.cost(name, 1_000_000, 0) for name in names]
        assert costs == [1, 2, 3, 2, 4, 1]

    run(go())


def test_a_new_price_changes_nothing_that_was(
    make_usage: Make, usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        usage.note(request(clock))
        await usage.set_price(NewPrice(pattern="large", input_price=10_000, output_price=0))
        usage.note(request(clock))
        clock.forward(hours=1)
        await usage.set_price(NewPrice(pattern="large", input_price=20_000, output_price=50_000))
        usage.note(request(clock))
        found = await usage.requests(since_ever(usage))
        assert [(each.cost, each.is_priced) for each in found] == [(3, True), (1, True), (0, False)]
        assert [price.input_price for price in await usage.price_history()] == [20_000, 10_000]
        # And after a restart the newest one counts.
        assert [price.input_price for price in await make_usage().list_prices()] == [20_000]

    run(go())


def test_a_removed_price_does_not_let_an_older_one_count_and_can_be_restored(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        await usage.set_price(NewPrice(pattern="large", input_price=1))
        clock.forward(minutes=1)
        newest = await usage.set_price(NewPrice(pattern="Large", input_price=2))
        await usage.remove_price(newest.id)
        assert await usage.list_prices() == []
        assert usage.cost("p/large", 1_000_000, 0) is None
        assert await usage.restore_price(newest.id) == newest
        assert usage.cost("p/large", 1_000_000, 0) == 2
        with pytest.raises(NotFound):
            await usage.remove_price("nothing")

    run(go())


@pytest.mark.parametrize(
    "wrong",
    [
        {"pattern": "  "},
        {"pattern": "a", "input_price": -1.0},
        {"pattern": "a", "output_price": float("nan")},
    ],
)
def test_a_price_that_is_none_is_refused(
    usage: SpondeUsage, run: Run, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        run(usage.set_price(NewPrice(**wrong)))


def test_a_table_has_what_the_report_has_and_no_formulas(
    usage: SpondeUsage, run: Run, clock: Clock
) -> None:
    async def go() -> None:
        usage.note(request(clock, caller=Caller(person="=1+1")))
        usage.note(request(clock, caller=Caller(person="=1+1")))
        name, content = await usage.csv(usage.period(None, None))
        head, row = content.decode().splitlines()
        assert name == "usage-2026-11-01-2026-11-21.csv"
        assert head.startswith("day,model,person,")
        assert ",cost_USD," in head
        assert row == "2026-11-21,p/large,'=1+1,chat,,,2,2,0,0,0,200,40,0,0.0,2"

    run(go())
