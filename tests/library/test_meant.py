"""Blocks are found by what they mean, joined with what their words find."""

import logging

import pytest
from meaning.tiny_encoder import make

from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.finding import meant_store
from sponde_server.library.finding.meant import NEAR, fused, taken_apart
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.records import CodeBlockEdit, NewCodeBlock
from sponde_server.library.service import SpondeLibrary
from sponde_server.meaning.service import SpondeMeaning

LOG = logging.getLogger("test")


@pytest.fixture
def meaning(tmp_path, run):
    make(tmp_path / "mini")
    meaning = SpondeMeaning(beside=tmp_path, folder=str(tmp_path / "mini"))
    yield meaning
    run(meaning.stop())


@pytest.fixture
def library(database, meaning, run):
    library = SpondeLibrary(database=database, bus=Bus(LOG), feed=Feed(), meaning=meaning)
    library.meant.gather = 0
    yield library
    run(library.sources.stop())
    run(library.stop())


@pytest.fixture
def keep(library, run):
    def keep(name, code, description="", **given):
        async def kept():
            body = NewCodeBlock(name=name, code=code, description=description, **given)
            block = await library.save(body)
            await library.sources.settle()
            await library.meant.settle()
            return block

        return run(kept())

    return keep


@pytest.fixture
def find(library, run):
    def find(query, **asked):
        return run(library.find(FindBlocks(query=query, by_meaning=True, **asked)))

    return find


def names(found):
    return [one.block.name for one in found.blocks]


def counted(run, database, encoder=None):
    return run(
        database.read(
            lambda con: con.execute(
                "SELECT count(*), max(change), min(encoder) FROM block_vector"
            ).fetchall()[0]
        )
    )


def test_a_block_is_found_by_what_it_means_and_the_reason_says_so(keep, find):
    keep("heron", "x = 1", "heron albatross")
    keep("cost", "y = 2", "price dollar")
    found = find("gull wing")
    assert names(found) == ["heron"]
    assert found.blocks[0].reason == NEAR
    assert find("gull wing", limit=1, offset=1).blocks == ()


def test_what_words_and_meaning_both_find_comes_first(keep, find):
    keep("dates", "month = 3", "the month")
    keep("gull", "march = 2", "gull albatross")
    keep("wing", "year = 1", "heron wing")
    found = find("gull")
    assert names(found) == ["gull", "wing"]
    assert found.blocks[0].reason == f"name · {NEAR}"
    assert found.blocks[0].marks


def test_filters_and_exact_texts_hold_for_what_is_meant(keep, find):
    keep("heron", "x = 1", "heron albatross", tags=("sea",))
    keep("wing", "y = 1", "wing gull")
    assert set(names(find("gull"))) == {"heron", "wing"}
    assert names(find("gull tag:sea")) == ["heron"]
    assert names(find('gull "y = 1"')) == ["wing"]
    assert names(find("gull tag:land")) == []
    assert names(find("tag:sea")) == ["heron"]


def test_a_changed_block_is_read_again_and_a_deleted_one_is_not_found(
    keep, find, library, run, database
):
    block = keep("heron", "x = 1", "heron albatross")
    before = counted(run, database)

    async def change():
        await library.revise(block.id, CodeBlockEdit(description="price dollar", name="cost"))
        await library.sources.settle()
        await library.meant.settle()

    run(change())
    assert counted(run, database)[1] > before[1]
    assert names(find("gull wing")) == []
    assert names(find("expensive")) == ["cost"]
    run(library.remove(block.id))
    assert names(find("expensive")) == []


def test_a_block_whose_text_is_the_same_is_not_computed_again(keep, library, run, database):
    block = keep("heron", "x = 1", "heron")
    before = counted(run, database)
    run(database.write(lambda con: con.execute("UPDATE code_block SET change = change + 100")))
    encoder = run(library._meaning.encoder())
    assert run(database.read(meant_store.count_unread, encoder)) == 1

    async def again():
        library.meant.read(0)
        await library.meant.settle()

    run(again())
    assert run(database.read(meant_store.count_unread, encoder)) == 0
    assert counted(run, database) == before
    assert block.name == "heron"


