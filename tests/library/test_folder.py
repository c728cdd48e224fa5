"""The library as files: in step both ways, never losing a text, and in a real git repository."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from sponde_server.core.errors import SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.code.facts import facts_of
from sponde_server.library.fields.filling import check_fields
from sponde_server.library.fields.lines import fields_of
from sponde_server.library.fields.records import FieldChoice, FieldKind
from sponde_server.library.fields.twins import offers_of
from sponde_server.library.folder.files import write_whole
from sponde_server.library.folder.front_matter import read
from sponde_server.library.folder.git import check_url, without_login
from sponde_server.library.folder.records import (
    NewCommit,
    NewFolder,
    NewRemote,
    NewResolution,
    Side,
)
from sponde_server.library.folder.service import SpondeFolder
from sponde_server.library.records import CodeBlock, CodeBlockEdit, NewCodeBlock
from sponde_server.library.service import SpondeLibrary

HEAD = "# ---\n# name: {}\n# language: python\n# ---\n\n{}\n"


@pytest.fixture(autouse=True)
def whoever(monkeypatch, tmp_path):
    """Let git know somebody, and nothing of this machine's own settings."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = Ada\nemail = ada@example.org\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(settings.read_text())


@pytest.fixture
def world(database, tmp_path, run):
    class World:
        bus, feed = Bus(logging.getLogger("test")), Feed()
        root = tmp_path / "root"
        path = root / "lib"
        library = SpondeLibrary(database=database, bus=bus, feed=feed)
        folder = SpondeFolder(
            database=database,
            bus=Bus(logging.getLogger("test")),
            feed=feed,
            library=library,
            root=root,
            private=tmp_path / "private",
            look_seconds=0.0,
        )

        def file(self, name="load.py"):
            return self.path / name

    made = World()
    made.root.mkdir()
    yield made
    run(made.folder.stop())


async def set_up(world, code="x = 1", name="load"):
    block = await world.library.save(NewCodeBlock(code=code, name=name, tags=("a",)))
    state = await world.folder.set(NewFolder(path="lib"))
    assert state.problem == ""
    return block


def rewrite(path, old, new):
    """Change a file as an editor does."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


async def test_blocks_are_written_and_what_changes_there_is_a_revision(world):
    block = await set_up(world)
    text = world.file().read_text()
    assert f"# id: {block.id}" in text
    assert text.endswith("\n\nx = 1\n")
    rewrite(world.file(), "x = 1", "x = 2")
    rewrite(world.file(), '["a"]', "[a, new one]")
    await world.folder.look()
    changed = await world.library.get(block.id)
    assert (changed.code, changed.tags) == ("x = 2", ("a", "new one"))
    assert [one.code for one in await world.library.revisions(block.id)] == ["x = 1"]
    await world.library.revise(block.id, CodeBlockEdit(code="x = 3", name="load_more"))
    await world.folder.look()
    assert not world.file().exists()
    assert "x = 3" in world.file("load_more.py").read_text()
    assert (await world.folder.state()).conflicts == ()


async def test_a_new_file_becomes_a_block_and_code_without_a_head_is_left_alone(world):
    await set_up(world)
    world.file("fresh.py").write_text(HEAD.format("fresh", "y = 5"))
    world.file("plain.py").write_text("z = 1\n")
    world.file("link.py").symlink_to("/etc/hostname")
    state = await world.folder.look()
    assert (state.files, state.others) == (2, 1)
    block = await world.library.find_by_name("fresh")
    assert block.id in world.file("fresh.py").read_text()
    again = await world.folder.look()
    assert again.conflicts == ()
    assert world.file("plain.py").read_text() == "z = 1\n"


PLOT = """import pandas as pd

