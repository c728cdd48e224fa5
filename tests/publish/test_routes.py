import json

import nbformat
import pytest


@pytest.fixture
def conversation(run, jp_serverapp):
    """Put a conversation into the history: a question, and an answer with code."""
    from sponde_server.chat import store
    from sponde_server.chat.conversations import store as conversations
    from sponde_server.chat.records import Conversation, Message
    from sponde_server.models.records import Role

    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    talk = Conversation(title="Which / birds?")
    asked = Message(conversation_id=talk.id, role=Role.USER, text="Which?")
    answer = Message(
        conversation_id=talk.id,
        role=Role.ASSISTANT,
        text="So:\n```python\nprint(5)\n```",
        parent_id=asked.id,
    )
    run(app.database.write(conversations.add, talk))
    run(app.database.write(store.add_asked, talk, asked, answer))
    return talk


async def test_nothing_is_published_at_first(api):
    assert await api("GET", "/publications") == []


async def test_publishing_again_updates_and_keeps_the_address(api, write_notebook):
    write_notebook("a/report.ipynb", "1")
    first = await api("POST", "/publications", {"source": "a/report.ipynb"})
    again = await api("POST", "/publications", {"source": "/a/report.ipynb", "name": "Sales"})
    assert again["id"] == first["id"]
    assert again["updated_at"] > first["updated_at"]
    [listed] = await api("GET", "/publications")
    assert listed["publication"] == again
    assert listed["publication"]["name"] == "Sales"
    assert listed["address"] == f"sponde/dashboards/{first['id']}"


async def test_a_notebook_that_is_gone_is_said_to_be(api, write_notebook):
    path = write_notebook("report.ipynb", "1")
    made = await api("POST", "/publications", {"source": "report.ipynb"})
    path.unlink()
    [listed] = await api("GET", "/publications")
    assert listed["standing"] == "missing"
    refused = await api("POST", f"/publications/{made['id']}/update")
    assert refused["status"] == 404
    assert "'report.ipynb' is not there" in refused["message"]


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        ("nowhere.ipynb", 404, "'nowhere.ipynb' is not there"),
        ("data.csv", 400, "is not a notebook"),
        ("../outside.ipynb", 403, "outside the folder"),
        ("broken.ipynb", 400, "cannot be read as a notebook"),
    ],
)
async def test_what_cannot_be_published_is_refused_in_a_sentence(
    api, jp_root_dir, source, status, words
):
    (jp_root_dir / "data.csv").write_text("a,b")
    (jp_root_dir / "broken.ipynb").write_text("{")
    refused = await api("POST", "/publications", {"source": source})
    assert refused["status"] == status
    assert words in refused["message"]
    assert refused["hint"]
    assert await api("GET", "/publications") == []


async def test_a_withdrawn_publication_is_published_anew_under_a_new_address(api, write_notebook):
    write_notebook("report.ipynb", "1")
    old = await api("POST", "/publications", {"source": "report.ipynb"})
    await api("DELETE", f"/publications/{old['id']}")
    new = await api("POST", "/publications", {"source": "report.ipynb"})
    assert new["id"] != old["id"]
    refused = await api("POST", f"/publications/{old['id']}/restore")
    assert refused["status"] == 409
    assert (await api("POST", f"/publications/{old['id']}/update"))["status"] == 404
    assert (await api("DELETE", "/publications/none"))["status"] == 404


async def test_a_conversation_is_saved_as_a_notebook_beside_the_others(
    api, jp_root_dir, conversation
):
    saved = await api("POST", f"/conversations/{conversation.id}/export", {"format": "notebook"})
    assert saved == {"path": "Which birds.ipynb"}
    made = nbformat.read(jp_root_dir / saved["path"], as_version=4)
    assert made.cells[-1].source == "print(5)"
    body = {"format": "notebook", "folder": "talks"}
    again = await api("POST", f"/conversations/{conversation.id}/export", body)
    more = await api("POST", f"/conversations/{conversation.id}/export", body)
    assert again == {"path": "talks/Which birds.ipynb"}
    assert more == {"path": "talks/Which birds 2.ipynb"}


@pytest.mark.parametrize(
    ("kind", "ending", "words"),
    [
        ("notebook", "ipynb", '"cells"'),
        ("markdown", "md", "> **Question:** Which?"),
        ("html", "html", "<section"),
    ],
)
async def test_a_conversation_is_downloaded(jp_fetch, conversation, kind, ending, words):
    answer = await jp_fetch(
        "sponde", "api", "conversations", conversation.id, "export", params={"format": kind}
    )
    assert f"Which%20birds.{ending}" in answer.headers["Content-Disposition"]
    assert words in answer.body.decode()


async def test_an_unknown_conversation_or_format_is_refused(api, conversation):
    refused = await api("GET", "/conversations/none/export")
    assert refused["status"] == 404
    refused = await api("GET", f"/conversations/{conversation.id}/export", format="pdf")
    assert refused["status"] == 400
    assert "'pdf'" in json.dumps(refused)
