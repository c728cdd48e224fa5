"""A program with OpenAI's own client asks a model of Anthropic through the gateway."""

import json

import openai
import pytest

ASK = [{"role": "user", "content": "hello there"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "forecast",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


@pytest.fixture
def model(connected, anthropic):
    """Connect the scripted server of Anthropic's protocol; give its model's id."""
    entered = {"base_url": anthropic.base_url, "api_key": "sk-ant-abcd1234", "name": "claude"}
    provider = connected.call("POST", "/sponde/api/providers", entered)
    yield f"{provider['id']}/claude-scripted"
    connected.call("DELETE", f"/sponde/api/providers/{provider['id']}")


def test_it_answers_whole_and_in_a_stream_with_its_count(client, model):
    whole = client.chat.completions.create(model=model, messages=ASK, temperature=0, stop="###")
    assert "hello there" in whole.choices[0].message.content
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.prompt_tokens > 0
    chunks = list(
        client.chat.completions.create(
            model=model, messages=ASK, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage.completion_tokens > 0


def test_it_calls_tools_and_reads_what_they_gave(client, model):
    asked = [{"role": "user", "content": 'call forecast {"city": "Bern"}'}]
    answer = client.chat.completions.create(model=model, messages=asked, tools=[TOOL])
    (call,) = answer.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"city": "Bern"}
    after = [
        *asked,
        answer.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": "sunny"},
    ]
    again = client.chat.completions.create(model=model, messages=after, tools=[TOOL])
    assert again.choices[0].message.content == "The tool said: sunny"


def test_refusals_reach_the_program_in_its_own_form(client, model):
    with pytest.raises(openai.RateLimitError) as busy:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "busy"}])
    assert busy.value.response.headers["retry-after"] == "7"
    picture = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]
    with pytest.raises(openai.BadRequestError, match="Pictures"):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": picture}])
