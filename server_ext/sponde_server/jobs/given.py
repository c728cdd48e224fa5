"""Values given for a notebook's parameters: read as their types, or refused in a sentence each.

Only names of the parameters cell pass: papermill writes names into the notebook as they are, and
a name with a newline in it would be code. Does not know runs.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sponde_server.core.errors import Invalid

from .parameters import is_iso_date
from .records import FieldProblem, Parameter, ParameterType

_WORDS = {
    ParameterType.INT: "a whole number, such as 10",
    ParameterType.FLOAT: "a number, such as 0.5",
    ParameterType.STR: "text",
    ParameterType.BOOL: "true or false",
    ParameterType.DATE: "a date, such as 2026-01-31",
    ParameterType.LIST: "a list in JSON, such as [1, 2]",
    ParameterType.DICT: 'a JSON object, such as {"a": 1}',
    ParameterType.ANY: "a value",
}
_WHOLE = re.compile(r"[+-]?\d+")


def check_given(
    parameters: Iterable[Parameter], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Read given values as their parameters' types: the values that fit, and what is wrong."""
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, value in given.items():
        parameter = known.get(name)
        if parameter is None:
            names = ", ".join(known) or "none"
            message = f"The parameters cell has no '{name}' (it has: {names})."
            problems.append(FieldProblem(name=name, message=message))
            continue
        try:
            values[name] = _value(parameter, value)
        except ValueError:
            problems.append(FieldProblem(name=name, message=_refusal(parameter, value)))
    problems += [
        FieldProblem(
            name=name, message=f"{name} needs {_WORDS[parameter.type]}: the notebook has none."
        )
        for name, parameter in known.items()
        if parameter.is_required and name not in given
    ]
    return values, problems


def refuse(problems: list[FieldProblem]) -> None:
    """Refuse a run for its problems, all in one message."""
    if problems:
        raise Invalid(
            " ".join(problem.message for problem in problems),
            "Correct the value, or change the parameters cell of the notebook and save it.",
        )


def _refusal(parameter: Parameter, value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else f"'{value}'"
    if len(shown) > 60:
        shown = shown[:57] + "…"
    if parameter.choices is not None:
        wanted = "one of " + ", ".join(str(choice) for choice in parameter.choices)
    else:
        wanted = _WORDS[parameter.type]
    if value is None or value == "":
        return f"{parameter.name} takes {wanted}; it is empty."
    return f"{parameter.name} takes {wanted}; {shown} does not fit."


def _value(parameter: Parameter, value: Any) -> Any:
    """Read one value as its parameter's type, or raise ValueError."""
    if value is None:
        if parameter.is_optional:
            return None
        raise ValueError
    read_as = _read_as(parameter.type, value)
    if parameter.choices is not None and not any(
        read_as == choice and isinstance(read_as, bool) == isinstance(choice, bool)
        for choice in parameter.choices
    ):
        raise ValueError
    return read_as


def _read_as(kind: ParameterType, value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    text = value.strip() if isinstance(value, str) else None
    if kind is ParameterType.INT:
        if text is not None and _WHOLE.fullmatch(text):
            return int(text)
        if is_number and int(value) == value:
            return int(value)
    elif kind is ParameterType.FLOAT:
        if is_number or text is not None:
            number = float(value)
            if number - number == 0:  # neither infinite nor no number
                return number
    elif kind is ParameterType.BOOL:
        if isinstance(value, bool):
            return value
        if text is not None and text.lower() in ("true", "false"):
            return text.lower() == "true"
    elif kind is ParameterType.STR:
        if isinstance(value, str):
            return value
    elif kind is ParameterType.DATE:
        if is_iso_date(text):
            return text
    elif kind is ParameterType.ANY:
        return _loose(value)
    else:
        wanted = list if kind is ParameterType.LIST else dict
        found = json.loads(text) if text is not None else value
        if isinstance(found, wanted):
            return found
    raise ValueError


def _loose(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
        json.dumps(found, allow_nan=False)
    except ValueError:
        return value
    return found
