"""What a person said about how a file is written, laid over what is detected.

Each part may be said alone: the rest is found as ever, given what was said. Runs in the child;
a part that cannot be so for this file is refused in a sentence.
"""

from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any

from sponde_server.core.errors import Invalid

from . import dialect
from .dialect import Layout, layout_of
from .forms import MISSING, Form
from .header import clean_names, joined
from .looks import is_header
from .pieces import pieces, take


@dataclass(frozen=True)
class Hand:
    """The same as the record `Writing`, as the child knows it; None: as detected."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_rows: int | None = None
    skip_lines: int | None = None
    comment: str | None = None
    encoding: str | None = None
    decimal_comma: bool | None = None
    day_first: bool | None = None
    missing: tuple[str, ...] | None = None
    text_columns: tuple[str, ...] = ()
    whole_columns: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: dict[str, Any] | None) -> "Hand":
        """Read it from JSON."""
        known = {one.name for one in fields(cls)}
        said: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in (told or {}).items()
            if name in known
        }
        return cls(**said)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for no value."""
        return MISSING if self.missing is None else self.missing

    @property
    def says_what_is_meant(self) -> bool:
        """Say whether anything was said of how values are to be read."""
        said = (self.decimal_comma, self.day_first, self.missing)
        return bool(self.text_columns) or any(one is not None for one in said)

    def ordered(self, column: str, forms: list[Form]) -> list[Form]:
        """Give the forms that a column may have, the one that was said first before the others."""
        if column in self.text_columns:
            return []
        if self.decimal_comma is None:
            return forms
        if not self.decimal_comma:
            return [form for form in forms if form.name != "decimal comma"]
        meant = [form for form in forms if form.name == "decimal comma"]
        if not meant:
            return forms
        points = ("DOUBLE", "BIGINT")
        whole = [form for form in forms if form.type == "BIGINT"]
        rest = [one for one in forms if one.type not in points]
        return [*whole, *meant, *rest]


def layout_by(lines: list[str], hand: Hand) -> Layout:
    """Find how a text table is written, where a person has not said it."""
    comment = hand.comment or ""
    if comment:
        lines = ["\n" if line.startswith(comment) else line for line in lines]
    found = layout_of(lines)
    if hand.comment is not None:
        found.comment = comment
    comment = found.comment
    if comment:
        lines = ["\n" if line.startswith(comment) else line for line in lines]
    if any(part is not None for part in (hand.delimiter, hand.quote, hand.escape)):
        said = _quoted(lines, found, hand)
        found = dialect.with_head(said, lines, is_single=False)
        found.comment = comment
    if hand.header_rows is not None or hand.skip_lines is not None:
        found = _headed(lines, found, hand)
    return found


def _quoted(lines: list[str], found: Layout, hand: Hand) -> Layout:
    """Choose the quotes that were not said, for the delimiter that was."""
    delimiter = hand.delimiter or found.delimiter
    text = "".join(lines[: dialect.SAMPLE_RECORDS])
    best = Layout(delimiter, found.quote or '"', found.escape or '"', found.spaced)
    score = -1.0
    for quoting in dialect.quotings(text, delimiter):
        if hand.quote is not None and quoting[0] != hand.quote:
            continue
        new = dialect.score_of(lines, delimiter, *quoting)
        if new > score:
            best, score = Layout(delimiter, *quoting), new
    if hand.quote is not None and hand.quote != best.quote:
        best = Layout(delimiter, hand.quote, hand.quote)
    if hand.escape is not None and best.quote:
        best = replace(best, escape=hand.escape or best.quote)
    return best


def _headed(lines: list[str], found: Layout, hand: Hand) -> Layout:
    """Take the names from where the person said they stand."""
    records = pieces(lines, found.delimiter, found.quote, found.escape, spaced=found.spaced)
    sample = list(take(records, dialect.SAMPLE_RECORDS))
    if len(found.names) == 1 and not found.quote:
        for piece in sample:
            piece.fields = [piece.text.rstrip("\r\n")]
    start = len(found.preamble)
    if hand.skip_lines is not None:
        start = sum(piece.line <= hand.skip_lines for piece in sample)
    if start >= len(sample):
        raise Invalid(
            f"There is nothing behind the first {hand.skip_lines:,} lines."
            if hand.skip_lines is not None
            else "There is no table behind the lines above it.",
            "Skip fewer lines.",
        )
    rest = [piece.fields for piece in sample[start + 1 :]]
    headers = hand.header_rows
    if headers is None:
        headers = int(is_header(sample[start].fields, rest))
    above = sample[start : start + headers]
    body = start + len(above)
    width = Counter(len(piece.fields) for piece in sample[body:] or above).most_common(1)[0][0]
    width -= found.is_closed
    widest = max((len(piece.fields) for piece in above), default=0)
    padded = [piece.fields + [""] * (widest - len(piece.fields)) for piece in above]
    names = joined(padded) if padded else []
    while len(names) > width and not names[-1].strip():
        names = names[:-1]
    if len(names) == width - 1 and above and sample[body:]:
        names = ["", *names]
    clean, warnings = clean_names(names, max(width, len(names)))
    return replace(
        found,
        has_header=headers > 0,
        skip_records=body,
        names_line=sample[start].line,
        skip_lines=sample[body].line - 1 if body < len(sample) else len(lines),
        preamble=[(piece.line, piece.text.rstrip("\r\n")) for piece in sample[:start]],
        names=clean,
        given=names,
        warnings=warnings,
    )
