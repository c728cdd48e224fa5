import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from sponde_server.core.database import Database, migrate
from sponde_server.core.errors import Conflict, Unavailable

ADD = "INSERT INTO fact VALUES (?)"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_fact.sql").write_text("CREATE TABLE fact (n INTEGER PRIMARY KEY)")
    return made


@pytest.fixture
def history(tmp_path, folder, run):
    made = Database(tmp_path / "h.duckdb", folder, logging.getLogger("test"))
    yield made
    run(made.close())


def add(con, n):
    con.execute(ADD, [n])
    return n


def count(con):
    return con.execute("SELECT count(*) FROM fact").fetchone()[0]


async def test_what_was_written_is_read(history):
    assert await history.write(add, 1) == 1
    assert await history.read(count) == 1


async def test_many_writes_at_once_are_all_kept(history):
    await asyncio.gather(*(history.write(add, n) for n in range(500)))
    assert await history.read(count) == 500


async def test_what_is_kept_is_read_again_after_its_slice_wrote_or_a_stranger(history):
    def read(con):
        seen.append(count(con))
        return seen[-1]

    def write(con, n):
        add(con, n)

    def elsewhere(con, n):
        add(con, n)

    seen = []
    read.__module__ = write.__module__ = "sponde_server.birds.store"
    elsewhere.__module__ = "sponde_server.bees.store"
    assert [await history.kept(read), await history.kept(read)] == [0, 0]
    assert seen == [0]
    await history.write(elsewhere, 1)
    assert await history.kept(read) == 0
    history.forget(read)
    assert await history.kept(read) == 1
    await history.write(write, 2)
    assert await history.kept(read) == 2
    await history.write(add, 3)
    assert await history.kept(read) == 3


async def test_a_bad_write_fails_alone_and_its_neighbours_are_kept(history):
    await history.write(add, 0)
    results = await asyncio.gather(
        *(history.write(add, n) for n in (1, 0, 2)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["int", "ConstraintException", "int"]
    assert await history.read(count) == 3


async def test_a_write_that_raises_changes_nothing(history):
    def half(con):
        con.execute(ADD, [1])
        raise ValueError("no")

    with pytest.raises(ValueError):
        await history.write(half)
    assert await history.read(count) == 0


async def test_a_reader_cannot_write(history):
    with pytest.raises(Exception, match=r"(?i)read.only"):
        await history.read(add, 1)


async def test_readers_see_only_whole_transactions(history):
    def pair(con, n):
        con.execute(ADD, [2 * n])
        con.execute(ADD, [2 * n + 1])

    async def look():
        return [await history.read(count) % 2 for _ in range(50)]

    _, odd = await asyncio.gather(
        asyncio.gather(*(history.write(pair, n) for n in range(50))), look()
    )
    assert not any(odd)


async def test_after_a_fatal_error_the_file_is_opened_again_and_the_work_done(history):
    await history.write(add, 1)
    history._con.close()  # what a failed checkpoint on a full disk leaves behind
    assert await history.write(add, 2) == 2
    assert await history.read(count) == 2


def test_a_second_process_is_told_who_holds_the_history(history, folder, run):
    run(history.write(add, 1))
    code = (
        "import asyncio, logging, sys; from pathlib import Path;"
        "from sponde_server.core.database import Database;"
        f"d = Database(Path({str(history.path)!r}), Path({str(folder)!r}), logging.getLogger());"
        "asyncio.run(d.read(lambda con: 1))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "server_ext")},
        timeout=60,
    )
    assert f"process {os.getpid()}" in ran.stderr
    assert Unavailable.__name__ in ran.stderr


def kill_while_it_writes(path, folder, seconds, least=1):
    """Kill -9 a process that writes without pause; give how many writes it acknowledged."""
    code = (
        "import asyncio, logging; from pathlib import Path;"
        "from sponde_server.core.database import Database;"
        f"d = Database(Path({str(path)!r}), Path({str(folder)!r}), logging.getLogger())\n"
        "async def go():\n"
        "    n = await d.read(lambda con: con.execute('SELECT count(*) FROM fact').fetchone()[0])\n"
        "    while True:\n"
        f"        await d.write(lambda con: con.execute({ADD!r}, [n]) and None)\n"
        "        n += 1\n"
        "        print(n, flush=True)\n"
        "asyncio.run(go())"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "server_ext")},
    )
    assert child.stdout is not None
    first = [int(child.stdout.readline()) for _ in range(least)][-1]
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    numbers = [first, *(int(line) for line in child.stdout.read().split("\n")[:-1])]
    child.wait(20)
    return numbers[-1]


def test_acknowledged_writes_survive_kill_9(tmp_path, folder, run):
    path = tmp_path / "killed.duckdb"
    acknowledged = kill_while_it_writes(path, folder, 0.2, least=20)
    again = Database(path, folder, logging.getLogger())
    assert acknowledged > 10
    assert run(again.read(count)) >= acknowledged
    run(again.close())


@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_a_hundred_kills_lose_no_acknowledged_write(tmp_path, folder, run):
    path = tmp_path / "killed.duckdb"
    for number in range(100):
        acknowledged = kill_while_it_writes(path, folder, 0.02 * (number % 20))
        again = Database(path, folder, logging.getLogger())
        assert run(again.read(count)) >= acknowledged
        run(again.close())


def test_migrations_run_once_in_order(tmp_path, folder):
    with duckdb.connect(str(tmp_path / "m.duckdb")) as con:
        migrate(con, folder)
        (folder / "0002_more.sql").write_text("ALTER TABLE fact ADD COLUMN word VARCHAR")
        migrate(con, folder)
        migrate(con, folder)
        names = con.execute("SELECT name FROM migration ORDER BY name").fetchall()
    assert names == [("0001_fact",), ("0002_more",)]


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path, folder):
    (folder / "0002_bad.sql").write_text("CREATE TABLE half (n INTEGER); SELECT nonsense FROM fact")
    with duckdb.connect(str(tmp_path / "m.duckdb")) as con:
        with pytest.raises(duckdb.Error):
            migrate(con, folder)
        assert ("half",) not in con.execute("SHOW TABLES").fetchall()
        assert con.execute("SELECT name FROM migration").fetchall() == [("0001_fact",)]


def test_an_edited_migration_is_refused(tmp_path, folder):
    with duckdb.connect(str(tmp_path / "m.duckdb")) as con:
        migrate(con, folder)
        (folder / "0001_fact.sql").write_text("CREATE TABLE fact (n BIGINT)")
        with pytest.raises(Conflict, match="0001_fact"):
            migrate(con, folder)


def test_a_history_of_a_newer_version_is_refused(tmp_path, folder):
    (folder / "0002_later.sql").write_text("CREATE TABLE later (n INTEGER)")
    with duckdb.connect(str(tmp_path / "m.duckdb")) as con:
        migrate(con, folder)
        (folder / "0002_later.sql").unlink()
        with pytest.raises(Conflict, match="newer"):
            migrate(con, folder)
