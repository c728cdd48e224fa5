"""Tokens for programs: who may ask through the gateway, what, and how much."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import new_id, now, record


class Scope(StrEnum):
    """What a token allows."""

    MODELS = "models:read"
    """List the models."""
    CHAT = "chat"
    """Ask for answers and completions."""
    EMBEDDINGS = "embeddings"
    """Ask for embeddings."""
    TOOLS = "tools"
    """Call the workbench's tools over MCP."""


@record
class GatewayToken:
    """A token with which a program asks models, and nothing else."""

    name: str
    """What it is for, in a person's words."""
    person: str = ""
    """Who made it."""
    hint: str = ""
    """Its last four letters: the token itself is not kept."""
    scopes: tuple[Scope, ...] = (Scope.MODELS, Scope.CHAT, Scope.EMBEDDINGS)
    """What it allows."""
    models: tuple[str, ...] = ()
    """Names, aliases or ids of the models that it may ask; none: all of them."""
    requests_per_minute: int = 0
    """Requests in any 60 seconds; 0: no limit."""
    parallel: int = 0
    """Requests at the same time; 0: no limit."""
    tokens_per_day: int = 0
    """Tokens read and written from midnight to midnight of the server's clock; 0: no limit."""
    expires_at: datetime | None = None
    """When it ends by itself; None: never."""
    revoked_at: datetime | None = None
    """When it was revoked."""
    last_used_at: datetime | None = None
    """When a program came with it last."""
    use_day: str = ""
    """The day that the next two fields are about, such as 2026-11-21."""
    requests_today: int = 0
    """Requests on that day."""
    tokens_today: int = 0
    """Tokens read and written on that day."""
    id: str = field(default_factory=new_id)
    """The token's id: how usage and budgets name it."""
    created_at: datetime = field(default_factory=now)
    """When it was made."""


@record
class NewToken:
    """A token as a person asks for it."""

    name: str
    """What it is for."""
    scopes: tuple[Scope, ...] = (Scope.MODELS, Scope.CHAT, Scope.EMBEDDINGS)
    """What it allows."""
    models: tuple[str, ...] = ()
    """Names, aliases or ids of the models that it may ask; none: all of them."""
    requests_per_minute: int = 0
    """Requests in any 60 seconds; 0: no limit."""
    parallel: int = 0
    """Requests at the same time; 0: no limit."""
    tokens_per_day: int = 0
    """Tokens read and written a day; 0: no limit."""
    expires_at: datetime | None = None
    """When it ends by itself; None: never."""


@record
class TokenChange:
    """What to change about a token; what is left out stays."""

    name: str | None = None
    """What it is for."""
    scopes: tuple[Scope, ...] | None = None
    """What it allows."""
    models: tuple[str, ...] | None = None
    """The models that it may ask; an empty list: all of them."""
    requests_per_minute: int | None = None
    """Requests in any 60 seconds; 0: no limit."""
    parallel: int | None = None
    """Requests at the same time; 0: no limit."""
    tokens_per_day: int | None = None
    """Tokens read and written a day; 0: no limit."""
    expires_at: datetime | None = None
    """When it ends by itself."""
    is_endless: bool = False
    """Let it never end by itself."""


@record
class MadeToken:
    """A token that was just made; its text is shown this once."""

    token: GatewayToken
    """What is kept of it."""
    secret: str
    """The token itself: sponde-…"""


@record
class TokensChanged:
    """A token was made, changed, used or revoked; told at most every second."""
