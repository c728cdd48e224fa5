"""The port that every server of models is reached through."""

from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from .records import Delta, Finished, Provider, Turn


class ModelServer(Protocol):
    """Someone who answers for models. Failures are `SpondeError`s, in sentences."""

    async def list_models(self) -> tuple[str, ...] | None:
        """Name the models that it has; None where it does not say."""

    def complete(
        self, model: str, turns: tuple[Turn, ...]
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Answer; an answer that is cut ends without `Finished`."""

    async def close(self) -> None:
        """Let go of its connections."""


Connect = Callable[[Provider, str], ModelServer]
"""Makes the way to a provider's server, given its key. May be slow: called on a worker thread."""
