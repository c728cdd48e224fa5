import asyncio
import os
from pathlib import Path

import pytest
from registry.hub import mode, names, write_adapter, write_model

from sponde_server.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unavailable,
    UpstreamFailed,
)
from sponde_server.registry.records import (
    DownloadProgressed,
    HubQuestion,
    HubToken,
    ModelKind,
    NewDownload,
    VersionSource,
)

ID = "makers/small-model"
TINY = Path(__file__).parents[1] / "model" / "tiny-analyst"


@pytest.fixture
def model(hub, tmp_path):
    """Offer a model on the hub."""
    return hub.add(ID, write_model(tmp_path / "theirs"))


def asks(**more):
    return NewDownload(hub_id=ID, **more)


async def until_some_came(registry, size=1):
    for _ in range(3000):
        if (await registry.get("small-model")).versions[0].done_bytes >= size:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await registry.get("small-model"))


async def test_a_model_is_looked_up_before_anything_is_downloaded(registry, hub, tmp_path):
    folder = write_model(tmp_path / "theirs")
    (folder / "modeling_own.py").write_text("print('hello')")
    (folder / "pytorch_model.bin").write_bytes(b"x" * 500)
    (folder / "model.gguf").write_bytes(b"x" * 500)
    hub.add(ID, folder)
    found = await registry.look_up(HubQuestion(hub_id=f" {hub.url}/{ID}/tree/main "))
    assert (found.hub_id, found.licence, found.suggested_name) == (ID, "apache-2.0", "small-model")
    assert len(found.revision) == 40
    assert found.kind is ModelKind.BASE
    assert found.files == 4
    assert 300_000 < found.size_bytes < 301_000
    assert found.free_bytes > 0
    assert found.problem == ""
    said = " ".join(found.left_out)
    assert "pytorch_model.bin: pickled" in said
    assert "modeling_own.py: code" in said
    assert "model.gguf" in said
    assert await registry.list_models() == []


async def test_a_downloaded_model_is_whole_and_in_use(registry, hub, model, until, feed):
    begun = await registry.download(asks())
    assert begun.versions[0].status == "downloading"
    version = await until("small-model", "ready")
    for path, content in model.files.items():
        assert (Path(version.path) / path).read_bytes() == content
    found = await registry.get("small-model")
    assert (found.current, found.licence, found.kind) == (1, "apache-2.0", "base")
    assert (version.reference, version.revision, version.source) == (
        ID,
        model.commit,
        VersionSource.HUB,
    )
    assert version.done_bytes == version.size_bytes == sum(map(len, model.files.values()))
    assert (version.architecture, version.context_length) == ("Qwen2ForCausalLM", 4096)
    assert mode(version.path) == 0o700
    assert [event for event in feed.heard if isinstance(event, DownloadProgressed)]


@pytest.mark.skipif(not TINY.is_dir(), reason="the project's tiny model is not made yet")
async def test_the_projects_own_model_comes_through_the_hub_as_it_is(registry, hub, until):
    hub.add("sponde/tiny-analyst", TINY)
    await registry.download(NewDownload(hub_id="sponde/tiny-analyst"))
    version = await until("tiny-analyst", "ready")
    theirs, ours = TINY / "model.safetensors", Path(version.path) / "model.safetensors"
    assert ours.read_bytes() == theirs.read_bytes()


async def test_several_files_make_one_model(registry, hub, tmp_path, until):
    hub.add(ID, write_model(tmp_path / "theirs", shards=5))
    await registry.download(asks(name="five"))
    version = await until("five", "ready")
    assert sum(name.endswith(".safetensors") for name in names(version.path)) == 5


async def test_a_download_is_paused_and_goes_on_where_it_stopped(registry, hub, model, until):
    hub.hold_after = 100_000
    await registry.download(asks())
    await until_some_came(registry, 60_000)
    paused = await registry.pause("small-model", 1)
    assert (paused.versions[0].status, paused.versions[0].failure) == ("paused", "")
    come = paused.versions[0].done_bytes
    assert 60_000 <= come < 300_000
    hub.hold_after = 0
    await registry.resume("small-model", 1)
    version = await until("small-model", "ready")
    assert (Path(version.path) / "model.safetensors").read_bytes() == model.files[
        "model.safetensors"
    ]
    first, second = sorted(set(hub.asked_for("/model.safetensors")))
    assert first == ""
    assert int(second[6:-1]) > 30_000


