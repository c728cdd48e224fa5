"""Whatever bytes a server of models sends: an answer, or a sentence; never a trace of the stack."""

import asyncio
import gzip
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.core.errors import SpondeError, UpstreamFailed
from sponde_server.models import anthropic_api, openai_api
from sponde_server.models.anthropic_stream import AnthropicReader
from sponde_server.models.failures import Broken
from sponde_server.models.openai_stream import OpenAIReader
from sponde_server.models.patience import Patience, wanted_pause
from sponde_server.models.records import (
    Called,
    Completion,
    Delta,
    Finished,
    Provider,
    ProviderKind,
    Role,
    Thought,
    Turn,
)
from sponde_server.models.sse import EventLines

OPENAI = [
    {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
    {"choices": [{"delta": {"reasoning_content": "Hm 🤔"}}]},
    {"choices": [{"delta": {"content": "Grüße 🐦 "}}]},
    {"choices": [{"delta": {"content": "an alle"}}]},
    {"choices": [{"delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
]
ANTHROPIC = [
    {"type": "message_start", "message": {"usage": {"input_tokens": 3, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking"}},
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "thinking_delta", "thinking": "Hm 🤔"},
    },
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    *(
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "text_delta", "text": text},
        }
        for text in ("Grüße 🐦 ", "an alle")
    ),
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}},
    {"type": "message_stop"},
]
SPOKEN = {
    OpenAIReader: b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in OPENAI),
    AnthropicReader: b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in ANTHROPIC),
}
READERS = pytest.mark.parametrize("make", [OpenAIReader, AnthropicReader])
NAMES = """
choices delta content tool_calls function name arguments id index usage error finish_reason type
message content_block text input partial_json thinking stop_reason prompt_tokens completion_tokens
input_tokens reasoning
"""
EVENTS = """
message_start content_block_start content_block_delta message_delta message_stop error
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=6)
    ),
    max_leaves=25,
)
KINDS = st.sampled_from(EVENTS.split())


def read(make, pieces):
    """Read an answer's bytes as a connection gives them."""
    lines, reader, said = EventLines(), make(), []
    for data in [event for piece in pieces for event in lines.feed(piece)] + lines.end():
        said += reader.read(data)
    return [*said, *reader.end()]


def cut(whole, places):
    at = sorted({place % (len(whole) + 1) for place in places})
    return [whole[i:j] for i, j in zip([0, *at], [*at, len(whole)], strict=True)]


@READERS
@given(places=st.lists(st.integers(min_value=0), max_size=40))
def test_however_the_bytes_are_cut_the_answer_is_the_same(make, places):
    pieces = read(make, cut(SPOKEN[make], places))
    assert "".join(one.text for one in pieces if isinstance(one, Delta)) == "Grüße 🐦 an alle"
    assert "".join(one.text for one in pieces if isinstance(one, Thought)) == "Hm 🤔"
    assert isinstance(pieces[-1], Finished)
    assert (pieces[-1].usage.prompt_tokens, pieces[-1].usage.completion_tokens) == (3, 4)


@READERS
@given(junk=st.binary(max_size=300), place=st.integers(min_value=0))
def test_junk_between_the_bytes_is_left_out_or_told(make, junk, place):
    first, rest = cut(SPOKEN[make], [place])[0], b"".join(cut(SPOKEN[make], [place])[1:])
    try:
        pieces = read(make, [first, junk, rest])
    except (SpondeError, Broken):
        return
    for piece in pieces:
        if isinstance(piece, Delta | Thought):
            piece.text.encode()


@READERS
@given(chunks=st.lists(st.tuples(KINDS, JSON), max_size=8))
def test_json_of_any_form_is_left_out_or_told(make, chunks):
    reader, said = make(), []
    try:
        for kind, chunk in chunks:
            given_type = {"type": kind, **chunk} if isinstance(chunk, dict) else chunk
            for form in (chunk, given_type, {"choices": [{"delta": chunk}]}):
                said += reader.read(json.dumps(form).encode())
        said += reader.end()
        reader.read_whole(json.dumps([chunk for _, chunk in chunks]).encode())
        for _, chunk in chunks:
            make().read_whole(json.dumps(chunk).encode())
    except (SpondeError, Broken):
        pass
    for piece in said:
        if isinstance(piece, Delta | Thought):
            assert piece.text
            piece.text.encode()
        elif isinstance(piece, Called):
            assert piece.id
            assert piece.name
            piece.arguments.encode()


@pytest.mark.parametrize(
    "odd",
    [
        b"[" * 100_000,
        b'{"choices":' * 50_000,
        b"\xff\xfe\x00\x00" * 10,
        b'{"choices": [{"delta": {"content": "\\ud83d"}}]}',
        b'{"type": "content_block_delta", "delta": {"type": "text_delta", "text": "\\ude00"}}',
        b'{"choices": [{"delta": {"content": "\\u0000 nul"}}], "usage": {"prompt_tokens": 1e999}}',
        b'{"choices": [{"delta": {"content": "a"}}], "usage": {"prompt_tokens": NaN}}',
        b'{"choices": {"0": 1}}',
        b'{"choices": [{"delta": {"tool_calls": [{"index": -1}, {"index": 1e9}, 7, null]}}]}',
        b"9" * 5000,
    ],
)
@READERS
def test_known_traps_do_no_harm(make, odd):
    pieces = read(make, [b"data: " + odd + b"\n\n"])
    for piece in pieces:
        if isinstance(piece, Delta):
            piece.text.encode()


