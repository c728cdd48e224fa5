"""Which variables of a notebook a block's needed names may mean, best first.

Pure. Judged by what the block does with a name (its columns, its methods) against what the
variables are (type, shape, columns), then by how alike the names are. Nothing is run.
"""

import ast
import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from sponde_server.library.code.facts import facts_of
from sponde_server.library.code.packages import distribution_of
from sponde_server.library.code.parsing import parse_some
from sponde_server.library.records import CodeFacts

from .renames_records import Candidate, ColumnFit, HereName, NeededName, NewFit, Renames

MOST_CANDIDATES = 12
_LIKE = 0.6
_LIKELY = 2.5
_METHODS = {
    "frame": {
        "agg", "apply", "assign", "columns", "describe", "drop", "drop_duplicates", "dropna",
        "dtypes", "fillna", "groupby", "head", "iloc", "info", "iterrows", "itertuples", "join",
        "loc", "melt", "merge", "pivot", "pivot_table", "query", "rename", "reset_index", "sample",
        "select_dtypes", "set_index", "sort_values", "tail", "to_csv", "to_parquet", "group_by",
        "with_columns", "filter", "select", "isna", "isnull", "corr", "nunique",
    },
    "mapping": {"items", "keys", "update", "setdefault", "popitem"},
    "sequence": {"append", "extend", "insert", "sort", "reverse"},
    "text": {"split", "strip", "lower", "upper", "startswith", "endswith", "format", "encode"},
    "array": {"reshape", "ravel", "flatten", "T", "ndim", "argmax", "argmin", "transpose"},
    "path": {"exists", "glob", "read_text", "open", "parent", "stem", "iterdir", "write_text"},
}  # fmt: skip
_KINDS = {
    "DataFrame": "frame", "LazyFrame": "frame", "Table": "frame", "DataFrameGroupBy": "frame",
    "Series": "series", "Index": "series", "ndarray": "array", "Tensor": "array", "dict": "mapping",
    "OrderedDict": "mapping", "defaultdict": "mapping", "Counter": "mapping", "list": "sequence",
    "tuple": "sequence", "set": "sequence", "range": "sequence", "str": "text", "int": "number",
    "float": "number", "bool": "number", "function": "callable", "class": "callable",
    "builtin_function_or_method": "callable", "method": "callable", "PosixPath": "path",
    "WindowsPath": "path", "Path": "path",
}  # fmt: skip
# Names that people give to a kind of thing.
_CALLED = {
    "frame": re.compile(r"(?:^|_)(?:df\d*|frame|dataframe|data|table|rows|records)(?:_|$)", re.I),
    "path": re.compile(r"(?:^|_)(?:path|file|filename|folder|dir)(?:_|$)", re.I),
    "number": re.compile(r"^(?:n|k|i|n_\w+|num_\w+|\w*(?:count|size|rate|threshold|seed))$", re.I),
}
# What one may stand in for the other.
_NEAR = {
    ("frame", "series"), ("series", "array"), ("sequence", "array"), ("sequence", "series"),
    ("path", "text"), ("frame", "mapping"), ("array", "frame"),
}  # fmt: skip


def fit(code: str, language: str, facts: CodeFacts, here: NewFit) -> Renames:
    """Hold what a block needs against what is there."""
    tree = parse_some(code) if language == "python" else None
    facts = facts if facts.needs or facts.columns else facts_of(code, language)
    touched = columns_of(tree, facts) if tree else {}
    needs = []
    for name in facts.needs:
        kind = _kind_wanted(tree, name, touched.get(name, [])) if tree else ""
        needs.append(_needed(name, kind, touched.get(name, []), here.names))
    packages = dict.fromkeys(distribution_of(name) or name for name in here.missing_imports)
    return Renames(
        needs=tuple(needs),
        missing_packages=tuple(packages),
        install=f"%pip install {' '.join(packages)}" if packages else "",
    )


def columns_of(tree: ast.AST, facts: CodeFacts) -> dict[str, list[str]]:
    """Say which columns the code takes from each name that it needs."""
    wanted = [name for name in facts.columns if name not in facts.makes]
    found: dict[str, dict[str, None]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=inside):
                root, parts = _root(node), [inside]
            case ast.Call():
                root, parts = _root(node.func), [*node.args, *(one.value for one in node.keywords)]
                given = [one.value for one in node.keywords if one.arg == "data"]
                if given and isinstance(given[0], ast.Name):
                    root = given[0].id
            case ast.Attribute(value=ast.Name(id=root), attr=attr) if attr in wanted:
                found.setdefault(root, {})[attr] = None
                continue
            case _:
                continue
        if root in facts.needs:
            for text in _texts(parts):
                if text in wanted:
                    found.setdefault(root, {})[text] = None
    owned = {text for texts in found.values() for text in texts}
    only = list(found) if found else list(facts.needs)
    if len(only) == 1:
        # What is taken from something made of the only table there is, is taken from that.
        rest = [name for name in wanted if name not in owned]
        found.setdefault(only[0], {}).update(dict.fromkeys(rest))
    return {name: [text for text in wanted if text in texts] for name, texts in found.items()}


