"""Conversations are found by what they mean, with a real encoder in a process of its own."""

from jobs.notebooks import until
from meaning.tiny_encoder import make


async def test_without_an_encoder_the_way_to_one_is_said(api, talk):
    status = await api("GET", "/conversations/meaning")
    assert status["is_there"] is False
    assert "Nothing is downloaded by itself" in status["note"]


async def test_what_is_meant_is_found_where_no_word_is_the_same(api, talk, model, reader, tmp_path):
    make(tmp_path / "sponde-data" / "meaning")
    await talk.ask("The heron and the albatross?")
    other = await api("POST", "/conversations", {"title": "Other"})
    body = {"text": "Price of jets?"}
    asked = await api("POST", f"/conversations/{other['id']}/messages", body)
    await talk.ended(asked["answer"]["id"])
    status = await api("GET", "/conversations/meaning")
    assert status["is_there"] is True

    async def found(text, **more):
        page = await api("GET", "/conversations/page", text=text, by_meaning="true", **more)
        return [row["conversation"]["id"] for row in page["rows"]]

    for _ in range(400):
        if await found("gull wings") and await found("expensive aircraft"):
            break
        await api("GET", "/conversations/meaning")
    assert await found("gull wings") == [talk.id]
    assert (await found("expensive aircraft"))[0] == other["id"]
    assert await found("gull wings is:archived") == []
    page = await api("GET", "/conversations/page", text="gull", by_meaning="true")
    assert "heron" in page["rows"][0]["hit"]["passage"]
    await until(lambda: True)
