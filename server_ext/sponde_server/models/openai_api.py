"""Any server with an OpenAI-compatible address.

The protocol is written and read here; the official package is not used, because its own parsing
costs three times as much and its import half a second and 49 MB.
"""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sponde_server.core.errors import UpstreamFailed

from .failures import DROPPED, Refused
from .openai_stream import OpenAIReader
from .patience import Patience
from .provider import Answer
from .records import GO_ON, Completion, Provider, Role, ToolOffer, Turn
from .remote import RemoteServer, encoded

if TYPE_CHECKING:
    import httpx2

# What answers no questions: offered by large providers beside their chat models.
_OTHER_TRADES = re.compile(
    r"embed|whisper|\btts\b|dall-e|moderation|transcribe|realtime|rerank|-image|sora|\baudio\b",
    re.IGNORECASE,
)
ASKED_IN_WORDS = "takes no beginning of an answer: it was asked in words to go on with it."
_COUNT, _TOOLS, _PREFIX, _LIMIT = "count", "tools", "prefix", "limit"


def connect(provider: Provider, key: str, patience: Patience | None = None) -> "OpenAIServer":
    """Make the way to a provider's server; slow the first time, so call it on a worker thread."""
    return OpenAIServer(provider, key, OpenAI(provider), patience or Patience())


class OpenAI:
    """The OpenAI protocol, as one server knows it."""

    complete_path = "/chat/completions"

    def __init__(self, provider: Provider) -> None:
        # What it turned out not to know: in all (''), or of one model.
        self.unknown: set[tuple[str, str]] = set()
        self._newer_limit = urlsplit(provider.base_url).hostname == "api.openai.com"

    def headers(self, key: str) -> dict[str, str]:
        """Say who asks."""
        return {"authorization": f"Bearer {key}"} if key else {}

    def body(self, model: str, asked: Completion) -> dict[str, Any]:
        """Write a question."""
        messages = [_message(turn) for turn in asked.turns]
        body: dict[str, Any] = {"model": model, "messages": messages, "stream": True}
        if self.counts:
            body["stream_options"] = {"include_usage": True}
        if asked.tools and (_TOOLS, model) not in self.unknown:
            body["tools"] = [_tool(tool) for tool in asked.tools]
        if asked.longest is not None:
            newer = self._newer_limit or (_LIMIT, model) in self.unknown
            body["max_completion_tokens" if newer else "max_tokens"] = asked.longest
        if asked.goes_on:
            if (_PREFIX, "") in self.unknown:
                messages.append({"role": Role.USER.value, "content": GO_ON})
            else:
                # As vLLM knows it; other engines go on from an answer's beginning by themselves.
                body |= {"add_generation_prompt": False, "continue_final_message": True}
        return body

    def reader(self, asked: Completion) -> OpenAIReader:
        """Begin to read its answer."""
        return OpenAIReader()

    def names(self, body: bytes) -> tuple[str, ...] | None:
        """Read a list of models: those for talk, or all where it has no such."""
        try:
            listed = json.loads(body.decode("utf-8-sig"))["data"]
            names = [str(entry["id"]) for entry in listed or ()]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        chat = [name for name in names if not _OTHER_TRADES.search(name)]
        return tuple(dict.fromkeys(chat or names))

    @property
    def counts(self) -> bool:
        """Whether it can say how many tokens a stream took."""
        return (_COUNT, "") not in self.unknown

    def adapt(self, refused: Refused, model: str, asked: Completion) -> str | None:
        """Leave out next time what was refused."""
        said = refused.said
        if refused.status in (400, 422) and "stream_options" in said and self._learn(_COUNT, ""):
            return ""
        if refused.status in (400, 422) and "max_completion_tokens" in said:
            return "" if asked.longest is not None and self._learn(_LIMIT, model) else None
        if (
            asked.goes_on
            and refused.status in (400, 422)
            and re.search(r"add_generation_prompt|continue_final_message|assistant|prefi", said)
            and self._learn(_PREFIX, "")
        ):
            return ASKED_IN_WORDS
        if asked.tools and refuses_tools(refused) and self._learn(_TOOLS, model):
            return f"knows no tools for {model}: it was asked without them."
        return None

    def _learn(self, what: str, model: str) -> bool:
        """Note what it does not know; false where that was known, and not sent."""
        is_new = (what, model) not in self.unknown
        self.unknown.add((what, model))
        return is_new


