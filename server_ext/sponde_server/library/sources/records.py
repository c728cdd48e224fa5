"""Where a code block came from."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class SourceKind(StrEnum):
    """What kind of place a block came from."""

    ANSWER = "answer"
    CELL = "cell"
    SELECTION = "selection"
    FILE = "file"
    IMPORT = "import"
    PASTE = "paste"


@record
class NewSource:
    """A place that code is kept from."""

    kind: SourceKind
    """What kind of place it is."""
    label: str = ""
    """What to call it, such as a conversation's title; empty where its path says it."""
    message_id: str | None = None
    """The answer."""
    path: str = ""
    """The notebook or file, from the folder that JupyterLab serves."""
    cell_id: str = ""
    """The cell in the notebook."""
    line: int = 0
    """The line in the file, counted from 1; 0 where there is none."""


@record
class BlockSource:
    """A place that a block came from. One block may have many."""

    block_id: str
    """Whose."""
    kind: SourceKind
    """What kind of place it is."""
    label: str = ""
    """What to call it; empty where its path says it."""
    message_id: str | None = None
    """The answer."""
    path: str = ""
    """The notebook or file."""
    cell_id: str = ""
    """The cell in the notebook."""
    line: int = 0
    """The line in the file, counted from 1."""
    id: str = field(default_factory=new_id)
    """The source's id."""
    noted_at: datetime = field(default_factory=now)
    """When code was kept from there."""
