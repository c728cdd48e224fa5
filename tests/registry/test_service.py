import json
import os
import time
from pathlib import Path

import pytest
from registry.hub import names, safetensors, write_adapter, write_model

from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.registry.records import (
    FolderQuestion,
    ModelRegistered,
    ModelUnregistered,
    NewDownload,
    NewImport,
    NewRemoteModel,
    RegisteredModelChange,
    VersionSource,
)


@pytest.fixture
def folder(tmp_path):
    return write_model(tmp_path / "My Model (v2)")


async def imported(registry, folder, **more):
    return await registry.import_folder(NewImport(path=str(folder), **more))


# -- folders ------------------------------------------------------------------------------------


async def test_a_folder_is_registered_where_it_is(registry, folder):
    model = await imported(registry, "My Model (v2)", notes="from a colleague")
    version = model.versions[0]
    assert (model.name, model.current, model.licence) == ("My-Model-v2", 1, "apache-2.0")
    assert (version.path, version.status, version.is_owned) == (str(folder), "ready", False)
    assert version.architecture == "Qwen2ForCausalLM"
    assert model.notes == "from a colleague"


async def test_a_folder_is_copied_without_its_code(registry, folder, until):
    (folder / "modeling_own.py").write_text("print('hello')")
    (folder / "weights.bin").write_bytes(b"x" * 100)
    await imported(registry, folder, name="copied", is_copied=True)
    version = await until("copied", "ready")
    assert version.is_owned
    assert Path(version.path) != folder
    assert names(version.path) == [
        "README.md",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]


async def test_a_cache_of_links_is_copied_as_files(registry, tmp_path, until):
    blobs = write_model(tmp_path / "blobs")
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    for path in blobs.iterdir():
        os.symlink(path, snapshot / path.name)
    await imported(registry, snapshot, name="linked", is_copied=True)
    version = await until("linked", "ready")
    assert not any((Path(version.path) / name).is_symlink() for name in names(version.path))


async def test_what_is_wrong_with_a_folder_is_said_in_sentences(registry, tmp_path):
    async def problems(place):
        return " ".join((await registry.look_at(FolderQuestion(path=str(place)))).problems)

    empty = tmp_path / "empty"
    empty.mkdir()
    assert "empty" in await problems(empty)
    folder = write_model(tmp_path / "m", shards=2)
    assert await problems(folder) == ""
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").unlink()
    assert "config.json cannot be read" in await problems(folder)
    assert "no tokenizer" in await problems(folder)
    (folder / "config.json").write_text('{"model_type": "x"}')
    assert "names no architecture" in await problems(folder)
    (folder / "config.json").unlink()
    assert "no config.json" in await problems(folder)
    second = folder / "model-00002-of-00002.safetensors"
    second.write_bytes(second.read_bytes()[:-1])
    assert "is damaged: it has" in await problems(folder)
    second.write_bytes(b"garbage, all of it")
    assert "does not begin as safetensors do" in await problems(folder)
    second.write_bytes(safetensors({"another": 10}))
    assert "1 tensors that model.safetensors.index.json lists" in await problems(folder)
    second.unlink()
    assert "1 of 2 files of weights are missing" in await problems(folder)
    with pytest.raises(NotFound, match="no folder"):
        await problems(tmp_path / "nowhere")
    with pytest.raises(Invalid, match="is a file"):
        await problems(folder / "README.md")
    with pytest.raises(Invalid, match="No folder is given"):
        await problems("  ")
    with pytest.raises(Invalid, match="cannot be registered"):
        await imported(registry, folder)
    assert await registry.list_models() == []


async def test_pickled_weights_are_imported_only_when_asked_for_in_words(registry, folder):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"x" * 100)
    report = await registry.look_at(FolderQuestion(path=str(folder)))
    assert report.has_pickle
    assert "run its code" in report.problems[0]
    with pytest.raises(Invalid, match="pickled"):
        await imported(registry, folder)
    assert (await imported(registry, folder, allow_pickle="run its code")).current == 1


async def test_a_licence_is_read_from_the_card_or_the_file(registry, folder):
    async def licence():
        return (await registry.look_at(FolderQuestion(path=str(folder)))).licence

    (folder / "README.md").write_text(
        "---\nlanguage: en\nlicense: other\nlicense_name: 'geese-1.0'\n---\n"
    )
    assert await licence() == "geese-1.0"
    (folder / "README.md").write_text("# No front matter\nlicense: mit\n")
    assert await licence() == ""
    (folder / "LICENSE.txt").write_text("                    Apache License\n  Version 2.0")
    assert await licence() == "apache-2.0"
    (folder / "LICENSE.txt").write_text("Be kind to geese.")
    assert await licence() == "see LICENSE.txt"


async def test_an_adapter_is_joined_with_its_base(registry, folder, tmp_path):
    await imported(registry, folder, name="base")
    by_path = write_adapter(tmp_path / "one", str(folder))
    by_name = write_adapter(tmp_path / "two", "someone/Base")
    unknown = write_adapter(tmp_path / "three", "someone/else")
    assert (await imported(registry, by_path)).base == "base"
    assert (await imported(registry, by_name)).base == "base"
    assert (await imported(registry, unknown)).base == ""
    assert (await imported(registry, unknown, name="four", base="base")).base == "base"
    assert (await registry.get("one")).kind == "adapter"


