"""/compare: what differs between two datasets, or two variants of a notebook."""

from collections.abc import Sequence
from typing import Any

from sponde_server.chat import chart, facts
from sponde_server.chat.prompt import fenced
from sponde_server.chat.records import CommandAnswer
from sponde_server.core.errors import Invalid
from sponde_server.datasets.records import Column, ColumnKind
from sponde_server.tools.records import Output

from . import keys
from .card import Card, Deed
from .desk import Desk
from .keys import Key, Side
from .quoting import code, identifier, many, python
from .which import notebook_of, notebooks, two_datasets

TOGETHER = 60
SHOWN = 12
BINS = 24


async def answer(rest: str, desk: Desk) -> CommandAnswer:
    """Compare two datasets; or offer an experiment with notebooks."""
    first_word = rest.strip().removeprefix("notebook ").lstrip()
    if rest.startswith("notebook ") or ".ipynb" in rest:
        return await _notebooks(first_word, desk)
    first, second, left_over = await two_datasets(rest, desk.datasets, "compare")
    left = Side(first, await desk.datasets.profile(first.id))
    right = Side(second, await desk.datasets.profile(second.id))
    return await _Comparison(left, right, desk).answer(left_over)


class _Comparison:
    """Two datasets, side by side."""

    def __init__(self, left: Side, right: Side, desk: Desk) -> None:
        self.left = left
        self.right = right
        self.datasets = desk.datasets
        names = {column.name for column in right.profile.columns}
        self.shared = [one.name for one in left.profile.columns if one.name in names]

    async def answer(self, text: str) -> CommandAnswer:
        """Say what differs, the coarse before the fine."""
        left, right = self.left, self.right
        key = await self._key(text)
        parts = [self._head(), *self._schema()]
        outputs: list[Output] = []
        table = None
        if key is not None:
            rows, changed = await self._rows(key)
            parts += rows
            if changed:
                outputs.append(Output(mime="text/html", data=changed))
        elif self.shared:
            parts += await self._whole_rows()
        drawn = await self._picture()
        if drawn:
            outputs.insert(0, drawn)
        spread = self._spread()
        if spread:
            outputs.append(Output(mime="text/html", data=spread))
        lead, *notes = parts
        listed = "\n".join(f"- {note}" for note in notes)
        written = fenced(_program(left, right, key, self.shared), "python")
        return CommandAnswer(
            text=f"{lead}\n\n{listed}\n\nThe same in a notebook:\n\n{written}",
            outputs=tuple(outputs),
            told=f"{lead}\n{listed}",
            datasets=(left.name, right.name),
            table=table,
        )

    async def _key(self, text: str) -> Key | None:
        rest = text.strip()
        if rest.lower().startswith("on "):
            return keys.written(rest[3:], self.left, self.right)
        if rest:
            raise Invalid(
                f"“{rest}” was not understood.",
                f"Name a key with on: /compare @{self.left.name} @{self.right.name} on id.",
            )
        for name in self.shared:
            sides = [(self.left, self.left.column(name)), (self.right, self.right.column(name))]
            if (
                all(
                    column.kind in (ColumnKind.NUMBER, ColumnKind.TEXT, ColumnKind.DATE)
                    and column.type not in ("DOUBLE", "FLOAT")
                    and side.profile.rows > 0
                    and not column.nulls
                    and column.distinct >= 0.95 * side.profile.rows
                    for side, column in sides
                )
                and sides[0][1].kind is sides[1][1].kind
            ):
                key = Key((name,), (name,))
                match = await keys.measure(key, self.left, self.right, self.datasets)
                if match.both and not match.left_twice and not match.right_twice:
                    return key
        return None

    def _head(self) -> str:
        rows, others = self.left.profile.rows, self.right.profile.rows
        text = (
            f"**{self.left.name}** has {many(rows, 'row')} and "
            f"{many(len(self.left.profile.columns), 'column')}, **{self.right.name}** "
            f"{many(others, 'row')} and {many(len(self.right.profile.columns), 'column')}"
        )
        if rows != others:
            text += f": {many(abs(others - rows), 'row')} {'more' if others > rows else 'fewer'}"
        return text + "."

    def _schema(self) -> list[str]:
        shared = set(self.shared)
        notes: list[str] = []
        for side in (self.left, self.right):
            alone = [one.name for one in side.profile.columns if one.name not in shared]
            if alone:
                listed = ", ".join(code(name) for name in alone[:SHOWN])
                more = ", …" if len(alone) > SHOWN else ""
                notes.append(f"Only {side.name} has {listed}{more}.")
        turned = [
            f"{code(name)} ({self.left.column(name).type} → {self.right.column(name).type})"
            for name in self.shared
            if self.left.column(name).type != self.right.column(name).type
        ]
        if turned:
            notes.append(f"Other types: {', '.join(turned[:SHOWN])}.")
        if not notes:
            same = [one.name for one in self.left.profile.columns]
            moved = same != [one.name for one in self.right.profile.columns]
            notes.append("The same columns" + (", in another order." if moved else "."))
        if not self.shared:
            notes.append("They share no column, so that no row can be compared.")
        return notes

    async def _rows(self, key: Key) -> tuple[list[str], str]:
        match = await keys.measure(key, self.left, self.right, self.datasets)
        notes: list[str] = []
        if match.left_twice or match.right_twice:
            notes.append(
                f"{key.said} is not different in every row; rows with the same key are compared "
                "with each other."
            )
        added = self.right.profile.rows - match.right_rows - match.right_empty
        gone = self.left.profile.rows - match.left_rows - match.left_empty
        counts, changed_rows, table = await self._changes(key)
        notes.append(
            f"By {key.said}: {many(added, 'row')} added, {many(gone, 'row')} removed, "
            f"{many(changed_rows, 'row')} changed, "
            f"{max(0, match.rows - changed_rows):,} the same."
        )
        most = sorted(((n, name) for name, n in counts.items() if n), reverse=True)
        if most:
            listed = ", ".join(f"{code(name)} in {n:,}" for n, name in most[:SHOWN])
            notes.append(f"Changed values: {listed}.")
        return notes, table

    async def _changes(self, key: Key) -> tuple[dict[str, int], int, str]:
        """Count the changed values of each column, and find a few."""
        compared = [name for name in self.shared if name not in key.left][:TOGETHER]
        if not compared:
            return {}, 0, ""
        differ = [self._differs(name) for name in compared]
        joined = self._joined(key)
        sql = (
            f"SELECT {', '.join(f'count(*) FILTER ({one})' for one in differ)}, "
            f"count(*) FILTER ({' OR '.join(differ)}) FROM {joined}"
        )
        names = [self.left.name, self.right.name]
        ((*counts, total),) = (await self.datasets.query(sql, names, limit=1)).rows
        counted = dict(zip(compared, map(int, counts), strict=True))
        parts = [
            f"(SELECT {', '.join(f'CAST(a.{identifier(one)} AS VARCHAR)' for one in key.left)}, "
            f"{_literal(name)}, CAST(a.{identifier(name)} AS VARCHAR), "
            f"CAST(b.{identifier(name)} AS VARCHAR) FROM {joined} WHERE {one} LIMIT 2)"
            for name, one in zip(compared, differ, strict=True)
            if counted[name]
        ][:SHOWN]
        if not parts:
            return counted, int(total), ""
        wide = ", ".join(f"c{place}" for place in range(len(key.left) + 3))
        asked = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS t({wide})"
        rows = (await self.datasets.query(asked, names, limit=SHOWN)).rows
        head = [*key.left, "Changed", self.left.name, self.right.name]
        return counted, int(total), facts.html_table(head, rows)

    def _differs(self, name: str) -> str:
        one, other = self.left.column(name), self.right.column(name)
        left, right = f"a.{identifier(name)}", f"b.{identifier(name)}"
        if one.kind is not other.kind:
            left, right = f"CAST({left} AS VARCHAR)", f"CAST({right} AS VARCHAR)"
        return f"({left} IS DISTINCT FROM {right})"

    def _joined(self, key: Key) -> str:
        ones, others = keys.values(key, self.left, self.right)
        on = " AND ".join(
            f"{one.replace(identifier(name), f'a.{identifier(name)}')} = "
            f"{other.replace(identifier(partner), f'b.{identifier(partner)}')}"
            for one, other, name, partner in zip(ones, others, key.left, key.right, strict=True)
        )
        return f"{identifier(self.left.name)} AS a JOIN {identifier(self.right.name)} AS b ON {on}"

    async def _whole_rows(self) -> list[str]:
        """Without a key: which rows, as wholes, are on one side only."""

        def rows(side: Side) -> str:
            listed = ", ".join(
                f"CAST({identifier(name)} AS VARCHAR)" for name in self.shared[:TOGETHER]
            )
            return f"SELECT {listed} FROM {identifier(side.name)}"

        one, other = rows(self.left), rows(self.right)
        sql = (
            f"SELECT (SELECT count(*) FROM ({one} EXCEPT ALL {other})), "
            f"(SELECT count(*) FROM ({other} EXCEPT ALL {one}))"
        )
        names = [self.left.name, self.right.name]
        ((gone, added),) = (await self.datasets.query(sql, names, limit=1)).rows
        return [
            f"No column is a key of both, so that rows were compared as wholes over the "
            f"{many(len(self.shared), 'shared column')}: {many(int(gone), 'row')} only in "
            f"{self.left.name}, {many(int(added), 'row')} only in {self.right.name}. "
            f"Name a key with {code('on column')} to see what changed."
        ]

    # -- how values are spread ------------------------------------------------------------------

    def _spread(self) -> str:
        rows = [
            (
                name,
                _change(_share(one, self.left), _share(other, self.right)),
                _change(f"{one.distinct:,}", f"{other.distinct:,}"),
                _change(_middle(one), _middle(other)),
                _change(_range(one), _range(other)),
            )
            for name in self.shared
            if (one := self.left.column(name)) and (other := self.right.column(name))
        ]
        head = ("Column", "Missing", "Different", "Mean, or most frequent", "Range")
        return facts.html_table(head, rows[:100]) if rows else ""

    async def _picture(self) -> Output | None:
        """Draw the column whose values moved most, both sides over each other."""
        shifts = [
            (_shift(self.left.column(name), self.right.column(name)), name) for name in self.shared
        ]
        shift, name = max(shifts, default=(0.0, ""))
        if shift <= 0.02:
            return None
        one, other = self.left.column(name), self.right.column(name)
        quoted = identifier(name)
        if one.kind is ColumnKind.NUMBER:
            low = min(one.quantiles[0], other.quantiles[0])
            high = max(one.quantiles[-1], other.quantiles[-1])
            if high <= low:
                return None
            step = (high - low) / BINS
            value = f"CAST({quoted} AS DOUBLE)"
            place = f"least(floor(({value} - {low!r}) / {step!r}), {BINS - 1})"
            parts = [
                f"SELECT {_literal(side.name)} AS side, {low!r} + {step!r} * {place} AS x, "
                f"count(*) / {max(1, side.profile.rows)}.0 AS share FROM {identifier(side.name)} "
                f"WHERE {value} BETWEEN {low!r} AND {high!r} GROUP BY 2"
                for side in (self.left, self.right)
            ]
            x: dict[str, Any] = {"field": "x", "type": "quantitative", "title": name,
                                 "axis": {"tickCount": 6, "format": "~s"}}  # fmt: skip
            mark: dict[str, Any] = {"type": "line", "interpolate": "step", "tooltip": True}
        else:
            parts = [
                f"SELECT {_literal(side.name)} AS side, CAST({quoted} AS VARCHAR) AS x, "
                f"count(*) / {max(1, side.profile.rows)}.0 AS share FROM {identifier(side.name)} "
                f"WHERE {quoted} IS NOT NULL GROUP BY 2"
                for side in (self.left, self.right)
            ]
            x = {"field": "x", "type": "nominal", "title": name, "sort": "-y",
                 "axis": {"labelLimit": 120}}  # fmt: skip
            mark = {"type": "bar", "tooltip": True}
        sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY share DESC, x"
        names = [self.left.name, self.right.name]
        table = await self.datasets.query(sql, names, limit=2 * BINS + 2)
        encoding: dict[str, Any] = {
            "x": x,
            "y": {"field": "share", "type": "quantitative", "title": "Share of rows",
                  "axis": {"format": "%", "tickCount": 5}},
            "color": {"field": "side", "type": "nominal", "title": None, "sort": None,
                      "legend": {"orient": "bottom"}},
        }  # fmt: skip
        if mark["type"] == "bar":
            encoding["xOffset"] = {"field": "side", "sort": None}
        return Output(
            mime=chart.MIME,
            data={
                "$schema": chart.SCHEMA,
                "width": "container",
                "height": 180,
                "usermeta": {"embedOptions": {"actions": False}},
                "data": {"values": [dict(zip(table.columns, r, strict=True)) for r in table.rows]},
                "mark": mark,
                "encoding": encoding,
            },
        )


