from datetime import UTC, datetime, timedelta

import pytest

from sponde_server.core.errors import Invalid
from sponde_server.jobs import schedule
from sponde_server.jobs.records import CatchUp, JobDefinition, RunStatus, Schedule


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dues(cron: str, zone: str, after: str, count: int) -> list[str]:
    """Give due times as UTC text."""
    wanted = Schedule(cron=cron, time_zone=zone)
    moment, found = at(after), []
    for _ in range(count):
        moment = schedule.next_after(wanted, moment)
        found.append(f"{moment:%m-%d %H:%M}")
    return found


def due_definition(next_at: str, cron: str = "0 8 * * *", **more) -> JobDefinition:
    """Make a definition that is due."""
    catch_up = more.pop("catch_up", CatchUp.RECORD)
    return JobDefinition(
        name="report",
        notebook="report.ipynb",
        workspace="/",
        schedule=Schedule(cron=cron, catch_up=catch_up),
        next_at=at(next_at),
        **more,
    )


def test_eight_o_clock_stays_eight_o_clock_over_both_changes_of_the_clock():
    # Vienna: UTC+1 until 29 March 2026, UTC+2 until 25 October 2026.
    assert dues("0 8 * * *", "Europe/Vienna", "2026-03-27 12:00", 3) == [
        "03-28 07:00",
        "03-29 06:00",
        "03-30 06:00",
    ]
    assert dues("0 8 * * *", "Europe/Vienna", "2026-10-23 12:00", 3) == [
        "10-24 06:00",
        "10-25 07:00",
        "10-26 07:00",
    ]


def test_a_time_in_the_gap_comes_once_right_after_it():
    # 02:30 does not exist in Vienna on 29 March 2026; the gap ends at 01:00 UTC.
    assert dues("30 2 * * *", "Europe/Vienna", "2026-03-28 12:00", 2) == [
        "03-29 01:00",
        "03-30 00:30",
    ]


def test_a_time_that_comes_twice_is_due_once():
    # 01:30 exists twice in New York on 1 November 2026.
    assert dues("30 1 * * *", "America/New_York", "2026-10-31 12:00", 2) == [
        "11-01 05:30",
        "11-02 06:30",
    ]


def test_an_hourly_schedule_goes_on_every_real_hour_on_the_night_with_two_of_them():
    assert dues("0 * * * *", "America/New_York", "2026-11-01 04:30", 3) == [
        "11-01 05:00",
        "11-01 06:00",
        "11-01 07:00",
    ]


def test_sunday_is_0_and_7():
    assert dues("0 0 * * 0", "UTC", "2026-11-20 00:00", 1) == ["11-22 00:00"]
    assert dues("0 0 * * 7", "UTC", "2026-11-20 00:00", 1) == ["11-22 00:00"]


@pytest.mark.parametrize(
    ("cron", "sentence"),
    [
        ("0 8 * *", "has 4 fields; a cron line has five"),
        ("", "has 0 fields"),
        ("* * * * * *", "has 6 fields"),
        ("0 25 * * *", r"the field for the hour \(0-23\) does not fit"),
        ("0 8 * * BLA", "the field for the day of the week"),
        ("0 0 30 2 *", "does not fit"),
    ],
)
def test_a_wrong_cron_line_is_refused_in_a_sentence(cron, sentence):
    with pytest.raises(Invalid, match=sentence) as refused:
        schedule.check(Schedule(cron=cron))
    assert "five fields" in refused.value.hint


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../../etc/passwd"])
def test_an_unknown_time_zone_is_refused_in_a_sentence(zone):
    with pytest.raises(Invalid, match="There is no time zone"):
        schedule.check(Schedule(cron="0 8 * * *", time_zone=zone))


def test_an_outlook_has_words_and_three_times():
    outlook = schedule.outlook(Schedule(cron="0 8 * * 1-5"), at("2026-11-20 12:00"))
    assert outlook.words == "At 08:00 on Monday through Friday"
    assert [f"{due:%a %H}" for due in outlook.next] == ["Mon 08", "Tue 08", "Wed 08"]


def test_a_wrong_schedule_s_outlook_names_the_field():
    outlook = schedule.outlook(Schedule(cron="x", time_zone="y"), at("2026-11-20 12:00"))
    assert [problem.name for problem in outlook.problems] == ["cron", "time_zone"]


def test_nothing_happens_before_the_due_time():
    definition = due_definition("2026-11-21 08:00")
    runs, following = schedule.decide(definition, at("2026-11-21 07:59"), is_active=False)
    assert (runs, following) == ([], definition.next_at)


def test_a_due_definition_makes_one_run_and_knows_the_next_time():
    definition = due_definition("2026-11-21 08:00")
    now = at("2026-11-21 08:00") + timedelta(milliseconds=20)
    runs, following = schedule.decide(definition, now, is_active=False)
    assert [(run.status, run.due_at) for run in runs] == [
        (RunStatus.QUEUED, at("2026-11-21 08:00"))
    ]
    assert following == at("2026-11-22 08:00")


def test_a_run_that_still_goes_on_makes_the_next_one_skipped():
    runs, _ = schedule.decide(
        due_definition("2026-11-21 08:00"), at("2026-11-21 08:00"), is_active=True
    )
    assert [(run.status, run.reason) for run in runs] == [
        (RunStatus.SKIPPED, "Its last run had not ended when this one was due.")
    ]


def test_times_that_passed_without_a_server_are_recorded_as_one_missed_run():
    definition = due_definition("2026-11-18 08:00")
    runs, following = schedule.decide(definition, at("2026-11-21 12:00"), is_active=False)
    assert [(run.status, run.due_at) for run in runs] == [
        (RunStatus.MISSED, at("2026-11-21 08:00"))
    ]
    assert runs[0].reason.startswith("4 due times passed")
    assert following == at("2026-11-22 08:00")


def test_a_definition_that_catches_up_runs_once():
    definition = due_definition("2026-11-18 08:00", catch_up=CatchUp.RUN_ONCE)
    runs, _ = schedule.decide(definition, at("2026-11-21 12:00"), is_active=False)
    assert [run.status for run in runs] == [RunStatus.QUEUED]


def test_a_server_that_is_back_in_time_runs_the_last_and_records_the_others():
    definition = due_definition("2026-11-20 08:00")
    now = at("2026-11-21 08:00") + timedelta(seconds=30)
    runs, _ = schedule.decide(definition, now, is_active=False)
    assert [(run.status, run.due_at) for run in runs] == [
        (RunStatus.MISSED, at("2026-11-20 08:00")),
        (RunStatus.QUEUED, at("2026-11-21 08:00")),
    ]


def test_a_year_of_minutes_is_not_counted_one_by_one():
    definition = due_definition("2025-11-21 08:00", cron="* * * * *")
    now = at("2026-11-21 08:00") + timedelta(seconds=10)
    runs, following = schedule.decide(definition, now, is_active=False)
    assert [run.status for run in runs] == [RunStatus.MISSED, RunStatus.QUEUED]
    assert runs[0].reason.startswith("More than 1000")
    assert runs[1].due_at == at("2026-11-21 08:00")
    assert following == at("2026-11-21 08:01")


def test_a_schedule_that_is_off_is_never_due():
    definition = due_definition("2026-11-18 08:00", is_enabled=False)
    assert schedule.decide(definition, at("2026-11-21 12:00"), is_active=False)[0] == []
