"""Markdown to code blocks, exactly as CommonMark reads it and one line at a time.

Fences inside lists and quotes, longer fences around shorter ones, tildes, HTML blocks that hide
fences, tabs, all three line ends. A closed fence never changes when more text comes, so a growing
answer is scanned once. Does not render and does not guess languages: library/code/facts.py does.
"""

import re
from dataclasses import dataclass, field

from sponde_server.core.record import record


@record
class Fence:
    """One fenced code block of a Markdown text."""

    language: str
    """The info string's first word in lower case; empty where there is none."""
    code: str
    """What stands between the fences, without the last line end."""
    closed: bool
    """Whether it has ended: by a fence, or with the list or quote around it."""
    start: int = 0
    """Where its first line begins in the text, counted in characters."""
    end: int = 0
    """Where the line after it begins."""
    nested: bool = False
    """Whether a list or a quote is around it."""


def fences(text: str) -> list[Fence]:
    """Find the fenced code blocks of a whole text, in order."""
    scanner = FenceScanner()
    scanner.feed(text)
    return scanner.finish()


@dataclass
class _Container:
    """A quote, or a list item whose content begins `width` columns in."""

    is_quote: bool
    width: int = 0
    is_empty: bool = True


@dataclass
class _OpenFence:
    mark: str
    length: int
    indent: int
    language: str
    start: int
    nested: bool
    lines: list[str] = field(default_factory=list)


_PARAGRAPH = "paragraph"
_INDENTED = "indented"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")
_OPEN = re.compile(r"`{3,}(?!.*`)|~{3,}")
_CLOSE = re.compile(r"(`{3,}|~{3,})[ \t]*$")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_BULLET = re.compile(r"[*+-](?=[ \t]|$)")
_NUMBER = re.compile(r"(\d{1,9})[.)](?=[ \t]|$)", re.ASCII)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")

_NAME = r"[A-Za-z][A-Za-z0-9-]*"
_VALUE = r"(?:[^\"'=<>`\x00-\x20]+|'[^']*'|\"[^\"]*\")"
_ATTRIBUTE = rf"(?:\s+[a-zA-Z_:][a-zA-Z0-9:._-]*(?:\s*=\s*{_VALUE})?)"
_ANY_TAG = rf"(?:<{_NAME}{_ATTRIBUTE}*\s*/?>|</{_NAME}\s*>)\s*$"
_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|"
    "dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|"
    "header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|"
    "param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
