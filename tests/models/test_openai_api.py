import asyncio
import json
import subprocess
import sys

import pytest

from sponde_server.core.errors import Invalid, SpondeError, Unavailable, UpstreamFailed
from sponde_server.models.addresses import is_this_machine
from sponde_server.models.openai_api import OpenAI, connect
from sponde_server.models.openai_stream import OpenAIReader
from sponde_server.models.patience import Patience
from sponde_server.models.records import (
    Called,
    Completion,
    Delta,
    Finished,
    Provider,
    Remark,
    Role,
    Thought,
    ToolOffer,
    Turn,
)

KEY = "sk-secret-12345678"


@pytest.fixture
def reach(upstream, run):
    """Connect to a place of the scripted server."""
    made = []

    def to(base_url="", key=KEY, **limits):
        provider = Provider(
            name="Scripted",
            base_url=base_url or upstream.base_url,
            models=("scripted", "scripted-large"),
        )
        limits.setdefault("tries", 1)
        made.append(connect(provider, key, Patience(**limits)))
        return made[-1]

    yield to
    for server in made:
        run(server.close())


TOOLS = (
    ToolOffer(
        name="run_sql",
        description="Runs SQL.",
        parameters={"type": "object", "properties": {"query": {"type": "string"}}},
    ),
    ToolOffer(name="look", description="Looks.", parameters={"type": "object", "properties": {}}),
)


def question(text, **more):
    return Completion(model_id="x", turns=(Turn(role=Role.USER, content=text),), **more)


async def ask(server, text, model="scripted", **more):
    return [piece async for piece in server.complete(model, question(text, **more))]


def text_of(pieces):
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))


async def refusal(server, text, model="scripted"):
    with pytest.raises(SpondeError) as caught:
        await ask(server, text, model)
    assert caught.value.message.endswith(".")
    assert caught.value.hint.endswith(".")
    assert KEY not in caught.value.message + caught.value.hint
    return caught.value


async def test_a_cut_answer_ends_without_finished_and_keeps_what_came(reach):
    pieces = await ask(reach(), "cut this one")
    assert text_of(pieces).startswith("You asked:")
    assert not any(isinstance(piece, Finished) for piece in pieces)


async def test_a_byte_order_mark_garbage_and_comments_do_no_harm(reach):
    for word in ("bom", "garbage"):
        pieces = await ask(reach(), f"{word} please")
        assert text_of(pieces).startswith(f"You asked: {word} please")
        assert isinstance(pieces[-1], Finished)


async def test_the_finish_reason_is_told(reach):
    pieces = await ask(reach(), "length")
    assert pieces[-1].reason == "length"


async def test_ten_thousand_tokens_come_whole(reach):
    pieces = await ask(reach(), "long")
    assert len(pieces) == 10_001
    assert "word9999 " in text_of(pieces)


async def test_an_answer_that_is_not_streamed_is_read_too(reach):
    pieces = await ask(reach(), "whole please")
    assert text_of(pieces).startswith("You asked: whole please")
    assert isinstance(pieces[-1], Finished)


async def test_an_old_server_that_cannot_count_is_asked_without_counting(reach, upstream):
    server = reach()
    assert isinstance((await ask(server, "old one"))[-1], Finished)
    await ask(server, "old one")
    asked = [entry["body"] for entry in upstream.requests()]
    assert ["stream_options" in body for body in asked] == [True, False, False]


async def test_a_web_page_is_told_from_an_answer(reach, upstream):
    error = await refusal(reach(), "html")
    assert isinstance(error, UpstreamFailed)
    assert "web page" in error.message
    assert "/v1" in error.hint
    with pytest.raises(UpstreamFailed, match="web page"):
        await reach(f"{upstream.root}/html/v1").list_models()


async def test_a_failure_in_mid_stream_is_told_after_what_came(reach):
    answer = reach().complete("scripted", question("broken"))
    assert (await anext(answer)).text == "You"
    with pytest.raises(UpstreamFailed, match="EngineCore died"):
        await asyncio.wait_for(_last(answer), 60)


async def _last(answer):
    async for piece in answer:
        last = piece
    return last


