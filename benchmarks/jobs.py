"""What a run costs over executing the notebook with nbclient, and how late a schedule starts.

`nbclient` and `papermill` are started as processes of their own, as a person would from a shell;
`sponde` is `SpondeJobs.start` until `RunFinished`, queue, history and executed notebook included.
"""

import asyncio
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import nbformat

from benchmarks.report import report
from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.jobs.clock import Clock
from sponde_server.jobs.records import NewRun, RunFinished, RunStatus
from sponde_server.jobs.service import SpondeJobs

MIGRATIONS = Path(__file__).parents[1] / "server_ext" / "sponde_server" / "migrations"
ROUNDS = 5
NBCLIENT = (
    "import sys, nbformat; from nbclient import NotebookClient; "
    "book = nbformat.read(sys.argv[1], 4); NotebookClient(book).execute(); "
    "nbformat.write(book, sys.argv[2])"
)


def write(path: Path, cells: list[str]) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, path)


def timed(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


async def measure(root: Path) -> list[dict[str, object]]:
    database = Database(root / "data" / "history.duckdb", MIGRATIONS, logging.getLogger("bench"))
    bus = Bus(logging.getLogger("bench"))
    jobs = SpondeJobs(
        database=database, bus=bus, feed=Feed(), root=root, folder=root / "data" / "runs"
    )
    finished: asyncio.Queue[RunFinished] = asyncio.Queue()
    bus.on(RunFinished, finished.put_nowait)

    async def sponde(name: str) -> float:
        began = time.perf_counter()
        await jobs.start(NewRun(notebook=name))
        event = await finished.get()
        assert event.status is RunStatus.SUCCEEDED, event.text
        return time.perf_counter() - began

    rows: list[dict[str, object]] = []
    for name in ("trivial.ipynb", "sixty.ipynb"):
        ways: dict[str, list[float]] = {"nbclient": [], "papermill": [], "sponde": []}
        for _ in range(ROUNDS):
            ways["nbclient"].append(
                await asyncio.to_thread(
                    timed, [sys.executable, "-c", NBCLIENT, name, "out.ipynb"], root
                )
            )
            ways["papermill"].append(
                await asyncio.to_thread(
                    timed, [sys.executable, "-m", "papermill", name, "out.ipynb"], root
                )
            )
            ways["sponde"].append(await sponde(name))
        base = statistics.median(ways["nbclient"])
        for way, seconds in ways.items():
            middle = statistics.median(seconds)
            rows.append(
                {
                    "what": f"{name.removesuffix('.ipynb')} by {way}",
                    "seconds": middle,
                    "worst": max(seconds),
                    "over_nbclient": middle - base,
                }
            )
    began = time.perf_counter()
    for _ in range(10):
        await jobs.start(NewRun(notebook="trivial.ipynb"))
    for _ in range(10):
        await finished.get()
    rows.append(
        {
            "what": "10 trivial at once, 2 in parallel",
            "seconds": time.perf_counter() - began,
            "worst": "",
            "over_nbclient": "",
        }
    )
    late = await lateness()
    rows.append(
        {
            "what": "due until the clock rings",
            "seconds": statistics.median(late),
            "worst": max(late),
            "over_nbclient": "",
        }
    )
    await jobs.stop()
    await database.close()
    return rows


async def lateness() -> list[float]:
    late: list[float] = []
    due = now() + timedelta(seconds=0.2)

    async def ring() -> datetime:
        nonlocal due
        if now() >= due:
            late.append((now() - due).total_seconds())
            due = now() + timedelta(seconds=0.2)
        return due

    task = asyncio.create_task(Clock(ring, now).run())
    await asyncio.sleep(5)
    task.cancel()
    return late


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root / "trivial.ipynb", ["print(1)"])
        write(root / "sixty.ipynb", [f"print({number})" for number in range(60)])
        report("jobs", asyncio.run(measure(root)))


if __name__ == "__main__":
    main()
