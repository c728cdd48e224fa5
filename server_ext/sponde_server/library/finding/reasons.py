"""Why a block was found, in few words, and where its texts hold what was looked for. Pure."""

import re
from collections.abc import Iterable

from sponde_server.library.records import CodeBlock, Outcome

from .query import Kind, Query, Term, squeeze
from .records import TextMark
from .store import Hit

_MOST_MARKS = 12
_LONGEST_SHOWN = 40


def reason(block: CodeBlock, hit: Hit, query: Query) -> str:
    """Say why a block stands where it stands."""
    parts = [_place(block, hit.level, query)] if query.terms else []
    if block.last_outcome is Outcome.OK:
        parts.append(f"proven {block.ok_runs}×" if block.ok_runs > 1 else "proven")
    if block.uses:
        parts.append(f"used {block.uses}×")
    return " · ".join(part for part in parts if part)


def _place(block: CodeBlock, level: int, query: Query) -> str:
    if level in (3, 4):
        names = block.facts.defines if level == 3 else block.tags
        which = next((name for name in names if _holds(name, query.terms)), "")
        return f"{'defines' if level == 3 else 'tag'} {which[:_LONGEST_SHOWN]}".strip()
    return ("name", "name begins so", "in the name", "", "", "description", "code", "code")[level]


def _holds(name: str, terms: Iterable[Term]) -> bool:
    lower = name.lower()
    return any(
        term.text.lower() in (lower if "_" in term.text else squeeze(lower)) for term in terms
    )


def marks(block: CodeBlock, query: Query, matched: Iterable[str]) -> tuple[TextMark, ...]:
    """Find what was looked for; `matched` is what regular expressions matched in the code."""
    looked_for = [pattern for term in query.terms if (pattern := _pattern(term))]
    looked_for += [re.compile(re.escape(text)) for text in matched if text]
    found: list[TextMark] = []
    for field in ("name", "description", "code"):
        text: str = getattr(block, field)
        spans = sorted(
            span for pattern in looked_for for span in _spans(pattern, text) if span[1] > span[0]
        )
        found += [
            TextMark(field=field, start=_units(text, start), end=_units(text, end))
            for start, end in _apart(spans)[:_MOST_MARKS]
        ]
    return tuple(found)


def _pattern(term: Term) -> re.Pattern[str] | None:
    if term.kind is Kind.WORD:
        return re.compile("_*".join(map(re.escape, term.text)), re.IGNORECASE)
    if term.kind is Kind.BEGIN:
        return re.compile(rf"(?<![^\W_]){re.escape(term.text)}", re.IGNORECASE)
    if term.kind is Kind.EXACT:
        return re.compile(re.escape(term.text), 0 if term.is_cased else re.IGNORECASE)
    return None


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    spans = []
    for found in pattern.finditer(text):
        spans.append(found.span())
        if len(spans) == _MOST_MARKS:
            break
    return spans


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join stretches that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _units(text: str, at: int) -> int:
    """Count UTF-16 units: characters beyond the first plane are two."""
    return at if text.isascii() else len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
