"""Commands, personas and templates by clicking and by keys: completion, cards, the section."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab import command, set_theme, shoot
from browser.test_chat import call, connect, ended, open_chat

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "a",
            "metadata": {"tags": ["parameters"]},
            "source": "region: str = 'EU'",
            "outputs": [],
            "execution_count": None,
        }
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
MESSY = """id,city,price,score
1, Berlin,"€1,200.50",1.5
2,berlin,"$ 900.00",-999
3,Paris,"1,000",2.5
4,paris,12,-999
5,Berlin,7,3.5
6,Rome,oops,4.5
7,Rome,9,5.5
8,Rome,10,6.5
9,Oslo,11,7.5
10,Oslo,12,8.5
11,Oslo,13,9.5
11,Oslo,13,9.5
"""


@pytest.fixture(scope="module")
def lab(make_lab):
    lab = make_lab()
    (lab.root / "report.ipynb").write_text(json.dumps(NOTEBOOK))
    (lab.root / "messy.csv").write_text(MESSY)
    (lab.root / "cities.csv").write_text("name,country\nBerlin,DE\nParis,FR\nRome,IT\nBern,CH\n")
    return lab


def register(page: Page) -> None:
    """Add the datasets, and wait until they are known."""
    for path in ("messy.csv", "cities.csv"):
        dataset = call(page, "POST", "/datasets", {"path": path})
        call(page, "GET", f"/datasets/{dataset['id']}/profile")


def ask(chat: Locator, text: str) -> Locator:
    """Send a question; give the answer below it (only what is seen is drawn: none is counted)."""
    chat.get_by_label("Question", exact=True).fill(text)
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".sp-Question").last).to_contain_text(text)
    return chat.locator(".sp-Answer").last


def offers(chat: Locator) -> Locator:
    """Give what is offered above the input."""
    return chat.get_by_role("listbox", name="Suggestions")


def test_commands_complete_their_arguments_and_answer_with_tables_and_buttons(lab, open_page):
    page, chat = open_chat(open_page, lab)
    register(page)
    box = chat.get_by_label("Question", exact=True)

    # The server completes: datasets, then columns, from the one table.
    box.press_sequentially("/cle")
    box.press("Tab")
    expect(offers(chat).get_by_role("option", name="@messy")).to_be_visible()
    box.press_sequentially("@mes")
    box.press("Tab")
    expect(offers(chat).get_by_role("option", name="city")).to_be_visible()
    shoot(page, "commands-complete-columns")
    box.fill("")
    answer = ask(chat, "/clean @messy")
    ended(answer)
    expect(answer.locator("table")).to_contain_text("Numbers as text")
    expect(answer.locator("table")).to_contain_text("€1,200.50 → 1200.5")
    shoot(page, "commands-clean")

    box.press_sequentially("/join @messy @cities on ")
    expect(offers(chat).get_by_role("option").first).to_contain_text("city = name")
    shoot(page, "commands-complete-keys")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("/join @messy @cities on city = name ")
    box.press("Escape")
    box.press("Enter")
    answer = chat.locator(".sp-Answer").last
    ended(answer)
    expect(answer).to_contain_text("join on city = name")
    expect(answer.locator(".sp-mod-plot canvas, .sp-mod-plot svg").first).to_be_visible()
    shoot(page, "commands-join")

    ended(ask(chat, "/compare @messy @cities"))
    # A schedule is shown, and made by the button alone.
    answer = ask(chat, "/schedule report every weekday at 9 Europe/Berlin")
    ended(answer)
    card = answer.get_by_role("region", name="Schedule")
    expect(card).to_contain_text("Europe/Berlin")
    expect(card.locator(".sp-ActCard-times li")).to_have_count(3)
    assert call(page, "GET", "/job-definitions") == []
    shoot(page, "commands-schedule")
    card.get_by_role("button", name="Schedule it").click()
    expect(card.get_by_role("status")).to_contain_text("Scheduled as")
    (made,) = call(page, "GET", "/job-definitions")
    assert made["schedule"]["cron"] == "0 9 * * 1-5"

    answer = ask(chat, "/export notebook")
    ended(answer)
    with page.expect_download() as download:
        answer.get_by_role("link", name="Download Notebook").click()
    assert download.value.suggested_filename.endswith(".ipynb")
    answer = ask(chat, "/export csv @messy where price = '12'")
    ended(answer)
    with page.expect_download() as download:
        answer.get_by_role("link", name="Download CSV").click()
    assert "paris" in download.value.path().read_text().lower()
    shoot(page, "commands-export")
    answer = ask(chat, "/compare report.ipynb")
    ended(answer)
    answer.get_by_role("button", name="Set up the experiment…").click()
    expect(page.locator(".sp-Experiments, .sp-Experiment").first).to_be_visible()


def test_personas_and_templates_are_made_chosen_filled_and_undone(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    register(page)
    connect(page, chat, upstream.base_url)
    command(page, "sponde:models:show", {"section": "personas"})
    section = page.get_by_role("region", name="Personas")
    expect(section.get_by_text("Analyst")).to_be_visible()
    section.get_by_role("button", name="New persona").click()
    form = page.get_by_role("form", name="New persona")
    form.get_by_label("Name").fill("Pirate")
    form.get_by_label("Sign").fill("🏴")
    form.get_by_label("teal").check(force=True)
    form.get_by_label("Instructions").fill("Speak like a pirate.")
    form.get_by_label("Only these").check()
    form.get_by_label("Find how two datasets join").check()
    shoot(page, "personas-form")
    form.get_by_role("button", name="Save").click()
    expect(section.locator(".sp-Personas-row", has_text="Pirate")).to_contain_text("1 tool")
    section.get_by_role("button", name="Delete Teacher").click()
    expect(section.get_by_text("Teacher")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(section.get_by_text("Teacher")).to_be_visible()

    templates = page.get_by_role("region", name="Templates")
    templates.get_by_role("button", name="New template").click()
    form = page.get_by_role("form", name="New template")
    form.get_by_label("Name").fill("top-rows")
    form.get_by_label("Text").fill("Show the top {{limit=3}} of {{column}} in {{dataset}}.")
    expect(form).to_contain_text("It asks for: limit (3), column, dataset.")
    form.get_by_role("button", name="Save").click()
    expect(templates.get_by_text("/top-rows")).to_be_visible()
    with page.expect_download() as download:
        templates.get_by_role("link", name="Export").click()
    kept = json.loads(download.value.path().read_text())
    assert kept["templates"][0]["name"] == "top-rows"
    templates.get_by_role("button", name="Delete /top-rows").click()
    expect(templates.get_by_text("No template yet")).to_be_visible()
    templates.locator("input[type=file]").set_input_files(download.value.path())
    expect(templates.get_by_text("1 template was added.")).to_be_visible()
    shoot(page, "personas-section")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "personas-section-dark")

    # Chosen beside the model, said at the answer, sent with the question, kept with the talk.
    chat.get_by_label("Persona that answers").select_option("Pirate")
    answer = ask(chat, "one")
    ended(answer)
    expect(answer.locator(".sp-Answer-by")).to_contain_text("Pirate")
    talk = call(page, "GET", "/conversations")[0]
    messages = call(page, "GET", f"/conversations/{talk['id']}/messages")
    receipt = call(page, "GET", f"/messages/{messages[-1]['id']}/receipt")
    assert "Speak like a pirate." in receipt["turns"][0]["content"]
    assert [tool["name"] for tool in receipt["tools"]] == ["join"]
    shoot(page, "personas-answer-dark")

    # A template stands below the commands; its places are fields, Tab goes to the next.
    box = chat.get_by_label("Question", exact=True)
    box.press_sequentially("/top")
    expect(offers(chat)).to_contain_text("/top-rows")
    shoot(page, "templates-offered-dark")
    box.press("Enter")
    fill = chat.get_by_role("form", name="Fill in /top-rows")
    expect(fill.get_by_label("Column")).to_be_focused()
    fill.get_by_label("Column").fill("city")
    page.keyboard.press("Tab")
    expect(fill.get_by_label("Dataset")).to_be_focused()
    page.keyboard.type("messy")
    shoot(page, "templates-fill-dark")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Show the top 3 of city in @messy.")
    expect(box).to_be_focused()

    # A question becomes a template.
    chat.locator(".sp-Question").first.hover()
    chat.get_by_role("button", name="Save as template").first.click()
    page.locator(".jp-Dialog").get_by_role("textbox").fill("again")
    page.locator(".jp-Dialog").get_by_role("button", name="Save").click()
    expect(templates.get_by_text("/again")).to_be_attached()

    narrow, chat = open_chat(open_page, lab, width=700)
    expect(chat.get_by_label("Persona that answers")).to_be_visible()
    chat.get_by_label("Question", exact=True).press_sequentially("/")
    expect(offers(chat)).to_contain_text("/again")
    shoot(narrow, "templates-narrow")
    ended(ask(chat, "/schedule report daily at 7"))
    shoot(narrow, "commands-schedule-narrow-dark")
