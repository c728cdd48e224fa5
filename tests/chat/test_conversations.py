"""Conversations are filed, marked, named, copied and carried."""

import json

import pytest
from jobs.notebooks import until

from sponde_server.chat.conversations.titles import better, suggested


async def page(api, text="", **more):
    """Give a part of the list."""
    return await api("GET", "/conversations/page", text=text, **more)


async def one(api, conversation_id):
    """Give a conversation as the list has it."""
    listed = await page(api, "is:anywhere")
    return next(
        row["conversation"]
        for row in listed["rows"]
        if row["conversation"]["id"] == conversation_id
    )


async def test_thousands_are_listed_in_parts(api):
    for number in range(7):
        await api("POST", "/conversations", {"title": f"Number {number}"})
    first = await page(api, limit="3")
    assert [row["conversation"]["title"] for row in first["rows"]] == [
        "Number 6",
        "Number 5",
        "Number 4",
    ]
    assert first["total"] == 7
    last = await page(api, limit="3", offset="6")
    assert [row["conversation"]["title"] for row in last["rows"]] == ["Number 0"]


async def test_folders_hold_conversations_and_let_them_go_up(api, talk, reader):
    outer = await api("POST", "/folders", {"name": " Reports  "})
    inner = await api("POST", "/folders", {"name": "2026", "parent_id": outer["id"]})
    assert (outer["name"], inner["parent_id"]) == ("Reports", outer["id"])
    moved = await api("PATCH", f"/conversations/{talk.id}", {"folder_id": inner["id"]})
    assert moved["folder_id"] == inner["id"]
    assert (await page(api, folder_id=inner["id"]))["total"] == 1
    assert (await page(api, folder_id=""))["total"] == 0
    assert (await page(api, "in:reports"))["total"] == 1
    assert (await page(api, "in:nowhere"))["total"] == 0
    renamed = await api("PATCH", f"/folders/{inner['id']}", {"name": "This year"})
    assert renamed["name"] == "This year"
    assert await api("DELETE", f"/folders/{inner['id']}") is None
    assert (await one(api, talk.id))["folder_id"] == outer["id"]
    assert await api("DELETE", f"/folders/{outer['id']}") is None
    assert (await one(api, talk.id))["folder_id"] == ""
    assert await api("GET", "/folders") == []
    await until(lambda: reader.of("FoldersChanged")[-1]["folders"] == [])


async def test_folders_that_cannot_be_are_refused(api, talk):
    outer = await api("POST", "/folders", {"name": "A"})
    inner = await api("POST", "/folders", {"name": "B", "parent_id": outer["id"]})
    for method, path, body, status in (
        ("POST", "/folders", {"name": " "}, 400),
        ("POST", "/folders", {"name": "x" * 61}, 400),
        ("POST", "/folders", {"name": "a"}, 400),
        ("POST", "/folders", {"name": "C", "parent_id": "nobody"}, 404),
        ("PATCH", f"/folders/{outer['id']}", {"parent_id": inner["id"]}, 400),
        ("PATCH", f"/folders/{outer['id']}", {"parent_id": outer["id"]}, 400),
        ("PATCH", "/folders/nobody", {"name": "D"}, 404),
        ("DELETE", "/folders/nobody", None, 404),
        ("PATCH", f"/conversations/{talk.id}", {"folder_id": "nobody"}, 404),
        ("POST", "/conversations/change", {"ids": [talk.id], "folder_id": "nobody"}, 404),
    ):
        refused = await api(method, path, body)
        assert refused["status"] == status, (path, body, refused)
        assert refused["hint"]


async def test_several_are_changed_at_once_and_back(api):
    ids = [(await api("POST", "/conversations", {}))["id"] for _ in range(3)]
    body = {"ids": ids, "is_archived": True, "is_pinned": True}
    changed = await api("POST", "/conversations/change", body)
    assert all(found["is_archived"] and found["is_pinned"] for found in changed)
    assert (await page(api))["total"] == 0
    gone = {"ids": ids[:2], "is_removed": True}
    assert await api("POST", "/conversations/change", gone) == []
    assert (await page(api, "is:archived"))["total"] == 1
    back = {"ids": ids, "is_removed": False, "is_archived": False}
    assert len(await api("POST", "/conversations/change", back)) == 3
    assert (await page(api))["total"] == 3
    refused = await api("POST", "/conversations/change", {"ids": ids * 2000})
    assert refused["status"] == 400


