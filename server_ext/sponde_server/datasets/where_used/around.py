"""What the datasets ask of others about their uses: app.py fills it in."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from .records import DatasetUse


async def _nothing(asked: object) -> list[DatasetUse]:
    return []


async def _none(notebooks: Collection[str], values: Collection[str]) -> list[DatasetUse]:
    return []


@dataclass
class Around:
    """The doors; each gives nothing until somebody joins it."""

    find_conversations: Callable[[str], Awaitable[list[DatasetUse]]] = _nothing
    """Finds the conversations that name the dataset of this id."""
    find_blocks: Callable[[str], Awaitable[list[DatasetUse]]] = _nothing
    """Finds the code blocks that read the dataset of this name."""
    find_dashboards: Callable[[Collection[str]], Awaitable[list[DatasetUse]]] = _nothing
    """Finds what is published of these notebooks."""
    find_jobs: Callable[[Collection[str], Collection[str]], Awaitable[list[DatasetUse]]] = _none
    """Finds the jobs that run one of these notebooks, or have one of these values."""
