"""Rows of conversations and messages, of receipts, ratings and replays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace, stamp
from sponde_server.core.wire import decode, encode
from sponde_server.models.records import Role
from sponde_server.tools.records import ToolCall, stopped

from .measure import Rate
from .records import (
    Conversation,
    Failure,
    Message,
    MessageStatus,
    Opinion,
    Rating,
    Receipt,
    Reference,
    Replay,
    ReplayStatus,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_MESSAGE = f"SELECT {columns(Message)} FROM message"
_RATING = f"SELECT {columns(Rating)} FROM rating"
_REPLAY = f"SELECT {columns(Replay)} FROM replay"


def list_messages(con: "Connection", conversation_id: str) -> list[Message]:
    """Give every message of a conversation, oldest first."""
    return many(
        con, Message, f"{_MESSAGE} WHERE conversation_id = ? ORDER BY id", [conversation_id]
    )


def list_naming(
    con: "Connection", subject_id: str, limit: int
) -> list[tuple[str, str, str, datetime]]:
    """List the latest question of each conversation that refers to this id.

    Gives the message, its conversation, that one's title, and when it was asked.
    """
    rows = con.execute(
        "SELECT max_by(m.id, m.id), c.id, c.title, max(m.created_at) FROM message AS m "
        "JOIN conversation AS c ON c.id = m.conversation_id "
        'WHERE contains(m."references", ?) AND c.removed_at IS NULL '
        "GROUP BY c.id, c.title ORDER BY max(m.created_at) DESC, c.id DESC LIMIT ?",
        [f'"{subject_id}"', limit],
    ).fetchall()
    return [(*row[:3], row[3].replace(tzinfo=UTC)) for row in rows]


def find_message(con: "Connection", message_id: str) -> Message | None:
    """Give one message."""
    return one(con, Message, f"{_MESSAGE} WHERE id = ?", [message_id])


def grow(con: "Connection", conversation: Conversation) -> None:
    """Note that a conversation grew; its title too, unless a person named it."""
    con.execute(
        "UPDATE conversation SET updated_at = ?, persona_id = ?, "
        "title = CASE WHEN is_named THEN title ELSE ? END WHERE id = ?",
        [
            stamp(conversation.updated_at),
            conversation.persona_id,
            conversation.title,
            conversation.id,
        ],
    )


class Branch(list[Message]):
    """A branch of which what is too old to be sent is missing, or stands there without text."""

    older: int = 0
    """How many questions with their answers are missing before the first."""


RECENT = columns(Message).replace('"outputs", ', "")


def find_recent(
    con: "Connection", message_id: str | None, characters: int, messages: int
) -> Branch:
    """Give the end of the branch that ends in a message, without tables and pictures.

    Of what is older only the references are there. Reads the texts of nothing else: it takes no
    longer for ten thousand messages.
    """
    branch = Branch()
    if message_id is None:
        return branch
    known = {
        row[0]: row
        for row in con.execute(
            "SELECT id, parent_id, role, length(text) FROM message WHERE conversation_id = "
            "(SELECT conversation_id FROM message WHERE id = ?)",
            [message_id],
        ).fetchall()
    }
    line: list[str] = []
    step = message_id
    while step in known:
        line.append(step)
        step = known[step][1] or ""
    if not line:
        return branch
    recent: list[str] = []
    for place, id_ in enumerate(line):
        _, _, role, length = known[id_]
        characters -= length
        if place >= 2 and role == Role.ASSISTANT and (characters < 0 or place >= messages):
            break
        recent.append(id_)
    marks = ", ".join("?" * len(recent))
    found = many(con, Message, f"SELECT {RECENT} FROM message WHERE id IN ({marks})", recent)
    by_id = {one.id: one for one in found}
    older = line[len(recent) :]
    if older:
        there = set(older)
        named = con.execute(
            'SELECT id, "references" FROM message WHERE conversation_id = ? AND role = ? '
            "AND \"references\" <> '[]' ORDER BY id",
            [found[0].conversation_id, Role.USER.value],
        ).fetchall()
        branch += [
            Message(
                id=row[0],
                conversation_id=found[0].conversation_id,
                role=Role.USER,
                text="",
                references=decode(tuple[Reference, ...], row[1]),
            )
            for row in named
            if row[0] in there
        ]
        branch.older = sum(known[id_][2] == Role.ASSISTANT and known[id_][3] > 0 for id_ in older)
    branch += [by_id[id_] for id_ in reversed(recent) if id_ in by_id]
    return branch


def find_rates(con: "Connection") -> dict[str, Rate]:
    """Give what is known of how models count."""
    rows = con.execute("SELECT model_id, rate, answers FROM token_rate").fetchall()
    return {row[0]: Rate(rate=row[1], answers=row[2]) for row in rows}


def put_rate(con: "Connection", model_id: str, rate: Rate) -> None:
    """Keep how a model counts."""
    con.execute(
        "INSERT OR REPLACE INTO token_rate VALUES (?, ?, ?)", [model_id, rate.rate, rate.answers]
    )


def add_asked(con: "Connection", conversation: Conversation, *messages: Message) -> None:
    """Add a question and the beginning of its answer; note that the conversation grew."""
    grow(con, conversation)
    insert(con, "message", *messages)


def add_begun(con: "Connection", conversation: Conversation, *messages: Message) -> None:
    """Add a conversation with its first question and the beginning of its answer."""
    insert(con, "conversation", conversation)
    insert(con, "message", *messages)


@dataclass(frozen=True)
class Progress:
    """How far a growing answer has come."""

    message: Message
    receipt: Receipt | None
    """What was sent for it, where that is not kept yet."""
    is_text: bool
    """Whether only its text is new."""


def save_progress(con: "Connection", reached: Sequence[Progress]) -> None:
    """Keep how far answers have come."""
    texts = [progress.message for progress in reached if progress.is_text]
    if len(texts) == 1:
        con.execute("UPDATE message SET text = ? WHERE id = ?", [texts[0].text, texts[0].id])
    elif texts:
        con.execute(
            "UPDATE message SET text = new.text FROM "
            "(SELECT unnest(?) AS id, unnest(?) AS text) AS new WHERE message.id = new.id",
            [[text.id for text in texts], [text.text for text in texts]],
        )
    for progress in reached:
        message = progress.message
        if not progress.is_text:
            sent = None if message.receipt is None else encode(message.receipt).decode()
            calls = encode(message.calls, tuple[ToolCall, ...]).decode()
            con.execute(
                "UPDATE message SET text = ?, receipt = ?, calls = ? WHERE id = ?",
                [message.text, sent, calls, message.id],
            )
        if progress.receipt is not None:
            put_receipt(con, message.id, progress.receipt)


def finish(con: "Connection", message: Message, receipt: Receipt | None) -> None:
    """Write an answer as it ended; and what was sent for it, where that is not kept yet."""
    replace(con, "message", message)
    if receipt is not None:
        put_receipt(con, message.id, receipt)


def put_receipt(con: "Connection", message_id: str, receipt: Receipt) -> None:
    """Keep what was sent for an answer, word by word."""
    con.execute(
        "INSERT OR REPLACE INTO receipt VALUES (?, ?)", [message_id, encode(receipt).decode()]
    )


def find_receipt(con: "Connection", message_id: str) -> Receipt | None:
    """Give what was sent for an answer; None where nothing was."""
    row = con.execute("SELECT content FROM receipt WHERE id = ?", [message_id]).fetchone()
    return None if row is None else decode(Receipt, row[0])


def set_kept(con: "Connection", question_id: str, answer_id: str) -> None:
    """Note which answer a conversation goes on from; empty: none is chosen."""
    con.execute("UPDATE message SET kept_id = ? WHERE id = ?", [answer_id, question_id])


def join_round(con: "Connection", answer: Message) -> None:
    """Write which round an answer belongs to, and the model that gave it."""
    con.execute(
        "UPDATE message SET round_id = ?, model_id = ? WHERE id = ?",
        [answer.round_id, answer.model_id, answer.id],
    )


def list_answers(con: "Connection", question_id: str) -> list[Message]:
    """Give the answers to a question, oldest first."""
    return many(con, Message, f"{_MESSAGE} WHERE parent_id = ? ORDER BY id", [question_id])


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


def stop_calls(con: "Connection", why: str) -> None:
    """Mark the calls that a dead server left waiting or running, with a sentence."""
    open_calls = "(contains(calls, '\"waiting\"') OR contains(calls, '\"running\"'))"
    for message in many(con, Message, f"{_MESSAGE} WHERE {open_calls} AND role = 'assistant'"):
        calls = stopped(message.calls, why)
        if calls != message.calls:
            con.execute(
                "UPDATE message SET calls = ? WHERE id = ?",
                [encode(calls, tuple[ToolCall, ...]).decode(), message.id],
            )


# -- ratings --------------------------------------------------------------------------------------


def put_rating(con: "Connection", rating: Rating) -> None:
    """Keep a rating, in the place of an earlier one of the same answer."""
    remove_rating(con, rating.id)
    insert(con, "rating", rating)


def remove_rating(con: "Connection", message_id: str) -> None:
    """Forget an answer's rating."""
    con.execute("DELETE FROM rating WHERE id = ?", [message_id])