def _shift(one: Column, other: Column) -> float:
    """Say how far a column's values moved, between 0 and about 1."""
    if one.kind is not other.kind:
        return 0.0
    if one.kind is ColumnKind.NUMBER and len(one.quantiles) == len(other.quantiles) == 5:
        reach = max(one.quantiles[-1], other.quantiles[-1]) - min(
            one.quantiles[0], other.quantiles[0]
        )
        moved = sum(abs(a - b) for a, b in zip(one.quantiles, other.quantiles, strict=True))
        return moved / 5 / reach if reach > 0 else 0.0
    if one.kind in (ColumnKind.TEXT, ColumnKind.BOOLEAN) and max(one.distinct, other.distinct) <= 8:
        shares = [
            {top.value: top.count / max(1, sum(t.count for t in side.top)) for top in side.top}
            for side in (one, other)
        ]
        names = set(shares[0]) | set(shares[1])
        return sum(abs(shares[0].get(n, 0.0) - shares[1].get(n, 0.0)) for n in names) / 2
    return 0.0


def _change(one: str, other: str) -> str:
    return one if one == other else f"{one or '–'} → {other or '–'}"


def _share(column: Column, side: Side) -> str:
    return f"{column.nulls / side.profile.rows:.1%}" if side.profile.rows else ""


