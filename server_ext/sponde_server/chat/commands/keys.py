"""Which columns tell which rows of two datasets belong together: found by the values they share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sponde_server.chat import columns
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Column, ColumnKind, Dataset, Profile

from .quoting import code, identifier

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

MOST_PAIRS = 40
LEAST_SHARE = 0.05
_ID = re.compile(
    r"(?:^|[^A-Za-z])(?i:id|key|code|nr|no|number)$|(?<=[a-z])(?:Id|ID|Key|Code|Nr|No)$"
)
_BARE = re.compile(r"[^a-z0-9]+|(?<=[a-z])_?(?:id|no|nr|key|code|name)$")


@dataclass(frozen=True)
class Side:
    """One of the two datasets."""

    dataset: Dataset
    profile: Profile

    @property
    def name(self) -> str:
        """Its name."""
        return self.dataset.name

    def column(self, name: str) -> Column:
        """Give a column."""
        return next(one for one in self.profile.columns if one.name == name)


@dataclass(frozen=True)
class Key:
    """The columns of both sides, in pairs."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    share: float = 1.0
    """How many of the values of the side that has fewer are on the other side too."""
    is_cast: bool = False
    """Whether both sides are read as text, because their types differ."""

    @property
    def said(self) -> str:
        """Write it as people read it."""
        return " and ".join(
            code(one) if one == other else f"{code(one)} = {code(other)}"
            for one, other in zip(self.left, self.right, strict=True)
        )


def written(text: str, left: Side, right: Side) -> Key:
    """Read `shop = id, day` as the columns that are meant."""
    lefts: list[str] = []
    rights: list[str] = []
    for part in _parts(text, left, right):
        one, _, other = part.partition("=") if not _has(part, left) else (part, "", "")
        first = columns.find(one.strip(), left.profile.columns, left.name).columns[0]
        second = columns.find((other or one).strip(), right.profile.columns, right.name).columns[0]
        lefts.append(first.name)
        rights.append(second.name)
    return _checked(Key(tuple(lefts), tuple(rights)), left, right)


def _has(written: str, side: Side) -> bool:
    bare = written.strip().strip("\"'`")
    return any(one.name == bare for one in side.profile.columns)


def _parts(text: str, left: Side, right: Side) -> list[str]:
    """Cut at commas, but not inside quotes or a column's own name."""
    if _has(text, left):
        return [text]
    parts, quote, start = [], "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        elif sign == ",":
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def _checked(key: Key, left: Side, right: Side) -> Key:
    """Read both sides as text where their types have nothing in common."""
    is_cast = any(
        left.column(one).kind is not right.column(other).kind
        for one, other in zip(key.left, key.right, strict=True)
    )
    return Key(key.left, key.right, key.share, is_cast)


async def find(left: Side, right: Side, datasets: "SpondeDatasets") -> list[Key]:
    """Give the keys that fit, the best first; found by the values that both sides have."""
    pairs = _likely(left, right)[:MOST_PAIRS]
    if not pairs:
        return []
    parts = [
        f"SELECT {place} AS place, (SELECT count(*) FROM (SELECT DISTINCT {identifier(one.name)} "
        f"FROM {identifier(left.name)} INTERSECT SELECT DISTINCT {identifier(other.name)} "
        f"FROM {identifier(right.name)}) AS shared(v) WHERE v IS NOT NULL) AS n"
        for place, (one, other) in enumerate(pairs)
    ]
    asked = " UNION ALL ".join(parts)
    table = await datasets.query(asked, [left.name, right.name], limit=MOST_PAIRS)
    scored: list[tuple[float, Key]] = []
    for place, count in table.rows:
        one, other = pairs[place]
        fewer = max(1, min(one.distinct, other.distinct))
        share = min(1.0, int(count) / fewer)
        if share < LEAST_SHARE:
            continue
        unique = max(_unique(one, left.profile), _unique(other, right.profile))
        alike = _alike(one.name, other.name, left, right)
        score = (share * (0.4 + unique) + 0.5 * alike) * _evidence(one, other, alike)
        scored.append((score, Key((one.name,), (other.name,), share)))
    scored.sort(key=lambda pair: -pair[0])
    return [key for _, key in scored]


