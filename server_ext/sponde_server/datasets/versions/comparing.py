"""What changed between two profiles of a dataset, in words and with small pictures. Pure."""

import difflib
import itertools
from collections.abc import Sequence

from sponde_server.datasets.records import Column, ColumnKind, Histogram, Profile

from .records import ChangeKind, Spread, VersionChange

MOST_CHANGES = 100
BINS = 16
MOST_VALUES = 6
# Differences below these are what one more day of the same data makes.
NOTED_DISTANCE = 0.1
NOTED_GAPS = 0.02
ALIKE_NAMES = 0.75
MOST_NAMED = 5


def compare(before: Profile, after: Profile) -> tuple[tuple[VersionChange, ...], int]:
    """Tell what is different, what matters most first, and how many differences there are."""
    pairs, removed, added = _matched(before.columns, after.columns)
    found = [*_rows(before, after)]
    found += [
        VersionChange(
            kind=ChangeKind.REMOVED,
            column=one.name,
            sentence=f"Column '{one.name}' ({one.type}) is not there any more.",
        )
        for one in removed
    ]
    found += [
        VersionChange(
            kind=ChangeKind.ADDED,
            column=one.name,
            sentence=f"Column '{one.name}' ({one.type}) is new.",
        )
        for one in added
    ]
    shifts: list[tuple[float, VersionChange]] = []
    for old, new in pairs:
        found += _shape(old, new)
        shifts += _contents(old, new, before.rows, after.rows)
    found += _order(pairs, before.columns)
    shifts.sort(key=lambda one: -one[0])
    found += [change for _, change in shifts]
    return tuple(found[:MOST_CHANGES]), len(found)


# -- rows and columns -------------------------------------------------------------------------


def _rows(before: Profile, after: Profile) -> list[VersionChange]:
    if before.rows == after.rows:
        return []
    more = after.rows - before.rows
    word = "more" if more > 0 else "fewer"
    share = f" ({_percent(more / before.rows)})" if before.rows else ""
    return [
        VersionChange(
            kind=ChangeKind.ROWS,
            sentence=f"{abs(more):,} {word} {_plural(abs(more), 'row')}{share}: {before.rows:,} → "
            f"{after.rows:,}.",
        )
    ]


Pairs = list[tuple[Column, Column]]


def _matched(
    before: Sequence[Column], after: Sequence[Column]
) -> tuple[Pairs, list[Column], list[Column]]:
    """Pair the columns: by name, then those that seem to be renamed."""
    by_name = {one.name: one for one in before}
    pairs = [(by_name[one.name], one) for one in after if one.name in by_name]
    names = {one.name for one in after}
    removed = [one for one in before if one.name not in names]
    added = [one for one in after if one.name not in by_name]
    if len(removed) * len(added) > 10_000:
        return pairs, removed, added
    places = {one.name: place for place, one in enumerate(before)}
    there = {one.name: place for place, one in enumerate(after)}
    wishes = sorted(
        (
            (-_likeness(old, new, places[old.name] == there[new.name]), old.name, new.name)
            for old in removed
            for new in added
        ),
    )
    lost = {one.name: one for one in removed}
    fresh = {one.name: one for one in added}
    for likeness, old_name, new_name in wishes:
        if -likeness >= 1.0 and old_name in lost and new_name in fresh:
            pairs.append((lost.pop(old_name), fresh.pop(new_name)))
    pairs.sort(key=lambda pair: there[pair[1].name])
    return pairs, list(lost.values()), list(fresh.values())


def _likeness(old: Column, new: Column, same_place: bool) -> float:
    """Say how much a new column seems to be an old one under another name; 1 is enough."""
    if old.kind is not new.kind:
        return 0.0
    names = difflib.SequenceMatcher(a=old.name.lower(), b=new.name.lower()).ratio()
    value = 0.6 * names + (0.3 if same_place else 0.0)
    same = [
        (old.minimum, old.maximum) == (new.minimum, new.maximum) and old.minimum is not None,
        old.distinct == new.distinct and old.distinct > 1,
        bool(old.examples) and old.examples == new.examples,
        old.mean is not None and old.mean == new.mean,
        bool(old.top) and [one.value for one in old.top] == [one.value for one in new.top],
    ]
    value += 0.3 * sum(same)
    if names >= ALIKE_NAMES and same_place:
        value += 0.3
    return value


