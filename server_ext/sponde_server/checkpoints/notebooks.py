"""Notebooks taken apart into cells and put together again, and what differs between two.

A cell that did not change has the same digest, and is kept once.
"""

import json
from typing import Any

from .pieces import Pieces
from .records import CellCounts

Notebook = dict[str, Any]


def read(data: bytes) -> Notebook | None:
    """Read a notebook; None where it is none."""
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("cells"), list) else None


def write(notebook: Notebook) -> bytes:
    """Write a notebook as Jupyter does; before format 4.5 cells have no ids."""
    if (notebook.get("nbformat", 4), notebook.get("nbformat_minor", 5)) < (4, 5):
        cells = [
            {name: value for name, value in cell.items() if name != "id"}
            for cell in notebook["cells"]
        ]
        notebook = {**notebook, "cells": cells}
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode() + b"\n"


def take_apart(notebook: Notebook, pieces: Pieces) -> str:
    """Keep a notebook's cells and what holds them; give the digest of the latter."""
    digests = [pieces.put(_bytes(cell)) for cell in notebook["cells"]]
    return pieces.put(_bytes({**notebook, "cells": digests}))


def put_together(digest: str, pieces: Pieces) -> Notebook:
    """Give a notebook that was taken apart."""
    holder: Notebook = json.loads(pieces.get(digest))
    return {**holder, "cells": [json.loads(pieces.get(cell)) for cell in holder["cells"]]}


def digests(digest: str, pieces: Pieces) -> list[str]:
    """Name every piece of a notebook."""
    return [digest, *json.loads(pieces.get(digest))["cells"]]


def fitting(notebook: Notebook, most: int) -> tuple[Notebook, bool]:
    """Leave out the largest outputs until a notebook fits; tell whether it is still whole."""
    sizes = [len(_bytes(cell)) for cell in notebook["cells"]]
    total = sum(sizes)
    if total <= most:
        return notebook, True
    cells = list(notebook["cells"])
    for index in sorted(range(len(cells)), key=lambda at: -sizes[at]):
        if total <= most:
            break
        if cells[index].get("outputs"):
            cells[index] = {**cells[index], "outputs": []}
            total -= sizes[index] - len(_bytes(cells[index]))
    return {**notebook, "cells": cells}, False


def count(before: Notebook | None, after: Notebook | None) -> CellCounts:
    """Say what became of the cells."""
    old, new = _by_id(before), _by_id(after)
    both = [(old[name], new[name]) for name in old if name in new]
    changed = [_text(a) != _text(b) for a, b in both]
    return CellCounts(
        added=sum(1 for name in new if name not in old),
        removed=sum(1 for name in old if name not in new),
        changed=sum(changed),
        ran=sum(
            1
            for is_other, (a, b) in zip(changed, both, strict=True)
            if not is_other and _ran(a) != _ran(b)
        ),
    )


def _by_id(notebook: Notebook | None) -> dict[str, Any]:
    cells = notebook["cells"] if notebook else []
    # Notebooks older than format 4.5 have no ids: there a cell is known by its place.
    return {str(cell.get("id") or f"#{index}"): cell for index, cell in enumerate(cells)}


def _text(cell: Any) -> tuple[Any, str]:
    source = cell.get("source", "")
    return cell.get("cell_type"), "".join(source) if isinstance(source, list) else str(source)


def _ran(cell: Any) -> tuple[Any, bytes]:
    return cell.get("execution_count"), _bytes(cell.get("outputs", []))


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        errors="surrogatepass"
    )
