"""What happens to an answer's bytes on the way back."""

import json

import pytest

from sponde_server.core.errors import NotFound, UpstreamFailed
from sponde_server.models.forward import (
    StreamRelay,
    characters_of,
    count_of,
    operation_of,
    renamed,
    wants_count,
)
from sponde_server.models.metering import Meter
from sponde_server.usage.records import Caller


class Kept:
    """Stands for the usage: nothing is kept here."""

    def note(self, request):
        """Keep nothing."""


def relay(keeps_count=False):
    return StreamRelay("fast", keeps_count, Meter(Kept(), Caller(), "p/one"))


def event(**given):
    return b"data: " + json.dumps(given).encode() + b"\n\n"


def delta(text, **more):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return event(id="x", model="one-2026", choices=[{**choice, **more}])


COUNT = event(choices=[], model="one-2026", usage={"prompt_tokens": 3, "completion_tokens": 4})


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_stream_is_the_same_however_it_is_cut(size):
    sent = delta("a") + delta('\\n, "model": "x"') + delta("", finish_reason="stop") + COUNT
    sent += b"data: [DONE]\n\n"
    way = relay()
    got = b"".join(way.feed(sent[at : at + size]) for at in range(0, len(sent), size)) + way.end()
    lines = [line for line in got.split(b"\n\n") if line]
    chunks = [json.loads(line[6:]) for line in lines[:-1]]
    assert lines[-1] == b"data: [DONE]"
    assert [chunk["model"] for chunk in chunks] == ["fast"] * 3
    assert chunks[1]["choices"][0]["delta"]["content"] == '\\n, "model": "x"'
    assert way.tally.usage is not None
    assert (way.tally.usage.completion_tokens, way.is_finished, way.is_broken) == (4, True, False)


def test_the_count_is_left_in_for_those_who_asked_and_where_text_comes_with_it():
    assert b"usage" in relay(keeps_count=True).feed(COUNT)
    with_text = event(
        choices=[{"delta": {"content": "a"}}], usage={"prompt_tokens": 1, "completion_tokens": 1}
    )
    assert relay().feed(with_text) == with_text
    nothing = event(choices=[{"delta": {"content": "a"}}], usage=None)
    assert relay().feed(nothing) == nothing


def test_comments_and_windows_line_ends_go_through():
    sent = b': still here\r\n\r\ndata: {"choices": [], "x": 1}\r\n\r\n'
    assert relay().feed(sent) == sent


def test_an_error_in_the_stream_is_noticed():
    way = relay()
    way.feed(event(error={"message": "EngineCore died."}))
    assert way.is_broken
    talk = relay()
    talk.feed(delta('an "error" in words'))
    assert not talk.is_broken


def test_a_line_without_an_end_is_refused():
    way = relay()
    assert way.feed(b"x" * 3_000_000) == b""
    with pytest.raises(UpstreamFailed):
        way.feed(b"x" * 3_000_000)


def test_a_whole_answer_is_renamed_and_counted_without_reading_all_of_it():
    body = json.dumps(
        {
            "data": [{"embedding": [0.1] * 1000}],
            "model": "one",
            "usage": {"prompt_tokens": 5, "total_tokens": 5},
        }
    ).encode()
    assert json.loads(renamed(body, 'fa"st'))["model"] == 'fa"st'
    found = count_of(body)
    assert found is not None
    assert (found.prompt_tokens, found.completion_tokens) == (5, 0)
    assert count_of(b'{"usage": nothing}') is None


def test_only_three_addresses_are_passed_on():
    assert operation_of("/embeddings") == "embedding"
    with pytest.raises(NotFound):
        operation_of("/files")


def test_what_is_asked_is_measured_by_its_text():
    parts = [{"type": "text", "text": "abc"}, {"type": "image_url", "image_url": {"url": "x"}}]
    assert characters_of({"messages": [{"content": parts}, {"content": "de"}]}) == 5
    assert characters_of({"input": ["a", "bc"]}) == 3
    assert not wants_count({"stream_options": None})
