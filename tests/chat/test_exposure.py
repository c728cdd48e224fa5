import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sponde_server.chat.commands import is_command
from sponde_server.chat.exposure import Policies, exposures, joined, of_quote, past
from sponde_server.chat.prompt import build
from sponde_server.chat.records import (
    CutKind,
    Exposure,
    Message,
    MessageStatus,
    Reference,
    ReferenceKind,
    Sent,
)
from sponde_server.datasets.policies.describe import RANKS, allows
from sponde_server.datasets.records import Dataset, Policy
from sponde_server.models.records import Role
from sponde_server.tools.records import CallStatus, ToolCall, ToolPlace, ToolResult

NAMES = ("people", "sales")


def dataset(name, policy, rows=20):
    """Make a dataset with a policy."""
    return Dataset(
        id=f"id-{name}", name=name, path=f"{name}.csv", bytes=1, policy=policy, policy_rows=rows
    )


def named(*names):
    """Make references to datasets."""
    return tuple(Reference(kind=ReferenceKind.DATASET, name=n, id=f"id-{n}") for n in names)


def sent(*exposed, is_local=False):
    """Make a receipt in short that says what an answer may hold."""
    return Sent(
        model="m", provider="p", address="a", is_local=is_local, tokens=1, exposed=tuple(exposed)
    )


def asked(text, answer, references=(), **more):
    """Make a question and its answer."""
    return [
        Message(conversation_id="c", role=Role.USER, text=text, references=references),
        Message(conversation_id="c", role=Role.ASSISTANT, text=answer, **more),
    ]


def answers(branch, *datasets, is_local=False):
    """Give the answers as they may be said again."""
    found = past(branch, Policies(datasets, is_local=is_local), is_command)
    return [one.answer for one in found]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("/profile @people", Policy.STATISTICS),
        ("/profile people", Policy.STATISTICS),
        ("/profile", Policy.STATISTICS),
        ("/sql SELECT * FROM people", Policy.STATISTICS),
        ("/plot people number", Policy.STATISTICS),
        ("/clean @people", Policy.STATISTICS),
        ("/join @people @sales", Policy.STATISTICS),
        ("/compare @people @sales", Policy.STATISTICS),
        ("/something new people", Policy.EVERYTHING),
    ],
)
def test_a_commands_answer_is_said_again_where_the_policy_lets_its_kind_through(text, need):
    for policy in Policy:
        others = dataset("sales", Policy.EVERYTHING)
        (answer,) = answers(asked(text, "zq01qz"), dataset("people", policy), others)
        assert ("zq01qz" in answer) is allows(policy, need), policy


def test_of_a_join_the_code_with_the_columns_names_is_said_where_only_names_may_be():
    said = (
        "**people** and **sales** join on `id`: one to many. 31337 rows.\n\n```python\n"
        'merged = left.merge(\n    right,\n    on=["id"],\n    validate="one_to_many",\n)\n```'
    )
    talk = asked("/join @people @sales", said)
    everything = dataset("sales", Policy.EVERYTHING)
    (answer,) = answers(talk, dataset("people", Policy.SCHEMA), everything)
    assert 'on=["id"],\n)' in answer
    assert "the policy of people" in answer
    assert "31337" not in answer
    assert "one_to_many" not in answer
    assert answers(talk, dataset("people", Policy.STATISTICS), everything) == [said]


def test_help_is_always_said_again():
    assert answers(asked("/help", "commands"), dataset("people", Policy.SCHEMA)) == ["commands"]


def test_a_profile_loses_its_example_of_an_odd_value():
    said = "**people** has 9 rows.\n\n- 1 of 9 values is not a number, such as 'zq01qz'.\n- More."
    (answer,) = answers(asked("/profile @people", said), dataset("people", Policy.STATISTICS))
    assert answer == "**people** has 9 rows.\n\n- 1 of 9 values is not a number.\n- More."


def test_answers_from_before_policies_held_statistics():
    branch = asked("What of @people?", "about 9 rows", named("people"), receipt=None)
    branch[1] = replace(branch[1], receipt=replace(sent(), exposed=None))
    assert answers(branch, dataset("people", Policy.STATISTICS)) == ["about 9 rows"]
    assert "left out" in answers(branch, dataset("people", Policy.SCHEMA))[0]


def test_a_removed_dataset_keeps_back_what_was_said_of_it():
    gone = Exposure(dataset_id="id-gone", name="gone", policy=Policy.STATISTICS)
    branch = asked("What of it?", "zq01qz", receipt=sent(gone))
    assert "left out" in answers(branch)[0]


def called(name, gave):
    """Make a call that looked at a dataset."""
    return ToolCall(
        tool="run_sql",
        label="Run SQL",
        arguments={"query": f"SELECT * FROM {name}"},
        status=CallStatus.SUCCEEDED,
        result=ToolResult(text=gave),
    )


