"""Bodies of requests that are taken as they come, and are never whole in memory.

A route that returns an `Intake[T]` is asked before the body is read: it may refuse. What the intake
gives at the end is the answer. Does not know tornado; core/http.py feeds it.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

T = TypeVar("T")


class Intake(ABC, Generic[T]):
    """Takes the body of one request."""

    most: int
    """How many bytes it takes; a longer body is refused before it is read."""

    @abstractmethod
    async def take(self, piece: bytes) -> None:
        """Take some bytes; the next ones are read when this is done."""

    @abstractmethod
    async def end(self) -> T:
        """Give the answer, after the last byte."""

    @abstractmethod
    async def leave(self) -> None:
        """Let go: the connection broke, or some bytes were refused."""
