"""Where the file of a dataset may be that is not where it was."""

from sponde_server.core.record import record


@record
class Whereabout:
    """A file that may be the one that is gone."""

    path: str
    """Where it lies: from the root folder, with slashes."""
    bytes: int
    """Its size."""
    is_same: bool
    """Whether its contents are those that the dataset had; else it has the name only."""


@record
class Whereabouts:
    """The files that may be the one that is gone."""

    dataset_id: str
    """The dataset."""
    found: tuple[Whereabout, ...]
    """The likeliest first."""
    is_cut: bool = False
    """Whether there are more files than were looked through."""


@record
class NewWhereabout:
    """Where the file is now."""

    path: str
    """From the root folder, with slashes."""


@record
class Found:
    """What was pointed at its file again."""

    names: tuple[str, ...]
    """The datasets: the one that was asked for, and others that had moved along with it."""
