"""What is wrong in a dataset: looked for in every row by SQL, each kind with its count."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from sponde_server.core.errors import SpondeError
from sponde_server.datasets.records import Column, ColumnKind, Dataset, Profile

from . import forms
from .quoting import code, identifier, literal, many

if TYPE_CHECKING:
    from sponde_server.datasets.service import SpondeDatasets

TOGETHER = 30
MOST_COLUMNS = 300
MOSTLY = 0.9
FAR = 3.0
EXAMPLES = 3
ONE_SPELLING = 0.6
"""Where more of a column's values are their own, no spelling is more right than another."""


class StepKind(Enum):
    """One kind of thing that is wrong."""

    SPACES = 1
    NO_VALUE = 2
    NUMBERS = 3
    DATES = 4
    CASES = 5
    STAND_IN = 6
    EMPTY = 7
    FAR_OUT = 8
    TWICE = 9


@dataclass
class Step:
    """One thing to mend in one column."""

    kind: StepKind
    title: str
    column: str
    count: int
    counted: str
    words: tuple[Any, ...] = ()
    comma_is_decimal: bool = False
    low: float = 0.0
    high: float = 0.0
    examples: list[tuple[str, str]] = field(default_factory=list)
    shown: str = ""
    """What stands in place of examples."""


@dataclass
class Found:
    """Everything that is wrong, and what one should know besides."""

    steps: list[Step]
    notes: list[str] = field(default_factory=list)


async def find(
    dataset: Dataset,
    profile: Profile,
    columns: Sequence[Column],
    datasets: "SpondeDatasets",
    *,
    is_whole: bool,
) -> Found:
    """Look at every row."""
    found = Found([])
    if not profile.rows:
        return found
    look = _Look(dataset, profile, datasets, found)
    if len(columns) > MOST_COLUMNS:
        found.notes.append(
            f"There are {len(columns):,} columns; the first {MOST_COLUMNS} were looked at. "
            f"Name one to look at another: {code(f'/clean @{dataset.name} column')}."
        )
        columns = columns[:MOST_COLUMNS]
    texts = [one for one in columns if one.kind is ColumnKind.TEXT and one.nulls < profile.rows]
    numbers = [one for one in columns if one.kind is ColumnKind.NUMBER and one.nulls < profile.rows]
    work = [look.texts(texts[at : at + TOGETHER]) for at in range(0, len(texts), TOGETHER)]
    work += [look.numbers(numbers[at : at + TOGETHER]) for at in range(0, len(numbers), TOGETHER)]
    if is_whole:
        work.append(look.twice(columns))
    await asyncio.gather(*work)
    look.empty(columns)
    order = {column.name: place for place, column in enumerate(columns)}
    found.steps.sort(
        key=lambda step: (
            step.kind.value > StepKind.STAND_IN.value,
            step.kind.value if step.kind.value > StepKind.STAND_IN.value else 0,
            order.get(step.column, -1),
            step.kind.value,
        )
    )
    await look.examples()
    return found


