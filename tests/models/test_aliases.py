import logging

import duckdb
import pytest
from conftest import MIGRATIONS

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.models.records import Completion, Delta, ModelChoice, NewProvider, Role, Turn

SMALL, LARGE = "scripted", "scripted-large"


def to(model_id):
    return ModelChoice(model_id=model_id)


@pytest.fixture
def provider(models, upstream, run):
    return run(models.add(NewProvider(base_url=upstream.base_url)))


async def test_a_model_is_found_by_its_id_an_alias_or_its_bare_name(models, provider):
    await models.set_alias("fast", to(f"{provider.id}/{LARGE}"))
    for name in (f"{provider.id}/{LARGE}", "fast", LARGE):
        assert (await models.get_model(name)).name == LARGE
    assert (await models.get_model()).name == SMALL
    assert (await models.get_model("default")).name == SMALL
    with pytest.raises(NotFound, match="no model 'faster'"):
        await models.get_model("faster")


async def test_an_alias_is_set_by_any_name_and_shown_at_its_model(models, provider):
    alias = await models.set_alias("vision", to(LARGE))
    assert alias.model_id == f"{provider.id}/{LARGE}"
    assert alias.wrong == ""
    shown = {model.name: model.aliases for model in await models.list_models()}
    assert shown == {SMALL: (), LARGE: ("vision",)}


async def test_an_alias_goes_back_one_step_at_a_time(models, provider):
    for name in (SMALL, LARGE, SMALL):
        await models.set_alias("fast", to(name))
    assert [t.model_id.partition("/")[2] for t in (await models.get_alias("fast")).history] == [
        SMALL,
        LARGE,
        SMALL,
    ]
    assert (await models.roll_back("fast")).model_id.endswith(LARGE)
    assert (await models.roll_back("fast")).model_id.endswith(SMALL)
    with pytest.raises(Conflict, match="nothing else"):
        await models.roll_back("fast")


async def test_setting_an_alias_to_what_it_is_adds_no_step(models, provider):
    await models.set_alias("fast", to(SMALL))
    assert len((await models.set_alias("fast", to(SMALL))).history) == 1


async def test_of_a_long_history_the_last_twenty_stay(models, provider):
    for number in range(25):
        await models.set_alias("fast", to((SMALL, LARGE)[number % 2]))
    assert len((await models.get_alias("fast")).history) == 20


async def test_aliases_are_kept_and_removed(models, make_models, provider):
    await models.set_alias("fast", to(LARGE))
    assert (await make_models().get_model("fast")).name == LARGE
    await models.remove_alias("fast")
    assert await make_models().list_aliases() == []
    with pytest.raises(NotFound, match="no alias 'fast'"):
        await models.remove_alias("fast")


async def test_choosing_a_model_sets_the_alias_default(models, provider):
    await models.choose(to(LARGE))
    assert (await models.get_alias("default")).model_id.endswith(LARGE)
    await models.choose(to(SMALL))
    assert (await models.roll_back("default")).model_id.endswith(LARGE)
    assert (await models.default_model()).name == LARGE


async def test_an_alias_whose_model_is_gone_says_so(models, make_models, provider, upstream):
    await models.set_alias("fast", to(LARGE))
    await models.remove(provider.id)
    await models.add(NewProvider(base_url=upstream.base_url, name="Another"))
    assert "'scripted-large', which is not there any more" in (await models.get_alias("fast")).wrong
    with pytest.raises(NotFound, match="'fast' stands for"):
        await models.get_model("fast")


async def test_a_word_that_is_no_alias_is_refused(models, provider):
    for word in ("a/b", "", "two words", "x" * 65, "../x"):
        with pytest.raises(Invalid, match="cannot be an alias"):
            await models.set_alias(word, to(SMALL))


async def test_a_question_may_name_an_alias(models, provider, upstream):
    await models.set_alias("fast", to(LARGE))
    turns = (Turn(role=Role.USER, content="hello"),)
    pieces = [p async for p in models.complete(Completion(model_id="fast", turns=turns))]
    assert any(isinstance(piece, Delta) for piece in pieces)
    assert upstream.requests()[0]["body"]["model"] == LARGE


def test_the_model_that_was_chosen_before_becomes_the_alias_default():
    with duckdb.connect() as con:
        con.execute("CREATE TABLE model_choice (model_id VARCHAR NOT NULL)")
        con.execute("INSERT INTO model_choice VALUES ('p/m')")
        con.execute((MIGRATIONS / "0011_aliases.sql").read_text("utf-8"))
        rows = con.execute("SELECT name, model_id, set_at IS NOT NULL FROM alias_target").fetchall()
        assert rows == [("default", "p/m", True)]


async def test_asking_a_known_model_reads_nothing_from_the_history(
    make_models, upstream, tmp_path, run
):
    read = []

    class Counting(Database):
        async def read(self, work, *args, **kwargs):
            read.append(work.__name__)
            return await super().read(work, *args, **kwargs)

    database = Counting(tmp_path / "counted.duckdb", MIGRATIONS, logging.getLogger("test"))
    models = make_models(database=database)
    provider = await models.add(NewProvider(base_url=upstream.base_url))
    await models.set_alias("fast", to(f"{provider.id}/{SMALL}"))

    async def ask():
        model = await models.get_model("fast")
        turns = (Turn(role=Role.USER, content="hello"),)
        completion = Completion(model_id=model.id, turns=turns)
        return [piece async for piece in models.complete(completion)]

    await ask()
    read.clear()
    await ask()
    assert read == []
    await models.stop()
    await database.close()


async def test_aliases_have_addresses(api, upstream):
    await api("POST", "/providers", {"base_url": upstream.base_url})
    await api("PUT", "/aliases/fast", {"model_id": SMALL})
    alias = await api("PUT", "/aliases/fast", {"model_id": LARGE})
    assert alias["model_id"].endswith(LARGE)
    assert (await api("POST", "/aliases/fast/rollback"))["model_id"].endswith(SMALL)
    assert [one["name"] for one in await api("GET", "/aliases")] == ["fast"]
    await api("DELETE", "/aliases/fast")
    assert await api("GET", "/aliases") == []
    assert (await api("DELETE", "/aliases/fast"))["status"] == 404