def test_what_tools_gave_is_said_again_in_short_as_far_as_policies_let_it():
    people = dataset("people", Policy.STATISTICS)
    calls = (called("people", "zq01qz" + "x" * 9000),) * 12
    branch = asked("How many?", "Nine.", receipt=sent(*exposures([people])), calls=calls)

    def shown(*datasets, is_local=False, talk=branch):
        (one,) = past(talk, Policies(datasets, is_local=is_local), is_command)
        return one

    known = shown(people)
    assert known.answer == "Nine."
    assert known.calls[0].startswith('run_sql {"query": "SELECT * FROM people"} (succeeded):\n```')
    assert "zq01qz" in known.calls[0]
    assert len("".join(known.calls)) < 12_000
    assert known.calls[-1] == "(4 more calls are left out.)"
    strict = shown(dataset("people", Policy.SCHEMA))
    assert "left out" in strict.answer
    assert not strict.calls
    # Stopped while tools were at work: no request says what stood behind their results.
    stopped = [branch[0], replace(branch[1], status=MessageStatus.STOPPED)]
    held = shown(people, talk=stopped)
    assert (held.answer, held.calls, held.calls_withheld) == ("Nine.", (), ("people",))
    assert shown(people, is_local=True, talk=stopped).calls
    (cut,) = [one for one in build([held], "?").cuts if one.kind is CutKind.CALLS]
    assert (cut.name, cut.count) == ("people", 12)


def test_counts_that_a_list_of_datasets_gave_obey_a_stricter_policy():
    call = replace(called("people", "- people: 9 rows"), tool="list_datasets", arguments={})
    branch = asked("What is there?", "Nine people.", receipt=sent(is_local=True), calls=(call,))
    assert answers(branch, dataset("people", Policy.STATISTICS)) == ["Nine people."]
    policies = Policies([dataset("people", Policy.STATISTICS)], is_local=False)
    found = policies.of_calls(branch[1], (), was_local=False)
    branch[1] = replace(branch[1], receipt=sent(*found))
    assert answers(branch, dataset("people", Policy.STATISTICS)) == ["Nine people."]
    assert "left out" in answers(branch, dataset("people", Policy.SCHEMA))[0]


def test_what_a_local_model_saw_through_a_tool_does_not_go_elsewhere():
    call = ToolCall(
        tool="run_sql",
        label="Run SQL",
        arguments={"query": "SELECT * FROM people"},
        result=ToolResult(text="zq01qz"),
    )
    branch = asked("Look.", "I see zq01qz.", receipt=sent(is_local=True), calls=(call,))
    people = dataset("people", Policy.STATISTICS)
    assert answers(branch, people, is_local=True) == ["I see zq01qz."]
    assert "left out" in answers(branch, people)[0]
    assert answers(branch, dataset("people", Policy.EVERYTHING)) == ["I see zq01qz."]
    # A cell does not say which file its variables came from: any that was named.
    cell = replace(call, tool="run_cell", arguments={"code": "df.head()"}, place=ToolPlace.TAB)
    branch = asked(
        "Run it for @people.",
        "I see zq01qz.",
        named("people"),
        receipt=sent(is_local=True),
        calls=(cell,),
    )
    assert "left out" in answers(branch, people)[0]


def quoted(branch, text, *datasets, is_local=False):
    """Give a part of the last answer as it may be said again."""
    found = of_quote(branch, text, Policies(datasets, is_local=is_local), is_command)
    return found.answer if found.withheld else text


def test_a_part_of_an_answer_goes_where_the_answer_goes():
    people = dataset("people", Policy.STATISTICS)
    said = "The **mean** is [31337](https://a.b/c)."
    branch = asked("What of @people?", said, receipt=sent(*exposures([people])))
    part = "mean is 31337"
    assert quoted(branch, part, people) == part
    assert "left out" in quoted(branch, part, dataset("people", Policy.SCHEMA))
    assert quoted(branch, part) != part  # removed: nothing is known of it
    local = [branch[0], replace(branch[1], receipt=sent(is_local=True))]
    assert quoted(local, part, people) == part


@pytest.mark.parametrize("question", ["/sql SELECT * FROM people", "Show me @people."])
def test_rows_that_only_the_person_was_shown_do_not_go_elsewhere_as_a_quote(question):
    call = called("people", "9 rows")
    branch = asked(question, "Here they are.", named("people"), receipt=sent(), calls=(call,))
    for policy in Policy:
        for text in ("zq01qz 7", "Here they are. zq01qz"):
            shown = quoted(branch, text, dataset("people", policy))
            assert (shown == text) is (policy is Policy.EVERYTHING), (policy, text)
        here = quoted(branch, "zq01qz 7", dataset("people", policy), is_local=True)
        # What commands say obeys a policy of names alone on this machine, too.
        is_held = is_command(question) and policy is Policy.SCHEMA
        assert (here == "zq01qz 7") is not is_held


