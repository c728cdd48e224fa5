"""/join: which columns join two datasets, what matches, what is left over, and the merge."""

import re

from sponde_server.chat import chart, facts
from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.core.errors import Invalid
from sponde_server.tools.records import Output

from . import keys
from .desk import Desk
from .keys import Key, Match, Side
from .quoting import code, identifier, many, python
from .which import two_datasets

SHOWN_ROWS = 8
SHOWN_COLUMNS = 12
HOW = ("left", "inner", "outer")
_KEEPING = re.compile(r"\b(?:keeping\s+)?(left|inner|outer)\s*$", re.IGNORECASE)


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Find the key, say what it joins, write the merge."""
    datasets = desk.datasets
    first, second, left_over = await two_datasets(rest, datasets, "join")
    left = Side(first, await datasets.profile(first.id))
    right = Side(second, await datasets.profile(second.id))
    how, on = _read(left_over)
    said: list[str] = []
    if on:
        key = keys.written(on, left, right)
        match = await keys.measure(key, left, right, datasets)
    else:
        found = await keys.find(left, right, datasets)
        if not found:
            raise keys.none_fits("join", left, right)
        key, match = await keys.completed(found[0], found, left, right, datasets)
        others = [one.said for one in found[1:4] if one.left[0] not in key.left]
        if others:
            said.append(f"Other columns that share values: {', '.join(others)}.")
    suffix = _suffix(left, right, key)
    sql, shown = _select(key, left, right, how, suffix)
    table = await datasets.query(sql, [left.name, right.name], limit=SHOWN_ROWS)
    head = (
        f"**{left.name}** and **{right.name}** join on {key.said}: {_relation(match)}. "
        f"{_share(match.left_rows, left)} and {_share(match.right_rows, right)} find a partner."
    )
    notes = [*_notes(key, match, left, right, how), *said]
    text = "\n\n".join(
        [
            head,
            "\n".join(f"- {note}" for note in notes),
            "All of it in a notebook:",
            fenced(_program(key, match, left, right, how, suffix), "python"),
        ]
    )
    bars = [
        (f"{side.name}", what, count)
        for side, rows in ((left, match.left_rows), (right, match.right_rows))
        for what, count in (("matched", rows), ("without a partner", side.profile.rows - rows))
    ]
    return CommandAnswer(
        text=text,
        outputs=(
            Output(mime=chart.MIME, data=keys.picture(bars, "Rows")),
            Output(mime="text/html", data=facts.html_table(shown, table.rows)),
        ),
        told=f"{head}\n" + "\n".join(f"- {note}" for note in notes),
        datasets=(left.name, right.name),
        table=table,
    )


def _read(text: str) -> tuple[str, str]:
    how, rest = "left", text.strip()
    keeping = _KEEPING.search(rest)
    if keeping:
        how, rest = keeping[1].lower(), rest[: keeping.start()].strip()
    if rest.lower().startswith("on ") or rest.lower() == "on":
        rest = rest[2:].strip()
        if not rest:
            raise Invalid(
                "There is no column behind “on”.", "Write it, such as: on id, or: on shop = id."
            )
    return how, rest


def _relation(match: Match) -> str:
    if not match.both:
        return "but no value is on both sides"
    one = "many" if match.left_twice else "one"
    other = "many" if match.right_twice else "one"
    return f"{one} to {other}"


def _share(rows: int, side: Side) -> str:
    total = side.profile.rows
    share = rows / total if total else 0.0
    percent = f"{share:.1%}" if 0 < share < 0.01 or 0.99 < share < 1 else f"{share:.0%}"
    return f"{rows:,} of {many(total, 'row')} of {side.name} ({percent})"


def _notes(key: Key, match: Match, left: Side, right: Side, how: str) -> list[str]:
    notes: list[str] = []
    for side, matched, empty, twice, total in (
        (left, match.left_rows, match.left_empty, match.left_twice, match.left_keys),
        (right, match.right_rows, match.right_empty, match.right_twice, match.right_keys),
    ):
        out = side.profile.rows - matched - empty
        parts = []
        if out:
            parts.append(f"{many(out, 'row')} without a partner")
        if empty:
            parts.append(f"{many(empty, 'row')} without a key")
        if twice:
            parts.append(f"{many(twice, 'key')} of {total:,} in several rows")
        notes.append(
            f"{side.name}: {', '.join(parts) or 'each row has a partner, each key is once'}."
        )
    rows = _rows(match, left, right, how)
    notes.append(f"A join that keeps {_kept(how, left)} gives {many(rows, 'row')}.")
    if match.left_twice and match.right_twice:
        notes.append(
            "Both sides have keys in several rows: each row of one meets each of the other, so "
            "that sums count some rows more than once."
        )
    if match.nearly:
        notes.append(
            f"{many(match.nearly, 'row')} more of {left.name} would match if spaces and case did "
            f"not count: "
            f"{code(f'/clean @{left.name}')} first."
        )
    if key.is_cast:
        notes.append("The two sides have different types; both are compared as text.")
    return notes


def _kept(how: str, left: Side) -> str:
    return {
        "left": f"every row of {left.name}",
        "inner": "only rows with a partner",
        "outer": "every row of both",
    }[how]


def _rows(match: Match, left: Side, right: Side, how: str) -> int:
    rows = match.rows
    if how in ("left", "outer"):
        rows += left.profile.rows - match.left_rows
    if how == "outer":
        rows += right.profile.rows - match.right_rows
    return rows


# -- the join as SQL and as pandas ----------------------------------------------------------------


def _suffix(left: Side, right: Side, key: Key) -> str:
    """Give an ending for the right side's names with which none is there twice."""
    names = {column.name for column in (*left.profile.columns, *right.profile.columns)}
    suffix = f"_{right.name}"
    while any(f"{name}{suffix}" in names for name in names):
        suffix += "_"
    return suffix


