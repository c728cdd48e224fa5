"""Uploads as a service: offsets, breaks, restarts, names, room on the disk."""

import asyncio
import hashlib
import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sponde_server.core.errors import Conflict, Invalid, NotFound, SpondeError, TooLarge
from sponde_server.datasets.uploads.records import NameConflict, NewUpload
from sponde_server.datasets.uploads.service import SpondeUploads, in_words

TABLE = b"town,litres\nOslo,1\nBergen,2\n"


@pytest.fixture
def begin(datasets, root, tmp_path):
    """Make the service; a second one over the same folders stands for a restart."""

    def made(**settings) -> SpondeUploads:
        return SpondeUploads(datasets=datasets, root=root, folder=tmp_path / "datasets", **settings)

    return made


@pytest.fixture
def uploads(begin):
    return begin()


async def send(uploads, upload, data, *, offset=0, sha256=""):
    """Send some bytes in pieces as they come from a socket."""
    arrival = await uploads.receive(upload.id, offset, sha256)
    try:
        for at in range(0, len(data), 65_536):
            await arrival.take(data[at : at + 65_536])
        return await arrival.end()
    except SpondeError:
        await arrival.leave()
        raise


async def whole(uploads, name, data=TABLE, conflict=NameConflict.ASK, **new):
    upload = await uploads.begin(NewUpload(name=name, bytes=len(data), **new))
    await send(uploads, upload, data)
    return await uploads.finish(upload.id, conflict)


async def test_a_file_is_seen_when_it_is_whole_and_not_before(uploads, root):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=len(TABLE)))
    await send(uploads, upload, TABLE[:10])
    assert list(root.iterdir()) == []
    with pytest.raises(Conflict, match="10 of the 28 bytes"):
        await uploads.finish(upload.id, NameConflict.ASK)
    await send(uploads, upload, TABLE[10:], offset=10)
    done = await uploads.finish(upload.id, NameConflict.ASK)
    assert (root / "sales.csv").read_bytes() == TABLE
    assert done.dataset.path == done.upload.path == "sales.csv"
    again = await uploads.finish(upload.id, NameConflict.ASK)
    assert again.dataset.id == done.dataset.id
    assert await uploads.list_open() == []


async def test_an_empty_file_needs_no_bytes(uploads, root):
    upload = await uploads.begin(NewUpload(name="none.csv", bytes=0))
    await uploads.finish(upload.id, NameConflict.ASK)
    assert (root / "none.csv").read_bytes() == b""


async def test_the_same_file_goes_on_where_it_stopped_and_another_does_not(uploads, begin):
    new = NewUpload(name="sales.csv", bytes=len(TABLE), modified=5, head="ab")
    upload = await uploads.begin(new)
    await send(uploads, upload, TABLE[:12])
    assert (await uploads.begin(new)).received == 12
    other = NewUpload(name="sales.csv", bytes=len(TABLE), modified=6, head="ab")
    assert (await uploads.begin(other)).received == 0
    fresh = NewUpload(name="sales.csv", bytes=len(TABLE), modified=5, head="ab", fresh=True)
    assert (await uploads.begin(fresh)).id != upload.id
    restarted = begin()
    assert (await restarted.begin(new)).received == 12


async def test_a_piece_with_a_checksum_counts_whole_and_right_or_not_at_all(uploads, begin):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=len(TABLE)))
    wanted = hashlib.sha256(TABLE[:20]).hexdigest()
    with pytest.raises(Conflict, match="damaged on its way"):
        await send(uploads, upload, b"x" * 20, sha256=wanted)
    assert (await uploads.get(upload.id)).received == 0
    assert (await send(uploads, upload, TABLE[:20], sha256=wanted)).received == 20
    # A server that is killed in the middle of the next one forgets that one only.
    arrival = await uploads.receive(upload.id, 20, wanted)
    await arrival.take(b"yy")
    async with arrival._busy:
        await arrival._flush()
    assert (await begin().get(upload.id)).received == 20


async def test_bytes_without_a_checksum_count_as_they_are_written(uploads, begin):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=3_000_000))
    arrival = await uploads.receive(upload.id, 0)
    for _ in range(20):
        await arrival.take(b"a" * 65_536)
    killed = (await begin().get(upload.id)).received
    assert killed >= 1_000_000
    await arrival.leave()
    assert (await uploads.get(upload.id)).received == 20 * 65_536


async def test_a_wrong_offset_and_too_many_bytes_are_refused(uploads):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=len(TABLE)))
    with pytest.raises(Conflict, match="goes on at byte 0, not at 5"):
        await uploads.receive(upload.id, 5)
    with pytest.raises(Invalid, match="More bytes came"):
        await send(uploads, upload, TABLE + b"more")
    assert (await send(uploads, upload, TABLE)).received == len(TABLE)