def test_the_example_in_a_profile_is_no_quote_either():
    said = "- 1 of 9 values is not a number, such as 'zq01qz'."
    people = dataset("people", Policy.STATISTICS)
    branch = asked("/profile @people", said)
    assert "zq" not in quoted(branch, "such as 'zq01", people)
    assert quoted(branch, "1 of 9 values", people) == "1 of 9 values"


def test_a_quote_whose_answer_is_gone_says_nothing_of_a_dataset_that_it_names():
    people = dataset("people", Policy.STATISTICS)
    assert quoted([], "people has zq01qz", people) != "people has zq01qz"
    assert quoted([], "No data here.", people) == "No data here."


STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(Policy), st.integers(1, 30)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(STEPS, st.sampled_from(Policy), st.sampled_from(Policy), st.integers(1, 30))
def test_nothing_is_said_again_that_todays_policies_withhold(steps, people, sales, rows):
    """Let each answer repeat all that it could read: its own data and what was said before."""
    today = {"people": dataset("people", people, rows), "sales": dataset("sales", sales, rows)}
    branch = []
    for at, (name, policy, most) in enumerate(steps):
        then = dataset(name, policy, most)
        known = past(branch, Policies([then, *_others(name, steps[:at])], is_local=False),
                     is_command)  # fmt: skip
        words = " ".join(" ".join((one.answer, *one.calls)) for one in known)
        heard = re.findall(r"<\w+ \w+ \d+>", words)
        exposed = joined(exposures([then]), *(one.exposed for one in known))
        said = " ".join([*heard, f"<{name} {policy.value} {most}>"])
        gave = (called(name, f"<{name} {policy.value} {most}>"),)
        branch += asked(f"step {at}", said, named(name), receipt=sent(*exposed), calls=gave)
    turns = build(past(branch, Policies(list(today.values()), is_local=False), is_command), "?")
    for name, policy, most in re.findall(r"<(\w+) (\w+) (\d+)>", str(turns.turns)):
        now = today[name]
        assert RANKS[Policy(policy)] <= RANKS[now.policy]
        if policy == now.policy == Policy.ROWS:
            assert int(most) <= now.policy_rows


def _others(name, steps):
    """Give the other datasets as they were when a step was asked: each as it was set last."""
    last = {other: dataset(other, policy, most) for other, policy, most in steps}
    return [one for other, one in last.items() if other != name]


CELLS = """Cell 1 (code, ran as 1):

```python
df = sponde.dataset("people").df()
df["price"].astype(float)
```

Output:

```text
zq01qz  7
KeyError: 'price'
ValueError: could not convert 'zq02qz' at 31337
```

Cell 2 (text):

```markdown
Said by a person.
```"""


def test_outputs_of_cells_stay_here_where_no_row_may_leave():
    strict = Policies([dataset("people", Policy.STATISTICS)], is_local=False)
    left = strict.of_outputs(CELLS)
    assert "zq" not in left.text
    assert "31337" not in left.text
    assert "KeyError: 'price'\nValueError: could not convert '…' at '…'" in left.text
    assert "Said by a person." in left.text
    assert (left.withheld, left.left_out) == (("people",), 1)
    rows = Policies([dataset("people", Policy.ROWS)], is_local=False).of_outputs(CELLS)
    assert (rows.text, rows.exposed[0].policy) == (CELLS, Policy.ROWS)
    here = Policies([dataset("people", Policy.SCHEMA)], is_local=True).of_outputs(CELLS)
    assert here.text == CELLS
    assert here.exposed[0].is_local_only
    other = Policies([dataset("sales", Policy.SCHEMA)], is_local=False).of_outputs(CELLS)
    assert (other.text, other.exposed) == (CELLS, ())


COPIED = """I get this for @people:

Traceback (most recent call last):
  File "a.py", line 3, in <module>
    df["price"].astype(float)
pandas.errors.ParserError: could not convert 'zq01qz' in 'price'
    next line 'zq02qz'

> ValueError: 31337"""


def test_errors_that_a_person_copied_lose_what_may_be_a_value():
    people = dataset("people", Policy.STATISTICS)
    elsewhere = Policies([people], is_local=False)
    left = elsewhere.of_errors(COPIED)
    for value in ("zq01qz", "zq02qz", "31337"):
        assert value not in left.text
    assert "pandas.errors.ParserError: could not convert '…' in 'price'" in left.text
    assert (left.withheld, left.left_out) == (("people",), 3)
    # It need not name the dataset itself.
    bare = "ValueError: 31337"
    assert elsewhere.of_errors(bare).text == bare
    assert elsewhere.of_errors(bare, [people.id]).text == "ValueError: '…'"
    assert elsewhere.of_errors("A word on people, and 31337.").exposed == ()
    assert Policies([people], is_local=True).of_errors(COPIED).text == COPIED
    rows = Policies([dataset("people", Policy.ROWS)], is_local=False)
    assert rows.of_errors(COPIED).text == COPIED
