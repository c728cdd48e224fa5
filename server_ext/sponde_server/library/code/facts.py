"""What a block of code says about itself: its language, what it imports, defines and needs, a name.

Pure text work. Notebook lines (`%magic`, `!command`, `help?`) are taken out first, as far as
Python's own grammar needs that. Does not run anything and does not import IPython.
"""

import ast
import builtins
import hashlib
import json
import re
import textwrap
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from sponde_server.library.records import CodeFacts

from .lexed import lex
from .packages import packages_of
from .parsing import parse_some, parse_whole
from .sql import is_query
from .touched import touched, touched_by_sql

VERSION = 2
"""Of what is read here: facts of an older version are read again in the background."""

ALIASES = {
    "py": "python", "python3": "python", "python2": "python", "ipython": "python",
    "ipython3": "python", "pycon": "python", "jupyter": "python", "sage": "python",
    "sh": "bash", "shell": "bash", "zsh": "bash", "console": "bash", "shell-session": "bash",
    "shellsession": "bash", "terminal": "bash", "cmd": "batch", "bat": "batch",
    "ps1": "powershell", "pwsh": "powershell", "posh": "powershell",
    "js": "javascript", "node": "javascript", "jsx": "javascript", "mjs": "javascript",
    "ts": "typescript", "tsx": "typescript", "yml": "yaml", "md": "markdown", "jl": "julia",
    "rs": "rust", "golang": "go", "c++": "cpp", "cxx": "cpp", "hpp": "cpp", "h": "c",
    "c#": "csharp", "cs": "csharp", "kt": "kotlin", "rb": "ruby", "pl": "perl", "rscript": "r",
    "rlang": "r", "tex": "latex", "htm": "html", "jsonc": "json", "json5": "json",
    "ndjson": "json", "jsonl": "json", "dockerfile": "docker", "makefile": "make", "patch": "diff",
    "postgres": "sql", "postgresql": "sql", "psql": "sql", "duckdb": "sql", "sqlite": "sql",
    "sqlite3": "sql", "mysql": "sql", "tsql": "sql", "bigquery": "sql", "snowflake": "sql",
    "txt": "text", "plaintext": "text", "plain": "text", "output": "text", "none": "text",
}  # fmt: skip
_CELL_MAGICS = {
    "bash": "bash", "sh": "bash", "script": "bash", "sql": "sql", "html": "html",
    "HTML": "html", "svg": "html", "SVG": "html", "javascript": "javascript", "js": "javascript",
    "latex": "latex", "markdown": "markdown", "R": "r", "julia": "julia", "perl": "perl",
    "ruby": "ruby", "writefile": "text", "file": "text",
}  # fmt: skip
_COMMENTS = r"(?:--[^\n]*\n|/\*.*?\*/|\s)*"
_SQL = re.compile(
    _COMMENTS + r"(?:with\s+(?:recursive\s+)?\w+\s*(?:\([^()]*\)\s*)?as\s*(?:materialized\s*)?\(|"
    r"insert\s+(?:or\s+\w+\s+)?into\s|update\s+[\w.\"]+\s+set\s|delete\s+from\s|merge\s+into\s|"
    r"(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:temp\w*\s+)?(?:table|view|index|schema|macro|"
    r"function|type|sequence|database|materialized)\s|(?:describe|summarize|pivot|copy)\s+[\w.'\"(]+|"
    r"explain\s+(?:analyze\s+)?select\b)",
    re.IGNORECASE | re.DOTALL,
)
_MAY_BE_SQL = re.compile(_COMMENTS + r"(?:select|from)\b", re.IGNORECASE | re.DOTALL)
_SELECTS = re.compile(_COMMENTS + r"(?:SELECT\b.*\bFROM\b|select\b.*\n\s*from\b)", re.DOTALL)
_SHELL = re.compile(
    r"\s*(?:#!.*sh\b|\$ |(?:sudo|apt|apt-get|brew|pip3?|conda|mamba|uv|npm|npx|git|cd|ls|mkdir|rm|"
    r"cp|mv|curl|wget|docker|echo|cat|grep|export|chmod|make|jupyter|python3?)(?:\s|$))"
)
_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|div|p|table|span|svg|script|style)\b", re.I)
# The rest, by what only that language writes; in this order.
_SIGNS: list[tuple[str, re.Pattern[str]]] = [
    ("diff", re.compile(r"(?:diff --git |--- \S+.*\n\+\+\+ |@@ -\d)")),
    ("docker", re.compile(r"(?:#.*\n|\s)*FROM \S+(?: AS \w+)?\n(?:.*\n)*?(?:RUN|CMD|COPY) ")),
    ("r", re.compile(r"(?m)^\s*[\w.$\[\]\"]+\s*<-\s|^\s*library\(\w+\)\s*$|%>%")),
    ("cpp", re.compile(r"(?m)^\s*#\s*include\s*<(?:iostream|vector|string|map|memory)>|\bstd::")),
    ("c", re.compile(r"(?m)^\s*#\s*include\s*[<\"]")),
    ("rust", re.compile(r"(?m)^\s*(?:pub\s+)?fn\s+\w+\s*[<(]|^\s*use\s+\w+::|\blet\s+mut\s")),
    ("go", re.compile(r"(?m)^\s*package\s+\w+\s*$|^func\s+(?:\(.*?\)\s*)?\w+\(")),
    ("java", re.compile(r"(?m)^\s*(?:public|private|protected)\s+(?:static\s|final\s)*[\w<>]+\s")),
    ("typescript", re.compile(r"(?m)^\s*(?:export\s+)?(?:interface\s+\w+.*\{|type\s+\w+\s*=)|"
                              r"^\s*(?:const|let)\s+\w+\s*:\s*\w")),
    ("javascript", re.compile(r"(?m)^\s*(?:(?:export\s+)?(?:const|let|var)\s+[\w{\[][^=\n]*=|"
                              r"(?:async\s+)?function\s*\w*\s*\(|import\s.*\bfrom\s+['\"])|=>\s*\{|"
                              r"\bconsole\.log\(")),
    ("julia", re.compile(r"(?m)^\s*(?:using\s+[A-Z]\w+|function\s+\w+.*\n(?:.*\n)*?end\s*$)")),
    ("latex", re.compile(r"\s*\\(?:documentclass|begin|usepackage|section)\b")),
    ("toml", re.compile(r"(?m)^\s*\[[\w.\"-]+\]\s*$\n(?:\s*\n|#.*\n)*^[\w.-]+\s*=\s")),
    ("yaml", re.compile(r"\A(?:#.*\n|---[ \t]*\n)*[\w.-]+:(?: \S.*)?\n"
                        r"(?:(?:[ \t]+\S|- |#|[\w.-]+:).*(?:\n|$)|[ \t]*\n)+\Z")),
    ("markdown", re.compile(r"(?m)\A#{1,6} \S.*\n|^\|[ :-]+\|[ :|-]+$")),
]  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_KNOWN = frozenset(dir(builtins)) | {
    "__name__", "__file__", "display", "get_ipython", "In", "Out", "_", "__", "exit", "quit",
}  # fmt: skip


