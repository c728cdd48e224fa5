"""What one should know before trusting a table's numbers, in sentences.

Pure. No sentence quotes a value of a row: what stands here may be read by a language model.
"""

from collections.abc import Sequence
from typing import Any

ENOUGH = 20
"""Fewer rows say nothing about what is usual."""
HALF = 0.5
NEARLY_ALL = 0.9
SAME = 0.98
STANDING_IN = ("-1", "-9", "-99", "-999", "-9999", "99", "999", "9999", "99999", "999999")
NO_DATE = ("1900-01-01", "1970-01-01", "9999-12-31", "2099-12-31")
NAMED = 4

Made = dict[str, Any]


def remarks(columns: Sequence[Made], across: Made, rows: int) -> list[str]:
    """Write what is odd about a table."""
    if rows < ENOUGH:
        return []
    said: list[str] = []
    repeated = across.get("duplicate_rows") or 0
    if repeated:
        said.append(
            f"{repeated:,} of {rows:,} rows ({_share(repeated, rows)}) repeat an earlier row."
        )
    said += _together(
        [column["name"] for column in columns if column["nulls"] == rows],
        "{} has no value in any row.", "{} have no value in any row.",
    )  # fmt: skip
    said += _together(
        [column["name"] for column in columns if column.get("meaning") == "constant"],
        "{} holds one and the same value in every row.",
        "{} each hold one and the same value in every row.",
    )
    half = [column for column in columns if HALF * rows <= column["nulls"] < rows]
    said += _together(
        [column["name"] for column in half],
        f"{{}} is empty in {_share(half[0]['nulls'], rows)} of the rows." if half else "",
        "{} are empty in half of the rows or more.",
    )
    for column in columns:
        said += _of(column, rows - int(column["nulls"]))
    for pair in across.get("correlations", ()):
        if abs(pair["strength"]) >= SAME:
            said.append(
                f"'{pair['first']}' and '{pair['second']}' say nearly the same "
                f"(correlation {pair['strength']:.2f})."
            )
    for gaps in across.get("date_gaps", ()):
        longest = max(gap["days"] for gap in gaps["longest"])
        times = "gap" if gaps["count"] == 1 else "gaps"
        said.append(
            f"'{gaps['column']}' leaves out {gaps['days']:,} "
            f"{'day' if gaps['days'] == 1 else 'days'} in {gaps['count']:,} {times}"
            + (f", the longest of {longest:,} days." if gaps["count"] > 1 else ".")
        )
    return said


def _of(column: Made, there: int) -> list[str]:
    name: str = column["name"]
    said: list[str] = []
    if there < ENOUGH:
        return said
    if column["kind"] == "number":
        if column["zeros"] >= NEARLY_ALL * there and column["distinct"] > 1:
            said.append(f"'{name}' is 0 in {_share(column['zeros'], there)} of its values.")
        elif _is_lopsided(column):
            said.append(
                f"'{name}' has a few values far from the others: "
                "its mean says little, the median more."
            )
        said += _stands_in(column, STANDING_IN, "value", there)
    if column["kind"] == "date":
        said += _stands_in(column, NO_DATE, "date", there)
    spaced, variants = column.get("_spaced", 0), column.get("_variants", 0)
    if spaced:
        said.append(
            f"'{name}': {spaced:,} {'values begin' if spaced > 1 else 'value begins'} "
            f"or {'end' if spaced > 1 else 'ends'} with a space."
        )
    if variants and column.get("meaning") in ("category", "country"):
        said.append(
            f"'{name}' writes the same in several ways: {variants:,} of its {column['distinct']:,} "
            "different values differ from another in capitals or spaces only."
        )
    return said


def _is_lopsided(column: Made) -> bool:
    if len(column.get("quantiles", ())) != 5 or column.get("meaning") == "id":
        return False
    low, _, _, _, high = column["quantiles"]
    try:
        least, most = float(column["minimum"]), float(column["maximum"])
    except (TypeError, ValueError):
        return False
    return bool(high > low and max(most - high, low - least) > 20 * (high - low))


def _stands_in(column: Made, odd: Sequence[str], what: str, there: int) -> list[str]:
    """Find a bound that is written in place of nothing: -999 below ages of 20 to 60."""
    ends = (str(column.get("minimum")), str(column.get("maximum")))
    said = []
    for top in column.get("top", ()):
        text = top["value"].removesuffix(".0").removesuffix(" 00:00:00")
        if text not in odd or top["value"] not in ends or top["count"] < max(3, there * 0.001):
            continue
        if what == "value" and not _is_apart(column, float(text)):
            continue
        said.append(
            f"'{column['name']}' is {text} in {top['count']:,} rows: that may stand for no {what}."
        )
    return said


def _is_apart(column: Made, value: float) -> bool:
    quantiles: list[float] = column.get("quantiles") or []
    if len(quantiles) != 5:
        return False
    first, middle, last = quantiles[1:4]
    return abs(value - middle) > 3 * max(last - first, 1.0) or value < 0 <= first


def _together(names: Sequence[str], one: str, more: str) -> list[str]:
    if not names:
        return []
    if len(names) == 1:
        return [one.format(f"'{names[0]}'")]
    shown = [f"'{name}'" for name in names[:NAMED]]
    left = len(names) - len(shown)
    shown = shown if not left else [*shown, f"{left:,} more"]
    return [more.format(f"{', '.join(shown[:-1])} and {shown[-1]}")]


def _share(part: int, whole: int) -> str:
    percent = 100 * part / max(whole, 1)
    return "under 1 %" if percent < 1 else f"{percent:.0f} %" if percent <= 99 else "over 99 %"
