"""One engine's life: started, waited for, watched, started again after a crash, asleep, ended.

One task at a time drives it: it takes the engine's lock, or follows the engine of the server that
has it; it starts the process, waits until it answers, and watches it until its end. Whoever needs
the engine waits for its news. Does not know which other engines there are: service.py makes room
and gives the command line (`prepare`).
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from typing import Any

from sponde_server.core.errors import Conflict, SpondeError, Unavailable, UpstreamFailed
from sponde_server.core.record import now

from . import failures, progress
from .control import ask, ask_well
from .logfile import News, tail
from .process import Place, Running, new_key
from .records import Adapter, Engine, EngineFailure, EngineSettings, EngineStatus, Plan

LOOK_SECONDS = 0.2
HEALTH_SECONDS = 2.0
DEAF_SECONDS = 120.0
END_SECONDS = 8.0
TAIL_BYTES = 60_000
LONGEST_LINE = 2000
CRASH_WINDOW = 900.0
REMEMBER_SECONDS = 20.0
LONGEST_WAIT = 60.0
ADDRESS_TRIES = 3
ON = (EngineStatus.STARTING, EngineStatus.READY, EngineStatus.ASLEEP)
PORT_TAKEN = "address_taken"
HUNG = "hung"


@dataclass(frozen=True)
class Start:
    """Everything that a process is started with."""

    command: list[str]
    environment: dict[str, str]
    address: str
    key: str
    plan: Plan
    can_sleep: bool
    vllm_version: str


class CannotStart(Exception):
    """An engine cannot be started, and trying again changes nothing."""

    def __init__(self, failure: EngineFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True)
class Limits:
    """How patient one is with an engine."""

    start_seconds: float
    restarts: int
    back_off_seconds: float
    log_bytes: int


Prepare = Callable[["Life"], AbstractAsyncContextManager[Start]]
"""Makes room and gives what to start with; held until the engine is ready or has failed."""
Room = Callable[["Life"], AbstractAsyncContextManager[None]]
"""Makes room for one that sleeps; held until it is awake."""


class Life:
    """One engine, from now on."""

    def __init__(
        self,
        engine: Engine,
        *,
        place: Place,
        limits: Limits,
        prepare: Prepare,
        room: Room,
        tell: Callable[[Engine], None],
        keep: Callable[[Engine], None],
        log: logging.Logger,
    ) -> None:
        self.engine = engine
        self.adapters: dict[str, Adapter] = {}
        """What it is to serve beside its model."""
        self.is_forced = False
        self.key = new_key()
        """The key that its processes want, as long as this server looks after it."""
        self.uses = 0
        self.waiting = 0
        self.used_at = time.monotonic()
        self.running: Running | None = None
        self._place = place
        self._limits = limits
        self._prepare = prepare
        self._room = room
        self._tell = tell
        self._keep = keep
        self._log = log
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._nudge = asyncio.Event()
        self._plan: Plan | None = None
        self._crashes: list[float] = []
        self._halts = 0
        self._is_halting = False
        self._is_leaving = False
        self._is_doomed = False
        self._is_only_followed = False
        self._failed_at = 0.0
        self._sleeping = asyncio.Lock()
        self._loading = asyncio.Lock()

    # -- what others ask of it ----------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether a process belongs to it, or is about to."""
        return self._task is not None

    @property
    def is_ours(self) -> bool:
        """Whether this server looks after it."""
        return self._place.lock.is_held

    @property
    def is_halting(self) -> bool:
        """Whether its end was asked for."""
        return self._is_halting

    @property
    def is_busy(self) -> bool:
        """Whether somebody asks it now, here or in another server."""
        return bool(self.uses or self.waiting) or self._place.is_used_elsewhere()

    def want(self) -> None:
        """See to it that it runs."""
        if self._task is None:
            self._place.make()
            self._is_halting = False
            self._crashes.clear()
            self._task = asyncio.get_running_loop().create_task(self._live())
            self._task.add_done_callback(self._lived)
            self._say(status=EngineStatus.STARTING, doing="", progress=None, failure=None)

    def follow(self) -> None:
        """Use the process that runs already; one that does not answer is ended, not replaced."""
        self._is_only_followed = True
        self.want()

    async def ready(self) -> Engine:
        """Wait until it answers: started, woken, or started again after a crash."""
        began, halts = time.monotonic(), self._halts
        self.waiting += 1
        try:
            while True:
                self.used_at = time.monotonic()
                news = self._news
                status = self.engine.status
                if status is EngineStatus.READY and (self.is_ours or not await self.is_lost()):
                    return self.engine
                if status is EngineStatus.READY:
                    continue  # another server's, which has just ended it
                if status is EngineStatus.ASLEEP:
                    await self.wake()
                    continue
                if halts != self._halts and status in (EngineStatus.STOPPED, EngineStatus.STOPPING):
                    raise Unavailable(
                        f"'{self.engine.model}' was stopped.",
                        "Ask again to start it, or choose another model.",
                    )
                if status is EngineStatus.FAILED and self._failed_at > began - REMEMBER_SECONDS:
                    failure = self.engine.failure
                    assert failure is not None
                    raise Unavailable(failure.message, failure.hint)
                if status in (EngineStatus.STOPPED, EngineStatus.FAILED):
                    self.want()
                await news.wait()
        finally:
            self.waiting -= 1
            self.used_at = time.monotonic()

    def begin(self) -> None:
        """Note that a request begins."""
        self.uses += 1
        if self.uses == 1:
            self._place.use.take()
        self.engine = replace(self.engine, asked_at=now())

    def end(self) -> None:
        """Note that a request ended."""
        self.uses -= 1
        self.used_at = time.monotonic()
        if self.uses == 0:
            self._place.use.leave()

    async def is_lost(self) -> bool:
        """Whether it should answer and does not; if so, this is seen to at once."""
        running = self.running
        if running is None or self.engine.status is not EngineStatus.READY:
            return True
        if await self._answers(running):
            return False
        # Nobody is sent there until it has been looked at.
        self._say(status=EngineStatus.STARTING, doing="looking why it does not answer")
        self._nudge.set()
        return True

    async def halt(self) -> None:
        """End it, and wait until nothing of it is left."""
        self._halts += 1
        if self._task is None:
            if self.engine.status is not EngineStatus.STOPPED:
                self._say(status=EngineStatus.STOPPED, doing="", progress=None, failure=None)
            return
        self._is_halting = True
        self._say(status=EngineStatus.STOPPING, doing="", progress=None)
        self._nudge.set()
        task = self._task
        await asyncio.wait([task])

    async def leave(self) -> None:
        """Let go of it; its process goes on."""
        self._is_leaving = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._place.lock.leave()
        self._place.use.leave()

    async def sleep(self, level: int) -> None:
        """Free its graphics memory; answers that it is giving are waited for by who asks this."""
        async with self._sleeping:
            if self.engine.status is EngineStatus.ASLEEP:
                return
            running = self._runs()
            if not self.engine.can_sleep:
                raise Conflict(
                    f"'{self.engine.model}' cannot sleep on this machine.",
                    "Stop it instead: the next question starts it again.",
                )
            self._say(doing="going to sleep", progress=None)
            try:
                query = f"level={level}"
                await self._ask(running, "/sleep", "go to sleep", query=query, seconds=120)
            except SpondeError:
                self._say(doing="")
                raise
            self._note(replace(running, asleep=level))
            self._say(status=EngineStatus.ASLEEP, doing="", progress=None)

    async def wake(self) -> None:
        """Bring it back into graphics memory."""
        async with self._sleeping:
            if self.engine.status is not EngineStatus.ASLEEP:
                return
            running = self._runs()
            try:
                async with self._room(self):
                    self._say(doing="waking up", progress=None)
                    await self._wake(running)
            except CannotStart as error:
                self._say(doing="")
                raise Unavailable(error.failure.message, error.failure.hint) from error
            except UpstreamFailed:
                # It does not wake: a new start serves better than an error for ever.
                self._log.warning("The engine of %s does not wake.", self.engine.model)
                self._is_doomed = True
                self._say(status=EngineStatus.STARTING, doing="starting again")
                self._nudge.set()
                return
            self._note(replace(running, asleep=0))
            self._say(status=EngineStatus.READY, doing="", progress=None)

    async def _wake(self, running: Running) -> None:
        what = "wake up"
        if running.asleep < 2:
            await self._ask(running, "/wake_up", what, seconds=120)
            return
        # Level 2 dropped the weights: memory first, then the files again, then the cache.
        await self._ask(running, "/wake_up", what, query="tags=weights", seconds=120)
        body = {"method": "reload_weights"}
        await self._ask(running, "/collective_rpc", what, body=body, seconds=600)
        await self._ask(running, "/wake_up", what, query="tags=kv_cache", seconds=120)

    async def load(self, adapter: Adapter) -> None:
        """Serve an adapter beside the model, now and after every start."""
        async with self._loading:
            before = self.adapters.get(adapter.name)
            self.adapters[adapter.name] = adapter
            if before == adapter and adapter.name in self.engine.adapters:
                return
            if self.engine.status is EngineStatus.READY:
                try:
                    await self._load(self._runs(), adapter)
                except SpondeError:
                    self.adapters.pop(adapter.name, None)
                    raise

    async def unload(self, name: str) -> None:
        """Serve an adapter no more."""
        async with self._loading:
            self.adapters.pop(name, None)
            if name in self.engine.adapters and self.engine.status is EngineStatus.READY:
                await self._unload(self._runs(), name)

    # -- the life -----------------------------------------------------------------------------

    def _lived(self, task: "asyncio.Task[None]") -> None:
        self._task = None
        if not self._is_leaving:
            self._place.lock.leave()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("The care for an engine failed.", exc_info=error)
            self._fail(
                EngineFailure(
                    kind="internal",
                    message=f"Sponde lost the engine of '{self.engine.model}': {error}",
                    hint="Start it again; the server's log says more.",
                )
            )
        elif self.engine.status in (*ON, EngineStatus.STOPPING) and not self._is_leaving:
            self._say(status=EngineStatus.STOPPED, doing="", progress=None)

    async def _live(self) -> None:
        if not await self._take_over():
            return
        addresses = 0
        while not self._is_halting:
            running = await self._find()
            failure: EngineFailure | None
            if running is None and self._is_only_followed and not self.waiting:
                return
            self._is_only_followed = False
            if running is None:
                try:
                    running, failure = await self._start()
                except CannotStart as error:
                    if not self._is_halting:
                        self._fail(error.failure)
                    return
                if running is None or self._is_halting:
                    return
                if failure is not None:
                    if failure.kind == PORT_TAKEN and addresses < ADDRESS_TRIES:
                        addresses += 1
                        continue
                    if not await self._may_try_again(failure, was_ready=False):
                        return
                    continue
            addresses = 0
            await self._watch(running)
            await self._finish(running)
            if self._is_halting or self._place.was_halted():
                return
            failure = await self._explain(self._plan)
            self._log.warning("The engine of %s ended: %s", running.model, failure.message)
            if not await self._may_try_again(failure, was_ready=True):
                return

    async def _take_over(self) -> bool:
        """Take the engine's lock; follow the engine of the server that has it until then."""
        was_seen = False
        while not self._place.lock.take():
            running = await asyncio.to_thread(self._place.read)
            if self._is_halting:
                if running is not None:
                    self._place.halt()
                    self._place.ask_to_end(running)
                self._place.use.leave()
                return False
            if running is not None and await self._answers(running):
                if self.engine.status is EngineStatus.STARTING or self.running != running:
                    self._follow(running)
                was_seen = True
            elif running is not None or not was_seen:
                doing = "started by another JupyterLab"
                self._say(status=EngineStatus.STARTING, doing=doing, progress=None)
            await self._pause(LOOK_SECONDS if self.waiting else 1.0)
        # The other one has stopped it in good order, unless it left a note.
        return not (was_seen and self._place.read() is None and not self.waiting)

    def _follow(self, running: Running) -> None:
        self.running = running
        status = EngineStatus.ASLEEP if running.asleep else EngineStatus.READY
        self._take(running, status=status, doing="", progress=None)

    async def _find(self) -> Running | None:
        """Find the process that an earlier server left: one that answers goes on, others end."""
        running = await asyncio.to_thread(self._place.read)
        if running is None:
            return None
        if running.path == self.engine.path and await self._answers(running):
            self._log.info("The engine of %s is followed again.", running.model)
            self._follow(running)
            return running
        await asyncio.to_thread(self._place.sweep, running)
        self._place.forget()
        return None

    async def _start(self) -> tuple[Running | None, EngineFailure | None]:
        """Start the process and wait until it answers; give it, or why it did not."""
        self._say(status=EngineStatus.STARTING, doing="looking at what fits", progress=None)
        try:
            async with self._prepare(self) as start:
                if self._is_halting:
                    return None, None
                running = await self._launch(start)
                self._plan = start.plan
                failure = await self._come_up(running, start.plan)
        except (SpondeError, OSError) as error:
            # OSError: the folder cannot be written, the disk is full, there are no processes left.
            raise CannotStart(_as_failure(error)) from error
        if failure is None and not self._is_halting:
            return running, None
        await self._end(running)
        return running, failure

    async def _launch(self, start: Start) -> Running:
        keeper, born, pid = await asyncio.shield(
            asyncio.to_thread(
                self._place.launch, start.command, start.environment, self._limits.log_bytes
            )
        )
        running = Running(
            engine_id=self.engine.id,
            model=self.engine.model,
            version=self.engine.version,
            path=self.engine.path,
            keeper=keeper,
            birth=born,
            pid=pid,
            address=start.address,
            key=start.key,
            command=start.command,
            can_sleep=start.can_sleep,
            vllm_version=start.vllm_version,
            settings=asdict(start.plan.settings),
        )
        self._note(running)
        self._take(running, doing="starting vLLM", progress=None)
        return running

    async def _come_up(self, running: Running, plan: Plan | None) -> EngineFailure | None:
        """Wait until it answers; None when it does, or when its end was asked for."""
        news, doing = News(self._place.folder), progress.Doing()
        heard_at = time.monotonic()
        while not self._is_halting:
            alive = self._place.is_running(running)
            text = await asyncio.to_thread(news.read)
            if text:
                heard_at = time.monotonic()
                before, doing = doing, progress.read(text, doing)
                if doing != before:
                    self._say(doing=doing.doing, progress=doing.progress)
            if not alive:
                return await self._explain(plan)
            if await self._answers(running):
                return await self._greet(running)
            if time.monotonic() - heard_at > self._limits.start_seconds:
                return EngineFailure(
                    kind=HUNG,
                    message=f"vLLM did not start: it said nothing for "
                    f"{self._limits.start_seconds:g} seconds while {doing.doing}.",
                    hint="Look at its log; start it again, or give it longer with "
                    "SpondeEngines.start_seconds.",
                )
            await self._pause(LOOK_SECONDS)
        return None

    async def _greet(self, running: Running) -> EngineFailure | None:
        """Make sure that it is ours that answers, and give it its adapters."""
        try:
            said = await self._ask(running, "/v1/models", "list its models", method="GET")
        except UpstreamFailed as error:
            return EngineFailure(kind=PORT_TAKEN, message=error.message, hint=error.hint)
        listed = (said.json() or {}).get("data", [])
        if running.model not in {str(entry.get("id")) for entry in listed}:
            return EngineFailure(
                kind=PORT_TAKEN,
                message=f"Something else answers at {running.address}.",
                hint="Start the engine again: it takes another address.",
            )
        for adapter in self.adapters.values():
            try:
                await self._load(running, adapter)
            except UpstreamFailed as error:
                self._log.warning("The adapter %s: %s", adapter.name, error)
        self.used_at = time.monotonic()
        self._say(status=EngineStatus.READY, doing="", progress=None, failure=None)
        self._log.info("The engine of %s is ready, process %s.", running.model, running.pid)
        return None

    async def _watch(self, running: Running) -> None:
        """Return when it is dead, or when its end is asked for."""
        asked_at = heard_at = time.monotonic()
        is_nudged = False
        while not (self._is_halting or self._is_doomed) and self._place.is_running(running):
            moment = time.monotonic()
            if is_nudged or moment - asked_at > HEALTH_SECONDS:
                asked_at = moment
                health = await self._health(running)
                if health is True:
                    heard_at = time.monotonic()
                    if self.engine.status is EngineStatus.STARTING:
                        self._say(status=EngineStatus.READY, doing="")
                elif health is False or time.monotonic() - heard_at > DEAF_SECONDS:
                    self._log.warning("The engine of %s does not answer.", running.model)
                    return
                if self._crashes and moment - self._crashes[-1] > CRASH_WINDOW:
                    self._crashes.clear()
                    self._say(restarts=0)
            is_nudged = await self._pause(LOOK_SECONDS)

    async def _health(self, running: Running) -> bool | None:
        """Whether it answers well; None where it cannot be told (it is busy)."""
        try:
            said = await ask(running.address, "GET", "/health", key=running.key, seconds=10)
        except TimeoutError:
            return None
        except OSError:
            return False
        return said.status == 200

    async def _answers(self, running: Running) -> bool:
        return self._place.is_running(running) and await self._health(running) is True

    async def _finish(self, running: Running) -> None:
        """End what is left of a process."""
        self._say(
            status=EngineStatus.STOPPING if self._is_halting else EngineStatus.STARTING,
            doing="" if self._is_halting else "ending what is left after a crash",
            progress=None,
        )
        await self._end(running)

    async def _end(self, running: Running) -> None:
        """End a process and its whole group."""
        if self._is_halting:
            self._place.ask_to_end(running)
            deadline = time.monotonic() + END_SECONDS
            while self._place.is_running(running) and time.monotonic() < deadline:  # noqa: ASYNC110 - a process's end tells no event
                await asyncio.sleep(0.05)
        await asyncio.to_thread(self._place.sweep, running)
        self._place.forget()
        self.running = None
        self._is_doomed = False
        self._say(adapters=(), address="", pid=0)

    async def _explain(self, plan: Plan | None) -> EngineFailure:
        def read() -> EngineFailure:
            text, _ = tail(self._place.folder, TAIL_BYTES)
            lines = (line[:LONGEST_LINE] for line in text.splitlines())
            return failures.explain("\n".join(lines), self._place.exit_code(), plan)

        return await asyncio.to_thread(read)

    async def _may_try_again(self, failure: EngineFailure, *, was_ready: bool) -> bool:
        """After a crash, wait a little longer each time; after too many, give up."""
        moment = time.monotonic()
        # What vLLM says itself while it starts stays true: only a process that was killed, or
        # one that was ready before, is started again.
        if not was_ready and (failure.kind == HUNG or not _was_killed(self._place.exit_code())):
            self._fail(failure)
            return False
        self._crashes = [at for at in self._crashes if moment - at < CRASH_WINDOW] + [moment]
        count = len(self._crashes)
        if count > self._limits.restarts:
            if count > 1:
                failure = failures.gave_up(count, failure)
            self._fail(failure)
            return False
        wait = min(self._limits.back_off_seconds * 2 ** (count - 1), LONGEST_WAIT)
        seconds = f"{wait:.0f} s" if wait >= 1 else "a moment"
        self._say(
            status=EngineStatus.STARTING,
            doing=f"starting again in {seconds}, after a crash",
            progress=None,
            restarts=count,
        )
        deadline = moment + wait
        while time.monotonic() < deadline and not self._is_halting:
            await self._pause(min(LOOK_SECONDS, wait))
        return not self._is_halting

    async def _pause(self, seconds: float) -> bool:
        """Wait a little; give whether something asked to look now."""
        try:
            await asyncio.wait_for(self._nudge.wait(), seconds)
        except TimeoutError:
            return False
        self._nudge.clear()
        return True

    # -- what is asked of vLLM ----------------------------------------------------------------

    async def _ask(
        self, running: Running, path: str, what: str, *, method: str = "POST", **more: Any
    ) -> Any:
        return await ask_well(running.address, method, path, what, key=running.key, **more)

    async def _load(self, running: Running, adapter: Adapter) -> None:
        if adapter.name in self.engine.adapters:
            await self._unload(running, adapter.name)
        body = {"lora_name": adapter.name, "lora_path": adapter.path}
        what = f"take the adapter '{adapter.name}'"
        await self._ask(running, "/v1/load_lora_adapter", what, body=body, seconds=120)
        self._serve((*self.engine.adapters, adapter.name))

    async def _unload(self, running: Running, name: str) -> None:
        what = f"let go of the adapter '{name}'"
        body = {"lora_name": name}
        await self._ask(running, "/v1/unload_lora_adapter", what, body=body, seconds=60)
        self._serve(tuple(one for one in self.engine.adapters if one != name))

    def _serve(self, adapters: tuple[str, ...]) -> None:
        if self.running is not None:
            self._note(replace(self.running, adapters=list(adapters)))
        self._say(adapters=adapters)

    def _runs(self) -> Running:
        if self.running is None or self.engine.status not in ON:
            raise Conflict(f"'{self.engine.model}' does not run.", "Start it first, and try again.")
        return self.running

    # -- what is told -------------------------------------------------------------------------

    def _note(self, running: Running) -> None:
        self.running = running
        self._place.note(running)

    def _take(self, running: Running, **more: Any) -> None:
        settings = dict(running.settings)
        chosen = EngineSettings(**{**settings, "more": tuple(settings.get("more", ()))})
        self._say(
            command=tuple(running.command),
            address=running.address,
            pid=running.pid,
            can_sleep=running.can_sleep,
            vllm_version=running.vllm_version,
            adapters=tuple(running.adapters),
            chosen=chosen,
            **more,
        )

    def _fail(self, failure: EngineFailure) -> None:
        self._failed_at = time.monotonic()
        self._say(status=EngineStatus.FAILED, doing="", progress=None, failure=failure)

    def change(self, **fields: Any) -> None:
        """Change what people set of it."""
        self._say(**fields)

    def _say(self, **fields: Any) -> None:
        """Tell the news, if it is one, and wake who waits for it."""
        before = self.engine
        fresh = replace(before, **fields)
        if fresh == before:
            return
        if fresh.status is not before.status:
            fresh = replace(fresh, changed_at=now())
        self.engine = fresh
        self._tell(fresh)
        news, self._news = self._news, asyncio.Event()
        news.set()
        if fresh.status is not before.status or fresh.settings != before.settings:
            self._keep(fresh)


def _was_killed(code: int | None) -> bool:
    """Whether something outside ended a process: a signal that it does not send itself."""
    return code is None or (code < 0 and -code not in (signal.SIGABRT, signal.SIGSEGV))


def _as_failure(error: Exception) -> EngineFailure:
    if isinstance(error, SpondeError):
        return EngineFailure(kind=error.code, message=error.message, hint=error.hint)
    return EngineFailure(
        kind="internal",
        message=f"The engine's process cannot be started: {error}",
        hint="Check the free space and the permissions of Sponde's data folder.",
    )
