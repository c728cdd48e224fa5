"""Where a block is used: cells, notes of its uses, jobs, questions, collections; and how often."""

import json
import logging
import os
from datetime import timedelta

import pytest

from sponde_server.chat.naming import naming
from sponde_server.core.errors import Invalid, NotFound
from sponde_server.core.events import Bus
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.library import store
from sponde_server.library.collections.records import NewCollection
from sponde_server.library.collections.service import SpondeCollections
from sponde_server.library.outside import Job, Outside, Question
from sponde_server.library.records import NewCodeBlock, NewUse, Outcome, Place, Use, UseOutcome
from sponde_server.library.service import SpondeLibrary
from sponde_server.library.where_used.marked_cells import MarkedCells
from sponde_server.library.where_used.records import UsedIn
from sponde_server.library.where_used.service import SpondePlaces


@pytest.fixture
def library(database):
    return SpondeLibrary(database=database, bus=Bus(logging.getLogger("test")), feed=Feed())


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def places(database, root):
    async def find_jobs(notebooks):
        every = [Job("j1", "Nightly", "made.ipynb", now()), Job("j2", "Other", "other.ipynb")]
        return [job for job in every if job.notebook in notebooks]

    async def find_questions(block_id):
        return [Question("m1", "c1", "About sales", now())]

    outside = Outside(root=root, find_jobs=find_jobs, find_questions=find_questions)
    return SpondePlaces(database=database, outside=outside)


def write(path, *block_ids):
    path.parent.mkdir(exist_ok=True)
    cells = [
        {"cell_type": "code", "id": f"cell{at}", "metadata": {"sponde": {"block_id": one}}}
        for at, one in enumerate(block_ids)
    ]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "metadata": {}}, *cells]}))


async def saved(library, name="load"):
    return await library.save(NewCodeBlock(code=f"{name} = 1 + 1", name=name))


async def ran(library, block, outcome, **where):
    use = await library.note_use(block.id, NewUse(**where))
    return await library.note_outcome(block.id, use.id, UseOutcome(outcome=outcome))


async def test_every_kind_of_place_is_told(library, places, root, database):
    block = await saved(library)
    collections = SpondeCollections(database=database, feed=Feed(), outside=Outside())
    kept = await collections.make(NewCollection(block_ids=(block.id,), name="Report"))
    write(root / "made.ipynb", block.id)
    await ran(library, block, Outcome.OK, notebook="made.ipynb", cell_id="cell0")
    await ran(library, block, Outcome.OK, notebook="", place=Place.CALL)
    await ran(library, block, Outcome.OK, notebook="", place=Place.TRY)
    found = await places.where(block.id)
    told = [(one.kind, one.label or one.path, one.subject_id) for one in found.places]
    assert sorted(told[:2]) == [(UsedIn.KERNEL, "", ""), (UsedIn.NOTEBOOK, "made.ipynb", "")]
    assert told[2:] == [
        (UsedIn.JOB, "Nightly", "j1"),
        (UsedIn.CONVERSATION, "About sales", "c1"),
        (UsedIn.COLLECTION, "Report", kept.id),
    ]
    assert not found.is_cut


async def test_the_runs_of_a_cell_are_added_up_and_a_lost_cell_is_told(library, places, root):
    block = await saved(library)
    write(root / "made.ipynb", "another", block.id)
    for outcome in (Outcome.OK, Outcome.FAILED, Outcome.OK):
        await ran(library, block, outcome, notebook="made.ipynb", cell_id="cell1")
    await ran(library, block, Outcome.FAILED, notebook="made.ipynb", cell_id="gone")
    lost, cell = [
        one for one in (await places.where(block.id)).places if one.kind is UsedIn.NOTEBOOK
    ]
    assert (cell.cell, cell.ok, cell.failed, cell.last_outcome) == (3, 2, 1, Outcome.OK)
    assert (cell.is_there, lost.is_there) == (True, False)
    assert lost.last_outcome is Outcome.FAILED


async def test_cells_are_found_that_nothing_is_noted_of(library, places, root):
    block = await saved(library)
    write(root / "sub" / "quiet.ipynb", block.id)
    write(root / ".ipynb_checkpoints" / "quiet-checkpoint.ipynb", block.id)
    (root / "broken.ipynb").write_text('{"block_id"')
    (place, _) = (await places.where(block.id)).places
    assert (place.path, place.cell_id, place.last_outcome) == ("sub/quiet.ipynb", "cell0", None)


async def test_runs_of_a_notebook_are_added_up_by_its_cell(library, places, root):
    block = await saved(library)
    write(root / "made.ipynb", block.id)
    for number, is_bad in enumerate((False, True, False)):
        path = root / "runs" / f"made-{number}.ipynb"
        write(path, block.id)
        content = json.loads(path.read_text())
        content["metadata"] = {"papermill": {"start_time": "2026-11-22"}}
        content["cells"][1]["metadata"]["papermill"] = {
            "status": "completed",
            "exception": is_bad,
            "end_time": "2026-11-22",
        }
        path.write_text(json.dumps(content))
        os.utime(path, (1e9 + number, 1e9 + number))
    (runs,) = [one for one in (await places.where(block.id)).places if one.kind is UsedIn.RUN]
    assert (runs.label, runs.path) == ("made.ipynb", "runs/made-2.ipynb")
    assert (runs.ok, runs.failed, runs.last_outcome) == (2, 1, Outcome.OK)


