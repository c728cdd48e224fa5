"""What of a block is looked at by a search, made once when it is written. Pure.

One source for both ways of searching: the scan compares these columns, the index holds their
pieces.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from sponde_server.library.records import CodeBlock, Outcome

from .query import squeeze

_NAME = re.compile(r"\w+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_MOST_USES = 2**20 - 1
LONGEST_WORD = 64


def text_of(block: CodeBlock) -> str:
    """Give everything that is searched, as it is written."""
    return "\n".join([block.name, block.description, " ".join(block.tags), block.code])


def words_of(text: str) -> set[str]:
    """Name the words of a text: DataFrame gives data, frame, dataframe."""
    found: set[str] = set()
    for name in set(_NAME.findall(text)):
        whole = name.replace("_", "").lower()
        if whole:
            found.add(whole)
        for run in name.split("_"):
            if run:
                found.add(run.lower())
                if not (run.islower() or run.isupper()):
                    found.update(part.lower() for part in _HUMP.split(run))
    return {word for word in found if len(word) <= LONGEST_WORD}


def words_line(block: CodeBlock) -> str:
    """Give a block's words between spaces, each once."""
    return f" {' '.join(sorted(words_of(text_of(block))))} "


def keys_line(block: CodeBlock) -> str:
    """Give what filters ask for, `imports:pandas`, each on a line of its own."""
    return "\n".join(["", *dict.fromkeys(_keys(block)), ""])


def _keys(block: CodeBlock) -> Iterable[str]:
    facts = block.facts
    parts: list[tuple[str, Iterable[str]]] = [
        ("lang", (block.language,)),
        ("imports", (*facts.imports, *facts.packages)),
        ("defines", facts.defines),
        ("needs", facts.needs),
        ("dataset", facts.datasets),
        ("column", facts.columns),
        ("tag", block.tags),
        ("ran", (_ran(block),)),
    ]
    for key, values in parts:
        for value in values:
            yield f"{key}:{' '.join(value.lower().split())}"


def _ran(block: CodeBlock) -> str:
    return (
        block.last_outcome.value if block.last_outcome in (Outcome.OK, Outcome.FAILED) else "never"
    )


def quality_of(block: CodeBlock) -> int:
    """Give what orders equal matches: proven, then used often, then changed lately."""
    proven = block.last_outcome is Outcome.OK
    age = int((block.updated_at - _BEGINNING).total_seconds() * 1000)
    return proven << 61 | min(block.uses, _MOST_USES) << 41 | max(0, min(age, 2**41 - 1))


def moment_of(quality: int) -> int:
    """Take the moment out of it again, in milliseconds since 2020."""
    return quality & (2**41 - 1)


def milliseconds(moment: datetime) -> int:
    """Give a moment as `quality_of` counts them."""
    return int((moment - _BEGINNING).total_seconds() * 1000)


def squeezed_name(name: str) -> str:
    """Give a name as it is compared."""
    return squeeze(name.lower()).replace("-", "")


def proven_and_uses(quality: int) -> tuple[bool, int]:
    """Take the rest out of it again."""
    return bool(quality >> 61), quality >> 41 & _MOST_USES
