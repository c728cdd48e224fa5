"""How fast the library finds code as one types, with writes going on, and what its index costs.

`python -m benchmarks.library [blocks …] [--in folder] [--seconds 160]`: 20,000 and 100,000 blocks
unless told; 1,000,000 takes some ten minutes of processor time to make, so a folder can be named
that keeps them, and after so many seconds the rest is left to the next time: call it again until it
measures. Each figure is what `SpondeLibrary.find` takes, with rows, reasons and marks, without
HTTP, while a block is saved every 50 ms and the index takes it in.
"""

import argparse
import asyncio
import contextlib
import itertools
import logging
import pickle
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.library_blocks import TAGS, add_all, functions, varied
from benchmarks.report import percentile, report
from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library import store
from sponde_server.library.finding import store as search_store
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.records import CodeBlock, NewCodeBlock
from sponde_server.library.service import SpondeLibrary

MIGRATIONS = Path(__file__).parents[1] / "server_ext" / "sponde_server" / "migrations"
SIZES = (20_000, 100_000)
REAL = 40_000
ROUNDS = 30
FIRST = 30
"""Blocks that the tab asks for with each letter (extension/src/library/finding/finding.ts)."""
BULK = 1_000
BETWEEN_WRITES = 0.05
QUERIES = (
    # letter by letter
    "r", "re", "rea", "read", "read_", "read_c", "read_cs", "read_csv",
    # words and identifiers
    "dataframe", "histogram", "timezone", "sort values", "parse date", "plot axis", "a b",
    "readCsv", "to_numpy", "DataFrame.groupby", "np.array", "__init__", "_cs",
    # inside words
    "ataFra", "oupb", "get_att",
    # in nearly every block
    "self", "return", "def", "return def",
    # exact text and expressions
    '"pd.to_datetime("', '"raise ValueError("', '"Raises ValueError"', '"if not isinstance("',
    r"/merge\(.*how=/", r"/def .*_test\(/", r"/raise \w+Error\(f/", r"/[a-z]+_\d+/",
    # filters
    "lang:python imports:pandas plot", "imports:pandas ", "used:>100 ", "tag:clean ran:ok read",
    "ran:ok matrix", "-ran:ok axis ", "after:2026-10 open file",
    # nothing, and everything
    "zzqqxx", "qwertzuiop", "",
)  # fmt: skip
OFFERS = ("im", "imports:", "imports:pa", "defines:", "defines:re", "tag:")


async def measure(size: int, folder: Path, ends: float) -> list[dict[str, Any]] | None:
    """Make so many blocks and their index where they are not there; measure every query."""
    log = logging.getLogger("benchmark")
    database = Database(folder / "history.duckdb", MIGRATIONS, log)
    library = SpondeLibrary(database=database, bus=Bus(log), feed=Feed())
    try:
        is_there = await _made(database, library, size, folder, ends)
        return await _measured(database, library, size, folder) if is_there else None
    finally:
        await library.stop()
        await database.close()


async def _made(
    database: Database, library: SpondeLibrary, size: int, folder: Path, ends: float
) -> bool:
    there, started = await database.read(search_store.count), time.process_time()
    while there < size and time.monotonic() < ends:
        numbers = range(there, min(size, there + 20_000))
        await database.write(add_all, list(varied(_real(folder), numbers)))
        there = await database.read(search_store.count)
        print(f"  {there:,} blocks, {time.process_time() - started:.0f} s of processor")
    finder, started = library.finder, time.process_time()
    await library.find(FindBlocks(query="warm"))
    while there >= size and finder.is_bringing_up() and time.monotonic() < ends:
        await asyncio.sleep(1)
        if not finder.is_bringing_up():
            seconds = time.process_time() - started
            print(f"  the index is made, {finder.index_bytes() / 1e6:.0f} MB, {seconds:.0f} s")
    return there >= size and not finder.is_bringing_up()


