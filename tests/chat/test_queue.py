"""Questions that wait for the answer before them, through the real server."""

import asyncio

from jobs.notebooks import until

from sponde_server.chat import queue_store
from sponde_server.chat.records import NewMessage, NewQueuedQuestion, QueuedMessage, QueuedQuestion

SLOW = "first, 3000 tokens at 20/s"


async def wait_for(look, holds):
    """Look until something holds."""
    for _ in range(6_000):
        found = await look()
        if holds(found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(found)


def questions(found):
    return [message["text"] for message in found if message["role"] == "user"]


async def queue(talk, text, after):
    return await talk.api(
        "POST",
        f"/conversations/{talk.id}/queue",
        {"message": {"text": text}, "after_id": after["question"]["id"]},
    )


async def waiting(talk):
    return [
        one["message"]["text"] for one in await talk.api("GET", f"/conversations/{talk.id}/queue")
    ]


async def test_waiting_questions_are_asked_in_their_order_though_no_tab_asks(
    talk, model, reader, upstream
):
    asked = await talk.send(SLOW)
    await queue(talk, "second", asked)
    third = await queue(talk, "third", asked)
    assert await waiting(talk) == ["second", "third"]
    moved = await talk.api("PATCH", f"/queued-questions/{third['id']}", {"place": 0})
    assert moved["place"] == 0
    assert await waiting(talk) == ["third", "second"]
    upstream.hurry()
    found = await wait_for(
        talk.messages,
        lambda found: len(found) == 6 and all(one["status"] == "complete" for one in found),
    )
    assert questions(found) == [SLOW, "third", "second"]
    by_id = {one["id"]: one for one in found}
    for one in found[1:]:
        assert by_id[one["parent_id"]]["created_at"] <= one["created_at"]
    assert await waiting(talk) == []
    await until(lambda: reader.of("QueueChanged")[-1]["questions"] == [])


async def test_questions_that_come_at_once_wait_in_the_order_in_which_they_came(
    talk, model, reader
):
    asked = await talk.send("never")
    texts = [f"number {number}" for number in range(8)]
    news = [
        NewQueuedQuestion(message=NewMessage(text=text), after_id=asked["question"]["id"])
        for text in texts
    ]
    await asyncio.gather(*[reader.app.chat.queue.add(talk.id, new) for new in news])
    assert await waiting(talk) == texts
    told = await wait_for(
        lambda: asyncio.sleep(0, reader.of("QueueChanged")), lambda found: len(found) == len(texts)
    )
    assert [len(one["questions"]) for one in told] == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_question_whose_answer_is_there_already_does_not_wait(talk, model):
    asked = await talk.send("first")
    await talk.ended(asked["answer"]["id"])
    await queue(talk, "second", asked)
    found = await wait_for(talk.messages, lambda found: len(found) == 4)
    assert questions(found) == ["first", "second"]


async def test_behind_a_stopped_answer_a_question_waits_until_it_is_sent(talk, model):
    asked = await talk.send("never")
    await queue(talk, "second", asked)
    refused = await talk.api("POST", f"/conversations/{talk.id}/queue/send")
    assert refused["status"] == 409
    await talk.api("POST", f"/messages/{asked['answer']['id']}/stop")
    assert await waiting(talk) == ["second"]
    await talk.api("POST", f"/conversations/{talk.id}/queue/send")
    found = await wait_for(talk.messages, lambda found: len(found) == 4)
    assert questions(found) == ["never", "second"]
    assert await waiting(talk) == []


async def test_a_dropped_question_is_given_back_once_and_never_asked(talk, model, upstream):
    asked = await talk.send(SLOW)
    queued = await queue(talk, "second", asked)
    dropped = await talk.api("DELETE", f"/queued-questions/{queued['id']}")
    assert dropped["message"]["text"] == "second"
    assert (await talk.api("DELETE", f"/queued-questions/{queued['id']}"))["status"] == 404
    upstream.hurry()
    await talk.ended(asked["answer"]["id"])
    assert questions(await talk.messages()) == [SLOW]


async def test_beside_several_answers_a_question_waits_until_one_is_kept(talk, model):
    models = [one["id"] for one in await talk.api("GET", "/models")]
    asked = await talk.send("first", model_ids=models[:2])
    await queue(talk, "second", asked)
    for answer in asked["answers"]:
        await talk.ended(answer["id"])
    assert await waiting(talk) == ["second"]
    kept = asked["answers"][1]["id"]
    await talk.api("POST", f"/messages/{kept}/keep")
    found = await wait_for(talk.messages, lambda found: "second" in questions(found))
    (second,) = [one for one in found if one["text"] == "second"]
    assert second["parent_id"] == kept


async def test_a_question_that_was_asked_before_the_server_ended_is_not_asked_again(
    talk, model, reader
):
    asked = await talk.send("first")
    await talk.ended(asked["answer"]["id"])
    # As a server leaves it that ends after asking and before it notes so.
    left = QueuedQuestion(
        conversation_id=talk.id,
        after_id=asked["question"]["id"],
        message=QueuedMessage(text="first"),
        asked_id=asked["question"]["id"],
    )
    await reader.app.database.write(queue_store.add_queued, left)
    assert await waiting(talk) == ["first"]
    await wait_for(lambda: waiting(talk), lambda found: found == [])
    assert questions(await talk.messages()) == ["first"]


async def test_an_empty_question_and_one_for_another_conversation_are_refused(talk, model, api):
    asked = await talk.send("first")
    assert (await queue(talk, "  ", asked))["status"] == 400
    other = await api("POST", "/conversations", {})
    refused = await api(
        "POST",
        f"/conversations/{other['id']}/queue",
        {"message": {"text": "x"}, "after_id": asked["question"]["id"]},
    )
    assert refused["status"] == 400
