"""The official OpenAI client makes its ordinary calls against the gateway, unchanged."""

import json
import time

import httpx2
import openai
import pytest
from pydantic import BaseModel

ASK = [{"role": "user", "content": "hello"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}


class Forecast(BaseModel):
    """What is asked for."""

    city: str
    days: int


def wait_until(is_so, seconds=20):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_lists_aliases_and_models_by_names_that_can_be_asked(client, server):
    names = [model.id for model in client.models.list()]
    assert names == ["default", "scripted", "scripted-large"]
    for name in names:
        assert client.models.retrieve(name).id == name
    known = server.call("GET", "/sponde/api/models")
    assert client.models.retrieve(known[1]["id"]).owned_by == "up"


def test_it_chats_and_reads_its_own_name_of_the_model(client, server, upstream):
    known = server.call("GET", "/sponde/api/models")
    for name in ("default", "scripted", known[0]["id"], "up/scripted"):
        answer = client.chat.completions.create(model=name, messages=ASK, temperature=0.3, seed=7)
        assert answer.choices[0].message.content.startswith("You asked: hello")
        assert answer.model == name
        assert answer.usage.completion_tokens > 0
    asked = upstream.requests()[-1]["body"]
    assert asked == {"model": "scripted", "messages": ASK, "temperature": 0.3, "seed": 7}


def test_it_streams_as_the_model_writes_without_a_count_that_nobody_asked_for(client, upstream):
    with client.chat.completions.create(
        model="default",
        messages=[{"role": "user", "content": "900 tokens at 20/s"}],
        stream=True,
    ) as stream:
        chunks = [next(stream)]
        assert upstream.requests()[-1]["tokens"] < 900, "all at once"
        upstream.hurry()
        chunks += stream
    assert all(chunk.model == "default" and chunk.choices for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == "".join(f"t{index} " for index in range(900))
    assert upstream.requests()[-1]["body"]["stream_options"] == {"include_usage": True}


def test_it_streams_with_the_count_when_it_asks_for_it(client):
    stream = client.chat.completions.create(
        model="default", messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0


def test_tools_are_called_whole_and_in_a_stream_and_their_answers_understood(client):
    answer = client.chat.completions.create(model="default", messages=ASK, tools=[TOOL])
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls"
    assert json.loads(call.function.arguments) == {"city": "Bern", "days": 7}
    written = ""
    stream = client.chat.completions.create(
        model="default", messages=ASK, tools=[TOOL], stream=True
    )
    for chunk in stream:
        for piece in chunk.choices[0].delta.tool_calls or []:
            written += piece.function.arguments or ""
    assert json.loads(written) == {"city": "Bern", "days": 7}
    after = [
        *ASK,
        answer.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
    ]
    again = client.chat.completions.create(model="default", messages=after, tools=[TOOL])
    assert again.choices[0].message.content == "The tool said: sunny"


def test_answers_of_a_given_form_are_parsed(client, upstream):
    answer = client.chat.completions.parse(model="default", messages=ASK, response_format=Forecast)
    assert answer.choices[0].message.parsed == Forecast(city="Bern", days=7)
    assert upstream.requests()[-1]["body"]["response_format"]["type"] == "json_schema"
    loose = client.chat.completions.create(
        model="default", messages=ASK, response_format={"type": "json_object"}
    )
    assert json.loads(loose.choices[0].message.content) == {"city": "Bern"}


def test_several_answers_likelihoods_stops_and_images_go_through(client, upstream):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    content = [{"type": "text", "text": "what is this"}, image]
    answer = client.chat.completions.create(
        model="default",
        messages=[{"role": "user", "content": content}],
        n=2,
        logprobs=True,
        top_logprobs=1,
        stop=["scripted"],
    )
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert answer.choices[1].message.content.endswith("(1 images) - and this is the ")
    assert answer.choices[0].logprobs.content[0].logprob == -0.5
    assert upstream.requests()[-1]["body"]["messages"][0]["content"] == content


def test_completions_whole_and_streamed(client):
    answer = client.completions.create(model="default", prompt="one, two", max_tokens=5)
    assert answer.choices[0].text == " and so on after one, two"
    assert answer.model == "default"
    stream = client.completions.create(model="default", prompt="one", stream=True)
    assert "".join(chunk.choices[0].text for chunk in stream) == " and so on after one"


def test_embeddings_also_of_a_model_that_the_provider_does_not_list(client):
    answer = client.embeddings.create(model="default", input=["a", "four"])
    assert [row.embedding[0] for row in answer.data] == [1.0, 4.0]
    assert answer.model == "default"
    assert answer.usage.prompt_tokens == 5
    other = client.embeddings.create(model="text-embed-3", input="abc", encoding_format="float")
    assert other.data[0].embedding == [3.0, 0.5, -1.0, 0.25]


async def _stream(server, token):
    async with openai.AsyncOpenAI(base_url=f"{server.url}/sponde/v1", api_key=token) as client:
        stream = await client.chat.completions.create(model="default", messages=ASK, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


def test_the_async_client_too(run, server):
    assert run(_stream(server, "a-token-for-tests")).startswith("You asked: hello")


def test_what_the_upstream_refuses_is_the_clients_own_error(client):
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="up/missing-one", messages=ASK)
    assert "`missing-one` does not exist" in missing.value.message
    with pytest.raises(openai.BadRequestError) as long:
        client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": "overlong"}]
        )
    assert "maximum context length" in long.value.message
    with pytest.raises(openai.RateLimitError) as busy:
        client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": "busy"}], stream=True
        )
    assert busy.value.response.headers["retry-after"] == "7"
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": "500"}]
        )


