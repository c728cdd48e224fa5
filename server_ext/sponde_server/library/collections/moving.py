"""Moves Python into functions, its long texts untouched, and renames what it defines. Pure."""

import ast
import io
import re
import tokenize
import warnings

from sponde_server.core.syntax import parse
from sponde_server.library.code.parsing import without_magics

_INDENT = "    "


def indented(code: str) -> str:
    """Indent code by one step; the lines inside of long texts stay as they are."""
    inside = _text_lines(code)
    return "\n".join(
        line if number in inside or not line.strip() else _INDENT + line
        for number, line in enumerate(code.split("\n"), 1)
    )


def without_notebook_lines(code: str) -> tuple[str, list[str]]:
    """Make comments of the lines that only a notebook runs, and give them."""
    plain = without_magics(code)
    if plain == code or compiles(_probe(code)):
        return code, []
    found: list[str] = []
    lines: list[str] = []
    for was, now in zip(code.split("\n"), plain.split("\n"), strict=True):
        if was == now:
            lines.append(was)
            continue
        found.append(was.strip())
        is_free = not now.strip() or now == "pass"
        lines.append(f"# {was.strip()}" if is_free else f"{now}  # {was.strip()}")
    return "\n".join(lines), found


def with_definition(code: str, old: str, new: str) -> str | None:
    """Give the function or class that a module defines another name; None where that is unsafe."""
    tree = parse(code)
    rows = [line.encode() for line in code.split("\n")]
    edits: list[tuple[int, int]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if name == old:
                if not isinstance(node.ctx, ast.Load):
                    return None
                edits.append((node.lineno - 1, node.col_offset))
                node.id = new
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ) if name == old:
                head = re.match(rb"(?:async\s+)?(?:def|class)\s+", rows[node.lineno - 1])
                if node.col_offset or head is None:
                    return None
                edits.append((node.lineno - 1, head.end()))
                node.name = new
            case ast.arg(arg=name) | ast.alias(asname=name) | ast.alias(name=name) if name == old:
                return None
            case ast.Global(names=names) | ast.Nonlocal(names=names) if old in names:
                return None
    for row, column in sorted(set(edits), reverse=True):
        line = rows[row]
        rows[row] = line[:column] + new.encode() + line[column + len(old.encode()) :]
    text = b"\n".join(rows).decode(errors="replace")
    try:
        return text if ast.dump(parse(text)) == ast.dump(tree) else None
    except (SyntaxError, ValueError):
        return None


def docstring(text: str) -> str:
    """Write a text as a docstring."""
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    if safe.endswith('"'):
        safe += " "
    return f'"""{safe}\n"""' if "\n" in safe else f'"""{safe}"""'


def compiles(code: str) -> bool:
    """Whether Python takes it; nothing is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<collection>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _probe(code: str) -> str:
    return f"async def _probe():\n{indented(code)}\n{_INDENT}pass"


def _text_lines(code: str) -> set[int]:
    """Find the lines that begin inside of a text."""
    inside: set[int] = set()
    begun: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":  # Python 3.12: an f-string is many tokens
                begun.append(token.start[0])
            elif name == "FSTRING_END" and begun:
                inside.update(range(begun.pop() + 1, token.end[0] + 1))
            elif name == "STRING":
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, IndentationError):
        return inside
    return inside
