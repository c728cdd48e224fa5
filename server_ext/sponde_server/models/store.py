"""Rows of providers, and the one row that says which model is asked when nobody chooses."""

from typing import TYPE_CHECKING

from sponde_server.core.rows import columns, insert, many, one, replace

from .records import ModelChoice, Provider

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


def find_choice(con: "Connection") -> ModelChoice | None:
    """Give the chosen model, or None."""
    return one(con, ModelChoice, "SELECT model_id FROM model_choice")


def read_all(con: "Connection") -> tuple[list[Provider], ModelChoice | None]:
    """Give everything that says which models there are."""
    return list_providers(con), find_choice(con)


def choose(con: "Connection", choice: ModelChoice) -> None:
    """Keep which model was chosen."""
    con.execute("DELETE FROM model_choice")
    insert(con, "model_choice", choice)
