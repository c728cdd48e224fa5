"""Addresses of tools, of what people allow of them, and of MCP servers.

A call's yes or no comes in here only: no tool and no model's text reaches these addresses.
"""

from sponde_server.core.http import Routes

from .records import (
    CallAllowed,
    CallEnded,
    Claim,
    NewDecision,
    NewPermission,
    NewToolServer,
    Permission,
    ServerSwitch,
    ToolCall,
    ToolResult,
    ToolsChanged,
    ToolServerState,
    ToolState,
)
from .service import SpondeTools

routes = Routes("tools", events=(CallAllowed, CallEnded, ToolsChanged))


@routes("GET", "/tools")
async def list_tools(tools: SpondeTools) -> list[ToolState]:
    """List the tools that models may ask for, with what is allowed of each."""
    return await tools.list_all()


@routes("GET", "/tools/permissions")
async def list_permissions(tools: SpondeTools, conversation_id: str = "") -> list[Permission]:
    """List what is allowed: all of it, or what holds in one conversation."""
    return await tools.permissions(conversation_id)


@routes("PUT", "/tools/permissions")
async def set_permission(tools: SpondeTools, body: NewPermission) -> ToolState:
    """Allow a tool always or never, or ask for it again; everywhere or in one conversation."""
    return await tools.permit(body)


@routes("DELETE", "/tools/permissions/{tool_name}")
async def forget_permissions(tools: SpondeTools, tool_name: str) -> None:
    """Ask for a tool again, everywhere and in every conversation."""
    await tools.forget(tool_name)


@routes("POST", "/calls/{call_id}/decision")
async def decide_call(tools: SpondeTools, call_id: str, body: NewDecision) -> ToolCall:
    """Say yes or no to a call that waits; the first one to say it counts."""
    return await tools.decide(call_id, body.decision)


@routes("POST", "/calls/{call_id}/claim")
async def claim_call(tools: SpondeTools, call_id: str, body: Claim) -> ToolCall:
    """Take on a call that was allowed, as the tab that carries it out."""
    return await tools.claim(call_id, body.tab_id)


@routes("POST", "/calls/{call_id}/result")
async def finish_call(tools: SpondeTools, call_id: str, tab_id: str, body: ToolResult) -> None:
    """Bring the result of a call that this tab took on."""
    await tools.finish(call_id, tab_id, body)


@routes("GET", "/tool-servers")
async def list_tool_servers(tools: SpondeTools) -> list[ToolServerState]:
    """List the MCP servers, how they are and what they offer."""
    return await tools.list_servers()


@routes("POST", "/tool-servers")
async def add_tool_server(tools: SpondeTools, body: NewToolServer) -> ToolServerState:
    """Add an MCP server, a process or an address, and start it."""
    return await tools.add_server(body)


@routes("PATCH", "/tool-servers/{server_id}")
async def switch_tool_server(
    tools: SpondeTools, server_id: str, body: ServerSwitch
) -> ToolServerState:
    """Turn an MCP server on or off."""
    return await tools.switch_server(server_id, body.is_on)


@routes("POST", "/tool-servers/{server_id}/check")
async def check_tool_server(tools: SpondeTools, server_id: str) -> ToolServerState:
    """Start an MCP server again and ask it what it offers."""
    return await tools.check_server(server_id)


@routes("DELETE", "/tool-servers/{server_id}")
async def remove_tool_server(tools: SpondeTools, server_id: str) -> None:
    """Remove an MCP server; it can be restored."""
    await tools.remove_server(server_id)


@routes("POST", "/tool-servers/{server_id}/restore")
async def restore_tool_server(tools: SpondeTools, server_id: str) -> ToolServerState:
    """Bring a removed MCP server back."""
    return await tools.restore_server(server_id)
