"""What left the workbench: published notebooks, and conversations as files."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record


class Standing(StrEnum):
    """How a published notebook's original stands to the copy that is shown."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"


class Format(StrEnum):
    """What a conversation can become."""

    NOTEBOOK = "notebook"
    MARKDOWN = "markdown"
    HTML = "html"


@record
class Publication:
    """A copy of a notebook that is shown as a dashboard, until it is withdrawn."""

    name: str
    """What people call it."""
    source: str
    """The original notebook's path from the root folder."""
    workspace: str
    """The root folder."""
    digest: str
    """The SHA-256 of the original when it was copied."""
    withdrawn_at: datetime | None = None
    """When it was withdrawn; None while it is shown."""
    created_at: datetime = field(default_factory=now)
    """When it was published first."""
    updated_at: datetime = field(default_factory=now)
    """When the copy was made."""
    id: str = field(default_factory=new_id)
    """The publication's id, which is also in its address."""


@record
class Dashboard:
    """A publication as the list shows it."""

    publication: Publication
    """What was published."""
    standing: Standing
    """How its original stands to it."""
    address: str
    """Where it is shown, from the server's base URL."""


@record
class NewPublication:
    """A notebook to publish; one that is published already is updated and keeps its address."""

    source: str
    """The notebook's path from the root folder."""
    name: str = ""
    """What to call it; empty: the notebook's name."""


@record
class NewExport:
    """A conversation to write into a file beside the notebooks."""

    format: Format
    """What it becomes."""
    folder: str = ""
    """The folder to write into, as a path from the root folder."""


@record
class Exported:
    """The file that a conversation became."""

    path: str
    """Its path from the root folder."""


@record
class Entry:
    """One message of a conversation, as an export shows it."""

    is_question: bool
    """Whether the person said it."""
    text: str
    """Markdown."""
    note: str = ""
    """What else to say about it, such as that the answer was cut."""
    outputs: tuple[tuple[str, Any], ...] = ()
    """Tables and pictures: the MIME type of each and its data."""


@record
class Transcript:
    """A conversation from its first message to its last."""

    title: str
    """What it is about."""
    entries: tuple[Entry, ...]
    """Its messages, in order."""


@record
class PublicationChanged:
    """A notebook was published, updated, withdrawn or restored."""

    publication: Publication
    """The publication as it is now."""


@record
class PublicationReady:
    """A notebook was published or updated."""

    publication_id: str
    """Which publication."""
    name: str
    """What people call it."""
