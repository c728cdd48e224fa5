"""The tests' double of a model server: says the question again. Never chosen by itself."""

import asyncio
import re
from collections.abc import AsyncGenerator

from .records import Delta, Finished, Provider, Turn, Usage


class Echo:
    """Answers with the last turn's words, one at a time."""

    def __init__(self, provider: Provider | None = None, key: str = "") -> None:
        self.asked: list[tuple[Turn, ...]] = []
        self.closed = False

    async def list_models(self) -> tuple[str, ...] | None:
        """Name its one model."""
        return ("echo",)

    async def complete(
        self, model: str, turns: tuple[Turn, ...]
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Say the last turn again."""
        self.asked.append(turns)
        words = re.findall(r"\s*\S+|\s+$", turns[-1].content)
        for word in words:
            await asyncio.sleep(0)
            yield Delta(text=word)
        read = sum(len(turn.content) for turn in turns) // 4
        yield Finished(reason="stop", usage=Usage(prompt_tokens=read, completion_tokens=len(words)))

    async def close(self) -> None:
        """Note that it was let go."""
        self.closed = True
