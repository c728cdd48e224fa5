"""A picture of one column, or of two: its query, its Vega-Lite specification, the same in Python.

The query aggregates, so that what reaches the browser is small whatever the file's size. Pure:
makes text and plain data, runs nothing.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sponde_server.datasets.records import Column, ColumnKind, Table

from .columns import code

MIME = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
BINS = 30
GRID = 40
MOST_NAMES = 15
MOST_LINES = 5
MOST_DOTS = 1500
FEW_NUMBERS = 12
# SQL's word, pandas' period, about how many days, and how a caption says it.
PERIODS = (
    ("hour", "h", 1 / 24, "hour"),
    ("day", "D", 1.0, "day"),
    ("week", "W", 7.0, "week"),
    ("month", "M", 30.4, "month"),
    ("year", "Y", 365.25, "year"),
)
MOST_PERIODS = 200
# Few and short, so that a narrow panel has room for them.
AXIS = {"tickCount": 6, "format": "~s"}
SCALE = {"orient": "bottom", "gradientLength": 110}
_UNPLAIN = re.compile(r'["\\\x00-\x1f]')


@dataclass(frozen=True)
class Chart:
    """What to ask, how to draw the answer, and how a notebook draws the same."""

    about: str
    """What it shows, in a sentence."""
    sql: str
    """A query over the dataset, as a view of its name."""
    layers: dict[str, Any]
    """The specification but its data."""
    code: str
    """Python that draws the same."""
    notes: tuple[str, ...] = field(default=())
    """What one should know, in sentences."""


def chart(dataset: str, columns: Sequence[Column], rows: int) -> Chart:
    """Choose the picture that fits one column, or two."""
    if len(columns) == 1 or columns[0].name == columns[1].name:
        return _one(dataset, columns[0])
    return _two(dataset, columns[0], columns[1], rows)


def first_choice(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Choose what to look at first where nobody says: how rows fall in time, else into kinds."""
    there = [column for column in columns if column.distinct > 1]
    dates = [column for column in there if column.kind is ColumnKind.DATE]
    names = [column for column in there if _is_name(column) and column.distinct <= 50]
    numbers = [column for column in there if column.kind is ColumnKind.NUMBER]
    return tuple((dates or names or numbers or there or list(columns))[:1])


def specification(made: Chart, table: Table) -> dict[str, Any]:
    """Put a query's rows into the picture."""
    values = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {
        "$schema": SCHEMA,
        "width": "container",
        "data": {"values": values},
        # The menu's "Open in Vega Editor" would send the data to another host.
        "usermeta": {"embedOptions": {"actions": False}},
        **made.layers,
    }


# -- one column -------------------------------------------------------------------------------


def _one(dataset: str, column: Column) -> Chart:
    if column.kind is ColumnKind.DATE:
        return _over_time(dataset, column)
    few = column.distinct <= FEW_NUMBERS and column.distinct_is_exact
    if column.kind is ColumnKind.NUMBER and not few:
        return _histogram(dataset, column)
    return _counts(dataset, column)


