import asyncio
from datetime import UTC, datetime, timedelta

from jobs.notebooks import until, write_notebook

from sponde_server.jobs.clock import Clock
from sponde_server.jobs.records import (
    CatchUp,
    JobDefinitionChange,
    NewJobDefinition,
    RunStatus,
    Schedule,
)


class Told:
    """A clock that is told the time; it goes on from there."""

    def __init__(self, moment: str) -> None:
        self._base = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        self._set_at = datetime.now(UTC)

    def set(self, moment: str) -> None:
        self.__init__(moment)

    def __call__(self) -> datetime:
        return self._base + (datetime.now(UTC) - self._set_at)


async def test_the_clock_sleeps_until_the_moment():
    rung: list[datetime] = []
    due = datetime.now(UTC) + timedelta(seconds=0.3)

    async def ring() -> datetime | None:
        rung.append(datetime.now(UTC))
        return due if len(rung) < 2 else None

    task = asyncio.create_task(Clock(ring, lambda: datetime.now(UTC)).run())
    await until(lambda: len(rung) > 1)
    task.cancel()
    # How much later than due it rings is the benchmark's to say.
    assert due <= rung[1]
    assert len(rung) == 2


async def test_a_schedule_starts_its_run_when_it_is_due(make_jobs, root):
    now = Told("2026-11-21 07:59:00")
    jobs = make_jobs(now=now)
    await jobs.begin()
    write_notebook(root / "report.ipynb", "# parameters\nx = 1", "print(x)")
    definition = await jobs.define(
        NewJobDefinition(
            notebook="report.ipynb", parameters={"x": 2}, schedule=Schedule(cron="0 8 * * *")
        )
    )
    now.set("2026-11-21 07:59:59.500")
    jobs._clock.wake()
    (run,) = await jobs.listed(1)
    run = await jobs.ended(run)
    assert (run.status, run.origin) == (RunStatus.SUCCEEDED, "schedule"), run.error
    assert run.definition_id == definition.id
    assert run.due_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    # How much later than due it starts is the benchmark's to say.
    assert run.started_at >= run.due_at
    kept = await jobs.get_definition(definition.id)
    assert (kept.last_run_id, kept.next_at) == (run.id, datetime(2026, 11, 22, 8, tzinfo=UTC))


async def test_a_due_time_comes_once_however_often_the_server_starts(make_jobs, root):
    now = Told("2026-11-21 07:59:00")
    first = make_jobs(now=now)
    write_notebook(root / "report.ipynb", "1")
    await first.define(
        NewJobDefinition(notebook="report.ipynb", schedule=Schedule(cron="0 8 * * *"))
    )
    now.set("2026-11-21 08:00:01")
    for _ in range(3):
        server = make_jobs(now=now)
        await server.begin()
        await server.listed(1)
        await server.stop()
    last = make_jobs(now=now)
    await last.begin()
    runs = await last.listed(1)
    await asyncio.sleep(0.2)
    assert len(await last.list_runs()) == 1
    assert (await last.ended(runs[0])).status is RunStatus.SUCCEEDED


async def test_what_was_missed_while_no_server_ran_is_recorded_once(make_jobs, root):
    now = Told("2026-11-18 12:00:00")
    first = make_jobs(now=now)
    write_notebook(root / "report.ipynb", "1")
    await first.define(
        NewJobDefinition(notebook="report.ipynb", schedule=Schedule(cron="0 8 * * *"))
    )
    catching = Schedule(cron="0 9 * * *", catch_up=CatchUp.RUN_ONCE)
    await first.define(NewJobDefinition(notebook="report.ipynb", name="late", schedule=catching))
    now.set("2026-11-21 12:00:00")
    second = make_jobs(now=now)
    await second.begin()
    runs = await second.listed(2)
    assert sorted(run.due_at.hour for run in runs) == [8, 9]
    missed = next(run for run in runs if run.due_at.hour == 8)
    assert missed.status is RunStatus.MISSED
    assert missed.error.message.startswith("3 due times passed while no server ran")
    late = await second.ended(next(run for run in runs if run.due_at.hour == 9))
    assert late.status is RunStatus.SUCCEEDED


async def test_a_run_that_overlaps_the_last_is_skipped(make_jobs, root):
    now = Told("2026-11-21 07:59:00")
    jobs = make_jobs(now=now)
    await jobs.begin()
    write_notebook(root / "long.ipynb", "import time; time.sleep(600)")
    await jobs.define(NewJobDefinition(notebook="long.ipynb", schedule=Schedule(cron="* * * * *")))
    now.set("2026-11-21 07:59:59.900")
    jobs._clock.wake()
    await jobs.listed(1)
    now.set("2026-11-21 08:00:59.900")
    jobs._clock.wake()
    skipped, going = await jobs.listed(2)
    assert (skipped.status, going.status.is_final) == (RunStatus.SKIPPED, False)
    await jobs.cancel(going.id)


async def test_a_changed_schedule_counts_from_now(make_jobs, root):
    now = Told("2026-11-21 12:00:00")
    jobs = make_jobs(now=now)
    await jobs.begin()
    write_notebook(root / "report.ipynb", "1")
    made = await jobs.define(
        NewJobDefinition(notebook="report.ipynb", schedule=Schedule(cron="0 8 * * *"))
    )
    await jobs.change(made.id, JobDefinitionChange(is_enabled=False))
    now.set("2026-11-25 12:00:00")
    changed = await jobs.change(made.id, JobDefinitionChange(is_enabled=True))
    await asyncio.sleep(0.2)
    assert changed.next_at == datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert await jobs.list_runs() == []


async def test_a_scheduled_notebook_that_is_gone_fails_in_a_sentence(make_jobs, root):
    now = Told("2026-11-21 07:59:00")
    jobs = make_jobs(now=now)
    await jobs.begin()
    path = write_notebook(root / "report.ipynb", "1")
    await jobs.define(
        NewJobDefinition(notebook="report.ipynb", schedule=Schedule(cron="0 8 * * *"))
    )
    path.unlink()
    now.set("2026-11-21 07:59:59.900")
    jobs._clock.wake()
    (run,) = await jobs.listed(1)
    run = await jobs.ended(run)
    assert run.status is RunStatus.FAILED
    assert run.error.message.startswith("There is no notebook 'report.ipynb'.")
