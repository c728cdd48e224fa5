"""Turns that change notebooks and files, and the way back."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sponde_server.checkpoints.pieces import Pieces
from sponde_server.checkpoints.records import Given, GoingBack, Made, NewCheckpoint
from sponde_server.checkpoints.service import SpondeCheckpoints
from sponde_server.core.database import Database
from sponde_server.core.errors import Forbidden, Invalid, NotFound
from sponde_server.core.record import now
from sponde_server.core.streams import Feed

Run = Callable[[Awaitable[Any]], Any]
CHILD = Path(__file__).with_name("going_back.py")


def cell(name: str, source: str, outputs: list[Any] | None = None) -> dict[str, Any]:
    return {
        "id": name,
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": outputs or [],
        "execution_count": None,
    }


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": list(cells)}


def make(database: Database, folder: Path, **settings: Any) -> SpondeCheckpoints:
    async def find(message_id: str) -> str:
        if message_id.startswith("no"):
            raise NotFound(f"There is no message {message_id}.", "Ask again.")
        return "c1"

    (folder / "root").mkdir(exist_ok=True)
    made = SpondeCheckpoints(
        database=database,
        feed=Feed(),
        root=folder / "root",
        folder=folder / "pieces",
        find_conversation=find,
    )
    for name, value in settings.items():
        setattr(made, name, value)
    return made


@pytest.fixture
def checkpoints(database: Database, tmp_path: Path, run: Run) -> Iterator[SpondeCheckpoints]:
    made = make(database, tmp_path)
    yield made
    run(made.stop())


def ours(checkpoints: SpondeCheckpoints, run: Run, path: str, message: str = "m1") -> Any:
    return run(checkpoints.begin(NewCheckpoint(message_id=message, files=(Given(path=path),))))


def test_a_file_that_a_tool_wrote_over_comes_back_and_the_going_back_can_be_undone(
    checkpoints: SpondeCheckpoints, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "root" / "a.csv"
    file.write_bytes(b"old\xff")
    done = run(checkpoints.before("m1", ["a.csv", "made/new.csv"]))
    file.write_bytes(b"new")
    (tmp_path / "root" / "made").mkdir()
    (tmp_path / "root" / "made" / "new.csv").write_bytes(b"fresh")
    run(done())
    (turn,) = run(checkpoints.list_all())
    assert turn.is_made
    assert turn.conversation_id == "c1"

    both = GoingBack(on_disk=("a.csv", "made/new.csv"))
    back = run(checkpoints.go_back(turn.id, both))
    assert file.read_bytes() == b"old\xff"
    assert not (tmp_path / "root" / "made" / "new.csv").exists()
    files = tuple(Given(path=one.path) for one in back.files)
    run(checkpoints.complete(back.id, Made(files=files)))
    assert run(checkpoints.get(turn.id)).went_back == back.id

    again = run(checkpoints.go_back(back.id, both))
    run(checkpoints.complete(again.id, Made(files=files)))
    assert file.read_bytes() == b"new"
    assert (tmp_path / "root" / "made" / "new.csv").read_bytes() == b"fresh"
    assert run(checkpoints.get(turn.id)).went_back == ""
    assert len(run(checkpoints.list_all())) == 1


def test_a_notebook_is_kept_as_the_tab_sees_it_and_its_cells_are_counted(
    checkpoints: SpondeCheckpoints, run: Run
) -> None:
    old = notebook(cell("a", "1"), cell("b", "2"), cell("c", "3"), cell("d", "4"))
    new = notebook(cell("a", "1", [{"output_type": "stream"}]), cell("b", "22"), cell("d", "4"),
                   cell("e", "5"))  # fmt: skip
    given = (Given(path="n.ipynb", notebook=old),)
    turn = run(checkpoints.begin(NewCheckpoint(message_id="m1", files=given)))
    made = Made(files=(Given(path="n.ipynb", notebook=new),))
    (file,) = run(checkpoints.complete(turn.id, made)).files
    counts = file.cells
    assert (counts.added, counts.changed, counts.removed, counts.ran) == (1, 1, 1, 1)
    states = run(checkpoints.states(turn.id, "n.ipynb"))
    assert states.before.notebook == old
    assert states.after.notebook == new


def test_several_changes_of_a_turn_are_one_checkpoint_with_what_stood_first(
    checkpoints: SpondeCheckpoints, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "root" / "a.txt"
    for text in ("one", "two", "three"):
        file.write_text(text)
        done = run(checkpoints.before("m1", ["a.txt"]))
    file.write_text("four")
    run(done())
    (turn,) = run(checkpoints.list_all())
    states = run(checkpoints.states(turn.id, "a.txt"))
    assert (states.before.text, states.after.text) == ("one", "four")
    assert not states.is_changed
    file.write_text("five, by a person")
    assert run(checkpoints.states(turn.id, "a.txt")).is_changed


def test_a_cell_that_did_not_change_is_kept_once(
    checkpoints: SpondeCheckpoints, run: Run, tmp_path: Path
) -> None:
    large = cell("a", "x", [{"output_type": "stream", "text": os.urandom(200_000).hex()}])
    for number in range(10):
        given = Given(path="n.ipynb", notebook=notebook(large, cell("b", str(number))))
        run(checkpoints.begin(NewCheckpoint(message_id=f"m{number}", files=(given,))))
    size = sum(path.stat().st_size for path in (tmp_path / "pieces").rglob("*") if path.is_file())
    assert size < 300_000


def test_what_is_too_large_is_said_and_not_kept(
    database: Database, run: Run, tmp_path: Path
) -> None:
    checkpoints = make(database, tmp_path, largest_megabytes=1)
    (tmp_path / "root" / "big.bin").write_bytes(bytes(1_000_001))
    (file,) = ours(checkpoints, run, "big.bin").files
    assert file.before is None
    big = cell("a", "plot()", [{"output_type": "stream", "text": "x" * 1_100_000}])
    given = Given(path="n.ipynb", notebook=notebook(big, cell("b", "2")))
    turn = run(checkpoints.begin(NewCheckpoint(message_id="m2", files=(given,))))
    assert not turn.files[0].is_whole
    kept = run(checkpoints.states(turn.id, "n.ipynb")).before.notebook
    assert [one["source"] for one in kept["cells"]] == ["plot()", "2"]


def test_nothing_outside_of_the_root_is_read_or_written(
    checkpoints: SpondeCheckpoints, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "root" / "link.txt").symlink_to(tmp_path / "secret.txt")
    for path in ("../secret.txt", "link.txt"):
        with pytest.raises(Forbidden):
            ours(checkpoints, run, path)
    with pytest.raises(Invalid):
        ours(checkpoints, run, "")
    with pytest.raises(NotFound):
        ours(checkpoints, run, "a.txt", "nobody")


def test_old_checkpoints_and_what_only_they_need_are_removed(
    database: Database, run: Run, tmp_path: Path
) -> None:
    checkpoints = make(database, tmp_path, keep_megabytes=1)
    for number in range(4):
        (tmp_path / "root" / "a.bin").write_bytes(os.urandom(400_000))
        ours(checkpoints, run, "a.bin", f"m{number}")
    assert run(checkpoints.clean()) == 2
    left = run(checkpoints.list_all())
    assert [one.message_id for one in left] == ["m3", "m2"]
    assert len([path for path in (tmp_path / "pieces").rglob("*") if path.is_file()]) == 2
    old = replace(left[1], created_at=now() - timedelta(days=31))
    run(checkpoints._write(old))
    assert run(checkpoints.clean()) == 1
    with pytest.raises(NotFound, match="gone"):
        run(checkpoints.get(old.id))


def test_a_piece_is_whole_or_not_there_when_its_writer_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from sponde_server.checkpoints.pieces import "
        "Pieces\npieces = Pieces(Path(sys.argv[1]))\n"
        "while True: print(pieces.put(os.urandom(300_000)), flush=True)"
    )
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": "server_ext"},
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        for _ in range(3):
            child.stdout.readline()
        child.kill()
        child.wait(20)
        child.stdout.close()
    pieces = Pieces(tmp_path)
    for path in tmp_path.glob("??/[0-9a-f]*"):
        assert len(pieces.get(path.name)) == 300_000
    pieces.sweep(())
    assert not list(tmp_path.glob("??/*"))


def test_a_server_that_dies_while_going_back_finishes_when_it_starts_again(
    tmp_path: Path, run: Run
) -> None:
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "server_ext"},
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    root = tmp_path / "root"
    turn_id = child.stdout.readline().strip()
    while not any(file.read_text() == "old" for file in root.glob("*.txt")):
        assert child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    child.stdout.close()
    texts = [file.read_text() for file in root.glob("*.txt")]
    assert set(texts) <= {"old", "new"}
    assert "new" in texts, "It was killed too late to show anything."

    migrations = Path(__file__).parents[2] / "server_ext/sponde_server/migrations"
    database = Database(tmp_path / "history.duckdb", migrations, logging.getLogger("test"))
    checkpoints = make(database, tmp_path)

    async def finish() -> Any:
        await checkpoints.start()
        for _ in range(2000):
            turn = await checkpoints.get(turn_id)
            if turn.went_back:
                return turn
            await asyncio.sleep(0.02)
        raise AssertionError(turn)

    run(finish())
    assert {file.read_text() for file in root.glob("*.txt")} == {"old"}
    run(checkpoints.stop())
    run(database.close())


def test_the_routes_keep_show_and_bring_back(
    api: Callable[..., Awaitable[Any]], run: Run, jp_root_dir: Path
) -> None:
    (jp_root_dir / "a.txt").write_text("old")

    async def walk() -> None:
        conversation = await api("POST", "/conversations", {})
        asked = await api(
            "POST", f"/conversations/{conversation['id']}/messages", {"text": "/help"}
        )
        message = asked["answers"][0]["id"] if "answers" in asked else asked["answer"]["id"]
        files = [{"path": "a.txt"}]
        turn = await api("POST", "/checkpoints", {"message_id": message, "files": files})
        assert turn["conversation_id"] == conversation["id"]
        (jp_root_dir / "a.txt").write_text("new")
        await api("POST", f"/checkpoints/{turn['id']}/made", {"files": files})
        await api("POST", f"/checkpoints/{turn['id']}/back", {"on_disk": ["a.txt"]})
        assert (jp_root_dir / "a.txt").read_text() == "old"
        refused = await api("POST", "/checkpoints", {"message_id": "none", "files": files})
        assert refused["status"] == 404
        assert [one["id"] for one in await api("GET", "/checkpoints")] == [turn["id"]]

    run(walk())


def test_text_survives_as_json(checkpoints: SpondeCheckpoints, run: Run) -> None:
    given = Given(path="a.py", text="ä\n😀")
    turn = run(checkpoints.begin(NewCheckpoint(message_id="m1", files=(given,))))
    assert run(checkpoints.states(turn.id, "a.py")).before.text == "ä\n😀"
    assert json.dumps(turn.files[0].path)


def test_a_file_that_a_tool_made_is_deleted_by_going_back(
    checkpoints: SpondeCheckpoints, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "root" / "conversation.md"
    file.write_text("# Sales")
    run(checkpoints.made("m1", "conversation.md"))
    (turn,) = run(checkpoints.list_all())
    run(checkpoints.go_back(turn.id, GoingBack(on_disk=("conversation.md",))))
    assert not file.exists()
