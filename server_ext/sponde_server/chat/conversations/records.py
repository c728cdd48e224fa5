"""What the list of conversations shows, and what can be done with them."""

from dataclasses import field
from datetime import datetime

from sponde_server.chat.records import Conversation, Message, Rating, Receipt
from sponde_server.core.record import new_id, now, record


@record
class Folder:
    """A named place for conversations; folders may lie in folders."""

    name: str
    """What people call it."""
    parent_id: str = ""
    """The folder that it lies in; empty: none."""
    id: str = field(default_factory=new_id)
    """The folder's id."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""


@record
class FolderChange:
    """A folder to make, or what is to be different about one; None stays as it is."""

    name: str | None = None
    """Its name."""
    parent_id: str | None = None
    """The folder that it is to lie in; empty: none."""


@record
class ConversationChange:
    """What is to be different about a conversation; None stays as it is."""

    title: str | None = None
    """What it is about; from then on it does not follow what is asked."""
    folder_id: str | None = None
    """The folder that it is to lie in; empty: none."""
    is_pinned: bool | None = None
    """Whether it is to stand above the others."""
    is_archived: bool | None = None
    """Whether it is to be put away."""


@record
class ConversationsChange:
    """The same change to several conversations at once."""

    ids: tuple[str, ...]
    """Which ones."""
    folder_id: str | None = None
    """The folder that they are to lie in; empty: none."""
    is_pinned: bool | None = None
    """Whether they are to stand above the others."""
    is_archived: bool | None = None
    """Whether they are to be put away."""
    is_removed: bool | None = None
    """Whether they are to be deleted; false brings them back."""


@record
class Mark:
    """A part of a passage that was looked for, in UTF-16 code units from its beginning."""

    at: int
    """Where it begins."""
    to: int
    """Where it ends."""


@record
class Hit:
    """Where a search found something."""

    message_id: str
    """The message; a conversation opened there shows it."""
    is_question: bool
    """Whether a person said it."""
    passage: str
    """What stands around it, on one line."""
    marks: tuple[Mark, ...] = ()
    """What was looked for in it."""


@record
class ConversationRow:
    """A conversation in the list."""

    conversation: Conversation
    """The conversation."""
    hit: Hit | None = None
    """What was found in it; None where nothing was looked for, or only its title fits."""


@record
class ConversationPage:
    """A part of the list of conversations."""

    rows: tuple[ConversationRow, ...]
    """The conversations, pinned ones first, then the latest."""
    total: int
    """How many there are in the whole list."""
    unread: int
    """How many conversations have an answer that no tab has shown yet."""
    note: str = ""
    """A sentence about what the search could not do; empty where it did all."""
    is_reading: bool = False
    """Whether more will be found in a moment: messages are still being read in."""


@record
class NewCopy:
    """What to copy of a conversation."""

    leaf_id: str = ""
    """The last message of the branch to copy; empty: the whole tree."""


@record
class NewTitle:
    """Who is to suggest a title."""

    model_id: str = ""
    """Which model or alias; the default where empty."""


@record
class Outline:
    """The shape of a conversation without its texts: enough to know what stands where."""

    ids: tuple[str, ...]
    """The messages, oldest first."""
    parents: tuple[int, ...]
    """For each the position of the message that it follows; -1: none.

    Empty: each follows the one before it.
    """
    lengths: tuple[int, ...]
    """For each how many characters it has."""
    questions: tuple[int, ...]
    """The positions of the questions."""
    kept: dict[int, str]
    """For questions with a chosen answer that answer's id, by position."""
    rounds: dict[int, tuple[str, ...]]
    """For answers of a round the round's id and the model's, by position."""
    streaming: tuple[int, ...]
    """The positions of the answers that are being written."""


@record
class Opening:
    """A conversation as it is opened: all of a short one, the end of a long one."""

    conversation: Conversation
    """The conversation itself."""
    messages: tuple[Message, ...]
    """Its messages, or the newest ones; oldest first."""
    is_whole: bool
    """Whether these are all."""
    is_straight: bool
    """Whether each message follows the one before it; else only the outline tells what is shown."""


@record
class Carried:
    """A message as a file carries it: numbers stand for the ids of this machine."""

    number: int
    """Its place in the file, from 1."""
    parent: int
    """The number of the message that it follows; 0: none."""
    message: Message
    """The message; its ids are empty."""
    kept: int = 0
    """The number of the answer that the conversation goes on from."""
    round: int = 0
    """The number of its round."""
    receipt: Receipt | None = None
    """What was sent for it, word by word."""
    rating: Rating | None = None
    """What a person thinks of it."""


@record
class CarriedConversation:
    """A conversation as a file carries it."""

    title: str
    """What it is about."""
    created_at: datetime
    """When it began."""
    updated_at: datetime
    """When its last message came."""
    is_named: bool = False
    """Whether a person named it."""
    is_pinned: bool = False
    """Whether it stands above the others."""
    is_archived: bool = False
    """Whether it is put away."""
    folder: tuple[str, ...] = ()
    """The folders that it lies in, outermost first."""
    messages: tuple[Carried, ...] = ()
    """Every message of every branch, oldest first."""


@record
class ConversationsFile:
    """A file of conversations."""

    format: str
    """Always `sponde-conversations`."""
    version: int
    """The version of the format: 1."""
    conversations: tuple[CarriedConversation, ...]
    """The conversations."""


@record
class NewExportFile:
    """Which conversations to write into one file."""

    ids: tuple[str, ...] = ()
    """Which ones; none: all that are not deleted."""


@record
class ConversationsImport:
    """A file of conversations to read in."""

    text: str
    """What stands in it: JSON as Sponde, Open WebUI or ChatGPT export it."""
    name: str = ""
    """What the file is called."""


@record
class ConversationsImported:
    """What came of reading a file in."""

    conversations: tuple[Conversation, ...]
    """The new conversations."""
    messages: int
    """How many messages they hold."""
    source: str
    """Whose export it was: Sponde, Open WebUI or ChatGPT."""


@record
class FoldersChanged:
    """A folder was made, renamed, moved or deleted."""

    folders: tuple[Folder, ...]
    """The folders as they are now."""


@record
class UnreadChanged:
    """How many conversations have an answer that no tab has shown yet."""

    count: int
    """How many."""
