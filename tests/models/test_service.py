import asyncio

import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, Unavailable
from sponde_server.models.echo import Echo
from sponde_server.models.records import (
    Completion,
    Delta,
    Finished,
    ModelChoice,
    NewProvider,
    ProviderKind,
    Role,
    Turn,
)

TURNS = (Turn(role=Role.USER, content="hello"),)


async def say(models, model):
    pieces = [p async for p in models.complete(Completion(model_id=model.id, turns=TURNS))]
    assert isinstance(pieces[-1], Finished)
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))


async def test_without_a_provider_there_is_no_model_and_none_is_made_up(models):
    assert await models.list_models() == []
    assert await models.default_model() is None
    with pytest.raises(Unavailable, match="No language model is connected") as caught:
        await models.get_model()
    assert "/profile" in caught.value.hint


async def test_a_provider_is_asked_when_it_is_added_and_its_models_can_be_asked(models, upstream):
    provider = await models.add(NewProvider(base_url=upstream.base_url, api_key="sk-abcdefgh"))
    assert provider.models == ("scripted", "scripted-large")
    assert provider.key_hint == "…efgh"
    assert provider.name == upstream.base_url.split("/")[2]
    assert {entry["path"] for entry in upstream.requests("/models")} == {"/v1/models"}
    model = await models.get_model()
    assert (model.name, model.is_default, model.is_local) == ("scripted", True, True)
    assert "hello" in await say(models, model)
    assert upstream.requests()[0]["authorization"] == "Bearer sk-abcdefgh"


async def test_a_bare_host_is_taken_as_its_v1(models, upstream):
    provider = await models.add(NewProvider(base_url=upstream.root + "/"))
    assert provider.base_url == upstream.base_url


@pytest.mark.parametrize(
    ("place", "key", "says"),
    [
        ("/v1", "wrong-key-9876", "…9876"),
        ("/html/v1", "", "web page"),
        ("/redirect/v1", "", "not followed"),
        ("/nolist/v1", "", "does not list its models"),
        ("/empty/v1", "", "has no models"),
        ("/nowhere/v1", "", "does not list its models"),
    ],
)
async def test_what_does_not_work_is_told_at_once_and_not_kept(
    models, upstream, tmp_path, place, key, says
):
    with pytest.raises(SpondeError) as caught:
        await models.add(NewProvider(base_url=upstream.root + place, api_key=key))
    assert says in caught.value.message
    assert caught.value.hint
    assert await models.list_providers() == []
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize("address", ["", "ftp://x/v1", "127.0.0.1:8000", "http://u:p@h/v1"])
async def test_what_is_no_address_is_refused_with_a_way_out(models, address):
    with pytest.raises(Invalid) as caught:
        await models.add(NewProvider(base_url=address))
    assert caught.value.hint


@pytest.mark.parametrize("key", ["sk-with space", "sk-ünicode", "two\nlines"])
async def test_what_is_no_key_is_refused_before_it_is_sent(models, upstream, key):
    with pytest.raises(Invalid, match="key"):
        await models.add(NewProvider(base_url=upstream.base_url, api_key=key))
    assert upstream.requests("/models") == []


async def test_a_server_that_lists_nothing_is_kept_with_the_names_given(models, upstream):
    provider = await models.add(
        NewProvider(base_url=f"{upstream.root}/nolist/v1", models=(" mine ", "", "mine"))
    )
    assert provider.models == ("mine",)
    assert "hello" in await say(models, await models.get_model())


async def test_names_given_come_before_those_listed(models, upstream):
    provider = await models.add(NewProvider(base_url=upstream.base_url, models=("tuned",)))
    assert provider.models == ("tuned", "scripted", "scripted-large")


async def test_the_same_provider_again_brings_a_new_key(models, upstream):
    first = await models.add(NewProvider(base_url=upstream.base_url, api_key="sk-aaaaaaaa"))
    await say(models, await models.get_model())
    again = await models.add(NewProvider(base_url=upstream.base_url, api_key="sk-bbbbbbbb"))
    assert again.id == first.id
    assert len(await models.list_providers()) == 1
    await say(models, await models.get_model())
    assert [e["authorization"][-4:] for e in upstream.requests()] == ["aaaa", "bbbb"]


async def test_the_chosen_model_is_kept(models, make_models, upstream):
    provider = await models.add(NewProvider(base_url=upstream.base_url))
    chosen = await models.choose(ModelChoice(model_id=f"{provider.id}/scripted-large"))
    assert chosen.is_default
    later = make_models()
    assert (await later.default_model()).name == "scripted-large"


async def test_only_a_model_that_is_there_can_be_chosen(models, upstream):
    await models.add(NewProvider(base_url=upstream.base_url))
    with pytest.raises(NotFound, match="no model 'x/y'") as caught:
        await models.choose(ModelChoice(model_id="x/y"))
    assert "scripted" in caught.value.hint


async def test_a_removed_provider_takes_its_key_and_its_models_along(models, upstream, tmp_path):
    provider = await models.add(NewProvider(base_url=upstream.base_url, api_key="sk-abcdefgh"))
    await models.choose(ModelChoice(model_id=f"{provider.id}/scripted"))
    await models.remove(provider.id)
    assert await models.list_models() == []
    assert "sk-abcdefgh" not in (tmp_path / "keys.json").read_text()
    with pytest.raises(NotFound):
        await models.remove(provider.id)


