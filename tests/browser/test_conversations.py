"""The list of conversations by clicking and by keys: found, filed, named, carried, counted."""

import json
import re
from datetime import datetime, timedelta

import pytest
from meaning.tiny_encoder import make as make_encoder
from playwright.sync_api import Locator, Page, expect

from browser.lab import PATIENCE, command, set_theme, shoot
from browser.test_chat import ask, call, ended, open_chat


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def carried(title: str, texts: list[str], days: float = 0, **more):
    """Write a conversation as a file carries it: of just now, or of noon so many days ago."""
    at = datetime.now().astimezone()
    if days:  # By the calendar: the list's headings are days, whatever the hour is.
        at = at.replace(hour=12, minute=0) - timedelta(days=days)
    messages = [
        {
            "number": number,
            "parent": number - 1,
            "message": {
                "conversation_id": "",
                "id": "",
                "role": "user" if number % 2 else "assistant",
                "text": text,
                "created_at": (at + timedelta(seconds=number)).isoformat(),
            },
        }
        for number, text in enumerate(texts, 1)
    ]
    return {
        "title": title,
        "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
        "is_named": True,
        "messages": messages,
        **more,
    }


def file_of(*conversations) -> str:
    """Write a file of conversations."""
    return json.dumps(
        {"format": "sponde-conversations", "version": 1, "conversations": conversations}
    )


def bring(page: Page, *conversations) -> list[str]:
    """Import conversations; give their ids."""
    made = call(page, "POST", "/conversations/import", {"text": file_of(*conversations)})
    return [conversation["id"] for conversation in made["conversations"]]


def show_list(chat: Locator) -> Locator:
    """Open the list."""
    chat.get_by_role("button", name="Conversations").first.click()
    listed = chat.get_by_role("dialog", name="Conversations")
    expect(listed.get_by_role("tree")).to_be_visible()
    return listed


