"""One DuckDB file: one writer, readers with a cursor each, a transaction a call, migrations.

Waiting writes share a transaction (a single durable commit costs 0.8 ms, rows that share one are
far cheaper). Functions given to `write` and `read` take a connection first and may be run twice.
Nothing of DuckDB runs on the event loop. Does not contain a slice's SQL: the stores do.
"""

import asyncio
import hashlib
import logging
import queue
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from .errors import Conflict, SpondeError, Unavailable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
SHARED_WRITES = 256
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "512MB",
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@dataclass
class _Write:
    work: Callable[["Connection"], Any]
    done: Future[Any] = field(default_factory=Future)


class Database:
    """The history file. Opened at the first call, so that starting the server costs nothing."""

    def __init__(self, path: Path, migrations: Path, log: logging.Logger) -> None:
        self.path = path
        self._migrations = migrations
        self._log = log
        self._con: Connection | None = None
        self._opening = threading.Lock()
        self._writes: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        # By slice; what is read while it is written is not kept, as the slice's part is a new one.
        self._kept: dict[str, dict[Any, Any]] = {}
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sponde-read")

    async def write(
        self,
        work: Callable[Concatenate["Connection", P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `work(con, …)` on the writer, in a transaction that is durable when this returns."""
        job = _Write(lambda con: work(con, *args, **kwargs))
        self._start_writer()
        self._writes.put(job)
        done = asyncio.wrap_future(job.done)
        place = _place(work)
        self._forget(place)
        done.add_done_callback(lambda _: self._forget(place))
        # Shielded: a reader that leaves must not undo a write that others share.
        return await asyncio.shield(done)

    async def read(
        self,
        work: Callable[Concatenate["Connection", P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `work(con, …)` on a reader's own cursor, over one consistent state."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._readers, lambda: self._read(lambda con: work(con, *args, **kwargs))
        )

    async def kept(self, work: Callable[..., T], *args: Any) -> T:
        """Give what `work` read since its slice last wrote: for what every question asks.

        Only for what no other slice writes; whoever gets it must not change it.
        """
        place, key = _place(work), (work, args)
        kept = self._kept.setdefault(place, {})
        if key in kept:
            return cast(T, kept[key])
        found = await self.read(work, *args)
        if self._kept.get(place) is kept:
            kept[key] = found
        return found

    def forget(self, work: Callable[..., Any]) -> None:
        """Read again what is kept for a slice, because another one has written there."""
        self._forget(_place(work))

    def _forget(self, place: str) -> None:
        if place:
            self._kept.pop(place, None)
        else:
            self._kept.clear()

    async def close(self) -> None:
        """Finish the writes that wait, then close the file."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    # -- the threads ------------------------------------------------------------------------

    def _start_writer(self) -> None:
        if self._writer is None:
            self._writer = threading.Thread(
                target=self._write_all, name="sponde-write", daemon=True
            )
            self._writer.start()

    def _write_all(self) -> None:
        while True:
            first = self._writes.get()
            if first is None:
                return
            group, ends = self._gather(first)
            self._commit(group)
            if ends:
                return

    def _gather(self, first: _Write) -> tuple[list[_Write], bool]:
        group = [first]
        while len(group) < SHARED_WRITES:
            try:
                job = self._writes.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, group: list[_Write]) -> None:
        try:
            results = self._retried(lambda con: _transaction(con, [job.work for job in group]))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to who asked
            if len(group) == 1:
                group[0].done.set_exception(error)
                return
            # One bad write must not fail its neighbours: each gets a transaction of its own.
            for job in group:
                self._commit([job])
            return
        for job, result in zip(group, results, strict=True):
            job.done.set_result(result)

    def _read(self, work: Callable[["Connection"], T]) -> T:
        def once(con: "Connection") -> T:
            with con.cursor() as cursor:
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                return work(cursor)

        return self._retried(once)

    def _retried(self, work: Callable[["Connection"], T]) -> T:
        """Run `work`; after a failed checkpoint (a full disk) reopen the file and run it again."""
        import duckdb

        con = self._open()
        try:
            return work(con)
        except (duckdb.FatalException, duckdb.ConnectionException) as error:
            self._log.warning("The history was closed by an error and is opened again: %s", error)
            self._drop(con)
            return work(self._open())

    # -- the file ---------------------------------------------------------------------------

    def _open(self) -> "Connection":
        with self._opening:
            if self._con is None:
                import duckdb

                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                try:
                    con = duckdb.connect(str(self.path), config=SETTINGS)
                except duckdb.IOException as error:
                    raise _held(self.path, error) from error
                try:
                    migrate(con, self._migrations)
                except BaseException:
                    con.close()
                    raise
                self._con = con
            return self._con

    def _drop(self, con: "Connection") -> None:
        with self._opening:
            if self._con is con:
                self._con = None
                con.close()

    def _close(self) -> None:
        if self._writer is not None:
            self._writes.put(None)
            self._writer.join()
            self._writer = None
        self._readers.shutdown(wait=True)
        with self._opening:
            if self._con is not None:
                self._con.close()
                self._con = None


def _place(work: Callable[..., Any]) -> str:
    """Name the slice whose store a function belongs to; '': none of ours."""
    module = getattr(work, "__module__", None) or ""
    return module.rpartition(".")[0] if module.startswith("sponde_server.") else ""


def _transaction(con: "Connection", works: list[Callable[["Connection"], Any]]) -> list[Any]:
    con.execute("BEGIN TRANSACTION")
    try:
        results = [work(con) for work in works]
        con.execute("COMMIT")
    except BaseException:
        _roll_back(con)
        raise
    return results


def _roll_back(con: "Connection") -> None:
    import duckdb

    try:
        con.execute("ROLLBACK")
    except duckdb.Error:
        # The transaction is gone already (a failed COMMIT, a fatal error): nothing to undo.
        return


def _held(path: Path, error: Exception) -> SpondeError:
    found = re.search(r"PID (\d+)", str(error))
    if found:
        return Unavailable(
            f"The history {path.name} is open in another JupyterLab (process {found[1]}).",
            "Use that JupyterLab, or stop it and try again.",
        )
    return Unavailable(
        f"The history {path} cannot be opened: {error}",
        "Check the folder's permissions and free space, or set SpondeApp.data_dir.",
    )


def migrate(con: "Connection", folder: Path) -> None:
    """Apply the migrations that this file has not seen, each in one transaction, in name order.

    An applied migration whose text has changed is refused: history is append-only.
    """
    con.execute(
        "CREATE TABLE IF NOT EXISTS migration "
        "(name VARCHAR PRIMARY KEY, hash VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)"
    )
    applied = dict(con.execute("SELECT name, hash FROM migration").fetchall())
    known = sorted(folder.glob("[0-9]*.sql"))
    for path in known:
        text = path.read_text("utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if path.stem in applied:
            if applied[path.stem] != digest:
                raise Conflict(
                    f"Migration {path.stem} is not the one that made this history.",
                    "Install the version of Sponde that last opened it, or a released one.",
                )
            continue
        con.execute("BEGIN TRANSACTION")
        try:
            con.execute(text)
            con.execute(
                "INSERT INTO migration VALUES (?, ?, now()::TIMESTAMP)", [path.stem, digest]
            )
            con.execute("COMMIT")
        except BaseException:
            _roll_back(con)
            raise
    newer = set(applied) - {path.stem for path in known}
    if newer:
        raise Conflict(
            f"This history was written by a newer Sponde ({max(newer)}).",
            "Install that version, or set SpondeApp.data_dir to another folder.",
        )