def _select(key: Key, left: Side, right: Side, how: str, suffix: str) -> tuple[str, list[str]]:
    """Write the first rows, and the names above them."""
    taken = {column.name for column in left.profile.columns}
    same = {other for one, other in zip(key.left, key.right, strict=True) if one == other}
    parts: list[str] = []
    shown: list[str] = []
    ordered = [*key.left, *(one.name for one in left.profile.columns if one.name not in key.left)]
    for name in ordered[:SHOWN_COLUMNS]:
        parts.append(f"a.{identifier(name)} AS c{len(parts)}")
        shown.append(name)
    for column in right.profile.columns[:SHOWN_COLUMNS]:
        if column.name not in same:
            parts.append(f"b.{identifier(column.name)} AS c{len(parts)}")
            shown.append(column.name + (suffix if column.name in taken else ""))
    ones, others = keys.values(key, left, right)
    on = " AND ".join(
        f"{_of('a', one, name)} = {_of('b', other, partner)}"
        for one, other, name, partner in zip(ones, others, key.left, key.right, strict=True)
    )
    word = {"left": "LEFT", "inner": "INNER", "outer": "FULL"}[how]
    sql = (
        f"SELECT {', '.join(parts)} FROM {identifier(left.name)} AS a {word} JOIN "
        f"{identifier(right.name)} AS b ON {on}"
    )
    return sql, shown


def _of(alias: str, value: str, name: str) -> str:
    return value.replace(identifier(name), f"{alias}.{identifier(name)}")


def _program(key: Key, match: Match, left: Side, right: Side, how: str, suffix: str) -> str:
    lines = [
        "import sponde",
        "",
        f"left = sponde.dataset({python(left.name)}).df()",
        f"right = sponde.dataset({python(right.name)}).df()",
    ]
    if key.is_cast:
        lines += [keys.text_key(name, left.column(name), "left") for name in key.left]
        lines += [keys.text_key(name, right.column(name), "right") for name in key.right]
    if match.right_empty and (match.left_empty or how != "outer"):
        # pandas, unlike SQL, lets a missing key find a missing key.
        lines.append("# A missing key finds no partner.")
        lines.append(f"right = right.dropna(subset={python(key.right)})")
    ones = "one" if not match.left_twice and match.left_empty < 2 else "many"
    right_empty = 0 if "dropna" in lines[-1] else match.right_empty
    others = "one" if not match.right_twice and right_empty < 2 else "many"
    on = (
        [f"    on={python(key.left)},"]
        if key.left == key.right
        else [f"    left_on={python(key.left)},", f"    right_on={python(key.right)},"]
    )
    flag = "found_in"
    names = {column.name for column in (*left.profile.columns, *right.profile.columns)}
    while flag in names:
        flag += "_"
    lines += [
        "",
        "merged = left.merge(",
        "    right,",
        f"    how={python(how)},",
        *on,
        f'    suffixes=("", {python(suffix)}),',
        f'    validate="{ones}_to_{others}",',
        f"    indicator={python(flag)},",
        ")",
        f"print(merged[{python(flag)}].value_counts())",
        'print(f"{len(merged):,} rows")',
        "merged.head()",
    ]
    return "\n".join(lines)
