"""Usage by clicking: sums of a month, budgets that warn and stop, prices, undo."""

import random
from datetime import datetime, timedelta

import duckdb
import pytest
from conftest import MIGRATIONS
from playwright.sync_api import Page, expect

from browser.lab import TOKEN, command, set_theme, shoot
from sponde_server.core.database import migrate
from sponde_server.usage import store
from sponde_server.usage.records import Caller, CallerKind, ModelRequest, RequestOutcome

OUTCOMES = [RequestOutcome.ANSWERED] * 20 + [
    RequestOutcome.STOPPED,
    RequestOutcome.CUT,
    RequestOutcome.FAILED,
    RequestOutcome.REFUSED,
]


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab(welcome=False)


def call(page: Page, method: str, path: str, body=None):
    """Call a route of the workbench from the page."""
    return page.evaluate(
        """async ([method, path, body, token]) => {
            const answer = await fetch('/sponde/api' + path, {
                method, body: body === null ? undefined : JSON.stringify(body),
                headers: {Authorization: 'token ' + token}});
            return answer.status === 204 ? null : await answer.json();
        }""",
        [method, path, body, TOKEN],
    )


def remember_a_month(lab) -> None:
    """Write what was asked in the last thirty days into the history, while no server runs."""
    lab.stop()
    chance = random.Random(7)
    rows = []
    today = datetime.now().astimezone().replace(hour=0, minute=5)
    for back in range(30):
        for _ in range(chance.randint(0, 60) if back % 7 not in (2, 3) else 2):
            at = today - timedelta(days=back)
            model = chance.choice(["local/qwen-coder-7b", "p1/gpt-large", "p1/gpt-small"])
            kind = chance.choice(list(CallerKind))
            outcome = chance.choice(OUTCOMES)
            is_sent = outcome is not RequestOutcome.REFUSED
            read, written = chance.randint(50, 4000), chance.randint(10, 900)
            rows.append(
                (
                    at.date(),
                    ModelRequest(
                        caller=Caller(
                            person=chance.choice(["ada", "grace", ""]),
                            kind=kind,
                            token="t" * 12 if kind is CallerKind.PROGRAM else "",
                            conversation_id="gone" if kind is CallerKind.CHAT else "",
                        ),
                        model_id=model,
                        at=at,
                        outcome=outcome,
                        prompt_tokens=read if is_sent else 0,
                        completion_tokens=written if is_sent else 0,
                        is_counted=chance.random() > 0.1,
                        cost=(3 * read + 15 * written) / 1e6 if model == "p1/gpt-large" else 0.0,
                        is_priced=model != "p1/gpt-small",
                        first_token_ms=chance.uniform(80, 900) if is_sent else None,
                        duration_ms=chance.uniform(900, 9000),
                    ),
                )
            )
    rows.sort(key=lambda row: row[1].at)
    folder = lab.base / "data_dir" / "sponde"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "history.duckdb")) as con:
        migrate(con, MIGRATIONS)
        store.add_requests(con, rows)
    lab.start()


def answered(page: Page, conversation: str):
    """Wait until every answer of a conversation has ended; give its messages."""
    for _ in range(600):
        found = call(page, "GET", f"/conversations/{conversation}/messages")
        if all(message["status"] != "streaming" for message in found):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(found[-1])


def open_usage(page: Page):
    command(page, "sponde:models:show", {"section": "usage"})
    usage = page.locator(".sp-Usage")
    usage.get_by_role("heading", name="Usage", exact=True).wait_for()
    return usage


