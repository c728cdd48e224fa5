import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sponde_server.chat import measure, prompt
from sponde_server.chat.blocks import blocks_of
from sponde_server.chat.exposure import Past
from sponde_server.chat.measure import Rate
from sponde_server.chat.prompt import Instruction, Room, fenced
from sponde_server.chat.records import CutKind, Passage, ReferenceKind, SentPartKind
from sponde_server.core.errors import TooLarge
from sponde_server.datasets.policies.describe import Description
from sponde_server.datasets.records import Dataset, Policy
from sponde_server.models.records import ToolOffer, Turn


def said(*texts):
    """Make what was asked and answered, in turn."""
    return [Past(question=texts[at], answer=texts[at + 1]) for at in range(0, len(texts), 2)]


def block(name, code, **more):
    """Make a passage of code."""
    return Passage(
        kind=ReferenceKind.CODE_BLOCK,
        name=name,
        title=f"Code block `{name}`",
        text=code,
        language="python",
        **more,
    )


def table(name, rows, **more):
    """Make a passage of a dataset with rows."""
    dataset = Dataset(name=name, path=f"{name}.csv", bytes=1, policy=Policy.EVERYTHING)
    description = Description(
        dataset=dataset,
        schema=f"Dataset {name}: 2 columns.",
        statistics=f"Dataset {name}: 2 columns; mean 4, from 1 to 9, most frequent x.",
        head="a,b",
        rows=tuple(f"{name} row {number},{number}" for number in range(rows)),
    )
    return Passage(
        kind=ReferenceKind.DATASET,
        name=name,
        title="",
        text=description.text(),
        description=description,
        **more,
    )


def test_a_hello_costs_few_tokens():
    assert prompt.build([], "and now?").tokens < 100


def test_the_past_comes_in_order_between_instructions_and_question():
    turns = prompt.build(said("one?", "one.", "two?", "two."), "and now?").turns
    assert [turn.role for turn in turns] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert [turn.content for turn in turns[1:]] == ["one?", "one.", "two?", "two.", "and now?"]


def test_what_an_earlier_answer_asked_of_tools_stands_under_its_words():
    past = [Past(question="one?", answer="one.", calls=('run_sql {"query": "SELECT 1"}',))]
    made = prompt.build(past, "and now?")
    assert made.turns[2].content == (
        "one.\n\nTools that were called for this answer, and what they gave:\n\n"
        'run_sql {"query": "SELECT 1"}'
    )
    part = next(one for one in made.parts if one.kind is SentPartKind.CALLS)
    shown = made.turns[part.turn].content[part.at : part.at + part.length]
    assert (part.name, shown) == ("1", made.turns[2].content[len("one.\n\n") :])
    assert not made.cuts


CALLED = st.lists(
    st.text("tool gave 12\n", min_size=1, max_size=120).map(lambda text: fenced(text, "text")),
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.text("abc .\n", max_size=300), CALLED), max_size=6),
    st.integers(0, 60),
    st.integers(120, 1500),
    st.integers(0, 800),
)
def test_what_tools_gave_is_whole_or_absent_and_goes_first_the_oldest_before_the_rest(
    pairs, rows, tokens, history
):
    past = [
        Past(question=f"question {at}", answer=f"answer {at} {text}", calls=tuple(calls))
        for at, (text, calls) in enumerate(pairs)
    ]
    room = Room(tokens=tokens, history=history)
    try:
        made = prompt.build(past, "now?", [table("sales", rows)], room=room)
    except TooLarge:
        return
    assert made.tokens <= tokens + 1
    answers = [turn.content for turn in made.turns if turn.role == "assistant"]
    kept = past[len(past) - len(answers) :]
    cut = {one.kind: one.count for one in made.cuts}
    are_there = []
    missing = 0
    for pair, answer in zip(kept, answers, strict=True):
        if not pair.calls:
            continue
        note = "\n\n".join((prompt.CALLED, *pair.calls))
        are_there.append(answer.endswith(note))
        assert are_there[-1] or prompt.CALLED not in answer
        missing += 0 if are_there[-1] else len(pair.calls)
    assert are_there == sorted(are_there)
    assert cut.get(CutKind.CALLS, 0) == missing
    if any(are_there):
        others = {CutKind.ROWS, CutKind.STATISTICS, CutKind.TURNS, CutKind.SHORTENED}
        assert not others & set(cut)
    parts = [one for one in made.parts if one.kind is SentPartKind.CALLS]
    assert len(parts) == sum(are_there)


