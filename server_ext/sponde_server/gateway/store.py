"""Rows of tokens; of the token itself only a digest is kept."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, replace

from .records import GatewayToken

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def add(con: "Connection", token: GatewayToken, digest: str) -> None:
    """Add a token."""
    insert(con, "gateway_token", token)
    con.execute("UPDATE gateway_token SET digest = ? WHERE id = ?", [digest, token.id])


def update(con: "Connection", *tokens: GatewayToken) -> None:
    """Write tokens over their rows."""
    for token in tokens:
        replace(con, "gateway_token", token)


def read_all(con: "Connection") -> dict[str, GatewayToken]:
    """Give every token by its digest, oldest first."""
    tokens = many(
        con, GatewayToken, f"SELECT {columns(GatewayToken)} FROM gateway_token ORDER BY id"
    )
    digests = con.execute("SELECT digest FROM gateway_token ORDER BY id").fetchall()
    return {digest: token for (digest,), token in zip(digests, tokens, strict=True)}
