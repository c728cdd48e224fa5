import json
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from jobs.notebooks import until, write_notebook

from sponde_server.core.errors import Conflict, Forbidden, Invalid, NotFound
from sponde_server.core.processes import birth
from sponde_server.jobs import runner
from sponde_server.jobs.records import NewRun, RunStatus

GREETING = (
    "# parameters\nname: str = 'world'\ntimes = 1",
    "print(('hello ' + name + ' ') * times)",
)


def outputs(root: Path, path: str) -> list[str]:
    """Read the texts that an executed notebook shows."""
    cells = json.loads((root / path).read_text())["cells"]
    found = []
    for cell in cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain") or ""
            found.append("".join(text))
    return found


async def test_a_run_executes_the_notebook_with_its_parameters(jobs, root):
    write_notebook(root / "reports" / "hello.ipynb", *GREETING)
    run = await jobs.start(NewRun(notebook="reports/hello.ipynb", parameters={"times": "2"}))
    assert run.status is RunStatus.QUEUED
    run = await jobs.ended(run)
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.parameters == {"times": 2}
    assert (run.cell, run.cells) == (3, 3)
    assert run.result.startswith("sponde-runs/hello-")
    assert outputs(root, run.result) == ["hello world hello world \n"]
    assert run.started_at < run.ended_at


async def test_a_run_works_in_the_folder_of_its_notebook(jobs, root):
    write_notebook(root / "reports" / "where.ipynb", "import os; os.path.basename(os.getcwd())")
    run = await jobs.ended(await jobs.start(NewRun(notebook="reports/where.ipynb")))
    assert outputs(root, run.result) == ["'reports'"]


async def test_a_failing_cell_is_named_by_its_number_and_the_notebook_is_kept(jobs, root):
    write_notebook(root / "fails.ipynb", "1", "2", "raise ValueError('no such year: 1066')", "4")
    run = await jobs.ended(await jobs.start(NewRun(notebook="fails.ipynb")))
    assert run.status is RunStatus.FAILED
    assert (run.error.cell, run.error.name) == (3, "ValueError")
    assert run.error.message == "no such year: 1066"
    assert "ValueError" in (root / run.result).read_text()
    assert jobs.told[0].text == "'fails.ipynb' failed in cell [3]: ValueError: no such year: 1066"


async def test_an_error_that_a_cell_expects_does_not_fail_the_run(jobs, root):
    path = write_notebook(root / "expected.ipynb", "1/0", "2")
    content = json.loads(path.read_text())
    content["cells"][0]["metadata"]["tags"] = ["raises-exception"]
    path.write_text(json.dumps(content))
    run = await jobs.ended(await jobs.start(NewRun(notebook="expected.ipynb")))
    assert run.status is RunStatus.SUCCEEDED


