"""The contents that a dataset has had: real files, real profiles, uploads that replace."""

import asyncio
import hashlib
import logging
import os
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, NotFound
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.datasets.uploads.records import NameConflict, NewUpload
from sponde_server.datasets.uploads.service import SpondeUploads
from sponde_server.datasets.versions.records import VersionCause
from sponde_server.datasets.versions.service import SpondeVersions, digest_of
from sponde_server.datasets.versions.watching import SpondeWatch

FIRST = "town,litres\n" + "Oslo,1\nBergen,2\n" * 20
SECOND = "town,litres,day\n" + "Oslo,100,2026-01-01\nBergen,120,2026-01-02\n" * 30


class Parts:
    """The slice's parts over one history."""

    def __init__(self, database, root: Path, folder: Path, **settings) -> None:
        bus, feed = Bus(logging.getLogger("test")), Feed()
        self.root = root
        self.datasets = SpondeDatasets(
            database=database, bus=bus, feed=feed, root=root, folder=folder
        )
        self.versions = SpondeVersions(
            database=database, bus=bus, feed=feed, datasets=self.datasets, root=root,
            folder=folder, **settings,
        )  # fmt: skip
        self.uploads = SpondeUploads(datasets=self.datasets, root=root, folder=folder)
        self.uploads.on_replaced = self.versions.keep
        self.watch = SpondeWatch(datasets=self.datasets, root=root)

    async def stop(self) -> None:
        await self.versions.stop()
        await self.uploads.stop()
        await self.datasets.stop()

    def write(self, text: str, name: str = "sales.csv") -> None:
        (self.root / name).write_text(text)

    async def add(self, text: str, name: str = "sales.csv"):
        self.write(text, name)
        dataset = await self.datasets.add(name)
        return await self.read(dataset.id)

    async def read(self, dataset_id: str):
        await self.datasets.profile(dataset_id)
        await self.versions.settle()
        return await self.datasets.get(dataset_id)

    async def upload(self, text: str, name: str = "sales.csv"):
        data = text.encode()
        upload = await self.uploads.begin(NewUpload(name=name, bytes=len(data)))
        arrival = await self.uploads.receive(upload.id, 0, hashlib.sha256(data).hexdigest())
        await arrival.take(data)
        await arrival.end()
        done = await self.uploads.finish(upload.id, NameConflict.REPLACE)
        return await self.read(done.dataset.id)

    async def list(self, dataset_id: str):
        return (await self.versions.history(dataset_id)).versions


@pytest.fixture
def make(database, root, tmp_path, run):
    made: list[Parts] = []

    def maker(**settings) -> Parts:
        made.append(Parts(database, root, tmp_path / "datasets", **settings))
        return made[-1]

    yield maker
    for one in made:
        run(one.stop())


@pytest.fixture
def parts(make) -> Parts:
    return make()


def test_a_file_that_is_changed_on_the_disk_gets_a_version_that_says_what_changed(parts, run):
    async def walk():
        dataset = await parts.add(FIRST)
        parts.write(SECOND)
        await parts.read(dataset.id)
        latest, first = await parts.list(dataset.id)
        assert (first.number, first.cause, first.rows) == (1, VersionCause.ADDED, 40)
        assert (latest.number, latest.cause, latest.rows) == (2, VersionCause.CHANGED, 60)
        said = [change.sentence for change in latest.changes]
        assert said[:2] == ["20 more rows (+50 %): 40 → 60.", "Column 'day' (DATE) is new."]
        assert any("'litres': the median rose from" in one for one in said), said
        assert not first.is_kept, "of a file that others change only the facts are kept"
        with pytest.raises(NotFound):
            await parts.versions.go_back(dataset.id, first.id)

    run(walk())


def test_any_two_of_the_latest_versions_are_compared_and_older_ones_say_that_they_are_not(
    make, run
):
    parts = make(max_compared_versions=3)

    async def walk():
        dataset = await parts.add(FIRST)
        for text in (SECOND, FIRST + "Narvik,3\n"):
            parts.write(text)
            await parts.read(dataset.id)
        history = await parts.versions.history(dataset.id)
        third, second, first = history.versions
        assert history.known == (third.id, second.id, first.id)
        found = await parts.versions.compare(dataset.id, first.id, third.id)
        assert found.changes[0].sentence == "1 more row (+2.5 %): 40 → 41."
        assert (found.before.number, found.after.number) == (1, 3)
        back = await parts.versions.compare(dataset.id, third.id, second.id)
        assert "Column 'day' (DATE) is new." in [one.sentence for one in back.changes]
        parts.write(SECOND + "Narvik,3,2026-01-03\n")
        await parts.read(dataset.id)
        assert first.id not in (await parts.versions.history(dataset.id)).known
        with pytest.raises(NotFound, match="version 1 is not known in detail"):
            await parts.versions.compare(dataset.id, first.id, third.id)
        with pytest.raises(NotFound, match="no version nonsense"):
            await parts.versions.compare(dataset.id, "nonsense", third.id)

    run(walk())


