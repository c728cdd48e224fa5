"""Blocks brought in and out: exact both ways, shown before they are kept, undone, never run."""

import asyncio
import base64
import io
import json
import logging
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sponde_server.core.database import Database
from sponde_server.core.errors import SpondeError
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.library.code.facts import code_hash, tidy
from sponde_server.library.collections.records import NewCollection
from sponde_server.library.collections.service import SpondeCollections
from sponde_server.library.folder import front_matter
from sponde_server.library.outside import Outside
from sponde_server.library.records import (
    CodeBlock,
    CodeBlockEdit,
    CodeFacts,
    NewCodeBlock,
    NewUse,
    Outcome,
    UseOutcome,
)
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.sources.records import NewSource, SourceKind
from sponde_server.library.transfer.beside import Beside
from sponde_server.library.transfer.bundle import block_of, read_bundle
from sponde_server.library.transfer.reading import Limits, read_file, read_text
from sponde_server.library.transfer.records import (
    ExportFormat,
    ImportChoices,
    ImportPiece,
    NewBlockExport,
    NewBlockImport,
    RowChoice,
    RowState,
    TransferStatus,
)
from sponde_server.library.transfer.service import SpondeTransfers

LOAD = """\
import pandas as pd


def load_sales(path):
    frame = pd.read_csv(path)
    frame['month'] = pd.to_datetime(frame['day']).dt.to_period('M')
    return frame.groupby('month').agg({'amount': 'sum', 'price': 'mean'})"""


class World:
    """A library with its ways in and out."""

    def __init__(self, database, folder):
        bus, feed = Bus(logging.getLogger("test")), Feed()
        folder.mkdir(parents=True, exist_ok=True)
        self.root = folder
        self.library = SpondeLibrary(database=database, bus=bus, feed=feed)
        self.transfers = SpondeTransfers(
            database=database,
            bus=bus,
            feed=feed,
            library=self.library,
            root=folder,
            folder=folder / ".carry",
        )
        outside = Outside()
        self.collections = SpondeCollections(database=database, feed=feed, outside=outside)
        self.transfers.beside = Beside(self.collections)

    async def read(self, data, filename="other.blocks.json"):
        begun = await self.transfers.begin(NewBlockImport(filename=filename))
        data = data.encode() if isinstance(data, str) else data
        for at in range(0, max(1, len(data)), 1_000_000):
            piece = base64.b64encode(data[at : at + 1_000_000]).decode()
            await self.transfers.receive(begun.id, ImportPiece(at=at, data=piece))
        await self.transfers.read(begun.id)
        await self.transfers.settle()
        return await self.transfers.get(begun.id)

    async def take(self, data, filename="other.blocks.json", **choices):
        read = await self.read(data, filename)
        assert read.status is TransferStatus.READY, read
        await self.transfers.keep(read.id, ImportChoices(**choices))
        await self.transfers.settle()
        return await self.transfers.get(read.id)

    async def rows(self, transfer, state=""):
        return (await self.transfers.rows(transfer.id, state, 0, 100)).rows

    async def give(self, format=ExportFormat.BUNDLE, **asked):
        begun = await self.transfers.export(NewBlockExport(format=format, **asked))
        await self.transfers.settle()
        _, path = await self.transfers.exported(begun.id)
        return path.read_bytes()


@pytest.fixture
def world(database, tmp_path):
    return World(database, tmp_path / "one")


@pytest.fixture
def other(tmp_path, database, run):
    made = Database(tmp_path / "other.duckdb", database._migrations, logging.getLogger("test"))
    yield World(made, tmp_path / "two")
    run(made.close())


def told(data):
    """Give a bundle's blocks without what an import adds: that it was imported."""
    blocks = json.loads(data)["blocks"]
    for block in blocks:
        block["sources"] = [one for one in block["sources"] if one["kind"] != "import"]
    return blocks


async def a_library(world):
    source = NewSource(kind=SourceKind.CELL, path="clients/secret/a.ipynb", cell_id="c")
    block = await world.library.save(
        NewCodeBlock(code=LOAD, name="load", description="Load", tags=("a", "b"), source=source)
    )
    await world.library.revise(block.id, CodeBlockEdit(code=LOAD + "\n\nx = 1", tags=("c",)), "ada")
    use = await world.library.note_use(block.id, NewUse(notebook="a.ipynb"))
    await world.library.note_outcome(
        block.id,
        use.id,
        UseOutcome(
            outcome=Outcome.FAILED, error_name="OSError", error_message="No file /home/ada/key"
        ),
    )
    await world.library.save(NewCodeBlock(code="select 1", name="one", language="sql"))
    return block


