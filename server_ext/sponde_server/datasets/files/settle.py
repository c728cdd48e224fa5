"""Which form each column of text has: guessed on a sample, checked on every row.

A form counts only where every value that is there fits; what nearly fits is said in a warning.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .by_hand import Hand
from .dialect import Layout
from .forms import RIVALS, Form, expression, likely, literal
from .reading import typed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

SAMPLE = 1500
EXAMPLES = 5
MOSTLY = 0.95
GROUP = 1000
"""Columns in one table: DuckDB's memory for a table grows with its columns, not its rows alone."""
TOGETHER = 40
"""Columns asked about in one statement."""

WIDE = 200
SHORT = 20_000
"""A file of so many columns and no more rows is asked about many columns at once."""

Made = dict[str, Any]
Fact = tuple[Form, tuple[Any, ...]]


def words_of(place: int) -> str:
    """Name the table that holds a column as text."""
    return f"words_{place // GROUP}"


def typed_of(place: int) -> str:
    """Name the table that holds a column as what it means."""
    return f"typed_{place // GROUP}"


def groups(width: int) -> Iterator[range]:
    """Give the columns that share a table."""
    for start in range(0, width, GROUP):
        yield range(start, min(start + GROUP, width))


def settle(
    con: "Connection",
    layout: Layout,
    rows: int,
    warnings: list[str],
    hand: Hand = Hand(),  # noqa: B008 - frozen
) -> list[Made]:
    """Find each column's form, and make the tables of what is not text."""
    columns: list[Made] = [
        {"name": name, "title": title, "type": "VARCHAR", "kind": "text", "form": "", "missing": []}
        for name, title in zip(layout.names, layout.titles, strict=True)
    ]
    is_wide = len(columns) >= WIDE and rows <= SHORT
    for group in groups(len(columns)):
        sample = _sample(con, group, rows)
        for place, values in sample.items():
            examples = dict.fromkeys(value[:100] for value in values if value)
            columns[place]["examples"] = list(examples)[:EXAMPLES]
        for start in range(group.start, group.stop, TOGETHER):
            places = range(start, min(start + TOGETHER, group.stop))
            tried = {
                place: hand.ordered(columns[place]["name"], likely(sample[place], hand.words))
                for place in places
            }
            for place, form in () if hand.missing is not None else _plain(con, tried, is_wide):
                columns[place] |= {"type": form.type, "kind": form.kind, "form": form.name}
                del tried[place]
            _settle(con, columns, tried, layout, warnings, hand)
            if hand.missing:
                _without_words(con, columns, places, hand.words)
        shown = [
            f"{typed(f'c{place}', columns[place])} AS c{place}"
            for place in group
            if is_made(columns[place])
        ]
        # Text stays where it is; only what has become something else is written a second time.
        con.execute(
            f"CREATE OR REPLACE TABLE {typed_of(group.start)} AS SELECT {', '.join(shown) or '1'} "
            f"FROM {words_of(group.start)}"
        )
    return columns


def is_made(column: Made) -> bool:
    """Say whether a column lies in its group's table of what is not text as it stands."""
    return bool(column["kind"] != "text" or column["missing"])


def _without_words(
    con: "Connection", columns: list[Made], places: Sequence[int], words: Sequence[str]
) -> None:
    """Find the words for no value in columns of text: only those that a person has named."""
    said = ", ".join(map(literal, words))
    texts = [place for place in places if columns[place]["kind"] == "text"]
    if not texts:
        return
    asked = ", ".join(f"list(DISTINCT c{at}) FILTER (c{at} IN ({said}))" for at in texts)
    row = con.execute(f"SELECT {asked} FROM {words_of(texts[0])}").fetchone() or ()
    for place, met in zip(texts, row, strict=True):
        columns[place]["missing"] = sorted(met or ())


