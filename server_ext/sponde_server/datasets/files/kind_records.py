"""Which kinds of files become datasets."""

from sponde_server.core.record import record


@record
class OtherReader:
    """A reader that another package brings."""

    name: str
    """Its name, as its entry point says it."""
    extensions: tuple[str, ...]
    """Endings of the files that it reads, such as .dbf."""
    trouble: str = ""
    """Why it cannot be used; empty where it can."""


@record
class DatasetKinds:
    """Which files become datasets."""

    extensions: tuple[str, ...]
    """Endings of their names, others' readers' among them."""
    readers: tuple[OtherReader, ...]
    """The readers that other packages bring."""
