"""What a command may ask for: the datasets, the jobs, and what other slices hand over."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sponde_server.chat.records import Template
    from sponde_server.datasets.service import SpondeDatasets
    from sponde_server.jobs.service import SpondeJobs


@dataclass(frozen=True)
class Desk:
    """Everything that commands work with."""

    datasets: "SpondeDatasets"
    jobs: "SpondeJobs | None" = None
    root: Path | None = None
    """The folder that JupyterLab serves."""
    conversation_id: str = ""
    """Where the command was written."""
    verdicts: Callable[[str], Awaitable[list[str]]] | None = None
    """Says what experiments with a notebook have found, the latest first."""
    save: Callable[[str, str], Awaitable[str]] | None = None
    """Writes a conversation as a file of a kind, and gives its path from the root folder."""
    message_id: str = ""
    """The answer in which it is carried out, where a model asked for it."""
    made: Callable[[str, str], Awaitable[None]] | None = None
    """Notes that an answer made a file, so that one can go back."""
    templates: "Callable[[], Awaitable[list[Template]]] | None" = None
    """Gives the templates, which are written as commands are."""
