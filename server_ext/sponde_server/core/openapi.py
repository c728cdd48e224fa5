"""Routes and records described for TypeScript: `extension/src/api/schema.ts` is written here.

Types come from pydantic's JSON schema: of requests (fields with a default may be left out) and of
answers (every field is there). Does not serve anything.
"""

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

from .http import Download, Endpoint, Events, Person, Reader, Routes
from .record import AT_THE_EDGE

HEADER = (
    "// Written by `sponde schema` from the records and routes of server_ext. Do not edit.\n"
    "/* eslint-disable */\n"
)


def typescript(routes: Sequence[Routes]) -> str:
    """Write the TypeScript of all routes, the records they carry and the feed's events."""
    # Reading the fields' docstrings parses our sources: here only, not while requests are answered.
    AT_THE_EDGE["use_attribute_docstrings"] = True
    try:
        return _typescript(routes)
    finally:
        del AT_THE_EDGE["use_attribute_docstrings"]


def _typescript(routes: Sequence[Routes]) -> str:
    endpoints = sorted(
        (endpoint for table in routes for endpoint in table.endpoints),
        key=lambda endpoint: (endpoint.path, endpoint.method),
    )
    kinds = sorted(
        (kind for table in routes for kind in table.events), key=lambda kind: kind.__name__
    )
    asked = _schemas("validation", [e.hints["body"] for e in endpoints if "body" in e.hints])
    told = _schemas("serialization", [*_answers(endpoints), *kinds])
    lines = [HEADER]
    lines += [_declaration(name, schema, required=True) for name, schema in sorted(told.items())]
    lines += [
        _declaration(name, schema, required=False)
        for name, schema in sorted(asked.items())
        if name not in told
    ]
    lines.append("/** Every event of the feed, by its name. */\nexport interface FeedEvents {")
    lines += [f"  {kind.__name__}: {kind.__name__};" for kind in kinds]
    lines.append(
        "}\n\n/** Every route: what goes in and what comes out. */\nexport interface Routes {"
    )
    lines += [_route(endpoint) for endpoint in endpoints]
    lines.append("}\n")
    return "\n".join(lines)


def _answers(endpoints: Iterable[Endpoint]) -> list[Any]:
    return [e.hints["return"] for e in endpoints if not _is_raw(e.hints.get("return"))]


def _is_raw(kind: Any) -> bool:
    return kind in (None, type(None), Download, Events)


def _schemas(mode: Any, kinds: Iterable[Any]) -> dict[str, Any]:
    inputs = [(index, mode, TypeAdapter(kind)) for index, kind in enumerate(kinds)]
    _, schema = TypeAdapter.json_schemas(inputs)
    found: dict[str, Any] = schema.get("$defs", {})
    return found


def _declaration(name: str, schema: dict[str, Any], required: bool) -> str:
    doc = _doc(schema.get("description", ""), "")
    if "enum" in schema:
        return f"{doc}export type {name} = {_type(schema)};\n"
    needed = set(schema.get("required", ()))
    lines = [f"{doc}export interface {name} {{"]
    for field, inner in schema.get("properties", {}).items():
        mark = "" if required or field in needed else "?"
        lines.append(f"{_doc(inner.get('description', ''), '  ')}  {field}{mark}: {_type(inner)};")
    return "\n".join([*lines, "}\n"])


def _doc(text: str, indent: str) -> str:
    return f"{indent}/** {' '.join(text.split())} */\n" if text else ""


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "anyOf" in schema or "oneOf" in schema:
        options = schema.get("anyOf") or schema["oneOf"]
        return " | ".join(dict.fromkeys(_type(option) for option in options))
    if "enum" in schema:
        return " | ".join(f"'{value}'" for value in schema["enum"])
    if "const" in schema:
        return f"'{schema['const']}'"
    kind = schema.get("type")
    if kind == "array":
        inner = _type(schema.get("items", {}))
        return f"Array<{inner}>"
    if kind == "object":
        if isinstance(schema.get("additionalProperties"), dict):
            return f"Record<string, {_type(schema['additionalProperties'])}>"
        return "Record<string, unknown>"
    names = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
    return names.get(str(kind), "null" if kind == "null" else "unknown")


def _route(endpoint: Endpoint) -> str:
    returned = endpoint.hints.get("return")
    answer = "Blob" if returned is Download else "null" if _is_raw(returned) else None
    if answer is None:
        answer = _shape("serialization", returned)
    body = _shape("validation", endpoint.hints["body"]) if "body" in endpoint.hints else "null"
    path = "; ".join(f"{name}: string" for name in endpoint.path_names)
    query = "; ".join(_query(endpoint))
    return (
        f"{_doc(inspect.getdoc(endpoint.answer) or '', '  ')}"
        f"  '{endpoint.method} {endpoint.path}': "
        f"{{ path: {{ {path} }}; query: {{ {query} }}; body: {body}; answer: {answer} }};"
    )


def _query(endpoint: Endpoint) -> list[str]:
    asked: list[str] = []
    for name, parameter in endpoint.parameters.items():
        kind = endpoint.hints[name]
        if name == "body" or name in endpoint.path_names or kind in (Person, Reader):
            continue
        if _is_service(kind):
            continue
        mark = "" if parameter.default is inspect.Parameter.empty else "?"
        asked.append(f"{name}{mark}: {_shape('validation', kind)}")
    return asked


def _is_service(kind: Any) -> bool:
    """Say whether a parameter is a part of the server's, and not asked for by who calls."""
    own = isinstance(kind, type) and kind.__module__.startswith("sponde_server.")
    return own and not is_dataclass(kind) and not issubclass(kind, Enum)


def _shape(mode: Any, kind: Any) -> str:
    schema = TypeAdapter(kind).json_schema(mode=mode)
    if "$ref" not in schema and schema.get("title") and "properties" in schema:
        return str(schema["title"])
    if "enum" in schema and schema.get("title"):
        return str(schema["title"])
    return _type(schema)
