"""The search: what it finds, why, and that a scan and an index agree."""

import asyncio
import logging
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.library import store
from sponde_server.library.finding import index as index_module
from sponde_server.library.finding import service as finding
from sponde_server.library.finding.index import Index, Scan
from sponde_server.library.finding.query import parse
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.finding.service import Finder
from sponde_server.library.records import CodeBlock, CodeFacts, NewCodeBlock, Outcome
from sponde_server.library.service import SpondeLibrary

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LOG = logging.getLogger("test")


class Quiet:
    def tell(self, event):
        return None


@pytest.fixture
def library(database):
    return SpondeLibrary(database=database, bus=Bus(LOG), feed=Quiet())


@pytest.fixture
def add(database, run):
    def add(*blocks):
        run(database.write(lambda con: [store.add(con, block) for block in blocks]))

    return add


@pytest.fixture
def find(library, run):
    def find(query, **asked):
        return run(library.find(FindBlocks(query=query, **asked)))

    return find


def block(name, code, **given):
    return CodeBlock(name=name, language=given.pop("language", "python"), code=code, **given)


def names(found):
    return [one.block.name for one in found.blocks]


SALES = block(
    "read_sales",
    "import pandas as pd\ndef readSales(path):\n    return pd.read_csv(path)",
    description="Sales by month",
    tags=("clean",),
    facts=CodeFacts(
        imports=("pandas",), defines=("readSales",), needs=("path",), columns=("amount",)
    ),
    uses=12,
    ok_runs=3,
    last_outcome=Outcome.OK,
    updated_at=NOW,
)
MERGE = block("join", "out = df.merge(right, how='left')\npd.to_datetime(out.day)", updated_at=NOW)
OLD = block(
    "old_query",
    "select * from sales",
    language="sql",
    facts=CodeFacts(datasets=("sales",)),
    last_outcome=Outcome.FAILED,
    uses=1,
    updated_at=NOW - timedelta(days=400),
)


FOUND = [
    ("read_csv", ["read_sales"]),
    ("readCsv", ["read_sales"]),
    ("read csv", ["read_sales"]),
    ("csv", ["read_sales"]),
    ("df.merge", ["join"]),
    ('"pd.to_datetime("', ["join"]),
    ('"PD.to_datetime("', []),
    (r"/merge\(.*how=/", ["join"]),
    (r"/^select .* from/", ["old_query"]),
    ("lang:sql ", ["old_query"]),
    ("-lang:sql ", ["read_sales", "join"]),
    ("lang:sql lang:python ", ["read_sales", "old_query", "join"]),
    ("imports:pan", ["read_sales"]),
    ("imports:pan ", []),
    ("imports:pandas ", ["read_sales"]),
    ("defines:readsales ", ["read_sales"]),
    ("needs:path ", ["read_sales"]),
    ("column:amount ", ["read_sales"]),
    ("dataset:sales ", ["old_query"]),
    ("tag:clean ", ["read_sales"]),
    ("ran:ok ", ["read_sales"]),
    ("ran:never ", ["join"]),
    ("used:>3 ", ["read_sales"]),
    ("after:2026-10 ", ["read_sales", "join"]),
    ("before:2026 ", ["old_query"]),
    ("sales", ["read_sales", "old_query"]),
]


def test_a_query_finds_what_it_says_by_scan_and_by_index(add, find, database, run):
    add(SALES, MERGE, OLD)
    finder = Finder(database, LOG, least=0, gather=0)
    run(indexed(finder))
    assert finder._index.change > 0
    wanted = dict(FOUND)
    assert {query: names(find(query)) for query in wanted} == wanted
    asked = {query: run(finder.find(FindBlocks(query=query))) for query in wanted}
    assert {query: names(found) for query, found in asked.items()} == wanted


async def indexed(finder):
    await finder.find(FindBlocks())
    await finder.settle()


def test_from_asks_where_a_block_came_from(library, run, find):
    run(library.save(NewCodeBlock(code="a = 1", message_id="m", name="told")))
    run(library.save(NewCodeBlock(code="b = 1", name="other")))
    assert names(find("from:answer ")) == ["told"]
    assert names(find("-from:answer ")) == ["other"]


def test_each_hit_says_why_it_stands_there(add, find):
    add(SALES, MERGE, OLD)
    reasons = {query: find(query).blocks[0].reason for query in ("read_sales", "read_sa", "month")}
    assert reasons == {
        "read_sales": "name · proven 3× · used 12×",
        "read_sa": "name begins so · proven 3× · used 12×",
        "month": "description · proven 3× · used 12×",
    }
    assert find("clean").blocks[0].reason.startswith("tag clean")
    assert find("to_datetime").blocks[0].reason == "code"
    add(block("loader", "def fetch_rows(): pass", facts=CodeFacts(defines=("fetch_rows",))))
    assert find("fetchRows").blocks[0].reason == "defines fetch_rows"