# How an HTML block begins, and how it ends (None: at a blank line). In such a block no fence opens.
_HTML: list[tuple[re.Pattern[str], re.Pattern[str] | None]] = [
    (
        re.compile(r"<(?:script|pre|textarea|style)(?:\s|>|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|textarea|style)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<[?]"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{_BLOCK_TAGS})(?:\s|/?>|$)", re.IGNORECASE), None),
    (re.compile(_ANY_TAG), None),
]


@dataclass(frozen=True)
class _Html:
    end: re.Pattern[str] | None


class FenceScanner:
    """Reads a text piece by piece; holds what is open, and the fences that have ended."""

    def __init__(self) -> None:
        self.ended: list[Fence] = []
        self._rest = ""
        self._read = 0
        self._containers: list[_Container] = []
        self._leaf: str | _Html | _OpenFence | None = None

    def feed(self, piece: str) -> None:
        """Read another piece; a line counts once its end has come."""
        text = self._rest + piece
        done = 0
        for found in _LINE.finditer(text):
            if found.end() == len(text) and text.endswith("\r"):
                break  # its \n may be in the next piece
            self._line(found[0])
            done = found.end()
        self._rest = text[done:]

    @property
    def open(self) -> Fence | None:
        """The fence that has not ended yet, as far as it has come."""
        return self._fence(closed=False) if isinstance(self._leaf, _OpenFence) else None

    def finish(self) -> list[Fence]:
        """Take what is left as the last line and give every fence."""
        if self._rest:
            rest, self._rest = self._rest, ""
            self._line(rest)
        return self.ended + ([last] if (last := self.open) else [])

    # -- one line ---------------------------------------------------------------------------

    def _line(self, raw: str) -> None:
        line = _Line(raw.rstrip("\r\n").replace("\0", "\ufffd"))
        matched = self._match(line)
        whole = matched == len(self._containers)
        begins, self._read = self._read, self._read + len(raw)
        if whole and isinstance(self._leaf, _OpenFence):
            self._in_fence(self._leaf, line)
            return
        if isinstance(self._leaf, _OpenFence):
            self._end_fence(begins)
        if whole and isinstance(self._leaf, _Html):
            if self._leaf.end is None and line.is_blank:
                self._leaf = None
            else:
                self._in_html(self._leaf, line)
                return
        if whole and self._leaf == _INDENTED:
            if line.is_blank or line.indent >= 4:
                return
            self._leaf = None
        paragraph = self._leaf == _PARAGRAPH  # the tip; it may be continued lazily
        if whole and paragraph and line.is_blank:
            self._leaf = None
            return
        self._begin(line, matched, paragraph, begins)

    def _match(self, line: "_Line") -> int:
        """Say how many of the open containers this line continues."""
        for number, container in enumerate(self._containers):
            if container.is_quote:
                if line.indent > 3 or line.peek != ">":
                    return number
                line.skip_quote_mark()
            elif line.is_blank and container.is_empty:
                return number
            elif line.indent >= container.width:
                line.advance(container.width)
            elif line.is_blank:
                line.skip_indent()
            else:
                return number
        return len(self._containers)

    def _begin(self, line: "_Line", matched: int, paragraph: bool, begins: int) -> None:
        """Open the blocks that begin on this line, then give it its text."""
        whole = matched == len(self._containers)
        while True:
            tip = paragraph and self._leaf == _PARAGRAPH
            continues = tip and whole
            if line.is_blank:
                break
            if line.indent > 3:
                if not tip:
                    self._cut(matched)
                    self._leaf = _INDENTED
                    self._fill()
                    return
                break
            rest = line.rest
            if rest[0] == ">":
                self._cut(matched)
                line.skip_quote_mark()
                self._push(_Container(is_quote=True))
            elif self._is_leaf(rest, matched, continues, tip, begins, line.indent):
                return
            elif (width := _list_item(line, continues)) is not None:
                self._cut(matched)
                self._push(_Container(is_quote=False, width=width))
            else:
                break
            matched = len(self._containers)
            whole = True
        if line.is_blank:
            # A blank line ends what it does not continue; the quote or item that it opened stays.
            self._cut(matched)
        elif not tip:
            self._cut(matched)
            self._leaf = _PARAGRAPH
            self._fill()

    def _is_leaf(
        self, rest: str, matched: int, continues: bool, tip: bool, begins: int, indent: int
    ) -> bool:
        """Open the block that takes the whole line, if one begins here."""
        if _HEADING.match(rest):
            self._cut(matched)
            self._fill()
            return True
        if opened := _OPEN.match(rest):
            self._cut(matched)
            mark = opened[0]
            self._leaf = _OpenFence(
                mark=mark[0],
                length=len(mark),
                indent=indent,
                language=_language(rest[len(mark) :]),
                start=begins,
                nested=bool(self._containers),
            )
            self._fill()
            return True
        if rest[0] == "<":
            for number, (start, end) in enumerate(_HTML):
                # The seventh kind, any tag alone on its line, does not interrupt a paragraph.
                if start.match(rest) and (number < 6 or not tip):
                    self._cut(matched)
                    self._leaf = _Html(end)
                    self._fill()
                    if end is not None and end.search(rest):
                        self._leaf = None
                    return True
        if continues and _UNDERLINE.match(rest):
            self._leaf = None
            return True
        if _RULE.match(rest):
            self._cut(matched)
            self._fill()
            return True
        return False

    def _in_fence(self, fence: _OpenFence, line: "_Line") -> None:
        if line.indent <= 3:
            found = _CLOSE.match(line.rest)
            if found and found[1][0] == fence.mark and len(found[1]) >= fence.length:
                self._end_fence(self._read)
                return
        line.advance(min(line.indent, fence.indent))
        fence.lines.append(line.remainder)

    def _in_html(self, html: _Html, line: "_Line") -> None:
        if html.end is not None and html.end.search(line.remainder):
            self._leaf = None

    # -- what is open -----------------------------------------------------------------------

    def _cut(self, keep: int) -> None:
        """Close the containers that this line did not continue, and the block in them."""
        del self._containers[keep:]
        self._leaf = None

    def _push(self, container: _Container) -> None:
        self._fill()
        self._containers.append(container)

    def _fill(self) -> None:
        if self._containers:
            self._containers[-1].is_empty = False

    def _end_fence(self, end: int) -> None:
        self.ended.append(self._fence(closed=True, end=end))
        self._leaf = None

    def _fence(self, *, closed: bool, end: int | None = None) -> Fence:
        fence = self._leaf
        assert isinstance(fence, _OpenFence)
        return Fence(
            language=fence.language,
            code="\n".join(fence.lines),
            closed=closed,
            start=fence.start,
            end=self._read if end is None else end,
            nested=fence.nested,
        )


class _Line:
    """A line and how far it has been read, in characters and in columns (tabs stop at fours)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._column = 0
        self._tab_rest = 0
        self._look()

    def _look(self) -> None:
        column, offset = self._column, self._offset
        while offset < len(self._text) and self._text[offset] in " \t":
            column += 1 if self._text[offset] == " " else 4 - column % 4
            offset += 1
        self._next = offset
        self._next_column = column

    @property
    def indent(self) -> int:
        """How many columns of white space come first."""
        return self._next_column - self._column

    @property
    def is_blank(self) -> bool:
        """Whether nothing but white space is left."""
        return self._next >= len(self._text)

    @property
    def peek(self) -> str:
        """The first character that is no white space."""
        return self._text[self._next : self._next + 1]

    @property
    def rest(self) -> str:
        """What is left, from the first character that is no white space."""
        return self._text[self._next :]

    @property
    def remainder(self) -> str:
        """What is left, with the white space; a tab read in part is spaces."""
        if self._tab_rest:
            return " " * self._tab_rest + self._text[self._offset + 1 :]
        return self._text[self._offset :]

    def advance(self, columns: int) -> None:
        """Read so many columns of white space; a tab may be read in part."""
        while columns > 0 and self._offset < len(self._text):
            if self._text[self._offset] != "\t":
                self._offset += 1
                self._column += 1
                columns -= 1
                continue
            left = 4 - self._column % 4
            step = min(left, columns)
            self._column += step
            columns -= step
            self._tab_rest = left - step
            if not self._tab_rest:
                self._offset += 1
        self._look()

    def skip_indent(self) -> None:
        """Read all white space."""
        self._offset, self._column, self._tab_rest = self._next, self._next_column, 0
        self._look()

    def skip(self, characters: int) -> None:
        """Read the white space and so many characters after it."""
        self.skip_indent()
        self._offset += characters
        self._column += characters
        self._look()

    def skip_quote_mark(self) -> None:
        """Read `>` and the one space that belongs to it."""
        self.skip(1)
        if self.indent:
            self.advance(1)


def _list_item(line: _Line, continues: bool) -> int | None:
    """Read a list marker; give the columns at which the item's content begins, or None."""
    rest = line.rest
    found = _BULLET.match(rest) or _NUMBER.match(rest)
    if found is None:
        return None
    after = rest[found.end() :].strip(" \t")
    # Only a list that begins with 1 and has text may interrupt a paragraph.
    if continues and (not after or (found.re is _NUMBER and int(found[1]) != 1)):
        return None
    offset = line.indent
    length = found.end()
    line.skip(length)
    if not after or line.indent >= 5:
        line.advance(1)
        return offset + length + 1
    spaces = line.indent
    line.advance(spaces)
    return offset + length + spaces


def _language(info: str) -> str:
    """Take the language out of an info string: `python`, `{python}`, `{.r .x}`, `Python a=1`."""
    words = info.strip(" \t").strip("{").split(maxsplit=1)
    if not words:
        return ""
    return _ESCAPED.sub(r"\1", words[0]).strip("{}.,").lower()
