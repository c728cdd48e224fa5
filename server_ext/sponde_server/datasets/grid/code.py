"""A view, or a plot of it, as code that a notebook runs and that gives the same rows.

Pure. Knows no kernel; the code itself needs `sponde` and pandas, DuckDB or polars.
"""

import json
import re
from collections.abc import Sequence

from sponde_server.core.errors import Invalid
from sponde_server.datasets.files.forms import identifier, literal
from sponde_server.datasets.records import Column, ColumnKind

from . import views
from .records import CodeLanguage, DatasetView, FilterKind, ViewFilter

MOST_BARS = 20
WHOLE = re.compile(r"-?\d+")


def write(
    name: str,
    columns: Sequence[Column],
    view: DatasetView,
    language: CodeLanguage,
    plot: Sequence[str] = (),
) -> str:
    """Write the code of a view of the dataset called `name`."""
    for column in view.columns:
        views.named(columns, column)
    if language is CodeLanguage.SQL:
        return _sql(name, columns, view)
    if language is CodeLanguage.POLARS:
        return _polars(name, columns, view)
    if plot:
        return _plot(name, columns, view, plot)
    return "\n".join([*_pandas(name, columns, view), "view"])


# -- SQL ------------------------------------------------------------------------------------------


def _sql(name: str, columns: Sequence[Column], view: DatasetView) -> str:
    shown = ",\n       ".join(identifier(column) for column in view.columns) or "*"
    lines = [f"SELECT {shown}", f"FROM {identifier(name)}"]
    condition = [
        views.condition(DatasetView(filters=(one,)), columns, literal) for one in view.filters
    ]
    if view.search.strip():
        condition.append(views.condition(DatasetView(search=view.search), columns, literal))
    if condition:
        lines.append("WHERE " + "\n  AND ".join(condition))
    if view.sorts:
        lines.append(f"ORDER BY {views.order(view, columns)}")
    return "\n".join(lines)


# -- pandas ---------------------------------------------------------------------------------------


def _pandas(name: str, columns: Sequence[Column], view: DatasetView) -> list[str]:
    body = [f'rows = sponde.dataset({_text(name)}).df()']  # fmt: skip
    fits = [_fits(one, views.named(columns, one.column)) for one in view.filters]
    if view.search.strip():
        found = [_holds(column, view.search.strip()) for column in columns]
        joined = "\n        | ".join(found)
        fits.append(f"(\n        {joined}\n    )" if len(found) > 1 else found[0])
    if fits:
        joined = "\n    & ".join(fits)
        body.append(f"view = rows[\n    {joined}\n]" if len(fits) > 1 else f"view = rows[{joined}]")
    else:
        body.append("view = rows")
    if view.sorts:
        by = ", ".join(_text(one.column) for one in view.sorts)
        up = ", ".join(str(not one.descending) for one in view.sorts)
        body.append(
            f'view = view.sort_values([{by}], ascending=[{up}], na_position="last", kind="stable")'
        )
    if view.columns:
        body.append(f"view = view[[{', '.join(_text(one) for one in view.columns)}]]")
    needs_pandas = any("pandas." in line for line in body)
    return [*(["import pandas"] if needs_pandas else []), "import sponde", "", *body]


def _fits(one: ViewFilter, column: Column) -> str:
    rows = f"rows[{_text(column.name)}]"
    if one.kind is FilterKind.EMPTY:
        return f"rows[{_text(column.name)}].{'notna' if one.negated else 'isna'}()"
    if one.kind is FilterKind.CONTAINS:
        part = _holds(column, one.values[0] if one.values else "")
    elif one.kind is FilterKind.AMONG:
        part = f"{_comparable(rows, column)}.isin({_list(one.values, column)})"
    else:
        part = _range(one, column, _comparable(rows, column))
    return f"~({part})" if one.negated else part


def _range(one: ViewFilter, column: Column, rows: str) -> str:
    parts = []
    if one.low is not None:
        parts.append(f"({rows} >= {_value(one.low, column)})")
    if one.high is not None:
        parts.append(f"({rows} {'<' if one.below else '<='} {_value(one.high, column)})")
    return " & ".join(parts) if len(parts) == 1 else f"({' & '.join(parts)})"


