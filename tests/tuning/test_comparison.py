"""The notebook that asks a model what was kept back, and an adapter compared with its base."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Upstream
from gateway.program import Server

from browser.lab import REPOSITORY, Lab, free_port

MODEL = REPOSITORY / "tests" / "model" / "tiny-analyst"
ENGINE = Path(
    os.environ.get("SPONDE_ENGINE_PYTHON")
    or Path.home() / ".cache" / "sponde" / "engine-cpu" / "bin" / "python"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a server in a process of its own: a notebook's kernel calls it."""
    (tmp_path / "root").mkdir()
    # A real vLLM where one is named; the test that needs none starts none.
    lab = Lab(tmp_path, free_port(), [f"--SpondeEngines.python={ENGINE}"])
    lab.start()
    yield Server(lab)
    lab.stop()


def call(server: Server, method: str, path: str, body: Any = None) -> Any:
    answer = server.call(method, f"/sponde/api{path}", body)
    assert not (isinstance(answer, dict) and "hint" in answer and "code" in answer), answer
    return answer


def until(server: Server, path: str, holds: Callable[[Any], bool], seconds: float = 120) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = call(server, "GET", path)
        if holds(found):
            return found
        time.sleep(0.3)
    raise AssertionError(found)


def is_over(found: Any) -> bool:
    return found["status"] not in ("queued", "starting", "running", "streaming")


def ask_and_like(server: Server, text: str, model: str = "") -> Any:
    begun = call(server, "POST", "/conversations", {"title": text})
    # Without tools: a model of three million weights may call one, and then waits for a person.
    body = {"text": text, "model_id": model, "without_tools": True}
    asked = call(server, "POST", f"/conversations/{begun['id']}/messages", body)
    answer = until(server, f"/messages/{asked['answer']['id']}", is_over, 300)
    assert answer["status"] == "complete", answer
    call(server, "PUT", f"/messages/{answer['id']}/rating", {"verdict": "liked"})
    return answer


@pytest.mark.timeout(400)
def test_the_notebook_says_how_like_the_wanted_answers_a_models_answers_are(
    server: Server, upstream: Upstream
) -> None:
    call(server, "POST", "/providers", {"base_url": upstream.base_url, "name": "up"})
    name = "compare_models.ipynb"
    shutil.copyfile(REPOSITORY / "notebooks" / name, server.lab.root / name)
    said = ask_and_like(server, "How many gulls?")["text"]
    wanted = [("How many gulls?", said), ("How many crows?", "Something else entirely.")]
    rows = [
        {"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]}
        for q, a in wanted
    ]
    file = server.lab.root / "questions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    seen = set()
    for seed in (1, 2, 3):
        given = {"model": "scripted", "questions": str(file), "seed": seed}
        run = call(server, "POST", "/runs", {"notebook": name, "parameters": given})
        run = until(server, f"/runs/{run['id']}", is_over)
        assert run["status"] == "succeeded", run
        metrics = {one["name"]: one["value"] for one in run["metrics"]}
        assert set(metrics) == {"similarity", "exact_match", "seconds_per_answer"}
        assert metrics["exact_match"] in (0, 0.5, 1)
        assert metrics["similarity"] >= metrics["exact_match"]
        seen.add(metrics["exact_match"])
    assert len(seen) > 1  # other questions are drawn


@pytest.mark.vllm
@pytest.mark.timeout(900)
def test_an_adapter_that_was_trained_here_is_compared_with_its_base(server: Server) -> None:
    if not ENGINE.exists():
        pytest.skip(f"There is no Python with vLLM and torch at {ENGINE} (make engine-cpu).")
    folder = server.lab.root / "tiny-analyst"
    shutil.copytree(MODEL, folder)
    call(server, "POST", "/imports", {"path": "tiny-analyst", "name": "tiny-analyst"})
    for question in ("Hello", "What is a p-value?", "Who are you?", "Give this chat a short title"):
        ask_and_like(server, question, "local/tiny-analyst")
    made = call(server, "POST", "/training-sets", {"settings": {"validation_share": 0.25}})
    training = call(
        server,
        "POST",
        "/trainings",
        {
            "set_id": made["id"],
            "base": "tiny-analyst",
            "name": "tiny-again",
            "settings": {"steps": 20, "learning_rate": 1e-3},
        },
    )
    training = until(server, f"/trainings/{training['id']}", is_over, 300)
    assert training["status"] == "succeeded", training
    answer = ask_and_like(server, "Hello", "local/tiny-again")
    assert answer["text"].startswith("Hello!")
    plan = call(server, "GET", f"/trainings/{training['id']}/comparison")
    begun = call(
        server,
        "POST",
        "/experiments",
        {
            "variants": [
                {"name": name, "notebook": plan["notebook"], "parameters": given}
                for name, given in zip(plan["names"], plan["parameters"], strict=True)
            ],
            "goal": {"metric": plan["metric"], "direction": plan["direction"]},
            "repeats": 2,
        },
    )
    report = until(
        server,
        f"/experiments/{begun['id']}",
        lambda found: found["experiment"]["status"] != "running",
        400,
    )
    assert [trial["problem"] for trial in report["trials"]] == ["", "", "", ""], report
    values = [
        metric["value"]
        for trial in report["trials"]
        for metric in trial["metrics"]
        if metric["name"] == "similarity"
    ]
    assert len(values) == 4
    assert all(value > 0.9 for value in values), values
    assert report["experiment"]["verdict"]["sentence"]
