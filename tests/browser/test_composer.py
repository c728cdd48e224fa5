"""The composer by clicking and typing: what can be named, chips, drags, quotes, the queue."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from browser.lab import command, set_theme, shoot
from browser.test_chat import call, connect, ended, open_chat, settled

WORDS = "() => document.querySelector('#sponde-chat .sp-Prose p').getBoundingClientRect().toJSON()"

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "first-cell",
            "source": "import pandas as pd\nprices = pd.DataFrame({'fruit': ['fig', 'plum'],"
            " 'price': [1.5, 2.25]})",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        },
        {
            "cell_type": "code",
            "id": "second-cell",
            "source": "total = prices['price'].sum()\ntotal",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        },
    ],
    "metadata": {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(scope="module")
def lab(make_lab):
    made = make_lab()
    (made.root / "fruit.ipynb").write_text(json.dumps(NOTEBOOK))
    (made.root / "src").mkdir()
    (made.root / "src" / "load.py").write_text("def load():\n    return 'from the disk'\n")
    return made


def question(chat: Locator) -> Locator:
    return chat.get_by_label("Question", exact=True)


def chips(chat: Locator) -> Locator:
    return chat.locator(".sp-Composer .sp-RefChip")


def sent(upstream) -> str:
    return json.dumps(upstream.requests()[-1]["body"], ensure_ascii=False)


def is_sent(page: Page, upstream, text: str) -> None:
    """Wait until the model was sent a text: a question is shown before it has left."""
    for _ in range(600):
        if upstream.requests() and text in sent(upstream):
            return
        page.wait_for_timeout(100)
    raise AssertionError(sent(upstream))


def open_notebook(page: Page) -> Locator:
    command(page, "docmanager:open", {"path": "fruit.ipynb"})
    notebook = page.locator(".jp-NotebookPanel")
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
        "?.status === 'idle'"
    )
    command(page, "notebook:run-all-cells")
    expect(notebook.locator(".jp-OutputArea-output")).to_contain_text("3.75")
    command(page, "docmanager:save")
    return notebook


def test_everything_that_is_open_can_be_named(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    notebook = open_notebook(page)
    box = question(chat)
    box.press_sequentially("@")
    options = chat.get_by_role("option")
    for label in ("Datasets", "Cells", "Variables", "Open notebooks", "Files"):
        expect(chat.get_by_role("group", name=label)).to_be_visible()
    shoot(page, "composer-named")
    # The keyboard goes through all of them, without moving the text's caret.
    box.press("ArrowDown")
    expect(chat.locator(".sp-Offer[aria-selected=true]")).to_have_count(1)
    box.press_sequentially("pri")
    expect(options.first).to_contain_text("@prices")
    expect(options.first).to_contain_text("DataFrame · 2 × 2")
    shoot(page, "composer-variable")
    box.press("Enter")
    expect(box).to_have_value("@prices ")
    expect(chips(chat)).to_have_count(1)
    # Ctrl+Z takes the name and its chip back, Ctrl+Y brings both again.
    box.press("Control+z")
    expect(box).to_have_value("@pri")
    expect(chips(chat)).to_have_count(0)
    box.press("Control+y")
    expect(box).to_have_value("@prices ")
    expect(chips(chat)).to_have_count(1)
    box.press_sequentially("and @cell-2")
    box.press("Tab")
    box.press_sequentially("and @load")
    expect(options.first).to_contain_text("load.py")
    box.press("Enter")
    expect(box).to_have_value("@prices and @cell-2 and @load.py ")
    expect(chips(chat)).to_have_count(3)
    shoot(page, "composer-chips")
    # A chip that is removed leaves its word.
    chat.get_by_role("button", name="Remove load.py").click()
    expect(box).to_have_value("@prices and @cell-2 and load.py ")
    expect(chips(chat)).to_have_count(2)
    # What it is when it is asked is what is sent: a cell that changed, and a variable.
    page.evaluate(
        """() => { const {content} = window.jupyterapp.shell.currentWidget;
            content.widgets[1].model.sharedModel.setSource('changed_meanwhile = 1'); }"""
    )
    box.press("End")
    box.press_sequentially("what are they?")
    box.press("Enter")
    answer = chat.locator(".sp-Answer").last
    ended(answer)
    body = sent(upstream)
    assert "changed_meanwhile" in body
    assert "- price: float64, 1.5 to 2.25" in body
    assert "plum" not in body.split("Output:")[0]
    asked = chat.locator(".sp-Question").last
    expect(asked.locator("button.sp-Reference")).to_have_count(2)
    # The chips of a question open what they name.
    command(page, "launcher:create")
    asked.get_by_role("button", name="@cell-2").click()
    expect(notebook).to_be_visible()
    expect(notebook.locator(".jp-Cell.jp-mod-active")).to_contain_text("changed_meanwhile")
    asked.get_by_role("button", name="@prices").click()
    expect(page.locator(".sp-VariableLook")).to_contain_text("plum")
    shoot(page, "composer-variable-look")
    page.get_by_role("button", name="Close").last.click()
    # From another conversation an earlier one can be named, and a block that was saved.
    code = {"code": "print('named')", "language": "python", "name": "say-it"}
    call(page, "POST", "/code-blocks", code)
    command(page, "sponde:chat:new")
    box.press_sequentially("@prices-and")
    expect(chat.get_by_role("group", name="Conversations")).to_be_visible()
    box.press("Enter")
    box.press_sequentially("and @say-it")
    expect(options.first).to_contain_text("say-it")
    box.press("Enter")
    expect(chips(chat)).to_have_count(2)
    expect(chips(chat).first).to_have_attribute("data-kind", "conversation")
    expect(chips(chat).last).to_have_attribute("data-kind", "code_block")
    shoot(page, "composer-named-talk")


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """Drag as a hand does: press, move in steps, let go."""
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), onto.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 9, start["y"] + start["height"] / 2, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    expect(page.locator(".sp-Chat.sp-mod-drop")).to_be_visible()


def drop_file(page: Page, chat: Locator, name: str, text: str) -> None:
    """Drop a file of the person's computer, as the browser tells of it."""
    data = page.evaluate_handle(
        """([name, text]) => { const data = new DataTransfer();
            data.items.add(new File([text], name)); return data; }""",
        [name, text],
    )
    for kind in ("dragenter", "dragover", "drop"):
        chat.dispatch_event(kind, {"dataTransfer": data})


