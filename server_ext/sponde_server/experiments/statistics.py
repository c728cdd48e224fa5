"""Two variants' values of a metric -> how much they differ, how sure that is, and a sentence.

Pure. For a fixed number of runs that was set beforehand: an interval that is looked at again and
again while runs come in finds differences that are not there. Intervals are 95 %, from Student's
t: of the differences where runs come in pairs, else Welch's for two means of unequal spread.
"""

import math
from collections.abc import Sequence

from .records import Comparison, Direction, Estimate, Finding, Goal, Group, Verdict

CONFIDENCE = 0.95
ROUNDING = 1e-12
RUN_TIME = "run time (s)"
Values = Sequence[float | None]


def compare(metric: str, first: Values, second: Values, *, is_paired: bool) -> Comparison:
    """Compare two variants' values; the n-th ones are a pair, and None is a run without one."""
    ours = [value for value in first if value is not None]
    theirs = [value for value in second if value is not None]
    largest = max(map(abs, [*ours, *theirs]), default=0.0)
    groups = (_group(ours), _group(theirs))
    pairs = 0
    if is_paired:
        both = zip(first, second, strict=True)
        steps = [b - a for a, b in both if a is not None and b is not None]
        pairs = len(steps)
        difference = _mean(steps, largest) if steps else None
        is_exact = pairs > 1 and _is_constant(steps, largest)
        is_enough = pairs > 1
    else:
        difference = _welch(ours, theirs, largest) if ours and theirs else None
        is_exact = groups[0].is_constant and groups[1].is_constant
        is_enough = len(ours) > 1 and len(theirs) > 1
    return Comparison(
        metric=metric,
        outcome=_outcome(difference, largest, is_enough=is_enough, is_exact=is_exact),
        groups=groups,
        pairs=pairs,
        difference=difference,
    )


def decide(
    goal: Goal,
    names: tuple[str, str],
    comparisons: tuple[Comparison, ...],
    problems: tuple[tuple[str, ...], tuple[str, ...]],
    repeats: int,
    *,
    is_paired: bool,
) -> Verdict:
    """Say who is better by the goal, which is the first comparison; problems are failed runs'."""
    found = comparisons[0]
    winner = _winner(goal, found)
    parts = [
        _finding(goal, names, found, winner, is_paired=is_paired),
        *_failures(names, problems, repeats),
    ]
    return Verdict(
        outcome=found.outcome,
        sentence=" ".join(part for part in parts if part),
        winner=winner,
        comparisons=comparisons,
    )


# -- numbers --------------------------------------------------------------------------------


def _group(values: list[float]) -> Group:
    if not values:
        return Group(count=0)
    largest = max(map(abs, values))
    return Group(
        count=len(values),
        mean=_mean(values, largest),
        is_constant=len(values) > 1 and _is_constant(values, largest),
    )


def _mean(values: list[float], largest: float) -> Estimate:
    """Give a mean with Student's interval; one value has none, equal ones have no width."""
    if len(values) < 2:
        return Estimate(value=values[0])
    if _is_constant(values, largest):
        return Estimate(value=values[0], low=values[0], high=values[0])
    mean = math.fsum(values) / len(values)
    reach = _quantile(len(values) - 1) * math.sqrt(_variance(values) / len(values))
    return Estimate(value=mean, low=mean - reach, high=mean + reach)


def _welch(first: list[float], second: list[float], largest: float) -> Estimate:
    """Give the difference of two means with Welch's interval and Satterthwaite's freedom."""
    difference = math.fsum(second) / len(second) - math.fsum(first) / len(first)
    if len(first) < 2 or len(second) < 2:
        return Estimate(value=difference)
    shares = [
        0.0 if _is_constant(values, largest) else _variance(values) / len(values)
        for values in (first, second)
    ]
    if not any(shares):
        return Estimate(value=difference, low=difference, high=difference)
    freedom = sum(shares) ** 2 / (
        shares[0] ** 2 / (len(first) - 1) + shares[1] ** 2 / (len(second) - 1)
    )
    reach = _quantile(freedom) * math.sqrt(sum(shares))
    return Estimate(value=difference, low=difference - reach, high=difference + reach)


