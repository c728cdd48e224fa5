"""Addresses of registered models."""

from sponde_server.core.http import Routes

from .records import (
    DownloadProgressed,
    FolderQuestion,
    FolderReport,
    Hub,
    HubModel,
    HubQuestion,
    HubToken,
    ModelRegistered,
    ModelUnregistered,
    NewDownload,
    NewImport,
    NewRemoteModel,
    RegisteredModel,
    RegisteredModelChange,
)
from .service import SpondeRegistry

routes = Routes("registry", events=(ModelRegistered, ModelUnregistered, DownloadProgressed))


@routes("GET", "/registered-models")
async def list_registered(registry: SpondeRegistry) -> list[RegisteredModel]:
    """List the registered models with their versions, by name."""
    return await registry.list_models()


@routes("GET", "/registered-models/{name}")
async def get_registered(registry: SpondeRegistry, name: str) -> RegisteredModel:
    """One registered model."""
    return await registry.get(name)


@routes("PATCH", "/registered-models/{name}")
async def change_registered(
    registry: SpondeRegistry, name: str, body: RegisteredModelChange
) -> RegisteredModel:
    """Change a model's notes, its licence or the version in use."""
    return await registry.change(name, body)


@routes("DELETE", "/registered-models/{name}")
async def remove_registered(registry: SpondeRegistry, name: str) -> None:
    """Delete a model with every version; its files can be brought back for a while."""
    await registry.remove_model(name)


@routes("POST", "/registered-models/{name}/restore")
async def restore_registered(registry: SpondeRegistry, name: str) -> RegisteredModel:
    """Bring back what was deleted last of a model."""
    return await registry.restore(name)


@routes("POST", "/registered-models/{name}/rollback")
async def roll_back_registered(registry: SpondeRegistry, name: str) -> RegisteredModel:
    """Use again the version that was in use before."""
    return await registry.roll_back(name)


@routes("DELETE", "/registered-models/{name}/versions/{number}")
async def remove_version(registry: SpondeRegistry, name: str, number: int) -> None:
    """Delete a version, or give its download up; it can be brought back for a while."""
    await registry.remove(name, number)


@routes("POST", "/registered-models/{name}/versions/{number}/restore")
async def restore_version(registry: SpondeRegistry, name: str, number: int) -> RegisteredModel:
    """Bring a deleted version back."""
    return await registry.restore(name, number)


@routes("POST", "/registered-models/{name}/versions/{number}/pause")
async def pause_version(registry: SpondeRegistry, name: str, number: int) -> RegisteredModel:
    """Let a download wait; what has come is kept."""
    return await registry.pause(name, number)


@routes("POST", "/registered-models/{name}/versions/{number}/resume")
async def resume_version(registry: SpondeRegistry, name: str, number: int) -> RegisteredModel:
    """Go on with a download, or fetch again what was damaged."""
    return await registry.resume(name, number)


@routes("POST", "/registered-models/{name}/versions/{number}/verify")
async def verify_version(registry: SpondeRegistry, name: str, number: int) -> RegisteredModel:
    """Read a version's files again; answers when that is done."""
    return await registry.verify(name, number)


@routes("GET", "/hub")
async def get_hub(registry: SpondeRegistry) -> Hub:
    """Where models are downloaded from."""
    return await registry.hub()


@routes("PUT", "/hub")
async def set_hub_token(registry: SpondeRegistry, body: HubToken) -> Hub:
    """Keep or forget this person's token for the hub."""
    return await registry.set_token(body)


@routes("POST", "/hub-models")
async def look_up(registry: SpondeRegistry, body: HubQuestion) -> HubModel:
    """Look a model up at the hub; nothing is downloaded."""
    return await registry.look_up(body)


@routes("POST", "/downloads")
async def download(registry: SpondeRegistry, body: NewDownload) -> RegisteredModel:
    """Download a model as a new version of its name; answers when it has begun."""
    return await registry.download(body)


@routes("POST", "/folder-reports")
async def look_at(registry: SpondeRegistry, body: FolderQuestion) -> FolderReport:
    """Look at a folder: what it holds, and what is wrong with it."""
    return await registry.look_at(body)


@routes("POST", "/imports")
async def import_folder(registry: SpondeRegistry, body: NewImport) -> RegisteredModel:
    """Register a folder as a new version of a name."""
    return await registry.import_folder(body)


@routes("POST", "/remote-models")
async def register_remote(registry: SpondeRegistry, body: NewRemoteModel) -> RegisteredModel:
    """Register a provider's model under a name."""
    return await registry.register_remote(body)