def tidy(code: str) -> str:
    """Give the code as it is kept: LF line ends, no blank lines around, no common indent."""
    lines = code.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    text = "\n".join(lines)
    return textwrap.dedent(text).rstrip(" \t") if text[:1] in " \t" else text.rstrip(" \t")


def code_hash(code: str) -> str:
    """Name a text by its content: the same for codes that differ in trailing white space only."""
    lines = (line.rstrip() for line in tidy(code).split("\n"))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def language_of(code: str, said: str = "") -> str:
    """Name the language: what somebody said, else what the text can be; text where nothing fits."""
    told = language_said(said)
    if told:
        return told
    first = code.lstrip().split("\n", 1)[0]
    if first.startswith("%%"):
        name = first[2:].split(" ", 1)[0].strip()
        return _CELL_MAGICS.get(name, "python")
    if _is_json(code):
        return "json"
    tree = parse_whole(code)
    if tree is not None and tree.body and _is_meant(tree):
        one_name = len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)
        return "bash" if one_name and _SHELL.match(code) else "python"
    if _SQL.match(code) or _SELECTS.match(code) or (_MAY_BE_SQL.match(code) and is_query(code)):
        return "sql"
    for pattern, language in ((_SHELL, "bash"), (_HTML, "html")):
        if pattern.match(code):
            return language
    return next((language for language, sign in _SIGNS if sign.search(code)), _python_or_text(code))


