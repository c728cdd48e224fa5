"""Rows of conversations and folders: listed, filed, outlined, carried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sponde_server.chat.records import Conversation, Message, Rating, Receipt
from sponde_server.core.rows import columns, insert, insert_many, many, one, replace, stamp
from sponde_server.core.wire import decode, encode

from .query import Query, State
from .records import Folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_CONVERSATION = f"SELECT {columns(Conversation)} FROM conversation"
_MESSAGE = f"SELECT {columns(Message)} FROM message"
_ORDER = "ORDER BY is_pinned DESC, updated_at DESC, id DESC"


@dataclass(frozen=True)
class Fitting:
    """The conversations that a search looks through."""

    only: frozenset[str] | None
    """These; None: all."""
    without: frozenset[str]
    """Not these."""
    titled: tuple[str, ...]
    """Those whose titles hold the words, in the list's order, as many as are asked for."""


# -- conversations --------------------------------------------------------------------------------


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


def find(con: "Connection", conversation_id: str) -> Conversation | None:
    """Give a conversation that is not deleted."""
    return one(
        con, Conversation, f"{_CONVERSATION} WHERE id = ? AND removed_at IS NULL", [conversation_id]
    )


def add(con: "Connection", conversation: Conversation) -> None:
    """Add a conversation."""
    insert(con, "conversation", conversation)


def change(con: "Connection", ids: Sequence[str], values: dict[str, Any]) -> list[Conversation]:
    """Write some fields of conversations; give those that are there now."""
    if values and ids:
        sets = ", ".join(f'"{name}" = ?' for name in values)
        con.execute(
            f"UPDATE conversation SET {sets} WHERE id IN ({_marks(ids)})", [*values.values(), *ids]
        )
    return of_ids(con, ids)


def of_ids(con: "Connection", ids: Sequence[str]) -> list[Conversation]:
    """Give the conversations with these ids that are not deleted."""
    if not ids:
        return []
    return many(
        con,
        Conversation,
        f"{_CONVERSATION} WHERE id IN ({_marks(ids)}) AND removed_at IS NULL",
        list(ids),
    )


def page(
    con: "Connection", query: Query, folder_id: str | None, offset: int, limit: int
) -> tuple[list[Conversation], int]:
    """Give a part of the conversations that fit a search's filters, and how many fit."""
    where, values = _where(con, query)
    where += ["contains(lower(title), ?)" for _ in query.words]
    values += [word.lower() for word in query.words]
    if folder_id is not None:
        where.append("folder_id = ?")
        values.append(folder_id)
    holds = " AND ".join(where)
    row = con.execute(f"SELECT count(*) FROM conversation WHERE {holds}", values).fetchone()
    found = many(
        con,
        Conversation,
        f"{_CONVERSATION} WHERE {holds} {_ORDER} LIMIT ? OFFSET ?",
        [*values, limit, offset],
    )
    return found, row[0] if row else 0


def fitting(con: "Connection", query: Query, folder_id: str | None, most: int) -> Fitting:
    """Give the conversations that fit the filters, and those whose titles hold the words."""
    where, values = _where(con, query)
    if folder_id is not None:
        where.append("folder_id = ?")
        values.append(folder_id)
    holds = " AND ".join(where)
    titled = []
    if query.words:
        words = " AND ".join("contains(lower(title), ?)" for _ in query.words)
        titled = con.execute(
            f"SELECT id FROM conversation WHERE {holds} AND {words} {_ORDER} LIMIT ?",
            [*values, *[word.lower() for word in query.words], most],
        ).fetchall()
    # Mostly all fit but a few: the few are named then, and not thousands.
    is_plain = not values and not query.states and not query.folders
    asked = f"NOT ({holds})" if is_plain else holds
    ids = con.execute(f"SELECT id FROM conversation WHERE {asked}", values).fetchall()
    known = frozenset(row[0] for row in ids)
    return Fitting(
        only=None if is_plain else known,
        without=known if is_plain else frozenset(),
        titled=tuple(row[0] for row in titled),
    )


def in_order(
    con: "Connection", ids: Sequence[str], offset: int, limit: int
) -> tuple[list[Conversation], int]:
    """Give a part of these conversations in the list's order, and how many there are."""
    ordered = con.execute(
        "SELECT id FROM conversation WHERE removed_at IS NULL "
        f"AND id IN (SELECT unnest(?::VARCHAR[])) {_ORDER}",
        [list(ids)],
    ).fetchall()
    shown = [row[0] for row in ordered[offset : offset + limit]]
    found = {conversation.id: conversation for conversation in of_ids(con, shown)}
    return [found[one] for one in shown], len(ordered)


def rated(con: "Connection", ids: Sequence[str], verdict: str) -> dict[str, str]:
    """Give for conversations the newest answer with a verdict."""
    rows = con.execute(
        "SELECT conversation_id, max(id) FROM rating WHERE verdict = ? "
        f"AND conversation_id IN ({_marks(ids)}) GROUP BY conversation_id",
        [verdict, *ids],
    ).fetchall()
    return dict(rows)


