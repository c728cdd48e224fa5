"""Rows of providers, and of what each alias points to."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, replace

from .records import AliasTarget, Provider

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection


def list_providers(con: "Connection") -> list[Provider]:
    """Give the providers that people added, oldest first."""
    return many(con, Provider, f"SELECT {columns(Provider)} FROM provider ORDER BY id")


def put(con: "Connection", provider: Provider) -> None:
    """Add a provider, or write it over the one with its id."""
    if con.execute("SELECT 1 FROM provider WHERE id = ?", [provider.id]).fetchall():
        replace(con, "provider", provider)
    else:
        insert(con, "provider", provider)


def remove(con: "Connection", provider_id: str) -> None:
    """Forget a provider."""
    con.execute("DELETE FROM provider WHERE id = ?", [provider_id])


def list_targets(con: "Connection") -> list[AliasTarget]:
    """Give what every alias was set to, oldest first."""
    return many(con, AliasTarget, f"SELECT {columns(AliasTarget)} FROM alias_target ORDER BY id")


def read_all(con: "Connection") -> tuple[list[Provider], list[AliasTarget]]:
    """Give everything that says which models there are."""
    return list_providers(con), list_targets(con)


def set_alias(con: "Connection", target: AliasTarget, kept: int) -> None:
    """Let an alias point elsewhere; of its history the last `kept` stay."""
    insert(con, "alias_target", target)
    con.execute(
        "DELETE FROM alias_target WHERE name = ? AND id NOT IN "
        "(SELECT id FROM alias_target WHERE name = ? ORDER BY id DESC LIMIT ?)",
        [target.name, target.name, kept],
    )


def drop_target(con: "Connection", target_id: str) -> None:
    """Take back one setting of an alias."""
    con.execute("DELETE FROM alias_target WHERE id = ?", [target_id])


def remove_alias(con: "Connection", name: str) -> None:
    """Forget an alias and its history."""
    con.execute("DELETE FROM alias_target WHERE name = ?", [name])
