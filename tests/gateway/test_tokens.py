"""Sponde tokens: what they open, what they do not, and how much."""

import http.cookiejar
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import openai
import pytest

from browser.lab import TOKEN

ASK = [{"role": "user", "content": "hello"}]


def wait_until(is_so, seconds=20):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def chat(client, text="hello"):
    asked = [{"role": "user", "content": text}]
    return client.chat.completions.create(model="default", messages=asked)


def test_a_token_is_shown_once_and_only_its_digest_is_kept(server):
    made = server.make_token(name="nightly report")
    assert made["secret"].startswith("sponde-")
    assert len(made["secret"]) == len("sponde-") + 43
    listed = server.call("GET", "/sponde/api/gateway-tokens")
    assert made["secret"] not in str(listed)
    assert server.token(made["id"])["hint"] == made["secret"][-4:]
    for path in (server.lab.base / "data_dir").rglob("*"):
        if path.is_file():
            assert made["secret"].encode() not in path.read_bytes(), path
    assert made["secret"] not in server.lab.log


def test_a_token_opens_the_gateway_and_nothing_else(server, make_openai, make_ollama):
    secret = server.make_token()["secret"]
    assert chat(make_openai(secret)).choices
    assert make_ollama(secret).chat("default", ASK).message.content
    for method, path in [
        ("GET", "/api/contents"),
        ("GET", "/api/kernels"),
        ("POST", "/api/kernels"),
        ("GET", "/sponde/api/conversations"),
        ("GET", "/sponde/api/gateway-tokens"),
        ("POST", "/sponde/api/gateway-tokens"),
        ("GET", "/sponde/api/models"),
        ("GET", "/sponde/api/usage"),
    ]:
        body = {"name": "x"} if method == "POST" else None
        assert server.call(method, path, body, secret)["status"] == 403, path


def test_a_token_needs_no_xsrf_cookie_but_a_cookie_alone_does(server):
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{server.url}/lab?token={TOKEN}", timeout=60).close()
    request = urllib.request.Request(
        f"{server.url}/sponde/v1/chat/completions",
        data=json.dumps({"model": "default", "messages": ASK}).encode(),
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError) as error:
        opener.open(request, timeout=60)
    assert error.value.code == 403
    assert "_xsrf" in json.loads(error.value.read())["error"]["message"]
    request.add_header("X-XSRFToken", next(c.value for c in jar if c.name == "_xsrf"))
    with opener.open(request, timeout=60) as answer:
        assert answer.status == 200
    # Another site's page would send its name along.
    request.add_header("Origin", "http://elsewhere.example")
    with pytest.raises(urllib.error.HTTPError):
        opener.open(request, timeout=60)