def _variance(values: list[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _quantile(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def _is_constant(values: list[float], largest: float) -> bool:
    """Say whether values differ by no more than rounding does."""
    return max(values) - min(values) <= ROUNDING * largest


def _outcome(
    difference: Estimate | None, largest: float, *, is_enough: bool, is_exact: bool
) -> Finding:
    if difference is None or not is_enough or difference.low is None or difference.high is None:
        return Finding.TOO_FEW
    if is_exact and abs(difference.value) <= ROUNDING * largest:
        return Finding.SAME
    return Finding.UNDECIDED if difference.low <= 0 <= difference.high else Finding.WINNER


def _winner(goal: Goal, found: Comparison) -> int | None:
    if found.outcome is not Finding.WINNER or found.difference is None:
        return None
    is_second_higher = found.difference.value > 0
    return int(is_second_higher == (goal.direction is Direction.HIGHER))


# -- words ----------------------------------------------------------------------------------


def _finding(
    goal: Goal,
    names: tuple[str, str],
    found: Comparison,
    winner: int | None,
    *,
    is_paired: bool,
) -> str:
    metric, difference = goal.metric, found.difference
    if found.outcome is Finding.TOO_FEW:
        return _too_few(goal, names, found, is_paired=is_paired)
    assert difference is not None
    assert difference.low is not None
    assert difference.high is not None
    first, _ = found.groups
    counted = _counted(found)
    if found.outcome is Finding.SAME:
        if first.is_constant and first.mean is not None:
            each = f"exactly {say(first.mean.value)} in every run"
        else:
            each = "exactly the same in each pair of runs"
        return f"{names[0]} and {names[1]} are the same: {metric} was {each} ({counted})."
    if winner is None:
        return (
            f"No difference in {metric} can be told: {names[1]} less {names[0]} is "
            f"{say(difference.value)}, but the 95 % interval from {say(difference.low)} to "
            f"{say(difference.high)} includes 0 ({counted}). More runs would make it narrower."
        )
    sign = math.copysign(1, difference.value)
    low, high = sorted((sign * difference.low, sign * difference.high))
    word = str(goal.direction)
    start = f"{names[winner]} is better: its {metric} is {word} by {say(abs(difference.value))}"
    if low == high:
        return (
            f"{start} in every {'pair of runs' if found.pairs else 'run'} ({counted}). Nothing "
            "varies there, so more runs would show the same; only other inputs could tell more."
        )
    return f"{start} (95 % interval {say(low)} to {say(high)}, {counted})."


def _too_few(goal: Goal, names: tuple[str, str], found: Comparison, *, is_paired: bool) -> str:
    for name, group in zip(names, found.groups, strict=True):
        if not group.count:
            return (
                f"There is no verdict: no run of {name} reported a usable '{goal.metric}'. "
                f'Report it with sponde.metric("{goal.metric}", value).'
            )
    seen = ""
    if found.difference is not None:
        seen = f" What was seen is {names[1]} less {names[0]} = {say(found.difference.value)}."
    needed = "two pairs of runs" if is_paired else "two runs of each"
    return (
        f"There is no verdict: an interval for {goal.metric} needs at least {needed} "
        f"({_counted(found)}).{seen}"
    )


def _counted(found: Comparison) -> str:
    if found.pairs:
        return f"{found.pairs} pair{'' if found.pairs == 1 else 's'} of runs"
    first, second = (group.count for group in found.groups)
    if first == second:
        return f"{first} run{'' if first == 1 else 's'} each"
    return f"{first} and {second} runs"


def _failures(
    names: tuple[str, str], problems: tuple[tuple[str, ...], tuple[str, ...]], repeats: int
) -> list[str]:
    sentences = []
    for name, reasons in zip(names, problems, strict=True):
        if reasons:
            sentences.append(
                f"{len(reasons)} of {name}'s {repeats} runs {'is' if len(reasons) == 1 else 'are'} "
                f"left out ({reasons[0].rstrip('.')})."
            )
    return sentences


def say(value: float) -> str:
    """Write a number as people do: four digits, whole numbers whole, seldom an exponent."""
    text = f"{value:.4g}"
    if "e" in text and 1e-6 <= abs(value) < 1e15:
        digits = max(0, 3 - math.floor(math.log10(abs(value))))
        text = f"{value:.{digits}f}"
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if text != "-0" else "0"
