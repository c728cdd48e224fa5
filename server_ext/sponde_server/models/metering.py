"""Times and counts one request to a model, and hands it to the usage when it ends.

Made before the request is sent and ended whichever way it ends; `allow` comes before it is
entered. What the provider counted counts; where it says nothing, tokens are estimated from
the characters. Does not know prices or budgets.
"""

import time
from dataclasses import replace
from types import TracebackType

from sponde_server.core.record import new_id, now
from sponde_server.usage.records import Caller, ModelRequest, RequestOutcome
from sponde_server.usage.service import SpondeUsage

from .records import Called, Delta, Finished, Piece, Thought, Usage

CHARACTERS_A_TOKEN = 4
"""An estimate for providers that do not count, as the receipt's."""


class Meter:
    """One request, from before it is sent until it has ended, whichever way."""

    def __init__(
        self,
        usage: SpondeUsage,
        caller: Caller,
        model_id: str,
        operation: str = "chat",
        request_id: str = "",
    ) -> None:
        self.id = request_id or new_id()
        """The request's id, known before it is sent: its trace."""
        self._usage = usage
        self._caller = caller
        self._model_id = model_id
        self._operation = operation
        self._at = now()
        self._began = time.perf_counter()
        self._first: float | None = None
        self._sent_characters = 0
        self._said_characters = 0
        self._counted: Usage | None = None
        self._is_whole = False

    def __enter__(self) -> "Meter":
        return self

    async def allow(self) -> None:
        """Ask whether the request may be sent; TooMany where a budget is used up."""
        await self._usage.allow(
            self._caller, self._model_id, self._estimate, self._operation, self.id
        )

    def sent(self, characters: int) -> None:
        """Note how much was sent."""
        self._sent_characters = characters

    def saw(self, piece: Piece) -> Piece:
        """Note a piece of the answer, or its end; give it back, an end with its cost."""
        if isinstance(piece, Finished):
            self.ended(piece.usage)
            return replace(piece, usage=self._priced())
        if isinstance(piece, Delta | Thought):
            self.said(len(piece.text))
        elif isinstance(piece, Called):
            self.said(len(piece.arguments))
        return piece

    def said(self, characters: int) -> None:
        """Note that so many characters of the answer came; 0: a first sign of it."""
        if self._first is None:
            self._first = time.perf_counter()
        self._said_characters += characters

    def counted(self, usage: Usage | None) -> None:
        """Note what the provider counted; the answer may still go on."""
        self._counted = usage or self._counted

    def ended(self, usage: Usage | None = None) -> None:
        """Note that the answer came whole, and what the provider counted, if it did."""
        self.counted(usage)
        self._is_whole = True
        if self._first is None:
            self._first = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        outcome = self._outcome(error)
        tokens = self._tokens(outcome)
        self._usage.note(
            ModelRequest(
                id=self.id,
                at=self._at,
                caller=self._caller,
                model_id=self._model_id,
                operation=self._operation,
                outcome=outcome,
                prompt_tokens=tokens.prompt_tokens,
                completion_tokens=tokens.completion_tokens,
                is_counted=tokens.is_counted,
                first_token_ms=None if self._first is None else 1000 * (self._first - self._began),
                duration_ms=1000 * (time.perf_counter() - self._began),
            )
        )

    @property
    def _estimate(self) -> int:
        """How many tokens were sent, about."""
        return self._sent_characters // CHARACTERS_A_TOKEN

    def _outcome(self, error: BaseException | None) -> RequestOutcome:
        if self._is_whole:
            return RequestOutcome.ANSWERED
        if error is not None and not isinstance(error, Exception):
            # Cancelled or closed: the asker left.
            return RequestOutcome.STOPPED
        return RequestOutcome.FAILED if self._first is None else RequestOutcome.CUT

    def _tokens(self, outcome: RequestOutcome) -> Usage:
        if self._counted is not None:
            return self._counted
        if outcome is RequestOutcome.FAILED:
            # Nothing was answered: providers charge nothing for it.
            return Usage(prompt_tokens=0, completion_tokens=0)
        return Usage(
            prompt_tokens=self._estimate,
            completion_tokens=-(-self._said_characters // CHARACTERS_A_TOKEN),
            is_counted=False,
        )

    def _priced(self) -> Usage:
        """Give what the answer took, with what it cost."""
        tokens = self._tokens(RequestOutcome.ANSWERED)
        cost = self._usage.cost(self._model_id, tokens.prompt_tokens, tokens.completion_tokens)
        return replace(
            tokens,
            request_id=self.id,
            cost=cost,
            currency="" if cost is None else self._usage.currency,
        )
