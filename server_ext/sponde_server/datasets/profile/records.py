"""What a profile says beyond single numbers: what a column means, and how columns go together."""

from enum import StrEnum

from sponde_server.core.record import record


class Meaning(StrEnum):
    """What a column's values are about: its finer kind."""

    ID = "id"
    CATEGORY = "category"
    MONEY = "money"
    PERCENTAGE = "percentage"
    YEAR = "year"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    EMAIL = "email"
    URL = "url"
    PHONE = "phone"
    COUNTRY = "country"
    IP = "ip"
    UUID = "uuid"
    JSON = "json"
    PATH = "path"
    CONSTANT = "constant"
    """One value in every row."""


@record
class Lengths:
    """How long a text column's values are, in characters."""

    shortest: int
    """The shortest."""
    longest: int
    """The longest."""
    mean: float
    """The mean."""


@record
class Key:
    """Columns that together have another value in every row."""

    columns: tuple[str, ...]
    """Their names: one, or two where no single one is enough."""


@record
class Correlation:
    """How closely two columns of numbers go together."""

    first: str
    """The one column's name."""
    second: str
    """The other's."""
    strength: float
    """Pearson's coefficient, -1 to 1."""


@record
class MissingTogether:
    """Columns that have no value in (nearly) the same rows."""

    columns: tuple[str, ...]
    """Their names."""
    rows: int
    """In how many rows all of them have none."""


@record
class DateGap:
    """A stretch of days without a row."""

    after: str
    """The last day before it."""
    before: str
    """The first day behind it."""
    days: int
    """How many days have no row."""


@record
class DateGaps:
    """Where a column of dates leaves days out."""

    column: str
    """The column's name."""
    step: int
    """How many days usually lie between two that have rows."""
    count: int
    """How many gaps there are."""
    days: int
    """How many days they have together."""
    longest: tuple[DateGap, ...]
    """The longest, in order of time."""


@record
class Across:
    """What is known of columns together."""

    duplicate_rows: int | None = None
    """How many rows repeat an earlier one; None where that was not counted."""
    keys: tuple[Key, ...] = ()
    """What tells rows apart."""
    correlations: tuple[Correlation, ...] = ()
    """Columns of numbers that go together, the strongest first."""
    correlated_rows: int = 0
    """On how many rows that was measured; all of them, or a sample of large files."""
    missing_together: tuple[MissingTogether, ...] = ()
    """Columns that are empty in the same rows."""
    date_gaps: tuple[DateGaps, ...] = ()
    """Columns of dates that leave days out."""
