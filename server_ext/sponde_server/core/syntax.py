"""Python's own parser, one thread at a time.

In CPython 3.11 the depth that `ast.parse` counts is shared by all threads: two that parse at once
can end in `SystemError: AST constructor recursion depth mismatch` (seen here under load).
"""

import ast
import threading

_one = threading.Lock()


def parse(source: str) -> ast.Module:
    """Parse Python statements; raises SyntaxError, or ValueError for a NUL character."""
    with _one:
        return ast.parse(source)


def parse_expression(source: str) -> ast.expr:
    """Parse one Python expression; raises as `parse` does."""
    with _one:
        return ast.parse(source, mode="eval").body
