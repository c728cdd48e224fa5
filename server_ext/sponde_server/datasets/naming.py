"""Names for datasets: identifiers that SQL, Python and an @ can all carry. Pure."""

import keyword
import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

LONGEST = 60
# Words that SQL would take for its own, where a table's name is expected.
SQL = (
    "all analyze and any array as asc both by case cast check collate column constraint create "
    "cross date default desc distinct do else end except exists false fetch for foreign from full "
    "grant group having ilike in index inner insert intersect into is join key lateral leading "
    "left like limit natural not null offset on only or order outer pivot placing position primary "
    "qualify references returning right row rows select set show similar some summarize symmetric "
    "table then time timestamp to trailing true union unique unpivot update user using values view "
    "when where window with"
)
SQL_WORDS = frozenset(SQL.split())


def made_from(path: str, part: str = "") -> str:
    """Make a name from a file's: `Sales 2024.csv` becomes sales_2024, its sheet behind it."""
    if part:
        return cleaned(f"{made_from(path)} {made_from(part) if '.' in part else part}")
    stem = PurePosixPath(path).name
    while "." in stem.strip("."):
        stem = stem.strip(".").rpartition(".")[0]
    return cleaned(stem)


def cleaned(text: str) -> str:
    """Turn any text into a name."""
    name = unicodedata.normalize("NFKC", text).strip().lower()
    name = re.sub(r"\W+", "_", name).strip("_")[:LONGEST].strip("_") or "data"
    if name[0].isdigit() or not name.isidentifier():
        name = "data_" + name
    if not name.isidentifier():
        name = re.sub(r"[^a-z0-9_]", "_", name)
    return f"{name}_data" if keyword.iskeyword(name) or name in SQL_WORDS else name


def unique(name: str, taken: Collection[str]) -> str:
    """Add a number where the name is taken; names differ by more than case."""
    lowered = {other.lower() for other in taken}
    number, free = 1, name
    while free.lower() in lowered:
        number += 1
        free = f"{name}_{number}"
    return free
