"""A collection as a Python module: imports on top, functions and classes as they are, and of every
other block a function whose arguments are what it needs and whose result is what it makes.

Pure, and on the syntax: what would say something else after it was moved in is left out, and told.
"""

import ast
import keyword
from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sponde_server.core.errors import Conflict, Invalid
from sponde_server.core.syntax import parse
from sponde_server.library.code.facts import names_of
from sponde_server.library.code.parts import Part, PartKind, bindings, own_nodes, read_part, surely
from sponde_server.library.fits.renames import renamed

from .gathering import Constant, Gathered, Import, gather, import_lines, without
from .moving import compiles, docstring, indented, with_definition, without_notebook_lines
from .ordering import standing
from .records import Collection

_DISPLAY = Import("IPython.display", "display", "")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SHOWING = {"print", "display", "show"}


@dataclass
class _Step:
    """A block as a function."""

    name: str
    takes: list[str]
    values: list[str]
    """The constants that it takes, too."""
    gives: list[str]
    is_async: bool


@dataclass
class _Module:
    """What is written so far."""

    imports: set[Import]
    constants: tuple[Constant, ...]
    variables: frozenset[str]
    """Every name that some block binds other than by defining or importing it."""
    words: frozenset[str]
    """Every name that some block binds or needs."""
    opens: list[str] = field(default_factory=list)
    """Lines `from x import *`: they may stand on top only."""
    pieces: list[str] = field(default_factory=list)
    steps: list[_Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    defined: dict[str, str] = field(default_factory=dict)
    """What is defined on top, each with the text that defines it."""
    other: dict[str, str] = field(default_factory=dict)
    """Definitions that have another name here, as an earlier block's has theirs: old to new."""

    @property
    def on_top(self) -> set[str]:
        """The names that every function can see."""
        values = {one.name for one in self.constants}
        return {*self.defined, *values, *(one.bound for one in self.imports)}


def module(collection: Collection, parts: Sequence[Part]) -> tuple[str, tuple[str, ...]]:
    """Write the module of a collection, and say in sentences what a person should know of it."""
    gathered = gather(parts)
    python = [part for part in parts if part.kind is PartKind.PYTHON]
    made = _Module(
        imports=set(gathered.imports),
        constants=gathered.constants,
        variables=frozenset(name for part in python for name in _variables(part)),
        words=frozenset(name for part in python for name in (*part.names.bound, *part.needs)),
        notes=[_left_out(part) for part in parts if part.kind is not PartKind.PYTHON],
    )
    for place, part in enumerate(python):
        _add(made, part, gathered, {name for one in python[place + 1 :] for name in one.needs})
    made.notes += [
        f"'{clash.name}' means different things in two blocks: its imports stay in the functions."
        for clash in gathered.clashes
    ]
    text = _text(collection, made)
    if not compiles(text):
        raise Conflict(
            f"'{collection.name}' could not be made a module.", "Make a notebook of it instead."
        )
    return text, tuple(dict.fromkeys(made.notes))


def in_order(parts: Sequence[Part]) -> list[Part]:
    """Give the blocks in the order of their needs."""
    gathered = gather(parts)
    above = {*gathered.bound, *(one.name for one in gathered.constants)}
    known = {part.block.id: part for part in parts}
    return [known[block_id] for block_id in standing(parts, above).sorted_ids]


def _left_out(part: Part) -> str:
    name = part.block.name
    if part.kind is PartKind.BROKEN:
        return f"'{name}' is left out: it is no Python that can be read."
    return f"'{name}' is left out: it is {part.block.language or 'text'}, not Python."


def _variables(part: Part) -> set[str]:
    """Name what a block binds other than by defining it."""
    defined = [node.name for node in part.tree.body if isinstance(node, _Definition)]
    names = [name for name, _ in bindings(part.tree.body)]
    for name in defined:
        names.remove(name)
    return set(names)


# -- one block ------------------------------------------------------------------------------


def _add(made: _Module, part: Part, gathered: Gathered, wanted: set[str]) -> None:
    """Add one block: its definitions on top, the rest as a function."""
    part = _with_names(made, part)
    alone = _standing_alone(made, part)
    taken = set(gathered.taken(part.block.id))
    for node in alone:
        text = _segment(part, node)
        if made.defined.get(node.name) != text:
            made.defined[node.name] = text
            made.pieces.append(text)
        taken.update(range(_first_line(part, node), (node.end_lineno or node.lineno) + 1))
    for one in part.tree.body:
        if isinstance(one, ast.ImportFrom) and one.names[0].name == "*" and one.col_offset == 0:
            line = f"from {'.' * one.level}{one.module or ''} import *"
            made.opens.append(line)
            made.notes.append(f"`{line}` stands on top: its names may hide others.")
            taken.update(range(one.lineno, (one.end_lineno or one.lineno) + 1))
    body, magics = without_notebook_lines(without(part.code, taken))
    if magics:
        made.notes.append(
            f"What only a notebook runs is a comment: `{magics[0]}` of '{part.block.name}'"
            + (f" and {len(magics) - 1} more." if len(magics) > 1 else ".")
        )
    if any(isinstance(node, ast.Name) and node.id == "display" for node in ast.walk(part.tree)):
        made.imports.add(_DISPLAY)
    if not compiles(_function("_probe", [], body, is_async=_is_async(body))):
        made.notes.append(f"'{part.block.name}' is left out: its code cannot stand in a function.")
        return
    rest = [node for node in parse(body).body if not isinstance(node, ast.Pass)]
    if any(not _is_text(node) for node in rest):
        _add_function(made, part, body, wanted)


def _with_names(made: _Module, part: Part) -> Part:
    """Give a block the names that definitions have here, and its own ones that are taken others."""
    own = {node.name: node for node in part.tree.body if isinstance(node, _Definition)}
    code = part.code
    for name, node in own.items():
        known = made.defined.get(name)
        if known is not None and known != _segment(part, node):
            new = _free(name, made.on_top | made.words)
            moved = with_definition(code, name, new) if code == part.plain else None
            said = f"Two blocks define '{name}'"
            if moved is None:
                made.notes.append(f"{said}: '{part.block.name}' keeps its own inside its function.")
                continue
            made.notes.append(f"{said}: that of '{part.block.name}' is '{new}' here.")
            part = _read_again(part, moved)
            code = part.code
            made.other[name] = new
    others = {old: new for old, new in made.other.items() if old in part.needs and old not in own}
    try:
        return _read_again(part, renamed(code, others, {})) if others else part
    except (Conflict, Invalid) as error:
        made.notes.append(f"'{part.block.name}': {error.message}")
        return part


def _read_again(part: Part, code: str) -> Part:
    return replace(read_part(replace(part.block, code=code, language="python")), tables=part.tables)


def _standing_alone(made: _Module, part: Part) -> list[_Definition]:
    """Find the functions and classes that need nothing of what their block does besides."""
    names = [name for name, _ in bindings(part.tree.body)]
    found = [
        node
        for node in part.tree.body
        if isinstance(node, _Definition)
        and names.count(node.name) == 1
        and made.defined.get(node.name, _segment(part, node)) == _segment(part, node)
        and node.name not in made.variables
        and not any(isinstance(inner, ast.Global) for inner in ast.walk(node))
        and _is_whole(part, node)
        and compiles(_segment(part, node))
    ]
    needs = {node.name: set(names_of(_segment(part, node)).needs) for node in found}
    while True:
        there = made.on_top | {node.name for node in found}
        kept = [node for node in found if needs[node.name] <= there]
        if len(kept) == len(found):
            return kept
        found = kept


def _add_function(made: _Module, part: Part, body: str, wanted: set[str]) -> None:
    tree = parse(body)
    names = names_of(body)
    values = [one.name for one in made.constants if one.name in names.needs]
    seen = made.on_top
    takes = [name for name in (*names.needs, *part.tables) if name not in seen]
    if part.names.imports_all:
        given = {name for step in made.steps for name in step.gives}
        takes = [name for name in takes if name in given]
    gives = _gives(tree, takes, names.changes, wanted)
    body = _ended(body, tree, gives)
    step = _Step(
        name=_function_name(made, part),
        takes=takes,
        values=values,
        gives=gives,
        is_async=_is_async(body),
    )
    says = "" if tree.body and _is_text(tree.body[0]) else docstring(_about(part))
    arguments = [*takes, *(f"{name}={name}" for name in values)]
    text = _function(step.name, arguments, body, says=says, is_async=step.is_async)
    if not compiles(text):
        made.notes.append(f"'{part.block.name}' is left out: its code cannot stand in a function.")
        return
    if any(isinstance(node, ast.Global) for node in ast.walk(tree)):
        made.notes.append(f"'{part.block.name}' says `global`: that means this module's names now.")
    made.defined[step.name] = text
    made.pieces.append(text)
    made.steps.append(step)


def _gives(
    tree: ast.Module, takes: Sequence[str], changes: Some[str], wanted: set[str]
) -> list[str]:
    """Name what the function gives back: what the block makes, or else what it changes."""
    nested = {node.name for node in tree.body if isinstance(node, _Definition)}
    sure = surely(tree.body) | set(takes)
    made: dict[str, None] = {}
    for name, is_loop in bindings(tree.body):
        is_told = not is_loop and not name.startswith("_") and name in sure
        if name in wanted or (is_told and name not in nested):
            made[name] = None
    changed = [name for name in takes if name in changes and name not in made]
    for name in changed:
        if name in wanted or not made:
            made[name] = None
    return list(made) or [name for name in nested if name in sure]


def _ended(body: str, tree: ast.Module, gives: Sequence[str]) -> str:
    """Write the function's end: give back what is made, or else the value of the last line."""
    last = tree.body[-1]
    lines = body.split("\n")
    is_own_line = last.col_offset == 0 and isinstance(last, ast.Expr)
    if gives:
        if is_own_line and isinstance(last, ast.Expr) and isinstance(last.value, ast.Name):
            del lines[last.lineno - 1 : last.end_lineno]
            while lines and not lines[-1].strip():
                lines.pop()
        return "\n".join([*lines, f"return {', '.join(gives)}"])
    if is_own_line and isinstance(last, ast.Expr) and not _only_shows(last.value):
        lines[last.lineno - 1] = f"return {lines[last.lineno - 1]}"
    return "\n".join(lines)


def _only_shows(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _SHOWING
        case ast.Constant():
            return True
    return False


def _function(
    name: str, arguments: Sequence[str], body: str, *, says: str = "", is_async: bool = False
) -> str:
    head = f"{'async ' if is_async else ''}def {name}({', '.join(arguments)}):"
    if len(head) > 99:
        inner = "".join(f"    {one},\n" for one in arguments)
        head = f"{'async ' if is_async else ''}def {name}(\n{inner}):"
    lines = [head, *([indented(says)] if says else []), indented(body) or "    pass"]
    if not body.strip() or all(line.lstrip().startswith("#") for line in body.split("\n")):
        lines.append("    pass")
    return "\n".join(lines)


def _about(part: Part) -> str:
    said = part.block.description.strip()
    if said:
        return said if said.endswith((".", "!", "?")) else f"{said}."
    words = part.block.name.replace("-", "_").replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}."


def _function_name(made: _Module, part: Part) -> str:
    name = part.block.name.replace("-", "_")
    if name in made.variables:
        name = f"make_{name}"
    elif name in made.on_top | made.words:
        name = f"run_{name}"
    return _free(name, made.on_top | made.words | {"main"})


def _free(wanted: str, taken: Some[str]) -> str:
    name, number = wanted, 2
    while name in taken or keyword.iskeyword(name):
        name, number = f"{wanted}_{number}", number + 1
    return name


def _first_line(part: Part, node: _Definition) -> int:
    """Name a definition's first line: its decorators', or that of the comment right above."""
    line = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    lines = part.plain.split("\n")
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line


def _segment(part: Part, node: _Definition) -> str:
    lines = part.plain.split("\n")[_first_line(part, node) - 1 : node.end_lineno]
    return "\n".join(lines)


def _is_whole(part: Part, node: _Definition) -> bool:
    """Whether nothing else stands on its lines."""
    last = part.plain.split("\n")[(node.end_lineno or node.lineno) - 1]
    behind = last.encode()[node.end_col_offset :].decode(errors="replace").strip()
    return node.col_offset == 0 and (not behind or behind.startswith("#"))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_async(body: str) -> bool:
    try:
        tree = parse(body)
    except (SyntaxError, ValueError):
        return False
    waits = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(
        isinstance(node, waits) or (isinstance(node, ast.comprehension) and node.is_async)
        for node in own_nodes(tree.body)
    )


# -- the whole ------------------------------------------------------------------------------


def _text(collection: Collection, made: _Module) -> str:
    said = collection.description.strip()
    title = collection.name if collection.name.endswith((".", "!", "?")) else f"{collection.name}."
    main = _main(made)
    imports = set(made.imports)
    if main and any(step.is_async for step in made.steps):
        imports.add(Import("", "asyncio", ""))
    top = [
        docstring(f"{title}\n\n{said}" if said else title),
        *([import_lines(imports)] if imports else []),
        *(["\n".join(dict.fromkeys(made.opens))] if made.opens else []),
        *(["\n".join(one.text for one in made.constants)] if made.constants else []),
    ]
    return "\n\n\n".join(["\n\n".join(top), *made.pieces, *main]) + "\n"


def _main(made: _Module) -> list[str]:
    """Write the function that runs the others in their order."""
    if not made.steps:
        return []
    there: set[str] = set()
    takes: dict[str, None] = {}
    values: dict[str, None] = {}
    lines: list[str] = []
    for step in made.steps:
        for name in step.takes:
            if name not in there:
                takes[name] = None
        values |= dict.fromkeys(step.values)
        given = [*step.takes, *(f"{name}={name}" for name in step.values)]
        call = f"{'await ' if step.is_async else ''}{step.name}({', '.join(given)})"
        lines.append(f"{', '.join(step.gives)} = {call}" if step.gives else call)
        there.update(step.gives)
    last = made.steps[-1]
    if last.gives:
        lines.append(f"return {', '.join(last.gives)}")
    else:
        lines[-1] = f"return {lines[-1]}"
    is_async = any(step.is_async for step in made.steps)
    name = _free("main", made.on_top | made.words)
    arguments = [*takes, *(f"{one}={one}" for one in values)]
    says = docstring("Run all of it, in its order.")
    main = _function(name, arguments, "\n".join(lines), says=says, is_async=is_async)
    if takes:
        return [main]
    start = f"asyncio.run({name}())" if is_async else f"{name}()"
    return [main, f'if __name__ == "__main__":\n    {start}']
