"""What a save says beyond the block: whether it was new, and what it is nearly the same as."""

from dataclasses import field
from datetime import datetime

from sponde_server.core.record import new_id, now, record
from sponde_server.library.records import CodeBlock


@record
class NearBlock:
    """A block that is nearly the same as another."""

    block_id: str
    """Its id."""
    name: str
    """Its name."""
    likeness: float
    """The share of what they say in common, from 0 to 1."""
    differs_in_names: bool
    """Whether the two differ in nothing but names and values."""
    differs_in_values: bool = False
    """Whether they differ in nothing but values: they can be one block with fields."""


@record
class SavedBlock(CodeBlock):
    """A block after it was kept."""

    is_new: bool = True
    """Whether the code was not in the library before."""
    near: NearBlock | None = None
    """The block that it is nearly the same as: it may be a revision of that one."""
    suggested_tags: tuple[str, ...] = ()
    """Tags that would fit and that it does not have."""


@record
class Merge:
    """One block made a revision of another; kept so that it can be undone."""

    block_id: str
    """The block that went up in the other."""
    into_id: str
    """The block that has its code now."""
    revision_id: str | None
    """What the other was before; None where only sources and uses moved."""
    source_ids: tuple[str, ...] = ()
    """The sources that moved."""
    use_ids: tuple[str, ...] = ()
    """The uses that moved."""
    id: str = field(default_factory=new_id)
    """The merge's id."""
    merged_at: datetime = field(default_factory=now)
    """When."""


@record
class Merged:
    """What a merge made."""

    merge_id: str
    """What undoes it."""
    block: CodeBlock
    """The block that has the new code now."""


@record
class CodeSuggestion:
    """What could be said of code."""

    description: str = ""
    """What it does, as its own words or those around it say."""
    tags: tuple[str, ...] = ()
    """Words to find it by."""


@record
class NewDescription:
    """Who describes a block."""

    model_id: str = ""
    """Which model; the one that was chosen last where empty."""


@record
class Described:
    """What a model says that a block does: a proposal, nothing is changed."""

    description: str
    """One sentence."""
    model: str
    """Who said it."""