def test_a_file_that_is_only_touched_has_no_new_version(parts, run):
    async def walk():
        dataset = await parts.add(FIRST)
        os.utime(parts.root / "sales.csv", (1, 1))
        await parts.read(dataset.id)
        (only,) = await parts.list(dataset.id)
        assert (only.number, only.modified) == (1, 1.0)

    run(walk())


def test_one_goes_back_to_a_file_that_an_upload_replaced_and_forth_again(parts, run):
    async def walk():
        dataset = await parts.add(FIRST)
        await parts.upload(SECOND)
        second, first = await parts.list(dataset.id)
        assert (second.cause, first.is_kept) == (VersionCause.REPLACED, True)
        await parts.versions.go_back(dataset.id, first.id)
        await parts.read(dataset.id)
        assert (parts.root / "sales.csv").read_text() == FIRST
        third, second, first = await parts.list(dataset.id)
        assert (third.cause, third.digest) == (VersionCause.PUT_BACK, first.digest)
        assert second.is_kept
        with pytest.raises(Conflict):
            await parts.versions.go_back(dataset.id, first.id)
        await parts.versions.go_back(dataset.id, second.id)
        await parts.read(dataset.id)
        assert (parts.root / "sales.csv").read_text() == SECOND

    run(walk())


def test_an_uploads_own_undo_is_noted_as_put_back(parts, run):
    async def walk():
        dataset = await parts.add(FIRST)
        data = SECOND.encode()
        upload = await parts.uploads.begin(NewUpload(name="sales.csv", bytes=len(data)))
        arrival = await parts.uploads.receive(upload.id, 0)
        await arrival.take(data)
        await arrival.end()
        await parts.uploads.finish(upload.id, NameConflict.REPLACE)
        await parts.read(dataset.id)
        await parts.uploads.put_back(upload.id)
        await parts.read(dataset.id)
        causes = [one.cause for one in await parts.list(dataset.id)]
        assert causes == [VersionCause.PUT_BACK, VersionCause.REPLACED, VersionCause.ADDED]

    run(walk())


def test_files_over_the_limit_are_not_kept_and_the_oldest_go_first(make, run):
    small = make(max_version_bytes=10)
    large = make(kept_versions_bytes=len(FIRST) + 10)

    async def walk():
        dataset = await small.add(FIRST)
        await small.upload(SECOND)
        assert [one.is_kept for one in await small.list(dataset.id)] == [False, False]
        await small.stop()
        for text in (FIRST, FIRST + "Tromsø,3\n", FIRST):
            await large.upload(text, "more.csv")
        found = await large.datasets.find("more")
        history = await large.versions.history(found.id)
        assert [one.is_kept for one in history.versions] == [False, True, False]
        assert history.kept_bytes <= len(FIRST) + 10

    run(walk())


def test_the_watch_sees_changes_and_loss_and_return_by_themselves(parts, run):
    async def looked(until):
        for _ in range(400):
            await parts.watch.look()
            await parts.versions.settle()
            dataset = await parts.datasets.get(known.id)
            if until(dataset):
                return dataset
            await asyncio.sleep(0.05)
        raise AssertionError("nothing was noticed")

    async def walk():
        nonlocal known
        known = await parts.add(FIRST)
        await parts.watch.look()
        assert await parts.watch.look() == []
        parts.write(SECOND)
        assert await parts.watch.look() == [], "it may still be written: the next look reads it"
        await looked(lambda one: one.rows == 60)
        (parts.root / "sales.csv").unlink()
        gone = await looked(lambda one: one.is_gone)
        assert gone.failure.message == "The file 'sales.csv' is not there."
        await parts.versions.settle()
        assert (await parts.list(known.id))[0].gone_at is not None
        parts.write(SECOND)
        back = await looked(lambda one: not one.is_gone and one.status == "ready")
        assert back.rows == 60

    known = None
    run(walk())


def test_large_files_are_told_apart_by_parts_of_them(tmp_path):
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    one = digest_of(large)
    assert one.startswith("parts-")
    with large.open("r+b") as file:
        file.seek(-5, os.SEEK_END)
        file.write(b"x")
    assert digest_of(large) != one