def _real(folder: Path) -> list[CodeBlock]:
    """Give the installed packages' functions; reading them takes a minute, so they are kept."""
    path = folder / "functions.pickle"
    if not path.exists():
        real = list(itertools.islice(functions(), REAL))
        random.Random(1).shuffle(real)
        path.write_bytes(pickle.dumps(real))
    found: list[CodeBlock] = pickle.loads(path.read_bytes())
    return found


async def _measured(
    database: Database, library: SpondeLibrary, size: int, folder: Path
) -> list[dict[str, Any]]:
    before = _own_memory()
    bulk = [
        CodeBlock(name=f"bulk_{number}", language="python", code=f"bulk_{number} = {time.time()}")
        for number in range(BULK)
    ]
    rows = [
        _row(size, "index, MB", [library.finder.index_bytes() / 1e6]),
        _row(size, "history, MB", [(folder / "history.duckdb").stat().st_size / 1e6]),
        await _timed(size, "save one, ms", ROUNDS, lambda at: _save(library, at)),
    ]
    started = time.perf_counter()
    await database.write(store.add_many, bulk)
    rows.append(_row(size, "add 1,000 at once, ms", [(time.perf_counter() - started) * 1000]))
    started = time.perf_counter()
    await library.find(FindBlocks())
    await library.finder.settle()
    rows.append(
        _row(size, "until the index has them, merges too, s", [time.perf_counter() - started])
    )
    writing = asyncio.create_task(_write(library))
    times: dict[str, list[float]] = {query: [] for query in QUERIES}
    cut = 0
    for _ in range(ROUNDS):
        for query in random.sample(QUERIES, len(QUERIES)):
            began = time.perf_counter()
            found = await library.find(FindBlocks(query=query, limit=FIRST, typing=True))
            times[query].append((time.perf_counter() - began) * 1000)
            cut += found.was_cut
    rows += [_row(size, f"{query or '(all)'}", times[query]) for query in QUERIES]
    for offer in OFFERS:
        rows.append(
            await _timed(
                size, f"offers for {offer}", ROUNDS, lambda _, o=offer: library.finder.offers(o)
            )
        )
    every = list(itertools.chain(*times.values()))
    rows.append(_row(size, "every query, ms", every))
    rows.append(_row(size, "answers cut while typing, %", [100 * cut / len(every)]))
    rows.append(_row(size, "memory while searching, MB more", [_own_memory() - before]))
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    return rows


def _own_memory() -> float:
    """Give the MB that are this process's own, without the files that the system keeps."""
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.split("\n") if line.startswith("RssAnon")]
    return int(line.split()[1]) / 1e3


async def _save(library: SpondeLibrary, number: int) -> CodeBlock:
    code = f"def new_{number}(rows):\n    return rows.head({time.time_ns()})"
    return await library.save(NewCodeBlock(code=code, tags=(random.choice(TAGS),)))


async def _write(library: SpondeLibrary) -> None:
    for number in itertools.count():
        await _save(library, number)
        await asyncio.sleep(BETWEEN_WRITES)


async def _took(call: Any) -> float:
    started = time.perf_counter()
    await call
    return (time.perf_counter() - started) * 1000


async def _timed(size: int, what: str, rounds: int, call: Any) -> dict[str, Any]:
    return _row(size, what, [await _took(call(number)) for number in range(rounds)])


def _row(size: int, what: str, values: list[float]) -> dict[str, Any]:
    return {
        "blocks": size,
        "what": what,
        "p50": round(percentile(values, 0.5), 2),
        "p95": round(percentile(values, 0.95), 2),
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser("library")
    parser.add_argument("blocks", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--in", dest="folder", type=Path)
    parser.add_argument("--seconds", type=float, default=86_400)
    given = parser.parse_args(arguments or [])
    ends = time.monotonic() + given.seconds
    rows = []
    for size in given.blocks:
        with tempfile.TemporaryDirectory() as made:
            folder = given.folder / str(size) if given.folder else Path(made)
            folder.mkdir(parents=True, exist_ok=True)
            measured = asyncio.run(measure(size, folder, ends))
            if measured is None:
                print(f"{size:,} blocks are not made yet: call it again.")
                return
            rows += measured
    report("library-search", rows)


if __name__ == "__main__":
    main(sys.argv[1:])
