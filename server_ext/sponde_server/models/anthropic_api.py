"""Anthropic's own protocol, Messages, written and read without its package."""

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from sponde_server.core.errors import Invalid

from .anthropic_stream import AnthropicReader
from .failures import Broken, Refused, Silence
from .openai_api import ASKED_IN_WORDS, refuses_tools
from .patience import Patience
from .provider import Answer
from .records import GO_ON, Completion, Piece, Provider, Role, Turn
from .remote import RemoteServer
from .translating import OpenAIWriter, asked_of, settings_of

VERSION = "2023-06-01"
LONGEST_ANSWER = 32_000
"""Most tokens of an answer, which this protocol wants to be told; less where a model has less."""
LONGEST_LIST = 1000


def connect(provider: Provider, key: str, patience: Patience | None = None) -> "AnthropicServer":
    """Make the way to a provider's server; slow the first time, so call it on a worker thread."""
    return AnthropicServer(provider, key, Anthropic(), patience or Patience())


class AnthropicServer(RemoteServer):
    """A connected server; requests of programs are translated for it."""

    list_path = f"/models?limit={LONGEST_LIST}"

    @asynccontextmanager
    async def forward(
        self, path: str, body: dict[str, Any], adds_count: bool = False
    ) -> AsyncIterator[Answer]:
        """Ask what a program asks in the OpenAI protocol, and answer it so."""
        if path != "/chat/completions":
            raise Invalid(
                f"{self._provider.name} answers chat completions only, not {path}.",
                "Ask it over /chat/completions, or choose a model of another provider.",
            )
        model = str(body.get("model", ""))
        asked = asked_of(body)
        async with aclosing(self._asked_once(model, asked, settings_of(body))) as pieces:
            try:
                # What is refused is refused before anything of an answer is sent.
                first = await anext(pieces, None)
            except Refused as refused:
                if refused.status in (401, 403) or refused.status < 400:
                    raise self._sentences.of(refused, model) from refused
                yield self._refusal(refused)
                return
            writer = OpenAIWriter(model)
            rest = self._told(first, pieces, model)
            if not body.get("stream"):
                whole = await writer.whole(rest)
                yield Answer(status=200, media_type="application/json", pieces=_one(whole))
                return
            counts = adds_count or bool((body.get("stream_options") or {}).get("include_usage"))
            yield Answer(
                status=200, media_type="text/event-stream", pieces=writer.stream(rest, counts)
            )

    async def _asked_once(
        self, model: str, asked: Completion, settings: dict[str, Any]
    ) -> AsyncGenerator[Piece, None]:
        """Ask without patience: programs repeat by themselves."""
        while True:
            try:
                async with aclosing(self._ask(model, asked, settings)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except Refused as refused:
                if self._dialect.adapt(refused, model, asked) is None:
                    raise

    async def _told(
        self, first: Piece | None, rest: AsyncIterator[Piece], model: str
    ) -> AsyncGenerator[Piece, None]:
        """Give an answer's pieces; what breaks on the way is said in a sentence."""
        if first is None:
            return
        yield first
        try:
            async for piece in rest:
                yield piece
        except (Broken, Silence, *self._failures) as error:
            raise self._sentences.of(error, model) from error

    def _refusal(self, refused: Refused) -> Answer:
        kind = "invalid_request_error" if refused.status < 500 else "server_error"
        said = self._sentences.said(refused.body or f"status {refused.status}")
        error = {"message": said, "type": kind, "param": None, "code": None}
        return Answer(
            status=refused.status,
            media_type="application/json",
            pieces=_one(json.dumps({"error": error}).encode()),
            retry_after=refused.headers.get("retry-after", ""),
        )


class Anthropic:
    """The protocol, as one server knows it."""

    complete_path = "/messages"

    def __init__(self) -> None:
        self._longest: dict[str, int] = {}
        self._toolless: set[str] = set()
        self._prefixless: set[str] = set()

    def headers(self, key: str) -> dict[str, str]:
        """Say who asks."""
        version = {"anthropic-version": VERSION}
        return {**version, "x-api-key": key} if key else version

    def body(self, model: str, asked: Completion) -> dict[str, Any]:
        """Write a question."""
        turns = list(asked.turns)
        if asked.goes_on:
            if model in self._prefixless:
                turns.append(Turn(role=Role.USER, content=GO_ON))
            else:
                # It may not end with a space.
                turns[-1] = Turn(role=Role.ASSISTANT, content=turns[-1].content.rstrip())
        most = self._longest.get(model, LONGEST_ANSWER)
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": min(most, asked.longest or most),
            "messages": messages_of(turns),
            "stream": True,
        }
        system = "\n\n".join(turn.content for turn in turns if turn.role is Role.SYSTEM)
        if system.strip():
            body["system"] = system
        if model not in self._toolless and asked.tools:
            body["tools"] = [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": tool.parameters or {"type": "object"},
                }
                for tool in asked.tools
            ]
        return body

    def reader(self, asked: Completion) -> AnthropicReader:
        """Begin to read its answer."""
        said = asked.turns[-1].content if asked.goes_on else ""
        return AnthropicReader(said[len(said.rstrip()) :])

    def names(self, body: bytes) -> tuple[str, ...] | None:
        """Read a list of models; one of the OpenAI protocol, whose entries are objects, is none."""
        try:
            listed = json.loads(body.decode("utf-8-sig"))["data"]
            if any(entry.get("type") != "model" or "object" in entry for entry in listed):
                return None
            return tuple(dict.fromkeys(str(entry["id"]) for entry in listed))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def adapt(self, refused: Refused, model: str, asked: Completion) -> str | None:
        """Leave out next time what was refused."""
        said = refused.said
        if refused.status == 400:
            less = re.search(r"max_tokens: \d+ > (\d+)", said)
            if less and int(less[1]) < self._longest.get(model, LONGEST_ANSWER):
                self._longest[model] = max(1, int(less[1]))
                return ""
            is_new = asked.goes_on and model not in self._prefixless
            if is_new and re.search(r"prefill|final.*assistant|assistant.*final|end with", said):
                self._prefixless.add(model)
                return ASKED_IN_WORDS
        if asked.tools and model not in self._toolless and refuses_tools(refused):
            self._toolless.add(model)
            return f"knows no tools for {model}: it was asked without them."
        return None


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body


