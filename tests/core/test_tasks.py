import asyncio
import logging

import pytest

from sponde_server.core.tasks import Tasks


@pytest.fixture
def tasks() -> Tasks:
    return Tasks(logging.getLogger("tests.tasks"))


async def test_what_is_begun_goes_on_though_nobody_holds_it(tasks):
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    for number in range(3):
        tasks.start(work(number))
    await tasks.settle()
    assert done == [0, 1, 2]


async def test_settling_waits_also_for_what_is_begun_meanwhile(tasks):
    done: list[str] = []

    async def last() -> None:
        await asyncio.sleep(0)
        done.append("last")

    async def first() -> None:
        await asyncio.sleep(0)
        tasks.start(last())

    tasks.start(first())
    await tasks.settle()
    assert done == ["last"]


async def test_a_failure_is_logged_and_ends_nothing_else(tasks, caplog):
    go_on = asyncio.Event()

    async def fail() -> None:
        raise ValueError("no such luck")

    async def wait() -> str:
        await go_on.wait()
        return "went on"

    other = tasks.start(wait())
    tasks.start(fail())
    with caplog.at_level(logging.ERROR):
        await asyncio.sleep(0)
        go_on.set()
        await tasks.settle()
    assert other.result() == "went on"
    assert "no such luck" in caplog.text


async def test_stopping_cancels_what_runs_and_waits_for_its_end(tasks, caplog):
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("tidied up")

    task = tasks.start(work())
    await asyncio.sleep(0)
    await tasks.stop()
    assert ended == ["tidied up"]
    assert task.cancelled()
    assert caplog.text == ""


async def test_stopping_when_nothing_runs_does_nothing(tasks):
    await tasks.stop()
    await tasks.settle()
