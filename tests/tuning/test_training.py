"""Training: refused clearly where it cannot be, and real on the project's own tiny model."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sponde_server.tuning import room
from sponde_server.tuning.estimate import Shape, estimate, read_shape
from sponde_server.tuning.records import Training, TrainingSettings, TrainingStatus
from sponde_server.tuning.trainings import heard, thinned

MODEL = Path(__file__).parents[1] / "model" / "tiny-analyst"
ENGINE = Path(
    os.environ.get("SPONDE_ENGINE_PYTHON")
    or Path.home() / ".cache" / "sponde" / "engine-cpu" / "bin" / "python"
)
QUESTIONS = ["Total cost by state", "Hello", "code please", "How many gulls?", "And hawks?"]
LLAMA_8B = Shape(weights=8_000_000_000, layers=32, hidden=4096, inner=14336, vocabulary=128_256)


async def prepared(api: Callable[..., Awaitable[Any]], upstream: Any, tmp_path: Path) -> Any:
    """Register the tiny model and make a set of liked answers; give the set."""
    added = await api("POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
    assert "id" in added, added
    folder = tmp_path / "models" / "tiny-analyst"
    shutil.copytree(MODEL, folder)
    registered = await api("POST", "/imports", {"path": str(folder), "name": "tiny-analyst"})
    assert registered.get("name") == "tiny-analyst", registered
    for question in QUESTIONS:
        begun = await api("POST", "/conversations", {"title": question})
        path = f"/conversations/{begun['id']}/messages"
        asked = await api("POST", path, {"text": question})
        answer = asked["answer"]
        for _ in range(2000):
            answer = await api("GET", f"/messages/{answer['id']}")
            if answer["status"] != "streaming":
                break
            await asyncio.sleep(0.02)
        await api("PUT", f"/messages/{answer['id']}/rating", {"verdict": "liked"})
    made = await api(
        "POST", "/training-sets", {"name": "Birds", "settings": {"validation_share": 0.2}}
    )
    assert made["card"]["train"] == 4, made
    return made


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], request: pytest.FixtureRequest) -> Any:
    """Name the Python that trains: this one has no torch."""
    python = str(ENGINE) if request.node.get_closest_marker("vllm") else sys.executable
    return {**jp_server_config, "SpondeTuning": {"python": python}}


async def test_without_torch_a_training_is_refused_with_the_way_out(
    api: Callable[..., Awaitable[Any]], upstream: Any, tmp_path: Path
) -> None:
    made = await prepared(api, upstream, tmp_path)
    here = await api("GET", "/training-room")
    assert here["is_ready"] is False
    assert "torch" in here["message"]
    assert [base["name"] for base in here["bases"]] == ["tiny-analyst"]
    refused = await api("POST", "/trainings", {"set_id": made["id"], "base": "tiny-analyst"})
    assert refused["status"] == 503
    assert "has no torch" in refused["message"]
    assert "SpondeTuning.python" in refused["hint"]
    assert await api("GET", "/trainings") == []
    weighed = await api(
        "POST", "/training-estimates", {"set_id": made["id"], "base": "tiny-analyst"}
    )
    assert weighed["fits"]
    for wrong in (
        {"base": "nobody"},
        {"settings": {"rank": 0}},
        {"settings": {"learning_rate": 5}},
        {"name": "no good name"},
        {"name": "tiny-analyst"},
    ):
        body = {"set_id": made["id"], "base": "tiny-analyst", **wrong}
        refused = await api("POST", "/trainings", body)
        assert refused["status"] in (400, 404, 409), (wrong, refused)
        assert refused["hint"], wrong


@pytest.mark.vllm
@pytest.mark.timeout(400)
async def test_the_tiny_model_is_trained_by_a_job_and_its_adapter_is_registered(
    api: Callable[..., Awaitable[Any]], upstream: Any, tmp_path: Path
) -> None:
    await skip_without_torch()
    made = await prepared(api, upstream, tmp_path)
    asked = {
        "set_id": made["id"],
        "base": "tiny-analyst",
        "name": "birds-sql",
        "settings": {"steps": 30, "learning_rate": 5e-3, "rank": 4},
    }
    training = await api("POST", "/trainings", asked)
    assert training.get("run_id"), training
    seen = set()
    for _ in range(3000):
        training = await api("GET", f"/trainings/{training['id']}")
        seen.add(training["doing"])
        if training["status"] in ("succeeded", "failed", "cancelled"):
            break
        await asyncio.sleep(0.1)
    log = await api("GET", f"/runs/{training['run_id']}/log")
    assert training["status"] == "succeeded", (training, log)
    assert "training" in seen
    points = [point["loss"] for point in training["points"]]
    assert len(points) == 30
    assert points[-1] < 0.7 * points[0]
    assert training["validation"][-1]["step"] == 30
    run = await api("GET", f"/runs/{training['run_id']}")
    assert {"loss", "validation_loss"} <= {metric["name"] for metric in run["metrics"]}
    (adapter,) = [
        one for one in await api("GET", "/registered-models") if one["name"] == "birds-sql"
    ]
    assert (adapter["kind"], adapter["base"]) == ("adapter", "tiny-analyst")
    (version,) = adapter["versions"]
    assert (version["source"], version["status"]) == ("training", "ready")
    assert "Loss" in adapter["notes"]
    config = json.loads((Path(version["path"]) / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "tiny-analyst"
    assert config["r"] == 4
    assert await loads(Path(version["path"]))
    plan = await api("GET", f"/trainings/{training['id']}/comparison")
    assert plan["names"] == ["tiny-analyst", "birds-sql"]
    assert [one["model"] for one in plan["parameters"]] == ["local/tiny-analyst", "local/birds-sql"]
    assert lines(plan["parameters"][0]["questions"]) == 1
    assert (await api("GET", f"/training-sets/{made['id']}"))["is_used"]
    row = (await api("GET", f"/training-sets/{made['id']}/rows"))["rows"][0]
    changed = await api("PATCH", f"/training-rows/{row['id']}", {"is_excluded": True})
    assert changed["version"] == 2


@pytest.mark.vllm
@pytest.mark.timeout(400)
async def test_a_training_is_cancelled_and_its_program_ends(
    api: Callable[..., Awaitable[Any]], upstream: Any, tmp_path: Path
) -> None:
    await skip_without_torch()
    made = await prepared(api, upstream, tmp_path)
    asked = {"set_id": made["id"], "base": "tiny-analyst", "settings": {"steps": 50_000}}
    training = await api("POST", "/trainings", asked)
    for _ in range(2000):
        training = await api("GET", f"/trainings/{training['id']}")
        assert training["status"] in ("queued", "running"), training
        if training["step"] > 2:
            break
        await asyncio.sleep(0.1)
    assert training["seconds_left"] > 0
    await api("POST", f"/trainings/{training['id']}/cancel")
    for _ in range(600):
        training = await api("GET", f"/trainings/{training['id']}")
        if training["status"] == "cancelled":
            break
        await asyncio.sleep(0.1)
    assert training["status"] == "cancelled"
    names = [one["name"] for one in await api("GET", "/registered-models")]
    assert names == ["tiny-analyst"]
    progress = tmp_path / "sponde-data" / "tuning" / training["id"] / "progress.jsonl"
    before = -1
    for _ in range(200):
        now = progress.stat().st_size
        if now == before:
            break
        before = now
        await asyncio.sleep(0.5)
    else:
        raise AssertionError("The program goes on.")


async def skip_without_torch() -> None:
    """Leave a test out where nothing can train."""
    found = await room.look(str(ENGINE))
    if not found.is_ready:
        pytest.skip(f"{found.message} (make engine-cpu)")


def lines(path: str) -> int:
    """Count a file's lines."""
    return Path(path).read_text(encoding="utf-8").count("\n")


