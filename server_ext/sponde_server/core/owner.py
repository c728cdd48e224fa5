"""Where this person's server answers, in a file of mode 0600 beside the history.

Kernels, runs and dashboards read it to find the server (the environment variable SPONDE_SERVER
names the file); they never open the history themselves.
"""

import json
import os
from pathlib import Path

VARIABLE = "SPONDE_SERVER"


class Owner:
    """This server's entry."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def enter(self, url: str, token: str, root: Path) -> None:
        """Write where the server answers, and tell the processes that it will start."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        entry = {"pid": os.getpid(), "url": url, "token": token, "root": str(root)}
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(entry, file)
        fresh.replace(self._path)
        os.environ[VARIABLE] = str(self._path)

    def leave(self) -> None:
        """Take the entry away, if it is still this process's."""
        try:
            if json.loads(self._path.read_text("utf-8"))["pid"] == os.getpid():
                self._path.unlink()
        except FileNotFoundError:
            return