class OpenAIServer(RemoteServer):
    """A connected server; requests of programs are passed on to it as they stand."""

    _dialect: OpenAI

    async def list_models(self) -> tuple[str, ...] | None:
        """Ask for the list of models, and whether the key is right where the list needs none."""
        names = await super().list_models()
        if names and self._key and await self._is_list_open():
            # Without a question in it a request is refused before anything costs money.
            body = {"model": names[0], "messages": [], "max_tokens": 1}
            refused = await self._try(self._dialect.complete_path, body)
            if refused is not None and refused.status in (401, 403):
                raise self._sentences.of(refused)
        return names

    async def _is_list_open(self) -> bool:
        """Whether it shows its models to anybody."""
        try:
            status, _ = await self._get("/models", {})
        except Exception as error:  # noqa: BLE001 - whatever it is, the list with the key was had
            return isinstance(error, self._failures)
        return status < 300

    # -- requests passed on ---------------------------------------------------------------------

    @asynccontextmanager
    async def forward(
        self, path: str, body: dict[str, Any], adds_count: bool = False
    ) -> AsyncIterator[Answer]:
        """Pass a request on as it stands, and give the answer's bytes as they come."""
        model = str(body.get("model", ""))
        response = await self._send(path, body, adds_count, model)
        try:
            media_type = response.headers.get("content-type", "application/json")
            if response.status_code < 300 and media_type.startswith("text/html"):
                raise self._sentences.no_server("it answered with a web page")
            refused = response.status_code >= 300
            yield Answer(
                status=response.status_code,
                media_type="application/json" if refused else media_type,
                pieces=_one(await self._refusal(response, model))
                if refused
                else self._bytes(response),
                retry_after=response.headers.get("retry-after", ""),
            )
        finally:
            await response.aclose()

    async def _send(
        self, path: str, body: dict[str, Any], adds_count: bool, model: str
    ) -> "httpx2.Response":
        headers = {**self._dialect.headers(self._key), "content-type": "application/json"}
        may_repeat = True
        while True:
            counts = adds_count and self._dialect.counts
            sent = body
            if counts:
                options = body.get("stream_options") or {}
                sent = {**body, "stream_options": {**options, "include_usage": True}}
            request = self._http.build_request(
                "POST",
                self._base + path,
                content=encoded(sent),
                headers=headers,
                timeout=self._passing_on,
            )
            try:
                response = await self._http.send(request, stream=True)
                if counts and response.status_code in (400, 422):
                    await response.aread()
                    if b"stream_options" in response.content:
                        # An older server that does not know how to count.
                        self._dialect.unknown.add((_COUNT, ""))
                        continue
                return response
            except self._failures as error:
                # A kept connection may be closed at the very moment that it is used again.
                if may_repeat and type(error).__name__ in DROPPED:
                    may_repeat = False
                    continue
                raise self._sentences.of(error, model) from error

    async def _bytes(self, response: "httpx2.Response") -> AsyncIterator[bytes]:
        try:
            async for piece in response.aiter_raw():
                yield piece
        except self._failures as error:
            if type(error).__name__ == "ReadTimeout":
                raise self._sentences.of(error) from error
            raise UpstreamFailed(
                f"{self._provider.name} broke off in the middle of the answer.",
                "Ask again. If it stays, look at that server's log.",
            ) from error

    async def _refusal(self, response: "httpx2.Response", model: str) -> bytes:
        """Give what a server refuses with, in OpenAI's form and without the key.

        What is wrong between us and the server, such as our key, is our failure and not the
        caller's.
        """
        refused = Refused(response.status_code, response.headers, await response.aread())
        status, body = refused.status, refused.body
        if status in (401, 403, 407) or status < 400:
            raise self._sentences.of(refused, model)
        error = body.get("error", body) if isinstance(body, dict) else None
        if not isinstance(error, dict):
            # Before sentences of servers that know no such form.
            error = {"message": error if isinstance(error, str) else f"status {status}"}
        shown = {
            "type": "invalid_request_error" if status < 500 else "server_error",
            "param": None,
            "code": None,
            **error,
            "message": str(error.get("message") or f"status {status}"),
        }
        text = json.dumps({"error": shown}, ensure_ascii=False)
        return self._sentences.without_key(text).encode()


def refuses_tools(refused: Refused) -> bool:
    """Tell whether a server refused a request because it offers tools."""
    return refused.status in (400, 404, 422, 501) and bool(
        re.search(r"\btools?\b|tool_choice|function.call", refused.said, re.IGNORECASE)
    )


def _message(turn: Turn) -> dict[str, Any]:
    """Write a turn as the protocol does."""
    message: dict[str, Any] = {"role": turn.role.value, "content": turn.content}
    if turn.calls:
        message["content"] = turn.content or None
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in turn.calls
        ]
    if turn.call_id:
        message["tool_call_id"] = turn.call_id
    return message


def _tool(tool: ToolOffer) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        },
    }


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body
