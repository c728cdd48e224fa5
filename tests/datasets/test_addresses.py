"""Files from an address: a real server that breaks, sends on, names files and never ends."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sponde_server.core.errors import Forbidden, Invalid, SpondeError
from sponde_server.core.outbound import checked_address, is_public, public_places
from sponde_server.core.streams import Feed
from sponde_server.core.wire import encode
from sponde_server.datasets.addresses.records import (
    AddressFetch,
    FetchStatus,
    KeptFetch,
    NewFetch,
)
from sponde_server.datasets.addresses.service import SpondeAddresses
from sponde_server.datasets.uploads.service import SpondeUploads

TABLE = b"town,litres\n" + b"Oslo,1\nBergen,2\n" * 4000


class World(ThreadingHTTPServer):
    """A server of files, and what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, str]] = []
        self.breaks = 0
        self.waits = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: World

    def log_message(self, *args: object) -> None:
        return

    def do_GET(self) -> None:
        where = self.path.partition("?")[0]
        self.server.asked.append((where, self.headers.get("range", "")))
        if where == "/elsewhere":
            self._head(302, location="/towns.csv")
        elif where == "/out":
            self._head(302, location="ftp://127.0.0.1/towns.csv")
        elif where == "/missing.csv":
            self._head(404)
        elif where == "/page":
            self._head(200, b"<html>", **{"content-type": "text/html; charset=utf-8"})
        elif where == "/named":
            given = {"content-disposition": 'attachment; filename="../towns of 2026.csv"'}
            self._head(200, TABLE, **given)
        elif where == "/endless.csv":
            self._endless()
        elif where == "/slow.csv" and not self.headers.get("range"):
            self._slow()
        else:
            self._file()

    def _file(self) -> None:
        begin = int(self.headers.get("range", "bytes=0-")[6:-1])
        data = TABLE[begin:]
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("content-range", f"bytes {begin}-{len(TABLE) - 1}/{len(TABLE)}")
        self.send_header("etag", '"one"')
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            data = data[:20_000]
        self.wfile.write(data)

    def _slow(self) -> None:
        """Half of the file, then silence until somebody hangs up."""
        self.send_response(200)
        self.send_header("etag", '"one"')
        self.send_header("content-length", str(len(TABLE)))
        self.end_headers()
        self.wfile.write(TABLE[:40_000])
        self.server.waits.wait(60)

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            self.wfile.write(b"town,litres\n")
            while not self.server.waits.wait(0.01):
                self.wfile.write(b"Oslo,1\n" * 1000)
        except OSError:
            self.server.waits.set()

    def _head(self, status: int, data: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def world() -> Iterator[World]:
    server = World()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.waits.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make(datasets, root, tmp_path, run):
    made: list[SpondeAddresses] = []

    def maker(most: int = 10_000_000, root: Path = root, **settings: object) -> SpondeAddresses:
        uploads = SpondeUploads(
            datasets=datasets, root=root, folder=tmp_path / "datasets", max_upload_bytes=most
        )
        given = {"allows_http": True, "allows_private_addresses": True, **settings}
        made.append(
            SpondeAddresses(
                uploads=uploads, feed=Feed(), root=root, folder=tmp_path / "datasets", **given
            )
        )
        return made[-1]

    yield maker
    for one in made:
        run(one.stop())


async def ended(addresses: SpondeAddresses, fetch: AddressFetch) -> AddressFetch | None:
    """Wait for the end: None where it became a dataset, the fetch where it failed."""
    for _ in range(1200):
        now = next((one for one in await addresses.list_all() if one.id == fetch.id), None)
        if now is None or now.status is FetchStatus.FAILED:
            return now
        await asyncio.sleep(0.05)
    raise AssertionError("it does not end")


async def failure(addresses: SpondeAddresses, address: str) -> tuple[str, str]:
    failed = await ended(addresses, await addresses.begin(NewFetch(address=address)))
    assert failed is not None
    assert failed.failure is not None
    return failed.failure.message, failed.failure.hint


def test_a_file_comes_from_where_the_address_sends_on_to(make, world, root, run, datasets):
    async def walk():
        addresses = make()
        begun = await addresses.begin(NewFetch(address=f"{world.address}/elsewhere?key=1#x"))
        assert begun.address == f"{world.address}/elsewhere", "keys in addresses are not told"
        assert await ended(addresses, begun) is None
        named = await addresses.begin(NewFetch(address=f"{world.address}/named"))
        assert await ended(addresses, named) is None
        wished = NewFetch(address=f"{world.address}/towns.csv", name="mine.csv")
        assert await ended(addresses, await addresses.begin(wished)) is None
        return {one.path for one in await datasets.list_all()}

    assert run(walk()) == {"elsewhere", "towns of 2026.csv", "mine.csv"}
    assert (root / "mine.csv").read_bytes() == TABLE


def test_a_broken_connection_is_gone_on_with_where_it_broke(make, world, root, run):
    async def walk():
        world.breaks = 2
        addresses = make()
        begun = await addresses.begin(NewFetch(address=f"{world.address}/towns.csv"))
        assert await ended(addresses, begun) is None

    run(walk())
    assert (root / "towns.csv").read_bytes() == TABLE
    assert [asked for _, asked in world.asked] == ["", "bytes=20000-", "bytes=40000-"]


def test_after_the_last_try_what_has_come_is_kept_for_a_person_to_go_on(make, world, root, run):
    async def walk():
        world.breaks = 1
        addresses = make(retries=0)
        failed = await ended(
            addresses, await addresses.begin(NewFetch(address=f"{world.address}/towns.csv"))
        )
        assert "broke" in failed.failure.message
        await addresses.retry(failed.id)
        assert await ended(addresses, failed) is None

    run(walk())
    assert (root / "towns.csv").read_bytes() == TABLE
    assert world.asked[-1][1] == "bytes=20000-"


def test_what_is_no_file_is_told_in_two_sentences(make, world, root, run):
    async def walk():
        addresses = make()
        page = await failure(addresses, f"{world.address}/page")
        assert page[0] == "The address leads to a web page, not to a data file."
        assert (await failure(addresses, f"{world.address}/missing.csv"))[0].endswith(
            "has no such file."
        )
        small = make(most=1000)
        assert "1,000 are allowed" in (await failure(small, f"{world.address}/towns.csv"))[0]
        assert "more than" in (await failure(small, f"{world.address}/endless.csv"))[0]
        out = await failure(addresses, f"{world.address}/out")
        assert "is not an address of a file" in out[0]

    run(walk())
    assert not list(root.iterdir())


def test_a_cancelled_fetch_leaves_nothing(make, world, root, tmp_path, run):
    async def walk():
        addresses = make(most=10_000_000_000)
        begun = await addresses.begin(NewFetch(address=f"{world.address}/endless.csv"))
        for _ in range(1200):
            if any(one.received for one in await addresses.list_all()):
                break
            await asyncio.sleep(0.05)
        await addresses.cancel(begun.id)
        await addresses._working.settle()
        assert await addresses.list_all() == []
        assert await asyncio.to_thread(world.waits.wait, 20), "the server is left, too"

    run(walk())
    assert not list(root.iterdir())
    assert not list((tmp_path / "datasets" / "fetched").iterdir())


def test_what_a_stopped_server_was_fetching_is_shown_as_interrupted_and_goes_on_there(
    make, world, root, tmp_path, run
):
    fetched = tmp_path / "datasets" / "fetched"

    async def walk():
        first = make()
        begun = await first.begin(NewFetch(address=f"{world.address}/slow.csv?key=secret"))
        # Its note holds the file's mark: from there on a power cut is as good as a farewell.
        for _ in range(1200):
            notes = [one.read_text() for one in fetched.glob("*.json")]
            if any('"mark":"\\"one\\""' in one for one in notes):
                break
            await asyncio.sleep(0.05)
        await first.stop()
        world.waits.set()
        assert not list(root.iterdir()), "nothing half is to be seen"
        assert all(one.stat().st_mode & 0o77 == 0 for one in fetched.glob("*.json"))

        other = root / "other"
        other.mkdir()
        second = make(root=other)
        assert await second.list_all() == [], "it is not another folder's"
        other.rmdir()
        third = make()
        (left,) = await third.list_all()
        assert (left.id, left.status, left.received) == (begun.id, FetchStatus.FAILED, 40_000)
        assert left.address.endswith("/slow.csv"), "the key is not shown"
        assert "was stopped while the file was on its way; 40 kB of 64 kB" in left.failure.message
        await third.retry(left.id)
        assert await ended(third, left) is None
        assert await third.list_all() == []

    run(walk())
    assert (root / "slow.csv").read_bytes() == TABLE
    assert world.asked[-1] == ("/slow.csv", "bytes=40000-")
    assert not list(fetched.iterdir())


def test_a_server_killed_when_the_file_was_in_its_place_does_not_offer_it_again(
    make, world, root, tmp_path, run
):
    fetched = tmp_path / "datasets" / "fetched"
    fetched.mkdir(parents=True)
    done = AddressFetch(address="https://example.org/a.csv", name="a.csv", bytes=4)
    kept = KeptFetch(fetch=done, address=done.address, workspace=str(root.resolve()))
    (fetched / f"{done.id}.json").write_bytes(encode(kept))
    (fetched / "stray.part").write_text("half")
    (root / "a.csv").write_text("a\n1\n")
    assert run(make().list_all()) == []
    assert not list(fetched.iterdir())


def test_neither_http_nor_the_own_network_is_reached_without_the_operator(make, world, run):
    async def walk():
        with pytest.raises(Forbidden) as refused:
            await make(allows_http=False).begin(NewFetch(address=f"{world.address}/towns.csv"))
        assert "not encrypted" in refused.value.message
        addresses = make(allows_private_addresses=False)
        for host in ("127.0.0.1", "localhost"):
            port = world.server_address[1]
            said = await failure(addresses, f"http://{host}:{port}/towns.csv")
            assert "own network" in said[0]

    run(walk())
    assert world.asked == []


@pytest.mark.parametrize(
    "place",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:127.0.0.1",
     "100.64.0.1", "0.0.0.0", "224.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
def test_places_of_the_own_network_are_known(place):
    assert not is_public(place)


def test_places_of_the_world_are_reached():
    assert [is_public(place) for place in ("1.1.1.1", "2606:4700::1111")] == [True, True]


@pytest.mark.parametrize(
    "address",
    ["", "towns.csv", "ftp://example.org/a.csv", "file:///etc/passwd", "https://", "https://a:b/c",
     "https://me:secret@example.org/a.csv", "https://[::1/x"],
)  # fmt: skip
def test_what_is_no_address_of_a_file_is_refused(address):
    with pytest.raises(Invalid):
        checked_address(address)


def test_an_address_with_blanks_and_letters_of_other_languages_is_written_out():
    given = "https://example.org/my data/Städte.csv?a=b c#row=3"
    assert checked_address(given) == "https://example.org/my%20data/St%C3%A4dte.csv?a=b%20c"


def test_a_host_that_is_not_there_is_told():
    with pytest.raises(SpondeError) as refused:
        public_places("no-such-host.invalid", 443)
    assert "no-such-host.invalid" in refused.value.message
    with pytest.raises(Forbidden):
        public_places("127.0.0.1", 443)
