"""Tools by clicking: cards that wait, a cell that runs in a real notebook, MCP servers."""

import json
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from browser.lab import TOKEN, command, set_theme, shoot
from browser.test_chat import ask, call, connect, ended, open_chat

SCRIPT = Path(__file__).parents[1] / "tools" / "mcp_server.py"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);"
SQL = (
    'SELECT "Wildlife Size" AS size, count(*) AS strikes\nFROM bird_strikes\n'
    "GROUP BY size\nORDER BY strikes DESC"
)


@pytest.fixture(scope="module")
def lab(make_lab):
    made = make_lab()
    cells = [{"cell_type": "code", "source": "numbers = [1, 2, 3]", "metadata": {}, "id": "one"}]
    for cell in cells:
        cell |= {"outputs": [], "execution_count": None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (made.root / "work.ipynb").write_text(json.dumps(notebook))
    return made


def cards(answer: Locator, status: str) -> Locator:
    return answer.locator(f".sp-Call[data-status={status}]")


def asked(tool: str, **arguments) -> str:
    """Word a question to which the script answers with a call."""
    return f"call {tool} {json.dumps(arguments)}"


def press(card: Locator, name: str) -> None:
    card.get_by_role("button", name=name, exact=True).click()


def test_a_call_waits_and_then_shows_what_came_of_it(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    answer = ask(chat, asked("run_sql", query=SQL))
    card = cards(answer, "waiting")
    expect(card).to_contain_text("GROUP BY size")
    expect(card).to_contain_text("reads the result on this machine; nothing leaves it")
    # The keyboard stays where the person writes; a shortcut goes to the card and Escape back.
    box = chat.get_by_label("Question", exact=True)
    box.click()
    box.press_sequentially("And then")
    expect(box).to_be_focused()
    shoot(page, "tools-waiting")
    page.keyboard.press("Alt+y")
    expect(card.get_by_role("button", name="Allow once")).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    page.keyboard.press("Alt+y")
    page.keyboard.press("Enter")
    done = cards(answer, "succeeded")
    expect(done.locator("table")).to_contain_text("Small")
    ended(answer)
    expect(done.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(done).to_contain_text("What the model read")
    expect(done).to_contain_text("You allowed it once.")
    box.fill("")
    shoot(page, "tools-done")

    # Another tab sees the same call; what is said there counts here.
    answer = ask(chat, asked("search_library", words="sum"))
    expect(cards(answer, "waiting")).to_have_count(1)
    other = page.context.new_page()
    other.goto(f"{lab.url}/lab?reset&token={TOKEN}")
    other.wait_for_function("window.jupyterapp && window.jupyterapp.shell.currentWidget")
    command(other, "sponde:chat:open")
    there = other.locator("#sponde-chat .sp-Call[data-status=waiting]")
    expect(there).to_be_visible()
    press(there, "Don’t allow")
    expect(cards(answer, "refused")).to_be_visible()
    expect(there).to_have_count(0)
    other.close()
    ended(answer)

    # A reload finds a call that waits where it was; Stop ends it.
    answer = ask(chat, asked("read_file", path=".env"))
    expect(cards(answer, "waiting")).to_contain_text("keys or passwords")
    expect(cards(answer, "waiting").get_by_role("button", name="Always here")).to_have_count(0)
    page.reload()
    page.wait_for_function("window.jupyterapp && window.jupyterapp.shell.currentWidget")
    command(page, "sponde:chat:open")
    chat = page.locator("#sponde-chat")
    answer = chat.locator(".sp-Answer").last
    expect(cards(answer, "waiting")).to_contain_text("This is asked each time.")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "tools-notice-dark")
    chat.get_by_role("button", name="Stop", exact=True).click()
    ended(answer, "stopped")
    expect(cards(answer, "stopped")).to_be_visible()
    set_theme(page, "JupyterLab Light")


def test_a_cell_runs_in_the_notebook_only_after_a_click(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    # Without a notebook the way out is said.
    answer = ask(chat, asked("run_cell", code="6 * 7"))
    press(cards(answer, "waiting"), "Allow once")
    expect(cards(answer, "failed")).to_contain_text("No notebook is open")
    ended(answer)

    command(page, "docmanager:open", {"path": "work.ipynb"})
    page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel
            ?.status === 'idle'"""
    )
    command(page, "sponde:chat:open")
    code = "numbers = [1, 2, 3]\nprint(sum(numbers) * 7)"
    answer = ask(chat, asked("run_cell", code=code))
    card = cards(answer, "waiting")
    expect(card).to_contain_text("print(sum(numbers) * 7)")
    expect(card.get_by_role("button", name="Always here")).to_have_count(0)
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    expect(cells).to_have_count(1)
    shoot(page, "tools-run-cell-waiting")
    press(card, "Allow once")
    expect(cards(answer, "succeeded")).to_be_visible()
    expect(cells).to_have_count(2)
    expect(cells.nth(1)).to_contain_text("42")
    ended(answer)
    expect(answer).to_contain_text("The tool said: 42")

    look = asked("look_at_variable", name="numbers")
    answer = ask(chat, f"{asked('run_cell', code=PLOT)} {look}")
    expect(cards(answer, "waiting")).to_have_count(2)
    press(cards(answer, "waiting").first, "Allow once")
    press(cards(answer, "waiting").last, "Allow once")
    ended(answer)
    done = cards(answer, "succeeded")
    expect(done).to_have_count(2)
    done.first.locator("summary").click()
    expect(done.first).to_contain_text("a picture (image/png), shown in the notebook")
    done.last.locator("summary").click()
    expect(done.last).to_contain_text("list")

    answer = ask(chat, asked("insert_cell", text="1 / 0"))
    press(cards(answer, "waiting"), "Allow once")
    ended(answer)
    expect(cells).to_have_count(4)
    expect(cells.nth(3).locator(".jp-OutputArea-output")).to_have_count(0)
    shoot(page, "tools-notebook")

    # Many calls that went well are one line.
    call(page, "PUT", "/tools/permissions", {"tool": "list_files", "allowance": "always"})
    many = " ".join([asked("list_files")] * 5)
    answer = ask(chat, many)
    ended(answer)
    folded = answer.locator(".sp-Calls-many")
    expect(folded).to_contain_text("5 calls: List files ×5")
    page.set_viewport_size({"width": 700, "height": 850})
    folded.locator("summary").first.click()
    shoot(page, "tools-many-narrow")


def test_mcp_servers_are_added_used_and_removed_with_undo(lab, open_page, upstream):
    page, chat = open_chat(open_page, lab)
    connect(page, chat, upstream.base_url)
    command(page, "sponde:models:show", {"section": "tools"})
    section = page.locator(".sp-Tools")
    expect(section.locator(".sp-ToolRow").first).to_be_visible()
    row = section.locator(".sp-ToolRow").filter(has_text="Run a cell")
    row.get_by_role("combobox").select_option("always")
    expect(row.get_by_role("alert")).to_contain_text("any code here without asking you")
    press(row, "Go on asking")
    shoot(page, "tools-section")

    press(section, "Add a server…")
    section.get_by_label("Name").fill("calc")
    section.get_by_label("Command").fill("no-such-program --x")
    press(section, "Add and start it")
    server = section.locator(".sp-Server")
    expect(server).to_contain_text("There is no program 'no-such-program' here.")
    server.get_by_role("button", name="Remove calc").click()
    expect(server).to_have_count(0)
    press(section, "Add a server…")
    section.get_by_label("Name").fill("calc")
    section.get_by_label("Command").fill(f'"{sys.executable}" {SCRIPT} stdio')
    section.get_by_label("Environment").fill("nothing")
    expect(section).to_contain_text("is no name with a value")
    section.get_by_label("Environment").fill("TOKEN=hush-hush")
    shoot(page, "tools-add-server")
    press(section, "Add and start it")
    expect(server.get_by_text("ready", exact=True)).to_be_visible()
    expect(server).to_contain_text("Environment: TOKEN")
    expect(page.locator("body")).not_to_contain_text("hush-hush")
    server.locator("summary", has_text="9 tools").click()
    expect(server).to_contain_text("Add numbers")
    server.locator("summary", has_text="Log").click()
    expect(server.locator(".sp-Server-log")).to_contain_text("hello from the log")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "tools-server-dark")
    set_theme(page, "JupyterLab Light")

    command(page, "sponde:chat:open")
    answer = ask(chat, f"{asked('calc__add', a=2, b=3)} {asked('calc__picture')}")
    expect(cards(answer, "waiting").first).to_contain_text("calc")
    press(cards(answer, "waiting").first, "Always here")
    press(cards(answer, "waiting").last, "Allow once")
    ended(answer)
    expect(answer.locator(".sp-Call img")).to_be_visible()
    answer = ask(chat, asked("calc__slow", seconds=60))
    press(cards(answer, "waiting"), "Allow once")
    expect(cards(answer, "running")).to_contain_text("counting")
    shoot(page, "tools-running")
    press(cards(answer, "running"), "Stop")
    ended(answer, "stopped")

    server.get_by_role("button", name="Remove calc").click()
    expect(server).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(server).to_have_count(1)
    server.get_by_role("button", name="Turn off").click()
    expect(server.get_by_text("off", exact=True)).to_be_visible()
