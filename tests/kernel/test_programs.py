"""The official clients, as a notebook gets them."""

import json
import urllib.request

import pytest

from browser.lab import TOKEN


@pytest.fixture(scope="module")
def connected(server, upstream_process):
    """Connect the scripted model, with an alias."""

    def call(method, path, body=None):
        request = urllib.request.Request(
            f"{server.url}/sponde/api{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    call("POST", "/providers", {"base_url": upstream_process.base_url, "name": "up"})
    large = next(m for m in call("GET", "/models") if m["name"] == "scripted-large")
    call("PUT", "/aliases/fast", {"model_id": large["id"]})
    return call


SAY = "[{'role': 'user', 'content': 'hello'}]"


def test_openais_client_is_ready_to_ask(cell, connected, upstream):
    ran = cell(
        "import sponde\nclient = sponde.openai(timeout=60)\n"
        f"answer = client.chat.completions.create(model='fast', messages={SAY})\n"
        "print(answer.model, answer.choices[0].message.content)"
    )
    assert ran.errors == []
    assert ran.text.startswith("fast You asked: hello")
    assert upstream.requests()[-1]["body"]["model"] == "scripted-large"
    again = cell(
        "client = sponde.async_openai()\n"
        f"stream = await client.chat.completions.create(model='default', messages={SAY},"
        " stream=True)\n"
        "async for chunk in stream:\n    print(chunk.choices[0].delta.content or '', end='')"
    )
    assert again.errors == []
    assert again.text.startswith("You asked: hello")


def test_its_requests_are_a_notebooks_in_the_usage(cell, connected):
    ran = cell(
        "import sponde, time\n"
        "raw = sponde.openai().chat.completions.with_raw_response\n"
        f"trace = raw.create(model='default', messages={SAY}).headers['x-sponde-request']\n"
        "from sponde.client import SpondeError, call\n"
        "for _ in range(400):\n"
        "    try:\n"
        "        print(call('GET', f'/usage/requests/{trace}')['caller']['kind'])\n"
        "        break\n"
        "    except SpondeError:\n"
        "        time.sleep(0.05)\n"
    )
    assert (ran.errors, ran.text) == ([], "notebook\n")


def test_ollamas_client_is_ready_to_ask(cell, connected):
    ran = cell(f"import sponde\nprint(sponde.ollama().chat('fast', {SAY}).message.content)")
    assert ran.errors == []
    assert ran.text.startswith("You asked: hello")


def test_a_kernel_without_the_package_hears_how_to_get_it(cell, connected):
    for package in ("openai", "ollama"):
        ran = cell(f"import sys, sponde; sys.modules['{package}'] = None\nsponde.{package}()")
        assert ran.status == "error"
        assert f"no package '{package}'" in ran.errors[0]["evalue"]
        assert f"%pip install {package}" in ran.errors[0]["evalue"]


@pytest.mark.parametrize(
    "asked", ["%%ask -m fast\nhow are you", "%ask -m fast how are you", "%%ask fast\nhow are you"]
)
def test_a_cell_names_the_model_that_it_asks(cell, connected, upstream, asked):
    ran = cell(asked)
    assert ran.errors == []
    body = upstream.requests()[-1]["body"]
    assert body["model"] == "scripted-large"
    assert body["messages"][-1]["content"].endswith("how are you")


def test_without_a_name_the_default_is_asked_and_a_wrong_one_is_told(cell, connected, upstream):
    assert cell("%ask hello").errors == []
    assert upstream.requests()[-1]["body"]["model"] == "scripted"
    ran = cell("%%ask -m slow\nhello")
    assert "There is no model 'slow'. There is fast, scripted" in ran.errors[0]["evalue"]
    assert "name of the model is missing" in str(cell("%%ask -m\nhello"))
