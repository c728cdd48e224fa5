"""How a training goes as a job: registered, failed in words, taken up again after a restart."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tuning.test_training import prepared

from sponde_server.tuning import store
from sponde_server.tuning.records import TrainingStatus

Api = Callable[..., Awaitable[Any]]


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """Train with a stand-in for a Python that has torch."""
    program = tmp_path / "stand-in"
    script = Path(__file__).with_name("stand_in_python.py")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return {**jp_server_config, "SpondeTuning": {"python": str(program)}}


async def ended(api: Api, training: Any) -> Any:
    """Wait for a training's end."""
    assert "id" in training, training
    for _ in range(6000):
        training = await api("GET", f"/trainings/{training['id']}")
        if training["status"] not in ("queued", "running"):
            return training
        await asyncio.sleep(0.05)
    raise AssertionError(training)


@pytest.mark.timeout(400)
async def test_a_training_registers_versions_and_says_how_it_failed(
    api: Api, upstream: Any, tmp_path: Path, jp_serverapp: Any
) -> None:
    made = await prepared(api, upstream, tmp_path)
    assert (await api("GET", "/training-room"))["is_ready"]
    body = {"set_id": made["id"], "base": "tiny-analyst", "settings": {"steps": 4}}
    training = await ended(api, await api("POST", "/trainings", body))
    assert training["status"] == "succeeded", training
    assert training["adapter"] == "tiny-analyst-birds"
    assert [point["loss"] for point in training["points"]] == [4, 2, 4 / 3, 1]
    again = await ended(api, await api("POST", "/trainings", body))
    assert (training["adapter_version"], again["adapter_version"]) == (1, 2)
    run = await api("GET", f"/runs/{again['run_id']}")
    assert {one["name"]: one["value"] for one in run["metrics"]}["validation_loss"] == 2
    assert run["origin"] == f"training:{again['id']}"
    notices = await api("GET", "/activity")
    assert "was trained and registered" in str(notices)

    for rank, sentence in ((13, "Memory ran out."), (17, "The program ended with 9")):
        failing = {**body, "settings": {"rank": rank}}
        failed = await ended(api, await api("POST", "/trainings", failing))
        assert failed["status"] == "failed"
        assert sentence in failed["message"]
        assert failed["hint"]
    models = await api("GET", "/registered-models")
    (adapter,) = [one for one in models if one["kind"] == "adapter"]
    assert len(adapter["versions"]) == 2
    refused = await api("POST", f"/trainings/{failed['id']}/cancel")
    assert refused["status"] == 409

    # A server that ended before it had heard of the end finds it at its next start.
    app = jp_serverapp.extension_manager.extension_apps["sponde_server"].copy().pop()
    left = await app.tuning.trainings.get(again["id"])
    left = replace(left, status=TrainingStatus.RUNNING, ended_at=None, adapter_version=0)
    await app.database.write(store.update_training, left)
    lost = replace(left, id="lost", run_id="nowhere")
    await app.database.write(store.add_training, lost)
    await app.tuning.start()
    assert (await ended(api, again))["adapter_version"] == 3
    assert (await ended(api, {"id": "lost"}))["message"]
