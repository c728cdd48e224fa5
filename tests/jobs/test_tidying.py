import os
from datetime import timedelta
from pathlib import Path

from jobs.notebooks import until, write_notebook

from sponde_server.core.record import now
from sponde_server.jobs import tidying
from sponde_server.jobs.records import NewRun, RunStatus
from sponde_server.jobs.tidying import DAY_SECONDS, Place, removable


def places(*ages: float) -> list[Place]:
    """Give folders of runs a, b, c, …, so many days old."""
    return [
        Place(Path(name), name, -age * DAY_SECONDS)
        for name, age in zip("abcdef", ages, strict=False)
    ]


def names(chosen: list[Place]) -> str:
    return "".join(sorted(place.run_id for place in chosen))


def test_old_ones_go_and_the_oldest_of_too_many():
    found = places(1, 40, 3, 31, 2)
    assert names(removable(found, (), 0, 30, 0)) == "bd"
    assert names(removable(found, (), 0, 0, 2)) == "bcd"
    assert names(removable(found, (), 0, 30, 2)) == "bcd"
    assert names(removable(found, (), 0, 0, 0)) == ""


def test_what_has_not_ended_stays_and_does_not_count():
    found = places(1, 40, 3)
    assert names(removable(found, ("b",), 0, 30, 0)) == ""
    assert names(removable(found, ("a", "b"), 0, 0, 1)) == ""


def test_only_folders_of_runs_are_looked_at(tmp_path):
    for name in ("01-1", "02-1", "notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "03-1").write_text("a file")
    os.mkfifo(tmp_path / "01-1" / "bell")
    assert sorted(place.run_id for place in tidying.look(tmp_path)) == ["01", "02"]
    assert tidying.look(tmp_path / "nowhere") == []


async def test_an_old_log_goes_and_the_run_and_its_result_stay(make_jobs, root, tmp_path):
    write_notebook(root / "plain.ipynb", "print('as it stands')")
    jobs = make_jobs(keep_log_days=2)
    run = await jobs.ended(await jobs.start(NewRun(notebook="plain.ipynb")))
    assert await jobs.tidy() == 0
    assert "Ended: succeeded." in (await jobs.read_log(run.id)).text

    later = make_jobs(keep_log_days=2, now=lambda: now() + timedelta(days=3))
    # It tidies up by itself when it begins.
    await later.begin()
    await until(lambda: not any((tmp_path / "runs").iterdir()))
    kept = await later.get_run(run.id)
    assert kept.status is RunStatus.SUCCEEDED
    assert (root / kept.result).is_file()
    assert "This log is gone: logs are kept for 2 days" in (await later.read_log(run.id)).text
