"""What two codes have in common when names, values or a few lines differ.

Two measures: the tree of Python code without its variables' names and its values (renamed copies
have the same), and a MinHash of runs of words for everything else. Pure; knows no database.
"""

import ast
import builtins
import re
import zlib
from dataclasses import dataclass
from hashlib import blake2b

from sponde_server.library.code.parsing import parse_whole

BANDS = 8
_ROWS = 4
_BINS = BANDS * _ROWS
_RUN = 3
"""Words in a run."""
_FEWEST_NODES = 20
"""A smaller tree says too little: every `df.head()` is alike."""
_FEWEST_RUNS = 8
NEAR = 0.7
"""From this share of common runs on, two codes are nearly the same."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_BUILT_IN = frozenset(dir(builtins))
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Signature:
    """What a code is looked up by."""

    tree: int | None = None
    """Of its tree without names and values; None where it is small or no Python."""
    bands: tuple[int, ...] = ()
    """Two codes that share one may be alike; empty for a short code."""


def signature(code: str, language: str) -> Signature:
    """Measure a code."""
    return Signature(_tree(code) if language == "python" else None, _bands(_runs(code)))


def likeness(one: str, other: str) -> float:
    """Give the share of their runs of words that two codes have in common, from 0 to 1."""
    left, right = _runs(one), _runs(other)
    both = len(left | right)
    return len(left & right) / both if both else 0.0


def _runs(code: str) -> set[int]:
    words = _TOKEN.findall(code)
    return {
        zlib.crc32(" ".join(words[at : at + _RUN]).encode("utf-8", "replace"))
        for at in range(max(0, len(words) - _RUN + 1))
    }


def _bands(runs: set[int]) -> tuple[int, ...]:
    """Hash each run once; the least of each of 32 bins, four bins to a band."""
    if len(runs) < _FEWEST_RUNS:
        return ()
    least: list[int | None] = [None] * _BINS
    for run in runs:
        # Mixed, as the low bits of a checksum are not independent of what follows them.
        mixed = (run * 0x9E3779B97F4A7C15) & _MASK
        at, value = mixed >> 59, mixed & ((1 << 59) - 1)
        known = least[at]
        if known is None or value < known:
            least[at] = value
    filled = [value for value in least if value is not None]
    # An empty bin takes the next one's value, so that short codes can be compared, too.
    dense: list[int] = []
    after = filled[0]
    for found in reversed(least):
        after = after if found is None else found
        dense.append(after)
    return tuple(hash((at, *dense[at * _ROWS : (at + 1) * _ROWS])) & _MASK for at in range(BANDS))


def _tree(code: str) -> int | None:
    tree = parse_whole(code)
    if tree is None:
        return None
    own = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    words: list[str] = []
    waiting: list[ast.AST | str] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            words.append(node)
            continue
        words.append(type(node).__name__)
        match node:
            case ast.Expr(value=ast.Constant()):
                words.pop()  # a docstring
                continue
            case ast.Call(func=ast.Name(id=name)) if name not in own:
                words.append(name)
            case ast.Name(id=name) if name in _BUILT_IN:
                words.append(name)
            case ast.Attribute(attr=name):
                words.append(name)
            case ast.Constant(value=value):
                words.append(type(value).__name__)
                continue
            case ast.keyword(arg=str(name)):
                words.append(name)
            case ast.Import() | ast.ImportFrom():
                words += [alias.name for alias in node.names]
                continue
        children = list(ast.iter_child_nodes(node))
        waiting.append(")")
        waiting += reversed(children)
    if len(words) < 2 * _FEWEST_NODES:  # each node is closed by a word, too
        return None
    text = " ".join(words).encode("utf-8", "replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest())
