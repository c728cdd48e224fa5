import asyncio
import json

from sponde_server.core.record import record
from sponde_server.core.streams import Feed, GrowingText, rest


@record
class Ticked:
    """A test's event."""

    n: int
    """Which."""


def parse(data):
    events = []
    for block in data.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            events.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return events


async def read(feed, after, count):
    got = []
    async for piece in feed.follow(after):
        got += parse(piece)
        if len(got) >= count:
            return got
    return got


async def test_a_reader_hears_what_comes_after_it_joined():
    feed = Feed()
    feed.tell(Ticked(n=1))
    reading = asyncio.ensure_future(read(feed, "", 3))
    await asyncio.sleep(0)
    feed.tell(Ticked(n=2))
    feed.tell(Ticked(n=3))
    got = await asyncio.wait_for(reading, 60)
    assert [kind for _, kind, _ in got] == ["Reset", "Ticked", "Ticked"]
    assert [data.get("n") for _, _, data in got] == [None, 2, 3]


async def test_a_reader_that_comes_back_misses_and_doubles_nothing():
    feed = Feed()
    for n in range(10):
        feed.tell(Ticked(n=n))
    got = await read(feed, f"{feed.boot}-4", 6)
    assert [data["n"] for _, _, data in got] == [4, 5, 6, 7, 8, 9]


async def test_the_number_of_another_boot_is_answered_with_reset():
    feed = Feed()
    for n in range(10):
        feed.tell(Ticked(n=n))
    assert [kind for _, kind, _ in await read(feed, "000000000000-4", 1)] == ["Reset"]


async def test_a_reader_that_was_away_too_long_is_told_to_fetch_again(monkeypatch):
    monkeypatch.setattr("sponde_server.core.streams.KEPT_BYTES", 200)
    feed = Feed()
    for n in range(100):
        feed.tell(Ticked(n=n))
    got = await read(feed, f"{feed.boot}-1", 1)
    assert [kind for _, kind, _ in got] == ["Reset"]
    feed.tell(Ticked(n=100))
    assert [data["n"] for _, _, data in await read(feed, got[0][0], 1)] == [100]


async def test_a_reader_hears_a_heartbeat_where_nothing_happens(monkeypatch):
    monkeypatch.setattr("sponde_server.core.streams.HEARTBEAT_SECONDS", 0.01)
    pieces = []
    async for piece in Feed().follow(""):
        pieces.append(piece)
        if len(pieces) == 3:
            break
    assert pieces[1].startswith(b":")


async def test_tokens_are_joined_and_none_is_lost_or_doubled():
    told = []
    text = GrowingText(lambda at, piece: told.append((at, piece)))
    for n in range(1000):
        text.add(f"{n} ")
        if n % 100 == 0:
            await asyncio.sleep(0.01)
    text.close()
    whole = "".join(f"{n} " for n in range(1000))
    assert "".join(piece for _, piece in told) == whole == text.text
    assert len(told) < 40
    assert [at for at, _ in told] == [
        sum(len(piece) for _, piece in told[:i]) for i in range(len(told))
    ]


async def test_the_first_token_is_told_at_once():
    told = []
    text = GrowingText(lambda at, piece: told.append(piece))
    text.add("first")
    assert told == ["first"]
    text.close()


async def test_positions_count_as_the_browser_does():
    told = []
    text = GrowingText(lambda at, piece: told.append(at))
    text.add("a😀")
    text.flush()
    text.add("b")
    text.close()
    assert told == [0, 3]


async def test_tokens_that_are_read_in_one_step_are_told_as_one():
    told = []
    text = GrowingText(lambda at, piece: told.append(piece))
    text.add("first")
    await asyncio.sleep(0.05)
    for piece in ("a", "b", "c"):
        text.add(piece)
    assert told == ["first"]
    while len(told) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert told == ["first", "abc"]
    text.close()


async def test_whoever_reads_one_of_many_answers_rests_and_of_few_does_not():
    texts = [GrowingText(lambda at, piece: None) for _ in range(300)]
    assert rest() == 0
    for text in texts[:8]:
        text.add("begun")
    assert rest() == 0
    for text in texts[8:]:
        text.add("begun")
    assert 0.03 < rest() <= 0.1
    for text in texts:
        text.close()
    assert rest() == 0
