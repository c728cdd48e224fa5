"""Addresses of models and those who serve them."""

from sponde_server.core.http import Routes

from .records import (
    Alias,
    Model,
    ModelChoice,
    NewProvider,
    Provider,
    ProvidersChanged,
)
from .service import SpondeModels

routes = Routes("models", events=(ProvidersChanged,))


@routes("GET", "/providers")
async def list_providers(models: SpondeModels) -> list[Provider]:
    """List who serves models."""
    return await models.list_providers()


@routes("POST", "/providers")
async def add_provider(models: SpondeModels, body: NewProvider) -> Provider:
    """Connect a server of models; it is asked at once and kept only if it answers."""
    return await models.add(body)


@routes("DELETE", "/providers/{provider_id}")
async def remove_provider(models: SpondeModels, provider_id: str) -> None:
    """Forget a server of models, and its key."""
    await models.remove(provider_id)


@routes("POST", "/providers/{provider_id}/check")
async def check_provider(models: SpondeModels, provider_id: str) -> Provider:
    """Ask a server again which models it has."""
    return await models.check(provider_id)


@routes("GET", "/models")
async def list_models(models: SpondeModels) -> list[Model]:
    """List the models that can be asked."""
    return await models.list_models()


@routes("PUT", "/models/default")
async def choose_model(models: SpondeModels, body: ModelChoice) -> Model:
    """Choose the model that is asked when nobody chooses."""
    return await models.choose(body)


@routes("GET", "/aliases")
async def list_aliases(models: SpondeModels) -> list[Alias]:
    """List the names that stand for models, with what they stood for before."""
    return await models.list_aliases()


@routes("PUT", "/aliases/{name}")
async def set_alias(models: SpondeModels, name: str, body: ModelChoice) -> Alias:
    """Let an alias stand for a model."""
    return await models.set_alias(name, body)


@routes("POST", "/aliases/{name}/rollback")
async def roll_back_alias(models: SpondeModels, name: str) -> Alias:
    """Let an alias stand for what it stood for before."""
    return await models.roll_back(name)


@routes("DELETE", "/aliases/{name}")
async def remove_alias(models: SpondeModels, name: str) -> None:
    """Forget an alias and its history."""
    await models.remove_alias(name)