def test_conversations_are_found_filed_named_and_carried(open_page, lab, tmp_path):
    make_encoder(lab.base / "data_dir" / "sponde" / "meaning")
    page, chat = open_chat(open_page, lab)
    bring(
        page,
        carried("Costs of bird strikes", ["Which heron?", "The great one.\n```py\n1\n```"]),
        carried("Sales in March", ["How many?", "Twelve; no heron among them."], 1),
        carried("Older plans", ["When?", "Never."], 4),
        carried("Much older", ["What?", "That."], 75),
        carried("Weekly report", ["Which week?", "This one."], 2, is_pinned=True),
        carried("Filed away", ["Where?", "Here."], 3, folder=["Reports", "2026"]),
    )
    listed = show_list(chat)
    tree = listed.get_by_role("tree")
    expect(tree.get_by_role("treeitem", name="Weekly report")).to_be_visible()
    for heading in ("Folders", "Pinned", "Today", "Yesterday", "Last 7 days"):
        expect(tree.get_by_text(heading, exact=True)).to_be_visible()
    shoot(page, "conversations-list")

    # By keys alone: down from the search, into a folder, a name changed, one deleted and back.
    search = listed.get_by_label("Search conversations")
    expect(search).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("treeitem", name="2026")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(tree.get_by_role("treeitem", name="Filed away")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("F2")
    listed.get_by_label("New name").fill("Filed well")
    page.keyboard.press("Enter")
    filed = tree.get_by_role("treeitem", name="Filed well")
    expect(filed).to_be_visible()
    expect(tree).to_be_focused()
    page.keyboard.press("Delete")
    expect(filed).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(filed).to_be_visible()

    # Words, with the passage and what was looked for marked; then a filter as a chip.
    search.fill("heron")
    expect(tree.get_by_role("treeitem")).to_have_count(2)
    expect(tree.locator("mark").first).to_have_text("heron")
    shoot(page, "conversations-found")
    listed.get_by_role("button", name="Has code").click()
    expect(search).to_have_value("heron has:code")
    expect(tree.get_by_role("treeitem")).to_have_count(1)
    search.fill("nothing like it")
    expect(listed.get_by_text("Nothing fits “nothing like it”.")).to_be_visible()
    shoot(page, "conversations-none")
    listed.get_by_role("button", name="Show all conversations").click()

    # By meaning, where an encoder lies beside the history: no word is the same.
    for _ in range(600):
        meant = call(page, "GET", "/conversations/page?text=gull+wings&by_meaning=true")
        if meant["rows"]:
            break
        page.wait_for_timeout(100)
    search.fill("gull wings")
    expect(listed.get_by_text("Nothing fits “gull wings”.")).to_be_visible()
    listed.get_by_role("button", name="By meaning").click()
    expect(tree.get_by_role("treeitem").first).to_contain_text("heron")
    shoot(page, "conversations-meant")
    listed.get_by_role("button", name="By meaning").click()
    listed.get_by_role("button", name="Show all conversations").click()

    # Several at once: chosen with Ctrl, moved by dragging, archived, brought back.
    older = tree.get_by_role("treeitem", name="Older plans")
    older.click(modifiers=["Control"])
    tree.get_by_role("treeitem", name="Sales in March").click(modifiers=["Control"])
    chosen = listed.get_by_role("toolbar", name="What is chosen")
    expect(chosen.get_by_text("2 chosen")).to_be_visible()
    shoot(page, "conversations-chosen")
    older.drag_to(tree.get_by_role("treeitem", name="2026"))
    expect(page.get_by_text("Moved 2 conversations into “2026”.")).to_be_visible()
    expect(older).to_have_attribute("aria-level", "3")
    page.get_by_role("button", name="Undo").last.click()
    expect(older).to_have_attribute("aria-level", "1")

    # The menu of a row, and a copy.
    row = tree.get_by_role("treeitem", name=re.compile("^Costs of bird strikes"))
    row.click(button="right")
    menu = page.locator(".sp-ConversationMenu").first
    expect(menu.get_by_text("Duplicate", exact=True)).to_be_visible()
    shoot(page, "conversations-menu")
    menu.get_by_text("Duplicate", exact=True).click()
    expect(chat.locator(".sp-ChatHeader-title")).to_have_text("Copy of Costs of bird strikes")
    expect(tree.get_by_role("treeitem", name="Copy of Costs")).to_be_visible()

    # Pinned it stands above the days; put away it is gone from the list, until it is brought back.
    label = page.locator(".lm-Menu-itemLabel")
    pinned = '//*[text()="Pinned"]/following::*[@role="treeitem"][2]'
    row.click(button="right")
    label.get_by_text("Pinned", exact=True).click()
    expect(tree.locator(f"xpath={pinned}")).to_contain_text("bird strikes")
    tree.get_by_role("treeitem", name="Sales in March").click(button="right")
    label.get_by_text("Archive", exact=True).click()
    expect(tree.get_by_role("treeitem", name="Sales in March")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(tree.get_by_role("treeitem", name="Sales in March")).to_be_visible()

    # As a notebook and as Markdown it goes beside the notebooks, ready to be opened.
    for format in ("Notebook", "Markdown"):
        row.click(button="right")
        label.get_by_text("Export as", exact=True).click()
        label.get_by_text(format, exact=True).last.click()
        expect(page.get_by_text("Costs of bird strikes.").last).to_be_visible()

    # One goes out alone by the row's menu, as a file that can be imported again.
    tree.get_by_role("treeitem", name="Copy of Costs").click(button="right")
    label.get_by_text("Export as", exact=True).click()
    with page.expect_download() as download:
        label.get_by_text("JSON, to import again").click()
    assert download.value.suggested_filename.endswith(".json")
    (alone,) = json.loads(download.value.path().read_text())["conversations"]
    assert alone["title"] == "Copy of Costs of bird strikes"

    # A file goes out and comes in again; one that is no file of ours is refused in a sentence.
    listed.get_by_role("button", name="More", exact=True).click()
    with page.expect_download() as download:
        page.locator(".sp-ConversationMenu").get_by_text("Export All as JSON").click()
    data = json.loads(download.value.path().read_text())
    assert len(data["conversations"]) == 7
    # Exact both ways: taken in and given out again it is the same, but for the moment it is of.
    (again,) = bring(page, alone)
    back = call(page, "POST", "/conversations/file", {"ids": [again]})
    assert back["conversations"] == [alone]
    call(page, "DELETE", f"/conversations/{again}")
    data["conversations"] = data["conversations"][:1]
    data["conversations"][0]["title"] = "Back again"
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(data))
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"format": "sponde-conversations", "version": 9}')
    listed.get_by_role("button", name="More", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.locator(".sp-ConversationMenu").get_by_text("Import…").click()
    chooser.value.set_files([wrong, kept])
    expect(page.get_by_text("was written by a newer Sponde")).to_be_visible()
    expect(chat.locator(".sp-ChatHeader-title")).to_have_text("Back again")
    # The refusal, which was wanted, is all that the console says.
    assert [problem for problem in open_page.problems if "400" not in problem] == []
    open_page.problems.clear()

    # Opened at what was found, in the dark.
    set_theme(page, "JupyterLab Dark")
    search.fill("twelve")
    tree.get_by_role("treeitem").first.click()
    expect(chat.get_by_text("Twelve; no heron among them.")).to_be_visible()
    expect(listed).to_have_count(0)
    listed = show_list(chat)
    shoot(page, "conversations-list-dark")
    set_theme(page, "JupyterLab Light")


def test_an_answer_that_ended_elsewhere_is_marked_and_counted_until_it_is_seen(open_page, lab):
    page, chat = open_chat(open_page, lab)
    ended(ask(chat, "/help"))
    tab = page.locator(".jp-SideBar.jp-mod-right .lm-TabBar-tab[data-id=sponde-chat]")
    expect(tab).not_to_have_attribute("data-sp-unread", re.compile(".+"))
    chat.get_by_role("button", name="New conversation").click()
    elsewhere = call(page, "POST", "/conversations", {"title": "Elsewhere"})["id"]
    call(page, "POST", f"/conversations/{elsewhere}/messages", {"text": "/help"})
    expect(tab).to_have_attribute("data-sp-unread", "1")
    listed = show_list(chat)
    row = listed.get_by_role("treeitem", name="Elsewhere")
    expect(row.get_by_role("img", name="New answer")).to_be_visible()
    shoot(page, "conversations-unread")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "conversations-unread-dark")
    set_theme(page, "JupyterLab Light")
    listed.get_by_label("Search conversations").focus()
    row.click()
    expect(chat.locator(".sp-ChatHeader-title")).to_have_text("Elsewhere")
    expect(tab).not_to_have_attribute("data-sp-unread", re.compile(".+"))
    for _ in range(300):
        if call(page, "GET", "/conversations/page?text=is:unread")["total"] == 0:
            break
        page.wait_for_timeout(100)
    assert call(page, "GET", "/conversations/page?text=is:unread")["total"] == 0