def _histogram(dataset: str, column: Column) -> Chart:
    low, high, notes = _range(column)
    start, step, count = _bins(low, high, BINS, whole="INT" in column.type)
    value = f"CAST({_q(column.name)} AS DOUBLE)"
    place = f"least(floor((v - {start!r}) / {step!r}), {count - 1})"
    sql = (
        f"SELECT {start!r} + {step!r} * place AS low, {start!r} + {step!r} * (place + 1) AS high, "
        f"n FROM (SELECT {place} AS place, count(*) AS n FROM (SELECT {value} AS v "
        f"FROM {_q(dataset)}) WHERE v BETWEEN {start!r} AND {start + step * count!r} "
        "GROUP BY 1) ORDER BY low"
    )
    steep = _is_steep(column)
    scale: dict[str, Any] = {}
    if steep and column.histogram:
        most = max(column.histogram.counts)
        ticks = [0, *[10**power for power in range(len(str(most)))]]
        scale = {"scale": {"type": "symlog"}, "axis": {"values": ticks}}
        notes.append("Almost all values lie in one bar, so the counts are drawn on a log scale.")
    layers = {
        "height": 220,
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "x": {
                "field": "low",
                "type": "quantitative",
                "bin": {"binned": True, "step": step},
                "title": column.name,
                "axis": AXIS,
            },
            "x2": {"field": "high"},
            "y": {"field": "n", "type": "quantitative", "title": "Rows", **scale},
        },
    }
    python = _python(
        dataset,
        f"values = df[{_s(column.name)}].dropna()",
        f"edges = [{_number(start)} + {_number(step)} * i for i in range({count + 1})]",
        "",
        "fig, ax = plt.subplots(figsize=(8, 4))",
        "ax.hist(values, bins=edges)",
        *(['ax.set_yscale("symlog")'] if steep else []),
        *_labels(column.name, "Rows"),
    )
    return Chart(f"How {_c(column)} is spread.", sql, layers, python, tuple(notes))


def _counts(dataset: str, column: Column) -> Chart:
    name = _q(column.name)
    numeric = column.kind is ColumnKind.NUMBER
    sql = (
        f"SELECT CAST({name} AS VARCHAR) AS name, count(*) AS n FROM {_q(dataset)} "
        f"WHERE {name} IS NOT NULL GROUP BY {name} "
        f"ORDER BY {name if numeric else 'n DESC, name'} LIMIT {MOST_NAMES}"
    )
    notes = []
    if column.distinct > MOST_NAMES:
        about = "" if column.distinct_is_exact else "about "
        notes.append(f"The {MOST_NAMES} most frequent of {about}{column.distinct:,} values.")
    if column.nulls:
        notes.append(f"{column.nulls:,} rows have no value.")
    layers = {
        "height": {"step": 20},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": _names("name", column.name, sort=None if numeric else "-x"),
            "x": {"field": "n", "type": "quantitative", "title": "Rows"},
        },
    }
    counted = (
        f"counts = df[{_s(column.name)}].value_counts().sort_index()"
        if numeric
        else f"counts = df[{_s(column.name)}].value_counts().head({MOST_NAMES})"
    )
    python = _python(
        dataset,
        counted,
        "",
        "fig, ax = plt.subplots(figsize=(8, 4))",
        "counts[::-1].plot.barh(ax=ax)",
        *_labels("Rows", column.name),
    )
    return Chart(f"How often each {_c(column)} occurs.", sql, layers, python, tuple(notes))


def _over_time(dataset: str, column: Column) -> Chart:
    word, period, said = _period(column)
    sql = (
        f"SELECT {_moment(word, column)} AS moment, count(*) AS n FROM {_q(dataset)} "
        f"WHERE {_q(column.name)} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    layers = {
        "height": 220,
        "mark": {"type": "line", "tooltip": True, "point": False},
        "encoding": {
            "x": _time(column.name),
            "y": {"field": "n", "type": "quantitative", "title": f"Rows a {said}"},
        },
    }
    python = _python(
        dataset,
        *_by_period(column, period),
        "counts = df.groupby(by).size()",
        "",
        "fig, ax = plt.subplots(figsize=(8, 4))",
        "counts.plot(ax=ax)",
        *_labels(column.name, f"Rows a {said}"),
        pandas=True,
    )
    return Chart(f"Rows over {_c(column)}, a point for each {said}.", sql, layers, python)


# -- two columns ------------------------------------------------------------------------------