def test_what_was_looked_for_is_marked_as_browsers_count(add, find):
    add(block("smile", "s = '😀'\nread_csv(1)\nreadCsv(2)"))
    (found,) = find("readcsv").blocks
    code = found.block.code.encode("utf-16-le")
    marked = [code[m.start * 2 : m.end * 2].decode("utf-16-le") for m in found.marks]
    assert marked == ["read_csv", "readCsv"]
    (found,) = find(r"/readC.*\)/").blocks
    assert [(m.field, m.end - m.start) for m in found.marks] == [("code", len("readCsv(2)"))]


def test_nothing_found_says_which_filter_stands_in_the_way(add, find):
    add(SALES, MERGE, OLD)
    found = find("read_csv lang:sql ")
    assert found.blocks == ()
    assert [(one.filter, one.blocks) for one in found.without] == [("lang:sql", 1)]


def test_a_bad_expression_ends_in_a_sentence_and_the_rest_is_searched(add, find):
    add(SALES, MERGE)
    found = find(r"sales /merge(/ nokey:x ")
    assert names(found) == ["read_sales"]
    (told,) = (one for one in found.wrongs if "expression cannot be read" in one)
    assert "(?" not in told
    assert any("There is no filter “nokey:”" in wrong for wrong in found.wrongs)


def test_filters_are_completed_by_keys_and_by_the_values_that_there_are(
    add, library, run, database
):
    add(SALES, MERGE, OLD)
    for finder in (library.finder, Finder(database, LOG, least=0, gather=0)):
        run(indexed(finder))
        assert [offer.text for offer in run(finder.offers("im"))] == ["imports:"]
        (offer,) = run(finder.offers("imports:pa"))
        assert (offer.text, offer.blocks) == ("imports:pandas", 1)
        assert {offer.text for offer in run(finder.offers("-lang:"))} == {
            "-lang:python",
            "-lang:sql",
        }


def test_what_is_written_after_the_index_was_made_is_found_and_what_is_deleted_is_not(
    add, database, run
):
    add(SALES, MERGE)
    finder = Finder(database, LOG, least=0, gather=0)
    run(indexed(finder))
    add(OLD)
    run(database.write(store.remove, MERGE.id, NOW))
    assert names(run(finder.find(FindBlocks(query="sales")))) == ["read_sales", "old_query"]
    assert names(run(finder.find(FindBlocks(query="merge")))) == []
    before = finder._index.change
    run(finder.settle())
    assert finder._index.change > before
    assert names(run(finder.find(FindBlocks()))) == ["read_sales", "old_query"]


def test_an_index_is_used_again_after_a_restart_and_made_anew_when_broken_or_foreign(
    add, database, run
):
    add(SALES, MERGE)
    run(indexed(Finder(database, LOG, least=0, gather=0)))
    folder = database.path.with_name("library-index")
    again = Finder(database, LOG, least=0, gather=0)
    assert names(run(again.find(FindBlocks(query="merge")))) == ["join"]
    assert again._index.change > 0

    for path in folder.glob("*.idx"):
        # Another file of that name: the one before is still mapped; cutting it is a SIGBUS.
        path.unlink()
        path.write_bytes(b"broken")
    broken = Finder(database, LOG, least=0, gather=0)
    assert names(run(broken.find(FindBlocks(query="merge")))) == ["join"]
    run(broken.settle())
    assert names(run(broken.find(FindBlocks(query="merge")))) == ["join"]
    assert broken._index.change > 0

    (folder / "made.json").write_text('{"version": 0}')
    foreign = Finder(database, LOG, least=0, gather=0)
    assert names(run(foreign.find(FindBlocks(query="merge")))) == ["join"]
    assert foreign._index.change == -1


