import asyncio
import logging

import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.events import Bus
from sponde_server.library.records import (
    CodeBlockChanged,
    CodeBlockEdit,
    CodeBlockRemoved,
    CodeBlockSaved,
    CodeBlockUsed,
    NewCodeBlock,
    NewUse,
    Outcome,
    UseOutcome,
)
from sponde_server.library.service import SpondeLibrary

CODE = "import pandas as pd\ndf = pd.read_csv(path)\n"


class Told:
    """A feed and a bus that remember."""

    def __init__(self):
        self.events = []

    def tell(self, event):
        self.events.append(event)

    def kinds(self):
        return [type(event) for event in self.events]


@pytest.fixture
def feed():
    return Told()


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def library(database, feed, told):
    bus = Bus(logging.getLogger("test"))
    for kind in (CodeBlockSaved, CodeBlockUsed):
        bus.on(kind, told.tell)
    return SpondeLibrary(database=database, bus=bus, feed=feed)


@pytest.fixture
def save(library, run):
    def save(code, **given):
        return run(library.save(NewCodeBlock(code=code, **given)))

    return save


def test_a_saved_block_has_a_name_a_language_and_facts(save, feed, told):
    block = save(CODE, description="Read a file")
    assert (block.name, block.language) == ("read_a_file", "python")
    assert block.facts.imports == ("pandas",)
    assert block.facts.needs == ("path",)
    assert feed.events == [CodeBlockChanged(block=block)]
    assert told.events == [CodeBlockSaved(block_id=block.id)]


def test_the_same_code_twice_is_one_block(save, library, run, feed):
    first = save(CODE)
    second = save("\n\n" + CODE.replace("\n", "  \r\n"), name="other")
    assert second == first
    assert run(library.search()) == [first]
    assert len(feed.events) == 1


def test_the_same_code_saved_at_the_same_moment_is_one_block(library, run):
    async def save_at_once():
        return await asyncio.gather(*[library.save(NewCodeBlock(code="x = 1")) for _ in range(20)])

    assert len({block.id for block in run(save_at_once())}) == 1


def test_names_are_unique_whatever_their_case_and_dashes(save):
    names = [save(f"x = {n}", name=name).name for n, name in enumerate(["Plot", "plot", "PLOT"])]
    assert names == ["Plot", "plot_2", "PLOT_3"]
    assert save("y = 1", name="by-month").name == "by-month"
    assert save("y = 2", name="by_month").name == "by_month_2"


@pytest.mark.parametrize("name", ["1st", "two words", "a/b", "ünder", "x" * 65])
def test_a_name_that_cannot_be_typed_after_use_is_refused_with_an_example(save, name):
    with pytest.raises(Invalid) as refused:
        save("x = 1", name=name)
    assert name[:60] in refused.value.message
    assert "For example" in refused.value.hint


def test_code_that_is_too_long_is_refused_with_the_limit(library, save):
    library.max_code_bytes = 10
    with pytest.raises(TooLarge, match="11 bytes; a block may have 10"):
        save("x = '1234'\n")
    library.max_code_bytes = 0
    assert save("x = '1234'\n").code == "x = '1234'"


def test_no_code_is_refused(save):
    with pytest.raises(Invalid, match="no code"):
        save(" \n\t\n")


def test_an_edit_keeps_what_the_block_was(save, library, run):
    block = save("x = 1", description="One", tags=("a",))
    edited = run(
        library.revise(
            block.id,
            CodeBlockEdit(code="x = 2", name="two", description="Two", tags=("b", "b", " ")),
        )
    )
    assert (edited.code, edited.name, edited.description, edited.tags) == (
        "x = 2",
        "two",
        "Two",
        ("b",),
    )
    assert edited.created_at == block.created_at
    assert edited.updated_at > block.updated_at
    (revision,) = run(library.revisions(block.id))
    assert (revision.code, revision.name, revision.tags) == ("x = 1", block.name, ("a",))
    assert revision.written_at == block.updated_at


def test_an_edit_that_changes_nothing_leaves_no_revision(save, library, run):
    block = save("x = 1")
    assert run(library.revise(block.id, CodeBlockEdit(code="x = 1\n", tags=()))) == block
    assert run(library.revisions(block.id)) == []


