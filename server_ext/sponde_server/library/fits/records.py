"""Which blocks fit a table that is here, and why."""

from dataclasses import field

from sponde_server.core.record import record
from sponde_server.library.records import CodeBlock

from .renames_records import ColumnFit


@record
class BlockFit:
    """A block that fits a table."""

    block: CodeBlock
    """The block."""
    reason: str
    """Why it fits, in few words: `all 3 columns are here`, `needs amount, yours is Amt`."""
    names: dict[str, str] = field(default_factory=dict)
    """The name that the block has for the table → what it is called here."""
    columns: tuple[ColumnFit, ...] = ()
    """The columns that it takes, and what they are called here."""
    also: tuple[str, ...] = ()
    """Other names that it must be given."""
    is_whole: bool = True
    """Whether it needs nothing but this table, with these columns."""
    is_any: bool = False
    """Whether any table would do."""


@record
class BlockFits:
    """The blocks that fit a table, best first."""

    dataset: str
    """The table."""
    count: int
    """How many need nothing but its columns."""
    any_table: int
    """How many more do with any table."""
    almost: int = 0
    """How many more find all their columns, or do with any table, and need something else too."""
    fits: tuple[BlockFit, ...] = ()
    """The blocks."""
    has_more: bool = False
    """Whether there are more of them."""


@record
class NewFitted:
    """How a block is to be fitted to a table."""

    dataset: str
    """The dataset."""
    loads: bool = True
    """Whether a line before it loads the dataset, where the block needs it as a variable."""
    variable: str = ""
    """What the table is called in the notebook; as the dataset where empty."""


@record
class FittedBlock:
    """A block's code under the names of a dataset."""

    code: str
    """The code."""
    names: dict[str, str] = field(default_factory=dict)
    """What the block says → what is here, of variables and tables."""
    columns: dict[str, str] = field(default_factory=dict)
    """The same of columns."""
    before: str = ""
    """The lines that load the dataset; empty where none are needed."""
