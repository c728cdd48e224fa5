"""Python as people write it into notebooks, to Python's own tree.

Notebook lines (`%magic`, `!command`, `help?`) and prompts (`>>>`) are taken out as far as the
grammar needs that; where the whole does not parse, the statements that do are kept. Runs nothing.
"""

import ast
import re
import warnings

from sponde_server.core.syntax import parse

# At most so many attempts at a broken text, and so many of its pieces in one attempt.
_MOST_TRIES = 400
_MOST_JOINED = 40

_MAGIC_LINE = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_MAGIC_VALUE = re.compile(r"^(\s*[\w.,\s\[\]'\"]+=\s*)[%!](?!=).*$")
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.|In \[\d+\]:|\s+\.\.\.:)(?: |$)")
_GOES_ON = re.compile(r"(?:[\s)\]}#]|(?:else|elif|except|finally|case)\b)")


def parse_whole(code: str) -> ast.Module | None:
    """Parse a text, its notebook lines and prompts left out; None where it is no Python."""
    # One after the other: nearly all code is Python as it stands, and is looked at once.
    return _first(code) or _first(without_magics(code), _without_prompts(code))


def parse_some(code: str) -> ast.Module | None:
    """Parse a text, or else the statements of it that parse by themselves."""
    whole = parse_whole(code)
    if whole is not None:
        return whole
    pieces = _pieces(without_magics(code))
    body: list[ast.stmt] = []
    at, tries = 0, 0
    while at < len(pieces) and tries < _MOST_TRIES:
        ends = range(at + 1, min(len(pieces), at + _MOST_JOINED) + 1)
        for end in ends:
            tries += 1
            tree = _first("\n".join(pieces[at:end]))
            if tree is not None or tries >= _MOST_TRIES:
                break
        else:
            tree, end = None, at + 1
        body += tree.body if tree else []
        at = end
    return ast.Module(body, []) if body else None


def without_magics(code: str) -> str:
    """Put `pass` in the place of notebook lines, so that Python can read the rest."""
    lines = code.split("\n")
    if lines and lines[0].lstrip().startswith("%%"):
        lines[0] = ""
    read: list[str] = []
    goes_on = False  # the line before was a command that ends in a backslash
    for line in lines:
        if goes_on:
            read.append("")
        else:
            read.append(_MAGIC_VALUE.sub(r"\1None", _MAGIC_LINE.sub(r"\1pass", line)))
        goes_on = (goes_on or read[-1] != line) and line.endswith("\\")
    return "\n".join(read)


def _first(*texts: str) -> ast.Module | None:
    for text in dict.fromkeys(texts):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a wrong escape in someone's code
                return parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _without_prompts(code: str) -> str:
    """Keep what stands behind the prompts of a console, where there are any."""
    lines = code.split("\n")
    asked = [_PROMPT.sub("", line) for line in lines if _PROMPT.match(line)]
    return "\n".join(asked) if asked else code


def _pieces(code: str) -> list[str]:
    """Cut a text before each line that may begin a statement of its own."""
    pieces: list[list[str]] = []
    for line in code.split("\n"):
        decorated = bool(pieces) and pieces[-1][-1].startswith("@")
        if pieces and (not line.strip() or _GOES_ON.match(line) or decorated):
            pieces[-1].append(line)
        else:
            pieces.append([line])
    return ["\n".join(piece) for piece in pieces]
