"""What every provider does, asked of each: the double and both protocols, over real connections."""

import asyncio

import pytest

from sponde_server.core.errors import Invalid, SpondeError, UpstreamFailed
from sponde_server.models import anthropic_api, openai_api
from sponde_server.models.echo import Echo
from sponde_server.models.patience import Patience
from sponde_server.models.records import (
    Called,
    Completion,
    Delta,
    Finished,
    Provider,
    ProviderKind,
    Remark,
    Role,
    Thought,
    ToolOffer,
    Turn,
    Usage,
    Waiting,
)

TURNS = (
    Turn(role=Role.SYSTEM, content="Be brief."),
    Turn(role=Role.USER, content="Say ok 🐦 twice"),
)
TOOLS = (
    ToolOffer(
        name="run_sql",
        description="Runs SQL.",
        parameters={"type": "object", "properties": {"query": {"type": "string"}}},
    ),
    ToolOffer(name="look", description="Looks.", parameters={"type": "object", "properties": {}}),
)
KEY = "sk-secret-12345678"


class Place:
    """One protocol, spoken by a scripted server."""

    def __init__(self, kind, upstream, path):
        self.kind, self.upstream, self.path = kind, upstream, path
        self.made = []

    def reach(self, key=KEY, base_url="", **limits):
        limits.setdefault("pause", 0.02)
        provider = Provider(
            name="Scripted", base_url=base_url or self.upstream.base_url, kind=self.kind
        )
        module = anthropic_api if self.kind is ProviderKind.ANTHROPIC else openai_api
        self.made.append(module.connect(provider, key, Patience(**limits)))
        return self.made[-1]

    def asked(self):
        return self.upstream.requests(self.path)


@pytest.fixture(params=["openai", "anthropic"])
def place(request, run):
    if request.param == "openai":
        made = Place(ProviderKind.OPENAI, request.getfixturevalue("upstream"), "/chat/completions")
    else:
        made = Place(ProviderKind.ANTHROPIC, request.getfixturevalue("anthropic"), "/messages")
    yield made
    for server in made.made:
        run(server.close())


@pytest.fixture(params=["echo", "openai", "anthropic"])
def server(request, run):
    if request.param == "echo":
        yield Echo()
        return
    upstream = request.getfixturevalue("upstream" if request.param == "openai" else "anthropic")
    made = Place(ProviderKind(request.param), upstream, "").reach()
    yield made
    run(made.close())


async def answer(server, model, turns=TURNS, **more):
    asked = Completion(model_id=model, turns=turns, **more)
    return [piece async for piece in server.complete(model, asked)]


async def ask(server, text, **more):
    return await answer(server, "scripted", (Turn(role=Role.USER, content=text),), **more)


def text_of(pieces):
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))


async def refusal(server, text):
    with pytest.raises(SpondeError) as caught:
        await ask(server, text)
    assert caught.value.message.endswith(".")
    assert caught.value.hint
    assert KEY not in caught.value.message + caught.value.hint
    return caught.value


async def test_it_names_its_models(server):
    assert len(await server.list_models()) >= 1


async def test_a_whole_answer_ends_with_one_finished_that_says_what_it_cost(server):
    model = (await server.list_models())[0]
    pieces = await answer(server, model)
    texts = [piece.text for piece in pieces if isinstance(piece, Delta)]
    assert len(texts) > 1
    assert "Say ok 🐦 twice" in "".join(texts)
    assert [type(piece) for piece in pieces[:-1]] == [Delta] * len(texts)
    assert isinstance(pieces[-1], Finished)
    assert pieces[-1].reason == "stop"
    assert isinstance(pieces[-1].usage, Usage)
    assert pieces[-1].usage.completion_tokens >= len(texts) - 1
    assert pieces[-1].usage.prompt_tokens > 0


async def test_no_piece_is_empty(server):
    model = (await server.list_models())[0]
    assert all(piece.text for piece in await answer(server, model) if isinstance(piece, Delta))


async def test_the_key_and_the_system_turn_reach_it(place):
    await answer(place.reach(), "scripted")
    entry = place.asked()[0]
    key = entry.get("key") or entry["authorization"].removeprefix("Bearer ")
    assert key == KEY
    assert "Be brief." in str(entry["body"])


async def test_a_wrong_key_is_named_by_its_last_four(place):
    with pytest.raises(UpstreamFailed, match="9876") as caught:
        await place.reach(key="wrong-key-9876").list_models()
    assert "wrong-key" not in caught.value.message
    assert "9876" in (await refusal(place.reach(key="wrong-key-9876"), "hello")).message


