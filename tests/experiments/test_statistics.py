import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sponde_server.experiments.records import Direction, Finding, Goal
from sponde_server.experiments.statistics import compare, decide, say

# Student's sleep data (1908), with the intervals that R's help pages print for it.
DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
OTHER = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
LOWER = Goal(metric="rmse", direction=Direction.LOWER)
HIGHER = Goal(metric="auc", direction=Direction.HIGHER)


def verdict(first, second, goal=LOWER, problems=((), ()), *, is_paired=False):
    found = compare(goal.metric, first, second, is_paired=is_paired)
    return decide(goal, ("A", "B"), (found,), problems, len(first), is_paired=is_paired)


def test_paired_intervals_are_those_of_r_for_students_sleep_data():
    found = compare("extra", DRUG, OTHER, is_paired=True).difference
    assert found.value == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)


def test_unpaired_intervals_are_welchs_as_in_r_for_students_sleep_data():
    found = compare("extra", OTHER, DRUG, is_paired=False).difference
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)


def test_a_variants_own_interval_is_students():
    # The table's t for 9 degrees of freedom is 2.262.
    mean = compare("extra", DRUG, OTHER, is_paired=False).groups[0].mean
    assert mean.value == pytest.approx(0.75)
    assert mean.high - mean.value == pytest.approx(2.262 * 1.78901 / 10**0.5, abs=1e-3)


numbers = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=12)


@settings(deadline=None, max_examples=150)
@given(numbers, numbers)
def test_welch_agrees_with_scipy(first, second):
    from scipy.stats import ttest_ind

    if min(max(first) - min(first), max(second) - min(second)) < 1e-2:
        return
    found = compare("m", first, second, is_paired=False).difference
    expected = ttest_ind(second, first, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-6, abs=1e-6)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(0.001, 50)), min_size=2, max_size=12))
def test_pairs_agree_with_scipy(pairs):
    from scipy.stats import ttest_rel

    first = [round(a, 3) for a, _ in pairs]
    second = [round(a + b, 3) for a, b in pairs]
    steps = [b - a for a, b in zip(first, second, strict=True)]
    if max(steps) - min(steps) < 1e-3:
        return
    found = compare("m", first, second, is_paired=True).difference
    expected = ttest_rel(second, first).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-6, abs=1e-6)


def test_intervals_cover_the_truth_as_often_as_they_say():
    dice = random.Random(7)
    covered = 0
    for _ in range(2000):
        first = [dice.gauss(0, 1) for _ in range(5)]
        second = [dice.gauss(0.3, 2) for _ in range(5)]
        found = compare("m", first, second, is_paired=False).difference
        covered += found.low <= 0.3 <= found.high
    assert 0.94 < covered / 2000 < 0.97


def test_the_better_variant_is_named_with_its_interval():
    found = verdict([0.5, 0.52, 0.51, 0.49], [0.4, 0.41, 0.39, 0.4])
    assert (found.outcome, found.winner) == (Finding.WINNER, 1)
    assert found.sentence == (
        "B is better: its rmse is lower by 0.105 (95 % interval 0.08545 to 0.1246, 4 runs each)."
    )


def test_the_direction_decides_who_is_better():
    assert verdict([0.5, 0.52, 0.51], [0.4, 0.41, 0.39], HIGHER).winner == 0
    assert "A is better: its auc is higher by" in verdict([5, 6, 5], [1, 1, 2], HIGHER).sentence
    assert verdict([1, 1, 2], [5, 6, 5], HIGHER).winner == 1
    assert verdict([1, 1, 2], [5, 6, 5], LOWER).winner == 0


def test_chance_is_called_chance():
    found = verdict([1.0, 2.0, 3.0], [1.5, 2.0, 2.8])
    assert (found.outcome, found.winner) == (Finding.UNDECIDED, None)
    assert found.sentence.startswith("No difference in rmse can be told: B less A is 0.1,")
    assert "includes 0 (3 runs each). More runs would make it narrower." in found.sentence


