"""The library as files in a folder: what is in step, what is in conflict, and what git says."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import now, record


@record
class LibraryFolder:
    """The folder that holds the library as files."""

    path: str
    """The folder on the server's machine."""
    seen_change: int = -1
    """The last change of the library that is written into it."""
    set_at: datetime = field(default_factory=now)
    """When it was set."""
    id: str = "folder"
    """There is one."""


@record
class FolderFile:
    """The file of a block, and the text in which both were last the same."""

    block_id: str
    """Which block."""
    path: str
    """The file, from the folder, with slashes."""
    digest: str
    """Of the text that both had."""
    mtime_ns: int
    """When the file was changed then, in nanoseconds."""
    size: int
    """Its size then, in bytes."""


class ConflictKind(StrEnum):
    """What is at odds: both were changed, one side is gone, or git could not merge."""

    CHANGED = "changed"
    FILE_GONE = "file_gone"
    BLOCK_GONE = "block_gone"
    MERGE = "merge"


@record
class FolderConflict:
    """A block and its file that say different things: a person decides."""

    path: str
    """The file, from the folder."""
    kind: ConflictKind
    """What is at odds."""
    name: str
    """The block's name."""
    words: str
    """What happened, in a sentence."""
    mine: str
    """The text here; empty where it is gone."""
    theirs: str
    """The text there; empty where it is gone."""
    language: str = ""
    """The language of both."""
    block_id: str = ""
    """The block; empty where the library has none."""


class Side(StrEnum):
    """Whose text is kept."""

    MINE = "mine"
    THEIRS = "theirs"
    EDITED = "edited"


@record
class NewResolution:
    """How a conflict ends."""

    path: str
    """The file, from the folder."""
    side: Side
    """Whose text is kept."""
    text: str = ""
    """The text of the file, where it was edited."""


@record
class GitState:
    """What git says of the folder."""

    is_there: bool = False
    """Whether git is installed."""
    is_repository: bool = False
    """Whether the folder lies in a repository."""
    branch: str = ""
    """The branch; empty where none is checked out."""
    remote: str = ""
    """Where it is pushed, without names and passwords; empty where nowhere."""
    has_upstream: bool = False
    """Whether the branch has been pushed or pulled before."""
    ahead: int = 0
    """Commits here that are not there, as of the last pull."""
    behind: int = 0
    """Commits there that are not here, as of the last pull."""
    changed: tuple[str, ...] = ()
    """Files of the library that are not committed."""
    is_merging: bool = False
    """Whether a pull waits for conflicts to be solved."""
    last_commit: str = ""
    """The last commit, in its first line."""
    suggestion: str = ""
    """A message for a commit of what has changed."""
    note: str = ""
    """What stands in the way, in a sentence with the way out."""


@record
class FolderState:
    """The library as files: how it stands."""

    path: str = ""
    """The folder; empty where none is set."""
    files: int = 0
    """How many blocks have a file there."""
    conflicts: tuple[FolderConflict, ...] = ()
    """What waits for a person."""
    refused: tuple[str, ...] = ()
    """For each file that could not be taken, a sentence that says why."""
    others: int = 0
    """Files of code there without a head of ours: they are left alone."""
    problem: str = ""
    """Why nothing is kept in step now."""
    hint: str = ""
    """The way out."""
    git: GitState = GitState()
    """What git says."""
    looked_at: datetime | None = None
    """When both were last compared."""


@record
class NewFolder:
    """Where the library is to lie as files."""

    path: str
    """A folder, from the one that JupyterLab serves or from the root of the machine; it is made."""


@record
class FolderPlan:
    """What would happen if a folder were set."""

    path: str
    """The folder."""
    exists: bool
    """Whether it is there."""
    to_write: int
    """How many blocks would be written into it."""
    to_take: int
    """How many files of it would become blocks."""
    others: int
    """How many files of code without a head of ours would be left alone."""
    is_repository: bool
    """Whether it lies in a git repository."""


@record
class NewCommit:
    """What is written of a commit."""

    message: str
    """Its message."""


@record
class NewRemote:
    """Where the folder is pushed."""

    url: str
    """The address, without a password."""


@record
class GitDone:
    """What came of a deed of git."""

    said: str
    """In a sentence."""
    state: FolderState
    """How it stands now."""


@record
class FolderChanged:
    """The folder was compared with the library: ask again."""

    conflicts: int
    """How many wait for a person."""
    changed: int
    """How many blocks or files were brought in step."""
