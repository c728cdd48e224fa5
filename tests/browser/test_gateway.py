"""Access for programs: a token is made by clicking, a real program uses it, and it is revoked."""

import json
import urllib.request

import openai
import pytest
from playwright.sync_api import expect

from browser.lab import TOKEN, command, set_theme, shoot

ASK = [{"role": "user", "content": "hello"}]


@pytest.fixture(scope="module")
def lab(make_lab, upstream_process):
    lab = make_lab()
    body = json.dumps({"base_url": upstream_process.base_url, "name": "up"}).encode()
    request = urllib.request.Request(
        f"{lab.url}/sponde/api/providers",
        data=body,
        headers={"Authorization": f"token {TOKEN}"},
    )
    urllib.request.urlopen(request, timeout=60).close()
    return lab


def open_access(open_page, lab, **size):
    page = open_page(lab, **size)
    command(page, "sponde:models:show", {"section": "access"})
    access = page.locator(".sp-Access")
    expect(access.get_by_role("heading", name="Access for programs")).to_be_visible()
    return page, access


def copied(page):
    return page.evaluate("navigator.clipboard.readText()")


def chat(secret, base_url):
    with openai.OpenAI(base_url=base_url, api_key=secret, max_retries=0, timeout=60) as client:
        answer = client.chat.completions.create(model="default", messages=ASK)
        return answer.choices[0].message.content


def test_a_token_is_made_used_by_a_program_seen_to_be_used_and_revoked(lab, open_page):
    page, access = open_access(open_page, lab)
    access.get_by_text("No program has a token").wait_for()
    shoot(page, "access-empty")
    access.get_by_role("button", name="Copy the address for OpenAI").click()
    address = copied(page)
    assert address == f"{lab.url}/sponde/v1"
    access.get_by_role("button", name="Copy the address for Ollama").click()
    assert copied(page) == f"{lab.url}/sponde"

    access.get_by_role("button", name="New token").click()
    form = access.get_by_role("form", name="New token")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_label("Name").fill("nightly report")
    form.get_by_label("Ask for embeddings").uncheck()
    form.get_by_role("button", name="Limits and models").click()
    form.get_by_label("Tokens a day").fill("100000")
    form.get_by_label("Models", exact=True).fill("default, scripted")
    shoot(page, "access-form")
    form.get_by_role("button", name="Make token").click()
    made = access.locator(".sp-MadeToken")
    made.get_by_role("button", name="Copy").click()
    secret = copied(page)
    assert secret.startswith("sponde-")
    access.get_by_role("tab", name="Python · openai").click()
    expect(access.get_by_role("tabpanel")).to_contain_text(secret)
    shoot(page, "access-made")
    row = access.get_by_role("row", name="nightly report", exact=True)
    expect(row).to_contain_text("never")
    expect(row).to_contain_text("100,000 tokens a day")
    expect(row).to_contain_text("in 90 days")

    assert chat(secret, address).startswith("You asked: hello")
    expect(row).to_contain_text("just now")
    expect(row).to_contain_text("1 request, ")
    made.get_by_role("button", name="Done").click()
    expect(access.get_by_text(secret)).to_have_count(0)
    access.get_by_role("tab", name="curl").click()
    expect(access.get_by_role("tabpanel")).to_contain_text("Bearer sponde-…")

    row.get_by_role("button", name="Change nightly report").click()
    form = access.get_by_role("form", name="Change nightly report")
    form.get_by_label("Requests a minute").fill("60")
    form.get_by_label("Expires").select_option("Never")
    shoot(page, "access-change")
    form.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("60 a minute · 100,000 tokens a day")

    row.get_by_role("button", name="Revoke nightly report").click()
    shoot(page, "access-revoke")
    access.get_by_role("button", name="Revoke", exact=True).click()
    access.get_by_text("No program has a token").wait_for()
    with pytest.raises(openai.AuthenticationError) as refused:
        chat(secret, address)
    assert "was revoked" in refused.value.message


def test_it_looks_right_in_the_dark_and_when_narrow(lab, open_page):
    page, access = open_access(open_page, lab, width=760, height=900)
    for name in ("nightly report", "a notebook on the other machine"):
        access.get_by_role("button", name="New token").click()
        access.get_by_label("Name").fill(name)
        access.get_by_role("button", name="Make token").click()
        access.get_by_role("row", name=name).wait_for()
        access.get_by_role("button", name="Done").click()
    shoot(page, "access-narrow")
    wide = page.evaluate(
        "() => { const m = document.querySelector('.sp-ModelsPage main');"
        " return m.scrollWidth - m.clientWidth; }"
    )
    assert wide <= 0
    page.set_viewport_size({"width": 1400, "height": 850})
    set_theme(page, "JupyterLab Dark")
    shoot(page, "access-dark")
    set_theme(page, "JupyterLab Light")
