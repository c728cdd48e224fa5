from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sponde_server.core.errors import Invalid
from sponde_server.datasets.policies.describe import describe
from sponde_server.datasets.policies.sift import sift
from sponde_server.datasets.records import (
    Column,
    ColumnKind,
    Dataset,
    DatasetStatus,
    Dialect,
    FileKind,
    NewPolicy,
    Policy,
    Profile,
    Table,
    TopValue,
)

SENTINELS = st.integers(0, 30).map(lambda number: f"zq{number:02}qz")
TABLES = st.lists(st.lists(SENTINELS, min_size=2, max_size=2), min_size=1, max_size=40)


def dataset(policy, rows=20, name="secrets"):
    """Make a dataset with a policy."""
    return Dataset(
        name=name,
        path=f"{name}.csv",
        bytes=1,
        status=DatasetStatus.READY,
        policy=policy,
        policy_rows=rows,
    )


def profile(rows):
    """Make what is known of two columns of text, as the profile does."""
    columns = []
    for place, name in enumerate(("person", "city")):
        values = [row[place] for row in rows]
        top = Counter(values).most_common(8)
        columns.append(
            Column(
                name=name,
                type="VARCHAR",
                kind=ColumnKind.TEXT,
                distinct=len(set(values)),
                top=tuple(TopValue(value=value, count=count) for value, count in top),
                examples=tuple(values[:5]),
            )
        )
    warning = f"'person' is read as text: 1 of 9 values is not a number, such as '{rows[0][0]}'."
    return Profile(
        dialect=Dialect(kind=FileKind.CSV),
        columns=tuple(columns),
        rows=len(rows),
        warnings=(warning,),
    )


def table(rows, columns=("person", "city")):
    """Make a query's result."""
    return Table(
        columns=columns,
        types=("VARCHAR",) * len(columns),
        rows=tuple(map(tuple, rows)),
        truncated=False,
    )


def values_in(text):
    """Give the sentinels that a text holds."""
    return {f"zq{number:02}qz" for number in range(31) if f"zq{number:02}qz" in text}


@settings(deadline=None)
@given(TABLES, st.sampled_from(Policy), st.integers(1, 30))
def test_a_description_holds_no_value_that_the_policy_withholds(rows, policy, most):
    sample = table(rows[:most])
    made = describe(dataset(policy, most), profile(rows), sample)
    said = values_in(made.text())
    often = {
        value
        for place in (0, 1)
        for value, count in Counter(row[place] for row in rows).items()
        if count > 1
    }
    shown = {value for row in rows[:most] for value in row}
    if policy is Policy.SCHEMA:
        assert said == set()
        assert f"{len(rows)} rows" not in made.text()
    elif policy is Policy.STATISTICS:
        assert said <= often
    else:
        assert shown <= said <= shown | often
    # Leaving parts out never says more.
    assert values_in(made.text(rows=0)) <= often
    assert values_in(made.text(rows=0, has_statistics=False)) == set()
    assert '"person": VARCHAR' in made.text(rows=0, has_statistics=False)


@settings(deadline=None)
@given(TABLES, st.lists(st.sampled_from(Policy), min_size=1, max_size=3), st.integers(1, 30))
def test_a_result_holds_what_the_strictest_policy_lets_through(rows, policies, most):
    named = [dataset(policy, most, f"d{at}") for at, policy in enumerate(policies)]
    # A PIVOT makes names of values.
    pivoted = table(rows, ("person", rows[0][0]))
    for one in (table(rows), pivoted):
        said = values_in(sift(one, named, {"person", "city"}, is_local=False))
        if {Policy.SCHEMA, Policy.STATISTICS} & set(policies):
            assert said == set()
        elif Policy.ROWS in policies:
            assert said <= {value for row in rows[:most] for value in row} | {rows[0][0]}
        else:
            assert values_in(sift(one, named, (), is_local=False)) == {
                *(value for row in rows for value in row),
                *([rows[0][0]] if one is pivoted else []),
            }
        assert values_in(sift(one, named, (), is_local=True)) >= {v for row in rows for v in row}


def test_types_that_list_their_values_do_not_say_them():
    column = Column(name="size", type="ENUM('zq01qz', 'zq02qz')", kind=ColumnKind.OTHER)
    made = describe(
        dataset(Policy.STATISTICS),
        Profile(dialect=Dialect(kind=FileKind.PARQUET), columns=(column,), rows=2),
    )
    assert '"size": ENUM' in made.text()
    assert values_in(made.text()) == set()