async def loads(folder: Path) -> bool:
    """Load the adapter upon its base, where torch is."""
    script = (
        "import sys\nfrom peft import PeftModel\nfrom transformers import AutoModelForCausalLM\n"
        "base = AutoModelForCausalLM.from_pretrained(sys.argv[1])\n"
        "PeftModel.from_pretrained(base, sys.argv[2])\n"
    )
    process = await asyncio.create_subprocess_exec(
        str(ENGINE), "-c", script, str(MODEL), str(folder)
    )
    return await process.wait() == 0


async def test_an_interpreter_says_what_it_lacks() -> None:
    assert "torch, transformers and peft" in (await room.look(sys.executable)).message
    assert "no Python" in (await room.look("/nowhere/python")).message
    assert "does not answer" in (await room.look("/bin/true")).message


def test_what_is_known_of_a_base_is_read_from_its_folder() -> None:
    shape = read_shape(MODEL)
    assert (shape.layers, shape.hidden, shape.vocabulary) == (4, 128, 960)
    assert 900_000 < shape.weights < 1_100_000


@pytest.mark.parametrize(
    ("free", "has_gpu", "fits"),
    [(24e9, True, True), (12e9, True, False), (64e9, False, True), (24e9, False, False)],
)
def test_an_estimate_says_whether_eight_billion_weights_fit(
    free: float, has_gpu: bool, fits: bool
) -> None:
    made = estimate(
        LLAMA_8B, TrainingSettings(), [600] * 50, has_gpu=has_gpu, free_bytes=int(free), cores=8
    )
    assert made.fits is fits
    assert ("does not fit" in made.sentence) is not fits
    assert 1 <= made.batch <= 8


def test_more_memory_takes_more_rows_at_once_and_a_longer_training_takes_longer() -> None:
    def made(free: float, steps: int = 100) -> Any:
        return estimate(
            LLAMA_8B,
            TrainingSettings(steps=steps),
            [2000] * 50,
            has_gpu=True,
            free_bytes=int(free),
            cores=8,
        )

    assert made(22e9).batch < made(80e9).batch
    assert made(80e9, 200).seconds > made(80e9).seconds


def test_the_lines_of_the_program_become_the_state_of_a_training() -> None:
    training = Training(
        set_id="s",
        set_name="Birds",
        set_version=1,
        base="tiny",
        base_version=1,
        adapter="birds",
        settings=TrainingSettings(),
        workspace="/",
    )
    for line in (
        {"kind": "doing", "text": "training"},
        {"kind": "device", "name": "CPU"},
        {"kind": "validation", "step": 0, "loss": 4.0},
        {"kind": "step", "step": 1, "steps": 2, "loss": 3.5, "left": 1.5},
        {"kind": "something new"},
        {"kind": "failed", "message": "Memory ran out.", "hint": "Take less."},
    ):
        training = heard(training, line)
    assert (training.status, training.device, training.step) == (TrainingStatus.RUNNING, "CPU", 1)
    assert (training.seconds_left, training.message) == (1.5, "Memory ran out.")
    assert len(training.points) == len(training.validation) == 1


def test_many_points_are_thinned_and_the_last_one_stays() -> None:
    from sponde_server.tuning.records import TrainingPoint

    points: tuple[TrainingPoint, ...] = ()
    for step in range(1, 1001):
        points = thinned((*points, TrainingPoint(step=step, loss=1.0)))
    assert len(points) <= 200
    assert points[-1].step == 1000
