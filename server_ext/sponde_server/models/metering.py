"""Times and counts one request to a model, and hands it to the usage when it ends."""

import time
from types import TracebackType

from sponde_server.usage.records import Caller, ModelRequest, Outcome
from sponde_server.usage.service import SpondeUsage

from .records import Delta, Finished

CHARACTERS_A_TOKEN = 4
"""An estimate for providers that do not count, as the receipt's."""


class Meter:
    """One request, from before it is sent until it has ended, whichever way."""

    def __init__(
        self, usage: SpondeUsage, caller: Caller, model_id: str, operation: str = "chat"
    ) -> None:
        self._usage = usage
        self._caller = caller
        self._model_id = model_id
        self._operation = operation
        self._began = time.perf_counter()
        self._first: float | None = None
        self._sent_characters = 0
        self._said_characters = 0
        self._end: Finished | None = None

    def __enter__(self) -> "Meter":
        return self

    def sent(self, characters: int) -> None:
        """Note how much was sent."""
        self._sent_characters = characters

    def saw(self, piece: Delta | Finished) -> None:
        """Note a piece of the answer, or its end."""
        if isinstance(piece, Finished):
            self._end = piece
            return
        if self._first is None:
            self._first = time.perf_counter()
        self._said_characters += len(piece.text)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        usage = self._end.usage if self._end else None
        if self._end is not None:
            outcome = Outcome.ANSWERED
        elif error is not None and isinstance(error, Exception):
            outcome = Outcome.FAILED
        else:
            # Without a failure and without an end: the asker left, or the connection broke.
            outcome = Outcome.STOPPED if error is not None else Outcome.FAILED
        self._usage.note(
            ModelRequest(
                caller=self._caller,
                model_id=self._model_id,
                operation=self._operation,
                outcome=outcome,
                prompt_tokens=usage.prompt_tokens
                if usage
                else self._sent_characters // CHARACTERS_A_TOKEN,
                completion_tokens=usage.completion_tokens
                if usage
                else self._said_characters // CHARACTERS_A_TOKEN,
                is_counted=usage is not None,
                first_token_ms=None if self._first is None else 1000 * (self._first - self._began),
                duration_ms=1000 * (time.perf_counter() - self._began),
            )
        )
