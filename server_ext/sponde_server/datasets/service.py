"""Datasets: register files, know their columns, answer SQL over them, forget them."""

import asyncio
import difflib
import re
from collections.abc import Awaitable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from traitlets import CaselessStrEnum, Integer, List, Unicode
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside, relative
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.core.wire import convert

from . import naming, store
from .files import reading
from .files.forms import identifier, literal
from .files.kind_records import DatasetKinds
from .files.noting import beside
from .files.opening import EXTENSIONS, Opened, Opener
from .policies.describe import Description, allows, describe
from .policies.sift import masked, sift
from .problems.records import Writing, said_of
from .profile.first_view import FirstViews
from .records import (
    Dataset,
    DatasetAdded,
    DatasetChanged,
    DatasetRead,
    DatasetRemoved,
    DatasetStatus,
    NewPolicy,
    Policy,
    Profile,
    Reading,
    Table,
    Trouble,
)
from .sandbox.sandbox import Sandbox

MEGABYTE = 1_000_000
CHILDREN = 2
MOST_POLICY_ROWS = 1000
MOST_PARTS = 10
"""So many sheets of a workbook, or files of an archive, become datasets by themselves."""
MOST_DESCRIBED_ROWS = 2000
KEPT_SAMPLES = 16


class SpondeDatasets(LoggingConfigurable):
    """The files that people talk about."""

    starters = List(
        Unicode(),
        help="Files (paths from the root folder) that are datasets from the start, where they "
        "exist and nobody has removed them.",
    ).tag(config=True)
    max_query_seconds = Integer(
        30, min=1, help="How many seconds one SQL query may take before it is stopped."
    ).tag(config=True)
    max_profile_seconds = Integer(
        600, min=1, help="How many seconds profiling one file may take before it is stopped."
    ).tag(config=True)
    max_query_memory = Integer(
        1000,
        min=100,
        help="How many megabytes of memory one query or profile may use; beyond that it works "
        "on disk where it can, and is stopped where it cannot.",
    ).tag(config=True)
    max_unpacked_bytes = Integer(
        20_000_000_000,
        min=1_000_000,
        help="How many bytes a packed file (gzip, ZIP, a workbook …) may unpack to, on disk.",
    ).tag(config=True)
    max_rows = Integer(
        10_000, min=1, help="At most so many rows are given in one answer, whatever was asked."
    ).tag(config=True)

    policy = CaselessStrEnum(
        [one.value for one in Policy],
        default_value=Policy.STATISTICS.value,
        help="What a language model may read of a dataset that is new: 'schema' (columns' names "
        "and types), 'statistics' (also gaps, bounds, means and frequent values), 'rows' (also "
        "its first policy_rows rows) or 'everything' (as many rows as fit). A person may set "
        "each dataset's own.",
    ).tag(config=True)
    policy_rows = Integer(
        20,
        min=1,
        max=MOST_POLICY_ROWS,
        help="How many rows a language model may read of a new dataset whose policy is 'rows'.",
    ).tag(config=True)

    def __init__(
        self, *, database: Database, bus: Bus, feed: Feed, root: Path, folder: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._root = root
        self._workspace = str(root.resolve())
        self._copies = folder / "copies"
        self._sandbox = Sandbox(folder / "scratch", CHILDREN)
        self._first_views = FirstViews(self._sandbox)
        self._opener = Opener(self._sandbox, self._copies)
        self._profiling: dict[str, asyncio.Task[Dataset]] = {}
        self._samples: dict[tuple[str, float, int, int, Writing | None], Table] = {}
        self._adding = asyncio.Lock()
        self._working = Tasks(self.log)

    def find_copy(self, dataset: Dataset, profile: Profile) -> Path | None:
        """Give the dataset's working copy; whoever makes copies says which (viewing.py)."""
        return None

    async def start(self) -> None:
        """Take up what a stopped server left, and register the starters; in the background."""
        self._spawn(self._resume())

    async def stop(self) -> None:
        """End profiling and queries."""
        await self._working.stop()
        for task in self._profiling.values():
            task.cancel()
        await asyncio.gather(*self._profiling.values(), return_exceptions=True)
        await self._sandbox.stop()

    # -- the list -----------------------------------------------------------------------------

    async def list_all(self) -> list[Dataset]:
        """Give every dataset of this workspace, newest first."""
        return list(await self._database.kept(store.list_all, self._workspace))

    async def find(self, name: str) -> Dataset | None:
        """Give the dataset of this name, in whatever case; None where there is none."""
        known = await self.list_all()
        return next((one for one in known if one.name.lower() == name.lower()), None)

    async def get(self, dataset_id: str) -> Dataset:
        """Give a dataset."""
        found = await self._database.read(store.find, dataset_id)
        if found is None or found.workspace != self._workspace:
            raise NotFound(
                f"There is no dataset {dataset_id}.", "It may have been removed; see the list."
            )
        return found

    async def get_by_name(self, name: str) -> Dataset:
        """Give the dataset of this name, or say which names are near."""
        found = await self.find(name)
        if found is not None:
            return found
        names = [one.name for one in await self.list_all()]
        near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
        if near:
            hint = f"Did you mean {' or '.join(near)}?"
        elif names:
            shown = ", ".join(sorted(names)[:10])
            hint = f"There is {shown}{', …' if len(names) > 10 else ''}."
        else:
            hint = "There are no datasets yet: drop a file on the Data panel."
        raise NotFound(f"There is no dataset called '{name}'.", hint)

    async def add(self, path: str, name: str = "", part: str = "") -> Dataset:
        """Register a file, or a sheet of it, and begin to profile it; what is registered stays."""
        full = await asyncio.to_thread(self._existing, path)
        where = await asyncio.to_thread(relative, self._root, full)
        async with self._adding:
            known = await self._database.read(store.find_by_path, self._workspace, where, part)
            if known is not None:
                dataset, is_removed = known
                if is_removed:
                    return await self._bring_back(dataset)
                if dataset.status is DatasetStatus.FAILED and dataset.id not in self._profiling:
                    self._profile_soon(dataset)
                return await self._fresh(dataset, wait=False)
            size, modified = await asyncio.to_thread(_facts, full)
            taken = [one.name for one in await self.list_all()]
            wish = naming.cleaned(name) if name else naming.made_from(where, part)
            dataset = Dataset(
                name=naming.unique(wish, taken),
                path=where,
                part=part,
                bytes=size,
                modified=modified,
                workspace=self._workspace,
                policy=Policy(self.policy),
                policy_rows=self.policy_rows,
            )
            await self._database.write(store.add, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        self._bus.tell(DatasetAdded(dataset_id=dataset.id))
        self._profile_soon(dataset)
        return dataset

    async def remove(self, dataset_id: str) -> None:
        """Take a dataset off the list; its file stays, and `restore` brings it back."""
        dataset = await self.get(dataset_id)
        running = self._profiling.get(dataset.id)
        if running is not None:
            running.cancel()
        await self._database.write(store.remove, dataset.id)
        for made in (self._copy(dataset), *beside(self._copy(dataset))):
            await asyncio.to_thread(made.unlink, missing_ok=True)
        await asyncio.to_thread(self._opener.forget, dataset.id)
        self._feed.tell(DatasetRemoved(dataset_id=dataset.id))
        self._bus.tell(DatasetRemoved(dataset_id=dataset.id))

    async def restore(self, dataset_id: str) -> Dataset:
        """Bring a removed dataset back."""
        removed = await self._database.read(store.find_removed, dataset_id)
        if removed is None or removed.workspace != self._workspace:
            return await self.get(dataset_id)
        async with self._adding:
            return await self._bring_back(removed)

    async def _bring_back(self, removed: Dataset) -> Dataset:
        taken = [one.name for one in await self.list_all()]
        # It is read again: what was made of its file went with it.
        name = naming.unique(removed.name, taken)
        dataset = replace(removed, name=name, status=DatasetStatus.WAITING)
        await self._database.write(store.restore, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        self._bus.tell(DatasetAdded(dataset_id=dataset.id))
        return await self._fresh(dataset, wait=False)

    # -- what is known of one -------------------------------------------------------------------

    async def profile(self, dataset_id: str) -> Profile:
        """Give what is known of a dataset's contents; a file that changed is read again."""
        _, profile = await self._known(dataset_id)
        return profile

    async def first_view(self, dataset_id: str) -> Profile | None:
        """Profile a large file's first rows while all of it is read; None: not large, or known."""
        await self.get(dataset_id)
        return await self._first_views.get(dataset_id)

    async def describe(self, dataset_id: str) -> str:
        """Describe a dataset to a language model: what its policy lets through."""
        return (await self.description(dataset_id)).text()

    async def description(self, dataset_id: str) -> Description:
        """Give what a dataset's policy lets through, in parts that can be left out."""
        _, profile = await self._known(dataset_id)
        # Read after the wait: a policy holds from the moment that it was set.
        dataset = await self.get(dataset_id)
        most = {Policy.ROWS: dataset.policy_rows, Policy.EVERYTHING: MOST_DESCRIBED_ROWS}.get(
            dataset.policy, 0
        )
        return describe(dataset, profile, await self._sample(dataset, profile, most))

    async def sift(self, names: Iterable[str], table: Table, is_local: bool) -> str:
        """Write what a model may read of a query's result over the datasets of these names.

        A model on this machine reads all of it (within bounds), one elsewhere what the strictest
        policy lets through; without a name, or with one that is unknown, that of all datasets.
        """
        known = await self.list_all()
        lowered = {name.casefold() for name in names}
        named = [one for one in known if one.name.casefold() in lowered]
        if not named or len(named) < len(lowered):
            named = known
        columns: set[str] = set()
        if not is_local:
            for dataset in named:
                profile = await self._database.read(store.find_profile, dataset.id)
                columns |= {column.name for column in profile.columns} if profile else set()
        return sift(table, named, columns, is_local=is_local)

    async def sift_error(self, names: Iterable[str], error: SpondeError, sql: str) -> str:
        """Write what a model elsewhere may read of a query's failure: it may quote a value."""
        known = await self.list_all()
        lowered = {name.casefold() for name in names}
        meant = [one for one in known if one.name.casefold() in lowered] or known
        told = f"{error.message} {error.hint}"
        if all(allows(one.policy, Policy.ROWS) for one in meant):
            return told
        columns: list[str] = []
        for dataset in meant:
            profile = await self._database.read(store.find_profile, dataset.id)
            columns += [column.name for column in profile.columns] if profile else []
        return masked(told, "\n".join((sql, *columns, *(one.name for one in known))))

    async def set_policy(self, dataset_id: str, new: NewPolicy) -> Dataset:
        """Say what a language model may read of a dataset, from the next question on."""
        dataset = await self.get(dataset_id)
        rows = dataset.policy_rows if new.policy_rows is None else new.policy_rows
        if not 1 <= rows <= MOST_POLICY_ROWS:
            raise Invalid(
                f"{rows} rows cannot be let through.",
                f"Choose 1 to {MOST_POLICY_ROWS}, or another policy.",
            )
        dataset = replace(dataset, policy=new.policy, policy_rows=rows)
        await self._database.write(store.set_policy, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        return dataset

    async def policies(self) -> list[Dataset]:
        """Give the datasets of this workspace, removed ones too, for their policies."""
        return await self._database.kept(store.list_with_removed, self._workspace)

    async def _sample(self, dataset: Dataset, profile: Profile, most: int) -> Table | None:
        """Give the first rows, from memory where the file is as it was."""
        if not most or not profile.rows:
            return None
        key = (dataset.id, dataset.modified, dataset.bytes, most, dataset.wishes)
        if key not in self._samples:
            self._samples[key] = await self.rows(dataset.id, 0, most)
            while len(self._samples) > KEPT_SAMPLES:
                del self._samples[next(iter(self._samples))]
        return self._samples[key]

    async def reading(self, dataset_id: str) -> Reading:
        """Say how another process on this machine reads the dataset."""
        dataset, profile = await self._known(dataset_id)
        path = self._readable(dataset, profile)
        made = asdict(profile)
        return Reading(
            name=dataset.name,
            path=str(self._root.resolve() / dataset.path),
            sql=reading.select(path, made["dialect"], made["columns"]),
            columns=tuple(column.name for column in profile.columns),
        )

    async def rows(self, dataset_id: str, offset: int = 0, limit: int = 100) -> Table:
        """Give some rows as they are written in the file."""
        dataset, profile = await self._known(dataset_id)
        path, made = self._readable(dataset, profile), asdict(profile)
        view = f"CREATE VIEW shown AS {reading.raw_select(path, made['dialect'], made['columns'])}"
        sql = f"SELECT * FROM shown OFFSET {max(0, offset)}"
        table = await self._ask(sql, [path], [view], limit)
        return replace(table, types=tuple(column.type for column in profile.columns))

    async def sample(
        self, dataset_id: str, *, first: int, rest: int, folder: Path, as_file: bool
    ) -> tuple[Path, int, int]:
        """Write its first rows and random ones of the rest to a file: path, rows there, rows here.

        The file is Parquet, or of the dataset's own kind with `as_file`.
        """
        dataset, profile = await self._known(dataset_id)
        path, made = self._readable(dataset, profile), asdict(profile)
        kind = reading.sample_kind(made["dialect"]) if as_file else "parquet"
        target = folder / f"{dataset.name}.{kind}"
        select = reading.select(path, made["dialect"], made["columns"])
        told = await self._sandbox.work(
            {
                "work": "sample",
                "files": [path, str(target)],
                "views": [f"CREATE VIEW shown AS {select}"],
                "target": str(target),
                "format": kind,
                "first": first,
                "rest": rest,
                "rows": profile.rows,
                "seed": dataset.id,
                "memory": self.max_query_memory * MEGABYTE,
                "threads": 2,
            },
            seconds=self.max_query_seconds,
            setting="SpondeDatasets.max_query_seconds",
        )
        return target, int(told["rows"]), profile.rows

    async def query(self, sql: str, names: Iterable[str] = (), limit: int = 1000) -> Table:
        """Run one SELECT over datasets, each a view by its name, in a child with hard limits.

        Without `names` it may read the datasets that it names.
        """
        paths, views = await self.views(sql, names)
        return await self._ask(sql, paths, views, limit)

    async def views(self, sql: str, names: Iterable[str] = ()) -> tuple[list[str], list[str]]:
        """Give the files that SQL may read, and the views by which it names their datasets."""
        paths: list[str] = []
        views: list[str] = []
        for name in list(names) or await self._named_in(sql):
            dataset = await self.get_by_name(name)
            path, select = await self.source(dataset.id)
            paths.append(path)
            views.append(f"CREATE VIEW {identifier(dataset.name)} AS {select}")
        return paths, views

    async def source(
        self, dataset_id: str, *, is_raw: bool = False, copied: bool = True
    ) -> tuple[str, str]:
        """Give the file that DuckDB reads, and the SELECT of its rows: typed, or as written."""
        dataset, profile = await self._known(dataset_id)
        copy = self.find_copy(dataset, profile) if copied and not is_raw else None
        if copy is not None:
            return str(copy), f"SELECT * FROM read_parquet({literal(str(copy))})"
        path, made = self._readable(dataset, profile), asdict(profile)
        write = reading.raw_select if is_raw else reading.select
        return path, write(path, made["dialect"], made["columns"])

    async def _ask(self, sql: str, paths: list[str], views: list[str], limit: int) -> Table:
        if limit < 1:
            raise Invalid(f"The limit of {limit} rows gives nothing.", "Ask for 1 row or more.")
        answer = await self._sandbox.work(
            {
                "work": "query",
                "sql": sql,
                "limit": min(limit, self.max_rows),
                "files": paths,
                "views": views,
                "memory": self.max_query_memory * MEGABYTE,
                "threads": 2,
            },
            seconds=self.max_query_seconds,
            setting="SpondeDatasets.max_query_seconds",
        )
        return convert(Table, answer)  # type: ignore[no-any-return]

    async def _named_in(self, sql: str) -> list[str]:
        words = {word.lower() for word in re.findall(r"\w+", sql)}
        return [one.name for one in await self.list_all() if one.name.lower() in words]

    def _readable(self, dataset: Dataset, profile: Profile) -> str:
        """Give the path that DuckDB can read: the file itself, or what was made of it."""
        if profile.dialect.mended:
            return str(self._copy(dataset))
        if profile.dialect.read_as and (made := self._opener.readable(dataset.id)):
            return made
        return str(self._root.resolve() / dataset.path)

    def _copy(self, dataset: Dataset) -> Path:
        return self.copy_of(dataset.id)

    # -- profiling ------------------------------------------------------------------------------

    async def _known(self, dataset_id: str) -> tuple[Dataset, Profile]:
        """Give a dataset with a profile that fits the file as it is now, or say why not."""
        dataset = await self._fresh(await self.get(dataset_id), wait=True)
        if dataset.status is DatasetStatus.FAILED:
            trouble = dataset.failure or Trouble(message="It cannot be read.", hint="Remove it.")
            raise Conflict(f"'{dataset.name}' cannot be read. {trouble.message}", trouble.hint)
        profile = await self._database.read(store.find_profile, dataset.id)
        if profile is None:
            raise Conflict(f"'{dataset.name}' is not profiled yet.", "Try again in a moment.")
        return dataset, profile

    async def look_again(self, dataset: Dataset) -> Dataset:
        """Begin to read a file again where it has changed or vanished."""
        return await self._fresh(dataset, wait=False)

    def is_reading(self, dataset_id: str) -> bool:
        """Say whether the file is being read just now."""
        return dataset_id in self._profiling

    async def read_again(self, dataset_id: str) -> Dataset:
        """Begin to read a file anew, whatever is known of it."""
        dataset = await self.get(dataset_id)
        dataset = await self._write(replace(dataset, status=DatasetStatus.WAITING))
        running = self._profiling.get(dataset_id)
        self._profile_soon(dataset)
        if running is not None:
            running.cancel()
        return dataset

    async def opened(self, dataset: Dataset) -> Opened:
        """Give the file as its text is read: itself, or what is made of it."""
        return await self._opened(dataset, await asyncio.to_thread(self._existing, dataset.path))

    def copy_of(self, dataset_id: str) -> Path:
        """Give the place of a dataset's mended copy; what belongs to it lies beside it."""
        return self._copies / f"{dataset_id}.csv"

    async def _fresh(self, dataset: Dataset, *, wait: bool) -> Dataset:
        """Profile again what has changed, or was never profiled to the end."""
        running = self._profiling.get(dataset.id)
        if running is None:
            if not await asyncio.to_thread(self._has_changed, dataset):
                return dataset
            running = self._profile_soon(dataset)
        if not wait:
            return dataset
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if not running.cancelled():
                raise
            if self._profiling.get(dataset.id, running) is not running:
                # It is being read in another way, as a person said meanwhile.
                return await self._fresh(dataset, wait=True)
            raise NotFound(
                f"'{dataset.name}' was removed while it was being read.", "Restore it to go on."
            ) from None

    def _has_changed(self, dataset: Dataset) -> bool:
        try:
            full = inside(self._root, dataset.path)
            size, modified = _facts(full)
        except (OSError, SpondeError):
            # Gone: profiling says so in a sentence, once.
            gone = dataset.status is DatasetStatus.FAILED and dataset.bytes == 0
            return not gone
        if dataset.status in (DatasetStatus.WAITING, DatasetStatus.PROFILING):
            return True
        return (size, modified) != (dataset.bytes, dataset.modified)

    def _profile_soon(self, dataset: Dataset) -> asyncio.Task[Dataset]:
        self._first_views.announce(dataset.id)
        task = asyncio.get_running_loop().create_task(self._profile(dataset))
        self._profiling[dataset.id] = task

        def done(ended: asyncio.Task[Dataset]) -> None:
            if self._profiling.get(dataset.id) is ended:
                del self._profiling[dataset.id]
                self._first_views.forget(dataset.id)
            if not ended.cancelled() and ended.exception() is not None:
                self.log.error("Profiling %s broke.", dataset.path, exc_info=ended.exception())

        task.add_done_callback(done)
        return task

    async def _profile(self, dataset: Dataset) -> Dataset:
        dataset = replace(dataset, status=DatasetStatus.PROFILING, failure=None)
        dataset = await self._write(dataset)
        try:
            full = await asyncio.to_thread(self._existing, dataset.path)
            size, modified = await asyncio.to_thread(_facts, full)
            dataset = replace(dataset, bytes=size, modified=modified)
            opened = await self._opened(dataset, full)
            profile = opened.of(await self._profile_file(dataset, opened))
        except SpondeError as error:
            missing = isinstance(error, NotFound)
            await asyncio.to_thread(self._opener.forget, dataset.id)
            dataset = replace(
                dataset,
                status=DatasetStatus.FAILED,
                failure=Trouble(message=error.message, hint=error.hint),
                bytes=0 if missing else dataset.bytes,
                is_gone=missing,
                rows=None,
                columns=None,
                problems=0,
                warnings=0,
            )
            dataset = await self._write(dataset)
            self._bus.tell(DatasetRead(dataset_id=dataset.id))
            return dataset
        others = () if dataset.part else opened.others[: MOST_PARTS - 1]
        dataset = replace(
            dataset,
            part=dataset.part or opened.part,
            status=DatasetStatus.READY,
            is_gone=False,
            rows=profile.rows,
            columns=len(profile.columns),
            problems=profile.problem_count,
            warnings=len(profile.warnings),
        )
        dataset = await self._database.write(store.keep_profile, dataset, profile)
        self._feed.tell(DatasetChanged(dataset=dataset))
        self._bus.tell(DatasetRead(dataset_id=dataset.id))
        for part in others:
            await self.add(dataset.path, part=part)
        return dataset

    async def kinds(self) -> DatasetKinds:
        """Say which files become datasets."""
        bounds = {"memory": self.max_query_memory * MEGABYTE}
        others = await self._opener.kinds(bounds, self.max_query_seconds)
        more = [extension for one in others for extension in one.extensions]
        return DatasetKinds(extensions=(*EXTENSIONS, *more), readers=others)

    async def _opened(self, dataset: Dataset, full: Path) -> Opened:
        """Give the file as it can be read: itself, or what is made of it in a child."""
        memory, most = self.max_query_memory * MEGABYTE, self.max_unpacked_bytes
        bounds = {"memory": memory, "most": most}
        return await self._opener.open(
            dataset, full, bounds=bounds, seconds=self.max_profile_seconds
        )

    async def _profile_file(self, dataset: Dataset, opened: Opened) -> Profile:
        copy = self._copy(dataset)
        await asyncio.to_thread(copy.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        asked = {
            "work": "profile",
            "path": str(opened.path),
            "copy": str(copy),
            "files": [str(opened.path), str(copy)],
            "wishes": said_of(dataset.wishes, opened.writing),
            "memory": self.max_query_memory * MEGABYTE,
            "threads": 2,
        }
        self._first_views.begin(dataset.id, asked)
        try:
            answer = await self._sandbox.work(
                asked,
                seconds=self.max_profile_seconds,
                setting="SpondeDatasets.max_profile_seconds",
            )
        finally:
            await self._first_views.end(dataset.id)
        return await asyncio.to_thread(convert, Profile, answer)

    async def _write(self, dataset: Dataset) -> Dataset:
        dataset = await self._database.write(store.update, dataset)
        self._feed.tell(DatasetChanged(dataset=dataset))
        return dataset

    def _existing(self, path: str) -> Path:
        full = inside(self._root, path)
        if not full.exists():
            raise NotFound(
                f"The file '{path}' is not there.",
                "Put it back, or remove the dataset from the list.",
            )
        if full.is_dir():
            raise Invalid(f"'{path}' is a folder.", "Add the files in it one by one.")
        if full.suffix.lower() == ".ipynb":
            raise Invalid(
                f"'{path}' is a notebook, not a table.",
                "Open it, or choose a file of data, such as a CSV.",
            )
        return full

    # -- after a start --------------------------------------------------------------------------

    async def _resume(self) -> None:
        await asyncio.to_thread(self._sandbox.sweep)
        for dataset in await self.list_all():
            if dataset.status in (DatasetStatus.WAITING, DatasetStatus.PROFILING):
                self._profile_soon(dataset)
        for path in self.starters:
            try:
                full = await asyncio.to_thread(self._existing, path)
            except SpondeError as error:
                self.log.info("The starter dataset %s is left out: %s", path, error)
                continue
            where = await asyncio.to_thread(relative, self._root, full)
            known = await self._database.read(store.find_by_path, self._workspace, where)
            if known is None:
                await self.add(path)

    def _spawn(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except SpondeError as error:
                self.log.warning("Datasets could not be taken up: %s %s", error, error.hint)

        self._working.start(guarded())


def _facts(full: Path) -> tuple[int, float]:
    found = full.stat()
    return found.st_size, found.st_mtime
