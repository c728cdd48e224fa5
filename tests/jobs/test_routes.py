import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from jobs.notebooks import write_notebook


@pytest.fixture
def notebook(jp_root_dir):
    write_notebook(
        jp_root_dir / "hello.ipynb", "# parameters\ntimes = 2  # how often", "'hi ' * times"
    )
    return "hello.ipynb"


async def ended(api, run):
    for _ in range(2500):
        run = await api("GET", f"/runs/{run['id']}")
        if run["status"] not in ("queued", "starting", "running"):
            return run
        await asyncio.sleep(0.1)
    raise AssertionError(run)


async def test_a_notebook_s_parameters_are_read_and_checked(api, jp_fetch, notebook):
    address = ("sponde", "api", "notebooks", "parameters")
    found = json.loads((await jp_fetch(*address, params={"path": notebook})).body)
    assert found["note"] == ""
    (times,) = found["parameters"]
    assert (times["name"], times["type"], times["default"]) == ("times", "int", 2)
    assert times["help"] == "how often"
    body = {"notebook": notebook, "parameters": {"times": "x", "y": 1}}
    problems = await api("POST", "/notebooks/parameters", body)
    assert [problem["name"] for problem in problems] == ["times", "y"]


async def test_a_run_is_started_followed_and_listed(api, notebook):
    run = await api("POST", "/runs", {"notebook": notebook, "parameters": {"times": 3}})
    assert run["status"] in ("queued", "starting")
    run = await ended(api, run)
    assert run["status"] == "succeeded", run
    assert (await api("GET", "/runs"))[0] == run
    assert "Ended: succeeded." in (await api("GET", f"/runs/{run['id']}/log"))["text"]
    refused = await api("POST", f"/runs/{run['id']}/cancel")
    assert (refused["status"], refused["code"]) == (409, "conflict")
    lines = await api("GET", "/activity")
    assert lines[0]["text"].startswith("'hello.ipynb' ran to its end in ")


async def test_refusals_have_a_sentence_and_a_way_out(api, notebook, jp_root_dir):
    write_notebook(jp_root_dir / "r.ipynb", "1", kernel="ir")
    for status, path, body in [
        (404, "/runs", {"notebook": "gone.ipynb"}),
        (403, "/runs", {"notebook": "../../etc/x.ipynb"}),
        (400, "/runs", {"notebook": "r.ipynb"}),
        (400, "/runs", {"notebook": notebook, "parameters": {"times": []}}),
        (400, "/job-definitions", {"notebook": notebook, "schedule": {"cron": "8 o'clock"}}),
    ]:
        answer = await api("POST", path, body)
        assert answer["status"] == status, answer
        assert answer["message"]
        assert answer["hint"]
    assert (await api("GET", "/runs/nobody"))["status"] == 404


async def test_a_definition_is_made_changed_switched_off_deleted_and_restored(api, notebook):
    wanted = {"cron": "0 8 * * *", "time_zone": "Europe/Vienna"}
    made = await api(
        "POST", "/job-definitions", {"notebook": notebook, "schedule": wanted, "name": " Daily "}
    )
    assert made["name"] == "Daily"
    assert datetime.fromisoformat(made["next_at"]) > datetime.now(UTC)
    path = f"/job-definitions/{made['id']}"
    off = await api("PATCH", path, {"is_enabled": False})
    assert (off["is_enabled"], off["next_at"]) == (False, None)
    on = await api("PATCH", path, {"is_enabled": True, "schedule": {**wanted, "cron": "0 9 * * *"}})
    assert on["next_at"] is not None
    assert on["schedule"]["cron"] == "0 9 * * *"
    assert (await api("PATCH", path, {"parameters": {"times": "x"}}))["status"] == 400
    assert await api("DELETE", path) is None
    assert await api("GET", "/job-definitions") == []
    restored = await api("POST", path + "/restore")
    assert restored["next_at"] == on["next_at"]
    assert [one["id"] for one in await api("GET", "/job-definitions")] == [made["id"]]


async def test_a_definition_runs_now(api, notebook):
    made = await api("POST", "/job-definitions", {"notebook": notebook, "parameters": {"times": 5}})
    assert made["name"] == "hello"
    run = await ended(api, await api("POST", f"/job-definitions/{made['id']}/runs"))
    assert (run["status"], run["parameters"]) == ("succeeded", {"times": 5})
    (kept,) = await api("GET", "/job-definitions")
    assert kept["last_run_id"] == run["id"]
    assert len(await api("GET", "/runs", definition_id=made["id"])) == 1
    assert await api("GET", "/runs", definition_id="other") == []


async def test_an_outlook_says_what_a_schedule_means(api):
    outlook = await api("POST", "/schedule-outlooks", {"cron": "*/5 * * * *"})
    assert outlook["words"] == "Every fifth minute of every hour"
    first, second, _ = [datetime.fromisoformat(moment) for moment in outlook["next"]]
    assert second - first == timedelta(minutes=5)
    wrong = await api("POST", "/schedule-outlooks", {"cron": "x"})
    assert wrong["problems"][0]["name"] == "cron"
