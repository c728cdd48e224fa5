"""Any server with an OpenAI-compatible address, through the `openai` package.

The package brings the protocol, its keys and its errors; the stream is parsed here, because its
own parsing costs three times as much. The package is heavy (0.5 s): it is imported when a server
is first connected, on the worker thread that `connect` runs on.
"""

import asyncio
import contextlib
import ipaddress
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sponde_server.core.errors import Invalid, SpondeError, Unavailable, UpstreamFailed
from sponde_server.core.keys import last_four
from sponde_server.core.outbound import CONNECT_SECONDS, READ_SECONDS

from .openai_stream import Broken, OpenAIReader
from .provider import Answer
from .records import Completion, Piece, Provider, Remark, ToolOffer, Turn
from .sse import EventLines

if TYPE_CHECKING:
    import httpx2
    import openai

LARGEST_LIST_BYTES = 5_000_000
READ_OUT_SECONDS = 0.2
SENT_HEADERS = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "x-stainless-raw-response",  # how the package tells itself to leave the answer alone
}
# What answers no questions: offered by large providers beside their chat models.
_OTHER_TRADES = re.compile(
    r"embed|whisper|\btts\b|dall-e|moderation|transcribe|realtime|rerank|-image|sora|\baudio\b",
    re.IGNORECASE,
)
_NOT_LISTED = {404, 405, 501}
_DROPPED = ("RemoteProtocolError", "ReadError", "WriteError")


def connect(provider: Provider, key: str, silence_seconds: float = READ_SECONDS) -> "OpenAIServer":
    """Make the way to a provider's server; slow the first time, so call it on a worker thread."""
    import httpx2
    import openai

    quiet = httpx2.Timeout(
        silence_seconds or None, connect=CONNECT_SECONDS, write=30.0, pool=CONNECT_SECONDS
    )
    local = is_this_machine(provider.base_url)
    socket = provider.base_url.removeprefix("unix:") if is_socket(provider.base_url) else None

    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=50)

    async def strip(request: "httpx2.Request") -> None:
        # The package adds what it finds in the environment (another provider's organisation,
        # say) and what this machine is. The protocol needs none of it.
        for name in [name for name in request.headers if name not in SENT_HEADERS]:
            del request.headers[name]
        request.headers["user-agent"] = "Sponde"
        if not key:
            request.headers.pop("authorization", None)

    http = httpx2.AsyncClient(
        timeout=quiet,
        follow_redirects=False,
        # A proxy from the environment is for other machines only.
        trust_env=not local,
        limits=limits,
        transport=httpx2.AsyncHTTPTransport(uds=socket, limits=limits) if socket else None,
        event_hooks={"request": [strip]},
    )
    client = openai.AsyncOpenAI(
        base_url="http://engine/v1" if socket else provider.base_url,
        api_key=key or "none",
        max_retries=0,
        timeout=quiet,
        http_client=http,
    )
    # Touched here, because the package imports these parts when they are first asked for.
    server = OpenAIServer(client, http, provider, key, silence_seconds)
    server.warm()
    return server


def is_socket(base_url: str) -> bool:
    """Tell whether an address is a unix socket's: unix:/path."""
    return base_url.startswith("unix:")


