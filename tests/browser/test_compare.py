"""Several models at once: side by side, one stopped, one kept; replayed, rated, as a page."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Upstream
from playwright.sync_api import Locator, Page, expect

from browser.lab import REPOSITORY, TOKEN, command, layout_is_kept, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


@pytest.fixture(scope="module")
def other_upstream():
    """Start a second scripted server."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parents[1] / "upstream.py"), "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield Upstream(process.stdout.readline().strip(), process)
    process.kill()
    process.wait(20)
    process.stdout.close()


def call(page: Page, method: str, path: str, body=None):
    """Call a route of the workbench from the page, with its cookie and token."""
    return page.evaluate(
        """async ([method, path, body, token]) => {
            const base = JSON.parse(
                document.getElementById('jupyter-config-data').textContent).baseUrl;
            const answer = await fetch(base + 'sponde/api' + path, {
                method, body: body === null ? undefined : JSON.stringify(body),
                headers: {Authorization: 'token ' + token}});
            return answer.status === 204 ? null : await answer.json();
        }""",
        [method, path, body, TOKEN],
    )


@pytest.fixture
def chat(lab, open_page, upstream, other_upstream):
    """Open a new conversation with two providers connected."""

    def begin(**size) -> tuple[Page, Locator]:
        page = open_page(lab, **size)
        known = {provider["name"] for provider in call(page, "GET", "/providers")}
        for name, address, model in (
            ("Lighthouse", upstream.base_url, "alpha"),
            ("Harbour", other_upstream.base_url, "beta"),
        ):
            if name not in known:
                new = {"base_url": address, "name": name, "models": [model, f"{model}-500"]}
                call(page, "POST", "/providers", new)
        command(page, "sponde:chat:new")
        panel = page.locator("#sponde-chat")
        expect(panel.get_by_role("heading", name="Ask about your data")).to_be_visible()
        expect(panel.get_by_label("Model that answers")).to_be_visible()
        return page, panel

    return begin


def pick(chat: Locator, *names: str) -> None:
    """Tick models in the list, and nothing else."""
    chat.get_by_label("Model that answers").click()
    listed = chat.get_by_role("dialog", name="Models that answer")
    rows = [
        listed.get_by_role("option").filter(
            has=listed.page.locator(".sp-ModelRow-name", has_text=re.compile(f"^{name}$"))
        )
        for name in names
    ]
    for row in rows:  # a provider that is only now connected would push its rows under the mouse
        expect(row).to_be_visible()
    ticked = listed.locator(".sp-ModelRow-tick[data-on=true]")
    for _ in range(ticked.count()):
        ticked.first.click()
    for row in rows:
        row.locator(".sp-ModelRow-tick").click()
    listed.page.keyboard.press("Escape")
    expect(listed).to_have_count(0)


def send(chat: Locator, text: str) -> None:
    chat.get_by_label("Question", exact=True).fill(text)
    chat.get_by_role("button", name="Send").click()


def column(chat: Locator, name: str) -> Locator:
    return chat.get_by_role("article", name=f"Answer of {name}", exact=True)


def ended(answer: Locator, status: str = "complete") -> None:
    expect(answer).to_have_attribute("data-status", status, timeout=60_000)


def widen(page: Page, chat: Locator, by: int) -> None:
    """Drag the side panel's edge."""
    box = chat.bounding_box()
    page.mouse.move(box["x"] - 3, 400)
    page.mouse.down()
    page.mouse.move(box["x"] - by, 400, steps=4)
    page.mouse.up()