frame = pd.read_csv("sales.csv")
top = frame.nlargest(10, "amount")
top.plot(kind="bar", color=None)"""


def the_fields():
    made = {
        (spot.start, spot.end): one
        for one in (offer.field for offer in offers_of(as_block(PLOT), []))
        for spot in one.spots
    }
    path, count, kind, colour = (
        next(one for one in made.values() if one.default == default)
        for default in ("sales.csv", "10", "bar", "None")
    )
    choices = (FieldChoice(text="bar"), FieldChoice(text="it's: barh -->"))
    return check_fields(
        as_block(PLOT),
        (
            replace(path, name="path", about='Where it "lies"'),
            replace(count, name="count", kind=FieldKind.NUMBER),
            replace(kind, name="kind", kind=FieldKind.CHOICE, choices=choices),
            replace(
                colour,
                name="colour",
                kind=FieldKind.CHOICE,
                choices=(FieldChoice(text="None", literal="None"), FieldChoice(text="red")),
            ),
        ),
    )


def as_block(code):
    return CodeBlock(name="plot", language="python", code=code, facts=facts_of(code, "python"))


async def with_fields(world):
    block = await set_up(world, PLOT, "plot")
    made = await world.library.revise(block.id, CodeBlockEdit(), "", the_fields())
    await world.folder.look()
    return made


async def test_the_fields_of_a_block_lie_in_its_file_and_come_back(world):
    block = await with_fields(world)
    text = world.file("plot.py").read_text()
    assert '# field: {"name": "count", "kind": "number", "default": "10", "at": ["4:22"]}' in text
    # A colleague's library takes the file as it is.
    assert read(text, "py").code == PLOT
    assert fields_of(read(text, "py").fields, as_block(PLOT)) == block.fields
    # The file as it is, in a library that has never seen it.
    await world.folder.leave()
    await world.library.remove(block.id)
    world.file("plot.py").write_text(text.replace("# id: ", "# was: ").replace("frame", "sold"))
    await world.folder.set(NewFolder(path="lib"))
    new = await world.library.find_by_name("plot")
    assert [(one.name, one.kind, one.default, one.choices, one.about) for one in new.fields] == [
        (one.name, one.kind, one.default, one.choices, one.about) for one in block.fields
    ]
    assert [new.code[one.spots[0].start : one.spots[0].end] for one in new.fields] == [
        '"sales.csv"',
        "10",
        '"bar"',
        "None",
    ]


async def test_fields_follow_what_is_edited_in_the_file_and_what_its_head_says(world):
    block = await with_fields(world)
    path = world.file("plot.py")
    rewrite(path, "frame = pd", "# A line more\nframe = pd")
    rewrite(path, "nlargest(10", "nlargest(25")
    rewrite(path, '"name": "path"', '"name": "source"')
    state = await world.folder.look()
    assert state.refused == ()
    made = {one.name: one for one in (await world.library.get(block.id)).fields}
    assert (made["count"].default, made["source"].about) == ("25", 'Where it "lies"')
    assert '"default": "25", "at": ["5:22"]' in path.read_text()  # written as it is now
    # A field whose line is deleted is none any more; a line that says nothing is told.
    path.write_text("".join(x for x in path.read_text().splitlines(True) if "count" not in x))
    await world.folder.look()
    assert set((await world.library.get(block.id)).fields) == set(made.values()) - {made["count"]}
    rewrite(path, '"kind": "text"', '"kind": "poem"')
    (said,) = (await world.folder.look()).refused
    assert "is no field" in said
    assert "delete its line" in said
    await world.library.restore_revision(block.id, (await world.library.revisions(block.id))[0].id)


async def test_a_moved_file_and_a_copy_are_told_apart(world):
    block = await set_up(world)
    (world.path / "sub").mkdir()
    world.file().rename(world.path / "sub" / "load.py")
    await world.folder.look()
    copy = world.path / "sub" / "copy.py"
    text = (world.path / "sub" / "load.py").read_text()
    copy.write_text(text.replace("x = 1", "x = 77"))
    state = await world.folder.look()
    assert (state.files, state.conflicts) == (2, ())
    assert (await world.library.get(block.id)).code == "x = 1"
    await world.library.revise(block.id, CodeBlockEdit(code="x = 4"))
    await world.folder.look()
    assert "x = 4" in (world.path / "sub" / "load.py").read_text()


@pytest.mark.parametrize(
    ("side", "kept"), [(Side.MINE, "x = 2"), (Side.THEIRS, "x = 3"), (Side.EDITED, "x = 5")]
)
async def test_what_was_changed_on_both_sides_waits_and_no_text_is_lost(world, side, kept):
    block = await set_up(world)
    await world.library.revise(block.id, CodeBlockEdit(code="x = 2"))
    rewrite(world.file(), "x = 1", "x = 3")
    state = await world.folder.look()
    (conflict,) = state.conflicts
    assert "changed here" in conflict.words
    assert "x = 2" in conflict.mine
    assert "x = 3" in conflict.theirs
    assert (await world.folder.look()).conflicts == (conflict,)
    text = conflict.theirs.replace("x = 3", "x = 5")
    done = await world.folder.resolve(NewResolution(path="load.py", side=side, text=text), "ada")
    assert done.conflicts == ()
    assert kept in world.file().read_text()
    assert (await world.library.get(block.id)).code == kept
    texts = {one.code for one in await world.library.revisions(block.id)} | {kept}
    assert texts >= {"x = 1", "x = 2"} | ({"x = 3"} if side is not Side.EDITED else set())


async def test_a_deleted_file_is_asked_about_and_a_deleted_block_takes_its_file_along(world):
    block = await set_up(world)
    other = await world.library.save(NewCodeBlock(code="y = 1", name="other"))
    await world.folder.look()
    world.file().unlink()
    await world.library.remove(other.id)
    state = await world.folder.look()
    assert not world.file("other.py").exists()
    (conflict,) = state.conflicts
    assert conflict.kind == "file_gone"
    await world.folder.resolve(NewResolution(path="load.py", side=Side.MINE))
    assert "x = 1" in world.file().read_text()
    world.file().unlink()
    await world.folder.look()
    await world.folder.resolve(NewResolution(path="load.py", side=Side.THEIRS))
    assert await world.library.find_by_name("load") is None
    assert (await world.library.restore(block.id)).code == "x = 1"
    await world.folder.look()
    assert world.file().exists()


async def test_a_block_deleted_here_and_changed_there_waits(world):
    block = await set_up(world)
    await world.library.remove(block.id)
    rewrite(world.file(), "x = 1", "x = 3")
    (conflict,) = (await world.folder.look()).conflicts
    assert conflict.kind == "block_gone"
    await world.folder.resolve(NewResolution(path="load.py", side=Side.THEIRS))
    assert (await world.library.get(block.id)).code == "x = 3"


async def test_a_folder_that_is_gone_deletes_nothing(world):
    block = await set_up(world)
    world.path.rename(world.root / "away")
    state = await world.folder.look()
    assert "not there" in state.problem
    assert (await world.library.get(block.id)).code == "x = 1"
    (world.root / "away").rename(world.path)
    assert (await world.folder.look()).problem == ""


async def test_what_cannot_be_taken_is_told_and_stays(world):
    await set_up(world)
    world.file("bad.py").write_text(HEAD.format("no name!", "q = 1"))
    world.file("marks.py").write_text(
        HEAD.format("marks", "<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> main")
    )
    world.file("twin.py").write_text(HEAD.format("twin", "x = 1"))
    state = await world.folder.look()
    assert len(state.refused) == 3
    assert world.file("bad.py").exists()


@pytest.mark.parametrize("path", ["", "/", "~", "private", "../private/x"])
async def test_a_folder_that_holds_other_things_is_refused(world, path, tmp_path):
    path = str(tmp_path / "private") if path == "private" else path
    with pytest.raises(SpondeError):
        await world.folder.set(NewFolder(path=path))


async def test_a_plan_says_what_would_happen_and_does_nothing(world):
    await world.library.save(NewCodeBlock(code="x = 1", name="load"))
    world.path.mkdir()
    world.file("a.py").write_text(HEAD.format("a", "a = 1"))
    world.file("b.py").write_text("b = 1")
    plan = await world.folder.plan(NewFolder(path="lib"))
    assert (plan.to_write, plan.to_take, plan.others, plan.is_repository) == (1, 1, 1, False)
    assert len(list(world.path.iterdir())) == 2


def test_a_file_is_whole_whenever_its_writer_is_killed(tmp_path):
    path = tmp_path / "a.py"
    write_whole(path, "a" * 1000)
    code = (
        "import sys; from pathlib import Path\n"
        "from sponde_server.library.folder.files import write_whole\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for letter in 'ab':\n"
        f"        write_whole(Path({str(path)!r}), letter * 1000)\n"
    )
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        for _ in range(200):
            assert len(set(path.read_text())) == 1
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait(60)
        writer.stdout.close()
        text = path.read_text()
        assert len(text) == 1000
        assert len(set(text)) == 1


# -- git --------------------------------------------------------------------------------------


def git(folder, *words):
    """Use git as a colleague does."""
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True, timeout=120
    ).stdout


@pytest.fixture
def bare(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare.git")
    return tmp_path / "bare.git"


async def shared(world, bare):
    block = await set_up(world)
    await world.folder.begin_git()
    await world.folder.set_remote(NewRemote(url=str(bare)))
    done = await world.folder.commit(NewCommit(message="Add load"))
    assert done.state.git.changed == ()
    await world.folder.push()
    return block


def colleague(tmp_path, bare):
    git(tmp_path, "clone", "--quiet", str(bare), "colleague")
    return tmp_path / "colleague"


def pushes(folder, name, old, new):
    rewrite(folder / name, old, new)
    git(folder, "commit", "--quiet", "-am", "Theirs")
    git(folder, "push", "--quiet")


async def test_it_is_committed_pushed_and_pulled(world, bare, tmp_path):
    block = await shared(world, bare)
    there = colleague(tmp_path, bare)
    assert "x = 1" in (there / "load.py").read_text()
    pushes(there, "load.py", "x = 1", "x = 9")
    await world.library.save(NewCodeBlock(code="y = 1", name="more"))
    await world.folder.commit(NewCommit(message="Mine"))
    with pytest.raises(SpondeError, match="commits that are not here"):
        await world.folder.push()
    done = await world.folder.pull()
    assert done.state.conflicts == ()
    assert (await world.library.get(block.id)).code == "x = 9"
    pushed = await world.folder.push()
    assert (pushed.state.git.ahead, pushed.state.git.behind) == (0, 0)
    assert "more.py" in git(bare, "ls-tree", "--name-only", "main")


async def test_a_suggested_message_says_what_changed_and_other_files_are_left_alone(world, bare):
    block = await shared(world, bare)
    world.file("notes.txt").write_text("mine\n")
    git(world.path, "add", "notes.txt")
    await world.library.revise(block.id, CodeBlockEdit(code="x = 2"))
    await world.library.save(NewCodeBlock(code="y = 1", name="more"))
    await world.folder.look()
    state = (await world.folder.state()).git
    assert state.changed == ("load.py", "more.py")
    assert state.suggestion == "Add more; change load"
    await world.folder.commit(NewCommit(message=state.suggestion))
    assert "notes.txt" not in git(world.path, "show", "--stat", "HEAD")
    assert "A  notes.txt" in git(world.path, "status", "--porcelain")


@pytest.mark.parametrize("side", list(Side))
async def test_a_conflict_of_a_pull_is_told_and_solved(world, bare, tmp_path, side):
    block = await shared(world, bare)
    pushes(colleague(tmp_path, bare), "load.py", "x = 1", "x = 9")
    await world.library.revise(block.id, CodeBlockEdit(code="x = 2"))
    await world.folder.look()
    with pytest.raises(SpondeError, match="not committed"):
        await world.folder.pull()
    await world.folder.commit(NewCommit(message="Mine"))
    pulled = await world.folder.pull()
    (conflict,) = pulled.state.conflicts
    assert pulled.state.git.is_merging
    assert "x = 2" in conflict.mine
    assert "x = 9" in conflict.theirs
    assert (await world.library.get(block.id)).code == "x = 2"
    text = conflict.mine.replace("x = 2", "x = 11")
    state = await world.folder.resolve(NewResolution(path="load.py", side=side, text=text))
    kept = {Side.MINE: "x = 2", Side.THEIRS: "x = 9", Side.EDITED: "x = 11"}[side]
    assert (state.conflicts, state.git.is_merging) == ((), False)
    assert (await world.library.get(block.id)).code == kept
    await world.folder.push()


async def test_a_pull_with_conflicts_is_taken_back(world, bare, tmp_path):
    block = await shared(world, bare)
    pushes(colleague(tmp_path, bare), "load.py", "x = 1", "x = 9")
    await world.library.revise(block.id, CodeBlockEdit(code="x = 2"))
    await world.folder.commit(NewCommit(message="Mine"))
    await world.folder.pull()
    done = await world.folder.abort()
    assert (done.state.conflicts, done.state.git.is_merging) == ((), False)
    assert "x = 2" in world.file().read_text()


async def test_hooks_and_programs_of_the_repository_are_not_run(world, bare, tmp_path):
    block = await shared(world, bare)
    ran = tmp_path / "ran"
    hook = world.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    await world.library.revise(block.id, CodeBlockEdit(code="x = 2"))
    await world.folder.commit(NewCommit(message="Mine"))
    git(world.path, "config", "core.fsmonitor", f"touch {ran}")
    await world.folder.state()
    git(world.path, "config", "filter.x.clean", f"touch {ran}")
    (world.path / ".gitattributes").write_text("*.py filter=x\n")
    await world.library.revise(block.id, CodeBlockEdit(code="x = 3"))
    await world.folder.look()
    state = await world.folder.state()
    assert "filter.x.clean" in state.git.note
    with pytest.raises(SpondeError, match="may run a program"):
        await world.folder.commit(NewCommit(message="Mine"))
    assert not ran.exists()


async def test_what_stands_in_the_way_is_one_sentence_with_a_way_out(world, bare, monkeypatch):
    with pytest.raises(SpondeError, match="No folder"):
        await world.folder.commit(NewCommit(message="x"))
    await set_up(world)
    with pytest.raises(SpondeError, match="no git repository"):
        await world.folder.push()
    await world.folder.begin_git()
    with pytest.raises(SpondeError, match="no remote"):
        await world.folder.push()
    await world.folder.set_remote(NewRemote(url="https://127.0.0.1:1/nothing.git"))
    await world.folder.commit(NewCommit(message="x"))
    with pytest.raises(SpondeError) as refused:
        await world.folder.push()
    assert refused.value.hint
    git(world.path, "checkout", "--quiet", "--detach")
    with pytest.raises(SpondeError, match="No branch"):
        await world.folder.pull()
    monkeypatch.setenv("PATH", "/nowhere")
    assert "not installed" in (await world.folder.state()).git.note


async def test_git_that_knows_nobody_is_told(world, tmp_path):
    (tmp_path / "home" / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    await set_up(world)
    await world.folder.begin_git()
    with pytest.raises(SpondeError, match="who you are"):
        await world.folder.commit(NewCommit(message="x"))


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c date",
        "--upload-pack=x",
        "https://ada:pw@host/x",
        "https://token@host/x",
        "a\nb",
        "",
    ],
)
def test_an_address_that_runs_something_or_holds_a_password_is_refused(url):
    with pytest.raises(SpondeError):
        check_url(url)


def test_addresses_are_shown_without_logins():
    check_url("git@host.example:ada/lib.git")
    check_url("ssh://git@host.example/lib.git")
    assert without_login("fatal: 'https://ada:pw@h/x' no") == "fatal: 'https://h/x' no"


async def test_the_routes_set_a_folder_and_look_at_it(api, jp_root_dir):
    assert (await api("GET", "/library-folder"))["path"] == ""
    await api("POST", "/code-blocks", {"code": "x = 1", "name": "load"})
    plan = await api("POST", "/library-folder/plan", {"path": "lib"})
    assert plan["to_write"] == 1
    state = await api("PUT", "/library-folder", {"path": "lib"})
    assert state["files"] == 1
    assert (jp_root_dir / "lib" / "load.py").read_text()
    refused = await api("POST", "/library-folder/git/push")
    assert refused["status"] == 409
    gone = await api("DELETE", "/library-folder")
    assert gone["path"] == ""


async def test_the_watch_finds_what_an_editor_and_the_library_change(world):
    world.folder.look_seconds = 0.05
    block = await set_up(world)
    rewrite(world.file(), "x = 1", "x = 2")
    for _ in range(2000):
        if (await world.library.get(block.id)).code == "x = 2":
            break
        await asyncio.sleep(0.02)
    assert (await world.library.get(block.id)).code == "x = 2"
    await world.library.revise(block.id, CodeBlockEdit(code="x = 3"))
    for _ in range(2000):
        if "x = 3" in world.file().read_text():
            break
        await asyncio.sleep(0.02)
    assert "x = 3" in world.file().read_text()
