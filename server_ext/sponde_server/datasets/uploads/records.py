"""Files on their way from a person's computer into the folder that JupyterLab serves."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.datasets.records import Dataset


class NameConflict(StrEnum):
    """What is done where a file of the upload's name is there already."""

    ASK = "ask"
    """Nothing: it is told, and the person chooses."""
    KEEP_BOTH = "keep_both"
    """The new file gets a number behind its name."""
    REPLACE = "replace"
    """The new file takes the place of the old one, which is kept apart and can be put back."""


@record
class NewUpload:
    """A file that is about to be sent."""

    name: str
    """The file's own name, without folders."""
    bytes: int
    """Its size."""
    folder: str = ""
    """Where it is to lie: from the root folder, with slashes."""
    modified: int = 0
    """When the file last changed on the person's computer, in milliseconds since 1970."""
    head: str = ""
    """The SHA-256 of its first 64 KiB in hexadecimal; empty where the browser cannot tell."""
    fresh: bool = False
    """Whether to begin anew though the same file is here in part."""
    makes_folder: bool = False
    """Whether the folder is made where it is not there, as for a folder that is sent whole."""


@record
class DatasetUpload:
    """How far a file is on its way."""

    name: str
    """The file's name."""
    bytes: int
    """Its size."""
    folder: str = ""
    """Where it is to lie: from the root folder, with slashes."""
    modified: int = 0
    """When it last changed on the person's computer, in milliseconds since 1970."""
    head: str = ""
    """The SHA-256 of its first 64 KiB; empty where that is unknown."""
    received: int = 0
    """How many of its bytes are here; what is sent next begins there."""
    is_taken: bool = False
    """Whether a file of this name lies in the folder already."""
    path: str = ""
    """Where it was put at the end, from the root folder; empty until then."""
    dataset_id: str = ""
    """The dataset that it became; empty until then."""
    has_replaced: bool = False
    """Whether it took the place of a file, which can be put back."""
    workspace: str = ""
    """The root folder that its folder begins in."""
    id: str = field(default_factory=new_id)
    """The upload's id."""
    created_at: datetime = field(default_factory=now)
    """When it began."""


@record
class KeptUpload:
    """What is written beside the bytes of an upload, so that it goes on after a restart."""

    upload: DatasetUpload
    """How far it was."""
    checked_to: int | None = None
    """So many bytes are known to be right; None: all that are there were taken unchecked."""


@record
class UploadEnd:
    """All bytes are sent."""

    conflict: NameConflict = NameConflict.ASK
    """What to do where a file of this name is there already."""


@record
class UploadedDataset:
    """A file that has arrived, and the dataset that it became."""

    upload: DatasetUpload
    """The upload at its end."""
    dataset: Dataset
    """The dataset."""