def test_a_conversation_begins_with_the_notebook_that_is_open(open_page, lab):
    page, chat = open_chat(open_page, lab)
    cell = {
        "cell_type": "code",
        "id": "c1",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "heron = 1",
    }
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / "herons.ipynb").write_text(json.dumps(book))
    command(page, "docmanager:open", {"path": "herons.ipynb", "kernel": {"shouldStart": False}})
    page.locator(".jp-NotebookPanel-toolbar [data-jp-item-name=sponde-chat] jp-button").click()
    expect(chat.locator(".sp-RefChip-name").filter(has_text="herons")).to_be_visible()
    shoot(page, "conversations-notebook")
    chip = chat.locator(".sp-Composer .sp-RefChip")
    chat.get_by_role("button", name="Remove herons").click()
    expect(chip).to_have_count(0)

    # The same by a right click in it and on its file.
    command(page, "filebrowser:activate")
    for place in (
        page.locator(".jp-NotebookPanel .jp-Cell").first,
        page.locator(".jp-DirListing-item", has_text="herons.ipynb"),
    ):
        place.click(button="right")
        page.locator(".lm-Menu-itemLabel").get_by_text("Ask about This Notebook").click()
        expect(chip).to_have_text("herons×")
        chat.get_by_role("button", name="Remove herons").click()
        expect(chip).to_have_count(0)
    box = chat.get_by_label("Question", exact=True)

    # Alt+Q hangs the cell on the question, or what is selected in it, though an editor has focus.
    code = page.locator(".jp-NotebookPanel .cm-content").first
    code.click()
    page.keyboard.press("Alt+Q")
    expect(chip).to_have_text("cell-1×")
    expect(box).to_be_focused()
    chat.get_by_role("button", name="Remove cell-1").click()
    code.dblclick()
    page.keyboard.press("Alt+Q")
    expect(chip).to_have_text("selection×")
    chat.get_by_role("button", name="Remove selection").click()


