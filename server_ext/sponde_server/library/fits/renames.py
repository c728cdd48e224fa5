"""Gives a block's needed names and columns the names that they have in a notebook.

Pure, and on the syntax: only names that mean the module's own are touched, so neither a function's
local of the same name nor a keyword nor a word in a string; and of strings only those that stand
where a column stands. What comes out is read again and compared before anybody sees it.
"""

import ast
import keyword
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sponde_server.core.errors import Conflict, Invalid
from sponde_server.core.syntax import parse, parse_expression
from sponde_server.library.code.parsing import without_magics

Scope = frozenset[str]
_NOTHING: Scope = frozenset()
# Calls whose arguments name columns, and arguments that do so in any call.
_TAKING = {
    "agg", "aggregate", "astype", "bar", "barh", "boxplot", "col", "drop", "drop_duplicates",
    "dropna", "explode", "fillna", "filter", "get", "group_by", "groupby", "hist",
    "insert", "join", "line", "melt", "merge", "nlargest", "nsmallest", "pivot", "pivot_table",
    "plot", "pop", "rename", "replace", "scatter", "select", "set_index", "sort", "sort_values",
    "transform", "value_counts", "with_columns",
}  # fmt: skip
_NAMING = {
    "by", "col", "color", "column", "columns", "hue", "id_vars", "index", "left_on", "on",
    "right_on", "row", "size", "style", "subset", "value_vars", "values", "weights", "x", "y",
}  # fmt: skip
_TIMED = re.compile(r"^(\s*%(?:time|timeit|prun|memit)\s+(?:-\w+\s*\d*\s+)*)([^-].*)$")
_IN_QUERY = re.compile(r"`([^`]+)`|('[^']*'|\"[^\"]*\"|@\w+|\.\w+|\w+\s*\()|\b([^\W\d]\w*)\b")
_LITERAL = re.compile(r"(?i)([rbuf]{0,2})('''|\"\"\"|'|\")")


@dataclass(frozen=True)
class _Edit:
    """A part of the text that becomes another."""

    start: int
    end: int
    text: str


