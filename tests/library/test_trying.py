import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sponde_server.core.errors import Invalid
from sponde_server.core.events import Bus
from sponde_server.library.records import NewCodeBlock, Outcome
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.trials import service as trying
from sponde_server.library.trials.records import (
    NewBlockTrial,
    TrialChanged,
    TrialInput,
    TrialPrinted,
    TrialStatus,
)
from sponde_server.library.trials.sampling import Data, Sample
from sponde_server.library.trials.service import SpondeTrials


class Told:
    """A feed that remembers, and wakes who waits."""

    def __init__(self):
        self.events = []

    def tell(self, event):
        self.events.append(event)


class Sales:
    """One dataset as a file of Parquet."""

    async def list_all(self):
        return [
            Data(name="people", rows=3, columns=("name",)),
            Data(name="sales", rows=4, columns=("region", "amount")),
        ]

    async def take(self, name, *, first, rest, folder, as_file):
        import duckdb

        path = folder / f"{name}.parquet"
        rows = "(VALUES ('north', 1), ('south', 2), ('north', 3)) AS t(region, amount)"
        duckdb.connect().execute(f"COPY (SELECT * FROM {rows}) TO '{path}' (FORMAT parquet)")
        return Sample(path=path, words=f"3 of 4 rows of {name}")


@pytest.fixture
def feed():
    return Told()


@pytest.fixture
def library(database, feed):
    return SpondeLibrary(database=database, bus=Bus(logging.getLogger("test")), feed=feed)


@pytest.fixture
def trials(database, feed, library, tmp_path, run):
    made = SpondeTrials(
        database=database,
        feed=feed,
        library=library,
        folder=tmp_path / "trials",
        samples=Sales(),
        max_seconds=60,
    )
    yield made
    run(made.stop())


async def ended(trials, trial_id, seconds=60):
    """Wait for a trial's end."""
    for _ in range(int(seconds / 0.02)):
        trial = await trials.get(trial_id)
        if trial.status in trying.ENDED:
            return trial
        await asyncio.sleep(0.02)
    raise AssertionError(f"still {trial}")


@pytest.fixture
def attempt(trials, library, run):
    """Keep some code and try it to its end."""

    def attempt(code, language="python", inputs=()):
        async def work():
            block = await library.save(NewCodeBlock(code=code, language=language))
            begun = await trials.begin(
                NewBlockTrial(block_id=block.id, inputs=None if inputs is None else tuple(inputs))
            )
            return await ended(trials, begun.id)

        return run(work())

    return attempt


def left_behind(tmp_path):
    return [one.name for one in (tmp_path / "trials").iterdir() if one.name != "cache"]