def _two(dataset: str, first: Column, second: Column, rows: int) -> Chart:
    kinds = (_role(first), _role(second))
    if kinds == ("number", "number"):
        if rows <= MOST_DOTS:
            return _scatter(dataset, first, second)
        return _heat(dataset, first, second)
    if kinds == ("number", "date"):
        return _mean_over_time(dataset, first, second)
    if kinds == ("date", "number"):
        return _mean_over_time(dataset, second, first)
    if kinds == ("number", "name"):
        return _means(dataset, first, second)
    if kinds == ("name", "number"):
        return _means(dataset, second, first)
    if kinds == ("date", "name"):
        return _lines(dataset, first, second)
    if kinds == ("name", "date"):
        return _lines(dataset, second, first)
    if kinds == ("date", "date"):
        return _over_time(dataset, first)
    return _cross(dataset, first, second)


def _means(dataset: str, number: Column, name: Column) -> Chart:
    value, group = f"CAST({_q(number.name)} AS DOUBLE)", _q(name.name)
    sql = (
        f"SELECT CAST({group} AS VARCHAR) AS name, avg({value}) AS mean, count(*) AS n "
        f"FROM {_q(dataset)} WHERE {group} IS NOT NULL AND {value} IS NOT NULL "
        f"GROUP BY {group} ORDER BY n DESC, name LIMIT {MOST_NAMES}"
    )
    title = f"Mean of {number.name}"
    layers = {
        "height": {"step": 20},
        "mark": {"type": "bar", "tooltip": {"content": "data"}},
        "encoding": {
            "y": _names("name", name.name, sort="-x"),
            "x": {"field": "mean", "type": "quantitative", "title": title},
        },
    }
    notes = []
    if name.distinct > MOST_NAMES:
        notes.append(f"The {MOST_NAMES} most frequent of {name.distinct:,} values.")
    python = _python(
        dataset,
        f'groups = df.groupby({_s(name.name)})[{_s(number.name)}].agg(["mean", "count"])',
        f'groups = groups.nlargest({MOST_NAMES}, "count").sort_values("mean")',
        "",
        "fig, ax = plt.subplots(figsize=(8, 4))",
        'groups["mean"].plot.barh(ax=ax)',
        *_labels(title, name.name),
    )
    about = f"The mean of {_c(number)} for each {_c(name)}."
    return Chart(about, sql, layers, python, tuple(notes))


def _mean_over_time(dataset: str, number: Column, date: Column) -> Chart:
    word, period, said = _period(date)
    value = f"CAST({_q(number.name)} AS DOUBLE)"
    sql = (
        f"SELECT {_moment(word, date)} AS moment, avg({value}) AS mean, count(*) AS n "
        f"FROM {_q(dataset)} WHERE {_q(date.name)} IS NOT NULL AND {value} IS NOT NULL "
        "GROUP BY 1 ORDER BY 1"
    )
    title = f"Mean of {number.name}"
    layers = {
        "height": 220,
        "mark": {"type": "line", "tooltip": True},
        "encoding": {
            "x": _time(date.name),
            "y": {
                "field": "mean",
                "type": "quantitative",
                "title": title,
                "scale": {"zero": False},
            },
        },
    }
    python = _python(
        dataset,
        *_by_period(date, period),
        f"means = df.groupby(by)[{_s(number.name)}].mean().dropna()",
        "",
        "fig, ax = plt.subplots(figsize=(8, 4))",
        "means.plot(ax=ax)",
        *_labels(date.name, title),
        pandas=True,
    )
    return Chart(f"The mean of {_c(number)} in each {said} of {_c(date)}.", sql, layers, python)


