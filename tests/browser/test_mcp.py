"""Tools over MCP in Access for programs: a token, a program that calls, what people see of it."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect

from browser.lab import command, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def ask(lab, secret, method, params, session=""):
    """Ask as a program does; give the answer and the session."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    if session:
        headers["Mcp-Session-Id"] = session
    request = urllib.request.Request(
        f"{lab.url}/sponde/mcp", json.dumps(body).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read()), answer.headers.get("Mcp-Session-Id")


def test_a_program_gets_a_token_for_tools_and_what_it_calls_is_seen(lab, open_page):
    page = open_page(lab)
    command(page, "sponde:models:show", {"section": "access"})
    access = page.locator(".sp-Access")
    access.get_by_role("tab", name="MCP").click()
    expect(access.locator("pre")).to_contain_text(f'"url": "{lab.url}/sponde/mcp"')
    access.get_by_role("button", name="New token").click()
    form = access.get_by_role("form", name="New token")
    form.get_by_label("Name").fill("my assistant")
    form.get_by_label("Call tools over MCP").check()
    form.get_by_role("button", name="Make token").click()
    secret = access.locator(".sp-MadeToken code").inner_text()
    tools = access.get_by_role("region", name="Tools over MCP")
    expect(tools.get_by_text("No program has called anything yet.")).to_be_visible()

    greeting = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "assistant", "version": "2"},
    }
    _, session = ask(lab, secret, "initialize", greeting)
    listed, _ = ask(lab, secret, "tools/list", {}, session)
    offered = {tool["name"] for tool in listed["result"]["tools"]}
    assert offered
    assert all(tool["annotations"]["readOnlyHint"] for tool in listed["result"]["tools"])
    ask(lab, secret, "resources/read", {"uri": "sponde://block/none"}, session)
    expect(tools.get_by_role("row")).to_have_count(3)
    expect(tools.get_by_role("row").nth(1)).to_contain_text("assistant 2")
    expect(tools.get_by_role("row").nth(1)).to_contain_text("my assistant")
    expect(tools.get_by_text("1 program connected")).to_be_visible()
    tools.scroll_into_view_if_needed()
    shoot(page, "mcp-access")

    writing = tools.locator("label").filter(has_text="changes something")
    if writing.count():
        writing.first.click()
        expect(writing.first.get_by_role("checkbox")).to_be_checked()
        more, _ = ask(lab, secret, "tools/list", {}, session)
        assert len(more["result"]["tools"]) == len(offered) + 1
    page.set_viewport_size({"width": 700, "height": 900})
    set_theme(page, "JupyterLab Dark")
    tools.scroll_into_view_if_needed()
    shoot(page, "mcp-access-dark-narrow")
