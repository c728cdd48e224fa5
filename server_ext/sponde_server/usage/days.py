"""The days and months that usage is counted by: as a clock on the wall shows them.

A day begins at midnight where the server is (or in a zone that is named), so one of spring has 23
hours and one of autumn 25.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .records import BudgetPeriod

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Days:
    """The days of one time zone; of the server's own where none is named."""

    def __init__(self, zone: str = "") -> None:
        self._zone = ZoneInfo(zone) if zone else None

    def of(self, moment: datetime) -> date:
        """Give the day that a moment belongs to."""
        return moment.astimezone(self._zone).date()

    def midnight(self, day: date) -> datetime:
        """Give the moment at which a day begins, in UTC."""
        # Without a zone it is the server's own time.
        local = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return local.astimezone(UTC)


def begins(period: BudgetPeriod, day: date) -> date:
    """Give the first day of the period that a day is in."""
    return day if period is BudgetPeriod.DAY else day.replace(day=1)


def next_begin(period: BudgetPeriod, day: date) -> date:
    """Give the first day of the period after the one that a day is in."""
    if period is BudgetPeriod.DAY:
        return day + timedelta(days=1)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def in_words(period: BudgetPeriod, day: date) -> str:
    """Say when the period that a day is in ends."""
    if period is BudgetPeriod.DAY:
        return "tomorrow at 00:00"
    first = next_begin(period, day)
    return f"on 1 {MONTHS[first.month - 1]} at 00:00"
