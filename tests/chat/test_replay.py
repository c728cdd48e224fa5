"""A conversation's questions asked again of another model."""

import asyncio

import pytest


@pytest.fixture
def large(model):
    """Name the other model of the scripted server."""
    return f"{model['id']}/scripted-large"


async def until(api, conversation_id, holds):
    for _ in range(1500):
        (replay,) = [
            one
            for one in await api("GET", f"/conversations/{conversation_id}/replays")
            if one["id"] == conversation_id
        ]
        if holds(replay):
            return replay
        await asyncio.sleep(0.02)
    raise AssertionError(replay)


async def done(api, conversation_id):
    return await until(api, conversation_id, lambda replay: replay["status"] != "running")


async def begin(api, talk, model_id, **more):
    return await api("POST", f"/conversations/{talk.id}/replays", {"model_id": model_id, **more})


async def test_the_same_questions_are_asked_in_order_of_another_model(
    talk, large, api, upstream, reader
):
    await talk.ask("One?")
    await talk.ask("/help")
    await talk.ask("Two?")
    upstream.forget()
    replay = await begin(api, talk, large)
    assert (replay["total"], replay["model"], replay["source_id"]) == (3, "scripted-large", talk.id)
    ended = await done(api, replay["id"])
    assert (ended["status"], ended["done"]) == ("complete", 3)
    found = await api("GET", f"/conversations/{replay['id']}/messages")
    assert [message["text"] for message in found[::2]] == ["One?", "/help", "Two?"]
    assert found[1]["receipt"]["model"] == found[5]["receipt"]["model"] == "scripted-large"
    assert found[3]["receipt"] is None
    assert "/profile" in found[3]["text"]
    sent = upstream.requests()
    assert [entry["body"]["model"] for entry in sent] == ["scripted-large"] * 2
    # Each question follows the answers of this model, not those of the other.
    assert found[1]["text"] in [turn["content"] for turn in sent[1]["body"]["messages"]]
    titles = [one["title"] for one in await api("GET", "/conversations")]
    assert "One? on scripted-large" in titles
    assert [one["id"] for one in await api("GET", f"/conversations/{talk.id}/replays")] == [
        replay["id"]
    ]
    told = [event["replay"]["done"] for event in reader.of("ReplayChanged")]
    assert told == sorted(told)
    assert told[-1] == 3


async def test_only_the_chosen_branch_is_replayed(talk, large, api):
    first = await talk.ask("One?")
    await talk.ask("Two?")
    replay = await begin(api, talk, large, message_id=first["id"])
    assert (await done(api, replay["id"]))["total"] == 1


async def test_a_replay_is_stopped_and_gone_on_with(talk, large, api, upstream):
    await talk.ask("One?")
    asked = await talk.send("hang now")
    await talk.until(asked["answer"]["id"], lambda found: found["text"])
    await api("POST", f"/messages/{asked['answer']['id']}/stop")
    replay = await begin(api, talk, large)
    await until(api, replay["id"], lambda found: found["done"] == 1)
    await upstream.was_asked(4)
    await api("POST", f"/replays/{replay['id']}/stop")
    stopped = await done(api, replay["id"])
    assert (stopped["status"], stopped["done"]) == ("stopped", 1)
    resumed = await api("POST", f"/replays/{replay['id']}/resume")
    assert resumed["status"] == "running"
    assert (await api("POST", f"/replays/{replay['id']}/resume"))["status"] == 409
    await upstream.was_asked(5)
    await api("POST", f"/replays/{replay['id']}/stop")
    assert (await done(api, replay["id"]))["status"] == "stopped"
    found = await api("GET", f"/conversations/{replay['id']}/messages")
    # The cut answer was tried again below the same question.
    assert [message["role"] for message in found] == [
        "user",
        "assistant",
        "user",
        "assistant",
        "assistant",
    ]


async def test_a_replay_that_fails_says_why_and_a_failing_command_does_not_end_it(talk, model, api):
    await talk.ask("/profile @nobody")
    await talk.ask("Two 500?")
    await talk.ask("Three?")
    replay = await begin(api, talk, f"{model['id']}/scripted-large")
    failed = await done(api, replay["id"])
    assert (failed["status"], failed["done"]) == ("failed", 1)
    assert "status 500" in failed["failure"]


async def test_what_cannot_be_replayed_is_refused(talk, model, api):
    large = f"{model['id']}/scripted-large"
    assert (await begin(api, talk, large))["status"] == 400
    await talk.ask("One?")
    assert (await begin(api, talk, "nobody/nothing"))["status"] == 404
    assert (await api("POST", f"/replays/{talk.id}/resume"))["status"] == 404
    replay = await begin(api, talk, large)
    await done(api, replay["id"])
    assert (await api("POST", f"/replays/{replay['id']}/resume"))["status"] == 409


async def test_a_replay_that_a_dead_server_left_can_be_gone_on_with(talk, large, api, reader):
    await talk.ask("One?")
    await talk.ask("Two?")
    replay = await begin(api, talk, large)
    await done(api, replay["id"])
    await reader.app.database.write(
        lambda con: (
            con.execute(
                "UPDATE replay SET status = 'running', done = 1 WHERE id = ?", [replay["id"]]
            )
            and None
        )
    )
    reader.app.chat._recovery = None  # as after a start
    cut = await until(api, replay["id"], lambda found: True)
    assert cut["status"] == "interrupted"
    await api("POST", f"/replays/{replay['id']}/resume")
    assert (await done(api, replay["id"]))["status"] == "complete"
