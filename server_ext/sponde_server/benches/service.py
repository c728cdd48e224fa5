"""Measures how fast models answer, and keeps the figures.

One benchmark at a time: two would measure each other. The figures of a local model are taken by
vLLM's own client where it is there, else by ours; each says which.
"""

import asyncio
import random
from dataclasses import replace
from typing import Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.core.wire import encode
from sponde_server.engines.records import Engine, Machine
from sponde_server.engines.service import SpondeEngines
from sponde_server.models.local import LOCAL, LocalModels
from sponde_server.models.service import SpondeModels
from sponde_server.registry.service import SpondeRegistry

from . import store, vllm_bench
from .client import Client
from .figures import as_csv, point
from .records import (
    Bench,
    BenchChanged,
    BenchPoint,
    BenchRemoved,
    BenchStatus,
    BenchTool,
    NewBench,
)
from .vllm_bench import CannotMeasure

MOST_POINTS = 60
LARGEST_CONTEXT = 1_000_000
LONGEST_ANSWER = 8_192
OURS = "words in no order, another text each time, asked through Sponde as every question is"
VLLMS = "random tokens at the engine's own address, by vLLM's bench serve"
ENDED = "The server ended while it was measured."
KEPT = "What was measured by then is kept; start it again for the rest."
LIVE = (BenchStatus.QUEUED, BenchStatus.RUNNING)