def test_budgets_warn_then_stop_and_prices_change_and_all_can_be_undone(lab, open_page, upstream):
    page = open_page(lab)
    usage = open_usage(page)
    usage.get_by_role("button", name="All", exact=True).click()
    usage.get_by_text("No model was asked yet").wait_for()
    shoot(page, "usage-empty")
    usage.get_by_role("button", name="30 days").click()

    usage.get_by_role("button", name="Add a price").click()
    usage.get_by_label("Models", exact=True).fill("scripted*")
    usage.get_by_label("Price of a million tokens read").fill("100000")
    usage.get_by_label("Price of a million tokens written").fill("500000")
    usage.get_by_role("button", name="Keep this price").click()
    usage.get_by_role("cell", name="$100,000.00").wait_for()
    usage.get_by_role("button", name="Add a budget").click()
    shoot(page, "usage-budget-form")
    usage.get_by_label("At most", exact=True).fill("5")
    usage.get_by_label("Counted in").select_option("requests")
    usage.get_by_label("In each").select_option("day")
    usage.get_by_label("Name").fill("Daily questions")
    usage.get_by_role("button", name="Add the budget").click()
    budget = usage.get_by_role("group", name="Daily questions")
    budget.get_by_text("0 of 5 requests").wait_for()

    call(page, "POST", "/providers", {"base_url": upstream.base_url})
    conversation = call(page, "POST", "/conversations", {"title": "About birds"})["id"]

    def ask(count: int) -> None:
        for _ in range(count):
            before = len(upstream.requests())
            asked = call(
                page,
                "POST",
                f"/conversations/{conversation}/messages",
                {"text": "3 tokens at 0/s"},
            )
            assert "hint" not in asked, asked
            found = answered(page, conversation)
            assert len(upstream.requests()) == before + 1, found[-1]

    ask(4)
    warning = page.locator(".Toastify__toast", has_text="80% of the budget 'Daily questions'")
    warning.wait_for()
    shoot(page, "usage-warning")
    budget.get_by_text("nearly used").wait_for()
    ask(1)
    page.locator(".Toastify__toast", has_text="is used up: 5 of 5 requests").wait_for()
    asked = len(upstream.requests())
    call(page, "POST", f"/conversations/{conversation}/messages", {"text": "once more"})
    command(page, "sponde:chat:page", {"conversation": conversation})
    chat = page.locator(f"#sponde-chat-{conversation}")
    chat.get_by_text("The budget 'Daily questions' is used up").wait_for()
    chat.get_by_text("begins again tomorrow at 00:00").wait_for()
    assert len(upstream.requests()) == asked
    shoot(page, "usage-refused-in-chat")
    chat.get_by_role("button", name="The one before").first.click()
    by = chat.locator(".sp-Answer-by", has_text="8.50 USD")
    expect(by.get_by_text("3 tokens", exact=True)).to_be_visible()
    shoot(page, "usage-cost-in-chat")

    # A notice of something that is stopped stays until it is closed.
    stays = page.locator(".Toastify__toast", has_text="is used up")
    stays.locator(".jp-Notification-Toast-Close").click()
    stays.wait_for(state="detached")
    open_usage(page)
    usage.get_by_text("used up", exact=True).wait_for()
    row = usage.get_by_role("table").first.get_by_role("row", name="scripted")
    expect(row).to_contain_text("$")
    usage.get_by_role("button", name="Conversations").click()
    usage.get_by_role("button", name="About birds").first.wait_for()
    usage.get_by_label("Which requests").select_option("refused")
    expect(usage.get_by_label("Newest requests").get_by_role("row")).to_have_count(2)
    usage.get_by_label("Which requests").select_option("")
    shoot(page, "usage-asked")
    usage.get_by_role("region", name="Newest requests").get_by_role(
        "button", name="About birds"
    ).first.click()
    expect(chat).to_be_visible()

    open_usage(page)
    budget.get_by_role("button", name="Change Daily questions").click()
    usage.get_by_label("At most", exact=True).fill("50")
    usage.get_by_role("button", name="Keep", exact=True).click()
    budget.get_by_text("of 50 requests").wait_for()
    ask(1)
    assert len(upstream.requests()) == asked + 1
    budget.get_by_role("button", name="Delete Daily questions").click()
    budget.wait_for(state="detached")
    page.locator(".Toastify__toast", has_text="was deleted").get_by_text("Undo").click()
    budget.wait_for()
    usage.get_by_role("button", name="Change the price of scripted*").click()
    usage.get_by_label("Price of a million tokens read").fill("1")
    usage.get_by_label("Price of a million tokens read").press("Enter")
    usage.get_by_role("cell", name="$1.00").wait_for()
    usage.get_by_text("Earlier prices (1)").click()
    usage.get_by_text("$100,000.00 read").wait_for()
    usage.get_by_role("button", name="Delete the price of scripted*").click()
    page.locator(".Toastify__toast", has_text="price of scripted").get_by_text("Undo").click()
    usage.get_by_role("cell", name="$1.00").wait_for()


def test_a_month_of_use_looks_right_in_light_and_dark_and_when_narrow(lab, open_page):
    remember_a_month(lab)
    page = open_page(lab, height=1000)
    usage = open_usage(page)
    usage.get_by_role("img", name="for each day").wait_for()
    if not call(page, "GET", "/budgets"):
        call(page, "POST", "/budgets", {"limit": 20, "unit": "cost"})
    call(
        page,
        "POST",
        "/budgets",
        {"limit": 4_000_000, "unit": "tokens", "scope": "model", "subject": "gpt-*"},
    )
    usage.get_by_text("Models gpt-*").wait_for()
    shoot(page, "usage-month")
    usage.get_by_role("button", name="Written").click()
    usage.get_by_role("button", name="Requests a day").click()
    usage.get_by_role("region", name="Newest requests").scroll_into_view_if_needed()
    shoot(page, "usage-month-tables")
    usage.get_by_role("button", name="Show older ones").click()
    expect(usage.get_by_label("Newest requests").get_by_role("row")).to_have_count(101)
    usage.get_by_role("heading", name="Prices").scroll_into_view_if_needed()
    shoot(page, "usage-prices")
    with page.expect_download() as downloading:
        usage.get_by_role("link", name="Download as CSV").click()
    assert downloading.value.suggested_filename.startswith("usage-")
    set_theme(page, "JupyterLab Dark")
    usage.get_by_role("heading", name="Usage", exact=True).scroll_into_view_if_needed()
    shoot(page, "usage-month-dark")
    usage.get_by_role("heading", name="By model").scroll_into_view_if_needed()
    shoot(page, "usage-tables-dark")
    page.set_viewport_size({"width": 700, "height": 900})
    usage.get_by_role("heading", name="Usage", exact=True).scroll_into_view_if_needed()
    shoot(page, "usage-narrow")
    set_theme(page, "JupyterLab Light")
    usage.get_by_role("heading", name="Prices").scroll_into_view_if_needed()
    shoot(page, "usage-narrow-below")
