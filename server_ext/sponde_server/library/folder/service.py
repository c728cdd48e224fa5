"""Keeps the library and a folder of files in step, both ways, and runs git there when asked.

What was last the same is noted for each file; whatever differs from that on one side is taken to
the other, and what differs on both sides waits for a person. Files are written aside and renamed.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Float
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.library.records import CodeBlock, CodeBlockEdit, CodeBlockSaved
from sponde_server.library.service import SpondeLibrary

from .records import (
    ConflictKind,
    FolderChanged,
    FolderConflict,
    FolderFile,
    FolderPlan,
    FolderState,
    GitDone,
    GitState,
    LibraryFolder,
    NewCommit,
    NewFolder,
    NewRemote,
    NewResolution,
    Side,
)

if TYPE_CHECKING:
    from .files import Found, OnDisk
    from .git import Git

_MARKS = re.compile(r"^<{7} .*^>{7} ", re.MULTILINE | re.DOTALL)
_BY = "the library's folder"
_WAIT = 0.3
_SLOWER = 50
"""A look that took a second is done again after so many."""


class SpondeFolder(LoggingConfigurable):
    """The library as files in a folder, and that folder in git."""

    look_seconds = Float(
        5.0,
        help="How often the folder that holds the library as files is looked at for changes, in "
        "seconds; it takes one look at the times of its files. 0: only when a person looks.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        library: SpondeLibrary,
        root: Path,
        private: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._library = library
        self._root = root
        self._private = private
        self._tasks = Tasks(self.log)
        self._lock = asyncio.Lock()
        self._woken = asyncio.Event()
        self._is_watching = False
        self._state = FolderState()
        self._took = 0.0
        self._seen: tuple[str, int, dict[str, tuple[int, int]]] | None = None
        """Where, up to which change and with which files both were last compared."""
        self._is_merging = False
        bus.on(CodeBlockSaved, lambda event: self._wake())

    async def start(self) -> None:
        """Begin to watch, where a folder is set."""
        self._watch()

    async def stop(self) -> None:
        """End the watch; a file that is being written is whole or not there."""
        await self._tasks.stop()

    # -- setting it -----------------------------------------------------------------------------

    async def plan(self, body: NewFolder) -> FolderPlan:
        """Say what would happen if this folder were set; nothing is changed."""
        from sponde_server.library.transfer import store as transfer_store

        from .files import code_files, read_pages

        path = self._resolved(body.path)
        found = await asyncio.to_thread(code_files, path) if path.is_dir() else {}
        pages = await asyncio.to_thread(read_pages, path, found)
        ids = await self._database.read(transfer_store.list_ids)
        ours = {page.text("id") for page in pages.values() if page.is_ours}
        return FolderPlan(
            path=str(path),
            exists=path.is_dir(),
            to_write=len(set(ids) - ours),
            to_take=sum(page.is_ours for page in pages.values()),
            others=sum(not page.is_ours for page in pages.values()),
            is_repository=await asyncio.to_thread(_git_dir, path) is not None,
        )

    async def set(self, body: NewFolder) -> FolderState:
        """Keep the library in step with this folder from now on."""
        from . import store as folder_store

        path = self._resolved(body.path)
        try:
            await asyncio.to_thread(lambda: path.mkdir(parents=True, exist_ok=True))
        except OSError as error:
            raise Invalid(
                f"The folder {path} cannot be made: {error.strerror}.", "Choose another one."
            ) from error
        async with self._lock:
            await self._database.write(folder_store.put_folder, LibraryFolder(path=str(path)))
        return await self.look()

    async def leave(self) -> FolderState:
        """Keep no folder in step any more; its files stay as they are."""
        from . import store as folder_store

        async with self._lock:
            await self._database.write(folder_store.put_folder, None)
            self._state = FolderState()
        return self._state

    # -- keeping in step ------------------------------------------------------------------------

    async def state(self) -> FolderState:
        """Say how it stands, with what git says."""
        if self._state.looked_at is None:
            await self.look()
        if not self._state.path or self._state.problem:
            return self._state
        return replace(self._state, git=await self._git_state(Path(self._state.path)))

    async def look(self) -> FolderState:
        """Compare the folder and the library, and bring both in step."""
        async with self._lock:
            self._seen = None  # a person who asks gets a whole look
            await self._look()
        self._watch()
        return self._state

    async def resolve(self, body: NewResolution, by: str = "") -> FolderState:
        """End a conflict: keep mine, keep theirs, or what was made of both."""
        async with self._lock:
            conflict = next((one for one in self._state.conflicts if one.path == body.path), None)
            folder = await self._folder()
            if conflict is None or folder is None:
                raise NotFound(f"There is no conflict about '{body.path}' any more.", "Look again.")
            if conflict.kind is ConflictKind.MERGE:
                await self._resolve_merge(Path(folder.path), conflict, body)
            else:
                await self._resolve(Path(folder.path), conflict, body, by)
            self._seen = None
            await self._look()
        return await self.state()

    # -- git ------------------------------------------------------------------------------------

    async def begin_git(self) -> GitDone:
        """Make the folder a repository."""
        git = await self._git()
        if await git.top():
            raise Conflict("The folder lies in a repository already.", "Use that one.")
        await git.do("init", "--quiet", "--initial-branch=main")
        return GitDone(said="The folder is a git repository now.", state=await self.state())

    async def set_remote(self, body: NewRemote) -> GitDone:
        """Say where the folder is pushed; git keeps it."""
        git = await self._ready()
        await git.set_remote(body.url)
        url = await git.remote_url()
        return GitDone(said=f"It is pushed to {url}.", state=await self.state())

    async def commit(self, body: NewCommit) -> GitDone:
        """Commit the files of the library that have changed, and no others."""
        if not body.message.strip():
            raise Invalid("A commit needs a message.", "Write what has changed.")
        git = await self._ready()
        await self.look()
        state = await self._git_state(git.folder)
        if state.is_merging:
            raise Conflict("A pull waits for its conflicts.", "Solve them first.")
        if not state.changed:
            raise Conflict("Nothing has changed since the last commit.", "Change a block first.")
        await git.commit(state.changed, body.message.strip())
        count = len(state.changed)
        said = f"{count} file{'s were' if count > 1 else ' was'} committed."
        return GitDone(said=said, state=await self.state())

    async def pull(self) -> GitDone:
        """Bring what is on the other side; conflicts wait for a person."""
        git = await self._ready()
        await self.look()
        state = await self._git_state(git.folder)
        if state.is_merging:
            raise Conflict("The last pull waits for its conflicts.", "Solve them first.")
        remote = await self._far(git)
        if state.changed:
            count = len(state.changed)
            raise Conflict(
                f"{count} file{'s are' if count > 1 else ' is'} not committed.",
                "Commit first, then pull.",
            )
        await git.fetch(remote)
        branch = await git.branch()
        what = f"refs/remotes/{remote}/{branch}"
        if (await git.ask("rev-parse", "--quiet", "--verify", what)).code:
            raise Conflict(
                f"The other side has no branch '{branch}' yet.", "Push first: that makes it."
            )
        was = (await git.ask("rev-parse", "--quiet", "--verify", "HEAD")).out.strip()
        unmerged = await git.merge(what)
        await self.look()
        if unmerged:
            count = len(unmerged)
            said = f"{count} file{'s were' if count > 1 else ' was'} changed on both sides."
        elif (await git.ask("rev-parse", "HEAD")).out.strip() == was:
            said = "There was nothing new."
        else:
            said = "The other side's changes are in the library."
        return GitDone(said=said, state=await self.state())

    async def push(self) -> GitDone:
        """Send the commits to the other side."""
        git = await self._ready()
        remote = await self._far(git)
        if not await git.last_commit():
            raise Conflict("There is no commit to push.", "Commit first.")
        await git.push(remote)
        return GitDone(said=f"Pushed to {await git.remote_url()}.", state=await self.state())

    async def abort(self) -> GitDone:
        """Take a pull back that waits for conflicts."""
        git = await self._ready()
        await git.do("merge", "--abort")
        await self.look()
        return GitDone(said="The pull was taken back.", state=await self.state())

    # -- inside: one look -----------------------------------------------------------------------

    async def _look(self) -> None:
        folder = await self._folder()
        if folder is None:
            self._state = FolderState(looked_at=now())
            return
        loop = asyncio.get_running_loop()
        begun = loop.time()
        path = Path(folder.path)
        if not await asyncio.to_thread(path.is_dir):
            self._state = FolderState(
                path=folder.path,
                problem=f"The folder {path} is not there.",
                hint="Bring it back, or set another one; nothing was deleted in the library.",
                looked_at=now(),
            )
            return
        try:
            await self._compare(folder, path)
        except SpondeError as error:
            self._state = replace(
                self._state,
                path=folder.path,
                problem=error.message,
                hint=error.hint,
                looked_at=now(),
            )
        except OSError as error:
            self._state = replace(
                self._state,
                path=folder.path,
                problem=f"'{error.filename or path}' cannot be used: {error.strerror or error}.",
                hint="Look at its permissions and the room on the disk.",
                looked_at=now(),
            )
        self._took = loop.time() - begun

    async def _compare(self, folder: LibraryFolder, path: Path) -> None:
        from . import store as folder_store
        from .files import Found, code_files

        last = await self._database.read(folder_store.last_change)
        entries = await asyncio.to_thread(code_files, path)
        seen = (folder.path, last, entries)
        if seen == self._seen and not self._state.problem and not self._is_merging:
            self._state = replace(self._state, looked_at=now())
            return
        changed = dict(await self._database.read(folder_store.list_changed, folder.seen_change))
        rows = {one.block_id: one for one in await self._database.read(folder_store.list_files)}
        found = Found(
            path,
            await asyncio.to_thread(code_files, path),
            {one.path: one for one in rows.values()},
        )
        await asyncio.to_thread(found.read_changed)
        conflicts = await self._merging(path, found)
        refused: list[str] = []
        waits: set[str] = set()
        count = 0
        # The folder first: what has come by a pull may be what the library would write anew.
        for disk in found.changed():
            try:
                told = await self._from_disk(found, disk, rows, changed)
            except SpondeError as error:
                refused.append(f"{disk.path}: {error.message} {error.hint}".strip())
                waits.add(disk.page.text("id"))
                continue
            if isinstance(told, FolderConflict):
                conflicts.append(told)
                waits.add(told.block_id)
            count += told is True
        for block_id in found.gone(rows):
            gone = await self._gone(rows[block_id], changed)
            if gone:
                conflicts.append(gone)
                waits.add(block_id)
        for block_id, is_removed in changed.items():
            if block_id not in waits:
                count += await self._to_disk(found, block_id, is_removed=is_removed)
        if last != folder.seen_change:
            await self._database.write(folder_store.note_seen, last)
        self._seen = (folder.path, last, dict(found.entries))
        self._is_merging = bool(found.unmerged)
        before = self._state
        files = await self._database.read(folder_store.list_files)
        self._state = FolderState(
            path=folder.path,
            files=len(files),
            conflicts=tuple(sorted(conflicts, key=lambda one: one.path)),
            refused=tuple(refused[:100]),
            others=found.others,
            looked_at=now(),
        )
        if count or before.conflicts != self._state.conflicts:
            self._feed.tell(FolderChanged(conflicts=len(conflicts), changed=count))

    async def _from_disk(
        self,
        found: "Found",
        disk: "OnDisk",
        rows: dict[str, FolderFile],
        changed: dict[str, bool],
    ) -> "FolderConflict | bool":
        """Take a file that is new or that was changed: True where the library changed by it."""
        from . import store as folder_store
        from .files import digest_of
        from .front_matter import filename, write

        if _MARKS.search(disk.text):
            raise Conflict("It holds the marks of a conflict.", "Solve it there, and save it.")
        row = found.rows.get(disk.path)
        block_id = row.block_id if row else disk.page.text("id")
        known = rows.get(block_id)
        if row is None and known and found.holds(known.path):
            block = await self._database.read(folder_store.find_any, block_id)
            if block and disk.digest == digest_of(write(block)) and filename(block) == disk.name:
                # Written under its new name when we were killed: the old file goes now.
                await asyncio.to_thread(found.unlink, known.path, known.digest)
                return await self._link(disk, block_id, rows)
            block_id, known = "", None  # a copy: a block of its own
        block = await self._database.read(folder_store.find_any, block_id) if block_id else None
        if block is None:
            return await self._new(found, disk, rows)
        mine = write(block)
        if digest_of(mine) == disk.digest and not changed.get(block_id):
            return await self._link(disk, block_id, rows)
        if known and known.digest == disk.digest:
            # Only moved, or only touched: what the library says may be newer, and is written.
            return await self._link(disk, block_id, rows)
        is_removed = changed.get(block_id, False)
        if is_removed or await self._is_removed(block_id):
            return FolderConflict(
                path=disk.path,
                kind=ConflictKind.BLOCK_GONE,
                name=block.name,
                words=f"'{block.name}' was deleted here, and {disk.path} was changed there.",
                mine="",
                theirs=disk.text,
                language=block.language,
                block_id=block.id,
            )
        if known is None or digest_of(mine) != known.digest:
            return FolderConflict(
                path=disk.path,
                kind=ConflictKind.CHANGED,
                name=block.name,
                words=f"'{block.name}' was changed here, and {disk.path} was changed there.",
                mine=mine,
                theirs=disk.text,
                language=block.language,
                block_id=block.id,
            )
        await self._take(found, disk, block_id)
        changed.pop(block_id, None)
        return True

    async def _gone(self, row: FolderFile, changed: dict[str, bool]) -> FolderConflict | None:
        from . import store as folder_store
        from .front_matter import write

        if await self._is_removed(row.block_id):
            await self._database.write(folder_store.remove_file, row.block_id)
            changed.pop(row.block_id, None)
            return None
        block = await self._library.get(row.block_id)
        return FolderConflict(
            path=row.path,
            kind=ConflictKind.FILE_GONE,
            name=block.name,
            words=f"{row.path} was deleted in the folder; '{block.name}' is still in the library.",
            mine=write(block),
            theirs="",
            language=block.language,
            block_id=block.id,
        )

    async def _to_disk(self, found: "Found", block_id: str, *, is_removed: bool) -> bool:
        """Write a block that was changed here."""
        from . import store as folder_store
        from .files import digest_of
        from .front_matter import write

        row = found.row_of(block_id)
        if is_removed:
            if row:
                await asyncio.to_thread(found.unlink, row.path, row.digest)
                await self._database.write(folder_store.remove_file, block_id)
            return row is not None
        block = await self._library.get(block_id)
        text = write(block)
        if row and row.digest == digest_of(text):
            return False
        if row and not await asyncio.to_thread(found.is_as_noted, row):
            return False  # changed this very moment: the next look tells both
        path, old = await asyncio.to_thread(found.place_for, block, row)
        if path in found.unmerged:
            return False
        entry = await asyncio.to_thread(found.write, path, text)
        await self._note(found, FolderFile(block_id=block_id, **entry))
        if old and row:
            await asyncio.to_thread(found.unlink, old, row.digest)
        return True

    async def _new(self, found: "Found", disk: "OnDisk", rows: dict[str, FolderFile]) -> bool:
        """Make a block of a file that is new."""
        from sponde_server.library.code.facts import code_hash, facts_of, language_of, name_for
        from sponde_server.library.fields.lines import fields_of
        from sponde_server.library.sources.near import signature
        from sponde_server.library.transfer.bundle import block_of
        from sponde_server.library.transfer.keeping import Made, keep_batch
        from sponde_server.library.transfer.records import (
            BlockImport,
            ImportRow,
            PartDeed,
            RowState,
        )

        page = disk.page
        if not page.code:
            raise Invalid("It holds no code.", "Write some, or delete the file.")
        longest = self._library.max_code_bytes
        if longest and len(page.code.encode("utf-8", "replace")) > longest:
            raise TooLarge(f"Its code is longer than {longest:,} bytes.", "Make it shorter.")
        language = page.text("language") or language_of(page.code)
        facts = facts_of(page.code, language)
        name = page.text("name") or name_for(page.code, language, page.text("description"), facts)
        piece = block_of(
            {
                "code": page.code,
                "name": _checked_name(name),
                "language": language,
                "description": page.text("description"),
                "tags": [tag for tag in page.texts("tags") if tag],
                "id": page.text("id"),
            }
        )
        if piece.block is None:
            raise Invalid(piece.note)
        as_read = CodeBlock(name=name, language=language, code=page.code, facts=facts)
        made = Made(
            ImportRow(at=0, state=RowState.NEW),
            replace(piece.block, fields=fields_of(page.fields, as_read)),
            code_hash(page.code),
            facts,
            signature(page.code, language),
        )
        label = BlockImport(filename=f"{found.folder.name}/{disk.path}")
        (part,) = await self._database.write(keep_batch, label, [made])
        if part.deed is PartDeed.NOTED and part.block_id in rows:
            other = rows[part.block_id].path
            raise Conflict(f"It holds the same code as {other}.", "Delete one of the two files.")
        await self._told(part.block_id)
        await self._link(disk, part.block_id, rows)
        await self._to_disk(found, part.block_id, is_removed=False)
        return True

    async def _take(self, found: "Found", disk: "OnDisk", block_id: str) -> None:
        """Make a file's text the newest revision of its block."""
        from sponde_server.library.code.facts import facts_of
        from sponde_server.library.fields.lines import fields_of

        page = disk.page
        edit = CodeBlockEdit(code=page.code)  # without a head it is new code and nothing else
        fields = None
        if page.is_ours:
            mine = await self._library.get(block_id)
            language = page.text("language") or mine.language
            facts = facts_of(page.code, language)
            read = replace(mine, code=page.code, language=language, facts=facts)
            fields = fields_of(page.fields, read, mine)
            edit = CodeBlockEdit(
                code=page.code,
                name=_checked_name(page.text("name")) if page.text("name") else None,
                language=page.text("language") or None,
                description=page.text("description"),
                tags=tuple(tag for tag in page.texts("tags") if tag),
            )
        await self._library.revise(block_id, edit, _BY, fields)
        await self._link(disk, block_id, {})
        await self._to_disk(found, block_id, is_removed=False)

    async def _link(self, disk: "OnDisk", block_id: str, rows: dict[str, FolderFile]) -> bool:
        file = FolderFile(
            block_id=block_id,
            path=disk.path,
            digest=disk.digest,
            mtime_ns=disk.mtime_ns,
            size=disk.size,
        )
        rows[block_id] = file
        await self._note(disk.found, file)
        return False

    async def _note(self, found: "Found", file: FolderFile) -> None:
        from . import store as folder_store

        found.rows = {
            path: one for path, one in found.rows.items() if one.block_id != file.block_id
        }
        found.rows[file.path] = file
        await self._database.write(folder_store.put_file, file)

    async def _told(self, block_id: str) -> None:
        from sponde_server.library.records import CodeBlockChanged

        self._feed.tell(CodeBlockChanged(block=await self._library.get(block_id)))

    async def _is_removed(self, block_id: str) -> bool:
        from sponde_server.library import store

        return await self._database.read(store.find, block_id) is None

    # -- inside: conflicts ----------------------------------------------------------------------

    async def _resolve(
        self, path: Path, conflict: FolderConflict, body: NewResolution, by: str
    ) -> None:
        from . import store as folder_store
        from .files import Found, OnDisk, write_whole
        from .front_matter import read

        full = path / conflict.path
        there = await asyncio.to_thread(_text_of, full)
        if there != conflict.theirs:
            raise Conflict(f"{conflict.path} was changed again.", "Look at both texts again.")
        found = Found(path, {}, {})
        if conflict.kind is ConflictKind.FILE_GONE:
            if body.side is Side.THEIRS:
                await self._library.remove(conflict.block_id)
            await self._database.write(folder_store.remove_file, conflict.block_id)
            if body.side is not Side.THEIRS:
                await self._to_disk(found, conflict.block_id, is_removed=False)
            return
        if conflict.kind is ConflictKind.BLOCK_GONE:
            await self._library.restore(conflict.block_id)
        text = body.text if body.side is Side.EDITED else there
        if body.side is Side.EDITED:
            if not read(text, full.suffix[1:]).is_ours:
                raise Invalid("Its head is gone.", "Keep the lines between the two ---.")
            await asyncio.to_thread(write_whole, full, text)
        disk = await asyncio.to_thread(OnDisk.of, found, conflict.path)
        mine = await self._library.get(conflict.block_id)
        # Theirs becomes a revision in any case: nothing that was written is lost.
        try:
            await self._take(found, disk, conflict.block_id)
        except SpondeError:
            if body.side is not Side.MINE:
                raise
            await self._link(disk, conflict.block_id, {})
        if conflict.kind is ConflictKind.BLOCK_GONE and body.side is Side.MINE:
            await self._library.remove(conflict.block_id)
            await asyncio.to_thread(full.unlink, True)
            await self._database.write(folder_store.remove_file, conflict.block_id)
            return
        if body.side is Side.MINE:
            edit = CodeBlockEdit(
                code=mine.code,
                name=mine.name,
                language=mine.language,
                description=mine.description,
                tags=mine.tags,
            )
            await self._library.revise(conflict.block_id, edit, by, mine.fields)
            await self._to_disk(found, conflict.block_id, is_removed=False)

    async def _merging(self, path: Path, found: "Found") -> list[FolderConflict]:
        """Give what git could not merge; those files are left alone until it is solved."""
        from .front_matter import read
        from .git import Git

        place = await asyncio.to_thread(_git_dir, path)
        if place is None or not (place / "MERGE_HEAD").exists() or not Git.is_there():
            return []
        git = Git(path)
        await git.check()
        conflicts = []
        for one in await git.unmerged():
            found.unmerged.add(one)
            mine, theirs = await git.stage(2, one), await git.stage(3, one)
            page = read(mine or theirs or "", Path(one).suffix[1:])
            name = page.text("name") or one
            if mine is None or theirs is None:
                side = "here" if mine is None else "there"
                words = f"'{name}' was deleted {side} and changed on the other side."
            else:
                words = f"'{name}' was changed here and there since the last pull."
            conflicts.append(
                FolderConflict(
                    path=one,
                    kind=ConflictKind.MERGE,
                    name=name,
                    words=words,
                    mine=mine or "",
                    theirs=theirs or "",
                    language=page.text("language"),
                    block_id=page.text("id"),
                )
            )
        return conflicts

    async def _resolve_merge(
        self, path: Path, conflict: FolderConflict, body: NewResolution
    ) -> None:
        from .files import write_whole
        from .git import Git

        git = Git(path)
        texts = {Side.MINE: conflict.mine, Side.THEIRS: conflict.theirs, Side.EDITED: body.text}
        text = texts[body.side]
        if text:
            await asyncio.to_thread(write_whole, path / conflict.path, text)
            await git.do("add", "--", conflict.path)
        else:
            await git.do("rm", "--quiet", "--force", "--", conflict.path)
        if not await git.unmerged():
            await git.do("commit", "--quiet", "--no-edit")

    # -- inside: the rest -----------------------------------------------------------------------

    async def _git_state(self, path: Path) -> GitState:
        from .git import Git

        if not Git.is_there():
            return GitState(note="Git is not installed: files are kept in step without it.")
        git = Git(path)
        try:
            look = await git.look()
            if look is None:
                return GitState(is_there=True)
            rows = {one.path for one in await self._files()}
            ours = {
                path: code
                for path, code in sorted(look.changed.items())
                if path in rows or ("D" in code and _is_code(path))
            }
            return GitState(
                is_there=True,
                is_repository=True,
                branch=look.branch,
                remote=look.remote,
                has_upstream=look.has_upstream,
                ahead=look.ahead,
                behind=look.behind,
                changed=tuple(ours),
                is_merging=look.is_merging,
                last_commit=look.last_commit,
                suggestion=_suggestion(ours),
                note=""
                if look.branch
                else "No branch is checked out, so nothing can be pulled or pushed: "
                "in a terminal, git switch main.",
            )
        except SpondeError as error:
            return GitState(is_there=True, note=f"{error.message} {error.hint}".strip())

    async def _git(self) -> "Git":
        from .git import Git

        folder = await self._folder()
        if folder is None:
            raise Conflict("No folder is set.", "Set one first.")
        return Git(Path(folder.path))

    async def _ready(self) -> "Git":
        git = await self._git()
        if not await git.top():
            raise Conflict("The folder is no git repository.", "Begin one here first.")
        await git.check()
        return git

    async def _far(self, git: "Git") -> str:
        if not await git.branch():
            raise Conflict(
                "No branch is checked out in the folder.", "In a terminal: git switch main"
            )
        remote = await git.remote()
        if not remote:
            raise Conflict("The folder has no remote.", "Say where it is pushed to.")
        return remote

    async def _folder(self) -> LibraryFolder | None:
        from . import store as folder_store

        return await self._database.read(folder_store.find_folder)

    async def _files(self) -> list[FolderFile]:
        from . import store as folder_store

        return await self._database.read(folder_store.list_files)

    def _resolved(self, said: str) -> Path:
        if not said.strip() or "\0" in said:
            raise Invalid("There is no folder named.", "Name one, such as code-library.")
        path = Path(said.strip()).expanduser()
        path = (path if path.is_absolute() else self._root / path).resolve()
        private = self._private.resolve()
        if path == private or private in path.parents or path in private.parents:
            raise Invalid(
                f"'{path}' holds Sponde's own files, or lies among them.", "Choose another folder."
            )
        if path in (Path("/"), Path.home()):
            raise Invalid(f"'{path}' is no folder for code alone.", "Choose a folder below it.")
        if path.exists() and not path.is_dir():
            raise Invalid(f"'{path}' is a file.", "Choose a folder.")
        return path

    def _wake(self) -> None:
        self._woken.set()
        self._watch()

    def _watch(self) -> None:
        if not self._is_watching:
            self._is_watching = True
            self._tasks.start(self._keep_looking())

    async def _keep_looking(self) -> None:
        try:
            while await self._folder() is not None:
                pause = max(self.look_seconds, self._took * _SLOWER) if self.look_seconds else None
                await _at_most(self._woken.wait(), pause)
                if self._woken.is_set():
                    await asyncio.sleep(_WAIT)  # several changes are written together
                self._woken.clear()
                async with self._lock:
                    await self._look()
        finally:
            self._is_watching = False


