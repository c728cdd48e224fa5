"""What is done to many code blocks at once, and what comes of it."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.library.records import CodeBlock


class ManyDeed(StrEnum):
    """What is done: tags are given and taken away, blocks are deleted, or brought back."""

    TAG = "tag"
    REMOVE = "remove"
    RESTORE = "restore"


@record
class NewManyChange:
    """What to do to many code blocks."""

    deed: ManyDeed
    """What."""
    block_ids: tuple[str, ...]
    """To which; those that are not there are passed over."""
    add_tags: tuple[str, ...] = ()
    """Tags to give (tag)."""
    remove_tags: tuple[str, ...] = ()
    """Tags to take away (tag)."""


@record
class ManyChanged:
    """What was done to many code blocks; with its id it is undone."""

    deed: ManyDeed
    """What."""
    changed: tuple[str, ...]
    """The blocks that are another way now."""
    refused: tuple[str, ...] = ()
    """For each that could not be changed, a sentence that says why."""
    id: str = field(default_factory=new_id)
    """The change's id."""
    made_at: datetime = field(default_factory=now)
    """When."""


@record
class BlockBefore:
    """What a block was before it was changed among others."""

    block_id: str
    """Which."""
    tags: tuple[str, ...] = ()
    """Its tags."""
    tags_after: tuple[str, ...] = ()
    """The tags that it was given."""
    updated_at: datetime | None = None
    """When a person had last changed it."""
    revision_id: str = ""
    """The revision that was made of it."""
    removed_at: datetime | None = None
    """When it had been deleted."""


@record
class BulkChange:
    """What was done to many blocks, as it is kept for an undo."""

    deed: ManyDeed
    """What."""
    before: tuple[BlockBefore, ...]
    """What each block was."""
    id: str = field(default_factory=new_id)
    """The change's id."""
    made_at: datetime = field(default_factory=now)
    """When."""
    undone_at: datetime | None = None
    """When it was undone."""


@record
class DeletedBlock:
    """A code block that was deleted and can be brought back."""

    block: CodeBlock
    """The block."""
    removed_at: datetime
    """When it was deleted."""
    gone_at: datetime | None
    """When it is deleted for good; None where deleted blocks are kept for ever."""


@record
class DeletedBlocks:
    """A page of deleted code blocks, the latest first."""

    blocks: tuple[DeletedBlock, ...]
    """The page."""
    total: int
    """How many there are in all."""


@record
class CodeBlocksChanged:
    """Many code blocks were changed, deleted or brought back at once: ask again."""

    block_ids: tuple[str, ...]
    """Which."""