def test_pauses_of_any_spelling_are_understood_or_ignored():
    assert wanted_pause({"retry-after": "3"}) == 3
    assert wanted_pause({"retry-after-ms": "250"}) == 0.25
    assert wanted_pause({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    for odd in ("", "soon", "nan", "inf", "-inf", "Wed, 99 Oct 2015", "1e400"):
        assert wanted_pause({"retry-after": odd}) in (None, 0)


# -- over real connections -------------------------------------------------------------------


class Wild:
    """A server that answers every request with the same bytes, and then ends."""

    def __init__(self, answer):
        self.answer = answer

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                await reader.readexactly(int(line.split(b":")[1]))
        try:
            for piece in self.answer():
                writer.write(piece)
                await writer.drain()
            writer.close()
        except ConnectionError:
            pass


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
ZIPPED = STREAM.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
CHUNKED = STREAM.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
ANSWERS = {
    "nothing": list,
    "no HTTP": lambda: [b"\x16\x03\x01\x00garbage\r\n\r\n"],
    "an endless header": lambda: [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000],
    "no stream": lambda: [STREAM],
    "a web page as a stream": lambda: [STREAM, b"<!doctype html><h1>Hello</h1>"],
    "bytes": lambda: [STREAM, bytes(range(256)) * 40],
    "a broken zip": lambda: [ZIPPED, b"this is no gzip at all" * 20],
    "a cut zip": lambda: [ZIPPED, gzip.compress(SPOKEN[OpenAIReader])[:40]],
    "a broken chunk": lambda: [CHUNKED, b"zz\r\nnot hex\r\n"],
    "an endless line": lambda: [STREAM, b"data: "] + [b"x" * 1_000_000] * 50,
    "no JSON": lambda: [BODY, b"{" * 3000],
    "JSON of another form": lambda: [BODY, b'{"choices": [{"message": {"content": 7}}]}'],
    "a list": lambda: [BODY, b"[1, 2]"],
    "an endless body": lambda: [BODY, b'{"x": "'] + [b"x" * 1_000_000] * 80,
    "an error without a word": lambda: [STREAM, b'data: {"error": [null], "type": "error"}\n\n'],
    "status 500 of bytes": lambda: [b"HTTP/1.1 500 Oh\r\n\r\n", b"\xff\x00" * 500],
    "status 400 without an end": lambda: [b"HTTP/1.1 400 Oh\r\n\r\n"] + [b"x" * 1_000_000] * 20,
    "status 600": lambda: [b"HTTP/1.1 600 Oh\r\n\r\n{}"],
    "sent elsewhere": lambda: [b"HTTP/1.1 307 Go\r\nLocation: http://[::\r\n\r\n"],
}


@pytest.mark.parametrize("kind", list(ProviderKind))
@pytest.mark.parametrize("name", ANSWERS)
async def test_every_kind_of_broken_answer_ends_in_a_sentence(kind, name):
    module = anthropic_api if kind is ProviderKind.ANTHROPIC else openai_api
    asked = Completion(model_id="x", turns=(Turn(role=Role.USER, content="Hello"),))
    async with Wild(ANSWERS[name]) as wild:
        provider = Provider(name="Wild", base_url=wild.base_url, kind=kind)
        server = module.connect(provider, "sk-secret-99998888", Patience(tries=1, first=20))
        pieces, error = await outcome(server, asked)
        # Without a sentence it is cut, and the chat says so.
        if error is None and name != "JSON of another form":
            assert not any(isinstance(piece, Finished) for piece in pieces)
        for told in (error, await listing(server)):
            if told is not None:
                assert told.message.endswith(".")
                assert "Traceback" not in told.message
                assert len(told.message) < 1000
        await server.close()


async def outcome(server, asked):
    """Ask, and give what came and what was told."""
    pieces = []
    try:
        async for piece in server.complete("x", asked):
            pieces += [piece]
    except SpondeError as error:
        return pieces, error
    return pieces, None


async def listing(server):
    """Ask for the models, of which it has none; give what was told."""
    try:
        names = await server.list_models()
    except SpondeError as error:
        return error
    assert not names
    return None


async def test_a_server_that_never_ends_its_line_costs_little_memory():
    asked = Completion(model_id="x", turns=(Turn(role=Role.USER, content="Hello"),))
    async with Wild(ANSWERS["an endless line"]) as wild:
        server = openai_api.connect(Provider(name="W", base_url=wild.base_url), "")
        tracemalloc.start()
        with pytest.raises(UpstreamFailed, match="line of more than"):
            [piece async for piece in server.complete("x", asked)]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await server.close()
    assert most < 30_000_000