async def test_one_sends_at_a_time_and_a_silent_one_gives_way(uploads):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=len(TABLE)))
    first = await uploads.receive(upload.id, 0)
    await first.take(TABLE[:4])
    second = asyncio.ensure_future(uploads.receive(upload.id, 0))
    done, _ = await asyncio.wait((second,), timeout=0.2)
    assert not done
    first._heard -= 60
    # What the silent one had sent counts, so the second begins at the wrong place.
    with pytest.raises(Conflict, match="goes on at byte 4, not at 0"):
        await asyncio.wait_for(second, 30)
    assert (await send(uploads, upload, TABLE[4:], offset=4)).received == len(TABLE)
    with pytest.raises(Conflict, match="Somebody else"):
        await first.end()


async def test_over_the_limit_is_refused_before_a_byte_is_sent_and_says_the_way_out(begin):
    uploads = begin(max_upload_bytes=1_000_000)
    with pytest.raises(TooLarge) as refused:
        await uploads.begin(NewUpload(name="big.csv", bytes=1_000_001))
    assert "max_upload_bytes" in refused.value.message
    assert "Add from folder" in refused.value.hint
    assert await uploads.list_open() == []


async def test_no_room_is_told_at_once_counting_what_others_are_sending(begin):
    uploads = begin(free=lambda folder: 1_000)
    with pytest.raises(TooLarge, match=r"room for 1\.0 kB"):
        await uploads.begin(NewUpload(name="big.csv", bytes=1_001))
    await uploads.begin(NewUpload(name="a.csv", bytes=600))
    with pytest.raises(TooLarge, match="room for 400 bytes"):
        await uploads.begin(NewUpload(name="b.csv", bytes=600))


async def test_a_disk_that_fills_up_is_told_and_what_is_there_stays(uploads, tmp_path):
    upload = await uploads.begin(NewUpload(name="big.csv", bytes=5_000_000))
    part = tmp_path / "datasets" / "uploads" / f"{upload.id}.part"
    part.unlink()
    part.symlink_to("/dev/full")
    with pytest.raises(TooLarge, match=r"The disk is full: 'big\.csv'"):
        await send(uploads, upload, b"a" * 3_000_000)
    part.unlink()
    part.touch()
    assert (await send(uploads, upload, b"a" * 3_000_000)).received == 3_000_000


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../a.csv",
        "a/b.csv",
        "a\\b.csv",
        "a\0.csv",
        ".bashrc",
        "a\nb.csv",
        "x" * 300,
        "n.ipynb",
    ],
)
async def test_a_name_that_is_no_plain_file_name_is_refused(uploads, name):
    with pytest.raises(Invalid) as refused:
        await uploads.begin(NewUpload(name=name, bytes=1))
    assert refused.value.hint


@pytest.mark.parametrize("folder", ["..", "../..", "/etc/../..", "missing", ".hidden", "out"])
async def test_a_folder_outside_hidden_or_missing_is_refused(uploads, root, tmp_path, folder):
    (root / ".hidden").mkdir()
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(SpondeError) as refused:
        await uploads.begin(NewUpload(name="a.csv", bytes=1, folder=folder))
    assert refused.value.status in (400, 403, 404)


async def test_a_name_that_is_taken_is_told_and_both_can_be_kept(uploads, root):
    first = await whole(uploads, "sales.csv")
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=2))
    assert upload.is_taken
    await send(uploads, upload, b"b\n")
    with pytest.raises(Conflict, match="is in this folder already"):
        await uploads.finish(upload.id, NameConflict.ASK)
    second = await uploads.finish(upload.id, NameConflict.KEEP_BOTH)
    assert second.upload.path == "sales-1.csv"
    assert (root / "sales.csv").read_bytes() == TABLE
    assert (root / "sales-1.csv").read_bytes() == b"b\n"
    assert first.dataset.id != second.dataset.id


async def test_what_is_replaced_can_be_put_back_and_the_new_one_again(uploads, begin, root):
    first = await whole(uploads, "sales.csv")
    second = await whole(uploads, "sales.csv", b"a\n1\n", NameConflict.REPLACE)
    assert second.dataset.id == first.dataset.id
    assert (root / "sales.csv").read_bytes() == b"a\n1\n"
    await begin().put_back(second.upload.id)
    assert (root / "sales.csv").read_bytes() == TABLE
    await begin().put_back(second.upload.id)
    assert (root / "sales.csv").read_bytes() == b"a\n1\n"
    with pytest.raises(NotFound, match="No file is kept"):
        await uploads.put_back(first.upload.id)


