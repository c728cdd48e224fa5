"""The vectors of the chat's messages: kept in a SQLite file, searched in memory."""

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np

LEAST = 0.25
SCHEMA = """
CREATE TABLE IF NOT EXISTS vector (id TEXT PRIMARY KEY, conversation_id TEXT, value BLOB);
CREATE TABLE IF NOT EXISTS encoder (name TEXT);
"""


class Messages:
    """The vectors of messages."""

    def __init__(self, path: Path, name: str) -> None:
        self._con = sqlite3.connect(path, check_same_thread=False)
        path.chmod(0o600)
        self._con.executescript(SCHEMA)
        kept = self._con.execute("SELECT name FROM encoder").fetchone()
        if kept is not None and kept[0] != name:
            self._con.execute("DELETE FROM vector")  # another encoder's: nothing to compare with
        if kept is None or kept[0] != name:
            self._con.execute("DELETE FROM encoder")
            self._con.execute("INSERT INTO encoder VALUES (?)", [name])
        self._con.commit()
        rows = self._con.execute("SELECT id, conversation_id, value FROM vector").fetchall()
        self._ids = [row[0] for row in rows]
        self._conversations = [row[1] for row in rows]
        self._values = [np.frombuffer(row[2], np.float16) for row in rows]
        self._table: Any = None

    def unknown(self, ids: list[str]) -> list[str]:
        """Give those that are not read in yet."""
        there = set(self._ids)
        return [one for one in ids if one not in there]

    def add(self, messages: list[dict[str, str]], values: Any) -> None:
        """Keep the vectors of messages."""
        rows = [
            (message["id"], message["conversation_id"], value.astype(np.float16))
            for message, value in zip(messages, values, strict=True)
        ]
        self._con.executemany(
            "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
            [(one, conversation, value.tobytes()) for one, conversation, value in rows],
        )
        self._con.commit()
        for one, conversation, value in rows:
            self._ids.append(one)
            self._conversations.append(conversation)
            self._values.append(value)
        self._table = None

    def nearest(self, value: Any, among: set[str] | None, limit: int) -> list[tuple[str, str]]:
        """Give conversations, each with its nearest message, the nearest first."""
        if not self._ids:
            return []
        if self._table is None:
            self._table = np.stack(self._values).astype(np.float32)
        found: dict[str, str] = {}
        scores = self._table @ value.astype(np.float32)
        for place in np.argsort(-scores):
            conversation = self._conversations[place]
            if scores[place] < LEAST or len(found) == limit:
                break
            if conversation not in found and (among is None or conversation in among):
                found[conversation] = self._ids[place]
        return list(found.items())
