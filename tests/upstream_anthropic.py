"""A server that speaks Anthropic's Messages protocol from a script, as upstream.py does OpenAI's.

Run it as `python tests/upstream_anthropic.py PORT` (0 finds a port); the first line printed is its
address. Besides the words of upstream.py (`slow hang silent quiet cut empty length long garbage
broken whole notools thinking busy 401 403 404 429 500`, `call NAME {json}`) it knows

| word | what happens |
|---|---|
| overloaded | an `error` event where the first token would be, the first two times |
| noprefill | refuses the beginning of an answer with 400, as newer models do |
| short | 400 where more than 4,096 tokens are allowed |
| refusal | ends with stop_reason refusal |

It wants `x-api-key` (one that begins with `wrong` is refused) and `anthropic-version`, roles that
alternate and `max_tokens`; what does not fit is refused with 400, as the real one does.
"""

import asyncio
import contextlib
import itertools
import json
import re
import sys
from typing import Any

from tornado import httpserver, iostream, netutil, web
from upstream import STATUSES, Handler, Hurry, Requests, beyond, named_calls, requests, tokens

MODELS = ["claude-scripted", "claude-scripted-small"]
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
}


class Door(Handler):
    """Checks the key, and refuses as Anthropic does."""

    def deny(self, status: int, message: str) -> None:
        """Answer with Anthropic's error body."""
        self.set_status(status)
        error = {"type": KINDS.get(status, "api_error"), "message": message}
        self.finish({"type": "error", "error": error, "request_id": "req_1"})

    def is_let_in(self) -> bool:
        """Refuse who has no key, a wrong one, or names no version."""
        key = self.request.headers.get("x-api-key", "")
        self.entry["key"] = key
        if not key or key.startswith("wrong"):
            self.deny(401, "invalid x-api-key" if key else "x-api-key header is required")
            return False
        if "anthropic-version" not in self.request.headers:
            self.deny(400, "anthropic-version: header is required")
            return False
        return True


