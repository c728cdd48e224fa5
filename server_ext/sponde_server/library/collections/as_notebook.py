"""A collection as a notebook: imports once on top, a parameters cell, one cell a block.

Pure: blocks in, the file's JSON out. The parameters cell is tagged as papermill and the jobs read
it; every cell remembers its block as a cell does that was inserted by hand.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sponde_server.library.code.parts import Part, PartKind
from sponde_server.library.marking import cell_mark

from .gathering import Gathered, Import, import_lines, without
from .records import Collection, CollectionParameter

_SPONDE = Import("", "sponde", "")


def notebook(
    collection: Collection,
    parts: Sequence[Part],
    gathered: Gathered,
    parameters: Sequence[CollectionParameter],
) -> str:
    """Write the notebook of a collection."""
    made = _Cells(collection.id)
    title = f"# {collection.name}"
    made.markdown("\n\n".join(text for text in (title, collection.description.strip()) if text))
    tables = [one for one in parameters if one.is_table]
    imports = {*gathered.imports, *([_SPONDE] if tables else [])}
    if imports:
        made.code(import_lines(imports))
    if parameters:
        names = {part.block.id: part.block.name for part in parts}
        made.code(_parameters(parameters, gathered, names), tags=["parameters"])
    if tables:
        made.code(
            "\n".join(
                f"{one.name} = sponde.dataset({dataset_name(one.name)}).df()" for one in tables
            )
        )
    for part in parts:
        _add(made, part, gathered)
    return json.dumps(
        {
            "cells": made.cells,
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3 (ipykernel)",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python"},
                "sponde": {"collection_id": collection.id},
                "title": collection.name,
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )


def dataset_name(name: str) -> str:
    """Name the parameter that says which dataset a table is read from."""
    return f"{name}_dataset"


def heading(name: str, description: str) -> tuple[str, str]:
    """Give a block's heading and what is said below it; a description that says the name is one."""
    words = " ".join(name.replace("-", "_").split("_")).strip()
    title = words[:1].upper() + words[1:]
    said = " ".join(description.split())
    first = said.rstrip(".")
    if first and _plain(first).startswith(_plain(title)) and len(first) <= 70:
        return first, ""
    return title, description.strip()


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _parameters(
    parameters: Sequence[CollectionParameter], gathered: Gathered, names: Mapping[str, str]
) -> str:
    written = {one.name: one.text for one in gathered.constants}
    lines = []
    for one in parameters:
        users = _listed(names[block_id] for block_id in one.block_ids if block_id in names)
        if one.is_table:
            said = f"  # the dataset that {one.name} is read from, for {users}"
            value = f"{dataset_name(one.name)} = {json.dumps(one.dataset, ensure_ascii=False)}"
            lines.append((value if one.dataset else f"{dataset_name(one.name)}: str") + said)
        elif one.name in written:
            lines.append(written[one.name])
        elif one.value:
            lines.append(f"{one.name} = {one.value}")
        else:
            lines.append(f"{one.name}: object  # must be given; needed by {users}")
    return "\n".join(lines)


def _listed(names: Iterable[str]) -> str:
    given = list(names)
    return ", ".join(given[:-1]) + " and " + given[-1] if len(given) > 1 else "".join(given)


def _add(made: "_Cells", part: Part, gathered: Gathered) -> None:
    block = part.block
    if part.kind is PartKind.PROSE:
        made.markdown(block.code, cell_mark(block.id, block.name, block.code, block.code))
        return
    title, said = heading(block.name, block.description)
    head = "\n\n".join(text for text in (f"## {title}", said) if text)
    if part.kind is PartKind.FOREIGN:
        bars = "`" * max(3, _longest_bar(block.code) + 1)
        made.markdown(f"{head}\n\n{bars}{block.language}\n{block.code}\n{bars}")
        return
    made.markdown(head)
    taken = gathered.taken(block.id)
    text = without(part.code, taken)
    if not text.strip():
        text = f"# All of {block.name} stands further up: its imports, its values."
    lines = part.code.split("\n")
    moved = [line for number, line in enumerate(lines, 1) if number in taken]
    above = "\n".join([*moved, *(line for _, line in part.fields)])
    made.code(text, cell_mark(block.id, block.name, block.code, text, above))


def _longest_bar(code: str) -> int:
    rest = "".join(letter if letter == "`" else " " for letter in code)
    return max((len(run) for run in rest.split()), default=0)


class _Cells:
    """The cells so far; the same collection always gives the same ids."""

    def __init__(self, seed: str) -> None:
        self.cells: list[dict[str, Any]] = []
        self._seed = seed

    def markdown(self, text: str, metadata: dict[str, Any] | None = None) -> None:
        self.cells.append(
            {
                "cell_type": "markdown",
                "id": self._id(text),
                "metadata": metadata or {},
                "source": text.splitlines(keepends=True),
            }
        )

    def code(
        self, text: str, metadata: dict[str, Any] | None = None, tags: Sequence[str] = ()
    ) -> None:
        self.cells.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "id": self._id(text),
                "metadata": {**(metadata or {}), **({"tags": list(tags)} if tags else {})},
                "outputs": [],
                "source": text.splitlines(keepends=True),
            }
        )

    def _id(self, text: str) -> str:
        said = f"{self._seed} {len(self.cells)} {text}"
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
