"""A program that uses the official Python client (the package `mcp`) against a server's address.

Run by the environment that has the package; prints what it found as JSON. Needs nothing of ours.
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def main(address: str, secret: str) -> None:
    """Connect with a token, and use what there is."""
    heard: list[str] = []
    steps: list[float] = []

    async def log(params: object) -> None:
        heard.append(str(getattr(params, "data", "")))

    async def progress(done: float, total: float | None, message: str | None) -> None:
        steps.append(done)

    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as web:
        transport = streamable_http_client(address, http_client=web)
        async with Client(transport, logging_callback=log) as client:
            tools = (await client.list_tools()).tools
            resources = (await client.list_resources()).resources
            prompts = (await client.list_prompts()).prompts
            said = await client.call_tool("test_simple_text", {})
            await client.call_tool("test_tool_with_logging", {})
            await client.call_tool("test_tool_with_progress", {}, progress_callback=progress)
            wrong = await client.call_tool("test_error_handling", {})
            read = await client.read_resource("test://static-text")
            print(
                json.dumps(
                    {
                        "version": client.protocol_version,
                        "tools": [tool.name for tool in tools],
                        "resources": [str(resource.uri) for resource in resources],
                        "prompts": [prompt.name for prompt in prompts],
                        "said": said.content[0].text,
                        "heard": heard,
                        "steps": steps,
                        "is_error": wrong.is_error,
                        "read": read.contents[0].text,
                    }
                )
            )


asyncio.run(main(*sys.argv[1:]))
