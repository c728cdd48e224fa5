"""Takes a .py file apart into functions, and a notebook into cells. Pure; nothing is run."""

import ast
import json
from collections.abc import Iterable, Iterator
from typing import Any

from sponde_server.library.records import CellText

from .facts import clean_name, facts_of, language_of, name_for, names_of, tidy
from .parsing import parse_some
from .splitting_records import CodePiece, WholeText

LONGEST = 5_000_000


def pieces_of(whole: WholeText) -> list[CodePiece]:
    """Take apart what was given; the same code twice is one piece."""
    found: list[CodePiece] = []
    if whole.python:
        found += split_python(whole.python)
    if whole.notebook:
        found += split_notebook(whole.notebook)
    found += split_cells(whole.cells, whole.language)
    return list({piece.code: piece for piece in reversed(found)}.values())[::-1]


def split_python(text: str) -> list[CodePiece]:
    """Give each function and class at the top of a file, with the imports that it needs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tree = parse_some(text) if len(text) <= LONGEST else None
    if tree is None:
        return []
    lines = text.split("\n")
    imports = _imports(tree)
    found: list[CodePiece] = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
        begin = _comment_above(lines, first)
        body = "\n".join(lines[begin - 1 : node.end_lineno])
        needed = names_of(body).needs
        above = [source for names, source in imports if names & set(needed)]
        code = tidy("\n".join([*above, "", "", body]) if above else body)
        name = clean_name(node.name) or node.name
        found.append(CodePiece(code=code, name=name, language="python", is_worth=True, line=first))
    return found


def split_notebook(text: str) -> list[CodePiece]:
    """Give each code cell of a notebook's JSON that holds code; nothing where it is no notebook."""
    try:
        notebook = json.loads(text) if len(text) <= 10 * LONGEST else None
    except (ValueError, RecursionError):
        return []
    if not isinstance(notebook, dict):
        return []
    return split_cells(_cells(notebook), _language(notebook))


def split_cells(cells: Iterable[CellText], language: str = "python") -> list[CodePiece]:
    """Give each cell that holds more than blanks, comments and magics."""
    found: list[CodePiece] = []
    for number, cell in enumerate(cells, 1):
        code = tidy(cell.code)
        spoken = language_of(code) if code.startswith("%%") else language or language_of(code)
        if not code or (spoken == "python" and not _says_something(code)):
            continue
        facts = facts_of(code, spoken)
        found.append(
            CodePiece(
                code=code,
                name=name_for(code, spoken, "", facts),
                language=spoken,
                is_worth=spoken != "python" or is_worth(code),
                cell_id=cell.id,
                line=number,
            )
        )
    return found


def is_worth(code: str) -> bool:
    """Whether Python is more than imports and looks at values (`df.head()`, `print(x)`)."""
    tree = parse_some(code)
    if tree is None:
        return False
    said = [node for node in tree.body if not isinstance(node, ast.Pass)]
    plain = (ast.Import, ast.ImportFrom)
    return any(not isinstance(node, plain) and not _is_look(node) for node in said)


def _is_look(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr):
        return False
    # A long chain is work; `df.head()`, `len(df)`, `df` are looks.
    calls = sum(isinstance(part, ast.Call) for part in ast.walk(node))
    return calls < 2


def _says_something(code: str) -> bool:
    """Whether more than comments and magics stands there."""
    tree = parse_some(code)
    if tree is None:
        return any(
            line.strip() and not line.lstrip().startswith(("#", "%", "!", "?"))
            for line in code.split("\n")
        )
    return any(not isinstance(node, ast.Pass) for node in tree.body)


def _imports(tree: ast.Module) -> list[tuple[set[str], str]]:
    """Give the names that each import of the file's top brings, and its text."""
    found: list[tuple[set[str], str]] = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                continue
            for alias in node.names:
                brings = alias.asname or alias.name.split(".")[0]
                one = (
                    ast.Import([alias])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(node.module, [alias], node.level)
                )
                found.append(({brings}, ast.unparse(one)))
    return found


def _comment_above(lines: list[str], first: int) -> int:
    """Give the line on which the comment right above a definition begins."""
    while first > 1 and lines[first - 2].startswith("#") and not lines[first - 2].startswith("#!"):
        first -= 1
    return first


def _cells(notebook: dict[str, Any]) -> Iterator[CellText]:
    sheets = notebook.get("worksheets") or [{}]  # notebooks before format 4
    cells = notebook.get("cells") or (sheets[0].get("cells") if isinstance(sheets[0], dict) else [])
    for number, cell in enumerate(cells if isinstance(cells, list) else []):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        yield CellText(id=str(cell.get("id") or number), code=text)


def _language(notebook: dict[str, Any]) -> str:
    told = notebook.get("metadata")
    told = told if isinstance(told, dict) else {}
    for key, field in (("kernelspec", "language"), ("language_info", "name")):
        part = told.get(key)
        if isinstance(part, dict) and isinstance(part.get(field), str) and part[field]:
            return language_of("", part[field])
    return "python"