async def test_what_training_made_is_ours(registry, folder, tmp_path):
    await imported(registry, folder, name="base")
    made = write_adapter(tmp_path / "trained", "base")
    model = await registry.register_folder(
        made, name="tuned", source=VersionSource.TRAINING, reference="run-1", base="base"
    )
    version = model.versions[0]
    assert (model.base, version.source, version.reference) == ("base", "training", "run-1")
    assert version.is_owned
    second = write_adapter(tmp_path / "trained-2", "base")
    model = await registry.register_folder(
        second, name="tuned", source=VersionSource.TRAINING, base="base"
    )
    assert (model.current, len(model.versions)) == (2, 2)
    await registry.remove("tuned", 2)
    assert not second.exists()
    await registry.restore("tuned", 2)
    assert second.exists()


async def test_a_name_that_is_none_is_refused(registry, folder):
    for name in ("a/b", "..", "two words", ".hidden", "x" * 97, "-x"):
        with pytest.raises(Invalid, match="cannot be a model's name"):
            await imported(registry, folder, name=name)
    await imported(registry, folder, name="Small")
    with pytest.raises(Conflict, match="registered as 'Small' already"):
        await imported(registry, folder, name="small")


async def test_a_name_stays_one_kind_of_thing(registry, folder, tmp_path):
    await imported(registry, folder, name="small")
    with pytest.raises(Conflict, match="registered as a whole model; this is an adapter"):
        await imported(registry, write_adapter(tmp_path / "a", "x"), name="small")


async def test_a_providers_model_is_registered_under_a_name(registry):
    model = await registry.register_remote(NewRemoteModel(model_id="p1/gpt-x", name="big"))
    assert (model.kind, model.version.reference, model.version.status) == (
        "remote",
        "p1/gpt-x",
        "ready",
    )
    assert (await registry.register_remote(NewRemoteModel(model_id="p1/o/x y"))).name == "x-y"
    for wrong in ("gpt-x", "local/small", "/x", "p1/"):
        with pytest.raises(Invalid, match="not a model of a provider"):
            await registry.register_remote(NewRemoteModel(model_id=wrong))


# -- versions -----------------------------------------------------------------------------------


async def test_versions_are_numbered_chosen_and_rolled_back(registry, folder):
    for _ in range(3):
        model = await imported(registry, folder, name="small")
    assert (model.current, model.earlier) == (3, (2, 1))
    assert (await registry.use("small", 1)).current == 1
    back = await registry.roll_back("small")
    assert (back.current, back.earlier) == (3, (2,))
    assert (await registry.roll_back("small")).current == 2
    with pytest.raises(Conflict, match="No other version"):
        await registry.roll_back("small")
    with pytest.raises(NotFound, match="no version 9"):
        await registry.use("small", 9)


async def test_notes_and_licence_are_changed(registry, folder):
    await imported(registry, folder, name="small")
    changed = await registry.change("small", RegisteredModelChange(notes=" good at SQL "))
    assert (changed.notes, changed.licence) == ("good at SQL", "apache-2.0")
    assert (await registry.change("small", RegisteredModelChange(licence="mit"))).licence == "mit"
    with pytest.raises(NotFound, match="registered as 'large'"):
        await registry.change("large", RegisteredModelChange(notes="x"))


async def test_everything_is_there_after_a_new_start(registry, make_registry, folder):
    await imported(registry, folder, name="b")
    await imported(registry, folder, name="A", notes="first")
    assert [model.name for model in await make_registry().list_models()] == ["A", "b"]
    assert (await make_registry().get("A")) == (await registry.get("A"))


# -- deleting -----------------------------------------------------------------------------------


async def copied(registry, folder, until, name="small", number=1):
    await imported(registry, folder, name=name, is_copied=True)
    return await until(name, "ready", number=number)


async def test_a_deleted_version_is_brought_back_with_its_files(registry, folder, until):
    await copied(registry, folder, until)
    second = await copied(registry, folder, until, number=2)
    await registry.remove("small", 2)
    model = await registry.get("small")
    assert (model.current, len(model.versions)) == (1, 1)
    assert names(second.path) == []
    back = await registry.restore("small", 2)
    assert (back.current, len(back.versions)) == (2, 2)
    assert (Path(second.path) / "model.safetensors").is_file()
    with pytest.raises(Conflict, match="Nothing"):
        await registry.restore("small", 2)


async def test_a_model_goes_with_its_last_version_and_comes_back_whole(
    registry, folder, until, feed
):
    await copied(registry, folder, until)
    await copied(registry, folder, until, number=2)
    await registry.remove_model("small")
    assert await registry.list_models() == []
    assert isinstance(feed.heard[-1], ModelUnregistered)
    with pytest.raises(NotFound, match="was deleted"):
        await registry.get("small")
    back = await registry.restore("small")
    assert (len(back.versions), back.current) == (2, 2)
    assert isinstance(feed.heard[-1], ModelRegistered)


