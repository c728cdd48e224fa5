"""Several models asked at once, through the real server and real upstreams."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Upstream


@pytest.fixture(scope="module")
def other_process():
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parents[1] / "upstream.py"), "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield Upstream(process.stdout.readline().strip(), process)
    process.kill()
    process.wait(20)
    process.stdout.close()


@pytest.fixture
def other(api, run, other_process):
    """Connect a second scripted server."""
    other_process.forget()
    new = {"base_url": other_process.base_url, "name": "Other", "models": ["beta", "beta-500"]}
    return run(api("POST", "/providers", new))


@pytest.fixture
def both(model, other):
    """Name two models of two providers."""
    return [f"{model['id']}/scripted", f"{other['id']}/beta"]


async def all_ended(talk, asked):
    return [await talk.ended(answer["id"]) for answer in asked["answers"]]


async def test_several_models_answer_one_question_each_for_itself(talk, both, upstream):
    asked = await talk.send("Which bird?", model_ids=both)
    assert [answer["model_id"] for answer in asked["answers"]] == both
    assert asked["answer"] == asked["answers"][0]
    first, second = await all_ended(talk, asked)
    assert (first["status"], second["status"]) == ("complete", "complete")
    assert first["parent_id"] == second["parent_id"] == asked["question"]["id"]
    assert first["round_id"] == second["round_id"] != ""
    assert (first["receipt"]["model"], second["receipt"]["model"]) == ("scripted", "beta")
    assert second["took"]["first_token_ms"] > 0
    assert second["took"]["duration_ms"] >= second["took"]["first_token_ms"]
    receipts = [await talk.receipt(answer) for answer in (first, second)]
    assert receipts[0]["turns"] == receipts[1]["turns"]
    assert [message["role"] for message in await talk.messages()] == [
        "user",
        "assistant",
        "assistant",
    ]


async def test_one_answer_has_no_round(talk, both):
    asked = await talk.send("Which bird?", model_ids=both[:1])
    assert len(asked["answers"]) == 1
    assert (await talk.ended(asked["answer"]["id"]))["round_id"] == ""


async def test_a_command_needs_no_model_and_answers_once(talk, both):
    asked = await talk.send("/help", model_ids=both)
    assert len(asked["answers"]) == 1
    assert (await talk.ended(asked["answer"]["id"]))["receipt"] is None


@pytest.mark.parametrize(
    ("ids", "says"),
    [(["a/1", "a/1"], "twice"), ([f"a/{number}" for number in range(5)], "at most 4")],
)
async def test_too_many_or_the_same_model_twice_is_refused(talk, ids, says):
    refused = await talk.send("Which bird?", model_ids=ids)
    assert refused["status"] == 400
    assert says in refused["message"]
    assert await talk.messages() == []


async def test_one_that_fails_hurts_no_other(talk, both, other):
    missing = "nobody/nothing"
    asked = await talk.send("Which bird?", model_ids=[*both, f"{other['id']}/beta-500", missing])
    ended = await all_ended(talk, asked)
    assert [answer["status"] for answer in ended] == ["complete", "complete", "failed", "failed"]
    assert "status 500" in ended[2]["failure"]["message"]
    assert ended[3]["failure"]["hint"]


async def test_one_is_stopped_and_the_others_go_on(talk, both, api, upstream):
    asked = await talk.send("100 tokens at 50/s", model_ids=both)
    first, second = asked["answers"]
    await talk.until(first["id"], lambda found: "t3" in found["text"])
    stopped = await api("POST", f"/messages/{first['id']}/stop")
    assert stopped["status"] == "stopped"
    await upstream.was_left()
    ended = await talk.ended(second["id"])
    assert ended["status"] == "complete"
    assert ended["text"] == "".join(f"t{number} " for number in range(100))


async def test_one_is_tried_again_in_its_place(talk, both, other, api):
    asked = await talk.send("Which bird?", model_ids=[both[0], f"{other['id']}/beta-500"])
    _, failed = await all_ended(talk, asked)
    again = await api("POST", f"/messages/{failed['id']}/retry")
    assert again["id"] != failed["id"]
    assert (again["round_id"], again["model_id"]) == (failed["round_id"], failed["model_id"])
    await talk.ended(again["id"])


async def test_the_conversation_goes_on_from_the_one_that_is_kept(talk, both, api, upstream):
    asked = await talk.send("Which bird?", model_ids=both)
    first, second = await all_ended(talk, asked)
    question = await api("POST", f"/messages/{second['id']}/keep")
    assert (question["id"], question["kept_id"]) == (asked["question"]["id"], second["id"])
    assert (await talk.messages())[0]["kept_id"] == second["id"]
    talk.last = second["id"]
    answer = await talk.ask("And then?", model_id=both[1])
    sent = (await talk.receipt(answer))["turns"]
    assert [turn["role"] for turn in sent] == ["system", "user", "assistant", "user"]
    assert sent[2]["content"] == second["text"]
    # Nothing is overwritten: whoever asks on below the other one keeps that one.
    talk.last = first["id"]
    await talk.ask("And otherwise?")
    messages = await talk.messages()
    assert messages[0]["kept_id"] == first["id"]
    assert len(messages) == 7
    refused = await api("POST", f"/messages/{question['id']}/keep")
    assert refused["status"] == 400


async def test_the_transcript_follows_the_kept_answer(talk, both, api, reader):
    asked = await talk.send("Which bird?", model_ids=both)
    first, second = await all_ended(talk, asked)
    last = (await reader.app.chat.transcript(talk.id))[-1]
    assert last.id == max(first["id"], second["id"])
    await api("POST", f"/messages/{first['id']}/keep")
    assert (await reader.app.chat.transcript(talk.id))[-1].id == first["id"]


async def test_a_new_try_of_a_kept_answer_is_kept(talk, both, api):
    asked = await talk.send("Which bird?", model_ids=both)
    first, _ = await all_ended(talk, asked)
    await api("POST", f"/messages/{first['id']}/keep")
    again = await api("POST", f"/messages/{first['id']}/retry")
    await talk.ended(again["id"])
    assert again["round_id"] == ""
    assert (await talk.messages())[0]["kept_id"] == again["id"]


async def test_further_models_join_an_answer_that_is_there(talk, both, api, other):
    answer = await talk.ask("Which bird?", model_id=both[0])
    joined = await api("POST", f"/messages/{answer['id']}/compare", {"model_ids": both[1:]})
    assert [await talk.ended(one["id"]) for one in joined]
    question, first, second = await talk.messages()
    assert first["round_id"] == second["round_id"] != ""
    assert (first["model_id"], second["model_id"]) == tuple(both)
    assert (first["text"], question["kept_id"]) == (answer["text"], "")
    for body, status in (
        ({"model_ids": both[1:]}, 400),
        ({"model_ids": []}, 400),
        ({"model_ids": ["a/1", "a/2", "a/3"]}, 400),
    ):
        refused = await api("POST", f"/messages/{answer['id']}/compare", body)
        assert refused["status"] == status
        assert refused["hint"]
    refused = await api("POST", f"/messages/{question['id']}/compare", {"model_ids": both})
    assert refused["status"] == 400


async def test_a_default_answer_is_known_by_its_model_once_it_is_compared(talk, both, api):
    answer = await talk.ask("Which bird?")
    assert answer["model_id"] == ""
    refused = await api("POST", f"/messages/{answer['id']}/compare", {"model_ids": both[:1]})
    assert "twice" in refused["message"]
    await api("POST", f"/messages/{answer['id']}/compare", {"model_ids": both[1:]})
    assert (await talk.messages())[1]["model_id"] == both[0]


async def test_hidden_names_are_shuffled(talk, both, reader):
    reader.app.chat._shuffle = lambda ids: ids.reverse()
    asked = await talk.send("Which bird?", model_ids=both, is_blind=True)
    assert asked["question"]["is_blind"]
    assert [answer["model_id"] for answer in asked["answers"]] == both[::-1]


async def test_each_stream_is_told_without_a_gap(talk, both, reader):
    asked = await talk.send("60 tokens at 100/s", model_ids=both)
    ended = await all_ended(talk, asked)
    await asyncio.sleep(0.05)
    for answer in ended:
        grown = [e for e in reader.of("MessageGrew") if e["message_id"] == answer["id"]]
        assert "".join(event["text"] for event in grown) == answer["text"]
        told = [
            event["message"]["status"]
            for event in reader.of("MessageChanged")
            if event["message"]["id"] == answer["id"]
        ]
        assert (told[0], told[-1]) == ("streaming", "complete")


async def test_every_request_is_counted_for_its_person_and_conversation(talk, both, reader):
    seen = []
    complete = reader.app.models.complete

    def listen(completion, caller, *rest):
        seen.append(caller)
        return complete(completion, caller, *rest)

    reader.app.models.complete = listen
    await all_ended(talk, await talk.send("Which bird?", model_ids=both))
    assert len(seen) == 2
    assert {(one.kind, one.conversation_id) for one in seen} == {("chat", talk.id)}
    assert all(one.person for one in seen)
