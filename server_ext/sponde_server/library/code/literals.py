"""The values that stand in code, each with its exact place, and what remains without them. Pure.

Python by its own tokens and tree, everything else by Pygments' lexers. Two codes are twins where
what remains is the same; what a value is for is told by literal_names.py.
"""

import ast
import io
import re
import token
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from sponde_server.core.syntax import parse, parse_expression
from sponde_server.library.fields.records import SpotForm

from .lexed import LONGEST, lexer_of
from .parsing import without_magics

HOLE = "\0"
"""Stands for a value in what remains."""
_FEWEST_WORDS = 10
_OPENS = re.compile(r"(?i)([rbuf]{0,2})('''|\"\"\"|'|\")")
_WORDS = {"True", "False", "None"}
_SKIPPED = {
    tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER, tokenize.TYPE_COMMENT,
}  # fmt: skip
_F_START = getattr(token, "FSTRING_START", -1)
_F_END = getattr(token, "FSTRING_END", -1)
_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)")


@dataclass(frozen=True)
class Value:
    """A value in code."""

    start: int
    end: int
    form: SpotForm
    source: str
    """As it is written."""
    text: str
    """As a person would type it."""
    is_text: bool
    """Whether it is a text in the code, not a number or a word such as None."""


@dataclass(frozen=True)
class Read:
    """A code taken apart."""

    values: tuple[Value, ...] = ()
    rest: tuple[str, ...] = ()
    """Its words in their order, with a HOLE for each value."""


def read(code: str, language: str) -> Read:
    """Take code apart; nothing is found where it cannot be read."""
    if len(code) > LONGEST:
        return Read()
    if language == "python":
        try:
            return _python(code)
        except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
            return Read()
    return _lexed(code, language)