def _comparable(rows: str, column: Column) -> str:
    if column.kind is ColumnKind.TIME:
        return f'pandas.to_timedelta({rows}.astype("string"))'
    if column.kind is ColumnKind.OTHER:
        return f'{rows}.astype("string")'
    return rows


def _value(value: str, column: Column) -> str:
    value = value.strip()
    if column.kind is ColumnKind.NUMBER:
        return value.lstrip("+")
    if column.kind is ColumnKind.BOOLEAN:
        return str(value.lower() == "true")
    if column.kind is ColumnKind.DATE:
        zone = ', tz="UTC"' if "ZONE" in column.type and not _has_zone(value) else ""
        return f"pandas.Timestamp({_text(value)}{zone})"
    if column.kind is ColumnKind.TIME:
        return f"pandas.Timedelta({_text(value if value.count(':') > 1 else value + ':00')})"
    return _text(value)


def _has_zone(value: str) -> bool:
    return value.endswith("Z") or "+" in value or value.rfind("-") > 9


def _list(values: Sequence[str], column: Column) -> str:
    return f"[{', '.join(_value(value, column) for value in values)}]"


def _holds(column: Column, text: str) -> str:
    """Write that a text occurs in a column's values, written as DuckDB writes them."""
    rows = f"rows[{_text(column.name)}]"
    if column.type == "DATE":
        rows += '.dt.strftime("%Y-%m-%d")'
    elif column.kind is ColumnKind.DATE:
        rows += '.dt.strftime("%Y-%m-%d %H:%M:%S")'
    elif column.kind is ColumnKind.NUMBER and "INT" in column.type:
        rows += '.astype("Int64").astype("string")'
    elif column.type != "VARCHAR":
        rows += '.astype("string")'
    return f"{rows}.str.lower().str.contains({_text(text.lower())}, regex=False, na=False)"


# -- polars ---------------------------------------------------------------------------------------


def _polars(name: str, columns: Sequence[Column], view: DatasetView) -> str:
    lines = [
        "import polars",
        "import sponde",
        "",
        f"view = polars.from_arrow(sponde.dataset({_text(name)}).arrow())",
    ]
    fits = [_polars_fits(one, views.named(columns, one.column)) for one in view.filters]
    if view.search.strip():
        found = [_polars_holds(column, view.search.strip()) for column in columns]
        joined = ",\n        ".join(found)
        fits.append(f"polars.any_horizontal(\n        {joined},\n    )")
    if fits:
        joined = ",\n    ".join(fits)
        lines.append(f"view = view.filter(\n    {joined},\n)")
    if view.sorts:
        by = ", ".join(_text(one.column) for one in view.sorts)
        down = ", ".join(str(one.descending) for one in view.sorts)
        lines.append(
            f"view = view.sort([{by}], descending=[{down}], nulls_last=True, maintain_order=True)"
        )
    if view.columns:
        lines.append(f"view = view.select([{', '.join(_text(one) for one in view.columns)}])")
    return "\n".join([*lines, "view"])


def _polars_fits(one: ViewFilter, column: Column) -> str:
    rows = f"polars.col({_text(column.name)})"
    if one.kind is FilterKind.EMPTY:
        return f"{rows}.is_{'not_' if one.negated else ''}null()"
    if one.kind is FilterKind.CONTAINS:
        part = _polars_holds(column, one.values[0] if one.values else "")
    elif one.kind is FilterKind.AMONG:
        written = [_polars_value(value, column) for value in one.values]
        if column.kind is ColumnKind.NUMBER and not all(map(WHOLE.fullmatch, written)):
            # A list of polars has one type.
            written = [f"{value}.0" if WHOLE.fullmatch(value) else value for value in written]
        values = ", ".join(written)
        is_typed = column.kind in (ColumnKind.DATE, ColumnKind.TIME)
        equal = [f"({rows} == {_polars_value(value, column)})" for value in one.values]
        part = f"({' | '.join(equal)})" if is_typed else f"{rows}.is_in([{values}])"
    else:
        bounds = []
        if one.low is not None:
            bounds.append(f"({rows} >= {_polars_value(one.low, column)})")
        if one.high is not None:
            sign = "<" if one.below else "<="
            bounds.append(f"({rows} {sign} {_polars_value(one.high, column)})")
        part = f"({' & '.join(bounds)})"
    return f"{part}.not_().fill_null(True)" if one.negated else part