async def test_an_answer_that_nobody_saw_marks_its_conversation(api, talk, model, reader):
    await talk.ask("Which bird?")
    await until(lambda: reader.of("UnreadChanged"))
    assert (await page(api))["unread"] == 1
    assert (await page(api, "is:unread"))["total"] == 1
    assert (await api("POST", f"/conversations/{talk.id}/seen"))["is_unread"] is False
    assert (await page(api))["unread"] == 0
    await until(lambda: reader.of("UnreadChanged")[-1]["count"] == 0)
    assert (await api("POST", f"/conversations/{talk.id}/seen"))["is_unread"] is False
    assert (await api("POST", "/conversations/nobody/seen"))["status"] == 404


@pytest.mark.parametrize(
    ("question", "answer", "datasets", "title"),
    [
        ("/profile @sales", "…", ("sales",), "Profile of sales"),
        ("/plot @sales price by region", "…", (), "Plot of sales price by region"),
        ("/help", "…", (), "What the commands do"),
        ("/unknown thing", "…", (), "/unknown thing"),
        ("Hi, can you please show me the mean price?", "…", (), "The mean price?"),
        ("Could you help me to clean this up.", "…", ("sales",), "Clean this up · sales"),
        ("hello", "# Getting **started**\nHi", (), "Getting started"),
        ("hello", "Hi!", (), "hello"),
        ("```python\nx\n``` What is wrong here? It fails.", "…", (), "What is wrong here?"),
        ("What stands out in @sales?", "…", ("sales",), "What stands out in sales?"),
    ],
)
def test_a_conversation_is_named_by_what_was_asked(question, answer, datasets, title):
    assert better(question, answer, datasets) == title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ('"Costs of birds."\n\nI hope this helps', "Costs of birds"),
        ("Title: **Costs**", "Costs"),
        ("# Costs", "Costs"),
        ("\n \n", ""),
    ],
)
def test_a_title_is_taken_out_of_what_a_model_says(said, title):
    assert suggested(said) == title


async def test_the_title_follows_the_first_question_until_a_person_names_it(api, talk, reader):
    await talk.ask("/help")
    await until(
        lambda: [
            e
            for e in reader.of("ConversationChanged")
            if e["conversation"]["title"] == "What the commands do"
        ]
    )
    found = await one(api, talk.id)
    assert found["is_named"] is False
    named = await api("PATCH", f"/conversations/{talk.id}", {"title": "Mine"})
    assert named["is_named"] is True
    await talk.ask("/help")
    assert (await one(api, talk.id))["title"] == "Mine"


async def test_a_model_suggests_a_title_only_when_asked(api, talk, model, upstream):
    assert (await api("POST", f"/conversations/{talk.id}/title", {}))["status"] == 400
    await talk.ask("Which bird is it?")
    assert len(upstream.requests()) == 1
    titled = await api("POST", f"/conversations/{talk.id}/title", {})
    assert titled["is_named"] is True
    assert titled["title"]
    asked = upstream.requests()[-1]["body"]["messages"]
    assert "title of at most six words" in asked[0]["content"]
    assert "Which bird is it?" in asked[1]["content"]


async def test_a_copy_has_the_whole_tree_or_one_branch(api, talk, model):
    first = await talk.ask("One?")
    await api("PUT", f"/messages/{first['id']}/rating", {"verdict": "liked"})
    await talk.ask("Two?")
    other = await api("POST", f"/messages/{first['id']}/retry", {})
    await talk.ended(other["id"])
    whole = await api("POST", f"/conversations/{talk.id}/duplicate", {})
    assert whole["title"].startswith("Copy of One?")
    copied = await api("GET", f"/conversations/{whole['id']}/messages")
    original = await talk.messages()
    assert [m["text"] for m in copied] == [m["text"] for m in original]
    assert not {m["id"] for m in copied} & {m["id"] for m in original}
    (rating,) = await api("GET", f"/conversations/{whole['id']}/ratings")
    assert rating["id"] == copied[1]["id"]
    receipt = await talk.receipt(copied[1])
    assert receipt == await talk.receipt(original[1])
    body = {"leaf_id": other["id"]}
    branch = await api("POST", f"/conversations/{talk.id}/duplicate", body)
    line = await api("GET", f"/conversations/{branch['id']}/messages")
    assert [m["role"] for m in line] == ["user", "assistant"]
    assert line[1]["parent_id"] == line[0]["id"]
    refused = await api("POST", f"/conversations/{talk.id}/duplicate", {"leaf_id": "nobody"})
    assert refused["status"] == 400