def marked(trial_id):
    """Count the processes that a trial started and that still run."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += f"SPONDE_TRIAL={trial_id}".encode() in path.read_bytes()
        except OSError:
            continue
    return found


def test_a_block_runs_on_a_sample_and_its_run_is_proof(
    attempt, library, trials, run, feed, tmp_path
):
    trial = attempt(
        "print('so many:', len(df))\ndf.groupby('region', as_index=False)['amount'].sum()",
        inputs=[TrialInput(name="df", dataset="sales")],
    )
    assert (trial.status, trial.error_message) == (TrialStatus.OK, "")
    assert trial.outputs[0].data == {"application/vnd.jupyter.stdout": "so many: 3\n"}
    assert "<table" in trial.outputs[1].data["text/html"]
    assert trial.note.startswith("On 3 of 4 rows of sales, with")
    block = run(library.get(trial.block_id))
    assert (block.last_outcome, block.ok_runs, block.output_id) == (Outcome.OK, 1, trial.use_id)
    proof = run(trials.proof(block.id, 10))
    (kept,) = proof.runs
    assert (kept.place, kept.note, kept.has_output) == ("try", trial.note, True)
    assert kept.seconds is not None
    assert kept.peak_bytes is not None
    shown = run(trials.output(block.id, kept.id))
    assert "north" in shown.data["text/html"]
    told = [event for event in feed.events if isinstance(event, TrialChanged | TrialPrinted)]
    assert [one.trial.status for one in told if isinstance(one, TrialChanged)][-1] == "ok"
    assert any(isinstance(one, TrialPrinted) for one in told)
    assert left_behind(tmp_path) == []
    assert marked(trial.id) == 0


def test_sql_runs_on_samples_of_the_tables_that_it_names(attempt):
    trial = attempt(
        "SELECT region, sum(amount) AS amount FROM sales GROUP BY region ORDER BY region",
        "sql",
        inputs=None,
    )
    assert (trial.status, trial.error_message) == (TrialStatus.OK, "")
    assert "north" in trial.outputs[0].data["text/plain"]


def test_a_failure_is_told_with_its_traceback_and_kept(attempt, library, run):
    trial = attempt("first = 1\nfirst / 0")
    assert (trial.status, trial.error_name) == (TrialStatus.FAILED, "ZeroDivisionError")
    assert (
        "first / 0" in trial.traceback.replace("\x1b[39m", "") or "ZeroDivision" in trial.traceback
    )
    block = run(library.get(trial.block_id))
    assert block.last_error == "ZeroDivisionError: division by zero"
    assert (block.ok_runs, block.failed_runs) == (0, 1)


def test_the_fits_by_columns_come_first(library, trials, run):
    block = run(library.save(NewCodeBlock(code="df['amount'].sum()", language="python")))
    (need,) = run(trials.offer(block.id)).needs
    assert (need.name, need.is_table) == ("df", True)
    assert [(fit.dataset, fit.missing) for fit in need.fits] == [
        ("sales", ()),
        ("people", ("amount",)),
    ]


def test_without_anything_that_fits_it_is_refused_in_words(library, trials, run):
    block = run(library.save(NewCodeBlock(code="df['price'].sum()", language="python")))
    with pytest.raises(Invalid, match="Nothing here fits 'df'"):
        run(trials.begin(NewBlockTrial(block_id=block.id)))


def test_an_endless_loop_ends_at_the_limit_of_time(attempt, trials, tmp_path):
    trials.max_seconds = 1.0
    trial = attempt("print('begun')\nwhile True:\n    pass")
    assert trial.status is TrialStatus.STOPPED
    assert "longer than the 1 seconds" in trial.error_message
    assert "SpondeTrials.max_seconds" in trial.hint
    assert left_behind(tmp_path) == []


def test_a_block_that_eats_memory_ends_at_the_limit_of_memory(attempt, trials):
    trials.max_memory = 300_000_000
    trial = attempt("kept = []\nwhile True:\n    kept.append(bytearray(10_000_000))")
    assert trial.status is TrialStatus.STOPPED
    assert "300 MB of memory" in trial.error_message
    assert trial.peak_bytes > 100_000_000


def test_a_block_that_kills_its_process_is_told_so(attempt):
    trial = attempt("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert trial.status is TrialStatus.FAILED
    assert trial.error_message == "The block ended its own process (SIGKILL)."


def test_a_hundred_megabytes_of_text_are_counted_and_not_kept(attempt, trials):
    trials.max_output = 50_000
    trial = attempt("line = 'x' * 999_999\nfor _ in range(100):\n    print(line)")
    assert trial.status is TrialStatus.OK
    text = "".join(one.data["application/vnd.jupyter.stdout"] for one in trial.outputs)
    assert len(text) < 60_000
    assert "99,950,000 more letters were printed and not kept" in text


def test_a_socket_finds_no_network_where_the_system_can_close_it(attempt):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        trial = attempt(f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 5)")
    if "without a network" in trial.note:
        assert (trial.status, trial.error_name) == (TrialStatus.FAILED, "ConnectionRefusedError")
    else:
        assert "with the network open" in trial.note


def test_what_it_starts_ends_with_it(attempt):
    trial = attempt(
        "import os, time\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        time.sleep(1000)\n"
        "print('forked')"
    )
    assert trial.status is TrialStatus.OK
    assert marked(trial.id) == 0


def test_too_many_processes_end_it(attempt, trials):
    trials.max_processes = 10
    trial = attempt(
        "import os, time\nfor _ in range(40):\n    if os.fork() == 0:\n        time.sleep(1000)\n"
        "time.sleep(1000)"
    )
    assert trial.status is TrialStatus.STOPPED
    assert "more than the 10 processes" in trial.error_message
    assert marked(trial.id) == 0


def test_it_sees_no_keys_and_works_in_a_folder_of_its_own(attempt, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("SPONDE_SERVER", "somewhere")
    trial = attempt(
        "import os\nopen('made.txt', 'w').write('x')\nprint(os.getcwd(), sorted(os.environ))"
    )
    (output,) = (one.data for one in trial.outputs)
    text = output["application/vnd.jupyter.stdout"]
    assert text.startswith(str(tmp_path / "trials" / trial.id / "work"))
    assert "OPENAI_API_KEY" not in text
    assert "SPONDE_SERVER" not in text


def test_two_run_at_once_the_third_waits_and_a_waiting_one_can_be_cancelled(
    trials, library, run, tmp_path
):
    async def work():
        block = await library.save(
            NewCodeBlock(code="import time\ntime.sleep(600)", language="python")
        )
        asked = NewBlockTrial(block_id=block.id, inputs=())
        first, second, third = [await trials.begin(asked) for _ in range(3)]
        for _ in range(2000):
            statuses = [(await trials.get(one.id)).status for one in (first, second)]
            if statuses == [TrialStatus.RUNNING] * 2:
                break
            await asyncio.sleep(0.02)
        assert statuses == [TrialStatus.RUNNING] * 2
        assert (await trials.get(third.id)).status is TrialStatus.QUEUED
        for one in (third, first, second):
            assert (await trials.cancel(one.id)).status is TrialStatus.CANCELLED
        return [marked(one.id) for one in (first, second, third)]

    assert run(work()) == [0, 0, 0]
    assert left_behind(tmp_path) == []


SERVER = """
import json, os, subprocess, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
for name in ("", "work", "data", "home", "tmp"):
    (folder / name).mkdir(parents=True, exist_ok=True)
