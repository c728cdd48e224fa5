import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sponde_server.chat.continuation import (
    MARK,
    Way,
    above,
    bounded,
    ended,
    family_of,
    is_enough,
    prompt_of,
    turns_of,
    ways,
)


@pytest.mark.parametrize(
    ("text", "before", "after", "kept"),
    [
        ("1 + 2", "x = ", "", "1 + 2"),
        ("```python\n1 + 2\n```", "x = ", "", "1 + 2"),
        ("```\n1 + 2", "x = ", "", "1 + 2"),
        ("x = 1 + 2", "x = ", "", "1 + 2"),
        ("import a\nx = 3", "import a\nx = ", "", "3"),
        ("a + b)", "f(", ")", "a + b"),
        ("a, b\ny = 2", "f(", ", c)", "a, b"),
        ("1\ny = 2\n", "x = ", "\ny = 2\nz = 3", "1\ny = 2"),
        ("1\nlonger_line = 2", "x = ", "\nlonger_line = 2\nz = 3", "1"),
        ("a\n    b\n\nother()", "def f():\n    ", "", "a\n    b"),
        ("pass\n\n    y = 2\n\nz", "def f():\n    x = 1\n    ", "", "pass"),
        ("\n    a\n\n    b\n\nc", "def f():", "", "\n    a\n\n    b"),
        ("    return 1", "def f():\n    ", "", "return 1"),
        (f"1{MARK}", "x = ", "", "1"),
        ("   \n\n", "x", "", ""),
        ("", "x", "", ""),
        ("a\r\nb", "", "", "a\nb"),
        ("1\n2\n3\n4\n5", "", "", "1\n2\n3\n4"),
    ],
)
def test_a_proposal_ends_where_it_makes_sense_and_repeats_nothing(text, before, after, kept):
    assert ended(text, before, after, 4) == kept


def test_half_a_line_is_left_out_of_an_answer_that_was_cut():
    assert ended("a = 1\nb = so", "", "", 5, is_cut=True) == "a = 1"
    assert ended("so far", "", "", 5, is_cut=True) == "so far"


@settings(max_examples=300, deadline=None)
@given(some.text(), some.text(), some.text(), some.integers(1, 20), some.booleans())
def test_whatever_a_model_writes_stays_short_and_breaks_nothing(text, before, after, lines, is_cut):
    kept = ended(text, before, after, lines, is_cut=is_cut)
    assert kept.count("\n") < lines
    assert is_enough(text, before, after, lines) in (True, False)


def test_an_answer_is_enough_once_it_holds_its_end():
    assert not is_enough("a\nb", "", "", 3)
    assert is_enough("a\nb\nc\nd\ne", "", "", 3)
    assert is_enough("a\nb", "f(", "x, y)", 3)
    assert not is_enough("a\nb", "f(", ")", 3)


@pytest.mark.parametrize(
    ("name", "fills"),
    [
        ("Qwen/Qwen2.5-Coder-7B", True),
        ("qwen2.5-coder:1.5b", True),
        ("bigcode/starcoder2-3b", True),
        ("codellama/CodeLlama-7b-hf", True),
        ("codestral-latest", True),
        ("deepseek-coder-6.7b-base", True),
        ("gpt-5", False),
        ("claude-sonnet", False),
        ("Qwen2.5-7B-Instruct", False),
    ],
)
def test_models_that_were_trained_to_fill_a_gap_are_known_by_name(name, fills):
    assert (family_of(name) is not None) == fills
    assert ways(name, is_ours=False)[0] is (Way.SUFFIX if fills else Way.CHAT)
    assert ways(name, is_ours=True)[0] is (Way.MARKED if fills else Way.CHAT)


def test_marks_in_the_cell_are_not_the_models_marks():
    family = family_of("qwen2.5-coder")
    assert family is not None
    body = prompt_of(family, Way.MARKED, "Columns: a", "x = '<|fim_suffix|>'", "y", "python")
    assert body["prompt"] == ("<|fim_prefix|># Columns: a\nx = ''<|fim_suffix|>y<|fim_middle|>")
    body = prompt_of(family, Way.SUFFIX, "", "{after}", "b", "sql")
    assert body == {"prompt": "{after}", "suffix": "b"}


def test_a_model_that_is_asked_in_words_reads_cells_data_and_the_cursor():
    system, user = turns_of("Dataset birds", "import x", "y = ", "\nz", "python")
    assert MARK in system.content
    assert user.content == (
        "Dataset birds\n\nThe cells above:\n\n```python\nimport x\n```\n\n"
        f"The cell:\n\n```python\ny = {MARK}\nz\n```"
    )


def test_what_is_sent_is_bounded_and_keeps_whole_lines_nearest_to_the_cursor():
    assert bounded("first\nsecond\nthird", 11, is_end=True) == "third"
    assert bounded("first\nsecond\nthird", 13, is_end=False) == "first\nsecond"
    assert bounded("x" * 20, 5, is_end=True) == "xxxxx"
    assert above(["a" * 50, "bb", "", "cc"], 20) == "bb\n\ncc"