async def test_a_kernel_that_is_killed_is_a_sentence(jobs, root):
    write_notebook(root / "killed.ipynb", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    run = await jobs.ended(await jobs.start(NewRun(notebook="killed.ipynb")))
    assert (run.status, run.error.cell) == (RunStatus.FAILED, 1)
    assert run.error.message == "The kernel was killed, most often for want of memory."


async def test_cancel_ends_the_process_and_its_kernel_and_keeps_what_was_done(jobs, root):
    write_notebook(
        root / "long.ipynb",
        "import os; print(os.getpid(), flush=True)",
        "print('begun', flush=True)\nimport time; open('begun', 'w').close(); time.sleep(600)",
    )
    run = await jobs.start(NewRun(notebook="long.ipynb"))
    await until((root / "begun").exists)  # a first cell that ended says nothing of the second
    run = await jobs.cancel(run.id)
    assert run.status is RunStatus.CANCELLED
    pid, begun, *_ = outputs(root, run.result)
    assert begun.startswith("begun")
    await until(lambda: birth(int(pid)) is None)
    with pytest.raises(Conflict, match="ended already"):
        await jobs.cancel(run.id)


async def test_cancel_ends_a_kernel_that_does_not_listen(jobs, root, monkeypatch):
    monkeypatch.setattr(runner, "STOP_SECONDS", 3.0)
    write_notebook(
        root / "deaf.ipynb",
        "import os, signal, time\nprint(os.getpid(), flush=True)\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(600)",
    )
    run = await jobs.start(NewRun(notebook="deaf.ipynb"))
    place = jobs._folder / f"{run.id}-1"
    kernel = await until(
        lambda: [event["pid"] for event in runner.events(place) if event["kind"] == "kernel"]
    )
    run = await jobs.cancel(run.id)
    assert run.status is RunStatus.CANCELLED
    await until(lambda: birth(kernel[0]) is None)


async def test_a_run_ends_at_its_time_limit(jobs, root):
    write_notebook(root / "slow.ipynb", "1", "import time; time.sleep(600)")
    run = await jobs.ended(await jobs.start(NewRun(notebook="slow.ipynb", time_limit=6)))
    assert (run.status, run.error.cell) == (RunStatus.TIMED_OUT, 2)
    assert "longer than its limit of 6 seconds" in run.error.message
    assert run.ended_at - run.started_at < timedelta(seconds=60)


async def test_runs_beyond_the_limit_wait_and_a_waiting_one_can_be_cancelled(make_jobs, root):
    jobs = make_jobs(parallel_runs=1)
    write_notebook(root / "a.ipynb", "1", "import time; time.sleep(0.5)")
    first, second, third = [await jobs.start(NewRun(notebook="a.ipynb")) for _ in range(3)]
    await jobs.has_finished_a_cell(first)
    assert (await jobs.get_run(second.id)).status is RunStatus.QUEUED
    assert (await jobs.cancel(second.id)).status is RunStatus.CANCELLED
    first, third = await jobs.ended(first), await jobs.ended(third)
    assert (first.status, third.status) == (RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    assert third.started_at >= first.ended_at - timedelta(milliseconds=50)


async def test_metrics_are_read_from_the_outputs(jobs, root):
    write_notebook(
        root / "metric.ipynb",
        "import sponde\nsponde.metric('rmse', 0.5)\nsponde.metric('rmse', 0.31)",
        "sponde.metric('rows', 10_000)",
    )
    run = await jobs.ended(await jobs.start(NewRun(notebook="metric.ipynb")))
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert {metric.name: metric.value for metric in run.metrics} == {"rmse": 0.31, "rows": 10_000}


async def test_wrong_values_are_refused_before_anything_runs(jobs, root):
    write_notebook(root / "hello.ipynb", *GREETING)
    with pytest.raises(
        Invalid, match=r"times takes a whole number.*'many' does not fit"
    ) as refused:
        await jobs.start(NewRun(notebook="hello.ipynb", parameters={"times": "many"}))
    assert refused.value.hint
    with pytest.raises(Invalid, match="has no 'x\nimport os'"):
        await jobs.start(NewRun(notebook="hello.ipynb", parameters={"x\nimport os": 1}))
    assert await jobs.list_runs() == []


async def test_only_notebooks_inside_the_root_are_run(jobs, root, tmp_path):
    write_notebook(tmp_path / "outside.ipynb", "1")
    with pytest.raises(Forbidden):
        await jobs.start(NewRun(notebook="../outside.ipynb"))
    for address in ("http://localhost/a.ipynb", "s3://bucket/a.ipynb", "gone.ipynb"):
        with pytest.raises(NotFound):
            await jobs.start(NewRun(notebook=address))
    (root / "a.txt").write_text("{}")
    with pytest.raises(Invalid, match="not a notebook"):
        await jobs.start(NewRun(notebook="a.txt"))


async def test_braces_in_a_name_are_just_braces(jobs, root):
    write_notebook(root / "a {b} {0.pm}.ipynb", "# parameters\nx = 1")
    run = await jobs.ended(
        await jobs.start(NewRun(notebook="a {b} {0.pm}.ipynb", parameters={"x": 2}))
    )
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.result.startswith("sponde-runs/a {b} {0.pm}-")


async def test_a_kernel_that_is_not_installed_is_refused_with_those_that_are(jobs, root):
    write_notebook(root / "r.ipynb", "1", kernel="ir")
    with pytest.raises(Invalid, match="asks for the kernel 'ir'") as refused:
        await jobs.start(NewRun(notebook="r.ipynb"))
    assert "python3" in refused.value.hint


async def test_another_server_follows_a_run_that_goes_on(make_jobs, root):
    first = make_jobs()
    write_notebook(root / "long.ipynb", "1", "import time; time.sleep(1.5)", "'done'")
    run = await first.start(NewRun(notebook="long.ipynb"))
    await first.has_finished_a_cell(run)
    await first.stop()
    second = make_jobs()
    await second.begin()
    run = await second.ended(run)
    assert (run.status, run.attempt, run.cell) == (RunStatus.SUCCEEDED, 1, 3), run.error
    assert outputs(root, run.result) == ["1", "'done'"]
    assert len(list((root / "sponde-runs").iterdir())) == 1


async def test_another_server_reads_the_end_of_a_run_that_ended_meanwhile(make_jobs, root):
    first = make_jobs()
    write_notebook(root / "short.ipynb", "1", "import time; time.sleep(0.5)", "1/0")
    run = await first.start(NewRun(notebook="short.ipynb"))
    await first.has_finished_a_cell(run)
    process = first._live[run.id].process
    await first.stop()
    process.handle.wait(240)
    second = make_jobs()
    await second.begin()
    run = await second.ended(run)
    assert (run.status, run.error.cell, run.error.name) == (
        RunStatus.FAILED,
        3,
        "ZeroDivisionError",
    )


async def test_a_run_whose_process_is_gone_is_lost_and_its_kernel_ended(make_jobs, root):
    first = make_jobs()
    write_notebook(root / "long.ipynb", "1", "import time; time.sleep(600)")
    run = await first.start(NewRun(notebook="long.ipynb"))
    await first.has_finished_a_cell(run)
    process = first._live[run.id].process
    await first.stop()
    os.kill(process.pid, signal.SIGKILL)
    process.handle.wait(60)
    second = make_jobs()
    await second.begin()
    run = await second.ended(run)
    assert run.status is RunStatus.LOST
    assert run.error.message.startswith("The run's process disappeared after cell [1]")
    await until(lambda: birth(process.kernel[0]) is None)


async def test_a_run_that_nobody_began_is_done_by_the_next_server(make_jobs, root):
    first = make_jobs()
    write_notebook(root / "a.ipynb", "1")
    run = await first.start(NewRun(notebook="a.ipynb"))
    await first.stop()  # before its process was started, or just after
    second = make_jobs()
    await second.begin()
    run = await second.ended(run)
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert len(list((root / "sponde-runs").iterdir())) == 1


async def test_a_process_that_comes_late_finds_its_run_taken_back(tmp_path, root):
    folder = tmp_path / "late"
    folder.mkdir()
    assert runner.find(folder) is None
    from sponde_server.jobs import child

    assert child.claim(folder) is False
    assert runner.find(folder) is None


async def test_the_log_reads_like_a_report(jobs, root):
    write_notebook(
        root / "fails.ipynb", "import sys; print('to stderr', file=sys.__stderr__)", "1/0"
    )
    run = await jobs.ended(await jobs.start(NewRun(notebook="fails.ipynb")))
    text = (await jobs.read_log(run.id)).text
    assert "2 code cells to execute." in text
    assert "Cell [2] of 2: 1/0" in text
    assert "Ended: failed. ZeroDivisionError: division by zero" in text