async def test_a_cut_answer_ends_without_finished_and_keeps_what_came(place):
    pieces = await ask(place.reach(), "cut this one")
    assert text_of(pieces).startswith("You asked:")
    assert not any(isinstance(piece, Finished) for piece in pieces)
    assert len(place.asked()) == 1  # what has begun is not asked again


@pytest.mark.parametrize("word", ["whole", "garbage"])
async def test_odd_answers_are_read_too(place, word):
    pieces = await ask(place.reach(), f"{word} please")
    assert text_of(pieces).startswith(f"You asked: {word} please")
    assert isinstance(pieces[-1], Finished)


async def test_a_failure_in_mid_stream_is_told_after_what_came(place):
    asked = Completion(model_id="x", turns=(Turn(role=Role.USER, content="broken"),))
    pieces = place.reach().complete("scripted", asked)
    assert (await anext(pieces)).text == "You"
    with pytest.raises(UpstreamFailed, match="EngineCore died"):
        async for _ in pieces:
            pass


async def test_the_reason_of_the_end_is_told_in_one_tongue(place):
    assert (await ask(place.reach(), "length"))[-1].reason == "length"


@pytest.mark.parametrize("form", ["streamed", "whole"])
async def test_calls_of_tools_come_whole_and_what_they_gave_goes_back(place, form):
    server = place.reach()
    text = f'{form}: call run_sql {{"query": "SELECT 1"}} and call look {{}}'
    pieces = await ask(server, text, tools=TOOLS)
    calls = tuple(piece for piece in pieces if isinstance(piece, Called))
    assert [(call.name, call.arguments) for call in calls] == [
        ("run_sql", '{"query": "SELECT 1"}'),
        ("look", "{}"),
    ]
    assert pieces[-1].reason == "tool_calls"
    turns = (
        Turn(role=Role.USER, content=text),
        Turn(role=Role.ASSISTANT, content="I look.", calls=calls),
        *(Turn(role=Role.TOOL, content=f"row {call.name}", call_id=call.id) for call in calls),
    )
    again = await answer(server, "scripted", turns, tools=TOOLS)
    assert text_of(again).startswith("The tool said: ")
    assert "row look" in text_of(again)


async def test_a_model_that_refuses_tools_is_asked_without_them_and_it_is_said_once(place):
    server = place.reach()
    first = await ask(server, "notools please", tools=TOOLS)
    again = await ask(server, "notools please", tools=TOOLS)
    assert [isinstance(pieces[0], Remark) for pieces in (first, again)] == [True, False]
    assert text_of(first) == text_of(again)
    assert ["tools" in entry["body"] for entry in place.asked()] == [True, False, False]


async def test_thoughts_are_told_apart_from_the_answer(place):
    pieces = await ask(place.reach(), "thinking of it")
    assert "".join(p.text for p in pieces if isinstance(p, Thought)) == "Let me think about it."
    assert text_of(pieces).startswith("You asked: thinking of it")


@pytest.mark.parametrize(("word", "says"), [("403", "not allow"), ("404", "no model 'scripted'")])
async def test_each_refusal_is_a_sentence_and_not_asked_again(place, word, says):
    assert says in (await refusal(place.reach(), word)).message
    assert len(place.asked()) == 1


@pytest.mark.parametrize(("word", "says"), [("429", "too often"), ("500", "status 500")])
async def test_what_may_pass_is_asked_again_with_growing_pauses_and_then_told(place, word, says):
    server = place.reach(pause=0.05)
    asked = Completion(model_id="x", turns=(Turn(role=Role.USER, content=word),))
    pieces = server.complete("scripted", asked)
    seen = [await anext(pieces), await anext(pieces)]
    with pytest.raises(UpstreamFailed, match=says):
        await anext(pieces)
    assert [type(piece) for piece in seen] == [Waiting, Waiting]
    assert 0.03 < seen[0].seconds < seen[1].seconds < 0.2
    assert says in seen[0].why
    assert len(place.asked()) == 3


async def test_a_longer_pause_than_allowed_is_told_instead_of_waited(place):
    error = await refusal(place.reach(longest_pause=5), "busy")
    assert "in 7 seconds" in error.hint
    assert len(place.asked()) == 1


async def test_a_wanted_pause_is_respected_and_ends_when_the_asker_leaves(place):
    asked = Completion(model_id="x", turns=(Turn(role=Role.USER, content="busy"),))
    pieces = place.reach().complete("scripted", asked)
    waiting = await anext(pieces)
    assert waiting.seconds == 7
    task = asyncio.ensure_future(anext(pieces))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait_for(asyncio.wait([task]), 2)
    assert task.cancelled()


