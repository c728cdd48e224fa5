"""When a job definition is due. Pure: the present moment is always given.

Cron lines follow Debian's cron, daylight-saving nights too (the package cronsim): a job at 01:30
runs once on the night that has two 01:30s, and right after the gap on the night that has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from sponde_server.core.errors import Invalid

from .records import (
    CatchUp,
    FieldProblem,
    JobDefinition,
    RunStatus,
    Schedule,
    ScheduleOutlook,
)

GRACE = timedelta(seconds=60)
COUNTED = 1000
MOMENT = timedelta(seconds=1)
_FIELDS = {
    "minute": "minute (0-59)",
    "hour": "hour (0-23)",
    "day-of-month": "day of the month (1-31)",
    "month": "month (1-12)",
    "day-of-week": "day of the week (0-7 or MON-SUN; 0 and 7 are Sunday)",
}


@dataclass(frozen=True)
class Decision:
    """A run that a due time asks for: queued, skipped or missed, and why in words."""

    due_at: datetime
    status: RunStatus
    reason: str = ""


def problems(schedule: Schedule) -> tuple[FieldProblem, ...]:
    """Say what is wrong with a schedule's fields; nothing where it is right."""
    wrong = {"cron": _wrong_cron(schedule.cron), "time_zone": _wrong_zone(schedule.time_zone)}
    found = [FieldProblem(name=name, message=message) for name, message in wrong.items() if message]
    if not found and next(_dues(schedule, datetime(2026, 1, 1, tzinfo=UTC)), None) is None:
        message = f"'{schedule.cron}' never comes: no such day exists."
        found.append(FieldProblem(name="cron", message=message))
    return tuple(found)


def check(schedule: Schedule) -> None:
    """Refuse a schedule that is wrong."""
    found = problems(schedule)
    if found:
        raise Invalid(
            " ".join(problem.message for problem in found),
            "A cron line has five fields: minute, hour, day of the month, month, day of the week; "
            "'0 8 * * 1-5' is every weekday at 8:00.",
        )


def outlook(schedule: Schedule, now: datetime) -> ScheduleOutlook:
    """Say what a schedule means and when it is due next, or what is wrong with it."""
    found = problems(schedule)
    if found:
        return ScheduleOutlook(problems=found)
    from cronsim.explain import explain

    return ScheduleOutlook(
        words=explain(schedule.cron), next=tuple(islice(_dues(schedule, now), 3))
    )


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """Give the first due time after a moment."""
    return next(_dues(schedule, moment), None)


def decide(
    definition: JobDefinition, now: datetime, *, is_active: bool
) -> tuple[list[Decision], datetime | None]:
    """Decide about every due time that has come: the runs to make, and when it is due next.

    `is_active` says whether a run of the definition has not ended yet.
    """
    schedule, due = definition.schedule, definition.next_at
    if schedule is None or due is None or due > now or not definition.is_enabled:
        return [], due
    passed = [due, *islice(_until(schedule, due, now), COUNTED)]
    is_counted = len(passed) <= COUNTED
    latest = passed[-1] if is_counted else _latest(schedule, now)
    following = next_after(schedule, now)
    runs: list[Decision] = []
    is_late = now - latest > GRACE
    runs_latest = not is_late or schedule.catch_up is CatchUp.RUN_ONCE
    gone = len(passed) - (1 if runs_latest else 0)
    if gone and schedule.catch_up is CatchUp.RECORD:
        last_gone = latest
        if not is_late:
            last_gone = passed[-2] if is_counted else _latest(schedule, latest - MOMENT)
        reason = _missed(str(gone) if is_counted else f"More than {COUNTED}")
        runs.append(Decision(last_gone, RunStatus.MISSED, reason))
    if runs_latest and is_active:
        reason = "Its last run had not ended when this one was due."
        runs.append(Decision(latest, RunStatus.SKIPPED, reason))
    elif runs_latest:
        runs.append(Decision(latest, RunStatus.QUEUED))
    return runs, following


def _missed(number: str) -> str:
    if number == "1":
        return "No server ran when this was due."
    return f"{number} due times passed while no server ran; this is the last of them."


def _dues(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    start = after.astimezone(ZoneInfo(schedule.time_zone))
    for due in CronSim(schedule.cron, start):
        yield due.astimezone(UTC)


def _until(schedule: Schedule, after: datetime, now: datetime) -> Iterator[datetime]:
    for due in _dues(schedule, after):
        if due > now:
            return
        yield due


def _latest(schedule: Schedule, now: datetime) -> datetime:
    start = now.astimezone(ZoneInfo(schedule.time_zone)) + MOMENT
    latest: datetime = next(CronSim(schedule.cron, start, reverse=True))
    return latest.astimezone(UTC)


def _wrong_cron(cron: str) -> str:
    count = len(cron.split())
    if count != 5:
        return f"'{cron}' has {count} field{'' if count == 1 else 's'}; a cron line has five."
    try:
        CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        return f"'{cron}': the field for the {_FIELDS.get(name, name)} does not fit."
    return ""


def _wrong_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"There is no time zone '{name}'; give a name such as Europe/Vienna or UTC."
    return ""
