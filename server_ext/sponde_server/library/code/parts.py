"""Blocks as parts of something bigger: each read for what it binds, makes and needs.

Pure. A part is Python as a cell of a Python kernel runs it: SQL is wrapped, other languages keep
their cell magic, and what no Python kernel runs is told by its kind.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from sponde_server.core.syntax import parse
from sponde_server.library.fields.filling import has_parameters, parameters_cell, with_parameters
from sponde_server.library.records import CodeBlock

from .facts import Names, names_of
from .parsing import without_magics

_MAGICS = {
    "bash": "bash", "html": "html", "javascript": "javascript", "latex": "latex", "perl": "perl",
    "ruby": "ruby",
}  # fmt: skip


class PartKind(StrEnum):
    """What a block is to a Python notebook."""

    PYTHON = "python"
    """Python that can be read."""
    BROKEN = "broken"
    """Python that cannot be read."""
    MAGIC = "magic"
    """Another language that a Python kernel runs by a cell magic."""
    PROSE = "prose"
    """Markdown."""
    FOREIGN = "foreign"
    """A language that no Python kernel runs."""


@dataclass(frozen=True)
class Part:
    """A block and what its text says."""

    block: CodeBlock
    kind: PartKind
    code: str
    """Its text as a cell holds it."""
    plain: str
    """The text that the tree was read from: line for line the code, magics left out."""
    tree: ast.Module
    """What it says; empty where it is no Python."""
    names: Names
    """What it binds, needs and changes."""
    tables: tuple[str, ...] = ()
    """The variables that its SQL reads as tables."""
    fields: tuple[tuple[str, str], ...] = ()
    """What its fields are called here, each with the line that gives it its value."""

    @cached_property
    def made(self) -> tuple[str, ...]:
        """The names that it binds other than by an import, in order; each once."""
        return tuple(dict.fromkeys(name for name, _ in bindings(self.tree.body)))

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The names that must be there before it runs."""
        return tuple(dict.fromkeys([*self.names.needs, *self.tables]))


def read_parts(blocks: Iterable[CodeBlock]) -> list[Part]:
    """Read blocks that belong together: SQL over what another block makes reads the variable."""
    blocks = list(blocks)
    taken = {name for block in blocks for name in (*block.facts.defines, *block.facts.needs)}
    parts = [read_part(block, _called(block, taken)) for block in blocks]
    made = {name for part in parts if part.block.language != "sql" for name in part.made}
    for place, part in enumerate(parts):
        tables = part.block.facts.datasets
        if part.block.language == "sql" and tables and made.issuperset(tables):
            code = part.code[part.code.index(".sql(") :]
            also = "import sponde\n" if part.fields else ""
            code = f"import duckdb\n{also}\nduckdb{code}.df()"
            again = read_part(replace(part.block, code=code, language="python"))
            parts[place] = replace(again, block=part.block, tables=tables, fields=part.fields)
    return parts


def read_part(block: CodeBlock, called: Mapping[str, str] | None = None) -> Part:
    """Read a block; `called` are its fields, each with the name that it has here."""
    kind, code = _as_cell(block, called or {})
    plain, tree = code, None
    if kind is PartKind.PYTHON:
        for plain in (code, without_magics(code)):
            try:
                tree = parse(plain)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            break
        if tree is None:
            kind = PartKind.BROKEN
    return Part(
        block=block,
        kind=kind,
        code=code,
        plain=plain,
        tree=tree or ast.Module([], []),
        names=names_of(code) if tree else Names(),
        fields=_fields(block, called or {}),
    )


def _called(block: CodeBlock, taken: set[str]) -> dict[str, str]:
    """Name a block's fields as no other name of the whole is called."""
    called = {}
    for field in block.fields if has_parameters(block) else ():
        name, number = field.name, 2
        while name in taken and name not in block.facts.defines:
            name, number = f"{field.name}_{number}", number + 1
        taken.add(name)
        called[field.name] = name
    return called