def _likely(left: Side, right: Side) -> list[tuple[Column, Column]]:
    """Give the pairs that are worth a look: of one kind, with more than a few values."""
    pairs = [
        (_alike(one.name, other.name, left, right), one, other)
        for one in left.profile.columns
        for other in right.profile.columns
        if _may_be_key(one) and _may_be_key(other) and one.kind is other.kind
    ]
    pairs = [
        pair for pair in pairs
        if pair[0] >= 0.8 or (_is_plain(pair[1]) and _is_plain(pair[2]))
    ]  # fmt: skip
    pairs.sort(
        key=lambda pair: (
            -pair[0],
            -max(_unique(pair[1], left.profile), _unique(pair[2], right.profile)),
        )
    )
    return [(one, other) for _, one, other in pairs]


def _may_be_key(column: Column) -> bool:
    return column.kind in (ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.DATE) and (
        column.distinct > 1
    )


def _is_plain(column: Column) -> bool:
    """Say whether columns of other names may hold the same: not measures, not flags."""
    return column.distinct > 2 and column.type not in ("DOUBLE", "FLOAT")


def _evidence(one: Column, other: Column, alike: float) -> float:
    """Say how much shared values mean: small numbers meet small numbers everywhere."""
    if any(column.type in ("DOUBLE", "FLOAT") for column in (one, other)):
        return 0.3
    if one.kind is ColumnKind.NUMBER:
        is_id = any(_ID.search(column.name) for column in (one, other))
        return 1.0 if is_id else 0.8 if alike >= 0.8 else 0.4
    return 1.0


def _unique(column: Column, profile: Profile) -> float:
    there = profile.rows - column.nulls
    return min(1.0, column.distinct / there) if there else 0.0


def _alike(one: str, other: str, left: Side, right: Side) -> float:
    """Say how alike two names are: 1 the same; `shop_id` and `id` of shops are nearly so."""
    first, second = one.casefold(), other.casefold()
    if first == second:
        return 1.0
    if re.sub(r"[\W_]", "", first) == re.sub(r"[\W_]", "", second):
        return 0.95
    for name, plain, side in ((first, second, right), (second, first, left)):
        stem = side.name.casefold().rstrip("s")
        if re.sub(r"[\W_]", "", name) in (stem + plain, stem):
            return 0.9
    bare = [_BARE.sub("", name) for name in (first, second)]
    return 0.8 if bare[0] and bare[0] == bare[1] else 0.0


async def completed(
    key: Key, keys: Sequence[Key], left: Side, right: Side, datasets: "SpondeDatasets"
) -> tuple[Key, "Match"]:
    """Add a second pair where one alone leaves both sides with several rows a key."""
    match = await measure(key, left, right, datasets)
    if match.left_twice and match.right_twice:
        for other in keys:
            if other.left[0] == other.right[0] and other.left[0] not in key.left:
                both = Key((*key.left, *other.left), (*key.right, *other.right))
                tried = await measure(both, left, right, datasets)
                if tried.both and not (tried.left_twice and tried.right_twice):
                    return both, tried
    return key, match


# -- how well a key fits ------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """What both sides have of a key."""

    left_keys: int
    right_keys: int
    both: int
    """Keys that are on both sides."""
    left_rows: int
    """Rows of the left side that find a partner."""
    right_rows: int
    left_twice: int
    """Keys that several rows of the left side have."""
    right_twice: int
    left_empty: int
    """Rows of the left side without a key."""
    right_empty: int
    rows: int
    """Rows of an inner join."""
    nearly: int
    """Rows more of the left side that would match if spaces and case did not count."""