def likeness(one: str, other: str) -> float:
    """Say how alike two names are, from 0 to 1: `amount`, `Amount_` and `Amt` are alike."""
    short, long = sorted((_bare(one), _bare(other)), key=len)
    if not short:
        return 0.0
    if short == long:
        return 0.98 if one != other else 1.0
    ratio = SequenceMatcher(None, short, long, autojunk=False).ratio()
    letters = iter(long)
    is_within = short[0] == long[0] and all(letter in letters for letter in short)
    if is_within and len(short) >= 2:
        ratio = max(ratio, 0.62 + 0.3 * len(short) / len(long))
    words = set(_words(one)) & set(_words(other))
    if any(len(word) >= 3 for word in words):
        ratio = max(ratio, 0.65)
    return min(ratio, 0.97)


def _needed(name: str, kind: str, columns: list[str], here: tuple[HereName, ...]) -> NeededName:
    rated = [
        (_score(name, kind, columns, one) - 0.01 * min(at, 20), one) for at, one in enumerate(here)
    ]
    rated.sort(key=lambda pair: -pair[0])
    is_here = any(one.name == name for one in here)
    best = [pair for pair in rated if pair[0] > -1 or pair[1].name == name][:MOST_CANDIDATES]
    second = best[1][0] if len(best) > 1 else 0.0
    candidates = tuple(
        Candidate(
            name=one.name,
            type=one.type,
            shape=one.shape,
            columns=_matched(columns, one.columns),
            all_columns=one.columns,
            is_likely=not is_here and at == 0 and score >= _LIKELY and score > second,
        )
        for at, (score, one) in enumerate(best)
    )
    return NeededName(name=name, is_here=is_here, candidates=candidates)


def _score(name: str, kind: str, columns: list[str], one: HereName) -> float:
    score = 10.0 if one.name == name else 2 * likeness(name, one.name)
    have = _KINDS.get(one.type, "")
    if kind and have:
        near = (kind, have) in _NEAR or (have, kind) in _NEAR
        score += 3.0 if kind == have else 0.5 if near else -4.0
    if columns and one.columns:
        found = _matched(columns, one.columns)
        alike = [likeness(fit.name, fit.here) if fit.here else 0.0 for fit in found]
        score += 5 * sum(alike) / len(alike) - 1
    return score


def _matched(wanted: list[str], there: tuple[str, ...]) -> tuple[ColumnFit, ...]:
    """Find a column for each that is wanted; none is taken twice."""
    if not there:
        return ()
    left = [name for name in there if name not in wanted]
    pairs = sorted(
        ((likeness(name, other), name, other) for name in wanted for other in left), reverse=True
    )
    found = {name: name for name in wanted if name in there}
    taken: set[str] = set()
    for alike, name, other in pairs:
        if alike >= _LIKE and name not in found and other not in taken:
            found[name] = other
            taken.add(other)
    return tuple(ColumnFit(name=name, here=found.get(name, "")) for name in wanted)


def _kind_wanted(tree: ast.AST, name: str, columns: list[str]) -> str:
    """Guess what kind of thing a name must be, from what is done with it."""
    votes: dict[str, int] = {"frame": 2 * len(columns)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=root), attr=attr) if root == name:
                for kind, methods in _METHODS.items():
                    if attr in methods:
                        votes[kind] = votes.get(kind, 0) + 2
            case ast.Call(func=ast.Name(id=root)) if root == name:
                votes["callable"] = votes.get("callable", 0) + 3
            case (
                ast.Call(func=ast.Name(id="open" | "Path"))
                | ast.Call(
                    func=ast.Attribute(
                        attr="read_csv" | "read_parquet" | "read_json" | "read_excel"
                    )
                )
            ) if _texts_name(node, name):
                votes["path"] = votes.get("path", 0) + 3
            case ast.Call(func=ast.Name(id="range")) if _texts_name(node, name):
                votes["number"] = votes.get("number", 0) + 2
    for kind, pattern in _CALLED.items():
        if pattern.search(name):
            votes[kind] = votes.get(kind, 0) + 1
    best = max(votes, key=lambda kind: votes[kind])
    return best if votes[best] else ""


def _texts_name(node: ast.Call, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in node.args)


def _texts(parts: Iterable[ast.AST]) -> Iterable[str]:
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _words(name: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)]
