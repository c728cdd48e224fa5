"""How fast the library finds code as one types, with writes going on, and what its index costs.

`python -m benchmarks.library [blocks …] [--in folder]`: 20,000 and 100,000 blocks unless told;
1,000,000 takes some ten minutes of processor time to make, so a folder can be named that keeps
them for the next time. Each figure is what `SpondeLibrary.find` takes, with rows, reasons and
marks, without HTTP, while a block is saved every 50 ms.
"""

import argparse
import asyncio
import contextlib
import itertools
import logging
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.library_blocks import add_all, functions, varied
from benchmarks.report import percentile, report
from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library import search_store
from sponde_server.library.finding_records import FindBlocks
from sponde_server.library.records import CodeBlock, NewCodeBlock
from sponde_server.library.service import SpondeLibrary

MIGRATIONS = Path(__file__).parents[1] / "server_ext" / "sponde_server" / "migrations"
SIZES = (20_000, 100_000)
REAL = 40_000
ROUNDS = 60
BETWEEN_WRITES = 0.05
QUERIES = {
    "letter by letter": [
        w[:n] for w in ("read_csv", "groupby", "figure") for n in range(1, len(w) + 1)
    ],
    "word": ["dataframe", "histogram", "encoding", "matrix", "timezone"],
    "two words": ["plot axis", "parse date", "open file", "sort values"],
    "identifier": ["readCsv", "to_numpy", "__init__", "DataFrame.groupby", "np.array"],
    "inside a word": ["ataFra", "_cs", "oupb", "get_att"],
    "a word everywhere": ["self", "return", "def"],
    "exact text": ['"pd.to_datetime("', '"raise ValueError("', '"if not isinstance("'],
    "regular expression": [r"/merge\(.*how=/", r"/def .*_test\(/", r"/raise \w+Error\(f/"],
    "filters": ["lang:python imports:pandas plot", "used:>100 ", "tag:clean ran:ok read"],
    "not there": ["zzqqxx", "qwertzuiop"],
    "all": [""],
}


async def measure(size: int, folder: Path) -> list[dict[str, Any]]:
    """Make so many blocks and their index where they are not there; measure every kind of query."""
    log = logging.getLogger("benchmark")
    database = Database(folder / "history.duckdb", MIGRATIONS, log)
    library = SpondeLibrary(database=database, bus=Bus(log), feed=Feed())
    there = await database.read(search_store.count)
    if there < size:
        real = list(itertools.islice(functions(), REAL))
        random.Random(1).shuffle(real)
        blocks = itertools.islice(varied(real, size), there, None)
        while part := list(itertools.islice(blocks, 20_000)):
            await database.write(add_all, part)
            print(f"  {await database.read(search_store.count):,} blocks")
    started = time.process_time()
    await library.find(FindBlocks(query="warm"))
    await library.finder.settle()
    seconds = time.process_time() - started
    rows = [
        _figure(size, "making the index, s of processor", [seconds]),
        _figure(size, "index, MB", [library.finder.index_bytes() / 1e6]),
        _figure(size, "history, MB", [(folder / "history.duckdb").stat().st_size / 1e6]),
        await _timed(size, "save one", [_save(library, number) for number in range(ROUNDS)]),
    ]
    writing = asyncio.create_task(_write(library))
    chance = random.Random(7)
    for kind, queries in QUERIES.items():
        asked = chance.choices(queries, k=ROUNDS)
        rows.append(await _timed(size, kind, [_find(library, query) for query in asked]))
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    await library.stop()
    await library.finder.settle()
    await database.close()
    return rows


async def _find(library: SpondeLibrary, query: str) -> None:
    await library.find(FindBlocks(query=query))


async def _save(library: SpondeLibrary, number: int) -> CodeBlock:
    return await library.save(NewCodeBlock(code=f"new_{number} = {time.time_ns()}"))


async def _write(library: SpondeLibrary) -> None:
    for number in itertools.count():
        await _save(library, number)
        await asyncio.sleep(BETWEEN_WRITES)


async def _timed(size: int, what: str, calls: list[Any]) -> dict[str, Any]:
    times = []
    for call in calls:
        started = time.perf_counter()
        await call
        times.append((time.perf_counter() - started) * 1000)
    return _figure(size, f"{what}, ms", times)


def _figure(size: int, what: str, values: list[float]) -> dict[str, Any]:
    return {
        "blocks": size,
        "what": what,
        "p50": percentile(values, 0.5),
        "p95": percentile(values, 0.95),
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser("library")
    parser.add_argument("blocks", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--in", dest="folder", type=Path)
    given = parser.parse_args(arguments or [])
    rows = []
    for size in given.blocks:
        with tempfile.TemporaryDirectory() as made:
            folder = given.folder / str(size) if given.folder else Path(made)
            folder.mkdir(parents=True, exist_ok=True)
            rows += asyncio.run(measure(size, folder))
    report("library-search", rows)


if __name__ == "__main__":
    main(sys.argv[1:])
