"""Data frames that know how they look in a notebook; what is made of them is a plain one.

Imports pandas: imported on use only.
"""

from collections.abc import Callable
from typing import Any

import pandas

from .drawing import QUIET, counted, html_of, text_of

MOST_ROWS = 500
"""Rows of a result that are drawn; the frame has all of them."""
MOST_COLUMNS = 200


class Rows(pandas.DataFrame):
    """What SQL gave, drawn to be scrolled."""

    @property
    def _constructor(self) -> Callable[..., pandas.DataFrame]:
        return pandas.DataFrame

    def _repr_html_(self) -> str:
        shown = pandas.DataFrame(self.iloc[:MOST_ROWS, :MOST_COLUMNS])
        for place, kind in enumerate(shown.dtypes):
            if kind == "object":  # pandas would write None there
                values = shown.iloc[:, place]
                shown.isetitem(place, ["NULL" if one is None else one for one in values])
        table = shown.to_html(max_rows=MOST_ROWS, max_cols=MOST_COLUMNS, na_rep="NULL", border=0)
        rows, columns = self.shape
        size = f"{counted(rows, 'row')} × {counted(columns, 'column')}"
        if rows > MOST_ROWS:
            size += f"; the first {MOST_ROWS} rows are shown"
        if columns > MOST_COLUMNS:
            size += f"; the first {MOST_COLUMNS} columns are shown"
        return (
            f"<div style='max-height:26em;overflow:auto;width:fit-content;max-width:100%'>{table}"
            f"</div><p style='{QUIET}'>{size}</p>"
        )


class ProfileFrame(pandas.DataFrame):
    """What is known of each column of a dataset, one row a column."""

    _metadata = ["_known", "_about"]
    _known: dict[str, Any]
    _about: str

    @property
    def _constructor(self) -> Callable[..., pandas.DataFrame]:
        return pandas.DataFrame

    def __repr__(self) -> str:
        """Write it as plain text."""
        return text_of(self._known, self._about)

    def _repr_html_(self) -> str:
        return html_of(self._known, self._about)


def profile_frame(known: dict[str, Any], about: str) -> ProfileFrame:
    """Make the frame of a profile as the server tells it; `about` says of which dataset."""
    rows = known["rows"]
    frame = ProfileFrame(
        [
            {
                "type": column["type"],
                "kind": column["meaning"] or column["kind"],
                "empty": column["nulls"] / rows if rows else 0.0,
                "different": column["distinct"],
                "minimum": column["minimum"],
                "maximum": column["maximum"],
                "mean": column["mean"],
                "deviation": column["deviation"],
                "median": column["quantiles"][2] if column["quantiles"] else None,
                "most frequent": column["top"][0]["value"] if column["top"] else None,
            }
            for column in known["columns"]
        ],
        index=pandas.Index([column["name"] for column in known["columns"]], name="column"),
    )
    object.__setattr__(frame, "_known", known)
    object.__setattr__(frame, "_about", about)
    return frame


def rows_of(con: Any) -> pandas.DataFrame:
    """Give what a query found; sums of whole numbers stay whole numbers where they fit."""
    wide = [place for place, column in enumerate(con.description) if str(column[1]) == "HUGEINT"]
    frame: pandas.DataFrame = con.df()
    for place in wide:
        values = frame.iloc[:, place]
        if values.dtype == "float64" and values.abs().max() < 2**53:
            whole = values.astype("Int64" if values.hasnans else "int64")
            frame.isetitem(place, whole.array)
    return frame
