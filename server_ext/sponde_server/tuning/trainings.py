"""Trains adapters as runs of a notebook, follows them, and registers what comes of them.

The notebook starts `train.py` with an interpreter that has torch; that program writes a line an
event into a file, which is followed here for as long as the run lives. A run outlives the server,
and so does its training: the next server follows it again.
"""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from logging import Logger
from pathlib import Path
from typing import Any

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, Unavailable
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.engines import machine
from sponde_server.jobs.records import NewRun, Run, RunFinished, RunStatus
from sponde_server.jobs.service import SpondeJobs
from sponde_server.registry.records import (
    ModelKind,
    RegisteredModel,
    VersionSource,
    VersionStatus,
)
from sponde_server.registry.service import SpondeRegistry

from . import card, estimate, room, store
from .records import (
    ComparisonPlan,
    NewTraining,
    SetPart,
    Training,
    TrainingBase,
    TrainingChanged,
    TrainingEnded,
    TrainingEstimate,
    TrainingPoint,
    TrainingRoom,
    TrainingSet,
    TrainingSettings,
    TrainingStatus,
)
from .sets import TrainingSets

ORIGIN = "training:"
TRAIN = "train_adapter.ipynb"
COMPARE = "compare_models.ipynb"
LOOK_SECONDS = 0.4
MOST_POINTS = 200
LOOK_AGAIN_SECONDS = 30.0
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
HOW = (
    "Install 'sponde[finetune]' into it, or name another Python in jupyter_config.py: "
    "c.SpondeTuning.python = '/path/to/bin/python'."
)
ENDS = {
    RunStatus.SUCCEEDED: TrainingStatus.SUCCEEDED,
    RunStatus.CANCELLED: TrainingStatus.CANCELLED,
}


@dataclass(frozen=True)
class Places:
    """Where trainings keep their things."""

    root: Path
    """The folder that JupyterLab serves."""
    folder: Path
    """Working files of trainings."""
    notebooks: Path
    """The notebooks that came with Sponde."""
    shown: str
    """Where they are put, from the root folder."""


