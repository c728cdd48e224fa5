"""What an index holds of a block: its words, its 3-grams, its place in the order, its texts.

The fields, one letter for those that hold 3-grams: g everything, n name, d what it defines, t tags,
e description. `words`: words as they are; `^re` one or two letters with which a word begins, `n^re`
one in the name; `=name`; `<na` the first letters of the name. `key`: what filters ask for. `tier`:
a coarse place in the order, so that the best are looked through first. Does not know tantivy's
queries.
"""

from collections.abc import Iterable
from typing import Any

from .checking import kept
from .query import SHORT, squeeze
from .store import Row
from .words import moment_of, proven_and_uses, squeezed_name

VERSION = 2
"""Of what is written into the index; another one is thrown away."""
HEADS = "ndte"
"""Name, defines, tags, description."""
EVERY = "g"
LONGEST_BEGINNING = 12
_MONTH = 2_592_000_000
"""Milliseconds."""
_FEW_USES = 4


def schema() -> Any:
    """Name the fields."""
    from tantivy import SchemaBuilder

    made = SchemaBuilder()
    made.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_bytes_field("kept", stored=True, indexed=False)
    for field in ("key", "tier"):
        made.add_text_field(field, tokenizer_name="raw", index_option="basic")
    made.add_text_field("words", tokenizer_name="spaced", index_option="basic")
    for field in (EVERY, *HEADS):
        made.add_text_field(field, tokenizer_name="grams", index_option="basic")
    made.add_unsigned_field("quality", fast=True)
    made.add_unsigned_field("moment", fast=True, indexed=True)
    made.add_unsigned_field("uses", fast=True, indexed=True)
    return made.build()


def tokenizers(index: Any) -> None:
    """Say how its fields are taken apart."""
    from tantivy import TextAnalyzerBuilder, Tokenizer

    index.register_tokenizer("spaced", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    index.register_tokenizer("grams", TextAnalyzerBuilder(Tokenizer.ngram(SHORT, SHORT)).build())


def document(row: Row) -> Any:
    """Make what the index takes of a block."""
    from tantivy import Document

    made = Document()
    words = row.words.split()
    name = squeezed_name(row.lower_name)
    heads = (row.lower_name, row.lower_defines, row.lower_tags, row.lower_description)
    begins = {f"^{word[:length]}" for word in words for length in (1, 2)}
    for head, text in zip(HEADS, heads, strict=True):
        begins.update(f"{head}{mark}" for mark in _beginnings(text))
        made.add_text(head, squeeze(text))
        if "_" in text:
            # As it stands, too: few heads hold what is looked for with its underscores.
            made.add_text(head, text)
    named = [f"<{name[:length]}" for length in range(1, LONGEST_BEGINNING + 1)]
    made.add_text("id", row.id)
    made.add_text("words", " ".join([*words, *begins, f"={name}", *named]))
    made.add_text(EVERY, squeeze(row.lower_text))
    for key in row.keys.split("\n"):
        if key:
            made.add_text("key", key)
    made.add_text("tier", tier_of(row.quality))
    made.add_unsigned("quality", row.quality)
    made.add_unsigned("moment", moment_of(row.quality))
    made.add_unsigned("uses", row.uses)
    for value in kept(row):
        made.add_bytes("kept", value)
    return made


def tier_of(quality: int) -> str:
    """Give a word that sorts as `quality` does; many qualities have the same."""
    proven, uses = proven_and_uses(quality)
    if uses < _FEW_USES:
        return f"{proven:d}{uses:02}{moment_of(quality) // _MONTH:03}"
    # 4, 5 | 6, 7 | 8 to 11 | 12 to 15 | …
    step = uses.bit_length() * 2 + (uses >> (uses.bit_length() - 2) & 1)
    return f"{proven:d}{step:02}"


def _beginnings(text: str) -> Iterable[str]:
    """Name the one and two letters with which the words of a short text begin."""
    letters = "".join(char if char.isalnum() else " " for char in text)
    return {f"^{word[:length]}" for word in letters.split() for length in (1, 2)}
