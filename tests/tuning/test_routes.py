"""Training sets through a real server: liked in the chat, made, looked at, changed, downloaded."""

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

QUESTIONS = ["How many gulls?", "Which states cost most?", "code please", "What is a strike?"]


class Workbench:
    """Conversations with the scripted model, and sets of them."""

    def __init__(self, api: Callable[..., Awaitable[Any]], fetch: Any) -> None:
        self.api = api
        self.fetch = fetch

    async def ask(self, text: str, conversation_id: str = "", parent_id: str | None = None) -> Any:
        """Ask in a conversation, or in a new one; give the answer as it ended."""
        if not conversation_id:
            begun = await self.api("POST", "/conversations", {"title": text})
            conversation_id = begun["id"]
        asked = await self.api(
            "POST",
            f"/conversations/{conversation_id}/messages",
            {"text": text, "parent_id": parent_id},
        )
        for _ in range(2000):
            found = await self.api("GET", f"/messages/{asked['answer']['id']}")
            if found["status"] != "streaming":
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(found)

    async def like(self, answer: Any, verdict: str = "liked") -> None:
        """Rate an answer."""
        rated = await self.api("PUT", f"/messages/{answer['id']}/rating", {"verdict": verdict})
        assert rated["verdict"] == verdict, rated

    async def download(self, set_id: str, name: str, **query: str) -> bytes:
        """Give a file of a set."""
        path = ("sponde", "api", "training-sets", set_id, "files", name)
        return bytes((await self.fetch(*path, params=query)).body)