def messages_of(turns: list[Turn]) -> list[dict[str, Any]]:
    """Write turns so that a person's and the model's alternate, beginning with a person's.

    System turns are left out: they have a place of their own. Results of tools are a person's.
    """
    messages: list[dict[str, Any]] = []
    for turn in turns:
        if turn.role is Role.SYSTEM:
            continue
        role = "assistant" if turn.role is Role.ASSISTANT else "user"
        blocks = _blocks(turn)
        if not blocks:
            continue
        if not messages and role == "assistant":
            messages.append({"role": "user", "content": [_text("…")]})
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += blocks
        else:
            messages.append({"role": role, "content": blocks})
    for message in messages:
        # What tools gave back stands before whatever else is said.
        message["content"].sort(key=lambda block: block["type"] != "tool_result")
    return messages or [{"role": "user", "content": [_text("…")]}]


def _blocks(turn: Turn) -> list[dict[str, Any]]:
    if turn.role is Role.TOOL:
        result = {"type": "tool_result", "tool_use_id": turn.call_id, "content": turn.content}
        return [result]
    # A text of spaces alone is refused.
    blocks = [_text(turn.content)] if turn.content.strip() else []
    return blocks + [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": _input(call.arguments)}
        for call in turn.calls
    ]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _input(arguments: str) -> dict[str, Any]:
    """Give a call's arguments as this protocol wants them; what is no object is wrapped."""
    try:
        given = json.loads(arguments)
    except (ValueError, RecursionError):
        return {"arguments": arguments}
    return given if isinstance(given, dict) else {"arguments": given}
