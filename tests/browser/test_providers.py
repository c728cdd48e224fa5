"""Anthropic is connected and asked; a busy one is asked again; a cut answer is gone on with."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.lab import Lab, command, set_theme, shoot

WHOLE = "You asked: cut this please - and this is the scripted answer, in a few words. 🐦"


@pytest.fixture(scope="module")
def lab(make_lab: Callable[..., Lab]) -> Lab:
    """Start a JupyterLab."""
    return make_lab()


def in_both_themes(page: Page, name: str) -> None:
    """Take a picture in light and in dark."""
    shoot(page, name)
    set_theme(page, "JupyterLab Dark")
    shoot(page, f"{name}-dark")
    set_theme(page, "JupyterLab Light")


def ask(chat, text: str):
    before = chat.locator(".sp-Answer").count()
    chat.get_by_label("Question", exact=True).fill(text)
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".sp-Answer")).to_have_count(before + 1)
    return chat.locator(".sp-Answer").last


def test_anthropic_is_connected_thinks_waits_is_cut_and_goes_on(lab, open_page, anthropic):
    page = open_page(lab)
    command(page, "sponde:chat:new")
    chat = page.locator("#sponde-chat")
    chat.get_by_role("button", name="No model: connect one…").click()
    dialog = page.locator(".sp-ModelsDialog")

    # A click on its name fills in its address and asks for the key.
    dialog.get_by_role("button", name="Anthropic").click()
    expect(dialog.get_by_label("Address")).to_have_value("https://api.anthropic.com/v1")
    expect(dialog.get_by_label("Key")).to_be_focused()
    in_both_themes(page, "providers-form")
    dialog.get_by_role("button", name="Another address").click()
    expect(dialog.get_by_label("Address")).to_be_focused()
    dialog.get_by_label("Address").fill(anthropic.base_url)
    dialog.get_by_label("Key").fill("wrong-key-9876")
    dialog.get_by_role("button", name="Test and save").click()
    expect(dialog.get_by_role("alert")).to_contain_text(
        "does not accept the key that ends in …9876"
    )
    shoot(page, "providers-wrong-key")
    open_page.problems[:] = [text for text in open_page.problems if "502" not in text]
    dialog.get_by_label("Key").fill("sk-ant-right-1234")
    dialog.get_by_role("button", name="Test and save").click()
    expect(dialog.get_by_role("radio", name="claude-scripted answers")).to_be_checked()
    expect(dialog).to_contain_text("speaks Anthropic’s protocol")
    assert "sk-ant-right" not in page.content()
    shoot(page, "providers-connected")
    page.keyboard.press("Escape")

    answer = ask(chat, "thinking of it")
    expect(answer).to_have_attribute("data-status", "complete")
    thoughts = answer.locator(".sp-Thoughts")
    expect(thoughts).to_contain_text("Thought for")
    thoughts.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(thoughts).to_contain_text("Let me think about it.")
    byline = answer.locator(".sp-Answer-by")
    for figure in ("claude-scripted", "tokens", "first after", "tokens/s"):
        expect(byline).to_contain_text(figure)

    # The figures stay whole in a narrow panel; the actions come over them when wanted.
    cut_off = byline.evaluate(
        "node => [...node.children].some(part => part.scrollWidth > part.clientWidth + 1)"
    )
    assert not cut_off
    in_both_themes(page, "providers-thoughts-narrow")

    answer = ask(chat, "busy, please")
    expect(answer.locator(".sp-Again")).to_contain_text("asked too often")
    expect(answer.locator(".sp-Again")).to_contain_text("Trying again in")
    in_both_themes(page, "providers-waiting")
    chat.get_by_role("button", name="Stop").click()
    expect(answer).to_have_attribute("data-status", "stopped")

    answer = ask(chat, "cut this please")
    expect(answer).to_have_attribute("data-status", "interrupted")
    in_both_themes(page, "providers-cut")
    answer.get_by_role("button", name="Continue").click()
    expect(answer).to_have_attribute("data-status", "complete")
    expect(answer.locator(".sp-Prose")).to_have_text(WHOLE)
    expect(answer.locator(".sp-Branches")).to_contain_text("2/2")
    shoot(page, "providers-continued")
    page.set_viewport_size({"width": 700, "height": 800})
    shoot(page, "providers-continued-700")

    assert "sk-ant-right" not in page.content()
