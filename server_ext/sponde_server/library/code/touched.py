"""Which datasets and columns Python code touches, and which columns it makes itself.

Reads texts in the code only (`df["x"]`, `groupby("x")`, SQL in a string): `df.x` may be anything.
Walks in the order in which things happen, so that a column made first is not one that is needed.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from .sql import HOLE, read_sql, stem_of

# Whose texts between brackets are no columns: settings, types, answers of programs.
_NO_FRAMES = {
    "environ", "rcParams", "kwargs", "modules", "headers", "params", "config", "settings",
    "Literal", "Annotated", "Optional", "Union", "List", "Dict", "Tuple", "dict", "list",
    "tuple", "type", "set", "globals", "locals", "vars", "json", "os", "sys", "metadata",
    "namespace", "context", "session", "args", "options", "st", "secrets",
}  # fmt: skip
# Methods whose texts name columns, by place; and the names under which columns are handed in.
_BY_PLACE = {
    "groupby", "sort_values", "set_index", "drop_duplicates", "explode", "agg", "aggregate",
    "nlargest", "nsmallest", "group_by", "partition_by", "order_by", "orderBy", "groupBy",
    "select", "with_columns", "sort", "pivot_table", "pivot", "melt", "dropna", "get_dummies",
    "select_columns", "drop_nulls", "crosstab",
}  # fmt: skip
_BY_NAME = {
    "on", "left_on", "right_on", "by", "subset", "column", "columns", "id_vars", "value_vars",
    "usecols", "parse_dates", "left_by", "right_by",
}  # fmt: skip
_DRAWN = {
    "x", "y", "z", "hue", "color", "size", "style", "symbol", "facet_col", "facet_row", "names",
    "values", "row", "col", "weights", "hover_name", "animation_frame", "path", "lat", "lon",
}  # fmt: skip
_DRAWERS = {"px", "sns", "alt", "seaborn", "hv"}
_MAPPED = {"agg", "aggregate", "astype", "fillna", "rename", "replace", "transform", "cast"}
_READERS = {
    "read_csv", "read_parquet", "read_excel", "read_json", "read_table", "read_feather",
    "read_orc", "scan_csv", "scan_parquet", "scan_ndjson", "read_ipc", "from_csv_auto", "read_fwf",
}  # fmt: skip
_SQL = re.compile(
    r"\s*(?:--.*\n\s*)*(?:select\b|with\b|from\b|insert\s+into\b|update\b|delete\s+from\b|"
    r"create\b|copy\b|merge\s+into\b|pivot\b|describe\b|summarize\b)",
    re.IGNORECASE,
)
_TAKES_ROWS = re.compile(r"\b(?:from|into|update|pivot|copy|describe|summarize)\s", re.IGNORECASE)
_MOST = 500


@dataclass
class Touched:
    """What code touches, in the order in which it does."""

    datasets: dict[str, None] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    makes: dict[str, None] = field(default_factory=dict)

    def take(self, names: Iterable[str]) -> None:
        """Note columns that are read."""
        for name in names:
            if name and "\n" not in name and len(self.columns) < _MOST:
                self.columns[name] = None

    def make(self, names: Iterable[str]) -> None:
        """Note columns that are written; one that was read before must be there anyway."""
        for name in names:
            if name and name not in self.columns and len(self.makes) < _MOST:
                self.makes[name] = None
            self.take([name])


def touched(tree: ast.Module, known: Collection[str] = (), bound: Collection[str] = ()) -> Touched:
    """Find what a tree touches; `known` are the datasets there are, `bound` its own variables."""
    found = Touched()
    names = {name.lower(): name for name in known}
    for node in in_order(tree):
        match node:
            case ast.Subscript():
                _subscript(node, found)
            case ast.Call():
                _call(node, found, names)
            case ast.Constant(value=str(text)):
                _sql(text, found, names, bound)
            case ast.JoinedStr():
                _sql(_with_holes(node), found, names, bound)
    return found


def touched_by_sql(code: str, known: Collection[str] = ()) -> Touched:
    """Find what a text of SQL touches."""
    found = Touched()
    _said(code, found, {name.lower(): name for name in known}, (), is_sql=True)
    return found


def in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree as its code runs: a value before the name that it is given to."""
    waiting: list[ast.AST | tuple[ast.AST]] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            yield node[0]
            continue
        waiting.append((node,))  # itself after what is in it
        children: list[ast.AST]
        if isinstance(node, ast.JoinedStr):
            children = [part for part in node.values if not isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Assign):
            children = [node.value, *node.targets]
        elif isinstance(node, ast.AnnAssign):
            children = [part for part in (node.value, node.target) if part]
        elif isinstance(node, ast.DictComp | ast.ListComp | ast.SetComp | ast.GeneratorExp):
            children = [*node.generators, *ast.iter_child_nodes(node)]
        else:
            children = list(ast.iter_child_nodes(node))
        waiting += reversed(children)


