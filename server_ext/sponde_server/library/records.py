"""Code worth keeping: what it is, what it was, where it was used and how that went."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record

from .fields.records import BlockField
from .sources.records import NewSource


class Outcome(StrEnum):
    """How a use went. Waiting: it is in a cell that has not been run."""

    WAITING = "waiting"
    OK = "ok"
    FAILED = "failed"


class Place(StrEnum):
    """Where a block is used: in a cell, by `%use --run` or `%%keep`, by a call, or tried."""

    CELL = "cell"
    MAGIC = "magic"
    CALL = "call"
    TRY = "try"


class RevisionCause(StrEnum):
    """How a text came to be replaced: edited, made what it was, tagged with others, or a twin's."""

    EDIT = "edit"
    RESTORE = "restore"
    TAGS = "tags"
    TWIN = "twin"


@record
class CodeFacts:
    """What a block brings and what it must find, as far as its text says."""

    imports: tuple[str, ...] = ()
    """The packages that it imports."""
    defines: tuple[str, ...] = ()
    """The names that it leaves behind."""
    needs: tuple[str, ...] = ()
    """The names that must be there before it runs."""
    packages: tuple[str, ...] = ()
    """What is installed for its imports, such as scikit-learn for sklearn; Python's own not."""
    functions: tuple[str, ...] = ()
    """The functions that it defines."""
    classes: tuple[str, ...] = ()
    """The classes that it defines."""
    datasets: tuple[str, ...] = ()
    """The names of the datasets (in SQL: tables) that it touches."""
    columns: tuple[str, ...] = ()
    """The names of the columns that it touches, in order."""
    makes: tuple[str, ...] = ()
    """Those of its columns that it makes itself: they need not be there before."""


@record
class CodeBlock:
    """One reusable piece of code."""

    name: str
    """What it is called in `%use name`; unique, letters, digits, - and _."""
    language: str
    """The language in lower case, such as python; text where it is unknown."""
    code: str
    """The code."""
    description: str = ""
    """What it does, in a person's words."""
    tags: tuple[str, ...] = ()
    """Words to find it by."""
    facts: CodeFacts = CodeFacts()
    """What its text says."""
    message_id: str | None = None
    """The answer that it came from."""
    uses: int = 0
    """How often it was put into a cell."""
    last_outcome: Outcome | None = None
    """How its present code went when it was last run; None where it never was."""
    last_error: str = ""
    """The error of that run, such as `KeyError: 'price'`."""
    last_run_at: datetime | None = None
    """When that was."""
    ok_runs: int = 0
    """How often its present code ran through without an error."""
    failed_runs: int = 0
    """How often its present code failed."""
    proven_with: dict[str, str] = field(default_factory=dict)
    """The packages of its last run without an error, each with its version."""
    output_id: str = ""
    """The last use whose output is kept; empty where none is."""
    id: str = field(default_factory=new_id)
    """The block's id."""
    created_at: datetime = field(default_factory=now)
    """When it was kept."""
    updated_at: datetime = field(default_factory=now)
    """When a person last changed it."""
    fields: tuple[BlockField, ...] = ()
    """The values of its code that are filled in when it is used."""


@record
class Revision:
    """A code block as it was before an edit."""

    block_id: str
    """Whose."""
    name: str
    """Its name then."""
    language: str
    """Its language then."""
    code: str
    """Its code then."""
    description: str
    """Its description then."""
    tags: tuple[str, ...]
    """Its tags then."""
    written_at: datetime
    """When that text was written."""
    id: str = field(default_factory=new_id)
    """The revision's id."""
    replaced_at: datetime = field(default_factory=now)
    """When it was replaced."""
    changed_by: str = ""
    """Who replaced it, as Jupyter knows them; empty where nobody was noted."""
    cause: RevisionCause = RevisionCause.EDIT
    """How it came to be replaced."""
    fields: tuple[BlockField, ...] = ()
    """Its fields then."""


@record
class Use:
    """A code block put into a cell."""

    block_id: str
    """Which block."""
    notebook: str
    """The notebook's path, from the folder that JupyterLab serves."""
    cell_id: str
    """The cell's id in it; empty where there is none (`%use --run`)."""
    code_hash: str
    """Of the code that was put there."""
    outcome: Outcome = Outcome.WAITING
    """How it went."""
    error_name: str = ""
    """The error's class, where it failed."""
    error_message: str = ""
    """What the error said."""
    place: Place = Place.CELL
    """How it is used."""
    seconds: float | None = None
    """How long it ran."""
    peak_bytes: int | None = None
    """Most resident memory of its process beyond what that held when the run began, in bytes."""
    measured: str = ""
    """How that was found: 'peak' by the system's own mark, 'sampled' by looking now and then."""
    packages: dict[str, str] = field(default_factory=dict)
    """The packages that it imports, each with the version that it ran with."""
    datasets: dict[str, str] = field(default_factory=dict)
    """The datasets that it touches, each with its state then: rows, bytes, when it changed."""
    note: str = ""
    """What else one must know to believe it, such as that it ran on a sample."""
    has_output: bool = False
    """Whether what it showed is kept."""
    id: str = field(default_factory=new_id)
    """The use's id."""
    used_at: datetime = field(default_factory=now)
    """When it was put there, or run there again."""
    ended_at: datetime | None = None
    """When it was run."""