def renamed(
    code: str, names: Mapping[str, str], columns: Mapping[str, str], of: Iterable[str] = ()
) -> str:
    """Give the code with other names and columns; `of` are the names whose attributes may be some.

    Raises Conflict where the code would mean something else then.
    """
    names = {old: new for old, new in names.items() if old != new}
    columns = {old: new for old, new in columns.items() if old != new}
    if not names and not columns:
        return code
    for new in names.values():
        if not new.isidentifier() or keyword.iskeyword(new):
            raise Invalid(f"'{new[:80]}' cannot be a name in Python.", "Choose a variable's name.")
    plain, tree = _read(code)
    worker = _Worker(code, plain, names, columns, frozenset(of))
    expected = worker.work(tree)
    for old, new in names.items():
        if new in worker.used:
            raise _taken(old, new)
    text = code
    for edit in sorted(set(worker.edits), key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    if plain != code:
        lines = zip(text.split("\n"), code.split("\n"), plain.split("\n"), strict=True)
        text = "\n".join(
            _magic(now, names, columns, of) if was != read else now for now, was, read in lines
        )
    if ast.dump(_read(text)[1]) != ast.dump(expected):
        raise Conflict(
            "The names in this code could not be changed safely.",
            "Insert it as it is, and change them by hand.",
        )
    return text


def column_nodes(tree: ast.AST) -> Iterator[ast.Constant]:
    """Find the strings that stand where a column stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=inside):
                yield from _strings(inside)
            case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)):
                if called in _TAKING:
                    for argument in node.args:
                        yield from _strings(argument)
                for word in node.keywords:
                    is_pair = called in _TAKING and isinstance(word.value, ast.Tuple)
                    if word.arg in _NAMING or is_pair:
                        yield from _strings(word.value)


def _strings(node: ast.expr) -> Iterator[ast.Constant]:
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                yield from _strings(part)
        case ast.Dict(keys=keys):
            for key in keys:
                if key is not None:
                    yield from _strings(key)


def _read(code: str) -> tuple[str, ast.Module]:
    for text in (code, without_magics(code)):
        try:
            return text, parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
    raise Conflict(
        "Names can be changed only in code that Python can read.",
        "Insert it as it is, and change them by hand.",
    )


def _magic(
    line: str, names: Mapping[str, str], columns: Mapping[str, str], of: Iterable[str]
) -> str:
    """Change the Python behind `%timeit` and its like; other notebook lines stay as they are."""
    found = _TIMED.match(line)
    if not found or not found[2].strip():
        return line
    try:
        return found[1] + renamed(found[2], names, columns, of)
    except (Conflict, Invalid):
        return line


def _taken(old: str, new: str) -> Conflict:
    return Conflict(
        f"'{old}' cannot become '{new}': the code has a '{new}' of its own.",
        "Choose another variable, or rename it in the block first.",
    )


class _Worker:
    """Walks with the scopes: changes the tree as it should become, and notes the edits."""

    def __init__(
        self, code: str, plain: str, names: Mapping[str, str], columns: Mapping[str, str], of: Scope
    ) -> None:
        self.edits: list[_Edit] = []
        self.used: set[str] = set()
        """The module's other names."""
        self._code, self._plain = code, plain
        self._names, self._columns, self._of = names, columns, of
        # Where each line begins, and whether positions may be read off the nodes just now.
        self._lines = plain.split("\n")
        self._starts = [0]
        for line in code.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._shift: tuple[int, int] | None = None
        self._is_quiet = False
        self._taken: set[int] = set()
        self._kept: list[ast.AST] = []  # so that the ids above stay those of living nodes

    def work(self, tree: ast.Module) -> ast.Module:
        """Change the whole tree."""
        self._taken = {id(node) for node in column_nodes(tree)}
        self._some(tree.body, _NOTHING, _NOTHING)
        return tree

    # -- walking ------------------------------------------------------------------------------

    def _some(self, nodes: Iterable[ast.AST | None], hidden: Scope, inner: Scope) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, hidden, inner)

    def _visit(self, node: ast.AST, hidden: Scope, inner: Scope) -> None:
        """Visit with the names that hide the module's here, and those that do so further in."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._function(node, hidden, inner)
            case ast.ClassDef():
                self._bound(node.name, hidden)
                self._some([*node.decorator_list, *node.bases, *node.keywords], hidden, inner)
                self._some(node.body, inner | _bindings(node.body), inner)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                first = node.generators[0].iter
                self._visit(first, hidden, inner)
                targets = _bindings([part.target for part in node.generators])
                for child in ast.iter_child_nodes(node):
                    if child is node.generators[0]:
                        rest = [node.generators[0].target, *node.generators[0].ifs]
                        self._some(rest, hidden | targets, inner | targets)
                    else:
                        self._visit(child, hidden | targets, inner | targets)
            case ast.Name():
                self._name(node, hidden)
            case ast.Attribute():
                self._attribute(node, hidden)
                self._visit(node.value, hidden, inner)
            case ast.Global():
                self._global(node)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self._bound((alias.asname or alias.name).split(".")[0], hidden)
            case ast.JoinedStr():
                self._joined(node, hidden, inner)
            case ast.Constant(value=str(value)) if id(node) in self._taken:
                if value in self._columns:
                    self._string(node, self._columns[value])
            case ast.Call(func=ast.Attribute() as called):
                if called.attr in ("query", "eval") and node.args:
                    self._query(node.args[0])
                # A method's name is no column.
                self._visit(called.value, hidden, inner)
                self._some([*node.args, *node.keywords], hidden, inner)
            case _:
                for part in ("name", "rest"):
                    name = getattr(node, part, None)
                    if isinstance(name, str):  # `except … as name`, `case name`
                        self._bound(name, hidden)
                self._fields(node, hidden, inner)

    def _fields(self, node: ast.AST, hidden: Scope, inner: Scope) -> None:
        self._some(ast.iter_child_nodes(node), hidden, inner)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, hidden: Scope, inner: Scope
    ) -> None:
        args = node.args
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        every += [extra for extra in (args.vararg, args.kwarg) if extra]
        outside: list[ast.AST | None] = [*args.defaults, *args.kw_defaults]
        outside += [one.annotation for one in every]
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        if not isinstance(node, ast.Lambda):
            self._bound(node.name, hidden)
            outside += [*node.decorator_list, node.returns]
        self._some(outside, hidden, inner)
        own = _bindings(body) | {one.arg for one in every}
        within = (inner | own) - _declared_global(body)
        self._some(body, within, within)

    # -- what is changed ----------------------------------------------------------------------

    def _name(self, node: ast.Name, hidden: Scope) -> None:
        if node.id in hidden:
            return
        new = self._names.get(node.id)
        if new is None:
            self.used.add(node.id)
        elif new in hidden:
            raise _taken(node.id, new)
        else:
            start = self._offset(node.lineno, node.col_offset)
            self._edit(start, start + len(node.id), new, node.id)
            node.id = new

    def _global(self, node: ast.Global) -> None:
        start = self._offset(node.lineno, node.col_offset)
        end = self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        for found in re.finditer(r"\w+", self._code[start:end]):
            if found[0] in self._names:
                place = start + found.start()
                self._edit(place, place + len(found[0]), self._names[found[0]], found[0])
        self.used |= set(node.names) - set(self._names)
        node.names = [self._names.get(name, name) for name in node.names]

    def _string(self, node: ast.Constant, new: str) -> None:
        start = self._offset(node.lineno, node.col_offset)
        end = self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        old = self._code[start:end]
        quote = "'" if old.endswith("'") else '"'
        plain = new.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
        self._edit(start, end, f"{quote}{plain}{quote}", None)
        node.value = new
        node.kind = None

    def _query(self, node: ast.expr) -> None:
        """Change the columns in `df.query("amount > 3")`, which are words of its text."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return

        def other(found: re.Match[str]) -> str:
            new = self._columns.get(found[1] or found[3] or "")
            if new is None:
                return found[0]
            return new if new.isidentifier() and not found[1] else f"`{new}`"

        text = _IN_QUERY.sub(other, node.value)
        if text != node.value:
            self._string(node, text)

    def _attribute(self, node: ast.Attribute, hidden: Scope) -> None:
        """Change `df.amount`: to `df.Amt`, or to `df["Amt"]` where that is no word."""
        new = self._columns.get(node.attr)
        value = node.value
        if (
            new is None
            or not isinstance(value, ast.Name)
            or value.id not in self._of
            or value.id in hidden
        ):
            return
        end = self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        start = end - len(node.attr)
        if new.isidentifier() and not keyword.iskeyword(new):
            self._edit(start, end, new, node.attr)
            node.attr = new
            return
        self._edit(self._code.rfind(".", 0, start), end, f"[{new!r}]", None)
        brackets: ast.AST = node
        brackets.__class__ = ast.Subscript  # in its place, whatever holds it
        brackets.__dict__.update(value=value, slice=ast.Constant(value=new), ctx=node.ctx)
        del brackets.__dict__["attr"]

    def _bound(self, name: str, hidden: Scope) -> None:
        if name not in hidden:
            self.used.add(name)
        if name in self._names and name not in hidden:
            raise Conflict(
                f"'{name}' is made by this code itself, so it cannot have another name here.",
                "Leave it as it is.",
            )

    # -- where ----------------------------------------------------------------------------------

    def _offset(self, line: int, column: int) -> int:
        """Give a place in the text; Python counts columns in bytes of UTF-8."""
        if self._shift is not None:
            start, open_at = self._shift
            return start + column - open_at
        before = self._lines[line - 1].encode()[:column].decode("utf-8", "ignore")
        return self._starts[line - 1] + len(before)

    def _edit(self, start: int, end: int, text: str, old: str | None) -> None:
        if self._is_quiet or (old is not None and self._code[start:end] != old):
            return
        self.edits.append(_Edit(start, end, text))

    def _joined(self, node: ast.JoinedStr, hidden: Scope, inner: Scope) -> None:
        """Look into an f-string. Before Python 3.12 the places inside of it are not told."""
        if sys.version_info >= (3, 12):
            self._fields(node, hidden, inner)
            return
        start = self._offset(node.lineno, node.col_offset)
        end = self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        was, self._is_quiet = self._is_quiet, True
        self._fields(node, hidden, inner)
        self._is_quiet = was
        if was:
            return
        for place, text in _expressions(self._code, start, end):
            self._inside(place, text, hidden, inner)

    def _inside(self, place: int, text: str, hidden: Scope, inner: Scope) -> None:
        try:
            holder = ast.Expression(body=parse_expression(f"({text})"))
        except (SyntaxError, ValueError):
            return
        if "\n" in text or not text.isascii():
            return  # the comparison at the end refuses what is missed here
        self._taken |= {id(one) for one in column_nodes(holder)}
        shift, self._shift = self._shift, (place, 1)
        self._visit(holder, hidden, inner)
        self._shift = shift
        self._kept.append(holder)


