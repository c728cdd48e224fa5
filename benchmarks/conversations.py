"""Keeping conversations: search over 100,000 messages while others are written, long ones opened,
5,000 listed, one of 10,000 messages carried out and in again.

Runs without HTTP and without a browser: what the server's own work takes. The words are made up,
with lengths and frequencies as in real answers; the history is a file on this machine's disk.
"""

import asyncio
import logging
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.report import percentile, report
from browser.lab import REPOSITORY
from sponde_server.chat.conversations import store
from sponde_server.chat.conversations.records import ConversationsImport
from sponde_server.chat.conversations.service import SpondeConversations
from sponde_server.chat.records import Conversation, Message
from sponde_server.core.database import Database
from sponde_server.core.events import Bus
from sponde_server.core.record import new_id
from sponde_server.core.streams import Feed
from sponde_server.core.wire import encode
from sponde_server.models.records import Role

MIGRATIONS = REPOSITORY / "server_ext" / "sponde_server" / "migrations"
CONVERSATIONS = 5_000
MESSAGES = 18
LONG = 10_000
REPEATS = 40
PAGE = 50  # what the list asks for at once
LOG = logging.getLogger("bench")


def talks(chance: random.Random, words: list[str], count: int, length: int) -> Any:
    """Make up conversations, each a line of questions and answers."""
    conversations, messages = [], []
    for number in range(count):
        conversation = Conversation(title=f"Talk {number} of {chance.choice(words)}")
        conversations.append(conversation)
        parent: str | None = None
        for place in range(length):
            size = (
                chance.choice([8, 12, 20, 30]) if place % 2 == 0 else chance.choice([60, 150, 300])
            )
            said = " ".join(
                words[min(int(chance.paretovariate(0.6)) - 1, len(words) - 1)] for _ in range(size)
            )
            message = Message(
                conversation_id=conversation.id,
                role=Role.ASSISTANT if place % 2 else Role.USER,
                text=said + ("\n```python\nprint(1)\n```" if chance.random() < 0.3 else ""),
                parent_id=parent,
                model_id=f"p/model-{number % 7}" if place % 2 else "",
                id=new_id(),
            )
            parent = message.id
            messages.append(message)
    return conversations, messages


async def timed(work: Callable[[], Awaitable[Any]]) -> tuple[list[float], Any]:
    """Time a piece of work many times."""
    took, last = [], None
    for _ in range(REPEATS):
        began = time.perf_counter()
        last = await work()
        took.append(time.perf_counter() - began)
    return took, last


def row(name: str, took: list[float], found: object) -> dict[str, object]:
    """Make a row of the report."""
    return {
        "what": name,
        "p50 ms": percentile(took, 0.5) * 1e3,
        "p95 ms": percentile(took, 0.95) * 1e3,
        "gives": str(found),
    }


async def measure(folder: Path) -> None:
    """Fill a history, then search, list, open and carry."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["the", "of", "and"] + [
        "".join(chance.choice(letters) for _ in range(chance.randint(3, 9))) for _ in range(20_000)
    ]
    database = Database(folder / "history.duckdb", MIGRATIONS, LOG)

    async def nothing(_: str) -> None:
        return None

    kept = SpondeConversations(
        database=database,
        bus=Bus(LOG),
        feed=Feed(),
        models=None,  # type: ignore[arg-type]
        fresh=lambda message: message,
        end_work=nothing,
    )
    conversations, messages = talks(chance, words, CONVERSATIONS, MESSAGES)
    long, lines = talks(chance, words, 1, LONG)
    await database.write(store.add_whole, [*conversations, *long], [], [*messages, *lines], {}, [])
    began = time.perf_counter()
    page = await kept.page("the", None, 0, 100, False)
    first = time.perf_counter() - began
    while page.is_reading:
        await asyncio.sleep(0.2)
        page = await kept.page("the", None, 0, 100, False)
    reading = time.perf_counter() - began
    is_over = False

    async def write() -> None:
        while not is_over:
            _, more = talks(chance, words, 1, 2)
            for message in more:
                one = [Message(**{**_fields(message), "conversation_id": conversations[0].id})]
                await database.write(store.add_whole, [], [], one, {}, [])
            await asyncio.sleep(0.02)

    writing = asyncio.create_task(write())
    rows = []
    rare = words[-1]
    for name, text in (
        ("a common word", "the"),
        ("a rare word", rare),
        ("the beginning of a word", rare[:3]),
        ("one letter", rare[:1]),
        ("two words", f"the {words[40]}"),
        ("a phrase", f'"{" ".join(messages[5].text.split()[3:6])}"'),
        ("a word nowhere", "nowherehereatall"),
        ("a word, a model and code", f"{words[30]} model:model-3 has:code"),
        ("code only", "has:code"),
        ("what every title holds", "talk"),
    ):
        took, page = await timed(lambda text=text: kept.page(text, None, 0, PAGE, False))
        rows.append(row(name, took, f"{page.total} conversations"))
    is_over = True
    await writing
    report("conversations-search", rows)
    rows = []
    took, page = await timed(lambda: kept.page("", "", 0, 100, False))
    rows.append(row(f"first 100 of {CONVERSATIONS:,} conversations", took, page.total))
    took, page = await timed(lambda: kept.page("", "", 4_900, 100, False))
    rows.append(row("the last 100 of them", took, page.total))

    async def outline() -> int:
        return len(encode(await kept.outline(long[0].id)))

    took, size = await timed(outline)
    rows.append(row(f"outline of {LONG:,} messages", took, f"{size / 1e3:,.0f} kB"))

    async def whole() -> int:
        found = await database.read(store.list_messages, long[0].id)
        return len(encode(found, list[Message]))

    took, size = await timed(whole)
    rows.append(row(f"all {LONG:,} messages, as before", took, f"{size / 1e3:,.0f} kB"))
    ids = ",".join(message.id for message in lines[5000:5080])
    took, some = await timed(lambda: kept.messages(long[0].id, ids, 0))
    rows.append(row("80 messages by id", took, len(some)))
    report("conversations-opening", rows)
    began = time.perf_counter()
    _, data = await kept.export((long[0].id,))
    exporting = time.perf_counter() - began
    began = time.perf_counter()
    await kept.import_file(ConversationsImport(text=data.decode()))
    importing = time.perf_counter() - began
    report(
        "conversations-carrying",
        [
            {
                "messages": LONG,
                "MB": len(data) / 1e6,
                "export s": exporting,
                "import s": importing,
                "first search, not read in, ms": first * 1e3,
                "100,000 messages read in, s": reading,
                "index MB": _size(folder),
            }
        ],
    )
    await kept.stop()
    await database.close()


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.glob("search*")) / 1e6


def _fields(message: Message) -> dict[str, Any]:
    from dataclasses import fields

    return {one.name: getattr(message, one.name) for one in fields(message)}


def main() -> None:
    """Measure in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))
