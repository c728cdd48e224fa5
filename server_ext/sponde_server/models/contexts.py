"""How many tokens well-known models read and write, by their names; a table as data. Pure.

Only where neither the engine nor the provider says it. The first line that fits a name counts.
"""

import json
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("contexts.json")


@cache
def context_length(name: str) -> int:
    """Give a model's context in tokens; 0 where its name says nothing."""
    lowered = name.lower().rpartition("/")[2]
    for pattern, length in _table():
        if re.match(pattern, lowered) or re.search(rf"[-_]{pattern}", lowered):
            return length
    return 0


@cache
def _table() -> list[tuple[str, int]]:
    return [(str(pattern), int(length)) for pattern, length in json.loads(TABLE.read_text())]