def is_this_machine(base_url: str) -> bool:
    """Tell whether an address is surely this machine's."""
    if is_socket(base_url):
        return True
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class OpenAIServer:
    """A connected server."""

    def __init__(
        self,
        client: "openai.AsyncOpenAI",
        http: "httpx2.AsyncClient",
        provider: Provider,
        key: str,
        silence_seconds: float,
    ) -> None:
        self._client = client
        self._http = http
        self._provider = provider
        self._key = key
        self._silence_seconds = silence_seconds
        self._counts_usage = True
        self._toolless: set[str] = set()
        self._was_dropped = False
        self._failures: tuple[type[Exception], ...] = ()

    def warm(self) -> None:
        """Load the parts of the package that asking needs."""
        import httpx2
        import openai

        self._failures = (
            openai.OpenAIError,
            httpx2.HTTPError,
            httpx2.InvalidURL,
            httpx2.StreamError,
        )
        _ = self._client.chat.completions.with_streaming_response
        _ = self._client.models.with_streaming_response

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def list_models(self) -> tuple[str, ...] | None:
        """Ask GET /models; None where the server has no such list."""
        try:
            async with self._client.models.with_streaming_response.list(timeout=20.0) as response:
                body = b""
                async for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_LIST_BYTES:
                        raise self._no_server("its list of models is longer than 5 MB")
        except self._failures as error:
            if getattr(error, "status_code", None) in _NOT_LISTED:
                return None
            raise self._sentence(error, "") from error
        return self._names(body)

    def _names(self, body: bytes) -> tuple[str, ...]:
        try:
            listed = json.loads(body.decode("utf-8-sig"))["data"]
            names = [str(entry["id"]) for entry in listed]
        except (ValueError, KeyError, TypeError) as error:
            raise self._no_server(_looks(body)) from error
        chat = [name for name in names if not _OTHER_TRADES.search(name)]
        return tuple(dict.fromkeys(chat or names))

    async def complete(self, model: str, asked: Completion) -> AsyncGenerator[Piece, None]:
        """Ask for an answer and give it as it comes."""
        began = False
        while True:
            try:
                async for piece in self._ask(model, asked):
                    began = True
                    yield piece
                return
            except self._failures as error:
                if _is_cut(error):
                    return
                remark = None if began else self._may_ask_again(error, model, asked)
                if remark is None:
                    raise self._sentence(error, model) from error
                if remark:
                    yield Remark(text=remark)

    def _may_ask_again(self, error: Exception, model: str, asked: Completion) -> str | None:
        """Tell whether asking once more, now, is right, and what the person should know of it."""
        status, said = getattr(error, "status_code", None), str(error)
        if status in (400, 422) and self._counts_usage and "stream_options" in said:
            # An older server that does not know how to count.
            self._counts_usage = False
            return ""
        if asked.tools and model not in self._toolless and refuses_tools(status, said):
            self._toolless.add(model)
            return f"{model} takes no tools at {self._provider.name}: it was asked without them."
        if type(error.__cause__).__name__ in _DROPPED and not self._was_dropped:
            # A kept connection that the server closed at the very moment that it was used again.
            self._was_dropped = True
            return ""
        return None

    async def _ask(self, model: str, asked: Completion) -> AsyncGenerator[Piece, None]:
        body: dict[str, Any] = {"messages": [_message(turn) for turn in asked.turns]}
        if self._counts_usage:
            body["stream_options"] = {"include_usage": True}
        if asked.tools and model not in self._toolless:
            body["tools"] = [_tool(tool) for tool in asked.tools]
        if asked.longest is not None:
            body["max_tokens"] = asked.longest
        ask = self._client.chat.completions.with_streaming_response.create
        # As an extra body, because the package would walk through every turn to check its types.
        async with ask(model=model, messages=[], stream=True, extra_body=body) as response:
            self._was_dropped = False
            kind = response.headers.get("content-type", "")
            if kind.startswith("text/html"):
                raise self._no_server("it answered with a web page")
            pieces = response.iter_bytes()
            reader = OpenAIReader()
            try:
                if "/json" in kind:
                    reading = self._whole(pieces, reader)
                else:
                    reading = self._streamed(pieces, reader)
                async for piece in reading:
                    yield piece
            except Broken as broken:
                raise UpstreamFailed(
                    f"{self._provider.name} broke off: {self._said(broken.said)}",
                    "Ask again. If it stays, look at that server's log.",
                ) from broken

    async def _streamed(
        self, pieces: AsyncIterator[bytes], reader: OpenAIReader
    ) -> AsyncGenerator[Piece, None]:
        lines = EventLines()
        try:
            async for bytes_ in pieces:
                for data in lines.feed(bytes_):
                    for piece in reader.read(data):
                        yield piece
                if reader.is_done:
                    await _read_out(pieces)
                    break
        except self._failures as error:
            # Whole is what has a finish_reason, whatever becomes of the connection after it.
            if reader.reason is None or not _is_cut(error):
                raise
        for data in lines.end():
            for piece in reader.read(data):
                yield piece
        if not reader.chunks:
            raise self._no_server("it streamed nothing that belongs to an answer")
        for piece in reader.end():
            yield piece

    async def _whole(
        self, pieces: AsyncIterator[bytes], reader: OpenAIReader
    ) -> AsyncGenerator[Piece, None]:
        """Read the answer of a server that does not stream."""
        body = b"".join([piece async for piece in pieces])
        said = reader.read_whole(body)
        if said is None:
            raise self._no_server(_looks(body))
        for piece in [*said, *reader.end()]:
            yield piece

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
                raise self._no_server("it answered with a web page")
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
        import openai

        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        address = str(self._client.base_url).rstrip("/") + path
        may_repeat = True
        while True:
            counts = adds_count and self._counts_usage
            sent = body
            if counts:
                options = body.get("stream_options") or {}
                sent = {**body, "stream_options": {**options, "include_usage": True}}
            content = json.dumps(sent, ensure_ascii=False).encode("utf-8", "replace")
            request = self._http.build_request("POST", address, content=content, headers=headers)
            try:
                response = await self._http.send(request, stream=True)
                if counts and response.status_code in (400, 422):
                    await response.aread()
                    if b"stream_options" in response.content:
                        # An older server that does not know how to count.
                        self._counts_usage = False
                        continue
                return response
            except self._failures as error:
                # A kept connection may be closed at the very moment that it is used again.
                if may_repeat and type(error).__name__ in _DROPPED:
                    may_repeat = False
                    continue
                failure = openai.APIConnectionError(request=request)
                failure.__cause__ = error
                raise self._sentence(failure, model) from error

    async def _bytes(self, response: "httpx2.Response") -> AsyncIterator[bytes]:
        try:
            async for piece in response.aiter_raw():
                yield piece
        except self._failures as error:
            if type(error).__name__ == "ReadTimeout":
                raise self._sentence(error, "") from error
            raise UpstreamFailed(
                f"{self._provider.name} broke off in the middle of the answer.",
                "Ask again. If it stays, look at that server's log.",
            ) from error

    async def _refusal(self, response: "httpx2.Response", model: str) -> bytes:
        """Give what a server refuses with, in OpenAI's form and without the key.

        What is wrong between us and the server, such as our key, is our failure and not the
        caller's.
        """
        import openai

        raw = await response.aread()
        try:
            body = json.loads(raw.decode("utf-8-sig"))
        except ValueError:
            body = None
        status = response.status_code
        if status in (401, 403, 407) or status < 400:
            raise self._status(openai.APIStatusError("", response=response, body=body), model)
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
        if self._key:
            text = text.replace(self._key, last_four(self._key))
        return text.encode()

    # -- failures, in sentences -----------------------------------------------------------------

    def _no_server(self, why: str) -> UpstreamFailed:
        return UpstreamFailed(
            f"{self._provider.base_url} does not behave like an OpenAI-compatible server: {why}.",
            "Check the address; it usually ends in /v1, such as http://127.0.0.1:8000/v1.",
        )

    def _said(self, error: Any) -> str:
        """Shorten what a server said, with the key taken out."""
        if isinstance(error, dict):
            error = error.get("message") or error
        text = " ".join(str(error).split())
        if self._key:
            text = text.replace(self._key, last_four(self._key))
        if len(text) > 300:
            text = text[:297] + "…"
        return text.rstrip(".") + "."

    def _sentence(self, error: Exception, model: str) -> SpondeError:
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._status(error, model)
        cause = error.__cause__ or error
        where = self._provider.base_url
        if type(cause).__name__ in ("ReadTimeout", "WriteTimeout"):
            return UpstreamFailed(
                f"{self._provider.name} has said nothing for too long.",
                "Ask again, or raise SpondeModels.silence_seconds in jupyter_config.py "
                f"(now {self._silence_seconds:g}).",
            )
        if type(cause).__name__ in ("ConnectTimeout", "PoolTimeout"):
            return Unavailable(
                f"{where} does not answer within {CONNECT_SECONDS:g} seconds.",
                "Check the address and that the server runs.",
            )
        if isinstance(error, openai.APIConnectionError) or _is_cut(cause):
            why = " ".join(str(cause).split()).rstrip(".") or type(cause).__name__
            if "CERTIFICATE" in why.upper():
                return Unavailable(
                    f"{where} cannot prove who it is: {why}.",
                    "If it is your own server, name its certificate in SSL_CERT_FILE.",
                )
            return Unavailable(
                f"{where} cannot be reached: {why}.",
                "Check the address and that the server runs; then try again.",
            )
        return UpstreamFailed(
            f"{self._provider.name} cannot be asked: {self._said(error)}",
            "Check its address and key.",
        )

    def _status(self, error: "openai.APIStatusError", model: str) -> SpondeError:
        name, status = self._provider.name, error.status_code
        body = error.body
        said = self._said(body if isinstance(body, dict) else f"status {status}")
        key = last_four(self._key)
        if status == 401:
            if key:
                return UpstreamFailed(
                    f"{name} does not accept the key that ends in {key}.",
                    f"Copy the key again from {name} and enter it once more under Models.",
                )
            return UpstreamFailed(
                f"{name} wants a key.", f"Add {name} again under Models, with its key."
            )
        if status == 403:
            return UpstreamFailed(
                f"{name} does not allow this{f' for the key {key}' if key else ''}: {said}",
                "Choose another model, or ask who gave you the key.",
            )
        if status == 404 and model:
            return UpstreamFailed(
                f"{name} has no model '{model}': {said}",
                f"Choose another model; it offers {_some(self._provider.models)}."
                if self._provider.models
                else "Choose another model, and check that the address ends in /v1.",
            )
        if status == 429:
            wait = error.response.headers.get("retry-after", "")
            when = f"in {wait} seconds" if wait.isdigit() else "in a while"
            return UpstreamFailed(
                f"{name} is asked too often, or its quota is used up: {said}",
                f"Ask again {when}, or choose another model.",
            )
        if 300 <= status < 400:
            target = error.response.headers.get("location", "elsewhere")
            return UpstreamFailed(
                f"{self._provider.base_url} sends on to {target}, which is not followed.",
                "Enter the address that it sends to, if you trust it.",
            )
        if status in (400, 413, 422):
            if re.search(r"context|too long|maximum.*tokens", said, re.IGNORECASE):
                return Invalid(
                    f"The conversation is too long for {model}: {said}",
                    "Begin a new conversation, or lower SpondeChat.history_tokens.",
                )
            return UpstreamFailed(f"{name} refused the request: {said}", "Choose another model.")
        if status in _NOT_LISTED:
            return self._no_server(f"it answers {status}")
        return UpstreamFailed(
            f"{name} failed with status {status}: {said}",
            "Ask again in a moment. If it stays, look at that server's log or status page.",
        )


async def _read_out(pieces: AsyncIterator[bytes]) -> None:
    """Read what follows the end, so that the connection can be used for the next question."""
    with contextlib.suppress(TimeoutError, StopAsyncIteration):
        async with asyncio.timeout(READ_OUT_SECONDS):
            while True:
                await anext(pieces)


def refuses_tools(status: int | None, said: str) -> bool:
    """Tell whether a server refused a request because it offers tools."""
    return status in (400, 404, 422, 501) and bool(
        re.search(r"\btool(s|_choice)?\b|function.call", said, re.IGNORECASE)
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


def _is_cut(error: BaseException) -> bool:
    """Tell whether a connection broke: then an answer is cut, not refused."""
    return type(error).__name__ in (
        "RemoteProtocolError",
        "ReadError",
        "WriteError",
        "CloseError",
        "DecodingError",
    )


def _looks(body: bytes) -> str:
    if body.lstrip()[:1] == b"<":
        return "it answered with a web page"
    return "its answer has another form"


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
