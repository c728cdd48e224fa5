"""The addresses of engines, in a real server over the stand-in."""

import asyncio
import shutil
from pathlib import Path

import pytest
from engines.conftest import seen, set_faults

HERE = Path(__file__).parents[1] / "model"


@pytest.fixture
def tiny(tmp_path):
    """Give a copy of the project's own small model."""
    return Path(shutil.copytree(HERE / "tiny-analyst", tmp_path / "tiny-analyst"))


async def status(api, wanted, **more):
    """Wait until the one engine is so, and give it."""
    for _ in range(600):
        (engine,) = await api("GET", "/engines")
        if engine["status"] == wanted and all(engine[k] == v for k, v in more.items()):
            return engine
        await asyncio.sleep(0.05)
    raise AssertionError(engine)


async def test_an_engine_goes_through_its_life_by_its_addresses(api, tiny):
    await api("POST", "/imports", {"path": str(tiny), "name": "tiny"})
    assert (await api("GET", "/engines/installation"))["version"] == "0.32.0"
    begun = await api("POST", "/engines", {"model": "tiny"})
    assert begun["status"] == "starting"
    engine = await status(api, "ready")
    path = f"/engines/{engine['id']}"
    assert (await api("POST", f"{path}/pin", {"is_pinned": True}))["settings"]["is_pinned"]
    assert (await api("POST", f"{path}/sleep", {}))["status"] == "asleep"
    assert (await api("POST", f"{path}/wake"))["status"] == "ready"
    assert (await api("POST", f"{path}/wake"))["status"] == 409
    assert (await api("POST", f"{path}/restart"))["status"] == "starting"
    await status(api, "ready")
    assert "startup complete" in (await api("GET", f"{path}/log"))["text"]
    change = {"settings": {"context_length": 256, "is_pinned": True}, "restarts": True}
    assert (await api("PATCH", path, change))["settings"]["context_length"] == 256
    await status(api, "ready")
    assert "256" in seen(tiny, "start")[-1]["words"]
    assert (await api("POST", f"{path}/stop"))["status"] == "stopped"
    assert await api("DELETE", path) is None
    assert await api("GET", "/engines") == []


async def test_a_plan_says_what_would_run_and_holds_no_key(api, tiny):
    await api("POST", "/imports", {"path": str(tiny), "name": "tiny"})
    plan = await api("POST", "/engines/plan", {"model": "tiny", "settings": {"max_streams": 3}})
    assert plan["fits"]
    assert plan["sentence"]
    assert plan["settings"]["max_streams"] == 3
    line = " ".join(plan["command"])
    assert "serve" in line
    assert "--disable-fastapi-docs" in line
    assert "key" not in line


async def test_who_can_reach_an_engine_is_not_for_its_settings_to_say(api, tiny):
    await api("POST", "/imports", {"path": str(tiny), "name": "tiny"})
    for word in ("--host=0.0.0.0", "--api_key", "--ud"):
        asked = {"model": "tiny", "settings": {"more": [word]}}
        assert (await api("POST", "/engines/plan", asked))["status"] == 400
        assert (await api("POST", "/engines", asked))["status"] == 400
    asked = {"model": "tiny", "settings": {"more": ["--seed", "7"]}}
    assert "--seed 7" in " ".join((await api("POST", "/engines/plan", asked))["command"])


async def test_adapters_come_and_go_while_it_runs(api, tiny, tmp_path):
    sql = shutil.copytree(HERE / "tiny-analyst-sql", tmp_path / "sql")
    await api("POST", "/imports", {"path": str(tiny), "name": "tiny"})
    await api("POST", "/imports", {"path": str(sql), "name": "sql", "base": "tiny"})
    await api("POST", "/engines", {"model": "tiny"})
    engine = await status(api, "ready")
    path = f"/engines/{engine['id']}/adapters"
    assert (await api("POST", path, {"name": "tiny"}))["status"] == 400
    assert (await api("POST", path, {"name": "sql"}))["adapters"] == ["sql"]
    assert (await api("DELETE", f"{path}/sql"))["adapters"] == []


async def test_a_failure_is_told_with_its_way_out(api, tiny):
    set_faults(tiny, "out-of-memory")
    await api("POST", "/imports", {"path": str(tiny), "name": "tiny"})
    await api("POST", "/engines", {"model": "tiny"})
    engine = await status(api, "failed")
    assert "memory" in engine["failure"]["message"]
    assert engine["failure"]["hint"]


async def test_what_is_not_there_is_said(api):
    assert (await api("POST", "/engines", {"model": "nothing"}))["status"] == 404
    assert (await api("POST", "/engines/nothing/stop"))["status"] == 404
    refused = await api("POST", "/engines/adopt", {"address": "http://127.0.0.1:9"})
    assert refused["status"] == 502
    assert (await api("POST", "/engines/adopt", {"address": "gpu-box"}))["status"] == 400
