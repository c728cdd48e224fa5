"""Rows of datasets: as they are written, as SQL asks for them, as a sample; each in a child."""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Invalid
from sponde_server.core.wire import convert

from .files import reading
from .files.forms import identifier, literal
from .listing import DatasetList
from .profile.service import Profiles
from .records import Dataset, Profile, Reading, Table
from .sandbox.limits import Limits
from .sandbox.sandbox import Sandbox

SETTING = "SpondeDatasets.max_query_seconds"
FindCopy = Callable[[Dataset, Profile], Path | None]


class Asking:
    """Asks datasets for rows."""

    def __init__(
        self, *, known: DatasetList, profiles: Profiles, sandbox: Sandbox, limits: Limits
    ) -> None:
        self._known = known
        self._profiles = profiles
        self._sandbox = sandbox
        self._limits = limits
        self.find_copy: FindCopy = lambda dataset, profile: None
        """Gives a dataset's working copy, where there is one."""

    async def reading(self, dataset_id: str) -> Reading:
        """Say how another process on this machine reads the dataset."""
        dataset, profile = await self._both(dataset_id)
        path, made = self._profiles.readable(dataset, profile), asdict(profile)
        return Reading(
            name=dataset.name,
            path=self._profiles.path_of(dataset),
            sql=reading.select(path, made["dialect"], made["columns"]),
            columns=tuple(column.name for column in profile.columns),
            of_text=_of_text(made) if reading.kind_read(made["dialect"]) == "csv" else "",
        )

    async def rows(self, dataset_id: str, offset: int, limit: int) -> Table:
        """Give some rows as they are written in the file."""
        dataset, profile = await self._both(dataset_id)
        path, made = self._profiles.readable(dataset, profile), asdict(profile)
        view = f"CREATE VIEW shown AS {reading.raw_select(path, made['dialect'], made['columns'])}"
        sql = f"SELECT * FROM shown OFFSET {max(0, offset)}"
        table = await self._ask(sql, [path], [view], limit)
        return replace(table, types=tuple(column.type for column in profile.columns))

    async def sample(
        self, dataset_id: str, *, first: int, rest: int, folder: Path, as_file: bool
    ) -> tuple[Path, int, int]:
        """Write first rows and random ones of the rest to a file: path, rows there, rows here."""
        dataset, profile = await self._both(dataset_id)
        path, made = self._profiles.readable(dataset, profile), asdict(profile)
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
                "memory": self._limits.memory,
                "threads": 2,
            },
            seconds=self._limits.query_seconds,
            setting=SETTING,
        )
        return target, int(told["rows"]), profile.rows

    async def query(self, sql: str, names: Iterable[str], limit: int) -> Table:
        """Run one SELECT over datasets, each a view by its name, in a child with hard limits."""
        paths, views = await self.views(sql, names)
        return await self._ask(sql, paths, views, limit)

    async def views(self, sql: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
        """Give the files that SQL may read, and the views by which it names their datasets."""
        paths: list[str] = []
        views: list[str] = []
        for name in list(names) or await self._named_in(sql):
            dataset = await self._known.get_by_name(name)
            path, select = await self.source(dataset.id)
            paths.append(path)
            views.append(f"CREATE VIEW {identifier(dataset.name)} AS {select}")
        return paths, views

    async def source(
        self, dataset_id: str, *, is_raw: bool = False, copied: bool = True
    ) -> tuple[str, str]:
        """Give the file that DuckDB reads, and the SELECT of its rows: typed, or as written."""
        dataset, profile = await self._both(dataset_id)
        copy = self.find_copy(dataset, profile) if copied and not is_raw else None
        if copy is not None:
            return str(copy), f"SELECT * FROM read_parquet({literal(str(copy))})"
        path, made = self._profiles.readable(dataset, profile), asdict(profile)
        write = reading.raw_select if is_raw else reading.select
        return path, write(path, made["dialect"], made["columns"])

    async def _both(self, dataset_id: str) -> tuple[Dataset, Profile]:
        return await self._profiles.get(await self._known.get(dataset_id))

    async def _ask(self, sql: str, paths: list[str], views: list[str], limit: int) -> Table:
        if limit < 1:
            raise Invalid(f"The limit of {limit} rows gives nothing.", "Ask for 1 row or more.")
        answer = await self._sandbox.work(
            {
                "work": "query",
                "sql": sql,
                "limit": min(limit, self._limits.rows),
                "files": paths,
                "views": views,
                "memory": self._limits.memory,
                "threads": 2,
            },
            seconds=self._limits.query_seconds,
            setting=SETTING,
        )
        return convert(Table, answer)  # type: ignore[no-any-return]

    async def _named_in(self, sql: str) -> list[str]:
        words = {word.lower() for word in re.findall(r"\w+", sql)}
        return [one.name for one in await self._known.all() if one.name.lower() in words]


def _of_text(made: dict[str, Any]) -> str:
    """Write the SELECT that gives a dataset's types to a table of text."""
    names = [(identifier(column["name"]), column) for column in made["columns"]]
    return f"SELECT {', '.join(f'{reading.typed(name, one)} AS {name}' for name, one in names)}"
