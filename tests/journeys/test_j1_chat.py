"""J1: a message becomes a streamed answer, a saved code block, and a cell."""

import os
import signal
import threading
import time

import pytest


@pytest.fixture
def conversation(served):
    return served.call("POST", "/conversations", {})["id"]


@pytest.fixture
def model(served, upstream):
    known = served.call("GET", "/providers")
    if not known:
        served.call("POST", "/providers", {"base_url": upstream.base_url, "name": "Scripted"})
    return upstream


@pytest.fixture(autouse=True)
def fresh(kernel):
    """Begin each test with an empty namespace, and `ask` in it."""
    kernel.run("%reset -f")
    kernel.run("from sponde.asking import ask")


def python_of(answer):
    """Give the Python of an answer as the library finds it."""
    from sponde_server.library.code.extract import fences

    return [fence.code for fence in fences(answer["text"]) if fence.language == "python"]


COMMANDS = [
    "/profile @bird_strikes",
    "/plot @bird_strikes",
    "/plot @bird_strikes Cost Total $",
    "/plot @bird_strikes Speed IAS in knots",
    "/plot @bird_strikes Origin State",
    "/plot @bird_strikes Cost Total $ by Origin State",
    "/plot @bird_strikes Cost Total $ by Speed IAS in knots",
    "/plot @bird_strikes Cost Total $ by Flight Date",
    "/plot @bird_strikes Flight Date by Wildlife Size",
    "/plot @bird_strikes Phase of flight by Time of day",
    "/sql @bird_strikes",
    '/sql @bird_strikes where "Cost Total $" > 1000000 and "Origin State" = \'Texas\'',
    '/sql select "Origin State" as state, \'a\\n"""b\' as odd from @bird_strikes limit 3',
    "/sql select 1 as one",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_code_of_every_command_runs_in_a_kernel_as_it_stands(
    served, kernel, birds, conversation, command
):
    answer = served.ask(conversation, command)
    assert answer["status"] == "complete", answer["failure"]
    (code,) = python_of(answer)
    cell = kernel.run(code)
    assert cell.error is None, (code, cell.error)
    if command.startswith("/plot"):
        assert any("image/png" in out.get("data", {}) for out in cell.outputs)
    else:
        assert any("text/html" in out.get("data", {}) for out in cell.outputs)


def test_the_picture_and_the_notebook_show_the_same_numbers(served, kernel, birds, conversation):
    answer = served.ask(conversation, "/plot @bird_strikes Origin State")
    values = answer["outputs"][0]["data"]["data"]["values"]
    kernel.run(python_of(answer)[0])
    cell = kernel.run("print(dict(counts))")
    counted = eval(cell.outputs[-1]["text"].replace("np.int64", "int"))
    assert counted == {value["name"]: value["n"] for value in values}
    answer = served.ask(conversation, "/plot @bird_strikes Speed IAS in knots")
    values = answer["outputs"][0]["data"]["data"]["values"]
    kernel.run(python_of(answer)[0])
    cell = kernel.run("import numpy as np; print(np.histogram(values, bins=edges)[0].tolist())")
    assert eval(cell.outputs[-1]["text"]) == [value["n"] for value in values]


def test_a_message_becomes_an_answer_a_block_and_a_cell(served, kernel, model, conversation):
    answer = served.ask(conversation, "code please")
    assert answer["status"] == "complete"
    code = python_of(answer)[0]
    block = served.call(
        "POST",
        "/code-blocks",
        {"code": code, "language": "python", "tags": [], "message_id": answer["id"]},
    )
    assert block["message_id"] == answer["id"]
    cell = kernel.run(block["code"])
    assert cell.error is None
    assert cell.outputs[-1]["text"] == "45\n"


def test_kill_9_in_the_middle_of_an_answer_loses_only_its_end(served, model, conversation):
    first = served.ask(conversation, "before the fall")
    body = {"text": "400 tokens at 100/s", "parent_id": first["id"]}
    asked = served.call("POST", f"/conversations/{conversation}/messages", body)
    message = f"/messages/{asked['answer']['id']}"
    seen = served.until(message, lambda found: len(found["text"]) > 600)
    served.lab.kill()
    served.lab.start()
    found = served.call("GET", message)
    assert found["status"] == "interrupted"
    assert "The server ended" in found["failure"]["message"]
    assert found["failure"]["hint"]
    receipt = served.call("GET", f"{message}/receipt")
    assert receipt["turns"][-1]["content"] == body["text"]
    # Told every 50 ms, kept every 250 ms: half a second of it at most is lost.
    assert len(found["text"]) >= len(seen["text"]) - 300
    assert found["text"] == "".join(f"t{i} " for i in range(400))[: len(found["text"])]
    messages = served.call("GET", f"/conversations/{conversation}/messages")
    assert [m["text"] for m in messages[:3]] == ["before the fall", first["text"], body["text"]]
    again = served.call("POST", f"{message}/retry")
    served.until(f"/messages/{again['id']}", lambda found: found["status"] == "complete")


def test_kill_9_in_the_middle_of_several_answers_marks_each_of_them(served, model, conversation):
    (provider,) = [p for p in served.call("GET", "/providers") if p["name"] == "Scripted"]
    ids = [f"{provider['id']}/scripted", f"{provider['id']}/scripted-large"]
    body = {"text": "400 tokens at 100/s", "model_ids": ids}
    asked = served.call("POST", f"/conversations/{conversation}/messages", body)
    for answer in asked["answers"]:
        served.until(f"/messages/{answer['id']}", lambda found: len(found["text"]) > 300)
    served.lab.kill()
    served.lab.start()
    found = [served.call("GET", f"/messages/{answer['id']}") for answer in asked["answers"]]
    assert [answer["status"] for answer in found] == ["interrupted", "interrupted"]
    assert [answer["model_id"] for answer in found] == ids
    assert found[0]["round_id"] == found[1]["round_id"] != ""
    assert all(len(answer["text"]) > 100 for answer in found)
    again = served.call("POST", f"/messages/{found[1]['id']}/retry")
    assert (again["round_id"], again["model_id"]) == (found[1]["round_id"], ids[1])
    served.call("POST", f"/messages/{again['id']}/stop")


def test_ask_in_a_cell_streams_and_offers_its_code(served, kernel, model, birds):
    cell = kernel.run("ask('code please', cell=True)")
    assert cell.error is None
    assert "That is all." in cell.text()
    assert len([out for out in cell.outputs if "text/markdown" in out.get("data", {})]) > 1
    (offered,) = [part for part in cell.payload if part["source"] == "set_next_input"]
    assert offered["text"].startswith("import sponde")
    assert offered["replace"] is False


def test_ask_follows_what_was_asked_before(served, kernel, model, upstream):
    kernel.run("ask('code please')")
    kernel.run("ask('what did you say?')")
    sent = [turn["content"] for turn in upstream.requests()[-1]["body"]["messages"]]
    assert "code please" in sent
    assert sent[-1] == "what did you say?"


def test_ask_runs_slash_commands_and_shows_their_pictures(served, kernel, birds):
    cell = kernel.run("ask('/plot @bird_strikes Origin State', cell=True)")
    assert cell.error is None
    assert cell.outputs[-1]["data"]["application/vnd.vegalite.v5+json"]["data"]["values"]
    (offered,) = [part for part in cell.payload if part["source"] == "set_next_input"]
    assert kernel.run(offered["text"]).error is None


def test_ask_says_what_went_wrong(served, kernel, model):
    cell = kernel.run("ask('500')")
    assert cell.error is None
    assert "failed with status 500" in cell.text()
    cell = kernel.run("ask('hello', model='nobody')")
    assert cell.error["ename"] == "SpondeError"
    assert "There is scripted" in cell.error["evalue"]


def test_ask_takes_a_model_by_name(served, kernel, model, upstream):
    assert kernel.run("ask('hello', model='scripted-large')").error is None
    assert upstream.requests()[-1]["body"]["model"] == "scripted-large"


def test_interrupting_the_cell_stops_the_answer(served, kernel, model, upstream):
    def interrupt():
        while not upstream.requests():
            time.sleep(0.05)
        time.sleep(0.5)
        # Not through the manager, which would make this thread a loop and leave it.
        os.kill(kernel.manager.provisioner.pid, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    cell = kernel.run("ask('hang now')")
    thread.join()
    assert cell.error is None
    assert "Stopped." in cell.text()
    for _ in range(3000):
        if upstream.requests()[-1]["left"]:
            return
        time.sleep(0.05)
    raise AssertionError("the request goes on")