def test_a_page_keeps_the_list_at_its_left_and_long_conversations_open_at_once(open_page, lab):
    page, _ = open_chat(open_page, lab)
    texts = [f"Message number {number}. " + "word " * (number % 40) for number in range(10_000)]
    texts[4321] = "The albatross stands here."
    (long,) = bring(page, carried("Ten thousand", texts))
    bring(
        page, *[carried(f"Talk {number}", ["Hi", "Ho"], 1 + number / 20) for number in range(1500)]
    )
    command(page, "sponde:chat:page", {"conversation": long})
    shown = page.locator(".sp-Chat.sp-mod-main")
    expect(shown.get_by_text("Message number 9999.")).to_be_visible()
    assert shown.locator(".sp-Row").count() < 60
    shown.get_by_role("button", name="Conversations").first.click()
    listed = shown.get_by_role("navigation", name="Conversations")
    tree = listed.get_by_role("tree")
    expect(tree.get_by_role("treeitem", name="Ten thousand")).to_be_visible()
    assert tree.get_by_role("treeitem").count() < 60
    shoot(page, "conversations-page")
    tree.focus()
    page.keyboard.press("End")
    page.wait_for_function(
        """() => document.querySelector('.sp-mod-main .sp-Lines').scrollHeight > 5000""",
        timeout=PATIENCE,
    )
    listed.get_by_label("Search conversations").fill("albatross")
    tree.get_by_role("treeitem", name="albatross").click()
    expect(shown.get_by_text("The albatross stands here.")).to_be_in_viewport()
    expect(shown.get_by_text("Message number 4322.")).to_be_visible()
    assert shown.locator(".sp-Row").count() < 80
    shoot(page, "conversations-found-in-page")
    # In a narrow window the list lies over the page, and the side panel makes room for it.
    page.set_viewport_size({"width": 700, "height": 800})
    expect(shown.get_by_role("dialog", name="Conversations")).to_be_visible()
    command(page, "sponde:chat:page", {"conversation": long})
    expect(page.locator("#sponde-chat")).to_be_hidden()
    page.wait_for_function("document.querySelector('.sp-Chat.sp-mod-main').clientWidth > 340")
    shoot(page, "conversations-narrow")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "conversations-narrow-dark")
    shown.get_by_role("treeitem", name="albatross").click()
    expect(shown.get_by_role("dialog", name="Conversations")).to_have_count(0)
    expect(shown.get_by_text("The albatross stands here.")).to_be_in_viewport()
    shoot(page, "conversations-narrow-page-dark")
    set_theme(page, "JupyterLab Light")
    shoot(page, "conversations-narrow-page")