def _middle(column: Column) -> str:
    if column.mean is not None:
        return f"{column.mean:,.5g}"
    return column.top[0].value[:40] if column.top else ""


def _range(column: Column) -> str:
    return f"{column.minimum} to {column.maximum}" if column.minimum is not None else ""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _program(left: Side, right: Side, key: Key | None, shared: Sequence[str]) -> str:
    lines = [
        "import pandas as pd",
        "import sponde",
        "",
        f"before = sponde.dataset({python(left.name)}).df()",
        f"after = sponde.dataset({python(right.name)}).df()",
        'print(f"{len(before):,} rows before, {len(after):,} after")',
        'print("Only before:", [name for name in before if name not in after])',
        'print("Only after:", [name for name in after if name not in before])',
    ]
    if key is not None:
        lines += [
            "",
            f"before = before.set_index({python(key.left)})",
            f"after = after.set_index({python(key.right)})",
            'print(f"{(~after.index.isin(before.index)).sum():,} rows added")',
            'print(f"{(~before.index.isin(after.index)).sum():,} rows removed")',
            "",
            "both = before.index[~before.index.duplicated()].intersection(",
            "    after.index[~after.index.duplicated()]",
            ")",
            "one = before[~before.index.duplicated()].loc[both]",
            "other = after[~after.index.duplicated()].loc[both]",
            "changes = {}",
            "for name in [name for name in one if name in other]:",
            "    same = one[name].eq(other[name]) | (one[name].isna() & other[name].isna())",
            "    changes[name] = int((~same).sum())",
            'changed = pd.Series(changes, name="changed values", dtype="int64")',
            "changed = changed.sort_values(ascending=False)",
        ]
    elif shared:
        lines += [
            "",
            f"shared = {python(list(shared))}",
            "ones, others = before[shared].astype(str), after[shared].astype(str)",
            "rows = pd.concat([ones.value_counts(), others.value_counts()], axis=1).fillna(0)",
            'rows.columns = ["before", "after"]',
            'changed = rows[rows["before"] != rows["after"]]',
        ]
    else:
        lines += ["", 'changed = pd.DataFrame({"before": before.dtypes, "after": after.dtypes})']
    lines.append("changed.head(20)")
    return "\n".join(lines)