@pytest.fixture
def bench(
    api: Callable[..., Awaitable[Any]],
    jp_fetch: Any,
    upstream: Any,
    run: Callable[[Awaitable[Any]], Any],
) -> Workbench:
    """Give a server with a model and some liked answers."""
    made = Workbench(api, jp_fetch)

    async def prepare() -> None:
        added = await api("POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
        assert "id" in added, added
        for question in QUESTIONS:
            await made.like(await made.ask(question))

    run(prepare())
    return made


async def test_liked_answers_become_a_set_with_a_card(bench: Workbench) -> None:
    liked = await bench.api("GET", "/liked-answers")
    assert liked["count"] == len(QUESTIONS)
    made = await bench.api(
        "POST",
        "/training-sets",
        {"name": "Birds", "settings": {"validation_share": 0.25, "keeps_system": False}},
    )
    card = made["card"]
    assert (card["train"], card["validation"], card["conversations"]) == (3, 1, 4)
    assert card["models"] == [{"name": "scripted", "count": 4}]
    assert {one["name"] for one in card["languages"]} >= {"python", "sql"}
    assert card["licences"]
    rows = await bench.api("GET", f"/training-sets/{made['id']}/rows")
    assert rows["total"] == 4
    assert rows["rows"][0]["messages"][0] == {"role": "user", "content": QUESTIONS[0]}


async def test_whole_conversations_are_taken_without_what_is_no_example(bench: Workbench) -> None:
    first = await bench.ask("Tell me of hawks")
    where = first["conversation_id"]
    disliked = await bench.ask("Tell me of gulls", where, first["id"])
    await bench.like(disliked, "disliked")
    command = await bench.ask("/help", where, disliked["id"])
    cut = await bench.ask("cut this, please", where, command["id"])
    await bench.ask("Tell me of crows", where, cut["id"])
    made = await bench.api(
        "POST",
        "/training-sets",
        {"selection": {"includes_liked": False, "conversation_ids": [where]}},
    )
    assert made["card"]["train"] == 2
    left_out = {one["reason"]: one["count"] for one in made["card"]["left_out"]}
    assert left_out == {"disliked": 1, "no_model": 1, "cut": 1}
    out = await bench.api("GET", f"/training-sets/{made['id']}/rows", is_out="true")
    assert out["total"] == 3
    refused = await bench.api(
        "PATCH", f"/training-rows/{out['rows'][0]['id']}", {"is_excluded": False}
    )
    assert refused["status"] == 409
    assert refused["hint"]


async def test_a_row_is_taken_out_and_put_back_and_stays_out_when_gathered_anew(
    bench: Workbench,
) -> None:
    made = await bench.api("POST", "/training-sets", {"settings": {"validation_share": 0}})
    path = f"/training-sets/{made['id']}"
    row = (await bench.api("GET", f"{path}/rows"))["rows"][0]
    changed = await bench.api("PATCH", f"/training-rows/{row['id']}", {"is_excluded": True})
    assert changed["version"] == 1
    assert changed["card"]["train"] == 3
    lines = (await bench.download(made["id"], "train.jsonl")).decode().splitlines()
    assert QUESTIONS[0] not in str(lines)
    await bench.like(await bench.ask("And what of owls?"))
    again = await bench.api("POST", f"{path}/versions", {})
    assert again["version"] == 2
    assert again["card"]["train"] == 4
    old = (await bench.download(made["id"], "train.jsonl", version="1")).decode().splitlines()
    assert old == lines
    versions = await bench.api("GET", f"{path}/versions")
    assert [one["number"] for one in versions] == [2, 1]
    assert [one["card"]["train"] for one in versions] == [4, 3]
    stale = await bench.api("PATCH", f"/training-rows/{row['id']}", {"is_excluded": False})
    assert stale["status"] == 409
    out = (await bench.api("GET", f"{path}/rows", is_out="true"))["rows"][0]
    back = await bench.api("PATCH", f"/training-rows/{out['id']}", {"is_excluded": False})
    assert back["card"]["train"] == 5


async def test_the_files_are_chat_jsonl_and_go_with_the_card(bench: Workbench) -> None:
    made = await bench.api("POST", "/training-sets", {"name": "Birds"})
    packed = zipfile.ZipFile(io.BytesIO(await bench.download(made["id"], "all.zip")))
    assert sorted(packed.namelist()) == ["README.md", "train.jsonl", "validation.jsonl"]
    rows = [
        json.loads(line)
        for name in ("train.jsonl", "validation.jsonl")
        for line in packed.read(name).decode().splitlines()
    ]
    assert len(rows) == len(QUESTIONS)
    for row in rows:
        assert set(row) == {"messages"}
        assert [one["role"] for one in row["messages"]] == ["system", "user", "assistant"]
    card = packed.read("README.md").decode()
    assert card.startswith("# Birds, version 1")
    assert made["card"]["digest"] in card
    with pytest.raises(HTTPClientError) as refused:
        await bench.download(made["id"], "secrets.txt")
    assert refused.value.code == 404


async def test_a_set_is_renamed_deleted_and_brought_back(bench: Workbench) -> None:
    made = await bench.api("POST", "/training-sets", {})
    path = f"/training-sets/{made['id']}"
    assert made["name"].startswith("Training set of")
    assert (await bench.api("PATCH", path, {"name": " Gulls  only "}))["name"] == "Gulls only"
    assert (await bench.api("PATCH", path, {"name": " "}))["status"] == 400
    await bench.api("DELETE", path)
    assert await bench.api("GET", "/training-sets") == []
    assert (await bench.api("GET", path))["status"] == 404
    await bench.api("POST", f"{path}/restore")
    assert [one["name"] for one in await bench.api("GET", "/training-sets")] == ["Gulls only"]


@pytest.mark.parametrize(
    "settings", [{"validation_share": 0.6}, {"most_tokens": 3}, {"earlier": -1}]
)
async def test_settings_that_cannot_be_are_refused(
    api: Callable[..., Awaitable[Any]], settings: dict[str, float]
) -> None:
    refused = await api("POST", "/training-sets", {"settings": settings})
    assert refused["status"] == 400
    assert refused["hint"]


async def test_nothing_to_make_a_set_of_is_said(api: Callable[..., Awaitable[Any]]) -> None:
    refused = await api("POST", "/training-sets", {"name": "Empty"})
    assert refused["status"] == 400
    assert "Like an answer" in refused["hint"]
    assert (await api("GET", "/training-sets/nowhere"))["status"] == 404