KILLED = """
import asyncio, logging, os, signal, sys
from pathlib import Path
from sponde_server.core.database import Database
from sponde_server.library import store
from sponde_server.library.finding import service as finding
from sponde_server.library.finding.records import FindBlocks
from sponde_server.library.records import CodeBlock

finding._INDEXED_AT_ONCE = 10
finding._COMMIT_AFTER = 0.0

async def main(path, migrations):
    database = Database(path, migrations, logging.getLogger("test"))
    blocks = [CodeBlock(name=f"b{n}", language="python", code=f"part_{n} = 1") for n in range(60)]
    await database.write(lambda con: [store.add(con, block) for block in blocks])
    finder = finding.Finder(database, logging.getLogger("test"), least=0, gather=0)
    commit = finder._index.commit

    def killed(writer, last, *, is_whole):
        if finder._index.taken > 20:
            finder._index.add([], writer)
            writer.commit()  # written, and not noted
            os.kill(os.getpid(), signal.SIGKILL)
        commit(writer, last, is_whole=is_whole)

    finder._index.commit = killed
    await finder.find(FindBlocks())
    await finder.settle()

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def test_an_index_whose_server_was_killed_in_the_making_goes_on_where_it_was(
    tmp_path, run, monkeypatch
):
    path, migrations = tmp_path / "history.duckdb", Path(store.__file__).parents[1] / "migrations"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path), str(migrations)], timeout=120)
    assert ended.returncode == -signal.SIGKILL

    async def go_on():
        database = Database(path, migrations, LOG)
        finder = Finder(database, LOG, least=0, gather=0)
        with monkeypatch.context() as patch:
            patch.setattr(finding, "_MOST_SCANNED", 0)
            patch.setattr(finder, "_bring_up", lambda: None)
            await finder.find(FindBlocks())
            partly = await finder.find(FindBlocks(query="part", limit=100))
            assert 20 <= len(partly.blocks) < 60
            assert "The search index is being made" in partly.wrongs[0]
        assert len((await finder.find(FindBlocks(query="part", limit=100))).blocks) == 60
        assert finder._index.taken >= 20
        assert finder._index.change == -1
        await finder.settle()
        assert finder._index._opened().searcher.num_docs == 60
        found = await finder.find(FindBlocks(query="part_", limit=100))
        assert len({one.block.id for one in found.blocks}) == 60
        await database.close()

    run(go_on())


def test_few_blocks_need_no_index(add, library, run, find):
    add(SALES)
    assert names(find("sales")) == ["read_sales"]
    assert not library.finder._index._folder.exists()


WORDS = ("read", "csv", "read_csv", "readCsv", "_x", "__init__", "DataFrame", "é", "Straße", "a1")
code = st.lists(
    st.sampled_from([*WORDS, "(", ")", ".", "=", " ", "\n", "x", "re", "sql"]),
    min_size=1,
    max_size=12,
).map("".join)
searches = st.one_of(
    st.lists(
        st.sampled_from(
            [*WORDS, "re", "r", "frame", '"read_"', '"D"', '"_"', "/re.d/", "/[a-z]+_x/", "/(a|é)/",
             "lang:python", "-lang:sql", "used:>1", "tag:a*", "ran:ok", "before:2026-11"]
        ),
        min_size=1,
        max_size=3,
    ).map(" ".join),
    code,
)  # fmt: skip
blocks = st.lists(
    st.builds(
        block,
        name=st.sampled_from(["read_csv", "frame", "init", "x"]),
        code=code,
        language=st.sampled_from(["python", "sql"]),
        description=code,
        tags=st.sampled_from([(), ("a",), ("ab", "c")]),
        uses=st.integers(0, 3),
        last_outcome=st.sampled_from([None, Outcome.OK, Outcome.FAILED]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kept=blocks,
    later=blocks,
    queries=st.lists(searches, min_size=1, max_size=12),
    bounds=st.sampled_from([{}, {"_MANY": 0, "_TIERS": (1, 2)}, {"_MOST_READ": 1}]),
)
def test_scan_and_index_give_the_same_in_the_same_order(
    kept, later, queries, bounds, database, run, tmp_path
):
    index = Index(tmp_path / "index", LOG)
    index.throw_away()

    async def compare():
        await database.write(lambda con: con.execute("DELETE FROM code_block"))
        await database.write(lambda con: [store.add(con, one) for one in kept])
        writer = index.begin(-1)
        rows = await database.read(search_rows)
        index.add(rows, writer)
        index.commit(writer, rows[-1], is_whole=True)
        index.end(writer)
        await database.write(lambda con: [store.add(con, one) for one in later])
        for text in queries:
            query = parse(text, NOW)
            found = await database.read(index.find, query, 50, 0, 60)
            wanted = await database.read(Scan().find, query, 50, 0, 60)
            assert sorted(h.place for h in found.hits) == sorted(h.place for h in wanted.hits), text
            assert {h.id for h in found.hits} == {h.id for h in wanted.hits}, text
            assert [h.place for h in found.hits] == [h.place for h in wanted.hits], text

    with pytest.MonkeyPatch.context() as patch:
        for name, bound in bounds.items():
            patch.setattr(index_module, name, bound)
        run(asyncio.wait_for(compare(), 120))


def test_the_best_of_many_are_found_tier_by_tier_in_their_order(add, database, run, monkeypatch):
    monkeypatch.setattr(index_module, "_MANY", 10)
    monkeypatch.setattr(index_module, "_TIERS", (5, 20))
    add(
        *(
            block(
                f"part_{number}",
                f"value = {number}",
                uses=number % 9,
                last_outcome=(None, Outcome.OK)[number % 2],
                updated_at=NOW - timedelta(days=number * 7),
            )
            for number in range(90)
        )
    )
    finder = Finder(database, LOG, least=0, gather=0)
    run(indexed(finder))
    assert len(finder._index._opened().tiers) == 3
    scan = Finder(database, LOG, least=1000)
    for query in ("part", "value", "ran:ok ", "used:>3 value", "/value = \\d*1/", ""):
        for offset in (0, 30):
            asked = FindBlocks(query=query, limit=30, offset=offset)
            wanted = names(run(scan.find(asked)))
            assert wanted or offset, query
            assert names(run(finder.find(asked))) == wanted, query


def search_rows(con):
    from sponde_server.library.finding.store import rows_after

    return rows_after(con, -1, 1000)
