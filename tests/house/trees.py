"""The syntax of our Python, read once for all rules."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text("utf-8"))


@cache
def names_in(path: Path) -> tuple[ast.AST, ...]:
    """Give what a module defines and declares, at whatever depth."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)
    return tuple(node for node in ast.walk(tree_of(path)) if isinstance(node, kinds))