def test_things_are_dragged_and_pasted_onto_the_question(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    notebook = open_notebook(page)
    command(page, "sponde:datasets:open")
    drag(page, page.locator(".sp-Dataset-toggle").first, question(chat))
    shoot(page, "composer-drop")
    page.mouse.up()
    expect(chips(chat)).to_have_text(["bird_strikes×"])
    drag(page, notebook.locator(".jp-Cell .jp-InputPrompt").first, question(chat))
    page.mouse.up()
    expect(chips(chat)).to_have_count(2)
    expect(chips(chat).last).to_contain_text("cell-1")
    assert "pd.DataFrame" in (chips(chat).last.get_attribute("title") or "")
    command(page, "filebrowser:activate")
    drag(page, page.locator(".jp-DirListing-item", has_text="fruit.ipynb"), question(chat))
    page.mouse.up()
    expect(chips(chat).last).to_contain_text("fruit.ipynb")
    drop_file(page, chat, "notes.md", "# From my desk")
    expect(chips(chat).last).to_contain_text("notes.md")
    drop_file(page, chat, "dropped.csv", "a,b\n1,2\n3,4\n")
    expect(chips(chat).last).to_contain_text("dropped")
    assert "dropped" in [dataset["name"] for dataset in call(page, "GET", "/datasets")]
    call(page, "POST", "/code-blocks", {"code": "print('kept block')", "language": "python"})
    command(page, "sponde:library:open")
    drag(page, page.locator("#sponde-library .sp-Card .sp-Card-head").first, question(chat))
    page.mouse.up()
    expect(chips(chat)).to_have_count(6)
    expect(chips(chat).last).to_have_attribute("data-kind", "code_block")
    # A long text becomes a chip; Ctrl+Z puts it into the text after all.
    page.evaluate("text => navigator.clipboard.writeText(text)", "long words " * 300)
    question(chat).click()
    page.keyboard.press("Control+v")
    expect(chips(chat).last).to_contain_text("pasted text")
    expect(question(chat)).to_have_value("")
    shoot(page, "composer-full")
    page.keyboard.press("Control+z")
    expect(chips(chat)).to_have_count(6)
    assert question(chat).input_value().startswith("long words long")
    page.keyboard.press("Control+z")
    expect(question(chat)).to_have_value("")
    # The keyboard takes chips away: from the text, and on the chip itself.
    page.keyboard.press("Backspace")
    expect(chips(chat)).to_have_count(5)
    chips(chat).last.locator(".sp-RefChip-open").focus()
    page.keyboard.press("Delete")
    expect(chips(chat)).to_have_count(4)
    page.keyboard.press("Delete")
    expect(chips(chat)).to_have_count(3)
    drop_file(page, chat, "notes.md", "# From my desk")
    # What hangs on a draft is there after a reload. Asked before the models are known it waits.
    question(chat).fill("What is all this?")
    held: list[Route] = []
    page.route(re.compile(r"/sponde/api/models(\?|$)"), lambda route: held.append(route))
    page.reload()
    expect(question(chat)).to_have_value("What is all this?")
    expect(chips(chat)).to_have_count(4)
    question(chat).press("Enter")
    waiting = chat.locator(".sp-Queued")
    expect(waiting).to_contain_text("Waits for the models")
    expect(waiting).to_contain_text("What is all this?")
    expect(question(chat)).to_have_value("")
    # Who writes on keeps the keyboard, though JupyterLab opens what was open.
    expect(question(chat)).to_be_focused()
    shoot(page, "composer-waits")
    for route in held:
        route.continue_()
    page.unroute_all(behavior="ignoreErrors")
    expect(waiting).to_have_count(0)
    ended(chat.locator(".sp-Answer").last)
    expect(question(chat)).to_have_value("")
    body = sent(upstream)
    for text in ("Wildlife Species", "pd.DataFrame", "Cell 1 (code", "# From my desk"):
        assert text in body
    assert "LAGUARDIA" not in body
    asked = chat.locator(".sp-Question").last
    expect(asked.locator(".sp-RefChip")).to_have_count(4)
    expect(chat.locator(".sp-Answer").last).to_have_attribute("data-status", "complete")
    asked.get_by_role("button", name="Open bird_strikes").click()
    (birds,) = [one for one in call(page, "GET", "/datasets") if one["name"] == "bird_strikes"]
    expect(page.locator(f"#sp-dataset-{birds['id']}")).to_be_visible()
    set_theme(page, "JupyterLab Dark")
    shoot(page, "composer-asked-dark")
    set_theme(page, "JupyterLab Light")


def test_quotes_queued_questions_and_changed_ones(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab, width=760)
    connect(page, chat, upstream.base_url)
    box = question(chat)
    # Enter that ends an input method's composition does not send.
    box.click()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "とり", "selectionStart": 2, "selectionEnd": 2}
    )
    # As input methods send it: first as the key that they took, then by its name.
    for key, code in (("Process", 229), ("Enter", 13)):
        event = {"key": key, "code": "Enter", "windowsVirtualKeyCode": code}
        session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    session.send("Input.insertText", {"text": "鳥"})
    expect(chat.locator(".sp-Question")).to_have_count(0)
    expect(box).to_have_value("鳥")
    box.fill("First question")
    box.press("Enter")
    first = chat.locator(".sp-Answer").last
    ended(first)
    # A part of an answer is quoted, with the mouse and with the keyboard.
    settled(page, WORDS)  # what was sent is noted above it a moment after its end
    words = first.locator(".sp-Prose p").first.bounding_box()
    assert words
    page.mouse.move(words["x"] + 2, words["y"] + 8)
    page.mouse.down()
    page.mouse.move(words["x"] + 120, words["y"] + 8, steps=5)
    page.mouse.up()
    quote = chat.get_by_role("button", name="Quote")
    expect(quote).to_be_visible()
    # By its key too, while the mouse's selection stands; and of a whole answer by keys alone.
    page.keyboard.press("Alt+q")
    expect(chips(chat)).to_have_attribute("data-kind", "quote")
    expect(chips(chat)).to_contain_text("You asked")
    expect(box).to_be_focused()
    box.press("Backspace")
    expect(chips(chat)).to_have_count(0)
    first.get_by_label("Answer again").focus()
    page.keyboard.press("Alt+q")
    expect(chips(chat)).to_contain_text("You asked: First question")
    expect(box).to_be_focused()
    box.press("Backspace")
    expect(chips(chat)).to_have_count(0)
    page.mouse.move(words["x"] + 2, words["y"] + 8)
    page.mouse.down()
    page.mouse.move(words["x"] + 120, words["y"] + 8, steps=5)
    page.mouse.up()
    expect(quote).to_be_visible()
    shoot(page, "composer-quote-narrow")
    quote.click()
    expect(chips(chat)).to_have_attribute("data-kind", "quote")
    expect(box).to_be_focused()
    box.press_sequentially("Why that? 3000 tokens at 5/s")
    box.press("Enter")
    expect(chat.locator(".sp-Answer")).to_have_count(2)
    is_sent(page, upstream, "> You asked")
    # Questions that wait survive a reload and are asked in their order, whoever leaves.
    for text in ("Second waits", "Third waits", "Fourth is dropped"):
        box.fill(text)
        box.press("Enter")
    queue = chat.locator(".sp-Queued")
    expect(queue).to_contain_text(["Second waits", "Third waits", "Fourth is dropped"])
    queue.nth(1).get_by_role("button", name="Ask it sooner").click()
    expect(queue.first).to_contain_text("Third waits")
    shoot(page, "composer-queue-narrow")
    page.reload()
    expect(queue).to_have_count(3)
    queue.last.get_by_role("button", name="Drop the waiting question").click()
    expect(queue).to_have_count(2)
    upstream.hurry()
    expect(queue).to_have_count(0)
    expect(chat.locator(".sp-Question").last).to_contain_text("Second waits")
    ended(chat.locator(".sp-Answer").last)
    conversation = call(page, "GET", "/conversations")[0]["id"]
    said = call(page, "GET", f"/conversations/{conversation}/messages")
    assert [one["text"][:11] for one in said if one["role"] == "user"] == [
        "First quest",
        "Why that? 3",
        "Third waits",
        "Second wait",
    ]
    # The arrow up changes the last question; its versions stand beside each other.
    box.click()
    box.press("ArrowUp")
    expect(box).to_have_value("Second waits")
    shoot(page, "composer-editing-narrow")
    box.press("Escape")
    expect(box).to_have_value("")
    box.press("ArrowUp")
    box.press("End")
    box.press_sequentially(" no more")
    box.press("Enter")
    asked = chat.locator(".sp-Question").last
    expect(asked).to_contain_text("Second waits no more")
    ended(chat.locator(".sp-Answer").last)
    versions = asked.get_by_role("group", name="Version 2 of 2")
    # Left by hand, as the input keeps the keyboard for a while after the page was loaded. Focused
    # and pressed in one step: what is drawn anew between the two would lose the focus.
    page.keyboard.press("Shift+Tab")
    versions.get_by_role("button", name="The one before").press("ArrowLeft")
    expect(asked).not_to_contain_text("no more")
    expect(asked.get_by_role("button", name="The next one")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(asked).to_contain_text("no more")
