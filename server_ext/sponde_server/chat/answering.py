"""One answer of a model: it grows, it ends, and what was sent for it is kept.

Does not know the history's rows nor the other answers of a conversation: the service does.
"""

import asyncio
import time
from dataclasses import replace

from sponde_server.core.streams import Feed, GrowingText
from sponde_server.models.local import LOCAL
from sponde_server.models.records import Completion, Delta, Finished, Model, Turn
from sponde_server.models.service import SpondeModels
from sponde_server.usage.records import Caller

from . import prompt
from .records import (
    Failure,
    Message,
    MessageChanged,
    MessageGrew,
    MessageStatus,
    Receipt,
    Sent,
    Took,
)

SAVE_TOKENS = 64
SERVER_ENDED = Failure(
    message="The server ended in the middle of this answer.",
    code="unavailable",
    hint="What it had said so far is kept. Press Try again to ask again.",
)
CUT_HERE = Failure(
    message="The engine ended in the middle of this answer.",
    code="unavailable",
    hint="What came is kept. Press Try again: the engine is started once more.",
)


class Live:
    """An answer that is growing."""

    def __init__(self, answer: Message, feed: Feed) -> None:
        self.answer = answer
        self.receipt: Receipt | None = None
        self.is_receipt_kept = False
        self.began = time.perf_counter()
        self.first: float | None = None
        self.is_stopped = False
        self.is_ended = False
        self.is_told = asyncio.Event()
        self.many = asyncio.Event()
        self.waiting = 0
        self.growing = GrowingText(
            lambda at, text: feed.tell(
                MessageGrew(
                    conversation_id=answer.conversation_id,
                    message_id=answer.id,
                    at=at,
                    text=text,
                )
            )
        )
        self.task: asyncio.Task[None] | None = None

    def add(self, text: str) -> None:
        """Append a piece, and ask for a save when many have come."""
        if self.first is None:
            self.first = time.perf_counter()
        self.growing.add(text)
        self.waiting += 1
        if self.waiting >= SAVE_TOKENS:
            self.many.set()

    def begin_clock(self) -> None:
        """Count from now: the model can be asked, its engine is awake."""
        self.began = time.perf_counter()

    def took(self) -> Took:
        """Say how long it has taken."""
        first = None if self.first is None else 1000 * (self.first - self.began)
        return Took(duration_ms=1000 * (time.perf_counter() - self.began), first_token_ms=first)

    def unkept_receipt(self) -> Receipt | None:
        """Give what was sent, where it is not kept yet."""
        return None if self.is_receipt_kept else self.receipt

    def now(self) -> Message:
        """Give the answer as far as readers of the feed know it."""
        return self.answer if self.is_ended else replace(self.answer, text=self.growing.text)


async def from_model(
    live: Live,
    model: Model,
    turns: tuple[Turn, ...],
    models: SpondeModels,
    caller: Caller,
    feed: Feed,
) -> Message:
    """Ask a model, let the answer grow, and say how it ended."""
    live.receipt = _receipt(model, turns)
    live.answer = replace(live.answer, receipt=sent(live.receipt))
    if live.is_told.is_set():
        feed.tell(MessageChanged(message=live.now()))
    completion = Completion(model_id=model.id, turns=turns)
    end: Finished | None = None
    async for piece in models.complete(completion, caller, live.begin_clock):
        if isinstance(piece, Delta):
            live.add(piece.text)
        elif isinstance(piece, Finished):
            end = piece
    live.growing.flush()
    return _ended(live, end, model)


def _receipt(model: Model, turns: tuple[Turn, ...]) -> Receipt:
    return Receipt(
        model=model.name,
        model_id=model.id,
        provider=model.provider_name,
        address=model.address,
        is_local=model.is_local,
        turns=turns,
        tokens=prompt.tokens(turns),
    )


def sent(receipt: Receipt) -> Sent:
    """Say in short what was sent."""
    return Sent(
        model=receipt.model,
        model_id=receipt.model_id,
        provider=receipt.provider,
        address=receipt.address,
        is_local=receipt.is_local,
        tokens=receipt.tokens,
    )


def _ended(live: Live, end: Finished | None, model: Model) -> Message:
    """Say how an answer of a model ended: only a finish_reason tells whole from cut."""
    answer, text = live.answer, live.growing.text
    if end is None:
        return replace(
            answer,
            status=MessageStatus.INTERRUPTED,
            failure=CUT_HERE if model.provider_id == LOCAL else _cut(model),
        )
    answer = replace(answer, usage=end.usage)
    if end.reason == "length":
        return replace(
            answer,
            status=MessageStatus.TRUNCATED,
            failure=Failure(
                message=f"{model.name} reached its limit of tokens before the answer ended.",
                code="too_large",
                hint="Ask it to continue, or ask for less at once.",
            ),
        )
    if end.reason == "content_filter":
        return replace(
            answer,
            status=MessageStatus.TRUNCATED,
            failure=Failure(
                message=f"{model.provider_name} cut the answer with its content filter.",
                code="upstream_failed",
                hint="Ask in other words, or choose another model.",
            ),
        )
    if not text.strip():
        return failed(
            answer,
            Failure(
                message=f"{model.name} answered with nothing.",
                code="upstream_failed",
                hint="Try again, or choose another model.",
            ),
        )
    return replace(answer, status=MessageStatus.COMPLETE)


def failed(answer: Message, failure: Failure) -> Message:
    """Say that an answer failed, and why."""
    return replace(answer, status=MessageStatus.FAILED, failure=failure)


def _cut(model: Model) -> Failure:
    return Failure(
        message=f"The connection to {model.provider_name} broke before the answer ended.",
        code="upstream_failed",
        hint="What came is kept. Press Try again to ask again.",
    )
