"""Answers of a model, through the real server and a real upstream."""

import asyncio
import json
import logging

import pytest
from jobs.notebooks import until

from sponde_server.chat import store
from sponde_server.chat.conversations.store import add
from sponde_server.chat.records import Conversation, Message, MessageStatus
from sponde_server.models.records import Role


async def test_a_question_becomes_an_answer(talk, model):
    asked = await talk.send("Hello there")
    assert asked["question"]["text"] == "Hello there"
    assert asked["answer"]["status"] == "streaming"
    assert asked["answer"]["parent_id"] == asked["question"]["id"]
    answer = await talk.ended(asked["answer"]["id"])
    assert answer["status"] == "complete"
    assert answer["text"].startswith("You asked: Hello there")
    assert answer["text"].endswith("🐦")
    assert answer["usage"]["completion_tokens"] > 5
    assert answer["failure"] is None
    assert await talk.messages() == [asked["question"], answer]


async def test_the_receipt_is_exactly_what_was_sent(talk, model, birds, upstream):
    await talk.ask("What is in @bird_strikes?")
    answer = await talk.ask("And by state?")
    sent = upstream.requests()[-1]["body"]
    receipt = await talk.receipt(answer)
    assert [{"role": t["role"], "content": t["content"]} for t in receipt["turns"]] == sent[
        "messages"
    ]
    assert [turn["role"] for turn in receipt["turns"]] == ["system", "user", "assistant", "user"]
    assert receipt["model"] == sent["model"] == "scripted"
    assert receipt["address"] == upstream.base_url
    assert (receipt["provider"], receipt["is_local"]) == ("Scripted", True)
    assert receipt["tokens"] > 100
    # The message carries it in short; its turns are fetched when they are looked at.
    assert answer["receipt"].items() <= receipt.items()
    assert (await talk.receipt((await talk.messages())[0]))["status"] == 404


async def test_a_named_dataset_is_described_and_no_row_is_sent(talk, model, birds, upstream):
    answer = await talk.ask('/sql @bird_strikes where "Cost Total $" = 3811576')
    assert "LAGUARDIA" in str(answer["outputs"])
    asked = await talk.send("What costs most in @bird_strikes?")
    (reference,) = asked["question"]["references"]
    assert (reference["kind"], reference["id"]) == ("dataset", birds["id"])
    await talk.ended(asked["answer"]["id"])
    sent = json.dumps(upstream.requests()[-1]["body"])
    assert "Wildlife Species" in sent
    assert "BIGINT" in sent
    assert "LAGUARDIA" not in sent
    assert "3811576" in sent  # the question of /sql, which the person wrote


async def test_without_permission_only_the_words_are_sent(talk, model, birds, upstream, reader):
    reader.app.chat.describes_datasets = False
    await talk.ask("What is in @bird_strikes?")
    assert "Wildlife" not in json.dumps(upstream.requests()[-1]["body"])


async def test_a_named_code_block_is_sent_along(talk, model, api, upstream):
    await api(
        "POST",
        "/code-blocks",
        {"code": "total = 6 * 7", "language": "python", "name": "the-sum", "tags": []},
    )
    asked = await talk.send("Explain @the-sum")
    assert asked["question"]["references"][0]["kind"] == "code_block"
    await talk.ended(asked["answer"]["id"])
    assert "total = 6 * 7" in upstream.requests()[-1]["body"]["messages"][0]["content"]


async def test_the_feed_tells_an_answer_piece_by_piece_without_a_gap(talk, model, reader):
    asked = await talk.send("Tell me 🐦 more")
    answer = await talk.ended(asked["answer"]["id"])
    await until(lambda: reader.of("MessageChanged")[-1]["message"] == answer)
    grown = [e for e in reader.of("MessageGrew") if e["message_id"] == answer["id"]]
    assert len(grown) > 1
    text = b""
    for event in grown:
        assert event["at"] * 2 == len(text)
        text += event["text"].encode("utf-16-le")
    assert text.decode("utf-16-le") == answer["text"]
    changed = [e["message"] for e in reader.of("MessageChanged")]
    told = [m["status"] for m in changed if m["id"] == answer["id"]]
    assert (told[0], told[-1]) == ("streaming", "complete")
    assert changed[-1] == answer
    assert reader.of("ConversationChanged")[-1]["conversation"]["title"] == "Tell me 🐦 more"