def test_what_was_named_stands_in_front():
    made = prompt.build([], "and now?", [table("sales", 2), block("clean", "x = '```'")])
    assert "sales row 1,1" in made.turns[0].content
    assert "Code block `clean`:\n\n````python\nx = '```'\n````" in made.turns[0].content


def test_the_oldest_is_shortened_then_left_out_and_never_the_question():
    long = "First words. " + "And many more words follow here. " * 40
    code = "```python\nx = 1\n```"
    past = said("old?", f"{long}\n\n{code}", "middle?", f"{long}\n\n{code}", "new?", "short.")
    made = prompt.build(past, "and now?", room=Room(history=150))
    assert [turn.content for turn in made.turns[-3:]] == ["new?", "short.", "and now?"]
    assert made.turns[2].content.startswith("First words.")
    assert made.turns[2].content.endswith(code)
    assert "many more words follow here. And many" not in made.turns[2].content
    assert {cut.kind for cut in made.cuts} <= {CutKind.SHORTENED, CutKind.TURNS}
    none = prompt.build(past, "and now?", room=Room(history=0))
    assert [turn.content for turn in none.turns[1:]] == ["and now?"]
    assert [(cut.kind, cut.count) for cut in none.cuts] == [(CutKind.TURNS, 3)]


def test_rows_go_before_statistics_and_statistics_before_names():
    passages = [table("sales", 200, is_past=True), table("shops", 200)]
    whole = prompt.build([], "and?", passages).tokens
    before = [200, 200, 2]
    for tokens in range(whole, 100, -20):
        try:
            made = prompt.build([], "and?", passages, room=Room(tokens=tokens))
        except TooLarge:
            break
        text = made.turns[0].content
        now = [text.count("sales row"), text.count("shops row"), text.count("mean 4")]
        assert all(later <= earlier for later, earlier in zip(now, before, strict=True))
        # What an earlier question named goes first, and all rows before any statistic.
        assert now[0] == 0 or now[1] == 200
        assert now[2] == 2 or now[:2] == [0, 0]
        before = now
    assert before[:2] == [0, 0]
    assert before[2] < 2


def test_what_the_question_names_is_never_left_out_but_refused():
    code = "total = total + 1\n" * 400
    assert prompt.build([], "and?", [block("big", code, is_past=True)], room=Room(tokens=400)).cuts
    with pytest.raises(TooLarge, match="big"):
        prompt.build([], "and?", [block("big", code)], room=Room(tokens=400))
    with pytest.raises(TooLarge, match="tokens"):
        prompt.build([], "word " * 4000, room=Room(tokens=400))


def test_each_part_is_where_the_receipt_says_also_behind_signs_of_two_units():
    made = prompt.build(
        said("café 🎈?", "naïve 🎈🎈."),
        "🎈 now?",
        [table("sales", 3), block("clean", "x = '🎈'")],
        [Instruction(SentPartKind.PROJECT, ".sponde/instructions.md", "Say 🎈 often.")],
        [ToolOffer(name="t", description="does", parameters={"type": "object"})],
    )
    shown = {}
    for part in made.parts:
        if part.turn >= 0:
            content = made.turns[part.turn].content.encode("utf-16-le")
            shown[part.kind, part.name] = content[2 * part.at : 2 * (part.at + part.length)].decode(
                "utf-16-le"
            )
    assert shown["project", ".sponde/instructions.md"] == "Say 🎈 often."
    assert shown["code_block", "clean"].endswith("x = '🎈'\n```")
    assert shown["dataset", "sales"].endswith("sales row 2,2\n```")
    assert shown["history", "user"] == "café 🎈?"
    assert shown["question", ""] == "🎈 now?"
    assert abs(sum(part.tokens for part in made.parts) - made.tokens) < 30


