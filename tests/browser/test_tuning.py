"""Training by clicking: liked answers, a set with its card and rows, and the form that trains."""

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot

MODEL = Path(__file__).parents[1] / "model" / "tiny-analyst"
QUESTIONS = ["How many gulls?", "code please", "Which states cost most?", "What is a strike?"]
CALL = """async ([method, path, body]) => {
    const [, xsrf] = document.cookie.match(/_xsrf=([^;]*)/);
    const answer = await fetch(`/sponde/api${path}`, {
        method, headers: {'X-XSRFToken': xsrf}, body: body && JSON.stringify(body)
    });
    return answer.status === 204 ? null : answer.json();
}"""


@pytest.fixture(scope="module")
def lab(make_lab):
    # A Python that has no torch, wherever this runs.
    made = make_lab(f"--SpondeTuning.python={sys.executable}")
    shutil.copytree(MODEL, made.root / "tiny-analyst")
    return made


def call(page, method, path, body=None):
    answer = page.evaluate(CALL, [method, path, body])
    assert not (isinstance(answer, dict) and "hint" in answer and "code" in answer), answer
    return answer


def ask(page, text, conversation=None, parent=None):
    conversation = conversation or call(page, "POST", "/conversations", {"title": text})["id"]
    path = f"/conversations/{conversation}/messages"
    answer = call(page, "POST", path, {"text": text, "parent_id": parent})["answer"]
    for _ in range(3000):
        found = call(page, "GET", f"/messages/{answer['id']}")
        if found["status"] != "streaming":
            return found
        page.wait_for_timeout(50)
    raise AssertionError(found)


def like(page, answer, verdict="liked"):
    call(page, "PUT", f"/messages/{answer['id']}/rating", {"verdict": verdict})


def section(page):
    command(page, "sponde:models:show", {"section": "training"})
    page.get_by_role("heading", name="Training", exact=True).wait_for()


