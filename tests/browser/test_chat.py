"""The chat by clicking: commands without a model, a model connected, streams and power cuts."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab import TOKEN, command, free_port, set_theme, shoot
from browser.wire import Wire

SAMPLE = "sponde-welcome/bird_strikes.csv"


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


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


def open_chat(open_page, lab, **size) -> tuple[Page, Locator]:
    """Open JupyterLab on a new conversation, with the sample registered."""
    page = open_page(lab, **size)
    known = call(page, "GET", "/datasets")
    if not known:
        call(page, "POST", "/datasets", {"path": SAMPLE})
    command(page, "sponde:chat:new")
    chat = page.locator("#sponde-chat")
    expect(chat.get_by_role("heading", name="Ask about your data")).to_be_visible()
    for _ in range(300):
        if all(dataset["status"] == "ready" for dataset in call(page, "GET", "/datasets")):
            break
        page.wait_for_timeout(100)
    return page, chat


def ask(chat: Locator, text: str) -> Locator:
    """Send a question; give its answer."""
    # By its id: those far from what is seen are not drawn, so a count says nothing.
    rows = chat.locator(".sp-Row:has(.sp-Answer)")
    before = rows.last.get_attribute("data-id") if rows.count() else ""
    box = chat.get_by_label("Question", exact=True)
    box.fill(text)
    chat.get_by_role("button", name="Send").click()
    expect(rows.last).not_to_have_attribute("data-id", before or "")
    return chat.locator(".sp-Answer").last


def ended(answer: Locator, status: str = "complete") -> None:
    expect(answer).to_have_attribute("data-status", status)


def words_of(answer: Locator) -> list[str]:
    return " ".join(answer.locator(".sp-Prose").all_text_contents()).split()


def connect(page: Page, chat: Locator, address: str) -> None:
    """Connect a model, unless one is connected already."""
    call(page, "POST", "/providers", {"base_url": address, "api_key": "right-key-1234"})
    expect(chat.get_by_label("Model that answers")).to_be_visible()


PLACE = """() => {
    const node = document.querySelector('.sp-Thread-scroll');
    const top = node.getBoundingClientRect().top;
    const row = [...node.querySelectorAll('[data-id]')]
        .find(found => found.getBoundingClientRect().bottom > top + 1);
    return [row.dataset.id, Math.round(row.getBoundingClientRect().top - top)];
}"""


DRAWN = """() => ['.vega-embed canvas, .vega-embed svg', '.sp-Thread-scroll'].flatMap(name => {
    const node = document.querySelector('#sponde-chat').querySelector(name);
    return [Math.round(node?.getBoundingClientRect().width ?? 0), node?.scrollTop];
})"""


def settled(page: Page, look: str):
    """Give what a look at the page gives once it has stayed the same for thirty frames."""
    return page.evaluate(
        f"""async () => {{
            const look = {look};
            let last = look();
            for (let same = 0; same < 30; same += 1) {{
                await new Promise(resolve => requestAnimationFrame(resolve));
                const now = look();
                if (JSON.stringify(now) !== JSON.stringify(last)) {{
                    last = now;
                    same = 0;
                }}
            }}
            return last;
        }}"""
    )


def test_commands_are_completed_while_typing_and_answer_without_a_model(lab, open_page):
    page, chat = open_chat(open_page, lab)
    expect(chat.get_by_role("button", name="No model: connect one…")).to_be_visible()
    expect(chat.locator(".sp-Example").first).to_contain_text("/profile @bird_strikes")
    shoot(page, "chat-empty-no-model")
    box = chat.get_by_label("Question", exact=True)

    box.press_sequentially("/pro")
    expect(chat.get_by_role("option")).to_contain_text(["/profile"])
    box.press("Tab")
    box.press_sequentially("@bir")
    expect(chat.get_by_role("option")).to_contain_text(["@bird_strikes"])
    box.press("Enter")
    expect(box).to_have_value("/profile @bird_strikes ")
    box.press("Enter")
    answer = chat.locator(".sp-Answer").last
    ended(answer)
    expect(answer).to_contain_text("10,000 rows and 14 columns")
    expect(answer.locator("table")).to_contain_text("Wildlife Species")
    expect(answer.locator(".sp-Code")).to_contain_text('sponde.dataset("bird_strikes")')
    shoot(page, "chat-profile")

    box.press_sequentially("/plot @bird_strikes ")
    expect(chat.get_by_role("option").first).to_contain_text("Airport Name")
    box.press_sequentially("wildlife si")
    shoot(page, "chat-completion")
    box.press("Tab")
    expect(box).to_have_value('/plot @bird_strikes "Wildlife Size" ')
    box.press("Enter")
    answer = chat.locator(".sp-Answer").last
    expect(answer.locator(".sp-mod-plot canvas, .sp-mod-plot svg").first).to_be_visible()
    ended(answer)
    settled(page, DRAWN)
    wide = answer.locator(".sp-mod-plot").bounding_box()["width"]
    drawn = answer.locator(".vega-embed canvas, .vega-embed svg").first.bounding_box()["width"]
    assert wide * 0.8 < drawn <= wide
    shoot(page, "chat-plot")

    answer = ask(
        chat,
        '/sql SELECT "Wildlife Size", count(*) AS n FROM bird_strikes GROUP BY ALL ORDER BY n DESC',
    )
    ended(answer)
    expect(answer.locator("table")).to_contain_text("Small")

    answer = ask(chat, "/profile @birdstrikes")
    ended(answer, "failed")
    expect(answer).to_contain_text("bird_strikes")
    expect(answer.get_by_role("button", name="Try again")).to_be_visible()
    expect(answer.get_by_role("button", name="Connect a model…")).to_have_count(0)
    shoot(page, "chat-error")


def test_an_example_is_asked_by_a_click(lab, open_page):
    _, chat = open_chat(open_page, lab)
    chat.locator(".sp-Example").nth(1).click()
    answer = chat.locator(".sp-Answer").last
    ended(answer)
    expect(answer.locator(".sp-mod-plot canvas, .sp-mod-plot svg").first).to_be_visible()


def test_a_question_without_a_model_says_how_to_connect_one(lab, open_page):
    page, chat = open_chat(open_page, lab)
    answer = ask(chat, "What is in my data?")
    ended(answer, "failed")
    shoot(page, "chat-no-model-failed")
    answer.get_by_role("button", name="Connect a model…").click()
    expect(page.locator(".sp-ModelsDialog")).to_be_visible()


def test_a_model_is_connected_asked_and_stopped(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    chat.get_by_role("button", name="No model: connect one…").click()
    dialog = page.locator(".sp-ModelsDialog")
    address = dialog.get_by_label("Address")
    expect(address).to_be_focused()
    shoot(page, "models-empty")
    address.fill(upstream.base_url)
    dialog.get_by_label("Key").fill("wrong-key-9876")
    dialog.get_by_label("Key").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("does not accept the key")
    shoot(page, "models-wrong-key")
    # The browser's console reports every refused request; this one was meant.
    open_page.problems[:] = [text for text in open_page.problems if "502" not in text]
    dialog.get_by_label("Key").fill("right-key-1234")
    dialog.get_by_role("button", name="Test and save").click()
    expect(dialog.get_by_role("radio", name="scripted answers")).to_be_checked()
    expect(dialog).to_contain_text("1234")
    assert "right-key" not in page.content()
    expect(dialog.get_by_label("Key")).to_have_value("")
    shoot(page, "models-connected")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    answer = ask(chat, "Please write code for @bird_strikes")
    ended(answer)
    # Who hears the page is told of its end, politely.
    expect(chat.locator(".sp-Told[role=status]")).to_contain_text("The answer is there. ")
    expect(answer.locator(".sp-Code")).to_have_count(3)
    expect(answer.locator(".sp-Code").first.locator(".sp-Code-text span").first).to_be_visible()
    chat.get_by_text("What was sent").click()
    sent = chat.locator(".sp-Sent-body")
    expect(sent).to_contain_text("This machine: nothing left it.")
    sent.get_by_text("Every word, as it is sent").click()
    words = sent.locator(".sp-Sent-turn pre")
    expect(words.first).to_contain_text("Wildlife Species")
    expect(words.last).to_have_text("Please write code for @bird_strikes")
    said = upstream.requests()[-1]["body"]["messages"]
    assert words.all_text_contents() == [turn["content"] for turn in said]
    shoot(page, "chat-what-was-sent")

    answer = ask(chat, "9000 tokens at 40/s")
    expect(answer).to_contain_text("t20")
    box = chat.get_by_label("Question", exact=True)
    box.fill("and then?")
    box.press("Enter")
    expect(chat.locator(".sp-Queued")).to_contain_text("and then?")
    shoot(page, "chat-streaming")
    chat.get_by_role("button", name="Stop").click()
    ended(answer, "stopped")
    expect(answer).to_contain_text("You stopped this answer.")
    chat.get_by_label("Change the waiting question").click()
    expect(box).to_have_value("and then?")

    answer = ask(chat, "silent, please")
    expect(answer).to_contain_text("Waiting for scripted")
    chat.get_by_role("button", name="Stop").click()
    ended(answer, "stopped")


def test_answers_and_questions_branch(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    answer = ask(chat, "one")
    ended(answer)
    answer.hover()
    answer.get_by_label("Answer again").click()
    expect(chat.locator(".sp-Answer .sp-Branches")).to_contain_text("2/2")
    ended(chat.locator(".sp-Answer"))
    chat.locator(".sp-Question").hover()
    chat.get_by_label("Edit and ask again").click()
    chat.get_by_label("Edit the question").fill("two")
    chat.get_by_role("button", name="Ask again").click()
    expect(chat.locator(".sp-Question .sp-Branches")).to_contain_text("2/2")
    expect(chat.locator(".sp-Question-text")).to_have_text("two")
    ended(chat.locator(".sp-Answer"))
    chat.locator(".sp-Question").get_by_label("The one before").click()
    expect(chat.locator(".sp-Question-text")).to_have_text("one")
    expect(chat.locator(".sp-Answer .sp-Branches")).to_contain_text("2/2")
    shoot(page, "chat-branches")


@pytest.fixture
def wire(lab):
    """Give the network between a page and the server."""
    made = Wire(lab.port, free_port())
    yield made
    made.end()


def test_a_reload_in_mid_answer_loses_and_doubles_nothing(lab, wire, open_page, upstream):
    there = replace(lab, port=wire.port)
    page, chat = open_chat(open_page, there)
    connect(page, chat, upstream.base_url)
    answer = ask(chat, "2400 tokens at 40/s")
    expect(answer).to_contain_text("t30")
    chat.get_by_label("Question", exact=True).fill("a draft")
    page.reload()
    answer = page.locator("#sponde-chat .sp-Answer")
    expect(answer).to_have_attribute("data-status", "streaming")
    expect(page.get_by_label("Question", exact=True)).to_have_value("a draft")
    second = page.context.new_page()
    second.goto(f"{there.url}/lab/workspaces/second")
    beside = second.locator("#sponde-chat .sp-Answer")
    expect(beside).to_have_attribute("data-status", "streaming")
    expect(answer).to_have_attribute("data-status", "streaming")
    # The network goes away and comes back: the answer went on meanwhile.
    words = len(words_of(answer))
    # JupyterLab may say so too, in a dialog of its own.
    page.add_locator_handler(
        page.locator(".jp-Dialog"),
        lambda dialog: dialog.get_by_role("button", name="Close").click(),
    )
    wire.cut()
    expect(page.locator("#sponde-chat .sp-Disconnected")).to_be_visible()
    wire.mend()
    expect(page.locator("#sponde-chat .sp-Disconnected")).to_have_count(0)
    page.wait_for_function(
        """words => document.querySelector('#sponde-chat .sp-Answer')
            .innerText.includes('t' + words)""",
        arg=words + 20,
    )
    open_page.problems[:] = [text for text in open_page.problems if "fetch" not in text]
    upstream.hurry()
    for shown in (answer, beside):
        ended(shown)
        # What is long is drawn a moment after it is known.
        expect(shown).to_contain_text("t2399")
        assert words_of(shown) == [f"t{number}" for number in range(2400)]


def test_what_was_said_survives_a_power_cut_in_mid_answer(make_lab, open_page, upstream):
    lab = make_lab()
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    first = ask(chat, "/profile @bird_strikes")
    ended(first)
    answer = ask(chat, "9000 tokens at 40/s")
    expect(answer).to_contain_text("t90")
    # JupyterLab may say so too, in a dialog of its own, when it happens to ask in that moment.
    page.add_locator_handler(
        page.locator(".jp-Dialog"),
        lambda dialog: dialog.get_by_role("button", name="Close").click(),
    )
    lab.kill()
    expect(chat.locator(".sp-Disconnected")).to_be_visible()
    shoot(page, "chat-disconnected")
    seen = words_of(answer)
    lab.start()
    ended(answer, "interrupted")
    # What was asked of the server in that moment is in the console, as it must be.
    open_page.problems[:] = [text for text in open_page.problems if "fetch" not in text]
    expect(chat.locator(".sp-Disconnected")).to_have_count(0)
    expect(chat.get_by_text("What was sent")).to_be_visible()
    expect(answer).to_contain_text("The server ended in the middle of this answer")
    expect(chat.locator(".sp-Answer").first).to_contain_text("10,000 rows and 14 columns")
    kept = words_of(answer)
    # It is saved every 250 ms: what had come in the last of them may be lost.
    assert kept == seen[: len(kept)]
    assert len(kept) >= len(seen) / 3
    shoot(page, "chat-interrupted")
    answer.get_by_role("button", name="Try again").click()
    expect(chat.locator(".sp-Answer").last).to_have_attribute("data-status", "streaming")
    chat.get_by_role("button", name="Stop").click()
    ended(chat.locator(".sp-Answer").last, "stopped")
    page.reload()
    ended(page.locator("#sponde-chat .sp-Answer").last, "stopped")


def test_conversations_are_renamed_found_deleted_and_brought_back(lab, open_page):
    page, chat = open_chat(open_page, lab)
    ended(ask(chat, "/help"))
    chat.get_by_role("button", name="What the commands do", exact=True).click()
    chat.get_by_label("Title of the conversation").fill("What can be asked")
    page.keyboard.press("Enter")
    expect(chat.locator(".sp-ChatHeader-title")).to_have_text("What can be asked")
    chat.get_by_role("button", name="New conversation").click()
    ended(ask(chat, "/profile @bird_strikes"))

    chat.get_by_role("button", name="Conversations").click()
    listed = chat.get_by_role("dialog", name="Conversations")
    shoot(page, "chat-conversations")
    listed.get_by_label("Search conversations").fill("can be asked")
    expect(listed.get_by_role("treeitem")).to_contain_text(["What can be asked"])
    listed.get_by_role("treeitem").get_by_text("What can be asked").click()
    expect(chat.locator(".sp-Question-text")).to_have_text("/help")

    chat.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete Conversation").click()
    expect(chat.locator(".sp-ChatHeader-title")).to_have_text("New conversation")
    page.get_by_role("button", name="Undo").click()
    expect(chat.locator(".sp-ChatHeader-title")).to_have_text("What can be asked")
    expect(chat.locator(".sp-Answer")).to_contain_text("/profile")


def test_a_long_conversation_draws_little_and_comes_back_to_its_place(lab, open_page):
    page, chat = open_chat(open_page, lab)
    conversation = call(page, "POST", "/conversations", {"title": "Long"})["id"]
    page.evaluate(
        """async ([id, token]) => {
            const base = JSON.parse(
                document.getElementById('jupyter-config-data').textContent).baseUrl;
            let parent = null;
            for (let count = 0; count < 120; count += 1) {
                const answer = await fetch(
                    `${base}sponde/api/conversations/${id}/messages`, {
                        method: 'POST', headers: {Authorization: 'token ' + token},
                        body: JSON.stringify({text: '/help ' + count, parent_id: parent})});
                parent = (await answer.json()).answer.id;
            }
        }""",
        [conversation, TOKEN],
    )
    chat.get_by_role("button", name="Conversations").click()
    chat.get_by_role("treeitem", name="Long").click()
    expect(chat.locator(".sp-Question-text").last).to_have_text("/help 119")
    expect(chat.locator(".sp-Jump")).to_have_count(0)
    assert chat.locator(".sp-Row").count() < 40
    chat.locator(".sp-Thread-scroll").hover()
    for _ in range(6):
        page.mouse.wheel(0, -600)
        settled(page, PLACE)
    expect(chat.locator(".sp-Jump")).to_be_visible()
    place, offset = settled(page, PLACE)
    page.wait_for_function(
        """([place, offset]) => Object.entries(sessionStorage).some(([key, value]) => {
            const kept = key.includes(':scroll:') && value && JSON.parse(value);
            return kept && kept.id === place && Math.abs(kept.offset - offset) <= 2;
        })""",
        arg=[place, offset],
    )
    page.reload()
    expect(chat.locator(".sp-Jump")).to_be_visible()
    expect(chat.locator(f"[data-id='{place}']")).to_be_visible()
    found = settled(page, PLACE)
    assert found[0] == place
    assert abs(found[1] - offset) <= 2
    chat.locator(".sp-Jump").click()
    expect(chat.locator(".sp-Question-text").last).to_have_text("/help 119")
    expect(chat.locator(".sp-Question-text").last).to_be_in_viewport()


def test_a_model_can_make_nothing_happen_by_what_it_writes(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    answer = ask(
        chat,
        '<button data-commandlinker-command="sponde:chat:new">press</button> '
        '<img src="data:image/png;base64,AAAA" onerror="window.hurt = 1"> '
        "<script>window.hurt = 1</script> **bold**",
    )
    ended(answer)
    expect(answer.locator("strong")).to_have_text("bold")
    assert answer.locator("[data-commandlinker-command], script, [onerror]").count() == 0
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_chat_is_legible_in_light_and_dark_narrow_and_wide(lab, open_page, theme):
    page, chat = open_chat(open_page, lab)
    set_theme(page, theme)
    name = theme.split()[-1].lower()
    ended(ask(chat, "/profile @bird_strikes"))
    ended(ask(chat, '/plot @bird_strikes "Phase of flight"'))
    expect(chat.locator(".sp-mod-plot canvas, .sp-mod-plot svg").first).to_be_visible()
    settled(page, DRAWN)
    expect(chat.locator(".sp-Jump")).to_have_count(0)
    assert chat.bounding_box()["width"] == pytest.approx(280, abs=1)
    scroll = chat.locator(".sp-Thread-scroll")
    assert scroll.evaluate("node => node.scrollWidth <= node.clientWidth")
    shoot(page, f"chat-narrow-{name}")
    box = chat.bounding_box()
    page.mouse.move(box["x"] - 3, 400)
    page.mouse.down()
    page.mouse.move(box["x"] - 300, 400, steps=4)
    page.mouse.up()
    page.wait_for_function(f"() => ({DRAWN})()[0] > 400")
    settled(page, DRAWN)
    shoot(page, f"chat-wide-{name}")


def test_the_chat_is_opened_by_keyboard_and_found_in_the_menu(lab, open_page):
    page = open_page(lab)
    page.keyboard.press("Control+Shift+A")
    expect(page.get_by_label("Question", exact=True)).to_be_focused()
    page.get_by_role("menuitem", name="Sponde").click()
    for name in ("Chat", "New Conversation", "Models"):
        expect(page.get_by_role("menuitem", name=re.compile(f"^{name}"))).to_be_visible()
