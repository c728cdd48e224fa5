"""One answer of a model: it grows, it ends, and what was sent for it is kept.

Does not know the history's rows nor the other answers of a conversation: the service does.
"""

import asyncio
import time
from dataclasses import replace

from sponde_server.core.streams import Feed, GrowingText
from sponde_server.models.local import LOCAL
from sponde_server.models.records import (
    Called,
    Completion,
    Delta,
    Finished,
    Model,
    Piece,
    Role,
    Thought,
    Turn,
    Usage,
)
from sponde_server.models.service import SpondeModels
from sponde_server.tools.records import ToolCall
from sponde_server.usage.records import Caller

from .beside import Beside
from .calling import Calling, placed, together, too_many_rounds
from .continuing import Joint, is_joined
from .prompt import Prompt
from .receipts import receipt_of, sent
from .records import (
    Failure,
    Message,
    MessageChanged,
    MessageGrew,
    MessageStatus,
    Receipt,
    Took,
)

SAVE_CHARACTERS = 256
SERVER_ENDED = Failure(
    message="The server ended in the middle of this answer.",
    code="unavailable",
    hint="What it had said so far is kept. Press Continue to go on from there.",
)
CUT_HERE = Failure(
    message="The engine ended in the middle of this answer.",
    code="unavailable",
    hint="What came is kept. Press Continue: the engine is started once more.",
)


class Live:
    """An answer that is growing."""

    def __init__(self, answer: Message, feed: Feed) -> None:
        self.answer = answer
        self.prompt: Prompt | None = None
        self.receipt: Receipt | None = None
        self.is_receipt_kept = False
        self.began = time.perf_counter()
        self.first: float | None = None
        self.spoken = 0
        """Where the text of the request that is under way begins."""
        self._is_apart = False
        self.aside = 0.0
        """Seconds in which tools were at work, or waited for the person."""
        self.is_stopped = False
        self.is_ended = False
        self.is_told = asyncio.Event()
        self.leaves = asyncio.Event()
        """Set when the request leaves for the model, or none does."""
        self.many = asyncio.Event()
        """Set when so much is new that it is kept soon."""
        self.unsaved = 0
        """About how many characters are new since the last save."""
        self.growing = GrowingText(
            lambda at, text: feed.tell(
                MessageGrew(
                    conversation_id=answer.conversation_id,
                    message_id=answer.id,
                    at=at,
                    text=text,
                )
            ),
            answer.text,
        )
        self.beside = Beside(answer, feed)
        self._begun = len(answer.text)
        self.task: asyncio.Task[None] | None = None
        self._feed = feed

    def see(self) -> None:
        """Note that something came."""
        if self.first is None:
            self.first = time.perf_counter()
        if self.beside.is_thinking:
            self.settle()

    def settle(self) -> None:
        """Note that the model has thought enough."""
        self.answer = self.beside.spoke(self.answer)
        self.tell()

    def hear(self, piece: Piece) -> None:
        """Take a piece that is no text: a thought, a wait, a remark."""
        if isinstance(piece, Thought) and self.first is None:
            self.first = time.perf_counter()
        self.answer = self.beside.hear(self.answer, piece)

    def begin_part(self) -> None:
        """Begin the text that the next request gives: it stands apart from what was said before."""
        self.growing.flush()
        self.spoken = len(self.growing.text)
        self._is_apart = self.spoken > self._begun

    def add(self, text: str) -> None:
        """Append a piece, and ask for a save when many have come."""
        self.see()
        if self._is_apart:
            text = text.lstrip()
            if not text:
                return
            self._is_apart = False
            self.growing.add("\n\n")
            self.spoken += 2
        self.growing.add(text)
        self.unsaved += len(text)
        if self.unsaved >= SAVE_CHARACTERS:
            self.many.set()

    def begin_clock(self) -> None:
        """Count from now: the model can be asked, its engine is awake."""
        self.leaves.set()
        if self.first is not None:
            return
        self.began = time.perf_counter()

    def took(self) -> Took:
        """Say how long it has taken."""
        first = None if self.first is None else 1000 * (self.first - self.began)
        whole = time.perf_counter() - self.began - self.aside
        return Took(duration_ms=1000 * max(whole, 0.0), first_token_ms=first)

    def put(self, call: ToolCall) -> None:
        """Take a call as it is now, and tell of it."""
        if not self.is_ended:
            self.answer = placed(self.answer, call)
            self.many.set()
            self.tell()

    def tell(self) -> None:
        """Tell the readers of the feed, unless they know nothing of this answer yet."""
        if self.is_told.is_set():
            self._feed.tell(MessageChanged(message=self.now()))

    def unkept_receipt(self) -> Receipt | None:
        """Give what was sent, where it is not kept yet."""
        return None if self.is_receipt_kept else self.receipt

    def now(self) -> Message:
        """Give the answer as far as readers of the feed know it."""
        if self.is_ended:
            return self.answer
        return replace(self.beside.now(self.answer), text=self.growing.text)


