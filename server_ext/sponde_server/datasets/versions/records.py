"""The contents that a dataset has had, and what changed from one to the next."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class VersionCause(StrEnum):
    """Why a dataset has other contents than before."""

    ADDED = "added"
    """It was registered."""
    CHANGED = "changed"
    """Its file was found changed on the disk."""
    REPLACED = "replaced"
    """A file that was sent took its file's place."""
    PUT_BACK = "put_back"
    """A person went back to earlier contents."""


class ChangeKind(StrEnum):
    """What is different from the version before."""

    ROWS = "rows"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    RETYPED = "retyped"
    MOVED = "moved"
    GAPS = "gaps"
    SHIFTED = "shifted"
    VALUES = "values"


@record
class Spread:
    """How a column's values were spread before and are now: shares of all its values."""

    labels: tuple[str, ...]
    """What each bar stands for: from a value to a value, or one value."""
    before: tuple[float, ...]
    """The shares before."""
    after: tuple[float, ...]
    """The shares now."""


@record
class VersionChange:
    """One thing that is different from the version before."""

    kind: ChangeKind
    """What kind of thing."""
    sentence: str
    """The same in words."""
    column: str = ""
    """The column that it is about, by its name now; empty where it is about all."""
    spread: Spread | None = None
    """How the column's values were spread before and are now, where that is the matter."""


@record
class DatasetVersion:
    """The contents that a dataset has, or had."""

    dataset_id: str
    """The dataset."""
    number: int
    """Counted from 1; the highest is what it has now."""
    cause: VersionCause
    """Why they are others than before."""
    bytes: int
    """The file's size."""
    modified: float
    """When the file had last changed, in seconds since 1970."""
    digest: str
    """What tells these contents from others: SHA-256 of the file, of a large one of parts of it."""
    rows: int
    """How many rows they have."""
    columns: int
    """How many columns they have."""
    is_kept: bool = False
    """Whether the file itself is kept, so that one can go back to it."""
    gone_at: datetime | None = None
    """When the file was found to be gone, where that happened with these contents."""
    changes: tuple[VersionChange, ...] = ()
    """What is different from the version before, what matters most first; the first hundred."""
    change_count: int = 0
    """How many differences there are in all."""
    id: str = field(default_factory=new_id)
    """The version's id."""
    noted_at: datetime = field(default_factory=now)
    """When it was noticed."""


@record
class DatasetHistory:
    """What a dataset has been."""

    dataset_id: str
    """The dataset."""
    versions: tuple[DatasetVersion, ...]
    """The latest first; its first is what the dataset has now."""
    kept_bytes: int = 0
    """How many bytes the kept files of its earlier versions take."""
    known: tuple[str, ...] = ()
    """The ids of those whose profile is known still: any two of them can be compared."""


@record
class VersionComparison:
    """What is different from one version to another."""

    before: DatasetVersion
    """The one."""
    after: DatasetVersion
    """The other."""
    changes: tuple[VersionChange, ...]
    """What is different, what matters most first; the first hundred."""
    change_count: int
    """How many differences there are in all."""


@record
class DatasetHistoryChanged:
    """A dataset got a version more, or its file is gone."""

    dataset_id: str
    """Which one."""