def test_a_revision_comes_back_and_what_was_becomes_one(save, library, run):
    block = save("x = 1", description="One")
    for number in (2, 3):
        run(library.revise(block.id, CodeBlockEdit(code=f"x = {number}", description=str(number))))
    first = run(library.revisions(block.id))[-1]
    restored = run(library.restore_revision(block.id, first.id))
    assert (restored.code, restored.description) == ("x = 1", "One")
    assert [old.code for old in run(library.revisions(block.id))] == ["x = 3", "x = 2", "x = 1"]


def test_an_edit_to_another_blocks_code_or_name_is_refused(save, library, run):
    save("x = 1", name="one")
    two = save("x = 2", name="two")
    with pytest.raises(Conflict, match="'one' holds this code already"):
        run(library.revise(two.id, CodeBlockEdit(code="x = 1 ")))
    with pytest.raises(Conflict, match="named 'one'") as refused:
        run(library.revise(two.id, CodeBlockEdit(name="One")))
    assert "'One_2'" in refused.value.hint
    assert run(library.revise(two.id, CodeBlockEdit(name="Two"))).name == "Two"


def test_a_deleted_block_is_not_found_and_comes_back_whole(save, library, run, feed):
    block = save("x = 1", name="one")
    run(library.revise(block.id, CodeBlockEdit(code="x = 2")))
    run(library.remove(block.id))
    assert feed.kinds()[-1] is CodeBlockRemoved
    assert run(library.search("one")) == []
    assert run(library.languages()) == []
    assert run(library.find_by_name("one")) is None
    with pytest.raises(NotFound):
        run(library.get(block.id))
    with pytest.raises(NotFound):
        run(library.remove(block.id))
    restored = run(library.restore(block.id))
    assert restored.code == "x = 2"
    assert feed.events[-1] == CodeBlockChanged(block=restored)
    assert len(run(library.revisions(block.id))) == 1
    assert run(library.restore(block.id)) == restored


def test_a_block_comes_back_under_another_name_where_its_name_was_taken(save, library, run):
    block = save("x = 1", name="one")
    run(library.remove(block.id))
    save("x = 2", name="one")
    assert run(library.restore(block.id)).name == "one_2"


def test_code_that_was_deleted_and_is_saved_again_is_the_same_block(save, library, run):
    block = save("x = 1", name="one")
    run(library.remove(block.id))
    again = save("x = 1", name="uno")
    assert (again.id, again.name) == (block.id, "uno")


def test_a_use_waits_until_it_is_known_how_it_went(save, library, run, told):
    block = save("x = 1")
    use = run(library.note_use(block.id, NewUse(notebook="a.ipynb", cell_id="c1")))
    assert use.outcome is Outcome.WAITING
    assert run(library.get(block.id)).uses == 1
    assert run(library.get(block.id)).last_outcome is None
    failed = UseOutcome(outcome=Outcome.FAILED, error_name="NameError", error_message="no 'x'")
    run(library.note_outcome(block.id, use.id, failed))
    block = run(library.get(block.id))
    assert (block.last_outcome, block.last_error) == (Outcome.FAILED, "NameError: no 'x'")
    run(library.note_outcome(block.id, use.id, UseOutcome(outcome=Outcome.OK)))
    block = run(library.get(block.id))
    assert (block.last_outcome, block.last_error, block.uses) == (Outcome.OK, "", 1)
    assert block.last_run_at is not None
    assert [event.outcome for event in told.events[1:]] == ["waiting", "failed", "ok"]
    kept, first = run(library.uses(block.id))
    assert first.outcome is Outcome.FAILED
    assert (first.id, kept.notebook, kept.cell_id) == (use.id, "a.ipynb", "c1")


def test_the_outcome_belongs_to_the_code_that_ran(save, library, run):
    block = save("x = 1")
    use = run(library.note_use(block.id, NewUse()))
    run(library.note_outcome(block.id, use.id, UseOutcome(outcome=Outcome.OK)))
    edited = run(library.revise(block.id, CodeBlockEdit(code="x = 2")))
    assert edited.last_outcome is None
    run(library.note_outcome(block.id, use.id, UseOutcome(outcome=Outcome.FAILED)))
    assert run(library.get(block.id)).last_outcome is None
    (old,) = run(library.revisions(block.id))
    assert run(library.restore_revision(block.id, old.id)).last_outcome is Outcome.FAILED


def test_a_cell_that_was_edited_says_nothing_about_the_block(save, library, run):
    block = save("x = 1")
    use = run(library.note_use(block.id, NewUse()))
    edited = UseOutcome(outcome=Outcome.FAILED, code="x = oops")
    assert run(library.note_outcome(block.id, use.id, edited)).outcome is Outcome.WAITING
    assert run(library.get(block.id)).last_outcome is None
    same = UseOutcome(outcome=Outcome.OK, code="x = 1\n")
    assert run(library.note_outcome(block.id, use.id, same)).outcome is Outcome.OK