def test_no_address_is_opened_to_other_origins(server):
    request = urllib.request.Request(
        f"{server.url}/sponde/v1/models",
        headers={"Authorization": f"Bearer {TOKEN}", "Origin": "http://elsewhere.example"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("secret", ["sponde-wrong", "wrong", ""])
def test_a_wrong_token_is_401_in_openais_form(server, make_openai, secret):
    with pytest.raises(openai.AuthenticationError) as error:
        chat(make_openai(secret or "none"))
    assert error.value.code == "invalid_api_key"
    assert "token" in error.value.message
    listed = server.call("GET", "/sponde/v1/models", token=secret)
    assert listed["status"] == 401


def test_an_expired_token_says_so_until_it_is_given_a_later_end(server, make_openai):
    # Made in time on a slow machine too.
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    made = server.make_token(expires_at=soon)
    client = make_openai(made["secret"])

    def is_over():
        try:
            client.models.list()
        except openai.AuthenticationError as error:
            return "expired" in error.message
        return False

    wait_until(is_over)
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    server.call("PATCH", f"/sponde/api/gateway-tokens/{made['id']}", {"expires_at": later})
    assert chat(client).choices
    past = {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}
    assert server.call("POST", "/sponde/api/gateway-tokens", past)["status"] == 400


def test_a_revoked_token_opens_nothing_any_more(server, make_openai):
    made = server.make_token()
    client = make_openai(made["secret"])
    assert chat(client).choices
    server.call("DELETE", f"/sponde/api/gateway-tokens/{made['id']}")
    with pytest.raises(openai.AuthenticationError) as error:
        chat(client)
    assert "revoked" in error.value.message
    assert made["id"] not in str(server.call("GET", "/sponde/api/gateway-tokens"))


def test_scopes_and_models_are_kept_to(server, make_openai, make_ollama):
    reads = make_openai(server.make_token(scopes=["models:read"])["secret"])
    assert reads.models.list().data
    with pytest.raises(openai.PermissionDeniedError) as error:
        chat(reads)
    assert "'chat'" in error.value.message
    with pytest.raises(openai.PermissionDeniedError):
        reads.embeddings.create(model="default", input="a")
    embeds = make_openai(server.make_token(scopes=["embeddings"])["secret"])
    assert embeds.embeddings.create(model="default", input="a").data
    with pytest.raises(openai.PermissionDeniedError):
        embeds.models.list()
    only = server.make_token(models=["scripted-large"])["secret"]
    client = make_openai(only)
    assert [model.id for model in client.models.list()] == ["scripted-large"]
    asked = client.chat.completions.create(model="scripted-large", messages=ASK)
    assert asked.model == "scripted-large"
    with pytest.raises(openai.PermissionDeniedError) as error:
        chat(client)
    assert "scripted-large" in error.value.message


def test_requests_per_minute(server, make_openai, make_ollama):
    secret = server.make_token(requests_per_minute=2)["secret"]
    client = make_openai(secret)
    chat(client)
    make_ollama(secret).chat("default", ASK)
    with pytest.raises(openai.RateLimitError) as error:
        chat(client)
    assert 1 <= int(error.value.response.headers["retry-after"]) <= 60
    assert "2 times a minute" in error.value.message
    assert error.value.code == "rate_limit_exceeded"


def test_requests_at_the_same_time(server, make_openai, upstream):
    client = make_openai(server.make_token(parallel=1)["secret"])
    asked = [{"role": "user", "content": "450 tokens at 20/s"}]
    stream = client.chat.completions.create(model="default", messages=asked, stream=True)
    next(iter(stream))
    with pytest.raises(openai.RateLimitError) as error:
        chat(client)
    assert "at the same time" in error.value.message
    stream.close()

    def is_free():
        try:
            return bool(chat(client).choices)
        except openai.RateLimitError:
            return False

    wait_until(is_free)


def test_an_answer_that_is_left_counts_as_far_as_it_came(server, make_openai):
    made = server.make_token()
    asked = [{"role": "user", "content": "450 tokens at 100/s"}]
    stream = make_openai(made["secret"]).chat.completions.create(
        model="default", messages=asked, stream=True
    )
    pieces = iter(stream)
    for _ in range(10):
        next(pieces)
    stream.close()
    wait_until(lambda: server.token(made["id"])["tokens_today"] >= 10)


def test_tokens_per_day_and_what_was_used_today(server, make_openai):
    made = server.make_token(tokens_per_day=10)
    client = make_openai(made["secret"])
    stream = client.chat.completions.create(model="default", messages=ASK, stream=True)
    assert list(stream)

    def is_used_up():
        try:
            chat(client)
        except openai.RateLimitError as error:
            return "tokens of today" in error.message and int(error.response.headers["retry-after"])
        return False

    wait_until(is_used_up)
    now = server.token(made["id"])
    assert now["tokens_today"] >= 10
    assert now["requests_today"] >= 1
    assert now["last_used_at"]


def test_a_budget_refuses_before_anything_is_sent(server, make_openai, upstream):
    made = server.make_token()
    client = make_openai(made["secret"])
    budget = {
        "scope": "token",
        "subject": made["id"],
        "unit": "requests",
        "period": "day",
        "limit": 1,
    }
    assert "status" not in server.call("POST", "/sponde/api/budgets", budget)
    chat(client)

    def is_refused():
        count = len(upstream.requests())
        try:
            chat(client)
        except openai.RateLimitError:
            return len(upstream.requests()) == count
        return False

    wait_until(is_refused)


def test_usage_knows_tokens_and_notebooks_apart(server, make_openai):
    made = server.make_token()
    by_token = make_openai(made["secret"]).chat.completions.with_raw_response
    in_notebook = make_openai(default_headers={"X-Sponde-Caller": "notebook"})
    traces = [
        raw.create(model="default", messages=ASK).headers["x-sponde-request"]
        for raw in (by_token, in_notebook.chat.completions.with_raw_response)
    ]
    kept = []
    for trace in traces:
        address = f"/sponde/api/usage/requests/{trace}"
        wait_until(lambda address=address: "status" not in server.call("GET", address))
        kept.append(server.call("GET", address)["caller"])
    assert (kept[0]["kind"], kept[0]["token"]) == ("program", made["id"])
    assert (kept[1]["kind"], kept[1]["token"]) == ("notebook", "")


def test_what_was_counted_outlives_the_server(server, make_openai):
    made = server.make_token()
    chat(make_openai(made["secret"]))
    wait_until(lambda: server.token(made["id"])["tokens_today"] > 0)
    before = server.token(made["id"])
    server.lab.stop()
    server.lab.start()
    assert server.token(made["id"]) == before
    assert chat(make_openai(made["secret"])).choices
