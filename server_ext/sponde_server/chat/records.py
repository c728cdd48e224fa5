"""Conversations and their messages. Every message has a parent: an edit or a retry is a sibling."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record
from sponde_server.models.records import Role, Turn, Usage


class MessageStatus(StrEnum):
    """How far an answer has come. Everything but streaming is final."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    TRUNCATED = "truncated"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class ReferenceKind(StrEnum):
    """What an @name can name."""

    DATASET = "dataset"
    CODE_BLOCK = "code_block"


@record
class Reference:
    """An @name in a message, and what it names."""

    kind: ReferenceKind
    """What it is."""
    name: str
    """The name as written, without the @."""
    id: str
    """The id of what it names."""


@record
class Output:
    """A table or a picture in an answer, as a notebook's output would carry it."""

    mime: str
    """Its MIME type, such as text/html or application/vnd.vegalite.v5+json."""
    data: Any
    """Text, or JSON for types that end in +json."""


@record
class Receipt:
    """Exactly what was sent for an answer, and to whom."""

    model: str
    """The model's name."""
    provider: str
    """The provider's name."""
    address: str
    """Where it was sent."""
    is_local: bool
    """Whether that is this machine."""
    turns: tuple[Turn, ...]
    """What was sent, word by word."""
    tokens: int
    """About how many tokens (a quarter of the characters, until the provider counts)."""
    model_id: str = ""
    """The model's id."""


@record
class NamedBlock:
    """A code block that a person named in a question."""

    id: str
    """The block's id."""
    name: str
    """Its name."""
    language: str
    """Its language."""
    code: str
    """Its text."""


@record
class CommandAnswer:
    """What a slash command says."""

    text: str
    """Markdown."""
    outputs: tuple[Output, ...] = ()
    """Tables and pictures."""


@record
class Failure:
    """Why there is no whole answer."""

    message: str
    """What went wrong."""
    code: str
    """Which kind of failure."""
    hint: str
    """The way out."""


@record
class Conversation:
    """Messages in order, about one matter."""

    title: str = "New conversation"
    """What it is about; the first question's beginning until renamed."""
    id: str = field(default_factory=new_id)
    """The conversation's id."""
    created_at: datetime = field(default_factory=now)
    """When it began."""
    updated_at: datetime = field(default_factory=now)
    """When the last message came."""


@record
class Message:
    """One turn: a question, or an answer."""

    conversation_id: str
    """Where it belongs."""
    role: Role
    """Who speaks: user or assistant."""
    text: str
    """Markdown."""
    parent_id: str | None = None
    """The message that it follows; None for the first."""
    status: MessageStatus = MessageStatus.COMPLETE
    """How far it has come."""
    references: tuple[Reference, ...] = ()
    """What its @names name (questions only)."""
    outputs: tuple[Output, ...] = ()
    """Tables and pictures (answers only)."""
    receipt: Receipt | None = None
    """What was sent for it (answers of models only)."""
    usage: Usage | None = None
    """What it cost, where the provider said so."""
    failure: Failure | None = None
    """Why it failed or was cut."""
    id: str = field(default_factory=new_id)
    """The message's id."""
    created_at: datetime = field(default_factory=now)
    """When it was asked or began."""


@record
class NewConversation:
    """A conversation to begin, or a new title for one."""

    title: str = "New conversation"
    """What it is about."""


@record
class NewMessage:
    """A question."""

    text: str
    """Markdown; a first word with a slash is a command that needs no model."""
    parent_id: str | None = None
    """The message that it follows; None for the first."""
    model_id: str = ""
    """Which model; the default where empty."""


@record
class Asked:
    """A question and the answer that is on its way."""

    question: Message
    """The question as kept."""
    answer: Message
    """The answer so far; follow the stream for the rest."""


@record
class Command:
    """A slash command that answers without a model."""

    name: str
    """The word after the slash."""
    usage: str
    """How it is written, such as `/plot @dataset column [by column]`."""
    summary: str
    """What it does, in a few words."""


@record
class MessageGrew:
    """Text was added to an answer."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""
    at: int
    """Where the text belongs, counted in UTF-16 code units from the answer's beginning."""
    text: str
    """The text."""


@record
class MessageChanged:
    """A message was added, or its status changed."""

    message: Message
    """The message as it is now."""


@record
class ConversationChanged:
    """A conversation was begun, renamed, restored or grew."""

    conversation: Conversation
    """The conversation as it is now."""


@record
class ConversationRemoved:
    """A conversation was deleted."""

    conversation_id: str
    """Which one."""


@record
class MessageCompleted:
    """An answer ended, whole or not."""

    conversation_id: str
    """Where."""
    message_id: str
    """Which answer."""
