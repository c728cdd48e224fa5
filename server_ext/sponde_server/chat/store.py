"""Rows of conversations and messages."""

from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace, stamp
from sponde_server.core.wire import encode

from .records import Conversation, Failure, Message, MessageStatus

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_CONVERSATION = f"SELECT {columns(Conversation)} FROM conversation"
_MESSAGE = f"SELECT {columns(Message)} FROM message"


def list_conversations(con: "Connection", query: str, limit: int) -> list[Conversation]:
    """Give the conversations that hold a text (all where it is empty), the latest first."""
    holds = ""
    values: list[object] = []
    if query:
        holds = (
            "AND (contains(lower(title), ?) OR id IN "
            "(SELECT conversation_id FROM message WHERE contains(lower(text), ?)))"
        )
        values = [query.lower(), query.lower()]
    return many(
        con,
        Conversation,
        f"{_CONVERSATION} WHERE removed_at IS NULL {holds} "
        "ORDER BY updated_at DESC, id DESC LIMIT ?",
        [*values, limit],
    )


def find_conversation(con: "Connection", conversation_id: str) -> Conversation | None:
    """Give a conversation that is not deleted."""
    return one(
        con, Conversation, f"{_CONVERSATION} WHERE id = ? AND removed_at IS NULL", [conversation_id]
    )


def find_removed(con: "Connection", conversation_id: str) -> Conversation | None:
    """Give a conversation whether it is deleted or not."""
    return one(con, Conversation, f"{_CONVERSATION} WHERE id = ?", [conversation_id])


def add_conversation(con: "Connection", conversation: Conversation) -> None:
    """Add a conversation."""
    insert(con, "conversation", conversation)


def update_conversation(con: "Connection", conversation: Conversation) -> None:
    """Write a conversation's title and times."""
    replace(con, "conversation", conversation)


def set_removed(con: "Connection", conversation_id: str, moment: datetime | None) -> None:
    """Delete a conversation so that it can be restored, or restore it."""
    con.execute(
        "UPDATE conversation SET removed_at = ? WHERE id = ?",
        [stamp(moment) if moment else None, conversation_id],
    )


def list_messages(con: "Connection", conversation_id: str) -> list[Message]:
    """Give every message of a conversation, oldest first."""
    return many(
        con, Message, f"{_MESSAGE} WHERE conversation_id = ? ORDER BY id", [conversation_id]
    )


def find_message(con: "Connection", message_id: str) -> Message | None:
    """Give one message."""
    return one(con, Message, f"{_MESSAGE} WHERE id = ?", [message_id])


def find_branch(con: "Connection", message_id: str | None) -> list[Message]:
    """Give a message and everything that it follows, oldest first."""
    if message_id is None:
        return []
    ids = [
        row[0]
        for row in con.execute(
            "WITH RECURSIVE up(id, parent_id) AS ("
            "SELECT id, parent_id FROM message WHERE id = ? UNION ALL "
            "SELECT m.id, m.parent_id FROM message m JOIN up ON m.id = up.parent_id) "
            "SELECT id FROM up",
            [message_id],
        ).fetchall()
    ]
    marks = ", ".join("?" * len(ids))
    return many(con, Message, f"{_MESSAGE} WHERE id IN ({marks}) ORDER BY id", ids) if ids else []


def add_asked(con: "Connection", conversation: Conversation, *messages: Message) -> None:
    """Add a question and the beginning of its answer; note that the conversation grew."""
    replace(con, "conversation", conversation)
    insert(con, "message", *messages)


def save_progress(con: "Connection", message: Message) -> None:
    """Keep how far an answer has come, and what was sent for it."""
    receipt = None if message.receipt is None else encode(message.receipt).decode()
    con.execute(
        "UPDATE message SET text = ?, receipt = ? WHERE id = ?",
        [message.text, receipt, message.id],
    )


def finish(con: "Connection", message: Message) -> None:
    """Write an answer as it ended."""
    replace(con, "message", message)


def interrupt_streaming(con: "Connection", failure: Failure) -> int:
    """Mark the answers that a dead server left unfinished; give how many there were."""
    return len(
        con.execute(
            "UPDATE message SET status = ?, failure = ? WHERE status = ? RETURNING id",
            [
                MessageStatus.INTERRUPTED.value,
                encode(failure).decode(),
                MessageStatus.STREAMING.value,
            ],
        ).fetchall()
    )
