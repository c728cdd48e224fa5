"""What is sent with a question, the same before and after: instructions, context, the branch.

Gathers for `prompt.build`, which decides. Learns from what providers count how many tokens their
models make of a text. Does not send.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, SpondeError
from sponde_server.models.records import Model, ToolOffer, Turn, Usage
from sponde_server.models.service import SpondeModels

from . import commands, context, measure, prompt, store
from .exposure import Policies, exposed_by, joined, past, stands_for
from .instructions import paths, project_instructions, read, write
from .measure import Rate
from .prompt import Instruction, Prompt, Room
from .records import Cut, CutKind, Exposure, Message, ProjectInstructions, Receipt, Sent

if TYPE_CHECKING:
    from .service import SpondeChat

ANSWER_TOKENS = 4096
ANSWER_SHARE = 0.25
"""What is kept free for the answer: so many tokens, of a small model at most this share."""
ENOUGH = 1.02
"""A rate is written down again when it has changed by so much."""


class Receipts:
    """Makes what is sent, and says so."""

    def __init__(self, chat: "SpondeChat", database: Database, models: SpondeModels) -> None:
        self._chat = chat
        self._database = database
        self._models = models
        self._rates: dict[str, Rate] | None = None

    async def prompt(
        self,
        branch: Sequence[Message],
        question: Message,
        model: Model,
        offers: Sequence[ToolOffer] = (),
        persona: Instruction | None = None,
        *,
        left_out: int = 0,
    ) -> Prompt:
        """Make what a model reads for a question."""
        datasets = await self._chat.datasets.policies.list_all()
        policies = Policies(datasets, is_local=model.is_local)
        sources = replace(self._chat.sources(), policies=policies)
        passages = await context.gather(question, branch, sources)
        instructions = list(await self._project(question))
        instructions += [persona] if persona else []
        room = await self.room(model)
        made = prompt.build(
            past(branch, policies, commands.is_command),
            question.text,
            passages,
            instructions,
            offers,
            replace(room, rate=await self.rate(model.id)),
            getattr(branch, "older", 0),
        )
        named = tuple(one for message in (*branch, question) for one in message.references)
        cuts = (Cut(kind=CutKind.TOOLS, count=left_out),) if left_out else ()
        return replace(made, policies=policies, named=named, cuts=(*made.cuts, *cuts))

    async def before(
        self,
        branch: Sequence[Message],
        question: Message,
        model: Model,
        offers: tuple[ToolOffer, ...] = (),
        persona: Instruction | None = None,
        *,
        left_out: int = 0,
        is_brief: bool = False,
    ) -> Receipt:
        """Say what would be sent now; in short: without the words."""
        made = await self.prompt(branch, question, model, offers, persona, left_out=left_out)
        receipt = receipt_of(model, made.turns, offers, made, None)
        return replace(receipt, turns=(), tools=()) if is_brief else receipt

    async def instructions(self, notebook: str) -> list[ProjectInstructions]:
        """Give a project's instructions as files, those that could be there too."""
        if self._chat.root is None:
            return []
        longest = self._chat.longest_instructions
        found = await asyncio.to_thread(read, self._chat.root, notebook, longest)
        there = {one.path: one for one in found}
        return [there.get(path, ProjectInstructions(path=path)) for path in paths(notebook)]

    async def write_instructions(self, new: ProjectInstructions) -> ProjectInstructions:
        """Write a file of instructions."""
        if self._chat.root is None:
            raise Invalid("There is no folder to write in.", "Open JupyterLab in a folder.")
        longest = self._chat.longest_instructions
        return await asyncio.to_thread(write, self._chat.root, new.path, new.text, longest)

    async def check(self, answer: Message, question: Message, model: Model) -> None:
        """Refuse to send an answer's beginning where a policy has become stricter since."""
        policies = Policies(await self._chat.datasets.policies.list_all(), is_local=model.is_local)
        strict = policies.against(exposed_by(answer, question.references, policies))
        if strict:
            raise Conflict(stands_for(strict).strip("()"), "Press Try again: it is asked anew.")

    async def room(self, model: Model) -> Room:
        """Say how much a model reads beside its answer."""
        length = await self._models.context_length(model) or self._chat.context_tokens
        free = min(ANSWER_TOKENS, int(length * ANSWER_SHARE))
        return Room(tokens=max(1, length - free), history=self._chat.history_tokens, who=model.name)

    async def rate(self, model_id: str) -> Rate:
        """Give how many tokens a model makes of our pieces."""
        if self._rates is None:
            self._rates = await self._database.read(store.find_rates)
        return self._rates.get(model_id, Rate())

    async def learn(self, receipt: Receipt | None, usage: Usage | None) -> None:
        """Compare what a provider counted with our own count of the one request that it was."""
        if receipt is None or usage is None or not usage.is_counted or len(receipt.requests) > 1:
            return
        known = await self.rate(receipt.model_id)
        learned = known.learned(receipt.pieces, usage.prompt_tokens)
        assert self._rates is not None
        self._rates[receipt.model_id] = learned
        is_near = 1 / ENOUGH < learned.rate / known.rate < ENOUGH
        if (known.answers and is_near) or learned is known:
            return
        await self._database.write(store.put_rate, receipt.model_id, learned)

    async def _project(self, question: Message) -> Sequence[Instruction]:
        root = self._chat.root
        if root is None or not any((root / path).exists() for path in paths(question.notebook)):
            return ()
        try:
            return await asyncio.to_thread(
                project_instructions, root, question.notebook, self._chat.longest_instructions
            )
        except SpondeError:
            return ()


def receipt_of(
    model: Model,
    turns: tuple[Turn, ...],
    tools: tuple[ToolOffer, ...],
    made: Prompt | None,
    before: Receipt | None,
    answer: Message | None = None,
) -> Receipt:
    """Say what a request holds; a further one of the same answer continues the one before."""
    is_further = before is not None and turns[: len(before.turns)] == before.turns
    requests = (*before.requests, len(turns)) if before and is_further else (len(turns),)
    pieces = measure.of_turns(turns) + measure.of_tools(tools)
    tokens = pieces
    if made and made.pieces:
        # By the rate that it was made with.
        tokens = made.tokens if len(requests) == 1 else pieces * made.tokens // made.pieces
    return Receipt(
        model=model.name,
        model_id=model.id,
        provider=model.provider_name,
        address=model.address,
        is_local=model.is_local,
        turns=turns,
        tokens=tokens,
        tools=tools,
        parts=made.parts if made else (),
        cuts=made.cuts if made else (),
        room=made.room if made else 0,
        requests=requests,
        exposed=_exposed(made, model, answer),
        pieces=pieces,
    )


def _exposed(made: Prompt | None, model: Model, answer: Message | None) -> tuple[Exposure, ...]:
    """Say what a request holds of datasets, with what tools gave for it."""
    if made is None:
        return ()
    if answer is None or made.policies is None:
        return made.exposed
    of_calls = made.policies.of_calls(answer, made.named, was_local=model.is_local)
    return joined(made.exposed, of_calls)


def sent(receipt: Receipt) -> Sent:
    """Say in short what was sent."""
    return Sent(
        model=receipt.model,
        model_id=receipt.model_id,
        provider=receipt.provider,
        address=receipt.address,
        is_local=receipt.is_local,
        tokens=receipt.tokens,
        exposed=receipt.exposed,
        pieces=receipt.pieces,
    )
