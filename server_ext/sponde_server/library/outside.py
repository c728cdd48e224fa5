"""What the library's collections and its page of uses ask of others: app.py fills it in."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .finding.records import FindBlocks
from .records import CodeBlock
from .trials.sampling import NoSamples, Samples


@dataclass(frozen=True)
class Job:
    """A job that runs a notebook."""

    id: str
    name: str
    notebook: str
    last_at: datetime | None = None
    """When it was last changed."""


@dataclass(frozen=True)
class Question:
    """A message that names a block."""

    message_id: str
    conversation_id: str
    title: str
    """The conversation's."""
    asked_at: datetime


async def _nothing(asked: object) -> list[CodeBlock]:
    return []


async def _no_jobs(notebooks: Collection[str]) -> list[Job]:
    return []


async def _no_questions(block_id: str) -> list[Question]:
    return []


@dataclass
class Outside:
    """The doors; each gives nothing until somebody joins it."""

    root: Path | None = None
    """The folder that JupyterLab serves."""
    samples: Samples = field(default_factory=NoSamples)
    """The datasets that are here."""
    search: Callable[[FindBlocks], Awaitable[Sequence[CodeBlock]]] = _nothing
    """Finds blocks of the library."""
    find_jobs: Callable[[Collection[str]], Awaitable[list[Job]]] = _no_jobs
    """Finds the jobs that run one of these notebooks."""
    find_questions: Callable[[str], Awaitable[list[Question]]] = _no_questions
    """Finds the messages that name a block."""
