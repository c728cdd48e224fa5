"""Takes each method of MCP to what answers it. Does not know HTTP, nor what is offered."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sponde_server.core.errors import SpondeError

from . import rpc
from .catalogue import Catalogue, Json, text
from .exchange import Exchange
from .sessions import LEVELS

MOST_VALUES = 100
STREAMED = {"tools/call"}
"""What may tell something, or ask, before it is answered."""


class Dispatcher:
    """The methods of a server that offers a catalogue."""

    def __init__(self, catalogue: Catalogue, page: int = 100) -> None:
        self._catalogue = catalogue
        self._page = page
        self._methods: dict[str, Callable[[Json, Exchange], Awaitable[Json]]] = {
            "ping": self._ping,
            "tools/list": self._list_tools,
            "tools/call": self._call,
            "resources/list": self._list_resources,
            "resources/templates/list": self._list_templates,
            "resources/read": self._read,
            "resources/subscribe": self._subscribe,
            "resources/unsubscribe": self._unsubscribe,
            "prompts/list": self._list_prompts,
            "prompts/get": self._get_prompt,
            "completion/complete": self._complete,
            "logging/setLevel": self._set_level,
        }

    def greeting(self, version: str) -> Json:
        """Say who this is and what it can do."""
        offered = self._catalogue
        return {
            "protocolVersion": version,
            "serverInfo": {
                "name": offered.name,
                "title": offered.title,
                "version": offered.version,
            },
            "capabilities": {
                "tools": {"listChanged": True},
                "resources": {"subscribe": True, "listChanged": True},
                "prompts": {"listChanged": True},
                "completions": {},
                "logging": {},
            },
            "instructions": offered.instructions,
        }

    async def answer(self, method: str, params: Json, exchange: Exchange) -> Json:
        """Answer a request, or raise an RpcError."""
        found = self._methods.get(method)
        if found is None:
            raise rpc.RpcError(rpc.UNKNOWN_METHOD, f"There is no method '{method}' here.")
        return await found(params, exchange)

    async def _ping(self, params: Json, exchange: Exchange) -> Json:
        return {}

    # -- tools ----------------------------------------------------------------------------------

    async def _list_tools(self, params: Json, exchange: Exchange) -> Json:
        return self._paged("tools", await self._catalogue.tools(), params)

    async def _call(self, params: Json, exchange: Exchange) -> Json:
        name, given = _name(params), params.get("arguments")
        for tool in await self._catalogue.tools():
            if tool.name == name:
                break
        else:
            raise rpc.RpcError(rpc.INVALID_PARAMS, f"There is no tool '{name}' here.")
        if given is not None and not isinstance(given, dict):
            raise rpc.RpcError(rpc.INVALID_PARAMS, "The arguments are not an object.")
        try:
            return await tool.run(given or {}, exchange)
        except (SpondeError, rpc.RpcError) as error:
            hint = getattr(error, "hint", "")
            return {"content": [text(f"{error.message} {hint}".strip())], "isError": True}

    # -- resources ------------------------------------------------------------------------------

    async def _list_resources(self, params: Json, exchange: Exchange) -> Json:
        return self._paged("resources", await self._catalogue.resources(), params)

    async def _list_templates(self, params: Json, exchange: Exchange) -> Json:
        return self._paged("resourceTemplates", await self._catalogue.templates(), params)

    async def _read(self, params: Json, exchange: Exchange) -> Json:
        uri = _uri(params)
        for resource in await self._catalogue.resources():
            if resource.uri == uri:
                return _contents(uri, resource.mime, await _asked(resource.read()))
        for template in await self._catalogue.templates():
            values = template.match(uri)
            if values is not None:
                return _contents(uri, template.mime, await _asked(template.read(values)))
        raise rpc.RpcError(rpc.NO_RESOURCE, f"There is no resource '{uri}'.", {"uri": uri})

    async def _subscribe(self, params: Json, exchange: Exchange) -> Json:
        exchange.session.subscribed.add(_uri(params))
        return {}

    async def _unsubscribe(self, params: Json, exchange: Exchange) -> Json:
        exchange.session.subscribed.discard(_uri(params))
        return {}

    # -- prompts --------------------------------------------------------------------------------

    async def _list_prompts(self, params: Json, exchange: Exchange) -> Json:
        return self._paged("prompts", await self._catalogue.prompts(), params)

    async def _get_prompt(self, params: Json, exchange: Exchange) -> Json:
        name, given = _name(params), _texts(params.get("arguments"))
        for prompt in await self._catalogue.prompts():
            if prompt.name == name:
                break
        else:
            raise rpc.RpcError(rpc.INVALID_PARAMS, f"There is no prompt '{name}' here.")
        for argument in prompt.arguments:
            if argument.get("required") and argument["name"] not in given:
                raise rpc.RpcError(
                    rpc.INVALID_PARAMS, f"The prompt '{name}' needs '{argument['name']}'."
                )
        messages = await _asked(prompt.get(given))
        return {"description": prompt.description, "messages": list(messages)}

    async def _complete(self, params: Json, exchange: Exchange) -> Json:
        asked, argument = params.get("ref"), params.get("argument")
        if not isinstance(asked, dict) or not isinstance(argument, dict):
            raise rpc.RpcError(rpc.INVALID_PARAMS, "'ref' and 'argument' are needed.")
        name, typed = str(argument.get("name", "")), str(argument.get("value", ""))
        context = params.get("context")
        others = _texts(context.get("arguments") if isinstance(context, dict) else None)
        found: Sequence[str] = ()
        if asked.get("type") == "ref/prompt":
            for prompt in await self._catalogue.prompts():
                if prompt.name == asked.get("name"):
                    found = await prompt.complete(name, typed, others)
        elif asked.get("type") == "ref/resource":
            for template in await self._catalogue.templates():
                if template.uri == asked.get("uri"):
                    found = await template.complete(name, typed, others)
        else:
            raise rpc.RpcError(rpc.INVALID_PARAMS, "'ref' names a prompt or a resource.")
        return {
            "completion": {
                "values": list(found[:MOST_VALUES]),
                "total": len(found),
                "hasMore": len(found) > MOST_VALUES,
            }
        }

    # -- the rest -------------------------------------------------------------------------------

    async def _set_level(self, params: Json, exchange: Exchange) -> Json:
        level = params.get("level")
        if level not in LEVELS:
            raise rpc.RpcError(
                rpc.INVALID_PARAMS, f"There is no level '{level}'. There is {', '.join(LEVELS)}."
            )
        exchange.session.level = level
        return {}

    def _paged(self, name: str, offered: Sequence[Any], params: Json) -> Json:
        cursor = params.get("cursor")
        begin = _offset(cursor) if cursor is not None else 0
        end = begin + self._page
        page: Json = {name: [one.shown() for one in offered[begin:end]]}
        if end < len(offered):
            page["nextCursor"] = base64.urlsafe_b64encode(str(end).encode()).decode()
        return page


async def _asked(reading: Awaitable[Any]) -> Any:
    """Read something; what a person would read goes back as the error's sentence."""
    try:
        return await reading
    except SpondeError as error:
        code = rpc.NO_RESOURCE if error.status == 404 else rpc.INVALID_PARAMS
        raise rpc.RpcError(code, f"{error.message} {error.hint}".strip()) from error


def _contents(uri: str, mime: str, read: Json) -> Json:
    return {"contents": [{"uri": uri, "mimeType": mime, **read}]}


def _name(params: Json) -> str:
    name = params.get("name")
    if not isinstance(name, str) or not name:
        raise rpc.RpcError(rpc.INVALID_PARAMS, "'name' is missing.")
    return name


def _uri(params: Json) -> str:
    uri = params.get("uri")
    if not isinstance(uri, str) or not uri:
        raise rpc.RpcError(rpc.INVALID_PARAMS, "'uri' is missing.")
    return uri


def _texts(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise rpc.RpcError(rpc.INVALID_PARAMS, "The arguments are not texts by name.")
    return given


def _offset(cursor: Any) -> int:
    try:
        return int(base64.urlsafe_b64decode(str(cursor)).decode())
    except (ValueError, binascii.Error, TypeError):
        raise rpc.RpcError(
            rpc.INVALID_PARAMS, "This cursor is not one of ours; begin without one."
        ) from None