def _shape(old: Column, new: Column) -> list[VersionChange]:
    found = []
    if old.name != new.name:
        found.append(
            VersionChange(
                kind=ChangeKind.RENAMED,
                column=new.name,
                sentence=f"Column '{old.name}' seems to be called '{new.name}' now.",
            )
        )
    if old.type != new.type:
        found.append(
            VersionChange(
                kind=ChangeKind.RETYPED,
                column=new.name,
                sentence=f"'{new.name}' was {_typed(old)} and is {_typed(new)} now.",
            )
        )
    elif old.form != new.form:
        found.append(
            VersionChange(
                kind=ChangeKind.RETYPED,
                column=new.name,
                sentence=f"'{new.name}' is written in another form: {old.form or 'plain'} → "
                f"{new.form or 'plain'}.",
            )
        )
    return found


def _typed(column: Column) -> str:
    return f"{column.type} ({column.form})" if column.form else column.type


def _order(pairs: Pairs, before: Sequence[Column]) -> list[VersionChange]:
    """Tell whether the columns that stayed stand in another order; pairs stand in today's."""
    there = {id(one): place for place, one in enumerate(before)}
    places = [there[id(old)] for old, _ in pairs]
    if places == sorted(places):
        return []
    return [
        VersionChange(
            kind=ChangeKind.MOVED, sentence="The columns stand in another order than before."
        )
    ]


# -- what the columns hold --------------------------------------------------------------------

Found = list[tuple[float, VersionChange]]


def _contents(old: Column, new: Column, rows_before: int, rows_after: int) -> Found:
    if not rows_before or not rows_after:
        return []
    found = _gaps(old, new, old.nulls / rows_before, new.nulls / rows_after)
    if old.kind is not new.kind:
        return found
    if old.histogram and new.histogram and old.kind is not ColumnKind.BOOLEAN:
        return found + _spread(old, new, old.histogram, new.histogram)
    return found + _values(old, new, rows_before - old.nulls, rows_after - new.nulls)


def _gaps(old: Column, new: Column, before: float, after: float) -> Found:
    if abs(after - before) < NOTED_GAPS and bool(before) is bool(after):
        return []
    sentence = f"'{new.name}': {_share(after)} of the rows are empty, {_share(before)} were."
    if not before:
        sentence = f"'{new.name}' has gaps now: {_share(after)} of the rows are empty."
    elif not after:
        sentence = f"'{new.name}' has no gaps any more; {_share(before)} of the rows were empty."
    return [
        (
            abs(after - before),
            VersionChange(kind=ChangeKind.GAPS, column=new.name, sentence=sentence),
        )
    ]


def _spread(old: Column, new: Column, before: Histogram, after: Histogram) -> Found:
    low = min(before.edges[0], after.edges[0])
    high = max(before.edges[-1], after.edges[-1])
    if not low < high:
        return []
    edges = [low + (high - low) * place / BINS for place in range(BINS + 1)]
    shares = (_rebinned(before, edges), _rebinned(after, edges))
    distance = _distance(before, after)
    bounds = _bounds(old, new)
    if distance < NOTED_DISTANCE and not bounds:
        return []
    labels = tuple(
        f"{_edge(old, edges[place])} – {_edge(old, edges[place + 1])}" for place in range(BINS)
    )
    said = "; ".join(part for part in (_moved_words(old, new, distance), *bounds) if part)
    sentence = f"'{new.name}': {said}."
    return [
        (
            distance,
            VersionChange(
                kind=ChangeKind.SHIFTED,
                column=new.name,
                sentence=sentence,
                spread=Spread(labels=labels, before=shares[0], after=shares[1]),
            ),
        )
    ]


def _moved_words(old: Column, new: Column, distance: float) -> str:
    """Say how the middle of the values moved, where it did."""
    if distance < NOTED_DISTANCE:
        return ""
    middle = len(old.quantiles) // 2
    if old.quantiles and len(old.quantiles) == len(new.quantiles):
        one, two = old.quantiles[middle], new.quantiles[middle]
        word = "median"
    elif old.mean is not None and new.mean is not None:
        one, two, word = old.mean, new.mean, "mean"
    else:
        return "the values are spread otherwise"
    if one == two or abs(two - one) < 0.02 * abs(one):
        return f"the values are spread otherwise around the same {word} of {_figure(two)}"
    way = "rose" if two > one else "fell"
    by = f" ({_percent((two - one) / abs(one))})" if one else ""
    return f"the {word} {way} from {_figure(one)} to {_figure(two)}{by}"


def _bounds(old: Column, new: Column) -> list[str]:
    """Say whether values reach clearly further than before."""
    before = (old.minimum, old.maximum)
    after = (new.minimum, new.maximum)
    if before == after or None in before + after:
        return []
    if old.kind is ColumnKind.NUMBER:
        low, high, least, most = (_number(one) for one in before + after)
        if low is None or high is None or least is None or most is None:
            return []
        room = 0.5 * (high - low)
        further, lower = most > high + room, least < low - room
        words = [_figure(one) for one in (low, high, least, most)]
    else:
        words = [str(one) for one in before + after]
        further, lower = words[3] > words[1], words[2] < words[0]
    said = [f"up to {words[3]} now, was {words[1]}"] if further else []
    return said + ([f"from {words[2]} on now, was {words[0]}"] if lower else [])


