"""Files from a person's computer: taken in pieces, resumed after a break, put in place when whole.

What is on its way lies in the data folder; the folder that JupyterLab serves sees whole files only.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, TooLarge
from sponde_server.core.paths import inside, relative
from sponde_server.core.tasks import Tasks
from sponde_server.datasets.records import Dataset
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.datasets.versions.records import VersionCause

from .arriving import Arrival, Part
from .placing import check_name, no_room, older_than, place, set_aside, stage_of
from .records import DatasetUpload, NameConflict, NewUpload, UploadedDataset

HOUR = 3600.0
DAY = 24 * HOUR


Replaced = Callable[[str, Path, VersionCause], Awaitable[None]]


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


async def _nothing(path: str, file: Path, cause: VersionCause) -> None:
    return None


class SpondeUploads(LoggingConfigurable):
    """The files that are on their way."""

    max_upload_bytes = Integer(
        5_000_000_000,
        min=1,
        help="How many bytes a file may have that is uploaded as a dataset; a larger one is "
        "refused before it is sent. Files that lie in JupyterLab's folder already may be larger.",
    ).tag(config=True)
    replaced_days = Integer(
        30,
        min=1,
        help="How many days a file is kept that an upload has replaced, so that it can be put "
        "back.",
    ).tag(config=True)

    def __init__(
        self,
        *,
        datasets: SpondeDatasets,
        root: Path,
        folder: Path,
        free: Callable[[Path], int] = _free,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._datasets = datasets
        self._root = root
        self._workspace = str(root.resolve())
        self._folder = folder / "uploads"
        self._aside = folder / "replaced"
        self._free = free
        self.on_replaced: Replaced = _nothing
        """Told of the file whose place another took, before the new one is read."""
        self._parts: dict[str, Part] | None = None
        self._loading = asyncio.Lock()
        self._working = Tasks(self.log)

    async def start(self) -> None:
        """Sweep what was left long ago, now and every hour; in the background."""
        self._working.start(self._sweep_often())

    async def stop(self) -> None:
        """End sweeping, and close what is being written."""
        await self._working.stop()
        for part in (self._parts or {}).values():
            if part.writer is not None:
                await part.writer.leave()

    async def list_open(self) -> list[DatasetUpload]:
        """Give the uploads of this workspace that are not finished, latest first."""
        parts = (await self._known()).values()
        found = [one.upload for one in parts if not one.upload.path and self._is_ours(one)]
        return sorted(found, key=lambda upload: upload.id, reverse=True)

    async def begin(self, new: NewUpload) -> DatasetUpload:
        """Begin an upload, or go on with the same file's; refused before a byte is sent."""
        check_name(new.name)
        self._check_size(new)
        target = await asyncio.to_thread(self._target, new.folder, new.name, new.makes_folder)
        parts = await self._known()
        if not new.fresh:
            same = [p for p in parts.values() if _is_same(p.upload, new) and self._is_ours(p)]
            if same:
                furthest = max(same, key=lambda part: part.upload.received)
                return await asyncio.to_thread(self._seen, furthest)
        await asyncio.to_thread(self._check_room, new, target.parent)
        upload = DatasetUpload(
            name=new.name,
            bytes=new.bytes,
            folder=new.folder.strip("/"),
            modified=new.modified,
            head=new.head,
            workspace=self._workspace,
        )
        part = Part(self._folder, upload)
        try:
            await asyncio.to_thread(self._make, part)
        except OSError as error:
            raise no_room(error, new.name, self._folder) from error
        parts[upload.id] = part
        return await asyncio.to_thread(self._seen, part)

    async def get(self, upload_id: str) -> DatasetUpload:
        """Say how far an upload is."""
        return await asyncio.to_thread(self._seen, await self._part(upload_id))

    async def receive(self, upload_id: str, offset: int, sha256: str = "") -> Arrival:
        """Take what follows `offset`; the caller hands the bytes over as they come."""
        part = await self._part(upload_id)
        if part.upload.path:
            raise Conflict(f"'{part.upload.name}' has arrived already.", "Send nothing more.")
        return await part.turn(offset, sha256)

    async def finish(self, upload_id: str, conflict: NameConflict) -> UploadedDataset:
        """Put the whole file in its place and register it; asked twice, the answer is the same."""
        part = await self._part(upload_id)
        async with part.ending:
            if not part.upload.path:
                if part.upload.received != part.upload.bytes or part.writer is not None:
                    raise Conflict(
                        f"{part.upload.received:,} of the {part.upload.bytes:,} bytes of "
                        f"'{part.upload.name}' are here.",
                        "Send the rest first.",
                    )
                await asyncio.to_thread(self._put, part, conflict)
                if part.upload.has_replaced:
                    aside = self._aside / part.upload.id
                    await self.on_replaced(part.upload.path, aside, VersionCause.REPLACED)
            dataset = await self._dataset_of(part)
        return UploadedDataset(upload=part.upload, dataset=dataset)

    async def cancel(self, upload_id: str) -> None:
        """Forget an upload and its bytes; one that has arrived stays."""
        part = (await self._known()).get(upload_id)
        if part is None or not self._is_ours(part) or part.upload.path:
            return
        async with part.ending:
            if not part.upload.path:
                writer, part.writer = part.writer, None
                if writer is not None:
                    await writer.leave()
                await asyncio.to_thread(part.forget)
                (await self._known()).pop(upload_id, None)

    async def put_back(self, upload_id: str) -> Dataset:
        """Change places with the file that was replaced; once more brings the new one back."""
        part = await self._part(upload_id)
        async with part.ending:
            aside = self._aside / part.upload.id
            if not part.upload.has_replaced or not aside.exists():
                raise NotFound(
                    f"No file is kept that '{part.upload.name}' has replaced.",
                    f"Replaced files are kept for {self.replaced_days} days.",
                )
            try:
                await asyncio.to_thread(self._swap, inside(self._root, part.upload.path), aside)
            except OSError as error:
                raise no_room(error, part.upload.name, self._root) from error
            await self.on_replaced(part.upload.path, aside, VersionCause.PUT_BACK)
            return await self._datasets.add(part.upload.path)

    async def check(self, new: NewUpload) -> None:
        """Refuse a file that is about to come from elsewhere, where one that is sent would be."""
        check_name(new.name)
        self._check_size(new)
        target = await asyncio.to_thread(self._target, new.folder, new.name)
        await asyncio.to_thread(self._check_room, new, target.parent)

    async def take(self, file: Path, name: str, folder: str) -> Dataset:
        """Put a file that came from elsewhere into the folder; where the name is taken, beside."""
        target = await asyncio.to_thread(self._target, folder, name)
        try:
            placed, _ = await asyncio.to_thread(
                place, file, target, NameConflict.KEEP_BOTH, self._aside / file.stem
            )
        except OSError as error:
            raise no_room(error, name, target.parent) from error
        await asyncio.to_thread(file.unlink, missing_ok=True)
        return await self._datasets.add(relative(self._root, placed))

    # -- one of them ----------------------------------------------------------------------------

    async def _part(self, upload_id: str) -> Part:
        part = (await self._known()).get(upload_id)
        if part is None or not self._is_ours(part):
            raise NotFound(
                "This upload is not known any more.",
                "Choose the file again: unfinished uploads are kept for a day.",
            )
        return part

    def _is_ours(self, part: Part) -> bool:
        return part.upload.workspace == self._workspace

    def _seen(self, part: Part) -> DatasetUpload:
        if part.upload.path:
            return part.upload
        try:
            is_taken = os.path.lexists(self._target(part.upload.folder, part.upload.name))
        except SpondeError:
            is_taken = False
        return replace(part.upload, is_taken=is_taken)

    def _target(self, folder: str, name: str, makes_folder: bool = False) -> Path:
        full = inside(self._root, folder)
        pieces = folder.strip("/").split("/")
        if makes_folder and not full.exists() and not any(one.startswith(".") for one in pieces):
            try:
                full.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise no_room(error, folder, full.parent) from error
        if not full.is_dir():
            raise NotFound(
                f"There is no folder '{folder}'.", "Choose another one in the file browser."
            )
        if any(
            piece.startswith(".") for piece in relative(self._root, full).split("/") if piece != "."
        ):
            raise Invalid(
                f"'{folder}' is a hidden folder.", "Choose another one in the file browser."
            )
        return full / name

    def _check_size(self, new: NewUpload) -> None:
        if new.bytes < 0:
            raise Invalid(f"A file cannot have {new.bytes} bytes.", "Give its size.")
        if new.bytes > self.max_upload_bytes:
            raise TooLarge(
                f"'{new.name}' has {in_words(new.bytes)}; uploads may have "
                f"{in_words(self.max_upload_bytes)} (SpondeUploads.max_upload_bytes).",
                "Copy it into JupyterLab's folder by other means and choose 'Add from folder…', "
                "or raise that setting.",
            )

    def _check_room(self, new: NewUpload, folder: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # What others are sending now will need its room as well.
        since = time.monotonic() - 60
        parts = [one for one in (self._parts or {}).values() if one.touched > since]
        promised = sum(p.upload.bytes - p.upload.received for p in parts if not p.upload.path)
        places = [self._folder]
        if folder.stat().st_dev != self._folder.stat().st_dev:
            places.append(folder)
        for place_ in places:
            room = max(0, self._free(place_) - promised)
            if room < new.bytes:
                raise TooLarge(
                    f"'{new.name}' has {in_words(new.bytes)}, and the server's disk has room for "
                    f"{in_words(room)}.",
                    "Make some room there and try again.",
                )

    def _make(self, part: Part) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.file.touch()
        part.save()

    def _put(self, part: Part, conflict: NameConflict) -> None:
        upload = part.upload
        target = self._target(upload.folder, upload.name)
        try:
            with part.file.open("rb") as file:
                os.fsync(file.fileno())
            placed, has_replaced = place(part.file, target, conflict, self._aside / upload.id)
        except OSError as error:
            raise no_room(error, upload.name, target.parent) from error
        path = relative(self._root, placed)
        part.upload = replace(upload, path=path, has_replaced=has_replaced)
        part.save()
        part.file.unlink(missing_ok=True)

    async def _dataset_of(self, part: Part) -> Dataset:
        if part.upload.dataset_id:
            return await self._datasets.get(part.upload.dataset_id)
        dataset = await self._datasets.add(part.upload.path)
        part.upload = replace(part.upload, dataset_id=dataset.id)
        await asyncio.to_thread(part.save)
        return dataset

    def _swap(self, target: Path, aside: Path) -> None:
        newer = aside.with_suffix(".newer")
        if target.exists():
            set_aside(target, newer)
        place(aside, target, NameConflict.REPLACE, aside.with_suffix(".dropped"))
        aside.unlink(missing_ok=True)
        aside.with_suffix(".dropped").unlink(missing_ok=True)
        if newer.exists():
            newer.replace(aside)

    # -- after a start --------------------------------------------------------------------------

    async def _known(self) -> dict[str, Part]:
        async with self._loading:
            if self._parts is None:
                self._parts = await asyncio.to_thread(self._load)
            return self._parts

    def _load(self) -> dict[str, Part]:
        found: dict[str, Part] = {}
        for note in self._folder.glob("*.json"):
            part = Part.found(note)
            if part is not None:
                found[part.upload.id] = part
                self._unstage(part)
        for path in self._folder.glob("*"):
            if path.stem not in found or path.suffix == ".new":
                path.unlink(missing_ok=True)
        return found

    def _unstage(self, part: Part) -> None:
        """Take away what a server that was killed had copied beside the target."""
        if self._is_ours(part) and not part.upload.path:
            try:
                target = self._target(part.upload.folder, part.upload.name)
            except SpondeError:
                return
            stage_of(part.file, target).unlink(missing_ok=True)

    async def _sweep_often(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(HOUR)

    async def sweep(self) -> None:
        """Take away what nobody has gone on with for a day, and replaced files after their time."""
        parts = await self._known()
        kept = self.replaced_days * DAY
        for part in list(parts.values()):
            limit = kept if part.upload.has_replaced else DAY
            if part.writer is None and await asyncio.to_thread(older_than, part.note, limit):
                await asyncio.to_thread(part.forget)
                parts.pop(part.upload.id, None)
        for path in await asyncio.to_thread(lambda: list(self._aside.glob("*"))):
            if path.stem not in parts and await asyncio.to_thread(older_than, path, kept):
                await asyncio.to_thread(path.unlink, missing_ok=True)


def in_words(count: int) -> str:
    """Write a size as the panel does: 1.2 GB."""
    value, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}" if unit != "bytes" and value < 9.95 else f"{value:.0f} {unit}"


def _is_same(upload: DatasetUpload, new: NewUpload) -> bool:
    return not upload.path and (
        upload.name,
        upload.bytes,
        upload.folder,
        upload.modified,
        upload.head,
    ) == (new.name, new.bytes, new.folder.strip("/"), new.modified, new.head)
