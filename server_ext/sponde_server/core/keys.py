"""API keys: in the system's keyring where there is one, else in one file of mode 0600.

A key may also be a reference, `env:NAME`: then only the reference is kept, and the value is read
when it is needed. Such a variable is taken out of this process's environment as soon as it is
known, so that kernels, terminals and jobs do not inherit it. Keys are never logged, and shown by
their last four letters.
"""

import json
import os
import re
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from .errors import Invalid, Unavailable

SERVICE = "sponde"
ENVIRONMENT = "env:"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What stands in the file for a key that the keyring holds.
_IN_KEYRING = {"in": "keyring"}


class KeyPlace(StrEnum):
    """Where a key is kept."""

    FILE = "file"
    KEYRING = "keyring"
    ENVIRONMENT = "environment"


class Keyring(Protocol):
    """A system's keyring, as the package `keyring` gives it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give a secret."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


class Keys:
    """The keys of this person's providers, by provider id. Slow: call it on a worker thread."""

    def __init__(self, path: Path, keyring: Keyring | None = None, looks: bool = False) -> None:
        self._path = path
        self._keyring = keyring
        self._looks = looks and keyring is None
        self._taken: dict[str, str] = {}

    def find(self, owner: str) -> str | None:
        """Give the key of a provider, or None."""
        kept = self._read().get(owner)
        if kept == _IN_KEYRING:
            return self._from_keyring(owner)
        return self.value(kept) if isinstance(kept, str) else None

    def value(self, key: str) -> str:
        """Give a key itself: what a reference refers to, or what it is."""
        if not key.startswith(ENVIRONMENT):
            return key
        name = key.removeprefix(ENVIRONMENT)
        self.take(key)
        if name not in self._taken:
            raise Unavailable(
                f"The environment variable {name}, which should hold a key, is not set.",
                "Set it where JupyterLab is started and start it again, or enter the key itself.",
            )
        return self._taken[name]

    def take(self, *keys: str) -> None:
        """Take the variables that keys refer to out of the environment, where kernels read it."""
        for key in keys:
            if key.startswith(ENVIRONMENT):
                value = os.environ.pop(key.removeprefix(ENVIRONMENT), "")
                if value.strip():
                    self._taken[key.removeprefix(ENVIRONMENT)] = value.strip()

    def take_all(self) -> None:
        """Take out every variable that a kept key refers to; when the server starts."""
        self.take(*(kept for kept in self._read().values() if isinstance(kept, str)))

    def place(self, owner: str) -> KeyPlace | None:
        """Say where the key of a provider is kept; None where it has none."""
        kept = self._read().get(owner)
        if kept is None:
            return None
        if kept == _IN_KEYRING:
            return KeyPlace.KEYRING
        return KeyPlace.ENVIRONMENT if str(kept).startswith(ENVIRONMENT) else KeyPlace.FILE

    def keep(self, owner: str, key: str) -> None:
        """Keep a key, or a reference to one; an empty one is forgotten."""
        kept = self._read()
        was = kept.pop(owner, None)
        if key.startswith(ENVIRONMENT):
            check_reference(key)
            self.take(key)
            kept[owner] = key
        elif key:
            kept[owner] = _IN_KEYRING if self._to_keyring(owner, key) else key
        if was == _IN_KEYRING and kept.get(owner) != _IN_KEYRING:
            self._out_of_keyring(owner)
        self._write(kept)

    def forget(self, owner: str) -> None:
        """Drop the key of a provider."""
        self.keep(owner, "")

    def _read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return {}

    def _write(self, kept: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        fresh.replace(self._path)

    # -- the system's keyring -------------------------------------------------------------------

    def _ring(self) -> Keyring | None:
        if self._looks:
            self._looks = False
            self._keyring = system_keyring()
        return self._keyring

    def _user(self, owner: str) -> str:
        # Two folders of data on one machine do not share their keys.
        return f"{self._path}#{owner}"

    def _from_keyring(self, owner: str) -> str:
        ring = self._ring()
        found = None
        if ring is not None:
            try:
                found = ring.get_password(SERVICE, self._user(owner))
            except Exception:  # noqa: BLE001 - a keyring's failures are its package's own
                found = None
        if not found:
            raise Unavailable(
                "The system's keyring does not give the key that was put into it.",
                "Unlock the keyring and try again, or enter the key once more under Models.",
            )
        return found

    def _to_keyring(self, owner: str, key: str) -> bool:
        """Put a key into the keyring; false where there is none that gives it back."""
        ring = self._ring()
        if ring is None:
            return False
        try:
            ring.set_password(SERVICE, self._user(owner), key)
            return ring.get_password(SERVICE, self._user(owner)) == key
        except Exception:  # noqa: BLE001 - a keyring's failures are its package's own
            return False

    def _out_of_keyring(self, owner: str) -> None:
        ring = self._ring()
        if ring is not None:
            try:
                ring.delete_password(SERVICE, self._user(owner))
            except Exception:  # noqa: BLE001 - it may be gone already
                return


def system_keyring() -> Keyring | None:
    """Give the system's keyring; None where there is none, or the package is not installed."""
    try:
        keyring = import_module("keyring")
    except ImportError:
        return None
    try:
        found: Keyring = keyring.get_keyring()
        # The package's own measure: below 1 it keeps nothing, or in the open.
        return found if float(getattr(found, "priority", 0)) >= 1 else None
    except Exception:  # noqa: BLE001 - a keyring's failures are its package's own
        return None


def check_reference(key: str) -> None:
    """Refuse a reference to a variable that cannot be one."""
    if not _NAME.fullmatch(key.removeprefix(ENVIRONMENT)):
        raise Invalid(
            f"'{key}' does not name a variable of the environment.",
            "Write it as env:NAME, such as env:OPENAI_API_KEY.",
        )


def last_four(key: str) -> str:
    """Show a key by its end only; a reference as it stands."""
    if key.startswith(ENVIRONMENT):
        return key
    return f"…{key[-4:]}" if len(key) > 8 else "…" if key else ""