async def test_a_bundle_is_exact_both_ways_and_holds_no_path(world, other):
    block = await a_library(world)
    data = await world.give()
    assert b"secret" not in data
    assert b"/home/ada" not in data
    done = await other.take(data)
    assert (done.added, done.status) == (2, TransferStatus.DONE)
    there = await other.library.get(block.id)
    mine = await world.library.get(block.id)
    for name in ("name", "code", "language", "description", "tags", "created_at", "updated_at"):
        assert getattr(there, name) == getattr(mine, name)
    assert there.last_outcome is None  # what ran elsewhere is a claim, no proof
    (claim,) = await other.transfers.claims(block.id)
    assert (claim.proof.last_error, claim.proof.failed_runs) == ("OSError", 1)
    assert [one.code for one in await other.library.revisions(block.id)] == [LOAD]
    assert told(await other.give()) == told(data)
    assert [one.name for one in await other.library.search("load_sales")] == ["load"]


async def test_what_is_new_same_near_and_broken_is_told_before_and_undone_exactly(world):
    await a_library(world)
    before = told(await world.give())
    bundle = {
        "blocks": [
            {"code": "y = [n for n in range(10)]", "name": "fresh"},
            {"code": "select 1", "name": "again"},
            {"code": LOAD.replace("price", "cost") + "\n\nx = 2", "name": "load"},
            {"code": 7, "name": "wrong"},
            {"name": "empty"},
            "no block"[:0],
            None,
            {"code": "y = [n for n in range(10)]", "name": "twice"},
            {"code": "z = 3", "name": "not a name!", "colour": "red"},
        ]
    }
    read = await world.read(json.dumps(bundle))
    assert (read.new, read.same, read.near, read.broken) == (2, 2, 1, 4)
    rows = await world.rows(read)
    assert [row.at for row in rows] == list(range(9))
    assert all(row.note for row in rows if row.state is RowState.BROKEN)
    assert "kept once" in rows[7].note
    assert "colour" in rows[8].note
    assert "becomes" in rows[8].note
    assert len(await world.library.search("")) == 2  # nothing is kept yet
    near = rows[2]
    assert (near.state, near.block_name) == (RowState.NEAR, "load")
    pair = await world.transfers.pair(read.id, 2)
    assert "cost" in pair.code
    assert "price" in pair.mine
    await world.transfers.keep(read.id, ImportChoices(choices={"2": RowChoice.REVISE}))
    await world.transfers.settle()
    done = await world.transfers.get(read.id)
    assert (done.added, done.revised, done.noted) == (2, 1, 2)
    block = await world.library.find_by_name("load")
    assert "cost" in block.code
    undone = await world.transfers.undo(read.id)
    assert undone.refused == ()
    names = sorted(one.name for one in await world.library.search(""))
    assert names == ["load", "one"]
    for one, was in zip(told(await world.give()), before, strict=True):
        assert (one["code"], one["name"]) == (was["code"], was["name"])
    with pytest.raises(SpondeError):
        await world.transfers.undo(read.id)


async def test_an_undo_leaves_what_was_changed_since(world):
    done = await world.take(json.dumps([{"code": "x = 1"}, {"code": "y = 2"}]), "a.json")
    block = (await world.library.search("x"))[0]
    await world.library.revise(block.id, CodeBlockEdit(description="Mine"))
    undone = await world.transfers.undo(done.id)
    assert len(undone.refused) == 1
    assert [one.id for one in await world.library.search("")] == [block.id]


@pytest.mark.parametrize("format", list(ExportFormat))
async def test_what_is_exported_is_read_again(world, other, format):
    await world.library.save(
        NewCodeBlock(code=LOAD, name="load", description="Load: it all", tags=("a b", "c"))
    )
    await world.library.save(NewCodeBlock(code="select '```'", name="one", language="sql"))
    names = {ExportFormat.FOLDER: "a.zip", ExportFormat.NOTEBOOK: "a.ipynb"}
    name = names.get(format, "a.md" if format is ExportFormat.MARKDOWN else "a.json")
    done = await other.take(await world.give(format), name)
    assert (done.added, done.broken) == (2, 0)
    for mine in await world.library.search(""):
        there = await other.library.find_by_name(mine.name)
        assert (there.code, there.language) == (mine.code, mine.language)
        assert (there.description, there.tags) == (mine.description, mine.tags)


