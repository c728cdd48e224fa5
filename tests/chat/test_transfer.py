"""Conversations leave as a file and come back exactly; whatever is wrong with one is said."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sponde_server.chat.conversations import transfer
from sponde_server.chat.conversations.records import Folder
from sponde_server.chat.records import (
    Conversation,
    Failure,
    Message,
    MessageStatus,
    Opinion,
    Rating,
    Receipt,
    Reference,
    ReferenceKind,
    Took,
)
from sponde_server.core.errors import Invalid, TooLarge
from sponde_server.core.record import new_id
from sponde_server.models.records import Role, Turn, Usage
from sponde_server.tools.records import CallStatus, Output, ToolCall, ToolResult

LIMIT = 10_000_000
BEGAN = datetime(2026, 10, 3, 12, 30, 1, 250, UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXTS | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
OUTPUTS = st.builds(Output, mime=st.sampled_from(["text/html", "application/json"]), data=JSON)
REFERENCES = st.builds(
    Reference, kind=st.sampled_from(ReferenceKind), name=TEXTS, id=TEXTS, path=TEXTS, text=TEXTS
)
CALLS = st.builds(
    ToolCall,
    tool=TEXTS,
    label=TEXTS,
    arguments=st.dictionaries(TEXTS, JSON, max_size=2),
    at=st.integers(0, 99),
    status=st.sampled_from([s for s in CallStatus if s not in ("waiting", "running")]),
    result=st.none() | st.builds(ToolResult, text=TEXTS, outputs=st.tuples(OUTPUTS)),
    call_id=TEXTS,
    began_at=st.just(BEGAN),
)


@st.composite
def trees(draw):
    """Make a conversation of any shape: questions below answers, answers below questions."""
    conversation = Conversation(
        title=draw(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20)),
        created_at=BEGAN,
        updated_at=BEGAN + timedelta(minutes=draw(st.integers(0, 99))),
        is_named=draw(st.booleans()),
        is_pinned=draw(st.booleans()),
        is_archived=draw(st.booleans()),
    )
    messages, receipts, ratings = [], {}, {}
    rounds = [new_id(), new_id()]
    for number in range(draw(st.integers(0, 12))):
        parent = draw(st.sampled_from([None, *messages]))
        is_answer = parent is not None and parent.role is Role.USER
        message = Message(
            conversation_id=conversation.id,
            role=Role.ASSISTANT if is_answer else Role.USER,
            text=draw(TEXTS),
            parent_id=parent.id if parent else None,
            status=draw(st.sampled_from([s for s in MessageStatus if s != "streaming"])),
            references=tuple(draw(st.lists(REFERENCES, max_size=2))),
            outputs=tuple(draw(st.lists(OUTPUTS, max_size=2))) if is_answer else (),
            calls=tuple(draw(st.lists(CALLS, max_size=1))) if is_answer else (),
            usage=draw(st.none() | st.just(Usage(prompt_tokens=3, completion_tokens=4, cost=0.25))),
            took=draw(st.none() | st.just(Took(duration_ms=12.5))),
            failure=draw(st.none() | st.just(Failure(message="m", code="c", hint="h"))),
            round_id=draw(st.sampled_from(["", *rounds])) if is_answer else "",
            model_id=draw(TEXTS),
            created_at=BEGAN + timedelta(seconds=number),
        )
        messages.append(message)
        if is_answer and draw(st.booleans()):
            at = next(n for n, m in enumerate(messages) if m.id == message.parent_id)
            messages[at] = replace(messages[at], kept_id=message.id)
        if is_answer and draw(st.booleans()):
            receipts[message.id] = Receipt(
                model="m",
                provider="p",
                address="a",
                is_local=True,
                tokens=3,
                turns=(Turn(role=Role.USER, content=draw(TEXTS)),),
            )
        if is_answer and draw(st.booleans()):
            ratings[message.id] = Rating(
                id=message.id,
                conversation_id=conversation.id,
                verdict=draw(st.sampled_from(Opinion)),
                text=draw(TEXTS),
                rated_at=BEGAN,
            )
    folder = draw(st.sampled_from([(), ("Reports",), ("Reports", "2026")]))
    return transfer.carry(conversation, folder, messages, receipts, ratings)


@given(st.lists(trees(), min_size=1, max_size=3))
def test_any_tree_is_exported_and_imported_exactly(carried):
    data = transfer.write(carried)
    read, source = transfer.read(data.decode(), "x.json", LIMIT)
    assert source == "Sponde"
    whole = transfer.arrive(read, [])
    folders = {folder.id: folder for folder in whole.folders}
    again = []
    for conversation in whole.conversations:
        path, at = [], conversation.folder_id
        while at:
            path.insert(0, folders[at].name)
            at = folders[at].parent_id
        again.append(
            transfer.carry(
                conversation,
                path,
                [m for m in whole.messages if m.conversation_id == conversation.id],
                whole.receipts,
                {rating.id: rating for rating in whole.ratings},
            )
        )
    assert transfer.write(again) == data
    ids = [message.id for message in whole.messages]
    assert len(set(ids)) == len(ids)


@given(trees())
def test_a_copied_branch_is_a_line_that_ends_where_it_was_asked_to(carried):
    for step in carried.messages:
        line = transfer.branch(carried, step.number)
        assert [s.parent for s in line.messages] == list(range(len(line.messages)))
        assert line.messages[-1].message == replace(step.message, is_blind=False)
        assert transfer.read(transfer.write([line]).decode(), "", LIMIT)[0] == [line]


def test_folders_that_are_there_are_used_again():
    there = Folder(name="Reports")
    one = transfer.carry(Conversation(), ("Reports", "2026"), [], {}, {})
    whole = transfer.arrive([one, one], [there])
    (made,) = whole.folders
    assert (made.name, made.parent_id) == ("2026", there.id)
    assert {conversation.folder_id for conversation in whole.conversations} == {made.id}


def file(**changes):
    """Write a small file, with something wrong in it."""
    question = Message(conversation_id="c", role=Role.USER, text="Hi")
    answer = Message(conversation_id="c", role=Role.ASSISTANT, text="Hello", parent_id=question.id)
    data = json.loads(
        transfer.write([transfer.carry(Conversation(), (), [question, answer], {}, {})])
    )
    for path, value in changes.items():
        *way, last = path.split("__")
        at = data
        for step in way:
            at = at[int(step) if step.isdigit() else step]
        at[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        (file()[:-40], "only a part"),
        ("[" * 100_000 + "]" * 100_000, "deeper than any export"),
        ("{}", "no conversations"),
        ("[]", "no conversations"),
        ('[{"mapping": 3}]', "no conversations"),
        ('"text"', "no conversations"),
        (file(version=2), "a newer Sponde (format 2; this one reads 1)"),
        (file(version="one"), "which version"),
        (file(version=0), "which version"),
        (file(conversations__0__messages__1__parent=2), "message 2"),
        (file(conversations__0__messages__1__parent=7), "message 2"),
        (file(conversations__0__messages__1__parent=0), "message 2"),
        (file(conversations__0__messages__1__number=9), "message 9"),
        (file(conversations__0__messages__0__kept=1), "keeps an answer"),
        (file(conversations__0__messages__0__message__role="tool"), "message 1"),
        (file(conversations__0__messages__0__message__text=3), "text"),
        (file(conversations__0__messages__0__message__secret="x"), "secret"),
        (file(conversations__0__created_at="yesterday"), "created_at"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(text, says):
    with pytest.raises(Invalid) as refused:
        transfer.read(text, "mine.json", LIMIT)
    body = refused.value.body()
    assert says in body["message"]
    assert "mine.json" in body["message"]
    assert body["hint"]


def test_a_file_that_is_too_large_is_refused_with_its_size():
    with pytest.raises(TooLarge, match="MB are allowed"):
        transfer.read(" " * 2_000_001, "mine.json", 1_000_000)


def assert_read_or_refused(text: str) -> None:
    refusal = None
    try:
        transfer.read(text, "mine.json", LIMIT)
    except (Invalid, TooLarge) as refused:
        refusal = refused
    assert refusal is None or refusal.body()["hint"]


@given(st.text() | JSON.map(json.dumps))
def test_no_text_at_all_breaks_the_reading(text):
    assert_read_or_refused(text)


CHATGPT = [
    {
        "title": "Birds  again",
        "create_time": 1_760_000_000.5,
        "mapping": {
            "root": {"message": None, "parent": None, "children": ["s"]},
            "s": {
                "message": {"author": {"role": "system"}, "content": {"parts": [""]}},
                "parent": "root",
            },
            "q": {
                "message": {
                    "author": {"role": "user"},
                    "content": {"content_type": "text", "parts": ["Which bird?", {"image": 1}]},
                    "create_time": 1_760_000_001,
                },
                "parent": "s",
            },
            "a": {
                "message": {
                    "author": {"role": "assistant"},
                    "content": {"content_type": "code", "text": "print(1)"},
                    "metadata": {"model_slug": "gpt-5"},
                },
                "parent": "q",
            },
            "t": {
                "message": {"author": {"role": "tool"}, "content": {"parts": ["1"]}},
                "parent": "a",
            },
            "a2": {
                "message": {"author": {"role": "assistant"}, "content": {"parts": ["One."]}},
                "parent": "t",
            },
            "b": {
                "message": {"author": {"role": "assistant"}, "content": {"parts": ["Other."]}},
                "parent": "q",
            },
        },
    }
]
WEB_UI = [
    {
        "id": "x",
        "title": "Outer",
        "created_at": 1_760_000_000,
        "chat": {
            "title": "Inner",
            "history": {
                "currentId": "2",
                "messages": {
                    "1": {"parentId": None, "role": "user", "content": "Hi", "timestamp": 1e9},
                    "2": {"parentId": "1", "role": "assistant", "content": "Yes", "model": "m"},
                    "3": {"parentId": "2", "role": "user", "content": "More", "timestamp": 2e9},
                },
            },
        },
    }
]


def test_an_export_of_chatgpt_is_read_with_its_branches():
    (found,), source = transfer.read(json.dumps(CHATGPT), "", LIMIT)
    assert (source, found.title) == ("ChatGPT", "Birds again")
    assert [(s.parent, s.message.text) for s in found.messages] == [
        (0, "Which bird?"),
        (1, "```\nprint(1)\n```\n\nOne."),
        (1, "Other."),
    ]
    assert found.messages[1].message.model_id == "gpt-5"
    assert found.messages[0].message.created_at.year == 2025
    transfer.arrive([found], [])


def test_an_export_of_open_webui_is_read():
    (found,), source = transfer.read(json.dumps(WEB_UI), "", LIMIT)
    assert (source, found.title) == ("Open WebUI", "Inner")
    assert [(s.parent, s.message.text) for s in found.messages] == [
        (0, "Hi"),
        (1, "Yes"),
        (2, "More"),
    ]


@given(st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4), JSON)
def test_no_export_of_others_breaks_the_reading(mapping, value):
    for data in ([{"mapping": mapping, "title": value}], [{"chat": {"history": value}}]):
        assert_read_or_refused(json.dumps(data))