async def _at_most(work: Awaitable[Any], seconds: float | None) -> None:
    try:
        await asyncio.wait_for(work, seconds)
    except TimeoutError:
        return


def _checked_name(name: str) -> str:
    from sponde_server.library.naming import check_name

    check_name(name)
    return name


def _text_of(full: Path) -> str:
    try:
        return full.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""


def _git_dir(path: Path) -> Path | None:
    """Find the repository's own folder without asking git."""
    for place in (path, *path.parents):
        found = place / ".git"
        if found.is_dir():
            return found
        if found.is_file():
            told = found.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
            return (place / told).resolve()
    return None


def _is_code(path: str) -> bool:
    from .front_matter import LANGUAGES

    return path.rpartition(".")[2] in LANGUAGES


_DEEDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("Add", lambda code: "?" in code or "A" in code),
    ("Remove", lambda code: "D" in code),
    ("Change", lambda code: True),
)


def _suggestion(changed: dict[str, str]) -> str:
    """Suggest a message: `Add load_sales; change clean`."""
    told: dict[str, list[str]] = {}
    for path, code in changed.items():
        deed = next(deed for deed, fits in _DEEDS if fits(code))
        told.setdefault(deed, []).append(path.rpartition("/")[2].rpartition(".")[0])
    named = "; ".join(f"{deed} {', '.join(names)}" for deed, names in sorted(told.items()))
    if len(named) > 70:
        named = "; ".join(
            f"{deed} {names[0] if len(names) == 1 else f'{len(names)} blocks'}"
            for deed, names in sorted(told.items())
        )
    return named[:1] + named[1:].replace("; A", "; a").replace("; C", "; c").replace("; R", "; r")
