"""Rows of questions that wait for the answer before them."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one

from .records import QueuedQuestion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_QUEUED = f"SELECT {columns(QueuedQuestion)} FROM queued_question"


def add_queued(con: "Connection", queued: QueuedQuestion) -> None:
    """Add a question that waits."""
    insert(con, "queued_question", queued)


def find_queued(con: "Connection", queued_id: str) -> QueuedQuestion | None:
    """Give a question that waits."""
    return one(con, QueuedQuestion, f"{_QUEUED} WHERE id = ?", [queued_id])


def list_queued(con: "Connection", conversation_id: str) -> list[QueuedQuestion]:
    """Give the questions that wait in a conversation, the next one first."""
    return many(
        con,
        QueuedQuestion,
        f"{_QUEUED} WHERE conversation_id = ? ORDER BY place, id",
        [conversation_id],
    )


def order_queued(con: "Connection", ids: list[str]) -> None:
    """Let questions wait in this order."""
    for place, queued_id in enumerate(ids):
        con.execute("UPDATE queued_question SET place = ? WHERE id = ?", [place, queued_id])


def remove_queued(con: "Connection", queued_id: str) -> None:
    """Forget a question that waited."""
    con.execute("DELETE FROM queued_question WHERE id = ?", [queued_id])


def note_asked(con: "Connection", queued_id: str, asked_id: str) -> None:
    """Note the id that a question will have, before it is asked."""
    con.execute("UPDATE queued_question SET asked_id = ? WHERE id = ?", [asked_id, queued_id])


def finish_queued(con: "Connection", queued_id: str, asked_id: str, rest: list[str]) -> None:
    """Forget a question that was asked; those behind it wait for its answer."""
    remove_queued(con, queued_id)
    for other in rest:
        con.execute("UPDATE queued_question SET after_id = ? WHERE id = ?", [asked_id, other])