async def test_numbers_are_never_used_twice(registry, folder):
    await imported(registry, folder, name="small")
    await registry.remove_model("small")
    model = await imported(registry, folder, name="small", notes="new")
    assert (model.current, [one.number for one in model.versions]) == (2, [2])
    assert model.notes == "new"


async def test_a_persons_own_folder_is_never_deleted(registry, folder):
    await imported(registry, folder, name="small")
    await registry.remove_model("small")
    assert (folder / "model.safetensors").is_file()


async def test_deleted_files_are_gone_after_a_new_start(
    registry, make_registry, folder, until, tmp_path
):
    await copied(registry, folder, until)
    await registry.remove_model("small")
    assert list((tmp_path / "models" / ".trash").iterdir())
    later = make_registry()
    await later.start()
    await later._tasks.settle()
    assert not (tmp_path / "models" / ".trash").exists()
    with pytest.raises(Conflict, match="gone"):
        await later.restore("small")


async def test_deleted_files_are_gone_after_a_while(make_registry, folder, until, tmp_path):
    registry = make_registry(undo_seconds=0)
    await imported(registry, folder, name="small", is_copied=True)
    await until("small", "ready", of=registry)
    await registry.remove_model("small")
    await registry._tasks.settle()
    assert not list((tmp_path / "models" / ".trash").iterdir())


async def test_deleted_files_make_room_when_it_is_needed(make_registry, folder, until, tmp_path):
    trash = tmp_path / "models" / ".trash"
    full = {"free": 10**12}

    def free(_):
        return full["free"] if not trash.exists() else min(full["free"], 10)

    registry = make_registry(free=free)
    await imported(registry, folder, name="small", is_copied=True)
    await until("small", "ready", of=registry)
    await registry.remove_model("small")
    await imported(registry, folder, name="other", is_copied=True)
    await until("other", "ready", of=registry)
    assert not trash.exists()


async def test_what_is_running_is_not_deleted(registry, folder):
    async def is_running(name, number):
        return (name, number) == ("small", 1)

    await imported(registry, folder, name="small")
    registry.guard(is_running)
    with pytest.raises(Conflict, match="is running") as caught:
        await registry.remove_model("small")
    assert "Stop its engine" in caught.value.hint


async def test_a_download_that_is_given_up_leaves_nothing_but_can_be_taken_back(
    registry, hub, tmp_path, until
):
    hub.add("makers/m", write_model(tmp_path / "theirs"))
    hub.hold_after = 100_000
    await registry.download(NewDownload(hub_id="makers/m"))
    await registry.remove("m", 1)
    assert await registry.list_models() == []
    hub.hold_after = 0
    await registry.restore("m", 1)
    await registry.resume("m", 1)
    await until("m", "ready")


# -- what it costs ------------------------------------------------------------------------------


async def test_listing_reads_neither_the_history_nor_the_disk(registry, database, folder):
    await imported(registry, folder, name="small")
    await registry.list_models()
    await database.close()
    begin = time.process_time()
    for _ in range(1000):
        await registry.list_models()
    assert time.process_time() - begin < 5


# -- by HTTP ------------------------------------------------------------------------------------


async def test_the_registry_has_addresses(api, jp_root_dir):
    folder = write_model(jp_root_dir / "small")
    report = await api("POST", "/folder-reports", {"path": "small"})
    assert (report["suggested_name"], report["problems"]) == ("small", [])
    await api("POST", "/imports", {"path": "small"})
    await api("POST", "/imports", {"path": str(folder)})
    (model,) = await api("GET", "/registered-models")
    assert (model["name"], model["current"]) == ("small", 2)
    assert (await api("POST", "/registered-models/small/rollback"))["current"] == 1
    changed = await api("PATCH", "/registered-models/small", {"notes": "n", "current": 2})
    assert (changed["notes"], changed["current"]) == ("n", 2)
    assert (await api("POST", "/registered-models/small/versions/1/verify"))["current"] == 2
    refused = await api("POST", "/registered-models/small/versions/1/pause")
    assert refused["status"] == 409
    await api("DELETE", "/registered-models/small/versions/1")
    await api("POST", "/registered-models/small/versions/1/restore")
    assert (await api("POST", "/registered-models/small/versions/1/resume"))["status"] == 409
    await api("DELETE", "/registered-models/small")
    assert (await api("GET", "/registered-models/small"))["status"] == 404
    await api("POST", "/registered-models/small/restore")
    (listed,) = await api("GET", "/models")
    assert (listed["id"], listed["is_local"]) == ("local/small", True)
    hub = await api("PUT", "/hub", {"token": "hf_abcdefgh1234"})
    assert hub["token_hint"] == "…1234"
    assert (await api("GET", "/hub")) == hub
    assert "hf_abcdefgh1234" not in json.dumps(hub)
    await api("POST", "/remote-models", {"model_id": "p/m", "name": "far"})
    assert (await api("POST", "/hub-models", {"hub_id": "a b"}))["status"] == 400
    assert (await api("POST", "/downloads", {"hub_id": "a b"}))["status"] == 400