async def test_each_policy_of_a_real_file(datasets, take):
    rows = [f"zq{number:02}qz,{number % 3},often" for number in range(30)]
    known, _ = await take("person,group,word\n" + "\n".join(rows) + "\n", "people.csv")
    assert (known.policy, known.policy_rows) == (Policy.STATISTICS, 20)
    text = await datasets.policies.describe(known.id)
    assert "30 rows" in text
    assert "often" in text
    assert values_in(text) == set()
    await datasets.policies.set(known.id, NewPolicy(policy=Policy.SCHEMA))
    text = await datasets.policies.describe(known.id)
    assert "person" in text
    assert "often" not in text
    assert "30" not in text
    await datasets.policies.set(known.id, NewPolicy(policy=Policy.ROWS, policy_rows=4))
    text = await datasets.policies.describe(known.id)
    assert values_in(text) == {f"zq{number:02}qz" for number in range(4)}
    assert "The first 4 rows, as CSV:" in text
    await datasets.policies.set(known.id, NewPolicy(policy=Policy.EVERYTHING))
    assert len(values_in(await datasets.policies.describe(known.id))) == 30
    # Stricter from now on, whatever was read before.
    await datasets.policies.set(known.id, NewPolicy(policy=Policy.SCHEMA))
    assert values_in(await datasets.policies.describe(known.id)) == set()


async def test_what_columns_are_about_and_say_together_is_a_statistic_and_no_value(datasets, take):
    rows = [f"p{n}@zq{n:02}qz.org,{n},{n * 3},{'zq30qz' if n == 7 else ''}" for n in range(30)]
    known, _ = await take("mail,paid_fee,twice,note\n" + "\n".join(rows) + "\n", "people.csv")
    text = await datasets.policies.describe(known.id)
    for said in ("email", "money", "1 are 0", "letters long", "Rows are told apart by: 'mail'",
                 "Correlation of 'paid_fee' and 'twice': 1.00."):  # fmt: skip
        assert said in text
    assert values_in(text) == set()
    await datasets.policies.set(known.id, NewPolicy(policy=Policy.SCHEMA))
    text = await datasets.policies.describe(known.id)
    for withheld in ("email", "money", "letters", "told apart", "Correlation"):
        assert withheld not in text


async def test_a_result_is_held_to_all_datasets_where_none_is_named(datasets, take):
    first, _ = await take("person\nzq01qz\n", "one.csv")
    await take("city\nzq02qz\n", "two.csv")
    await datasets.policies.set(first.id, NewPolicy(policy=Policy.EVERYTHING))
    result = await datasets.query("SELECT person FROM one")
    assert values_in(await datasets.policies.sift(["one"], result, is_local=False)) == {"zq01qz"}
    for names in ([], ["one", "gone"], ["one", "two"]):
        assert values_in(await datasets.policies.sift(names, result, is_local=False)) == set()
    assert values_in(await datasets.policies.sift([], result, is_local=True)) == {"zq01qz"}


async def test_a_policy_set_while_a_file_is_read_stays(datasets, root):
    (root / "late.csv").write_text("person\nzq01qz\n")
    added = await datasets.add("late.csv")
    await datasets.policies.set(added.id, NewPolicy(policy=Policy.SCHEMA, policy_rows=3))
    await datasets.profile(added.id)
    kept = await datasets.get(added.id)
    assert (kept.status, kept.policy, kept.policy_rows) == ("ready", Policy.SCHEMA, 3)
    await datasets.remove(added.id)
    assert (await datasets.restore(added.id)).policy is Policy.SCHEMA


async def test_new_datasets_have_the_operators_policy(make, root):
    strict = make(policy="schema", policy_rows=5)
    (root / "new.csv").write_text("person\nzq01qz\n")
    added = await strict.add("new.csv")
    assert (added.policy, added.policy_rows) == (Policy.SCHEMA, 5)
    await strict.profile(added.id)
    with pytest.raises(Invalid, match="0 rows"):
        await strict.policies.set(added.id, NewPolicy(policy=Policy.ROWS, policy_rows=0))
    await strict.stop()
