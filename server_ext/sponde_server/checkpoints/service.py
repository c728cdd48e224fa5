"""Keeps notebooks and files before a turn changes them, and brings them back.

The tab puts back what it has open, so that undo works there; the disk is put back here, each file
whole. Which files are to be put back is noted first: a server that dies in the middle finishes when
it starts again. Does not know conversations: it is told which one a message belongs to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.core.paths import inside
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from . import notebooks, store
from .pieces import Pieces, write_whole
from .records import (
    Checkpoint,
    CheckpointChanged,
    FileState,
    FileStates,
    Given,
    GoingBack,
    KeptFile,
    KeptKind,
    Made,
    NewCheckpoint,
)

MEGABYTE = 1_000_000
LISTED = 1000
CLEAN_AFTER_SECONDS = 60.0
MOST_TEXT = 2_000_000

FindConversation = Callable[[str], Awaitable[str]]


class SpondeCheckpoints(LoggingConfigurable):
    """How notebooks and files stood before turns of the chat."""

    keep_days = Int(
        30, min=0, help="How many days one can go back to before a turn. 0: without an end."
    ).tag(config=True)
    keep_megabytes = Int(
        500,
        min=0,
        help="How many megabytes all checkpoints together may take on the disk; the oldest go "
        "first. 0: as many as there is room for.",
    ).tag(config=True)
    largest_megabytes = Int(
        50,
        min=1,
        help="Megabytes of the largest file that is kept. A larger notebook is kept without its "
        "largest outputs; a larger file is not kept, and its turn says so.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        root: Path,
        folder: Path,
        find_conversation: FindConversation,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._root = root
        self._pieces = Pieces(folder)
        self._find_conversation = find_conversation
        self._tasks = Tasks(self.log)
        # One change at a time: what is being kept must not be swept away.
        self._turn = asyncio.Lock()
        self._is_dirty = False

    # -- keeping --------------------------------------------------------------------------------

    async def before(self, message_id: str, paths: Sequence[str]) -> Callable[[], Awaitable[None]]:
        """Keep files as they are on the disk; call what is given once they are changed."""
        given = tuple(Given(path=path) for path in paths)
        checkpoint = await self.begin(NewCheckpoint(message_id=message_id, files=given))

        async def done() -> None:
            await self.complete(checkpoint.id, Made(files=given))

        return done

    async def made(self, message_id: str, path: str) -> None:
        """Note a file that a turn made where there was none."""
        files = (Given(path=path),)
        new = NewCheckpoint(message_id=message_id, files=files)
        checkpoint = await self.begin(new, were_there=False)
        await self.complete(checkpoint.id, Made(files=files))

    async def begin(self, new: NewCheckpoint, were_there: bool = True) -> Checkpoint:
        """Keep what a turn is about to change; several changes of a turn are one checkpoint."""
        if not new.files:
            raise Invalid("No file is named.", "Name what the turn is about to change.")
        conversation_id = await self._find_conversation(new.message_id)
        async with self._turn:
            known = await self._database.read(store.find_of, new.message_id)
            checkpoint = known or Checkpoint(
                message_id=new.message_id, conversation_id=conversation_id, files=()
            )
            there = {file.path for file in checkpoint.files}
            fresh = [
                await self._keep(one) if were_there else KeptFile(path=one.path, kind=_kind(one))
                for one in new.files
                if one.path not in there
            ]
            checkpoint = replace(checkpoint, files=(*checkpoint.files, *fresh))
            await self._write(checkpoint, [file.before for file in fresh])
        return checkpoint

    async def complete(self, checkpoint_id: str, made: Made) -> Checkpoint:
        """Note how a turn left what it changed."""
        async with self._turn:
            checkpoint = await self.get(checkpoint_id)
            given = {one.path: one for one in made.files}
            files, after = [], []
            for file in checkpoint.files:
                if file.path in given and file.before is not None:
                    left = await self._keep(given[file.path])
                    counts = await asyncio.to_thread(self._count, file, left)
                    is_same = not file.before or not left.before or file.kind is left.kind
                    file = replace(
                        file,
                        kind=left.kind if not file.before else file.kind,
                        after=left.before if is_same else None,
                        cells=counts,
                        is_whole=file.is_whole and left.is_whole,
                    )
                    after.append(left.before)
                files.append(file)
            checkpoint = replace(checkpoint, files=tuple(files), is_made=True)
            await self._write(checkpoint, after)
            if checkpoint.undoes:
                await self._mark(checkpoint)
        self._clean_soon()
        return checkpoint

    async def _mark(self, back: Checkpoint) -> None:
        """Note on a checkpoint that one went back to it, or that this was undone."""
        meant = await self.get(back.undoes)
        if meant.undoes:
            turn = await self.get(meant.undoes)
            await self._write(replace(turn, went_back="", went_back_at=None))
        else:
            await self._write(replace(meant, went_back=back.id, went_back_at=now()))

    def _count(self, file: KeptFile, left: KeptFile) -> Any:
        if file.kind is not KeptKind.NOTEBOOK or left.kind is not KeptKind.NOTEBOOK:
            return file.cells
        old, new = (
            notebooks.put_together(digest, self._pieces) if digest else None
            for digest in (file.before, left.before)
        )
        return notebooks.count(old, new)

    async def _keep(self, given: Given) -> KeptFile:
        return await asyncio.to_thread(self._keep_now, given)

    def _keep_now(self, given: Given) -> KeptFile:
        """Keep a file as it was given, or as it is on the disk."""
        full = inside(self._root, given.path)
        most = self.largest_megabytes * MEGABYTE
        kind = _kind(given)
        notebook = given.notebook
        data = b"" if given.text is None else given.text.encode(errors="surrogatepass")
        if notebook is None and given.text is None:
            if full.is_dir():
                raise Invalid(f"'{given.path}' is a folder.", "Name the files in it.")
            try:
                if kind is KeptKind.FILE and full.stat().st_size > most:
                    return KeptFile(path=given.path, kind=kind, before=None)
                data = full.read_bytes()
            except FileNotFoundError:
                return KeptFile(path=given.path, kind=kind, before="")
            if kind is KeptKind.NOTEBOOK:
                notebook = notebooks.read(data)
        if notebook is not None:
            notebook, is_whole = notebooks.fitting(notebook, most)
            digest = notebooks.take_apart(notebook, self._pieces)
            return KeptFile(
                path=given.path, kind=KeptKind.NOTEBOOK, before=digest, is_whole=is_whole
            )
        if len(data) > most:
            return KeptFile(path=given.path, kind=KeptKind.FILE, before=None)
        return KeptFile(path=given.path, kind=KeptKind.FILE, before=self._pieces.put(data))

    async def _write(self, checkpoint: Checkpoint, digests: Iterable[str | None] = ()) -> None:
        kinds = {file.before: file.kind for file in checkpoint.files}
        kinds |= {file.after: file.kind for file in checkpoint.files}
        sizes = await asyncio.to_thread(self._sizes, kinds, [one for one in digests if one])
        await self._database.write(store.put, checkpoint, sizes)
        self._feed.tell(CheckpointChanged(checkpoint=checkpoint))

    def _sizes(self, kinds: dict[str | None, KeptKind], digests: list[str]) -> dict[str, int]:
        every: list[str] = []
        for digest in digests:
            is_notebook = kinds.get(digest) is KeptKind.NOTEBOOK
            every += notebooks.digests(digest, self._pieces) if is_notebook else [digest]
        return {digest: self._pieces.size(digest) for digest in every}

    # -- looking --------------------------------------------------------------------------------

    async def list_all(self) -> list[Checkpoint]:
        """Give the turns that changed something, newest first."""
        return await self._database.read(store.list_turns, LISTED)

    async def get(self, checkpoint_id: str) -> Checkpoint:
        """Give one checkpoint."""
        found = await self._database.read(store.find, checkpoint_id)
        if found is None:
            raise NotFound(
                "This checkpoint is gone.",
                f"Checkpoints are kept for {self.keep_days} days and up to "
                f"{self.keep_megabytes} megabytes (SpondeCheckpoints).",
            )
        return found

    async def states(self, checkpoint_id: str, path: str) -> FileStates:
        """Give a file of a checkpoint as it was before the turn and as the turn left it."""
        file = _file(await self.get(checkpoint_id), path)
        return await asyncio.to_thread(self._states, file)

    def _states(self, file: KeptFile) -> FileStates:
        known = None if file.after is None else self._state(file, file.after)
        return FileStates(
            path=file.path,
            before=None if file.before is None else self._state(file, file.before),
            after=known,
            is_changed=file.after is not None
            and self._keep_now(Given(path=file.path)).before != file.after,
        )

    def _state(self, file: KeptFile, digest: str) -> FileState:
        if not digest:
            return FileState(exists=False)
        if file.kind is KeptKind.NOTEBOOK:
            return FileState(exists=True, notebook=notebooks.put_together(digest, self._pieces))
        data = self._pieces.get(digest)
        try:
            text = data.decode() if len(data) <= MOST_TEXT and b"\0" not in data else None
        except UnicodeDecodeError:
            text = None
        return FileState(exists=True, text=text, bytes=len(data))

    # -- going back -----------------------------------------------------------------------------

    async def go_back(self, checkpoint_id: str, asked: GoingBack) -> Checkpoint:
        """Put files back on the disk; what stood until now is a checkpoint that undoes this.

        The answer's `complete` is called once the tab has put back what it has open.
        """
        async with self._turn:
            meant = await self.get(checkpoint_id)
            if meant.restoring:
                raise Conflict("One is going back to it already.", "Wait until it has ended.")
            for path in asked.on_disk:
                if _file(meant, path).before is None:
                    raise Conflict(
                        f"'{path}' was too large to be kept.",
                        "SpondeCheckpoints.largest_megabytes says how large a file may be.",
                    )
            seen = {one.path: one for one in asked.files}
            paths = dict.fromkeys([*seen, *asked.on_disk])
            fresh = [await self._keep(seen.get(path, Given(path=path))) for path in paths]
            back = Checkpoint(
                message_id=meant.message_id,
                conversation_id=meant.conversation_id,
                files=tuple(fresh),
                undoes=meant.id,
                restoring=asked.on_disk,
            )
            await self._write(back, [file.before for file in fresh])
            return await self._restore(back, meant)

    async def _restore(self, back: Checkpoint, meant: Checkpoint) -> Checkpoint:
        for path in back.restoring:
            await asyncio.to_thread(self._put_back, _file(meant, path))
        done = replace(back, restoring=())
        await self._write(done)
        return done

    def _put_back(self, file: KeptFile) -> None:
        full = inside(self._root, file.path)
        if not file.before:
            full.unlink(missing_ok=True)
            return
        full.parent.mkdir(parents=True, exist_ok=True)
        if file.kind is KeptKind.NOTEBOOK:
            write_whole(full, notebooks.write(notebooks.put_together(file.before, self._pieces)))
        else:
            write_whole(full, self._pieces.get(file.before))

    # -- keeping house --------------------------------------------------------------------------

    async def start(self) -> None:
        """Finish what a server that died was putting back."""
        self._tasks.start(self._finish())

    async def _finish(self) -> None:
        async with self._turn:
            for back in await self._database.read(store.list_restoring):
                await self._restore(back, await self.get(back.undoes))
                made = Made(files=tuple(Given(path=file.path) for file in back.files))
                self._tasks.start(self._complete_later(back.id, made))

    async def _complete_later(self, checkpoint_id: str, made: Made) -> None:
        await self.complete(checkpoint_id, made)

    def _clean_soon(self) -> None:
        if not self._is_dirty:
            self._is_dirty = True
            self._tasks.start(self._clean_later())

    async def _clean_later(self) -> None:
        await asyncio.sleep(CLEAN_AFTER_SECONDS)
        await self.clean()

    async def clean(self) -> int:
        """Remove checkpoints that are too old or too many, and pieces that nothing needs."""
        async with self._turn:
            self._is_dirty = False
            oldest = now() - timedelta(days=self.keep_days or 36_500)
            most = self.keep_megabytes * MEGABYTE
            gone = await self._database.write(store.remove_old, oldest, most)
            needed = await self._database.read(store.needed)
            await asyncio.to_thread(self._pieces.sweep, needed)
        return gone

    async def stop(self) -> None:
        """End what waits."""
        await self._tasks.stop()


def _kind(given: Given) -> KeptKind:
    return KeptKind.NOTEBOOK if given.path.endswith(".ipynb") else KeptKind.FILE


def _file(checkpoint: Checkpoint, path: str) -> KeptFile:
    for file in checkpoint.files:
        if file.path == path:
            return file
    raise NotFound(
        f"'{path}' is not in this checkpoint.",
        f"It has {', '.join(file.path for file in checkpoint.files)}.",
    )