class Trainings:
    """The runs that train adapters."""

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        jobs: SpondeJobs,
        registry: SpondeRegistry,
        sets: TrainingSets,
        places: Places,
        pythons: Callable[[], list[str]],
        log: Logger,
    ) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed
        self._jobs = jobs
        self._registry = registry
        self._sets = sets
        self._places = places
        self._pythons = pythons
        self._log = log
        self._tasks = Tasks(log)
        self._live: dict[str, Training] = {}
        self._found: tuple[list[str], float, room.Interpreter] | None = None
        bus.on(RunFinished, self._hear)

    # -- what can be done here --------------------------------------------------------------

    async def look_around(self) -> TrainingRoom:
        """Say whether this machine can train, and for which models."""
        found = await self._interpreter()
        here = await asyncio.to_thread(machine.look, self._places.folder)
        device = here.gpus[0].name if here.gpus else f"CPU, {here.cores} cores"
        bases = await self._bases()
        message, hint = found.message, HOW if found.message else ""
        if not message and not bases:
            message = "No model whose files are on this machine is registered."
            hint = "Add one under On this machine first: an adapter belongs to it."
        return TrainingRoom(
            is_ready=not message,
            python=found.path,
            packages=found.packages,
            device=device,
            message=message,
            hint=hint,
            bases=tuple(bases),
        )

    async def estimate(self, new: NewTraining) -> TrainingEstimate:
        """Say about what a training takes; nothing is started."""
        made = await self._sets.get(new.set_id)
        base = await self._base(new.base)
        return await self._estimate(made, base, new.settings)

    # -- trainings --------------------------------------------------------------------------

    async def list_all(self, limit: int = 50) -> list[Training]:
        """Give the latest trainings, newest first."""
        rows = await self._database.read(store.list_trainings, str(self._places.root), limit)
        return [self._live.get(row.id, row) for row in rows]

    async def get(self, training_id: str) -> Training:
        """Give one training as it is now."""
        found = self._live.get(training_id) or await self._database.read(
            store.find_training, training_id
        )
        if found is None:
            raise NotFound(f"There is no training {training_id}.", "Look for it under Training.")
        return found

    async def begin(self, new: NewTraining) -> Training:
        """Check everything that can be checked, then start the run."""
        _check(new.settings)
        made = await self._sets.get(new.set_id)
        if not made.card.train:
            raise Invalid(
                f"'{made.name}' has no row to train on.", "Put rows back, or make another set."
            )
        base = await self._base(new.base)
        name = new.name.strip() or _default_name(base.name, made.name)
        await self._check_name(name, base.name)
        interpreter = await self._interpreter()
        if not interpreter.is_ready:
            raise Unavailable(interpreter.message, HOW)
        expected = await self._estimate(made, base, new.settings)
        if not expected.fits:
            raise Invalid(
                expected.sentence, "Choose a smaller base, fewer rows at once, or shorter rows."
            )
        made = await self._sets.use(made.id)
        training = Training(
            set_id=made.id,
            set_name=made.name,
            set_version=made.version,
            base=base.name,
            base_version=base.current,
            adapter=name,
            settings=replace(new.settings, batch=expected.batch),
            workspace=str(self._places.root),
        )
        await self._write_work(training, made, base)
        notebook = await asyncio.to_thread(self._place, TRAIN)
        await self._database.write(store.add_training, training)
        run = await self._jobs.start(
            NewRun(
                notebook=notebook,
                parameters={
                    "work": str(self._folder(training.id) / "work.json"),
                    "python": interpreter.path,
                },
                origin=ORIGIN + training.id,
            )
        )
        training = replace(training, run_id=run.id)
        self._live[training.id] = training
        await self._keep(training)
        self._tasks.start(self._follow(training.id))
        return training

    async def cancel(self, training_id: str) -> Training:
        """End a training; nothing is registered."""
        training = await self.get(training_id)
        if training.status.is_final:
            raise Conflict(
                f"This training has ended already ({training.status.value}).", "Begin another one."
            )
        await self._jobs.cancel(training.run_id)
        return await self.get(training_id)

    async def comparison(self, training_id: str) -> ComparisonPlan:
        """Fill in an experiment that asks the adapter and its base the rows that were kept back."""
        training = await self.get(training_id)
        if not training.adapter_version:
            raise Conflict(
                "This training has registered no adapter.", "Only one that succeeded is compared."
            )
        questions = self._folder(training.id) / "validation.jsonl"
        if not questions.is_file() or not questions.stat().st_size:
            questions = self._folder(training.id) / "train.jsonl"
        if not questions.is_file():
            raise NotFound("The rows of this training are gone.", "Train again to compare.")
        notebook = await asyncio.to_thread(self._place, COMPARE)
        return ComparisonPlan(
            notebook=notebook,
            names=(training.base, training.adapter),
            parameters=tuple(
                {"model": f"local/{name}", "questions": str(questions)}
                for name in (training.base, training.adapter)
            ),
            metric="similarity",
            direction="higher",
            repeats=5,
        )

    # -- beginning and end ------------------------------------------------------------------

    async def start(self) -> None:
        """Follow the trainings that an earlier server left, in the background."""
        if self._database.path.exists():
            self._tasks.start(self._recover())

    async def stop(self) -> None:
        """Stop following; runs go on by themselves."""
        await self._tasks.stop()

    async def settle(self) -> None:
        """Wait until everything in the background has ended."""
        await self._tasks.settle()

    async def _recover(self) -> None:
        for training in await self._database.read(
            store.list_trainings, str(self._places.root), 1000
        ):
            if training.status.is_final or training.id in self._live:
                continue
            self._live[training.id] = training
            try:
                run = await self._jobs.get_run(training.run_id)
            except NotFound:
                await self._finish(training.id, RunStatus.LOST, None)
                continue
            if run.status.is_final:
                await self._finish(training.id, run.status, run)
            else:
                self._tasks.start(self._follow(training.id))

    # -- following --------------------------------------------------------------------------

    def _hear(self, event: RunFinished) -> None:
        if event.origin.startswith(ORIGIN):
            self._tasks.start(self._ended(event.origin.removeprefix(ORIGIN), event))

    async def _ended(self, training_id: str, event: RunFinished) -> None:
        run = await self._jobs.get_run(event.run_id)
        if training_id not in self._live:
            found = await self._database.read(store.find_training, training_id)
            if found is None or found.status.is_final:
                return
            self._live[training_id] = found
        await self._finish(training_id, event.status, run)

    async def _follow(self, training_id: str) -> None:
        """Read what the program writes, until its run has ended."""
        path, position = self._folder(training_id) / "progress.jsonl", 0
        while training_id in self._live:
            lines, position = await asyncio.to_thread(_read_from, path, position)
            if training_id not in self._live:
                return
            if lines:
                self._hear_lines(training_id, lines)
            await asyncio.sleep(LOOK_SECONDS)

    def _hear_lines(self, training_id: str, lines: list[dict[str, Any]]) -> None:
        training = self._live[training_id]
        for event in lines:
            training = heard(training, event)
        self._live[training_id] = training
        self._feed.tell(TrainingChanged(training=training))

    async def _finish(self, training_id: str, status: RunStatus, run: Run | None) -> None:
        """Read the rest, register the adapter, and keep how it ended."""
        training = self._live.get(training_id)
        if training is None:
            return
        lines, _ = await asyncio.to_thread(
            _read_from, self._folder(training_id) / "progress.jsonl", 0
        )
        training = replace(training, points=(), validation=())
        for event in lines:
            training = heard(training, event)
        ended = ENDS.get(status, TrainingStatus.FAILED)
        training = replace(training, doing="", seconds_left=None, ended_at=now())
        if ended is TrainingStatus.SUCCEEDED:
            training = await self._register(training, lines)
        else:
            training = replace(training, status=ended)
        if training.status is TrainingStatus.FAILED and not training.message:
            said = run.error.message if run is not None and run.error else ""
            training = replace(
                training,
                message=said or "The run ended without a word.",
                hint="Open its log on the Jobs page.",
            )
        self._live.pop(training_id, None)
        await self._keep(training)
        if training.status is not TrainingStatus.CANCELLED:
            self._bus.tell(
                TrainingEnded(
                    training_id=training.id, status=training.status, text=_sentence(training)
                )
            )

    async def _register(self, training: Training, lines: list[dict[str, Any]]) -> Training:
        end: dict[str, Any] = next(
            (event for event in reversed(lines) if event.get("kind") == "ended"), {}
        )
        try:
            model = await self._registry.register_folder(
                self._folder(training.id) / "adapter",
                name=training.adapter,
                source=VersionSource.TRAINING,
                reference=training.id,
                base=training.base,
                notes=notes(training, end),
            )
        except (SpondeError, OSError) as error:
            return replace(
                training,
                status=TrainingStatus.FAILED,
                message=f"The adapter was trained but could not be registered: {error}",
                hint=getattr(error, "hint", "")
                or "Look whether the disk has room, then train again.",
            )
        number = max((version.number for version in model.versions), default=model.current)
        return replace(training, status=TrainingStatus.SUCCEEDED, adapter_version=number)

    async def _keep(self, training: Training) -> None:
        await self._database.write(store.update_training, training)
        self._feed.tell(TrainingChanged(training=self._live.get(training.id, training)))

    # -- smaller things ---------------------------------------------------------------------

    async def _interpreter(self) -> room.Interpreter:
        """Look for an interpreter that can train; one that was found is believed for a while."""
        pythons = self._pythons()
        moment = asyncio.get_running_loop().time()
        if self._found is not None:
            known, at, found = self._found
            if known == pythons and found.is_ready and moment - at < LOOK_AGAIN_SECONDS:
                return found
        found = await room.choose(pythons)
        self._found = (pythons, moment, found)
        return found

    async def _bases(self) -> list[TrainingBase]:
        return [
            TrainingBase(
                name=model.name,
                version=model.current,
                size_bytes=model.version.size_bytes if model.version else 0,
            )
            for model in await self._registry.list_models()
            if _is_here(model)
        ]

    async def _base(self, name: str) -> RegisteredModel:
        model = await self._registry.get(name)
        if not _is_here(model):
            raise Invalid(
                f"'{name}' has no weights of its own on this machine.",
                "Choose a registered model whose files are here.",
            )
        return model

    async def _check_name(self, name: str, base: str) -> None:
        if not NAME.fullmatch(name):
            raise Invalid(
                f"'{name}' is no name for a model.",
                "Begin with a letter or digit; then letters, digits, '.', '_' and '-'.",
            )
        for model in await self._registry.list_models():
            if model.name == name and (model.kind is not ModelKind.ADAPTER or model.base != base):
                raise Conflict(
                    f"'{name}' is registered already, and not as an adapter of {base}.",
                    "Choose another name for the adapter.",
                )

    async def _estimate(
        self, made: TrainingSet, base: RegisteredModel, settings: TrainingSettings
    ) -> TrainingEstimate:
        assert base.version is not None
        folder = Path(base.version.path)
        shape = await asyncio.to_thread(estimate.read_shape, folder)
        here = await asyncio.to_thread(machine.look, self._places.folder)
        rows = await self._database.read(store.list_rows, made.id, made.version)
        free = max((gpu.free_bytes for gpu in here.gpus), default=here.free_memory_bytes)
        return estimate.estimate(
            shape,
            settings,
            [row.tokens for row in rows if row.reason is None and row.part is SetPart.TRAIN],
            has_gpu=bool(here.gpus),
            free_bytes=free,
            cores=here.cores,
        )

    async def _write_work(
        self, training: Training, made: TrainingSet, base: RegisteredModel
    ) -> None:
        assert base.version is not None
        files = await self._sets.files(made.id)
        here = await asyncio.to_thread(machine.look, self._places.folder)
        folder = self._folder(training.id)
        rules = training.settings
        work = {
            "program": str(Path(__file__).with_name("train.py")),
            "base": base.version.path,
            "base_name": base.name,
            "train": str(folder / "train.jsonl"),
            "validation": str(folder / "validation.jsonl"),
            "adapter": str(folder / "adapter"),
            "progress": str(folder / "progress.jsonl"),
            "threads": max(1, here.cores - 1),
            "card": model_card(training, made),
            "settings": {
                "rank": rules.rank,
                "steps": rules.steps,
                "learning_rate": rules.learning_rate,
                "batch": rules.batch,
                "most_tokens": rules.most_tokens,
                "seed": rules.seed,
            },
        }

        def write() -> None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            (folder / "work.json").write_text(json.dumps(work, indent=1), encoding="utf-8")

        await asyncio.to_thread(write)

    def _place(self, name: str) -> str:
        """Put a notebook of ours where people see it; one that they changed stays theirs."""
        source = self._places.notebooks / name
        shown = f"{self._places.shown}/{name}"
        target = inside(self._places.root, shown)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(f".{os.getpid()}.draft")
            shutil.copyfile(source, draft)
            draft.replace(target)
        return shown

    def _folder(self, training_id: str) -> Path:
        return self._places.folder / training_id


