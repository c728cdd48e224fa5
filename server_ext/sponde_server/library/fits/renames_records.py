"""What a block needs, held against what is in a notebook, and the names that it has there."""

from dataclasses import field

from sponde_server.core.record import record


@record
class HereName:
    """A variable that is in a notebook's kernel."""

    name: str
    """Its name."""
    type: str = ""
    """Its type, such as DataFrame."""
    shape: str = ""
    """Its shape or length in words, such as 1,000 × 12."""
    columns: tuple[str, ...] = ()
    """The names of its columns, where it has some."""


@record
class NewFit:
    """What is there: the kernel's variables, newest first, and the imports that it cannot find."""

    names: tuple[HereName, ...] = ()
    """The variables."""
    missing_imports: tuple[str, ...] = ()
    """Those of the block's imports that were not found."""


@record
class ColumnFit:
    """A column that the block touches, and what it may be called here."""

    name: str
    """What the block calls it."""
    here: str = ""
    """The column that is most like it; the same where it is there, empty where none is like it."""


@record
class Candidate:
    """A variable that may be meant by a needed name."""

    name: str
    """The variable."""
    type: str = ""
    """Its type."""
    shape: str = ""
    """Its shape."""
    columns: tuple[ColumnFit, ...] = ()
    """The columns that the block touches on it."""
    all_columns: tuple[str, ...] = ()
    """Every column that it has, to choose from."""
    is_likely: bool = False
    """Whether it fits so well that it is chosen until a person chooses otherwise."""


@record
class NeededName:
    """A name that a block needs."""

    name: str
    """What the block calls it."""
    is_here: bool = False
    """Whether a variable of this name is there."""
    candidates: tuple[Candidate, ...] = ()
    """The variables that may be meant, best first; the one of the same name too."""


@record
class Renames:
    """How a block fits into a notebook."""

    needs: tuple[NeededName, ...] = ()
    """The names that it needs."""
    missing_packages: tuple[str, ...] = ()
    """What would have to be installed."""
    install: str = ""
    """The line that installs it, such as `%pip install scikit-learn`; empty where nothing is."""


@record
class NewNames:
    """Code, and the names that it is to have."""

    code: str
    """The code."""
    names: dict[str, str] = field(default_factory=dict)
    """Old variable → new variable."""
    columns: dict[str, str] = field(default_factory=dict)
    """Old column → new column."""
    of: tuple[str, ...] = ()
    """The names whose attributes may be columns, as in `df.amount`."""


@record
class RenamedCode:
    """Code under its new names."""

    code: str
    """The code."""


@record
class CodeBlockIds:
    """Blocks that cells remember."""

    ids: tuple[str, ...]
    """Their ids, at most 500."""