def _lines(dataset: str, date: Column, name: Column) -> Chart:
    word, period, said = _period(date)
    group = _q(name.name)
    sql = (
        f"WITH most AS (SELECT {group} AS g FROM {_q(dataset)} WHERE {group} IS NOT NULL "
        f"GROUP BY {group} ORDER BY count(*) DESC, {group} LIMIT {MOST_LINES}) "
        f"SELECT {_moment(word, date)} AS moment, CAST({group} AS VARCHAR) AS name, "
        f"count(*) AS n FROM {_q(dataset)} WHERE {group} IN (SELECT g FROM most) "
        f"AND {_q(date.name)} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    )
    layers = {
        "height": 240,
        "mark": {"type": "line", "tooltip": True},
        "encoding": {
            "x": _time(date.name),
            "y": {
                "field": "n",
                "type": "quantitative",
                "title": f"Rows a {said}",
                "impute": {"value": 0},
            },
            "color": {
                "field": "name",
                "type": "nominal",
                "title": name.name,
                "legend": {"orient": "bottom", "columns": 2, "labelLimit": 160},
            },
        },
    }
    notes = []
    if name.distinct > MOST_LINES:
        notes.append(f"The {MOST_LINES} most frequent of {name.distinct:,} values.")
    python = _python(
        dataset,
        f"most = df[{_s(name.name)}].value_counts().head({MOST_LINES}).index",
        f"df = df[df[{_s(name.name)}].isin(most)]",
        *_by_period(date, period),
        f"counts = df.groupby([by, {_s(name.name)}]).size().unstack(fill_value=0)",
        "",
        "fig, ax = plt.subplots(figsize=(8, 4))",
        "counts.plot(ax=ax)",
        *_labels(date.name, f"Rows a {said}"),
        pandas=True,
    )
    about = f"Rows over {_c(date)}, a line for each {_c(name)}."
    return Chart(about, sql, layers, python, tuple(notes))


def _cross(dataset: str, first: Column, second: Column) -> Chart:
    one, two = _q(first.name), _q(second.name)
    most = (
        "SELECT {0} FROM {1} WHERE {0} IS NOT NULL GROUP BY {0} ORDER BY count(*) DESC, {0} LIMIT "
        + str(MOST_NAMES)
    )
    sql = (
        f"SELECT CAST({one} AS VARCHAR) AS one, CAST({two} AS VARCHAR) AS two, count(*) AS n "
        f"FROM {_q(dataset)} WHERE {one} IN ({most.format(one, _q(dataset))}) "
        f"AND {two} IN ({most.format(two, _q(dataset))}) GROUP BY 1, 2 ORDER BY 1, 2"
    )
    layers = {
        "height": {"step": 20},
        "mark": {"type": "rect", "tooltip": True},
        "encoding": {
            "y": _names("one", first.name),
            "x": _names("two", second.name),
            "color": {"field": "n", "type": "quantitative", "title": "Rows", "legend": SCALE},
        },
    }
    notes = []
    if max(first.distinct, second.distinct) > MOST_NAMES:
        notes.append(f"At most the {MOST_NAMES} most frequent values of each.")
    python = _python(
        dataset,
        f"one, two = df[{_s(first.name)}], df[{_s(second.name)}]",
        f"one = one[one.isin(one.value_counts().head({MOST_NAMES}).index)]",
        f"two = two[two.isin(two.value_counts().head({MOST_NAMES}).index)]",
        "counts = pd.crosstab(one, two)",
        "",
        "fig, ax = plt.subplots(figsize=(8, 5))",
        'image = ax.imshow(counts, aspect="auto", cmap="Blues")',
        "ax.set_xticks(range(counts.shape[1]), counts.columns.astype(str), rotation=90)",
        "ax.set_yticks(range(counts.shape[0]), counts.index.astype(str))",
        'fig.colorbar(image, label="Rows")',
        *_labels(second.name, first.name),
        pandas=True,
    )
    about = f"How often each {_c(first)} meets each {_c(second)}."
    return Chart(about, sql, layers, python, tuple(notes))


def _scatter(dataset: str, first: Column, second: Column) -> Chart:
    x, y = f"CAST({_q(second.name)} AS DOUBLE)", f"CAST({_q(first.name)} AS DOUBLE)"
    sql = (
        f"SELECT {x} AS x, {y} AS y FROM {_q(dataset)} "
        f"WHERE {x} IS NOT NULL AND {y} IS NOT NULL LIMIT {MOST_DOTS}"
    )
    layers = {
        "height": 260,
        "mark": {"type": "point", "tooltip": True, "filled": True, "opacity": 0.5},
        "encoding": {
            "x": _measure("x", second.name),
            "y": _measure("y", first.name),
        },
    }
    python = _python(
        dataset,
        "fig, ax = plt.subplots(figsize=(8, 5))",
        f"ax.scatter(df[{_s(second.name)}], df[{_s(first.name)}], s=12, alpha=0.5)",
        *_labels(second.name, first.name),
    )
    return Chart(f"{_c(first)} against {_c(second)}, a dot for each row.", sql, layers, python)


def _heat(dataset: str, first: Column, second: Column) -> Chart:
    parts: list[str] = []
    bins: list[tuple[float, float, int]] = []
    notes: list[str] = []
    for column in (second, first):
        low, high, said = _range(column)
        notes += said
        bins.append(_bins(low, high, GRID, whole="INT" in column.type))
    for (start, step, count), column, axis in zip(bins, (second, first), "xy", strict=True):
        value = f"CAST({_q(column.name)} AS DOUBLE)"
        parts.append(
            f"CASE WHEN {value} BETWEEN {start!r} AND {start + step * count!r} THEN "
            f"least(floor(({value} - {start!r}) / {step!r}), {count - 1}) END AS {axis}"
        )
    (x0, dx, nx), (y0, dy, ny) = bins
    sql = (
        f"SELECT {x0!r} + {dx!r} * x AS x, {x0!r} + {dx!r} * (x + 1) AS x2, "
        f"{y0!r} + {dy!r} * y AS y, {y0!r} + {dy!r} * (y + 1) AS y2, n FROM "
        f"(SELECT {', '.join(parts)}, count(*) AS n FROM {_q(dataset)} GROUP BY 1, 2) "
        "WHERE x IS NOT NULL AND y IS NOT NULL ORDER BY 1, 3"
    )
    layers = {
        "height": 260,
        "mark": {"type": "rect", "tooltip": True},
        "encoding": {
            "x": _measure("x", second.name),
            "x2": {"field": "x2"},
            "y": _measure("y", first.name),
            "y2": {"field": "y2"},
            "color": {
                "field": "n",
                "type": "quantitative",
                "title": "Rows",
                "scale": {"type": "log"},
                "legend": SCALE,
            },
        },
    }
    python = _python(
        dataset,
        f"both = df[[{_s(second.name)}, {_s(first.name)}]].dropna()",
        f"xs = [{_number(x0)} + {_number(dx)} * i for i in range({nx + 1})]",
        f"ys = [{_number(y0)} + {_number(dy)} * i for i in range({ny + 1})]",
        "",
        "fig, ax = plt.subplots(figsize=(8, 5))",
        f"image = ax.hist2d(both[{_s(second.name)}], both[{_s(first.name)}], bins=[xs, ys], "
        'cmin=1, norm="log")[3]',
        'fig.colorbar(image, label="Rows")',
        *_labels(second.name, first.name),
    )
    about = f"{_c(first)} against {_c(second)}: the darker, the more rows."
    return Chart(about, sql, layers, python, tuple(notes))


# -- what a column is -------------------------------------------------------------------------


def _role(column: Column) -> str:
    if column.kind is ColumnKind.DATE:
        return "date"
    return "number" if column.kind is ColumnKind.NUMBER else "name"


def _is_name(column: Column) -> bool:
    return column.kind in (ColumnKind.TEXT, ColumnKind.BOOLEAN)


def _is_steep(column: Column) -> bool:
    if column.histogram is None or not column.histogram.counts:
        return False
    return max(column.histogram.counts) > 0.9 * sum(column.histogram.counts)


def _range(column: Column) -> tuple[float, float, list[str]]:
    """Give the range worth drawing; a few values that lie far out are left out, and it is said."""
    low, high = float(column.minimum or 0), float(column.maximum or 0)
    if not math.isfinite(low) or not math.isfinite(high):
        low, high = (column.quantiles[0], column.quantiles[-1]) if column.quantiles else (0.0, 1.0)
    notes: list[str] = []
    if len(column.quantiles) == 5:
        early, late = column.quantiles[0], column.quantiles[-1]
        reach = late - early
        near_low, near_high = max(low, early - reach), min(high, late + reach)
        if reach > 0 and high - low > 8 * reach:
            notes.append(
                f"{_c(column)} goes from {low:,g} to {high:,g}; only {near_low:,g} to "
                f"{near_high:,g} is drawn, where at least 90 % of the values lie."
            )
            low, high = near_low, near_high
    return low, high, notes


def _bins(low: float, high: float, count: int, *, whole: bool) -> tuple[float, float, int]:
    """Choose bins with round borders: where they begin, how wide they are, how many."""
    if high <= low:
        return low, 1.0, 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999999)
    if whole:
        step = max(1.0, float(math.ceil(step)))
    start = math.floor(low / step) * step
    # What floating point leaves behind (0.30000000000000004) has no place in people's code.
    step, start = float(f"{step:.12g}"), float(f"{start:.12g}")
    return start, step, max(1, math.floor((high - start) / step) + 1)