def _subscript(node: ast.Subscript, found: Touched) -> None:
    if _owner(node.value) in _NO_FRAMES:
        return
    names = _texts(node.slice)
    if isinstance(node.slice, ast.Tuple):
        # df.loc[rows, "x"]; a tuple elsewhere names levels of an index, or types.
        is_loc = isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "at")
        names = _texts(node.slice.elts[-1]) if is_loc and node.slice.elts else []
    elif isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "iloc", "at", "iat"):
        names = []
    if isinstance(node.ctx, ast.Store):
        found.make(names)
    else:
        found.take(names)


def _call(node: ast.Call, found: Touched, known: dict[str, str]) -> None:
    name = _owner(node.func)
    first = node.args[0] if node.args else None
    if name == "dataset":
        found.datasets |= dict.fromkeys(_texts(first)[:1])
    if name in _READERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
        _file(first.value, found, known)
    if not isinstance(node.func, ast.Attribute):
        return
    root = _root(node.func)
    if name in _BY_PLACE:
        for given in node.args:
            found.take(_texts(given))
    if name == "col" and len(node.args) == 1:
        found.take(_texts(first))
    if name in ("query", "eval") and isinstance(first, ast.Constant):
        found.take(_names_in(first.value))
    if name == "insert" and len(node.args) == 3:
        found.make(_texts(node.args[1]))
    if name in _MAPPED:
        # rename(str.upper) and agg("sum") map nothing.
        found.take(_keys(first))
    if name == "DataFrame":
        found.make(_keys(first))
    also: set[str] = set()
    if root in _DRAWERS or any(word.arg == "data" for word in node.keywords):
        also |= _DRAWN
    if name == "plot" or _owner(node.func.value) == "plot":
        also |= {"x", "y"}
    if name.startswith("pivot"):
        also |= {"index", "values"}
    for word in node.keywords:
        if word.arg is not None:
            _keyword(word.arg, word.value, name, also, found)


def _keyword(name: str, value: ast.expr, method: str, also: set[str], found: Touched) -> None:
    if name == "columns" and method == "DataFrame":
        found.make(_texts(value))
    elif name == "columns" and method == "rename":
        found.take(_keys(value))
        if isinstance(value, ast.Dict):
            found.make([text for part in value.values for text in _texts(part)])
    elif name in _BY_NAME or name in also:
        found.take(_texts(value))
    elif method in ("agg", "aggregate"):
        if isinstance(value, ast.Tuple) and value.elts:
            found.take(_texts(value.elts[0]))
        found.make([name])
    elif method in ("assign", "with_columns"):
        found.make([name])


def _sql(text: str, found: Touched, known: dict[str, str], bound: Collection[str]) -> None:
    if len(text) >= 8 and _SQL.match(text) and _TAKES_ROWS.search(text):
        _said(text, found, known, bound)


def _said(
    text: str,
    found: Touched,
    known: dict[str, str],
    bound: Collection[str],
    *,
    is_sql: bool = False,
) -> None:
    said = read_sql(text)
    for table in said.tables:
        name = stem_of(table)
        if name.lower() in known:
            found.datasets[known[name.lower()]] = None
        elif (said.is_sql or is_sql) and name == table and table not in bound:
            # (What only looks like SQL may be prose that begins with "Select".)
            found.datasets[table] = None
    found.take(said.columns)
    found.make(said.makes)


def _file(path: str, found: Touched, known: dict[str, str]) -> None:
    """Note the dataset that a file is, where one is known by the file's name."""
    stem = stem_of(path.replace("\\", "/").split("?")[0])
    for name in (stem.lower(), re.sub(r"\W+", "_", stem.lower()).strip("_")):
        if name in known:
            found.datasets[known[name]] = None
            return


def _with_holes(node: ast.JoinedStr) -> str:
    parts = [
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else HOLE
        for part in node.values
    ]
    return "".join(parts)


def _texts(node: ast.AST | None) -> list[str]:
    """Give the texts that stand here: one, or those of a list."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [
            part.value
            for part in node.elts
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
    return []


def _keys(node: ast.AST | None) -> list[str]:
    if not isinstance(node, ast.Dict):
        return []
    return [text for key in node.keys if key for text in _texts(key)]


def _names_in(text: object) -> list[str]:
    """Name the columns of `df.query("price > @most and `unit cost` < 3")`."""
    if not isinstance(text, str) or _SQL.match(text):
        return []
    quoted = re.findall(r"`([^`]+)`", text)
    rest = re.sub(r"`[^`]*`|@[\w.]+|'[^']*'|\"[^\"]*\"|\.[A-Za-z_]\w*|\b\w+\s*\(", " ", text)
    words = re.findall(r"\b[^\W\d]\w*\b", rest)
    return [*quoted, *(w for w in words if w not in ("and", "or", "not", "in", "True", "False"))]


def _owner(node: ast.AST) -> str:
    """Name what is called or taken from: the last word of `os.environ`, `globals()`."""
    if isinstance(node, ast.Call):
        return _owner(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
