"""What several blocks have in common, on top once: their imports, and the values that may change.

Pure. An import moves up only where its name means the same in every block; what could mean
something else stays where it was written.
"""

import ast
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sponde_server.core.syntax import parse
from sponde_server.library.code.parts import Part, PartKind, bindings, own_nodes

_LONGEST_TEXT = 200


@dataclass(frozen=True)
class Import:
    """One name that an import binds."""

    module: str
    """The module that it is taken from; empty for `import x`."""
    name: str
    """What is imported."""
    alias: str
    """The name that it gets; empty where it keeps its own."""

    @property
    def bound(self) -> str:
        """The name that is there afterwards."""
        return self.alias or (self.name if self.module else self.name.split(".")[0])

    @property
    def meaning(self) -> tuple[str, str]:
        """What that name means: `import a.b` and `import a.c` both make `a` the package a."""
        return self.module, self.name if self.module or self.alias else self.name.split(".")[0]


@dataclass(frozen=True)
class Constant:
    """A plain value with a name, written once in one block."""

    name: str
    value: str
    """As it is written."""
    text: str
    """The whole statement, with the comment behind it."""
    block_id: str
    line: int
    """Where it stands in the block; 0 where it is one of its fields."""


@dataclass(frozen=True)
class Clash:
    """A name that means different things in two blocks."""

    name: str
    block_id: str
    """The later block."""
    other_id: str
    """The earlier one."""


@dataclass(frozen=True)
class Gathered:
    """What stands on top, and where it was taken from."""

    imports: tuple[Import, ...] = ()
    constants: tuple[Constant, ...] = ()
    lines: dict[str, frozenset[int]] | None = None
    """By block: the lines (from 1) that moved up."""
    clashes: tuple[Clash, ...] = ()

    def taken(self, block_id: str) -> frozenset[int]:
        """The lines of a block that stand on top."""
        return (self.lines or {}).get(block_id, frozenset())

    @property
    def bound(self) -> frozenset[str]:
        """The names that the imports on top bind."""
        return frozenset(one.bound for one in self.imports)


def gather(parts: Sequence[Part], *, is_constants: bool = True) -> Gathered:
    """Find what can stand on top of all of them."""
    python = [part for part in parts if part.kind is PartKind.PYTHON]
    meanings: dict[str, dict[tuple[str, str], str]] = {}
    for part in python:
        for node in _imports(part.tree):
            for one in _names(node):
                meanings.setdefault(one.bound, {}).setdefault(one.meaning, part.block.id)
    made = {name for part in python for name in part.made}
    free = {name for name, means in meanings.items() if len(means) == 1 and name not in made}
    constants = tuple(_constants(python)) if is_constants else ()
    constants = (*(one for part in python for one in _fields(part)), *constants)
    imports: list[Import] = []
    lines: dict[str, set[int]] = {}
    for part in python:
        taken = lines.setdefault(part.block.id, set())
        for statement in part.tree.body:
            if not isinstance(statement, ast.Import | ast.ImportFrom) or not _may_move(statement):
                continue
            names = list(_names(statement))
            if all(one.bound in free or one.module == "__future__" for one in names):
                imports += names
                taken.update(_own_lines(part, statement))
        taken.update(
            line
            for one in constants
            if one.block_id == part.block.id and one.line
            for line in range(one.line, one.line + one.text.count("\n") + 1)
        )
    return Gathered(
        imports=tuple(dict.fromkeys(imports)),
        constants=constants,
        lines={block_id: frozenset(taken) for block_id, taken in lines.items()},
        clashes=tuple(_import_clashes(python, meanings)),
    )


def import_lines(imports: Collection[Import]) -> str:
    """Write imports as a person would: the future first, Python's own, then the rest."""
    blocks: list[list[str]] = [[], [], []]
    plain = sorted({one for one in imports if not one.module}, key=lambda one: one.name)
    for one in plain:
        text = f"import {one.name}" + (f" as {one.alias}" if one.alias else "")
        blocks[1 if _is_own(one.name) else 2].append(text)
    modules = sorted({one.module for one in imports if one.module})
    for module in modules:
        names = sorted(
            {
                one.name + (f" as {one.alias}" if one.alias else "")
                for one in imports
                if one.module == module
            }
        )
        group = 0 if module == "__future__" else 1 if _is_own(module) else 2
        blocks[group].append(_from(module, names))
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def without(code: str, taken: Collection[int]) -> str:
    """Give a text without these lines (from 1), and without the blank lines that this leaves."""
    kept: list[str] = []
    for number, line in enumerate(code.split("\n"), 1):
        if number in taken:
            continue
        is_gap = not line.strip() and (not kept or not kept[-1].strip())
        if not (is_gap and taken and number - 1 in taken) and (kept or line.strip()):
            kept.append(line)
    return "\n".join(kept).rstrip()


