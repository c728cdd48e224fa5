"""An index of what was said, beside the history: derived, thrown away and made again at will.

SQLite's own full-text search (FTS5): a word finds the words that begin with it, whatever its case
or accents; the newest come first. It is read in the background, a few messages at a time, and
brought up to date before each search; messages that are still being written wait. SQLite is
imported on use and lives in one thread. Does not know the history: who reads it hands rows over.
"""

import asyncio
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sponde_server.core.errors import Unavailable

from .passages import UNSPACED
from .query import Query

if TYPE_CHECKING:
    from sqlite3 import Connection

T = TypeVar("T")
VERSION = 3
MOST_ROWS = 50_000
FEW = 200
SCHEMA = f"""
CREATE VIRTUAL TABLE word USING fts5(
    text, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3');
CREATE TABLE said (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, conversation_id TEXT,
    is_question INTEGER);
CREATE INDEX said_where ON said (conversation_id);
CREATE TABLE body (number INTEGER PRIMARY KEY, text BLOB);
CREATE TABLE held (
    kind TEXT, name TEXT, conversation_id TEXT, number INTEGER,
    PRIMARY KEY (kind, name, conversation_id)) WITHOUT ROWID;
CREATE TABLE reached (id TEXT);
INSERT INTO reached VALUES ('');
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True)
class Said:
    """What is indexed of one message."""

    id: str
    conversation_id: str
    is_question: bool
    text: str
    model: str
    """The name and id of the model that answered, in lower case."""
    datasets: str
    """The datasets that are named, in lower case, each between line breaks."""


class Words:
    """The index of one history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._con: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sponde-words")

    async def reached(self) -> str:
        """Give the id of the last message that was looked at; empty: none."""
        return await self._run(lambda con: str(con.execute("SELECT id FROM reached").fetchone()[0]))

    async def add(self, messages: Sequence[Said], reached: str) -> None:
        """Index messages, again if need be; and note how far the reading has come."""

        def work(con: "Connection") -> None:
            with con:
                for said in messages:
                    # The words of an older text stay behind; nothing leads from them any more.
                    con.execute(
                        "DELETE FROM body WHERE number = (SELECT number FROM said WHERE id = ?)",
                        [said.id],
                    )
                    con.execute("DELETE FROM said WHERE id = ?", [said.id])
                    row = con.execute(
                        "INSERT INTO said (id, conversation_id, is_question) VALUES (?, ?, ?)",
                        [said.id, said.conversation_id, said.is_question],
                    )
                    con.executemany(
                        "INSERT INTO held VALUES (?, ?, ?, ?) "
                        "ON CONFLICT DO UPDATE SET number = excluded.number",
                        [(*one, said.conversation_id, row.lastrowid) for one in _held(said)],
                    )
                    con.execute(
                        "INSERT INTO word (rowid, text) VALUES (?, ?)",
                        [row.lastrowid, spaced(said.text)],
                    )
                    con.execute(
                        "INSERT OR REPLACE INTO body VALUES (?, ?)",
                        [row.lastrowid, zlib.compress(said.text.encode(), 1)],
                    )
                if reached:
                    con.execute("UPDATE reached SET id = ?", [reached])

        await self._run(work)

    async def find(
        self,
        query: Query,
        among: set[str] | None,
        limit: int,
        without: frozenset[str] = frozenset(),
    ) -> tuple[dict[str, str], bool]:
        """Give conversations, each with the newest message that fits; and whether more would fit.

        Filters ask something of a conversation, the words something of one message in it.
        `among`: only these conversations; `without`: not these.
        """
        return await self._run(lambda con: _find(con, query, among, limit, without))

    async def texts(self, ids: Sequence[str]) -> dict[str, tuple[bool, str]]:
        """Give messages by id: whether each is a question, and its text."""

        def work(con: "Connection") -> dict[str, tuple[bool, str]]:
            rows = con.execute(
                "SELECT id, is_question, text FROM said JOIN body USING (number) "
                f"WHERE id IN ({', '.join('?' * len(ids))})",
                list(ids),
            )
            return {row[0]: (bool(row[1]), zlib.decompress(row[2]).decode()) for row in rows}

        return await self._run(work) if ids else {}

    async def close(self) -> None:
        """Close the file."""
        if self._con is not None:
            await self._run(lambda con: con.close())
        self._con = None
        self._thread.shutdown(wait=False)

    async def _run(self, work: "Callable[[Connection], T]") -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(self._open()))

    def _open(self) -> "Connection":
        if self._con is None:
            import sqlite3

            try:
                self._con = _opened(self._path)
            except sqlite3.DatabaseError as error:
                if "fts5" in str(error):
                    raise Unavailable(
                        "This Python's SQLite cannot search texts (it was built without FTS5).",
                        "Titles and filters by time still work; another build of Python has it.",
                    ) from error
                # Damaged, or from another version: it is only derived.
                for end in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + end).unlink(missing_ok=True)
                self._con = _opened(self._path)
        return self._con


