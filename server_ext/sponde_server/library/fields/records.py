"""The fields of a block: values of its code that are filled in each time that it is used."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class FieldKind(StrEnum):
    """What may be filled in."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    COLUMN = "column"
    DATASET = "dataset"


class SpotForm(StrEnum):
    """What stands at a place: a whole value, a piece of a text, or a name (of SQL)."""

    VALUE = "value"
    PART = "part"
    NAME = "name"


@record
class FieldSpot:
    """A place in the code where a field's value stands."""

    start: int
    """Its first character."""
    end: int
    """The character after its last one."""
    form: SpotForm = SpotForm.VALUE
    """What stands there."""


@record
class FieldChoice:
    """A value that may be chosen."""

    text: str
    """The value, as a person reads and types it."""
    literal: str = ""
    """The same as the code writes it, such as None; empty where it is a text."""


@record
class BlockField:
    """A value of a block's code that is filled in when the block is used."""

    name: str
    """What it is called: an argument of `%use` and of `run()`, a parameter of a job."""
    kind: FieldKind = FieldKind.TEXT
    """What may be filled in."""
    default: str = ""
    """The value that the block's own code has, as a person types it."""
    choices: tuple[FieldChoice, ...] = ()
    """The values to choose from, where it is a choice."""
    dataset: str = ""
    """The dataset whose columns are meant, where it is a column of one that is known."""
    about: str = ""
    """What it does, in a few words."""
    spots: tuple[FieldSpot, ...] = ()
    """Where it stands in the code, first place first."""


@record
class FieldPreset:
    """Values that belong together: those of a block that went up in this one."""

    name: str
    """What they are called: the name that the block had."""
    values: dict[str, str] = field(default_factory=dict)
    """The value of each field."""


@record
class FieldsOfBlock:
    """All that is asked before a block with fields is put into a notebook."""

    fields: tuple[BlockField, ...] = ()
    """Its fields, in the order of the code."""
    last: dict[str, str] = field(default_factory=dict)
    """The values that were filled in last; empty where none were."""
    presets: tuple[FieldPreset, ...] = ()
    """Values that belong together."""
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Dataset → its columns, for those that its fields may mean; the likeliest first."""
    datasets: tuple[str, ...] = ()
    """The names of the datasets there are, where a field asks for one."""
    undo_id: str = ""
    """What takes the fields back that were made last; empty where nothing does."""


@record
class FieldValues:
    """What is filled in."""

    values: dict[str, str] = field(default_factory=dict)
    """Field → value, as a person types it; those left out stay as they are."""
    remembers: bool = False
    """Whether the form offers these values the next time."""


@record
class FilledCode:
    """Code with its fields filled in."""

    code: str
    """The code."""
    values: dict[str, str] = field(default_factory=dict)
    """The value of every field."""


@record
class Offered:
    """A value of the code that can become a field."""

    field: BlockField
    """The field as it is proposed."""
    sources: tuple[str, ...]
    """The value in each of the blocks, as it is written there; the kept block's first."""
    line: int
    """The line of the first place, from 1."""
    text: str
    """That line, without the space around it."""
    start: int
    """Where in that text the value begins."""
    end: int
    """Where it ends."""


@record
class TwinOf:
    """A block that differs from another in nothing but values."""

    block_id: str
    """Its id."""
    name: str
    """Its name."""
    values: int
    """How many values differ."""


@record
class FieldOffers:
    """What could become a field of a block."""

    twins: tuple[TwinOf, ...] = ()
    """The blocks that differ in nothing but values; nearest first."""
    offers: tuple[Offered, ...] = ()
    """The values that differ among them, or every value of the block where no twins are asked."""


@record
class NewFields:
    """The fields that a block is to have, and the twins that go up in it."""

    fields: tuple[BlockField, ...]
    """All its fields; their places are those that were offered."""
    twin_ids: tuple[str, ...] = ()
    """Blocks that become revisions of it; their values become presets."""


@record
class FieldChange:
    """Fields that a block was given; kept so that it can be undone."""

    block_id: str
    """The block."""
    before: tuple[BlockField, ...]
    """The fields that it had."""
    presets: tuple[FieldPreset, ...]
    """The values of the twins that went up in it."""
    twin_ids: tuple[str, ...] = ()
    """The twins."""
    source_ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Twin → the sources that moved."""
    use_ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Twin → the uses that moved."""
    revision_ids: tuple[str, ...] = ()
    """The revisions that the twins became."""
    tags: tuple[str, ...] = ()
    """The tags that the block had."""
    id: str = field(default_factory=new_id)
    """The change's id."""
    made_at: datetime = field(default_factory=now)
    """When."""


@record
class FieldsMade:
    """What a block's fields were changed to."""

    change_id: str
    """What undoes it."""
    fields: tuple[BlockField, ...]
    """The fields that it has now."""
    twins: int = 0
    """How many blocks went up in it."""


@record
class NewFieldOffers:
    """What to look at for fields."""

    twin_ids: tuple[str, ...] = ()
    """Blocks that a person has chosen; none: those that are found."""
    alone: bool = False
    """Whether every value of the block is meant, whatever its twins say."""
