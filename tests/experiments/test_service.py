"""Real notebooks, real runs, a real history."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from sponde_server.core.errors import Conflict, Invalid, NotFound, TooLarge
from sponde_server.core.events import Bus
from sponde_server.core.streams import Feed
from sponde_server.experiments.records import (
    Direction,
    ExperimentDecided,
    ExperimentStatus,
    Finding,
    Goal,
    NewExperiment,
    Variant,
)
from sponde_server.experiments.service import SpondeExperiments
from sponde_server.jobs.records import NewRun, RunStatus
from sponde_server.jobs.service import SpondeJobs

NOISY = (
    "# parameters\nseed = 0\nbias = 0.0",
    "import random, sponde\nrandom.seed(seed)\nnoise = random.random()",
    "sponde.metric('rmse', bias + noise)\nsponde.metric('rows', 10)",
)
RMSE = Goal(metric="rmse", direction=Direction.LOWER)


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    made.mkdir()
    return made


@pytest.fixture
def write(root):
    def write(name: str, *sources: str) -> str:
        cells = [
            {
                "id": f"cell-{number}",
                "cell_type": "code",
                "metadata": {"tags": ["parameters"]} if text.startswith("# parameters") else {},
                "source": text,
                "outputs": [],
                "execution_count": None,
            }
            for number, text in enumerate(sources)
        ]
        spec = {"name": "python3", "display_name": "python3", "language": "python"}
        book = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4}
        (root / name).write_text(json.dumps({**book, "nbformat_minor": 5}))
        return name

    return write


@pytest.fixture
def make(tmp_path, root, database, run):
    """Make the service; several stand for a server that is started again."""
    made = []

    def make(**settings):
        bus = Bus(logging.getLogger("test"))
        kept = {"database": database, "bus": bus, "feed": Feed(), "root": root}
        jobs = SpondeJobs(folder=tmp_path / "runs", parallel_runs=2, **kept)
        experiments = SpondeExperiments(jobs=jobs, **kept, **settings)
        decided = asyncio.Queue()
        bus.on(ExperimentDecided, decided.put_nowait)
        made.append((experiments, jobs))
        return experiments, jobs, decided

    yield make
    for experiments, jobs in made:
        run(experiments.stop())
        run(jobs.stop())


def variants(notebook, **second):
    return (Variant(name="A", notebook=notebook), Variant(name="B", notebook=notebook, **second))


def is_file(*path):
    return Path(*path).is_file()


async def decided(experiments, queue, experiment):
    await asyncio.wait_for(queue.get(), 280)
    return await experiments.get(experiment.id)


async def test_two_variants_are_run_in_turns_and_compared_in_pairs(make, write):
    experiments, jobs, queue = make()
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=3))
    assert begun.name == "noisy: bias"
    assert begun.is_paired
    report = await decided(experiments, queue, begun)
    assert report.experiment.status is ExperimentStatus.DECIDED
    assert report.done == 6
    assert [(trial.variant, trial.number) for trial in report.trials] == [
        (0, 1), (1, 1), (1, 2), (0, 2), (0, 3), (1, 3),
    ]  # fmt: skip
    runs = [await jobs.get_run(trial.run_id) for trial in report.trials]
    assert [run.parameters["seed"] for run in runs] == [1, 1, 2, 2, 3, 3]
    assert {run.origin for run in runs} == {f"experiment:{begun.id}"}
    verdict = report.experiment.verdict
    assert verdict.winner == 0
    # The pairs share their seeds, so that their noise is the same: the difference is the bias.
    assert verdict.comparisons[0].difference.value == pytest.approx(1.0)
    assert verdict.sentence.startswith("A is better: its rmse is lower by 1 in every pair of runs")
    names = [found.metric for found in verdict.comparisons]
    assert names == ["rmse", "rows", "run time (s)"]
    assert verdict.comparisons[1].outcome is Finding.SAME
    assert verdict.comparisons[2].groups[0].mean.value > 0
    assert all(is_file(begun.workspace, trial.result) for trial in report.trials)


async def test_there_is_no_verdict_before_every_run_is_in(make, write):
    experiments, _, queue = make(at_once=1)
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=2))
    seen = set()
    while queue.empty():
        report = await experiments.get(begun.id)
        if report.experiment.status is ExperimentStatus.RUNNING:
            seen.add(report.done)
            assert report.experiment.verdict is None
            under_way = [t for t in report.trials if t.run_id and not t.status.is_final]
            assert len(under_way) <= 1
        await asyncio.sleep(0.05)
    assert len(seen & {0, 1, 2, 3}) >= 3


async def test_two_notebooks_can_be_compared(make, write):
    experiments, _, queue = make()
    first = write("one.ipynb", "import sponde; sponde.metric('rmse', 0.5)")
    second = write("two.ipynb", "import sponde; sponde.metric('rmse', 0.4)")
    both = (Variant(name="old", notebook=first), Variant(name="new", notebook=second))
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=2))
    assert (begun.name, begun.is_paired) == ("one or two", False)
    verdict = (await decided(experiments, queue, begun)).experiment.verdict
    assert verdict.sentence.startswith("new is better: its rmse is lower by 0.1 in every run")


async def test_failing_runs_and_runs_without_the_metric_are_left_out_and_named(make, write):
    experiments, _, queue = make()
    book = write(
        "shaky.ipynb",
        "# parameters\nseed = 0\nis_shaky = False",
        "import sponde\nif is_shaky and seed == 1: raise ValueError('no such year')",
        "if not (is_shaky and seed == 2): sponde.metric('rmse', seed / 10)\n"
        "sponde.metric('other', 1)",
    )
    both = variants(book, parameters={"is_shaky": True})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=4))
    report = await decided(experiments, queue, begun)
    problems = {trial.number: trial.problem for trial in report.trials if trial.variant == 1}
    assert "ValueError: no such year" in problems[1]
    assert problems[2] == "it reported no 'rmse', but 'other'"
    assert problems[3] == problems[4] == ""
    verdict = report.experiment.verdict
    assert verdict.outcome is Finding.SAME
    assert "2 of B's 4 runs are left out" in verdict.sentence


async def test_a_metric_that_nobody_reports_gives_no_verdict(make, write):
    experiments, _, queue = make()
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    goal = Goal(metric="auc")
    begun = await experiments.start(NewExperiment(variants=both, goal=goal, repeats=1))
    verdict = (await decided(experiments, queue, begun)).experiment.verdict
    assert verdict.outcome is Finding.TOO_FEW
    assert "no run of A reported a usable 'auc'" in verdict.sentence
    assert "it reported no 'auc', but 'rmse', 'rows'" in verdict.sentence


async def test_an_experiment_goes_on_after_a_restart(make, write):
    experiments, jobs, _ = make(at_once=1)
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=2))
    while (await experiments.get(begun.id)).done < 1:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await experiments.stop()
    await jobs.stop()
    later, later_jobs, queue = make()
    await later_jobs.begin()
    await later.begin()
    report = await decided(later, queue, begun)
    assert report.experiment.verdict.winner == 0
    assert [trial.status for trial in report.trials] == [RunStatus.SUCCEEDED] * 4


async def test_runs_that_ended_while_no_server_listened_are_taken_in(make, write):
    experiments, jobs, _ = make()
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=1))
    while not all(trial.run_id for trial in (await experiments.get(begun.id)).trials):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await experiments.stop()
    for trial in (await experiments.get(begun.id)).trials:
        while not (await jobs.get_run(trial.run_id)).status.is_final:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await jobs.stop()
    later, later_jobs, queue = make()
    await later_jobs.begin()
    await later.begin()
    report = await decided(later, queue, begun)
    assert report.experiment.verdict.outcome is Finding.TOO_FEW
    assert report.done == 2


async def test_a_cancelled_experiment_ends_its_runs_and_has_no_verdict(make, write):
    experiments, jobs, queue = make()
    book = write("slow.ipynb", "# parameters\nx = 1", "import time; time.sleep(60)")
    both = variants(book, parameters={"x": 2})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=3))
    while not any(trial.run_id for trial in (await experiments.get(begun.id)).trials):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await experiments.cancel(begun.id)
    report = await experiments.get(begun.id)
    assert report.experiment.status is ExperimentStatus.CANCELLED
    assert report.experiment.verdict is None
    assert {trial.status for trial in report.trials} == {RunStatus.CANCELLED}
    assert all(run.status.is_final for run in await jobs.list_runs())
    assert queue.empty()
    with pytest.raises(Conflict, match="ended already"):
        await experiments.cancel(begun.id)


async def test_a_deleted_experiment_is_cancelled_and_can_be_restored(make, write):
    experiments, _, _ = make()
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=50))
    await experiments.remove(begun.id)
    assert await experiments.list_all() == []
    await experiments.restore(begun.id)
    [listed] = await experiments.list_all()
    assert listed.experiment.status is ExperimentStatus.CANCELLED
    assert listed.done == 100


async def test_a_notebook_that_vanishes_meanwhile_fails_the_remaining_runs(make, write, root):
    experiments, _, queue = make(at_once=1)
    both = variants(write("noisy.ipynb", *NOISY), parameters={"bias": 1.0})
    begun = await experiments.start(NewExperiment(variants=both, goal=RMSE, repeats=2))
    while not any(trial.run_id for trial in (await experiments.get(begun.id)).trials):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    (root / "noisy.ipynb").rename(root / "moved.ipynb")
    report = await decided(experiments, queue, begun)
    assert report.done == 4
    assert "noisy.ipynb" in report.trials[-1].problem
    assert report.experiment.verdict.outcome is Finding.TOO_FEW


async def test_earlier_runs_tell_which_metrics_there_are(make, write):
    experiments, jobs, _ = make()
    run = await jobs.start(NewRun(notebook=write("noisy.ipynb", *NOISY)))
    while not (await jobs.get_run(run.id)).status.is_final:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    known = await experiments.known_metrics("noisy.ipynb")
    assert [metric.name for metric in known] == ["rmse", "rows"]
    assert await experiments.known_metrics("other.ipynb") == []


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"goal": Goal(metric=" ")}, Invalid, "metric to compare by is missing"),
        ({"repeats": 0}, Invalid, "0 runs of each variant are too few"),
        ({"repeats": 101}, TooLarge, "more than 100"),
        ({"variants": "same"}, Invalid, "the same notebook with the same values"),
        ({"variants": "names"}, Invalid, "two different names"),
        ({"variants": "value"}, Invalid, "B: .*bias"),
        ({"variants": "gone"}, NotFound, "gone.ipynb"),
    ],
)
async def test_what_cannot_be_compared_is_refused_before_anything_runs(
    make, write, changes, kind, words
):
    experiments, jobs, _ = make()
    book = write("noisy.ipynb", *NOISY)
    choices = {
        "same": variants(book),
        "names": (Variant(name="A", notebook=book), Variant(name="A", notebook="x.ipynb")),
        "value": variants(book, parameters={"bias": "much"}),
        "gone": (Variant(name="A", notebook=book), Variant(name="B", notebook="gone.ipynb")),
    }
    if "variants" in changes:
        changes = {"variants": choices[changes["variants"]]}
    good = {"variants": variants(book, parameters={"bias": 1.0}), "goal": RMSE}
    with pytest.raises(kind, match=words) as refused:
        await experiments.start(NewExperiment(**{**good, **changes}))
    assert refused.value.hint
    assert await experiments.list_all() == []
    assert await jobs.list_runs() == []
