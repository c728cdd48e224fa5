"""Programs ask a model of this machine: its engine starts, and nothing times out meanwhile."""

import json
import os
import time
from pathlib import Path

import ollama
import openai
import pytest
from gateway.program import Server
from stand_in_vllm import COMMAND

from browser.lab import TOKEN, Lab, free_port

ASK = [{"role": "user", "content": "Hello"}]
HELLO = "Hello! Ask me about the bird strikes, or name the chart that you need."
TINY = Path(__file__).parents[1] / "model" / "tiny-analyst"
ENGINE = os.environ.get("SPONDE_ENGINE_PYTHON") or str(
    Path.home() / ".cache" / "sponde" / "engine-cpu" / "bin" / "python"
)
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
    "vocab_size": 256,
    "torch_dtype": "float32",
}


def write_model(folder, **numbers):
    """Write what looks like a small model; `step` and `pace` steer the stand-in."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "tokenizer.json").write_text("{}")
    tensor = {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}
    head = json.dumps({"model.embed_tokens.weight": tensor}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + bytes(64))
    for name, number in numbers.items():
        (folder / name).write_text(str(number))
    return folder


def begin(base, *options, **engines):
    (base / "root").mkdir()
    (base / "config_dir").mkdir()
    config = {"SpondeGateway": {"heartbeat_seconds": 0.3}, "SpondeEngines": engines}
    (base / "config_dir" / "jupyter_server_config.json").write_text(json.dumps(config))
    lab = Lab(base, free_port(), list(options))
    lab.start()
    return Server(lab)


def clients(server):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return (
        openai.OpenAI(
            base_url=f"{server.url}/sponde/v1", api_key=TOKEN, max_retries=0, timeout=300
        ),
        ollama.Client(host=f"{server.url}/sponde", headers=headers, timeout=300),
    )


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    """Run a server whose engines are the stand-in's."""
    base = tmp_path_factory.mktemp("local")
    server = begin(base, command=COMMAND, restarts=0, back_off_seconds=0.1)
    for name, step in (("small", 0.2), ("quick", 0.01)):
        folder = write_model(base / "root" / name, step=step)
        made = server.call("POST", "/sponde/api/imports", {"path": str(folder), "name": name})
        assert "status" not in made, made
    broken = write_model(base / "root" / "broken")
    (broken / "faults").write_text("die-loading")
    server.call("POST", "/sponde/api/imports", {"path": str(broken), "name": "broken"})
    yield server
    server.lab.stop()


def test_asking_starts_the_engine_and_signs_of_life_come_until_it_answers(stand_in):
    client, llama = clients(stand_in)
    with client, llama:
        ask = client.chat.completions.with_streaming_response
        with ask.create(model="small", messages=ASK, stream=True) as response:
            text = "".join(response.iter_text())
        assert text.startswith(": still here\n\n")
        assert '"model":"small"' in text
        assert text.rstrip().endswith("data: [DONE]")
        answer = client.chat.completions.create(model="local/small", messages=ASK)
        assert answer.choices[0].message.content.startswith("The stand-in has read")
        assert answer.model == "local/small"
        assert [model.model for model in llama.ps().models] == ["small"]
        assert "small" in [model.id for model in client.models.list()]


def test_loading_by_ollamas_empty_question_starts_the_engine(stand_in):
    client, llama = clients(stand_in)
    with client, llama:
        assert llama.generate("quick").done_reason == "load"
        assert "quick" in [model.model for model in llama.ps().models]
        pieces = list(llama.chat("quick", ASK, stream=True))
        assert "".join(piece.message.content for piece in pieces).startswith("The stand-in")
        assert pieces[-1].eval_count == 9


