"""How a conversation is opened: its end in one answer; its shape follows once that is painted.

Does not know HTTP.
"""

from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import NotFound
from sponde_server.models.records import Role

from . import store
from .records import Opening, Outline

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LATEST = 24


def ending(con: "Connection", conversation_id: str, most: int) -> Opening:
    """Give a conversation with all its messages; where they are more than `most`, the newest."""
    conversation = store.find(con, conversation_id)
    if conversation is None:
        raise NotFound(
            f"There is no conversation {conversation_id}.",
            "It may have been deleted; choose another one or begin a new one.",
        )
    count, parents = con.execute(
        "SELECT count(*), count(DISTINCT coalesce(parent_id, '')) FROM message "
        "WHERE conversation_id = ?",
        [conversation_id],
    ).fetchall()[0]
    is_whole = count <= most
    return Opening(
        conversation=conversation,
        messages=tuple(
            store.list_messages(con, conversation_id)
            if is_whole
            else store.newest(con, conversation_id, LATEST)
        ),
        is_whole=is_whole,
        is_straight=count == parents,
    )


def outlined(rows: list[tuple[Any, ...]]) -> Outline:
    """Make columns of a conversation's rows, oldest first; leave out what goes without saying."""
    at = {row[0]: place for place, row in enumerate(rows)}
    parents = tuple(at.get(row[1], -1) for row in rows)
    is_straight = all(parent == place - 1 for place, parent in enumerate(parents))
    return Outline(
        ids=tuple(at),
        parents=() if is_straight else parents,
        lengths=tuple(row[2] for row in rows),
        questions=tuple(at[row[0]] for row in rows if row[3] == Role.USER),
        kept={at[row[0]]: row[4] for row in rows if row[4]},
        rounds={at[row[0]]: (row[5], row[6]) for row in rows if row[5]},
        streaming=tuple(at[row[0]] for row in rows if row[7] == "streaming"),
    )
