"""Blocks on their way: what a bundle holds, and how an import or an export goes."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.library.fields.records import BlockField
from sponde_server.library.records import Outcome, RevisionCause
from sponde_server.library.sources.records import SourceKind


@record
class BundleRevision:
    """What a block was before an edit."""

    code: str
    """Its code then."""
    name: str = ""
    """Its name then."""
    language: str = ""
    """Its language then."""
    description: str = ""
    """Its description then."""
    tags: tuple[str, ...] = ()
    """Its tags then."""
    fields: tuple[BlockField, ...] = ()
    """Its fields then."""
    written_at: datetime
    """When that text was written."""
    replaced_at: datetime
    """When it was replaced."""
    changed_by: str = ""
    """Who replaced it."""
    cause: RevisionCause = RevisionCause.EDIT
    """How it came to be replaced."""


@record
class BundleSource:
    """Where a block came from, without paths of the machine that it was exported on."""

    kind: SourceKind
    """What kind of place it is."""
    label: str = ""
    """What to call it: a title, or a file's own name."""
    line: int = 0
    """The line in the file, counted from 1."""
    noted_at: datetime
    """When code was kept from there."""


@record
class BundleProof:
    """How a block's present code went where it was exported."""

    ok_runs: int = 0
    """How often it ran through."""
    failed_runs: int = 0
    """How often it failed."""
    last_outcome: Outcome | None = None
    """How the last run went."""
    last_error: str = ""
    """The class of its error; what it said may hold a path or a value, and stays there."""
    last_run_at: datetime | None = None
    """When that was."""
    packages: dict[str, str] = field(default_factory=dict)
    """The packages of the last run without an error, each with its version."""


@record
class BundleBlock:
    """A block as it travels."""

    code: str
    """Its code."""
    name: str = ""
    """Its name."""
    language: str = ""
    """Its language; recognised where empty."""
    description: str = ""
    """What it does."""
    tags: tuple[str, ...] = ()
    """Its tags."""
    fields: tuple[BlockField, ...] = ()
    """The values of its code that are filled in when it is used."""
    id: str = ""
    """Its id where it comes from."""
    created_at: datetime | None = None
    """When it was kept."""
    updated_at: datetime | None = None
    """When a person last changed it."""
    revisions: tuple[BundleRevision, ...] = ()
    """What it was, the oldest first."""
    sources: tuple[BundleSource, ...] = ()
    """Where it came from."""
    proof: BundleProof | None = None
    """How it went; None where it never ran."""


@record
class BlockClaim:
    """What a bundle says of a block's runs elsewhere: a claim, no proof of this library."""

    block_id: str
    """Which block."""
    code_hash: str
    """Of the code that the claim is about."""
    label: str
    """The file that says it."""
    proof: BundleProof
    """What it says."""


class TransferStatus(StrEnum):
    """How far an import or export is."""

    RECEIVING = "receiving"
    READING = "reading"
    READY = "ready"
    WORKING = "working"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDONE = "undone"


class RowState(StrEnum):
    """What a block of an import is here: new, here already, nearly here, or not to be read."""

    NEW = "new"
    SAME = "same"
    NEAR = "near"
    BROKEN = "broken"


class RowChoice(StrEnum):
    """What becomes of a block of an import."""

    KEEP = "keep"
    REVISE = "revise"
    SKIP = "skip"


@record
class ImportRow:
    """A block of an import, before it is kept."""

    at: int
    """Its place in the file, counted from 0."""
    state: RowState
    """What it is here."""
    name: str = ""
    """Its name there."""
    language: str = ""
    """Its language."""
    description: str = ""
    """What it does."""
    place: str = ""
    """Where in the file it stands, such as a file of a zip."""
    note: str = ""
    """Why it cannot be read, or what becomes of it."""
    block_id: str = ""
    """The block here that has the same code, or nearly the same."""
    block_name: str = ""
    """That block's name."""
    likeness: float = 0.0
    """How much they have in common, from 0 to 1."""
    choice: RowChoice = RowChoice.KEEP
    """What becomes of it unless a person says otherwise."""


