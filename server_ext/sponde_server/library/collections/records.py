"""Collections: ordered sets of code blocks, how their blocks stand, and what is made of them."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.library.records import CodeBlock


@record
class Collection:
    """An ordered set of code blocks with a name."""

    name: str
    """What it is called."""
    description: str = ""
    """What its blocks do together."""
    block_ids: tuple[str, ...] = ()
    """The blocks in their order."""
    id: str = field(default_factory=new_id)
    """The collection's id."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""
    updated_at: datetime = field(default_factory=now)
    """When it was last changed."""


@record
class NewCollection:
    """A collection to make."""

    block_ids: tuple[str, ...]
    """The blocks in their order."""
    name: str = ""
    """What to call it; named after its blocks where empty."""
    description: str = ""
    """What its blocks do together."""


@record
class CollectionEdit:
    """What to change of a collection; what is left out stays."""

    name: str | None = None
    """The new name."""
    description: str | None = None
    """The new description."""
    block_ids: tuple[str, ...] | None = None
    """The blocks, all of them in their new order."""


class CollectionProblemKind(StrEnum):
    """What stands in the way of a collection's blocks working together."""

    LATE = "late"
    """A block needs what only a later one makes."""
    RING = "ring"
    """A block needs what needs it: no order is right."""
    OPEN = "open"
    """A function is needed that no block of the collection defines."""
    CLASH = "clash"
    """A name means different things in two blocks."""
    BROKEN = "broken"
    """A block is no Python that can be read."""
    FOREIGN = "foreign"
    """A block is in a language that no Python notebook runs."""


@record
class CollectionProblem:
    """One thing that is wrong with a collection."""

    kind: CollectionProblemKind
    """What kind of thing."""
    block_id: str
    """The block that has the problem."""
    names: tuple[str, ...] = ()
    """The names that it is about."""
    other_id: str = ""
    """The other block: who makes what is needed, or means something else by the name; for a
    function that is missing a block of the library that defines it, empty where none does."""
    other_name: str = ""
    """That block's name."""


@record
class CollectionParameter:
    """A value that is given to a collection as a whole."""

    name: str
    """The variable."""
    value: str = ""
    """Its value as Python writes it; empty where it must be given."""
    dataset: str = ""
    """The dataset that is read for it, where it is a table and one fits."""
    is_table: bool = False
    """Whether the blocks use it as a table."""
    block_ids: tuple[str, ...] = ()
    """The blocks that need it, or the one that it was written in."""


@record
class CollectionView:
    """A collection with its blocks, and how they stand to each other."""

    collection: Collection
    """The collection."""
    blocks: tuple[CodeBlock, ...]
    """Its blocks in their order; deleted ones are left out."""
    problems: tuple[CollectionProblem, ...] = ()
    """What is wrong."""
    parameters: tuple[CollectionParameter, ...] = ()
    """What is given to it: what its blocks need and none makes, and plain values."""
    sorted_ids: tuple[str, ...] = ()
    """Its blocks in the order of their needs."""
    gone: int = 0
    """How many of its blocks are deleted."""


@record
class CollectionFile:
    """A file made of a collection; whoever asked for it writes it."""

    name: str
    """What to call the file, with its ending."""
    text: str
    """The file: a notebook's JSON, or Python."""
    notes: tuple[str, ...] = ()
    """What a person should know of it, a sentence each."""


@record
class CollectionChanged:
    """A collection was made, changed or brought back."""

    collection: Collection
    """As it is now."""


@record
class CollectionRemoved:
    """A collection was deleted."""

    collection_id: str
    """Which one."""