async def test_what_is_fetched_meets_what_is_told(talk, model, reader, upstream):
    asked = await talk.send("9000 tokens at 100/s")
    await until(lambda: len(reader.of("MessageGrew")) > 2)
    seen = len(reader.events)
    half = (await talk.messages())[-1]
    assert len(half["text"]) > 0
    upstream.hurry()
    await talk.ended(asked["answer"]["id"])
    late = [e for name, e in reader.events[seen:] if name == "MessageGrew"]
    assert late[0]["at"] <= len(half["text"])


@pytest.mark.parametrize(
    ("word", "status", "says"),
    [
        ("cut", "interrupted", "broke before the answer ended"),
        ("length", "truncated", "limit of tokens"),
        ("html", "failed", "web page"),
        ("401", "failed", "key that ends in …abcd"),
        ("429", "failed", "too often"),
        ("500", "failed", "status 500"),
        ("broken", "failed", "EngineCore died"),
        ("empty", "failed", "answered with nothing"),
    ],
)
async def test_what_goes_wrong_is_said_and_what_came_is_kept(talk, model, word, status, says):
    answer = await talk.ask(f"{word} please")
    assert answer["status"] == status
    assert says in answer["failure"]["message"]
    assert answer["failure"]["hint"]
    assert answer["failure"]["code"]
    if word in ("cut", "length", "broken"):
        assert answer["text"].startswith("You asked")


async def test_garbage_on_the_way_does_no_harm(talk, model):
    assert (await talk.ask("garbage bom"))["status"] == "complete"


async def test_ten_thousand_tokens_arrive_whole(talk, model):
    answer = await talk.ask("long please")
    assert answer["status"] == "complete"
    assert answer["text"].count("word") == 10_000


async def test_without_a_model_the_way_out_is_said(talk):
    answer = await talk.ask("Hello?")
    assert answer["status"] == "failed"
    assert answer["failure"]["code"] == "unavailable"
    assert "No language model is connected" in answer["failure"]["message"]
    for word in ("Models", "/profile", "/plot", "/sql", "/help"):
        assert word in answer["failure"]["hint"]


@pytest.mark.parametrize("word", ["silent", "quiet", "hang"])
async def test_stop_ends_the_upstream_request_also_before_the_first_token(
    talk, model, upstream, api, word
):
    asked = await talk.send(f"{word} now")
    await upstream.was_asked()
    if word == "hang":
        await talk.until(
            asked["answer"]["id"], lambda found: "this" in found["text"] or found["text"]
        )
    stopped = await api("POST", f"/messages/{asked['answer']['id']}/stop")
    assert stopped["status"] == "stopped"
    assert stopped["failure"] is None
    assert bool(stopped["text"]) == (word == "hang")
    assert (await talk.receipt(stopped))["turns"][-1]["content"] == f"{word} now"
    await upstream.was_left()
    again = await api("POST", f"/messages/{asked['answer']['id']}/stop")
    assert again == stopped


async def test_a_stopped_conversation_goes_on(talk, model, api, upstream):
    asked = await talk.send("hang now")
    refused = await talk.api(
        "POST",
        f"/conversations/{talk.id}/messages",
        {"text": "next", "parent_id": asked["answer"]["id"]},
    )
    assert refused["status"] == 409
    await talk.until(asked["answer"]["id"], lambda found: found["text"])
    await api("POST", f"/messages/{asked['answer']['id']}/stop")
    assert (await talk.ask("next"))["status"] == "complete"


async def test_retry_answers_the_same_question_beside(talk, model, api, upstream):
    answer = await talk.ask("First?")
    second = await api("POST", f"/messages/{answer['id']}/retry")
    assert second["parent_id"] == answer["parent_id"]
    assert second["id"] != answer["id"]
    assert (await talk.ended(second["id"]))["status"] == "complete"
    messages = await talk.messages()
    assert [m["role"] for m in messages] == ["user", "assistant", "assistant"]
    sent = [entry["body"]["messages"] for entry in upstream.requests()]
    assert sent[0] == sent[1]


async def test_retry_asks_the_same_model_unless_told_otherwise(talk, model, api, upstream):
    large = f"{model['id']}/scripted-large"
    answer = await talk.ask("First?", model_id=large)
    await talk.ended((await api("POST", f"/messages/{answer['id']}/retry"))["id"])
    small = await api("POST", f"/messages/{answer['id']}/retry", model_id=f"{model['id']}/scripted")
    await talk.ended(small["id"])
    asked = [entry["body"]["model"] for entry in upstream.requests()]
    assert asked == ["scripted-large", "scripted-large", "scripted"]


async def test_retry_waits_for_the_end(talk, model, api):
    asked = await talk.send("hang now")
    answer = await api("POST", f"/messages/{asked['answer']['id']}/retry")
    assert answer["status"] == 409


