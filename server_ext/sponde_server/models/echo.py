"""The tests' double of a model server: says the question again. Never chosen by itself."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .provider import Answer
from .records import Completion, Delta, Finished, Piece, Provider, Turn, Usage


class Echo:
    """Answers with the last turn's words, one at a time."""

    def __init__(self, provider: Provider | None = None, key: str = "") -> None:
        self.asked: list[tuple[Turn, ...]] = []
        self.closed = False

    async def list_models(self) -> tuple[str, ...] | None:
        """Name its one model."""
        return ("echo",)

    async def complete(self, model: str, asked: Completion) -> AsyncGenerator[Piece, None]:
        """Say the last turn again."""
        turns = asked.turns
        self.asked.append(turns)
        words = re.findall(r"\s*\S+|\s+$", turns[-1].content)
        for word in words:
            await asyncio.sleep(0)
            yield Delta(text=word)
        read = sum(len(turn.content) for turn in turns) // 4
        yield Finished(reason="stop", usage=Usage(prompt_tokens=read, completion_tokens=len(words)))

    @asynccontextmanager
    async def forward(
        self, path: str, body: dict[str, Any], adds_count: bool = False
    ) -> AsyncIterator[Answer]:
        """Give the request back as the answer."""

        async def pieces() -> AsyncIterator[bytes]:
            yield json.dumps(body).encode()

        yield Answer(status=200, media_type="application/json", pieces=pieces())

    async def close(self) -> None:
        """Note that it was let go."""
        self.closed = True
