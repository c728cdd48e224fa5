"""The official Ollama client makes its ordinary calls against the gateway, unchanged."""

import base64

import ollama
import pytest
from pydantic import BaseModel

ASK = [{"role": "user", "content": "hello"}]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Forecast(BaseModel):
    """What is asked for."""

    city: str
    days: int


def weather(city: str, days: int) -> str:
    """Tell the weather.

    Args:
      city: Which city.
      days: How many days.

    """
    return f"{city}: {days} days of sun"


def test_it_lists_shows_and_knows_the_version(llama, server):
    names = [model.model for model in llama.list().models]
    assert names == ["default", "scripted", "scripted-large"]
    shown = llama.show("scripted")
    assert "completion" in shown.capabilities
    assert shown.modelinfo["general.name"] == "scripted"
    assert llama.ps().models == []
    assert server.call("GET", "/sponde/api/version")["version"]


def test_it_chats(llama, upstream):
    options = {"temperature": 0.1, "num_predict": 9, "top_k": 5, "num_ctx": 99}
    answer = llama.chat("default", ASK, options=options, keep_alive="5m", think=False)
    assert answer.message.content.startswith("You asked: hello")
    assert answer.model == "default"
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert answer.eval_count > 0
    assert answer.prompt_eval_count > 0
    asked = upstream.requests()[-1]["body"]
    assert asked == {
        "model": "scripted",
        "messages": ASK,
        "stream": False,
        "temperature": 0.1,
        "max_tokens": 9,
    }
    assert llama.chat("scripted:latest", ASK).model == "scripted:latest"


def test_it_streams_as_the_model_writes(llama, upstream):
    stream = llama.chat("default", [{"role": "user", "content": "900 tokens at 20/s"}], stream=True)
    pieces = [next(stream)]
    assert upstream.requests()[-1]["tokens"] < 900, "all at once"
    upstream.hurry()
    pieces += stream
    assert "".join(piece.message.content for piece in pieces).startswith("t0 t1 t2 ")
    end = pieces[-1]
    assert end.done
    assert end.eval_count == 900
    assert end.total_duration > 0
    assert [piece.done for piece in pieces[:-1]] == [False] * (len(pieces) - 1)


@pytest.mark.parametrize("streams", [False, True])
def test_tools_are_called_and_answer(llama, streams, upstream):
    given = llama.chat("default", ASK, tools=[weather], stream=streams)
    answers = list(given) if streams else [given]
    call = next(call for one in answers for call in one.message.tool_calls or [])
    assert call.function.name == "weather"
    assert dict(call.function.arguments) == {"city": "Bern", "days": 7}
    said = weather(**call.function.arguments)
    message = {"role": "assistant", "content": "", "tool_calls": [call.model_dump()]}
    after = [*ASK, message, {"role": "tool", "tool_name": "weather", "content": said}]
    again = llama.chat("default", after, tools=[weather])
    assert again.message.content == f"The tool said: {said}"
    messages = upstream.requests()[-1]["body"]["messages"]
    assert messages[2]["tool_call_id"] == messages[1]["tool_calls"][0]["id"]


def test_answers_of_a_given_form(llama, upstream):
    answer = llama.chat("default", ASK, format=Forecast.model_json_schema())
    assert Forecast.model_validate_json(answer.message.content) == Forecast(city="Bern", days=7)
    loose = llama.chat("default", ASK, format="json")
    assert loose.message.content == '{"city": "Bern"}'
    assert upstream.requests()[-1]["body"]["response_format"] == {"type": "json_object"}


def test_images_are_shown_to_the_model(llama, upstream):
    ask = [{"role": "user", "content": "what is this", "images": [PIXEL]}]
    assert "(1 images)" in llama.chat("default", ask).message.content
    part = upstream.requests()[-1]["body"]["messages"][0]["content"][1]
    assert part["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


def test_likelihoods_are_told_in_its_form(llama):
    answer = llama.chat("default", ASK, logprobs=True, top_logprobs=1)
    assert answer.logprobs[0].logprob == -0.5
    assert answer.logprobs[0].top_logprobs[0].token == answer.logprobs[0].token


def test_it_generates_whole_and_streamed_as_chat_and_raw(llama, upstream):
    whole = llama.generate("default", "hello", system="be brief")
    assert whole.response.startswith("You asked: hello")
    assert upstream.requests()[-1]["body"]["messages"][0]["role"] == "system"
    streamed = list(llama.generate("default", "hello", stream=True))
    assert "".join(piece.response for piece in streamed) == whole.response
    assert streamed[-1].done
    raw = llama.generate("default", "one", raw=True)
    assert raw.response == " and so on after one"
    assert "".join(p.response for p in llama.generate("default", "a", suffix="b", stream=True)) == (
        " and so on after ab"
    )


def test_asking_nothing_loads_the_model(llama, upstream):
    assert llama.generate("default", "").done_reason == "load"
    assert llama.chat("default", keep_alive=0).done_reason == "unload"
    assert upstream.requests() == []


def test_it_embeds(llama):
    answer = llama.embed("default", ["a", "four"])
    assert [row[0] for row in answer.embeddings] == [1.0, 4.0]
    assert answer.prompt_eval_count == 5
    assert list(llama.embeddings("default", "abc").embedding) == [3.0, 0.5, -1.0, 0.25]


async def _chat(server, token):
    headers = {"Authorization": f"Bearer {token}"}
    async with ollama.AsyncClient(host=f"{server.url}/sponde", headers=headers) as client:
        pieces = await client.chat("default", ASK, stream=True)
        return "".join([piece.message.content async for piece in pieces])


def test_the_async_client_too(run, server):
    assert run(_chat(server, "a-token-for-tests")).startswith("You asked: hello")


def test_errors_are_its_own_with_the_status(llama, make_ollama):
    with pytest.raises(ollama.ResponseError) as missing:
        llama.chat("nothing", ASK)
    assert (missing.value.status_code, "'nothing'" in missing.value.error) == (404, True)
    with pytest.raises(ollama.ResponseError) as upstream:
        llama.chat("up/missing-one", ASK, stream=False)
    assert "`missing-one` does not exist" in upstream.value.error
    with pytest.raises(ollama.ResponseError) as busy:
        list(llama.chat("default", [{"role": "user", "content": "busy"}], stream=True))
    assert busy.value.status_code == 429
    with pytest.raises(ollama.ResponseError) as wrong:
        make_ollama("sponde-wrong").list()
    assert wrong.value.status_code == 401
    with pytest.raises(ollama.ResponseError) as pulled:
        llama.pull("llama3")
    assert "under Models" in pulled.value.error


@pytest.mark.parametrize("word", ["cut", "broken"])
def test_an_answer_that_breaks_off_raises(llama, word):
    with pytest.raises(ollama.ResponseError):
        list(llama.chat("default", [{"role": "user", "content": word}], stream=True))


def test_signs_of_life_are_pieces_without_text(llama):
    ask = [{"role": "user", "content": "slow"}]
    pieces = list(llama.chat("default", ask, stream=True))
    assert pieces[0].message.content == ""
    assert "".join(piece.message.content for piece in pieces).startswith("You asked")
