"""What code of other languages defines and imports, as far as Pygments' lexers tell.

Works on marked words, not on a tree: good for finding a block again, not for renaming in it.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST = 200_000
_WORD = re.compile(r"[\w.$:/@-]+$")

# Where the lexer marks no name: an import or a definition as the language writes it.
_SCRIPT = r"(?m)^\s*(?:export\s+)?(?:default\s+)?"
_IMPORTS: dict[str, str] = {
    "javascript": r"""(?:\bfrom\s*|\brequire\(\s*|\bimport\(?\s*)['"]([^'"]+)['"]""",
    "typescript": r"""(?:\bfrom\s*|\brequire\(\s*|\bimport\(?\s*)['"]([^'"]+)['"]""",
    "r": r"""(?:\b(?:library|require|requireNamespace)\(\s*['"]?([\w.]+)|\b([\w.]+):::?\w)""",
    "julia": r"(?m)^\s*(?:using|import)\s+([\w.]+)",
    "rust": r"(?m)^\s*(?:pub\s+)?use\s+(\w+)",
    "go": r"""(?m)^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+)"\s*$""",
    "c": r"""(?m)^\s*#\s*include\s*[<"]([^>"]+)[>"]""",
    "cpp": r"""(?m)^\s*#\s*include\s*[<"]([^>"]+)[>"]""",
    "java": r"(?m)^\s*import\s+(?:static\s+)?([\w.]+)",
    "kotlin": r"(?m)^\s*import\s+([\w.]+)",
    "scala": r"(?m)^\s*import\s+([\w.]+)",
    "ruby": r"""(?m)^\s*require(?:_relative)?\s+['"]([^'"]+)['"]""",
    "bash": r"""(?m)^\s*(?:source|\.)\s+['"]?([\w./~-]+)""",
    "perl": r"(?m)^\s*use\s+([A-Z][\w:]*)",
    "php": r"(?m)^\s*use\s+([\w\\]+)",
    "csharp": r"(?m)^\s*using\s+([\w.]+)\s*;",
}
_FUNCTIONS: dict[str, str] = {
    "javascript": _SCRIPT + r"(?:async\s+)?(?:function\s*\*?\s*(\w+)|(?:const|let|var)\s+(\w+)"
    r"\s*=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>))",
    "r": r"([\w.]+)\s*(?:<-|=)\s*function\s*\(",
    "bash": r"(?m)^\s*(?:function\s+([\w-]+)|([\w-]+)\s*\(\)\s*\{)",
    "julia": r"(?m)^\s*(?:function\s+(\w+)|(\w+)\([^()\n]*\)\s*=[^=])",
    "go": r"(?m)^\s*func\s+(?:\([^()]*\)\s*)?(\w+)",
    "sql": r"(?i)\bcreate\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:function|macro)\s+(\w+)",
}
_FUNCTIONS["typescript"] = _FUNCTIONS["javascript"]
_CLASSES: dict[str, str] = {
    "javascript": _SCRIPT + r"class\s+(\w+)",
    "typescript": _SCRIPT + r"(?:abstract\s+)?(?:class|interface|enum|type)\s+(\w+)",
    "rust": r"\b(?:struct|enum|trait)\s+(\w+)",
    "go": r"(?m)^\s*type\s+(\w+)",
    "julia": r"\bstruct\s+(\w+)",
}


@dataclass(frozen=True)
class Lexed:
    """What the words of a text say."""

    imports: tuple[str, ...] = ()
    """What it imports."""
    functions: tuple[str, ...] = ()
    """The functions that it defines."""
    classes: tuple[str, ...] = ()
    """The classes and types that it defines."""


def lex(code: str, language: str) -> Lexed:
    """Read a text by the lexer of its language; nothing where there is none."""
    lexer = lexer_of(language)
    if lexer is None or len(code) > LONGEST:
        return Lexed()
    from pygments.token import Comment, Name, String

    imports: list[str] = []
    functions: list[str] = []
    classes: list[str] = []
    rest: list[str] = []  # the text without comments
    before: Any = None
    for kind, word in lexer.get_tokens(code):
        if kind in Comment and kind not in Comment.Preproc and kind not in Comment.PreprocFile:
            continue
        rest.append(word if kind not in String.Doc else "")
        if _WORD.match(word):
            if kind in Name.Function and kind not in Name.Function.Magic:
                functions.append(word)
            elif kind in Name.Class:
                classes.append(word)
            elif kind in Name.Namespace and before is not Name.Namespace:
                imports.append(word)
        before = kind
    text = "".join(rest)
    # Where a pattern is known it is exact; some lexers mark calls as functions, too.
    if language in _IMPORTS:
        imports = _found(_IMPORTS[language], text)
    if language in _FUNCTIONS:
        functions = _found(_FUNCTIONS[language], text)
    if language in _CLASSES:
        classes = _found(_CLASSES[language], text)
    return Lexed(*(tuple(dict.fromkeys(names)) for names in (imports, functions, classes)))


def _found(pattern: str, text: str) -> list[str]:
    return [next(filter(None, found.groups()), "") for found in re.finditer(pattern, text)]


@cache
def lexer_of(language: str) -> "Lexer | None":
    """Give the lexer of a language; None where there is none."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language) if language and language != "text" else None
    except ClassNotFound:
        return None
