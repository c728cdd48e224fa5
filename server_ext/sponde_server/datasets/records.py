"""Data files that a person registered, and what is known of their columns."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sponde_server.core.record import new_id, now, record

from .problems.records import LineCount, Problem, ProblemCount, Writing
from .profile.records import Across, Lengths, Meaning


class DatasetStatus(StrEnum):
    """How far we know a dataset. Waiting and profiling end by themselves."""

    WAITING = "waiting"
    PROFILING = "profiling"
    READY = "ready"
    FAILED = "failed"


class FileKind(StrEnum):
    """What kind of file it is."""

    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    EXCEL = "excel"
    """A workbook, Excel's or LibreOffice's."""
    ARROW = "arrow"
    """Arrow's own file or stream, and Feather."""
    OTHER = "other"
    """What a reader of another package reads."""


class ColumnKind(StrEnum):
    """What a column's values are, in one word."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    OTHER = "other"


class Policy(StrEnum):
    """What a language model may read of a dataset. Each lets through what those before it do."""

    SCHEMA = "schema"
    """The columns' names and types."""
    STATISTICS = "statistics"
    """What is known of each column: gaps, bounds, means, frequent values."""
    ROWS = "rows"
    """A few of its rows."""
    EVERYTHING = "everything"
    """As many of its rows as fit."""


@record
class Trouble:
    """Why a dataset cannot be read."""

    message: str
    """What is wrong."""
    hint: str
    """The way out."""


@record
class Dataset:
    """A data file that a person registered."""

    name: str
    """What people, chat, SQL and notebooks call it: letters, digits, underscores."""
    path: str
    """Where it lies: from the root folder, with slashes."""
    bytes: int
    """Its size."""
    part: str = ""
    """Which sheet of a workbook, or file of an archive; empty where the file is one table."""
    modified: float = 0.0
    """When the file last changed, in seconds since 1970, as it was read."""
    rows: int | None = None
    """How many rows it has; None until profiled."""
    columns: int | None = None
    """How many columns it has; None until profiled."""
    problems: int = 0
    """How many of its rows have something wrong; the profile says what."""
    warnings: int = 0
    """How many things the profile warns about."""
    status: DatasetStatus = DatasetStatus.WAITING
    """How far we know it."""
    failure: Trouble | None = None
    """Why it cannot be read, where it failed."""
    workspace: str = ""
    """The root folder that its path begins in."""
    policy: Policy = Policy.STATISTICS
    """What a language model may read of it."""
    policy_rows: int = 20
    """How many rows, where the policy lets rows through."""
    wishes: Writing | None = None
    """What a person said about how it is written; None where all of it is as detected."""
    tags: tuple[str, ...] = ()
    """Words that a person gave it to find it by."""
    is_gone: bool = False
    """Whether its file was not there when it was last looked for; all else is as it was then."""
    gone_at: datetime | None = None
    """When its file was first found to be gone; None where it is there."""
    id: str = field(default_factory=new_id)
    """The dataset's id."""
    created_at: datetime = field(default_factory=now)
    """When it was registered."""


@record
class NewDataset:
    """A file to register."""

    path: str
    """Where it lies: from the root folder, with slashes."""
    name: str = ""
    """What to call it; made from the file's name where empty."""
    part: str = ""
    """Which sheet of a workbook, or file of an archive; the first with data where empty."""


@record
class NewPolicy:
    """What a language model may read of a dataset from now on."""

    policy: Policy
    """How much."""
    policy_rows: int | None = None
    """How many rows, where the policy lets rows through; None: as before."""


@record
class Dialect:
    """How the file is written: everything that reading it needs, nothing guessed twice."""

    kind: FileKind
    """What kind of file."""
    encoding: str = "utf-8"
    """The text's encoding, by Python's name."""
    delimiter: str = ","
    """What stands between fields."""
    quote: str = '"'
    """What stands around fields; empty where nothing does."""
    escape: str = '"'
    """What stands before a quote inside a quoted field."""
    has_header: bool = True
    """Whether the first row holds the names."""
    skip: int = 0
    """How many lines stand above the first row of values, the header's among them."""
    longest_line: int = 0
    """The length of the longest line, in bytes."""
    mended: bool = False
    """Whether a mended copy in UTF-8 is read, because the file itself cannot be read as it is."""
    packed: str = ""
    """How the file is packed: gzip, zstd, bzip2, xz, lz4 or zip; empty where it is not."""
    read_as: FileKind | None = None
    """What was made of the file and is read in its place; None where the file itself is read."""
    reader: str = ""
    """Which reader of another package made it, where one did."""
    own_delimiter: str = ""
    """What stands between fields in the file itself, where a mended copy is read."""
    own_quote: str = ""
    """What stands around fields in the file itself, where a mended copy is read."""


@record
class Histogram:
    """How values are spread."""

    edges: tuple[float, ...]
    """The bins' borders, one more than bins; dates as seconds since 1970."""
    counts: tuple[int, ...]
    """How many values each bin holds."""


