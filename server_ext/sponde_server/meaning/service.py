"""Search by meaning: says whether there is an encoder, and asks the process that computes it.

Off until a person puts a sentence encoder into a folder and installs what computes it; nothing is
downloaded. Does not know what is read: chat and library ask it for vectors of their texts.
"""

import asyncio
import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Unicode
from traitlets.config import LoggingConfigurable

if TYPE_CHECKING:
    from .process import Process

FILES = ("config.json", "tokenizer.json", "model.safetensors")
BUSY_SECONDS = 0.5
MOST_WAITS = 600
_HASHED = 1 << 20


class SpondeMeaning(LoggingConfigurable):
    """A sentence encoder, which chat and library search by."""

    folder = Unicode(
        help="Folder of the sentence encoder that searches by meaning (config.json, "
        "tokenizer.json, model.safetensors, such as all-MiniLM-L6-v2). Default: 'meaning' beside "
        "the history. Without those files there is no search by meaning.",
    ).tag(config=True)
    python = Unicode(
        help="Interpreter with numpy: it computes the search by meaning, in a process of its own. "
        "Empty: the server's own.",
    ).tag(config=True)

    def __init__(self, *, beside: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._beside = beside
        self._process: Process | None = None
        self.is_busy: Callable[[], bool] = lambda: False
        """Whether somebody waits for an answer, so that reading in the background waits too."""

    @property
    def place(self) -> Path:
        """Where the encoder is, or would be."""
        return Path(self.folder).expanduser() if self.folder else self._beside / "meaning"

    def lacks(self) -> str:
        """Say what is missing and how to get it; empty where there is an encoder."""
        missing = [name for name in FILES if not (self.place / name).is_file()]
        if missing:
            return (
                "To search by meaning, put a sentence encoder such as all-MiniLM-L6-v2 "
                f"({', '.join(FILES)}) into {self.place}. Nothing is downloaded by itself."
            )
        if not self.python and importlib.util.find_spec("numpy") is None:
            return "To search by meaning, install what computes it: pip install numpy."
        return ""

    async def ask(self, what: str, *, for_person: bool = True, **request: Any) -> Any:
        """Ask the process; it ends when nobody has asked for a while."""
        if self._process is None:
            from .process import Process

            self._process = Process(self.place, self.python or sys.executable, self.encoder)
        return await self._process.ask({"ask": what, "for_person": for_person, **request})

    async def encoder(self) -> str:
        """Name the encoder with its version; vectors of another one cannot be compared."""
        return await asyncio.to_thread(_named, self.place)

    async def quiet(self) -> None:
        """Wait until nobody waits for an answer: whoever does comes first."""
        for _ in range(MOST_WAITS):
            if not self.is_busy() and not self._is_asked():
                return
            await asyncio.sleep(BUSY_SECONDS)

    async def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            await self._process.stop()

    @property
    def process(self) -> int:
        """The number of the process that computes; 0 where none runs."""
        return self._process.number if self._process is not None else 0

    def _is_asked(self) -> bool:
        return self._process is not None and self._process.is_waited_for


def _named(place: Path) -> str:
    """Give the folder's name, and a few letters that change with its files."""
    weights = place / "model.safetensors"
    digest = hashlib.sha256(str(weights.stat().st_size).encode())
    digest.update((place / "config.json").read_bytes())
    with weights.open("rb") as file:
        digest.update(file.read(_HASHED))
    return f"{place.name}@{digest.hexdigest()[:12]}"
