"""What counting costs: at each request, and when a hundred thousand of them are summed.

`allow` and `note` are timed as the meter calls them, with ten budgets; the reports over rows of a
year, 300 conversations and 12 models. The history is a file on this machine's disk.
"""

import asyncio
import logging
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.report import percentile, report
from browser.lab import REPOSITORY
from sponde_server.core.database import Database
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.usage import store
from sponde_server.usage.records import (
    BudgetScope,
    BudgetUnit,
    Caller,
    CallerKind,
    Grouping,
    ModelRequest,
    NewBudget,
    NewPrice,
    RequestOutcome,
)
from sponde_server.usage.service import SpondeUsage

ROWS = 100_000
CALLS = 5_000
REPEATS = 15
MIGRATIONS = REPOSITORY / "server_ext" / "sponde_server" / "migrations"


def year() -> list[ModelRequest]:
    """Make up the requests of a year."""
    chance = random.Random(1)
    began = now() - timedelta(days=364)
    step = timedelta(days=364) / ROWS
    return [
        ModelRequest(
            caller=Caller(
                person=chance.choice(["ada", "grace", "alan", ""]),
                kind=chance.choice(list(CallerKind)),
                conversation_id=f"c{chance.randrange(300)}",
            ),
            model_id=f"p/model-{chance.randrange(12)}",
            outcome=chance.choice(list(RequestOutcome)),
            prompt_tokens=chance.randrange(4000),
            completion_tokens=chance.randrange(800),
            first_token_ms=chance.uniform(20, 900),
            duration_ms=chance.uniform(900, 9000),
            at=began + number * step,
        )
        for number in range(ROWS)
    ]


async def requests(usage: SpondeUsage) -> list[dict[str, object]]:
    """Time what each request waits for."""
    for number in range(10):
        scope = BudgetScope.MODEL if number % 2 else BudgetScope.EVERYONE
        subject = f"model-{number}*" if number % 2 else ""
        await usage.add_budget(
            NewBudget(limit=1e12, unit=BudgetUnit.TOKENS, scope=scope, subject=subject)
        )
    allowed: list[float] = []
    noted: list[float] = []
    for number in range(CALLS):
        caller = Caller(conversation_id=f"c{number % 50}")
        began = time.perf_counter()
        await usage.allow(caller, "p/model-1", 100)
        between = time.perf_counter()
        usage.note(ModelRequest(caller=caller, model_id="p/model-1", prompt_tokens=100))
        noted.append(time.perf_counter() - between)
        allowed.append(between - began)
        if number % 100 == 0:
            await asyncio.sleep(0)
    rows: list[dict[str, object]] = []
    for name, took in (("allow", allowed), ("note", noted)):
        rows.append(
            {
                "with 10 budgets": name,
                "p50 µs": percentile(took, 0.5) * 1e6,
                "p99 µs": percentile(took, 0.99) * 1e6,
            }
        )
    return rows


async def sums(usage: SpondeUsage) -> list[dict[str, object]]:
    """Time reports over all rows and over thirty days."""
    rows: list[dict[str, object]] = []
    today = now().date()
    for days in (30, 400):
        which = usage.period(today - timedelta(days=days), today + timedelta(days=1))
        for by in Grouping:
            took = []
            for _ in range(REPEATS):
                began = time.perf_counter()
                found = await usage.report(which, by)
                took.append(time.perf_counter() - began)
            rows.append(_row(f"by {by.value}", days, found.total.requests, took))
        took = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            await usage.requests(which)
            took.append(time.perf_counter() - began)
        rows.append(_row("newest 100", days, found.total.requests, took))
    return rows


def _row(name: str, days: int, count: int, took: list[float]) -> dict[str, object]:
    return {
        "report": name,
        "days": days,
        "requests": count,
        "p50 ms": percentile(took, 0.5) * 1e3,
        "p95 ms": percentile(took, 0.95) * 1e3,
    }


async def measure(folder: Path) -> None:
    """Write a year's rows, then measure."""
    database = Database(folder / "history.duckdb", MIGRATIONS, logging.getLogger("bench"))
    usage = SpondeUsage(database=database, feed=Feed())
    await usage.set_price(NewPrice(pattern="model-*", input_price=1, output_price=2))
    rows = [(request.at.date(), request) for request in year()]
    began = time.perf_counter()
    for start in range(0, ROWS, 2000):
        await database.write(store.add_requests, rows[start : start + 2000])
    writing = time.perf_counter() - began
    restarted = SpondeUsage(database=database, feed=Feed())
    began = time.perf_counter()
    await restarted.list_budgets()
    reading = time.perf_counter() - began
    report("usage-reports", await sums(usage))
    report("usage-requests", await requests(usage))
    await usage.stop()
    report(
        "usage-rows",
        [
            {
                "rows": ROWS,
                "µs a row written": writing / ROWS * 1e6,
                "ms to know the month at a start": reading * 1e3,
            }
        ],
    )
    await restarted.stop()
    await database.close()


def main() -> None:
    """Measure in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