@record
class TopValue:
    """A value and how often it occurs."""

    value: str
    """The value, as text."""
    count: int
    """How often."""


@record
class Column:
    """One column and its statistics."""

    name: str
    """What it is called: its name in the file where that is one, and its own."""
    type: str
    """Its DuckDB type."""
    kind: ColumnKind
    """The same in one word."""
    meaning: Meaning | None = None
    """What the values are about, such as an e-mail address; None where that is not plain."""
    title: str | None = None
    """Its name as it stands in the file, where that is another: empty, or there twice."""
    form: str = ""
    """How the text is understood where that needs saying, such as %d.%m.%Y or 'decimal comma'."""
    missing: tuple[str, ...] = ()
    """Words that stand for no value, such as N/A."""
    nulls: int = 0
    """How many rows have no value."""
    distinct: int = 0
    """How many different values."""
    distinct_is_exact: bool = True
    """Whether that is counted, or estimated."""
    minimum: str | None = None
    """The smallest value, as text."""
    maximum: str | None = None
    """The largest value, as text."""
    mean: float | None = None
    """The mean (numbers only)."""
    deviation: float | None = None
    """The standard deviation (numbers only)."""
    quantiles: tuple[float, ...] = ()
    """5, 25, 50, 75 and 95 per cent (numbers only)."""
    quantiles_are_exact: bool = True
    """Whether those are counted, or estimated because the column is very large."""
    zeros: int = 0
    """How many values are 0 (numbers only)."""
    negatives: int = 0
    """How many values are below 0 (numbers only)."""
    lengths: Lengths | None = None
    """How long the values are (text only)."""
    histogram: Histogram | None = None
    """How values are spread (numbers, dates and times)."""
    top: tuple[TopValue, ...] = ()
    """The most frequent values, most frequent first."""
    examples: tuple[str, ...] = ()
    """A few values from the first rows, as written."""


@record
class Profile:
    """What is known of a dataset's contents."""

    dialect: Dialect
    """How it was read."""
    columns: tuple[Column, ...]
    """Its columns, in order."""
    rows: int
    """How many rows are shown."""
    rows_left_out: int = 0
    """How many rows of the file are not shown; each is a problem. Shown and left out are all."""
    rows_mended: int = 0
    """How many of the rows shown had to be mended; each is a problem."""
    problems: tuple[Problem, ...] = ()
    """What is wrong, line by line; the first hundred."""
    problem_count: int = 0
    """How many problems there are in all."""
    problem_kinds: tuple[ProblemCount, ...] = ()
    """How many there are of each kind, the most frequent first."""
    comment_lines: int = 0
    """How many lines are left out as comments, where a person said what comments begin with."""
    lines: LineCount | None = None
    """Where the lines of the file are; None where it is no text, or was profiled before that."""
    warnings: tuple[str, ...] = ()
    """What one should know before trusting the numbers, in sentences."""
    across: Across | None = None
    """What is known of columns together; None where it was profiled before that was looked at."""
    is_sample: bool = False
    """Whether this is a first view of the file's first rows; exact numbers replace it."""
    seconds: float = 0.0
    """How long profiling took."""
    parts: tuple[str, ...] = ()
    """The sheets of the workbook, or the files of the archive, where it has several."""


@record
class Reading:
    """How another process on this machine reads the dataset through DuckDB."""

    name: str
    """The dataset's name."""
    path: str
    """The file itself, in full."""
    sql: str
    """A SELECT that gives its rows with their types."""
    columns: tuple[str, ...]
    """The columns' names."""
    of_text: str = ""
    """A SELECT without its FROM that gives these types to text; empty where the file has types."""


@record
class Query:
    """SQL over datasets, each a view by its name."""

    sql: str
    """One SELECT statement."""
    datasets: tuple[str, ...] = ()
    """Names of the datasets that it may read; those that it names where empty."""
    limit: int = 1000
    """At most so many rows are given."""


@record
class Table:
    """Rows as they came out of a query."""

    columns: tuple[str, ...]
    """The columns' names."""
    types: tuple[str, ...]
    """Their DuckDB types."""
    rows: tuple[tuple[Any, ...], ...]
    """The rows: text, number, boolean or null; dates and whole numbers past 2^53 as text."""
    truncated: bool
    """Whether there were more."""


@record
class DatasetChanged:
    """A dataset was added, profiled, restored or found changed."""

    dataset: Dataset
    """The dataset as it is now."""


@record
class DatasetRemoved:
    """A dataset was removed from the list; its file stays."""

    dataset_id: str
    """Which one."""


@record
class DatasetAdded:
    """A dataset was registered."""

    dataset_id: str
    """Which one."""


@record
class DatasetRead:
    """A dataset's file was read to its end, or turned out not to be readable."""

    dataset_id: str
    """Which one."""
