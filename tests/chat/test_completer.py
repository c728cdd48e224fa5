import asyncio
import json

import pytest
from jobs.notebooks import until

FUNCTION = "def add(left, right):  # fill\n    return "


@pytest.fixture
def coder(api, upstream):
    async def connect(name):
        new = {"base_url": upstream.base_url, "api_key": "sk-x", "name": "Coders", "models": [name]}
        provider = await api("POST", "/providers", new)
        return f"{provider['id']}/{name}"

    return connect


def asked_of(upstream):
    return upstream.requests("completions")


async def test_a_model_that_only_chats_is_asked_in_words(api, model, birds, upstream):
    for _ in range(3000):
        if (await api("GET", f"/datasets/{birds['id']}"))["status"] == "ready":
            break
        await asyncio.sleep(0.05)
    body = {"before": FUNCTION, "cells": ["import pandas as pd"], "after": "\n"}
    found = await api("POST", "/completions", body)
    assert found["text"] == "left + right\n    # whole"
    assert (found["model"], found["provider"], found["is_local"]) == ("scripted", "Scripted", True)
    (entry,) = asked_of(upstream)
    said = entry["body"]["messages"][-1]["content"]
    assert "import pandas as pd" in said
    assert f"```python\n{FUNCTION}<CURSOR>\n\n```" in said
    assert "bird_strikes" in said
    assert "most frequent" not in said
    assert entry["body"]["max_tokens" if "max_tokens" in entry["body"] else "max_completion_tokens"]


async def test_a_model_that_fills_gaps_reads_what_stands_on_both_sides(api, coder, upstream):
    name = await coder("qwen2.5-coder")
    body = {"before": "x = [", "after": "]", "cells": ["y = 1"], "model_id": name}
    found = await api("POST", "/completions", body)
    assert found["text"].startswith(" and so on after")
    (entry,) = asked_of(upstream)
    assert entry["path"] == "/v1/completions"
    assert (entry["body"]["prompt"], entry["body"]["suffix"]) == ("y = 1\n\nx = [", "]")


async def test_a_server_that_takes_no_suffix_gets_the_models_marks_from_then_on(
    api, coder, upstream
):
    body = {"before": "x = ", "after": "\ny", "model_id": await coder("qwen-coder-nosuffix")}
    await api("POST", "/completions", body)
    first, second = asked_of(upstream)
    assert "suffix" in first["body"]
    assert second["body"]["prompt"] == "<|fim_prefix|>x = <|fim_suffix|>\ny<|fim_middle|>"
    await api("POST", "/completions", body)
    assert "suffix" not in asked_of(upstream)[-1]["body"]
    assert len(asked_of(upstream)) == 3


@pytest.mark.parametrize("name", ["scripted", "qwen2.5-coder"])
async def test_whoever_types_on_ends_the_request_at_the_provider(
    http_server, jp_http_port, jp_base_url, jp_auth_header, coder, upstream, name
):
    body = json.dumps({"before": "# hang\nx = ", "model_id": await coder(name)})
    _, writer = await asyncio.open_connection("localhost", jp_http_port)
    head = [f"POST {jp_base_url}sponde/api/completions HTTP/1.1", "Host: localhost"]
    head += [f"{key}: {value}" for key, value in jp_auth_header.items()]
    head += [f"Content-Length: {len(body)}"]
    writer.write(("\r\n".join(head) + "\r\n\r\n" + body).encode())
    await writer.drain()
    await until(lambda: asked_of(upstream))
    assert not asked_of(upstream)[-1]["left"]
    writer.close()
    await until(lambda: asked_of(upstream)[-1]["left"])


async def test_what_it_took_is_counted_as_completion(api, model):
    await api("POST", "/completions", {"before": FUNCTION})

    for _ in range(1000):
        found = await api("GET", "/usage/requests")
        if found:
            break
        await asyncio.sleep(0.02)
    assert found[0]["caller"]["kind"] == "completion"


async def test_without_a_model_it_says_how_to_connect_one(api):
    refused = await api("POST", "/completions", {"before": "x"})
    assert refused["status"] == 503
    assert "Connect one under Models" in refused["hint"]


async def test_a_provider_that_fails_is_told_in_a_sentence(api, model):
    refused = await api("POST", "/completions", {"before": "# 401\nx = "})
    assert refused["status"] == 502
    assert refused["message"]
