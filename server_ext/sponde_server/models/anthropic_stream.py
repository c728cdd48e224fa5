"""What an answer of Anthropic's protocol says, event by event: text, thoughts, calls and its end.

Believes nothing of an event's form: what does not fit is left out. Does not know connections.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from sponde_server.core.record import new_id

from .failures import Broken
from .openai_stream import MOST_CALLS, check_length, clean
from .records import Called, Delta, Finished, Piece, Thought, Usage

REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""Why an answer ends, in the words of the OpenAI protocol."""


@dataclass
class _Growing:
    """A call whose arguments are still coming."""

    id: str
    name: str
    arguments: list[str] = field(default_factory=list)
    given: Any = None
    """The arguments as the call's beginning gave them, whole."""


class AnthropicReader:
    """Reads the events of one answer."""

    def __init__(self, owed: str = "") -> None:
        self.reason: str | None = None
        """The stop_reason in OpenAI's words; None: the answer has not ended, or was cut."""
        self.is_done = False
        """Whether the stream said that nothing follows."""
        self.chunks = 0
        """How many events belonged to an answer."""
        # Space at the end of an answer's beginning, which may not be sent: said again, it is left
        # out.
        self._owed = owed
        self._calls: dict[Any, _Growing] = {}
        self._counts: dict[str, int] = {}
        self._length = 0

    def read(self, data: bytes) -> list[Piece]:
        """Take the data of one event; give what it says."""
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            return []
        if not isinstance(event, dict):
            return []
        kind = event.get("type")
        if kind == "error":
            raise Broken(event.get("error") or "an error without a word")
        if kind == "message_start":
            self.chunks += 1
            message = event.get("message")
            self._count(message.get("usage") if isinstance(message, dict) else None)
        elif kind == "content_block_start":
            self.chunks += 1
            return self._block(event.get("index"), event.get("content_block"))
        elif kind == "content_block_delta":
            self.chunks += 1
            return self._delta(event.get("index"), event.get("delta"))
        elif kind == "message_delta":
            self.chunks += 1
            self._count(event.get("usage"))
            delta = event.get("delta")
            self._end(delta.get("stop_reason") if isinstance(delta, dict) else None)
        elif kind == "message_stop":
            self.is_done = True
        return []

    def read_whole(self, body: bytes) -> list[Piece] | None:
        """Take an answer that was not streamed; None where it is none."""
        try:
            answer = json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None
        if not isinstance(answer, dict):
            return None
        if answer.get("type") == "error":
            raise Broken(answer.get("error"))
        blocks = answer.get("content")
        if not isinstance(blocks, list):
            return None
        self._count(answer.get("usage"))
        pieces: list[Piece] = []
        for index, block in enumerate(blocks):
            pieces += self._block(index, block)
        self._end(answer.get("stop_reason") or "end_turn")
        return pieces

    def end(self) -> list[Piece]:
        """Give what an answer's end says: its calls, and that it is whole; nothing where cut."""
        if self.reason is None:
            return []
        if self.reason == "length":
            # The last call's arguments were cut too.
            return [Finished(reason="length", usage=self._usage())]
        calls = [
            Called(
                id=call.id or f"call_{new_id()[-12:]}", name=call.name, arguments=_arguments(call)
            )
            for call in self._calls.values()
            if call.name
        ]
        ended = "tool_calls" if calls else self.reason
        return [*calls, Finished(reason=ended, usage=self._usage())]

    def _block(self, index: Any, block: Any) -> list[Piece]:
        if not isinstance(block, dict):
            return []
        kind = block.get("type")
        if kind == "tool_use" and len(self._calls) < MOST_CALLS:
            self._calls[_key(index)] = _Growing(
                _string(block.get("id")), _string(block.get("name")), given=block.get("input")
            )
        elif kind == "text":
            return self._text(block.get("text"))
        elif kind == "thinking":
            return self._thought(block.get("thinking"))
        return []

    def _delta(self, index: Any, delta: Any) -> list[Piece]:
        if not isinstance(delta, dict):
            return []
        kind = delta.get("type")
        if kind == "text_delta":
            return self._text(delta.get("text"))
        if kind == "thinking_delta":
            return self._thought(delta.get("thinking"))
        call = self._calls.get(_key(index))
        if kind == "input_json_delta" and call is not None:
            piece = _string(delta.get("partial_json"))
            self._grew(piece)
            call.arguments.append(clean(piece))
        return []

    def _text(self, given: Any) -> list[Piece]:
        text = _string(given)
        if self._owed and text:
            same = 0
            while same < min(len(text), len(self._owed)) and text[same] == self._owed[same]:
                same += 1
            text, self._owed = text[same:], "" if same < len(text) else self._owed[same:]
        if not text:
            return []
        self._grew(text)
        return [Delta(text=clean(text))]

    def _thought(self, given: Any) -> list[Piece]:
        text = _string(given)
        self._grew(text)
        return [Thought(text=clean(text))] if text else []

    def _end(self, reason: Any) -> None:
        if isinstance(reason, str):
            self.reason = REASONS.get(reason, "stop")

    def _count(self, given: Any) -> None:
        """Take counts; those of an answer's end go before those of its beginning."""
        if isinstance(given, dict):
            for name, value in given.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    self._counts[name] = value

    def _usage(self) -> Usage | None:
        if not {"input_tokens", "output_tokens"} & self._counts.keys():
            return None
        # What was read from a cache, or into one, was read all the same.
        read = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        return Usage(
            prompt_tokens=sum(self._counts.get(name, 0) for name in read),
            completion_tokens=self._counts.get("output_tokens", 0),
        )

    def _grew(self, text: str) -> None:
        self._length += len(text)
        check_length(self._length)


def _arguments(call: _Growing) -> str:
    streamed = "".join(call.arguments)
    if streamed or not call.given:
        return streamed or "{}"
    return clean(json.dumps(call.given, ensure_ascii=False))


def _string(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _key(index: Any) -> Any:
    return index if isinstance(index, int | str) else None
