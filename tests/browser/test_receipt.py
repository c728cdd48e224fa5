"""The receipt by clicking: what would be sent while one writes, policies, instructions."""

import re

import pytest
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot
from browser.test_chat import ask, call, connect, ended, open_chat


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def test_what_would_be_sent_is_said_while_one_writes(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    box = chat.get_by_label("Question", exact=True)
    line = chat.locator(".sp-Receipt-line")
    box.fill("/profile @bird_strikes")
    box.fill("What is in @bird_strikes")
    box.press("Escape")
    expect(line).to_contain_text(
        re.compile(r"≈ [\d,]+ tokens to scripted at 127\.0\.0\.1.*: stays on this machine")
    )
    expect(line).to_contain_text("1 dataset (statistics)")
    expect(line).to_contain_text(re.compile(r"· \d+ tools"))
    shoot(page, "receipt-line")

    # Beside the model it is told of no tools, and of them again.
    tools = chat.get_by_role("switch", name="Tools")
    tools.press("Space")
    expect(tools).not_to_be_checked()
    expect(line).not_to_contain_text("tools")
    shoot(page, "receipt-without-tools")
    tools.click()
    expect(line).to_contain_text(re.compile(r"· \d+ tools"))

    # Opened by the keyboard, it shows every part.
    line.press("Enter")
    opened = chat.get_by_role("region", name="What will be sent")
    expect(opened.get_by_text("Your question")).to_be_visible()
    data = opened.locator(".sp-Part", has_text="bird_strikes (statistics)")
    data.locator("summary").click()
    expect(data.locator("pre")).to_contain_text("Wildlife Size")
    expect(data).to_contain_text("No row is.")
    shoot(page, "receipt-opened")

    # A policy set here is in force at once.
    data.get_by_label("What a model may read of bird_strikes").select_option("rows")
    expect(line).to_contain_text("1 dataset (20 rows)")
    data = opened.locator(".sp-Part", has_text="bird_strikes (20 rows)")
    expect(data).to_be_visible()
    if not data.locator("pre").count():
        data.locator("summary").click()
    expect(data.locator("pre")).to_contain_text("The first 20 rows, as CSV:")
    rows = data.get_by_label("How many rows of bird_strikes")
    rows.fill("3")
    rows.press("Enter")
    data = opened.locator(".sp-Part", has_text="bird_strikes (3 rows)")
    expect(data).to_be_visible()
    if not data.locator("pre").count():
        data.locator("summary").click()
    expect(data.locator("pre")).to_contain_text("The first 3 rows, as CSV:")
    shoot(page, "receipt-policy")
    every = opened.locator(".sp-Part", has_text="Every word, as it is sent")
    every.locator("summary").click()
    expect(every.locator("pre").last).to_have_text("What is in @bird_strikes")
    shown = every.locator("pre").all_text_contents()

    # What was shown is what is sent, byte by byte, and what is kept.
    chat.get_by_role("button", name="Send").click()
    answer = chat.locator(".sp-Answer").last
    ended(answer)
    said = upstream.requests()[-1]["body"]["messages"]
    assert shown == [turn["content"] for turn in said]
    expect(chat.locator(".sp-Receipt")).to_have_count(0)
    chat.get_by_text("What was sent").last.click()
    sent = chat.locator(".sp-Sent-body")
    sent.locator(".sp-Part", has_text="Every word, as it is sent").locator("summary").click()
    expect(sent.locator(".sp-Sent-turn pre").last).to_have_text("What is in @bird_strikes")
    assert sent.locator(".sp-Sent-turn pre").all_text_contents() == shown
    shoot(page, "receipt-sent")

    # Narrow and dark.
    page.set_viewport_size({"width": 700, "height": 800})
    set_theme(page, "JupyterLab Dark")
    call(
        page, "PATCH", f"/datasets/{call(page, 'GET', '/datasets')[0]['id']}", {"policy": "schema"}
    )
    box.fill("And again?")
    expect(line).to_contain_text("an answer held back")
    line.click()
    expect(opened.locator(".sp-Cuts")).to_contain_text("the policy of bird_strikes keeps it back")
    shoot(page, "receipt-narrow-dark")
    opened.locator("summary").first.press("Escape")
    expect(opened).to_have_count(0)
    expect(line).to_be_focused()


def test_a_policy_is_set_in_the_data_panel_and_instructions_in_the_menu(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    command(page, "sponde:datasets:open")
    row = page.locator("[data-dataset=bird_strikes]")
    row.get_by_role("button", expanded=False).first.click()
    policy = row.get_by_label("What a model may read of bird_strikes")
    policy.select_option("everything")
    expect(row.locator(".sp-Policy-note")).to_contain_text("As many rows are sent")
    policy.select_option("rows")
    rows = row.get_by_label("How many rows of bird_strikes")
    rows.fill("7")
    rows.press("Enter")
    expect(row.locator(".sp-Policy-note")).to_have_text("The first 7 rows are sent as they are.")
    shoot(page, "data-policy")
    (known,) = call(page, "GET", "/datasets")
    assert (known["policy"], known["policy_rows"]) == ("rows", 7)
    policy.select_option("statistics")

    command(page, "sponde:chat:instructions")
    dialog = page.get_by_role("dialog")
    text = dialog.get_by_label("Instructions in .sponde/instructions.md")
    text.fill("Answer like a sailor.\n")
    text.press("Enter")
    text.press_sequentially("Prices are in euros.")
    shoot(page, "project-instructions")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    command(page, "sponde:chat:new")
    answer = ask(chat, "Hello there")
    ended(answer)
    system = upstream.requests()[-1]["body"]["messages"][0]["content"]
    assert "Answer like a sailor.\n\nPrices are in euros." in system
    box = chat.get_by_label("Question", exact=True)
    box.fill("Hello again")
    chat.locator(".sp-Receipt-line").click()
    expect(
        chat.get_by_text("Instructions of this project (.sponde/instructions.md)")
    ).to_be_visible()
