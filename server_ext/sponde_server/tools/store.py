"""Rows of permissions and of the MCP servers that people added."""

from datetime import datetime
from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, stamp

from .records import Allowance, Permission, ToolServer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

_PERMISSION = f"SELECT {columns(Permission)} FROM permission"
_SERVER = f"SELECT {columns(ToolServer)} FROM tool_server"


def list_permissions(con: "Connection") -> list[Permission]:
    """Give every permission, the oldest first."""
    return many(con, Permission, f"{_PERMISSION} ORDER BY id")


def put_permission(con: "Connection", permission: Permission) -> None:
    """Keep a permission in the place of an earlier one; to be asked is what holds without one."""
    con.execute(
        "DELETE FROM permission WHERE tool = ? AND conversation_id = ?",
        [permission.tool, permission.conversation_id],
    )
    if permission.allowance is not Allowance.ASK:
        insert(con, "permission", permission)


def remove_permissions(con: "Connection", tool: str) -> None:
    """Forget what is allowed of a tool, in every conversation."""
    con.execute("DELETE FROM permission WHERE tool = ?", [tool])


def list_servers(con: "Connection") -> list[ToolServer]:
    """Give the servers that are not removed, the oldest first."""
    return many(con, ToolServer, f"{_SERVER} WHERE removed_at IS NULL ORDER BY id")


def find_server(con: "Connection", server_id: str) -> ToolServer | None:
    """Give a server, removed or not."""
    return one(con, ToolServer, f"{_SERVER} WHERE id = ?", [server_id])


def put_server(con: "Connection", server: ToolServer) -> None:
    """Keep a server as it is now."""
    con.execute("DELETE FROM tool_server WHERE id = ?", [server.id])
    insert(con, "tool_server", server)


def set_server_removed(con: "Connection", server_id: str, moment: datetime | None) -> None:
    """Remove a server so that it can be restored, or restore it."""
    con.execute(
        "UPDATE tool_server SET removed_at = ? WHERE id = ?",
        [stamp(moment) if moment else None, server_id],
    )