def have_set(page, upstream):
    """Make a set called Birds, unless there is one already."""
    if any(one["name"] == "Birds" for one in call(page, "GET", "/training-sets")):
        return
    if not call(page, "GET", "/models"):
        call(page, "POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
    for question in QUESTIONS:
        like(page, ask(page, question))
    call(page, "POST", "/training-sets", {"name": "Birds"})


def have_base(page):
    """Register the tiny model, unless it is there already."""
    if not call(page, "GET", "/registered-models"):
        call(page, "POST", "/imports", {"path": "tiny-analyst", "name": "tiny-analyst"})


def test_liked_answers_become_a_set_that_is_looked_at_and_downloaded(
    lab, open_page, upstream, tmp_path
):
    page = open_page(lab)
    section(page)
    page.get_by_text("No training set yet").wait_for()
    shoot(page, "tuning-empty")
    call(page, "POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
    for question in QUESTIONS:
        like(page, ask(page, question))
    first = ask(page, "Write to ann@birds.at about hawks")
    where = first["conversation_id"]
    cut = ask(page, "cut this", where, first["id"])
    like(page, ask(page, "Tell me of crows", where, cut["id"]), "disliked")

    page.get_by_role("button", name="New training set…").click()
    page.get_by_text("Liked answers (4)").wait_for()
    page.get_by_role("textbox", name="Name", exact=True).fill("Bird questions")
    page.get_by_text("Write to ann@birds.at about hawks").click()
    page.get_by_label("Kept back to measure (%)").fill("30")
    shoot(page, "tuning-new")
    page.get_by_role("button", name="Make the set").click()
    card = page.get_by_role("region", name="What is in it")
    card.wait_for()
    expect(card).to_contain_text("e-mail (1)")
    expect(card).to_contain_text("stopped, cut or unfinished answers (1)")
    expect(card).to_contain_text("disliked answers (1)")
    card.get_by_text("Rights to mind").click()
    page.get_by_role("article").first.wait_for()
    shoot(page, "tuning-set")

    figures = card.locator(".sp-TuningFigure")
    before = int(figures.first.locator("b").inner_text())
    page.get_by_role("article").first.get_by_role("button", name="Take out").click()
    expect(figures.first.locator("b")).to_have_text(str(before - 1))
    page.get_by_role("tab", name="Left out").click()
    out = page.get_by_role("article").filter(has_text="taken out by hand")
    out.wait_for()
    expect(page.get_by_role("article")).to_have_count(3)
    shoot(page, "tuning-left-out")
    out.get_by_role("button", name="Put back").click()
    expect(figures.first.locator("b")).to_have_text(str(before))

    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Birds")
    page.get_by_role("textbox", name="Name", exact=True).press("Enter")
    page.get_by_role("heading", name="Birds").wait_for()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download").click()
    target = tmp_path / "set.zip"
    downloading.value.save_as(target)
    with zipfile.ZipFile(target) as packed:
        rows = [
            json.loads(line)
            for name in ("train.jsonl", "validation.jsonl")
            for line in packed.read(name).decode().splitlines()
        ]
        assert "[e-mail]" in json.dumps(rows)
        assert "ann@birds.at" not in json.dumps(rows)
        assert packed.read("README.md").decode().startswith("# Birds, version 1")
    assert len(rows) == 5
    like(page, ask(page, "And what of owls?"))
    page.get_by_role("button", name="Gather anew").click()
    expect(page.get_by_label("Version")).to_have_value("2")
    page.get_by_role("button", name="← Training").click()
    row = page.get_by_role("region", name="Birds")
    row.get_by_role("button", name="Delete Birds").click()
    page.get_by_text("No training set yet").wait_for()
    page.locator(".Toastify__toast", has_text="Deleted").get_by_text("Undo").click()
    row.wait_for()
    shoot(page, "tuning-list")


def test_where_nothing_can_train_the_form_says_so_and_what_it_would_take(lab, open_page, upstream):
    page = open_page(lab, width=700, height=900)
    have_set(page, upstream)
    have_base(page)
    section(page)
    page.get_by_role("region", name="Birds").get_by_role("button", name="Train…").click()
    page.get_by_text("has no torch, transformers and peft").wait_for()
    page.get_by_text("Install 'sponde[finetune]' into it").wait_for()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    page.get_by_text("memory: fits").wait_for()
    page.get_by_text("More settings").click()
    shoot(page, "tuning-form-narrow")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "tuning-form-dark")
    page.get_by_role("button", name="← Training").click()
    page.get_by_role("region", name="Birds").wait_for()
    page.get_by_role("button", name="Birds", exact=True).click()
    page.get_by_role("article").first.wait_for()
    shoot(page, "tuning-set-narrow-dark")
    set_theme(page, "JupyterLab Light")


def test_a_training_is_followed_and_its_adapter_compared_with_the_base(lab, open_page, upstream):
    page = open_page(lab)
    have_set(page, upstream)
    section(page)
    page.get_by_role("region", name="Birds").wait_for()
    told = {
        "set_id": "s",
        "set_name": "Birds",
        "set_version": 2,
        "base": "tiny-analyst",
        "base_version": 1,
        "adapter": "birds-sql",
        "workspace": "",
        "run_id": "r",
        "settings": {
            "rank": 8,
            "steps": 60,
            "learning_rate": 1e-4,
            "batch": 4,
            "most_tokens": 512,
            "seed": 0,
        },
        "doing": "training",
        "device": "CPU",
        "adapter_version": 0,
        "message": "",
        "hint": "",
        "created_at": "2026-01-01T00:00:00Z",
        "ended_at": None,
        "validation": [],
        "points": [{"step": n, "loss": 4 / (1 + n / 9)} for n in range(1, 41)],
        "step": 40,
        "seconds_left": 75.0,
        "status": "running",
    }
    kept_back = [{"step": 0, "loss": 4.1}, {"step": 30, "loss": 1.9}, {"step": 60, "loss": 1.4}]
    ended = {
        **told,
        "status": "succeeded",
        "doing": "",
        "step": 60,
        "seconds_left": None,
        "ended_at": "2026-01-01T00:02:00Z",
        "adapter_version": 1,
        "validation": kept_back,
    }
    failed = {
        **told,
        "status": "failed",
        "doing": "",
        "ended_at": "2026-01-01T00:02:00Z",
        "adapter": "too-large",
        "points": [],
        "message": "The GPU's memory is too small.",
        "hint": "Choose a smaller base, shorter rows, or a smaller rank.",
    }
    listed = [{**told, "id": "3"}, {**failed, "id": "2"}, {**ended, "id": "1"}]
    page.route(re.compile(r"/sponde/api/trainings(\?|$)"), lambda route: route.fulfill(json=listed))
    plan = {
        "notebook": "sponde-training/compare_models.ipynb",
        "names": ["tiny-analyst", "birds-sql"],
        "parameters": [
            {"model": "local/tiny-analyst", "questions": "rows.jsonl"},
            {"model": "local/birds-sql", "questions": "rows.jsonl"},
        ],
        "metric": "similarity",
        "direction": "higher",
        "repeats": 5,
    }
    page.route(re.compile(r"/trainings/1/comparison"), lambda route: route.fulfill(json=plan))
    place = lab.root / "sponde-training"
    place.mkdir(exist_ok=True)
    notebooks = Path(__file__).parents[2] / "notebooks"
    shutil.copyfile(notebooks / "compare_models.ipynb", place / "compare_models.ipynb")
    page.get_by_role("region", name="Birds").get_by_role("button", name="Birds", exact=True).click()
    page.get_by_role("button", name="← Training").click()
    page.get_by_text("Step 40 of 60, loss 0.73, 1 min 15 s left").wait_for()
    page.get_by_text("The GPU's memory is too small.").wait_for()
    shoot(page, "tuning-trainings")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "tuning-trainings-dark")
    set_theme(page, "JupyterLab Light")
    page.get_by_role("button", name="Compare with the base…").click()
    page.locator("input[value='local/birds-sql']").wait_for()
    shoot(page, "tuning-compare")