async def test_a_folder_or_link_of_that_name_is_never_replaced(uploads, root):
    (root / "sales.csv").mkdir()
    (root / "link.csv").symlink_to(root / "elsewhere")
    for name in ("sales.csv", "link.csv"):
        with pytest.raises(Conflict, match="cannot be replaced"):
            await whole(uploads, name, conflict=NameConflict.REPLACE)
    assert not (root / "elsewhere").exists()


async def test_a_cancelled_upload_leaves_nothing(uploads, root, tmp_path):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=len(TABLE)))
    arrival = await uploads.receive(upload.id, 0)
    await arrival.take(TABLE[:9])
    await uploads.cancel(upload.id)
    with pytest.raises(Conflict):
        await arrival.end()
    await uploads.cancel(upload.id)
    assert list((tmp_path / "datasets" / "uploads").iterdir()) == []
    assert list(root.iterdir()) == []
    with pytest.raises(NotFound, match="not known any more"):
        await uploads.get(upload.id)


async def test_what_was_left_is_swept_after_a_day_and_stray_files_at_the_start(
    begin, tmp_path, monkeypatch
):
    uploads = begin()
    old = await uploads.begin(NewUpload(name="old.csv", bytes=9))
    folder = tmp_path / "datasets" / "uploads"
    (folder / "stray.part").write_bytes(b"x")
    (folder / "broken.json").write_text("{")
    restarted = begin()
    await restarted.sweep()
    assert [one.id for one in await restarted.list_open()] == [old.id]
    assert {path.stem for path in folder.iterdir()} == {old.id}
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 90_000)
    await restarted.sweep()
    assert list(folder.iterdir()) == []
    assert await restarted.list_open() == []


async def test_a_server_killed_between_the_name_and_the_note_does_not_ask_about_its_own_file(
    uploads, root, tmp_path
):
    upload = await uploads.begin(NewUpload(name="sales.csv", bytes=len(TABLE)))
    await send(uploads, upload, TABLE)
    os.link(tmp_path / "datasets" / "uploads" / f"{upload.id}.part", root / "sales.csv")
    done = await uploads.finish(upload.id, NameConflict.ASK)
    assert done.upload.path == "sales.csv"
    assert [path.name for path in root.iterdir()] == ["sales.csv"]


Step = st.tuples(
    st.sampled_from(["send", "checked", "damaged", "break", "checked break", "restart", "wrong"]),
    st.integers(1, 3_000),
)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(Step, max_size=12), size=st.integers(0, 6_000))
def test_whatever_breaks_the_file_that_arrives_is_the_file_that_was_sent(
    run, datasets, root, tmp_path, steps, size
):
    async def walk() -> None:
        data = bytes((at * 7 + at // 251) % 256 for at in range(size))
        folder = tmp_path / "datasets"
        uploads = SpondeUploads(datasets=datasets, root=root, folder=folder)
        new = NewUpload(name="walk.bin.csv", bytes=size, fresh=True)
        upload = await uploads.begin(new)
        for step, length in [*steps, ("send", size)]:
            offset = (await uploads.get(upload.id)).received
            piece = data[offset : offset + length]
            right = hashlib.sha256(piece).hexdigest()
            if step == "send":
                await send(uploads, upload, piece, offset=offset)
            elif step == "checked":
                await send(uploads, upload, piece, offset=offset, sha256=right)
            elif step == "damaged" and piece:
                bad = bytes([piece[0] ^ 1]) + piece[1:]
                with pytest.raises(Conflict):
                    await send(uploads, upload, bad, offset=offset, sha256=right)
            elif step == "restart":
                uploads = SpondeUploads(datasets=datasets, root=root, folder=folder)
            elif step == "wrong":
                with pytest.raises(Conflict):
                    await uploads.receive(upload.id, offset + length)
            else:
                sha = right if step.startswith("checked") else ""
                arrival = await uploads.receive(upload.id, offset, sha)
                await arrival.take(piece[: len(piece) // 2])
                await arrival.leave()
            assert (await uploads.get(upload.id)).received >= offset
        done = await uploads.finish(upload.id, NameConflict.KEEP_BOTH)
        assert (root / done.upload.path).read_bytes() == data
        await datasets.remove(done.dataset.id)
        (root / done.upload.path).unlink()

    run(walk())


def test_sizes_are_written_as_the_panel_does():
    assert [in_words(n) for n in (0, 999, 1_000, 5_000_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "5.0 GB",
    ]
