"""An answer that was cut is gone on with, beside it, without a word twice."""

import re

import pytest

from sponde_server.chat.continuing import Joint

WHOLE = "You asked: {} - and this is the scripted answer, in a few words. 🐦"


def joined(begun, *pieces):
    joint = Joint(begun)
    return begun + "".join([joint.push(piece) for piece in pieces]) + joint.end()


@pytest.mark.parametrize(
    ("begun", "pieces", "whole"),
    [
        ("The cat sat", [" on", " the mat."], "The cat sat on the mat."),
        # What is said again is left out, however it is cut.
        ("The cat sat on the", ["cat sat", " on the mat."], "The cat sat on the mat."),
        ("The cat sat on the", list("sat on the mat, sat on the mat."), None),
        ("for i in ran", ["range(10):"], "for i in range(10):"),
        ("for i in ran", ["ge(10):"], "for i in range(10):"),
        # A short chance is none.
        ("ha ha", [" ha"], "ha ha ha"),
        ("It is a c", ["cat"], "It is a ccat"),
        ("no", ["no"], "nono"),
        # A block that was cut is not opened again.
        ("Here:\n\n```python\nimport os\nprint(", ["```python\n", "os.getcwd())\n```\n"], None),
        ("A\n\nB", ["", "\n\nC"], "A\n\nB\n\nC"),
    ],
)
def test_what_comes_is_joined_without_what_was_said_again(begun, pieces, whole):
    made = joined(begun, *pieces)
    if whole is not None:
        assert made == whole
    elif "```" in begun:
        assert made == "Here:\n\n```python\nimport os\nprint(os.getcwd())\n```\n"
    else:
        assert made == "The cat sat on the mat, sat on the mat."


@pytest.mark.parametrize("word", ["cut", "length"])
async def test_a_cut_answer_is_gone_on_with_beside_it(talk, model, api, upstream, word):
    cut = await talk.ask(f"{word} this please")
    assert cut["status"] in ("interrupted", "truncated")
    asked = await api("POST", f"/messages/{cut['id']}/continue")
    answer = await talk.ended(asked["id"])
    assert answer["status"] == "complete"
    assert answer["text"] == WHOLE.format(f"{word} this please")
    assert answer["parent_id"] == cut["parent_id"]
    assert answer["continues_id"] == cut["id"]
    assert (await api("GET", f"/messages/{cut['id']}"))["text"] == cut["text"]
    sent = upstream.requests()[-1]["body"]
    assert sent["messages"][-1] == {"role": "assistant", "content": cut["text"]}
    assert sent["continue_final_message"] is True
    receipt = await talk.receipt(answer)
    assert receipt["turns"][-1]["content"] == cut["text"]


async def test_elsewhere_a_model_is_asked_in_words_and_repeats_nothing(
    talk, model, api, upstream, reader
):
    async def elsewhere(model_id):
        return False

    reader.app.models.takes_beginning = elsewhere
    cut = await talk.ask("cut this please")
    answer = await talk.ended((await api("POST", f"/messages/{cut['id']}/continue"))["id"])
    assert answer["text"] == WHOLE.format("cut this please")
    sent = upstream.requests()[-1]["body"]["messages"]
    assert sent[-2]["content"] == cut["text"]
    assert sent[-1]["content"].startswith("Go on exactly")
    receipt = await talk.receipt(answer)
    assert receipt["turns"][-1]["content"] == sent[-1]["content"]


async def test_the_tab_joins_it_where_it_was(talk, model, api, reader):
    cut = await talk.ask("cut this please")
    answer = await talk.ended((await api("POST", f"/messages/{cut['id']}/continue"))["id"])
    pieces = [one for one in reader.of("MessageGrew") if one["message_id"] == answer["id"]]
    assert pieces[0]["at"] == len(cut["text"])
    assert cut["text"] + "".join(piece["text"] for piece in pieces) == answer["text"]


async def test_what_was_not_cut_cannot_be_gone_on_with(talk, model, api):
    whole = await talk.ask("Hello")
    refused = await api("POST", f"/messages/{whole['id']}/continue")
    assert refused["status"] == 409
    assert refused["hint"]
    question = await api("POST", f"/messages/{whole['parent_id']}/continue")
    assert question["status"] == 400
    failed = await talk.ask("/nonsense")
    assert (await api("POST", f"/messages/{failed['id']}/continue"))["status"] == 409


async def test_thoughts_are_kept_beside_the_answer_and_not_sent_on(talk, model, upstream, reader):
    answer = await talk.ask("thinking of it")
    assert answer["thoughts"] == "Let me think about it."
    assert answer["thought_ms"] >= 0
    assert "Let me" not in answer["text"]
    told = [one for one in reader.of("MessageThought") if one["message_id"] == answer["id"]]
    assert "".join(one["text"] for one in told) == answer["thoughts"]
    await talk.ask("And now?")
    assert "Let me think" not in str(upstream.requests()[-1]["body"])


async def test_the_person_sees_that_a_busy_model_is_asked_again(talk, model, api, upstream, reader):
    reader.app.models.longest_pause = 0.05
    asked = await talk.send("500 please")
    answer = await talk.ended(asked["answer"]["id"])
    assert answer["status"] == "failed"
    waits = reader.of("AnswerWaits")
    assert [wait["message_id"] for wait in waits] == [answer["id"]] * 2
    assert re.search("status 500", waits[0]["why"])
    assert len(upstream.requests()) == 3