async def test_an_address_where_nobody_listens_is_tried_again_and_named(place):
    server = place.reach(base_url="http://127.0.0.1:9/v1")
    error = await refusal(server, "hello")
    assert "http://127.0.0.1:9/v1" in error.message


@pytest.mark.parametrize(
    ("word", "trait"),
    [
        ("silent", "first_token_seconds"),
        ("quiet", "first_token_seconds"),
        ("hang", "silence_seconds"),
    ],
)
async def test_silence_ends_and_the_setting_is_named(place, word, trait):
    error = await refusal(place.reach(first=0.4, between=0.4), word)
    assert "said nothing for too long" in error.message
    assert trait in error.hint
    assert "0.4" in error.hint


@pytest.mark.parametrize("word", ["silent", "quiet", "hang"])
async def test_who_stops_waiting_ends_the_request(place, word):
    task = asyncio.ensure_future(ask(place.reach(), word))
    for _ in range(3000):
        if place.asked():
            break
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])
    for _ in range(3000):
        if place.asked()[-1]["left"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("The request goes on.")


async def test_it_goes_on_from_the_beginning_of_an_answer(place):
    server = place.reach()
    begun = text_of(await ask(server, "cut this please"))
    turns = (
        Turn(role=Role.USER, content="cut this please"),
        Turn(role=Role.ASSISTANT, content=begun),
    )
    rest = await answer(server, "scripted", turns, goes_on=True)
    whole = "You asked: cut this please - and this is the scripted answer, in a few words. 🐦"
    assert begun + text_of(rest) == whole
    assert isinstance(rest[-1], Finished)


# -- Anthropic's own ways --------------------------------------------------------------------


@pytest.fixture
def claude(anthropic, run):
    made = Place(ProviderKind.ANTHROPIC, anthropic, "/messages")
    yield made
    for server in made.made:
        run(server.close())


async def test_roles_alternate_whatever_the_conversation_was(claude):
    turns = (
        Turn(role=Role.SYSTEM, content="One."),
        Turn(role=Role.ASSISTANT, content="Welcome."),
        Turn(role=Role.USER, content="First"),
        Turn(role=Role.SYSTEM, content="Two."),
        Turn(role=Role.USER, content="Second"),
        Turn(role=Role.ASSISTANT, content=" "),
        Turn(role=Role.USER, content="Third"),
    )
    pieces = await answer(claude.reach(), "claude-scripted", turns)
    assert "Third" in text_of(pieces)
    body = claude.asked()[0]["body"]
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
    assert body["system"] == "One.\n\nTwo."


async def test_bad_arguments_of_an_earlier_call_do_not_break_the_conversation(claude):
    call = Called(id="toolu_9", name="run_sql", arguments='{"query": SELECT')
    turns = (
        Turn(role=Role.USER, content="Go"),
        Turn(role=Role.ASSISTANT, content="", calls=(call,)),
        Turn(role=Role.TOOL, content="That is no JSON.", call_id="toolu_9"),
    )
    pieces = await answer(claude.reach(), "claude-scripted", turns, tools=TOOLS)
    assert text_of(pieces) == "The tool said: That is no JSON."


async def test_an_overloaded_server_is_asked_again_before_the_first_token(claude):
    pieces = await ask(claude.reach(), "overloaded")
    assert [type(piece) for piece in pieces[:2]] == [Waiting, Waiting]
    assert text_of(pieces).startswith("You asked: overloaded")


async def test_a_model_with_a_shorter_limit_is_asked_for_less(claude):
    server = claude.reach()
    for _ in range(2):
        assert text_of(await ask(server, "short please"))
    assert [entry["body"]["max_tokens"] for entry in claude.asked()] == [32_000, 4096, 4096]


async def test_a_model_that_takes_no_beginning_is_asked_in_words(claude):
    turns = (
        Turn(role=Role.USER, content="cut noprefill"),
        Turn(role=Role.ASSISTANT, content="You asked: cut noprefill - and this"),
    )
    pieces = await answer(claude.reach(), "claude-scripted", turns, goes_on=True)
    assert isinstance(pieces[0], Remark)
    assert "is the scripted answer" in text_of(pieces)


async def test_a_refusal_is_told_as_a_filtered_answer(claude):
    assert (await ask(claude.reach(), "refusal"))[-1].reason == "content_filter"


async def test_what_programs_ask_has_to_be_a_chat(claude):
    with pytest.raises(Invalid, match="/embeddings"):
        async with claude.reach().forward("/embeddings", {}):
            pass