def _values(old: Column, new: Column, there_before: int, there_after: int) -> Found:
    """Compare the most frequent values; columns of mostly different values are left alone."""
    if not old.top or not new.top or not there_before or not there_after:
        return []
    before = {one.value: one.count / there_before for one in old.top}
    after = {one.value: one.count / there_after for one in new.top}
    names = sorted(
        before.keys() | after.keys(), key=lambda one: -before.get(one, after.get(one, 0))
    )
    # A value that is not among the most frequent ones of a long list may still be there.
    whole_before = old.distinct_is_exact and old.distinct <= len(old.top)
    whole_after = new.distinct_is_exact and new.distinct <= len(new.top)
    came = [one for one in names if one not in before] if whole_before else []
    went = [one for one in names if one not in after] if whole_after else []
    both = [one for one in names if one in before and one in after]
    distance = sum(abs(after[one] - before[one]) for one in both) / 2
    distance += sum(after[one] for one in came) / 2 + sum(before[one] for one in went) / 2
    most = max(both, key=lambda one: abs(after[one] - before[one]), default="")
    if not came and not went and distance < NOTED_DISTANCE:
        return []
    said = []
    if came:
        said.append(f"new: {_listed(came, after)}")
    if went:
        said.append(f"not there any more: {_listed(went, before)}")
    if most and abs(after[most] - before[most]) >= NOTED_DISTANCE:
        said.append(f"'{_short(most)}' went from {_share(before[most])} to {_share(after[most])}")
    if not said:
        said.append("the values are spread otherwise")
    shown = sorted(names, key=lambda one: -max(before.get(one, 0), after.get(one, 0)))[:MOST_VALUES]
    return [
        (
            distance,
            VersionChange(
                kind=ChangeKind.VALUES,
                column=new.name,
                sentence=f"'{new.name}': {'; '.join(said)}.",
                spread=Spread(
                    labels=tuple(_short(one) for one in shown),
                    before=tuple(round(before.get(one, 0.0), 4) for one in shown),
                    after=tuple(round(after.get(one, 0.0), 4) for one in shown),
                ),
            ),
        )
    ]


# -- arithmetic and words ---------------------------------------------------------------------


def _rebinned(histogram: Histogram, edges: Sequence[float]) -> tuple[float, ...]:
    """Give the shares that a histogram has in other bins."""
    places = [_below(histogram, edge) for edge in edges]
    return tuple(round(b - a, 4) for a, b in itertools.pairwise(places))


def _below(histogram: Histogram, value: float) -> float:
    """Give the share of values below one; what lies in a bin is spread evenly there."""
    total = sum(histogram.counts) or 1
    if value >= histogram.edges[-1]:
        return 1.0
    below = 0.0
    for low, high, count in zip(
        histogram.edges, histogram.edges[1:], histogram.counts, strict=False
    ):
        if value >= high:
            below += count
        elif value > low:
            below += count * (value - low) / (high - low)
    return below / total


def _distance(before: Histogram, after: Histogram) -> float:
    """Give the largest difference of the shares below a value (Kolmogorov and Smirnov's)."""
    edges = sorted({*before.edges, *after.edges})
    return max(abs(_below(before, edge) - _below(after, edge)) for edge in edges)


def _edge(column: Column, value: float) -> str:
    if column.kind is ColumnKind.DATE:
        from datetime import UTC, datetime

        try:
            return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d")
        except (OverflowError, OSError, ValueError):
            return _figure(value)
    if column.kind is ColumnKind.TIME:
        return f"{int(value) // 3600:02}:{int(value) // 60 % 60:02}"
    return _figure(value)


def _figure(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.4g}" if abs(value) < 1e6 else f"{value:.4g}"


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _percent(part: float) -> str:
    """Write a change: +12 %, where it is small with a digit."""
    percent = 100 * part
    return f"{percent:+.1f} %" if abs(percent) < 10 else f"{percent:+,.0f} %"


def _share(part: float) -> str:
    percent = 100 * part
    if 0 < percent < 1:
        return "<1 %"
    return ">99 %" if 99 < percent < 100 else f"{percent:.0f} %"


def _listed(values: Sequence[str], shares: dict[str, float]) -> str:
    named = [f"'{_short(one)}' ({_share(shares[one])})" for one in values[:MOST_NAMED]]
    more = len(values) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more else "")


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"
