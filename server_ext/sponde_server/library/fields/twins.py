"""Finds what differs among blocks that are the same but for values, and proposes fields. Pure.

Values that change together in all of them are one field: the column that is named four times.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from sponde_server.library.code.literal_names import Role, kind_of, name_from, roles
from sponde_server.library.code.literals import Read, Value, read
from sponde_server.library.records import CodeBlock

from .filling import at_places, choice_of, wrong_name
from .records import BlockField, FieldChoice, FieldKind, Offered

_MOST_VALUES = 400


def differing(one: str, other: str, language: str) -> int | None:
    """Count the values in which two codes differ; None where more than values differs."""
    left, right = read(one, language), read(other, language)
    if not left.values or left.rest != right.rest:
        return None
    return sum(a.source != b.source for a, b in zip(left.values, right.values, strict=True))


def offers_of(block: CodeBlock, twins: Iterable[CodeBlock] = ()) -> tuple[Offered, ...]:
    """Propose fields: the values that differ from the twins', or each where there are none."""
    own = read(block.code, block.language)
    others = [read(twin.code, twin.language) for twin in twins]
    others = [other for other in others if other.rest == own.rest]
    told = roles(block.code, block.language, own.values, block.facts.columns)
    groups: dict[tuple[object, ...], list[int]] = {}
    for at, value in enumerate(own.values[:_MOST_VALUES]):
        sources = tuple(one.values[at].text for one in (own, *others))
        if others and len(set(sources)) == 1:
            continue
        role = told.get(value.start, Role())
        # Alone, only names are surely the same thing twice; two tens need not be.
        is_one = bool(others) or role.kind is not None
        groups.setdefault((sources, role.kind, None if is_one else at), []).append(at)
    taken: set[str] = set()
    made = []
    for places in groups.values():
        offered = _offered(block, own, others, places, told, taken)
        taken.add(offered.field.name)
        made.append(offered)
    return tuple(made)


def presets_of(block: CodeBlock, twin: CodeBlock) -> dict[str, str]:
    """Give the values that a twin has for a block's fields; only those that its fields can take."""
    own, other = read(block.code, block.language), read(twin.code, twin.language)
    if own.rest != other.rest:
        return {}
    at = {(one.start, one.end): number for number, one in enumerate(own.values)}
    found = {}
    for field in block.fields:
        numbers = [at.get((spot.start, spot.end)) for spot in field.spots]
        if numbers and numbers[0] is not None:
            found[field.name] = other.values[numbers[0]].text
    return found


def _offered(
    block: CodeBlock,
    own: Read,
    others: list[Read],
    places: list[int],
    told: dict[int, Role],
    taken: set[str],
) -> Offered:
    first = own.values[places[0]]
    known = [told.get(own.values[at].start, Role()) for at in places]
    role = next((one for one in known if one.name), known[0])
    values = [one.values[places[0]] for one in (own, *others)]
    kind = kind_of(role, values)
    if kind is FieldKind.TEXT and first.text in block.facts.columns and " " not in first.text:
        kind = FieldKind.COLUMN
    choices: tuple[FieldChoice, ...] = ()
    if kind is FieldKind.CHOICE:
        every = [choice_of(one) for one in values]
        if {one.source for one in values} <= {"True", "False"}:
            every += [FieldChoice(text=word, literal=word) for word in ("True", "False")]
        every += [FieldChoice(text=text) for text in role.choices]
        first_ones: dict[str, FieldChoice] = {}
        for one in every:
            first_ones.setdefault(one.text, one)
        choices = tuple(first_ones.values())
    field = at_places(
        BlockField(name="", kind=kind, choices=choices), [own.values[at] for at in places]
    )
    name = _free(_name(role, kind, first), taken, block, field)
    line, text, start, end = _line(block.code, first)
    return Offered(
        field=replace(field, name=name),
        sources=tuple(dict.fromkeys(one.source for one in values)),
        line=line,
        text=text,
        start=start,
        end=end,
    )


def _name(role: Role, kind: FieldKind, first: Value) -> str:
    if role.name:
        return role.name
    if kind in (FieldKind.TEXT, FieldKind.CHOICE):
        said = name_from(first.text) if re.fullmatch(r"[\w ]{1,20}", first.text) else ""
        return "value" if not said or not first.is_text else "text"
    return {FieldKind.DATE: "day"}.get(kind, kind.value)


def _free(name: str, taken: set[str], block: CodeBlock, field: BlockField) -> str:
    number = 1
    wanted = name
    while wanted in taken or wrong_name(wanted, block, replace(field, name=wanted)):
        number += 1
        suffix = "_value" if number == 2 and name not in taken else f"_{number}"
        wanted = f"{name[:32]}{suffix}"
        if number > 500:
            break
    return wanted


def _line(code: str, value: Value) -> tuple[int, str, int, int]:
    begins = code.rfind("\n", 0, value.start) + 1
    ends = code.find("\n", value.start)
    text = code[begins : ends if ends >= 0 else len(code)]
    inner = text.lstrip()
    shift = begins + len(text) - len(inner)
    end = min(value.end - shift, len(inner))
    return code.count("\n", 0, value.start) + 1, inner.rstrip(), value.start - shift, end