def shape_of(code: str, language: str) -> int | None:
    """Name what remains of a code without its values; None where that says too little."""
    found = read(code, language)
    if not found.values or len(found.rest) - len(found.values) < _FEWEST_WORDS:
        return None
    text = "\n".join([language, *found.rest]).encode("utf-8", "replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def anchored(old: Read, new: Read) -> dict[int, int]:
    """Say which value of a code became which of a later one, by what stands around them."""
    from difflib import SequenceMatcher

    begin, length = 0, min(len(old.rest), len(new.rest))
    while begin < length and old.rest[begin] == new.rest[begin]:
        begin += 1
    end = 0
    while end < length - begin and old.rest[-1 - end] == new.rest[-1 - end]:
        end += 1
    pairs = [(at, at) for at in range(begin)]
    left = old.rest[begin : len(old.rest) - end]
    right = new.rest[begin : len(new.rest) - end]
    if len(left) * len(right) < 4_000_000:
        for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
            pairs += [(begin + block.a + n, begin + block.b + n) for n in range(block.size)]
    pairs += [(len(old.rest) - n, len(new.rest) - n) for n in range(end, 0, -1)]
    before, after = _numbers(old), _numbers(new)
    found = {
        before[one]: after[other]
        for one, other in pairs
        if one in before and other in after and _has_same_left(old, one, new, other)
    }
    # What moved: the only value that is left with these words before it.
    lefts = _lefts(old, {at for at in before if before[at] not in found})
    others = _lefts(new, {at for at in after if after[at] not in set(found.values())})
    for words, places_then in lefts.items():
        places_now = others.get(words, [])
        if len(places_then) == len(places_now) == 1:
            found[before[places_then[0]]] = after[places_now[0]]
    return found


def _has_same_left(old: Read, one: int, new: Read, other: int) -> bool:
    return old.rest[max(0, one - 2) : one] == new.rest[max(0, other - 2) : other]


def _lefts(found: Read, holes: set[int]) -> dict[tuple[str, ...], list[int]]:
    lefts: dict[tuple[str, ...], list[int]] = {}
    for at in sorted(holes):
        lefts.setdefault(found.rest[max(0, at - 3) : at], []).append(at)
    return lefts


def _numbers(found: Read) -> dict[int, int]:
    holes = [at for at, word in enumerate(found.rest) if word == HOLE]
    return {at: number for number, at in enumerate(holes)}


# -- Python -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Token:
    kind: int
    text: str
    start: int
    end: int


def _python(code: str) -> Read:
    plain = without_magics(code)
    tokens = _tokens(code, plain)
    fixed = _fixed_places(code, plain)
    values: list[Value] = []
    rest: list[str] = []
    at = 0
    while at < len(tokens):
        one = tokens[at]
        before = tokens[at - 1] if at else None
        ends = at + 1
        while one.kind == tokenize.STRING and ends < len(tokens) and _follows(tokens, ends):
            ends += 1
        after = tokens[ends] if ends < len(tokens) else None
        is_plain = one.kind == tokenize.STRING and "f" not in _prefix(one.text)
        if is_plain and _is_alone(before, after):
            at = ends  # a docstring
        elif one.kind == tokenize.STRING and one.start in fixed:
            rest += [part.text for part in tokens[at:ends]]
            at = ends
        elif one.kind == tokenize.STRING:
            for value, word in _texts(code, tokens[at:ends]):
                values += [value] if value else []
                rest.append(word)
            at = ends
        elif (signed := _number(code, tokens, at)) is not None and signed[0].start not in fixed:
            values.append(signed[0])
            rest.append(HOLE)
            at = signed[1]
        elif one.kind == tokenize.NAME and one.text in _WORDS and one.start not in fixed:
            values.append(Value(one.start, one.end, SpotForm.VALUE, one.text, one.text, False))
            rest.append(HOLE)
            at += 1
        else:
            # Line ends and indents as what they are: how many blanks do not matter.
            rest.append(one.text if one.text.strip() else token.tok_name[one.kind])
            at += 1
    return Read(tuple(values), tuple(rest))


def _tokens(code: str, plain: str) -> list[_Token]:
    starts = [0]
    for line in code.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    was, read = code.split("\n"), plain.split("\n")
    found: list[_Token] = []
    opened: list[int] = []
    for one in tokenize.generate_tokens(io.StringIO(plain + "\n").readline):
        start = starts[min(one.start[0], len(starts)) - 1] + one.start[1]
        end = starts[min(one.end[0], len(starts)) - 1] + one.end[1]
        if one.type == _F_START:
            opened.append(start)
        elif one.type == _F_END:
            begun = opened.pop()
            if not opened:
                found.append(_Token(tokenize.STRING, code[begun:end], begun, end))
        elif not opened and one.type not in _SKIPPED:
            row = one.start[0] - 1
            text = one.string
            if row < len(was) and was[row] != read[row] and text.strip():
                text = was[row].strip()  # a notebook line: it is a word of its own
            found.append(_Token(one.type, text, start, end))
    return found


def _follows(tokens: list[_Token], at: int) -> bool:
    return tokens[at].kind == tokenize.STRING


def _is_alone(before: _Token | None, after: _Token | None) -> bool:
    begins = before is None or before.kind in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return begins and (after is None or after.kind == tokenize.NEWLINE)


def _texts(code: str, tokens: list[_Token]) -> Iterator[tuple[Value | None, str]]:
    """Give the values of strings that stand side by side."""
    prefixes = [_prefix(one.text) for one in tokens]
    if not any("f" in prefix for prefix in prefixes):
        start, end = tokens[0].start, tokens[-1].end
        # Between them there may be comments and line ends, as brackets allow them.
        value = ast.literal_eval(parse_expression(f"({code[start:end]})"))
        if isinstance(value, str):
            yield Value(start, end, SpotForm.VALUE, code[start:end], value, True), HOLE
        else:
            yield None, code[start:end]
        return
    for one, prefix in zip(tokens, prefixes, strict=True):
        if "f" not in prefix:
            value = ast.literal_eval(parse_expression(one.text))
            yield Value(one.start, one.end, SpotForm.VALUE, one.text, str(value), True), HOLE
            continue
        yield None, "f"
        if "r" in prefix:
            yield None, one.text  # nothing can be escaped in it
        else:
            yield from _parts(code, one)


def _prefix(text: str) -> str:
    found = _OPENS.match(text)
    return found[1].lower() if found else ""


def _parts(code: str, one: _Token) -> Iterator[tuple[Value | None, str]]:
    """Give what stands between the braces of an f-string as values, the rest as words."""
    opens = _OPENS.match(one.text)
    assert opens
    body, end = one.start + opens.end(), one.end - len(opens[2])
    at = begun = body
    while at <= end:
        if at < end and (code[at] == "\\" or code.startswith(("{{", "}}"), at)):
            at += 2
        elif at == end or code[at] == "{":
            if at > begun and code[begun:at].strip():
                yield _part(code, begun, at), HOLE
            if at == end:
                return
            closes = _closing(code, at, end)
            yield None, code[at:closes]
            at = begun = closes
        else:
            at += 1


def _part(code: str, start: int, end: int) -> Value:
    source = code[start:end]
    # Blanks beside an expression belong to the sentence, not to the value.
    start += len(source) - len(source.lstrip())
    source = source.strip()
    text = source.replace("{{", "{").replace("}}", "}").replace("\\n", "\n")
    text = re.sub(r"\\(['\"\\])", r"\1", text)
    return Value(start, start + len(source), SpotForm.PART, source, text, True)


def _closing(code: str, at: int, end: int) -> int:
    depth, quote = 0, ""
    while at < end:
        letter = code[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and depth:
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return end


def quote_at(code: str, place: int) -> str:
    """Say with which quote the string begins that a place is in."""
    for one in _tokens(code, without_magics(code)):
        opens = _OPENS.match(one.text) if one.start <= place < one.end else None
        if opens:
            return opens[2]
    return '"'


def _number(code: str, tokens: list[_Token], at: int) -> tuple[Value, int] | None:
    """Give the number that begins here, with its sign, and where it ends."""
    one, signed = tokens[at], 0
    if one.text in "+-" and one.kind == tokenize.OP and at + 1 < len(tokens):
        before = tokens[at - 1] if at else None
        is_sign = before is None or (
            before.kind != tokenize.NUMBER
            and before.kind != tokenize.STRING
            and (
                before.kind != tokenize.NAME or before.text in ("return", "in", "and", "or", "not")
            )
            and before.text not in (")", "]", "}")
        )
        signed = int(is_sign)
    number = tokens[at + signed]
    if number.kind != tokenize.NUMBER or not (signed or number is one):
        return None
    source = code[one.start : number.end]
    text = source.replace("_", "").replace(" ", "")
    if not _NUMBER.fullmatch(text):  # 0x1f, 2j
        text = source
    return Value(one.start, number.end, SpotForm.VALUE, source, text, False), at + signed + 1


def _fixed_places(code: str, plain: str) -> set[int]:
    """Find values that no other expression can stand for: patterns, and types in annotations."""
    try:
        tree = parse(plain)
    except (SyntaxError, ValueError, RecursionError):
        raise ValueError("no Python") from None
    fixed: set[int] = set()
    place = places(code, plain)
    for node in ast.walk(tree):
        inside: list[Any] = []
        match node:
            case ast.MatchValue() | ast.MatchSingleton():
                inside = [node]
            case ast.MatchMapping(keys=keys):
                inside = list(keys)
            case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal")):
                inside = [node.slice]
        for one in inside:
            fixed.update(
                place(part.lineno, part.col_offset)
                for part in ast.walk(one)
                if isinstance(part, ast.expr | ast.pattern)
            )
    return fixed


def places(code: str, plain: str) -> Any:
    """Give what turns Python's line and column, in bytes of UTF-8, into a place of the text."""
    lines = plain.split("\n")
    starts = [0]
    for line in code.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def place(line: int, column: int) -> int:
        text = lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode("utf-8", "ignore"))
        return starts[line - 1] + column

    return place


# -- everything else --------------------------------------------------------------------------


def _lexed(code: str, language: str) -> Read:
    lexer = lexer_of(language)
    if lexer is None:
        return Read()
    from pygments.token import Comment, Name, Number, String

    values: list[Value] = []
    rest: list[str] = []
    ended = -1
    for start, kind, text in lexer.get_tokens_unprocessed(code):
        end = start + len(text)
        if not text.strip() or (kind in Comment and kind not in Comment.Preproc):
            continue
        is_name = language == "sql" and (kind in Name or kind in String.Symbol)
        if (
            kind in String
            and not is_name
            and kind not in String.Doc
            and kind not in String.Interpol
        ):
            if values and ended == start and values[-1].is_text and rest[-1] == HOLE:
                values[-1] = replace(values[-1], end=end)  # the next piece of the same text
            else:
                values.append(Value(start, end, SpotForm.VALUE, "", "", True))
                rest.append(HOLE)
            ended = end
        elif kind in Number and _goes_on(values, rest, code, start):
            rest.pop()
            values[-1] = replace(values[-1], end=end)
        elif kind in Number:
            values.append(Value(start, end, SpotForm.VALUE, text, text, False))
            rest.append(HOLE)
        elif is_name and kind not in Name.Builtin and kind not in Name.Function:
            values.append(Value(start, end, SpotForm.NAME, text, text.strip('"'), False))
            rest.append(HOLE)
        else:
            rest.append(text.lower() if language == "sql" else text)
    return Read(tuple(_whole(code, value) for value in values), tuple(rest))


def _goes_on(values: list[Value], rest: list[str], code: str, start: int) -> bool:
    """Whether a lexer took `3.5` for three words."""
    is_point = rest[-1:] == ["."] and code[start - 1 : start] == "."
    return is_point and bool(values) and values[-1].end == start - 1 and rest[-2:-1] == [HOLE]


def _whole(code: str, value: Value) -> Value:
    source = code[value.start : value.end]
    if not value.is_text:
        text = value.text if value.form is SpotForm.NAME else source
        return replace(value, source=source, text=text)
    text = source
    if len(source) >= 2 and source[0] in "'\"`" and source[-1] == source[0]:
        text = source[1:-1].replace(source[0] * 2, source[0])
    return replace(value, source=source, text=text)