def _fields(block: CodeBlock, called: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    lines = parameters_cell(block, names=called).split("\n") if called else []
    return tuple(zip(called.values(), lines, strict=True))


def sql_cell(code: str, tables: Iterable[str], *, is_filled: bool = False) -> str:
    """Write SQL as Python that runs it over the datasets that it names.

    Filled: it is the body of an f-string, as fields.py writes it.
    """
    quotes = "'''" if not is_filled and ('"""' in code or code.endswith('"')) else '"""'
    mark = "f" if is_filled else "r" if chr(92) in code else ""
    text = f"{mark}{quotes}\n{code}\n{quotes}"
    first = next(iter(tables), "")
    if not first:
        return f"import duckdb\n\nduckdb.sql({text}).df()"
    name = first.replace("\\", "\\\\").replace('"', '\\"')
    return f'import sponde\n\nsponde.dataset("{name}").sql({text})'


def _as_cell(block: CodeBlock, called: Mapping[str, str]) -> tuple[PartKind, str]:
    language = block.language
    code = with_parameters(block, called) if called else block.code
    if language == "markdown":
        return PartKind.PROSE, code
    if language == "sql" and not code.lstrip().startswith(("%", "!")):
        text = sql_cell(code, block.facts.datasets, is_filled=bool(called))
        has_import = not called or text.startswith("import sponde")
        return PartKind.PYTHON, text if has_import else f"import sponde\n{text}"
    if language == "python" and not code.lstrip().startswith("%%"):
        return PartKind.PYTHON, code
    if code.lstrip().startswith("%%"):
        return PartKind.MAGIC, code
    if code.lstrip().startswith(("%", "!")):
        return PartKind.PYTHON, code
    if language in _MAGICS:
        return PartKind.MAGIC, f"%%{_MAGICS[language]}\n{code}"
    return PartKind.FOREIGN, code


# -- what statements bind -----------------------------------------------------------------------

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def bindings(body: Iterable[ast.AST], is_loop: bool = False) -> Iterator[tuple[str, bool]]:
    """Give the names that statements bind in their own scope, and whether only a loop's head does.

    Imports are left out; a name that is bound twice comes twice.
    """
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, False
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, is_loop
            case ast.For() | ast.AsyncFor():
                yield from bindings([node.target], True)
                yield from bindings([node.iter, *node.body, *node.orelse], is_loop)
            case ast.ExceptHandler(name=name):
                yield from bindings(node.body, is_loop)  # its own name is gone after it
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, True
                yield from bindings(ast.iter_child_nodes(node), is_loop)
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                continue
            case ast.DictComp() | ast.Import() | ast.ImportFrom():
                continue
            case _:
                yield from bindings(ast.iter_child_nodes(node), is_loop)


def surely(body: Iterable[ast.stmt]) -> set[str]:
    """Name what is bound whichever way these statements go."""
    found: set[str] = set()
    for node in body:
        match node:
            case ast.If():
                found |= surely(node.body) & surely(node.orelse)
            case ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
                found |= surely(node.orelse) if isinstance(node, ast.While) else set()
            case ast.Try() | ast.TryStar():
                ways = [surely([*node.body, *node.orelse])]
                ways += [surely(one.body) for one in node.handlers if not _leaves(one.body)]
                found |= set.intersection(*ways) | surely(node.finalbody)
            case ast.With() | ast.AsyncWith():
                found |= {name for item in node.items for name, _ in bindings([item])}
                found |= surely(node.body)
            case ast.Delete():
                found -= {one.id for one in node.targets if isinstance(one, ast.Name)}
            case _:
                found |= {name for name, _ in bindings([node])}
    return found


def _leaves(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Raise | ast.Continue | ast.Break | ast.Return)


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk what runs with the statements themselves: not into functions and classes."""
    for node in body:
        yield node
        if not isinstance(node, _SCOPES):
            yield from own_nodes(ast.iter_child_nodes(node))
