"""Tries blocks: each once in a throw-away process, on samples, within limits; two at a time.

The process is watched by a keeper of its own (`trial_process/keeper.py`), which ends everything
when this server is gone. What is left all the same is swept at the next start.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Float, Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Invalid, NotFound, SpondeError, TooLarge
from sponde_server.core.processes import birth
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.library.code.installed import installed_in
from sponde_server.library.proof import service as proof
from sponde_server.library.proof import store as proof_store
from sponde_server.library.proof.records import Proof, StaleBlock, UseOutput
from sponde_server.library.records import CodeBlock, NewUse, Outcome, Place, UseOutcome
from sponde_server.library.service import SpondeLibrary

from .folders import environment, make_folders, see_it_end, sweep
from .hearing import Heard
from .records import BlockTrial, NewBlockTrial, TrialChanged, TrialOffer, TrialStatus
from .sampling import NoSamples, Samples, needs_of, open_inputs
from .words import MAGICS, check_literal, how_it_ended, refusal_of, size_in_words, to_keep

KEEPER = Path(__file__).with_name("trial_process") / "keeper.py"
KEPT_TRIALS = 50
ADDRESS_ROOM = 2_500_000_000
"""Address space beyond the memory: Python, threads' stacks, reserved and unused."""
ENDED = (TrialStatus.OK, TrialStatus.FAILED, TrialStatus.STOPPED, TrialStatus.CANCELLED)
FindPython = Callable[[], Awaitable[str]]


async def _this_python() -> str:
    return sys.executable