class Models(Door):
    """GET /v1/models."""

    async def get(self) -> None:
        if self.is_let_in():
            data = [
                {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01"}
                for name in MODELS
            ]
            self.finish({"data": data, "has_more": False, "first_id": None, "last_id": None})


class Messages(Door):
    """POST /v1/messages, streamed or not."""

    async def post(self) -> None:
        if not self.is_let_in():
            return
        asked = self.entry["body"]
        if wrong := misfit(asked):
            self.deny(400, wrong)
            return
        turns = [(turn["role"], text_of(turn["content"])) for turn in asked["messages"]]
        said = [text for role, text in turns if role == "user" and text]
        last = said[-1] if said else ""
        begun = turns[-1][1] if turns[-1][0] == "assistant" else ""
        if last.startswith("Go on exactly where"):
            last, begun = said[-2], turns[-2][1][:-15]
        words = set(re.findall(r"[a-z0-9]+", f"{last} {asked['model']}".lower()))
        if begun:
            words -= {"cut", "length", "hang"}
        if failing := sorted(words & STATUSES):
            self.deny(int(failing[0]), "Refused by the script.")
        elif "busy" in words:
            self.set_header("Retry-After", "7")
            self.deny(429, "Rate limited.")
        elif asked["model"].startswith("missing"):
            self.deny(404, f"model: {asked['model']}")
        elif "notools" in words and asked.get("tools"):
            self.deny(400, "This model does not support tools.")
        elif "noprefill" in words and turns[-1][0] == "assistant":
            self.deny(400, "This model does not support assistant message prefill.")
        elif "short" in words and asked["max_tokens"] > 4096:
            self.deny(400, f"max_tokens: {asked['max_tokens']} > 4096, the most for this model")
        else:
            if "silent" in words:
                await asyncio.sleep(3600)
            if "slow" in words:
                await asyncio.sleep(1.0)
            with contextlib.suppress(iostream.StreamClosedError):
                await self.answer(asked, last, words, begun)

    async def answer(self, asked: dict[str, Any], last: str, words: set[str], begun: str) -> None:
        """Send an answer, as events or whole."""
        read = sum(len(text_of(turn["content"])) for turn in asked["messages"]) // 4
        calls = calls_of(asked, last)
        results = results_of(asked)
        pieces = beyond(begun, tokens([{"role": "user", "content": last}], last, words))
        if results:
            pieces = one(f"The tool said: {results}")
        reason = "tool_use" if calls else "end_turn"
        reason = "max_tokens" if "length" in words else reason
        reason = "refusal" if "refusal" in words else reason
        if not asked.get("stream") or "whole" in words:
            text = "" if calls else "".join([piece async for piece in pieces])
            blocks = [{"type": "text", "text": text}] if text else []
            self.finish(
                {
                    "type": "message",
                    "role": "assistant",
                    "content": blocks + calls,
                    "stop_reason": reason,
                    "usage": {"input_tokens": read, "output_tokens": len(text) // 4},
                }
            )
            return
        self.set_header("Content-Type", "text/event-stream")
        await self.flush()
        if "quiet" in words:
            await asyncio.sleep(3600)
        usage = {"input_tokens": read, "cache_read_input_tokens": 2, "output_tokens": 1}
        await self.event("message_start", message={"role": "assistant", "usage": usage})
        await self.event("ping")
        if "overloaded" in words and len(requests) < 3:
            await self.event("error", error={"type": "overloaded_error", "message": "Overloaded"})
            return
        index = 0
        if "thinking" in words:
            await self.block(index, {"type": "thinking", "thinking": ""})
            for thought in ("Let me ", "think ", "about it."):
                await self.delta(index, {"type": "thinking_delta", "thinking": thought})
                await asyncio.sleep(0.005)
            await self.event("content_block_stop", index=index)
            index += 1
        if not calls:
            await self.block(index, {"type": "text", "text": ""})
            if not await self.text(index, pieces, words):
                return
            await self.event("content_block_stop", index=index)
        for at, call in enumerate(calls, index):
            await self.block(at, {**call, "input": {}})
            written = json.dumps(call["input"])
            for part in ("", written[:5], written[5:]):
                await self.delta(at, {"type": "input_json_delta", "partial_json": part})
            await self.event("content_block_stop", index=at)
        counts = {"output_tokens": self.entry["tokens"]}
        await self.event("message_delta", delta={"stop_reason": reason}, usage=counts)
        await self.event("message_stop")

    async def text(self, index: int, pieces: Any, words: set[str]) -> bool:
        """Send the pieces of a text; false where the answer is over before its end."""
        async for piece in pieces:
            if self.entry["left"]:
                return False
            await self.delta(index, {"type": "text_delta", "text": piece})
            self.entry["tokens"] += 1
            if self.entry["tokens"] == 5:
                if "cut" in words:
                    self.request.connection.stream.close()  # type: ignore[attr-defined]
                    return False
                if "hang" in words:
                    await asyncio.sleep(3600)
                if "garbage" in words:
                    self.write(
                        ": a comment\n\ndata: {not json\n\nevent: ping\ndata: 7\n\n"
                        'data: {"type": "content_block_delta", "delta": null}\n\n'
                        'data: {"type": "from the future", "index": []}\n\ndata: ["type"]\n\n'
                    )
                if "broken" in words:
                    error = {"type": "invalid_request_error", "message": "EngineCore died."}
                    await self.event("error", error=error)
                    return False
        return True

    async def block(self, index: int, block: dict[str, Any]) -> None:
        """Begin a block."""
        await self.event("content_block_start", index=index, content_block=block)

    async def delta(self, index: int, delta: dict[str, Any]) -> None:
        """Send a piece of a block."""
        await self.event("content_block_delta", index=index, delta=delta)

    async def event(self, kind: str, **more: Any) -> None:
        """Send one event."""
        self.write(f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n")
        await self.flush()


def misfit(asked: dict[str, Any]) -> str:
    """Say what is wrong with a request; '' where nothing is."""
    turns = asked.get("messages") or []
    roles = [turn["role"] for turn in turns]
    if not isinstance(asked.get("max_tokens"), int):
        return "max_tokens: Field required"
    if not roles or roles[0] != "user":
        return "messages: first message must use the user role"
    if any(role not in ("user", "assistant") for role in roles):
        return "messages: Unexpected role"
    if any(one == other for one, other in itertools.pairwise(roles)):
        return "messages: roles must alternate between user and assistant"
    last = turns[-1]
    if (
        last["role"] == "assistant"
        and text_of(last["content"]) != text_of(last["content"]).rstrip()
    ):
        return "messages: final assistant content cannot end with trailing whitespace"
    for turn in turns:
        for block in turn["content"] if isinstance(turn["content"], list) else []:
            if block["type"] == "text" and not block["text"].strip():
                return "messages: text content blocks must contain non-whitespace text"
            if block["type"] == "tool_use" and not isinstance(block["input"], dict):
                return "messages: tool_use.input: Input should be an object"
    return ""


def text_of(content: Any) -> str:
    """Join a message's text."""
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def results_of(asked: dict[str, Any]) -> str:
    """Join what tools gave back in the last message."""
    content = asked["messages"][-1]["content"]
    blocks = content if isinstance(content, list) else []
    return " ".join(one["content"] for one in blocks if one["type"] == "tool_result")


def calls_of(asked: dict[str, Any], last: str) -> list[dict[str, Any]]:
    """Call the tools that the question names."""
    offered = {tool["name"] for tool in asked.get("tools") or []}
    if not offered or results_of(asked):
        return []
    return [
        {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": json.loads(arguments)}
        for index, (name, arguments) in enumerate(named_calls(last, offered), 1)
    ]


async def one(text: str) -> Any:
    """Give a text in one piece."""
    yield text


async def main(port: int) -> None:
    """Serve until killed."""
    application = web.Application(
        [
            (r"/v1/models", Models),
            (r"/v1/messages", Messages),
            (r"/requests", Requests),
            (r"/hurry", Hurry),
        ],
        log_function=lambda handler: None,
    )
    sockets = netutil.bind_sockets(port, "127.0.0.1")
    httpserver.HTTPServer(application).add_sockets(sockets)
    print(f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