def _opened(path: Path) -> "Connection":
    import sqlite3

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    con = sqlite3.connect(path, check_same_thread=False)
    path.chmod(0o600)
    con.execute("PRAGMA journal_mode = WAL")
    con.execute("PRAGMA synchronous = NORMAL")
    con.execute("PRAGMA cache_size = -4000")
    version = con.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        con.executescript(SCHEMA)
    elif version != VERSION:
        con.close()
        raise sqlite3.DatabaseError("another version")
    con.execute("SELECT count(*) FROM word WHERE word MATCH '\"a\"' LIMIT 1").fetchone()
    return con


def _find(
    con: "Connection", query: Query, among: set[str] | None, limit: int, without: frozenset[str]
) -> tuple[dict[str, str], bool]:
    allowed = among
    for held in _filtered(con, query):
        allowed = held if allowed is None else allowed & held
    if allowed is not None:
        allowed = allowed - without
        if not allowed:
            return {}, False
    found: dict[str, str] = {}
    for count, (message_id, conversation_id) in enumerate(_rows(con, query, allowed), 1):
        if (
            conversation_id in found
            or conversation_id in without
            or (allowed is not None and conversation_id not in allowed)
        ):
            continue
        if len(found) == limit:
            return found, True
        found[conversation_id] = message_id
        if allowed is not None and len(found) == len(allowed):
            return found, False
        if count >= MOST_ROWS and allowed is None:
            return found, True
    return found, False


def _rows(con: "Connection", query: Query, allowed: set[str] | None) -> Iterator[tuple[str, str]]:
    """Give messages and their conversations, the newest first."""
    if not query.words:
        return _newest(con, query)
    phrases = " AND ".join(phrase for word in query.words if (phrase := _phrase(word)))
    if not phrases:
        return iter(())
    if allowed is not None and len(allowed) <= FEW:
        return _rows_of(con, phrases, allowed)
    return con.execute(
        "SELECT said.id, said.conversation_id FROM word JOIN said ON said.number = word.rowid "
        "WHERE word MATCH ? ORDER BY word.rowid DESC",
        [phrases],
    )


def _rows_of(con: "Connection", phrases: str, allowed: set[str]) -> Iterator[tuple[str, str]]:
    """Give messages of a few conversations: only what both lists name is looked up."""
    places = dict(
        con.execute(
            "SELECT number, conversation_id FROM said "
            f"WHERE conversation_id IN ({', '.join('?' * len(allowed))})",
            list(allowed),
        )
    )
    numbers = con.execute(
        "SELECT rowid FROM word WHERE word MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC",
        [phrases, min(places, default=0), max(places, default=0)],
    )
    for (number,) in numbers:
        if number in places:
            row = con.execute("SELECT id FROM said WHERE number = ?", [number]).fetchone()
            yield row[0], places[number]


def _filtered(con: "Connection", query: Query) -> Iterator[set[str]]:
    """Give, for each filter, the conversations that hold a message that it fits."""
    for kind, name in _asked(query):
        rows = con.execute(
            "SELECT DISTINCT conversation_id FROM held WHERE kind = ? AND instr(name, ?)",
            [kind, name],
        )
        yield {row[0] for row in rows}


def _newest(con: "Connection", query: Query) -> Iterator[tuple[str, str]]:
    """Give the messages that fit any of the filters: that each is met, was asked before."""
    asked = _asked(query)
    where = " OR ".join("(kind = ? AND instr(name, ?))" for _ in asked)
    return con.execute(
        "SELECT said.id, held.conversation_id FROM held JOIN said USING (number) "
        f"WHERE {where or 'false'} ORDER BY number DESC",
        [value for pair in asked for value in pair],
    )


def _asked(query: Query) -> list[tuple[str, str]]:
    """Give what the filters ask for, as `held` names it."""
    asked = [("model", name.lower()) for name in query.models]
    asked += [("dataset", "\n" + name.lower()) for name in query.datasets]
    asked += [("code", "")] if query.has_code else []
    return asked


def _held(said: Said) -> list[tuple[str, str]]:
    """Give what can be asked for of a message."""
    held = [("model", said.model)] if said.model else []
    held += [("dataset", said.datasets)] if said.datasets else []
    held += [("code", "")] if "```" in said.text or "~~~" in said.text else []
    return held


def _phrase(word: str) -> str:
    """Write a word or phrase as FTS5 reads it; its last word may be the beginning of one."""
    tokens = re.findall(r"[^\W_]+", spaced(word))
    if not tokens:
        return ""
    # A single letter is a word of its own: as a beginning it would fit nearly every message.
    prefix = "" if len(tokens) == 1 and len(tokens[0]) == 1 else " *"
    return '"' + " ".join(tokens) + '"' + prefix


def spaced(text: str) -> str:
    """Set letters of scripts without spaces apart, so that each is a word."""
    return UNSPACED.sub(r" \g<0> ", text)
