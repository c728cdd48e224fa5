"""What every provider does, asked of each: the double and the real one."""

import pytest

from sponde_server.models.echo import Echo
from sponde_server.models.openai_api import connect
from sponde_server.models.records import Completion, Delta, Finished, Provider, Role, Turn, Usage

TURNS = (
    Turn(role=Role.SYSTEM, content="Be brief."),
    Turn(role=Role.USER, content="Say ok 🐦 twice"),
)


@pytest.fixture(params=["echo", "openai"])
def server(request, upstream, run):
    if request.param == "echo":
        made = Echo()
    else:
        made = connect(Provider(name="Scripted", base_url=upstream.base_url), "sk-test-abcd")
    yield made
    run(made.close())


async def answer(server, model, turns=TURNS):
    asked = Completion(model_id=model, turns=turns)
    return [piece async for piece in server.complete(model, asked)]


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


async def test_no_piece_is_empty(server):
    model = (await server.list_models())[0]
    assert all(piece.text for piece in await answer(server, model) if isinstance(piece, Delta))