def _is_meant(tree: ast.Module) -> bool:
    """Tell Python from what its grammar takes, too: `x <- 5` of R, and YAML's `name: 5` alone."""
    is_r = any(
        isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Compare)
        and isinstance(one.value.ops[0], ast.Lt)
        and isinstance(one.value.comparators[0], ast.UnaryOp)
        and isinstance(one.value.comparators[0].op, ast.USub)
        for one in tree.body
    )
    pairs = [one for one in tree.body if isinstance(one, ast.AnnAssign) and one.value is None]
    is_yaml = len(pairs) == len(tree.body) > 1 and any(
        isinstance(one.annotation, ast.Constant) for one in pairs
    )
    return not is_r and not is_yaml


def language_said(info: str) -> str:
    """Read an info string: `Py`, `python3 title="x"`, `{.python .numberLines}`, `c++`."""
    words = info.strip().strip("{").replace(",", " ").split(maxsplit=1)
    if not words:
        return ""
    name = words[0].strip("{}.,:").lower().removeprefix("language-").removeprefix("lang-")
    return ALIASES.get(name, name)


def _python_or_text(code: str) -> str:
    """Tell Python with a slip in it from words: some of its statements say more than a name."""
    tree = parse_some(code)
    if tree is None:
        return "text"
    told = (
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.FunctionDef,
        ast.ClassDef,
        ast.For,
        ast.With,
    )
    return "python" if any(isinstance(node, told) for node in tree.body) else "text"


def facts_of(code: str, language: str, datasets: Collection[str] = ()) -> CodeFacts:
    """Read what code imports, defines, needs and touches; `datasets` are those that there are."""
    if language == "python":
        return _facts_of_python(code, datasets)
    if language == "sql":
        found = touched_by_sql(_without_first_magic(code), datasets)
        return CodeFacts(
            functions=lex(code, "sql").functions,
            datasets=tuple(found.datasets),
            columns=tuple(found.columns),
            makes=tuple(found.makes),
        )
    said = lex(_without_first_magic(code), language)
    return CodeFacts(
        imports=said.imports,
        functions=said.functions,
        classes=said.classes,
        defines=tuple(dict.fromkeys([*said.functions, *said.classes])),
    )


def _facts_of_python(code: str, datasets: Collection[str]) -> CodeFacts:
    tree = parse_some(code)
    if tree is None:
        return CodeFacts()
    reader = _Reader()
    with suppress(RecursionError):  # code that some program wrote: what was read so far is kept
        reader.read(tree.body)
    found = touched(tree, datasets, reader.bound)
    imports = tuple(name for name in dict.fromkeys(reader.imports) if name != "__future__")
    functions, classes = _defined(tree)
    return CodeFacts(
        imports=imports,
        defines=tuple(name for name in dict.fromkeys(reader.defines) if not name.startswith("_")),
        needs=tuple(dict.fromkeys(reader.needs)),
        packages=packages_of(imports),
        functions=functions,
        classes=classes,
        datasets=tuple(found.datasets),
        columns=tuple(found.columns),
        makes=tuple(found.makes),
    )


