"""Rows of the calls that programs made, and of the tools that people let them call."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many

from .records import McpAllowance, McpCall

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def add(con: "Connection", call: McpCall, most: int) -> None:
    """Add a call, and let the oldest go where there are too many."""
    insert(con, "mcp_call", call)
    con.execute(
        "DELETE FROM mcp_call WHERE id NOT IN (SELECT id FROM mcp_call ORDER BY id DESC LIMIT ?)",
        [most],
    )


def list_calls(con: "Connection", limit: int) -> list[McpCall]:
    """Give the last calls, newest first."""
    sql = f"SELECT {columns(McpCall)} FROM mcp_call ORDER BY id DESC LIMIT ?"
    return many(con, McpCall, sql, [limit])


def allow(con: "Connection", allowance: McpAllowance) -> None:
    """Let programs call a tool."""
    forbid(con, allowance.tool)
    insert(con, "mcp_allowed", allowance)


def forbid(con: "Connection", tool: str) -> None:
    """Let programs call a tool no more."""
    con.execute("DELETE FROM mcp_allowed WHERE tool = ?", [tool])


def allowed(con: "Connection") -> list[str]:
    """Name the tools that people let programs call."""
    return [tool for (tool,) in con.execute("SELECT tool FROM mcp_allowed").fetchall()]
