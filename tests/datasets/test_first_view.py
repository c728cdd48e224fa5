"""A large file's first rows are profiled at once, and say that they are not all of it."""

import asyncio

import pytest

from sponde_server.datasets.profile.first_view import FirstViews
from sponde_server.datasets.sandbox.sandbox import Sandbox

LINE = b"1234567890,some text that repeats\n"


@pytest.fixture
def views(tmp_path):
    return FirstViews(Sandbox(tmp_path / "scratch", 2))


def asked(path):
    """Write what profiling a file asks for."""
    copy = path.with_suffix(".copy")
    return {
        "work": "profile",
        "path": str(path),
        "copy": str(copy),
        "files": [str(path), str(copy)],
        "wishes": None,
        "memory": 1_000_000_000,
        "threads": 2,
    }


async def test_a_large_file_has_a_first_view_that_says_it_is_a_sample(views, tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"number,words\n" + LINE * (81_000_000 // len(LINE)))
    views.begin("one", asked(path))
    seen = await views.get("one")
    assert seen.is_sample
    assert [column.name for column in seen.columns] == ["number", "words"]
    assert 100_000 < seen.rows < 4_000_000 // len(LINE)
    await views.end("one")
    assert await views.get("one") is None
    assert [one.name for one in tmp_path.glob("*.first*")] == []


async def test_a_view_can_be_waited_for_before_it_is_begun(views, tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"number,words\n" + LINE * (81_000_000 // len(LINE)))
    views.announce("three")
    waiting = asyncio.ensure_future(views.get("three"))
    await asyncio.sleep(0)
    views.begin("three", asked(path))
    assert (await waiting).is_sample
    await views.end("three")


async def test_a_small_file_and_one_that_cannot_be_read_have_none(views, datasets, take, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("a\n1\n")
    views.announce("two")
    waiting = asyncio.ensure_future(views.get("two"))
    await asyncio.sleep(0)
    views.begin("two", asked(path))
    assert await waiting is None
    dataset, _ = await take("a\n1\n")
    assert await datasets.first_view(dataset.id) is None