async def test_an_edited_question_is_a_branch_of_its_own(talk, model, upstream):
    await talk.ask("One?")
    first = talk.last
    await talk.ask("Two?")
    talk.last = first
    await talk.ask("Two, differently?")
    sent = [turn["content"] for turn in upstream.requests()[-1]["body"]["messages"]]
    assert "Two?" not in sent
    assert "One?" in sent
    assert sent[-1] == "Two, differently?"


async def test_the_text_is_saved_while_it_grows(talk, model, reader, upstream):
    asked = await talk.send("9000 tokens at 100/s")

    async def is_kept():
        kept = await reader.app.database.read(store.find_message, asked["answer"]["id"])
        assert kept.status == "streaming"
        return len(kept.text) > 100

    await until(is_kept)
    upstream.hurry()
    await talk.ended(asked["answer"]["id"])


async def test_twenty_answers_at_once_are_saved_together_and_come_whole(
    talk, model, reader, upstream
):
    asked = [await talk.send("600 tokens at 20/s", parent_id=None) for _ in range(20)]
    ids = [one["answer"]["id"] for one in asked]

    async def are_kept():
        kept = [await reader.app.database.read(store.find_message, one) for one in ids]
        assert all(one.status == "streaming" for one in kept)
        return all("t0 t1 " in one.text and one.receipt for one in kept)

    await until(are_kept)
    upstream.hurry()
    whole = "".join(f"t{n} " for n in range(600))
    for one in ids:
        ended = await talk.ended(one)
        assert (ended["status"], ended["text"]) == ("complete", whole)


async def test_answers_that_a_dead_server_left_are_marked_at_the_next_start(talk, reader, api):
    conversation = Conversation(title="Before")
    cut = Message(
        conversation_id=conversation.id,
        role=Role.ASSISTANT,
        text="So far",
        status=MessageStatus.STREAMING,
    )

    def leave(con):
        add(con, conversation)
        store.add_asked(con, conversation, cut)

    await reader.app.database.write(leave)
    reader.app.chat._recovery = None  # as after a start
    found = (await api("GET", f"/conversations/{conversation.id}/messages"))[0]
    assert (found["status"], found["text"]) == ("interrupted", "So far")
    assert "The server ended" in found["failure"]["message"]


async def test_a_server_that_ends_in_order_marks_what_it_cuts(talk, model, reader, upstream):
    asked = await talk.send("hang now")
    await talk.until(asked["answer"]["id"], lambda found: found["text"].startswith("You asked"))
    await reader.app.chat.stop()
    found = await talk.ended(asked["answer"]["id"])
    assert found["status"] == "interrupted"
    assert found["text"].startswith("You asked")
    await upstream.was_left()


async def test_two_hundred_answers_at_once_all_come_whole(api, model, talk):
    async def one(number):
        conversation = await api("POST", "/conversations", {})
        body = {"text": f"30 tokens at 60/s {number}"}
        asked = await api("POST", f"/conversations/{conversation['id']}/messages", body)
        return await talk.ended(asked["answer"]["id"], pause=2)

    answers = await asyncio.gather(*[one(number) for number in range(200)])
    assert {answer["status"] for answer in answers} == {"complete"}
    assert {answer["text"] for answer in answers} == {"".join(f"t{i} " for i in range(30))}


async def test_an_unknown_failure_is_told_with_a_name_that_the_log_knows(
    talk, model, reader, caplog
):
    async def broken(*_, **__):
        raise ZeroDivisionError("inside")

    reader.app.chat._receipts.prompt = broken
    with caplog.at_level(logging.ERROR):
        answer = await talk.ask("Hello?")
    assert answer["failure"]["code"] == "internal"
    assert "inside" not in answer["failure"]["message"]
    assert "ZeroDivisionError" in caplog.text


async def test_a_first_question_begins_its_conversation_in_one_request(api, model, reader):
    asked = await api("POST", "/conversations/new/messages", {"text": "Hello there"})
    conversation = asked["conversation"]
    assert conversation["title"] == "Hello there"
    assert asked["question"]["conversation_id"] == conversation["id"]
    kept = await api("GET", f"/conversations/{conversation['id']}")
    assert kept["title"] == "Hello there"
    await until(lambda: reader.of("MessageGrew"))
    kinds = [kind for kind, _ in reader.events]
    # Who reads along knows of the answer before its first word.
    assert kinds.index("ConversationChanged") < kinds.index("MessageChanged")
    assert kinds.index("MessageChanged") < kinds.index("MessageGrew")
    refused = await api("POST", "/conversations/new/messages", {"text": " "})
    assert refused["status"] == 400
    assert len(await api("GET", "/conversations")) == 1