def test_search_finds_words_parts_of_words_and_identifiers_anywhere(save, library, run):
    wanted = save(
        "frame = read_csv(path)\nfitModel(frame)",
        name="load_strikes",
        description="Bird strikes by airport",
        tags=("aviation",),
    )
    save("unrelated = 0")
    for query in ("read_csv", "ad_cs", "FITMODEL", "airport bird", "aviat strikes", "load"):
        assert run(library.search(query)) == [wanted], query
    assert run(library.search("airport nothing")) == []
    assert run(library.search("100%")) == []


def test_search_puts_names_before_proven_before_used_before_recent(save, library, run):
    def use(block, outcome):
        made = run(library.note_use(block.id, NewUse()))
        if outcome:
            run(library.note_outcome(block.id, made.id, UseOutcome(outcome=outcome)))

    older = save("plot(1)", name="e")
    recent = save("plot(2)", name="d")
    used = save("plot(3)", name="c")
    use(used, None)
    proven = save("plot(4)", name="b")
    use(proven, Outcome.OK)
    inside = save("draw(5)", name="my_plot")
    begins = save("draw(6)", name="plot_all")
    exact = save("draw(7)", name="plot")
    found = [block.name for block in run(library.search("plot"))]
    assert found == ["plot", "plot_all", "my_plot", "b", "c", "d", "e"]
    assert exact.name == "plot"
    assert [begins.name, inside.name, recent.name, older.name] == ["plot_all", "my_plot", "d", "e"]


def test_search_is_narrowed_by_language_and_by_what_ran(save, library, run):
    python = save("x = 1")
    sql = save("select 1")
    use = run(library.note_use(sql.id, NewUse()))
    run(library.note_outcome(sql.id, use.id, UseOutcome(outcome=Outcome.OK)))
    assert [b.id for b in run(library.search("lang:python"))] == [python.id]
    assert [b.id for b in run(library.search("ran:ok"))] == [sql.id]
    counts = {count.language: count.blocks for count in run(library.languages())}
    assert counts == {"python": 1, "sql": 1}


def test_search_gives_pages(save, library, run):
    for number in range(5):
        save(f"x = {number}", name=f"n{number}")
    pages = [run(library.search("x =", limit=2, offset=offset)) for offset in (0, 2, 4, 6)]
    assert [[b.name for b in page] for page in pages] == [["n4", "n3"], ["n2", "n1"], ["n0"], []]
    library.max_results = 3
    assert len(run(library.search(limit=1000))) == 3
    assert len(run(library.search(limit=-1, offset=-5))) == 1


def test_a_name_is_found_as_written_first_then_however_it_is_written(save, library, run):
    block = save("x = 1", name="By-Month")
    for name in ("By-Month", "by_month", "BY-MONTH"):
        assert run(library.find_by_name(name)).id == block.id


def test_a_name_that_does_not_exist_names_those_that_are_near(save, library, run):
    save("x = 1", name="plot_by_month")
    save("x = 2", name="load")
    with pytest.raises(NotFound) as refused:
        run(library.get_by_name("plot_month"))
    assert "'plot_month'" in refused.value.message
    assert refused.value.hint == "Did you mean 'plot_by_month'?"
    with pytest.raises(NotFound, match="'zzz'") as refused:
        run(library.get_by_name("zzz"))
    assert "Library panel" in refused.value.hint


def test_known_texts_are_recognised_without_their_trailing_white_space(save, library, run):
    block = save("x = 1")
    (known,) = run(library.known(("x = 1 \n", "y = 2", "x")))
    assert (known.code, known.block_id, known.name) == ("x = 1 \n", block.id, block.name)
    assert run(library.known(())) == []
    with pytest.raises(TooLarge):
        run(library.known(("x",) * 201))


def test_the_past_survives_a_restart(save, library, run, database):
    block = save("x = 1")
    run(library.revise(block.id, CodeBlockEdit(code="x = 2")))
    run(database.close())
    from sponde_server.core.database import Database

    again = Database(database.path, database._migrations, logging.getLogger("test"))
    other = SpondeLibrary(database=again, bus=Bus(logging.getLogger("test")), feed=Told())
    assert run(other.get(block.id)).code == "x = 2"
    assert run(other.revisions(block.id))[0].code == "x = 1"
    run(again.close())
