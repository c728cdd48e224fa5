"""Answers requests for vectors, a line of JSON each: search by meaning.

Started by ../process.py as `python reader <folder of the encoder> <its name and version>`, with
this folder first among those that modules are looked for in.
"""

import base64
import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from encoder import Encoder  # type: ignore[import-not-found]
from messages import Messages  # type: ignore[import-not-found]
from rows import Rows  # type: ignore[import-not-found]

BYTES = "<f2"
"""How a vector travels: half precision is enough to compare."""


class Reader:
    """The encoder, and the files that hold what it has read."""

    def __init__(self, folder: Path, name: str) -> None:
        self._encoder = Encoder(folder)
        self._name = name
        self._messages: dict[str, Any] = {}
        self._rows: dict[str, Any] = {}

    def answer(self, request: dict[str, Any]) -> Any:
        """Do what is asked."""
        asked = request.pop("ask")
        return getattr(self, f"_{asked}")(**request)

    # -- texts ------------------------------------------------------------------------------------

    def _encode(self, texts: list[str]) -> list[str]:
        """Give the vector of each text."""
        return [
            base64.b64encode(value.astype(BYTES).tobytes()).decode()
            for value in self._encoder.encode(texts)
        ]

    # -- a file of rows ---------------------------------------------------------------------------

    def _upto(self, file: str, newest: int) -> int:
        """Say up to which change a file holds the vectors; begin anew where it is ahead."""
        if self._of(file).upto > newest:
            self._rows.pop(file).forget()
        return int(self._of(file).upto)

    def _put(self, file: str, rows: list[tuple[int, str]], upto: int) -> int:
        """Take vectors into a file, each at its place."""
        values = [np.frombuffer(base64.b64decode(value), BYTES) for _, value in rows]
        self._of(file).put([place for place, _ in rows], values, upto)
        return len(rows)

    def _nearest(
        self, file: str, text: str, among: list[int] | None, limit: int
    ) -> list[tuple[int, float]]:
        """Name the places of a file that mean nearly what a text means, the nearest first."""
        value = self._encoder.encode([text])[0]
        found: list[tuple[int, float]] = self._of(file).nearest(value, among, limit)
        return found

    def _of(self, file: str) -> Any:
        if file not in self._rows:
            self._rows[file] = Rows(Path(file), self._name, self._encoder.width)
        return self._rows[file]

    # -- messages of the chat ---------------------------------------------------------------------

    def _unknown(self, file: str, ids: list[str]) -> list[str]:
        """Name those messages that are not read in yet."""
        unknown: list[str] = self._said(file).unknown(ids)
        return unknown

    def _add(self, file: str, messages: list[dict[str, str]]) -> int:
        """Read messages in."""
        texts = [message["text"] for message in messages]
        self._said(file).add(messages, self._encoder.encode(texts))
        return len(messages)

    def _find(self, file: str, text: str, among: list[str], limit: int) -> list[tuple[str, str]]:
        """Name conversations, each with its nearest message, the nearest first."""
        value = self._encoder.encode([text])[0]
        found: list[tuple[str, str]] = self._said(file).nearest(value, set(among), limit)
        return found

    def _said(self, file: str) -> Any:
        if file not in self._messages:
            self._messages[file] = Messages(Path(file), self._name)
        return self._messages[file]


def main(folder: Path, name: str) -> None:
    """Answer requests until there are no more; what nobody waits for gives way to others' work."""
    reader = Reader(folder, name)
    behind = ThreadPoolExecutor(1, initializer=_give_way)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request.pop("for_person"):
            answer = reader.answer(request)
        else:
            answer = behind.submit(reader.answer, request).result()
        print(json.dumps(answer), flush=True)


def _give_way() -> None:
    """Lower the priority of this thread alone, where the system can: no way leads back."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
