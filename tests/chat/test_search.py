"""Conversations are found by words, by filters, at the message where it was said."""

import asyncio
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.chat.conversations.passages import passage
from sponde_server.chat.conversations.query import State, parse
from sponde_server.chat.conversations.words import Said, Words


def test_a_search_is_words_phrases_and_filters():
    query = parse(
        'costs "bird strike" model:gpt dataset:@sales in:"My reports" has:code is:liked '
        "is:anywhere after:2026-10 before:2026-11-03 http://x"
    )
    assert query.words == ("costs", "bird strike", "http://x")
    assert (query.models, query.datasets, query.folders) == (("gpt",), ("sales",), ("My reports",))
    assert query.has_code
    assert query.is_anywhere
    assert query.states == {State.LIKED}
    assert query.after == datetime(2026, 10, 1, tzinfo=UTC)
    assert query.before == datetime(2026, 11, 3, tzinfo=UTC)
    assert query.notes == ()


@pytest.mark.parametrize("text", ["is:lost", "has:wings", "after:soon", "before:2026-13"])
def test_a_filter_that_is_not_known_is_said(text):
    query = parse(text)
    (note,) = query.notes
    assert text in note
    assert not query.words


@given(st.text())
def test_every_text_is_a_search(text):
    parse(text)
    shown, marks = passage(text, text.split())
    units = len(shown.encode("utf-16-le", "surrogatepass")) // 2
    assert all(0 <= mark.at < mark.to <= units for mark in marks)


def test_a_passage_shows_the_words_where_they_stand():
    text = "A long beginning that nobody looks for, " * 4 + "and then 🦅 the Albatross\nappears."
    shown, marks = passage(text, ["albat"])
    assert shown.startswith("…")
    assert "\n" not in shown
    units = shown.encode("utf-16-le")
    (mark,) = marks
    assert units[2 * mark.at : 2 * mark.to].decode("utf-16-le") == "Albat"


def said(number, text, conversation="c", **more):
    """Make a message for the index."""
    return Said(
        id=f"m{number}",
        conversation_id=conversation,
        is_question=True,
        text=text,
        model=more.get("model", ""),
        datasets=more.get("datasets", ""),
    )


@pytest.mark.parametrize(
    ("text", "search", "is_found"),
    [
        ("The Albatross flew", "albatross", True),
        ("The Albatross flew", "alba flew", True),
        ("The Albatross flew", "tross", False),
        ("The Albatross flew", '"albatross flew"', True),
        ("The Albatross flew", '"flew albatross"', False),
        ("Älter als Zürich", "alter zurich", True),
        ("in bird_strikes.csv", "bird_strikes", True),
        ("in bird_strikes.csv", "strikes.csv", True),
        ("机器学习很有用", "学习", True),
        ("机器学习很有用", "习学", False),
        ("a x b", "x", True),
        ("xylophone", "x", False),
        ('say "NEAR(a b)" AND *', "near(a", True),
        ("anything", "'\"*^", False),
    ],
)
async def test_words_are_found_at_their_beginnings_in_any_script(tmp_path, text, search, is_found):
    words = Words(tmp_path / "search.sqlite")
    await words.add([said(1, text)], "m1")
    found, _ = await words.find(parse(search), None, 10)
    assert found == ({"c": "m1"} if is_found else {})
    assert await words.reached() == "m1"
    await words.close()


async def test_filters_ask_a_conversation_and_words_a_message(tmp_path):
    words = Words(tmp_path / "search.sqlite")
    rows = [
        said(1, "Where is the heron?", "a", datasets="\nsales"),
        said(2, "```python\nheron\n```", "a", model="gpt-5 p/gpt-5"),
        said(3, "The heron again", "b", model="llama"),
        said(4, "and a heron at last", "a"),
    ]
    await words.add(rows, "m4")

    async def find(text, among=None):
        return (await words.find(parse(text), among, 10))[0]

    assert await find("heron") == {"a": "m4", "b": "m3"}
    assert await find("heron model:gpt") == {"a": "m4"}
    assert await find("heron model:gpt dataset:sal has:code") == {"a": "m4"}
    assert await find("has:code") == {"a": "m2"}
    assert await find("dataset:ales") == {}
    assert await find("heron", {"b"}) == {"b": "m3"}
    await words.add([said(3, "The egret", "b", model="llama")], "")
    assert await find("heron") == {"a": "m4"}
    assert await find("egret") == {"b": "m3"}
    await words.close()