async def test_a_configured_provider_needs_no_person(make_models, upstream):
    models = make_models(
        base_url=upstream.base_url + "/", api_key="sk-confabcd", model="scripted-large"
    )
    model = await models.get_model()
    assert model.name == "scripted-large"
    await say(models, model)
    assert upstream.requests()[0]["authorization"] == "Bearer sk-confabcd"
    provider = (await models.list_providers())[0]
    assert (provider.source, provider.key_hint) == ("configuration", "…abcd")
    with pytest.raises(Conflict, match=r"jupyter_config\.py"):
        await models.remove(provider.id)


async def test_a_configured_server_names_its_models_itself(make_models, upstream):
    models = make_models(base_url=upstream.base_url)
    assert [model.name for model in await models.list_models()] == ["scripted", "scripted-large"]
    assert (await models.check("configuration")).models == ("scripted", "scripted-large")


async def test_a_configured_server_that_is_down_does_not_hold_anyone_up(make_models, upstream):
    models = make_models(base_url=f"{upstream.root}/silent/v1")
    begun = asyncio.get_running_loop().time()
    assert await models.list_models() == []
    assert asyncio.get_running_loop().time() - begun < 4
    named = make_models(base_url=f"{upstream.root}/silent/v1", model="mine")
    begun = asyncio.get_running_loop().time()
    assert [model.name for model in await named.list_models()] == ["mine"]
    assert asyncio.get_running_loop().time() - begun < 1


async def test_a_setting_that_is_no_address_is_left_out(make_models, caplog):
    models = make_models(base_url="not an address")
    assert await models.list_providers() == []


async def test_checking_again_brings_what_is_new_in_the_order_that_was(models, upstream):
    provider = await models.add(
        NewProvider(base_url=upstream.base_url, models=("scripted-large", "gone"))
    )
    assert (await models.check(provider.id)).models == ("scripted-large", "scripted")
    with pytest.raises(NotFound):
        await models.check("nobody")


async def test_the_double_is_reached_like_any_other(make_models):
    models = make_models(connect=Echo)
    await models.add(NewProvider(base_url="http://double/v1", name="Double"))
    assert await say(models, await models.get_model()) == "hello"


async def test_an_answer_goes_on_while_its_provider_is_removed(models, upstream):
    provider = await models.add(NewProvider(base_url=upstream.base_url))
    model = await models.get_model()
    talking = asyncio.ensure_future(say(models, model))
    await upstream.was_asked()
    await models.remove(provider.id)
    assert "hello" in await talking


async def test_a_connection_that_cannot_be_made_is_tried_anew(make_models):
    is_down = asyncio.Event()

    def connect(provider, key):
        if is_down.is_set():
            raise Unavailable("Not now.", "Later.")
        return Echo()

    models = make_models(connect=connect)
    await models.add(NewProvider(base_url="http://double/v1"))
    is_down.set()
    model = await models.get_model()
    with pytest.raises(Unavailable, match="Not now"):
        await say(models, model)
    is_down.clear()
    assert await say(models, model) == "hello"


async def test_the_protocol_of_a_server_is_found_out(models, anthropic, upstream):
    found = await models.add(NewProvider(base_url=anthropic.base_url, api_key="sk-ant-abcd1234"))
    assert (found.kind, found.models[0]) == (ProviderKind.ANTHROPIC, "claude-scripted")
    model = await models.get_model("claude-scripted")
    assert "hello" in await say(models, model)
    assert await models.takes_beginning(model.id)
    other = await models.add(NewProvider(base_url=upstream.base_url, api_key="sk-abcdefgh"))
    assert other.kind is ProviderKind.OPENAI
    again = await models.check(found.id)
    assert again.kind is ProviderKind.ANTHROPIC


async def test_a_chosen_protocol_is_the_only_one_that_is_tried(models, anthropic):
    new = NewProvider(base_url=anthropic.base_url, kind=ProviderKind.OPENAI, api_key="sk-abcdefgh")
    with pytest.raises(SpondeError):
        await models.add(new)
    assert await models.list_providers() == []


async def test_a_wrong_key_is_found_out_where_the_list_of_models_needs_none(models, upstream):
    new = NewProvider(base_url=f"{upstream.root}/open/v1", api_key="wrong-key-9876")
    with pytest.raises(SpondeError, match="does not accept the key that ends in …9876"):
        await models.add(new)
    assert await models.list_providers() == []
    kept = await models.add(NewProvider(base_url=f"{upstream.root}/open/v1", api_key="sk-right-12"))
    assert kept.models
    # Nothing was asked that could cost.
    assert all(entry["body"]["messages"] == [] for entry in upstream.requests())


async def test_a_reference_to_a_variable_is_kept_as_one(make_models, upstream, monkeypatch):
    monkeypatch.setenv("SPONDE_TEST_KEY", "sk-from-outside")
    models = make_models()
    new = NewProvider(base_url=upstream.base_url, api_key="env:SPONDE_TEST_KEY")
    provider = await models.add(new)
    assert provider.key_hint == "env:SPONDE_TEST_KEY"
    await say(models, await models.get_model())
    assert upstream.requests()[-1]["authorization"] == "Bearer sk-from-outside"
    wrong = NewProvider(base_url=upstream.base_url, api_key="env:not a name")
    with pytest.raises(Invalid, match="variable"):
        await models.add(wrong)
