"""Runs notebooks when somebody or a schedule asks, and keeps what came of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from traitlets import Float, Int, Unicode
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, Unavailable
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside, relative
from sponde_server.core.record import now as present
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import parameters, runner, schedule, store, tidying
from .clock import Clock
from .given import check_given, refuse
from .logbook import Logbook, readable, summary
from .records import (
    FieldProblem,
    JobDefinition,
    JobDefinitionChange,
    JobDefinitionChanged,
    NewJobDefinition,
    NewRun,
    NotebookParameters,
    ParameterValues,
    Run,
    RunChanged,
    RunError,
    RunFinished,
    RunLog,
    RunStatus,
    Schedule,
    ScheduleOutlook,
)

TELL_SECONDS = 0.15
RETRY_SECONDS = 30.0
TIDY_SECONDS = 86_400.0


@dataclass
class _Live:
    """A run that has not ended, and what is at work on it."""

    run: Run
    process: runner.Process | None = None
    task: "asyncio.Task[None] | None" = None
    stopping: "asyncio.Task[None] | None" = None
    telling: asyncio.TimerHandle | None = None
    is_cancelled: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class SpondeJobs(LoggingConfigurable):
    """Notebooks run in processes of their own, now or by a schedule; a run outlives the server."""

    parallel_runs = Int(
        2,
        min=1,
        help="How many runs may go on at once; the others wait in a queue. At least 1.",
    ).tag(config=True)
    time_limit = Float(
        0,
        min=0,
        help="Seconds after which a run is ended, unless it names a limit itself. 0: never.",
    ).tag(config=True)
    startup_limit = Float(
        60,
        min=1,
        help="Seconds that a run's kernel may take until it answers. At least 1.",
    ).tag(config=True)
    results_folder = Unicode(
        "sponde-runs",
        help="Folder of the executed notebooks, from the root that JupyterLab serves. It is made "
        "when the first run ends.",
    ).tag(config=True)

    keep_log_days = Float(
        30,
        min=0,
        help="Days that the log of a run is kept after its end; its result and its line in the "
        "list stay. Looked after at the start and once a day. 0: for ever.",
    ).tag(config=True)
    keep_logs = Int(
        1000,
        min=0,
        help="How many logs of runs are kept at most; the oldest go first. 0: all.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        root: Path,
        folder: Path,
        now: Callable[[], datetime] = present,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._root = root
        self._workspace = str(root)
        self._folder = folder
        self._now = now
        self._live: dict[str, _Live] = {}
        self._clock = Clock(self._ring, now)
        self._tasks = Tasks(self.log)
        self._is_stopping = False

    # -- notebooks --------------------------------------------------------------------------

    async def read_parameters(self, path: str) -> NotebookParameters:
        """Say what can be given to a notebook."""
        notebook = await self._notebook(path)
        note = parameters.note(notebook)
        return NotebookParameters(
            notebook=path.lstrip("/"),
            kernel=notebook.kernel,
            parameters=() if note else parameters.read(notebook),
            note=note,
        )

    async def check_parameters(self, given: ParameterValues) -> list[FieldProblem]:
        """Say which values do not fit their notebook."""
        notebook = await self._notebook(given.notebook)
        return check_given(parameters.read(notebook), given.parameters)[1]

    # -- runs -------------------------------------------------------------------------------

    async def start(self, new: NewRun) -> Run:
        """Run a notebook as soon as there is room, or refuse it for what is wrong with it."""
        _, values = await self._checked(new.notebook, new.parameters)
        run = Run(
            notebook=new.notebook.lstrip("/"),
            workspace=self._workspace,
            parameters=values,
            origin=new.origin,
            definition_id=new.definition_id,
            time_limit=new.time_limit,
        )
        await self._database.write(store.add_run, run)
        self._queue(run)
        return run

    async def get_run(self, run_id: str) -> Run:
        """Give a run as it is now."""
        live = self._live.get(run_id)
        if live is not None:
            return live.run
        run = await self._database.read(store.find_run, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.", "Look for it in the Jobs page.")
        return run

    async def list_runs(self, definition_id: str = "", limit: int = 200) -> list[Run]:
        """Give the latest runs, newest first."""
        rows = await self._database.read(
            store.list_runs, self._workspace, definition_id, max(1, min(limit, 1000))
        )
        return [self._live[row.id].run if row.id in self._live else row for row in rows]

    async def cancel(self, run_id: str) -> Run:
        """End a run that has not ended; what it has done so far is kept."""
        run = await self.get_run(run_id)
        live = self._live.get(run_id)
        if live is None:
            raise Conflict(
                f"This run has ended already ({run.status.replace('_', ' ')}).",
                "Run the notebook again if you need it once more.",
            )
        live.is_cancelled = True
        if live.task is None:
            await self._finish(live, RunStatus.CANCELLED)
        elif live.process is not None and live.stopping is None:
            live.stopping = asyncio.create_task(runner.stop(live.process))
        with suppress(TimeoutError):
            await asyncio.wait_for(live.ended.wait(), runner.STOP_SECONDS + 4)
        return live.run

    async def read_log(self, run_id: str) -> RunLog:
        """Give what a run's process wrote."""
        run = await self.get_run(run_id)
        place = self._place(run)

        def read() -> tuple[bool, list[runner.Event], str]:
            return place.is_dir(), runner.events(place), runner.tail(place)

        is_kept, found, output = await asyncio.to_thread(read)
        if not is_kept and run.status.is_final and run.started_at is not None:
            return RunLog(text=self._log_is_gone)
        return RunLog(text=readable(run, found, output))

    @property
    def _log_is_gone(self) -> str:
        return (
            f"This log is gone: logs are kept for {self.keep_log_days:g} days, and "
            f"{self.keep_logs:,} of them at most (SpondeJobs.keep_log_days, keep_logs)."
        )

    # -- job definitions --------------------------------------------------------------------

    async def define(self, new: NewJobDefinition) -> JobDefinition:
        """Keep a notebook with its parameters, and run it by its schedule if it has one."""
        _, values = await self._checked(new.notebook, new.parameters)
        if new.schedule is not None:
            schedule.check(new.schedule)
        definition = JobDefinition(
            name=new.name.strip() or Path(new.notebook).stem,
            notebook=new.notebook.lstrip("/"),
            workspace=self._workspace,
            parameters=values,
            schedule=new.schedule,
            time_limit=new.time_limit,
            next_at=self._next(new.schedule),
        )
        await self._database.write(store.add_definition, definition)
        self._changed(definition)
        return definition

    async def list_definitions(self) -> list[JobDefinition]:
        """Give the job definitions by name."""
        return await self._database.read(store.list_definitions, self._workspace)

    async def get_definition(self, definition_id: str) -> JobDefinition:
        """Give a job definition."""
        found = await self._database.read(store.find_definition, definition_id)
        if found is None:
            raise NotFound(
                f"There is no job definition {definition_id}.", "Look for it in the Jobs page."
            )
        return found

    async def change(self, definition_id: str, change: JobDefinitionChange) -> JobDefinition:
        """Change what is named; times that passed before do not count any more."""
        old = await self.get_definition(definition_id)
        values = old.parameters
        if change.parameters is not None:
            _, values = await self._checked(old.notebook, change.parameters)
        if change.schedule is not None:
            schedule.check(change.schedule)
        is_enabled = old.is_enabled if change.is_enabled is None else change.is_enabled
        wanted = change.schedule or old.schedule
        return await self._edit(
            definition_id,
            name=(change.name or "").strip() or old.name,
            parameters=values,
            schedule=wanted,
            is_enabled=is_enabled,
            next_at=self._next(wanted) if is_enabled else None,
        )

    async def remove(self, definition_id: str) -> None:
        """Delete a job definition; `restore` brings it back. Its runs stay."""
        await self._edit(definition_id, removed_at=self._now(), next_at=None)

    async def restore(self, definition_id: str) -> JobDefinition:
        """Bring a deleted job definition back."""
        old = await self.get_definition(definition_id)
        upcoming = self._next(old.schedule) if old.is_enabled else None
        return await self._edit(definition_id, removed_at=None, next_at=upcoming)

    async def start_defined(self, definition_id: str) -> Run:
        """Run a job definition now."""
        definition = await self.get_definition(definition_id)
        run = await self.start(
            NewRun(
                notebook=definition.notebook,
                parameters=definition.parameters,
                definition_id=definition.id,
                time_limit=definition.time_limit,
            )
        )
        await self._edit(definition_id, last_run_id=run.id)
        return run

    def outlook(self, wanted: Schedule) -> ScheduleOutlook:
        """Say what a schedule means, or what is wrong with it."""
        return schedule.outlook(wanted, self._now())

    # -- beginning and end ------------------------------------------------------------------

    async def begin(self) -> None:
        """Find the runs that an earlier server left, then keep the schedules, in the background."""
        self._tasks.start(self._begin())

    async def stop(self) -> None:
        """Stop following; runs that go on are found again by the next server."""
        self._is_stopping = True
        tasks = [live.task for live in self._live.values() if live.task is not None]
        tasks += [live.stopping for live in self._live.values() if live.stopping is not None]
        for live in self._live.values():
            if live.telling is not None:
                live.telling.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._tasks.stop(), return_exceptions=True)

    async def _begin(self) -> None:
        while True:
            try:
                await self._recover()
                break
            except Unavailable as error:
                # Another server of the same person holds the history; its schedules are kept there.
                self.log.info("Schedules wait: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
        self._tasks.start(self._stay_tidy())
        await self._clock.run()

    async def _stay_tidy(self) -> None:
        while True:
            await self.tidy()
            await asyncio.sleep(TIDY_SECONDS)

    async def tidy(self) -> int:
        """Remove the logs that need not be kept any more; give how many."""
        try:
            found = await asyncio.to_thread(tidying.look, self._folder)
            if not found:
                return 0
            unfinished = await self._database.read(store.list_unfinished_ids)
        except (SpondeError, OSError) as error:
            self.log.warning("The logs of runs could not be tidied up: %s", error)
            return 0
        going = {*unfinished, *self._live}
        old = tidying.removable(
            found, going, self._now().timestamp(), self.keep_log_days, self.keep_logs
        )
        gone = await asyncio.to_thread(tidying.remove, old)
        if gone:
            self.log.info("The logs of %d runs were removed.", gone)
        return gone

    async def _recover(self) -> None:
        if not self._database.path.exists():
            return
        waiting: list[Run] = []
        for run in await self._database.read(store.list_unfinished, self._workspace):
            if run.id in self._live:
                continue
            process = None
            if run.status is not RunStatus.QUEUED:
                process = await asyncio.to_thread(runner.find, self._place(run))
            if process is None:
                # Nobody has begun it, and nobody will: so it is still to be done.
                waiting.append(replace(run, status=RunStatus.QUEUED, started_at=None))
            else:
                live = self._live[run.id] = _Live(run, process)
                live.task = asyncio.create_task(self._guard(live, self._follow(live)))
        for run in waiting:
            self._queue(run)

    # -- what happens to a run --------------------------------------------------------------

    def _queue(self, run: Run) -> None:
        self._live[run.id] = _Live(run)
        self._feed.tell(RunChanged(run=run))
        self._pump()

    def _pump(self) -> None:
        """Start waiting runs while there is room."""
        if self._is_stopping:
            return
        going = sum(1 for live in self._live.values() if live.task is not None)
        for live in list(self._live.values()):
            if going >= self.parallel_runs:
                return
            if live.task is None:
                live.task = asyncio.create_task(self._guard(live, self._execute(live)))
                going += 1

    async def _guard(self, live: _Live, work: Any) -> None:
        """See a run through to an end in the history, whatever fails on the way."""
        try:
            await work
        except SpondeError as error:
            message = f"{error.message} {error.hint}".strip()
            await self._finish(live, RunStatus.FAILED, RunError(message=message))
        except OSError as error:
            self.log.exception("The run %s could not be started or followed.", live.run.id)
            message = f"The run could not be started or followed: {error}"
            await self._finish(live, RunStatus.FAILED, RunError(message=message))

    async def _execute(self, live: _Live) -> None:
        # Read again: a scheduled notebook may have changed, and a queued one too.
        notebook, values = await self._checked(live.run.notebook, live.run.parameters)
        if live.is_cancelled:
            await self._finish(live, RunStatus.CANCELLED)
            return
        await self._update(
            live,
            status=RunStatus.STARTING,
            attempt=live.run.attempt + 1,
            started_at=self._now(),
            result=self._result(live.run),
        )
        source = inside(self._root, live.run.notebook)
        work = runner.Work(
            folder=str(self._place(live.run)),
            notebook=str(source),
            result=str(inside(self._root, live.run.result or "")),
            cwd=str(source.parent),
            kernel=notebook.kernel,
            language=notebook.language,
            parameters=values,
            dates=sorted(parameters.date_objects(notebook) & values.keys()),
            time_limit=live.run.time_limit or self.time_limit or None,
            startup_limit=self.startup_limit,
        )
        live.process = await asyncio.to_thread(runner.start, work)
        if live.is_cancelled:
            live.stopping = asyncio.create_task(runner.stop(live.process))
        await self._follow(live)

    async def _follow(self, live: _Live) -> None:
        assert live.process is not None
        book = Logbook(live.run)
        writing: list[asyncio.Task[None]] = []

        def hear(event: runner.Event) -> None:
            before = live.run.status
            live.run = book.hear(event)
            if live.run.status is not before:
                write = self._database.write(store.update_run, live.run)
                writing.append(asyncio.create_task(write))
            self._tell_soon(live)

        await runner.follow(live.process, hear)
        await asyncio.gather(*writing)
        status, error = book.end(runner.tail(live.process.folder), is_cancelled=live.is_cancelled)
        await self._finish(live, status, error)

    async def _finish(self, live: _Live, status: RunStatus, error: RunError | None = None) -> None:
        run = live.run
        result = run.result
        if result is not None and not (self._root / result).is_file():
            result = None
        ended = replace(run, status=status, error=error, result=result, ended_at=self._now())
        if live.stopping is not None:
            live.stopping.cancel()
        if live.telling is not None:
            live.telling.cancel()
        await self._database.write(store.update_run, ended)
        live.run = ended
        self._live.pop(run.id, None)
        self._feed.tell(RunChanged(run=live.run))
        live.ended.set()
        self._tell_finished(live.run)
        self._pump()

    async def _update(self, live: _Live, **changes: Any) -> None:
        live.run = replace(live.run, **changes)
        await self._database.write(store.update_run, live.run)
        self._feed.tell(RunChanged(run=live.run))

    def _tell_finished(self, run: Run) -> None:
        event = RunFinished(run_id=run.id, status=run.status, origin=run.origin, text=summary(run))
        self._bus.tell(event)

    def _tell_soon(self, live: _Live) -> None:
        """Tell of progress, but not of each of two hundred quick cells."""

        def tell() -> None:
            live.telling = None
            self._feed.tell(RunChanged(run=live.run))

        if live.telling is None:
            live.telling = asyncio.get_running_loop().call_later(TELL_SECONDS, tell)

    # -- schedules --------------------------------------------------------------------------

    async def _ring(self) -> datetime | None:
        """Make the runs that are due; say when the next one is."""
        if not self._database.path.exists():
            return None
        moments: list[datetime] = []
        try:
            for definition in await self.list_definitions():
                upcoming = await self._fire(definition)
                if upcoming is not None:
                    moments.append(upcoming)
        except SpondeError as error:
            self.log.warning("Schedules could not be read: %s", error)
            return self._now() + timedelta(seconds=RETRY_SECONDS)
        return min(moments, default=None)

    async def _fire(self, definition: JobDefinition) -> datetime | None:
        is_active = any(live.run.definition_id == definition.id for live in self._live.values())
        made, upcoming = schedule.decide(definition, self._now(), is_active=is_active)
        for decision in made:
            is_queued = decision.status is RunStatus.QUEUED
            run = Run(
                notebook=definition.notebook,
                workspace=definition.workspace,
                parameters=definition.parameters,
                status=decision.status,
                origin="schedule",
                definition_id=definition.id,
                time_limit=definition.time_limit,
                error=None if is_queued else RunError(message=decision.reason),
                due_at=decision.due_at,
                ended_at=None if is_queued else self._now(),
            )
            definition = replace(definition, next_at=upcoming, last_run_id=run.id)
            # The run and the next due time are kept together: a crash neither loses nor doubles it.
            if not await self._database.write(store.fire, definition, run):
                return self._now()  # somebody changed it just now: ask again
            if is_queued:
                self._queue(run)
            else:
                self._feed.tell(RunChanged(run=run))
                self._tell_finished(run)
        if made:
            self._feed.tell(JobDefinitionChanged(definition=definition))
        return upcoming if definition.is_enabled else None

    def _next(self, wanted: Schedule | None) -> datetime | None:
        return None if wanted is None else schedule.next_after(wanted, self._now())

    async def _edit(self, definition_id: str, **changes: Any) -> JobDefinition:
        changed = await self._database.write(
            store.edit_definition, definition_id, {**changes, "updated_at": self._now()}
        )
        if changed is None:
            raise NotFound(
                f"There is no job definition {definition_id}.", "Look for it in the Jobs page."
            )
        self._changed(changed)
        return changed

    def _changed(self, definition: JobDefinition) -> None:
        self._feed.tell(JobDefinitionChanged(definition=definition))
        self._clock.wake()

    # -- files ------------------------------------------------------------------------------

    async def _notebook(self, path: str) -> parameters.Notebook:
        full = inside(self._root, path)

        def read() -> parameters.Notebook:
            if not full.is_file():
                raise NotFound(
                    f"There is no notebook '{path}'.",
                    "It may have been moved or renamed; choose it again in the file browser.",
                )
            return parameters.read_notebook(full)

        return await asyncio.to_thread(read)

    async def _checked(self, path: str, given: Any) -> tuple[parameters.Notebook, dict[str, Any]]:
        """Read a notebook and its values, or refuse them: parameters, then the kernel."""
        notebook = await self._notebook(path)
        found = parameters.read(notebook) if given or notebook.cell else ()
        values, problems = check_given(found, given)
        refuse(problems)
        known = await asyncio.to_thread(_kernels)
        if notebook.kernel not in known:
            raise Invalid(
                f"'{path}' asks for the kernel '{notebook.kernel}', which is not installed here.",
                f"Choose another in the notebook and save it (installed: {', '.join(known)}).",
            )
        return notebook, values

    def _place(self, run: Run) -> Path:
        return self._folder / f"{run.id}-{run.attempt}"

    def _result(self, run: Run) -> str:
        moment = self._now().astimezone()
        name = f"{Path(run.notebook).stem[:100]}-{moment:%Y-%m-%d-%H%M%S}-{run.id[-6:]}.ipynb"
        full = inside(self._root, f"{self.results_folder}/{name}")
        return relative(self._root, full)


def _kernels() -> list[str]:
    from jupyter_client.kernelspec import KernelSpecManager

    return sorted(KernelSpecManager().find_kernel_specs())