async def test_a_damaged_index_is_thrown_away(tmp_path):
    path = tmp_path / "search.sqlite"
    path.write_bytes(random.Random(1).randbytes(9000))
    words = Words(path)
    assert await words.reached() == ""
    await words.add([said(1, "heron")], "m1")
    assert (await words.find(parse("heron"), None, 1))[0] == {"c": "m1"}
    await words.close()
    assert oct(path.stat().st_mode)[-3:] == "600"


async def find(api, text, **more):
    """Search as the list does."""
    return await api("GET", "/conversations/page", text=text, **more)


async def titles(api, text):
    """Give the titles of what a search finds."""
    page = await find(api, text)
    return [row["conversation"]["title"] for row in page["rows"]]


async def test_what_was_said_is_found_with_its_passage_and_message(api, talk, model):
    answer = await talk.ask("Which albatross was hit?")
    await api("PATCH", f"/conversations/{talk.id}", {"title": "Seabirds"})
    page = await find(api, "albat")
    (row,) = page["rows"]
    assert page["total"] == 1
    hit = row["hit"]
    assert hit["message_id"] in (answer["id"], answer["parent_id"])
    (first, *_) = hit["marks"]
    assert hit["passage"][first["at"] : first["to"]].lower() == "albat"
    (named,) = (await find(api, "seab"))["rows"]
    assert named["hit"] is None
    assert await titles(api, "nowhere") == []


async def test_filters_find_what_they_say(api, talk, model, birds):
    answer = await talk.ask("What of @bird_strikes?")
    await api("PATCH", f"/conversations/{talk.id}", {"title": "One"})
    other = await api("POST", "/conversations", {"title": "Two"})
    assert await titles(api, "") == ["Two", "One"]
    assert await titles(api, "dataset:bird") == ["One"]
    assert await titles(api, "model:scripted") == ["One"]
    assert await titles(api, "model:nobody") == []
    assert await titles(api, "is:liked") == []
    await api("PUT", f"/messages/{answer['id']}/rating", {"verdict": "liked"})
    assert await titles(api, "is:liked") == ["One"]
    assert (await find(api, "is:liked"))["rows"][0]["hit"]["message_id"] == answer["id"]
    assert await titles(api, "is:disliked") == []
    assert await titles(api, "tw is:pinned") == []
    await api("PATCH", f"/conversations/{other['id']}", {"is_pinned": True})
    assert await titles(api, "tw is:pinned") == ["Two"]
    assert await titles(api, "") == ["Two", "One"]
    await api("PATCH", f"/conversations/{other['id']}", {"is_archived": True})
    assert await titles(api, "") == ["One"]
    assert await titles(api, "is:archived") == ["Two"]
    assert await titles(api, "is:anywhere") == ["Two", "One"]
    assert await titles(api, "after:2020") == ["One"]
    assert await titles(api, "before:2020") == []
    assert "is not known" in (await find(api, "is:odd"))["note"]
    await api("DELETE", f"/conversations/{talk.id}")
    assert await titles(api, "dataset:bird") == []


async def test_an_answer_that_is_being_written_is_found_once_it_ended(api, talk, model, upstream):
    asked = await talk.send("hang now, heron")
    await upstream.was_asked()
    assert len((await find(api, "heron"))["rows"]) == 1
    await api("POST", f"/messages/{asked['answer']['id']}/stop")
    await asyncio.sleep(0)
    (row,) = (await find(api, "model:scripted heron"))["rows"]
    assert row["conversation"]["id"] == talk.id