def count_after(con: "Connection", message_id: str) -> int:
    """Count the messages after one."""
    row = con.execute("SELECT count(*) FROM message WHERE id > ?", [message_id]).fetchone()
    return row[0] if row else 0


def _where(con: "Connection", query: Query) -> tuple[list[str], list[Any]]:
    """Say in SQL what a search's filters ask of a conversation."""
    where = ["removed_at IS NULL"]
    values: list[Any] = []
    if State.ARCHIVED in query.states:
        where.append("is_archived")
    elif not query.is_anywhere:
        where.append("NOT is_archived")
    if State.PINNED in query.states:
        where.append("is_pinned")
    if State.UNREAD in query.states:
        where.append("is_unread")
    for state, verdict in ((State.LIKED, "liked"), (State.DISLIKED, "disliked")):
        if state in query.states:
            where.append("id IN (SELECT conversation_id FROM rating WHERE verdict = ?)")
            values.append(verdict)
    if query.after is not None:
        where.append("updated_at >= ?")
        values.append(stamp(query.after))
    if query.before is not None:
        where.append("created_at < ?")
        values.append(stamp(query.before))
    for name in query.folders:
        inside = _below(con, name)
        where.append(f"folder_id IN ({_marks(inside)})" if inside else "false")
        values += inside
    return where, values


def _below(con: "Connection", name: str) -> list[str]:
    """Give the folders of a name, and those that lie in them."""
    folders = list_folders(con)
    found = {folder.id for folder in folders if folder.name.casefold() == name.casefold()}
    while True:
        more = {f.id for f in folders if f.parent_id in found} - found
        if not more:
            return sorted(found)
        found |= more


def count_unread(con: "Connection") -> int:
    """Count the conversations with an answer that no tab has shown yet."""
    row = con.execute(
        "SELECT count(*) FROM conversation WHERE is_unread AND removed_at IS NULL"
    ).fetchone()
    return row[0] if row else 0


def set_unread(
    con: "Connection", conversation_id: str, is_unread: bool
) -> tuple[Conversation | None, int]:
    """Note whether an answer ended that no tab has shown, and count such conversations.

    Both in one write, so that what is told of them is told in the order in which it happened.
    The conversation is None where it was noted so already.
    """
    changed = con.execute(
        "UPDATE conversation SET is_unread = ? WHERE id = ? AND is_unread <> ? RETURNING id",
        [is_unread, conversation_id, is_unread],
    ).fetchall()
    return (find(con, conversation_id) if changed else None), count_unread(con)


def set_title(con: "Connection", conversation_id: str, title: str, is_named: bool) -> None:
    """Give a title; one that a person gave is only changed by a person."""
    con.execute(
        "UPDATE conversation SET title = ?, is_named = ? WHERE id = ? AND (? OR NOT is_named)",
        [title, is_named, conversation_id, is_named],
    )


# -- folders --------------------------------------------------------------------------------------


def list_folders(con: "Connection") -> list[Folder]:
    """Give the folders by name."""
    return many(
        con, Folder, f"SELECT {columns(Folder)} FROM folder ORDER BY lower(name), created_at, id"
    )


def add_folder(con: "Connection", folder: Folder) -> None:
    """Add a folder."""
    insert(con, "folder", folder)


def update_folder(con: "Connection", folder: Folder) -> None:
    """Write a folder's name and place."""
    replace(con, "folder", folder)


def remove_folder(con: "Connection", folder: Folder) -> list[Conversation]:
    """Delete a folder: what lies in it goes up. Gives the conversations that moved."""
    ids = [
        row[0]
        for row in con.execute(
            "SELECT id FROM conversation WHERE folder_id = ?", [folder.id]
        ).fetchall()
    ]
    con.execute(
        "UPDATE folder SET parent_id = ? WHERE parent_id = ?", [folder.parent_id, folder.id]
    )
    con.execute("DELETE FROM folder WHERE id = ?", [folder.id])
    return change(con, ids, {"folder_id": folder.parent_id})


# -- messages -------------------------------------------------------------------------------------


def outline(con: "Connection", conversation_id: str) -> list[tuple[Any, ...]]:
    """Give the shape of a conversation: a row without text for each message, oldest first."""
    return con.execute(
        "SELECT id, parent_id, length(text), role, kept_id, round_id, model_id, status "
        "FROM message WHERE conversation_id = ? ORDER BY id",
        [conversation_id],
    ).fetchall()


def newest(con: "Connection", conversation_id: str, limit: int) -> list[Message]:
    """Give the newest messages of a conversation, oldest first."""
    ids = [
        row[0]
        for row in con.execute(
            "SELECT id FROM message WHERE conversation_id = ? ORDER BY id DESC LIMIT ?",
            [conversation_id, limit],
        ).fetchall()
    ]
    return messages_of(con, ids)


