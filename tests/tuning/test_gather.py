"""Rows from conversations: what is kept, what is left out and why."""

import pytest

from sponde_server.tuning.gather import roles_fit, rows
from sponde_server.tuning.records import (
    LeftOutReason,
    Liking,
    SecretRule,
    TrainingMessage,
    TrainingSetSettings,
)


def said(row):
    return [(message.role, message.content) for message in row.messages]


def test_each_answer_is_a_row_with_what_was_said_before_it(talk):
    first, second = rows(talk("c", ("one?", "1"), ("two?", "2")), TrainingSetSettings())
    assert said(first) == [("user", "one?"), ("assistant", "1")]
    assert said(second) == [
        ("user", "one?"),
        ("assistant", "1"),
        ("user", "two?"),
        ("assistant", "2"),
    ]


def test_the_instructions_that_were_sent_stay_where_that_is_wished(talk):
    branch = talk("c", ("one?", {"text": "1", "question": {"system": "Be brief."}}))
    assert said(rows(branch, TrainingSetSettings())[0])[0] == ("system", "Be brief.")
    without = rows(branch, TrainingSetSettings(keeps_system=False))[0]
    assert said(without)[0] == ("user", "one?")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"text": "half", "status": "stopped"}, LeftOutReason.CUT),
        ({"text": "half", "status": "truncated"}, LeftOutReason.CUT),
        ({"text": "half", "status": "interrupted"}, LeftOutReason.CUT),
        ({"text": "half", "status": "streaming"}, LeftOutReason.CUT),
        ({"text": "", "status": "failed"}, LeftOutReason.FAILED),
        ({"text": " \n"}, LeftOutReason.EMPTY),
        ({"text": "wrong", "rating": Liking.DISLIKED}, LeftOutReason.DISLIKED),
        ({"text": "a table", "model": ""}, LeftOutReason.NO_MODEL),
        ({"text": "long " * 9000}, LeftOutReason.TOO_LONG),
        ({"text": "fine"}, None),
    ],
)
def test_an_answer_that_is_no_example_is_left_out_with_the_reason(talk, answer, reason):
    assert rows(talk("c", ("q?", answer)), TrainingSetSettings())[0].reason is reason


def test_a_bad_answer_is_no_context_of_the_next_one(talk):
    branch = talk("c", ("one?", {"text": "wrong", "rating": Liking.DISLIKED}), ("two?", "2"))
    assert said(rows(branch, TrainingSetSettings())[1]) == [("user", "two?"), ("assistant", "2")]


def test_context_is_left_out_before_a_row_is(talk):
    branch = talk("c", ("one? " * 40, "1 " * 40), ("two?", "2"))
    row = rows(branch, TrainingSetSettings(most_tokens=20))[1]
    assert row.reason is None
    assert said(row) == [("user", "two?"), ("assistant", "2")]


def test_only_so_many_earlier_questions_are_kept(talk):
    branch = talk("c", *((f"{n}?", f"{n}") for n in range(6)))
    assert len(rows(branch, TrainingSetSettings(earlier=2))[-1].messages) == 6
    assert len(rows(branch, TrainingSetSettings(earlier=0))[-1].messages) == 2


@pytest.mark.parametrize(
    ("rule", "reason", "text"),
    [
        (SecretRule.MASK, None, "write to [e-mail]"),
        (SecretRule.KEEP, None, "write to ann@birds.at"),
        (SecretRule.LEAVE_OUT, LeftOutReason.SECRET, "write to ann@birds.at"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_kept_or_left_out(talk, rule, reason, text):
    row = rows(talk("c", ("q?", "write to ann@birds.at")), TrainingSetSettings(secrets=rule))[0]
    assert row.reason is reason
    assert row.messages[-1].content == text
    assert row.secrets == ("e-mail: ann@…",)


def test_languages_and_datasets_are_noted(talk):
    answer = {
        "text": "```python\n1\n```\n\n```SQL\nSELECT 1\n```",
        "question": {"datasets": ("birds",)},
    }
    row = rows(talk("c", ("q?", answer)), TrainingSetSettings())[0]
    assert row.languages == ("python", "sql")
    assert row.datasets == ("birds",)


@pytest.mark.parametrize(
    ("roles", "fit"),
    [
        ("system user assistant", True),
        ("user assistant user assistant", True),
        ("user", False),
        ("assistant user", False),
        ("user user assistant", False),
        ("user system assistant", False),
        ("", False),
    ],
)
def test_roles_must_alternate(roles, fit):
    made = [TrainingMessage(role=role, content="x") for role in roles.split()]
    assert roles_fit(made) is fit
