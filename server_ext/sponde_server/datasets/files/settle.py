"""Which form each column of text has: guessed on a sample, checked on every row.

A form counts only where every value that is there fits; what nearly fits is said in a warning.
"""

from collections.abc import Mapping
from typing import Any

from . import fitting
from .by_hand import Hand
from .dialect import Layout
from .fitting import Fact
from .forms import RIVALS, Form, likely
from .words import Words

EXAMPLES = 5
MOSTLY = 0.95
TOGETHER = 40
"""Columns asked about in one statement, where they are not counted."""

Made = dict[str, Any]


def settle(
    words: Words,
    layout: Layout,
    warnings: list[str],
    hand: Hand = Hand(),  # noqa: B008 - frozen
) -> list[Made]:
    """Find each column's form."""
    columns: list[Made] = [
        {"name": name, "title": title, "type": "VARCHAR", "kind": "text", "form": "", "missing": []}
        for name, title in zip(layout.names, layout.titles, strict=True)
    ]
    for group in words.groups():
        heads, sample = fitting.sample(words, group)
        for place, values in heads.items():
            examples = dict.fromkeys(value[:100] for value in (*values, *sample[place]) if value)
            columns[place]["examples"] = list(examples)[:EXAMPLES]
        tried = {
            place: hand.ordered(columns[place]["name"], likely(sample[place], hand.words))
            for place in group
            if place not in words.meant
        }
        for place in words.meant.keys() & set(group):
            columns[place] |= _of(words.meant[place])
        kept = [place for place in group if place in words.kept and place not in words.meant]
        known: dict[int, list[Fact]] = {}
        for start in range(0, len(kept), TOGETHER):
            forms = {place: tried.pop(place) for place in kept[start : start + TOGETHER]}
            for place, form in () if hand.missing is not None else _plain(words, forms):
                columns[place] |= _of(form)
                del forms[place]
            known |= _checked(words, forms, hand)
        known |= _checked(words, tried, hand)
        for place in sorted(known):
            if known[place]:
                _choose(words, place, columns[place], known[place], layout, warnings, hand)
        if hand.missing:
            # Columns of text have no value only where a person has named the word for it.
            texts = [place for place in group if columns[place]["kind"] == "text"]
            for place, met in fitting.named(words, texts, hand.words).items():
                columns[place]["missing"] = met
    return columns


def is_made(column: Made) -> bool:
    """Say whether a column is not text as it stands."""
    return bool(column["kind"] != "text" or column["missing"])


def _of(form: Form) -> Made:
    return {"type": form.type, "kind": form.kind, "form": form.name}


def narrowest(tried: Mapping[int, list[Form]]) -> dict[int, Form]:
    """Give the narrowest form of each column, where no other is to be asked for beside it."""
    return {place: forms[0] for place, forms in tried.items() if forms and len(_next(forms)) == 1}


def _plain(words: Words, tried: Mapping[int, list[Form]]) -> list[tuple[int, Form]]:
    """Give the columns whose narrowest form fits whatever is there: most are done with that."""
    asked = narrowest(tried)
    return [(place, asked[place]) for place in fitting.plain(words, asked)]


def _checked(words: Words, tried: dict[int, list[Form]], hand: Hand) -> dict[int, list[Fact]]:
    """Check the forms of some columns on all rows, the narrowest form of each first."""
    known: dict[int, list[Fact]] = {place: [] for place in tried}
    order = dict(tried)
    while tried:
        asked = {place: _next(forms) for place, forms in tried.items() if forms}
        for place, fact in fitting.check(words, asked, hand.words):
            known[place].append(fact)
        for place in list(tried):
            tried[place] = tried[place][len(asked.get(place, ())) :]
            fits = any(fact[0] and fact[0] == fact[1] for _, fact in known[place])
            if fits or not tried[place]:
                del tried[place]
    for place, found in known.items():
        found.sort(key=lambda one: order[place].index(one[0]))
    return known


def _next(forms: list[Form]) -> list[Form]:
    """Give the next form, with those that the same text may fit just as well."""
    together = 1
    if forms[0].name in RIVALS or forms[0].name == "thousands":
        together = len(forms)
    return forms[:together]


def _choose(
    words: Words,
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
        column |= _of(form)
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
        odd = fitting.odd_one(words, place, form, hand.words)
        left = there - fit
        warnings.append(
            f"'{name}' is read as text: {left:,} of {there:,} values "
            f"{'are' if left > 1 else 'is'} not {_in_words(form.kind, left)}, such as '{odd[:40]}'."
        )


def _in_words(kind: str, many: int) -> str:
    if kind == "boolean":
        return "true or false"
    return f"{kind}s" if many > 1 else f"a {kind}"