def list_ratings(con: "Connection", conversation_id: str) -> list[Rating]:
    """Give the ratings of a conversation's answers."""
    return many(con, Rating, f"{_RATING} WHERE conversation_id = ? ORDER BY id", [conversation_id])


def list_rated(
    con: "Connection", since: datetime | None, verdict: Opinion | None, limit: int
) -> list[Rating]:
    """Give the ratings of answers in conversations that are not deleted, the latest first."""
    where = ["conversation_id IN (SELECT id FROM conversation WHERE removed_at IS NULL)"]
    values: list[object] = []
    if since is not None:
        where.append("rated_at >= ?")
        values.append(stamp(since))
    if verdict is not None:
        where.append("verdict = ?")
        values.append(verdict.value)
    return many(
        con,
        Rating,
        f"{_RATING} WHERE {' AND '.join(where)} ORDER BY rated_at DESC, id DESC LIMIT ?",
        [*values, limit],
    )


# -- replays --------------------------------------------------------------------------------------


def put_replay(con: "Connection", replay: Replay) -> None:
    """Keep a replay as it is now."""
    con.execute("DELETE FROM replay WHERE id = ?", [replay.id])
    insert(con, "replay", replay)


def find_replay(con: "Connection", conversation_id: str) -> Replay | None:
    """Give the replay that filled a conversation."""
    return one(con, Replay, f"{_REPLAY} WHERE id = ?", [conversation_id])


def list_replays(con: "Connection", conversation_id: str) -> list[Replay]:
    """Give the replays that a conversation is a part of, as a copy or as the source."""
    return many(
        con,
        Replay,
        f"{_REPLAY} WHERE (id = ? OR source_id = ?) AND "
        "id IN (SELECT id FROM conversation WHERE removed_at IS NULL) ORDER BY created_at, id",
        [conversation_id, conversation_id],
    )


def interrupt_replays(con: "Connection") -> None:
    """Mark the replays that a dead server left unfinished."""
    con.execute(
        "UPDATE replay SET status = ? WHERE status = ?",
        [ReplayStatus.INTERRUPTED.value, ReplayStatus.RUNNING.value],
    )