def test_pairs_find_what_is_hidden_in_the_spread():
    first, second = [10.0, 20.0, 30.0, 40.0], [9.1, 19.0, 28.9, 39.0]
    assert verdict(first, second).outcome is Finding.UNDECIDED
    found = verdict(first, second, is_paired=True)
    assert found.winner == 1
    assert "4 pairs of runs)" in found.sentence


def test_one_run_each_has_no_interval_and_says_so():
    found = verdict([0.5], [0.3])
    assert found.outcome is Finding.TOO_FEW
    assert found.comparisons[0].groups[0].mean.low is None
    assert found.comparisons[0].difference.low is None
    assert found.sentence == (
        "There is no verdict: an interval for rmse needs at least two runs of each (1 run each). "
        "What was seen is B less A = −0.2."
    )


def test_one_pair_has_no_interval_either():
    found = verdict([0.5, None, 0.4], [0.3, 0.2, None], is_paired=True)
    assert found.outcome is Finding.TOO_FEW
    assert "two pairs of runs" in found.sentence


@pytest.mark.parametrize("is_paired", [True, False])
def test_exactly_the_same_values_are_the_same(is_paired):
    found = verdict([0.31] * 5, [0.31] * 5, is_paired=is_paired)
    assert (found.outcome, found.winner) == (Finding.SAME, None)
    assert "A and B are the same: rmse was exactly 0.31 in every run (5 " in found.sentence


def test_pairs_that_do_not_differ_are_the_same():
    found = verdict([0.1, 0.2, 0.7], [0.1, 0.2, 0.7], is_paired=True)
    assert found.outcome is Finding.SAME
    assert "exactly the same in each pair of runs" in found.sentence


def test_rounding_makes_no_winner():
    found = verdict([0.1 + 0.2, 0.3, 0.3], [0.3, 0.3, 0.1 + 0.2])
    assert found.outcome is Finding.SAME


@pytest.mark.parametrize("is_paired", [True, False])
def test_deterministic_results_have_a_winner_without_chance(is_paired):
    found = verdict([0.5] * 3, [0.4] * 3, is_paired=is_paired)
    assert (found.outcome, found.winner) == (Finding.WINNER, 1)
    assert "lower by 0.1 in every" in found.sentence
    assert "more runs would show the same" in found.sentence


def test_one_constant_variant_is_compared_all_the_same():
    found = verdict([0.5, 0.5, 0.5], [0.1, 0.2, 0.15])
    assert found.winner == 1
    assert found.comparisons[0].groups[0].is_constant
    assert not found.comparisons[0].groups[1].is_constant


def test_failed_runs_are_counted_and_named():
    found = verdict(
        [0.5, 0.52, 0.51, 0.5],
        [0.4, None, 0.41, None],
        problems=((), ("cell [3]: ValueError: no such year.", "the run was lost")),
    )
    assert "(95 % interval" in found.sentence
    assert "4 and 2 runs" in found.sentence
    assert found.sentence.endswith(
        "2 of B's 4 runs are left out (cell [3]: ValueError: no such year)."
    )


def test_a_variant_without_any_value_says_how_to_report_one():
    found = verdict([0.5, 0.6], [None, None])
    assert found.outcome is Finding.TOO_FEW
    assert found.comparisons[0].difference is None
    assert (
        "no run of B reported a usable 'rmse'. Report it with sponde.metric(\"rmse\", value)."
        in (found.sentence)
    )


def test_an_interval_that_touches_zero_decides_nothing():
    found = compare("m", [0.0, 0.0, 0.0], [0.0, 0.0, 3.0], is_paired=True)
    assert found.outcome is Finding.UNDECIDED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.1235"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (12345.678, "12346"),
        (0.00001234, "0.00001234"),
        (3.0, "3"),
        (1e20, "1e+20"),
        (1e-9, "1e−09"),
        (100.0, "100"),
    ],
)
def test_numbers_are_written_as_people_do(value, text):
    assert say(value) == text
