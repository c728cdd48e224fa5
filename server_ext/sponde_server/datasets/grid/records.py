"""A view of a dataset: how its rows are sorted, filtered, searched, and which columns are shown."""

from enum import StrEnum
from typing import Any

from sponde_server.core.record import record


class FilterKind(StrEnum):
    """What a filter asks of a column's values."""

    CONTAINS = "contains"
    """The text occurs in the value, in whatever case."""
    AMONG = "among"
    """It is one of these values."""
    BETWEEN = "between"
    """It lies between the bounds."""
    EMPTY = "empty"
    """There is no value."""


class CodeLanguage(StrEnum):
    """What a view's code is written in."""

    PANDAS = "pandas"
    SQL = "sql"
    POLARS = "polars"


class PageWhen(StrEnum):
    """How much of a view must be worked out before a page of it is given."""

    EARLY = "early"
    """The page itself; how many rows fit may not be known yet."""
    COUNTED = "counted"
    """Also how many rows fit."""
    WHOLE = "whole"
    """All of it: every page is a look-up then."""


@record
class ViewFilter:
    """What is asked of one column."""

    column: str
    """The column's name."""
    kind: FilterKind
    """What is asked."""
    values: tuple[str, ...] = ()
    """The text, or the values, as text."""
    low: str | None = None
    """The smallest value that fits, as text; None: without end."""
    high: str | None = None
    """The largest value that fits, as text; None: without end."""
    below: bool = False
    """Whether `high` itself does not fit any more, as with a histogram's bars."""
    negated: bool = False
    """Whether what would fit does not, and the rest does."""


@record
class ViewSort:
    """One column that the rows are sorted by; empty values come last."""

    column: str
    """The column's name."""
    descending: bool = False
    """Whether the largest comes first."""


@record
class DatasetView:
    """How a dataset's rows are looked at."""

    sorts: tuple[ViewSort, ...] = ()
    """What they are sorted by, the most important first; as in the file where empty."""
    filters: tuple[ViewFilter, ...] = ()
    """What a row must fit, all of it."""
    search: str = ""
    """What must occur in one of a row's values, in whatever case."""
    columns: tuple[str, ...] = ()
    """The columns that are shown, in order; all where empty."""


@record
class NewPage:
    """Some rows of a view."""

    view: DatasetView
    """The view."""
    offset: int = 0
    """How many rows stand before the first."""
    limit: int = 100
    """At most so many rows."""
    columns: tuple[int, ...] = ()
    """The wanted columns by their places in the dataset, in this order; all where empty."""
    written: bool = False
    """Whether values are given as they are written in the file."""
    whole: bool = False
    """Whether long texts are given whole."""
    when: PageWhen = PageWhen.COUNTED
    """How much of the view must be worked out before."""


@record
class ViewPage:
    """Rows of a view."""

    rows: tuple[tuple[Any, ...], ...]
    """The rows: text, number, boolean or null; the rest as text."""
    total: int
    """How many rows the view has; those found so far where it is asked for early."""
    has_copy: bool
    """Whether they come from the working copy, and not from the file itself."""
    is_whole: bool = True
    """Whether all rows are found and in order, so that every page is a look-up."""


@record
class NewValues:
    """A column's values in a view, for choosing among them."""

    view: DatasetView
    """The view; what it asks of this column itself is left out."""
    column: str
    """The column's name."""
    search: str = ""
    """What must occur in them."""


@record
class ViewValue:
    """A value and how many rows of the view have it."""

    value: str | None
    """The value as text; None where it is empty."""
    count: int
    """How many rows."""


@record
class NewViewCode:
    """A view as code."""

    view: DatasetView
    """The view."""
    language: CodeLanguage = CodeLanguage.PANDAS
    """What to write."""
    plot: tuple[str, ...] = ()
    """One or two columns to draw (pandas only); none where empty."""


@record
class ViewCode:
    """Code that gives a view's rows."""

    code: str
    """The code."""
    language: CodeLanguage
    """What it is written in."""
