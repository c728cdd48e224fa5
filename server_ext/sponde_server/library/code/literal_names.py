"""Says what the values in code are for: a good name for each, and what may be filled in. Pure.

A keyword's name, the variable on the left, a parameter's default, the column beside a comparison.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sponde_server.core.syntax import parse
from sponde_server.library.fields.records import FieldKind, SpotForm
from sponde_server.library.fits.renames import column_nodes

from .literals import Value, places
from .parsing import without_magics

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
# What the first arguments of well-known calls are called.
_BY_PLACE = {
    "arange": ("start", "stop", "step"), "axhline": ("y",), "axvline": ("x",),
    "clip": ("lower", "upper"), "dataset": ("dataset",), "date_range": ("start", "end"),
    "astype": ("dtype",), "diff": ("periods",), "dropna": ("axis",), "fillna": ("fill",),
    "groupby": ("by",), "group_by": ("by",), "head": ("rows",), "hist": ("column",),
    "linspace": ("start", "stop", "num"), "nlargest": ("rows", "column"),
    "nsmallest": ("rows", "column"), "open": ("path", "mode"), "pct_change": ("periods",),
    "quantile": ("quantile",), "query": ("query",), "range": ("start", "stop", "step"),
    "read_csv": ("path",), "read_excel": ("path",), "read_json": ("path",),
    "read_parquet": ("path",), "replace": ("old", "new"), "resample": ("rule",),
    "rolling": ("window",), "round": ("decimals",), "sample": ("rows",), "savefig": ("path",),
    "seed": ("seed",), "set_title": ("title",), "set_xlabel": ("xlabel",),
    "set_ylabel": ("ylabel",), "shift": ("periods",), "sleep": ("seconds",),
    "sort_values": ("by",), "split": ("separator",), "strftime": ("format",),
    "subplots": ("rows", "columns"), "suptitle": ("title",), "tail": ("rows",),
    "title": ("title",), "to_csv": ("path",), "to_parquet": ("path",), "agg": ("how",),
    "xlabel": ("xlabel",), "ylabel": ("ylabel",),
}  # fmt: skip
_ALL_COLUMNS = {"by", "on", "hue", "column", "left_on", "right_on", "x", "y", "subset"}
_SUMS = ("sum", "mean", "median", "min", "max", "count", "std", "nunique", "first", "last")
_KNOWN = {
    "how": ("left", "right", "inner", "outer", "cross"),
    "kind": ("line", "bar", "barh", "hist", "box", "kde", "area", "pie", "scatter"),
    "keep": ("first", "last"), "orient": ("v", "h"), "aggfunc": _SUMS, "agg": _SUMS,
    "rule": ("D", "W", "ME", "QE", "YE", "h"), "freq": ("D", "W", "ME", "QE", "YE", "h"),
    "direction": ("backward", "forward", "nearest"), "join": ("inner", "outer"),
}  # fmt: skip
_COMPARED = {
    ast.Gt: "min_", ast.GtE: "min_", ast.Lt: "max_", ast.LtE: "max_", ast.NotEq: "not_",
    ast.Eq: "", ast.In: "", ast.NotIn: "not_",
}  # fmt: skip
_COUNTED = {
    ast.Mult: "factor", ast.Div: "divisor", ast.Add: "offset", ast.Sub: "offset",
    ast.Pow: "power", ast.Mod: "modulus", ast.FloorDiv: "divisor",
}  # fmt: skip
_IN_SQL = re.compile(
    r"(?:\b(?P<table>from|join|into|update)|\b(?P<limit>limit|offset|top|sample)|"
    r"(?P<left>[\w\"]+)\s*(?P<sign><>|!=|>=|<=|=|>|<|\blike\b|\bilike\b|\bin\s*\()|"
    r"\b(?P<date>date|timestamp)|(?P<between>\w+)\s+between(?P<second>\s+\S+\s+and)?)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Role:
    """What a value is for."""

    name: str = ""
    """A good name; empty where nothing says one."""
    kind: FieldKind | None = None
    """What may be filled in, where its place says so."""
    choices: tuple[str, ...] = ()
    """What else is possible there, where that is known."""


def roles(
    code: str, language: str, values: tuple[Value, ...], known: Collection[str] = ()
) -> dict[int, Role]:
    """Say what each value is for, by the place where it begins; `known` are columns."""
    if language == "python":
        return _python(code, values, known)
    if language == "sql":
        return {one.start: _sql(code, one) for one in values}
    return {}


def kind_of(role: Role, values: list[Value]) -> FieldKind:
    """Say what may be filled in where these values stood."""
    if role.kind is FieldKind.COLUMN or role.kind is FieldKind.DATASET:
        return role.kind if all(_can_be_name(one) for one in values) else FieldKind.CHOICE
    if role.choices:
        return FieldKind.CHOICE
    if all(one.is_text for one in values):
        is_date = all(_DATE.fullmatch(one.text) for one in values)
        return FieldKind.DATE if is_date else FieldKind.TEXT
    is_number = all(not one.is_text and one.source[:1] not in "TFN" for one in values)
    return FieldKind.NUMBER if is_number else FieldKind.CHOICE


def _can_be_name(one: Value) -> bool:
    return one.is_text or one.form is SpotForm.NAME


def name_from(text: str) -> str:
    """Make a name of a text."""
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text))
    name = "_".join(words).lower()[:30].strip("_")
    return f"n_{name}" if name[:1].isdigit() else name


# -- Python -----------------------------------------------------------------------------------


def _python(code: str, values: tuple[Value, ...], known: Collection[str]) -> dict[int, Role]:
    plain = without_magics(code)
    try:
        tree = parse(plain)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    place = places(code, plain)
    found: dict[int, Role] = {}
    strings: list[tuple[int, int, Role]] = []
    columns = {id(node) for node in column_nodes(tree)}
    for node, above in _with_parents(tree):
        match node:
            case ast.JoinedStr():
                role = _role(node, above)
                start = place(node.lineno, node.col_offset)
                end = place(node.end_lineno, node.end_col_offset)
                strings.append((start, end, Role(role.name or "text")))
            case ast.Constant() if not any(isinstance(one, ast.JoinedStr) for one in above):
                first: ast.expr = node
                if above and isinstance(above[-1], ast.UnaryOp):
                    first, above = above[-1], above[:-1]
                role = _role(first, above)
                if id(node) in columns and node.value in known:
                    name = role.name if role.name in _ALL_COLUMNS else "column"
                    role = Role(name, FieldKind.COLUMN)
                found[place(first.lineno, first.col_offset)] = role
    for value in values:
        for start, end, role in strings:
            if value.start not in found and start <= value.start < end:
                found[value.start] = role
    return found


def _with_parents(tree: ast.AST) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
    waiting: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        line = [*above[-6:], node]
        waiting += [(child, line) for child in reversed(list(ast.iter_child_nodes(node)))]


def _role(node: ast.AST, above: list[ast.AST]) -> Role:
    """Say what a value is for, by what it stands in."""
    parent = above[-1] if above else None
    match parent:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            whole = _role(parent, above[:-1])
            number = next((at for at, part in enumerate(parts, 1) if part is node), 0)
            return Role(f"{whole.name}_{number}" if whole.name else "", whole.kind)
        case ast.Dict(keys=keys, values=parts):
            for key, part in zip(keys, parts, strict=True):
                if part is node and isinstance(key, ast.Constant):
                    return Role(name_from(str(key.value)))
            return Role()
        case ast.keyword(arg=str(name)):
            called = next(
                (_called(one) for one in reversed(above) if isinstance(one, ast.Call)), ""
            )
            known = () if called in ("apply", "imshow") else _KNOWN.get(name, ())
            return Role(name_from(name), choices=known)
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return Role(_target(target))
        case ast.NamedExpr(target=target):
            return Role(target.id)
        case ast.arguments():
            return _default(node, parent)
        case ast.Call(args=args):
            return _argument(node, parent, args)
        case ast.Compare(left=left, ops=ops, comparators=others):
            operands = [left, *others]
            at = next((n for n, one in enumerate(operands) if one is node), 0)
            other = operands[at - 1] if at else operands[1]
            sign = _COMPARED.get(type(ops[at - 1 if at else 0]), "")
            if not at:  # 5 < x
                sign = {"min_": "max_", "max_": "min_"}.get(sign, sign)
            named = name_from(_last_name(other))
            return Role(f"{sign}{named}" if named else "")
        case ast.BinOp(op=op):
            return Role(_COUNTED.get(type(op), ""))
        case ast.Slice(lower=lower):
            return Role("start" if lower is node else "stop")
        case ast.Return():
            return Role("value")
    return Role()


def _argument(node: ast.AST, call: ast.Call, args: list[ast.expr]) -> Role:
    called = _called(call)
    at = next((n for n, one in enumerate(args) if one is node), 0)
    names = _BY_PLACE.get(called, ())
    if called == "range" and len(args) == 1:
        names = ("count",)
    name = names[at] if at < len(names) else ""
    kind = FieldKind.DATASET if called == "dataset" and not at else None
    choices = _SUMS if called in ("agg", "aggregate") and not at else _KNOWN.get(name, ())
    return Role(name, kind, choices if name != "how" or called == "agg" else ())


def _default(node: ast.AST, arguments: ast.arguments) -> Role:
    every = [*arguments.posonlyargs, *arguments.args]
    pairs = list(
        zip(every[len(every) - len(arguments.defaults) :], arguments.defaults, strict=True)
    )
    pairs += [
        (one, value)
        for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if value is not None
    ]
    for one, value in pairs:
        if value is node:
            return Role(name_from(one.arg), choices=_literal(one.annotation))
    return Role()


def _literal(annotation: ast.expr | None) -> tuple[str, ...]:
    """Read `Literal["left", "right"]`."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal")):
            inside = annotation.slice
            parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            return tuple(
                one.value
                for one in parts
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
    return ()


def _called(call: ast.AST) -> str:
    match call:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name
    return ""


def _target(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name_from(name)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name_from(name)
    return ""


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=inside)):
            return _last_name(inside)
        case ast.Call(args=[first, *_]):
            return _last_name(first)
    return ""


# -- SQL --------------------------------------------------------------------------------------


def _sql(code: str, one: Value) -> Role:
    found = _IN_SQL.search(code, max(0, one.start - 200), one.start)
    said: Mapping[str, str | None] = found.groupdict() if found else {}
    if one.form is SpotForm.NAME:
        if said.get("table"):
            return Role("dataset", FieldKind.DATASET)
        return Role("column", FieldKind.COLUMN)
    if said.get("limit"):
        return Role("limit")
    if said.get("date"):
        return Role("day", FieldKind.DATE)
    if name := said.get("between"):
        return Role(f"{'max' if said.get('second') else 'min'}_{name_from(name)}")
    if name := said.get("left"):
        sign = {">": "min_", ">=": "min_", "<": "max_", "<=": "max_", "<>": "not_", "!=": "not_"}
        return Role(sign.get(said.get("sign") or "", "") + name_from(name))
    return Role()
