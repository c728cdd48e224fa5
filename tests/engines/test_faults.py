"""What goes wrong with an engine, and what becomes of those who wait for it."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from engines.conftest import seen, set_faults, until

from sponde_server.core.errors import Unavailable
from sponde_server.core.processes import birth
from sponde_server.engines.records import EngineStatus


def test_one_that_is_killed_is_started_again_and_who_waits_goes_on(
    make_engines, weights, model, feed, run
):
    engines = make_engines()
    engine = run(engines.ready(weights))
    (start,) = seen(model, "start")
    os.kill(engine.pid, signal.SIGKILL)

    async def again():
        await until(lambda: birth(start["child"]) is None, "its child outlives it")
        await until(lambda: engines._lives[engine.id].engine.pid not in (0, engine.pid))
        return await engines.ready(weights)

    after = run(again())
    assert after.status is EngineStatus.READY
    assert after.restarts == 1
    assert any("after a crash" in told.doing for told in feed.engines)


def test_an_answer_of_503_counts_as_dead(make_engines, weights, model, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    set_faults(model, "dead 1")

    async def again():
        await until(lambda: birth(engine.pid) is None)
        return await engines.ready(weights)

    assert run(again()).pid != engine.pid


def test_one_killed_while_loading_is_tried_again(make_engines, weights, model, run):
    set_faults(model, "killed-loading 1")
    assert run(make_engines().ready(weights)).status is EngineStatus.READY
    assert len(seen(model, "start")) == 2


def test_one_that_fails_while_loading_says_why_at_once(make_engines, weights, model, run):
    set_faults(model, "die-loading")
    engines = make_engines()
    with pytest.raises(Unavailable) as refused:
        run(engines.ready(weights))
    assert refused.value.hint
    assert len(seen(model, "start")) == 1
    (engine,) = run(engines.list_all())
    assert engine.status is EngineStatus.FAILED
    assert engine.failure.message == refused.value.message
    assert "another shape" in run(engines.read_log(engine.id, 10_000)).text


def test_a_failed_one_is_not_started_by_every_question(make_engines, weights, model, run):
    set_faults(model, "die-loading")
    engines = make_engines()
    for _ in range(3):
        with pytest.raises(Unavailable):
            run(engines.ready(weights))
    assert len(seen(model, "start")) == 1
    set_faults(model)
    (engine,) = run(engines.list_all())
    run(engines.restart(engine.id))
    assert run(engines.ready(weights)).status is EngineStatus.READY


def test_too_little_memory_comes_with_the_way_out(make_engines, weights, model, run):
    set_faults(model, "out-of-memory")
    engines = make_engines()
    with pytest.raises(Unavailable, match="memory"):
        run(engines.ready(weights))


def test_a_crash_loop_ends_with_a_sentence(make_engines, weights, model, run):
    set_faults(model, "killed-loading")
    engines = make_engines(restarts=2)
    with pytest.raises(Unavailable, match="3 times"):
        run(engines.ready(weights))
    assert len(seen(model, "start")) == 3


def test_an_address_that_was_taken_meanwhile_is_left_for_another(make_engines, weights, model, run):
    set_faults(model, "port-taken 1")
    engine = run(make_engines(uses_sockets=False).ready(weights))
    assert engine.status is EngineStatus.READY
    first, second = (entry["words"] for entry in seen(model, "start"))
    assert first[first.index("--port") + 1] != second[second.index("--port") + 1]


def test_a_stranger_at_its_address_is_not_believed(make_engines, weights, model, run):
    set_faults(model, "stranger 1")
    assert run(make_engines().ready(weights)).status is EngineStatus.READY
    assert len(seen(model, "start")) == 2


def test_one_that_hangs_is_ended(make_engines, weights, model, run):
    set_faults(model, "hang")
    with pytest.raises(Unavailable, match="said nothing for 1 seconds"):
        run(make_engines(start_seconds=1).ready(weights))
    (start,) = seen(model, "start")
    assert birth(start["pid"]) is None


def test_garbage_on_its_output_hurts_nobody(make_engines, weights, model, run):
    set_faults(model, "garbage")
    engines = make_engines()

    async def read():
        engine = await engines.ready(weights)
        for _ in range(600):
            log = await engines.read_log(engine.id, 5000)
            if "�" in log.text:
                return log
            await asyncio.sleep(0.05)
        raise AssertionError("no garbage came")

    text = run(read()).text
    assert "\x00" not in text
    assert "\x1b" not in text


def test_a_flood_of_output_fills_neither_disk_nor_memory_nor_time(
    make_engines, weights, model, folder, run
):
    set_faults(model, "flood")
    engines = make_engines(log_megabytes=1)

    async def watch():
        engine = await engines.ready(weights)
        rotated = Path(folder, engines._place(engine), "log.1")
        await until(rotated.exists)
        longest = 0.0
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            began = time.monotonic()
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - began)
            await asyncio.sleep(0.01)
            with suppress(FileNotFoundError):  # at the moment when they take turns
                sizes = sum(path.stat().st_size for path in rotated.parent.glob("log*"))
                assert sizes < 1_300_000
        assert len((await engines.read_log(engine.id, 5000)).text) < 20_000
        assert (await engines.get(engine.id)).status is EngineStatus.READY
        return longest

    assert run(watch()) < 20


def test_without_vllm_the_sentence_says_how_to_get_it(make_engines, weights, run):
    engines = make_engines(command=[], python="/nowhere/python")
    with pytest.raises(Unavailable, match="/nowhere/python") as refused:
        run(engines.ready(weights))
    assert "pip install" in refused.value.hint
    said = run(engines.installation())
    assert not said.is_found
    assert len(said.ways) == 2
