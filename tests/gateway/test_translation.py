"""Ollama's words in OpenAI's, where the official client does not go by itself."""

import pytest

from sponde_server.core.errors import Invalid
from sponde_server.gateway.ollama import Teller, chat_request, embed_request, generate_request


def test_our_own_engines_get_what_only_they_understand():
    body = {
        "model": "m",
        "messages": [],
        "think": True,
        "options": {"top_k": 3, "min_p": 0.1, "repeat_penalty": 1.2, "num_predict": -1},
    }
    ours = chat_request(body, is_ours=True)
    assert ours["top_k"] == 3
    assert ours["repetition_penalty"] == 1.2
    assert ours["chat_template_kwargs"] == {"enable_thinking": True}
    theirs = chat_request(body, is_ours=False)
    assert theirs == {"model": "m", "stream": True, "messages": []}


def test_tools_answer_by_name_though_the_same_was_called_twice():
    calls = [{"function": {"name": name, "arguments": {}}} for name in ("a", "b", "a")]
    messages = [
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_name": "b", "content": "1"},
        {"role": "tool", "tool_name": "a", "content": "2"},
        {"role": "tool", "tool_name": "a", "content": "3"},
    ]
    asked = chat_request({"messages": messages}, is_ours=False)["messages"]
    ids = [call["id"] for call in asked[0]["tool_calls"]]
    assert [one["tool_call_id"] for one in asked[1:]] == [ids[1], ids[0], ids[2]]


def test_what_is_no_message_is_refused_in_a_sentence():
    for body in ({"messages": "hello"}, {"messages": ["hello"]}, {"options": 3}):
        with pytest.raises(Invalid):
            chat_request(body, is_ours=False)
    with pytest.raises(Invalid):
        generate_request({"prompt": ["a"]}, is_ours=False)


def test_a_thought_is_told_apart_from_the_answer():
    teller = Teller("m", is_chat=True, started=0.0)
    line = teller.chunk({"choices": [{"delta": {"reasoning_content": "hm"}}]}, 1.0)
    assert line is not None
    assert line["message"] == {"role": "assistant", "content": "", "thinking": "hm"}
    assert teller.chunk({"choices": [{"delta": {"role": "assistant", "content": ""}}]}, 1.0) is None


def test_arguments_that_are_no_object_are_shown_as_they_are():
    teller = Teller("m", is_chat=True, started=0.0)
    call = {"index": 0, "function": {"name": "f", "arguments": "[1"}}
    teller.chunk({"choices": [{"delta": {"tool_calls": [call]}, "finish_reason": "length"}]}, 1.0)
    end = teller.end(2.0)
    assert end["message"]["tool_calls"][0]["function"]["arguments"] == {"arguments": "[1"}
    assert end["done_reason"] == "length"
    assert end["total_duration"] == 2_000_000_000


def test_one_text_or_many_are_embedded_with_a_size():
    assert embed_request({"model": "m", "prompt": "a"})["input"] == "a"
    assert embed_request({"model": "m", "input": ["a"], "dimensions": 2})["dimensions"] == 2
