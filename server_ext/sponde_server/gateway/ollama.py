"""Ollama's protocol in OpenAI's words, and back. Pure: takes and gives dictionaries.

What has no counterpart is left out: `context`, `template`, `keep_alive` (our engines unload by
their own rules), and whatever of `options` only llama.cpp knows.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sponde_server.core.errors import Invalid

_PLAIN = ("temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty")
# What vLLM understands besides, and other servers refuse.
_OURS = {"top_k": "top_k", "min_p": "min_p", "repeat_penalty": "repetition_penalty"}
_IMAGES = {"iVBOR": "png", "/9j/": "jpeg", "R0lGOD": "gif", "UklGR": "webp"}


# -- requests --------------------------------------------------------------------------------------


def chat_request(body: dict[str, Any], is_ours: bool) -> dict[str, Any]:
    """Turn a request to /api/chat into one to /chat/completions."""
    asked = _settings(body, is_ours)
    asked["messages"] = _messages(body.get("messages") or [])
    if body.get("tools"):
        asked["tools"] = body["tools"]
    if body.get("logprobs"):
        asked["logprobs"] = True
    if body.get("top_logprobs"):
        asked["top_logprobs"] = body["top_logprobs"]
    return asked


def generate_request(body: dict[str, Any], is_ours: bool) -> tuple[str, dict[str, Any]]:
    """Turn a request to /api/generate into one to an address: chat, or the bare completion."""
    asked = _settings(body, is_ours)
    prompt = _text(body.get("prompt"), "prompt")
    if body.get("raw") or body.get("suffix"):
        asked["prompt"] = prompt
        if body.get("suffix"):
            asked["suffix"] = body["suffix"]
        return "/completions", asked
    messages = [{"role": "system", "content": body["system"]}] if body.get("system") else []
    messages.append({"role": "user", "content": _content(prompt, body.get("images"))})
    asked["messages"] = messages
    if body.get("logprobs"):
        asked["logprobs"] = True
    if body.get("top_logprobs"):
        asked["top_logprobs"] = body["top_logprobs"]
    return "/chat/completions", asked


def embed_request(body: dict[str, Any]) -> dict[str, Any]:
    """Turn a request to /api/embed or /api/embeddings into one to /embeddings."""
    given = body.get("input", body.get("prompt"))
    asked: dict[str, Any] = {"model": body.get("model", ""), "input": given or ""}
    asked["encoding_format"] = "float"
    if body.get("dimensions"):
        asked["dimensions"] = body["dimensions"]
    return asked


def is_empty(body: dict[str, Any]) -> bool:
    """Tell whether a request only wants the model to be loaded (or let go)."""
    return not (body.get("messages") or body.get("prompt") or body.get("images"))


def _settings(body: dict[str, Any], is_ours: bool) -> dict[str, Any]:
    asked: dict[str, Any] = {"model": body.get("model", "")}
    asked["stream"] = body.get("stream", True) is not False
    options = body.get("options") or {}
    if not isinstance(options, dict):
        raise Invalid("The field 'options' is not an object.", "Send one, such as {…}.")
    for name in _PLAIN:
        if options.get(name) is not None:
            asked[name] = options[name]
    if isinstance(options.get("num_predict"), int) and options["num_predict"] > 0:
        asked["max_tokens"] = options["num_predict"]
    if is_ours:
        for name, ours in _OURS.items():
            if options.get(name) is not None:
                asked[ours] = options[name]
        if isinstance(body.get("think"), bool):
            asked["chat_template_kwargs"] = {"enable_thinking": body["think"]}
    form = body.get("format")
    if form == "json":
        asked["response_format"] = {"type": "json_object"}
    elif isinstance(form, dict):
        schema = {"name": "answer", "schema": form}
        asked["response_format"] = {"type": "json_schema", "json_schema": schema}
    return asked


def _messages(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid("The field 'messages' is not a list of messages.", "Send role and content.")
    messages: list[dict[str, Any]] = []
    open_calls: list[tuple[str, str]] = []
    for number, one in enumerate(given):
        role = one.get("role", "user")
        message: dict[str, Any] = {
            "role": role,
            "content": _content(_text(one.get("content"), "content"), one.get("images")),
        }
        calls = [call.get("function") or {} for call in one.get("tool_calls") or []]
        if calls:
            ids = [f"call_{number}_{index}" for index in range(len(calls))]
            open_calls = [
                (i, str(call.get("name", ""))) for i, call in zip(ids, calls, strict=True)
            ]
            message["tool_calls"] = [
                {
                    "id": name,
                    "type": "function",
                    "function": {
                        "name": call.get("name", ""),
                        "arguments": json.dumps(call.get("arguments") or {}, ensure_ascii=False),
                    },
                }
                for name, call in zip(ids, calls, strict=True)
            ]
        if role == "tool":
            # Ollama's tools answer by name, OpenAI's by the id of the call.
            named = one.get("tool_name") or one.get("name") or ""
            match = next((c for c in open_calls if c[1] == named), None)
            match = match or (open_calls[0] if open_calls else ("call_0", ""))
            if match in open_calls:
                open_calls.remove(match)
            message["tool_call_id"] = match[0]
        messages.append(message)
    return messages


def _content(text: str, images: Any) -> Any:
    if not images:
        return text
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
    for image in images:
        kind = next((k for begin, k in _IMAGES.items() if str(image).startswith(begin)), "png")
        url = f"data:image/{kind};base64,{image}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return parts


def _text(given: Any, name: str) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise Invalid(f"The field '{name}' is not a text.", "Send a text.")
    return given


# -- answers ---------------------------------------------------------------------------------------


class Teller:
    """Tells an answer of OpenAI's, chunk by chunk or whole, as Ollama would."""

    def __init__(self, model: str, is_chat: bool, started: float) -> None:
        self._model = model
        self._is_chat = is_chat
        self._started = started
        self._first: float | None = None
        self.is_finished = False
        self._calls: dict[int, dict[str, str]] = {}
        self._reason = "stop"
        self._usage: dict[str, Any] = {}

    def chunk(self, given: dict[str, Any], at: float) -> dict[str, Any] | None:
        """Tell a chunk of a stream; None where it says nothing."""
        self._usage = given.get("usage") or self._usage
        choices = given.get("choices") or []
        if not choices:
            return None
        return self._piece(choices[0], choices[0].get("delta") or {}, at)

    def whole(self, given: dict[str, Any], at: float) -> dict[str, Any]:
        """Tell an answer that came whole."""
        self._usage = given.get("usage") or {}
        choice = (given.get("choices") or [{}])[0]
        piece = self._piece(choice, choice.get("message") or {}, at) or {}
        end = self.end(at)
        if self._is_chat:
            end["message"] = {**end["message"], **piece.get("message", {})} | {
                name: end["message"][name] for name in ("tool_calls",) if name in end["message"]
            }
        else:
            end["response"] = piece.get("response", "")
            if "thinking" in piece:
                end["thinking"] = piece["thinking"]
        if "logprobs" in piece:
            end["logprobs"] = piece["logprobs"]
        return end

    def end(self, at: float) -> dict[str, Any]:
        """Tell the end: why, what it took, and the tools that are to be called."""
        first = self._first if self._first is not None else at
        message: dict[str, Any] = {"role": "assistant", "content": ""}
        if self._calls:
            message["tool_calls"] = [_called(call) for _, call in sorted(self._calls.items())]
        said: dict[str, Any] = {"message": message} if self._is_chat else {"response": ""}
        return {
            **self._head(),
            **said,
            "done": True,
            "done_reason": "length" if self._reason == "length" else "stop",
            "total_duration": _nanoseconds(at - self._started),
            "load_duration": 0,
            "prompt_eval_count": int(self._usage.get("prompt_tokens") or 0),
            "prompt_eval_duration": _nanoseconds(first - self._started),
            "eval_count": int(self._usage.get("completion_tokens") or 0),
            "eval_duration": _nanoseconds(at - first),
        }

    def silence(self) -> dict[str, Any]:
        """Tell that the answer goes on."""
        return self._line("", "")

    def loaded(self, reason: str) -> dict[str, Any]:
        """Tell that a model was loaded, which was all that was asked."""
        return {**self._line("", ""), "done": True, "done_reason": reason}

    def _piece(
        self, choice: dict[str, Any], said: dict[str, Any], at: float
    ) -> dict[str, Any] | None:
        self._reason = choice.get("finish_reason") or self._reason
        self.is_finished = self.is_finished or bool(choice.get("finish_reason"))
        for number, call in enumerate(said.get("tool_calls") or []):
            self._take_call(call.get("index", number), call.get("function") or {})
        text = said.get("content") or choice.get("text") or ""
        thought = said.get("reasoning_content") or said.get("reasoning") or ""
        logprobs = (choice.get("logprobs") or {}).get("content")
        if not text and not thought and not logprobs:
            return None
        if self._first is None:
            self._first = at
        line = self._line(text, thought)
        if logprobs:
            line["logprobs"] = [_logprob(one) for one in logprobs]
        return line

    def _take_call(self, index: int, function: dict[str, Any]) -> None:
        call = self._calls.setdefault(index, {"name": "", "arguments": ""})
        call["name"] += function.get("name") or ""
        call["arguments"] += function.get("arguments") or ""

    def _line(self, text: str, thought: str) -> dict[str, Any]:
        extra = {"thinking": thought} if thought else {}
        if self._is_chat:
            return {
                **self._head(),
                "message": {"role": "assistant", "content": text, **extra},
                "done": False,
            }
        return {**self._head(), "response": text, **extra, "done": False}

    def _head(self) -> dict[str, Any]:
        return {"model": self._model, "created_at": stamp(datetime.now(UTC))}


