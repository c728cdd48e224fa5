"""What an engine takes against what was reckoned, how soon it starts, and how fast it answers.

The project's tiny model (tests/model/tiny-analyst) in vLLM's build for processors, wherever
SpondeEngines finds it. Memory is that of the engine's processes when it is ready and when it has
answered; figures are taken by Sponde's client and by vLLM's own bench serve. A model of two
megabytes measures the programs around it, not the computing.
"""

import asyncio
import logging
import tempfile
import time
from pathlib import Path

from benchmarks.report import report
from sponde_server.benches.records import Bench, BenchTool, NewBench
from sponde_server.benches.service import LIVE, SpondeBenches, in_words
from sponde_server.core.database import Database
from sponde_server.core.keys import Keys
from sponde_server.core.streams import Feed
from sponde_server.engines.monitor import memory_of
from sponde_server.engines.records import Engine, EngineStatus, NewEngine, PartKind
from sponde_server.engines.service import SpondeEngines
from sponde_server.models.local import LocalModels
from sponde_server.models.service import SpondeModels
from sponde_server.registry.service import SpondeRegistry
from sponde_server.usage.service import SpondeUsage

REPOSITORY = Path(__file__).parents[1]
MODEL = REPOSITORY / "tests" / "model" / "tiny-analyst"
GB = 1024**3
STREAMS = (1, 4)
REQUESTS = 12
ANSWER = 64


async def measure(folder: Path) -> list[dict[str, object]]:
    """Start the engine, measure it and end it."""
    log = logging.getLogger("benchmark")
    migrations = REPOSITORY / "server_ext" / "sponde_server" / "migrations"
    database = Database(folder / "history.duckdb", migrations, log)
    feed, keys = Feed(), Keys(folder / "keys.json")
    usage = SpondeUsage(database=database, feed=feed)
    registry = SpondeRegistry(
        database=database, feed=feed, keys=keys, folder=folder / "models", root=folder
    )
    engines = SpondeEngines(database=database, feed=feed, folder=folder / "engines")
    local = LocalModels(registry, engines)
    engines = SpondeEngines(
        database=database, feed=feed, folder=folder / "engines", find_weights=local.weights
    )
    local = LocalModels(registry, engines)
    models = SpondeModels(database=database, feed=feed, keys=keys, usage=usage, local=local)
    benches = SpondeBenches(
        database=database, feed=feed, models=models, engines=engines, registry=registry
    )
    try:
        await registry.register_folder(MODEL, name="tiny")
        return await _rows(engines, models, benches)
    finally:
        await benches.stop()
        await models.stop()
        await engines.stop()
        await usage.stop()
        await registry.stop()
        await database.close()


async def _rows(
    engines: SpondeEngines, models: SpondeModels, benches: SpondeBenches
) -> list[dict[str, object]]:
    program = await engines.program()
    if program is None:
        raise SystemExit("No vLLM is here: make engine-cpu installs it.")
    plan = await engines.plan(NewEngine(model="tiny"))
    parts = {part.kind: part.bytes for part in plan.parts}
    # The cache is promised at the start and taken as it fills.
    bare = parts[PartKind.WEIGHTS] + parts[PartKind.WORK]
    full = bare + parts[PartKind.CACHE]
    began = time.perf_counter()
    await engines.open(NewEngine(model="tiny"))
    engine = await _ready(engines)
    started = time.perf_counter() - began
    idle = memory_of(engine.pid)
    rows = [
        _row(f"vLLM {program.version} on {in_words(await engines.look())}", "", "", ""),
        _row("start, until it answers", "s", "", started),
        _row("weights", "MB", parts[PartKind.WEIGHTS] / 1024**2, ""),
        _row("cache that was asked for", "GB", parts[PartKind.CACHE] / GB, ""),
        _row("memory when ready, its cache empty", "GB", bare / GB, idle / GB),
    ]
    [model] = await models.list_models()
    for tool in (BenchTool.OURS, BenchTool.VLLM):
        asked = NewBench(
            model_id=model.id,
            contexts=(256,),
            streams=STREAMS,
            requests=REQUESTS,
            answer_tokens=ANSWER,
            tool=tool,
        )
        bench = await _ended(benches, await benches.begin(asked, "benchmark"))
        if bench.failure:
            rows.append(_row(f"{tool.value}: {bench.failure}", "", "", ""))
        for point in bench.points:
            name = f"{bench.tool.value}, {point.streams} at once"
            rows += [
                _row(f"{name}: first token, median", "ms", "", point.first_p50_ms or 0.0),
                _row(f"{name}: tokens of all", "1/s", "", point.tokens_per_second),
            ]
    rows.append(_row("memory when it has answered", "GB", full / GB, memory_of(engine.pid) / GB))
    return rows


async def _ready(engines: SpondeEngines) -> Engine:
    while True:
        [engine] = await engines.list_all()
        if engine.status is EngineStatus.READY:
            return engine
        if engine.status is EngineStatus.FAILED:
            raise SystemExit(f"The engine failed: {engine.failure}")
        await asyncio.sleep(0.05)


async def _ended(benches: SpondeBenches, bench: Bench) -> Bench:
    while bench.status in LIVE:
        await asyncio.sleep(0.1)
        bench = await benches.get(bench.id)
    return bench


def _row(figure: str, unit: str, reckoned: object, measured: object) -> dict[str, object]:
    return {"figure": figure, "unit": unit, "reckoned": reckoned, "measured": measured}


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory(prefix="sponde-models-") as folder:
        report("models", asyncio.run(measure(Path(folder))))
