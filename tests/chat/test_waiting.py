"""Answers of models on this machine: their engine starts first, may die, and is started again."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from sponde_server.core.errors import UpstreamFailed
from sponde_server.models.local import Reached
from sponde_server.models.records import Provider


class Local:
    """This machine with one model, whose engine is the scripted server once it has started."""

    def __init__(self, address):
        self.address = address
        self.started = asyncio.Event()
        self.asked = 0
        self.is_dead = False

    async def list_names(self):
        return ("tiny",)

    async def list_running(self):
        return ("tiny",) if self.started.is_set() else ()

    async def is_lost(self, name):
        return self.is_dead

    async def find_remote(self, name):
        return ""

    async def context_length(self, name):
        return 0

    @asynccontextmanager
    async def reach(self, name):
        self.asked += 1
        await self.started.wait()
        if self.is_dead and self.asked == 1:
            raise UpstreamFailed("The engine does not answer.", "It is started again.")
        provider = Provider(id="engine", name=name, base_url=self.address, models=(name,))
        yield Reached(provider=provider, key="", name=name)


@pytest.fixture
def local(reader, upstream):
    made = Local(upstream.base_url)
    reader.app.models._local = made
    return made


async def test_a_question_waits_for_its_engine_and_goes_on(talk, local):
    asked = await talk.send("Which bird?", model_id="local/tiny")
    waiting = await talk.until(asked["answer"]["id"], lambda found: found["receipt"])
    assert (waiting["status"], waiting["text"]) == ("streaming", "")
    # Whoever looks knows which engine it waits for.
    assert waiting["receipt"]["model_id"] == "local/tiny"
    assert waiting["receipt"]["is_local"]
    began = time.perf_counter()
    await asyncio.sleep(1.5)
    local.started.set()
    answer = await talk.ended(asked["answer"]["id"])
    assert answer["status"] == "complete"
    # The wait is no part of what the model took.
    waited = 1000 * (time.perf_counter() - began)
    assert answer["took"]["duration_ms"] < waited - 1000


async def test_a_question_is_stopped_while_its_engine_starts(talk, local, api, upstream):
    asked = await talk.send("Which bird?", model_id="local/tiny")
    await talk.until(asked["answer"]["id"], lambda found: found["receipt"])
    stopped = await api("POST", f"/messages/{asked['answer']['id']}/stop")
    assert (stopped["status"], stopped["failure"]) == ("stopped", None)
    assert upstream.requests() == []


async def test_an_engine_that_dies_as_it_is_asked_is_waited_for_once_more(talk, local):
    local.started.set()
    local.is_dead = True
    assert (await talk.ask("Which bird?", model_id="local/tiny"))["status"] == "complete"
    assert local.asked == 2


async def test_an_answer_that_its_engine_cut_says_so_and_is_tried_again(talk, local, api):
    local.started.set()
    cut = await talk.ask("cut please", model_id="local/tiny")
    assert (cut["status"], cut["text"] != "") == ("interrupted", True)
    assert "engine ended" in cut["failure"]["message"]
    assert "started once more" in cut["failure"]["hint"]
    again = await api("POST", f"/messages/{cut['id']}/retry")
    assert (await talk.ended(again["id"]))["receipt"]["model_id"] == "local/tiny"


async def test_one_waits_for_its_engine_while_the_others_answer(talk, local, model):
    ids = ["local/tiny", f"{model['id']}/scripted"]
    asked = await talk.send("Which bird?", model_ids=ids)
    waiting, elsewhere = asked["answers"]
    assert (await talk.ended(elsewhere["id"]))["status"] == "complete"
    found = await talk.until(waiting["id"], lambda found: found["receipt"])
    assert found["status"] == "streaming"
    local.started.set()
    assert (await talk.ended(waiting["id"]))["status"] == "complete"


async def test_a_refusal_of_a_budget_stands_in_its_own_answer(talk, model, api):
    limit = {"limit": 1, "unit": "requests", "scope": "model", "subject": "scripted-large"}
    assert "id" in str(await api("POST", "/budgets", limit))
    large = f"{model['id']}/scripted-large"
    await talk.ask("First?", model_id=large)
    asked = await talk.send("Which bird?", model_ids=[large, f"{model['id']}/scripted"])
    refused, answered = [await talk.ended(answer["id"]) for answer in asked["answers"]]
    assert answered["status"] == "complete"
    assert refused["status"] == "failed"
    assert refused["failure"]["code"] == "too_many"
    assert refused["failure"]["hint"]
