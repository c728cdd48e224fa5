"""Publishes notebooks as dashboards, and writes conversations as files."""

import asyncio
import hashlib
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound
from sponde_server.core.events import Bus
from sponde_server.core.paths import inside, relative
from sponde_server.core.record import now
from sponde_server.core.streams import Feed

from . import export, notebook, store
from .records import (
    Dashboard,
    Exported,
    Format,
    NewExport,
    NewPublication,
    Publication,
    PublicationChanged,
    PublicationReady,
    Standing,
    Transcript,
)
from .voila import DashboardServer

COPY = "dashboard.ipynb"
_KINDS = {
    Format.NOTEBOOK: ("ipynb", "application/x-ipynb+json"),
    Format.MARKDOWN: ("md", "text/markdown; charset=utf-8"),
    Format.HTML: ("html", "text/html; charset=utf-8"),
}


class SpondePublisher(LoggingConfigurable):
    """What leaves the workbench. A published notebook is a copy: later edits wait for an update."""

    most_pages = Integer(
        8,
        min=1,
        help="How many pages of dashboards may be open at once; each has a kernel of its own.",
    ).tag(config=True)
    idle_seconds = Integer(
        600,
        min=5,
        help="Seconds after which the kernel of a page that nobody looks at ends, and after which "
        "Voilà itself ends when no page is open. Both start again when they are needed.",
    ).tag(config=True)
    start_seconds = Integer(
        60, min=1, help="Seconds that Voilà may take to start before that counts as a failure."
    ).tag(config=True)

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        feed: Feed,
        root: Path,
        folder: Path,
        base_url: str,
        transcript: Callable[[str], Awaitable[Transcript]],
        fences: notebook.Fences,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._bus = bus
        self._feed = feed
        self._root = root
        self._folder = folder
        self._base_url = base_url
        self._transcript = transcript
        self._fences = fences
        self._publishing = asyncio.Lock()
        self.dashboards = DashboardServer(
            folder,
            base_url + "sponde/dashboards/",
            self.log,
            most_pages=self.most_pages,
            idle_seconds=self.idle_seconds,
            start_seconds=self.start_seconds,
        )

    async def start(self) -> None:
        """End what an earlier server has left."""
        await self.dashboards.sweep()

    async def stop(self) -> None:
        """End Voilà."""
        await self.dashboards.stop()

    # -- dashboards -------------------------------------------------------------------------

    async def publish(self, asked: NewPublication) -> Publication:
        """Show a notebook as a dashboard; one that is shown already is updated."""
        source = relative(self._root, inside(self._root, asked.source))
        async with self._publishing:
            shown = await self._database.read(store.find_source, str(self._root), source)
            if shown is not None:
                return await self._copy(replace(shown, name=asked.name or shown.name), store.update)
            fresh = Publication(
                name=asked.name or Path(source).stem,
                source=source,
                workspace=str(self._root),
                digest="",
            )
            return await self._copy(fresh, store.add)

    async def update(self, publication_id: str) -> Publication:
        """Take the notebook's present state over; the address stays."""
        return await self._copy(await self.get(publication_id), store.update)

    async def withdraw(self, publication_id: str) -> None:
        """Stop showing a dashboard; it can be restored."""
        await self._change(replace(await self.get(publication_id), withdrawn_at=now()))

    async def restore(self, publication_id: str) -> Publication:
        """Show a withdrawn dashboard again, at its old address."""
        publication = await self._known(publication_id)
        shown = await self._database.read(
            store.find_source, publication.workspace, publication.source
        )
        if shown is not None and shown.id != publication_id:
            raise Conflict(
                f"'{publication.source}' has been published again since.",
                "Use the newer dashboard, or withdraw it first.",
            )
        return await self._change(replace(publication, withdrawn_at=None))

    async def list_all(self) -> list[Dashboard]:
        """Give what is shown of this workspace, the newest first."""
        shown = await self._database.read(store.list_shown, str(self._root))
        standings = await asyncio.to_thread(lambda: [self._standing(one) for one in shown])
        return [
            Dashboard(publication=one, standing=standing, address=f"sponde/dashboards/{one.id}")
            for one, standing in zip(shown, standings, strict=True)
        ]

    async def get(self, publication_id: str) -> Publication:
        """Give a publication that is shown."""
        publication = await self._known(publication_id)
        if publication.withdrawn_at is not None:
            raise NotFound(
                f"The dashboard '{publication.name}' was withdrawn.", "Publish its notebook again."
            )
        return publication

    async def find(self, publication_id: str) -> Publication | None:
        """Find a publication, shown or withdrawn."""
        return await self._database.read(store.find, publication_id)

    def page_path(self, publication_id: str) -> str:
        """Say where Voilà shows a publication."""
        return f"{self._base_url}sponde/dashboards/voila/render/{publication_id}/{COPY}"

    # -- conversations ----------------------------------------------------------------------

    async def export(self, conversation_id: str, format: Format) -> tuple[str, str, bytes]:
        """Write a conversation as a file: its name, its media type and its content."""
        transcript = await self._transcript(conversation_id)
        ending, media_type = _KINDS[format]
        content = await asyncio.to_thread(self._written, transcript, format)
        return f"{_file_name(transcript.title)}.{ending}", media_type, content

    async def save(self, conversation_id: str, asked: NewExport) -> Exported:
        """Write a conversation into a file in the root folder; an older one is not overwritten."""
        folder = inside(self._root, asked.folder)
        name, _, content = await self.export(conversation_id, asked.format)
        path = await asyncio.to_thread(_write_new, folder, name, content)
        return Exported(path=relative(self._root, path))

    def _written(self, transcript: Transcript, format: Format) -> bytes:
        if format is Format.NOTEBOOK:
            return notebook.from_transcript(transcript, self._fences)
        if format is Format.MARKDOWN:
            return notebook.markdown(transcript).encode()
        return export.html(transcript).encode()

    # -- the copies -------------------------------------------------------------------------

    async def _known(self, publication_id: str) -> Publication:
        publication = await self.find(publication_id)
        if publication is None:
            raise NotFound(
                f"There is no publication {publication_id}.", "See the list of dashboards."
            )
        return publication

    async def _copy(
        self, publication: Publication, keep: Callable[[Any, Publication], None]
    ) -> Publication:
        digest = await asyncio.to_thread(self._place, publication)
        fresh = replace(publication, digest=digest, updated_at=now())
        await self._database.write(keep, fresh)
        self._feed.tell(PublicationChanged(publication=fresh))
        self._bus.tell(PublicationReady(publication_id=fresh.id, name=fresh.name))
        return fresh

    async def _change(self, publication: Publication) -> Publication:
        await self._database.write(store.update, publication)
        self._feed.tell(PublicationChanged(publication=publication))
        return publication

    def _place(self, publication: Publication) -> str:
        """Put the copy where Voilà finds it, in one step, and give the original's digest."""
        original = inside(self._root, publication.source)
        data = _read_notebook(original, publication.source)

        def picture(address: str) -> bytes | None:
            path = (original.parent / address).resolve()
            is_ours = self._root.resolve() in path.parents and path.is_file()
            if not is_ours or path.stat().st_size > notebook.PICTURE_BYTES:
                return None
            return path.read_bytes()

        copy = notebook.publishable(data, publication.name, picture)
        folder = self._folder / publication.id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "place.json").write_text(notebook.place_note(str(original.parent)), "utf-8")
        fresh = folder / "fresh"
        fresh.write_bytes(copy)
        os.replace(fresh, folder / COPY)
        return hashlib.sha256(data).hexdigest()

    def _standing(self, publication: Publication) -> Standing:
        path = self._root / publication.source
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return Standing.MISSING
        return Standing.SAME if digest == publication.digest else Standing.CHANGED


def _read_notebook(path: Path, source: str) -> bytes:
    if path.suffix != ".ipynb":
        raise Invalid(f"'{source}' is not a notebook.", "Publish a file whose name ends in .ipynb.")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(
            f"The notebook '{source}' is not there.",
            "It was moved or deleted: publish it from its new place.",
        ) from error
    except OSError as error:
        raise Invalid(
            f"The notebook '{source}' cannot be read: {error.strerror}.", "Check its permissions."
        ) from error


def _file_name(title: str) -> str:
    name = re.sub(r"[^\w .,()-]+", " ", title).strip(" .")
    return re.sub(r"\s+", " ", name)[:80].strip() or "conversation"


def _write_new(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem, _, ending = name.rpartition(".")
    for number in range(1, 10_000):
        path = folder / (name if number == 1 else f"{stem} {number}.{ending}")
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            continue
        return path
    raise Conflict(f"There are too many files named '{stem}'.", "Tidy the folder up.")