def _period(column: Column) -> tuple[str, str, str]:
    """Choose the finest period that gives no more than 200 points."""
    try:
        first = datetime.fromisoformat((column.minimum or "")[:19])
        last = datetime.fromisoformat((column.maximum or "")[:19])
        days = (last - first).total_seconds() / 86400
    except ValueError:
        days = 365.0 * 10
    periods = PERIODS if "TIMESTAMP" in column.type else PERIODS[1:]
    for word, period, length, said in periods:
        if days / length <= MOST_PERIODS:
            return word, period, said
    word, period, _, said = PERIODS[-1]
    return word, period, said


# -- pieces of SQL, Vega-Lite and Python --------------------------------------------------------


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _c(column: Column) -> str:
    return code(column.name)


def _moment(word: str, column: Column) -> str:
    # Without a zone, so that the browser reads it as it is written in the file.
    return f"strftime(date_trunc('{word}', {_q(column.name)}), '%Y-%m-%dT%H:%M:%S')"


def _time(title: str) -> dict[str, Any]:
    return {"field": "moment", "type": "temporal", "title": title}


def _measure(place: str, title: str) -> dict[str, Any]:
    return {
        "field": place,
        "type": "quantitative",
        "title": title,
        "scale": {"zero": False},
        "axis": AXIS,
    }