WORDS = st.text("abc .\n`~🎈é", max_size=80)
ANSWERS = st.lists(
    st.one_of(WORDS, st.text("xyz \n", max_size=200).map(lambda code: fenced(code, "python"))),
    max_size=5,
).map("\n\n".join)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(WORDS, ANSWERS), max_size=8),
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=3),
    st.lists(st.tuples(st.text("code =\n", max_size=200), st.booleans()), max_size=3),
    st.integers(60, 1500),
    st.integers(0, 800),
    st.floats(0.5, 2.5),
)
def test_it_fits_or_is_refused_and_what_was_cut_is_what_is_missing(
    pairs, tables, codes, tokens, history, rate
):
    past = [
        Past(question=f"question {at} {asked}", answer=f"answer {at} {text}")
        for at, (asked, text) in enumerate(pairs)
    ]
    passages = [table(f"t{at}", rows, is_past=old) for at, (rows, old) in enumerate(tables)]
    passages += [block(f"b{at}", code, is_past=old) for at, (code, old) in enumerate(codes)]
    room = Room(tokens=tokens, history=history, rate=Rate(rate=rate, answers=1))
    try:
        made = prompt.build(past, "now?", passages, room=room, older=2)
    except TooLarge:
        return
    assert made == prompt.build(past, "now?", passages, room=room, older=2)
    assert made.tokens <= tokens + 1
    assert made.turns[-1] == Turn(role="user", content="now?")
    cut = {(one.kind, one.name): one.count for one in made.cuts}
    # Earlier turns: the newest ones, whole or short, without a gap.
    asked = [turn.content for turn in made.turns[1:-1] if turn.role == "user"]
    answered = [turn.content for turn in made.turns if turn.role == "assistant"]
    kept = past[len(past) - len(asked) :]
    assert cut.get((CutKind.TURNS, ""), 0) == len(past) - len(asked) + 2
    shortened = 0
    for pair, question, answer in zip(kept, asked, answered, strict=True):
        short = prompt.shorter(pair)
        assert (question, answer) in [(pair.question, pair.answer), (short.question, short.answer)]
        shortened += (question, answer) != (pair.question, pair.answer)
        # Code is whole or absent.
        whole = [one for one in blocks_of(pair.answer) if one.startswith("```python")]
        assert all(one in answer for one in whole)
    assert cut.get((CutKind.SHORTENED, ""), 0) == shortened
    system = made.turns[0].content
    for passage in passages:
        gone = (CutKind.PASSAGE, passage.name) in cut
        assert not (gone and not passage.is_past)
        if passage.description is None:
            assert (prompt.said(passage) in system) is not gone
        elif not gone:
            rows = system.count(f"{passage.name} row")
            missing = cut.get((CutKind.ROWS, passage.name), 0)
            assert rows + missing == len(passage.description.rows)
            lacks = (CutKind.STATISTICS, passage.name) in cut
            assert (passage.description.statistics in system) is not lacks
            assert not lacks or rows == 0


@given(st.text("ab1 ,\t🎈中é", max_size=60), st.text("ab1 ,\t🎈中é", max_size=60))
def test_lines_are_counted_each_by_itself(one, two):
    assert measure.pieces(f"{one}\n{two}") == measure.pieces(one) + 1 + measure.pieces(two)


def test_a_count_is_near_to_what_tokenizers_make_of_english_and_code():
    english = "The quick brown fox jumps over the lazy dog, and then it sleeps for a while."
    assert 14 <= measure.pieces(english) <= 20
    code = 'df = pd.read_csv("sales.csv")\ndf.groupby("city").price.mean()'
    assert 18 <= measure.pieces(code) <= 32


def test_a_rate_follows_what_the_provider_counts():
    rate = Rate()
    for _ in range(10):
        rate = rate.learned(1000, 1300)
    assert rate.tokens(1000) == 1300
    assert 1.3 < rate.learned(1000, 2000).rate < 1.6
    assert rate.learned(1000, 900_000).rate < 2
    assert rate.learned(0, 10) is rate


@given(st.lists(st.sampled_from(["text", "```python", "```", "~~~~", "~~~", "", "  x"])))
def test_blocks_lose_nothing_but_blank_lines(lines):
    def words(text):
        return re.findall(r"\S+", text)

    text = "\n".join(lines)
    assert [word for one in blocks_of(text) for word in words(one)] == words(text)
