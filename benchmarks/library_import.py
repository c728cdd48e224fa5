"""What an import of many blocks costs: seconds, processor, memory, and who waits meanwhile.

`python -m benchmarks.library_import [blocks …] [--in folder]`: 1,000, 2,000 and 10,000 functions of
the installed packages (kept in the folder) as a bundle, read and kept as the panel does, while
somebody searches all the time and a clock looks how late the server's loop is. The smallest is
begun once more and cancelled.
"""

import argparse
import asyncio
import itertools
import json
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.library_blocks import functions
from benchmarks.report import percentile, report
from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.transfer.records import (
    BlockImport,
    ImportChoices,
    NewBlockImport,
    TransferStatus,
)
from sponde_server.library.transfer.service import SpondeTransfers

MIGRATIONS = Path(__file__).parents[1] / "server_ext" / "sponde_server" / "migrations"
SIZES = (1_000, 2_000, 10_000)
TICK = 0.005
BETWEEN_SEARCHES = 0.1
FILE = "others.blocks.json"


class Meanwhile:
    """Looks at the process and asks the library while something goes on."""

    def __init__(self, library: SpondeLibrary) -> None:
        self._library = library
        self.late: list[float] = []
        self.searched: list[float] = []
        self.memory = _memory()
        self._begun = (time.perf_counter(), time.process_time(), self.memory)
        self._tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._search())]
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    async def rows(self, size: int, what: str) -> list[dict[str, Any]]:
        """End, and say what was seen."""
        wall, processor, memory = self._begun
        took, used = time.perf_counter() - wall, time.process_time() - processor
        self._is_over.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return [
            _row(size, f"{what}: seconds", [took]),
            _row(size, f"{what}: seconds of processor", [used]),
            _row(size, f"{what}: memory at most, MB more", [self.memory - memory]),
            _row(size, f"{what}: the loop is late, ms", self.late),
            _row(size, f"{what}: a search meanwhile, ms", self.searched),
        ]

    async def _tick(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            self.late.append((time.perf_counter() - began - TICK) * 1000)

    async def _search(self) -> None:
        for query in itertools.cycle(("read", "self return", "lang:python open", "")):
            began = time.perf_counter()
            await self._library.find(FindBlocks(query=query, limit=30, typing=True))
            self.searched.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(BETWEEN_SEARCHES)

    def _look(self) -> None:
        while not self._is_over.wait(0.02):
            self.memory = max(self.memory, _memory())


async def measure(
    blocks: list[dict[str, Any]], folder: Path, *, cancels: bool
) -> list[dict[str, Any]]:
    """Import so many blocks into an empty library, and take it back; begin again and cancel."""
    size = len(blocks)
    (folder / FILE).write_text(json.dumps({"blocks": blocks}))
    log = logging.getLogger("benchmark")
    database = Database(folder / "history.duckdb", MIGRATIONS, log)
    bus, feed = Bus(log), Feed()
    library = SpondeLibrary(database=database, bus=bus, feed=feed)
    transfers = SpondeTransfers(
        database=database, bus=bus, feed=feed, library=library, root=folder, folder=folder / "carry"
    )
    try:
        await library.find(FindBlocks(query="warm"))
        look = Meanwhile(library)
        read = await _ended(transfers, await transfers.begin(NewBlockImport(path=FILE)))
        assert read.status is TransferStatus.READY, read
        rows = await look.rows(size, "read")
        look = Meanwhile(library)
        kept = await _ended(transfers, await transfers.keep(read.id, ImportChoices()))
        assert kept.status is TransferStatus.DONE, kept
        rows += await look.rows(size, "keep")
        rows.append(_row(size, "kept", [kept.added]))
        rows.append(await _timed(size, "undo: seconds", lambda: transfers.undo(read.id)))
        if not cancels:
            return rows
        again = await _ended(transfers, await transfers.begin(NewBlockImport(path=FILE)))
        going = await transfers.keep(again.id, ImportChoices())
        while (await transfers.get(going.id)).done < size // 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

        async def cancel() -> None:
            await transfers.cancel(going.id)
            await _ended(transfers, going)

        rows.append(await _timed(size, "cancel in its midst: seconds", cancel))
        return rows
    finally:
        await transfers.stop()
        await library.stop()
        await database.close()


async def _ended(transfers: SpondeTransfers, begun: BlockImport) -> BlockImport:
    await transfers.settle()
    return await transfers.get(begun.id)


async def _timed(size: int, what: str, work: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    began = time.perf_counter()
    await work()
    return _row(size, what, [time.perf_counter() - began])


def _real(count: int, folder: Path | None) -> list[dict[str, Any]]:
    """Give so many functions of the installed packages; a folder keeps them for the next time."""
    kept = folder / f"functions-{count}.json" if folder else None
    if kept is None or not kept.exists():
        found = [
            {"code": one.code, "name": one.name, "description": one.description, "tags": one.tags}
            for one in itertools.islice(functions(), count)
        ]
        if kept is None:
            return found
        kept.write_text(json.dumps(found))
    read: list[dict[str, Any]] = json.loads(kept.read_text())
    return read


def _memory() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 1e3


def _row(size: int, what: str, values: list[float]) -> dict[str, Any]:
    return {
        "blocks": size,
        "what": what,
        "p50": round(percentile(values, 0.5), 3),
        "p95": round(percentile(values, 0.95), 3),
        "most": round(max(values), 3),
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser("library_import")
    parser.add_argument("blocks", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--in", dest="folder", type=Path)
    given = parser.parse_args(arguments or [])
    every = _real(max(given.blocks), given.folder)
    rows = []
    for size in given.blocks:
        with tempfile.TemporaryDirectory() as made:
            cancels = size == min(given.blocks)
            rows += asyncio.run(measure(every[:size], Path(made), cancels=cancels))
    report("library-import", rows)


if __name__ == "__main__":
    main(sys.argv[1:])
