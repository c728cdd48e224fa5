"""Starts, watches, puts to sleep and ends engines.

Knows all of them: finds what others left, makes room, unloads what is idle. The life of each is
life.py's. Does not know the registry: it is given weights, and a way to find them by name.
"""

import asyncio
import hashlib
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Bool, Float, Int, List, Unicode
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import adopted, fit, found, machine, monitor, process, store, vllm
from .adopted import Adopted
from .control import ask
from .life import ON, CannotStart, Life, Limits, Start
from .logfile import tail
from .nvml import read_nvidia
from .process import Place
from .records import (
    Engine,
    EngineAdoption,
    EngineChange,
    EngineChanged,
    EngineFailure,
    EngineLog,
    EngineMonitor,
    EngineRemoved,
    EngineSettings,
    EngineSource,
    EngineStatus,
    FoundEngine,
    Installation,
    Machine,
    NewEngine,
    Plan,
    Weights,
)

FindWeights = Callable[[str, int], Awaitable[Weights]]
LOG_TAIL_BYTES = 1_000_000
OURS = ("--api-key", "--host", "--port", "--served-model-name", "--ssl-keyfile", "--uds")
"""Options that decide who can reach an engine, and how it is known: never a person's."""


class SpondeEngines(LoggingConfigurable):
    """The engines of this machine."""

    python = Unicode(
        help="Interpreter of the environment where vLLM is installed, such as "
        "/opt/vllm/bin/python. Empty: this environment, the one of the vllm command, then "
        "~/.cache/sponde/engine and ~/.cache/sponde/engine-cpu. vLLM pins much: give it an "
        "environment of its own."
    ).tag(config=True)
    command = List(
        Unicode(),
        help="Words that start vLLM in place of an interpreter, before 'serve', such as "
        "['uvx', 'vllm']. It must answer to --version, see this machine's files, and run as one "
        "process group. Empty: SpondeEngines.python.",
    ).tag(config=True)
    idle_minutes = Float(
        30.0,
        min=0,
        help="Minutes without a question after which an engine is put to sleep, or stopped where "
        "it cannot sleep; one that sleeps is stopped after as long again. Pinned ones stay. "
        "0: never.",
    ).tag(config=True)
    sleep_level = Int(
        1,
        min=1,
        max=2,
        help="How deep idle engines sleep: 1 keeps the weights in main memory and wakes in about "
        "a second, 2 drops them and reads the files again.",
    ).tag(config=True)
    most_engines = Int(
        0,
        min=0,
        help="Engines that may be awake at once; the one idle for longest makes room. 0: as many "
        "as fit in the memory.",
    ).tag(config=True)
    start_seconds = Float(
        600.0,
        min=1,
        help="Seconds that a starting engine may say nothing before its start counts as failed.",
    ).tag(config=True)
    restarts = Int(
        3,
        min=0,
        help="How often within 15 minutes an engine is started again after a crash. 0: never.",
    ).tag(config=True)
    back_off_seconds = Float(
        1.0,
        min=0,
        help="Seconds before an engine is started again after a crash; doubled each time.",
    ).tag(config=True)
    log_megabytes = Float(
        10.0, min=0.01, help="Megabytes that are kept of what an engine writes."
    ).tag(config=True)
    keep_running = Bool(
        False,
        help="Whether engines go on when this server is stopped; the next server uses them "
        "again. After a crash of the server they are found again in any case.",
    ).tag(config=True)
    uses_sockets = Bool(
        True,
        help="Whether engines listen on unix sockets that only this person can reach. Off: on "
        "a free port of 127.0.0.1, which other people of this machine reach too (with a key).",
    ).tag(config=True)

    addresses = List(
        Unicode(),
        help="Addresses of engines that everyone here may use, up to and with /v1, such as one "
        "vLLM for all people of a JupyterHub host. They are listed under Models, to connect with "
        "one click. One that is to be connected for everybody at once: SpondeModels.base_url.",
    ).tag(config=True)
    looks_around = Bool(
        True,
        help="Whether the ports at which vLLM, Ollama, LM Studio, llama.cpp and SGLang usually "
        "listen are asked on this machine, when the Models page is opened.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        folder: Path,
        find_weights: FindWeights | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._folder = folder
        self._find_weights = find_weights
        self._tasks = Tasks(self.log)
        self._lives: dict[str, Life] = {}
        self._adopted: dict[str, Adopted] = {}
        self._is_loaded = False
        self._loading = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._found: vllm.Vllm | None = None
        self._is_sweeping = False
        self._monitors = monitor.Monitors()

    async def start(self) -> None:
        """Find the engines that an earlier server left."""
        if await asyncio.to_thread(lambda: any(self._folder.glob("*/state.json"))):
            self._tasks.start(self._find_left())

    async def stop(self) -> None:
        """End what belongs to this server."""
        for one in self._adopted.values():
            one.leave()
        await self._tasks.stop()
        lives = list(self._lives.values())
        await asyncio.gather(
            *(
                life.leave() if self.keep_running or not life.is_ours else life.halt()
                for life in lives
            )
        )
        await self._tasks.settle()

    # -- what the models ask ------------------------------------------------------------------

    async def ready(self, weights: Weights) -> Engine:
        """Give an engine that answers for these weights: started, woken or waited for."""
        life = await self._life(weights)
        for adapter in weights.adapters:
            await life.load(adapter)
        await life.ready()
        for adapter in weights.adapters:
            await life.load(adapter)
        return life.engine

    async def is_lost(self, weights: Weights) -> bool:
        """Whether the engine of these weights is dead just now; if so, it is started again."""
        return await (await self._life(weights)).is_lost()

    async def find_adopted(self, name: str) -> Engine | None:
        """Give the adopted engine that serves a model and answers; None where there is none."""
        await self._load()
        for one in self._adopted.values():
            if one.engine.model == name and one.engine.status is EngineStatus.READY:
                return one.engine
        return None

    async def adopted_models(self) -> tuple[str, ...]:
        """Name the models that adopted engines serve."""
        await self._load()
        return tuple(
            one.engine.model
            for one in self._adopted.values()
            if one.engine.status is EngineStatus.READY
        )

    def begin(self, engine_id: str) -> None:
        """Note that a request begins: the engine is not put to sleep or unloaded meanwhile."""
        if engine_id in self._lives:
            self._lives[engine_id].begin()

    def end(self, engine_id: str) -> None:
        """Note that a request ended."""
        if engine_id in self._lives:
            self._lives[engine_id].end()

    def key(self, engine_id: str) -> str:
        """Give the key that an engine wants; empty where it wants none."""
        if engine_id in self._adopted:
            return self._adopted[engine_id].key
        life = self._lives.get(engine_id)
        return life.running.key if life and life.running else ""

    # -- what people ask ----------------------------------------------------------------------

    async def list_all(self) -> list[Engine]:
        """Give every engine, by name."""
        await self._load()
        every = [life.engine for life in self._lives.values()]
        every += [one.engine for one in self._adopted.values()]
        return sorted(every, key=lambda engine: (engine.model, engine.version, engine.id))

    async def get(self, engine_id: str) -> Engine:
        """Give one engine."""
        await self._load()
        if engine_id in self._adopted:
            return self._adopted[engine_id].engine
        return self._get(engine_id).engine

    async def installation(self) -> Installation:
        """Say which vLLM engines are started with, or how to get one."""
        found = await self._vllm()
        if found is not None:
            return found.record
        here = await asyncio.to_thread(machine.look, self._folder)
        return vllm.missing(self.python, list(self.command), here)

    async def program(self) -> vllm.Vllm | None:
        """Give the vLLM that engines are started with; None where there is none."""
        return await self._vllm()

    async def plan(self, new: NewEngine) -> Plan:
        """Say whether a model fits, how it would be started, and why."""
        weights = await self._weights(new)
        life = await self._life(weights)
        _check(new.settings)
        settings = new.settings or life.engine.settings
        plan = await self._fit(life, settings, [Path(one.path) for one in weights.adapters])
        found = await self._vllm()
        if found is None:
            return plan
        sleeps = vllm.can_sleep(found)
        words = vllm.command_line(found, plan, "unix:socket", sleeps=sleeps)
        return replace(plan, command=tuple(words))

    async def open(self, new: NewEngine) -> Engine:
        """Start or wake an engine; it is not waited for."""
        weights = await self._weights(new)
        _check(new.settings)
        life = await self._life(weights)
        if new.settings is not None:
            life.change(settings=new.settings)
        for adapter in weights.adapters:
            await life.load(adapter)
        life.is_forced = new.is_forced
        if life.engine.status is EngineStatus.ASLEEP:
            self._tasks.start(life.wake())
        else:
            life.want()
        return life.engine

    async def look(self) -> Machine:
        """Say what is here for an engine."""
        return await asyncio.to_thread(machine.look, self._folder)

    async def find(self) -> list[FoundEngine]:
        """Look for engines that run already, here and at the configured addresses."""
        await self._load()
        ours = [life.engine.address for life in self._lives.values() if life.engine.address]
        ports = found.KNOWN_PORTS if self.looks_around else ()
        return await found.look_around(self.addresses, ports=ports, left_out=ours)

    async def monitor(self, engine_id: str) -> EngineMonitor:
        """Say what an engine does now, and who makes it slow if it is slow."""
        engine = await self.get(engine_id)
        text = ""
        if engine.status is EngineStatus.READY:
            with suppress(OSError, TimeoutError):
                said = await ask(
                    engine.address, "GET", "/metrics", key=self.key(engine_id), seconds=5.0
                )
                text = said.text if said.status == 200 else ""
        read = await asyncio.to_thread(read_nvidia)
        memory = await asyncio.to_thread(monitor.memory_of, engine.pid) if engine.pid else 0
        life = self._lives.get(engine_id)
        return self._monitors.look(
            engine.model,
            text,
            in_flight=life.uses if life else 0,
            gpus=read.gpus,
            memory_bytes=memory,
        )

    def answered(self, model_id: str, first_ms: float | None) -> None:
        """Note how long a person waited for the first piece of a local model's answer."""
        name = model_id.removeprefix("local/")
        if first_ms is not None and name != model_id:
            self._monitors.answered(name, first_ms)

    async def halt(self, engine_id: str) -> Engine:
        """Stop an engine."""
        await self._load()
        life = self._get(engine_id)
        await life.halt()
        return life.engine

    async def put_to_sleep(self, engine_id: str, level: int) -> Engine:
        """Free an engine's graphics memory."""
        if level not in (0, 1, 2):
            raise Invalid(f"There is no sleep of level {level}.", "Give 1 or 2.")
        await self._load()
        life = self._get(engine_id)
        if life.uses:
            raise Conflict(
                f"'{life.engine.model}' is answering.", "Wait until it has, or stop the answer."
            )
        await life.sleep(level or self.sleep_level)
        return life.engine

    async def wake(self, engine_id: str) -> Engine:
        """Wake an engine."""
        await self._load()
        life = self._get(engine_id)
        if life.engine.status is not EngineStatus.ASLEEP:
            raise Conflict(f"'{life.engine.model}' does not sleep.", "Start it, if it is stopped.")
        await life.wake()
        return life.engine

    async def restart(self, engine_id: str) -> Engine:
        """Stop an engine and start it again."""
        await self._load()
        life = self._get(engine_id)
        await life.halt()
        life.want()
        return life.engine

    async def pin(self, engine_id: str, is_pinned: bool) -> Engine:
        """Keep an engine when it is idle, or no longer."""
        await self._load()
        life = self._get(engine_id)
        life.change(settings=replace(life.engine.settings, is_pinned=is_pinned))
        return life.engine

    async def change(self, engine_id: str, change: EngineChange) -> Engine:
        """Keep other settings for an engine; they hold from its next start."""
        await self._load()
        _check(change.settings)
        life = self._get(engine_id)
        life.change(settings=change.settings)
        if change.restarts and life.engine.status in (*ON, EngineStatus.FAILED):
            return await self.restart(engine_id)
        return life.engine

    async def remove(self, engine_id: str) -> None:
        """Stop an engine and forget its settings; an adopted one is only forgotten."""
        await self._load()
        if engine_id in self._adopted:
            taken = self._adopted.pop(engine_id)
            taken.leave()
            await asyncio.to_thread(adopted.forget, self._folder, engine_id)
        else:
            life = self._get(engine_id)
            await life.halt()
            self._lives.pop(engine_id, None)
            await asyncio.to_thread(shutil.rmtree, self._place(life.engine), ignore_errors=True)
        await self._try_to_keep(store.remove, engine_id)
        self._feed.tell(EngineRemoved(engine_id=engine_id))

    async def read_log(self, engine_id: str, most_bytes: int) -> EngineLog:
        """Give the end of what an engine wrote."""
        await self._load()
        life = self._get(engine_id)
        most = max(1000, min(most_bytes, LOG_TAIL_BYTES))
        text, is_whole = await asyncio.to_thread(tail, self._place(life.engine), most)
        return EngineLog(text=text, is_whole=is_whole)

    async def add_adapter(self, engine_id: str, name: str) -> Engine:
        """Serve an adapter beside an engine's model, without starting it again."""
        await self._load()
        life = self._get(engine_id)
        weights = await self._weights(NewEngine(model=name))
        mine = [one for one in weights.adapters if one.name == name]
        if not mine or weights.model != life.engine.model:
            raise Invalid(
                f"'{name}' is not an adapter of '{life.engine.model}'.",
                "Choose one that was made for this model.",
            )
        await life.load(mine[0])
        return life.engine

    async def remove_adapter(self, engine_id: str, name: str) -> Engine:
        """Serve an adapter no more."""
        await self._load()
        life = self._get(engine_id)
        await life.unload(name)
        return life.engine

    async def adopt(self, adoption: EngineAdoption) -> list[Engine]:
        """Use an engine that runs already; one entry for each model that it serves."""
        await self._load()
        engines = await adopted.greet(adoption)
        taken: list[Engine] = []
        for engine in engines:
            known = next(
                (
                    one.engine
                    for one in self._adopted.values()
                    if (one.engine.address, one.engine.model) == (engine.address, engine.model)
                ),
                None,
            )
            fresh = replace(engine, id=known.id) if known else engine
            await asyncio.to_thread(adopted.note, self._folder, fresh.id, adoption.api_key)
            self._take_in(fresh, adoption.api_key)
            await self._keep_row(fresh)
            self._feed.tell(EngineChanged(engine=fresh))
            taken.append(fresh)
        return taken

    # -- which there are ----------------------------------------------------------------------

    async def _load(self) -> None:
        """Read what is kept of engines, once."""
        async with self._loading:
            if self._is_loaded:
                return
            try:
                rows = await self._database.read(store.list_all)
            except SpondeError as error:
                # Another JupyterLab has the history: engines work all the same.
                self.log.warning("What is kept of engines cannot be read: %s", error)
                rows = []
            for row in rows:
                engine = Engine(
                    id=row.id,
                    model=row.model,
                    version=row.version,
                    path=row.path,
                    source=row.source,
                    settings=row.settings,
                    failure=row.failure,
                    status=EngineStatus.FAILED if row.failure else EngineStatus.STOPPED,
                    address=row.address if row.source is EngineSource.ADOPTED else "",
                    asked_at=row.asked_at,
                    changed_at=row.changed_at,
                )
                if row.source is EngineSource.ADOPTED:
                    key = await asyncio.to_thread(adopted.key, self._folder, row.id)
                    self._take_in(engine, key)
                else:
                    self._lives.setdefault(engine.id, self._make(engine))
            self._is_loaded = True

    async def _find_left(self) -> None:
        """Follow the engines that run already, and end those that do not answer."""
        await self._load()
        for path in await asyncio.to_thread(lambda: sorted(self._folder.glob("*/state.json"))):
            running = await asyncio.to_thread(Place(path.parent).read)
            if running is None:
                continue
            life = await self._life(
                Weights(model=running.model, version=running.version, path=running.path)
            )
            life.follow()

    async def _life(self, weights: Weights) -> Life:
        await self._load()
        for life in self._lives.values():
            engine = life.engine
            if (engine.model, engine.version, engine.path) == (
                weights.model,
                weights.version,
                weights.path,
            ):
                return life
        engine = Engine(model=weights.model, version=weights.version, path=weights.path)
        self._lives[engine.id] = self._make(engine)
        return self._lives[engine.id]

    def _make(self, engine: Engine) -> Life:
        self._sweep_idle()
        return Life(
            engine,
            place=Place(self._place(engine)),
            limits=Limits(
                start_seconds=self.start_seconds,
                restarts=self.restarts,
                back_off_seconds=self.back_off_seconds,
                log_bytes=int(self.log_megabytes * 1_000_000),
            ),
            prepare=self._prepare,
            room=self._room,
            tell=lambda fresh: self._feed.tell(EngineChanged(engine=fresh)),
            keep=lambda fresh: self._keep(fresh),
            log=self.log,
        )

    def _place(self, engine: Engine) -> Path:
        names = f"{engine.model}\0{engine.version}\0{engine.path}"
        return self._folder / hashlib.sha256(names.encode()).hexdigest()[:16]

    def _get(self, engine_id: str) -> Life:
        if engine_id in self._adopted:
            raise Conflict(
                "This engine is not ours: it was adopted.",
                "Ask who runs it; here it can only be forgotten.",
            )
        if engine_id not in self._lives:
            raise NotFound(f"There is no engine {engine_id}.", "Look at the list of engines.")
        return self._lives[engine_id]

    async def _weights(self, new: NewEngine) -> Weights:
        if self._find_weights is None:
            raise NotFound(f"No model is registered as '{new.model}'.", "Register it first.")
        return await self._find_weights(new.model, new.version)

    def _take_in(self, engine: Engine, key: str) -> None:
        if engine.id in self._adopted:
            self._adopted[engine.id].leave()
        taken = Adopted(engine, key, lambda fresh: self._feed.tell(EngineChanged(engine=fresh)))
        self._adopted[engine.id] = taken
        taken.watch(self._tasks)

    # -- what is kept -------------------------------------------------------------------------

    def _keep(self, engine: Engine) -> None:
        if engine.status is not EngineStatus.STOPPING and engine.id in self._lives:
            self._tasks.start(self._keep_row(engine))

    async def _keep_row(self, engine: Engine) -> None:
        await self._try_to_keep(
            store.put,
            store.Row(
                id=engine.id,
                model=engine.model,
                version=engine.version,
                path=engine.path,
                source=engine.source,
                settings=engine.settings,
                adapters=engine.adapters,
                address=engine.address,
                changed_at=engine.changed_at,
                failure=engine.failure,
                asked_at=engine.asked_at,
            ),
        )

    async def _try_to_keep(self, work: Callable[..., None], value: Any) -> None:
        try:
            await self._database.write(work, value)
        except SpondeError as error:
            self.log.warning("What is set of an engine cannot be kept: %s", error)

    # -- making room --------------------------------------------------------------------------

    async def _vllm(self) -> vllm.Vllm | None:
        if self._found is None:
            self._found = await asyncio.to_thread(vllm.find, self.python, list(self.command))
        return self._found

    async def _fit(
        self, life: Life, settings: EngineSettings, adapters: list[Path] | None = None
    ) -> Plan:
        engine = life.engine
        if adapters is None:
            adapters = [Path(one.path) for one in life.adapters.values()]

        def weigh() -> Plan:
            here = machine.look(self._folder)
            return fit.plan(
                Path(engine.path), here, settings, name=engine.model, adapters=tuple(adapters)
            )

        return await asyncio.to_thread(weigh)

    @asynccontextmanager
    async def _prepare(self, life: Life) -> AsyncIterator[Start]:
        """Give what an engine is started with, when there is room; one starts at a time."""
        found = await self._vllm()
        if found is None:
            missing = await self.installation()
            raise CannotStart(
                EngineFailure(
                    kind="no_vllm",
                    message=missing.message,
                    hint=f"Install it with: {missing.ways[0]}",
                )
            )
        async with self._turn(life):
            plan = await self._make_room(life)
            sleeps = vllm.can_sleep(found)
            place = self._place(life.engine)
            address = await asyncio.to_thread(
                process.choose_address, place, uses_sockets=self.uses_sockets
            )
            key = life.key
            yield Start(
                command=vllm.command_line(found, plan, address, sleeps=sleeps),
                environment=vllm.environment(found, plan, key, sleeps=sleeps),
                address=address,
                key=key,
                plan=plan,
                can_sleep=sleeps,
                vllm_version=found.version,
            )

    @asynccontextmanager
    async def _room(self, life: Life) -> AsyncIterator[None]:
        """Make room for an engine that wakes."""
        async with self._turn(life):
            await self._make_room(life)
            yield

    @asynccontextmanager
    async def _turn(self, life: Life) -> AsyncIterator[None]:
        """Wait until no other engine is starting: what is free can only then be told."""
        while True:
            try:
                await asyncio.wait_for(self._starting.acquire(), 0.2)
                break
            except TimeoutError:
                if life.is_halting:
                    raise Conflict("It was stopped.", "Start it again.") from None
                life.change(doing="waiting until another engine has started")
        try:
            yield
        finally:
            self._starting.release()

    async def _make_room(self, life: Life) -> Plan:
        life.change(doing="looking at what fits")
        while True:
            plan = await self._fit(life, life.engine.settings)
            crowded = self.most_engines and self._count_awake(life) >= self.most_engines
            if plan.fits and not crowded:
                return plan
            other = self._idlest(life)
            if other is None and crowded:
                raise CannotStart(
                    EngineFailure(
                        kind="no_room",
                        message=f"{self.most_engines} engines may be awake at once, and none of "
                        "them is idle.",
                        hint="Stop one of them, or wait until it is idle.",
                    )
                )
            if other is None:
                if life.is_forced:
                    return plan
                raise CannotStart(
                    EngineFailure(
                        kind="does_not_fit",
                        message=plan.sentence,
                        hint=plan.smaller_sentence
                        or "Stop other programs, choose a smaller model, or start it anyway.",
                        try_settings=plan.smaller,
                    )
                )
            life.change(doing=f"making room: unloading '{other.engine.model}'")
            await self._unload(other)

    def _count_awake(self, but: Life) -> int:
        awake = (EngineStatus.STARTING, EngineStatus.READY, EngineStatus.STOPPING)
        return sum(
            1 for life in self._lives.values() if life is not but and life.engine.status in awake
        )

    def _idlest(self, but: Life) -> Life | None:
        """Give the engine that may make room and was asked longest ago; sleeping ones last."""
        idle = [life for life in self._lives.values() if life is not but and _may_unload(life)]
        idle.sort(key=lambda life: (life.engine.status is EngineStatus.ASLEEP, life.used_at))
        return idle[0] if idle else None

    async def _unload(self, life: Life) -> None:
        """Put an engine to sleep if it can and does not; stop it otherwise."""
        if life.engine.can_sleep and life.engine.status is EngineStatus.READY:
            try:
                await life.sleep(self.sleep_level)
                return
            except SpondeError as error:
                self.log.warning("%s is stopped instead: %s", life.engine.model, error)
        await life.halt()

    def _sweep_idle(self) -> None:
        if not self._is_sweeping and self.idle_minutes > 0:
            self._is_sweeping = True
            self._tasks.start(self._unload_idle())

    async def _unload_idle(self) -> None:
        idle_seconds = self.idle_minutes * 60
        while True:
            await asyncio.sleep(min(15.0, idle_seconds / 4))
            for life in list(self._lives.values()):
                if _may_unload(life) and time.monotonic() - life.used_at > idle_seconds:
                    self.log.info("%s is idle, and unloaded.", life.engine.model)
                    life.used_at = time.monotonic()
                    await self._unload(life)


def _may_unload(life: Life) -> bool:
    return (
        life.engine.status in (EngineStatus.READY, EngineStatus.ASLEEP)
        and life.is_ours
        and not life.engine.settings.is_pinned
        and not life.is_busy
    )


def _check(settings: EngineSettings | None) -> None:
    for word in settings.more if settings else ():
        option = word.partition("=")[0]
        # vLLM takes an option by its beginning, too.
        if len(option) > 2 and any(one.startswith(option.replace("_", "-")) for one in OURS):
            raise Invalid(
                f"'{option}' cannot be set: an engine's address, key and name are Sponde's.",
                "Leave it out of the further options.",
            )