def test_another_encoder_reads_everything_anew(keep, find, library, run, database, tmp_path):
    keep("heron", "x = 1", "heron albatross")
    first = counted(run, database)[2]
    assert names(find("gull wing")) == ["heron"]
    make(tmp_path / "mini", seed=4)

    async def again():
        await library._meaning.stop()
        status = await library.meant.status()
        await library.meant.settle()
        return status

    assert run(again()).note.endswith("1 blocks are still being read.")
    assert counted(run, database)[2] != first
    assert names(find("gull wing")) == ["heron"]


def test_a_lost_file_is_made_again_from_the_history(keep, find, library, run, database):
    keep("heron", "x = 1", "heron albatross")
    assert names(find("gull wing")) == ["heron"]
    run(library._meaning.stop())
    for name in ("library-meaning.f32", "library-meaning.json"):
        database.path.with_name(name).unlink()
    assert names(find("gull wing")) == ["heron"]


def test_reading_goes_on_where_it_was_left(keep, library, run, database, meaning, find):
    keep("heron", "x = 1", "heron albatross")
    keep("wing", "y = 1", "gull wing")
    run(database.write(lambda con: con.execute("DELETE FROM block_vector WHERE place = 0")))
    before = run(database.read(lambda con: con.execute("FROM block_vector").fetchall()))

    async def again():
        library.meant.read(0)
        await library.meant.settle()

    run(again())
    after = run(database.read(lambda con: con.execute("FROM block_vector").fetchall()))
    assert len(after) == 2
    assert before[0] in after
    assert set(names(find("albatross"))) == {"heron", "wing"}


def test_without_an_encoder_words_are_searched_and_the_way_to_one_is_said(database, run, tmp_path):
    library = SpondeLibrary(
        database=database,
        bus=Bus(LOG),
        feed=Feed(),
        meaning=SpondeMeaning(beside=tmp_path / "nowhere"),
    )

    async def found():
        await library.save(NewCodeBlock(name="heron", code="x = 1"))
        return await library.find(FindBlocks(query="heron", by_meaning=True))

    found = run(found())
    assert names(found) == ["heron"]
    assert "Nothing is downloaded by itself" in found.wrongs[0]
    assert run(library.meant.status()).is_there is False


def test_an_encoder_that_cannot_be_used_leaves_the_words(database, run, tmp_path):
    make(tmp_path / "mini")
    (tmp_path / "mini" / "tokenizer.json").write_text("{}")
    meaning = SpondeMeaning(beside=tmp_path, folder=str(tmp_path / "mini"))
    library = SpondeLibrary(database=database, bus=Bus(LOG), feed=Feed(), meaning=meaning)
    library.meant.gather = 3600

    async def found():
        await library.save(NewCodeBlock(name="heron", code="x = 1"))
        found = await library.find(FindBlocks(query="heron", by_meaning=True))
        await library.stop()
        return found

    found = run(found())
    assert names(found) == ["heron"]
    assert "cannot be used" in found.wrongs[0]


def test_ranks_are_joined_so_that_what_both_find_comes_first():
    assert fused(["a", "b", "c"], ["c", "d"]) == ["c", "a", "b", "d"]
    assert fused(["a"], []) == ["a"]
    assert fused([], ["b", "a"]) == ["b", "a"]


def test_filters_exact_texts_and_expressions_are_no_part_of_what_is_said():
    assert taken_apart('mean of "x = 1" lang:python /a b/ -tag:"old one" sales') == (
        "mean of sales",
        '"x = 1" lang:python /a b/ -tag:"old one" ',
    )
    assert taken_apart("lang:python") == ("", "lang:python ")
    assert taken_apart("") == ("", "")


async def test_the_switch_is_told_whether_it_can_be_used(api):
    status = await api("GET", "/found-block-meaning")
    assert status["is_there"] is False
    assert "put a sentence encoder" in status["note"]
    found = await api("GET", "/found-blocks", query="x", by_meaning="true")
    assert found["wrongs"] == [status["note"]]