def _defined(tree: ast.Module) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the functions and classes that are there after the code, in `if` and `try` too."""
    functions: list[str] = []
    classes: list[str] = []
    waiting: list[ast.AST] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append(node.name)
        elif isinstance(node, ast.ClassDef):
            classes.append(node.name)
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            waiting += [
                part
                for part in reversed(list(ast.iter_child_nodes(node)))
                if isinstance(part, ast.stmt | ast.ExceptHandler)
            ]
    return tuple(dict.fromkeys(functions)), tuple(dict.fromkeys(classes))


def _without_first_magic(code: str) -> str:
    first, _, rest = code.partition("\n")
    return rest if first.startswith("%%") else code


@dataclass(frozen=True)
class Names:
    """What a cell of Python binds, needs and changes in place."""

    bound: frozenset[str] = frozenset()
    """The names that are there after it, imports too."""
    needs: tuple[str, ...] = ()
    """The names that must be there before it runs."""
    changes: frozenset[str] = frozenset()
    """The names whose values it changes in place: `df["x"] = 1`, `rows.append(1)`."""
    imports_all: bool = False
    """Whether it imports names that its text does not tell (`from x import *`)."""


def names_of(code: str) -> Names:
    """Read what a cell binds and needs; nothing where it is no Python."""
    is_other = code.lstrip().startswith("%%") and language_of(code) != "python"
    tree = None if is_other else parse_whole(code)
    if tree is None:
        return Names()
    reader = _Reader()
    try:
        reader.read(tree.body)
        changes = frozenset(_changed(tree))
    except RecursionError:
        return Names()
    needs = tuple(dict.fromkeys(reader.needs))
    return Names(frozenset(reader.bound), needs, changes, reader.imports_all)


def name_for(code: str, language: str, description: str, facts: CodeFacts) -> str:
    """Make a name from what a person said, else from a comment, else from what the code does."""
    tries: list[str] = [description, comment_in(code)]
    tree = parse_whole(code) if language == "python" else None
    if tree is not None:
        tries += [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ][:1]
        tries.append(" ".join(_calls(tree)))
    tries += [" ".join(facts.defines[:2]), _first_words(code)]
    for text in tries:
        name = clean_name(text)
        if name:
            return name
    return f"{language or 'code'}_block"


def clean_name(text: str) -> str:
    """Turn words into a name of at most 40 letters: `Plot, by state` becomes `plot_by_state`."""
    name = ""
    for word in _WORD.findall(text.lower()):
        longer = f"{name}_{word}" if name else word[:40]
        if len(longer) > 40:
            break
        name = longer
    # A reference in a message, @name, begins with a letter of ASCII.
    return name if not name or "a" <= name[0] <= "z" else f"block_{name}"[:40]


# -- reading Python -------------------------------------------------------------------------


class _Reader:
    """Follows a module's statements in order; functions are read last, as they run later."""

    def __init__(self) -> None:
        self.imports: list[str] = []
        self.defines: list[str] = []
        self.needs: list[str] = []
        self.bound: set[str] = set()
        self._later: list[tuple[ast.AST, set[str]]] = []
        self.imports_all = False

    def read(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._visit(statement, None)
        while self._later:
            node, local = self._later.pop(0)
            for child in _body_of(node):
                self._visit(child, local)
        if self.imports_all:
            self.needs.clear()

    def _bind(self, name: str, local: set[str] | None) -> None:
        if local is None:
            self.bound.add(name)
            self.defines.append(name)
        else:
            local.add(name)

    def _visit(self, node: ast.AST, local: set[str] | None) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._import(node, local)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for part in (*node.decorator_list, *_outside(node.args), node.returns):
                    self._visit_some(part, local)
                self._bind(node.name, local)
                self._later.append((node, (local or set()) | _locals(node)))
            case ast.Lambda():
                for part in _outside(node.args):
                    self._visit_some(part, local)
                self._later.append((node, (local or set()) | _locals(node)))
            case ast.ClassDef():
                for base in (*node.decorator_list, *node.bases, *node.keywords):
                    self._visit(base, local)
                inside = (local or set()) | _stored(node.body)
                for statement in node.body:
                    self._visit(statement, inside)
                self._bind(node.name, local)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                inner = (local or set()) | _stored([part.target for part in node.generators])
                for child in ast.iter_child_nodes(node):
                    self._visit(child, inner)
            case ast.Name():
                self._name(node, local)
            case ast.AugAssign():
                self._visit(node.value, local)
                if isinstance(node.target, ast.Name):
                    self._load(node.target.id, local)
                self._visit(node.target, local)
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                self._visit_some(node.value, local)
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    self._visit(target, local)
            case ast.For() | ast.AsyncFor():
                for step in (node.iter, node.target, *node.body, *node.orelse):
                    self._visit(step, local)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                self.bound.add(name)
                self._children(node, local)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                self.bound.add(name)
                self._children(node, local)
            case _:
                self._children(node, local)

    def _children(self, node: ast.AST, local: set[str] | None) -> None:
        for child in ast.iter_child_nodes(node):
            self._visit(child, local)

    def _visit_some(self, node: ast.AST | None, local: set[str] | None) -> None:
        if node is not None:
            self._visit(node, local)

    def _name(self, node: ast.Name, local: set[str] | None) -> None:
        if isinstance(node.ctx, ast.Load):
            self._load(node.id, local)
        elif isinstance(node.ctx, ast.Store):
            self._bind(node.id, local)

    def _load(self, name: str, local: set[str] | None) -> None:
        if name not in _KNOWN and name not in self.bound and name not in (local or ()):
            self.needs.append(name)

    def _import(self, node: ast.Import | ast.ImportFrom, local: set[str] | None) -> None:
        if isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                self.imports.append(node.module.split(".")[0])
        else:
            self.imports += [alias.name.split(".")[0] for alias in node.names]
        for alias in node.names:
            if alias.name == "*":
                self.imports_all = True
            elif local is None:
                self.bound.add(alias.asname or alias.name.split(".")[0])
            else:
                local.add(alias.asname or alias.name.split(".")[0])


def _outside(args: ast.arguments) -> list[ast.expr]:
    """Name what a function's head evaluates where it stands: defaults and annotations."""
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    every += [extra for extra in (args.vararg, args.kwarg) if extra]
    notes = [argument.annotation for argument in every if argument.annotation]
    return [*args.defaults, *(value for value in args.kw_defaults if value), *notes]


def _body_of(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Lambda):
        return [node.body]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return list(node.body)


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    args = node.args
    names = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    names |= {extra.arg for extra in (args.vararg, args.kwarg) if extra}
    return names | _stored(_body_of(node))


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Find the names that are bound anywhere inside (a little too many: nested functions too)."""
    names: set[str] = set()
    for top in nodes:
        for node in ast.walk(top):
            match node:
                case ast.Name(id=name, ctx=ast.Store()):
                    names.add(name)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    names.add(node.name)
                case ast.Import() | ast.ImportFrom():
                    names |= {a.asname or a.name.split(".")[0] for a in node.names}
                case ast.ExceptHandler(name=str(name)):
                    names.add(name)
    return names


_CHANGING = {
    "add", "append", "clear", "discard", "extend", "fit", "insert", "pop", "popitem", "remove",
    "reverse", "setdefault", "sort", "update",
}  # fmt: skip


def _changed(tree: ast.Module) -> Iterable[str]:
    """Find the names whose values are changed in place."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Subscript(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                yield from _root(node)
            case ast.Call(func=ast.Attribute(attr=method)):
                is_said = any(
                    word.arg == "inplace"
                    and isinstance(word.value, ast.Constant)
                    and word.value.value is True
                    for word in node.keywords
                )
                if method in _CHANGING or is_said:
                    yield from _root(node.func)


def _root(node: ast.AST) -> Iterable[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


# -- words ----------------------------------------------------------------------------------


def _is_json(code: str) -> bool:
    if not code.lstrip().startswith(("{", "[")):
        return False
    try:
        value = json.loads(code)
    except (ValueError, RecursionError):
        return False
    # A list of plain values is Python as well as JSON; an object with text keys is data.
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict | list) for item in value)
    )