def test_two_models_stream_side_by_side_and_one_is_kept(chat, other_upstream):
    page, panel = chat()
    widen(page, panel, 420)
    panel.get_by_label("Model that answers").click()
    listed = panel.get_by_role("dialog", name="Models that answer")
    expect(listed).to_contain_text("Harbour")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(listed.locator(".sp-ModelRow-tick[data-on=true]")).to_have_count(2)
    shoot(page, "compare-models")
    page.keyboard.press("Space")
    listed.get_by_role("button", name="Models…").click()
    expect(page.locator(".sp-ModelsPage")).to_be_visible()
    expect(listed).to_have_count(0)
    panel.get_by_label("Model that answers").press("ArrowUp")
    page.keyboard.press("Escape")
    expect(panel.get_by_label("Question", exact=True)).to_be_focused()
    pick(panel, "alpha", "beta")
    expect(panel.get_by_label("Model that answers")).to_contain_text("2 models: alpha, beta")

    send(panel, "900 tokens at 20/s")
    alpha, beta = column(panel, "alpha"), column(panel, "beta")
    expect(alpha).to_contain_text("t10")
    expect(beta).to_contain_text("t10")
    shoot(page, "compare-streaming")
    alpha.get_by_role("button", name="Stop alpha").click()
    ended(alpha, "stopped")
    page.reload()
    ended(alpha, "stopped")
    expect(beta).to_have_attribute("data-status", "streaming")
    other_upstream.hurry()
    ended(beta)
    expect(beta).to_contain_text("t899")
    words = " ".join(beta.locator(".sp-Prose").all_inner_texts()).split()
    assert words == [f"t{number}" for number in range(900)]
    expect(beta.locator(".sp-Figures")).to_contain_text("First token")
    expect(beta.locator(".sp-Figures")).to_contain_text("tokens/s")
    shoot(page, "compare-ended")

    beta.get_by_role("button", name="Keep this one").click()
    expect(panel.locator(".sp-Voice")).to_have_count(0)
    expect(panel.locator(".sp-Answer-by")).to_contain_text("beta")
    expect(panel.get_by_label("Model that answers")).to_have_text("beta")
    send(panel, "and then?")
    answer = panel.locator(".sp-Answer").last
    ended(answer)
    expect(answer.locator(".sp-Answer-by")).to_contain_text("beta")

    first = panel.locator(".sp-Answer").first
    first.hover()
    first.get_by_label("The one before").click()
    expect(panel.locator(".sp-Answer")).to_have_count(1)
    expect(panel.locator(".sp-Answer-by")).to_contain_text("alpha")
    panel.locator(".sp-Answer").hover()
    panel.get_by_label("Show the answers side by side").click()
    expect(column(panel, "beta")).to_contain_text("Kept")
    shoot(page, "compare-again")
    panel.get_by_label("Show only the kept answer").click()
    expect(panel.locator(".sp-Answer")).to_have_count(2)
    page.reload()
    expect(panel.locator(".sp-Answer")).to_have_count(2)
    expect(panel.locator(".sp-Question-text").last).to_have_text("and then?")


def test_one_that_fails_leaves_the_others_and_is_tried_again(chat, open_page):
    page, panel = chat()
    widen(page, panel, 420)
    pick(panel, "alpha", "beta-500")
    send(panel, "Which bird is the heaviest?")
    alpha, beta = column(panel, "alpha"), column(panel, "beta-500")
    ended(alpha)
    ended(beta, "failed")
    expect(beta).to_contain_text("status 500")
    shoot(page, "compare-one-failed")
    beta.get_by_role("button", name="Try again").click()
    ended(beta, "failed")
    expect(panel.locator(".sp-Voice")).to_have_count(2)
    panel.get_by_label("Question", exact=True).fill("And the lightest?")
    expect(panel.locator(".sp-Composer-note")).to_contain_text("the answer of alpha")
    pick(panel, "alpha")
    panel.get_by_role("button", name="Send").click()
    expect(panel.locator(".sp-Answer")).to_have_count(2)
    expect(panel.locator(".sp-Voice")).to_have_count(0)
    ended(panel.locator(".sp-Answer").last)

    answer = panel.locator(".sp-Answer").last
    answer.hover()
    answer.get_by_label("Compare with…").click()
    listed = panel.get_by_role("dialog", name="Compare with…")
    expect(listed.get_by_role("option").filter(has_text=re.compile("^alpha$"))).to_have_count(0)
    listed.get_by_text("beta", exact=True).click()
    shoot(page, "compare-with")
    listed.get_by_role("button", name="Ask").click()
    ended(column(panel, "beta"))
    ended(column(panel, "alpha"))