@record
class NewCodeBlock:
    """Code to keep."""

    code: str
    """The code; the same code twice is one block."""
    language: str = ""
    """Its language, as far as somebody said; recognised where empty."""
    name: str = ""
    """What to call it; made from the description or the code where empty."""
    description: str = ""
    """What it does."""
    tags: tuple[str, ...] = ()
    """Words to find it by."""
    message_id: str | None = None
    """The answer that it came from."""
    source: NewSource | None = None
    """The place that it came from; an answer where only `message_id` is given."""


@record
class CodeBlockEdit:
    """What to change; what is left out stays."""

    code: str | None = None
    """The new code."""
    name: str | None = None
    """The new name."""
    language: str | None = None
    """The new language."""
    description: str | None = None
    """The new description."""
    tags: tuple[str, ...] | None = None
    """The new tags, all of them."""


@record
class NewUse:
    """Where a block is put."""

    notebook: str = ""
    """The notebook's path; empty where nobody knows it."""
    cell_id: str = ""
    """The cell's id."""
    place: Place = Place.CELL
    """How it is used."""


@record
class UseOutcome:
    """How a use went."""

    outcome: Outcome
    """Ok or failed."""
    error_name: str = ""
    """The error's class, where it failed."""
    error_message: str = ""
    """What the error said."""
    code: str | None = None
    """What was run, where the cell may have been edited since: only the block's own code counts."""
    seconds: float | None = None
    """How long it ran."""
    peak_bytes: int | None = None
    """Most resident memory of its process beyond what that held when the run began, in bytes."""
    measured: str = ""
    """How that was found: 'peak' by the system's own mark, 'sampled' by looking now and then."""
    packages: dict[str, str] = field(default_factory=dict)
    """The packages that it imports, each with its version."""
    datasets: tuple[str, ...] = ()
    """Names of datasets that it touched, beside those that its text names."""
    note: str = ""
    """What else one must know to believe it."""
    output: dict[str, str] = field(default_factory=dict)
    """What it showed last, by MIME type: text, a table as HTML, a picture as PNG or SVG."""


@record
class LanguageCount:
    """How much of the library is in one language."""

    language: str
    """The language."""
    blocks: int
    """How many blocks."""


@record
class CodeTexts:
    """Texts to look for in the library."""

    codes: tuple[str, ...]
    """Whole codes, at most 200."""


@record
class KnownCode:
    """A text that the library holds."""

    code: str
    """The text as asked."""
    block_id: str
    """The block that holds it."""
    name: str
    """The block's name."""


@record
class CodeBlockChanged:
    """A code block was kept, edited, used or restored."""

    block: CodeBlock
    """The block as it is now."""


@record
class CodeBlockRemoved:
    """A code block was deleted."""

    block_id: str
    """Which one."""


@record
class CodeBlockSaved:
    """A code block was kept for the first time, or edited."""

    block_id: str
    """Which one."""


@record
class CodeBlockUsed:
    """A code block was put into a cell, or ran there."""

    block_id: str
    """Which one."""
    use_id: str
    """The use."""
    outcome: Outcome
    """How it went, so far."""


@record
class CellText:
    """A code cell of a notebook, as it stands."""

    id: str
    """The cell's id."""
    code: str
    """Its text."""


@record
class NewCellNeeds:
    """A notebook's code cells, and the one that is asked about."""

    cell_id: str
    """Which cell."""
    cells: tuple[CellText, ...]
    """The code cells in their order; those after the cell do not matter."""
    longest: int = 16_000
    """Most characters that the cells given back may have together; the nearest go first."""


@record
class NeededCell:
    """An earlier cell that a cell depends on."""

    id: str
    """The cell's id."""
    names: tuple[str, ...]
    """What it brings or changes that is needed."""


@record
class CellNeeds:
    """What a cell depends on, as far as the texts say."""

    cells: tuple[NeededCell, ...] = ()
    """The earlier cells that bring what it needs, directly or through others, in their order."""
    names: tuple[str, ...] = ()
    """The names that the cell itself needs."""
    missing: tuple[str, ...] = ()
    """Those that no earlier cell brings."""
    is_cut: bool = False
    """Whether more cells would belong to them than there was room for."""
