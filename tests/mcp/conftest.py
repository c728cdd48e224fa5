"""A program that speaks MCP's streamable HTTP with a real server, word by word."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

NEWEST = "2025-11-25"


@dataclass
class Program:
    """One program with a token."""

    url: str
    secret: str
    headers: dict[str, str] = field(default_factory=dict)
    count: int = 0

    async def send(self, body: Any, method: str = "POST", **headers: str) -> HTTPResponse:
        """Send a body as it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Content-Type": "application/json", **self.headers, **named}
        if self.secret:
            given["Authorization"] = f"Bearer {self.secret}"
        request = HTTPRequest(
            self.url,
            method,
            {name: value for name, value in given.items() if value},
            body if isinstance(body, bytes) or body is None else json.dumps(body),
            request_timeout=60,
            allow_nonstandard_methods=True,
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def connect(self, version: str = NEWEST, **params: Any) -> dict[str, Any]:
        """Begin a session."""
        about = {"clientInfo": {"name": "tester", "version": "1"}, "capabilities": {}}
        given = {"protocolVersion": version, **about, **params}
        response = await self.send(self.message("initialize", given))
        answer = json.loads(response.body)
        self.headers["Mcp-Session-Id"] = response.headers["Mcp-Session-Id"]
        self.headers["MCP-Protocol-Version"] = answer["result"]["protocolVersion"]
        noted = await self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert noted.code == 202
        return answer["result"]

    def message(self, method: str, params: Any = None) -> dict[str, Any]:
        self.count += 1
        asked = {"jsonrpc": "2.0", "id": self.count, "method": method}
        return asked if params is None else {**asked, "params": params}

    async def ask(self, method: str, params: Any = None, **headers: str) -> dict[str, Any]:
        """Ask something; give the last message of the answer."""
        response = await self.send(self.message(method, params), **headers)
        return messages(response)[-1]


def messages(response: HTTPResponse) -> list[dict[str, Any]]:
    """Read an answer's messages, streamed or whole."""
    if "event-stream" not in response.headers.get("Content-Type", ""):
        return [json.loads(response.body)]
    lines = response.body.decode().splitlines()
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [json.loads(one) for one in data if one]


MakeProgram = Callable[..., Awaitable[Program]]


@pytest.fixture
def program(api: Callable[..., Awaitable[Any]], jp_base_url: str, jp_http_port: int) -> MakeProgram:
    """Make a program with a token of its own; what is given changes the token."""

    async def make(**token: Any) -> Program:
        made = await api(
            "POST", "/gateway-tokens", {"name": "tester", "scopes": ["tools"], **token}
        )
        return Program(f"http://localhost:{jp_http_port}{jp_base_url}sponde/mcp", made["secret"])

    return make