async def test_a_long_conversation_is_opened_by_its_end_and_its_outline(api, talk, model):
    first = await talk.ask("One?")
    second = await talk.ask("Two?")
    messages = await talk.messages()
    path = f"/conversations/{talk.id}/messages"
    opening = await api("GET", f"/conversations/{talk.id}/opening", most="4")
    assert opening["messages"] == messages
    assert opening["conversation"]["id"] == talk.id
    assert (opening["is_whole"], opening["is_straight"]) == (True, True)
    opening = await api("GET", f"/conversations/{talk.id}/opening", most="3")
    assert opening["messages"] == messages  # the newest of them, here all
    assert (opening["is_whole"], opening["is_straight"]) == (False, True)
    assert (await api("GET", "/conversations/nobody/opening"))["status"] == 404
    assert await api("GET", path, ids=f"{second['id']},nobody") == [messages[3]]
    outline = await api("GET", f"/conversations/{talk.id}/outline")
    assert outline["ids"] == [m["id"] for m in messages]
    assert outline["parents"] == []  # each follows the one before it
    assert outline["questions"] == [0, 2]
    assert outline["lengths"] == [len(m["text"]) for m in messages]
    assert (outline["kept"], outline["rounds"], outline["streaming"]) == ({}, {}, [])
    await api("POST", f"/messages/{first['id']}/keep", {})
    outline = await api("GET", f"/conversations/{talk.id}/outline")
    assert outline["kept"] == {"0": first["id"]}
    await api("POST", f"/messages/{second['id']}/retry", {})
    assert (await api("GET", f"/conversations/{talk.id}/outline"))["parents"] == [-1, 0, 1, 2, 2]
    assert not (await api("GET", f"/conversations/{talk.id}/opening", most="3"))["is_straight"]


async def test_what_is_exported_is_imported_exactly(api, talk, model, birds, jp_fetch):
    answer = await talk.ask("What of @bird_strikes?")
    await talk.ask("/profile @bird_strikes")
    await api("POST", f"/messages/{answer['id']}/retry", {})
    await api("PUT", f"/messages/{answer['id']}/rating", {"verdict": "disliked", "text": "no"})
    folder = await api("POST", "/folders", {"name": "Reports"})
    await api("PATCH", f"/conversations/{talk.id}", {"folder_id": folder["id"], "title": "Birds"})
    for message in await talk.messages():
        await talk.ended(message["id"])

    async def file(*ids):
        response = await jp_fetch(
            *["sponde", "api", "conversations", "file"],
            method="POST",
            body=json.dumps({"ids": ids}),
        )
        return response.body.decode(), response.headers["Content-Disposition"]

    data, name = await file(talk.id)
    assert "Birds.json" in name
    imported = await api("POST", "/conversations/import", {"text": data, "name": "Birds.json"})
    (made,) = imported["conversations"]
    assert (imported["messages"], imported["source"]) == (5, "Sponde")
    assert made["id"] != talk.id
    assert (await file(made["id"]))[0] == data
    assert len(await api("GET", "/folders")) == 1
    assert (await page(api, "strikes in:reports"))["total"] == 2
    every, name = await file()
    assert "2%20conversations" in name
    assert len(json.loads(every)["conversations"]) == 2


async def test_nothing_of_a_damaged_file_is_imported(api, talk):
    refused = await api("POST", "/conversations/import", {"text": '{"format": ', "name": "x.json"})
    assert refused["status"] == 400
    assert "x.json" in refused["message"]
    assert (await page(api))["total"] == 1
