"""What people think of answers."""

import asyncio

import pytest

LIKED = {"verdict": "liked", "reasons": ["Correct", " Correct ", "Clear"], "text": " fits "}


async def test_an_answer_is_rated_changed_and_taken_back(talk, model, api, reader):
    answer = await talk.ask("Which bird?")
    path = f"/messages/{answer['id']}/rating"
    rating = await api("PUT", path, LIKED)
    assert (rating["id"], rating["verdict"]) == (answer["id"], "liked")
    assert (rating["reasons"], rating["text"]) == (["Correct", "Clear"], "fits")
    assert (rating["model"], rating["conversation_id"]) == ("scripted", talk.id)
    assert rating["person"]
    changed = await api("PUT", path, {"verdict": "disliked"})
    assert await api("GET", f"/conversations/{talk.id}/ratings") == [changed]
    assert await api("DELETE", path) is None
    assert await api("GET", f"/conversations/{talk.id}/ratings") == []
    await asyncio.sleep(0.05)
    assert [e["rating"]["verdict"] for e in reader.of("AnswerRated")] == ["liked", "disliked"]
    assert [e["message_id"] for e in reader.of("RatingRemoved")] == [answer["id"]]


async def test_ratings_are_listed_by_verdict_and_time_without_deleted_conversations(
    talk, model, api
):
    first = await talk.ask("One?")
    second = await talk.ask("Two?")
    await api("PUT", f"/messages/{first['id']}/rating", {"verdict": "liked"})
    later = await api("PUT", f"/messages/{second['id']}/rating", {"verdict": "disliked"})
    listed = await api("GET", "/ratings")
    assert [rating["id"] for rating in listed] == [second["id"], first["id"]]
    since = await api("GET", "/ratings", since=later["rated_at"])
    assert [rating["id"] for rating in since] == [second["id"]]
    liked = await api("GET", "/ratings", verdict="liked")
    assert [rating["id"] for rating in liked] == [first["id"]]
    await api("DELETE", f"/conversations/{talk.id}")
    assert await api("GET", "/ratings") == []


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "meh"},
        {"verdict": "liked", "text": "x" * 4001},
        {"verdict": "liked", "reasons": ["x" * 61]},
        {"verdict": "liked", "reasons": [str(number) for number in range(11)]},
    ],
)
async def test_what_does_not_fit_a_rating_is_refused(talk, model, api, body):
    answer = await talk.ask("Which bird?")
    refused = await api("PUT", f"/messages/{answer['id']}/rating", body)
    assert refused["status"] == 400
    assert refused["hint"]


async def test_questions_and_answers_that_are_being_written_are_not_rated(talk, model, api):
    asked = await talk.send("hang now")
    streaming = await api("PUT", f"/messages/{asked['answer']['id']}/rating", LIKED)
    assert streaming["status"] == 409
    question = await api("PUT", f"/messages/{asked['question']['id']}/rating", LIKED)
    assert question["status"] == 400
    assert (await api("PUT", "/messages/nobody/rating", LIKED))["status"] == 404