limits = {"seconds": 600, "cpu_seconds": 600, "memory_bytes": 10**9, "address_room": 3 * 10**9,
          "output_bytes": 1000, "processes": 20, "file_bytes": 10**6}
keeper = subprocess.Popen([sys.executable, "-P", sys.argv[2]], stdin=subprocess.PIPE,
    start_new_session=True, env={**os.environ, "SPONDE_TRIAL": folder.name})
given = {"code": "import time; print('begun', flush=True); time.sleep(600)",
         "language": "python", "inputs": []}
for part in ({"folder": str(folder), "limits": limits}, given):
    keeper.stdin.write(json.dumps(part).encode() + b"\\n")
keeper.stdin.flush()
print(keeper.pid, flush=True)
time.sleep(600)
"""


def test_nothing_is_left_when_the_server_is_killed_in_the_middle(tmp_path):
    folder = tmp_path / "trials" / "killed-in-the-middle"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder), str(trying.KEEPER)], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    seen = b""
    while b"begun" not in seen:
        seen = server.stdout.readline()
        assert seen, "the trial did not begin"
    assert marked(folder.name) > 0
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    server.stdout.close()
    until = time.monotonic() + 30
    while (marked(folder.name) or folder.exists()) and time.monotonic() < until:
        time.sleep(0.02)
    assert (marked(folder.name), folder.exists()) == (0, False)


def test_what_is_left_all_the_same_is_swept_at_the_next_start(trials, run, tmp_path):
    folder = tmp_path / "trials" / "left"
    folder.mkdir(parents=True)
    process = subprocess.Popen(["sleep", "600"], env={**os.environ, "SPONDE_TRIAL": "left"})
    (folder / "keeper.json").write_text(json.dumps({"pid": 1, "birth": "another"}))
    run(trials.start())
    assert process.wait(30) == -signal.SIGKILL
    assert not folder.exists()


def test_blocks_whose_packages_moved_on_are_stale(attempt, library, trials, run, monkeypatch):
    trial = attempt("import duckdb\nduckdb.__version__")
    assert list(trial.packages) == ["duckdb"]
    assert run(trials.stale()) == []
    trials._installed = (10**12, {"DuckDB": "99.1"})
    (stale,) = run(trials.stale())
    (moved,) = stale.moved
    assert (stale.block.id, moved.name, moved.was, moved.now) == (
        trial.block_id,
        "duckdb",
        trial.packages["duckdb"],
        "99.1",
    )
    assert run(trials.proof(trial.block_id, 5)).moved == (moved,)


def install(site, version, code):
    """Put a package of one module where an interpreter looks for it."""
    for old in site.glob("movable-*"):
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
    about = site / f"movable-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: movable\nVersion: {version}\n")
    (about / "RECORD").write_text("movable.py,,\n")
    (about / "top_level.txt").write_text("movable\n")
    (site / "movable.py").write_text(code)


def test_a_package_moves_on_and_its_blocks_are_proven_anew_or_told_broken(
    database, feed, library, run, tmp_path
):
    site = tmp_path / "site"
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nPYTHONPATH='{site}' exec '{sys.executable}' \"$@\"\n")
    python.chmod(0o700)

    async def find_python():
        return str(python)

    async def tried(trials, block):
        begun = await trials.begin(NewBlockTrial(block_id=block.id))
        return await ended(trials, begun.id)

    async def moved(trials):
        trials._installed = None  # it is asked again after 30 seconds
        return {one.block.name: one.moved[0] for one in await trials.stale()}

    async def work():
        trials = SpondeTrials(
            database=database,
            feed=feed,
            library=library,
            folder=tmp_path / "trials",
            find_python=find_python,
        )
        install(site, "1.0", "def one(): return 1\ndef gone(): return 2\n")
        kept = {}
        for name in ("one", "gone"):
            code = f"import movable\nmovable.{name}()"
            kept[name] = await library.save(NewCodeBlock(code=code, name=name))
            assert (await tried(trials, kept[name])).status is TrialStatus.OK
        assert await moved(trials) == {}
        install(site, "2.0", "def one(): return 1\n")
        assert {name: (m.was, m.now) for name, m in (await moved(trials)).items()} == {
            "one": ("1.0", "2.0"),
            "gone": ("1.0", "2.0"),
        }
        good, broken = await tried(trials, kept["one"]), await tried(trials, kept["gone"])
        left = await moved(trials)
        await trials.stop()
        return good, broken, left, [await library.get(one.id) for one in kept.values()]

    good, broken, left, (one, gone) = run(work())
    assert (good.status, one.last_outcome, one.proven_with) == (
        TrialStatus.OK,
        Outcome.OK,
        {"movable": "2.0"},
    )
    assert (broken.status, broken.error_name) == (TrialStatus.FAILED, "AttributeError")
    assert (gone.last_outcome, gone.proven_with) == (Outcome.FAILED, {"movable": "1.0"})
    assert "gone" in gone.last_error
    assert list(left) == ["gone"]