def test_names_are_hidden_until_one_is_kept(chat):
    page, panel = chat()
    widen(page, panel, 420)
    pick(panel, "alpha", "beta")
    panel.get_by_label("Model that answers").click()
    panel.get_by_label("Hide names").check()
    page.keyboard.press("Escape")
    send(panel, "Which one are you?")
    for name in ("Answer A", "Answer B"):
        ended(column(panel, name))
    expect(panel.locator(".sp-Round")).not_to_contain_text("alpha")
    expect(panel.locator(".sp-Round")).not_to_contain_text("Harbour")
    shoot(page, "compare-blind")
    column(panel, "Answer B").get_by_role("button", name="Keep this one").click()
    expect(panel.locator(".sp-Answer-by")).to_contain_text(re.compile("alpha|beta"))
    panel.get_by_label("Model that answers").click()
    page.keyboard.press("Escape")


def test_an_answer_is_rated_and_the_rating_changed(chat):
    page, panel = chat()
    models = call(page, "GET", "/models")
    (alpha,) = [model["id"] for model in models if model["name"] == "alpha"]
    call(page, "PUT", "/aliases/fast", {"model_id": alpha})
    panel.get_by_label("Model that answers").click()
    listed = panel.get_by_role("dialog", name="Models that answer")
    expect(listed).to_contain_text("By purpose")
    shoot(page, "compare-aliases")
    listed.get_by_text("fast", exact=True).click()
    expect(panel.get_by_label("Model that answers")).to_have_text("fast")
    send(panel, "Please write code")
    answer = panel.locator(".sp-Answer")
    ended(answer)
    expect(answer.locator(".sp-Answer-by")).to_contain_text("alpha")
    answer.hover()
    answer.get_by_role("button", name="Bad answer").click()
    form = answer.get_by_role("form", name="Reasons")
    form.get_by_role("button", name="Code does not run").click()
    expect(form.get_by_role("button", name="Code does not run")).to_have_attribute(
        "aria-pressed", "true"
    )
    form.get_by_label("In your own words").fill("no such module")
    shoot(page, "compare-rating")
    form.get_by_role("button", name="Done").click()
    expect(answer.locator(".sp-Rating-said")).to_have_text("Code does not run · “no such module”")
    page.reload()
    expect(answer.get_by_role("button", name="Bad answer")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(answer.locator(".sp-Rating-said")).to_contain_text("no such module")
    answer.hover()  # what can be done appears over the figures' end
    answer.get_by_role("button", name="Good answer").click()
    expect(answer.get_by_role("button", name="Good answer")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Escape")
    (rating,) = call(page, "GET", "/ratings?verdict=liked")
    assert (rating["model"], rating["text"]) == ("alpha", "no such module")


def test_a_conversation_is_replayed_on_another_model_and_both_are_opened(
    chat, upstream, other_upstream
):
    page, panel = chat()
    pick(panel, "alpha")
    upstream.hurry()
    for number, question in enumerate(("One?", "/help", "60 tokens at 2/s")):
        send(panel, question)
        expect(panel.locator(".sp-Answer")).to_have_count(number + 1)
        ended(panel.locator(".sp-Answer").last)
    other_upstream.forget()
    panel.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Replay on Another Model…").click()
    listed = panel.get_by_role("dialog", name="Replay on…")
    shoot(page, "replay-models")
    listed.get_by_text("beta", exact=True).click()
    expect(panel.locator(".sp-ChatHeader-title")).to_have_text("One? on beta")
    expect(panel.locator(".sp-Replay")).to_contain_text("of 3 questions answered")
    shoot(page, "replay-running")
    other_upstream.hurry()
    expect(panel.locator(".sp-Answer")).to_have_count(3)
    ended(panel.locator(".sp-Answer").last)
    expect(panel.locator(".sp-Replay progress")).to_have_count(0)
    sent = [entry["body"]["messages"][-1]["content"] for entry in other_upstream.requests()]
    assert sent == ["One?", "60 tokens at 2/s"]
    panel.get_by_role("button", name="Side by side").click()
    pages = page.locator(".sp-Chat.sp-mod-main")
    expect(pages).to_have_count(2)
    for number in range(2):
        expect(pages.nth(number).locator(".sp-Answer")).to_have_count(3)
    shoot(page, "replay-both")
    panel.get_by_role("button", name="One?", exact=True).click()
    expect(panel.locator(".sp-Replay")).to_contain_text("Replayed on beta")


def test_an_answer_waits_for_its_engine_and_is_tried_again_when_that_dies(chat, lab):
    page, panel = chat()
    folder = lab.base / "weights" / "tiny"
    shutil.copytree(REPOSITORY / "tests" / "model" / "tiny-analyst", folder)
    (folder / "step").write_text("0.5")
    (folder / "pace").write_text("0.2")
    assert "name" in call(page, "POST", "/imports", {"path": str(folder), "name": "tiny"})
    panel.get_by_label("Model that answers").click()
    row = panel.get_by_role("option").filter(has_text="tiny")
    expect(row).to_contain_text("will start")
    shoot(page, "waiting-models")
    row.click()
    send(panel, "Which bird?")
    answer = panel.locator(".sp-Answer")
    expect(answer).to_contain_text("Starting tiny: ")
    expect(panel.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    shoot(page, "waiting-engine")
    ended(answer)
    expect(answer).to_contain_text("The stand-in has read")

    (folder / "faults").write_text("die-streaming 1")
    send(panel, "And then?")
    cut = panel.locator(".sp-Answer").last
    ended(cut, "interrupted")
    expect(cut).to_contain_text("The engine ended in the middle of this answer.")
    shoot(page, "waiting-cut")
    cut.get_by_role("button", name="Try again").click()
    expect(panel.locator(".sp-Answer").last).to_contain_text("Restarting tiny")
    ended(panel.locator(".sp-Answer").last)
    expect(panel.locator(".sp-Answer").last).to_contain_text("answers shortly.")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_answers_side_by_side_are_legible_narrow_and_wide(chat, theme):
    page, panel = chat(width=700 if "Dark" in theme else 1400)
    set_theme(page, theme)
    name = theme.split()[-1].lower()
    pick(panel, "alpha", "beta", "beta-500")
    send(panel, "Please write code for all of this")
    ended(column(panel, "alpha"))
    ended(column(panel, "beta"))
    ended(column(panel, "beta-500"), "failed")
    page.mouse.move(5, 5)
    shoot(page, f"compare-narrow-{name}")
    scroll = panel.locator(".sp-Thread-scroll")
    assert scroll.evaluate("node => node.scrollWidth <= node.clientWidth")
    panel.get_by_role("tab", name="beta", exact=True).click()
    expect(column(panel, "beta")).to_be_in_viewport()
    expect(column(panel, "alpha")).not_to_be_in_viewport()
    panel.get_by_role("button", name="Open as page").click()
    wide = page.locator(".sp-Chat.sp-mod-main")
    ended(column(wide, "alpha"))
    shoot(page, f"compare-page-{name}")
    if "Light" in theme:
        for shown in ("alpha", "beta", "beta-500"):
            expect(column(wide, shown)).to_be_in_viewport()
        layout_is_kept(page, f"sponde-chat:{wide.get_attribute('data-conversation')}")
        page.reload()
        ended(column(page.locator(".sp-Chat.sp-mod-main"), "alpha"))