def _bindings(nodes: Iterable[ast.AST]) -> Scope:
    """Find the names that these bind in their own scope: not those of functions further in."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Lambda():
                continue
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for part in ast.walk(node):
                    if isinstance(part, ast.NamedExpr):
                        found.add(part.target.id)
                continue
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.alias():
                found.add((node.asname or node.name).split(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.add(name)
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def _declared_global(nodes: Iterable[ast.AST]) -> Scope:
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Global):
            found |= set(node.names)
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def _expressions(code: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Find the expressions of the f-strings between two places, each with its own place."""
    at = start
    while at < end:
        found = _LITERAL.match(code, at)
        if found is None:
            at += 1
            continue
        prefix, quote = found[1].lower(), found[2]
        at = body = found.end()
        while at < end and not code.startswith(quote, at):
            at += 2 if code[at] == "\\" else 1
        if "f" in prefix:
            yield from _fields_of(code, body, min(at, end))
        at += len(quote)


def _fields_of(code: str, at: int, end: int) -> Iterator[tuple[int, str]]:
    """Find `{expression!r:{width}}` in the body of one f-string."""
    while at < end:
        if code.startswith(("{{", "}}"), at):
            at += 2
            continue
        if code[at] != "{":
            at += 1
            continue
        first, depth, quote = at + 1, 0, ""
        at = first
        while at < end:
            letter = code[at]
            if quote:
                quote = "" if letter == quote else quote
            elif letter in "'\"":
                quote = letter
            elif letter in "([{":
                depth += 1
            elif letter in ")]}" and depth:
                depth -= 1
            elif letter == "}" or (letter in "!:" and not depth and code[at + 1 : at + 2] != "="):
                break
            at += 1
        text = code[first:at]
        yield first, text.rstrip().removesuffix("=") if text.rstrip()[-2:-1] != "=" else text
        if at < end and code[at] == "!":
            at += 2
        if at < end and code[at] == ":":
            last, depth = at + 1, 0
            while at < end and not (code[at] == "}" and not depth):
                depth += {"{": 1, "}": -1}.get(code[at], 0)
                at += 1
            yield from _fields_of(code, last, at)
        at += 1