def heard(training: Training, event: dict[str, Any]) -> Training:
    """Say what a training is after one line of its program."""
    kind = event.get("kind")
    if kind == "doing":
        return replace(training, status=TrainingStatus.RUNNING, doing=str(event["text"]))
    if kind == "device":
        return replace(training, device=str(event["name"]))
    if kind == "step":
        point = TrainingPoint(step=int(event["step"]), loss=float(event["loss"]))
        return replace(
            training,
            status=TrainingStatus.RUNNING,
            step=point.step,
            seconds_left=float(event["left"]),
            points=thinned((*training.points, point)),
        )
    if kind == "validation":
        point = TrainingPoint(step=int(event["step"]), loss=float(event["loss"]))
        return replace(training, validation=(*training.validation, point))
    if kind == "failed":
        return replace(training, message=str(event["message"]), hint=str(event.get("hint", "")))
    return training


def thinned(points: tuple[TrainingPoint, ...]) -> tuple[TrainingPoint, ...]:
    """Keep every second point once there are too many, and always the last."""
    return points if len(points) <= MOST_POINTS else (*points[:-1:2], points[-1])


def notes(training: Training, end: dict[str, Any]) -> str:
    """Write what is worth knowing of a trained adapter."""
    rules = training.settings
    said = [
        f"Trained on '{training.set_name}' version {training.set_version}: {rules.steps} steps of "
        f"{rules.batch} rows, rank {rules.rank}, learning rate {rules.learning_rate:g}, "
        f"seed {rules.seed}, on {training.device or 'this machine'}.",
    ]
    if end:
        said.append(f"Loss {end['first_loss']:.3f} → {end['last_loss']:.3f}.")
        if end.get("validation_before") is not None:
            said.append(
                f"On the rows kept back {end['validation_before']:.3f} → "
                f"{end['validation_after']:.3f}."
            )
    return " ".join(said)


