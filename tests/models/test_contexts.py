import pytest

from sponde_server.models.contexts import context_length, listed


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("gpt-4o-mini", 128_000),
        ("gpt-4.1", 1_047_576),
        ("openai/gpt-4", 8192),
        ("o3-mini", 200_000),
        ("claude-sonnet-4-5", 200_000),
        ("meta-llama/Llama-3.1-8B-Instruct", 131_072),
        ("llama3:8b", 8192),
        ("Qwen/Qwen2.5-Coder-7B", 32_768),
        ("scripted", 0),
    ],
)
def test_a_well_known_name_says_how_much_it_reads(name, length):
    assert context_length(name) == length


def test_a_list_of_models_may_say_it():
    body = b'{"data": [{"id": "a", "max_model_len": 4096}, {"id": "b"}, \
{"id": "c", "context_length": 8192, "context_window": 1}, {"id": "d", "context_length": "x"}]}'
    assert listed(body) == {"a": 4096, "c": 8192}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data": 1}', b'{"data": ["a"]}', b"\xff"])
def test_a_list_that_is_none_says_nothing(body):
    assert listed(body) == {}
