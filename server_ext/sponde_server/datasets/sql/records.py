"""What a person asks datasets in SQL, what came of it, and files made to be downloaded."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record
from sponde_server.datasets.grid.records import DatasetView


class QueryStatus(StrEnum):
    """How far a query is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DownloadFormat(StrEnum):
    """What kind of file is made."""

    CSV = "csv"
    """Every value as it is."""
    SPREADSHEET_CSV = "spreadsheet_csv"
    """Text that a spreadsheet would run as a formula has an apostrophe before it."""
    PARQUET = "parquet"
    EXCEL = "xlsx"


@record
class NewDatasetQuery:
    """SQL to run over datasets, each a table by its name."""

    sql: str
    """One SELECT statement."""


@record
class QueryFailure:
    """Why a query gave nothing, and where in its text."""

    message: str
    """What is wrong."""
    hint: str
    """The way out."""
    place: int | None = None
    """Where the part that is wrong begins in the text, in characters; None where unknown."""
    length: int = 0
    """How many characters that part has."""


@record
class DatasetQuery:
    """SQL that a person ran over datasets: what came of it."""

    sql: str
    """The SQL."""
    person: str = ""
    """Who ran it; empty where the server knows no names."""
    workspace: str = ""
    """The root folder of the datasets."""
    status: QueryStatus = QueryStatus.RUNNING
    """How far it is."""
    columns: tuple[str, ...] = ()
    """The result's columns."""
    types: tuple[str, ...] = ()
    """Their DuckDB types."""
    rows: int | None = None
    """How many rows of the result are kept; None until there are some."""
    is_cut: bool = False
    """Whether there are more rows than are kept; a download has all of them."""
    seconds: float | None = None
    """How long it took; None until it ended."""
    failure: QueryFailure | None = None
    """Why it failed, where it did."""
    id: str = field(default_factory=new_id)
    """The query's id."""
    started_at: datetime = field(default_factory=now)
    """When it was run."""


@record
class SqlFunction:
    """A function that SQL over datasets may use."""

    name: str
    """Its name."""
    signature: str
    """What it takes and gives, as in `left(string, count) → VARCHAR`."""
    description: str
    """What it does, in a sentence; often empty."""


@record
class SqlWords:
    """What SQL over datasets is made of, for completion."""

    keywords: tuple[str, ...]
    """DuckDB's keywords, in lower case."""
    functions: tuple[SqlFunction, ...]
    """Its functions, by name."""


@record
class NewDatasetDownload:
    """What to make a file of: a whole dataset, a query's result, or SQL. Exactly one of them."""

    format: DownloadFormat
    """The kind of file."""
    dataset_id: str | None = None
    """A whole dataset."""
    query_id: str | None = None
    """A query that was run: all its rows, also those beyond the ones kept."""
    sql: str | None = None
    """One SELECT."""
    view: DatasetView | None = None
    """Of a dataset only these rows and columns, in this order; all of it where None."""
    name: str = ""
    """What to call the file, without its ending; made from the dataset where empty."""


@record
class DatasetDownload:
    """A file that waits to be fetched, once; it is deleted afterwards."""

    id: str
    """The download's id."""
    filename: str
    """What the file is called."""
    bytes: int
    """Its size."""
    rows: int
    """How many rows it has."""
