"""Conversations as a file and back, exactly: the whole tree with everything that hangs on it. Pure.

Numbers stand for this machine's ids, so that a file that was read in and written again is the same
to the byte. Bounded: a file that is too large, too new or damaged is refused whole.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sponde_server.chat.records import Conversation, Message, MessageStatus, Rating, Receipt
from sponde_server.core.errors import Invalid, SpondeError, TooLarge
from sponde_server.core.record import new_id
from sponde_server.core.wire import decode, encode
from sponde_server.models.records import Role
from sponde_server.tools.records import CallStatus, ToolCall

from . import foreign
from .records import Carried, CarriedConversation, ConversationsFile, Folder

FORMAT = "sponde-conversations"
VERSION = 1
MOST_MESSAGES = 200_000
_UNFINISHED = (CallStatus.WAITING, CallStatus.RUNNING)


@dataclass(frozen=True)
class Whole:
    """Conversations with everything that belongs to them, as rows hold them."""

    conversations: tuple[Conversation, ...]
    folders: tuple[Folder, ...]
    messages: tuple[Message, ...]
    receipts: Mapping[str, Receipt]
    ratings: tuple[Rating, ...]
    source: str = "Sponde"


def carry(
    conversation: Conversation,
    folder: Sequence[str],
    messages: Sequence[Message],
    receipts: Mapping[str, Receipt],
    ratings: Mapping[str, Rating],
) -> CarriedConversation:
    """Take a conversation out of this machine; messages oldest first."""
    numbers = {message.id: number for number, message in enumerate(messages, 1)}
    rounds: dict[str, int] = {}
    for message in messages:
        if message.round_id:
            rounds.setdefault(message.round_id, len(rounds) + 1)
    return CarriedConversation(
        title=conversation.title,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        is_named=conversation.is_named,
        is_pinned=conversation.is_pinned,
        is_archived=conversation.is_archived,
        folder=tuple(folder),
        messages=tuple(
            Carried(
                number=numbers[message.id],
                parent=numbers.get(message.parent_id or "", 0),
                kept=numbers.get(message.kept_id, 0),
                round=rounds.get(message.round_id, 0),
                message=_still(message),
                receipt=receipts.get(message.id),
                rating=_nowhere(ratings[message.id]) if message.id in ratings else None,
            )
            for message in messages
        ),
    )


def write(conversations: Sequence[CarriedConversation]) -> bytes:
    """Write a file."""
    return encode(
        ConversationsFile(format=FORMAT, version=VERSION, conversations=tuple(conversations))
    )


def read(text: str, name: str, longest: int) -> tuple[list[CarriedConversation], str]:
    """Read a file, and say whose it was; refuse it in a sentence where it cannot be read."""
    called = f"“{name}”" if name else "The file"
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > longest:
        raise TooLarge(
            f"{called} has {size / 1e6:,.0f} MB; {longest / 1e6:,.0f} MB are allowed "
            "(SpondeConversations.longest_file).",
            "Export fewer conversations into one file.",
        )
    data = _json(text, called)
    if isinstance(data, dict) and data.get("format") == FORMAT:
        return _ours(data, text, called), "Sponde"
    found = foreign.read(data)
    if found is None:
        raise Invalid(
            f"{called} holds no conversations that are known here.",
            "Choose a file that Sponde, Open WebUI or ChatGPT exported as JSON.",
        )
    conversations, source = found
    if not any(conversation.messages for conversation in conversations):
        raise Invalid(
            f"{called} is an export of {source} without a single message.",
            "Export the conversations there once more.",
        )
    _check(conversations, called)
    return conversations, source


def _json(text: str, called: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Invalid(
            f"{called} is nested deeper than any export is.", "Choose the file as it was exported."
        ) from error
    except ValueError as error:
        raise Invalid(
            f"{called} is not JSON, or only a part of it: {error}.",
            "Export the conversations once more, and choose the whole file.",
        ) from error


def _ours(data: dict[str, object], text: str, called: str) -> list[CarriedConversation]:
    version = data.get("version")
    if not isinstance(version, int) or version < 1:
        raise Invalid(
            f"{called} does not say which version of the format it has.",
            "Export the conversations once more.",
        )
    if version > VERSION:
        raise Invalid(
            f"{called} was written by a newer Sponde (format {version}; this one reads {VERSION}).",
            "Update Sponde here, then import the file again.",
        )
    try:
        found = list(decode(ConversationsFile, text).conversations)
    except (SpondeError, RecursionError) as error:
        why = error.body()["message"] if isinstance(error, SpondeError) else "It is too deep."
        raise Invalid(
            f"{called} is damaged. {why}",
            "Nothing was imported. Export the conversations once more.",
        ) from error
    _check(found, called)
    return found


def _check(conversations: Sequence[CarriedConversation], called: str) -> None:
    """See that every message follows one before it, and that questions and answers take turns."""
    total = sum(len(conversation.messages) for conversation in conversations)
    if total > MOST_MESSAGES:
        raise TooLarge(
            f"{called} holds {total:,} messages; {MOST_MESSAGES:,} are allowed.",
            "Export fewer conversations into one file.",
        )
    for conversation in conversations:
        roles: dict[int, Role] = {0: Role.ASSISTANT}
        for carried in conversation.messages:
            role = carried.message.role
            parent = roles.get(carried.parent)
            fits = (
                carried.number == len(roles)
                and role in (Role.USER, Role.ASSISTANT)
                and parent is not None
                and parent is not role
            )
            if not fits:
                raise Invalid(
                    f"{called} is damaged: message {carried.number} of “{conversation.title}” "
                    "does not follow the one that it names.",
                    "Nothing was imported. Export the conversations once more.",
                )
            roles[carried.number] = role
        parents = {carried.number: carried.parent for carried in conversation.messages}
        for carried in conversation.messages:
            if carried.kept and parents.get(carried.kept) != carried.number:
                raise Invalid(
                    f"{called} is damaged: message {carried.number} of “{conversation.title}” "
                    "keeps an answer that is not its own.",
                    "Nothing was imported. Export the conversations once more.",
                )


def arrive(
    carried: Sequence[CarriedConversation], folders: Sequence[Folder], source: str = "Sponde"
) -> Whole:
    """Bring conversations onto this machine, under ids of its own."""
    conversations: list[Conversation] = []
    messages: list[Message] = []
    receipts: dict[str, Receipt] = {}
    ratings: list[Rating] = []
    known = list(folders)
    for one in carried:
        conversation = Conversation(
            title=one.title,
            created_at=one.created_at,
            updated_at=one.updated_at,
            is_named=one.is_named,
            is_pinned=one.is_pinned,
            is_archived=one.is_archived,
            folder_id=_place(one.folder, known),
        )
        conversations.append(conversation)
        ids = {0: "", **{step.number: new_id() for step in one.messages}}
        rounds: dict[int, str] = {0: ""}
        for step in one.messages:
            rounds.setdefault(step.round, new_id())
            message = replace(
                step.message,
                id=ids[step.number],
                conversation_id=conversation.id,
                parent_id=ids[step.parent] or None,
                kept_id=ids[step.kept],
                round_id=rounds[step.round],
                calls=tuple(replace(call, id=new_id()) for call in step.message.calls),
            )
            messages.append(message)
            if step.receipt is not None:
                receipts[message.id] = step.receipt
            if step.rating is not None:
                ratings.append(replace(step.rating, id=message.id, conversation_id=conversation.id))
    return Whole(
        conversations=tuple(conversations),
        folders=tuple(known[len(folders) :]),
        messages=tuple(messages),
        receipts=receipts,
        ratings=tuple(ratings),
        source=source,
    )


def copied(title: str, at: datetime, one: CarriedConversation) -> CarriedConversation:
    """Make a copy of a conversation that stands beside it."""
    return replace(one, title=title, updated_at=at, is_named=True, is_pinned=False)


def branch(one: CarriedConversation, number: int) -> CarriedConversation:
    """Leave only the branch that ends in a message."""
    by_number = {step.number: step for step in one.messages}
    steps: list[Carried] = []
    while number:
        steps.insert(0, by_number[number])
        number = by_number[number].parent
    numbers = {0: 0, **{step.number: place for place, step in enumerate(steps, 1)}}
    return replace(
        one,
        messages=tuple(
            replace(
                step,
                number=numbers[step.number],
                parent=numbers[step.parent],
                kept=numbers.get(step.kept, 0),
                round=0,
                message=replace(step.message, is_blind=False),
            )
            for step in steps
        ),
    )


def _place(names: Sequence[str], known: list[Folder]) -> str:
    """Find a folder by its path, making what is not there."""
    parent = ""
    for name in names:
        there = next((f for f in known if f.parent_id == parent and f.name == name), None)
        if there is None:
            there = Folder(name=name, parent_id=parent)
            known.append(there)
        parent = there.id
    return parent


def _still(message: Message) -> Message:
    """Take the ids of this machine off a message; what is under way there is stopped here."""
    status = message.status
    if status is MessageStatus.STREAMING:
        status = MessageStatus.STOPPED
    return replace(
        message,
        id="",
        conversation_id="",
        parent_id=None,
        kept_id="",
        round_id="",
        status=status,
        calls=tuple(_ended(call) for call in message.calls),
    )


def _ended(call: ToolCall) -> ToolCall:
    status = CallStatus.STOPPED if call.status in _UNFINISHED else call.status
    return replace(call, id="", status=status)


def _nowhere(rating: Rating) -> Rating:
    return replace(rating, id="", conversation_id="")
