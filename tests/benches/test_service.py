"""A benchmark's figures agree with a server whose pace is known, and are kept."""

import asyncio
import csv
import io
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MIGRATIONS, Upstream

from sponde_server.benches import store
from sponde_server.benches.records import Bench, BenchStatus, BenchTool
from sponde_server.core.database import Database

Api = Callable[..., Awaitable[Any]]


async def _connect(api: Api, upstream: Upstream, *models: str) -> str:
    """Connect models of the scripted server; give the id of the first."""
    provider = await api(
        "POST", "/providers", {"base_url": upstream.base_url, "models": list(models)}
    )
    return f"{provider['id']}/{models[0]}"


async def _ended(api: Api, bench_id: str) -> Any:
    for _ in range(1200):
        bench = await api("GET", f"/benches/{bench_id}")
        if bench["status"] not in ("queued", "running"):
            return bench
        await asyncio.sleep(0.05)
    raise AssertionError(bench)


async def test_figures_agree_with_the_pace_of_the_server(api: Api, upstream: Upstream) -> None:
    model = await _connect(api, upstream, "30 tokens at 60/s")
    asked = {"model_id": model, "streams": [3, 1], "contexts": [64], "requests": 3}
    began = await api("POST", "/benches", asked)
    assert (began["status"], began["streams"], began["tool"]) == ("queued", [1, 3], "ours")
    bench = await _ended(api, began["id"])
    assert (bench["status"], bench["progress"], bench["doing"]) == ("done", 1.0, "")
    assert bench["workload"]
    alone, together = bench["points"]
    assert (alone["streams"], together["streams"]) == (1, 3)
    for point in bench["points"]:
        assert (point["requests"], point["failed"], point["answer_tokens"]) == (3, 0, 30)
        assert point["is_counted"]
        assert 0 < point["first_p50_ms"] < 15_000
        # This machine may be slower; a late first piece makes those after it look faster.
        assert 4 < point["stream_tokens_per_second"] < 90
        assert point["stream_tokens_per_second"] > point["tokens_per_second"] / 3.3
    assert alone["seconds"] >= 1.4
    assert together["tokens_per_second"] > 1.2 * alone["tokens_per_second"]


async def test_requests_read_about_as_many_tokens_as_were_asked(
    api: Api, upstream: Upstream
) -> None:
    model = await _connect(api, upstream, "2 tokens at 0/s")
    asked = {"model_id": model, "contexts": [200, 2000], "streams": [1], "requests": 2}
    bench = await _ended(api, (await api("POST", "/benches", asked))["id"])
    for point in bench["points"]:
        assert point["prompt_tokens"] == pytest.approx(point["context"], rel=0.2)
    texts = [entry["body"]["messages"][-1]["content"] for entry in upstream.requests()]
    assert len(texts) == len(set(texts)) == 5  # one to warm up, none twice
    assert {entry["body"]["max_tokens"] for entry in upstream.requests()[1:]} == {64}


async def test_at_least_as_many_requests_are_made_as_go_on_at_once(
    api: Api, upstream: Upstream
) -> None:
    model = await _connect(api, upstream, "1 tokens at 0/s")
    asked = {"model_id": model, "streams": [6], "requests": 2}
    bench = await _ended(api, (await api("POST", "/benches", asked))["id"])
    assert bench["points"][0]["requests"] == 6


async def test_a_benchmark_can_be_stopped_and_keeps_what_it_measured(
    api: Api, upstream: Upstream
) -> None:
    model = await _connect(api, upstream, "200 tokens at 20/s")
    asked = {"model_id": model, "streams": [1], "requests": 5}
    began = await api("POST", "/benches", asked)
    await upstream.was_asked()
    stopped = await api("POST", f"/benches/{began['id']}/cancel")
    assert (stopped["status"], stopped["ended_at"] is None) == ("cancelled", False)
    await upstream.was_left()
    again = await api("POST", f"/benches/{began['id']}/cancel")
    assert (again["status"], again["message"]) == (409, "This benchmark has ended already.")
    [kept] = await api("GET", "/benches")
    assert kept["status"] == "cancelled"


async def test_two_benchmarks_do_not_measure_each_other(api: Api, upstream: Upstream) -> None:
    model = await _connect(api, upstream, "40 tokens at 40/s")
    asked = {"model_id": model, "streams": [1], "requests": 1}
    first = await api("POST", "/benches", asked)
    await upstream.was_asked()
    second = await api("POST", "/benches", asked)
    assert (await api("GET", f"/benches/{second['id']}"))["status"] == "queued"
    upstream.hurry()
    first, second = await _ended(api, first["id"]), await _ended(api, second["id"])
    assert first["ended_at"] <= second["ended_at"]
    assert {first["status"], second["status"]} == {"done"}