class SpondeBenches(LoggingConfigurable):
    """The benchmarks of models."""

    most_requests = Int(
        2000,
        min=1,
        help="Requests that one benchmark may make altogether; they cost what questions cost.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        models: SpondeModels,
        engines: SpondeEngines,
        registry: SpondeRegistry,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._models = models
        self._engines = engines
        self._local = LocalModels(registry, engines)
        self._tasks = Tasks(self.log)
        self._turn = asyncio.Lock()
        self._going: dict[str, asyncio.Task[None]] = {}
        self._now: dict[str, Bench] = {}
        self._is_known = False
        self._is_stopping = False

    async def list_all(self) -> list[Bench]:
        """Give the benchmarks, newest first."""
        await self._mark_left()
        kept = await self._database.read(store.list_all)
        return [self._now.get(bench.id, bench) for bench in kept]

    async def get(self, bench_id: str) -> Bench:
        """Give one benchmark."""
        await self._mark_left()
        found = self._now.get(bench_id) or await self._database.read(store.find, bench_id)
        if found is None:
            raise NotFound("This benchmark is gone.", "It may have been deleted.")
        return found

    async def begin(self, new: NewBench, person: str) -> Bench:
        """Begin a benchmark, or let it wait for the one that goes on."""
        await self._mark_left()
        new = self._checked(new)
        model = await self._models.get_model(new.model_id)
        tool = new.tool or BenchTool.OURS
        if tool is BenchTool.VLLM and model.provider_id != LOCAL:
            raise Invalid(
                f"'{model.name}' is not an engine of this machine.",
                "Measure it with Sponde's own client.",
            )
        bench = Bench(
            model_id=model.id,
            model=model.name,
            contexts=new.contexts,
            streams=new.streams,
            requests=new.requests,
            answer_tokens=new.answer_tokens,
            tool=tool,
            engine="" if model.provider_id == LOCAL else model.provider_name,
        )
        await self._database.write(store.add, bench)
        self._say(bench)
        self._going[bench.id] = self._tasks.start(self._run(bench.id, new, person))
        return bench

    async def cancel(self, bench_id: str) -> Bench:
        """Stop a benchmark; what was measured by then is kept."""
        bench = await self.get(bench_id)
        task = self._going.get(bench_id)
        if task is None or bench.status not in LIVE:
            raise Conflict("This benchmark has ended already.", "Start it again if you like.")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await self.get(bench_id)

    async def remove(self, bench_id: str) -> None:
        """Delete a benchmark, after stopping it."""
        bench = await self.get(bench_id)
        if bench.status in LIVE:
            await self.cancel(bench_id)
        await self._database.write(store.remove, bench_id)
        self._now.pop(bench_id, None)
        self._feed.tell(BenchRemoved(bench_id=bench_id))

    async def export(self, bench_id: str, form: str) -> tuple[str, str, bytes]:
        """Give a benchmark's figures as a file: its name, its media type, its bytes."""
        if form not in ("csv", "json"):
            raise Invalid(f"Figures are not exported as '{form}'.", "Ask for csv or json.")
        bench = await self.get(bench_id)
        name = f"benchmark {bench.model} {bench.created_at:%Y-%m-%d %H.%M}.{form}"
        name = name.replace("/", "-")
        if form == "csv":
            return name, "text/csv; charset=utf-8", as_csv(bench).encode()
        return name, "application/json", encode(bench)

    async def stop(self) -> None:
        """End what runs."""
        self._is_stopping = True
        await self._tasks.stop()

    # -- one benchmark --------------------------------------------------------------------------

    async def _run(self, bench_id: str, new: NewBench, person: str) -> None:
        try:
            async with self._turn:
                self._change(bench_id, status=BenchStatus.RUNNING, doing="starting the model")
                await self._measure(bench_id, new, person)
            failed = all(not one.requests for one in self._now[bench_id].points)
            error = next((one.errors[0] for one in self._now[bench_id].points if one.errors), "")
            self._change(
                bench_id,
                status=BenchStatus.FAILED if failed else BenchStatus.DONE,
                failure=f"No answer came whole: {error}" if failed else "",
                hint="Ask the model something in the chat to see whether it answers."
                if failed
                else "",
            )
        except asyncio.CancelledError:
            if self._is_stopping:
                self._change(bench_id, status=BenchStatus.INTERRUPTED, failure=ENDED, hint=KEPT)
            else:
                self._change(bench_id, status=BenchStatus.CANCELLED)
            raise
        except SpondeError as error:
            self._change(
                bench_id, status=BenchStatus.FAILED, failure=error.message, hint=error.hint
            )
        except TimeoutError:
            self._change(
                bench_id,
                status=BenchStatus.FAILED,
                failure="vLLM's benchmark said nothing for a quarter of an hour.",
                hint="Measure with Sponde's own client, or with fewer requests.",
            )
        finally:
            self._change(bench_id, doing="", ended_at=now())
            self._going.pop(bench_id, None)
            # Shielded: a benchmark that is cancelled keeps what it has measured.
            await asyncio.shield(self._database.write(store.update, self._now[bench_id]))
            self._now.pop(bench_id, None)

    async def _measure(self, bench_id: str, new: NewBench, person: str) -> None:
        points = [
            (context, streams, max(new.requests, streams))
            for context in new.contexts
            for streams in new.streams
        ]
        model_id = self._now[bench_id].model_id
        client = Client(
            self._models,
            model_id,
            person,
            is_local=model_id.startswith(f"{LOCAL}/"),
            seed=random.randrange(10**9),
        )
        warmed = await client.warm(new.answer_tokens)
        if warmed.error:
            raise Conflict(
                f"The model does not answer: {warmed.error}",
                "Ask it something in the chat first; a context may be too long for it.",
            )
        engine = await self._describe(bench_id)
        wants_vllm = engine is not None and new.tool is not BenchTool.OURS
        if (
            engine is None
            or not wants_vllm
            or not (await self._by_vllm(bench_id, new, engine, points))
        ):
            await self._by_us(bench_id, new, client, points)

    async def _by_us(
        self, bench_id: str, new: NewBench, client: Client, points: list[tuple[int, int, int]]
    ) -> None:
        self._change(bench_id, tool=BenchTool.OURS, workload=OURS)
        done, every = 0, sum(count for *_, count in points)

        def got_on() -> None:
            nonlocal done
            done += 1
            self._change(bench_id, progress=done / every)

        for context, streams, requests in points:
            self._change(bench_id, doing=_doing(context, streams))
            answers, seconds = await client.measure(
                context, streams, requests, new.answer_tokens, got_on
            )
            await self._took(bench_id, point(context, streams, answers, seconds))

    async def _by_vllm(
        self, bench_id: str, new: NewBench, engine: Engine, points: list[tuple[int, int, int]]
    ) -> bool:
        """Let vLLM measure; false where it cannot, and we are to do it."""
        program = await self._engines.program()
        if program is None:
            return False
        self._change(
            bench_id, tool=BenchTool.VLLM, workload=VLLMS, doing="starting vLLM's benchmark"
        )
        taken: list[BenchPoint] = []

        def took(one: BenchPoint) -> None:
            taken.append(one)
            bench = self._now[bench_id]
            following = points[len(taken)] if len(taken) < len(points) else None
            self._change(
                bench_id,
                points=(*bench.points, one),
                progress=len(taken) / len(points),
                doing=_doing(*following[:2]) if following else "",
            )

        try:
            # Held awake for as long as it is measured: these requests do not pass by us.
            async with self._local.reach(engine.model):
                await vllm_bench.measure(
                    program,
                    engine,
                    self._engines.key(engine.id),
                    points,
                    new.answer_tokens,
                    took,
                )
        except CannotMeasure as error:
            self.log.warning("vLLM's benchmark could not be used: %s", error)
            if taken or new.tool is BenchTool.VLLM:
                raise Conflict(
                    f"vLLM's benchmark did not end well: {error}.",
                    "Measure with Sponde's own client.",
                ) from error
            self._change(
                bench_id,
                points=(),
                progress=0.0,
                note=f"vLLM's own benchmark could not be used ({error}): Sponde's client measured.",
            )
            return False
        return True

    async def _describe(self, bench_id: str) -> Engine | None:
        """Note what answers, and what it computes on; give the engine, where it is ours."""
        provider, _, name = self._now[bench_id].model_id.partition("/")
        if provider != LOCAL:
            model = await self._models.get_model(self._now[bench_id].model_id)
            if model.is_local:
                machine = await self._engines.look()
                self._change(bench_id, machine=in_words(machine))
            else:
                self._change(bench_id, note="It runs elsewhere: the way to it is in the figures.")
            return None
        engines = await self._engines.list_all()
        found = next(
            (one for one in engines if one.address and name in (one.model, *one.adapters)), None
        )
        if found is None:
            return None
        machine = await self._engines.look()
        settings = found.settings
        said = [
            f"context {settings.context_length:,}" if settings.context_length else "",
            settings.quantization,
            f"{settings.tensor_parallel} cards" if settings.tensor_parallel > 1 else "",
            f"{settings.max_streams} at once" if settings.max_streams else "",
            *settings.more,
        ]
        self._change(
            bench_id,
            engine=f"vLLM {found.vllm_version}".strip(),
            version=found.version,
            machine=in_words(machine),
            settings=", ".join(word for word in said if word),
        )
        # An adapter has no folder that vLLM's client could take a tokenizer from by its name.
        return found if found.path and found.model == name else None

    # -- what is known --------------------------------------------------------------------------

    async def _took(self, bench_id: str, one: BenchPoint) -> None:
        bench = self._now[bench_id]
        self._change(bench_id, points=(*bench.points, one))
        await self._database.write(store.update, self._now[bench_id])

    def _change(self, bench_id: str, **fields: Any) -> None:
        self._say(replace(self._now[bench_id], **fields))

    def _say(self, bench: Bench) -> None:
        self._now[bench.id] = bench
        self._feed.tell(BenchChanged(bench=bench))

    async def _mark_left(self) -> None:
        """Mark once what a dead server left going."""
        if not self._is_known:
            self._is_known = True
            await self._database.write(store.interrupt, list(self._going), ENDED, KEPT)

    def _checked(self, new: NewBench) -> NewBench:
        contexts = tuple(dict.fromkeys(sorted(new.contexts)))
        streams = tuple(dict.fromkeys(sorted(new.streams)))
        _between("context", contexts, 16, LARGEST_CONTEXT)
        _between("number of streams", streams, 1, 1000)
        _between("number of requests", (new.requests,), 1, self.most_requests)
        _between("length of an answer", (new.answer_tokens,), 1, LONGEST_ANSWER)
        if len(contexts) * len(streams) > MOST_POINTS:
            raise Invalid(
                f"{len(contexts)} contexts and {len(streams)} numbers of streams make "
                f"{len(contexts) * len(streams)} figures.",
                f"Choose fewer: {MOST_POINTS} at most.",
            )
        every = len(contexts) * sum(max(new.requests, one) for one in streams)
        if every > self.most_requests:
            raise Invalid(
                f"This makes {every} requests, and {self.most_requests} are allowed.",
                "Choose fewer, or raise SpondeBenches.most_requests in jupyter_config.py.",
            )
        return replace(new, contexts=contexts, streams=streams)


def in_words(machine: Machine) -> str:
    """Say what a machine is, as far as it matters for speed."""
    if machine.gpus:
        names: dict[str, int] = {}
        for gpu in machine.gpus:
            names[gpu.name] = names.get(gpu.name, 0) + 1
        return ", ".join(
            f"{count} × {name}" if count > 1 else name for name, count in names.items()
        )
    cores = f"{machine.cores} core{'' if machine.cores == 1 else 's'}"
    return f"{machine.cpu}, {cores}, {machine.memory_bytes / 1024**3:.0f} GB"


def _doing(context: int, streams: int) -> str:
    many = "one request at a time" if streams == 1 else f"{streams} at once"
    return f"{context:,} tokens to read, {many}"


def _between(what: str, values: tuple[int, ...], least: int, most: int) -> None:
    if not values:
        raise Invalid(f"No {what} is given.", f"Give at least one, from {least} to {most:,}.")
    for value in values:
        if not least <= value <= most:
            raise Invalid(
                f"{value:,} is no {what} that can be measured.",
                f"Give one from {least} to {most:,}.",
            )
