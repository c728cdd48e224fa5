"""What is on its way from addresses, written down: a server that is started again knows it."""

import os
import time
from dataclasses import replace
from pathlib import Path

from sponde_server.core.errors import SpondeError
from sponde_server.core.wire import decode, encode
from sponde_server.datasets.records import Trouble
from sponde_server.datasets.uploads.service import in_words

from .records import AddressFetch, FetchStatus, KeptFetch

KEPT_SECONDS = 7 * 24 * 3600.0
"""So long a fetch that nobody goes on with stays."""


class FetchNotes:
    """The notes beside the parts of files, in one folder for all workspaces."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def part(self, fetch_id: str) -> Path:
        """Give the place of a file's bytes while it is on its way."""
        return self._folder / f"{fetch_id}.part"

    def save(self, kept: KeptFetch) -> None:
        """Write down how far a fetch is; for its person's eyes: an address may hold a key."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f"{kept.fetch.id}.new"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(encode(kept))
        draft.replace(self._note(kept.fetch.id))

    def forget(self, fetch_id: str) -> None:
        """Take everything of a fetch off the disk."""
        self._note(fetch_id).unlink(missing_ok=True)
        self.part(fetch_id).unlink(missing_ok=True)

    def load(self, workspace: str) -> list[KeptFetch]:
        """Give what a server left in this workspace, as interrupted; sweep what nobody wants."""
        found: list[KeptFetch] = []
        known = set()
        for note in self._folder.glob("*.json"):
            try:
                kept = decode(KeptFetch, note.read_bytes())
                is_old = time.time() - note.stat().st_mtime > KEPT_SECONDS
            except (OSError, SpondeError):
                continue
            if is_old:
                continue
            known.add(note.stem)
            if kept.workspace == workspace:
                if self._is_placed(kept):
                    self.forget(kept.fetch.id)
                else:
                    found.append(self._left(kept))
        for path in self._folder.glob("*"):
            if path.stem not in known or path.suffix == ".new":
                path.unlink(missing_ok=True)
        return found

    def _left(self, kept: KeptFetch) -> KeptFetch:
        """Say of a fetch that it was interrupted, and how much of it is here."""
        try:
            here = self.part(kept.fetch.id).stat().st_size
        except OSError:
            here = 0
        fetch = replace(kept.fetch, received=here)
        if fetch.status is not FetchStatus.FAILED or fetch.failure is None:
            fetch = replace(fetch, status=FetchStatus.FAILED, failure=_interrupted(fetch))
        return replace(kept, fetch=fetch)

    def _is_placed(self, kept: KeptFetch) -> bool:
        """Say whether a server that was killed had put the file into its place."""
        fetch = kept.fetch
        if self.part(fetch.id).exists() or fetch.bytes is None:
            return False
        try:
            return Path(kept.workspace, fetch.folder, fetch.name).stat().st_size == fetch.bytes
        except OSError:
            return False

    def _note(self, fetch_id: str) -> Path:
        return self._folder / f"{fetch_id}.json"


def _interrupted(fetch: AddressFetch) -> Trouble:
    if not fetch.received:
        here = "nothing of it is here yet"
    elif fetch.bytes:
        here = f"{in_words(fetch.received)} of {in_words(fetch.bytes)} are here"
    else:
        here = f"{in_words(fetch.received)} are here"
    return Trouble(
        message=f"The Jupyter server was stopped while the file was on its way; {here}.",
        hint="Try again: it goes on where it stopped if the other server can, else from its start.",
    )