def test_an_engine_that_cannot_start_is_told_whether_or_not_the_answer_had_begun(stand_in):
    client, llama = clients(stand_in)
    with client, llama:
        with pytest.raises(openai.InternalServerError) as whole:
            client.chat.completions.create(model="broken", messages=ASK)
        assert whole.value.status_code == 503
        with pytest.raises(openai.APIError) as streamed:
            list(client.chat.completions.create(model="broken", messages=ASK, stream=True))
        assert streamed.value.message
        with pytest.raises(ollama.ResponseError):
            list(llama.chat("broken", ASK, stream=True))


@pytest.fixture(scope="module")
def vllm(tmp_path_factory):
    """Run a server whose engines are real ones, with the project's own tiny model."""
    if not Path(ENGINE).exists():
        pytest.skip(f"no engine environment at {ENGINE} (make engine-cpu)")
    server = begin(tmp_path_factory.mktemp("vllm"), f"--SpondeEngines.python={ENGINE}")
    made = server.call("POST", "/sponde/api/imports", {"path": str(TINY), "name": "tiny"})
    assert made.get("current") == 1, made
    yield server
    server.lab.stop()


@pytest.mark.vllm
@pytest.mark.timeout(600)
def test_both_clients_make_their_ordinary_calls_against_a_real_vllm(vllm):
    client, llama = clients(vllm)
    tool = {
        "type": "function",
        "function": {
            "name": "lookup",
            "parameters": {
                "type": "object",
                "properties": {"state": {"type": "string"}},
                "required": ["state"],
            },
        },
    }
    schema = {
        "type": "object",
        "properties": {"state": {"enum": ["Texas", "Ohio"]}},
        "required": ["state"],
        "additionalProperties": False,
    }
    with client, llama:
        stream = client.chat.completions.create(
            model="tiny", messages=ASK, stream=True, temperature=0
        )
        chunks = list(stream)
        assert "".join(c.choices[0].delta.content or "" for c in chunks) == HELLO
        assert {c.model for c in chunks} == {"tiny"}
        answer = client.chat.completions.create(
            model="tiny", messages=ASK, temperature=0.01, n=2, logprobs=True, top_logprobs=1, seed=1
        )
        assert [choice.message.content for choice in answer.choices] == [HELLO, HELLO]
        assert answer.choices[0].logprobs.content[0].logprob <= 0
        assert answer.usage.completion_tokens > 10
        given = client.chat.completions.create(
            model="tiny",
            messages=ASK,
            temperature=0,
            max_tokens=60,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "place", "schema": schema},
            },
        )
        assert json.loads(given.choices[0].message.content)["state"] in ("Texas", "Ohio")
        called = client.chat.completions.create(
            model="tiny",
            messages=ASK,
            temperature=0,
            max_tokens=200,
            tools=[tool],
            tool_choice={"type": "function", "function": {"name": "lookup"}},
        )
        assert called.choices[0].message.tool_calls[0].function.name == "lookup"
        assert client.completions.create(model="tiny", prompt="Hello", max_tokens=5).choices[0].text
        with pytest.raises(openai.BadRequestError):
            client.chat.completions.create(model="tiny", messages=ASK, max_tokens=10_000_000)

        assert [model.model for model in llama.ps().models] == ["tiny"]
        told = llama.chat("tiny", ASK, options={"temperature": 0, "top_k": 1}, think=False)
        assert told.message.content == HELLO
        assert told.eval_count > 10
        pieces = list(llama.generate("tiny", "Hello", stream=True, options={"temperature": 0}))
        assert "".join(piece.response for piece in pieces) == HELLO
        formed = llama.chat("tiny", ASK, format=schema, options={"num_predict": 60})
        assert json.loads(formed.message.content)["state"] in ("Texas", "Ohio")

        began = time.monotonic()
        left = client.chat.completions.create(
            model="tiny",
            messages=ASK,
            stream=True,
            max_tokens=1500,
            extra_body={"ignore_eos": True},
        )
        next(iter(left))
        left.close()
        # The engine is free again at once: the next answer does not wait for 1,500 tokens.
        client.chat.completions.create(model="tiny", messages=ASK, temperature=0)
        assert time.monotonic() - began < 120
