"""What a search of the library asks and gives."""

from sponde_server.core.record import record
from sponde_server.library.records import CodeBlock


@record
class FindBlocks:
    """What to look for."""

    query: str = ""
    """Words, "exact text", /regular expression/ and filters such as `lang:python used:>3`."""
    limit: int = 50
    """Most blocks to give."""
    offset: int = 0
    """How many of the best to leave out."""
    by_meaning: bool = False
    """Whether blocks that mean nearly what is asked are found too."""
    typing: bool = False
    """Whether somebody types: an answer comes before the next letter, even if it is not whole."""


@record
class TextMark:
    """A stretch of a block's text that was looked for."""

    field: str
    """Where it is: name, description or code."""
    start: int
    """Its first character, in UTF-16 units as browsers count."""
    end: int
    """The character after its last one."""


@record
class FoundBlock:
    """A block that was found, and why."""

    block: CodeBlock
    """The block."""
    reason: str = ""
    """Why it stands here, in few words: `defines read_sales · proven 3× · used 12×`."""
    marks: tuple[TextMark, ...] = ()
    """What was looked for, in its texts; the first few."""


@record
class WithoutFilter:
    """How many blocks there would be without one of the filters."""

    filter: str
    """The filter, as it was typed."""
    blocks: int
    """How many, at most 100."""


@record
class FoundBlocks:
    """What a search has found."""

    blocks: tuple[FoundBlock, ...]
    """The best first."""
    has_more: bool = False
    """Whether there are more of them."""
    is_reading: bool = False
    """Whether more will be found by meaning in a moment: blocks are still being read."""
    wrongs: tuple[str, ...] = ()
    """What of the query was not understood, a sentence each; the rest was searched."""
    without: tuple[WithoutFilter, ...] = ()
    """Where nothing was found: filters that stand in the way."""
    was_cut: bool = False
    """Whether there was no time to look through everything; while typing, ask again without."""


@record
class FilterOffer:
    """Something that can be typed into the search."""

    text: str
    """What it becomes: `imports:` or `imports:pandas`."""
    about: str = ""
    """What it asks."""
    blocks: int | None = None
    """How many blocks have it; None for a filter without a value."""
