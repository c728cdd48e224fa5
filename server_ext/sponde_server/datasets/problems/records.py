"""What does not fit in a file, and what a person says about how the file is written."""

from dataclasses import asdict
from enum import StrEnum
from typing import Any

from sponde_server.core.record import record


class ProblemKind(StrEnum):
    """What is wrong with a line of the file, or with a value on it."""

    LONG = "long"
    SHORT = "short"
    QUOTE = "quote"
    PREAMBLE = "preamble"
    BLANK = "blank"
    """A row of delimiters alone."""
    ENCODING = "encoding"
    NUL = "nul"
    NAME = "name"
    TYPE = "type"
    DECIMAL = "decimal"
    DATE = "date"
    RECORD = "record"
    """A record of JSON that is broken."""


@record
class Problem:
    """Something wrong on one line of the file."""

    kind: ProblemKind
    """What."""
    line: int
    """The line, counted from 1."""
    message: str
    """The same in words, and what was done about it."""
    text: str = ""
    """The beginning of the line, or the value where one column is meant."""
    column: str = ""
    """Which column, where the problem is in one."""
    row: int | None = None
    """Which row of the table, counted from 1; None where it is not shown."""


@record
class ProblemCount:
    """How many problems are of one kind."""

    kind: ProblemKind
    """Which kind."""
    count: int
    """How many."""


@record
class LineCount:
    """Where the lines of a text file are: each in one of these, and in one alone."""

    total: int
    """How many the file has."""
    above: int
    """Above the first row: what stands above the table, and its names."""
    rows: int
    """Rows that are shown begin on so many."""
    left_out: int
    """Rows that are left out begin on so many."""
    comments: int
    """Comments."""
    rest: int
    """Lines that are blank, or with which the record above them goes on."""


@record
class ProblemPage:
    """Some of a dataset's problems, in the order of their lines."""

    problems: tuple[Problem, ...]
    """These."""
    count: int
    """How many there are in all, of the kind that was asked for."""
    listed: int
    """How many of them are listed: the first fifty thousand of each kind."""
    kinds: tuple[ProblemCount, ...]
    """How many there are of each kind, whatever was asked for."""
    rejects: int
    """How many rows are left out and lie in the file of rejects."""
    lines: LineCount | None = None
    """Where the file's lines are; None where it is no text."""


@record
class Writing:
    """How a text table is written and to be understood. None: as detected."""

    delimiter: str | None = None
    """What stands between fields."""
    quote: str | None = None
    """What stands around fields; empty where nothing does."""
    escape: str | None = None
    """What stands before a quote inside a quoted field."""
    header_rows: int | None = None
    """How many rows hold the names."""
    skip_lines: int | None = None
    """How many lines stand above the names, or above the first row where there are none."""
    comment: str | None = None
    """What lines begin with that are comments; empty where there are none."""
    encoding: str | None = None
    """The text's encoding, by Python's name."""
    decimal_comma: bool | None = None
    """Whether 1,5 is one and a half; else 1.5 is."""
    day_first: bool | None = None
    """Whether 01/02/2024 is in February; else it is in January."""
    missing: tuple[str, ...] | None = None
    """The words that stand for no value."""
    text_columns: tuple[str, ...] = ()
    """Columns that are text, whatever their values look like."""
    whole_columns: tuple[str, ...] = ()
    """Columns in which every value fits: rows with one that does not are left out."""
    left_out: tuple[ProblemKind, ...] = ()
    """Kinds of rows that are left out, where they would be mended otherwise."""


@record
class ReadingPreview:
    """The first rows as they would be read, and how: nothing of it is kept."""

    detected: Writing
    """How the file seems to be written."""
    used: Writing
    """How it was read here: every part says what it is."""
    columns: tuple[str, ...]
    """The columns' names."""
    types: tuple[str, ...]
    """Their DuckDB types, as far as the lines that were read show."""
    forms: tuple[str, ...]
    """How each column's text is understood where that needs saying, such as 'decimal comma'."""
    rows: tuple[tuple[str | None, ...], ...]
    """The first rows, as they are written."""
    values: tuple[tuple[str | None, ...], ...]
    """The same as they are understood; empty where no value is."""
    lines: tuple[str, ...]
    """The file's first lines, as they are."""
    problems: tuple[Problem, ...]
    """What does not fit in the lines that were read; the first hundred."""
    problem_count: int
    """How many problems there are in these lines."""
    warnings: tuple[str, ...]
    """What one should know, in sentences."""
    lines_read: int
    """How many lines were read for this."""
    is_whole: bool
    """Whether that is the whole file."""


@record
class LinesAround:
    """Lines of a file as they are, around one that is asked for."""

    first: int
    """Which line the first of them is, counted from 1."""
    lines: tuple[str, ...]
    """The lines, each cut after 2,000 characters."""


@record
class ProblemCode:
    """Code that mends problems, step by step."""

    code: str
    """Python, ready for a cell."""
    chat: str
    """What to ask the chat for more of it."""


def said_of(wishes: Writing | None, known: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give what a person said as JSON, over what is known of a file that was made of theirs."""
    said = asdict(wishes) if wishes else {}
    return {**(known or {}), **{name: one for name, one in said.items() if one is not None}}
