"""What a file or a notebook consists of, before a person chooses what to keep."""

from sponde_server.core.record import record
from sponde_server.library.records import CellText


@record
class CodePiece:
    """A part of a file or notebook that could be a block."""

    code: str
    """The code; a function's with the imports that it needs."""
    name: str
    """What it would be called."""
    language: str
    """Its language."""
    is_worth: bool
    """Whether it is more than a look at a value: what is chosen at first."""
    cell_id: str = ""
    """The cell that it is."""
    line: int = 0
    """The line that it begins on, counted from 1; a cell's place among the cells."""
    block_id: str | None = None
    """The block that holds this code already."""


@record
class WholeText:
    """A file or a notebook to be taken apart: one of the three."""

    python: str = ""
    """The text of a .py file: its functions and classes."""
    notebook: str = ""
    """The JSON of a notebook: its code cells."""
    cells: tuple[CellText, ...] = ()
    """Code cells as they stand on the screen."""
    language: str = "python"
    """The cells' language, as the notebook's kernel says."""