async def test_a_download_that_a_dead_server_left_is_paused_and_can_go_on(
    registry, make_registry, hub, model, until
):
    hub.hold_after = 100_000
    await registry.download(asks())
    await until_some_came(registry, 50_000)
    # What kill -9 leaves: rows that say downloading, and a part of a file.
    later = make_registry()
    await later.start()
    version = (await later.get("small-model")).versions[0]
    assert (version.status, "Resume it" in version.failure) == ("paused", True)
    assert version.done_bytes >= 50_000
    await registry.stop()
    hub.hold_after = 0
    await later.resume("small-model", 1)
    await until("small-model", "ready", of=later)


async def test_a_connection_that_breaks_again_and_again_is_taken_up_where_it_broke(
    registry, hub, model, until
):
    hub.cut_after = 140_000
    await registry.download(asks())
    version = await until("small-model", "ready")
    ranges = [one for one in hub.asked_for("/model.safetensors") if one]
    assert {int(one[6:-1]) // 140_000 for one in ranges} == {1, 2}
    assert (Path(version.path) / "model.safetensors").read_bytes() == model.files[
        "model.safetensors"
    ]


async def test_a_hub_without_ranges_is_asked_for_the_whole_again(registry, hub, model, until):
    hub.hold_after = 100_000
    await registry.download(asks())
    await until_some_came(registry, 50_000)
    await registry.pause("small-model", 1)
    hub.hold_after, hub.ignores_range = 0, True
    await registry.resume("small-model", 1)
    await until("small-model", "ready")


async def test_a_hub_with_troubles_of_its_own_is_asked_again(registry, hub, model, until):
    hub.fails = 2
    await registry.download(asks())
    await until("small-model", "ready")


async def test_a_damaged_file_is_fetched_again(registry, hub, model, until):
    hub.damage["model.safetensors"] = 1
    await registry.download(asks())
    version = await until("small-model", "ready")
    assert (Path(version.path) / "model.safetensors").read_bytes() == model.files[
        "model.safetensors"
    ]


@pytest.mark.parametrize("path", ["model.safetensors", "config.json"])
async def test_a_file_that_comes_damaged_twice_is_told(registry, hub, model, until, path):
    hub.damage[path] = 2
    await registry.download(asks())
    version = await until("small-model", "broken")
    assert f"'{path}' came damaged twice" in version.failure
    assert (await registry.get("small-model")).current == 0
    await registry.resume("small-model", 1)
    await until("small-model", "ready")


@pytest.mark.parametrize("wrong", [200_000, 400_000])
async def test_a_size_that_is_not_the_announced_one_is_told(registry, hub, model, until, wrong):
    hub.announced["model.safetensors"] = wrong
    await registry.download(asks())
    version = await until("small-model", "broken")
    assert "came damaged twice" in version.failure
    assert "bytes instead of" in version.failure


async def test_without_a_network_a_download_pauses_with_what_has_come(
    make_registry, hub, model, until
):
    registry = make_registry(retries=1)
    hub.hold_after = 100_000
    await registry.download(asks())
    await until_some_came(registry, 60_000)
    hub.cut_after = 1
    hub.stop()
    version = await until("small-model", "paused", of=registry)
    assert "cannot be reached" in version.failure
    assert "resume" in version.failure
    assert version.done_bytes >= 60_000
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        await registry.look_up(HubQuestion(hub_id=ID))
    assert "import a folder" in caught.value.hint
    hub.start()


async def test_what_does_not_fit_on_the_disk_is_refused_before(make_registry, hub, model):
    registry = make_registry(free=lambda folder: 200_100_000)
    with pytest.raises(Unavailable, match=r"needs 300 kB, and 200 MB are free"):
        await registry.download(asks())
    assert await registry.list_models() == []


async def test_a_disk_that_fills_up_meanwhile_says_what_is_needed(registry, hub, model, until):
    hub.hold_after = 100_000
    await registry.download(asks())
    await until_some_came(registry, 50_000)
    paused = await registry.pause("small-model", 1)
    part = Path(paused.versions[0].path) / "model.safetensors.part"
    part.unlink()
    os.symlink("/dev/full", part)
    hub.hold_after = 0
    await registry.resume("small-model", 1)
    version = await until("small-model", "paused")
    assert "The disk is full" in version.failure
    assert "still needed" in version.failure
    part.unlink()
    await registry.resume("small-model", 1)
    await until("small-model", "ready")


async def test_a_gated_model_says_how_to_get_it(registry, hub, model, until):
    model.is_gated = True
    assert (await registry.look_up(HubQuestion(hub_id=ID))).is_gated
    await registry.download(asks())
    version = await until("small-model", "paused")
    assert "accept terms" in version.failure
    assert f"{hub.url}/{ID}" in version.failure
    await registry.set_token(HubToken(token=hub.token))
    await registry.resume("small-model", 1)
    await until("small-model", "ready")


async def test_a_token_goes_to_the_hub_alone_and_is_never_shown(registry, hub, model, until, feed):
    shown = await registry.set_token(HubToken(token=f" {hub.token} "))
    assert (shown.url, shown.token_hint) == (hub.url, "…1234")
    await registry.download(asks())
    await until("small-model", "ready")
    assert {key for path, _, key in hub.asked if path.startswith("api/")} == {f"Bearer {hub.token}"}
    assert hub.token not in repr(feed.heard)
    assert (await registry.set_token(HubToken(token=""))).token_hint == ""
    with pytest.raises(Invalid, match="space"):
        await registry.set_token(HubToken(token="two words"))


async def test_a_wrong_token_is_named_by_its_end(registry, hub, model):
    await registry.set_token(HubToken(token="hf_wrong-token-9876"))
    with pytest.raises(Forbidden, match="9876") as caught:
        await registry.download(asks())
    assert "hf_wrong" not in caught.value.message


async def test_a_missing_model_revision_or_id_is_told(registry, hub, model):
    with pytest.raises(NotFound, match="no model 'nobody/nothing', or it is private"):
        await registry.look_up(HubQuestion(hub_id="nobody/nothing"))
    with pytest.raises(NotFound, match="no revision 'v9'"):
        await registry.look_up(HubQuestion(hub_id=ID, revision="v9"))
    for wrong in ("", "a b", "../../etc", "a/b/c", "https://elsewhere.example/a/b"):
        with pytest.raises(Invalid):
            await registry.look_up(HubQuestion(hub_id=wrong))
    with pytest.raises(Invalid, match="not a branch"):
        await registry.look_up(HubQuestion(hub_id=ID, revision="../x"))


async def test_what_is_no_hub_is_told(make_registry, upstream):
    registry = make_registry(hub_url=f"{upstream.root}/html/v1")
    with pytest.raises((UpstreamFailed, NotFound, Unavailable)):
        await registry.look_up(HubQuestion(hub_id=ID))


@pytest.mark.parametrize(
    "name", ["../../escaped.json", "/etc/escaped.json", "a\\..\\b.json", "a/./b.json", "~x/y.json"]
)
async def test_a_file_name_that_leads_outside_is_refused(registry, hub, model, name, tmp_path):
    hub.names["config.json"] = name
    with pytest.raises(UpstreamFailed, match="outside the model's folder"):
        await registry.download(asks())
    assert not list(tmp_path.rglob("escaped.json"))


async def test_redirects_lead_only_to_safe_places(registry, hub, model, until):
    hub.redirect_to = "http://127.0.0.1:9"
    await registry.download(asks())
    version = await until("small-model", "paused")
    assert "http://127.0.0.1:9, which is not secure" in version.failure


async def test_pickled_weights_come_only_when_asked_for_in_words(registry, hub, tmp_path, until):
    folder = write_model(tmp_path / "theirs")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(os.urandom(20_000))
    (folder / "training_args.bin").write_bytes(b"x")
    hub.add(ID, folder)
    found = await registry.look_up(HubQuestion(hub_id=ID))
    assert found.has_pickle
    with pytest.raises(Invalid, match="pickled: they can run any code"):
        await registry.download(asks())
    with pytest.raises(Invalid, match="does not allow pickled weights") as caught:
        await registry.download(asks(allow_pickle="yes"))
    assert "run its code" in caught.value.hint
    await registry.download(asks(allow_pickle="Run its code."))
    version = await until("small-model", "ready")
    assert (Path(version.path) / "pytorch_model.bin").is_file()
    assert not (Path(version.path) / "training_args.bin").exists()


async def test_what_cannot_be_served_is_told_before_it_is_downloaded(registry, hub, tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "model-q4.gguf").write_bytes(b"x" * 100)
    hub.add(ID, folder)
    assert "only as GGUF" in (await registry.look_up(HubQuestion(hub_id=ID))).problem
    with pytest.raises(Invalid, match="cannot be used"):
        await registry.download(asks())


async def test_the_same_commit_is_not_downloaded_twice_but_a_new_one_is_a_new_version(
    registry, hub, model, until, tmp_path
):
    await registry.download(asks())
    await until("small-model", "ready")
    with pytest.raises(Conflict, match="here already, as version 1"):
        await registry.download(asks())
    hub.add(ID, write_model(tmp_path / "newer"))
    await registry.download(asks())
    await until("small-model", "ready", number=2)
    found = await registry.get("small-model")
    assert (found.current, [version.number for version in found.versions]) == (2, [2, 1])


async def test_an_adapter_finds_its_base_whichever_comes_first(registry, hub, tmp_path, until):
    hub.add("makers/base", write_model(tmp_path / "base"))
    hub.add("makers/tuned", write_adapter(tmp_path / "tuned", "makers/base"))
    await registry.download(NewDownload(hub_id="makers/tuned"))
    await until("tuned", "ready")
    tuned = await registry.get("tuned")
    assert (tuned.kind, tuned.base, tuned.base_reference) == ("adapter", "", "makers/base")
    await registry.download(NewDownload(hub_id="makers/base"))
    await until("base", "ready")
    for _ in range(1000):
        if (await registry.get("tuned")).base:
            break
        await asyncio.sleep(0.02)
    assert (await registry.get("tuned")).base == "base"


async def test_verifying_finds_what_was_damaged_since_and_fetches_only_that(
    registry, hub, tmp_path, until
):
    hub.add(ID, write_model(tmp_path / "theirs", shards=3))
    await registry.download(asks())
    version = await until("small-model", "ready")
    assert (await registry.verify("small-model", 1)).versions[0].status == "ready"
    second = Path(version.path) / "model-00002-of-00003.safetensors"
    content = bytearray(second.read_bytes())
    content[-1] ^= 1
    second.write_bytes(content)
    broken = (await registry.verify("small-model", 1)).versions[0]
    assert broken.status == "broken"
    assert "model-00002-of-00003.safetensors: damaged" in broken.failure
    hub.asked.clear()
    await registry.resume("small-model", 1)
    await until("small-model", "ready")
    assert {path.split("/")[-1] for path, _, _ in hub.asked} == {second.name}


async def test_progress_is_told_at_most_four_times_a_second(registry, hub, model, until, feed):
    hub.bytes_per_second = 250_000
    begin = asyncio.get_running_loop().time()
    await registry.download(asks())
    await until("small-model", "ready")
    passed = asyncio.get_running_loop().time() - begin
    told = [event for event in feed.heard if isinstance(event, DownloadProgressed)]
    assert 2 <= len(told) <= 4 * passed + 3
    assert told[-1].size_bytes == (await registry.get("small-model")).versions[0].size_bytes
    assert any("downloading model.safetensors" in event.doing for event in told)