def comment_in(code: str) -> str:
    """Take the first line where it is a comment (no shebang, no encoding, no commented code)."""
    first = code.lstrip().split("\n", 1)[0]
    found = re.match(r"(?:#|--|//)\s+([^\W\d].*)", first)
    if not found or "coding" in first or re.search(r"[=(){}\[\]]", found[1]):
        return ""
    return found[1]


# Calls that draw, and calls that only dress what was drawn or shown.
_DRAWING = {"plot", "bar", "barh", "hist", "scatter", "pie", "boxplot", "hexbin", "imshow"}
_BESIDE = {"show", "head", "print", "close", "legend", "grid", "tight_layout", "savefig"}


def _calls(tree: ast.Module) -> list[str]:
    """Name the last statement's call and what it is called on: `df.plot()` gives plot, df."""
    for statement in reversed(tree.body):
        calls = [
            node.func.attr
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]
        names = [
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        if any(call in _DRAWING for call in calls):
            found = touched(tree)
            return ["plot", *(names or [*[*found.datasets][:1], *[*found.columns][:2]])[:3]]
        if calls and calls[0] not in _BESIDE and not calls[0].startswith("set_"):
            return [calls[0], *(names or [*touched(tree).datasets])[:1]]
    return []


def _first_words(code: str) -> str:
    text = re.sub(r"^[%!]+", "", code.strip())
    return " ".join(_WORD.findall(text)[:4])