async def test_a_search_or_chosen_blocks_are_exported(world):
    block = await a_library(world)
    assert [one["name"] for one in told(await world.give(query="lang:sql"))] == ["one"]
    assert [one["name"] for one in told(await world.give(block_ids=(block.id,)))] == ["load"]
    bare = told(await world.give(block_ids=(block.id,), has_past=False))[0]
    assert (bare["revisions"], bare["proof"]) == ([], None)


async def test_a_deleted_block_comes_back_with_its_past_when_it_is_imported(world):
    block = await a_library(world)
    data = await world.give()
    await world.library.remove(block.id)
    done = await world.take(data)
    assert (done.added, done.noted) == (1, 1)
    assert (await world.library.get(block.id)).last_outcome is Outcome.FAILED


async def test_names_that_are_taken_get_a_number(world):
    await a_library(world)
    await world.take(json.dumps([{"code": "p = 1", "name": "Load"}, {"code": "q", "name": "load"}]))
    names = sorted(one.name.lower() for one in await world.library.search(""))
    assert names == ["load", "load_2", "load_3", "one"]


async def test_collections_go_along_and_are_undone(world, other):
    block = await a_library(world)
    await world.collections.make(NewCollection(name="Sales", block_ids=(block.id,)))
    data = await world.give()
    done = await other.take(data)
    (there,) = await other.collections.list_all()
    assert (there.name, there.block_ids) == ("Sales", (block.id,))
    again = await other.take(data)
    assert len(await other.collections.list_all()) == 1
    await other.transfers.undo(again.id)
    await other.transfers.undo(done.id)
    assert await other.collections.list_all() == []
    hostile = json.dumps({"blocks": [{"code": "x"}], "collections": [5, {"name": "\ud800"}, {}]})
    assert (await other.take(hostile)).status is TransferStatus.DONE


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name, text)
    return packed.getvalue()


async def test_a_zip_of_strange_names_writes_nothing_outside(world, tmp_path):
    data = zipped(**{"../../evil.py": "x = 1", "/etc/evil.sql": "select 2", "a.exe": "MZ"})
    done = await world.take(data, "a.zip")
    assert (done.added, done.broken) == (2, 1)
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"", "a.json"),
        (b"\xff\xfe\xfd", "a.json"),
        (b"\x00" * 100, "a.exe"),
        (b"PK\x03\x04 not really", "a.zip"),
        (b'{"version": 99, "blocks": []}', "a.json"),
        (b"[]", "a.json"),
        (zipped(**{"bomb.py": "0" * 30_000_000}), "a.zip"),
        (b"{" * 10, "a.ipynb"),
    ],
)
async def test_a_hostile_file_ends_in_one_sentence(world, data, filename):
    read = await world.read(data, filename)
    assert read.status is TransferStatus.FAILED
    assert read.error
    assert read.hint
    assert "Traceback" not in read.error


@pytest.mark.parametrize(
    "text",
    [
        "nothing of JSON",
        '{"blocks": 5}',
        '{"blocks": [{"code": "x = 1", "tags": NaN}]}',
        '{"blocks": [{"code": "\\ud800"}]}',
        '{"blocks": [{"code": "x", "revisions": [{"code": 1}]}]}',
        '{"blocks": [{"code": "x", "created_at": "9999-12-31T23:59:59-14:00"}]}',
        '{"blocks": [{"code": "x", "sources": [{"kind": "cell", "line": 1e30}]}]}',
        '{"blocks": [{"code": "x", "proof": {"ok_runs": -5}}]}',
        '{"blocks": [' + "[" * 100_000,
        '{"blocks": [{"code": "x = 1"}, {"code": ',
    ],
)
async def test_what_is_wrong_in_a_bundle_is_told_as_a_row(world, text):
    read = await world.read(text)
    assert read.status is TransferStatus.READY
    assert read.broken == 1
    (row,) = await world.rows(read, "broken")
    assert row.note
    await world.transfers.keep(read.id, ImportChoices())
    await world.transfers.settle()
    assert (await world.transfers.get(read.id)).status is TransferStatus.DONE


async def test_a_block_that_is_too_long_is_told_and_the_others_are_kept(world):
    world.library.max_code_bytes = 100
    done = await world.take(json.dumps([{"code": "x = 1"}, {"code": "y" * 200}]), "a.json")
    assert (done.added, done.broken) == (1, 1)


async def test_too_large_a_file_is_refused_before_it_is_read(world):
    world.transfers.max_import_bytes = 1000
    with pytest.raises(SpondeError, match="more than"):
        await world.read(b"x" * 2000)