def _polars_value(value: str, column: Column) -> str:
    value = value.strip()
    if column.kind is ColumnKind.DATE:
        zone = '"UTC"' if "ZONE" in column.type else None
        kind = f'polars.Datetime("us", time_zone={zone})'
        return f"polars.lit({_text(value)}).str.to_datetime().cast({kind})"
    if column.kind is ColumnKind.TIME:
        return (
            f"polars.lit({_text(value if value.count(':') > 1 else value + ':00')}).str.to_time()"
        )
    if column.kind is ColumnKind.OTHER:
        return _text(value)
    return _value(value, column)


def _polars_holds(column: Column, text: str) -> str:
    rows = f"polars.col({_text(column.name)})"
    if column.type == "DATE":
        rows += '.dt.strftime("%Y-%m-%d")'
    elif column.kind is ColumnKind.DATE:
        rows += '.dt.strftime("%Y-%m-%d %H:%M:%S")'
    elif column.type != "VARCHAR":
        rows += ".cast(polars.String)"
    return (
        f"{rows}.str.to_lowercase().str.contains({_text(text.lower())}, literal=True)"
        ".fill_null(False)"
    )


# -- plots ----------------------------------------------------------------------------------------


def _plot(name: str, columns: Sequence[Column], view: DatasetView, plot: Sequence[str]) -> str:
    if len(plot) > 2:
        raise Invalid(f"{len(plot)} columns cannot be drawn at once.", "Choose one or two.")
    drawn = [views.named(columns, column) for column in plot]
    shown = DatasetView(
        sorts=view.sorts, filters=view.filters, search=view.search, columns=tuple(plot)
    )
    lines = _pandas(name, columns, shown)
    drawing = _one(drawn[0]) if len(drawn) == 1 else _two(drawn[0], drawn[1])
    if any("pandas." in line for line in drawing) and "import pandas" not in lines:
        lines.insert(0, "import pandas")
    return "\n".join([*lines, *drawing])


def _one(column: Column) -> list[str]:
    rows, title = f"view[{_text(column.name)}]", f"xlabel={_text(column.name)}"
    if column.kind is ColumnKind.NUMBER:
        return [f"axes = {rows}.plot.hist(bins=40, {title})"]
    if column.kind is ColumnKind.DATE:
        return [
            f'counts = {rows}.dropna().dt.floor("D").value_counts().sort_index()',
            f'axes = counts.plot.line({title}, ylabel="rows")',
        ]
    return [
        f'counts = {rows}.astype("string").value_counts().head({MOST_BARS})',
        f'axes = counts.sort_values().plot.barh(ylabel={_text(column.name)}, xlabel="rows")',
    ]


def _two(first: Column, second: Column) -> list[str]:
    x, y = _text(first.name), _text(second.name)
    kinds = (first.kind, second.kind)
    if kinds == (ColumnKind.NUMBER, ColumnKind.NUMBER):
        return [f"axes = view.plot.scatter(x={x}, y={y}, s=4, alpha=0.4)"]
    if ColumnKind.NUMBER in kinds:
        if first.kind is ColumnKind.NUMBER:
            x, y, first = y, x, second
        if first.kind is ColumnKind.DATE:
            return [
                f'means = view.dropna(subset=[{x}]).set_index({x})[{y}].resample("D").mean()',
                f"axes = means.dropna().plot.line(xlabel={x}, ylabel={y})",
            ]
        return [
            f'means = view.groupby(view[{x}].astype("string"))[{y}].mean()',
            f"axes = means.nlargest({MOST_BARS}).sort_values().plot.barh("
            f'ylabel={x}, xlabel="mean of " + {y})',
        ]
    return [
        f'pairs = pandas.crosstab(view[{x}].astype("string"), view[{y}].astype("string"))',
        f"often = pairs.loc[pairs.sum(axis=1).nlargest({MOST_BARS}).index,",
        "                  pairs.sum().nlargest(8).index]",
        f'axes = often.plot.barh(stacked=True, ylabel={x}, xlabel="rows")',
    ]


def _text(text: str) -> str:
    """Write a text as a Python literal."""
    return json.dumps(text, ensure_ascii=False)
