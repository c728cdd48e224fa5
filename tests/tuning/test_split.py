"""Doubles, and the split: nothing that is measured with was learned."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sponde_server.tuning.likeness import question, without_doubles
from sponde_server.tuning.records import (
    LeftOutReason,
    Liking,
    SetPart,
    TrainingMessage,
    TrainingRow,
)
from sponde_server.tuning.split import split

LONG = "First read the file, then group the strikes by state and add up what they cost in all."


def row(conversation, asked, answer="An answer.", **more):
    return TrainingRow(
        set_id="s",
        version=1,
        position=0,
        messages=(
            TrainingMessage(role="user", content=asked),
            TrainingMessage(role="assistant", content=answer),
        ),
        conversation_id=conversation,
        title="",
        message_id=f"{conversation}-{asked}",
        model="tiny",
        is_local=True,
        rating=more.pop("rating", Liking.NONE),
        tokens=10,
        **more,
    )


def reasons(*given_rows):
    return [one.reason for one in without_doubles(given_rows)]


def test_the_same_question_and_answer_stays_once():
    one = row("a", "q?", LONG)
    assert reasons(one, row("b", "q?", LONG)).count(LeftOutReason.DUPLICATE) == 1
    assert reasons(one, row("b", "q? ", f" {LONG}")).count(None) == 1


def test_nearly_the_same_stays_once_and_the_liked_one_is_kept():
    many = " ".join(f"word{n}" for n in range(60))
    liked = row("a", "q?", many, rating=Liking.LIKED)
    later = row("b", "q?", many + " more")
    assert reasons(liked, later) == [None, LeftOutReason.NEAR_DUPLICATE]
    assert reasons(later, liked) == [LeftOutReason.NEAR_DUPLICATE, None]


def test_another_answer_to_the_same_question_is_no_double():
    assert reasons(row("a", "q?", LONG), row("b", "q?", "Use SQL instead.")) == [None, None]


def test_what_is_left_out_already_makes_no_other_row_a_double():
    gone = replace(row("a", "q?", LONG), reason=LeftOutReason.FAILED)
    assert reasons(gone, row("b", "q?", LONG)) == [LeftOutReason.FAILED, None]


def test_conversations_and_questions_stay_together():
    made = [row(f"c{n % 7}", f"question {n % 11}") for n in range(60)]
    made += [row(f"d{n}", f"only {n}") for n in range(40)]
    parts = split(made, 0.2, 0)
    places: dict[tuple[str, str], set[SetPart]] = {}
    for one in parts:
        places.setdefault(("conversation", one.conversation_id), set()).add(one.part)
        places.setdefault(("question", question(one)), set()).add(one.part)
    assert all(len(found) == 1 for found in places.values())
    kept_back = sum(one.part is SetPart.VALIDATION for one in parts)
    assert 15 <= kept_back <= 25


def test_the_same_question_in_other_letters_does_not_leak():
    made = [row(f"c{n}", text) for n, text in enumerate(["Total cost?", "total  COST", "Hello"])]
    for seed in range(20):
        parts = split(made, 0.5, seed)
        assert parts[0].part is parts[1].part


def test_the_seed_decides_and_the_same_seed_decides_alike():
    made = [row(f"c{n}", f"q{n}") for n in range(30)]
    assert split(made, 0.3, 1) == split(made, 0.3, 1)
    assert split(made, 0.3, 1) != split(made, 0.3, 2)


def test_a_row_that_comes_later_moves_few_others():
    made = [row(f"c{n}", f"q{n}") for n in range(50)]
    before = {one.message_id: one.part for one in split(made, 0.2, 0)}
    after = split([*made, row("new", "new")], 0.2, 0)
    assert sum(before.get(one.message_id, one.part) is not one.part for one in after) <= 1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
@given(
    places=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30),
    seed=st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_there_is_always_something_to_train_on(share, places, seed):
    parts = split([row(f"c{a}", f"q{b}") for a, b in places], share, seed)
    kept_back = sum(one.part is SetPart.VALIDATION for one in parts)
    assert kept_back < len(parts)
    assert kept_back <= len(parts) // 2 + 1
    if share == 0:
        assert kept_back == 0


def test_thousands_of_rows_are_compared_in_seconds():
    texts = (f"{LONG} Number {n}, {n * 7} of {n * 3}." for n in range(4000))
    made = [row(f"c{n}", f"question {n}?", text) for n, text in enumerate(texts)]
    began = time.process_time()
    without_doubles(made)
    assert time.process_time() - began < 20
