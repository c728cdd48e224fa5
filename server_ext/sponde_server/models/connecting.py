"""Which protocol a provider speaks, and the way to it; each protocol is imported on use."""

from urllib.parse import urlsplit

from .patience import Patience
from .provider import ModelServer
from .records import Provider, ProviderKind

ANTHROPIC_HOST = "anthropic.com"


def kinds_of(base_url: str, chosen: ProviderKind | None = None) -> tuple[ProviderKind, ...]:
    """Give the protocols that an address may speak, the likeliest first."""
    if chosen is not None:
        return (chosen,)
    host = urlsplit(base_url).hostname or ""
    if host == ANTHROPIC_HOST or host.endswith("." + ANTHROPIC_HOST):
        return (ProviderKind.ANTHROPIC,)
    return (ProviderKind.OPENAI, ProviderKind.ANTHROPIC)


def connect(provider: Provider, key: str, patience: Patience) -> ModelServer:
    """Make the way to a provider's server; slow the first time, so call it on a worker thread."""
    if provider.kind is ProviderKind.ANTHROPIC:
        from . import anthropic_api

        return anthropic_api.connect(provider, key, patience)
    from . import openai_api

    return openai_api.connect(provider, key, patience)
