"""The library by meaning at 100,000 blocks: the cost of a search, of a block read, of the file.

The vectors are drawn by lot, 384 numbers each, and so is the encoder, of MiniLM's size: six layers
of that width. What is measured does not depend on what they say.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from meaning.tiny_encoder import make

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library import store
from sponde_server.library.finding import meant_store
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.records import CodeBlock
from sponde_server.library.service import SpondeLibrary
from sponde_server.meaning.service import SpondeMeaning

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

MIGRATIONS = Path(__file__).parents[1] / "server_ext/sponde_server/migrations"
BLOCKS, WIDTH, LAYERS = 100_000, 384, 6
DRAWN = 1_000
SEARCHES = 40
LOG = logging.getLogger("benchmark")
WORDS = ("bird", "price", "plane", "month", "country", "plot", "mean", "join")


async def measure(folder: Path) -> dict[str, float]:
    """Fill a library, and look in it."""
    chance = np.random.default_rng(1)
    make(folder / "meaning", width=WIDTH, layers=LAYERS)
    meaning = SpondeMeaning(beside=folder)
    database = Database(folder / "history.duckdb", MIGRATIONS, LOG)
    library = SpondeLibrary(database=database, bus=Bus(LOG), feed=Feed(), meaning=meaning)
    encoder = await meaning.encoder()
    values = chance.normal(size=(DRAWN, WIDTH)).astype(np.float32)
    values /= np.linalg.norm(values, axis=1)[:, None]
    rows = [
        meant_store.Read(f"drawn-{at}", 1 << 40, "made", value.astype("<f2").tobytes())
        for at, value in enumerate(values)
    ]

    def fill(con: "Connection") -> None:
        """Write what was drawn, and copies of it under other ids and places."""
        store.add(con, CodeBlock(name="block", language="python", code="value = 1"))
        meant_store.put(con, encoder, rows)
        con.execute(
            "INSERT INTO code_block SELECT b.* REPLACE ('block-' || i AS id, 'block_' || i AS "
            "name, 'block_' || i AS lower_name, i AS change) FROM (FROM code_block) b, "
            f"range({BLOCKS}) t(i)"
        )
        con.execute(
            "INSERT INTO block_vector SELECT 'block-' || i, i, encoder, digest, value, "
            f"read_change, i FROM range({BLOCKS}) t(i) "
            f"JOIN block_vector v ON v.place = t.i % {DRAWN}"
        )
        con.execute("DELETE FROM block_vector WHERE starts_with(block_id, 'drawn-')")

    await database.write(fill)
    library.meant.read(0)
    await library.meant.settle()
    began = time.perf_counter()
    await library.find(FindBlocks(query="bird", by_meaning=True))
    first = time.perf_counter() - began
    nearest, whole, cpu = [], [], 0.0
    encoders = used_by(meaning.process)
    for at in range(SEARCHES):
        word = WORDS[at % len(WORDS)]
        began = time.perf_counter()
        await meaning.ask(
            "nearest", file=str(folder / "library-meaning.f32"), text=word, among=None, limit=200
        )
        nearest.append(time.perf_counter() - began)
        began, used = time.perf_counter(), time.process_time()
        await library.find(FindBlocks(query=word, by_meaning=True, limit=50))
        whole.append(time.perf_counter() - began)
        cpu += time.process_time() - used
    encoders = used_by(meaning.process) - encoders
    code = "total = sales.groupby('region')['amount'].mean()\n" * 12
    began = time.perf_counter()
    await meaning.ask("encode", texts=[code] * 8)
    read = (time.perf_counter() - began) / 8
    await meaning.stop()
    await library.stop()
    await database.close()
    return {
        "blocks": BLOCKS,
        "nearest_p50_ms": round(float(np.percentile(nearest, 50)) * 1000, 1),
        "nearest_p95_ms": round(float(np.percentile(nearest, 95)) * 1000, 1),
        "search_p50_ms": round(float(np.percentile(whole, 50)) * 1000, 1),
        "search_p95_ms": round(float(np.percentile(whole, 95)) * 1000, 1),
        "search_cpu_ms": round(cpu / SEARCHES * 1000, 1),
        "encoder_cpu_ms": round(encoders / SEARCHES / 2 * 1000, 1),
        "first_search_s": round(first, 2),
        "read_block_ms": round(read * 1000, 1),
        "file_mb": round((folder / "library-meaning.f32").stat().st_size / 1e6, 1),
    }


def used_by(process: int) -> float:
    """Give the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, print, and keep the figures."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder)))
    print(json.dumps(figures, indent=2))
    if "--keep" in sys.argv:
        path = Path(__file__).parent / "results" / "library-meaning.json"
        path.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