def embedded(model: str, given: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Tell embeddings as /api/embed does."""
    rows = sorted(given.get("data") or [], key=lambda row: int(row.get("index", 0)))
    return {
        "model": model,
        "embeddings": [row.get("embedding") or [] for row in rows],
        "total_duration": _nanoseconds(seconds),
        "load_duration": 0,
        "prompt_eval_count": int((given.get("usage") or {}).get("prompt_tokens") or 0),
    }


def tag(name: str, modified_at: datetime, family: str) -> dict[str, Any]:
    """Describe a model as /api/tags does; of a provider's model no more is known."""
    return {
        "name": name,
        "model": name,
        "modified_at": stamp(modified_at),
        "size": 0,
        "digest": "",
        "details": details(family),
    }


def details(family: str) -> dict[str, Any]:
    """Say what kind of model it is, as far as that is known."""
    return {
        "parent_model": "",
        "format": "safetensors" if family == "local" else "",
        "family": family,
        "families": [family],
        "parameter_size": "",
        "quantization_level": "",
    }


def stamp(moment: datetime) -> str:
    """Write a moment as Ollama does."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _called(call: dict[str, str]) -> dict[str, Any]:
    try:
        arguments = json.loads(call["arguments"] or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        # Ollama's clients read an object only: a model that wrote something else is shown as it is.
        arguments = {"arguments": call["arguments"]}
    return {"function": {"name": call["name"], "arguments": arguments}}


def _logprob(given: dict[str, Any]) -> dict[str, Any]:
    told = {"token": given.get("token", ""), "logprob": given.get("logprob", 0.0)}
    if given.get("top_logprobs"):
        told["top_logprobs"] = [
            {"token": one.get("token", ""), "logprob": one.get("logprob", 0.0)}
            for one in given["top_logprobs"]
        ]
    return told


def _nanoseconds(seconds: float) -> int:
    return max(0, int(seconds * 1e9))