class SpondeTrials(LoggingConfigurable):
    """Runs of code blocks in throw-away processes, within limits."""

    max_seconds = Float(
        60.0, help="How many seconds a tried block may run before it is ended."
    ).tag(config=True)
    max_cpu_seconds = Float(
        120.0,
        help="How many seconds of processor time a tried block may use on all cores together.",
    ).tag(config=True)
    max_memory = Int(
        2_000_000_000,
        help="How many bytes of resident memory a tried block, with all processes that it starts, "
        "may hold before it is ended.",
    ).tag(config=True)
    max_output = Int(
        200_000, help="How many letters of printed text are shown of a trial; the rest is counted."
    ).tag(config=True)
    max_processes = Int(
        64, help="How many processes a tried block may have at once before it is ended."
    ).tag(config=True)
    max_file_bytes = Int(
        1_000_000_000, help="How many bytes a file may have that a tried block writes."
    ).tag(config=True)
    at_once = Int(
        2, help="How many trials run at once; the others wait in a queue. Read at the start."
    ).tag(config=True)
    max_waiting = Int(100, help="How many trials may wait; more are refused.").tag(config=True)
    first_rows = Int(
        1000, help="How many rows from a dataset's beginning a trial's sample has."
    ).tag(config=True)
    random_rows = Int(
        1000, help="How many random rows from the rest of a dataset a trial's sample has."
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        library: SpondeLibrary,
        folder: Path,
        samples: Samples | None = None,
        find_python: FindPython = _this_python,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._library = library
        self._folder = folder
        self._samples: Samples = samples or NoSamples()
        self._find_python = find_python
        self._trials: dict[str, BlockTrial] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._keepers: dict[str, asyncio.subprocess.Process] = {}
        self._room = asyncio.Semaphore(self.at_once)
        self._tasks = Tasks(self.log)
        self._installed: tuple[float, dict[str, str]] | None = None

    async def start(self) -> None:
        """Sweep what a killed server left behind."""
        if self._folder.is_dir():
            await asyncio.to_thread(sweep, self._folder)

    async def stop(self) -> None:
        """End every trial."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    # -- trials -------------------------------------------------------------------------------

    async def offer(self, block_id: str) -> TrialOffer:
        """Say what trying a block needs, and which datasets fit."""
        block = await self._library.get(block_id)
        return TrialOffer(
            block_id=block_id,
            needs=await needs_of(block, self._samples),
            limits=self._limits_in_words(),
            first_rows=self.first_rows,
            random_rows=self.random_rows,
            refusal=refusal_of(block),
        )

    async def begin(self, body: NewBlockTrial) -> BlockTrial:
        """Put a trial into the queue."""
        block = await self._library.get(body.block_id)
        if refusal := refusal_of(block):
            raise Invalid(refusal, "Insert it into a notebook whose kernel runs it.")
        waiting = sum(1 for one in self._trials.values() if one.status is TrialStatus.QUEUED)
        if waiting >= self.max_waiting:
            raise TooLarge(
                f"{waiting} trials wait already; no more than {self.max_waiting} may.",
                "Wait until some have ended, or cancel them.",
            )
        inputs = body.inputs
        if inputs is None:
            inputs = await open_inputs(block, self._samples)
        trial = BlockTrial(block_id=block.id, name=block.name, inputs=inputs, ahead=waiting)
        self._trials[trial.id] = trial
        self._forget()
        task = asyncio.get_running_loop().create_task(self._run(trial.id, block))
        self._running[trial.id] = task
        task.add_done_callback(lambda _: self._running.pop(trial.id, None))
        return trial

    async def list_all(self) -> list[BlockTrial]:
        """Give the trials of this server's life, latest first, without what they showed."""
        return [replace(one, outputs=()) for one in reversed(self._trials.values())]

    async def get(self, trial_id: str) -> BlockTrial:
        """Give a trial."""
        found = self._trials.get(trial_id)
        if found is None:
            raise NotFound(
                f"There is no trial {trial_id}.", "The server was started again: try it again."
            )
        return found

    async def cancel(self, trial_id: str) -> BlockTrial:
        """End a trial."""
        trial = await self.get(trial_id)
        task = self._running.get(trial_id)
        if trial.status not in ENDED and task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return self._trials[trial_id]

    # -- proof --------------------------------------------------------------------------------

    async def proof(self, block_id: str, limit: int) -> Proof:
        """Give the runs of a block."""
        block = await self._library.get(block_id)
        installed = await self.installed() if block.proven_with else {}
        return await self._database.read(proof.proof_of, block, max(1, min(limit, 200)), installed)

    async def output(self, block_id: str, use_id: str) -> UseOutput:
        """Give what a run showed."""
        found = await self._database.read(proof_store.find_output, block_id, use_id)
        if found is None:
            raise NotFound(
                "What this run showed is not kept.",
                f"It is kept of the latest {proof.KEPT_OUTPUTS} runs that showed something.",
            )
        return found

    async def stale(self, limit: int = 200) -> list[StaleBlock]:
        """Find the proven blocks whose packages have moved on."""
        return await self._database.read(proof.stale, await self.installed(), limit)

    async def installed(self) -> dict[str, str]:
        """Give the packages of the environment that kernels run in, each with its version."""
        loop = asyncio.get_running_loop()
        if self._installed is None or loop.time() - self._installed[0] > 30:
            found = await installed_in(await self._find_python())
            self._installed = (loop.time(), found)
        return self._installed[1]

    # -- inside -------------------------------------------------------------------------------

    def _limits_in_words(self) -> str:
        return (
            f"{self.max_seconds:g} seconds, {size_in_words(self.max_memory)} of memory, "
            "a temporary folder, no keys"
        )

    def _forget(self) -> None:
        ended = [one.id for one in self._trials.values() if one.status in ENDED]
        for trial_id in ended[: max(0, len(ended) - KEPT_TRIALS)]:
            del self._trials[trial_id]

    def _tell(self, trial_id: str, **changes: Any) -> BlockTrial:
        trial = replace(self._trials[trial_id], **changes)
        self._trials[trial_id] = trial
        self._feed.tell(TrialChanged(trial=replace(trial, outputs=())))
        return trial

    def _tell_queue(self) -> None:
        queued = [one for one in self._trials.values() if one.status is TrialStatus.QUEUED]
        for ahead, one in enumerate(queued):
            if one.ahead != ahead:
                self._tell(one.id, ahead=ahead)

    async def _run(self, trial_id: str, block: CodeBlock) -> None:
        try:
            async with self._room:
                self._tell(trial_id, status=TrialStatus.STARTING, step="Preparing the sample")
                self._tell_queue()
                await self._try(trial_id, block)
        except asyncio.CancelledError:
            self._tell(
                trial_id, status=TrialStatus.CANCELLED, step="", error_message="It was cancelled."
            )
            self._tell_queue()
            raise
        except SpondeError as error:
            body = error.body()
            self._tell(
                trial_id,
                status=TrialStatus.FAILED,
                step="",
                error_message=body["message"],
                hint=body["hint"],
            )

    async def _try(self, trial_id: str, block: CodeBlock) -> None:
        folder = self._folder / trial_id
        await asyncio.to_thread(make_folders, folder, self._folder)
        try:
            given, notes = await self._given(trial_id, block, folder)
            python = await self._find_python()
            self._tell(trial_id, step="Starting")
            heard = Heard(self, trial_id)
            await self._follow(python, folder, given, block, heard)
            await self._end(trial_id, block, heard, notes)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _given(
        self, trial_id: str, block: CodeBlock, folder: Path
    ) -> tuple[dict[str, Any], list[str]]:
        entries: list[dict[str, Any]] = []
        notes: list[str] = []
        for one in self._trials[trial_id].inputs:
            entry: dict[str, Any] = {"name": one.name, "value": one.value}
            if one.dataset:
                self._tell(trial_id, step=f"Taking a sample of {one.dataset}")
                sample = await self._samples.take(
                    one.dataset,
                    first=self.first_rows,
                    rest=self.random_rows,
                    folder=folder / "data",
                    as_file=one.is_file,
                )
                entry |= {
                    "dataset": one.dataset,
                    "file": str(sample.path),
                    "is_file": one.is_file,
                }
                notes.append(sample.words)
            elif not one.value.strip():
                raise Invalid(
                    f"Nothing stands for '{one.name}', which the block needs.",
                    "Choose a dataset, or write a value, and try it again.",
                )
            else:
                check_literal(one)
            entries.append(entry)
        code = block.code
        if block.language in MAGICS:
            code = f"%%{block.language}\n{code}"
        given = {"code": code, "sql": code, "language": block.language, "inputs": entries}
        return given, notes

    async def _follow(
        self, python: str, folder: Path, given: dict[str, Any], block: CodeBlock, heard: Heard
    ) -> None:
        limits = {
            "seconds": self.max_seconds,
            "cpu_seconds": self.max_cpu_seconds,
            "memory_bytes": self.max_memory,
            "address_room": ADDRESS_ROOM,
            "output_bytes": self.max_output,
            "processes": self.max_processes,
            "file_bytes": self.max_file_bytes,
        }
        process = await asyncio.create_subprocess_exec(
            python,
            "-P",
            str(KEEPER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
            env=environment(folder, self._folder),
            start_new_session=True,
            limit=8_000_000,
        )
        try:
            (folder / "keeper.json").write_text(
                json.dumps({"pid": process.pid, "birth": birth(process.pid)})
            )
            assert process.stdin is not None
            assert process.stdout is not None
            for part in ({"folder": str(folder), "limits": limits}, given):
                process.stdin.write(json.dumps(part).encode() + b"\n")
            with suppress(ConnectionError):
                await process.stdin.drain()
            async for line in process.stdout:
                heard.hear(line)
        finally:
            # The keeper hears that nobody listens and ends all that it started.
            if process.stdin is not None:
                process.stdin.close()
            heard.flush()
            await asyncio.shield(see_it_end(process))

    async def _end(self, trial_id: str, block: CodeBlock, heard: Heard, notes: list[str]) -> None:
        status, name, message, hint = how_it_ended(heard, self)
        net = "without a network" if heard.network == "closed" else "with the network open"
        on = f"On {' and '.join(notes)}, " if notes else "Tried "
        note = f"{on}{net}."
        seconds = heard.done.get("seconds")
        peak = heard.done.get("peak")
        measured = str(heard.done.get("measured", ""))
        if peak is None or heard.peak > 1.2 * peak + 50_000_000:
            # Killed before it could say, or processes that it started hold more than itself.
            peak, measured = heard.peak, "sampled"
        trial = self._trials[trial_id]
        use = await self._library.note_use(block.id, NewUse(place=Place.TRY))
        packages: Mapping[str, str] = heard.done.get("packages") or {}
        ran = await self._library.note_outcome(
            block.id,
            use.id,
            UseOutcome(
                outcome=Outcome.OK if status is TrialStatus.OK else Outcome.FAILED,
                error_name=name,
                error_message=message,
                code=block.code,
                seconds=seconds,
                peak_bytes=peak,
                measured=measured,
                packages=dict(packages),
                datasets=tuple(one.dataset for one in trial.inputs if one.dataset),
                note=note,
                output=to_keep(trial.outputs),
            ),
        )
        self._tell(
            trial_id,
            status=status,
            step="",
            error_name=name,
            error_message=message,
            hint=hint,
            traceback=heard.traceback,
            note=note,
            seconds=seconds,
            peak_bytes=peak,
            packages=dict(packages),
            use_id=ran.id,
        )
