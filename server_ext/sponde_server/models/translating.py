"""Requests of the OpenAI protocol for servers that do not speak it, and their answers written so.

Text, tools and the usual settings are translated; what has no counterpart is refused in a sentence.
Does not know connections.
"""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

from sponde_server.core.errors import Invalid
from sponde_server.core.record import new_id

from .records import Called, Completion, Delta, Finished, Piece, Role, Thought, ToolOffer, Turn

PASSED_ON = {"temperature": "temperature", "top_p": "top_p", "stop": "stop_sequences"}
"""Settings with a counterpart in Anthropic's protocol."""
_ROLES = {"system": Role.SYSTEM, "developer": Role.SYSTEM, "user": Role.USER, "tool": Role.TOOL}


def asked_of(body: dict[str, Any]) -> Completion:
    """Read a request for a chat completion."""
    try:
        turns = tuple(_turn(message) for message in body.get("messages") or ())
        tools = tuple(
            ToolOffer(
                name=str(tool["function"]["name"]),
                description=str(tool["function"].get("description") or ""),
                parameters=tool["function"].get("parameters") or {"type": "object"},
            )
            for tool in body.get("tools") or ()
            if body.get("tool_choice") != "none"
        )
        longest = body.get("max_completion_tokens") or body.get("max_tokens")
        return Completion(
            model_id=str(body.get("model", "")),
            turns=turns,
            tools=tools,
            longest=int(longest) if longest else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(
            "The request's messages or tools have another form than the OpenAI protocol's.",
            "Look at the messages and tools that the program sends.",
        ) from error


def settings_of(body: dict[str, Any]) -> dict[str, Any]:
    """Give the settings of a request that have a counterpart."""
    found = {PASSED_ON[name]: body[name] for name in PASSED_ON if body.get(name) is not None}
    if isinstance(found.get("stop_sequences"), str):
        found["stop_sequences"] = [found["stop_sequences"]]
    return found


def _turn(message: dict[str, Any]) -> Turn:
    content = message.get("content")
    if isinstance(content, list):
        if any(part["type"] != "text" for part in content):
            raise Invalid(
                "Pictures and sound are not passed on to Anthropic's protocol yet.",
                "Send text only, or ask a model of another provider.",
            )
        content = "".join(part["text"] for part in content)
    calls = tuple(
        Called(
            id=str(call["id"]),
            name=str(call["function"]["name"]),
            arguments=str(call["function"].get("arguments") or "{}"),
        )
        for call in message.get("tool_calls") or ()
    )
    return Turn(
        role=_ROLES.get(message["role"], Role.ASSISTANT),
        content=content or "",
        calls=calls,
        call_id=str(message.get("tool_call_id") or ""),
    )


class OpenAIWriter:
    """Writes one answer as a server of the OpenAI protocol would."""

    def __init__(self, model: str) -> None:
        self._head = {"id": f"chatcmpl-{new_id()}", "created": int(time.time()), "model": model}

    async def stream(self, pieces: AsyncIterator[Piece], counts: bool) -> AsyncIterator[bytes]:
        """Write an answer as events; one that was cut ends without [DONE]."""
        yield self._chunk({"role": "assistant", "content": ""})
        calls = 0
        async for piece in pieces:
            if isinstance(piece, Delta):
                yield self._chunk({"content": piece.text})
            elif isinstance(piece, Thought):
                yield self._chunk({"reasoning_content": piece.text})
            elif isinstance(piece, Called):
                yield self._chunk({"tool_calls": [{"index": calls, **_call(piece)}]})
                calls += 1
            elif isinstance(piece, Finished):
                yield self._chunk({}, piece.reason)
                if counts and piece.usage is not None:
                    yield _event({**self._kind("chat.completion.chunk"), **_usage(piece)})
                yield b"data: [DONE]\n\n"

    async def whole(self, pieces: AsyncIterator[Piece]) -> bytes:
        """Write an answer in one piece."""
        text: list[str] = []
        calls: list[dict[str, Any]] = []
        end = Finished(reason="length")
        async for piece in pieces:
            if isinstance(piece, Delta):
                text.append(piece.text)
            elif isinstance(piece, Called):
                calls.append(_call(piece))
            elif isinstance(piece, Finished):
                end = piece
        message: dict[str, Any] = {"role": "assistant", "content": "".join(text) or None}
        if calls:
            message["tool_calls"] = calls
        choice = {"index": 0, "message": message, "finish_reason": end.reason}
        body = {**self._kind("chat.completion"), "choices": [choice]}
        return json.dumps(
            {**body, **(_usage(end) if end.usage else {}), "choices": [choice]}
        ).encode()

    def _kind(self, kind: str) -> dict[str, Any]:
        return {**self._head, "object": kind}

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _event({**self._kind("chat.completion.chunk"), "choices": [choice]})


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def _call(called: Called) -> dict[str, Any]:
    function = {"name": called.name, "arguments": called.arguments}
    return {"id": called.id, "type": "function", "function": function}


def _usage(end: Finished) -> dict[str, Any]:
    assert end.usage is not None
    read, written = end.usage.prompt_tokens, end.usage.completion_tokens
    counts = {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }
    return {"choices": [], "usage": counts}
