"""The parameters cell of a notebook: what it takes.

The cell (the first that is tagged `parameters`) is read and never run. Only the names that it
assigns may be given. Does not know given values: given.py does.
"""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sponde_server.core.errors import Invalid
from sponde_server.core.syntax import parse, parse_expression

from .records import Parameter, ParameterType

TAG = "parameters"
HOW_TO_TAG = (
    "Put the values that may change into one cell, select it, and add the tag 'parameters' in the "
    "property inspector (the gears at the right edge of JupyterLab, Common Tools, Cell Tags)."
)
_NAMED_TYPES = {
    "int": ParameterType.INT,
    "float": ParameterType.FLOAT,
    "str": ParameterType.STR,
    "bool": ParameterType.BOOL,
    "date": ParameterType.DATE,
    "list": ParameterType.LIST,
    "List": ParameterType.LIST,
    "Sequence": ParameterType.LIST,
    "tuple": ParameterType.LIST,
    "dict": ParameterType.DICT,
    "Dict": ParameterType.DICT,
    "Mapping": ParameterType.DICT,
}
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Notebook:
    """What a run needs to know of a notebook before it starts."""

    kernel: str
    """The kernel's name."""
    language: str
    """The language's name in lower case."""
    cell: str | None
    """The text of the parameters cell; None where there is none."""


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file, or refuse it in a sentence."""
    if path.suffix != ".ipynb":
        raise Invalid(f"'{path.name}' is not a notebook.", "Choose a file that ends in .ipynb.")
    try:
        content = json.loads(path.read_text("utf-8"))
        cells = content["cells"]
        metadata = content.get("metadata", {})
        spec = metadata.get("kernelspec", {})
        language = spec.get("language") or metadata.get("language_info", {}).get("name") or "python"
        return Notebook(
            kernel=str(spec.get("name") or "python3"),
            language=str(language).lower(),
            cell=_tagged(cells),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            f"'{path.name}' cannot be read as a notebook.",
            "Open it in JupyterLab and save it there; that renews notebooks of format 3 and older.",
        ) from error


def _tagged(cells: Iterable[Mapping[str, Any]]) -> str | None:
    for cell in cells:
        if cell.get("cell_type") == "code" and TAG in cell.get("metadata", {}).get("tags", ()):
            source = cell.get("source", "")
            return source if isinstance(source, str) else "".join(source)
    return None


def note(notebook: Notebook) -> str:
    """Say why a notebook has no parameters and how to make some; nothing where it has."""
    if notebook.language not in ("python", "ipython"):
        return (
            f"Parameters can be read from Python notebooks only; this one is in "
            f"{notebook.language.capitalize()}. It can run as it stands."
        )
    if notebook.cell is None:
        return f"This notebook has no parameters cell, so it runs as it stands. {HOW_TO_TAG}"
    try:
        found = read(notebook)
    except Invalid as error:
        return f"{error.message} {error.hint}"
    return "" if found else f"The parameters cell assigns nothing. {HOW_TO_TAG}"


def read(notebook: Notebook) -> tuple[Parameter, ...]:
    """Read the names that the parameters cell assigns, in order; the last assignment counts."""
    if notebook.cell is None or notebook.language not in ("python", "ipython"):
        return ()
    found: dict[str, Parameter] = {}
    for item, _ in _assigned(notebook.cell):
        found[item.name] = item
    return tuple(found.values())


def date_objects(notebook: Notebook) -> set[str]:
    """Name the parameters that are `date(…)` in the cell, not text: they stay dates in the run."""
    if notebook.cell is None or notebook.language not in ("python", "ipython"):
        return set()
    return {item.name for item, is_object in _assigned(notebook.cell) if is_object}


# -- reading the cell -------------------------------------------------------------------------


def _assigned(source: str) -> Iterator[tuple[Parameter, bool]]:
    """Yield each parameter, and whether its value is a date object."""
    # A magic is no Python; its line stays, so that line numbers stay.
    code = _MAGIC.sub(r"\1pass", source)
    try:
        tree = parse(code)
    except SyntaxError as error:
        raise Invalid(
            f"Line {error.lineno} of the parameters cell is not Python: {error.msg}.",
            "Correct the cell in the notebook and save it.",
        ) from error
    comments = _comments(code)
    for statement in tree.body:
        for name, annotation, value in _targets(statement):
            if name.startswith("_"):
                continue
            item, is_object = _parameter(name, annotation, value, code)
            yield replace(item, help=_help(statement, comments)), is_object


def _targets(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id, statement.annotation, statement.value
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _unpacked(target, statement.value)


def _unpacked(
    target: ast.expr, value: ast.expr
) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, None, value
    elif (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
    ):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _unpacked(one, its)


def _parameter(
    name: str, annotation: ast.expr | None, value: ast.expr | None, source: str
) -> tuple[Parameter, bool]:
    kind, choices, is_optional = _annotated(annotation)
    if value is None:
        made = Parameter(
            name=name,
            type=kind or ParameterType.ANY,
            choices=choices,
            is_optional=is_optional,
            is_required=True,
        )
        return made, kind is ParameterType.DATE
    called = _date_call(value)
    if called is not None:
        made = Parameter(
            name=name, type=ParameterType.DATE, default=called, is_optional=is_optional
        )
        return made, True
    try:
        default = _plain(value)
    except ValueError:
        made = Parameter(
            name=name,
            type=kind or ParameterType.ANY,
            choices=choices,
            is_optional=is_optional,
            expression=ast.get_source_segment(source, value) or "",
        )
        return made, kind is ParameterType.DATE
    if kind is None:
        kind = _type_of(default)
    elif kind is ParameterType.STR and choices is None and is_iso_date(default):
        kind = ParameterType.DATE
    is_object = kind is ParameterType.DATE and annotation is not None and default is None
    return (
        Parameter(
            name=name,
            type=kind,
            default=default,
            choices=choices,
            is_optional=is_optional or default is None,
        ),
        is_object,
    )


def _annotated(node: ast.expr | None) -> tuple[ParameterType | None, tuple[Any, ...] | None, bool]:
    """Read an annotation: the type, the choices, and whether None is one of them."""
    if node is None:
        return None, None, False
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _annotated(parse_expression(node.value))
        except SyntaxError:
            return None, None, False
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right])
    if isinstance(node, ast.Subscript):
        return _subscripted(_last_name(node.value), node.slice)
    return _NAMED_TYPES.get(_last_name(node)), None, False


def _subscripted(
    name: str, inner: ast.expr
) -> tuple[ParameterType | None, tuple[Any, ...] | None, bool]:
    parts = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    if name == "Optional":
        kind, choices, _ = _annotated(inner)
        return kind, choices, True
    if name == "Union":
        return _union(parts)
    if name == "Annotated":
        return _annotated(parts[0])
    if name == "Literal":
        try:
            values = [_plain(part) for part in parts]
        except ValueError:
            return None, None, False
        choices = tuple(value for value in values if value is not None)
        kinds = {_type_of(value) for value in choices}
        kind = kinds.pop() if len(kinds) == 1 else ParameterType.ANY
        if kind is ParameterType.DATE:
            kind = ParameterType.STR
        return kind, choices, None in values
    return _NAMED_TYPES.get(name), None, False


def _union(parts: list[ast.expr]) -> tuple[ParameterType | None, tuple[Any, ...] | None, bool]:
    kinds: list[ParameterType | None] = []
    choices: tuple[Any, ...] | None = None
    is_optional = False
    for part in parts:
        if isinstance(part, ast.Constant) and part.value is None:
            is_optional = True
            continue
        kind, these, optional = _annotated(part)
        kinds.append(kind)
        choices = these if these is not None else choices
        is_optional = is_optional or optional
    if set(kinds) == {ParameterType.INT, ParameterType.FLOAT}:
        return ParameterType.FLOAT, None, is_optional
    if len(kinds) == 1:
        return kinds[0], choices, is_optional
    return ParameterType.ANY, None, is_optional


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _plain(node: ast.expr) -> Any:
    """Evaluate a literal, or arithmetic of numbers, to what JSON can carry; else ValueError."""
    if isinstance(node, ast.BinOp):
        return _arithmetic(node)
    try:
        value = ast.literal_eval(node)
        text = json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("not a plain value") from error
    if _has_odd_key(value):
        raise ValueError("JSON has no such keys")
    return json.loads(text)


def _has_odd_key(value: Any) -> bool:
    if isinstance(value, dict):
        return any(not isinstance(key, str) or _has_odd_key(one) for key, one in value.items())
    if isinstance(value, list | tuple):
        return any(_has_odd_key(one) for one in value)
    return False


def _arithmetic(node: ast.BinOp) -> int | float:
    left, right = _plain(node.left), _plain(node.right)
    for side in (left, right):
        if isinstance(side, bool) or not isinstance(side, int | float):
            raise ValueError("not numbers")
    try:
        if isinstance(node.op, ast.Add):
            return left + right  # type: ignore[no-any-return]
        if isinstance(node.op, ast.Sub):
            return left - right  # type: ignore[no-any-return]
        if isinstance(node.op, ast.Mult):
            return left * right  # type: ignore[no-any-return]
        if isinstance(node.op, ast.Div):
            return left / right  # type: ignore[no-any-return]
    except ArithmeticError as error:
        raise ValueError("not a number") from error
    raise ValueError("not simple arithmetic")


def _type_of(value: Any) -> ParameterType:
    if isinstance(value, bool):
        return ParameterType.BOOL
    if isinstance(value, int):
        return ParameterType.INT
    if isinstance(value, float):
        return ParameterType.FLOAT
    if isinstance(value, str):
        return ParameterType.DATE if is_iso_date(value) else ParameterType.STR
    if isinstance(value, list):
        return ParameterType.LIST
    if isinstance(value, dict):
        return ParameterType.DICT
    return ParameterType.ANY


def is_iso_date(value: Any) -> bool:
    """Whether a value is text such as 2026-01-31."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _date_call(node: ast.expr) -> str | None:
    """Read `date(2026, 1, 31)` as 2026-01-31."""
    if not isinstance(node, ast.Call) or _last_name(node.func) != "date":
        return None
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    names = ["year", "month", "day"][: len(node.args)] + [k.arg or "" for k in node.keywords]
    try:
        parts = {name: ast.literal_eval(one) for name, one in zip(names, given, strict=True)}
        return date(**parts).isoformat()
    except (ValueError, TypeError):
        return None


def _comments(source: str) -> dict[int, tuple[bool, str]]:
    """Find the comments by line: whether each stands alone, and its text."""
    found: dict[int, tuple[bool, str]] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                alone = token.line[: token.start[1]].strip() == ""
                found[token.start[0]] = (alone, token.string.lstrip("#:! ").strip())
    except tokenize.TokenError:
        return found
    return found


def _help(statement: ast.stmt, comments: dict[int, tuple[bool, str]]) -> str:
    """Give the comment at the statement's end, or those right above it."""
    beside = comments.get(statement.end_lineno or statement.lineno)
    if beside is not None and not beside[0]:
        return beside[1]
    above: list[str] = []
    line = statement.lineno - 1
    while line in comments and comments[line][0]:
        above.insert(0, comments[line][1])
        line -= 1
    return " ".join(above)
