"""How many of a column's values have a form: asked of counts where words are counted, else of rows.

Writes and runs SQL; chooses nothing (settle.py does).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .forms import Form, expression, literal
from .words import Words

Fact = tuple[Form, tuple[Any, ...]]
"""A form, and: values that are there, those that fit, the words for no value, how many they are."""

LONGEST = 200
"""Letters of a value that are looked at for its form."""
SAMPLE = 1500
LENIENT = ("'e'", "'E'", "'_'", "chr(11)")
"""What a text may have that is cast to DOUBLE and is none of its form."""


def misfits(text: str, form: Form, words: Sequence[str]) -> str:
    """Write the SQL that holds for values that are there and do not have a form."""
    return f"{there(text, words)} AND NOT coalesce({fits(text, form)}, false)"


def there(text: str, words: Sequence[str]) -> str:
    """Write the SQL that holds for values that are there."""
    said = f" AND {text} NOT IN ({', '.join(map(literal, words))})" if words else ""
    return f"{text} IS NOT NULL{said} AND trim({text}) <> ''"


def fits(text: str, form: Form) -> str:
    """Write the SQL that holds for values of a form."""
    return (
        f"regexp_full_match({text}, {literal(form.pattern)}) "
        f"AND {expression(text, [form])} IS NOT NULL"
    )


def quickly(text: str, form: Form) -> str:
    """Write the same, quicker for what is written as DuckDB writes it: most numbers and dates."""
    same = surely(text, form, f"TRY_CAST({text} AS {form.type})")
    fit = fits(text, form)
    return f"CASE WHEN {same} THEN true ELSE {fit} END" if same else fit


def surely(text: str, form: Form, read: str) -> str:
    """Write the SQL that holds for most values of a form and for no others, '' where none is known.

    `read` is the text as it is read in this form. What is printed as it was written is a number or
    a moment that DuckDB writes itself. Printing a DOUBLE is slow; where reading one is more lenient
    than its form, in noughts before it, powers, underscores and blanks, it is told by these.
    """
    if not form.is_cast:
        return ""
    bounds = {
        "BIGINT": f"strlen({text}) <= 18",
        "DATE": f"strlen({text}) = 10 AND {text} BETWEEN '1500' AND '3'",
        "TIMESTAMP": f"strlen({text}) = 19 AND {text} BETWEEN '1500' AND '3'",
    }
    if form.type in bounds:
        return f"CAST({read} AS VARCHAR) = {text} AND {bounds[form.type]}"
    if form.type != "DOUBLE":
        return ""
    begins = " OR ".join(
        f"{text} BETWEEN '{first}' AND '{last}'"
        for first, last in (("1", ":"), ("0.", "0/"), ("-1", "-:"))
    )
    none = " AND ".join(f"NOT contains({text}, {other})" for other in LENIENT)
    return f"{read} IS NOT NULL AND strlen({text}) <= 17 AND ({begins}) AND {none}"


def sample(words: Words, group: range) -> tuple[dict[int, list[str]], dict[int, dict[str, int]]]:
    """Give the first values of some columns, and values of each with how often they are there."""
    con = words.con
    # To cut thousands of columns in SQL takes longer than to cut their values here.
    cut = f"[:{LONGEST}]" if words.is_in_file else ""
    shown = ", ".join(f"c{place}{cut}" for place in group)
    first = con.execute(
        f"SELECT {shown} FROM {words.first(group.start)} LIMIT {SAMPLE // 3}"
    ).fetchall()
    heads = {
        place: [row[number][:LONGEST] for row in first if row[number] is not None]
        for number, place in enumerate(group)
    }
    found: dict[int, dict[str, int]] = {place: {} for place in group}
    some = ", ".join(str(place) for place in group if place in words.counted)
    if some:
        for place, value, often in con.execute(
            f"SELECT place, v[:{LONGEST}], n FROM counted WHERE place IN ({some}) "
            "AND v IS NOT NULL QUALIFY row_number() OVER "
            f"(PARTITION BY place ORDER BY n DESC, hash(v)) <= {SAMPLE}"
        ).fetchall():
            found[place][value] = found[place].get(value, 0) + often
    asked = [place for place in group if place in words.kept and place not in words.meant]
    _sample_rows(words, asked, heads, found)
    return heads, found


def _sample_rows(
    words: Words,
    places: Sequence[int],
    heads: Mapping[int, list[str]],
    found: dict[int, dict[str, int]],
) -> None:
    """Look at columns that are not counted: at the first rows, and at some spread over the rest."""
    if not places:
        return
    step = max(1, words.rows // SAMPLE)
    shown = ", ".join(f"c{place}[:{LONGEST}]" for place in places)
    rows = words.con.execute(
        f"SELECT {shown} FROM {words.near(places[0])} WHERE rowid % {step} = 0 LIMIT {SAMPLE}"
    ).fetchall()
    for number, place in enumerate(places):
        for value in (*heads[place], *(row[number] for row in rows)):
            if value is not None:
                found[place][value] = found[place].get(value, 0) + 1


def plain(words: Words, tried: Mapping[int, Form], among: str = "") -> list[int]:
    """Give the columns of `tried`, none of them counted, where whatever is there has the form.

    `among` names a relation of some rows that are asked alone.
    """
    if not tried:
        return []
    odd = ", ".join(
        f"count(c{place}) FILTER (NOT coalesce({quickly(f'c{place}', form)}, false))"
        for place, form in tried.items()
    )
    source = among or words.near(next(iter(tried)))
    answer = words.con.execute(f"SELECT {odd} FROM {source}").fetchone()
    return [place for place, many in zip(tried, answer or (), strict=True) if many == 0]


def check(
    words: Words, asked: Mapping[int, Sequence[Form]], known: Sequence[str]
) -> Iterator[tuple[int, Fact]]:
    """Count, for each column and each of its forms, the values that fit."""
    counted = {place: forms for place, forms in asked.items() if place in words.counted}
    for form in dict.fromkeys(form for forms in counted.values() for form in forms):
        some = ", ".join(str(place) for place, forms in counted.items() if form in forms)
        facts = ", ".join(_facts("v", form, known, "sum(n)"))
        for place, *fact in words.con.execute(
            f"SELECT place, {facts} FROM counted WHERE place IN ({some}) GROUP BY place"
        ).fetchall():
            yield place, (form, tuple(one or 0 if at != 2 else one for at, one in enumerate(fact)))
    order = [(place, form) for place in asked if place not in counted for form in asked[place]]
    if not order:
        return
    parts = [part for at, form in order for part in _facts(f"c{at}", form, known, "count(*)")]
    sql = f"SELECT {', '.join(parts)} FROM {words.near(order[0][0])}"
    answer = words.con.execute(sql).fetchone() or ()
    for number, (place, form) in enumerate(order):
        yield place, (form, tuple(answer[number * 4 : number * 4 + 4]))


def _facts(text: str, form: Form, known: Collection[str], many: str) -> list[str]:
    said = ", ".join(map(literal, known)) or "NULL"
    is_there = there(text, tuple(known))
    return [
        f"{many} FILTER ({is_there})",
        f"{many} FILTER ({is_there} AND {fits(text, form)})",
        f"list(DISTINCT {text}) FILTER ({text} IN ({said}))",
        f"{many} FILTER ({text} IN ({said}))",
    ]


def named(words: Words, places: Sequence[int], known: Sequence[str]) -> dict[int, list[str]]:
    """Give, of the words for no value, those that each column has."""
    said = ", ".join(map(literal, known))
    met = {}
    for place in places:
        source = (
            words.values(place)
            if place in words.counted
            else f"(SELECT c{place} AS v FROM {words.near(place)})"
        )
        row = words.con.execute(f"SELECT list(DISTINCT v) FROM {source} WHERE v IN ({said})")
        met[place] = sorted((row.fetchone() or ((),))[0] or ())
    return met


def odd_one(words: Words, place: int, form: Form, known: Sequence[str]) -> str:
    """Give a value that is there and does not fit."""
    if place in words.counted:
        sql = f"SELECT v FROM {words.values(place)} WHERE {misfits('v', form, known)} "
        sql += "ORDER BY n DESC, v LIMIT 1"
    else:
        text = f"c{place}"
        sql = f"SELECT {text} FROM {words.near(place)} WHERE {misfits(text, form, known)} LIMIT 1"
    row = words.con.execute(sql).fetchone()
    return str(row[0]) if row else ""
