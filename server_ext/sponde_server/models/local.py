"""The models on this machine: registered ones whose files are here, served by our engines.

They are one provider, `local`; asking one of them starts or wakes the engine that serves it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sponde_server.core.errors import NotFound, Unavailable
from sponde_server.engines.records import Adapter, Weights
from sponde_server.engines.service import SpondeEngines
from sponde_server.registry.records import ModelKind, RegisteredModel, VersionStatus
from sponde_server.registry.service import SpondeRegistry

from .records import Provider, ProviderSource

LOCAL = "local"


@dataclass(frozen=True)
class Reached:
    """An engine that answers for a model now."""

    provider: Provider
    """Its address, as the server of one model."""
    key: str
    """The key that it wants."""
    name: str
    """The name that it knows the model by."""


class LocalModels:
    """What this machine can serve by itself."""

    def __init__(self, registry: SpondeRegistry, engines: SpondeEngines) -> None:
        self._registry = registry
        self._engines = engines

    async def list_names(self) -> tuple[str, ...]:
        """Name the models whose files are here."""
        return tuple(model.name for model in await self._registry.list_models() if is_here(model))

    async def find_remote(self, name: str) -> str:
        """Give the id of the provider's model that is registered under a name; '' where none is."""
        for model in await self._registry.list_models():
            if model.name == name and model.kind is ModelKind.REMOTE and model.version is not None:
                return model.version.reference
        return ""

    @asynccontextmanager
    async def reach(self, name: str) -> AsyncIterator[Reached]:
        """Start or wake the engine for a model, wait until it answers, and keep it awake."""
        engine = await self._engines.ready(await self.weights(name))
        self._engines.begin(engine.id)
        try:
            yield Reached(
                provider=Provider(
                    id=engine.id,
                    name=name,
                    base_url=engine.address,
                    source=ProviderSource.ENGINE,
                    models=(name,),
                ),
                key=self._engines.key(engine.id),
                name=name,
            )
        finally:
            self._engines.end(engine.id)

    async def weights(self, name: str) -> Weights:
        """Say what an engine must load to answer for a model; an adapter needs its base."""
        model = await self._registry.get(name)
        adapters: tuple[Adapter, ...] = ()
        if model.kind is ModelKind.ADAPTER:
            adapters = (Adapter(name=name, path=_files(model)),)
            model = await self._registry.get(model.base)
        return Weights(
            model=model.name, version=model.current, path=_files(model), adapters=adapters
        )


def is_here(model: RegisteredModel) -> bool:
    """Whether a model's version in use lies on this machine, whole."""
    version = model.version
    return (
        model.kind is not ModelKind.REMOTE
        and version is not None
        and version.status is VersionStatus.READY
    )


def _files(model: RegisteredModel) -> str:
    version = model.version
    if version is None:
        raise NotFound(
            f"'{model.name}' has no version in use.", "Choose one of its versions under Models."
        )
    if version.status is not VersionStatus.READY:
        raise Unavailable(
            f"The files of '{model.name}' are not here.",
            "Download it under Models, or choose another model.",
        )
    return version.path
