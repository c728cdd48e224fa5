"""Files that go, come back and turn up elsewhere: seen, still known, pointed at."""

import logging

import pytest

from sponde_server.core.errors import Conflict, NotFound
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.datasets.service import SpondeDatasets
from sponde_server.datasets.vanished.service import VanishedDatasets
from sponde_server.datasets.versions.service import SpondeVersions
from sponde_server.datasets.versions.watching import SpondeWatch

TABLE = "town,litres\n" + "Oslo,1\nBergen,2\n" * 20


class Parts:
    """The slice's parts over one history."""

    def __init__(self, database, root, folder) -> None:
        bus, feed = Bus(logging.getLogger("test")), Feed()
        self.root = root
        given = {"database": database, "feed": feed, "root": root}
        self.datasets = SpondeDatasets(bus=bus, folder=folder, **given)
        self.versions = SpondeVersions(bus=bus, folder=folder, datasets=self.datasets, **given)
        self.vanished = VanishedDatasets(datasets=self.datasets, **given)
        self.watch = SpondeWatch(datasets=self.datasets, root=root)

    async def add(self, name: str, text: str = TABLE):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        dataset = await self.datasets.add(name)
        await self.datasets.profile(dataset.id)
        await self.versions.settle()
        return dataset

    async def looked(self, dataset_id: str):
        """Look twice, as the watch does, and wait until what has begun is done."""
        await self.watch.look()
        await self.watch.look()
        dataset = await self.datasets.get(dataset_id)
        return await self.datasets.profiles.look_again(dataset, wait=True)


@pytest.fixture
def parts(database, root, tmp_path, run):
    made = Parts(database, root, tmp_path / "datasets")
    yield made
    run(made.versions.stop())
    run(made.datasets.stop())


def test_what_was_known_of_a_file_that_is_gone_stays_and_it_comes_back_by_itself(parts, run):
    async def walk():
        dataset = await parts.add("sales.csv")
        (parts.root / "sales.csv").rename(parts.root / "sales.away")
        gone = await parts.looked(dataset.id)
        assert gone.is_gone
        assert (gone.rows, gone.columns, gone.bytes) == (40, 2, len(TABLE))
        assert gone.gone_at is not None
        assert (await parts.looked(dataset.id)).gone_at == gone.gone_at, "since the first look"
        last = await parts.vanished.last_profile(dataset.id)
        assert [one.name for one in last.columns] == ["town", "litres"]
        with pytest.raises(Conflict, match="is not there"):
            await parts.datasets.rows(dataset.id)
        assert (await parts.vanished.find(dataset.id)).found == ()

        (parts.root / "sales.away").rename(parts.root / "sales.csv")
        back = await parts.looked(dataset.id)
        assert (back.is_gone, back.gone_at, back.rows) == (False, None, 40)
        await parts.versions.settle()
        (only,) = (await parts.versions.history(dataset.id)).versions
        assert only.gone_at is None

    run(walk())


def test_another_file_in_its_place_is_read_as_such(parts, run):
    async def walk():
        dataset = await parts.add("sales.csv")
        (parts.root / "sales.csv").unlink()
        assert (await parts.looked(dataset.id)).is_gone
        (parts.root / "sales.csv").write_text("day\n2026-01-01\n")
        back = await parts.looked(dataset.id)
        assert (back.is_gone, back.rows, back.columns) == (False, 1, 1)
        (parts.root / "sales.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
        broken = await parts.looked(dataset.id)
        assert (broken.status.value, broken.is_gone, broken.rows) == ("failed", False, None)

    run(walk())


def test_a_file_that_was_moved_is_found_by_its_contents_and_others_come_along(parts, run):
    async def walk():
        dataset = await parts.add("north/sales.csv")
        other = await parts.add("north/more/towns.csv", TABLE + "Narvik,3\n")
        apart = await parts.add("south.csv")
        (parts.root / "north").rename(parts.root / "coast")
        (parts.root / "old").mkdir()
        (parts.root / "old" / "sales.csv").write_text("town\n")
        for one in (dataset, other):
            assert (await parts.looked(one.id)).is_gone
        found = (await parts.vanished.find(dataset.id)).found
        assert [(one.path, one.is_same) for one in found] == [
            ("coast/sales.csv", True),
            ("old/sales.csv", False),
        ]
        with pytest.raises(NotFound, match=r"nowhere.csv"):
            await parts.vanished.point(dataset.id, "nowhere.csv")
        with pytest.raises(Conflict, match="is the dataset 'south' already"):
            await parts.vanished.point(dataset.id, "south.csv")
        with pytest.raises(Conflict, match="is where it was"):
            await parts.vanished.point(apart.id, "coast/sales.csv")
        moved = await parts.vanished.point(dataset.id, "coast/sales.csv")
        assert moved.names == ("sales", "towns")
        for one, path in ((dataset, "coast/sales.csv"), (other, "coast/more/towns.csv")):
            now = await parts.looked(one.id)
            assert (now.is_gone, now.path, now.status.value) == (False, path, "ready")
        await parts.versions.settle()
        assert len((await parts.versions.history(dataset.id)).versions) == 1, "the same contents"

    run(walk())


def test_a_dataset_that_was_never_read_has_no_last_profile(parts, run):
    async def walk():
        (parts.root / "bad.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
        dataset = await parts.datasets.add("bad.csv")
        with pytest.raises(NotFound, match="never read"):
            await parts.vanished.last_profile(dataset.id)
        (parts.root / "bad.csv").unlink()
        gone = await parts.looked(dataset.id)
        assert (gone.is_gone, gone.rows) == (True, None)

    run(walk())
