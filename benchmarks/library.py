"""How fast the library finds code as one types, and keeps it, at 1,000 and 10,000 blocks.

The blocks are the functions and classes of the packages that are installed here: real code, with
real names and docstrings. Each figure is what `SpondeLibrary.search` takes, reader thread and rows
included, without HTTP.
"""

import ast
import asyncio
import itertools
import logging
import random
import site
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.report import percentile, report
from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library import store
from sponde_server.library.facts import facts_of
from sponde_server.library.records import CodeBlock, NewCodeBlock
from sponde_server.library.service import SpondeLibrary

MIGRATIONS = Path(__file__).parents[1] / "server_ext" / "sponde_server" / "migrations"
SIZES = (1_000, 10_000)
ROUNDS = 100
QUERIES = {
    "letter by letter": [
        w[:n] for w in ("read_csv", "groupby", "figure") for n in range(1, len(w))
    ],
    "word": ["dataframe", "histogram", "encoding", "matrix", "timezone"],
    "two words": ["plot axis", "parse date", "open file", "sort values"],
    "identifier": ["read_csv", "to_numpy", "__init__", "DataFrame.groupby", "np.array"],
    "inside a word": ["ataFra", "_cs", "oupb", "get_att"],
    "a word everywhere": ["self", "return", "def"],
    "not there": ["zzqqxx", "qwertzuiop"],
}


def functions() -> Iterator[CodeBlock]:
    """Read the functions and classes of the installed packages, each text once."""
    seen: set[str] = set()
    for folder in map(Path, site.getsitepackages()):
        for path in sorted(folder.rglob("*.py")):
            yield from _functions_of(path, seen)


def _functions_of(path: Path, seen: set[str]) -> Iterator[CodeBlock]:
    try:
        text = path.read_text("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, OSError):
        return
    lines = text.split("\n")
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        code = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if 3 <= code.count("\n") <= 120 and code not in seen:
            seen.add(code)
            said = (ast.get_docstring(node) or "").split("\n")[0]
            yield CodeBlock(
                name=f"{node.name[:50]}_{len(seen)}",
                language="python",
                code=code,
                description=said,
                tags=(path.parts[-2],),
                facts=facts_of(code, "python"),
            )


async def measure(blocks: list[CodeBlock]) -> list[dict[str, Any]]:
    """Measure every kind of query, then saving, over these blocks."""
    log = logging.getLogger("benchmark")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "history.duckdb", MIGRATIONS, log)
        library = SpondeLibrary(database=database, bus=Bus(log), feed=Feed())
        for start in range(0, len(blocks), 1000):
            part = blocks[start : start + 1000]
            await database.write(lambda con, part=part: [store.add(con, block) for block in part])
        rows = []
        for kind, queries in QUERIES.items():
            rows.append(await _row(len(blocks), kind, [library.search(q) for q in _many(queries)]))
        saves = [library.save(NewCodeBlock(code=f"new_{n} = {n}")) for n in range(ROUNDS)]
        rows.append(await _row(len(blocks), "save one", saves))
        await database.close()
    return rows


async def _row(size: int, kind: str, calls: list[Any]) -> dict[str, Any]:
    times, found = [], 0
    for call in calls:
        started = time.perf_counter()
        answer = await call
        times.append((time.perf_counter() - started) * 1000)
        found += len(answer) if isinstance(answer, list) else 1
    return {
        "blocks": size,
        "what": kind,
        "p50 ms": percentile(times, 0.5),
        "p95 ms": percentile(times, 0.95),
        "found": round(found / len(calls), 1),
    }


def _many(queries: list[str]) -> list[str]:
    return random.Random(7).choices(queries, k=ROUNDS)


def main() -> None:
    """Measure every size that the installed packages are enough for."""
    print("Reading the installed packages…")
    blocks = list(itertools.islice(functions(), max(SIZES)))
    random.Random(1).shuffle(blocks)
    print(f"{len(blocks):,} functions and classes.")
    rows = []
    for size in SIZES:
        if len(blocks) >= size:
            rows += asyncio.run(measure(blocks[:size]))
    report("library-search", rows)


if __name__ == "__main__":
    main()
