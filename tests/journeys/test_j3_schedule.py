"""J3: a notebook runs by itself, in a process of its own, and comes through a power cut."""

from datetime import UTC, datetime

from jobs.notebooks import write_notebook


def is_over(run):
    return run["status"] not in ("queued", "starting", "running")


def test_a_run_reads_a_dataset_by_name_and_reports_a_metric(served, birds):
    write_notebook(
        served.lab.root / "reports" / "costs.ipynb",
        f"# parameters\ndataset = {birds!r}\nat_least = 0",
        "import sponde\ntable = sponde.dataset(dataset).df()",
        "costly = table[table['Cost Total $'] > at_least]\nsponde.metric('costly', len(costly))",
    )
    runs = [
        served.call(
            "POST",
            "/runs",
            {"notebook": "reports/costs.ipynb", "parameters": {"at_least": at_least}},
        )
        for at_least in (0, 100_000)
    ]
    ended = [served.until(f"/runs/{run['id']}", is_over, 90) for run in runs]
    assert [run["status"] for run in ended] == ["succeeded", "succeeded"], ended
    few, many = ended[1]["metrics"][0]["value"], ended[0]["metrics"][0]["value"]
    assert 0 < few < many


def test_kill_9_of_the_server_in_mid_run_loses_and_doubles_nothing(served):
    lab = served.lab
    write_notebook(
        lab.root / "long.ipynb",
        "# parameters\nname = ''",
        "print(name, file=open('executed.txt', 'a'))",
        "import time\ntime.sleep(4)",
        "print('whole')",
    )
    runs = [
        served.call("POST", "/runs", {"notebook": "long.ipynb", "parameters": {"name": name}})
        for name in "abcd"
    ]
    # Two go on, two wait; the server dies in the middle.
    for run in runs[:2]:
        served.until(f"/runs/{run['id']}", lambda found: found["cell"] >= 3, 60)
    assert served.call("GET", f"/runs/{runs[2]['id']}")["status"] == "queued"
    lab.kill()
    lab.start()
    ended = [served.until(f"/runs/{run['id']}", is_over, 90) for run in runs]
    assert [run["status"] for run in ended] == ["succeeded"] * 4, ended
    assert [run["attempt"] for run in ended] == [1, 1, 1, 1]
    assert sorted((lab.root / "executed.txt").read_text().split()) == ["a", "b", "c", "d"]
    results = [lab.root / run["result"] for run in ended]
    assert all("whole" in path.read_text() for path in results)
    assert sorted(results) == sorted((lab.root / "sponde-runs").glob("long-*.ipynb"))
    lines = [line["text"] for line in served.call("GET", "/activity")]
    assert len([line for line in lines if line.startswith("'long.ipynb' ran")]) == 4


def test_a_schedule_survives_the_server_and_is_due_as_before(served):
    made = served.call(
        "POST",
        "/job-definitions",
        {
            "notebook": "long.ipynb",
            "name": "Nightly",
            "schedule": {"cron": "30 2 * * *", "time_zone": "Europe/Vienna"},
        },
    )
    assert datetime.fromisoformat(made["next_at"]) > datetime.now(UTC)
    served.lab.kill()
    served.lab.start()
    assert made in served.call("GET", "/job-definitions")