async def test_a_wrong_key_is_named_by_its_last_four(reach):
    error = await refusal(reach(key="wrong-key-9876"), "hello")
    assert "9876" in error.message
    assert "wrong-key" not in error.message
    assert (await refusal(reach(), "401")).message.endswith("…5678.")


async def test_a_missing_key_is_asked_for(reach):
    assert "wants a key" in (await refusal(reach(key=""), "401")).message


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("403", "may not use this model"),
        ("404", "no model 'scripted'"),
        ("429", "Rate limit reached"),
        ("500", "status 500"),
    ],
)
async def test_each_refusal_of_a_provider_is_a_sentence(reach, word, says):
    error = await refusal(reach(), word)
    assert says in error.message
    assert error.code == "upstream_failed"


async def test_an_unknown_model_is_told_with_those_that_there_are(reach):
    error = await refusal(reach(), "hello", model="missing-one")
    assert "missing-one" in error.message
    assert "scripted, scripted-large" in error.hint


async def test_an_address_where_nobody_listens_is_named(reach):
    error = await refusal(reach("http://127.0.0.1:9/v1"), "hello")
    assert isinstance(error, Unavailable)
    assert "http://127.0.0.1:9/v1" in error.message


async def test_redirects_are_not_followed(reach, upstream):
    error = await refusal(reach(f"{upstream.root}/redirect/v1"), "hello")
    assert "http://127.0.0.1:9/v1/elsewhere" in error.message


@pytest.mark.parametrize("word", ["silent", "quiet", "hang"])
async def test_silence_ends(reach, word):
    error = await refusal(reach(first=0.3, between=0.3), word)
    assert "said nothing for too long" in error.message
    assert "0.3" in error.hint


@pytest.mark.parametrize("word", ["silent", "quiet", "hang"])
async def test_who_stops_waiting_ends_the_request_also_before_the_first_token(
    reach, upstream, word
):
    task = asyncio.ensure_future(ask(reach(), word))
    await upstream.was_asked()
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    await upstream.was_left()


async def test_the_next_question_goes_over_the_same_connection(reach, upstream):
    server = reach()
    for _ in range(3):
        await ask(server, "hello")
    assert len({entry["port"] for entry in upstream.requests()}) == 1


async def test_nothing_of_the_environment_is_sent(reach, upstream, monkeypatch):
    for name in ("ORG_ID", "PROJECT_ID", "API_KEY", "CUSTOM_HEADERS"):
        monkeypatch.setenv(f"OPENAI_{name}", "X-Private: from-the-environment")
    await ask(reach(key=""), "hello")
    asked = upstream.requests()[0]
    assert "environment" not in str(asked)
    assert asked["authorization"] == ""
    assert not [name for name in asked["headers"] if "private" in name.lower()]


def test_embedding_models_are_not_offered_for_talk():
    protocol = OpenAI(Provider(name="x", base_url="https://models.example.com/v1"))
    names = protocol.names(b'{"data": [{"id": "text-embedding-3"}, {"id": "chatty"}]}')
    assert names == ("chatty",)
    assert protocol.names(b'{"data": [{"id": "my-embedder"}]}') == ("my-embedder",)


async def test_a_conversation_that_is_too_long_is_told_as_such(reach):
    error = await refusal(reach(), "overlong")
    assert isinstance(error, Invalid)
    assert "new conversation" in error.hint


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://127.0.0.1.example.com/v1", False),
        ("https://api.example.com/v1", False),
        ("http://10.0.0.3/v1", False),
    ],
)
def test_only_what_is_surely_here_counts_as_local(address, local):
    assert is_this_machine(address) is local


