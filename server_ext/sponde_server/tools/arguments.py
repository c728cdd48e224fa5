"""Checks what a model gave a tool against the tool's JSON schema, in sentences for the model.

Pure, and safe with schemas that a stranger wrote: no patterns are run, depth and number of errors
are bounded, and what is not understood is let through. The tool itself checks what it needs.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard

MOST_WRONG = 5
DEPTH = 24
STEPS = 20_000
LONGEST = 200_000

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


class Unfit(Exception):
    """The arguments cannot be used; the text says why, for the model."""


def read(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Read the arguments that a model wrote, or say what is wrong with them."""
    if len(text) > LONGEST:
        raise Unfit(f"The arguments have {len(text):,} characters; at most {LONGEST:,} are read.")
    try:
        given = json.loads(text) if text.strip() else {}
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unfit(f"The arguments are not JSON: {error}. Send one JSON object.") from error
    if not isinstance(given, dict):
        raise Unfit(f"The arguments are {_kind(given)}. Send one JSON object.")
    wrong = check(given, schema)
    if wrong:
        raise Unfit(" ".join(wrong) + " Correct the arguments and call the tool again.")
    return given


def check(value: Any, schema: Any) -> list[str]:
    """Say what does not fit, at most five sentences; nothing where everything fits."""
    return list(islice(_Check(schema).of(value, schema, "", 0), MOST_WRONG))


class _Check:
    """One check: it knows the whole schema, for references inside it, and counts its steps."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._steps = 0

    def of(self, value: Any, schema: Any, where: str, depth: int) -> Iterator[str]:
        self._steps += 1
        if depth > DEPTH or self._steps > STEPS or schema is True:
            return
        if schema is False:
            yield f"{_named(where)} is not allowed."
            return
        if not isinstance(schema, dict):
            return
        if isinstance(schema.get("$ref"), str):
            yield from self.of(value, self._found(schema["$ref"]), where, depth + 1)
        wrong = _type(value, schema.get("type"), where)
        if wrong:
            yield wrong
            return
        yield from _values(value, schema, where)
        if isinstance(value, dict):
            yield from self._object(value, schema, where, depth)
        elif isinstance(value, list):
            yield from self._array(value, schema, where, depth)
        yield from self._choices(value, schema, where, depth)

    def _object(
        self, value: dict[str, Any], schema: dict[str, Any], where: str, depth: int
    ) -> Iterator[str]:
        known = schema.get("properties")
        known = known if isinstance(known, dict) else {}
        for name in _list(schema.get("required")):
            if isinstance(name, str) and name not in value:
                yield f"{_named(_join(where, name))} is missing."
        others = schema.get("additionalProperties", True)
        for name, part in value.items():
            at = _join(where, name)
            if name in known:
                yield from self.of(part, known[name], at, depth + 1)
            elif others is False and "patternProperties" not in schema:
                allowed = ", ".join(list(known)[:20]) or "nothing"
                yield f"{_named(at)} is unknown; there is {allowed}."
            elif isinstance(others, dict):
                yield from self.of(part, others, at, depth + 1)

    def _array(
        self, value: list[Any], schema: dict[str, Any], where: str, depth: int
    ) -> Iterator[str]:
        fewest, most = schema.get("minItems"), schema.get("maxItems")
        if _is_number(fewest) and len(value) < fewest:
            yield f"{_named(where)} has {len(value)} entries; at least {fewest} are needed."
        if _is_number(most) and len(value) > most:
            yield f"{_named(where)} has {len(value)} entries; at most {most} are allowed."
        items = schema.get("items")
        if items is not None:
            for number, part in enumerate(value):
                yield from self.of(part, items, f"{where}[{number}]", depth + 1)

    def _choices(self, value: Any, schema: dict[str, Any], where: str, depth: int) -> Iterator[str]:
        for part in _list(schema.get("allOf")):
            yield from self.of(value, part, where, depth + 1)
        for word in ("anyOf", "oneOf"):
            parts = _list(schema.get(word))
            if parts and all(next(self.of(value, p, where, depth + 1), None) for p in parts):
                yield f"{_named(where)} fits none of the {len(parts)} forms that it may have."

    def _found(self, name: str) -> Any:
        """Follow a reference inside the same schema; others are not fetched."""
        place = self._root
        if not name.startswith("#"):
            return True
        for step in name[1:].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(place, dict) or key not in place:
                return True
            place = place[key]
        return place


def _type(value: Any, wanted: Any, where: str) -> str:
    names = [wanted] if isinstance(wanted, str) else _list(wanted)
    names = [name for name in names if isinstance(name, str)]
    if not names or any(_is(value, name) for name in names):
        return ""
    return f"{_named(where)} is {_kind(value)}; it must be {' or '.join(map(_one, names))}."


def _values(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        shown = ", ".join(json.dumps(choice) for choice in choices[:20])
        yield f"{_named(where)} is {_shown(value)}; it must be one of {shown}."
    if "const" in schema and value != schema["const"]:
        yield f"{_named(where)} is {_shown(value)}; it must be {_shown(schema['const'])}."
    if _is_number(value):
        low, high = schema.get("minimum"), schema.get("maximum")
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        if _is_number(low) and value < low:
            yield f"{_named(where)} is {value}; at least {low} is needed."
        if _is_number(high) and value > high:
            yield f"{_named(where)} is {value}; at most {high} is allowed."
        if _is_number(above) and value <= above:
            yield f"{_named(where)} is {value}; it must be more than {above}."
        if _is_number(below) and value >= below:
            yield f"{_named(where)} is {value}; it must be less than {below}."
    if isinstance(value, str):
        shortest, longest = schema.get("minLength"), schema.get("maxLength")
        if _is_number(shortest) and len(value) < shortest:
            yield f"{_named(where)} has {len(value)} characters; at least {shortest} are needed."
        if _is_number(longest) and len(value) > longest:
            yield f"{_named(where)} has {len(value)} characters; at most {longest} are allowed."


def _is(value: Any, name: str) -> bool:
    if name == "integer":
        return _is_number(value) and (isinstance(value, int) or value.is_integer())
    if name == "number":
        return _is_number(value)
    kind = TYPES.get(name)
    return kind is None or isinstance(value, kind)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _named(where: str) -> str:
    return f"The argument '{where[:80]}'" if where else "The arguments object"


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return (
        "a string"
        if isinstance(value, str)
        else "an array"
        if isinstance(value, list)
        else "an object"
    )


def _one(name: str) -> str:
    if name == "null":
        return "null"
    return f"an {name}" if name[:1] in "aio" else f"a {name}"
