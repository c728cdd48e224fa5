"""How many tokens well-known models read and write, by their names; a table as data. Pure.

Only where neither the engine nor the provider says it. The first line that fits a name counts.
"""

import json
import re
from functools import cache
from pathlib import Path

NAMES = ("max_model_len", "context_length", "context_window", "max_context_length")
"""How vLLM, OpenRouter, Groq and Mistral call it; what comes first counts."""
TABLE = Path(__file__).with_name("contexts.json")


def listed(body: bytes) -> dict[str, int]:
    """Read from a server's list of models how long their contexts are, where it says so."""
    found: dict[str, int] = {}
    try:
        for entry in json.loads(body.decode("utf-8-sig"))["data"]:
            said = [entry.get(name) for name in NAMES]
            found |= {str(entry["id"]): one for one in said[::-1] if type(one) is int and one > 0}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return found


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
