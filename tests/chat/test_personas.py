"""Personas: made, changed, deleted with undo; their words, model and tools are what is sent."""

NEW = {"name": "Pirate", "instructions": "Speak like a pirate.", "summary": "Arr", "icon": "🏴"}


async def test_some_come_with_sponde(api):
    names = [one["name"] for one in await api("GET", "/personas")]
    assert names == ["Analyst", "SQL", "Reviewer", "Teacher"]


async def test_a_persona_is_made_changed_duplicated_deleted_and_restored(api):
    made = await api("POST", "/personas", NEW)
    assert made["name"] == "Pirate"
    changed = await api("PUT", f"/personas/{made['id']}", {**NEW, "name": "Captain"})
    assert (changed["name"], changed["is_built_in"]) == ("Captain", False)
    copy = await api("POST", f"/personas/{made['id']}/duplicate")
    assert copy["name"] == "Captain copy"
    await api("DELETE", f"/personas/{made['id']}")
    assert made["id"] not in {one["id"] for one in await api("GET", "/personas")}
    await api("POST", f"/personas/{made['id']}/restore")
    assert made["id"] in {one["id"] for one in await api("GET", "/personas")}


async def test_one_that_comes_with_sponde_is_changed_and_brought_back(api):
    changed = await api("PUT", "/personas/sql", {**NEW, "name": "Query"})
    assert (changed["is_built_in"], changed["is_changed"]) == (True, True)
    assert (await api("POST", "/personas/sql/reset"))["name"] == "SQL"
    await api("DELETE", "/personas/sql")
    assert len(await api("GET", "/personas")) == 3
    assert (await api("POST", "/personas/sql/restore"))["name"] == "SQL"


async def test_what_does_not_fit_is_refused(api):
    for wrong in ({"name": " "}, {"name": "analyst"}, {"name": "x", "colour": "pink"},
                  {"name": "x", "instructions": "y" * 20_001}):  # fmt: skip
        refused = await api("POST", "/personas", wrong)
        assert refused["status"] == 400, wrong
        assert refused["hint"]


async def test_its_words_are_sent_and_stand_in_the_receipt(api, talk, model, upstream):
    persona = await api("POST", "/personas", NEW)
    answer = await talk.ask("Hello", persona_id=persona["id"])
    assert answer["persona_id"] == persona["id"]
    receipt = await talk.receipt(answer)
    assert "Speak like a pirate." in receipt["turns"][0]["content"]
    assert [part["name"] for part in receipt["parts"] if part["kind"] == "persona"] == ["Pirate"]
    (conversation,) = [one for one in await api("GET", "/conversations") if one["id"] == talk.id]
    assert conversation["persona_id"] == persona["id"]
    plain = await talk.ask("And now?")
    assert "pirate" not in (await talk.receipt(plain))["turns"][0]["content"]


async def test_a_persona_is_told_of_its_tools_alone(api, talk, model):
    persona = await api("POST", "/personas", {**NEW, "tools": ["join", "clean"]})
    receipt = await talk.receipt(await talk.ask("Hello", persona_id=persona["id"]))
    assert {one["name"] for one in receipt["tools"]} == {"join", "clean"}
    without = await api("POST", "/personas", {**NEW, "name": "Mute", "tools": []})
    receipt = await talk.receipt(await talk.ask("Hello", persona_id=without["id"]))
    assert receipt["tools"] == []


async def test_its_model_answers_unless_another_is_chosen(api, talk, model):
    models = await api("GET", "/models")
    other = models[-1]["id"]
    persona = await api("POST", "/personas", {**NEW, "model_id": other})
    answer = await talk.ask("Hello", persona_id=persona["id"])
    assert answer["receipt"]["model_id"] == other
    answer = await talk.ask("Hello", persona_id=persona["id"], model_id=models[0]["id"])
    assert answer["receipt"]["model_id"] == models[0]["id"]


async def test_a_deleted_persona_is_not_asked_and_old_answers_stay(api, talk, model):
    persona = await api("POST", "/personas", NEW)
    answer = await talk.ask("Hello", persona_id=persona["id"])
    await api("DELETE", f"/personas/{persona['id']}")
    refused = await talk.send("Again", persona_id=persona["id"])
    assert refused["status"] == 404
    again = await api("POST", f"/messages/{answer['id']}/retry")
    assert (await talk.ended(again["id"]))["status"] == "complete"
