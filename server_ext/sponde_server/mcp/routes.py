"""Addresses where people see what programs call over MCP, and say what they may."""

from sponde_server.core.http import Person, Routes

from .records import McpCall, McpChanged, McpState, McpTool, NewMcpAllowance
from .service import SpondeMcp

routes = Routes("mcp", events=(McpChanged,))


@routes("GET", "/mcp")
async def read_mcp(mcp: SpondeMcp) -> McpState:
    """Say what programs find at the MCP server."""
    return await mcp.state()


@routes("PUT", "/mcp/tools/{name}")
async def allow_tool(mcp: SpondeMcp, name: str, person: Person, body: NewMcpAllowance) -> McpTool:
    """Let programs call a tool that changes something, or no more."""
    return await mcp.allow(name, body, person.name)


@routes("GET", "/mcp/calls")
async def list_mcp_calls(mcp: SpondeMcp, limit: int = 100) -> list[McpCall]:
    """List the last calls of programs, newest first."""
    return await mcp.calls(limit)
