"""The loop of calls in an answer: what a model asks for, what came of it, what it reads next.

Every call stands in the answer at its place and waits for the person, unless they allowed its tool
before. A result is text for the model to read: it can ask for nothing and allow nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from sponde_server.models.records import Called, Role, ToolOffer, Turn, Usage
from sponde_server.tools.records import Tool, ToolCall, ToolPlace
from sponde_server.tools.service import Asker, SpondeTools

from .records import Failure, Message

MOST_AT_ONCE = 16
TOO_MANY = (
    f"This call was left out: at most {MOST_AT_ONCE} calls are carried out at once. Ask again."
)


@dataclass(frozen=True)
class Calling:
    """What an answer's model may call, and for whom."""

    tools: SpondeTools
    asker: Asker
    offered: tuple[Tool, ...]
    most_rounds: int

    @property
    def offers(self) -> tuple[ToolOffer, ...]:
        """The tools as the model is told of them."""
        return tuple(
            ToolOffer(name=tool.name, description=tool.description, parameters=tool.parameters)
            for tool in self.offered
        )

    async def carry_out(
        self, said: str, called: Sequence[Called], message_id: str, at: int, put: "Put"
    ) -> tuple[Turn, ...]:
        """Carry out what a model asked for at once; give the turns that it reads next.

        `put` hears of every call as it is now. Whoever cancels this stops the calls.
        """
        known = {tool.name: tool for tool in self.offered}
        calls = [self.tools.prepare(one, known, message_id, at) for one in called[:MOST_AT_ONCE]]
        for call in calls:
            put(call)
        # What changes something, or needs a kernel, goes one after the other; what only reads on
        # the server need not wait.
        one_by_one = asyncio.Lock()

        async def run(call: ToolCall) -> ToolCall:
            tool = known.get(call.tool)
            is_free = tool is not None and tool.is_read_only and call.place is ToolPlace.SERVER
            in_turn = nullcontext() if is_free else one_by_one
            return await self.tools.carry_out(call, self.asker, put, in_turn)

        running = [asyncio.ensure_future(run(call)) for call in calls]
        try:
            ended = await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
        results = [call.result.text if call.result else "" for call in ended]
        results += [TOO_MANY] * (len(called) - len(calls))
        return (
            Turn(role=Role.ASSISTANT, content=said, calls=tuple(called)),
            *(
                Turn(role=Role.TOOL, content=text or "(nothing)", call_id=one.id)
                for one, text in zip(called, results, strict=True)
            ),
        )


Put = Callable[[ToolCall], None]


def placed(answer: Message, call: ToolCall) -> Message:
    """Give an answer with a call as it is now, in its place or at the end."""
    calls = list(answer.calls)
    for index, known in enumerate(calls):
        if known.id == call.id:
            calls[index] = call
            return replace(answer, calls=tuple(calls))
    return replace(answer, calls=(*calls, call))


def together(one: Usage | None, other: Usage | None) -> Usage | None:
    """Add up what the requests of one answer took."""
    if one is None or other is None:
        return one or other
    is_priced = one.cost is not None or other.cost is not None
    return replace(
        other,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        is_counted=one.is_counted and other.is_counted,
        cost=(one.cost or 0.0) + (other.cost or 0.0) if is_priced else None,
        currency=other.currency or one.currency,
    )


def too_many_rounds(model: str, most: int) -> Failure:
    """Say that a model went on calling."""
    return Failure(
        message=f"{model} asked for tools {most} times without coming to an end "
        "(SpondeChat.most_rounds).",
        code="too_large",
        hint="Ask it to go on, or ask for less at once.",
    )