async def test_an_import_is_stopped_and_what_it_kept_is_undone(world):
    read = await world.read(json.dumps([{"code": f"x = {n}"} for n in range(250)]))
    await world.transfers.keep(read.id, ImportChoices())
    for _ in range(1_000_000):
        if (await world.transfers.get(read.id)).done >= 100:
            break
        await asyncio.sleep(0)
    await world.transfers.cancel(read.id)
    await world.transfers.settle()
    stopped = await world.transfers.get(read.id)
    assert stopped.status is TransferStatus.CANCELLED
    assert 100 <= stopped.added < 250
    await world.transfers.undo(read.id)
    assert await world.library.search("") == []


async def test_a_file_of_functions_a_notebook_and_markdown_are_read(world):
    assert [
        one.block.name for one in read_text(b"def f():\n    pass\n\ndef g(): pass", "m.py")
    ] == [
        "f",
        "g",
    ]
    text = "# Plot it\n\nDraws.\n\nTags: a, b\n\n````python\n```\nx\n````\n"
    (one,) = read_text(text.encode(), "m.md")
    assert (one.block.code, one.block.description, one.block.tags) == (
        "```\nx",
        "Draws.",
        ("a", "b"),
    )


async def ends(api, address, status):
    """Wait until something is not in a state any more."""
    for _ in range(3000):
        if (await api("GET", address))["status"] != status:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await api("GET", address))


async def test_the_routes_carry_a_file_in_and_out(api, jp_fetch):
    data = json.dumps({"blocks": [{"code": "x = 41 + 1", "name": "x"}, {"code": None}]})
    begun = await api("POST", "/code-block-imports", {"filename": "a.json"})
    address = f"/code-block-imports/{begun['id']}"
    piece = base64.b64encode(data.encode()).decode()
    await api("POST", f"{address}/pieces", {"at": 0, "data": piece})
    lost = await api("POST", f"{address}/pieces", {"at": 3, "data": piece})
    assert lost["status"] == 409
    await api("POST", f"{address}/read")
    await ends(api, address, "reading")
    rows = await api("GET", f"{address}/rows")
    assert [row["state"] for row in rows["rows"]] == ["new", "broken"]
    await api("POST", f"{address}/keep", {"choices": {}})
    await ends(api, address, "working")
    assert [one["id"] for one in await api("GET", "/code-block-imports")] == [begun["id"]]
    begun = await api("POST", "/code-block-exports", {"format": "json"})
    await ends(api, f"/code-block-exports/{begun['id']}", "working")
    answer = await jp_fetch("sponde", "api", "code-block-exports", begun["id"], "file")
    assert json.loads(answer.body)[0]["code"] == "x = 41 + 1"
    assert "x.json" in answer.headers["Content-Disposition"]
    outside = await api("POST", "/code-block-imports", {"path": "../../etc/passwd"})
    assert outside["status"] == 403


# -- properties -------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=200)
CODE = TEXT.map(tidy).filter(bool)


@given(CODE, TEXT, st.lists(TEXT.filter(lambda tag: bool(tag.strip())), max_size=5))
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_a_block_as_a_file_is_read_as_it_was(code, description, tags):
    for language in ("python", "sql", "html", "css", "go", "text"):
        block = CodeBlock(
            name="a",
            language=language,
            code=code,
            description=description,
            tags=tuple(tags),
            facts=CodeFacts(needs=("df",)),
        )
        page = front_matter.read(front_matter.write(block), "py")
        assert page.is_ours
        assert code_hash(page.code) == code_hash(code)
        assert page.text("description") == description
        assert page.texts("tags") == tuple(tags)
        assert (page.text("id"), page.text("language")) == (block.id, language)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "name", "tags", "revisions", "proof", "sources", "id", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(ANYTHING)
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
def test_whatever_a_bundle_holds_is_a_block_or_a_sentence(value):
    piece = block_of(value)
    assert piece.block is not None or piece.note
    for one in read_bundle(json.dumps({"blocks": [value]})):
        assert one.block is not None or one.note


@given(st.binary(max_size=300), st.sampled_from(["a.json", "a.py", "a.ipynb", "a.md", "a.zip"]))
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_whatever_a_file_holds_ends_in_blocks_or_one_sentence(tmp_path_factory, data, name):
    path = tmp_path_factory.getbasetemp() / "anything"
    path.write_bytes(data)
    notes = []
    try:
        found = list(read_file(path, name, Limits(bytes=10_000)))
        notes = [piece.note for piece in found if piece.block is None]
    except SpondeError as error:
        notes = [error.message, error.hint]
    assert all(notes)
