"""Addresses of benchmarks."""

from sponde_server.core.http import Download, Person, Routes

from .records import Bench, BenchChanged, BenchRemoved, NewBench
from .service import SpondeBenches

routes = Routes("benches", events=(BenchChanged, BenchRemoved))


@routes("GET", "/benches")
async def list_benches(benches: SpondeBenches) -> list[Bench]:
    """List the benchmarks, newest first."""
    return await benches.list_all()


@routes("POST", "/benches")
async def begin_bench(benches: SpondeBenches, person: Person, body: NewBench) -> Bench:
    """Begin to measure a model; events say how far it is."""
    return await benches.begin(body, person.name)


@routes("GET", "/benches/{bench_id}")
async def get_bench(benches: SpondeBenches, bench_id: str) -> Bench:
    """One benchmark."""
    return await benches.get(bench_id)


@routes("POST", "/benches/{bench_id}/cancel")
async def cancel_bench(benches: SpondeBenches, bench_id: str) -> Bench:
    """Stop a benchmark; what was measured by then is kept."""
    return await benches.cancel(bench_id)


@routes("DELETE", "/benches/{bench_id}")
async def remove_bench(benches: SpondeBenches, bench_id: str) -> None:
    """Delete a benchmark."""
    await benches.remove(bench_id)


@routes("GET", "/benches/{bench_id}/export")
async def export_bench(benches: SpondeBenches, bench_id: str, format: str = "csv") -> Download:
    """Give a benchmark's figures as a file: format is csv or json."""
    name, media_type, content = await benches.export(bench_id, format)
    return Download(name, media_type, content)