def _from(module: str, names: list[str]) -> str:
    text = f"from {module} import {', '.join(names)}"
    if len(text) <= 88:
        return text
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _is_own(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names


def _imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in own_nodes(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _names(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    module = ""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
    for alias in node.names:
        given = alias.asname or ""
        yield Import(module, alias.name, given if given != alias.name or not module else "")


def _may_move(node: ast.Import | ast.ImportFrom) -> bool:
    is_open = any(alias.name == "*" for alias in node.names)
    return not is_open and not (isinstance(node, ast.ImportFrom) and node.level)


def _own_lines(part: Part, node: ast.stmt) -> range:
    """Name a statement's lines where nothing else stands on them; none where something does."""
    first, last = node.lineno, node.end_lineno or node.lineno
    lines = part.plain.split("\n")
    before = lines[first - 1].encode()[: node.col_offset].decode(errors="replace")
    behind = lines[last - 1].encode()[node.end_col_offset :].decode(errors="replace").strip()
    if before.strip() or (behind and not behind.startswith("#")):
        return range(0)
    return range(first, last + 1)


def _import_clashes(
    parts: Sequence[Part], meanings: dict[str, dict[tuple[str, str], str]]
) -> Iterator[Clash]:
    """Tell of names that are imported twice as different things, or that a block also makes."""
    told: set[tuple[str, str, str]] = set()
    for name, means in meanings.items():
        ids = list(dict.fromkeys(means.values()))
        makers = [part.block.id for part in parts if name in part.made]
        for other in (*ids[1:], *makers):
            if other != ids[0] and (name, other, ids[0]) not in told:
                told.add((name, other, ids[0]))
                yield Clash(name, other, ids[0])


def _constants(parts: Sequence[Part]) -> Iterator[Constant]:
    """Find the plain values that are bound once in all and never change."""
    bound: dict[str, int] = {}
    spoiled: set[str] = set()
    for part in parts:
        for name, _ in bindings(part.tree.body):
            bound[name] = bound.get(name, 0) + 1
        spoiled |= part.names.changes
        for node in ast.walk(part.tree):
            match node:
                case ast.Global(names=names) | ast.Nonlocal(names=names):
                    spoiled.update(names)
                case ast.Delete(targets=targets):
                    spoiled.update(one.id for one in targets if isinstance(one, ast.Name))
                case ast.Import() | ast.ImportFrom():
                    spoiled.update(one.bound for one in _names(node))
    for part in parts:
        for statement in part.tree.body:
            name, value = _assigned(statement)
            if not name or value is None or not _is_plain(value):
                continue
            is_ours = bound.get(name) == 1 and name not in spoiled and name not in part.needs
            lines = _own_lines(part, statement)
            if is_ours and lines and not name.startswith("_"):
                rows = part.plain.split("\n")[lines.start - 1 : lines.stop - 1]
                yield Constant(
                    name=name,
                    value=ast.get_source_segment(part.plain, value) or "None",
                    text="\n".join(rows).strip(),
                    block_id=part.block.id,
                    line=lines.start,
                )


def _fields(part: Part) -> Iterator[Constant]:
    for name, line in part.fields:
        value = ast.unparse(parse(line).body[0].value)  # type: ignore[attr-defined]
        yield Constant(name=name, value=value, text=line, block_id=part.block.id, line=0)


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return "", None


def _is_plain(value: ast.expr) -> bool:
    """Whether it is a value that a person would set: a number, a short text, a list of such."""
    match value:
        case ast.Constant(value=str(text)):
            return len(text) <= _LONGEST_TEXT and "\n" not in text
        case ast.Constant(value=bool() | int() | float()):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return bool(parts) and all(
                _is_plain(one) and not isinstance(one, ast.List | ast.Tuple) for one in parts
            )
    return False
