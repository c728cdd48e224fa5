"""The loop of calls in an answer: what a model asks for, what came of it, what it reads next.

Every call stands in the answer at its place and waits for the person, unless they allowed its tool
before. A result is text for the model to read: it can ask for nothing and allow nothing.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from sponde_server.models.records import Called, Role, ToolOffer, Turn, Usage
from sponde_server.tools.records import Tool, ToolCall, ToolPlace
from sponde_server.tools.service import Asker, SpondeTools

from . import measure
from .records import Failure, Message

MOST_AT_ONCE = 16
KEPT = ("type", "enum", "items")
"""What a model is told of an argument of ours; the call itself is checked by the whole schema."""
SELDOM = {("read_file", "lines"), ("search_library", "language"), ("look_at_variable", "rows")}
"""Arguments that it is not told of: what they are by themselves does."""
SHARE = 6
"""What is told of tools takes at most this part of what a model reads."""
USEFUL = (
    "run_sql",
    "list_datasets",
    "describe_dataset",
    "run_cell",
    "look_at_variable",
    "read_file",
    "plot",
    "profile",
    "list_files",
    "search_library",
    "insert_cell",
)
"""The tools that most questions need, the most useful first."""
COMMON = frozenset({"a", "at", "run", "look", "list", "read"})
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
    left_out: int = 0
    """How many tools there is no space for."""

    @property
    def offers(self) -> tuple[ToolOffer, ...]:
        """The tools as the model is told of them."""
        return tuple(map(offer_of, self.offered))

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


_offers: dict[str, tuple[Tool, ToolOffer]] = {}


def offer_of(tool: Tool) -> ToolOffer:
    """Tell a model of a tool: of ours in few words, as every question pays for them.

    Made once for each tool, as every question asks for all of them.
    """
    known = _offers.get(tool.name)
    if known is None or known[0] is not tool:
        known = _offers[tool.name] = tool, _offer_of(tool)
    return known[1]


def _offer_of(tool: Tool) -> ToolOffer:
    if not tool.brief:
        return ToolOffer(name=tool.name, description=tool.description, parameters=tool.parameters)
    known = tool.parameters.get("properties", {})
    properties = {
        name: {key: one[key] for key in KEPT if key in one}
        for name, one in known.items()
        if (tool.name, name) not in SELDOM
    }
    parameters = {"type": "object", "properties": properties}
    if tool.parameters.get("required"):
        parameters["required"] = tool.parameters["required"]
    return ToolOffer(name=tool.name, description=tool.brief, parameters=parameters)


def fitting(tools: Sequence[Tool], question: str, pieces: int) -> tuple[Tool, ...]:
    """Give the tools that fit into so many pieces: what the question names, then the most useful.

    They stay in their order, which is the same for all questions.
    """
    words = set(re.findall(r"[a-z]+", question.casefold()))

    def need(tool: Tool) -> tuple[bool, int]:
        names = set(re.findall(r"[a-z]+", tool.name.casefold())) - COMMON
        rank = USEFUL.index(tool.name) if tool.name in USEFUL else len(USEFUL)
        return not (names & words), rank

    taken: set[str] = set()
    for tool in sorted(tools, key=need):
        pieces -= measure.of_tools([offer_of(tool)])
        if pieces < 0:
            break
        taken.add(tool.name)
    return tuple(tool for tool in tools if tool.name in taken)


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
