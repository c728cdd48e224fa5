"""A question to a model of this machine: its engine is started, waited for, started again."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest
from engines.conftest import seen, set_faults, until

from sponde_server.core.errors import UpstreamFailed
from sponde_server.engines.records import EngineAdoption, EngineStatus

HERE = Path(__file__).parents[1] / "model"


@pytest.fixture
def folder_of(tmp_path):
    """Copy the project's own small model, so that the stand-in may write beside it."""

    def copy(name="tiny-analyst"):
        return Path(shutil.copytree(HERE / name, tmp_path / name))

    return copy


@pytest.fixture
def tiny(folder_of):
    """Give the small model's folder."""
    return folder_of()


def test_a_question_starts_the_engine_and_is_answered(make_asking, tiny, run):
    asking = make_asking()

    async def ask():
        await asking.registry.register_folder(tiny, name="tiny")
        return await asking.ask("tiny")

    said, end = run(ask())
    assert said.startswith("The stand-in has read the question")
    assert end is not None
    assert end.usage.completion_tokens == 9


def test_a_question_at_the_moment_of_a_crash_is_answered_by_the_next_engine(make_asking, tiny, run):
    asking = make_asking()
    set_faults(tiny, "die-asked 1")

    async def ask():
        await asking.registry.register_folder(tiny, name="tiny")
        return await asking.ask("tiny")

    _, end = run(ask())
    assert end is not None
    assert len(seen(tiny, "start")) == 2


def test_an_answer_that_is_cut_by_a_crash_stays_as_it_is_and_the_next_question_goes_on(
    make_asking, tiny, run
):
    asking = make_asking()
    set_faults(tiny, "die-streaming 1")

    async def ask():
        await asking.registry.register_folder(tiny, name="tiny")
        return await asking.ask("tiny"), await asking.ask("tiny")

    (cut, no_end), (_, end) = run(ask())
    assert cut.startswith("The stand-in has")
    assert no_end is None
    assert end is not None


def test_a_question_that_waits_while_the_engine_is_killed_goes_on(make_asking, tiny, run):
    asking = make_asking()

    async def ask():
        await asking.registry.register_folder(tiny, name="tiny")
        (tiny / "step").write_text("1")
        waiting = asyncio.ensure_future(asking.ask("tiny"))
        await until(lambda: seen(tiny, "start"))
        (tiny / "step").write_text("0.01")
        os.kill(seen(tiny, "start")[0]["pid"], signal.SIGKILL)
        return await waiting

    _, end = run(ask())
    assert end is not None


def test_an_adapter_is_asked_by_its_own_name_through_its_bases_engine(
    make_asking, folder_of, tiny, run
):
    asking = make_asking()
    sql = folder_of("tiny-analyst-sql")

    async def ask():
        await asking.registry.register_folder(tiny, name="tiny")
        await asking.registry.register_folder(sql, name="tiny-sql", base="tiny")
        await asking.ask("tiny")
        return await asking.ask("tiny-sql")

    assert run(ask())[1] is not None
    assert [entry["model"] for entry in seen(tiny, "asked")] == ["tiny", "tiny-sql"]
    assert len(seen(tiny, "start")) == 1


def test_models_are_switched_by_asking_another(make_asking, folder_of, tiny, tmp_path, run):
    asking = make_asking(most_engines=1)
    other = Path(shutil.copytree(HERE / "tiny-analyst", tmp_path / "other"))

    async def ask():
        await asking.registry.register_folder(tiny, name="tiny")
        await asking.registry.register_folder(other, name="other")
        for name in ("tiny", "other", "tiny"):
            assert (await asking.ask(name))[1] is not None
        return {engine.model: engine.status for engine in await asking.engines.list_all()}

    assert run(ask()) == {"tiny": EngineStatus.READY, "other": EngineStatus.ASLEEP}


def test_a_model_of_an_adopted_engine_is_asked_by_its_name(make_asking, make_engines, tiny, run):
    others = make_asking()
    asking = make_asking(folder=tiny.parent / "e")

    async def ask():
        await others.registry.register_folder(tiny, name="shared")
        weights = await others.engines._find_weights("shared", 0)
        engine = await others.engines.ready(weights)
        key = others.engines.key(engine.id)
        with pytest.raises(UpstreamFailed, match="does not accept the key that ends in"):
            await asking.engines.adopt(EngineAdoption(address=engine.address, api_key="wrong"))
        (taken,) = await asking.engines.adopt(EngineAdoption(address=engine.address, api_key=key))
        assert taken.vllm_version == "0.32.0"
        said = await asking.ask("shared")
        await asking.engines.remove(taken.id)
        assert await asking.engines.find_adopted("shared") is None
        assert (await others.engines.get(engine.id)).status is EngineStatus.READY
        return said

    assert run(ask())[1] is not None
    assert len(seen(tiny, "start")) == 1