def test_a_wrong_key_of_ours_is_not_the_callers_wrong_token(client):
    with pytest.raises(openai.InternalServerError) as error:
        client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": "401"}]
        )
    assert error.value.status_code == 502
    assert "does not accept the key" in error.value.message


def test_no_key_is_repeated_in_an_error(client):
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": "leak"}]
        )
    assert "key-of-ours" not in str(error.value.body)
    assert "1234" in error.value.message


def test_a_model_that_is_not_there_is_named(client):
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="nothing", messages=ASK)
    assert error.value.code == "model_not_found"
    assert "'nothing'" in error.value.message


def test_what_is_not_served_is_told_in_a_sentence(client, server):
    with pytest.raises(openai.NotFoundError) as error:
        client.responses.create(model="default", input="hello")
    assert "There is no '/responses' here. There is /models" in error.value.message
    assert server.call("GET", "/sponde/v1/chat/completions")["status"] == 405
    assert server.call("GET", "/sponde/v1/files", token="")["status"] == 401


def test_an_answer_that_breaks_off_raises(client):
    for word in ("cut", "broken"):
        stream = client.chat.completions.create(
            model="default", messages=[{"role": "user", "content": word}], stream=True
        )
        with pytest.raises(openai.APIError):
            list(stream)


def test_a_server_that_cannot_count_is_asked_again_without(client):
    stream = client.chat.completions.create(
        model="default", messages=[{"role": "user", "content": "old"}], stream=True
    )
    assert "".join(c.choices[0].delta.content or "" for c in stream).startswith("You asked")


def test_who_leaves_in_the_middle_or_before_the_first_token_ends_the_work(client, upstream):
    stream = client.chat.completions.create(
        model="default", messages=[{"role": "user", "content": "450 tokens at 20/s"}], stream=True
    )
    next(iter(stream))
    stream.close()
    wait_until(lambda: upstream.requests()[-1]["left"])
    for streams in (True, False):
        count = len(upstream.requests())
        with pytest.raises((openai.APITimeoutError, httpx2.ReadTimeout)):
            list(
                client.with_options(timeout=httpx2.Timeout(20, read=0.2)).chat.completions.create(
                    model="default",
                    messages=[{"role": "user", "content": "silent"}],
                    stream=streams,
                )
            )
        wait_until(lambda count=count: len(upstream.requests()) > count)
        wait_until(lambda: upstream.requests()[-1]["left"])


def test_signs_of_life_come_while_an_answer_is_waited_for(server, client):
    with client.chat.completions.with_streaming_response.create(
        model="default", messages=[{"role": "user", "content": "slow"}], stream=True
    ) as response:
        text = "".join(response.iter_text())
    assert text.startswith(": still here\n\n")
    assert text.index(": still here") < text.index("data: ")
    stream = client.chat.completions.create(
        model="default", messages=[{"role": "user", "content": "late"}], stream=True
    )
    assert "".join(c.choices[0].delta.content or "" for c in stream).startswith("You asked")


def test_every_answer_names_its_trace_and_is_in_the_usage(client, server):
    raw = client.chat.completions.with_raw_response.create(model="default", messages=ASK)
    trace = raw.headers["x-sponde-request"]
    address = f"/sponde/api/usage/requests/{trace}"
    wait_until(lambda: "status" not in server.call("GET", address))
    kept = server.call("GET", address)
    assert kept["caller"]["kind"] == "program"
    assert kept["outcome"] == "answered"
    assert kept["prompt_tokens"] > 0
