"""Code blocks for the library's benchmark: the functions of the installed packages, varied.

There are some tens of thousands of real ones. Beyond that each is taken again with a few of its
names exchanged for names from elsewhere and its numbers changed, so that words and 3-grams are as
many and as differently frequent as in real code.
"""

import ast
import random
import re
import site
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sponde_server.core.record import new_id, now
from sponde_server.core.rows import to_row
from sponde_server.library import store
from sponde_server.library.code.facts import facts_of
from sponde_server.library.records import CodeBlock, Outcome

_AT_ONCE = 20_000
_NAME = re.compile(r"\b[a-z_][a-zA-Z_]{3,}\b")
_NUMBER = re.compile(r"\b\d+\b")
_KEPT = {"self", "return", "import", "from", "None", "with", "else", "elif", "class", "yield",
         "raise", "except", "while", "lambda", "pass", "assert", "async", "await"}  # fmt: skip
_EXCHANGED = 4
PACKAGES = ("pandas", "numpy", "matplotlib", "duckdb", "scipy", "pathlib", "json", "re")
TAGS = ("clean", "load", "plot", "report", "sales", "model", "check", "dates")


def functions() -> Iterator[CodeBlock]:
    """Read the functions and classes of the installed packages, each text once."""
    seen: set[str] = set()
    for folder in map(Path, site.getsitepackages()):
        for path in sorted(folder.rglob("*.py")):
            yield from _functions_of(path, seen)


def _functions_of(path: Path, seen: set[str]) -> Iterator[CodeBlock]:
    try:
        text = path.read_text("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, OSError):
        return
    lines = text.split("\n")
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        code = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if 3 <= code.count("\n") <= 120 and code not in seen:
            seen.add(code)
            said = (ast.get_docstring(node) or "").split("\n")[0]
            yield CodeBlock(
                name=f"{node.name[:50]}_{len(seen)}",
                language="python",
                code=code,
                description=said,
                tags=(path.parts[-2],),
                facts=facts_of(code, "python"),
            )


def varied(real: list[CodeBlock], numbers: Iterable[int]) -> Iterator[CodeBlock]:
    """Give the blocks of these numbers: the real ones first, then variants of them."""
    names = sorted({name for block in real[:8000] for name in _NAME.findall(block.code)} - _KEPT)
    moment = now()
    for number in numbers:
        chance = random.Random(number)
        block = real[number % len(real)]
        code, name = block.code, block.name
        if number >= len(real):
            own = sorted(set(_NAME.findall(code)) - _KEPT)
            chosen = chance.sample(own, min(_EXCHANGED, len(own)))
            other = dict(zip(chosen, chance.choices(names, k=len(chosen)), strict=True))
            other.setdefault(name.rsplit("_", 1)[0], chance.choice(names))
            code = _NAME.sub(lambda found, other=other: other.get(found[0], found[0]), code)  # type: ignore[misc]
            code = _NUMBER.sub(str(number), code, count=1)
            name = f"{chance.choice(names)}_{chance.choice(names)}_{number}"[:60]
        uses = int(chance.paretovariate(1.2)) - 1
        yield replace(
            block,
            id=new_id(),
            name=name,
            code=code,
            tags=(*block.tags, chance.choice(TAGS)),
            facts=replace(block.facts, imports=(*block.facts.imports, chance.choice(PACKAGES))),
            uses=uses,
            last_outcome=chance.choice((Outcome.OK, Outcome.FAILED)) if uses else None,
            updated_at=moment - timedelta(minutes=number % 500_000),
        )


def add_all(con: Any, blocks: list[CodeBlock]) -> None:
    """Add many blocks at once, as `store.add` would one after the other."""
    import pyarrow as pa

    names = [*(f.strip('"') for f in store._BLOCK.split(", ")), *store._SEARCHED]
    for start in range(0, len(blocks), _AT_ONCE):
        part = blocks[start : start + _AT_ONCE]
        rows = [[*to_row(block), *store._searched(block)] for block in part]
        columns = {
            name.strip('"'): list(cells)
            for name, cells in zip(names, zip(*rows, strict=True), strict=True)
        }
        con.register("given_blocks", pa.table(columns))
        into = ", ".join(f'"{name}"' for name in columns)
        con.execute(
            f"INSERT INTO code_block ({into}, change) "
            f"SELECT {into}, nextval('code_block_change') FROM given_blocks"
        )
        con.unregister("given_blocks")
