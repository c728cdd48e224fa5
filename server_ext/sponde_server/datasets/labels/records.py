"""Names and tags that a person gives, and the data files of a folder."""

from sponde_server.core.record import record


@record
class NewLabel:
    """What a dataset is called from now on; what is left out stays."""

    name: str | None = None
    """Its name: letters, digits, underscores."""
    tags: tuple[str, ...] | None = None
    """Words to find it by."""


@record
class DataFile:
    """A file that could be a dataset."""

    path: str
    """Where it lies: from the root folder, with slashes."""
    bytes: int
    """Its size."""
    dataset_id: str = ""
    """The dataset that it is already; empty where it is none."""


@record
class DataFolder:
    """The data files in a folder and in those below it."""

    path: str
    """The folder, from the root folder; empty for that one."""
    files: tuple[DataFile, ...]
    """Its data files, by path."""
    is_cut: bool = False
    """Whether there are more than are listed."""


@record
class DatasetColumns:
    """What a dataset's columns are called, to find it by."""

    dataset_id: str
    """The dataset."""
    names: tuple[str, ...]
    """Its columns, in order."""
