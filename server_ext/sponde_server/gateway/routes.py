"""Addresses of the gateway's tokens."""

from sponde_server.core.http import Person, Routes

from .records import GatewayToken, MadeToken, NewToken, TokenChange, TokensChanged
from .service import SpondeGateway

routes = Routes("gateway", events=(TokensChanged,))


@routes("GET", "/gateway-tokens")
async def list_tokens(gateway: SpondeGateway) -> list[GatewayToken]:
    """List the tokens that programs ask models with, newest first; revoked ones are left out."""
    return await gateway.list_tokens()


@routes("POST", "/gateway-tokens")
async def make_token(gateway: SpondeGateway, person: Person, body: NewToken) -> MadeToken:
    """Make a token for a program; the answer shows it this once."""
    return await gateway.make(body, person.name)


@routes("PATCH", "/gateway-tokens/{token_id}")
async def change_token(gateway: SpondeGateway, token_id: str, body: TokenChange) -> GatewayToken:
    """Change what a token is called, allows or may use."""
    return await gateway.change(token_id, body)


@routes("DELETE", "/gateway-tokens/{token_id}")
async def revoke_token(gateway: SpondeGateway, token_id: str) -> None:
    """Revoke a token: it opens nothing from now on."""
    await gateway.revoke(token_id)
