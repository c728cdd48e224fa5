"""Questions to the child that stays: a page of a view, a column's values. Pure."""

from collections.abc import Sequence
from typing import Any

from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Column

from . import views
from .records import DatasetView, NewPage, NewValues, ViewPage, ViewValue

LONGEST = 500
"""Characters of one cell that a page shows; the whole value is asked for by itself."""


def page(
    new: NewPage, columns: Sequence[Column], most: int, *, exact: bool = False
) -> dict[str, Any]:
    """Ask for a page of at most so many rows; decimals are text where it must be `exact`."""
    if new.offset < 0 or new.limit < 1:
        raise Invalid(
            f"{new.limit} rows after {new.offset} are no page.",
            "Ask for one row or more, after 0 or more.",
        )
    where, given = views.where(new.view, columns)
    places = new.columns or range(len(columns))
    return {
        "work": "page",
        "where": where,
        "given": given,
        "order": views.order(new.view, columns),
        "columns": [[n, columns[n].type] for n in places if 0 <= n < len(columns)],
        "offset": new.offset,
        "limit": min(new.limit, most),
        "written": new.written,
        "longest": 0 if new.whole else LONGEST,
        "exact": exact,
        "when": new.when.value,
    }


def given(told: dict[str, Any], *, has_copy: bool) -> ViewPage:
    """Make the child's answer a page."""
    return ViewPage(
        rows=tuple(tuple(row) for row in told["rows"]),
        total=told["total"],
        has_copy=has_copy,
        is_whole=told["is_whole"],
    )


def values(new: NewValues, columns: Sequence[Column]) -> dict[str, Any]:
    """Ask for a column's values; what the view asks of the column itself is left out."""
    column = views.named(columns, new.column)
    rest = DatasetView(
        filters=tuple(one for one in new.view.filters if one.column != new.column),
        search=new.view.search,
    )
    where, put = views.where(rest, columns)
    text = views.text_of(column)
    if new.search:
        found = f"contains(lower({text}), lower(?))"
        where, put = (f"({where}) AND {found}" if where else found), [*put, new.search]
    return {"work": "values", "text": text, "where": where, "given": put}


def given_values(told: list[list[Any]]) -> list[ViewValue]:
    """Make the child's answer values."""
    return [ViewValue(value=value, count=count) for value, count in told]
