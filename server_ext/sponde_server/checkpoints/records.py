"""Checkpoints: what a turn is about to change, kept so that one can go back."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record


class KeptKind(StrEnum):
    """What is kept."""

    NOTEBOOK = "notebook"
    """Cell by cell, so that a cell that did not change is kept once."""
    FILE = "file"
    """Byte by byte."""


@record
class CellCounts:
    """What a turn did to the cells of a notebook."""

    added: int = 0
    """Cells that it inserted."""
    changed: int = 0
    """Cells whose text it changed."""
    removed: int = 0
    """Cells that it took away."""
    ran: int = 0
    """Cells that it only ran: their outputs are others."""


@record
class KeptFile:
    """A notebook or file, before a turn and after it."""

    path: str
    """Where it is, from the root folder."""
    kind: KeptKind
    """What it is."""
    before: str | None = ""
    """The digest of how it was; empty: there was none; None: it was too large to be kept."""
    after: str | None = None
    """The digest of how the turn left it; empty: there is none; None: not known."""
    is_whole: bool = True
    """False where outputs were left out, because the notebook was too large with them."""
    cells: CellCounts = field(default_factory=CellCounts)
    """What the turn did to its cells."""


@record
class Checkpoint:
    """How things stood before a turn that changed cells or files."""

    message_id: str
    """The answer whose turn it was."""
    conversation_id: str
    """The conversation."""
    files: tuple[KeptFile, ...]
    """What it changed."""
    is_made: bool = False
    """Whether the change has been made."""
    undoes: str = ""
    """The checkpoint that it was made for going back to; empty for a turn's own."""
    went_back: str = ""
    """The checkpoint that undoes the going back, while one has gone back to this one."""
    went_back_at: datetime | None = None
    """When one went back to this one."""
    restoring: tuple[str, ...] = ()
    """Paths that are being put back on the disk at this moment."""
    id: str = field(default_factory=new_id)
    """The checkpoint's id."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""


@record
class Given:
    """A notebook or file as a tab or a turn names it, with what the tab sees of it."""

    path: str
    """Where it is, from the root folder."""
    notebook: dict[str, Any] | None = None
    """The open notebook with its unsaved edits; None: as it is on the disk."""
    text: str | None = None
    """The open text with its unsaved edits; None: as it is on the disk."""


@record
class NewCheckpoint:
    """What a turn is about to change."""

    message_id: str
    """The answer whose turn it is."""
    files: tuple[Given, ...]
    """The notebooks and files."""


@record
class Made:
    """What stands after a change."""

    files: tuple[Given, ...]
    """The notebooks and files that were changed."""


@record
class GoingBack:
    """What is needed to go back: how open documents stand, and what is put back on the disk."""

    files: tuple[Given, ...] = ()
    """The notebooks and files as they stand, so that going back can be undone."""
    on_disk: tuple[str, ...] = ()
    """Those that the server puts back on the disk; the tab puts back the rest, in its documents."""


@record
class FileState:
    """A notebook or file at one moment."""

    exists: bool
    """Whether there was one."""
    notebook: dict[str, Any] | None = None
    """The notebook (notebooks only)."""
    text: str | None = None
    """The text (files that are text only)."""
    bytes: int = 0
    """Its size."""


@record
class FileStates:
    """A notebook or file of a checkpoint, before the turn and after it."""

    path: str
    """Where it is."""
    before: FileState | None
    """How it was; None: it was too large to be kept."""
    after: FileState | None
    """How the turn left it; None: not known."""
    is_changed: bool
    """Whether it is otherwise on the disk than the turn left it."""


@record
class CheckpointChanged:
    """A checkpoint was made, completed, or one went back to it."""

    checkpoint: Checkpoint
    """The checkpoint, which replaces what was known of it."""