class _Look:
    """Asks about one dataset."""

    def __init__(
        self, dataset: Dataset, profile: Profile, datasets: "SpondeDatasets", found: Found
    ) -> None:
        self._name = dataset.name
        self._from = identifier(dataset.name)
        self._rows = profile.rows
        self._taken = {column.name for column in profile.columns}
        self._datasets = datasets
        self._found = found

    async def _ask(self, sql: str, limit: int = 1) -> tuple[tuple[Any, ...], ...]:
        return (await self._datasets.query(sql, [self._name], limit=limit)).rows

    async def _row(self, asked: Sequence[str]) -> list[Any]:
        (row,) = await self._ask(f"SELECT {', '.join(asked)} FROM {self._from}")
        return list(row)

    # -- text ---------------------------------------------------------------------------------

    async def texts(self, columns: Sequence[Column]) -> None:
        """Look at columns of text."""
        if not columns:
            return
        words = ", ".join(literal(word) for word in forms.NO_VALUE)
        asked: list[str] = []
        for column in columns:
            value = _stripped(column)
            there = f"{value} <> '' AND {value} NOT IN ({words})"
            asked += [
                f"count(*) FILTER ({identifier(column.name)} <> {value})",
                f"count(*) FILTER ({value} = '')",
                f"count(*) FILTER ({there})",
                f"count(*) FILTER ({there} AND regexp_full_match({value}, {_p(forms.NUMBER)}))",
                f"count(*) FILTER (regexp_matches({value}, {_p(forms.COMMA_IS_DECIMAL)}))",
                f"count(*) FILTER (regexp_matches({value}, {_p(forms.POINT_IS_DECIMAL)}))",
                f"count(*) FILTER (regexp_full_match({value}, {_p('|'.join(_DATED))}))",
                f"string_agg(DISTINCT {value}, chr(31)) FILTER ({value} IN ({words}))",
                f"count(*) FILTER ({value} IN ({words}))",
            ]
        got = await self._row(asked)
        names: list[Column] = []
        work = []
        for place, column in enumerate(columns):
            spaces, blank, there, numeric, comma, point, dated, listed, missing = got[
                place * 9 : place * 9 + 9
            ]
            if spaces:
                self._add(
                    StepKind.SPACES,
                    "Spaces around text",
                    column,
                    spaces,
                    many(spaces, "value") + (f", {blank:,} of them blank" if blank else ""),
                )
            is_number = there > 1 and numeric >= MOSTLY * there
            is_date = there > 1 and dated >= MOSTLY * there
            if missing and (missing <= MOST_SHARE * self._rows or is_number or is_date):
                found = tuple(sorted((listed or "").split("\x1f")))
                self._add(
                    StepKind.NO_VALUE,
                    "Words for no value",
                    column,
                    missing,
                    many(missing, "value"),
                    words=found,
                )
            if is_date:
                work.append(self._dates(column, there))
            elif is_number:
                left = there - numeric
                self._add(
                    StepKind.NUMBERS,
                    "Numbers as text",
                    column,
                    there,
                    many(numeric, "value")
                    + (f"; {many(left, 'other')} would be missing" if left else ""),
                    comma_is_decimal=comma > point,
                )
            else:
                names.append(column)
        spelt = [one for one in names if one.distinct <= max(50, ONE_SPELLING * self._rows)]
        if spelt:
            work.append(self._cases(spelt))
        await asyncio.gather(*work)

    async def _dates(self, column: Column, there: int) -> None:
        value = _stripped(column)
        asked = [
            f"count(*) FILTER (regexp_full_match({value}, {_p(pattern)}) AND "
            f"try_strptime({value}, {literal(form)}) IS NOT NULL)"
            for form, pattern in forms.DATES.items()
        ]
        both = " AND ".join(
            f"try_strptime({value}, {literal(form)}) IS NOT NULL" for form in forms.RIVALS
        )
        *counts, either = await self._row([*asked, f"count(*) FILTER ({both})"])
        counted = dict(zip(forms.DATES, counts, strict=True))
        used = sorted((form for form in counted if counted[form]), key=lambda one: -counted[one])
        month, day = (counted[form] for form in forms.RIVALS)
        if either and month == either and day == either:
            used = [form for form in used if form != forms.RIVALS[1]]
        for form, count in zip(forms.RIVALS, (month, day), strict=True):
            # One that fits only what the other fits too is not a form of its own.
            if count == either and max(month, day) > either and form in used:
                used.remove(form)
        if either:
            first = next(form for form in used if form in forms.RIVALS)
            self._found.notes.append(
                f"{code(column.name)}: {many(either, 'date')} could be read with the day or with "
                f"the month first; the code reads {code(first)}. Change that line if it is wrong."
            )
        fits = sum(counted[form] for form in used if form not in forms.RIVALS)
        fits += (
            month + day - either
            if all(one in used for one in forms.RIVALS)
            else sum(counted[form] for form in used if form in forms.RIVALS)
        )
        left = max(0, there - fits)
        self._add(
            StepKind.DATES,
            "Dates in several forms" if len(used) > 1 else "Dates as text",
            column,
            there,
            f"{many(fits, 'value')} in {many(len(used), 'form')}"
            + (f"; {many(left, 'other')} would be missing" if left else ""),
            words=tuple(used),
        )

    async def _cases(self, columns: Sequence[Column]) -> None:
        words = ", ".join(literal(word) for word in forms.NO_VALUE)
        parts = [
            f"SELECT {place} AS place, count(*) AS groups, sum(total - most) AS changed FROM ("
            f"SELECT sum(n) AS total, max(n) AS most FROM (SELECT {_stripped(column)} AS v, "
            f"count(*) AS n FROM {self._from} WHERE {identifier(column.name)} IS NOT NULL "
            f"GROUP BY 1) WHERE v <> '' AND v NOT IN ({words}) "
            "GROUP BY lower(v) HAVING count(*) > 1)"
            for place, column in enumerate(columns)
        ]
        for place, groups, changed in await self._ask(" UNION ALL ".join(parts), len(parts)):
            if groups:
                self._add(
                    StepKind.CASES,
                    "Spellings that differ in case",
                    columns[place],
                    int(changed),
                    f"{many(int(changed), 'value')} of {many(groups, 'word')}",
                )

    # -- numbers ------------------------------------------------------------------------------

    async def numbers(self, columns: Sequence[Column]) -> None:
        """Look at columns of numbers."""
        if not columns:
            return
        stand_ins = ", ".join(str(one) for one in forms.STAND_INS)
        asked: list[str] = []
        for column in columns:
            value = f"CAST({identifier(column.name)} AS DOUBLE)"
            real = f"isfinite({value}) AND {value} NOT IN ({stand_ins})"
            asked += [
                f"min({value}) FILTER ({real})",
                f"max({value}) FILTER ({real})",
                f"quantile_cont({value}, 0.25) FILTER ({real})",
                f"quantile_cont({value}, 0.75) FILTER ({real})",
                *[f"count(*) FILTER ({value} = {one})" for one in forms.STAND_INS],
            ]
        got = await self._row(asked)
        width = 4 + len(forms.STAND_INS)
        bounds: list[tuple[Column, float, float, list[int]]] = []
        for place, column in enumerate(columns):
            low, high, first, last, *counts = got[place * width : (place + 1) * width]
            if low is None or high is None:
                continue
            out: list[int] = []
            for number, count in zip(forms.STAND_INS, counts, strict=True):
                stands_in = (number < 0 <= low) or (number > 0 and number > 3 * max(high, 0.0))
                if count > 1 and stands_in and number not in _possible(first, last):
                    out.append(number)
                    self._add(
                        StepKind.STAND_IN,
                        "A number for no value",
                        column,
                        count,
                        many(count, "value"),
                        words=(number,),
                        shown=f"{number} → missing",
                    )
            reach = last - first
            if reach > 0 and column.distinct > 10:
                bounds.append((column, first - FAR * reach, last + FAR * reach, out))
        if bounds:
            await self._far_out(bounds)

    async def _far_out(self, bounds: Sequence[tuple[Column, float, float, list[int]]]) -> None:
        asked = []
        for column, low, high, out in bounds:
            value = f"CAST({identifier(column.name)} AS DOUBLE)"
            kept = f" AND {value} NOT IN ({', '.join(map(str, out))})" if out else ""
            asked.append(f"count(*) FILTER (NOT {value} BETWEEN {low!r} AND {high!r}{kept})")
        for (column, low, high, _), count in zip(bounds, await self._row(asked), strict=True):
            if count:
                self._add(
                    StepKind.FAR_OUT,
                    "Values far out: marked, not removed",
                    column,
                    count,
                    many(count, "value"),
                    words=(self._free(f"{column.name} is far out"),),
                    low=low,
                    high=high,
                    shown=f"below {low:,.6g} or above {high:,.6g}",
                )

    # -- rows and columns ---------------------------------------------------------------------

    async def twice(self, columns: Sequence[Column]) -> None:
        """Count the rows that are there already."""
        try:
            ((count,),) = await self._ask(
                f"SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM {self._from})) "
                f"FROM {self._from}"
            )
        except SpondeError as error:
            self._found.notes.append(f"Rows that are there twice were not counted: {error.message}")
            return
        nested = tuple(one.name for one in columns if one.kind is ColumnKind.OTHER)
        if count:
            self._found.steps.append(
                Step(
                    StepKind.TWICE,
                    "Rows that are there already",
                    "",
                    int(count),
                    many(int(count), "row"),
                    words=nested,
                    shown="the first of each stays",
                )
            )

    def empty(self, columns: Sequence[Column]) -> None:
        """Find the columns that say nothing."""
        empty = tuple(one.name for one in columns if one.nulls >= self._rows)
        same = tuple(
            one.name
            for one in columns
            if self._rows > 1 and not one.nulls and one.distinct == 1 and one.distinct_is_exact
        )
        for title, names in (("Columns without a value", empty), ("Columns of one value", same)):
            if names:
                listed = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
                self._found.steps.append(
                    Step(
                        StepKind.EMPTY,
                        title,
                        "",
                        len(names),
                        many(len(names), "column"),
                        words=names,
                        shown=f"drops {listed}",
                    )
                )

    # -- examples -----------------------------------------------------------------------------

    async def examples(self) -> None:
        """Find a few values of each step, for the person's eyes only."""
        parts: list[str] = []
        for place, step in enumerate(self._found.steps):
            where = _where(step)
            if where:
                value = identifier(step.column)
                parts.append(
                    f"(SELECT {place} AS place, {value} AS v FROM {self._from} "
                    f"WHERE {value} IS NOT NULL AND {where} GROUP BY {value} LIMIT {EXAMPLES})"
                )
            elif step.kind is StepKind.CASES:
                value = _stripped_name(step.column)
                parts.append(
                    f"(SELECT {place} AS place, string_agg(DISTINCT v, ' | ' ORDER BY v) AS v FROM "
                    f"(SELECT {value} AS v FROM {self._from}) "
                    f"GROUP BY lower(v) HAVING count(DISTINCT v) > 1 LIMIT {EXAMPLES})"
                )
        for at in range(0, len(parts), TOGETHER):
            some = parts[at : at + TOGETHER]
            for place, value in await self._ask(" UNION ALL ".join(some), 1000):
                step = self._found.steps[place]
                step.examples.append((_visible(value), _after(step, value)))

    # -- smaller things -----------------------------------------------------------------------

    def _add(
        self, kind: StepKind, title: str, column: Column, count: int, counted: str, **more: Any
    ) -> None:
        self._found.steps.append(Step(kind, title, column.name, count, counted, **more))

    def _free(self, wish: str) -> str:
        while wish in self._taken:
            wish += "_"
        self._taken.add(wish)
        return wish


