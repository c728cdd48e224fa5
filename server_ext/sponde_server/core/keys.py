"""API keys: in one file of mode 0600 beside the database, never logged, shown by the last four."""

import json
import os
from pathlib import Path


class Keys:
    """The keys of this person's providers, by provider id."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, owner: str) -> str | None:
        """Give the key of a provider, or None."""
        return self._read().get(owner)

    def keep(self, owner: str, key: str) -> None:
        """Keep a key; an empty one is forgotten."""
        kept = self._read()
        kept.pop(owner, None)
        if key:
            kept[owner] = key
        self._write(kept)

    def forget(self, owner: str) -> None:
        """Drop the key of a provider."""
        self.keep(owner, "")

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return {}

    def _write(self, kept: dict[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        fresh.replace(self._path)


def last_four(key: str) -> str:
    """Show a key by its end only."""
    return f"…{key[-4:]}" if len(key) > 8 else "…" if key else ""
