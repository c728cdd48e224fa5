"""What an answer of the OpenAI protocol says, chunk by chunk: text, thoughts, calls and its end.

Believes nothing of a chunk's form: what does not fit is left out. Does not know connections.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from sponde_server.core.errors import UpstreamFailed
from sponde_server.core.record import new_id
from sponde_server.core.wire import parsed

from .failures import Broken
from .records import Called, Delta, Finished, Piece, Thought, Usage

LONGEST_ANSWER = 20_000_000
"""Most characters of an answer: beyond it somebody sends without an end."""
MOST_CALLS = 128


@dataclass
class _Growing:
    """A call whose arguments are still coming."""

    index: int
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class OpenAIReader:
    """Reads the chunks of one answer."""

    def __init__(self) -> None:
        self.reason: str | None = None
        """The finish_reason; None: the answer has not ended, or was cut."""
        self.usage: Usage | None = None
        """What was counted."""
        self.is_done = False
        """Whether the stream said that nothing follows."""
        self.chunks = 0
        """How many chunks belonged to an answer."""
        self._calls: list[_Growing] = []
        self._length = 0

    def read(self, data: bytes) -> list[Piece]:
        """Take the data of one event; give what it says. Raises `Broken` where it is an error."""
        if data == b"[DONE]":
            self.is_done = True
            return []
        chunk = parsed(data)
        if not isinstance(chunk, dict):
            return []
        if chunk.get("error"):
            raise Broken(chunk["error"])
        if "choices" not in chunk:
            return []
        self.chunks += 1
        self.usage = usage_of(chunk.get("usage")) or self.usage
        choices = chunk["choices"]
        first = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(first, dict):
            return []
        if isinstance(first.get("finish_reason"), str):
            self.reason = first["finish_reason"]
        return self._said(first.get("delta"))

    def read_whole(self, body: bytes) -> list[Piece] | None:
        """Take an answer that was not streamed; None where it is none."""
        try:
            answer = json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None
        if not isinstance(answer, dict):
            return None
        if answer.get("error"):
            raise Broken(answer["error"])
        choices = answer.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(first, dict) or not isinstance(first.get("message"), dict):
            return None
        self.usage = usage_of(answer.get("usage"))
        reason = first.get("finish_reason")
        self.reason = reason if isinstance(reason, str) else "stop"
        return self._said(first["message"])

    def end(self) -> list[Piece]:
        """Give what an answer's end says: its calls, and that it is whole; nothing where cut."""
        if self.reason is None:
            return []
        if self.reason == "length":
            # The last call's arguments were cut too.
            return [Finished(reason="length", usage=self.usage)]
        calls = [
            Called(
                id=call.id or f"call_{new_id()[-12:]}",
                name=call.name,
                arguments="".join(call.arguments) or "{}",
            )
            for call in self._calls
            if call.name
        ]
        ended = "tool_calls" if calls else self.reason
        return [*calls, Finished(reason=ended, usage=self.usage)]

    def _said(self, delta: Any) -> list[Piece]:
        if not isinstance(delta, dict):
            return []
        pieces: list[Piece] = []
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if isinstance(thought, str) and thought:
            self._grew(thought)
            pieces.append(Thought(text=clean(thought)))
        text = _text(delta.get("content")) or _text(delta.get("refusal"))
        if text:
            self._grew(text)
            pieces.append(Delta(text=clean(text)))
        calls = delta.get("tool_calls")
        if isinstance(calls, list):
            for call in calls:
                if isinstance(call, dict):
                    self._call(call, call.get("function"))
        if isinstance(delta.get("function_call"), dict):
            # As it was written before there could be several.
            self._call({"index": 0}, delta["function_call"])
        return pieces

    def _call(self, call: dict[str, Any], function: Any) -> None:
        """Add a piece of a call to the one that it belongs to."""
        function = function if isinstance(function, dict) else {}
        call_id = call["id"] if isinstance(call.get("id"), str) else ""
        name = function["name"] if isinstance(function.get("name"), str) else ""
        index = call.get("index")
        growing = self._of(index if isinstance(index, int) else None, call_id, name)
        growing.id = growing.id or call_id
        growing.name = growing.name or name
        arguments = function.get("arguments")
        if arguments is not None and not isinstance(arguments, str):
            # Some servers give them as an object.
            arguments = json.dumps(arguments, ensure_ascii=False)
        if arguments:
            self._grew(arguments)
            growing.arguments.append(clean(arguments))

    def _of(self, index: int | None, call_id: str, name: str) -> _Growing:
        """Find the call that a piece belongs to; some servers number all of them 0, or none."""
        if index is None:
            known = self._calls[-1] if self._calls else None
        else:
            known = next((one for one in reversed(self._calls) if one.index == index), None)
        is_other = known is not None and (
            (call_id and known.id and call_id != known.id)
            or (index is None and not call_id and name and known.name)
        )
        if known is not None and not is_other:
            return known
        if len(self._calls) >= MOST_CALLS:
            raise UpstreamFailed(
                f"The model calls more than {MOST_CALLS} tools at once.", "Ask for less at once."
            )
        self._calls.append(_Growing(len(self._calls) if index is None else index))
        return self._calls[-1]

    def _grew(self, text: str) -> None:
        self._length += len(text)
        check_length(self._length)


def check_length(characters: int) -> None:
    """Refuse an answer that has no end."""
    if characters > LONGEST_ANSWER:
        raise UpstreamFailed(
            f"The model's answer is longer than {LONGEST_ANSWER:,} characters; it was ended.",
            "What came is kept. Ask for less at once.",
        )


def clean(text: str) -> str:
    """Take out halves of letters, which no file and no browser can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def usage_of(given: Any) -> Usage | None:
    """Read a count of tokens."""
    if given is None:
        return None
    try:
        return Usage(
            prompt_tokens=int(given["prompt_tokens"]),
            completion_tokens=int(given["completion_tokens"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _text(content: Any) -> str:
    """Give a content's text; some servers stream it in parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return ""
