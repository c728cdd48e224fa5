from sponde_server.chat import prompt
from sponde_server.chat.records import Message, NamedBlock
from sponde_server.models.records import Role


def said(*texts):
    """Make a branch of questions and answers in turn."""
    roles = [Role.USER, Role.ASSISTANT]
    return [
        Message(conversation_id="c", role=roles[place % 2], text=text)
        for place, text in enumerate(texts)
    ]


QUESTION = Message(conversation_id="c", role=Role.USER, text="and now?")


def test_a_hello_costs_few_tokens():
    assert prompt.tokens(prompt.build([], QUESTION)) < 100


def test_the_past_comes_in_order_between_instructions_and_question():
    turns = prompt.build(said("one?", "one.", "two?", "two."), QUESTION)
    assert [turn.role for turn in turns] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert [turn.content for turn in turns[1:]] == ["one?", "one.", "two?", "two.", "and now?"]


def test_turns_always_alternate_whatever_went_wrong_before():
    turns = prompt.build(said("one?", "", "two?", "two."), QUESTION)
    assert [turn.content for turn in turns[1:]] == ["two?", "two.", "and now?"]


def test_the_oldest_is_left_out_first_and_never_the_question():
    branch = said("old?", "o" * 400, "new?", "n" * 40)
    turns = prompt.build(branch, QUESTION, history_tokens=50)
    assert [turn.content for turn in turns[1:]] == ["new?", "n" * 40, "and now?"]
    turns = prompt.build(branch, QUESTION, history_tokens=0)
    assert [turn.content for turn in turns[1:]] == ["and now?"]


def test_what_was_named_stands_in_front():
    block = NamedBlock(id="b", name="clean", language="python", code="x = '```'")
    turns = prompt.build([], QUESTION, ["Dataset sales: 3 rows."], [block])
    assert "Dataset sales: 3 rows." in turns[0].content
    assert "Code block `clean`:\n\n````python\nx = '```'\n````" in turns[0].content
