import asyncio
import json

import pytest

CELL = {"id": "one", "cell_type": "code", "outputs": [], "execution_count": None}
SPEC = {"name": "python3", "display_name": "python3", "language": "python"}


@pytest.fixture
def notebook(jp_root_dir):
    """Write a notebook whose metric depends on its parameter."""
    cells = [
        {**CELL, "metadata": {"tags": ["parameters"]}, "source": "# parameters\nx = 1"},
        {**CELL, "id": "two", "metadata": {}, "source": "import sponde; sponde.metric('m', x)"},
    ]
    book = {"cells": cells, "metadata": {"kernelspec": SPEC}, "nbformat": 4, "nbformat_minor": 5}
    (jp_root_dir / "book.ipynb").write_text(json.dumps(book))
    return "book.ipynb"


def body(notebook, **changes):
    return {
        "variants": [
            {"name": "A", "notebook": notebook},
            {"name": "B", "notebook": notebook, "parameters": {"x": 2}},
        ],
        "goal": {"metric": "m", "direction": "higher"},
        "repeats": 2,
        **changes,
    }


async def test_an_experiment_is_begun_followed_and_decided(api, notebook):
    begun = await api("POST", "/experiments", body(notebook))
    assert begun["status"] == "running"
    assert begun["name"] == "book: x"
    for _ in range(2500):
        report = await api("GET", f"/experiments/{begun['id']}")
        if report["experiment"]["status"] != "running":
            break
        await asyncio.sleep(0.1)
    verdict = report["experiment"]["verdict"]
    assert verdict["winner"] == 1
    assert verdict["sentence"].startswith("B is better: its m is higher by 1 in every run")
    assert report["done"] == 4
    [listed] = await api("GET", "/experiments")
    assert (listed["experiment"]["id"], listed["done"]) == (begun["id"], 4)
    known = await api("GET", "/experiments/metrics", notebook=notebook)
    assert known[0]["name"] == "m"
    [activity] = [a for a in await api("GET", "/activity") if a["kind"] == "ExperimentDecided"]
    assert activity["text"] == verdict["sentence"]
    assert await api("DELETE", f"/experiments/{begun['id']}") is None
    assert await api("GET", "/experiments") == []
    await api("POST", f"/experiments/{begun['id']}/restore")
    assert len(await api("GET", "/experiments")) == 1
    refused = await api("POST", f"/experiments/{begun['id']}/cancel")
    assert refused["status"] == 409


async def test_refusals_are_sentences(api, notebook):
    refused = await api("POST", "/experiments", body(notebook, goal={"metric": ""}))
    assert refused["status"] == 400
    assert refused["hint"]
    one = body(notebook)["variants"][:1]
    refused = await api("POST", "/experiments", body(notebook, variants=one))
    assert refused["status"] == 400
    assert refused["message"] == "1 variants were given."
    assert (await api("GET", "/experiments/none"))["status"] == 404