@pytest.mark.parametrize(
    ("name", "words"), [("429", "asked too often"), ("cut", "cut"), ("empty", "empty")]
)
async def test_a_model_that_does_not_answer_is_told_of(
    api: Api, upstream: Upstream, name: str, words: str
) -> None:
    model = await _connect(api, upstream, name)
    bench = await _ended(api, (await api("POST", "/benches", {"model_id": model}))["id"])
    assert bench["status"] == "failed"
    assert "does not answer" in bench["failure"]
    assert bench["hint"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"streams": [0]}, "0 is no number of streams"),
        ({"contexts": []}, "No context is given"),
        ({"answer_tokens": 100_000}, "100,000 is no length of an answer"),
        ({"streams": [100, 200], "requests": 2000}, "4000 requests, and 2000 are allowed"),
        ({"streams": list(range(1, 62))}, "make 61 figures"),
        ({"tool": "vllm"}, "not an engine of this machine"),
    ],
)
async def test_what_cannot_be_measured_is_refused(
    api: Api, upstream: Upstream, wrong: dict[str, Any], words: str
) -> None:
    model = await _connect(api, upstream, "scripted")
    refused = await api("POST", "/benches", {"model_id": model, **wrong})
    assert refused["status"] == 400
    assert words in refused["message"]


async def test_figures_are_exported_and_deleted(
    api: Api, upstream: Upstream, jp_fetch: Any
) -> None:
    model = await _connect(api, upstream, "3 tokens at 0/s")
    asked = {"model_id": model, "streams": [1, 2], "requests": 2}
    bench = await _ended(api, (await api("POST", "/benches", asked))["id"])
    place = ("sponde", "api", "benches", bench["id"], "export")
    table = await jp_fetch(*place, params={"format": "csv"})
    assert ".csv" in table.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(table.body.decode())))
    assert [line["streams"] for line in lines] == ["1", "2"]
    whole = await jp_fetch(*place, params={"format": "json"})
    assert json.loads(whole.body) == bench
    await api("DELETE", f"/benches/{bench['id']}")
    assert await api("GET", "/benches") == []
    assert (await api("GET", f"/benches/{bench['id']}"))["status"] == 404


async def test_a_local_model_is_measured_by_us_where_vllm_cannot_and_says_so(
    api: Api, jp_serverapp: Any, tmp_path: Path
) -> None:
    from engines.conftest import write_model

    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    write_model(tmp_path / "small")
    (tmp_path / "small" / "tokenizer_config.json").write_text('{"chat_template": "x"}')
    await app.registry.register_folder(tmp_path / "small", name="small")
    asked = {"model_id": "local/small", "streams": [1], "requests": 2}
    bench = await _ended(api, (await api("POST", "/benches", asked))["id"])
    assert bench["status"] == "done", bench
    assert (bench["tool"], bench["version"]) == ("ours", 1)
    assert bench["engine"].startswith("vLLM 0.32")
    assert "core" in bench["machine"]
    assert "could not be used" in bench["note"]


async def test_what_a_dead_server_left_is_marked_at_the_next_look(
    api: Api, jp_serverapp: Any
) -> None:
    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    left = Bench(
        model_id="x/y",
        model="y",
        contexts=(64,),
        streams=(1,),
        requests=1,
        answer_tokens=1,
        tool=BenchTool.OURS,
        status=BenchStatus.RUNNING,
        doing="64 tokens to read",
    )
    ended = replace(left, id="other", status=BenchStatus.DONE)
    await app.database.write(store.add, left)
    await app.database.write(store.add, ended)
    found = {bench["id"]: bench for bench in await api("GET", "/benches")}
    assert found[left.id]["status"] == "interrupted"
    assert "server ended" in found[left.id]["failure"]
    assert found["other"]["status"] == "done"


def test_the_end_of_the_server_interrupts_what_is_measured(
    run: Callable[[Awaitable[Any]], Any], tmp_path: Path, upstream: Upstream
) -> None:
    from sponde_server.benches.records import NewBench
    from sponde_server.benches.service import SpondeBenches
    from sponde_server.core.keys import Keys
    from sponde_server.core.streams import Feed
    from sponde_server.engines.service import SpondeEngines
    from sponde_server.models.records import NewProvider
    from sponde_server.models.service import SpondeModels
    from sponde_server.registry.service import SpondeRegistry
    from sponde_server.usage.service import SpondeUsage

    async def live() -> list[Bench]:
        database = Database(tmp_path / "h.duckdb", MIGRATIONS, logging.getLogger("test"))
        kept: dict[str, Any] = {"database": database, "feed": Feed()}
        keys = Keys(tmp_path / "keys.json")
        usage = SpondeUsage(**kept)
        models = SpondeModels(keys=keys, usage=usage, **kept)
        engines = SpondeEngines(folder=tmp_path / "engines", **kept)
        registry = SpondeRegistry(keys=keys, folder=tmp_path / "m", root=tmp_path, **kept)
        benches = SpondeBenches(models=models, engines=engines, registry=registry, **kept)
        name = "700 tokens at 10/s"
        provider = await models.add(NewProvider(base_url=upstream.base_url, models=(name,)))
        await benches.begin(NewBench(model_id=f"{provider.id}/{name}"), "ada")
        await upstream.was_asked()
        began = time.monotonic()
        await benches.stop()
        assert time.monotonic() - began < 65  # the answer would take 70 s
        found = await database.read(store.list_all)
        await models.stop()
        await usage.stop()
        await database.close()
        return found

    [bench] = run(live())
    assert bench.status is BenchStatus.INTERRUPTED
    assert bench.hint