def first_question(con: "Connection", conversation_id: str) -> Message | None:
    """Give the question that a conversation began with."""
    return one(
        con,
        Message,
        f"{_MESSAGE} WHERE conversation_id = ? AND parent_id IS NULL ORDER BY id LIMIT 1",
        [conversation_id],
    )


def first_answer(con: "Connection", question_id: str) -> Message | None:
    """Give the first answer to a question."""
    return one(con, Message, f"{_MESSAGE} WHERE parent_id = ? ORDER BY id LIMIT 1", [question_id])


def is_first_answer(con: "Connection", message_id: str) -> bool:
    """Tell whether a message answers a question that follows nothing, and was asked first.

    Looks only at rows of its conversation's beginning and reads no texts.
    """
    row = con.execute("SELECT parent_id, conversation_id FROM message WHERE id = ?", [message_id])
    found = row.fetchone()
    if found is None or found[0] is None:
        return False
    first = con.execute(
        "SELECT min(id) FROM message WHERE conversation_id = ? AND parent_id IS NULL", [found[1]]
    ).fetchone()
    return first is not None and bool(first[0] == found[0])


def list_messages(con: "Connection", conversation_id: str) -> list[Message]:
    """Give every message of a conversation, oldest first."""
    return many(
        con, Message, f"{_MESSAGE} WHERE conversation_id = ? ORDER BY id", [conversation_id]
    )


def ratings(con: "Connection", conversation_id: str) -> list[Rating]:
    """Give the ratings of a conversation's answers."""
    return many(
        con,
        Rating,
        f"SELECT {columns(Rating)} FROM rating WHERE conversation_id = ? ORDER BY id",
        [conversation_id],
    )


def messages_of(con: "Connection", ids: Sequence[str]) -> list[Message]:
    """Give the messages with these ids, oldest first."""
    if not ids:
        return []
    return many(con, Message, f"{_MESSAGE} WHERE id IN ({_marks(ids)}) ORDER BY id", list(ids))


def unread_in(
    con: "Connection", message_id: str, limit: int, waiting: Sequence[str]
) -> tuple[list[tuple[str, bool]], list[tuple[str, ...]]]:
    """Give what an index lacks: the messages after one, whether they grow; and what is read in.

    Read in is what does not grow: of those, and of the ones that waited for their end.
    """
    rows = after(con, message_id, limit)
    ended = [one for one, is_growing in rows if not is_growing]
    if waiting:
        ended += [
            row[0]
            for row in con.execute(
                f"SELECT id FROM message WHERE id IN ({_marks(waiting)}) "
                "AND status <> 'streaming' AND id <= ?",
                [*waiting, rows[-1][0] if rows else message_id],
            ).fetchall()
        ]
    return rows, texts(con, ended)


def after(con: "Connection", message_id: str, limit: int) -> list[tuple[str, bool]]:
    """Give the messages after one, and whether they are still being written."""
    return con.execute(
        "SELECT id, status = 'streaming' FROM message WHERE id > ? ORDER BY id LIMIT ?",
        [message_id, limit],
    ).fetchall()


def texts(con: "Connection", ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Give what is read in: id, conversation, role, text, references, receipt, model."""
    if not ids:
        return []
    return con.execute(
        "SELECT id, conversation_id, role, text, \"references\", coalesce(receipt, ''), model_id "
        f"FROM message WHERE id IN ({_marks(ids)}) ORDER BY id",
        list(ids),
    ).fetchall()


def receipts(con: "Connection", conversation_id: str) -> dict[str, Receipt]:
    """Give what was sent for a conversation's answers, by their ids."""
    rows = con.execute(
        "SELECT id, content FROM receipt WHERE id IN "
        "(SELECT id FROM message WHERE conversation_id = ?)",
        [conversation_id],
    ).fetchall()
    return {row[0]: decode(Receipt, row[1]) for row in rows}


def add_whole(
    con: "Connection",
    conversations: Sequence[Conversation],
    folders: Sequence[Folder],
    messages: Sequence[Message],
    sent: Mapping[str, Receipt],
    ratings: Sequence[Rating],
) -> None:
    """Add conversations with everything that belongs to them: all of it, or nothing."""
    insert_many(con, "folder", folders)
    insert_many(con, "conversation", conversations)
    insert_many(con, "message", messages)
    insert_many(con, "rating", ratings)
    for start in range(0, len(sent), 1000):
        part = list(sent.items())[start : start + 1000]
        con.execute(
            "INSERT INTO receipt (id, content) SELECT unnest(?), unnest(?)",
            [[key for key, _ in part], [encode(value).decode() for _, value in part]],
        )


def all_ids(con: "Connection") -> list[str]:
    """Give every conversation that is not deleted, the oldest first."""
    rows = con.execute(
        "SELECT id FROM conversation WHERE removed_at IS NULL ORDER BY created_at, id"
    ).fetchall()
    return [row[0] for row in rows]


def removal(moment: datetime | None) -> dict[str, Any]:
    """Say in a row's words that something is deleted, or not any more."""
    return {"removed_at": stamp(moment) if moment else None}


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