# -- notebooks ------------------------------------------------------------------------------------


async def _notebooks(rest: str, desk: Desk) -> CommandAnswer:
    """Offer an experiment: two variants of a notebook, or two notebooks."""
    import asyncio

    if desk.root is None or desk.jobs is None:
        raise Invalid("Notebooks cannot be compared here.", "Compare two datasets.")
    known = await asyncio.to_thread(notebooks, desk.root)
    first, left = notebook_of(rest, known, "compare")
    second = ""
    if left.removeprefix("and ").strip():
        second, _ = notebook_of(left.removeprefix("and "), known, "compare")
    found = await desk.jobs.read_parameters(first)
    names = [parameter.name for parameter in found.parameters]
    verdicts = await desk.verdicts(first) if desk.verdicts else []
    if second:
        text = f"Compare {code(first)} with {code(second)} by a number that both report."
    else:
        text = f"Compare two variants of {code(first)} by a number that it reports."
    lines = [text, ""]
    lines.append(
        f"- Its parameters: {', '.join(code(name) for name in names[:SHOWN])}."
        if names
        else "- It has no parameters cell, so that its variants would be the same; "
        "name a second notebook to compare with."
    )
    lines.append('- A cell reports the number with `sponde.metric("score", value)`.')
    lines += [f"- {sentence}" for sentence in verdicts[:3]]
    lines.append("- Nothing runs yet: the button opens a form with both sides filled in.")
    card = Card(
        title="Experiment",
        lines=(("A", first), ("B", second or first)),
        deeds=(
            Deed(
                label="Set up the experiment…",
                act="experiment",
                arguments={"notebook": first, **({"other": second} if second else {})},
            ),
        ),
    )
    return CommandAnswer(text="\n".join(lines), outputs=(card.output(),), told="\n".join(lines))