def _names(place: str, title: str, sort: str | None = None) -> dict[str, Any]:
    return {
        "field": place,
        "type": "nominal",
        "title": title,
        "sort": sort,
        "axis": {"labelLimit": 150},
    }


def _s(text: str) -> str:
    """Write a text as Python does, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _labels(x: str, y: str) -> list[str]:
    # A dollar begins maths in matplotlib's labels.
    def label(text: str) -> str:
        plain = text.replace("$", r"\$")
        return f'r"{plain}"' if "$" in text and not _UNPLAIN.search(text) else _s(plain)

    return [f"ax.set_xlabel({label(x)})", f"ax.set_ylabel({label(y)})", "plt.show()"]


def _by_period(column: Column, period: str) -> list[str]:
    zone = ".dt.tz_localize(None)" if "TIME ZONE" in column.type else ""
    return [
        f"by = pd.to_datetime(df[{_s(column.name)}]){zone}.dt.to_period({_s(period)}).dt.start_time"
    ]


def _python(dataset: str, *lines: str, pandas: bool = False) -> str:
    imports = ["import matplotlib.pyplot as plt"]
    if pandas:
        imports.append("import pandas as pd")
    return "\n".join(
        [*imports, "import sponde", "", f'df = sponde.dataset("{dataset}").df()', *lines]
    )
