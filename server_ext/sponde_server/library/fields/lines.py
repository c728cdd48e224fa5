"""The fields of a block as lines of its file's head, and read again from there. Pure.

A place is written as line and column of the code, with the value that stands there: where the code
was edited below an old head, the value is looked for where it went.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sponde_server.core.errors import Conflict, Invalid, SpondeError
from sponde_server.library.code.literals import Value, read
from sponde_server.library.records import CodeBlock

from .filling import at_places, check_fields, choice_of, follow
from .records import BlockField, FieldChoice, FieldKind

_MOST = 100
_KEYS = frozenset(("name", "kind", "default", "choices", "dataset", "about", "at"))
_WAY = "Write it as Sponde does, or delete its line: the value stays in the code."


def lines_of(block: CodeBlock) -> list[str]:
    """Write each field of a block in a line."""
    return [json.dumps(_said(one, block.code), ensure_ascii=False) for one in block.fields]


def fields_of(
    lines: Sequence[str], block: CodeBlock, before: CodeBlock | None = None
) -> tuple[BlockField, ...]:
    """Read the fields that a head names; `before` is the block as it was, where it is known.

    A field whose value is not in the code any more is left out; one that says nothing that can be
    read is refused, so that nobody's work is lost by a slip.
    """
    if not lines:
        return ()
    values = read(block.code, block.language).values
    moved = {}
    if before:
        followed = follow(before.fields, before.code, block.code, block.language)
        moved = {one.name: one for one in followed}
    fields: tuple[BlockField, ...] = ()
    for line in lines[:_MOST]:
        field, places = _read(line)
        found = _there(places, field.default, values, block.code)
        if not found and field.name in moved:
            spots = {(one.start, one.end) for one in moved[field.name].spots}
            found = [one for one in values if (one.start, one.end) in spots]
        found = found or _nearest(places, field.default, values, block.code, fields)
        if not found:
            continue
        try:
            fields = check_fields(block, (*fields, _placed(field, found)))
        except Conflict:
            continue  # the place is another field's
    return fields


# -- writing ----------------------------------------------------------------------------------


def _said(field: BlockField, code: str) -> dict[str, Any]:
    said: dict[str, Any] = {"name": field.name, "kind": field.kind.value, "default": field.default}
    if field.choices:
        said["choices"] = [
            [one.text, one.literal] if one.literal else one.text for one in field.choices
        ]
    if field.dataset:
        said["dataset"] = field.dataset
    if field.about:
        said["about"] = field.about
    said["at"] = [_place(code, spot.start) for spot in field.spots]
    return said


def _place(code: str, start: int) -> str:
    line = code.count("\n", 0, start)
    return f"{line + 1}:{start - (code.rfind(chr(10), 0, start) + 1) + 1}"


# -- reading ----------------------------------------------------------------------------------


def _read(line: str) -> tuple[BlockField, list[tuple[int, int]]]:
    try:
        said = json.loads(line)
        places = [tuple(map(int, one.split(":"))) for one in said["at"]]
        field = BlockField(
            name=str(said["name"]),
            kind=FieldKind(said.get("kind", FieldKind.TEXT)),
            default=str(said.get("default", "")),
            choices=tuple(map(_choice, said.get("choices", ()))),
            dataset=str(said.get("dataset", "")),
            about=str(said.get("about", "")),
        )
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(f"'{line[:60]}' in its head is no field.", _WAY) from error
    if any(len(one) != 2 for one in places) or said.keys() - _KEYS:
        raise Invalid(f"'{line[:60]}' in its head is no field.", _WAY)
    return field, [(line, column) for line, column in places]


def _choice(said: Any) -> FieldChoice:
    if isinstance(said, str):
        return FieldChoice(text=said)
    text, literal = said
    return FieldChoice(text=str(text), literal=str(literal))


def _there(
    places: Iterable[tuple[int, int]], default: str, values: Sequence[Value], code: str
) -> list[Value]:
    """Give the values that stand where the head says, if they are those that it says."""
    at = {_place(code, one.start): one for one in values if one.text == default}
    found = [at.get(f"{line}:{column}") for line, column in places]
    return [] if None in found else [one for one in found if one]


def _nearest(
    places: Iterable[tuple[int, int]],
    default: str,
    values: Sequence[Value],
    code: str,
    taken: Iterable[BlockField],
) -> list[Value]:
    """Give the same values nearest to where they were; else what stands there instead."""
    gone = {(spot.start, spot.end) for field in taken for spot in field.spots}
    free = [one for one in values if (one.start, one.end) not in gone]
    same = [one for one in free if one.text == default]
    found: list[Value] = []
    for line, column in places:
        left = [one for one in same if one not in found]
        if not left:
            break

        def far(one: Value, line: int = line, column: int = column) -> tuple[int, int]:
            here, there = map(int, _place(code, one.start).split(":"))
            return abs(here - line), abs(there - column)

        found.append(min(left, key=far))
    if found:
        return sorted(found, key=lambda one: one.start)
    wanted = {f"{line}:{column}" for line, column in places}
    instead = [one for one in free if _place(code, one.start) in wanted]
    return [one for one in instead if one.source == instead[0].source]


def _placed(field: BlockField, found: list[Value]) -> BlockField:
    """Give a field its places; a choice takes what stands there among its own."""
    made = at_places(field, found)
    if field.kind is FieldKind.CHOICE and not made.choices:
        made = replace(made, choices=(choice_of(found[0]),))
    return made


def fields_or_none(lines: Sequence[str], block: CodeBlock) -> tuple[tuple[BlockField, ...], str]:
    """Read the fields of a file of somebody else: what cannot be read is told and left out."""
    try:
        return fields_of(lines, block), ""
    except SpondeError as error:
        return (), f"Its fields are left out: {error.message}"