def _sample(con: "Connection", group: range, rows: int) -> dict[int, list[str]]:
    """Give some values of each column: from the first rows, and spread over the rest."""
    table = words_of(group.start)
    step = max(1, rows // SAMPLE)
    found = con.execute(f"SELECT * FROM {table} LIMIT {SAMPLE // 3}").fetchall()
    if rows > SAMPLE // 3:
        found += con.execute(
            f"SELECT * FROM {table} WHERE rowid % {step} = 0 LIMIT {SAMPLE}"
        ).fetchall()
    return {
        place: [row[number] for row in found if row[number] is not None]
        for number, place in enumerate(group)
    }


def _plain(
    con: "Connection", tried: dict[int, list[Form]], is_wide: bool
) -> list[tuple[int, Form]]:
    """Give the columns whose narrowest form fits whatever is there: most are done with that."""
    asked = [
        (place, forms[0]) for place, forms in tried.items() if forms and len(_next(forms)) == 1
    ]
    if not asked:
        return []
    table = words_of(asked[0][0])
    if is_wide:
        return _plain_by_form(con, table, asked)
    misfits = ", ".join(
        f"count(c{place}) FILTER (NOT coalesce({_quickly(f'c{place}', form)}, false))"
        for place, form in asked
    )
    answer = con.execute(f"SELECT {misfits} FROM {table}").fetchone() or ()
    return [pair for pair, number in zip(asked, answer, strict=True) if number == 0]


def _plain_by_form(
    con: "Connection", table: str, asked: list[tuple[int, Form]]
) -> list[tuple[int, Form]]:
    """Ask once for each form: a pattern costs more than the few rows of a wide file."""
    found = []
    for form in dict.fromkeys(form for _, form in asked):
        places = [place for place, one in asked if one is form]
        fitting = con.execute(
            f"SELECT place FROM {side_by_side(table, places)} GROUP BY place "
            f"HAVING count(v) FILTER (NOT coalesce({_fits('v', form)}, false)) = 0"
        ).fetchall()
        found += [(place, form) for (place,) in fitting]
    return found


def side_by_side(table: str, places: Sequence[int]) -> str:
    """Write the rows (place, v) of some columns of one type, one below the other."""
    values = ", ".join(f"c{place}" for place in places)
    return f"(SELECT unnest({list(places)}) AS place, unnest([{values}]) AS v FROM {table})"


def _settle(
    con: "Connection",
    columns: list[Made],
    tried: dict[int, list[Form]],
    layout: Layout,
    warnings: list[str],
    hand: Hand,
) -> None:
    """Check the forms of some columns on all rows, the narrowest form of each first."""
    known: dict[int, list[Fact]] = {place: [] for place in tried}
    while tried:
        asked = {place: _next(forms) for place, forms in tried.items() if forms}
        for place, fact in _check(con, asked, hand.words):
            known[place].append(fact)
        for place in list(tried):
            tried[place] = tried[place][len(asked.get(place, ())) :]
            fits = any(fact[0] and fact[0] == fact[1] for _, fact in known[place])
            if fits or not tried[place]:
                del tried[place]
    for place, found in known.items():
        if found:
            _choose(con, place, columns[place], found, layout, warnings, hand)


def _next(forms: list[Form]) -> list[Form]:
    """Give the next form, with those that the same text may fit just as well."""
    together = 1
    if forms[0].name in RIVALS or forms[0].name == "thousands":
        together = len(forms)
    return forms[:together]


def _there(text: str, words: Sequence[str]) -> str:
    said = f" AND {text} NOT IN ({', '.join(map(literal, words))})" if words else ""
    return f"{text} IS NOT NULL{said} AND trim({text}) <> ''"


def misfits(text: str, form: Form, words: Sequence[str]) -> str:
    """Write the SQL that holds for values that are there and do not have a form."""
    return f"{_there(text, words)} AND NOT coalesce({_fits(text, form)}, false)"


def _fits(text: str, form: Form) -> str:
    return (
        f"regexp_full_match({text}, {literal(form.pattern)}) "
        f"AND {expression(text, [form])} IS NOT NULL"
    )


def _quickly(text: str, form: Form) -> str:
    """Write the same, quicker for what is written as DuckDB writes it: most numbers and dates."""
    if form.name or form.type not in ("BIGINT", "DATE"):
        return _fits(text, form)
    read = f"TRY_CAST({text} AS {form.type})"
    bounds = {
        "BIGINT": f"length({text}) <= 18",
        "DATE": f"length({text}) = 10 AND {text} BETWEEN '1500' AND '3'",
    }[form.type]
    same = f"coalesce(CAST({read} AS VARCHAR) = {text} AND {bounds}, false)"
    return f"CASE WHEN {same} THEN true ELSE {_fits(text, form)} END"


def _odd(con: "Connection", table: str, text: str, form: Form, words: Sequence[str]) -> str:
    row = con.execute(
        f"SELECT {text} FROM {table} WHERE {misfits(text, form, words)} LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""


def _check(
    con: "Connection", asked: dict[int, list[Form]], known: Sequence[str]
) -> Iterator[tuple[int, Fact]]:
    words = ", ".join(map(literal, known)) or "NULL"
    order = [(place, form) for place, forms in asked.items() for form in forms]
    parts: list[str] = []
    for place, form in order:
        text = f"c{place}"
        there = _there(text, known)
        fits = f"{there} AND {_fits(text, form)}"
        parts += [
            f"count(*) FILTER ({there})",
            f"count(*) FILTER ({fits})",
            f"list(DISTINCT {text}) FILTER ({text} IN ({words}))",
            f"count(*) FILTER ({text} IN ({words}))",
        ]
    if not order:
        return
    answer = con.execute(f"SELECT {', '.join(parts)} FROM {words_of(order[0][0])}").fetchone() or ()
    for number, (place, form) in enumerate(order):
        yield place, (form, tuple(answer[number * 4 : number * 4 + 4]))


def _choose(
    con: "Connection",
    place: int,
    column: Made,
    found: list[Fact],
    layout: Layout,
    warnings: list[str],
    hand: Hand,
) -> None:
    name = column["name"]
    whole = [(form, fact) for form, fact in found if fact[0] and fact[0] == fact[1]]
    names = {form.name for form, _ in whole}
    rival = next((form for form, _ in whole if RIVALS.get(form.name) in names), None)
    if rival is not None and hand.day_first is not None:
        other = {RIVALS[rival.name]} if not hand.day_first else {rival.name}
        whole = [(form, fact) for form, fact in whole if form.name not in other]
    elif rival is not None:
        column["_doubt"] = ("date", rival)
        warnings.append(
            f"'{name}' could be day first or month first: every value fits both. "
            "It is left as text; write dates as 2024-12-31 to have them read."
        )
        return
    by_name = {form.name: (form, fact) for form, fact in whole}
    is_open = hand.decimal_comma is None and not (names & {""})
    if is_open and "thousands" in by_name and "decimal comma" in by_name:
        column["_doubt"] = ("decimal", by_name["decimal comma"][0])
        # 1,234: a comma for thousands, unless the file writes its decimals with it.
        del by_name["thousands" if layout.delimiter == ";" else "decimal comma"]
        whole = list(by_name.values())
        warnings.append(
            f"'{name}' holds numbers such as 1,234; the comma is read as "
            + ("the decimal sign." if layout.delimiter == ";" else "a thousands separator.")
        )
    if whole:
        form, (_, _, missing, count) = whole[0]
        column |= {"type": form.type, "kind": form.kind, "form": form.name}
        column["missing"] = sorted(missing or ())
        if count:
            shown = ", ".join(f"'{word}'" for word in column["missing"][:4])
            warnings.append(
                f"'{name}': {count:,} {'values' if count > 1 else 'value'} ({shown}) "
                "stand for no value."
            )
        return
    form, (there, fit, *_rest) = max(found, key=lambda item: int(item[1][1]))
    if there and fit >= there * MOSTLY:
        column["_nearly"] = form
        odd = _odd(con, words_of(place), f"c{place}", form, hand.words)
        what = {"number": "numbers", "date": "dates", "time": "times", "boolean": "true or false"}
        left = there - fit
        warnings.append(
            f"'{name}' is read as text: {left:,} of {there:,} values "
            f"{'are' if left > 1 else 'is'} not {what[form.kind]}, such as '{odd[:40]}'."
        )
