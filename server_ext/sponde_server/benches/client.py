"""Our own client of a benchmark: asks a model as everyone here does, and takes the time.

Requests go through SpondeModels, so what Sponde adds (some milliseconds) is part of the figures.
A token is what the server counts; where it counts nothing, a piece of the answer.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

from sponde_server.core.errors import SpondeError
from sponde_server.models.service import SpondeModels
from sponde_server.usage.records import Caller, CallerKind

from .figures import Answer

WORDS = (
    *("amber", "river", "stone", "cloud", "lantern", "maple", "copper", "signal", "harbor"),
    *("velvet", "meadow", "planet", "silver", "garden", "window", "thunder", "paper", "orange"),
    *("circle", "bridge", "forest", "candle", "marble", "feather", "engine"),
)
FIRST_GUESS = 1.4
"""Tokens that a word is, before the server has counted."""
_FIELDS = ("content", "reasoning_content", "reasoning")


class Client:
    """Asks one model."""

    def __init__(
        self, models: SpondeModels, model_id: str, person: str, *, is_local: bool, seed: int
    ) -> None:
        self._models = models
        self._model_id = model_id
        self._caller = Caller(person=person, kind=CallerKind.BENCHMARK)
        self._is_local = is_local
        self._random = random.Random(seed)
        self._tokens_a_word = FIRST_GUESS

    async def warm(self, answer_tokens: int) -> Answer:
        """Ask once: the engine starts, and the server counts how many tokens our words are."""
        words = 64
        answer = await self._ask(self._text(words), min(answer_tokens, 16))
        if answer.prompt_tokens:
            # What a chat template adds is a few tokens.
            self._tokens_a_word = max(0.5, (answer.prompt_tokens - 12) / words)
        return answer

    async def measure(
        self,
        context: int,
        streams: int,
        requests: int,
        answer_tokens: int,
        got_on: Callable[[], None],
    ) -> tuple[list[Answer], float]:
        """Make so many requests, so many of them at the same time; give them and the seconds."""
        texts = [self._text(round(context / self._tokens_a_word)) for _ in range(requests)]
        waiting = iter(texts)
        answers: list[Answer] = []

        async def ask_on() -> None:
            for text in waiting:
                answers.append(await self._ask(text, answer_tokens))
                got_on()

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(min(streams, requests)):
                group.create_task(ask_on())
        return answers, time.perf_counter() - began

    def _text(self, words: int) -> str:
        """Make a text that no cache has seen: it begins anew each time."""
        chosen = self._random.choices(WORDS, k=max(1, words - 8))
        number = self._random.randrange(10**9)
        return f"{number} {' '.join(chosen)}. Go on with more words, without an end."

    async def _ask(self, text: str, answer_tokens: int) -> Answer:
        body: dict[str, Any] = {
            "messages": [{"role": "user", "content": text}],
            "max_tokens": answer_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._is_local:
            body["ignore_eos"] = True  # vLLM's: an answer has as many tokens as were asked for
        seen = _Seen()
        try:
            async with self._models.forward(
                self._model_id, "/chat/completions", body, self._caller
            ) as answer:
                seen.status = answer.status
                async with aclosing(_lines(answer.pieces)) as lines:
                    async for line in lines:
                        seen.read(line)
        except SpondeError as error:
            return Answer(error=error.message)
        return seen.answer()


class _Seen:
    """What came of one answer so far."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.status = 200
        self._first: float | None = None
        self._last = 0.0
        self._pieces = 0
        self._usage: dict[str, Any] | None = None
        self._is_whole = False
        self._error = ""

    def read(self, line: bytes) -> None:
        """Read one line of the stream, at the moment that it came."""
        at = time.perf_counter() - self._began
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            self._is_whole = True
            return
        try:
            chunk = json.loads(data)
        except ValueError:
            return
        if not isinstance(chunk, dict):
            return
        if chunk.get("error"):
            error = chunk["error"]
            said = error.get("message") if isinstance(error, dict) else error
            self._error = str(said)[:200]
        if isinstance(chunk.get("usage"), dict):
            self._usage = chunk["usage"]
        choices = chunk.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else {}
        if not isinstance(first, dict):
            return
        self._is_whole = self._is_whole or isinstance(first.get("finish_reason"), str)
        told = first.get("delta") or first.get("message") or {}
        if isinstance(told, dict) and any(told.get(name) for name in _FIELDS):
            self._first = at if self._first is None else self._first
            self._last = at
            self._pieces += 1

    def answer(self) -> Answer:
        """Sum it up."""
        if self.status >= 400 or self._error:
            return Answer(error=self._error or f"The server answered {self.status}.")
        if not self._is_whole:
            return Answer(error="The answer was cut.")
        if self._first is None:
            return Answer(error="The answer was empty.")
        usage = self._usage or {}
        written = usage.get("completion_tokens")
        read = usage.get("prompt_tokens")
        return Answer(
            first=self._first,
            last=self._last,
            tokens=written if isinstance(written, int) and written else self._pieces,
            prompt_tokens=read if isinstance(read, int) else 0,
            is_counted=isinstance(written, int) and written > 0,
        )


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.strip():
                yield line
    if rest.strip():
        yield rest
