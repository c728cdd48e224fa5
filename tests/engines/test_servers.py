"""Engines and several JupyterLabs, each a process of its own: shared, killed, taken over."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from engines.conftest import Heard, seen, set_faults, until
from stand_in_vllm import COMMAND

from sponde_server.core.processes import birth
from sponde_server.engines.records import EngineStatus

TESTS = Path(__file__).parents[1]


@pytest.fixture
def start_other(folder, model):
    """Start another server over the same folder; give it and its engine's process."""
    made = []

    def start():
        env = {**os.environ, "PYTHONPATH": str(TESTS.parent / "server_ext")}
        other = subprocess.Popen(
            [sys.executable, TESTS / "engines" / "other_server.py", folder, model, *COMMAND],
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        made.append(other)
        return other, int(other.stdout.readline())

    yield start
    for other in made:
        other.kill()
        other.wait(60)
        other.stdout.close()


def test_an_engine_of_a_killed_server_is_found_and_used_by_the_next(
    start_other, make_engines, weights, model, run
):
    other, pid = start_other()
    other.kill()
    other.wait(60)
    assert birth(pid) is not None
    engines = make_engines()

    async def find():
        await engines.start()
        await until(lambda: [life for life in engines._lives.values() if life.is_ours])
        return await engines.ready(weights)

    engine = run(find())
    assert engine.pid == pid
    assert len(seen(model, "start")) == 1
    run(engines.halt(engine.id))
    assert birth(pid) is None


def test_one_that_a_killed_server_left_dead_is_ended_with_its_children(
    start_other, make_engines, model, run
):
    other, pid = start_other()
    other.kill()
    other.wait(60)
    set_faults(model, "dead")
    (start,) = seen(model, "start")
    engines = make_engines()

    async def sweep():
        await engines.start()
        await until(lambda: birth(pid) is None and birth(start["child"]) is None)

    run(sweep())
    assert len(seen(model, "start")) == 1


def test_two_servers_share_one_engine_and_the_one_that_lives_on_takes_it_over(
    start_other, make_engines, weights, model, run
):
    other, pid = start_other()
    engines = make_engines()
    engine = run(engines.ready(weights))
    assert engine.pid == pid
    assert not engines._lives[engine.id].is_ours
    other.kill()
    other.wait(60)

    async def take_over():
        await until(lambda: engines._lives[engine.id].is_ours)
        return await engines.ready(weights)

    assert run(take_over()).pid == pid
    assert len(seen(model, "start")) == 1


def test_either_of_two_servers_can_stop_it_and_it_stays_stopped(make_engines, weights, model, run):
    one, two = make_engines(), make_engines(feed=Heard())

    async def stop():
        mine, theirs = await asyncio.gather(one.ready(weights), two.ready(weights))
        owner, guest = (one, two) if one._lives[mine.id].is_ours else (two, one)
        name = theirs.id if guest is two else mine.id
        await guest.halt(name)
        await until(lambda: birth(mine.pid) is None)
        (kept,) = owner._lives.values()
        await until(lambda: kept.engine.status is EngineStatus.STOPPED)

    run(stop())
    assert len(seen(model, "start")) == 1
