"""What the public conformance suite asks for by name, offered by our own dispatcher.

A Jupyter Server extension for tests: it adds a catalogue to the workbench's MCP server.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Any

from sponde_server.core.errors import Invalid
from sponde_server.mcp.catalogue import Json, Prompt, Resource, Template, Tool, text
from sponde_server.mcp.exchange import Exchange

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJg"
    "gg=="
)
WAV = base64.b64encode(
    b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0@\x1f\0\0\1\0\x08\0data\0\0\0\0"
).decode()
PAUSE = 0.05
IMAGE = {"type": "image", "data": PNG, "mimeType": "image/png"}


def _said(*parts: Any) -> Json:
    return {"content": list(parts)}


def _resource(uri: str, mime: str, told: str) -> Json:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": mime, "text": told}}


async def _simple(given: Json, exchange: Exchange) -> Json:
    return _said(text("This is a simple text response for testing."))


async def _image(given: Json, exchange: Exchange) -> Json:
    return _said(IMAGE)


async def _audio(given: Json, exchange: Exchange) -> Json:
    return _said({"type": "audio", "data": WAV, "mimeType": "audio/wav"})


async def _embedded(given: Json, exchange: Exchange) -> Json:
    told = "This is an embedded resource content."
    return _said(_resource("test://embedded-resource", "text/plain", told))


async def _mixed(given: Json, exchange: Exchange) -> Json:
    data = json.dumps({"test": "data", "value": 123})
    return _said(
        text("Multiple content types test:"),
        IMAGE,
        _resource("test://mixed-content-resource", "application/json", data),
    )


async def _logging(given: Json, exchange: Exchange) -> Json:
    for said in ("started", None, "completed"):
        exchange.log("info", f"Tool execution {said}" if said else "Tool processing data")
        await asyncio.sleep(PAUSE)
    return _said(text("Said three things."))


async def _progress(given: Json, exchange: Exchange) -> Json:
    for done in (0, 50, 100):
        exchange.progress(done, 100, f"{done} of 100")
        await asyncio.sleep(PAUSE)
    return _said(text("Done."))


async def _error(given: Json, exchange: Exchange) -> Json:
    raise Invalid("This tool intentionally returns an error for testing")


async def _sampling(given: Json, exchange: Exchange) -> Json:
    asked = {"role": "user", "content": text(str(given["prompt"]))}
    answer = await exchange.ask("sampling/createMessage", {"messages": [asked], "maxTokens": 100})
    return _said(text(f"LLM response: {answer['content']['text']}"))


def _form(message: str, properties: Json, required: Sequence[str] = ()) -> Json:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"message": message, "requestedSchema": schema}


async def _elicit(exchange: Exchange, form: Json, said: str) -> Json:
    answer = await exchange.ask("elicitation/create", form)
    told = json.dumps(answer.get("content", {}))
    return _said(text(f"{said}: action={answer['action']}, content={told}"))


async def _elicitation(given: Json, exchange: Exchange) -> Json:
    properties = {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    }
    form = _form(str(given["message"]), properties, list(properties))
    return await _elicit(exchange, form, "User response")


async def _defaults(given: Json, exchange: Exchange) -> Json:
    properties = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {
            "type": "string",
            "enum": ["active", "inactive", "pending"],
            "default": "active",
        },
        "verified": {"type": "boolean", "default": True},
    }
    return await _elicit(exchange, _form("Fill this in.", properties), "Elicitation completed")


async def _enums(given: Json, exchange: Exchange) -> Json:
    plain = ["option1", "option2", "option3"]
    titled = [
        {"const": f"value{number}", "title": f"{name} Option"}
        for number, name in enumerate(("First", "Second", "Third"), 1)
    ]
    properties = {
        "untitledSingle": {"type": "string", "enum": plain},
        "titledSingle": {"type": "string", "oneOf": titled},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled}},
    }
    return await _elicit(exchange, _form("Choose.", properties), "Elicitation completed")


async def _reconnection(given: Json, exchange: Exchange) -> Json:
    await asyncio.sleep(PAUSE)
    exchange.hang_up()
    await asyncio.sleep(2 * PAUSE)
    return _said(text("Reconnection test completed successfully"))


def _one(name: str) -> Json:
    return {"properties": {name: {"type": "string"}}, "required": [name]}


_TOOLS: list[tuple[str, Any, Json]] = [
    ("test_simple_text", _simple, {}),
    ("test_image_content", _image, {}),
    ("test_audio_content", _audio, {}),
    ("test_embedded_resource", _embedded, {}),
    ("test_multiple_content_types", _mixed, {}),
    ("test_tool_with_logging", _logging, {}),
    ("test_tool_with_progress", _progress, {}),
    ("test_error_handling", _error, {}),
    ("test_sampling", _sampling, _one("prompt")),
    ("test_elicitation", _elicitation, _one("message")),
    ("test_elicitation_sep1034_defaults", _defaults, {}),
    ("test_elicitation_sep1330_enums", _enums, {}),
    ("test_reconnection", _reconnection, {}),
    (
        "json_schema_2020_12_tool",
        _simple,
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": {
                "address": {
                    "type": "object",
                    "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
                }
            },
            "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"}},
            "additionalProperties": False,
        },
    ),
]


class Everything:
    """The suite's tools, resources and prompts."""

    name = title = "everything"
    version = "1"
    instructions = ""

    async def tools(self) -> list[Tool]:
        return [
            Tool(name=name, title=name, description=f"Tests {name}.", schema=schema, run=run)
            for name, run, schema in _TOOLS
        ]

    async def resources(self) -> list[Resource]:
        async def plain() -> Json:
            return {"text": "This is the content of the static text resource."}

        async def binary() -> Json:
            return {"blob": PNG}

        kinds = (
            ("test://static-text", "text/plain", plain),
            ("test://static-binary", "image/png", binary),
            ("test://watched-resource", "text/plain", plain),
        )
        return [
            Resource(uri=uri, name=uri[7:], title=uri, description=uri, mime=mime, read=read)
            for uri, mime, read in kinds
        ]

    async def templates(self) -> list[Template]:
        async def read(values: dict[str, str]) -> Json:
            name = values["id"]
            told = {"id": name, "templateTest": True, "data": f"Data for ID: {name}"}
            return {"text": json.dumps(told)}

        uri = "test://template/{id}/data"
        mime = "application/json"
        return [Template(uri=uri, name="t", title="t", description="t", mime=mime, read=read)]

    async def prompts(self) -> list[Prompt]:
        def prompt(name: str, get: Any, *arguments: str) -> Prompt:
            needed = tuple({"name": one, "description": one, "required": True} for one in arguments)
            return Prompt(
                name=name, title=name, description=name, get=get, arguments=needed, complete=_words
            )

        return [
            prompt("test_simple_prompt", _get_simple),
            prompt("test_prompt_with_arguments", _get_arguments, "arg1", "arg2"),
            prompt("test_prompt_with_embedded_resource", _get_resource, "resourceUri"),
            prompt("test_prompt_with_image", _get_image),
        ]


def _user(content: Json) -> Json:
    return {"role": "user", "content": content}


async def _words(name: str, typed: str, others: dict[str, str]) -> Sequence[str]:
    return [word for word in ("paris", "park", "party", "testing") if word.startswith(typed)]


async def _get_simple(given: dict[str, str]) -> Sequence[Json]:
    return [_user(text("This is a simple prompt for testing."))]


async def _get_arguments(given: dict[str, str]) -> Sequence[Json]:
    told = f"Prompt with arguments: arg1='{given['arg1']}', arg2='{given['arg2']}'"
    return [_user(text(told))]


async def _get_resource(given: dict[str, str]) -> Sequence[Json]:
    told = "Embedded resource content for testing."
    return [
        _user(_resource(given["resourceUri"], "text/plain", told)),
        _user(text("Please process the embedded resource above.")),
    ]


async def _get_image(given: dict[str, str]) -> Sequence[Json]:
    return [_user(IMAGE), _user(text("Please analyze the image above."))]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "mcp_everything"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    def add() -> None:
        (app,) = serverapp.extension_manager.extension_apps["sponde_server"]
        app.mcp.more.append(Everything())

    # Once the loop runs, every extension has been loaded.
    serverapp.io_loop.add_callback(add)