def model_card(training: Training, made: TrainingSet) -> str:
    """Write the README that goes with an adapter."""
    return (
        f"---\nbase_model: {training.base}\nlibrary_name: peft\ntags: [lora]\n---\n\n"
        f"# {training.adapter}\n\nA LoRA adapter of {training.base} (version "
        f"{training.base_version}), rank {training.settings.rank}, trained by Sponde on the set "
        f"below.\n\n" + card.text(made).replace("# ", "## ")
    )


def _sentence(training: Training) -> str:
    if training.status is TrainingStatus.SUCCEEDED:
        return f"The adapter '{training.adapter}' was trained and registered."
    return f"The training of '{training.adapter}' failed: {training.message}"


def _read_from(path: Path, position: int) -> tuple[list[dict[str, Any]], int]:
    """Read the whole lines after a position; a half-written one is left for the next time."""
    try:
        with path.open("rb") as file:
            file.seek(position)
            content = file.read()
    except FileNotFoundError:
        return [], position
    whole = content[: content.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines() if line], position + len(whole)


def _is_here(model: RegisteredModel) -> bool:
    version = model.version
    return (
        model.kind is ModelKind.BASE
        and version is not None
        and version.status is VersionStatus.READY
        and bool(version.path)
    )


def _default_name(base: str, made: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", made.lower()).strip("-") or "adapter"
    return f"{base}-{words}"[:96].rstrip("-.")


def _check(settings: TrainingSettings) -> None:
    """Refuse settings that cannot work."""
    for name, value, low, high in (
        ("rank", settings.rank, 1, 256),
        ("number of steps", settings.steps, 1, 100_000),
        ("learning rate", settings.learning_rate, 1e-7, 0.1),
        ("number of rows at once", settings.batch, 0, 256),
        ("longest row", settings.most_tokens, 16, 131_072),
    ):
        if not low <= value <= high:
            raise Invalid(f"The {name} is {value:g}.", f"Give one from {low:g} to {high:g}.")