async def test_a_notebook_is_read_again_only_after_it_changed(root):
    write(root / "a.ipynb", "one")
    cells = MarkedCells(root)
    assert [cell.path for cell in cells.find("one", 10)[0]] == ["a.ipynb"]
    write(root / "a.ipynb", "two", "two")
    assert cells.find("one", 10) == ([], False)
    assert [cell.number for cell in cells.find("two", 10)[0]] == [2, 3]
    (root / "a.ipynb").unlink()
    assert cells.find("two", 10) == ([], False)
    write(root / "a.ipynb", "one")
    write(root / "b.ipynb", "one")
    found, is_cut = cells.find("one", 1)
    assert (len(found), is_cut) == (1, True)


async def test_a_question_that_names_a_block_is_found_once_for_each_conversation(database):
    def ask(con):
        con.execute(
            "INSERT INTO conversation (id, title, created_at, updated_at, removed_at) VALUES "
            "('c1', 'Sales', now()::TIMESTAMP, now()::TIMESTAMP, NULL), "
            "('c2', 'Gone', now()::TIMESTAMP, now()::TIMESTAMP, now()::TIMESTAMP)"
        )
        for message, conversation in (("m1", "c1"), ("m2", "c1"), ("m3", "c2")):
            con.execute(
                'INSERT INTO message (id, conversation_id, role, text, status, "references", '
                "outputs, created_at) VALUES (?, ?, 'user', '', 'complete', "
                '\'[{"kind":"code_block","name":"load","id":"b1"}]\', \'[]\', '
                "now()::TIMESTAMP)",
                [message, conversation],
            )

    await database.write(ask)
    (found,) = await naming(database, "b1")
    assert (found.message_id, found.conversation_id, found.title) == ("m2", "c1", "Sales")
    assert await naming(database, "b2") == []


async def test_uses_are_counted_by_week_and_outcome(library, places, database):
    block = await saved(library)
    other = await saved(library, "other")
    moment = now()

    def put(con):
        for weeks, outcome, block_id in (
            (0, Outcome.OK, block.id),
            (0, Outcome.WAITING, block.id),
            (2, Outcome.FAILED, block.id),
            (2, Outcome.OK, block.id),
            (2, Outcome.OK, other.id),
            (300, Outcome.OK, block.id),
        ):
            store.add_use(
                con,
                Use(
                    block_id=block_id,
                    notebook="n.ipynb",
                    cell_id="",
                    code_hash="",
                    outcome=outcome,
                    used_at=moment - timedelta(weeks=weeks),
                ),
            )

    await database.write(put)
    weeks = (await places.weeks(block.id, 4)).weeks
    assert [(week.ok, week.failed, week.waiting) for week in weeks] == [
        (0, 0, 0),
        (1, 1, 0),
        (0, 0, 0),
        (1, 0, 1),
    ]
    assert {week.begins_at.weekday() for week in weeks} == {0}
    with pytest.raises(Invalid):
        await places.weeks(block.id, 0)
    with pytest.raises(NotFound):
        await places.weeks("gone", 4)
    with pytest.raises(NotFound):
        await places.where("gone")


async def test_collections_are_made_and_asked_for_by_their_addresses(jp_fetch):
    async def call(method, *parts, body=None, **query):
        answer = await jp_fetch(
            "sponde",
            "api",
            *parts,
            method=method,
            params=query,
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
        )
        return json.loads(answer.body or b"null")

    first = await call("POST", "code-blocks", body={"code": "rows = [1, 2]", "name": "rows"})
    other = await call("POST", "code-blocks", body={"code": "print(sum(rows))", "name": "add"})
    made = await call(
        "POST", "collections", body={"block_ids": [other["id"], first["id"]], "name": "Sums"}
    )
    view = await call("GET", "collections", made["id"])
    assert [one["kind"] for one in view["problems"]] == ["late"] or view["parameters"]
    await call("POST", "collections", made["id"], "sort", body={})
    assert (await call("GET", "collections", made["id"], "notebook"))["name"] == "sums.ipynb"
    assert "def main(" in (await call("GET", "collections", made["id"], "module"))["text"]
    used = await call("GET", "code-blocks", first["id"], "where-used")
    assert [one["label"] for one in used["places"]] == ["Sums"]
    weeks = await call("GET", "code-blocks", first["id"], "usage-weeks", weeks=3)
    assert len(weeks["weeks"]) == 3
    await call("PATCH", "collections", made["id"], body={"name": "Total"})
    await call("DELETE", "collections", made["id"])
    assert await call("GET", "collections") == []
    assert (await call("POST", "collections", made["id"], "restore", body={}))["name"] == "Total"
