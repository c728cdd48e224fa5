"""Samples for trials: which names of a block a dataset could stand for, and how well it fits.

Does not read datasets: who does is handed in (`Samples`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sponde_server.core.errors import Invalid, NotFound
from sponde_server.library.records import CodeBlock

from .records import DataFit, TrialInput, TrialNeed

MOST_FITS = 20


@dataclass(frozen=True)
class Data:
    """A dataset that is here."""

    name: str
    rows: int | None
    columns: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    """What each column's values are, in one word: number, text, date, time, boolean, other."""


@dataclass(frozen=True)
class Sample:
    """Some rows of a dataset as a file."""

    path: Path
    words: str
    """Such as '2,000 of 48,120 rows of sales'."""


class Samples(Protocol):
    """Where samples come from."""

    async def list_all(self) -> list[Data]:
        """Give the datasets that are here."""
        ...

    async def take(
        self, name: str, *, first: int, rest: int, folder: Path, as_file: bool
    ) -> Sample:
        """Write the first rows of a dataset and random ones of the rest into a file."""
        ...


class NoSamples:
    """No datasets."""

    async def list_all(self) -> list[Data]:
        """Give none."""
        return []

    async def take(
        self, name: str, *, first: int, rest: int, folder: Path, as_file: bool
    ) -> Sample:
        """Refuse."""
        raise NotFound(f"There is no dataset called '{name}'.", "Drop a file on the Data panel.")


async def needs_of(block: CodeBlock, samples: Samples) -> tuple[TrialNeed, ...]:
    """Say what must stand in for the names that a block needs, the best fits first."""
    names = block.facts.datasets if block.language == "sql" else block.facts.needs
    if not names:
        return ()
    data = await samples.list_all()
    wanted = tuple(c for c in block.facts.columns if c not in set(block.facts.makes))
    fits = sorted((_fit(one, wanted) for one in data), key=lambda fit: -fit.score)
    needs = []
    for name in names:
        own = sorted(fits, key=lambda fit: (fit.dataset.lower() != name.lower(), -fit.score))
        is_table = block.language == "sql" or looks_like_data(name, block.code)
        needs.append(TrialNeed(name=name, is_table=is_table, fits=tuple(own[:MOST_FITS])))
    return tuple(needs)


async def open_inputs(block: CodeBlock, samples: Samples) -> tuple[TrialInput, ...]:
    """Choose what fits best for every name that a block needs, or say which has nothing."""
    inputs = []
    for need in await needs_of(block, samples):
        best = next((fit for fit in need.fits if not fit.missing), None)
        if not need.is_table or best is None:
            raise Invalid(
                f"Nothing here fits '{need.name}', which '{block.name}' needs.",
                "Open the block, press Try it and choose what stands for it.",
            )
        inputs.append(TrialInput(name=need.name, dataset=best.dataset))
    return tuple(inputs)


def _fit(data: Data, wanted: tuple[str, ...]) -> DataFit:
    there = set(data.columns)
    missing = tuple(name for name in wanted if name not in there)
    score = (len(wanted) - len(missing)) / len(wanted) if wanted else 0.5
    return DataFit(dataset=data.name, rows=data.rows, score=round(score, 3), missing=missing)


def looks_like_data(name: str, code: str) -> bool:
    """Whether a name is used as tables are: indexed by a text, or asked for what tables have."""
    if name.lower().startswith(("df", "data", "frame", "table")):
        return True
    asked = ("groupby", "merge", "loc", "iloc", "columns", "head", "query", "dropna", "describe",
             "sort_values", "assign", "pivot_table", "plot", "fillna", "set_index")  # fmt: skip
    return any(f"{name}{mark}" in code for mark in ('["', "['", "[[")) or any(
        f"{name}.{word}" in code for word in asked
    )