def test_the_routes_bring_no_heavy_packages():
    code = (
        "import sys, sponde_server.models.routes, sponde_server.chat.routes\n"
        "print([n for n in ('openai', 'httpx2', 'pandas', 'duckdb', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("word", ["streamed", "whole"])
async def test_calls_of_tools_come_whole_before_the_end(reach, word):
    text = f'{word}: call run_sql {{"query": "SELECT 1"}} and call look {{}}'
    pieces = await ask(reach(), text, tools=TOOLS)
    calls = [piece for piece in pieces if isinstance(piece, Called)]
    assert [(call.name, call.arguments) for call in calls] == [
        ("run_sql", '{"query": "SELECT 1"}'),
        ("look", "{}"),
    ]
    assert len({call.id for call in calls}) == 2
    assert pieces[-1].reason == "tool_calls"


async def test_what_a_tool_said_is_sent_on_with_the_call_that_it_answers(reach, upstream):
    server = reach()
    text = 'call run_sql {"query": "SELECT 1"}'
    (call,) = [p for p in await ask(server, text, tools=TOOLS) if isinstance(p, Called)]
    turns = (
        Turn(role=Role.USER, content=text),
        Turn(role=Role.ASSISTANT, content="", calls=(call,)),
        Turn(role=Role.TOOL, content="one row: 1", call_id=call.id),
    )
    asked = Completion(model_id="x", turns=turns, tools=TOOLS, longest=50)
    pieces = [piece async for piece in server.complete("scripted", asked)]
    assert text_of(pieces) == "The tool said: one row: 1"
    body = upstream.requests()[-1]["body"]
    assert body["max_tokens"] == 50
    assert body["messages"][1]["tool_calls"][0]["function"]["name"] == "run_sql"
    assert body["messages"][2]["tool_call_id"] == call.id
    assert [tool["function"]["name"] for tool in body["tools"]] == ["run_sql", "look"]


async def test_arguments_that_are_no_json_are_handed_on_as_text(reach):
    pieces = await ask(reach(), 'call run_sql {"query": SELECT', tools=TOOLS)
    (call,) = [piece for piece in pieces if isinstance(piece, Called)]
    assert call.arguments == '{"query": SELECT'


async def test_a_model_that_refuses_tools_is_asked_without_them_and_it_is_said(reach, upstream):
    server = reach()
    pieces = await ask(server, "notools please", tools=TOOLS)
    assert "without" in pieces[0].text
    assert isinstance(pieces[0], Remark)
    assert text_of(pieces).startswith("You asked: notools")
    again = await ask(server, "notools please", tools=TOOLS)
    assert not any(isinstance(piece, Remark) for piece in again)
    asked = [entry["body"] for entry in upstream.requests()]
    assert ["tools" in body for body in asked] == [True, False, False]


async def test_thoughts_are_told_apart_from_the_answer(reach):
    pieces = await ask(reach(), "thinking of it")
    assert "".join(p.text for p in pieces if isinstance(p, Thought)) == "Let me think about it."
    assert text_of(pieces).startswith("You asked: thinking of it")


def read(*deltas, reason="tool_calls"):
    """Read the calls that some chunks make."""
    reader = OpenAIReader()
    for delta in deltas:
        reader.read(json.dumps({"choices": [{"delta": delta}]}).encode())
    reader.read(json.dumps({"choices": [{"delta": {}, "finish_reason": reason}]}).encode())
    return [piece for piece in reader.end() if isinstance(piece, Called)]


def call(name=None, arguments=None, **more):
    return {"tool_calls": [{"function": {"name": name, "arguments": arguments}, **more}]}


def test_calls_without_ids_without_numbers_or_all_numbered_alike_are_told_apart():
    many = read(call("a", '{"x"', index=0), call("b", "{}", index=1), call(None, ":1}", index=0))
    assert [(one.name, one.arguments) for one in many] == [("a", '{"x":1}'), ("b", "{}")]
    assert all(one.id for one in many)
    alike = read(call("a", "{}", index=0, id="1"), call("b", {"y": 2}, index=0, id="2"))
    assert [(one.id, one.name, one.arguments) for one in alike] == [
        ("1", "a", "{}"),
        ("2", "b", '{"y": 2}'),
    ]
    bare = read(call("a", '{"x":'), call(None, "1}"), call("b"))
    assert [(one.name, one.arguments) for one in bare] == [("a", '{"x":1}'), ("b", "{}")]
    old = read({"function_call": {"name": "a", "arguments": "{"}}, reason="function_call")
    assert [(one.name, one.arguments) for one in old] == [("a", "{")]
    assert read(call("a", '{"x', index=0), reason="length") == []
    assert len({one.id for one in read(call("a", "{}"), call("a", "{}"))}) == 2
