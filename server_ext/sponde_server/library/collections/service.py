"""Keeps collections of code blocks; what they become is made by assembling.py when asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from traitlets import Int
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.library.outside import Outside
from sponde_server.library.records import CodeBlock

from . import store
from .records import (
    Collection,
    CollectionChanged,
    CollectionEdit,
    CollectionFile,
    CollectionRemoved,
    CollectionView,
    NewCollection,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

    from .assembling import Assembled

_LONGEST_NAME = 100


class SpondeCollections(LoggingConfigurable):
    """The collections: what is in them, how it stands, and what is made of it."""

    max_blocks = Int(
        500,
        help="Most blocks that a collection may have. 0 means no limit. All of them are read "
        "when it is opened.",
    ).tag(config=True)

    def __init__(self, *, database: Database, feed: Feed, outside: Outside, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._database = database
        self._feed = feed
        self._outside = outside

    async def list_all(self) -> list[Collection]:
        """List the collections, the one that was changed last first."""
        return await self._database.read(store.list_all)

    async def make(self, body: NewCollection) -> Collection:
        """Make a collection."""
        self._check_size(body.block_ids)
        if not body.block_ids:
            raise Invalid("There is no block to collect.", "Choose some blocks first.")
        return self._changed(await self._database.write(_make, body))

    async def get(self, collection_id: str) -> Collection:
        """Give a collection without its blocks."""
        return _there(await self._database.read(store.find, collection_id))

    async def view(self, collection_id: str) -> CollectionView:
        """Give a collection with its blocks, and say how they stand to each other."""
        return await (await self._assembled(collection_id)).view()

    async def change(self, collection_id: str, edit: CollectionEdit) -> Collection:
        """Rename a collection, describe it, or give it other blocks or another order."""
        if edit.block_ids is not None:
            self._check_size(edit.block_ids)
        return self._changed(await self._database.write(_change, collection_id, edit))

    async def sort(self, collection_id: str) -> Collection:
        """Put its blocks in the order of their needs; the rest stays as it stands."""
        order = (await self._assembled(collection_id)).stands.sorted_ids
        gone = (await self.get(collection_id)).block_ids
        edit = CollectionEdit(block_ids=_once([*order, *gone]))
        return await self.change(collection_id, edit)

    async def remove(self, collection_id: str) -> None:
        """Delete a collection; its blocks stay, and it can be restored."""
        await self._database.write(_remove, collection_id)
        self._feed.tell(CollectionRemoved(collection_id=collection_id))

    async def restore(self, collection_id: str) -> Collection:
        """Bring a deleted collection back."""
        return self._changed(await self._database.write(_restore, collection_id))

    async def as_notebook(self, collection_id: str) -> CollectionFile:
        """Make the notebook of a collection."""
        return await (await self._assembled(collection_id, is_any=True)).as_notebook()

    async def as_module(self, collection_id: str) -> CollectionFile:
        """Make the Python module of a collection."""
        return await (await self._assembled(collection_id, is_any=True)).as_module()

    async def _assembled(self, collection_id: str, is_any: bool = False) -> "Assembled":
        from .assembling import Assembled

        collection, blocks = await self._database.read(_with_blocks, collection_id)
        if is_any and not blocks:
            raise Invalid(
                f"'{collection.name}' has no blocks any more.", "Add blocks to it from the library."
            )
        return await asyncio.to_thread(Assembled, collection, blocks, self._outside)

    def _check_size(self, ids: Sequence[str]) -> None:
        if self.max_blocks and len(ids) > self.max_blocks:
            raise TooLarge(
                f"{len(ids):,} blocks are more than a collection may have, {self.max_blocks:,}.",
                "Make two collections, or raise SpondeCollections.max_blocks.",
            )

    def _changed(self, collection: Collection) -> Collection:
        self._feed.tell(CollectionChanged(collection=collection))
        return collection


# -- what happens within one transaction ----------------------------------------------------


def _with_blocks(con: "Connection", collection_id: str) -> tuple[Collection, list[CodeBlock]]:
    collection = _there(store.find(con, collection_id))
    return collection, store.find_blocks(con, collection.block_ids)


def _make(con: "Connection", body: NewCollection) -> Collection:
    ids = _once(body.block_ids)
    blocks = store.find_blocks(con, ids)
    if len(blocks) < len(ids):
        raise NotFound(
            f"{len(ids) - len(blocks)} of the {len(ids)} blocks are not there any more.",
            "Choose the blocks again.",
        )
    first = blocks[0].name
    wanted = " ".join(body.name.split()) or (
        first if len(blocks) == 1 else f"{first} and {len(blocks) - 1} more"
    )
    collection = Collection(
        name=_free_name(con, wanted[:_LONGEST_NAME]),
        description=body.description.strip(),
        block_ids=ids,
    )
    store.add(con, collection)
    return collection


def _change(con: "Connection", collection_id: str, edit: CollectionEdit) -> Collection:
    collection = _there(store.find(con, collection_id))
    changed = collection
    if edit.name is not None:
        name = " ".join(edit.name.split())[:_LONGEST_NAME]
        if not name:
            raise Invalid("A collection has a name.", "Write some letters.")
        others = {one.name.lower() for one in store.list_all(con) if one.id != collection_id}
        if name.lower() in others:
            raise Conflict(f"Another collection is called '{name}'.", "Choose another name.")
        changed = replace(changed, name=name)
    if edit.description is not None:
        changed = replace(changed, description=edit.description.strip())
    if edit.block_ids is not None:
        changed = replace(changed, block_ids=_once(edit.block_ids))
    if changed != collection:
        changed = replace(changed, updated_at=now())
        store.update(con, changed)
    return changed


def _remove(con: "Connection", collection_id: str) -> None:
    _there(store.find(con, collection_id))
    store.mark_removed(con, collection_id, now())


def _restore(con: "Connection", collection_id: str) -> Collection:
    present = store.find(con, collection_id)
    if present is not None:
        return present
    removed = _there(store.find_removed(con, collection_id))
    removed = replace(removed, name=_free_name(con, removed.name))
    store.mark_removed(con, collection_id, None)
    store.update(con, removed)
    return removed


def _free_name(con: "Connection", wanted: str) -> str:
    taken = {one.name.lower() for one in store.list_all(con)}
    name, number = wanted, 2
    while name.lower() in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def _once(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def _there(collection: Collection | None) -> Collection:
    if collection is None:
        raise NotFound("There is no such collection.", "It may have been deleted; look again.")
    return collection