async def from_model(
    live: Live,
    model: Model,
    turns: tuple[Turn, ...],
    models: SpondeModels,
    caller: Caller,
    calling: Calling | None = None,
) -> Message:
    """Ask a model, let the answer grow, carry out what it calls, and say how it ended."""
    usage: Usage | None = None
    end: Finished | None = None
    called: list[Called] = []
    most = calling.most_rounds if calling else 0
    for done in range(most + 1):
        called, end = await _one_request(live, model, turns, models, caller, calling)
        usage = together(usage, end.usage if end else None)
        if calling is None or end is None or not called or done == most:
            break
        begun = time.perf_counter()
        live.growing.flush()
        said = live.growing.text[live.spoken :]
        turns += await calling.carry_out(said, called, live.answer.id, live.growing.at, live.put)
        live.aside += time.perf_counter() - begun
    if end is not None:
        end = replace(end, usage=usage)
    ended = _ended(live, end, model)
    if calling is not None and called and ended.status is MessageStatus.COMPLETE:
        failure = too_many_rounds(model.name, calling.most_rounds)
        return replace(ended, status=MessageStatus.TRUNCATED, failure=failure)
    return ended


async def _one_request(
    live: Live,
    model: Model,
    turns: tuple[Turn, ...],
    models: SpondeModels,
    caller: Caller,
    calling: Calling | None,
) -> tuple[list[Called], Finished | None]:
    """Ask once; what is sent becomes the receipt, which so holds every request of the answer."""
    offers = calling.offers if calling else ()
    live.receipt = receipt_of(model, turns, offers, live.prompt, live.receipt, live.answer)
    live.is_receipt_kept = False
    live.answer = replace(live.answer, receipt=sent(live.receipt))
    live.tell()
    live.begin_part()
    end: Finished | None = None
    called: list[Called] = []
    # Either the last turn is the answer's own beginning, or the model was asked to go on with it.
    joint = Joint(live.growing.text) if is_joined(live.answer, turns) else None
    completion = Completion(
        model_id=model.id,
        turns=turns,
        tools=offers,
        goes_on=joint is not None and turns[-1].role is Role.ASSISTANT,
    )
    try:
        async for piece in models.complete(completion, caller, live.begin_clock):
            if isinstance(piece, Delta):
                text = joint.push(piece.text) if joint else piece.text
                if text:
                    live.add(text)
            elif isinstance(piece, Called):
                called.append(piece)
                live.see()
            elif isinstance(piece, Finished):
                end = piece
            else:
                live.hear(piece)
    finally:
        if joint and (rest := joint.end()):
            live.add(rest)
        if live.beside.is_thinking:
            live.settle()
    live.growing.flush()
    return called, end


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
                hint="Press Continue to go on from there, or ask for less at once.",
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
    if not text.strip() and not answer.calls:
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
        hint="What came is kept. Press Continue to go on from there.",
    )
