"""What the meter says of each way that a request can end, with a real upstream."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sponde_server.core.database import Database
from sponde_server.core.errors import SpondeError, TooMany
from sponde_server.core.streams import Feed
from sponde_server.models.records import Completion, Finished, NewProvider, Role, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.usage.records import (
    BudgetScope,
    BudgetUnit,
    Caller,
    ModelRequest,
    NewBudget,
    NewPrice,
    RequestOutcome,
)
from sponde_server.usage.service import SpondeUsage

ADA = Caller(person="ada", conversation_id="c1")


class Asking:
    """A model behind a meter."""

    def __init__(self, models: SpondeModels, usage: SpondeUsage) -> None:
        self.models = models
        self.usage = usage
        self.heard = asyncio.Event()
        self.end: Finished | None = None

    async def ask(self, text: str) -> None:
        """Ask, and read the answer to its end."""
        model = await self.models.get_model()
        turns = (Turn(role=Role.USER, content=text),)
        completion = Completion(model_id=model.id, turns=turns)
        async for piece in self.models.complete(completion, ADA):
            self.heard.set()
            if isinstance(piece, Finished):
                self.end = piece

    async def noted(self) -> list[ModelRequest]:
        """Give what was noted, the newest first."""
        return await self.usage.requests(self.usage.period(None, None))


@pytest.fixture
def asking(
    make_models: Callable[..., SpondeModels],
    database: Database,
    upstream: Any,
    run: Callable[[Awaitable[Any]], Any],
) -> Asking:
    """Give a model of the scripted server."""
    usage = SpondeUsage(database=database, feed=Feed())
    models = make_models(usage=usage)
    run(models.add(NewProvider(base_url=upstream.base_url)))
    return Asking(models, usage)


async def test_an_answer_is_counted_as_the_provider_counts_and_says_what_it_cost(asking):
    await asking.usage.set_price(NewPrice(pattern="*", input_price=1e6, output_price=2e6))
    await asking.ask("7 tokens at 0/s")
    [noted] = await asking.noted()
    assert noted.outcome is RequestOutcome.ANSWERED
    assert noted.is_counted
    assert noted.completion_tokens == 7
    assert noted.caller == ADA
    assert noted.first_token_ms is not None
    assert 0 < noted.first_token_ms <= noted.duration_ms
    told = asking.end.usage
    assert told.request_id == noted.id
    assert told.cost == noted.cost == noted.prompt_tokens + 2 * noted.completion_tokens
    assert told.currency == "USD"


async def test_without_a_price_an_answer_has_no_cost(asking):
    await asking.ask("hello")
    [noted] = await asking.noted()
    assert (noted.cost, noted.is_priced) == (0, False)
    assert asking.end.usage.cost is None


async def test_what_a_provider_does_not_count_is_estimated(asking):
    await asking.ask("old 12345678")
    [noted] = await asking.noted()
    assert noted.outcome is RequestOutcome.ANSWERED
    assert not noted.is_counted
    assert noted.prompt_tokens == 3
    assert noted.completion_tokens > 0
    assert not asking.end.usage.is_counted


async def test_an_answer_that_is_left_is_stopped(asking):
    asking.heard = asyncio.Event()
    talking = asyncio.ensure_future(asking.ask("hang"))
    await asyncio.wait_for(asking.heard.wait(), 30)
    talking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talking
    [noted] = await asking.noted()
    assert noted.outcome is RequestOutcome.STOPPED
    assert not noted.is_counted
    assert noted.prompt_tokens == 1
    assert noted.first_token_ms is not None


async def test_an_answer_that_breaks_off_is_cut(asking):
    await asking.ask("cut")
    [noted] = await asking.noted()
    assert noted.outcome is RequestOutcome.CUT
    assert noted.completion_tokens > 0
    assert not noted.is_counted


@pytest.mark.parametrize("word", ["500", "401", "html"])
async def test_a_request_that_gets_no_answer_fails_and_took_nothing(asking, word):
    with pytest.raises(SpondeError):
        await asking.ask(word)
    [noted] = await asking.noted()
    assert noted.outcome is RequestOutcome.FAILED
    assert noted.prompt_tokens == noted.completion_tokens == 0
    assert noted.first_token_ms is None


async def test_nothing_is_sent_that_a_budget_forbids(asking, upstream):
    await asking.usage.add_budget(NewBudget(limit=1, unit=BudgetUnit.REQUESTS))
    await asking.ask("hello")
    assert len(upstream.requests()) == 1
    for _ in range(3):
        with pytest.raises(TooMany, match="used up: 1 of 1 requests"):
            await asking.ask("hello")
    assert len(upstream.requests()) == 1
    outcomes = [noted.outcome for noted in await asking.noted()]
    assert outcomes == [RequestOutcome.REFUSED] * 3 + [RequestOutcome.ANSWERED]


async def test_what_is_being_answered_may_end(asking, upstream):
    made = await asking.usage.add_budget(NewBudget(limit=100, unit=BudgetUnit.REQUESTS))
    talking = asyncio.ensure_future(asking.ask("40 tokens at 40/s"))
    await upstream.was_asked()
    await asking.ask("hello")
    await asking.usage.change_budget(made.budget.id, NewBudget(limit=1, unit=BudgetUnit.REQUESTS))
    with pytest.raises(TooMany):
        await asking.ask("hello")
    await talking
    assert [noted.outcome for noted in await asking.noted()].count(RequestOutcome.ANSWERED) == 2


async def pass_on(asking: Asking, path: str, body: dict[str, Any], pieces: int = 0) -> int:
    """Pass a request of a program on; read its answer, or so many pieces; give the status."""
    model = await asking.models.get_model()
    async with asking.models.forward(model.id, path, body, ADA, "a-trace") as answer:
        count = 0
        async for _ in answer.pieces:
            count += 1
            if count == pieces:
                break
        return answer.status


def question(text: str, **more: Any) -> dict[str, Any]:
    """Make a request of the OpenAI protocol."""
    return {"model": "scripted", "messages": [{"role": "user", "content": text}], **more}


async def test_what_programs_ask_is_counted_too_streamed_or_not_and_keeps_its_trace(asking):
    await pass_on(asking, "/chat/completions", question("3 tokens at 0/s", stream=True))
    [streamed] = await asking.noted()
    assert (streamed.id, streamed.outcome) == ("a-trace", RequestOutcome.ANSWERED)
    assert (streamed.completion_tokens, streamed.is_counted) == (3, True)
    assert streamed.first_token_ms is not None


async def test_embeddings_are_counted_as_such(asking):
    await pass_on(asking, "/embeddings", {"model": "scripted", "input": ["one", "two"]})
    [noted] = await asking.noted()
    assert (noted.operation, noted.outcome) == ("embedding", RequestOutcome.ANSWERED)
    assert (noted.prompt_tokens, noted.completion_tokens) == (5, 0)


async def test_a_program_that_leaves_has_stopped_its_answer(asking):
    await pass_on(asking, "/chat/completions", question("hang", stream=True), pieces=2)
    [noted] = await asking.noted()
    assert noted.outcome in (RequestOutcome.STOPPED, RequestOutcome.CUT)
    assert not noted.is_counted


async def test_a_program_is_refused_by_a_budget_before_anything_is_sent(asking, upstream):
    await asking.usage.add_budget(
        NewBudget(limit=1, unit=BudgetUnit.REQUESTS, scope=BudgetScope.CONVERSATION, subject="c1")
    )
    await asking.ask("hello")
    with pytest.raises(TooMany) as refusal:
        await pass_on(asking, "/chat/completions", question("hello"))
    assert refusal.value.retry_after > 0
    assert len(upstream.requests()) == 1
    noted = await asking.usage.get_request("a-trace")
    assert noted.outcome is RequestOutcome.REFUSED


async def test_a_failure_of_the_server_is_failed_for_programs_too(asking):
    assert await pass_on(asking, "/chat/completions", question("500")) >= 400
    [noted] = await asking.noted()
    assert noted.outcome is RequestOutcome.FAILED
    assert noted.prompt_tokens == 0