MOST_SHARE = forms.MOST_NO_VALUE
_DATED = list(forms.DATES.values())


def _possible(first: float, last: float) -> set[int]:
    """Give the small numbers that a wide column may well hold."""
    return {-99, 999} if last - first > 50 else set()


def _p(pattern: str) -> str:
    return literal(f"(?:{pattern})" if "|" in pattern else pattern)


def _stripped(column: Column) -> str:
    return _stripped_name(column.name)


def _stripped_name(name: str) -> str:
    return f"regexp_replace({identifier(name)}, '^{forms.SPACE}+|{forms.SPACE}+$', '', 'g')"


def _where(step: Step) -> str:
    value = _stripped_name(step.column) if step.column else ""
    if step.kind is StepKind.SPACES:
        return f"{identifier(step.column)} <> {value}"
    if step.kind is StepKind.NO_VALUE:
        return f"{value} IN ({', '.join(literal(word) for word in step.words)})"
    if step.kind is StepKind.NUMBERS:
        return f"regexp_full_match({value}, {_p(forms.NUMBER)})"
    if step.kind is StepKind.DATES:
        return f"regexp_full_match({value}, {_p('|'.join(_DATED))})"
    return ""


def _after(step: Step, value: str) -> str:
    if step.kind is StepKind.SPACES:
        return value.strip() or "missing"
    if step.kind is StepKind.NUMBERS:
        read = forms.NumberForm(step.comma_is_decimal).read(value.strip())
        return "missing" if read is None else f"{read:.10g}"
    if step.kind is StepKind.DATES:
        return forms.read_date(value.strip(), step.words) or "missing"
    return "the most frequent" if step.kind is StepKind.CASES else "missing"


def _visible(value: str) -> str:
    """Show the spaces around a text as dots."""
    bare = value.strip()
    if not bare:
        return "·" * min(len(value), 5)
    at = value.index(bare)
    return "·" * at + bare + "·" * (len(value) - at - len(bare))
