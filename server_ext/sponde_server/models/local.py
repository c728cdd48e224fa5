"""The models on this machine: registered ones whose files are here, served by our engines.

They are one provider, `local`; asking one of them starts or wakes the engine that serves it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256

from sponde_server.core.errors import NotFound, Unavailable
from sponde_server.engines.records import Adapter, EngineStatus, Weights
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
        """Name the models whose files are here (adapters last), and what adopted engines serve."""
        models = {model.name: model for model in await self._registry.list_models()}
        here = [
            model.name
            for model in models.values()
            if is_here(model)
            and (model.kind is not ModelKind.ADAPTER or _is_base_here(models.get(model.base)))
        ]
        here.sort(key=lambda name: models[name].kind is ModelKind.ADAPTER)
        return tuple(dict.fromkeys([*here, *await self._engines.adopted_models()]))

    async def list_running(self) -> tuple[str, ...]:
        """Name the models that an engine answers for now."""
        engines = await self._engines.list_all()
        return tuple(
            dict.fromkeys(
                name
                for engine in engines
                if engine.status is EngineStatus.READY
                for name in (engine.model, *engine.adapters)
            )
        )

    async def context_length(self, name: str) -> int:
        """Say how many tokens a request to a model's engine may have; 0: it is not set."""
        for engine in await self._engines.list_all():
            if name == engine.model or name in engine.adapters:
                return (engine.chosen or engine.settings).context_length
        return 0

    async def find_remote(self, name: str) -> str:
        """Give the id of the provider's model that is registered under a name; '' where none is."""
        for model in await self._registry.list_models():
            if model.name == name and model.kind is ModelKind.REMOTE and model.version is not None:
                return model.version.reference
        return ""

    @asynccontextmanager
    async def reach(self, name: str) -> AsyncIterator[Reached]:
        """Start or wake the engine for a model, wait until it answers, and keep it awake."""
        engine = await self._engines.find_adopted(name)
        if engine is None:
            engine = await self._engines.ready(await self.weights(name))
        key = self._engines.key(engine.id)
        self._engines.begin(engine.id)
        try:
            yield Reached(
                provider=Provider(
                    # After a restart it may answer elsewhere: then the way to it is another.
                    id=f"{engine.id}-{sha256((engine.address + key).encode()).hexdigest()[:8]}",
                    name=name,
                    base_url=engine.address,
                    source=ProviderSource.ENGINE,
                    models=(name,),
                ),
                key=key,
                name=name,
            )
        finally:
            self._engines.end(engine.id)

    async def is_lost(self, name: str) -> bool:
        """Whether the engine that should answer for a model is dead just now."""
        if await self._engines.find_adopted(name):
            return False
        return await self._engines.is_lost(await self.weights(name))

    async def weights(self, name: str, version: int = 0) -> Weights:
        """Say what an engine must load to answer for a model; an adapter needs its base."""
        model = _at(await self._registry.get(name), version)
        adapters: tuple[Adapter, ...] = ()
        if model.kind is ModelKind.ADAPTER:
            adapters = (Adapter(name=name, path=_files(model)),)
            if not model.base:
                raise Unavailable(
                    f"'{name}' is an adapter, and its base '{model.base_reference}' is not here.",
                    "Download or import its base first, under Models.",
                )
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


def _is_base_here(base: RegisteredModel | None) -> bool:
    return base is not None and is_here(base)


def _at(model: RegisteredModel, version: int) -> RegisteredModel:
    """Take another version of a model for the one in use."""
    return replace(model, current=version) if version else model


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
