"""Files that are fetched from an address."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.datasets.records import Trouble


class FetchStatus(StrEnum):
    """How far a fetch is."""

    FETCHING = "fetching"
    WAITING = "waiting"
    """The connection broke; it goes on by itself."""
    DONE = "done"
    FAILED = "failed"


@record
class NewFetch:
    """An address to fetch a file from."""

    address: str
    """The file's address, such as https://example.org/data/towns.csv."""
    folder: str = ""
    """Where the file is to lie: from the root folder, with slashes."""
    name: str = ""
    """What to call the file; as the server calls it where empty."""


@record
class AddressFetch:
    """How far a file from an address is on its way."""

    address: str
    """The file's address, without what follows '?'."""
    name: str
    """The file's name."""
    folder: str = ""
    """Where it is to lie: from the root folder, with slashes."""
    bytes: int | None = None
    """Its size; None where the server does not say."""
    received: int = 0
    """How many of its bytes are here."""
    status: FetchStatus = FetchStatus.FETCHING
    """How far it is."""
    failure: Trouble | None = None
    """Why it failed, or what it waits for."""
    dataset_id: str = ""
    """The dataset that it became; empty until then."""
    id: str = field(default_factory=new_id)
    """The fetch's id."""
    created_at: datetime = field(default_factory=now)
    """When it began."""


@record
class KeptFetch:
    """What is written beside the bytes of a fetch, so that it can go on after a restart."""

    fetch: AddressFetch
    """How far it was."""
    address: str
    """The whole address."""
    wish: str = ""
    """What the person wants the file to be called; empty where the server says."""
    mark: str = ""
    """What tells this file from a later one at the same address: its ETag, or its time."""
    workspace: str = ""
    """The root folder that its folder begins in."""


@record
class AddressFetchChanged:
    """A fetch went on, failed or ended."""

    fetch: AddressFetch
    """The fetch as it is now."""


@record
class AddressFetchRemoved:
    """A fetch was cancelled or put away."""

    fetch_id: str
    """Which one."""
