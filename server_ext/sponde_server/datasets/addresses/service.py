"""Files from addresses in the world: fetched into the folder that JupyterLab serves, like uploads.

https only and nothing of this machine's own network, unless the operator allows it.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Bool, Integer
from traitlets.config import LoggingConfigurable

from sponde_server.core.errors import Conflict, NotFound, SpondeError
from sponde_server.core.outbound import checked_address
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks
from sponde_server.datasets.records import Trouble
from sponde_server.datasets.uploads.placing import check_name
from sponde_server.datasets.uploads.records import NewUpload
from sponde_server.datasets.uploads.service import SpondeUploads

from .fetching import Fetching, Stopped, name_of
from .keeping import FetchNotes
from .records import (
    AddressFetch,
    AddressFetchChanged,
    AddressFetchRemoved,
    FetchStatus,
    KeptFetch,
    NewFetch,
)

TELL_SECONDS = 0.25
MOST_AT_ONCE = 3
MOST_LISTED = 50


class SpondeAddresses(LoggingConfigurable):
    """The files that are fetched."""

    allows_http = Bool(
        False,
        help="Whether files are also fetched over http, which is not encrypted. False: https only.",
    ).tag(config=True)
    allows_private_addresses = Bool(
        False,
        help="Whether files are also fetched from this machine and its own network. False: a "
        "person who may use this server reaches nothing there through it.",
    ).tag(config=True)
    retries = Integer(
        6,
        min=0,
        help="How often a broken connection is tried again without a byte more, before the fetch "
        "is given up; each time it waits longer, up to half a minute.",
    ).tag(config=True)

    def __init__(
        self, *, uploads: SpondeUploads, feed: Feed, root: Path, folder: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._uploads = uploads
        self._feed = feed
        self._workspace = str(root.resolve())
        self._notes = FetchNotes(folder / "fetched")
        self._fetches: dict[str, AddressFetch] = {}
        self._kept: dict[str, KeptFetch] = {}
        self._is_loaded = False
        self._loading = asyncio.Lock()
        self._noting = asyncio.Lock()
        self._going: dict[str, Fetching] = {}
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._working = Tasks(self.log)

    async def stop(self) -> None:
        """End every fetch; what has come stays for the next start."""
        for fetching in tuple(self._going.values()):
            fetching.stop()
        await self._working.stop()

    async def list_all(self) -> list[AddressFetch]:
        """Give the fetches that are on their way, failed or were interrupted, the latest first."""
        await self._load()
        return sorted(self._fetches.values(), key=lambda one: one.id, reverse=True)

    async def begin(self, new: NewFetch) -> AddressFetch:
        """Begin to fetch a file; what is wrong with its address is said at once."""
        await self._load()
        address = checked_address(new.address, allows_http=self.allows_http)
        name = new.name.strip() or name_of(address)
        if new.name.strip():
            check_name(name)
        await self._uploads.check(NewUpload(name="data.csv", bytes=0, folder=new.folder))
        if len(self._fetches) >= MOST_LISTED:
            raise Conflict(
                f"{MOST_LISTED} files are on their way or failed.", "Put some of them away first."
            )
        fetch = AddressFetch(
            address=address.partition("?")[0], name=name, folder=new.folder.strip("/")
        )
        self._kept[fetch.id] = KeptFetch(
            fetch=fetch, address=address, wish=new.name.strip(), workspace=self._workspace
        )
        await self._save(fetch)
        self._put(fetch)
        self._working.start(self._fetch(fetch.id))
        return fetch

    async def retry(self, fetch_id: str) -> AddressFetch:
        """Go on with a fetch that failed, or was interrupted."""
        await self._load()
        fetch = self._get(fetch_id)
        if fetch.status is not FetchStatus.FAILED:
            raise Conflict(f"'{fetch.name}' is on its way.", "Wait, or cancel it.")
        self._put(replace(fetch, status=FetchStatus.FETCHING, failure=None))
        self._working.start(self._fetch(fetch_id))
        return self._fetches[fetch_id]

    async def cancel(self, fetch_id: str) -> None:
        """Stop a fetch and forget what is here of it; what has become a dataset stays."""
        await self._load()
        if self._fetches.pop(fetch_id, None) is None:
            return
        fetching = self._going.get(fetch_id)
        if fetching is not None:
            await asyncio.to_thread(fetching.stop)
        else:
            await self._forget(fetch_id)
        self._feed.tell(AddressFetchRemoved(fetch_id=fetch_id))

    # -- one of them ----------------------------------------------------------------------------

    async def _fetch(self, fetch_id: str) -> None:
        async with self._turns:
            if fetch_id not in self._fetches:
                return
            fetching = self._make(fetch_id)
            self._going[fetch_id] = fetching
            telling = asyncio.ensure_future(self._tell(fetch_id, fetching))
            try:
                await asyncio.to_thread(fetching.run)
                telling.cancel()
                await self._end(fetch_id, fetching)
            except Stopped:
                # Cancelled by a person; a server that stops leaves it for the next one.
                if fetch_id not in self._fetches:
                    await self._forget(fetch_id)
            except SpondeError as error:
                trouble = Trouble(message=error.message, hint=error.hint)
                failed = self._change(fetch_id, status=FetchStatus.FAILED, failure=trouble)
                await (self._save(failed) if failed else self._forget(fetch_id))
            finally:
                fetching.stop()
                telling.cancel()
                self._going.pop(fetch_id, None)

    def _make(self, fetch_id: str) -> Fetching:
        kept, fetch = self._kept[fetch_id], self._fetches[fetch_id]
        return Fetching(
            kept.address,
            self._notes.part(fetch_id),
            most_bytes=self._uploads.max_upload_bytes,
            allows_http=self.allows_http,
            allows_private=self.allows_private_addresses,
            retries=self.retries,
            mark=kept.mark,
            size=fetch.bytes,
        )

    async def _end(self, fetch_id: str, fetching: Fetching) -> None:
        fetch = self._fetches.get(fetch_id)
        if fetch is None:
            raise Stopped
        name = self._named(fetch, fetching)
        check_name(name)
        # What is written now tells the next server, if this one is killed, that it is in place.
        await self._save(replace(fetch, name=name, bytes=fetching.received))
        dataset = await self._uploads.take(self._notes.part(fetch_id), name, fetch.folder)
        self._change(
            fetch_id,
            status=FetchStatus.DONE,
            received=fetching.received,
            bytes=fetching.received,
            dataset_id=dataset.id,
        )
        self._fetches.pop(fetch_id, None)
        await self._forget(fetch_id)

    def _named(self, fetch: AddressFetch, fetching: Fetching) -> str:
        return self._kept[fetch.id].wish or fetching.name or fetch.name

    async def _tell(self, fetch_id: str, fetching: Fetching) -> None:
        noted = None
        while fetch_id in self._fetches:
            await asyncio.sleep(TELL_SECONDS)
            before = self._fetches.get(fetch_id)
            if before is None:
                return
            waits = fetching.waits_for
            host = fetching.host()
            self._change(
                fetch_id,
                name=self._named(before, fetching),
                bytes=fetching.size,
                received=fetching.received,
                status=FetchStatus.WAITING if waits else FetchStatus.FETCHING,
                failure=Trouble(
                    message=f"The connection to {host} is broken: {waits}.",
                    hint="It goes on by itself.",
                )
                if waits
                else None,
            )
            if noted != (now_is := (fetching.name, fetching.size, fetching.mark)):
                noted = now_is
                await self._save(self._fetches[fetch_id])

    def _change(self, fetch_id: str, **fields: Any) -> AddressFetch | None:
        before = self._fetches.get(fetch_id)
        if before is not None and (now_is := replace(before, **fields)) != before:
            self._put(now_is)
        return self._fetches.get(fetch_id)

    def _put(self, fetch: AddressFetch) -> None:
        self._fetches[fetch.id] = fetch
        self._feed.tell(AddressFetchChanged(fetch=fetch))

    def _get(self, fetch_id: str) -> AddressFetch:
        if fetch_id not in self._fetches:
            raise NotFound("This fetch is not known any more.", "Give the address again.")
        return self._fetches[fetch_id]

    # -- what outlives the server ---------------------------------------------------------------

    async def _load(self) -> None:
        async with self._loading:
            if not self._is_loaded:
                for kept in await asyncio.to_thread(self._notes.load, self._workspace):
                    self._kept[kept.fetch.id] = kept
                    self._fetches[kept.fetch.id] = kept.fetch
                self._is_loaded = True

    async def _save(self, fetch: AddressFetch) -> None:
        async with self._noting:
            if fetch.id not in self._kept:
                return  # cancelled meanwhile
            fetching = self._going.get(fetch.id)
            kept = replace(self._kept[fetch.id], fetch=fetch)
            self._kept[fetch.id] = replace(kept, mark=fetching.mark) if fetching else kept
            try:
                await asyncio.to_thread(self._notes.save, self._kept[fetch.id])
            except OSError as error:
                self.log.warning(
                    "The fetch of %s will not outlive the server: %s", fetch.name, error
                )

    async def _forget(self, fetch_id: str) -> None:
        async with self._noting:
            self._kept.pop(fetch_id, None)
            await asyncio.to_thread(self._notes.forget, fetch_id)
