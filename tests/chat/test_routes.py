async def test_a_conversation_is_begun_renamed_deleted_and_restored(api, talk):
    assert [c["title"] for c in await api("GET", "/conversations")] == ["New conversation"]
    renamed = await api("PATCH", f"/conversations/{talk.id}", {"title": "  Costs  of birds "})
    assert renamed["title"] == "Costs of birds"
    assert await api("DELETE", f"/conversations/{talk.id}") is None
    assert await api("GET", "/conversations") == []
    assert (await talk.send("hello"))["status"] == 404
    assert (await api("GET", f"/conversations/{talk.id}/messages"))["status"] == 404
    restored = await api("POST", f"/conversations/{talk.id}/restore")
    assert restored["title"] == "Costs of birds"
    assert await api("GET", "/conversations") == [restored]


async def test_the_first_question_gives_the_title_and_a_person_may_change_it(api, talk):
    await talk.ask("What does the year\nlook like in the data that I have, over all the states?")
    (kept,) = await api("GET", "/conversations")
    assert kept["title"] == "What does the year look like in the data that I have, over…"
    await api("PATCH", f"/conversations/{talk.id}", {"title": "Mine"})
    await talk.ask("And then?")
    assert (await api("GET", "/conversations"))[0]["title"] == "Mine"


async def test_the_latest_comes_first_and_words_find_it(api, talk):
    other = await api("POST", "/conversations", {"title": "Other"})
    await talk.ask("Where is the Albatross?")
    assert [c["id"] for c in await api("GET", "/conversations")] == [talk.id, other["id"]]
    assert [c["id"] for c in await api("GET", "/conversations", query="albatross")] == [talk.id]
    assert [c["id"] for c in await api("GET", "/conversations", query="othe")] == [other["id"]]
    assert await api("GET", "/conversations", query="nowhere%") == []


async def test_what_does_not_fit_is_refused_in_a_sentence(api, talk):
    for body, status in (
        ({"text": "  "}, 400),
        ({"text": "x" * 200_001}, 413),
        ({"text": "hi", "parent_id": "nobody"}, 400),
        ({"text": "hi", "unknown": 1}, 400),
        ({}, 400),
    ):
        answer = await api("POST", f"/conversations/{talk.id}/messages", body)
        assert answer["status"] == status, body
        assert answer["message"]
        assert answer["hint"]
    assert await talk.messages() == []
    answer = await api("PATCH", f"/conversations/{talk.id}", {"title": " "})
    assert answer["status"] == 400


async def test_a_question_cannot_follow_a_question_or_another_conversation(api, talk):
    asked = await talk.send("/help")
    body = {"text": "more", "parent_id": asked["question"]["id"]}
    assert (await api("POST", f"/conversations/{talk.id}/messages", body))["status"] == 400
    other = await api("POST", "/conversations", {})
    body = {"text": "more", "parent_id": asked["answer"]["id"]}
    assert (await api("POST", f"/conversations/{other['id']}/messages", body))["status"] == 400


async def test_unknown_messages_are_not_found(api):
    for method, path in (
        ("GET", "/messages/nobody"),
        ("POST", "/messages/nobody/stop"),
        ("POST", "/messages/nobody/retry"),
    ):
        answer = await api(method, path)
        assert answer["status"] == 404
        assert answer["hint"]


async def test_deleting_a_conversation_stops_its_answer(api, talk, model, upstream):
    await talk.send("hang now")
    await upstream.was_asked()
    await api("DELETE", f"/conversations/{talk.id}")
    await upstream.was_left()
    await api("POST", f"/conversations/{talk.id}/restore")
    assert (await talk.messages())[-1]["status"] == "stopped"
