"""Does one thing to many code blocks in one transaction, and takes it back exactly.

A block that was changed again in the meantime keeps what was changed: of it only the deed itself
is undone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.library import store
from sponde_server.library.naming import clean_tags, free_name
from sponde_server.library.records import CodeBlockSaved, RevisionCause
from sponde_server.library.revising import Replaced, revision_of

from . import store as bulk_store
from .records import (
    BlockBefore,
    BulkChange,
    CodeBlocksChanged,
    DeletedBlock,
    DeletedBlocks,
    ManyChanged,
    ManyDeed,
    NewManyChange,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_MOST = 10_000
_MOST_SHOWN = 200


class ManyBlocks:
    """What is done to many code blocks at once."""

    def __init__(self, *, database: Database, bus: Bus, feed: Feed, deleted_days: int) -> None:
        self._database = database
        self._bus = bus
        self._feed = feed
        self._kept = timedelta(days=deleted_days) if deleted_days else None

    async def change(self, asked: NewManyChange, by: str = "") -> ManyChanged:
        """Do it to all, or to none where something breaks."""
        if len(asked.block_ids) > _MOST:
            raise TooLarge(
                f"{len(asked.block_ids):,} blocks at once are more than {_MOST:,}.",
                "Choose fewer, and do it again with the rest.",
            )
        give, take = clean_tags(asked.add_tags), clean_tags(asked.remove_tags)
        if asked.deed is ManyDeed.TAG and not give and not take:
            raise Invalid("There is no tag to give or to take away.", "Write a tag.")
        if asked.deed is ManyDeed.TAG:
            done = await self._database.write(_tag, asked.block_ids, give, take, by)
        elif asked.deed is ManyDeed.REMOVE:
            await self._forget()
            done = await self._database.write(_remove, asked.block_ids)
        else:
            done = await self._database.write(_restore, asked.block_ids)
        return self._told(done)

    async def undo(self, change_id: str) -> ManyChanged:
        """Make the blocks of a change what they were; undone twice is undone once."""
        return self._told(await self._database.write(_undo, change_id))

    async def deleted(self, query: str, limit: int, offset: int) -> DeletedBlocks:
        """List the blocks that can be brought back, latest deleted first."""
        await self._forget()
        found, total = await self._database.read(
            bulk_store.list_deleted, query.split(), max(1, min(limit, _MOST_SHOWN)), max(0, offset)
        )
        return DeletedBlocks(
            blocks=tuple(
                DeletedBlock(
                    block=block,
                    removed_at=removed.replace(tzinfo=UTC),
                    gone_at=removed.replace(tzinfo=UTC) + self._kept if self._kept else None,
                )
                for block, removed in found
            ),
            total=total,
        )

    async def _forget(self) -> None:
        if self._kept:
            await self._database.write(bulk_store.forget_deleted, now() - self._kept)

    def _told(self, done: ManyChanged) -> ManyChanged:
        if done.changed:
            self._feed.tell(CodeBlocksChanged(block_ids=done.changed))
            self._bus.tell(CodeBlockSaved(block_id=done.changed[0]))
        return done


# -- what happens within one transaction ----------------------------------------------------


def _tag(
    con: "Connection", ids: Sequence[str], give: tuple[str, ...], take: tuple[str, ...], by: str
) -> ManyChanged:
    moment = now()
    before, revisions, changed = [], [], []
    for block in bulk_store.find_many(con, ids):
        tags = _with_tags(block.tags, give, take)
        if tags == block.tags:
            continue
        revision = revision_of(block, Replaced(by, RevisionCause.TAGS))
        revisions.append(revision)
        changed.append(replace(block, tags=tags, updated_at=moment))
        before.append(
            BlockBefore(
                block_id=block.id,
                tags=block.tags,
                tags_after=tags,
                updated_at=block.updated_at,
                revision_id=revision.id,
            )
        )
    if changed:
        bulk_store.add_revisions(con, revisions)
        store.update_many(con, changed)
    return _noted(con, ManyDeed.TAG, before, moment=moment)


def _remove(con: "Connection", ids: Sequence[str]) -> ManyChanged:
    there = [block.id for block in bulk_store.find_many(con, ids)]
    bulk_store.mark_removed(con, there, now())
    return _noted(con, ManyDeed.REMOVE, [BlockBefore(block_id=one) for one in there])


def _restore(con: "Connection", ids: Sequence[str]) -> ManyChanged:
    moments = bulk_store.find_deleted(con, ids)
    back, refused = _bring_back(con, list(moments))
    before = [
        BlockBefore(block_id=one, removed_at=moments[one].replace(tzinfo=UTC)) for one in back
    ]
    return _noted(con, ManyDeed.RESTORE, before, refused)


def _undo(con: "Connection", change_id: str) -> ManyChanged:
    change = bulk_store.find_change(con, change_id)
    if change is None:
        raise NotFound(
            f"There is no change {change_id} of many blocks.",
            "It was too long ago to be undone; change the blocks themselves.",
        )
    if change.undone_at is not None:
        raise Conflict("This was undone already.", "Look at the blocks in the library.")
    bulk_store.update_change(con, replace(change, undone_at=now()))
    ids = [one.block_id for one in change.before]
    refused: list[str] = []
    if change.deed is ManyDeed.TAG:
        ids = _untag(con, change)
    elif change.deed is ManyDeed.REMOVE:
        ids, refused = _bring_back(con, list(bulk_store.find_deleted(con, ids)))
    else:
        moments = {one.block_id: one.removed_at for one in change.before if one.removed_at}
        there = {block.id for block in bulk_store.find_many(con, ids)}
        ids = [one for one in ids if one in there]
        bulk_store.mark_removed_again(
            con, {one: moment for one, moment in moments.items() if one in there}
        )
    return ManyChanged(deed=change.deed, changed=tuple(ids), refused=tuple(refused), id=change.id)


def _untag(con: "Connection", change: BulkChange) -> list[str]:
    before = {one.block_id: one for one in change.before}
    undone, revisions = [], []
    for block in bulk_store.find_many(con, list(before)):
        was = before[block.id]
        if block.updated_at == change.made_at and was.updated_at:
            undone.append(replace(block, tags=was.tags, updated_at=was.updated_at))
            revisions.append(was.revision_id)
            continue
        given = set(was.tags_after) - set(was.tags)
        lost = set(was.tags) - set(was.tags_after) - set(block.tags)
        tags = (
            *(tag for tag in block.tags if tag not in given),
            *(tag for tag in was.tags if tag in lost),
        )
        undone.append(replace(block, tags=tags, updated_at=now()))
    store.update_many(con, undone)
    bulk_store.remove_revisions(con, revisions)
    return [block.id for block in undone]


def _bring_back(con: "Connection", ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Bring deleted blocks back, but for those whose code another block holds by now."""
    held = bulk_store.list_held(con, ids)
    refused = [
        f"'{name}' stays deleted: the block '{other}' holds the same code now."
        for _, name, other in held
    ]
    back = _without({one for one, _, _ in held}, ids)
    bulk_store.mark_removed(con, back, None)
    for block in bulk_store.find_many(con, bulk_store.list_name_doubles(con, back)):
        store.update(con, replace(block, name=free_name(con, block.name)))
    return back, refused


def _without(some: set[str], ids: Sequence[str]) -> list[str]:
    return [one for one in ids if one not in some]


def _noted(
    con: "Connection",
    deed: ManyDeed,
    before: list[BlockBefore],
    refused: Sequence[str] = (),
    moment: datetime | None = None,
) -> ManyChanged:
    change = BulkChange(deed=deed, before=tuple(before), made_at=moment or now())
    if before:
        bulk_store.add_change(con, change)
    return ManyChanged(
        deed=deed,
        changed=tuple(one.block_id for one in before),
        refused=tuple(refused),
        id=change.id,
        made_at=change.made_at,
    )


def _with_tags(
    tags: tuple[str, ...], give: tuple[str, ...], take: tuple[str, ...]
) -> tuple[str, ...]:
    kept = tuple(tag for tag in tags if tag not in take)
    return (*kept, *(tag for tag in give if tag not in kept))
