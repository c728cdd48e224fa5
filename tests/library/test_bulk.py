"""Many blocks at once: tagged, deleted, brought back, and each of it undone exactly."""

import logging
import time
from datetime import timedelta

import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.library import store
from sponde_server.library.bulk import store as bulk_store
from sponde_server.library.bulk.records import ManyDeed, NewManyChange
from sponde_server.library.records import (
    CodeBlock,
    CodeBlockEdit,
    NewCodeBlock,
    RevisionCause,
)
from sponde_server.library.service import SpondeLibrary


@pytest.fixture
def library(database):
    return SpondeLibrary(database=database, bus=Bus(logging.getLogger("test")), feed=Feed())


async def saved(library, count):
    return [
        await library.save(NewCodeBlock(code=f"x = {number}", name=f"b{number}", tags=("old",)))
        for number in range(count)
    ]


def ids(blocks):
    return tuple(block.id for block in blocks)


def change(deed, blocks, **tags):
    return NewManyChange(deed=deed, block_ids=ids(blocks), **tags)


async def test_tags_are_given_and_taken_in_one_step_and_undone_exactly(library):
    blocks = await saved(library, 3)
    done = await library.many.change(
        change(ManyDeed.TAG, blocks, add_tags=(" #new ",), remove_tags=("old",)), "ada"
    )
    assert set(done.changed) == set(ids(blocks))
    for block in blocks:
        now_there = await library.get(block.id)
        assert now_there.tags == ("new",)
        assert await library.search("new") != []
        (revision,) = await library.revisions(block.id)
        assert (revision.changed_by, revision.cause) == ("ada", RevisionCause.TAGS)
    await library.many.undo(done.id)
    for block in blocks:
        assert await library.get(block.id) == block
        assert await library.revisions(block.id) == []
    assert await library.search("new") == []


async def test_an_undo_leaves_what_was_changed_since(library):
    (block,) = await saved(library, 1)
    done = await library.many.change(change(ManyDeed.TAG, [block], add_tags=("new",)))
    await library.revise(block.id, CodeBlockEdit(tags=("old", "new", "mine"), description="Mine"))
    await library.many.undo(done.id)
    undone = await library.get(block.id)
    assert (undone.tags, undone.description) == (("old", "mine"), "Mine")
    assert len(await library.revisions(block.id)) == 2


async def test_what_has_the_tags_already_is_not_changed(library):
    blocks = await saved(library, 2)
    done = await library.many.change(change(ManyDeed.TAG, blocks, add_tags=("old",)))
    assert done.changed == ()
    assert [await library.get(block.id) for block in blocks] == blocks


async def test_deleted_blocks_are_listed_and_come_back_by_undo_or_by_hand(library):
    blocks = await saved(library, 3)
    done = await library.many.change(change(ManyDeed.REMOVE, blocks[:2]))
    assert await library.search() == [blocks[2]]
    deleted = await library.many.deleted("", 50, 0)
    assert {one.block.id for one in deleted.blocks} == set(ids(blocks[:2]))
    assert deleted.total == 2
    assert deleted.blocks[0].gone_at == deleted.blocks[0].removed_at + timedelta(days=30)
    assert (await library.many.deleted("b1", 50, 0)).total == 1
    await library.many.undo(done.id)
    assert {block.id for block in await library.search()} == set(ids(blocks))
    assert [await library.get(block.id) for block in blocks] == blocks

    await library.many.change(change(ManyDeed.REMOVE, blocks[:1]))
    back = await library.many.change(change(ManyDeed.RESTORE, blocks[:1]))
    assert await library.get(blocks[0].id) == blocks[0]
    await library.many.undo(back.id)
    assert (await library.many.deleted("", 50, 0)).total == 1


async def test_what_cannot_come_back_says_why_and_a_taken_name_gets_a_number(library):
    twin, named = await saved(library, 2)
    done = await library.many.change(change(ManyDeed.REMOVE, [twin, named]))
    other = await library.save(NewCodeBlock(code="y = 1", name="other"))
    await library.revise(other.id, CodeBlockEdit(code="x = 0"))
    await library.save(NewCodeBlock(code="z = 1", name="B1"))
    undone = await library.many.undo(done.id)
    assert undone.changed == (named.id,)
    assert undone.refused == ("'b0' stays deleted: the block 'other' holds the same code now.",)
    assert (await library.get(named.id)).name == "b1_2"


async def test_what_was_deleted_long_ago_is_gone_for_good(library, database):
    (block,) = await saved(library, 1)
    await library.revise(block.id, CodeBlockEdit(code="x = 9"))
    await database.write(store.remove, block.id, now() - timedelta(days=31))
    assert (await library.many.deleted("", 50, 0)).total == 0
    assert await database.read(bulk_store.find_deleted, [block.id]) == {}
    assert await database.read(store.list_revisions, block.id) == []


async def test_what_does_not_fit_is_refused(library):
    blocks = await saved(library, 1)
    with pytest.raises(Invalid, match="no tag"):
        await library.many.change(change(ManyDeed.TAG, blocks, add_tags=(" ",)))
    with pytest.raises(TooLarge, match="10,001"):
        await library.many.change(NewManyChange(deed=ManyDeed.REMOVE, block_ids=("x",) * 10_001))
    with pytest.raises(NotFound):
        await library.many.undo("none")
    done = await library.many.change(change(ManyDeed.REMOVE, blocks))
    await library.many.undo(done.id)
    with pytest.raises(Conflict):
        await library.many.undo(done.id)


async def test_a_thousand_blocks_are_tagged_deleted_and_undone_in_little_time(library, database):
    code = "import pandas as pd\n\n\ndef clean(frame):\n    return frame.dropna()\n" * 4
    blocks = [
        CodeBlock(name=f"block_{number}", language="python", code=f"{code}# {number}")
        for number in range(1000)
    ]

    def add(con):
        for block in blocks:
            store.add(con, block)

    await database.write(add)
    began = time.process_time()
    tagged = await library.many.change(change(ManyDeed.TAG, blocks, add_tags=("many",)))
    undone = await library.many.undo(tagged.id)
    removed = await library.many.change(change(ManyDeed.REMOVE, blocks))
    back = await library.many.undo(removed.id)
    spent = time.process_time() - began
    print(f"four changes of 1,000 blocks: {spent:.2f} s of this processor")
    assert {len(one.changed) for one in (tagged, undone, removed, back)} == {1000}
    assert await library.get(blocks[500].id) == blocks[500]
    assert spent < 20  # each under a second on a quiet machine
