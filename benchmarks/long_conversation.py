"""Writes the same long conversation for Sponde and for jupyter-ai. Measures nothing."""

import asyncio
import json
import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sponde_server.app import MIGRATIONS
from sponde_server.chat import store
from sponde_server.chat.conversations import store as conversations
from sponde_server.chat.records import Conversation, Message
from sponde_server.core.database import Database
from sponde_server.models.records import Role

SPONDE_MESSAGES = 10_000
LAST = "and this is the very last line"
ANSWER = """Sales in the north grew by {n} %, mostly in spring.

| region | sales |
|---|---|
| north | {n} |
| south | 7 |

```python
df = sponde.dataset("sales").df()
df.groupby("region").amount.sum().sort_values(ascending=False).head({n})
```

The rest is **flat**: see the picture above.
"""


def text(number: int, count: int = SPONDE_MESSAGES) -> str:
    """Give the text of a message: questions and answers in turns."""
    if number == count - 1:
        return LAST
    return f"Question {number}: how did it go?" if number % 2 == 0 else ANSWER.format(n=number)


def write_sponde(history: Path, count: int = SPONDE_MESSAGES) -> tuple[str, str]:
    """Write it into a history that no server has open; give its id and its last line."""
    # On a thread of its own: Playwright has a loop of its own on this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _write_sponde(history, count)).result(), LAST


async def _write_sponde(history: Path, count: int) -> str:
    history.parent.mkdir(parents=True, exist_ok=True)
    database = Database(history, MIGRATIONS, logging.getLogger(__name__))
    conversation = Conversation(title="Long")
    messages: list[Message] = []
    for number in range(count):
        messages.append(
            Message(
                conversation_id=conversation.id,
                role=Role.ASSISTANT if number % 2 else Role.USER,
                text=text(number, count),
                parent_id=messages[-1].id if messages else None,
            )
        )
    await database.write(conversations.add, conversation)
    for begin in range(0, count, 500):
        await database.write(store.add_asked, conversation, *messages[begin : begin + 500])
    await database.close()
    return conversation.id


def write_jupyter_ai(path: Path) -> str:
    """Write it as jupyter-ai's chat file; give its last line."""
    people = {
        name: {"username": name, "name": name, "display_name": name, "initials": name[0]}
        for name in ("me", "bot")
    }
    began = time.time() - SPONDE_MESSAGES
    messages = [
        {
            "id": str(uuid.uuid4()),
            "body": text(number),
            "time": began + number,
            "sender": "bot" if number % 2 else "me",
            "type": "msg",
            "raw_time": False,
        }
        for number in range(SPONDE_MESSAGES)
    ]
    path.write_text(
        json.dumps({"messages": messages, "users": people, "attachments": {}, "metadata": {}})
    )
    return LAST
