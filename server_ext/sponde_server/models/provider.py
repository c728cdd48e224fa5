"""The port that every server of models is reached through."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from .records import Completion, Piece, Provider


@dataclass
class Answer:
    """What a server of models answers to a request that is passed on: the bytes as they come."""

    status: int
    """HTTP's status; 400 and more: the bytes are an error in OpenAI's form, without the key."""
    media_type: str
    """What the bytes are."""
    pieces: AsyncIterator[bytes]
    """The bytes."""
    retry_after: str = ""
    """When to ask again, as the server says it."""


class ModelServer(Protocol):
    """Someone who answers for models. Failures are `SpondeError`s, in sentences."""

    async def list_models(self) -> tuple[str, ...] | None:
        """Name the models that it has; None where it does not say."""

    def complete(self, model: str, asked: Completion) -> AsyncGenerator[Piece, None]:
        """Answer; an answer that is cut ends without `Finished`.

        `model` is the server's own name for it; calls of tools are given whole, before the end.
        """

    def forward(
        self, path: str, body: dict[str, Any], adds_count: bool = False
    ) -> AbstractAsyncContextManager[Answer]:
        """Pass a request on as it stands; `adds_count` asks for a stream's tokens besides."""

    async def close(self) -> None:
        """Let go of its connections."""


Connect = Callable[[Provider, str], ModelServer]
"""Makes the way to a provider's server, given its key. May be slow: called on a worker thread."""