async def measure(key: Key, left: Side, right: Side, datasets: "SpondeDatasets") -> Match:
    """Count what fits and what does not."""
    ones, others = values(key, left, right)
    texts = key.is_cast or any(left.column(name).kind is ColumnKind.TEXT for name in key.left)
    alike = " AND ".join(
        f"lower(trim(CAST(a.k{n} AS VARCHAR))) = lower(trim(CAST(b.k{n} AS VARCHAR)))"
        for n in range(len(ones))
    )
    nearly = f"(SELECT coalesce(sum(a.n), 0) FROM a SEMI JOIN b ON {alike})"
    names = ", ".join(f"k{n}" for n in range(len(ones)))
    sql = (
        f"WITH a AS MATERIALIZED ({_grouped(ones, left)}), "
        f"b AS MATERIALIZED ({_grouped(others, right)}), "
        f"j AS MATERIALIZED (SELECT a.n AS an, b.n AS bn FROM a JOIN b USING ({names})) "
        "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM j), "
        "(SELECT coalesce(sum(an), 0) FROM j), (SELECT coalesce(sum(bn), 0) FROM j), "
        "(SELECT count(*) FROM a WHERE n > 1), (SELECT count(*) FROM b WHERE n > 1), "
        f"{left.profile.rows} - (SELECT coalesce(sum(n), 0) FROM a), "
        f"{right.profile.rows} - (SELECT coalesce(sum(n), 0) FROM b), "
        f"(SELECT coalesce(sum(an * bn), 0) FROM j), {nearly if texts else '0'}"
    )
    ((*found, close),) = (await datasets.query(sql, [left.name, right.name], limit=1)).rows
    numbers = [int(value) for value in found]
    numbers.append(max(0, int(close) - numbers[3]) if texts else 0)
    return Match(*numbers)


def values(key: Key, left: Side, right: Side) -> tuple[list[str], list[str]]:
    """Write the key's columns as SQL that can be compared."""

    def cast(name: str, column: Column) -> str:
        written = identifier(name)
        if key.is_cast:
            return f"CAST({written} AS VARCHAR)"
        return f"CAST({written} AS TIMESTAMP)" if column.kind is ColumnKind.DATE else written

    return (
        [cast(name, left.column(name)) for name in key.left],
        [cast(name, right.column(name)) for name in key.right],
    )


def _grouped(keys: Sequence[str], side: Side) -> str:
    listed = ", ".join(f"{key} AS k{n}" for n, key in enumerate(keys))
    there = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    names = ", ".join(f"k{n}" for n in range(len(keys)))
    return (
        f"SELECT {names}, count(*) AS n FROM (SELECT {listed} FROM {identifier(side.name)} "
        f"WHERE {there}) GROUP BY {names}"
    )


def none_fits(command: str, left: Side, right: Side) -> Invalid:
    """Say that no key was found, and how one is named."""

    def some(side: Side) -> str:
        names = [column.name for column in side.profile.columns]
        return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")

    return Invalid(
        f"No column of @{left.name} shares values with one of @{right.name}.",
        f"Name the key: /{command} @{left.name} @{right.name} on column = column. "
        f"@{left.name} has {some(left)}; @{right.name} has {some(right)}.",
    )


def text_key(name: str, column: Column, frame: str) -> str:
    """Write pandas that reads a key as the text that SQL compares."""
    from .quoting import python

    whole = "INT" in column.type
    kind = '.astype("Int64").astype("string")' if whole else '.astype("string")'
    return f"{frame}[{python(name)}] = {frame}[{python(name)}]{kind}"


def picture(bars: Sequence[tuple[str, str, int]], title: str) -> dict[str, Any]:
    """Draw rows that fit beside rows that do not."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": "container",
        "height": {"step": 26},
        "usermeta": {"embedOptions": {"actions": False}},
        "data": {"values": [{"side": side, "what": what, "n": n} for side, what, n in bars]},
        "mark": {"type": "bar", "tooltip": {"content": "data"}},
        "encoding": {
            "y": {"field": "side", "type": "nominal", "title": None, "sort": None,
                  "axis": {"labelLimit": 150}},
            "x": {"field": "n", "type": "quantitative", "title": title,
                  "axis": {"tickCount": 6, "format": "~s"}},
            "color": {"field": "what", "type": "nominal", "title": None, "sort": None,
                      "scale": {"scheme": "tableau10"},
                      "legend": {"orient": "bottom", "columns": 3}},
        },
    }  # fmt: skip