@record
class BlockImport:
    """An import: a file that is read, shown and kept."""

    filename: str
    """The file's name."""
    status: TransferStatus = TransferStatus.RECEIVING
    """How far it is."""
    done: int = 0
    """How many blocks were read, or kept, so far."""
    total: int = 0
    """How many there are; 0 where nobody knows yet."""
    new: int = 0
    """How many are new."""
    same: int = 0
    """How many are here already."""
    near: int = 0
    """How many are nearly the same as one that is here."""
    broken: int = 0
    """How many cannot be read."""
    added: int = 0
    """How many blocks were made."""
    revised: int = 0
    """How many blocks got a revision."""
    noted: int = 0
    """How many blocks got a source."""
    refused: tuple[str, ...] = ()
    """For each that could not be kept, or not be undone, a sentence that says why."""
    error: str = ""
    """Why it failed."""
    hint: str = ""
    """The way out."""
    id: str = field(default_factory=new_id)
    """The import's id."""
    made_at: datetime = field(default_factory=now)
    """When it was begun."""


@record
class NewBlockImport:
    """A file to import."""

    filename: str = ""
    """Its name, where it is sent in pieces."""
    path: str = ""
    """Its path from the folder that JupyterLab serves, where it lies there."""


@record
class ImportPiece:
    """A piece of a file."""

    at: int
    """How many bytes came before."""
    data: str
    """The bytes, as base64."""


@record
class ImportRows:
    """Some blocks of an import."""

    rows: tuple[ImportRow, ...]
    """The page."""
    total: int
    """How many there are of this state."""


@record
class ImportPair:
    """A block of an import beside the one here that is nearly the same."""

    name: str
    """Its name there."""
    language: str
    """Its language."""
    code: str
    """Its code."""
    mine: str
    """The code of the block here; empty where there is none."""
    mine_name: str
    """Its name."""


@record
class ImportChoices:
    """What becomes of the blocks of an import."""

    choices: dict[str, RowChoice] = field(default_factory=dict)
    """By place, for those whose choice is another than the one that was proposed."""
    near: RowChoice | None = None
    """What becomes of all that are nearly the same; None: as proposed, or as chosen one by one."""


@record
class ImportChanged:
    """An import went on."""

    transfer: BlockImport
    """How far it is."""


class ExportFormat(StrEnum):
    """What is made of blocks."""

    BUNDLE = "bundle"
    FOLDER = "folder"
    NOTEBOOK = "notebook"
    MARKDOWN = "markdown"
    JSON = "json"


@record
class NewBlockExport:
    """Which blocks are exported, and as what."""

    format: ExportFormat = ExportFormat.BUNDLE
    """As what."""
    block_ids: tuple[str, ...] = ()
    """Which; where none is named, those that the query finds."""
    query: str = ""
    """A search; where it is empty, too, all."""
    has_past: bool = True
    """Whether revisions, sources and what is known of runs go along (bundles)."""


@record
class BlockExport:
    """An export: blocks that are written into a file."""

    format: ExportFormat
    """As what."""
    filename: str
    """What the file is called."""
    status: TransferStatus = TransferStatus.WORKING
    """How far it is."""
    done: int = 0
    """How many blocks are written."""
    total: int = 0
    """How many there are."""
    size: int = 0
    """The file's size in bytes."""
    error: str = ""
    """Why it failed."""
    hint: str = ""
    """The way out."""
    id: str = field(default_factory=new_id)
    """The export's id."""
    made_at: datetime = field(default_factory=now)
    """When it was begun."""


@record
class ExportChanged:
    """An export went on."""

    transfer: BlockExport
    """How far it is."""


class PartDeed(StrEnum):
    """What an import did to one block."""

    ADDED = "added"
    REVISED = "revised"
    NOTED = "noted"
    COLLECTED = "collected"


@record
class ImportPart:
    """What an import did to one block: what its undo goes by."""

    import_id: str
    """Which import."""
    block_id: str
    """Which block; or the collection that was made."""
    deed: PartDeed
    """What."""
    revision_id: str = ""
    """The revision that was made of it."""
    source_id: str = ""
    """The source that was noted."""
    code_hash: str = ""
    """Of the code that it had then."""
    updated_at: datetime
    """When a person had last changed it then."""
