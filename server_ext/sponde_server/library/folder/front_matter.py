"""A block as a file of its own: its code under a head of comments that says what it is.

The head stands between two lines `---`, in the comments of its language, one `key: value` a line;
a value is plain text, or JSON where it begins with a quote or a bracket. Pure; touches no disk.
"""

import json
import re
from dataclasses import dataclass, field

from sponde_server.library.code.facts import language_said, tidy
from sponde_server.library.records import CodeBlock

ENDINGS = {
    "python": "py", "sql": "sql", "r": "r", "julia": "jl", "bash": "sh", "javascript": "js",
    "typescript": "ts", "java": "java", "scala": "scala", "c": "c", "c++": "cpp", "go": "go",
    "rust": "rs", "ruby": "rb", "perl": "pl", "lua": "lua", "haskell": "hs", "yaml": "yaml",
    "toml": "toml", "dockerfile": "dockerfile", "html": "html", "css": "css", "xml": "xml",
    "markdown": "md", "latex": "tex", "json": "jsonc",
}  # fmt: skip
LANGUAGES = {ending: language for language, ending in ENDINGS.items()} | {"txt": "", "zsh": "bash"}
_SLASHES = frozenset(
    ("javascript", "typescript", "java", "scala", "c", "c++", "go", "rust", "json")
)
_DASHES = frozenset(("sql", "haskell", "lua"))
_WRAPPED = {"html": ("<!--", "-->"), "xml": ("<!--", "-->"), "markdown": ("<!--", "-->"),
            "css": ("/*", "*/")}  # fmt: skip
_KEY = re.compile(r"([a-z_]{1,20}):[ \t]*(.*)")
_PREFIXES = ("#", "--", "//", "%", ";", "")
_OPENERS = ("<!--", "/*")
_CLOSERS = ("-->", "*/")
_MOST_LINES = 200
KNOWN = frozenset(("id", "name", "description", "tags", "language", "needs", "packages", "field"))


@dataclass(frozen=True)
class Page:
    """What a file says."""

    code: str
    head: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    is_ours: bool = False
    """Whether it has a head that names a block."""

    def text(self, key: str) -> str:
        """Give what the head says of a key."""
        value = self.head.get(key, "")
        return value if isinstance(value, str) else ", ".join(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of the head."""
        value = self.head.get(key, ())
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @property
    def fields(self) -> tuple[str, ...]:
        """Give the lines that say what its fields are, one each."""
        value = self.head.get("field", ())
        return value if isinstance(value, tuple) else ()


def filename(block: CodeBlock) -> str:
    """Name a block's file."""
    return f"{block.name}.{ENDINGS.get(block.language, 'txt')}"


def write(block: CodeBlock) -> str:
    """Write a block with its head."""
    lines = [f"id: {block.id}", f"name: {block.name}"]
    if block.description:
        lines.append(f"description: {_quoted(block.description)}")
    lines += [f"tags: {_listed(block.tags)}"] if block.tags else []
    lines.append(f"language: {block.language}")
    lines += [f"needs: {_listed(block.facts.needs)}"] if block.facts.needs else []
    lines += [f"packages: {_listed(block.facts.packages)}"] if block.facts.packages else []
    if block.fields:
        from sponde_server.library.fields.lines import lines_of

        lines += [f"field: {line}" for line in lines_of(block)]
    return _headed(lines, block.language) + block.code + "\n"


def read(text: str, ending: str = "") -> Page:
    """Read a file; without a head of ours it is code and nothing else."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    found = _head(lines)
    if found is None:
        return Page(tidy(text), {"language": LANGUAGES.get(ending, "")})
    head, length = found
    if "language" not in head and ending in LANGUAGES:
        head["language"] = LANGUAGES[ending]
    if isinstance(said := head.get("language"), str):
        head["language"] = language_said(said)
    return Page(tidy("\n".join(lines[length:])), head, is_ours=True)


def _headed(lines: list[str], language: str) -> str:
    if language in _WRAPPED:
        opens, closes = _WRAPPED[language]
        inner = [line.replace("-->", "--\\u003e").replace("*/", "*\\/") for line in lines]
        return "\n".join([opens, "---", *inner, "---", closes, "", ""])
    mark = "//" if language in _SLASHES else "--" if language in _DASHES else "#"
    return "".join(f"{mark} {line}\n" for line in ("---", *lines, "---")) + "\n"


def _head(lines: list[str]) -> tuple[dict[str, str | tuple[str, ...]], int] | None:
    """Read the head, and say how many lines it takes; None where there is none."""
    at = 0
    while at < len(lines) and not lines[at].strip():
        at += 1
    wrapped = at < len(lines) and lines[at].strip() in _OPENERS
    at += wrapped
    if at >= len(lines):
        return None
    mark = _mark(lines[at])
    if mark is None:
        return None
    head: dict[str, str | tuple[str, ...]] = {}
    for place in range(at + 1, min(len(lines), at + _MOST_LINES)):
        line = lines[place].strip()
        if mark and not line.startswith(mark):
            return None
        line = line[len(mark) :].strip()
        if line == "---":
            if not head.keys() & {"name", "id"}:
                return None
            end = place + 1
            if wrapped and end < len(lines) and lines[end].strip() in _CLOSERS:
                end += 1
            return head, end
        said = _KEY.fullmatch(line)
        if said and said[1] == "field":
            fields = head.get("field", ())
            assert isinstance(fields, tuple)
            head["field"] = (*fields, said[2].strip())
        elif said and said[1] in KNOWN:
            head[said[1]] = _value(said[2].strip())
    return None


def _mark(line: str) -> str | None:
    bare = line.strip()
    return next((mark for mark in _PREFIXES if bare in (f"{mark} ---".strip(), f"{mark}---")), None)


def _value(text: str) -> str | tuple[str, ...]:
    if text[:1] in ('"', "["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return tuple(one for one in value if isinstance(one, str))
    if text.startswith("[") and text.endswith("]"):
        # As people write YAML: [sales, load]
        return tuple(part.strip().strip("'\"") for part in text[1:-1].split(",") if part.strip())
    return text.strip("'") if text.startswith("'") else text


def _quoted(text: str) -> str:
    plain = text == text.strip() and "\n" not in text and text[:1] not in "\"'[{#&*!|>%@`-"
    plain = plain and "-->" not in text and "*/" not in text
    is_plain = plain and text.isprintable() and ": " not in text and " #" not in text
    return text if is_plain and _value(text) == text else json.dumps(text, ensure_ascii=False)


def _listed(words: tuple[str, ...]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
