"""Notebooks to run, and a way to wait."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def write_notebook(path: Path, *sources: str, kernel: str = "python3") -> Path:
    """Write a notebook; a source that begins with `# parameters` becomes the parameters cell."""
    cells = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]} if source.startswith("# parameters") else {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(
            {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
        )
    )
    return path


async def until(condition: Callable[[], Any], seconds: float = 240) -> Any:
    """Wait until a condition holds (a function, or one that makes a coroutine)."""
    for _ in range(int(seconds / 0.02)):
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("It did not come about.")
