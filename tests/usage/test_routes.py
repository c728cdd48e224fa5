"""Usage, prices and budgets through HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sponde_server.app import SpondeApp


def app_of(jp_serverapp: Any) -> SpondeApp:
    """Give the extension that runs in the test's server."""
    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    return app


async def test_prices_are_set_listed_removed_and_restored(api):
    price = await api("PUT", "/prices", {"pattern": "gpt-*", "input_price": 3, "output_price": 15})
    assert [each["pattern"] for each in await api("GET", "/prices")] == ["gpt-*"]
    assert await api("DELETE", f"/prices/{price['id']}") is None
    assert await api("GET", "/prices") == []
    assert len(await api("GET", "/prices/history")) == 1
    await api("POST", f"/prices/{price['id']}/restore")
    assert len(await api("GET", "/prices")) == 1
    refused = await api("PUT", "/prices", {"pattern": "", "input_price": 3})
    assert refused["status"] == 400


async def test_budgets_are_made_changed_removed_and_restored(api):
    made = await api("POST", "/budgets", {"limit": 5, "unit": "cost", "period": "day"})
    assert made["title"] == "Everyone, a day"
    assert made["used"] == 0
    path = f"/budgets/{made['budget']['id']}"
    changed = await api("PUT", path, {"limit": 6, "name": "Lunch"})
    assert changed["title"] == "Lunch"
    await api("DELETE", path)
    assert await api("GET", "/budgets") == []
    await api("POST", f"{path}/restore")
    assert len(await api("GET", "/budgets")) == 1
    assert (await api("POST", "/budgets", {"limit": -1}))["status"] == 400


async def test_a_question_of_the_chat_is_in_the_usage_with_its_person_and_conversation(
    api, upstream, jp_serverapp
):
    await api("POST", "/providers", {"base_url": upstream.base_url})
    conversation = await api("POST", "/conversations", {})
    asked = await api(
        "POST", f"/conversations/{conversation['id']}/messages", {"text": "3 tokens at 0/s"}
    )
    usage = app_of(jp_serverapp).usage
    for _ in range(400):
        found = await api("GET", "/usage/requests", conversation_id=conversation["id"])
        if found:
            break
    assert usage is not None
    [noted] = found
    assert noted["caller"]["kind"] == "chat"
    assert noted["completion_tokens"] == 3
    message = await api("GET", f"/messages/{asked['answer']['id']}")
    assert message["usage"]["request_id"] in (noted["id"], None) or message["status"] != "complete"
    report = await api("GET", "/usage", by="conversation")
    assert report["groups"][0]["key"] == conversation["id"]
    days = [datetime.now(UTC) + timedelta(days=days) for days in (-2, 0, 1)]
    assert report["since"][:8] in {f"{day:%Y-%m-}" for day in days}  # in any zone
    assert (await api("GET", f"/usage/requests/{noted['id']}"))["id"] == noted["id"]
    assert (await api("GET", "/usage/requests/none"))["status"] == 404


async def test_the_table_is_a_file(jp_fetch):
    response = await jp_fetch("sponde", "api", "usage.csv", params={"since": "2026-01-01"})
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "usage-2026-01-01-" in response.headers["Content-Disposition"]
    assert response.body.startswith(b"day,model,")


async def test_a_period_that_ends_before_it_begins_is_refused(api):
    refused = await api("GET", "/usage", since="2026-02-02", until="2026-02-01")
    assert refused["status"] == 400
    assert "since" in refused["hint"]
