"""What is registered, in memory and in the history: read once, written through, told of.

The list is asked for at every question, so it is never read from the disk for that.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sponde_server.core.database import Database
from sponde_server.core.errors import NotFound
from sponde_server.core.streams import Feed

from . import store
from .records import (
    FilePlan,
    ModelRegistered,
    ModelUnregistered,
    ModelVersion,
    RegisteredModel,
    VersionStatus,
)

CLOSED = "The server ended while it came. Resume it."
Change = Callable[[RegisteredModel], RegisteredModel]


class Catalogue:
    """The registered models; those that were deleted are in it too, until they are shown."""

    def __init__(
        self, database: Database, feed: Feed, here: Callable[[ModelVersion, FilePlan], int]
    ) -> None:
        self._database = database
        self._feed = feed
        self._here = here
        self._all: dict[str, RegisteredModel] | None = None
        self._shown: list[RegisteredModel] | None = None
        self._loading = asyncio.Lock()

    async def list_models(self) -> list[RegisteredModel]:
        """Give the models that are there, by name, each with the versions that are there."""
        if self._shown is None:
            every = (await self.everything()).values()
            shown = [_shown(model) for model in every if _is_there(model)]
            self._shown = sorted(shown, key=lambda model: model.name.lower())
        return list(self._shown)

    async def everything(self) -> dict[str, RegisteredModel]:
        """Give every model that was ever registered, by name, with every version."""
        if self._all is None:
            async with self._loading:
                if self._all is None:
                    self._all = await self._load()
        return self._all

    async def find(self, name: str) -> RegisteredModel:
        """Give one model with every version, deleted ones too."""
        model = (await self.everything()).get(name)
        if model is None:
            raise NotFound(f"No model is registered as '{name}'.", "Look for it under Models.")
        return model

    async def get(self, name: str) -> RegisteredModel:
        """Give one model that is there."""
        model = await self.find(name)
        if not _is_there(model):
            raise NotFound(
                f"The model '{name}' was deleted.", "Download or import it again, under Models."
            )
        return _shown(model)

    async def put(self, model: RegisteredModel) -> RegisteredModel:
        """Keep a model as it is now, and tell of it."""
        (await self.everything())[model.name] = model
        self._shown = None
        await self._database.write(store.put, model)
        self.tell(model)
        return _shown(model)

    async def change(self, name: str, change: Change) -> RegisteredModel:
        """Change a model; nothing comes between reading and writing it."""
        await self.find(name)
        assert self._all is not None
        return await self.put(change(self._all[name]))

    async def change_version(self, name: str, number: int, **values: Any) -> RegisteredModel:
        """Change fields of a version."""
        return await self.change(name, lambda model: with_version(model, number, **values))

    def note_progress(self, name: str, number: int, done_bytes: int) -> None:
        """Note what has come so far; neither written nor told."""
        if self._all is not None and name in self._all:
            self._all[name] = with_version(self._all[name], number, done_bytes=done_bytes)
            self._shown = None

    def tell(self, model: RegisteredModel) -> None:
        """Tell the browser how a model is now."""
        if _is_there(model):
            self._feed.tell(ModelRegistered(model=_shown(model)))
        else:
            self._feed.tell(ModelUnregistered(name=model.name))

    # -- the files of versions ------------------------------------------------------------------

    async def put_plan(self, plan: FilePlan) -> None:
        """Keep which files belong to a version."""
        await self._database.write(store.put_plan, plan)

    async def find_plan(self, version_id: str) -> FilePlan | None:
        """Give the files of a version; None where they are not known."""
        return await self._database.read(store.find_plan, version_id)

    async def _load(self) -> dict[str, RegisteredModel]:
        """Read everything; what was on its way when a server ended is paused."""
        found = {model.name: model for model in await self._database.read(store.list_models)}
        for model in tuple(found.values()):
            for version in model.versions:
                if version.status is VersionStatus.DOWNLOADING:
                    plan = await self.find_plan(version.id)
                    done = await asyncio.to_thread(self._here, version, plan) if plan else 0
                    changed = with_version(
                        found[model.name],
                        version.number,
                        status=VersionStatus.PAUSED,
                        failure=CLOSED,
                        done_bytes=done,
                    )
                    found[model.name] = changed
                    await self._database.write(store.put, changed)
        return found


def get_version(model: RegisteredModel, number: int) -> ModelVersion:
    """Give one version of a model."""
    for version in model.versions:
        if version.number == number:
            return version
    raise NotFound(f"'{model.name}' has no version {number}.", "Look at its versions under Models.")


def with_version(model: RegisteredModel, number: int, **values: Any) -> RegisteredModel:
    """Give a model with fields of one of its versions changed."""
    return replace(
        model,
        versions=tuple(
            replace(version, **values) if version.number == number else version
            for version in model.versions
        ),
    )


def _is_there(model: RegisteredModel) -> bool:
    return any(version.removed_at is None for version in model.versions)


def _shown(model: RegisteredModel) -> RegisteredModel:
    there = tuple(version for version in model.versions if version.removed_at is None)
    numbers = {version.number for version in there}
    return replace(
        model, versions=there, earlier=tuple(one for one in model.earlier if one in numbers)
    )
