"""Brings blocks in and out: files are read aside, shown before anything is kept, and undone.

What a file holds is text; nothing of it is run. Whatever takes long is done off the event loop, a
few blocks at a time, so that it can be followed and stopped.
"""

import asyncio
import base64
import binascii
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.library.bulk.records import CodeBlocksChanged
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.records import CodeBlockEdit, CodeBlockSaved
from sponde_server.library.service import SpondeLibrary

from .records import (
    BlockClaim,
    BlockExport,
    BlockImport,
    BundleBlock,
    ExportChanged,
    ImportChanged,
    ImportChoices,
    ImportPair,
    ImportPart,
    ImportPiece,
    ImportRow,
    ImportRows,
    NewBlockExport,
    NewBlockImport,
    PartDeed,
    RowChoice,
    RowState,
    TransferStatus,
)

if TYPE_CHECKING:
    from sponde_server.library.sources.near import Signature

    from . import bundle
    from .beside import Beside

_AT_ONCE = 100
_TOLD_SECONDS = 0.2
_MOST_SHOWN = 200
_MOST_WAITING = 8
_MOST_REFUSED = 100
_MOST_PIECE = 6_000_000
_ENDED = (TransferStatus.DONE, TransferStatus.CANCELLED, TransferStatus.FAILED)


@dataclass
class _Import:
    """An import that is under way."""

    transfer: BlockImport
    file: Path
    rows: list[ImportRow] = field(default_factory=list)
    states: Counter[RowState] = field(default_factory=Counter)
    offsets: list[int] = field(default_factory=list)
    """Where each row's block begins among those that were read; -1: it is broken."""
    measured: list["Signature"] = field(default_factory=list)
    """What each is compared by: measured once, used again when it is kept."""
    seen: dict[str, str] = field(default_factory=dict)
    """The codes of this file, by their hash, each with its name."""
    beside: dict[str, list[Any]] = field(default_factory=dict)
    is_stopped: bool = False
    told: float = 0.0

    @property
    def spool(self) -> Path:
        return self.file.with_suffix(".rows")


@dataclass
class _Export:
    """An export, and its file."""

    transfer: BlockExport
    file: Path
    is_stopped: bool = False
    told: float = 0.0


