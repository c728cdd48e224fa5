"""A first view of a large file while all of it is read: the profile of its first rows.

`FirstViews` runs in the server and knows who is being read; `first_view` in the sandbox's child.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import SpondeError
from sponde_server.core.wire import convert
from sponde_server.datasets.records import Profile
from sponde_server.datasets.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

LARGE = 80_000_000
"""Bytes from which a first view comes sooner than the whole."""
HEAD = 4_000_000
"""So many bytes of text are looked at."""
ROWS = 20_000
"""So many rows of other files."""
SECONDS = 60


class FirstViews:
    """The first views of the files that are being read now."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._coming: dict[str, asyncio.Future[Profile | None]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def announce(self, dataset_id: str) -> None:
        """Let who asks from now on wait until a view was begun or will never be."""
        self.forget(dataset_id)
        self._coming[dataset_id] = asyncio.get_running_loop().create_future()

    def begin(self, dataset_id: str, asked: dict[str, Any]) -> None:
        """Look at a file's first rows, where it is large; `asked` is what profiling it asks for."""
        if Path(asked["path"]).stat().st_size < LARGE:
            self.forget(dataset_id)
            return
        if dataset_id not in self._coming:
            self.announce(dataset_id)
        looking = self._show(self._coming[dataset_id], asked)
        self._tasks[dataset_id] = asyncio.get_running_loop().create_task(looking)

    async def end(self, dataset_id: str) -> None:
        """Forget a view: the whole is known, or will never be."""
        self.forget(dataset_id)
        task = self._tasks.pop(dataset_id, None)
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def get(self, dataset_id: str) -> Profile | None:
        """Give a file's first view; None where the whole is known, or is known as soon."""
        coming = self._coming.get(dataset_id)
        return None if coming is None else await asyncio.shield(coming)

    def forget(self, dataset_id: str) -> None:
        """Let nobody wait any longer."""
        coming = self._coming.pop(dataset_id, None)
        if coming is not None and not coming.done():
            coming.set_result(None)

    async def _show(self, coming: "asyncio.Future[Profile | None]", asked: dict[str, Any]) -> None:
        seen = await self._look(asked)
        if not coming.done():
            coming.set_result(seen)

    async def _look(self, asked: dict[str, Any]) -> Profile | None:
        head = Path(asked["copy"]).with_suffix(".first.csv")
        made = Path(asked["copy"]).with_suffix(".first-mended.csv")
        try:
            answer = await self._sandbox.work(
                {
                    **asked,
                    "work": "first",
                    "head": str(head),
                    "copy": str(made),
                    "files": [asked["path"], str(head), str(made)],
                    "threads": 1,
                },
                seconds=SECONDS,
                setting="SpondeDatasets.max_profile_seconds",
            )
            seen: Profile = await asyncio.to_thread(convert, Profile, answer)
            return replace(seen, is_sample=True)
        except SpondeError:
            # What is wrong with the file is said when all of it has been read.
            return None
        finally:
            head.unlink(missing_ok=True)
            made.unlink(missing_ok=True)


def first_view(con: "Connection", asked: dict[str, Any]) -> dict[str, Any]:
    """Profile the first rows of a file as if they were all of it."""
    from sponde_server.datasets.files.scan import kind_of

    from .profile import profile, profile_typed

    path = Path(asked["path"])
    kind = kind_of(path)
    if kind != "csv":
        return profile_typed(con, path, kind, ROWS)
    head = Path(asked["head"])
    with path.open("rb") as file:
        text = file.read(HEAD)
    # Whole lines only; where they are marked by another character, all that was read.
    whole = text.rfind(b"\n") + 1
    odd = text.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in text[:1000]
    head.write_bytes(text[: len(text) // 4 * 4] if odd or not whole else text[:whole])
    return profile(con, head, Path(asked["copy"]), asked.get("wishes"), is_kept=False)
