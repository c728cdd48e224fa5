"""An engine's life: started once, waited for, asleep, ended, found again."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from engines.conftest import Heard, seen, set_faults, until, write_model

from sponde_server.core.errors import Conflict, Unavailable
from sponde_server.core.processes import birth
from sponde_server.engines import control
from sponde_server.engines.process import Place
from sponde_server.engines.records import Adapter, EngineStatus, Weights


def test_an_engine_is_started_by_the_first_who_asks_and_all_wait_for_it(
    make_engines, weights, model, feed, run
):
    engines = make_engines()

    async def ask():
        return await asyncio.gather(*(engines.ready(weights) for _ in range(5)))

    answers = run(ask())
    assert {engine.status for engine in answers} == {EngineStatus.READY}
    assert len(seen(model, "start")) == 1
    assert feed.statuses() == ["starting", "ready"]


def test_what_it_is_doing_is_told_with_the_progress_that_vllm_tells(
    make_engines, weights, model, feed, run
):
    (model / "step").write_text("0.3")
    run(make_engines().ready(weights))
    told = [(engine.doing, engine.progress) for engine in feed.engines]
    assert ("looking at what fits", None) in told
    assert ("loading weights", 0.5) in told
    assert any(doing == "capturing graphs" and progress for doing, progress in told)
    assert told[-1] == ("", None)


def test_only_this_person_can_reach_it_and_its_key_is_not_on_its_command_line(
    make_engines, weights, model, folder, run, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "of somebody else")
    monkeypatch.setenv("JUPYTER_TOKEN", "the server's")
    engines = make_engines()
    engine = run(engines.ready(weights))
    socket = Path(engine.address.removeprefix("unix:"))
    key = engines.key(engine.id)
    assert len(key) > 30
    assert socket.is_socket()
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert (socket.parent / "state.json").stat().st_mode & 0o777 == 0o600
    (start,) = seen(model, "start")
    assert key not in " ".join(start["words"])
    assert "--disable-fastapi-docs" in start["words"]
    assert start["key"]
    assert start["secrets"] == ["VLLM_API_KEY"]
    assert run(control.ask(engine.address, "GET", "/v1/models")).status == 401


def test_a_path_that_is_not_on_the_list_is_never_asked(run):
    with pytest.raises(ValueError):
        run(control.ask("unix:/nowhere", "POST", "/invocations"))


def test_where_a_socket_path_would_be_too_long_a_short_one_is_made(
    make_engines, weights, tmp_path, run
):
    engine = run(make_engines(folder=tmp_path / ("long" * 40)).ready(weights))
    place = Path(engine.address.removeprefix("unix:")).parent
    assert place.stat().st_mode & 0o777 == 0o700
    assert len(engine.address) < 100


def test_it_can_listen_on_a_port_of_this_machine(make_engines, weights, run):
    engine = run(make_engines(uses_sockets=False).ready(weights))
    assert engine.address.startswith("http://127.0.0.1:")


def test_stopping_it_ends_every_process_of_its_group(make_engines, weights, model, feed, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    (start,) = seen(model, "start")
    stopped = run(engines.halt(engine.id))
    assert stopped.status is EngineStatus.STOPPED
    assert birth(start["pid"]) is None
    assert birth(start["child"]) is None
    assert feed.statuses()[-2:] == ["stopping", "stopped"]


def test_the_server_takes_its_engines_with_it_unless_told_otherwise(
    make_engines, weights, model, run
):
    first = make_engines(keep_running=True)
    engine = run(first.ready(weights))
    run(first.stop())
    assert birth(engine.pid) is not None

    second = make_engines()

    async def follow():
        await second.start()
        await until(lambda: any(life.running for life in second._lives.values()))
        return await second.ready(weights)

    again = run(follow())
    assert again.pid == engine.pid
    run(second.stop())
    assert birth(engine.pid) is None
    assert len(seen(model, "start")) == 1


def test_what_a_killed_server_left_is_ended_whole_where_it_does_not_answer(
    make_engines, weights, model, run
):
    first = make_engines(keep_running=True)
    engine = run(first.ready(weights))
    (start,) = seen(model, "start")
    run(first.stop())
    set_faults(model, "dead")
    second = make_engines()

    async def sweep():
        await second.start()
        await until(lambda: birth(engine.pid) is None and birth(start["child"]) is None)

    run(sweep())
    assert len(seen(model, "start")) == 1


def test_two_servers_that_start_one_engine_end_up_with_one(make_engines, weights, model, run, feed):
    one, two = make_engines(), make_engines(feed=Heard())

    async def both():
        return await asyncio.gather(one.ready(weights), two.ready(weights))

    mine, theirs = run(both())
    assert mine.pid == theirs.pid
    assert mine.address == theirs.address
    assert one.key(mine.id) == two.key(theirs.id)
    assert len(seen(model, "start")) == 1


def test_when_the_server_that_looks_after_a_shared_engine_goes_the_other_starts_its_own(
    make_engines, weights, model, run
):
    one, two = make_engines(), make_engines(feed=Heard())

    async def both():
        await one.ready(weights)
        shared = await two.ready(weights)
        await one.stop()
        await until(lambda: birth(shared.pid) is None)
        return shared, await two.ready(weights)

    shared, own = run(both())
    assert own.pid != shared.pid
    assert len(seen(model, "start")) == 2


def test_an_engine_sleeps_and_wakes_for_a_question(make_engines, weights, model, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    assert engine.can_sleep
    assert run(engines.put_to_sleep(engine.id, 1)).status is EngineStatus.ASLEEP
    assert run(engines.ready(weights)).status is EngineStatus.READY
    assert [entry["event"] for entry in seen(model)][-2:] == ["sleep", "wake_up"]
    assert len(seen(model, "start")) == 1


def test_a_deep_sleep_reads_the_weights_again_when_it_ends(make_engines, weights, model, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    run(engines.put_to_sleep(engine.id, 2))
    run(engines.wake(engine.id))
    done = [(entry["event"], entry.get("query")) for entry in seen(model)]
    assert done[-4:] == [
        ("sleep", "level=2"),
        ("wake_up", "tags=weights"),
        ("collective_rpc", ""),
        ("wake_up", "tags=kv_cache"),
    ]


def test_one_that_does_not_wake_is_started_again(make_engines, weights, model, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    run(engines.put_to_sleep(engine.id, 1))
    set_faults(model, "no-wake 1")
    again = run(engines.ready(weights))
    assert again.status is EngineStatus.READY
    assert again.pid != engine.pid


def test_a_processor_offers_no_sleep(make_engines, weights, run, monkeypatch):
    monkeypatch.setenv("STAND_IN_VERSION", "0.32.0+cpu")
    engines = make_engines()
    engine = run(engines.ready(weights))
    assert not engine.can_sleep
    with pytest.raises(Conflict):
        run(engines.put_to_sleep(engine.id, 1))


def test_an_idle_engine_is_put_to_sleep_then_stopped_and_a_pinned_one_stays(
    make_engines, weights, tmp_path, run
):
    engines = make_engines(idle_minutes=0.005)
    pinned = Weights(model="pinned", version=1, path=str(write_model(tmp_path / "pinned")))

    async def idle():
        kept = await engines.ready(pinned)
        await engines.pin(kept.id, True)
        engine = await engines.ready(weights)
        for status in (EngineStatus.ASLEEP, EngineStatus.STOPPED):
            await until(lambda wanted=status: engines._lives[engine.id].engine.status is wanted)
        return await engines.get(kept.id)

    assert run(idle()).status is EngineStatus.READY


def test_an_engine_that_answers_is_never_unloaded(make_engines, weights, model, run):
    engines = make_engines(idle_minutes=0.002)

    async def ask():
        engine = await engines.ready(weights)
        engines.begin(engine.id)
        await asyncio.sleep(1.0)
        assert (await engines.get(engine.id)).status is EngineStatus.READY
        with pytest.raises(Conflict):
            await engines.put_to_sleep(engine.id, 1)
        engines.end(engine.id)
        await until(lambda: engines._lives[engine.id].engine.status is not EngineStatus.READY)

    run(ask())


def test_the_engine_idle_for_longest_makes_room(make_engines, tmp_path, run):
    engines = make_engines(most_engines=2)
    a, b, c = (
        Weights(model=name, version=1, path=str(write_model(tmp_path / name))) for name in "abc"
    )

    async def fill():
        first, second = await engines.ready(a), await engines.ready(b)
        await engines.ready(a)
        await engines.ready(c)
        return [await engines.get(engine.id) for engine in (first, second)]

    first, second = run(fill())
    assert first.status is EngineStatus.READY
    assert second.status is EngineStatus.ASLEEP


def test_when_none_is_idle_the_start_says_so(make_engines, weights, tmp_path, run):
    engines = make_engines(most_engines=1)
    other = Weights(model="other", version=1, path=str(write_model(tmp_path / "other")))

    async def fill():
        engine = await engines.ready(weights)
        engines.begin(engine.id)
        await engines.ready(other)

    with pytest.raises(Unavailable, match="none of them is idle"):
        run(fill())


def test_adapters_are_added_and_removed_while_it_runs(make_engines, weights, model, tmp_path, run):
    adapter = tmp_path / "sql"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    engines = make_engines()
    engine = run(engines.ready(weights))
    asked = replace(weights, adapters=(Adapter(name="sql", path=str(adapter)),))
    assert run(engines.ready(asked)).adapters == ("sql",)
    assert run(engines.ready(asked)).adapters == ("sql",)
    assert len(seen(model, "adapter")) == 1
    run(engines.restart(engine.id))
    assert run(engines.ready(weights)).adapters == ("sql",)
    assert run(engines.remove_adapter(engine.id, "sql")).adapters == ()
    assert len(seen(model, "adapter-gone")) == 1


def test_settings_hold_from_the_next_start_and_are_kept(make_engines, weights, model, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    settings = replace(engine.settings, context_length=512, is_pinned=True)

    async def change():
        from sponde_server.engines.records import EngineChange

        await engines.change(engine.id, EngineChange(settings=settings, restarts=True))
        await engines.ready(weights)
        await engines.list_all()

    run(change())
    words = seen(model, "start")[-1]["words"]
    assert words[words.index("--max-model-len") + 1] == "512"
    run(engines.stop())
    (kept,) = run(make_engines().list_all())
    assert (kept.id, kept.settings) == (engine.id, settings)


def test_a_wait_for_an_engine_that_is_stopped_ends_with_a_sentence(
    make_engines, weights, model, run
):
    set_faults(model, "hang")
    engines = make_engines()

    async def stop_meanwhile():
        waiting = asyncio.ensure_future(engines.ready(weights))
        await until(lambda: seen(model, "start"))
        (engine,) = await engines.list_all()
        await engines.halt(engine.id)
        await waiting

    with pytest.raises(Unavailable, match="was stopped"):
        run(stop_meanwhile())


def test_the_log_is_given_clean(make_engines, weights, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    log = run(engines.read_log(engine.id, 10_000))
    assert log.is_whole
    assert "Application startup complete." in log.text
    assert "\x1b" not in log.text


def test_nothing_of_an_engine_is_left_when_its_keeper_is_killed(make_engines, weights, model, run):
    engines = make_engines()
    engine = run(engines.ready(weights))
    (start,) = seen(model, "start")
    state = next(path for path in [engines._place(engine)])
    running = Place(state).read()
    os.kill(running.keeper, signal.SIGKILL)

    async def again():
        await until(lambda: birth(start["pid"]) is None and birth(start["child"]) is None)
        return await engines.ready(weights)

    assert run(again()).pid != engine.pid