class SpondeTransfers(LoggingConfigurable):
    """The ways of many blocks into the library and out of it."""

    max_import_bytes = Int(
        200_000_000,
        help="Largest file that is imported, in bytes, and most that a zip may unpack to. 0 means "
        "no limit. Files are held in memory while they are read.",
    ).tag(config=True)
    max_import_blocks = Int(
        100_000,
        help="Most blocks that one import may hold. 0 means no limit. A line of each is held in "
        "memory until it is kept or left.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        library: SpondeLibrary,
        root: Path,
        folder: Path,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._library = library
        self._root = root
        self._folder = folder
        self._tasks = Tasks(self.log)
        self._imports: dict[str, _Import] = {}
        self._exports: dict[str, _Export] = {}
        self._is_swept = False
        self.beside: Beside | None = None
        """Takes along what bundles hold beside blocks; app.py hands it in."""

    async def stop(self) -> None:
        """End what is under way; what was kept stays."""
        await self._tasks.stop()
        if self._is_swept:
            await asyncio.to_thread(shutil.rmtree, self._folder, True)

    async def settle(self) -> None:
        """Wait until what is under way has ended by itself."""
        await self._tasks.settle()

    # -- into the library -----------------------------------------------------------------------

    async def begin(self, body: NewBlockImport) -> BlockImport:
        """Begin an import: of a file that is sent in pieces, or of one that lies here."""
        await self._sweep()
        self._forget_old()
        filename = (body.filename or body.path).rpartition("/")[2].rpartition("\\")[2][:200]
        if not filename:
            raise Invalid("The file has no name.", "Say what it is called, as sales.json.")
        transfer = BlockImport(filename=filename)
        work = _Import(transfer, self._folder / f"{transfer.id}.file")
        if body.path:
            full = inside(self._root, body.path)
            if not full.is_file():
                raise NotFound(f"There is no file '{body.path}'.", "Look in the file browser.")
            work.file = self._folder / f"{transfer.id}.file"
            await asyncio.to_thread(self._take, full, work.file)
        else:
            await asyncio.to_thread(work.file.touch)
        self._imports[transfer.id] = work
        return await self.read(transfer.id) if body.path else transfer

    async def receive(self, import_id: str, piece: ImportPiece) -> BlockImport:
        """Take the next piece of a file."""
        work = self._work(import_id, TransferStatus.RECEIVING)
        if len(piece.data) > _MOST_PIECE:
            raise TooLarge("A piece is larger than 4 MB.", "Send smaller ones.")
        try:
            data = base64.b64decode(piece.data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Invalid("A piece of the file is no base64.", "Send it again.") from error
        if self.max_import_bytes and piece.at + len(data) > self.max_import_bytes:
            await self.cancel(import_id)
            raise TooLarge(
                f"'{work.transfer.filename}' has more than {self.max_import_bytes:,} bytes.",
                "Import it in parts, or raise SpondeTransfers.max_import_bytes.",
            )
        size = await asyncio.to_thread(_append, work.file, piece.at, data)
        return self._step(work, done=size)

    async def read(self, import_id: str) -> BlockImport:
        """Read the file in the background."""
        work = self._work(import_id, TransferStatus.RECEIVING)
        self._step(work, status=TransferStatus.READING, done=0)
        self._tasks.start(self._guarded(work, self._read(work)))
        return work.transfer

    async def get(self, import_id: str) -> BlockImport:
        """Say how far an import is."""
        if import_id in self._imports:
            return self._imports[import_id].transfer
        from . import store as transfer_store

        kept = await self._database.read(transfer_store.find_import, import_id)
        if kept is None:
            raise NotFound(f"There is no import {import_id}.", "Begin it again.")
        return kept

    async def list_imports(self) -> list[BlockImport]:
        """List the imports that kept something, latest first: each can be undone."""
        from . import store as transfer_store

        return await self._database.read(transfer_store.list_imports)

    async def rows(self, import_id: str, state: str, offset: int, limit: int) -> ImportRows:
        """Give some of the blocks of an import."""
        work = self._work(import_id)
        wanted = [row for row in work.rows if not state or row.state == state]
        few = max(1, min(limit, _MOST_SHOWN))
        return ImportRows(
            rows=tuple(wanted[max(0, offset) : max(0, offset) + few]), total=len(wanted)
        )

    async def pair(self, import_id: str, at: int) -> ImportPair:
        """Give a block of an import with its code, beside the one here that is near it."""
        work = self._work(import_id)
        if not 0 <= at < len(work.rows) or work.offsets[at] < 0:
            raise NotFound(f"There is no block {at} in this import.", "Look at the list again.")
        (block,) = await asyncio.to_thread(_load, work.spool, [work.offsets[at]])
        row = work.rows[at]
        mine = await self._library.get(row.block_id) if row.block_id else None
        return ImportPair(
            name=row.name,
            language=row.language,
            code=block.code,
            mine=mine.code if mine else "",
            mine_name=mine.name if mine else "",
        )

    async def keep(self, import_id: str, chosen: ImportChoices) -> BlockImport:
        """Keep what was chosen, in the background."""
        work = self._work(import_id, TransferStatus.READY)
        wanted = [row for row in work.rows if row.state is not RowState.BROKEN]
        if chosen.near:
            wanted = [
                replace(row, choice=chosen.near) if row.state is RowState.NEAR else row
                for row in wanted
            ]
        wanted = [
            replace(row, choice=chosen.choices.get(str(row.at), row.choice)) for row in wanted
        ]
        wanted = [row for row in wanted if row.choice is not RowChoice.SKIP]
        self._step(work, status=TransferStatus.WORKING, done=0, total=len(wanted))
        self._tasks.start(self._guarded(work, self._keep(work, wanted)))
        return work.transfer

    async def cancel(self, import_id: str) -> BlockImport:
        """Stop an import; what was kept so far can be undone."""
        work = self._work(import_id)
        work.is_stopped = True
        if work.transfer.status in (TransferStatus.RECEIVING, TransferStatus.READY):
            await self._end(work, status=TransferStatus.CANCELLED)
        return work.transfer

    async def undo(self, import_id: str) -> BlockImport:
        """Take back what an import did; what was changed since stays, and is told."""
        from . import store as transfer_store
        from .keeping import undo_import

        transfer = await self.get(import_id)
        if transfer.status is TransferStatus.UNDONE:
            raise Conflict("This was undone already.", "Look at the blocks in the library.")
        if transfer.status not in _ENDED:
            raise Conflict("The import has not ended.", "Stop it first.")
        parts = await self._database.read(transfer_store.list_parts, import_id)
        made = [part.block_id for part in parts if part.deed is PartDeed.COLLECTED]
        parts = [part for part in parts if part.deed is not PartDeed.COLLECTED]
        if self.beside:
            await self.beside.forget(made)
        changed, refused = await self._database.write(undo_import, parts)
        for part in parts:
            if part.deed is PartDeed.REVISED:
                refused += await self._take_back(part)
        done = replace(
            transfer, status=TransferStatus.UNDONE, refused=tuple(refused[:_MOST_REFUSED])
        )
        await self._database.write(transfer_store.put_import, done)
        self._imports.pop(import_id, None)
        self._feed.tell(ImportChanged(transfer=done))
        self._tell_blocks([*changed, *(part.block_id for part in parts)])
        return done

    async def claims(self, block_id: str) -> list[BlockClaim]:
        """Say what a bundle says of a block's runs elsewhere."""
        from . import store as transfer_store

        claim = await self._database.read(transfer_store.find_claim, block_id)
        return [claim] if claim else []

    # -- out of it ------------------------------------------------------------------------------

    async def export(self, body: NewBlockExport) -> BlockExport:
        """Begin to write blocks into a file."""
        from .writing import filename_for

        await self._sweep()
        for old in list(self._exports)[: -_MOST_WAITING + 1]:
            gone = self._exports.pop(old)
            gone.is_stopped = True
            gone.file.unlink(missing_ok=True)
        ids = await self._chosen(body)
        if not ids:
            raise NotFound("There is no block to export.", "Choose blocks, or search for others.")
        name = "code-blocks"
        if len(ids) == 1:
            name = (await self._library.get(ids[0])).name
        transfer = BlockExport(
            format=body.format, filename=filename_for(body.format, name), total=len(ids)
        )
        work = _Export(transfer, self._folder / f"{transfer.id}.export")
        self._exports[transfer.id] = work
        self._tasks.start(self._export(work, ids, has_past=body.has_past))
        return transfer

    async def get_export(self, export_id: str) -> BlockExport:
        """Say how far an export is."""
        return self._export_work(export_id).transfer

    async def cancel_export(self, export_id: str) -> BlockExport:
        """Stop an export."""
        work = self._export_work(export_id)
        work.is_stopped = True
        return work.transfer

    async def exported(self, export_id: str) -> tuple[BlockExport, Path]:
        """Give an export's file."""
        work = self._export_work(export_id)
        if work.transfer.status is not TransferStatus.DONE:
            raise Conflict("The export has not ended yet.", "Wait for it, or begin it again.")
        return work.transfer, work.file

    # -- inside: reading ------------------------------------------------------------------------

    async def _read(self, work: _Import) -> None:
        from .keeping import prepare, recognise
        from .reading import Limits, read_file

        limits = Limits(bytes=self.max_import_bytes)
        pieces = await asyncio.to_thread(read_file, work.file, work.transfer.filename, limits)
        while few := await asyncio.to_thread(_next, pieces):
            if work.is_stopped:
                await self._end(work, status=TransferStatus.CANCELLED)
                return
            if self.max_import_blocks and len(work.rows) > self.max_import_blocks:
                raise TooLarge(
                    f"'{work.transfer.filename}' holds over {self.max_import_blocks:,} blocks.",
                    "Import it in parts, or raise SpondeTransfers.max_import_blocks.",
                )
            begun = [prepared for prepared in few if not _is_beside(prepared)]
            work.beside |= {one.key: one.values for one in few if _is_beside(one)}
            ready = await asyncio.to_thread(
                prepare, begun, work.spool, len(work.rows), self._library.max_code_bytes
            )
            rows = await self._database.read(recognise, ready, work.seen)
            work.rows += rows
            work.states.update(row.state for row in rows)
            work.offsets += [one.offset for one in ready]
            work.measured += [one.measured for one in ready]
            self._step(work, done=len(work.rows), **_counted(work))
        if not work.rows:
            raise Invalid(
                f"'{work.transfer.filename}' holds no block.", "Choose another file to import."
            )
        self._step(work, status=TransferStatus.READY, total=len(work.rows), **_counted(work))

    # -- inside: keeping ------------------------------------------------------------------------

    async def _keep(self, work: _Import, wanted: list[ImportRow]) -> None:
        from . import store as transfer_store
        from .keeping import facts_for, keep_batch

        names = await self._library.sources.dataset_names()
        changed: list[str] = []
        here: dict[str, str] = {}
        refused: list[str] = []
        await self._database.write(transfer_store.put_import, work.transfer)
        try:
            for at in range(0, len(wanted), _AT_ONCE):
                if work.is_stopped:
                    break
                few = wanted[at : at + _AT_ONCE]
                offsets = [work.offsets[row.at] for row in few]
                blocks = await asyncio.to_thread(_load, work.spool, offsets)
                pairs = list(zip(few, blocks, strict=True))
                plain = [one for one in pairs if one[0].choice is RowChoice.KEEP]
                made = await asyncio.to_thread(facts_for, plain, work.measured, names)
                parts = await self._database.write(keep_batch, work.transfer, made)
                here |= {one.block.id: part.block_id for one, part in zip(made, parts, strict=True)}
                for row, block in pairs:
                    if row.choice is RowChoice.REVISE:
                        try:
                            parts += [await self._revise(work, row, block)]
                            here[block.id] = row.block_id
                        except SpondeError as error:
                            refused.append(f"'{row.name}': {error.message} {error.hint}")
                changed += [part.block_id for part in parts]
                transfer = work.transfer
                self._step(
                    work,
                    done=min(len(wanted), at + len(few)),
                    added=transfer.added + _count(parts, PartDeed.ADDED),
                    revised=transfer.revised + _count(parts, PartDeed.REVISED),
                    noted=transfer.noted + _count(parts, PartDeed.NOTED),
                    refused=tuple(refused[:_MOST_REFUSED]),
                )
                await asyncio.sleep(0)
            if self.beside and work.beside and not work.is_stopped:
                collected, said = await self.beside.take(work.beside, here)
                refused += said
                await self._database.write(transfer_store.add_parts, _collected(work, collected))
                self._step(work, refused=tuple(refused[:_MOST_REFUSED]))
        finally:
            self._tell_blocks(changed)
        await self._end(
            work, status=TransferStatus.CANCELLED if work.is_stopped else TransferStatus.DONE
        )
        await self._database.write(transfer_store.put_import, work.transfer)

    async def _revise(self, work: _Import, row: ImportRow, block: BundleBlock) -> ImportPart:
        """Make a block's code the newest revision of the one here."""
        from . import store as transfer_store
        from .keeping import import_source

        before = await self._library.revisions(row.block_id)
        mine = await self._library.revise(
            row.block_id,
            CodeBlockEdit(
                code=block.code,
                description=block.description or None,
                tags=tuple(dict.fromkeys((*(await self._library.get(row.block_id)).tags,
                                          *block.tags))),
            ),
            fields=block.fields or None,
        )  # fmt: skip
        known = {revision.id for revision in before}
        made = [one for one in await self._library.revisions(mine.id) if one.id not in known]
        source = import_source(work.transfer, mine.id)
        part = ImportPart(
            import_id=work.transfer.id,
            block_id=mine.id,
            deed=PartDeed.REVISED,
            revision_id=made[0].id if made else "",
            source_id=source.id,
            updated_at=mine.updated_at,
        )
        await self._database.write(transfer_store.add_sources, [source])
        await self._database.write(transfer_store.add_parts, [part])
        return part

    async def _take_back(self, part: ImportPart) -> list[str]:
        from . import store as transfer_store

        await self._database.write(transfer_store.remove_sources, {part.source_id: part.block_id})
        try:
            block = await self._library.get(part.block_id)
            if block.updated_at != part.updated_at:
                return [f"'{block.name}' was changed since; it stays as it is."]
            if part.revision_id:
                await self._library.restore_revision(part.block_id, part.revision_id)
        except SpondeError as error:
            return [f"{error.message} {error.hint}"]
        return []

    # -- inside: writing ------------------------------------------------------------------------

    async def _chosen(self, body: NewBlockExport) -> list[str]:
        from . import store as transfer_store

        if body.block_ids:
            return list(dict.fromkeys(body.block_ids))
        if not body.query.strip():
            return await self._database.read(transfer_store.list_ids)
        ids: list[str] = []
        while True:
            found = await self._library.find(
                FindBlocks(query=body.query, limit=self._library.max_results, offset=len(ids))
            )
            ids += [one.block.id for one in found.blocks]
            if not found.has_more or not found.blocks or len(ids) >= self.max_import_blocks:
                return list(dict.fromkeys(ids))

    async def _export(self, work: _Export, ids: list[str], *, has_past: bool) -> None:
        from . import store as transfer_store
        from .writing import writer_for

        writer = None
        try:
            writer = await asyncio.to_thread(writer_for, work.transfer.format, work.file)
            for at in range(0, len(ids), _AT_ONCE):
                if work.is_stopped:
                    await asyncio.to_thread(writer.close)
                    work.file.unlink(missing_ok=True)
                    self._tell_export(work, status=TransferStatus.CANCELLED)
                    return
                few = await self._database.read(
                    transfer_store.whole, ids[at : at + _AT_ONCE], has_past
                )
                await asyncio.to_thread(writer.add, few)
                self._tell_export(work, done=min(len(ids), at + _AT_ONCE))
            beside = await self.beside.give(ids) if self.beside else {}
            await asyncio.to_thread(writer.finish, beside)
            self._tell_export(
                work, status=TransferStatus.DONE, done=len(ids), size=work.file.stat().st_size
            )
        except (SpondeError, OSError) as error:
            if writer:
                writer.close()
            work.file.unlink(missing_ok=True)
            said = getattr(error, "message", "") or f"The file cannot be written: {error}."
            hint = getattr(error, "hint", "") or "Look for room on the disk, and export again."
            self._tell_export(work, status=TransferStatus.FAILED, error=said, hint=hint)

    def _tell_export(self, work: _Export, **changes: Any) -> None:
        work.transfer = replace(work.transfer, **changes)
        moment = time.monotonic()
        if "status" in changes or moment - work.told > _TOLD_SECONDS:
            work.told = moment
            self._feed.tell(ExportChanged(transfer=work.transfer))

    def _export_work(self, export_id: str) -> _Export:
        if export_id not in self._exports:
            raise NotFound(f"There is no export {export_id}.", "Export the blocks again.")
        return self._exports[export_id]

    # -- inside: both ---------------------------------------------------------------------------

    async def _guarded(self, work: _Import, doing: Any) -> None:
        try:
            await doing
        except SpondeError as error:
            await self._end(
                work, status=TransferStatus.FAILED, error=error.message, hint=error.hint
            )
        except OSError as error:
            await self._end(
                work,
                status=TransferStatus.FAILED,
                error=f"The file cannot be read: {error.strerror or error}.",
                hint="Look for room on the disk, and import it again.",
            )

    async def _end(self, work: _Import, **changes: Any) -> None:
        """Say how it ended, and forget what was read."""
        if changes["status"] is not TransferStatus.DONE:
            work.rows = work.rows if work.transfer.status is TransferStatus.WORKING else []
        for path in (work.file, work.spool):
            await asyncio.to_thread(path.unlink, missing_ok=True)
        self._step(work, **changes)

    def _step(self, work: _Import, **changes: Any) -> BlockImport:
        work.transfer = replace(work.transfer, **changes)
        moment = time.monotonic()
        if "status" in changes or moment - work.told > _TOLD_SECONDS:
            work.told = moment
            self._feed.tell(ImportChanged(transfer=work.transfer))
        return work.transfer

    def _work(self, import_id: str, *status: TransferStatus) -> _Import:
        work = self._imports.get(import_id)
        if work is None:
            raise NotFound(f"There is no import {import_id} under way.", "Choose the file again.")
        if status and work.transfer.status not in status:
            raise Conflict(
                f"'{work.transfer.filename}' is {work.transfer.status.value} already.",
                "Wait until that has ended, or choose the file again.",
            )
        return work

    def _tell_blocks(self, ids: list[str]) -> None:
        if ids:
            known = tuple(dict.fromkeys(ids))
            self._feed.tell(CodeBlocksChanged(block_ids=known))
            self._bus.tell(CodeBlockSaved(block_id=known[0]))

    def _take(self, full: Path, to: Path) -> None:
        """Take a copy: a file may change while it is looked at."""
        size = full.stat().st_size
        if self.max_import_bytes and size > self.max_import_bytes:
            raise TooLarge(
                f"'{full.name}' has {size:,} bytes; {self.max_import_bytes:,} are read at most.",
                "Import it in parts, or raise SpondeTransfers.max_import_bytes.",
            )
        try:
            shutil.copyfile(full, to)
        except OSError as error:
            raise Invalid(
                f"'{full.name}' cannot be read: {error.strerror}.", "Look at its permissions."
            ) from error

    def _forget_old(self) -> None:
        """Hold few imports at once; the oldest that nobody went on with goes."""
        for old in list(self._imports)[: -_MOST_WAITING + 1]:
            if self._imports[old].transfer.status not in (
                TransferStatus.READING,
                TransferStatus.WORKING,
            ):
                gone = self._imports.pop(old)
                gone.file.unlink(missing_ok=True)
                gone.spool.unlink(missing_ok=True)

    async def _sweep(self) -> None:
        """Begin with an empty folder: what a server that was killed has left goes."""
        if not self._is_swept:
            self._is_swept = True
            await asyncio.to_thread(shutil.rmtree, self._folder, True)
            await asyncio.to_thread(
                lambda: self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            )


# -- on other threads -------------------------------------------------------------------------


def _next(pieces: Iterator["bundle.Piece | bundle.Beside"]) -> list[Any]:
    return list(islice(pieces, _AT_ONCE))


def _append(path: Path, at: int, data: bytes) -> int:
    if path.stat().st_size != at:
        raise Conflict("A piece of the file was lost on its way.", "Choose the file again.")
    with path.open("ab") as file:
        file.write(data)
    return at + len(data)


def _load(spool: Path, offsets: list[int]) -> list[BundleBlock]:
    from sponde_server.core.wire import decode

    with spool.open("rb") as file:
        found = []
        for offset in offsets:
            file.seek(offset)
            found.append(decode(BundleBlock, file.readline()))
    return found


def _collected(work: _Import, ids: list[str]) -> list[ImportPart]:
    return [
        ImportPart(
            import_id=work.transfer.id, block_id=one, deed=PartDeed.COLLECTED, updated_at=now()
        )
        for one in ids
    ]


def _is_beside(piece: Any) -> bool:
    return hasattr(piece, "values")


def _counted(work: _Import) -> dict[str, int]:
    return {state.value: work.states[state] for state in RowState}


def _count(parts: list[ImportPart], deed: PartDeed) -> int:
    return sum(part.deed is deed for part in parts)
