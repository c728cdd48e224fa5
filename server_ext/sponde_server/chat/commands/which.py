"""Which datasets and notebooks a command names, and what else it says."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sponde_server.chat.references import near
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Dataset

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

NAMED = re.compile(r"@([A-Za-z_][\w-]*)")
NO_DATASET = "Drop a CSV file on the Data panel, then ask again."
MOST_NOTEBOOKS = 2000
SEARCH_SECONDS = 2.0


async def dataset_of(rest: str, datasets: "SpondeDatasets", command: str) -> tuple[Dataset, str]:
    """Find the dataset that a command names, and what else it says."""
    known = await datasets.list_all()
    if not known:
        raise Invalid("There is no dataset yet.", NO_DATASET)
    by_name = {dataset.name.casefold(): dataset for dataset in known}
    marked = NAMED.search(rest)
    if marked:
        name = marked[1]
        left = (rest[: marked.start()] + rest[marked.end() :]).strip()
        if name.casefold() not in by_name and "-" in name:
            # `@sales-` and `@sales-2023`: names have no hyphens.
            head = name.partition("-")[0]
            if head.casefold() in by_name:
                left = (rest[: marked.start()] + rest[marked.start(1) + len(head) :]).strip()
                name = head
        if name.casefold() not in by_name:
            raise unknown(name, known)
        return by_name[name.casefold()], left
    word, _, left = rest.partition(" ")
    if word.casefold() in by_name:
        return by_name[word.casefold()], left.strip()
    if len(known) == 1 and (not rest or command != "profile"):
        return known[0], rest
    if rest and command == "profile":
        raise unknown(word, known)
    raise Invalid("Which dataset?", which(known, command))


async def two_datasets(
    rest: str, datasets: "SpondeDatasets", command: str
) -> tuple[Dataset, Dataset, str]:
    """Find the two datasets that a command names, and what else it says."""
    known = await datasets.list_all()
    if not known:
        raise Invalid("There is no dataset yet.", NO_DATASET)
    by_name = {dataset.name.casefold(): dataset for dataset in known}
    found: list[Dataset] = []
    left = rest.lstrip()
    while len(found) < 2:
        marked = re.match(r"(?:,|and\b|with\b|to\b|vs\.?|&|\s)*@?([A-Za-z_]\w*)", left)
        name = marked[1] if marked else ""
        if marked is None or (name.casefold() not in by_name and "@" not in marked[0]):
            break
        if name.casefold() not in by_name:
            raise unknown(name, known)
        found.append(by_name[name.casefold()])
        left = left[marked.end() :].lstrip()
    if len(found) < 2:
        others = [one for one in known if one not in found]
        if not others:
            raise Invalid(
                f"/{command} needs two datasets, and there is only @{known[0].name}.",
                "Drop another CSV file on the Data panel.",
            )
        first = found[0] if found else others.pop(0)
        second = others[0] if others else known[0]
        raise Invalid(
            f"Which {'other dataset' if found else 'two datasets'}?",
            f"Write, for example, /{command} @{first.name} @{second.name}. "
            f"There is {named(one.name for one in known)}.",
        )
    if found[0].id == found[1].id:
        raise Invalid(
            f"@{found[0].name} is named twice.", f"/{command} takes two different datasets."
        )
    return found[0], found[1], left


def unknown(name: str, known: Sequence[Dataset]) -> Invalid:
    """Say that there is no such dataset, and which ones are near."""
    names = [dataset.name for dataset in known]
    close = near(name, names)
    return Invalid(
        f"There is no dataset @{name}.",
        f"Did you mean {' or '.join(f'@{one}' for one in close)}?"
        if close
        else f"There is {named(names)}.",
    )


def which(known: Sequence[Dataset], command: str) -> str:
    """Say which datasets there are."""
    if not known:
        return "Drop a CSV file on the Data panel first."
    return (
        f"Name one, such as /{command} @{known[0].name}. "
        f"There is {named(one.name for one in known)}."
    )


def named(names: "Iterator[str] | Sequence[str]") -> str:
    """List datasets' names, the first ten."""
    listed = list(names)
    return ", ".join(f"@{name}" for name in listed[:10]) + (", …" if len(listed) > 10 else "")


# -- notebooks ----------------------------------------------------------------------------------


def notebooks(root: Path) -> list[str]:
    """Give the notebooks below a folder, the latest first; a bounded search."""
    found: list[tuple[float, str]] = []
    until = time.monotonic() + SEARCH_SECONDS
    for folder, folders, files in os.walk(root):
        folders[:] = [one for one in folders if one[0] not in "._" and one != "node_modules"]
        for name in files:
            if name.endswith(".ipynb"):
                path = Path(folder, name)
                try:
                    changed = path.stat().st_mtime
                except OSError:
                    continue
                found.append((-changed, path.relative_to(root).as_posix()))
        if len(found) >= MOST_NOTEBOOKS or time.monotonic() > until:
            break
    return [path for _, path in sorted(found)]


def notebook_of(rest: str, known: Sequence[str], command: str) -> tuple[str, str]:
    """Find the notebook that a command begins with, and what else it says."""
    rest = rest.strip().removeprefix("@")
    if not rest:
        raise Invalid("Which notebook?", _which_notebook(known, command))
    ends = [found.end() for found in re.finditer(r"\.ipynb\b", rest)]
    if rest[0] in "\"'" and rest.find(rest[0], 1) > 0:
        ends = [rest.find(rest[0], 1) + 1]
    for end in [*ends, len(rest.partition(" ")[0])]:
        written = rest[:end].strip("\"'")
        path = _meant(written, known)
        if path:
            return path, rest[end:].strip()
    written = rest[: ends[0]] if ends else rest.partition(" ")[0]
    close = near(written, known)
    raise Invalid(
        f"There is no notebook {written}.",
        f"Did you mean {' or '.join(close)}?" if close else _which_notebook(known, command),
    )


def _meant(written: str, known: Sequence[str]) -> str:
    """Find a notebook by its path, its name, or its name without the ending."""
    wanted = written.casefold()
    for path in known:
        if path.casefold() == wanted:
            return path
    for path in known:
        name = path.rpartition("/")[2].casefold()
        if wanted in (name, name.removesuffix(".ipynb"), path.casefold().removesuffix(".ipynb")):
            return path
    return ""


def _which_notebook(known: Sequence[str], command: str) -> str:
    if not known:
        return "There is no notebook yet: make one with File, New, Notebook."
    shown = ", ".join(known[:6]) + (", …" if len(known) > 6 else "")
    return f"Name one, such as /{command} {known[0]}. There is {shown}."
